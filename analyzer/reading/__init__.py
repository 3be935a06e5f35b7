"""A file becomes a ``Document``: pages of printed lines, with where each word stands."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from analyzer import errors
from analyzer.reading.limits import LIMITS, Limits
from analyzer.reading.pdf import read_pdf
from analyzer.schema import Document, Page

__all__ = ["read"]

#: One reader for each kind of file: bytes, name and limits in, pages out.
_READERS: dict[str, Callable[[bytes, str, Limits], tuple[Page, ...]]] = {"application/pdf": read_pdf}

#: Readers of PDF accept as much before the header.
_PDF_HEADER_WITHIN = 1024


def read(source: Path | bytes, name: str | None = None, limits: Limits = LIMITS) -> Document:
    """Return the document in ``source``, a path or the bytes of a file.

    ``kind`` and ``language`` are left as they are by default. Pages that could not be read are in the document with
    the reason. ``name`` is what the user calls the file; by default the last part of the path.

    Raises FileMissing, FileEmpty, FileTooLarge, UnsupportedFormat, FileLocked, FileDamaged, NoTextLayer,
    GarbledText or LimitReached where nothing could be read at all.
    """
    if isinstance(source, Path):
        name = source.name if name is None else name
        data = _load(source, name, limits)
    else:
        name, data = name or "", source
    if not data:
        raise errors.FileEmpty(name)
    if len(data) > limits.file_bytes:
        raise _too_large(name, len(data), limits)
    media_type = _media_type(data)
    if media_type not in _READERS:
        raise errors.UnsupportedFormat(name)
    return Document(
        name=name,
        sha256=hashlib.sha256(data).hexdigest(),
        media_type=media_type,
        pages=_READERS[media_type](data, name, limits),
    )


def _load(path: Path, name: str, limits: Limits) -> bytes:
    """Return the bytes of a file that is not too large."""
    try:
        if not path.is_file():  # a folder, a device or a pipe is no document
            raise errors.FileMissing(name)
        size = path.stat().st_size
        if size > limits.file_bytes:
            raise _too_large(name, size, limits)
        return path.read_bytes()
    except OSError:
        raise errors.FileMissing(name) from None


def _too_large(name: str, size: int, limits: Limits) -> errors.FileTooLarge:
    return errors.FileTooLarge(name, size_mb=round(size / 1e6), limit_mb=round(limits.file_bytes / 1e6))


def _media_type(data: bytes) -> str:
    """Return what kind of file ``data`` is by what it holds; its name may be wrong."""
    return "application/pdf" if b"%PDF-" in data[:_PDF_HEADER_WITHIN] else "application/octet-stream"
