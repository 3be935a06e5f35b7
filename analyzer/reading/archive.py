"""ZIP archives: the files inside, unpacked no farther than is allowed."""

from __future__ import annotations

import lzma
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO

from analyzer.reading.blocks import Budget, DamagedError, LimitError
from analyzer.reading.markup import ENCRYPTED

__all__ = ["members"]

_CHUNK = 1 << 20
#: What a broken archive makes the library raise.
_FAULTS = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, EOFError),
    *(RuntimeError, NotImplementedError, ValueError),
)
#: What systems put into archives beside the documents.
_SYSTEM = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")


def members(data: bytes, most: int, each: int, budget: Budget) -> Iterator[tuple[str, bytes | None, str]]:
    """Yield the files of an archive: the name, the bytes, and an empty text; or no bytes and the code of what is wrong.

    At most ``most`` files, of at most ``each`` bytes; beyond that, ``limit_reached`` stands once for all the others.
    Raises DamagedError where it is no archive.
    """
    try:
        archive = zipfile.ZipFile(BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise DamagedError from None
    files = [info for info in archive.infolist() if not info.is_dir() and not _is_system(info.filename)]
    for number, info in enumerate(files):
        name = info.filename.replace("\\", "/").rpartition("/")[2]
        if number >= most:
            yield f"… ({len(files) - most})", None, "limit_reached"
            return
        if info.flag_bits & ENCRYPTED:
            yield name, None, "file_locked"
            continue
        if info.file_size > each:
            yield name, None, "limit_reached"
            continue
        try:
            yield name, _unpacked(archive, info, budget), ""
        except LimitError:
            yield name, None, "limit_reached"
        except _FAULTS:
            yield name, None, "file_damaged"


def _is_system(name: str) -> bool:
    return name.startswith(_SYSTEM[0]) or name.rpartition("/")[2] in _SYSTEM


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo, budget: Budget) -> bytes:
    """Return the bytes of a file; what it declares of its size is not believed."""
    budget.unpack(info.file_size)
    parts = []
    with archive.open(info) as packed:
        while chunk := packed.read(_CHUNK):
            parts.append(chunk)
    return b"".join(parts)
