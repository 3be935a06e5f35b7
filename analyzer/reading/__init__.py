"""A file becomes a ``Document``: pages of printed lines, with where each word stands."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from analyzer import errors
from analyzer.reading import kinds, pdf
from analyzer.reading.flow import (
    Part,
    parts_of,
    read_docx,
    read_eml,
    read_html,
    read_msg,
    read_odt,
    read_office,
    read_text,
)
from analyzer.reading.limits import LIMITS, Limits
from analyzer.reading.pdf import read_pdf
from analyzer.reading.photo import IMAGES, draw_photo, image_type, read_photo
from analyzer.schema import Document, Page

__all__ = ["ENDINGS", "LIMITS", "Limits", "Part", "load", "read", "read_all", "render_page"]

#: How the names of files that are read end; what a file is, its content tells.
ENDINGS = (
    *("pdf", "docx", "odt", "doc", "rtf", "txt", "html", "htm", "mht", "mhtml", "eml", "msg", "zip"),
    *("jpg", "jpeg", "png", "webp", "heic", "heif", "tif", "tiff"),
)

#: One reader for each kind of file: bytes, name and limits in, pages out. Of a PDF, there are properties, too.
_READERS: dict[str, Callable[[bytes, str, Limits], tuple[Page, ...]]] = {
    kinds.DOCX: read_docx,
    kinds.ODT: read_odt,
    kinds.DOC: partial(read_office, "doc"),
    kinds.RTF: partial(read_office, "rtf"),
    kinds.HTML: read_html,
    kinds.EML: read_eml,
    kinds.MSG: read_msg,
    kinds.TEXT: read_text,
    **dict.fromkeys(IMAGES, read_photo),
}
_READABLE = {kinds.PDF, *_READERS}
#: What holds other files, by the name that its reader has.
_HOLDERS = {kinds.ZIP: "zip", kinds.EML: "eml", kinds.MSG: "msg"}
#: A name of a file inside another is cut to its last characters.
_LONGEST_NAME = 100


def read(source: Path | bytes, name: str | None = None, limits: Limits = LIMITS) -> Document:
    """Return the document in ``source``, a path or the bytes of a file.

    ``kind`` and ``language`` are left as they are by default. Pages that could not be read are in the document with
    the reason. ``name`` is what the user calls the file; by default the last part of the path.

    An archive is read where it holds a single document. Of an e-mail, this is the message (``read_all`` gives what is
    attached).

    Raises FileMissing, FileEmpty, FileTooLarge, UnsupportedFormat, FileLocked, FileDamaged, NoTextLayer, GarbledText,
    LowResolution, LimitReached, OfficeMissing, OfficeFailed, SeveralDocuments or NoDocuments where nothing could be
    read at all.
    """
    name, data = _content(source, name, limits)
    media_type = _media_type(data)
    if media_type == kinds.LOCKED:
        raise errors.FileLocked(name)
    if media_type == kinds.ZIP:
        return _only(read_all(data, name, limits), name, limits)
    if media_type not in _READABLE:
        raise errors.UnsupportedFormat(name)
    if media_type == kinds.PDF:
        pages, properties = read_pdf(data, name, limits)
    else:
        pages, properties = _READERS[media_type](data, name, limits), {}
    return Document(
        name=name,
        sha256=hashlib.sha256(data).hexdigest(),
        media_type=media_type,
        pages=pages,
        properties=properties,
    )


def render_page(source: bytes, page: Page) -> bytes:
    """Return a page of a PDF or image file as a PNG picture, upright: what its boxes stand on.

    Raises UnsupportedFormat where the file is of another kind, FileDamaged or LimitReached where it cannot be drawn.
    """
    media_type = _media_type(source)
    if media_type in IMAGES:
        return draw_photo(source, page.number, page.turned)
    if media_type != kinds.PDF:
        raise errors.UnsupportedFormat
    return pdf.render_page(source, page.number, turned=page.turned)


def read_all(source: Path | bytes, name: str | None = None, limits: Limits = LIMITS) -> list[Part]:
    """Return the documents in ``source``, each a file by itself: those of an archive, or an e-mail and its attachments.

    Any other file is its only part. A part is named after what holds it ("archive.zip › contrat.pdf"). One that cannot
    be had, or that Sceau does not read, comes with its error. Archives in archives are opened as far as is allowed.

    Raises FileMissing, FileEmpty, FileTooLarge, FileLocked, FileDamaged or LimitReached where there is no part at all,
    NoDocuments where an archive is empty.
    """
    name, data = _content(source, name, limits)
    parts = _Opening(limits).parts(Part(name, data))
    if not parts:
        raise errors.NoDocuments(name)
    if len(parts) == 1 and parts[0].name == name and parts[0].error is not None:
        raise parts[0].error
    return parts


class _Opening:
    """The files in a file and in those inside it, within one bound on time and on unpacked bytes for all together."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._until = time.monotonic() + limits.seconds
        self._bytes = limits.unpacked_bytes
        self._found: list[Part] = []

    def parts(self, part: Part) -> list[Part]:
        """Return the documents in a file."""
        self._open(part, self._limits.nesting)
        return self._found

    def _open(self, part: Part, depth: int) -> None:
        """Add a file to those found, or the files in it, ``depth`` levels deep."""
        media_type = _media_type(part.data)
        if media_type not in _HOLDERS:
            readable = media_type in _READABLE or media_type == kinds.LOCKED
            self._found.append(part if readable else part._replace(error=errors.UnsupportedFormat(part.name)))
            return
        is_message = media_type in _READABLE  # a message is a document by itself
        if is_message:
            self._found.append(part)
        elif not depth:
            self._found.append(part._replace(error=errors.LimitReached(part.name)))
            return
        try:
            inside = self._inside(part, _HOLDERS[media_type])
        except errors.SceauError as error:
            if is_message:  # to read it may succeed, and says nothing of what is attached
                self._leave_out(part, error)
            else:
                self._found.append(part._replace(error=error))
            return
        for inner in inside:
            if not depth:
                self._leave_out(part, errors.LimitReached())
                return
            # A name is as hostile as the rest: nothing that is not seen, and no more than fits on a line.
            shown = "".join(sign for sign in inner.name if sign.isprintable())[-_LONGEST_NAME:]
            named = inner._replace(name=f"{part.name} › {shown}")
            if named.error is not None:
                named.error.name = named.name
                self._found.append(named)
            elif len(self._found) >= self._limits.parts:
                self._leave_out(part, errors.LimitReached())
                return
            elif named.data:
                self._open(named, depth - 1)
            else:
                self._found.append(named._replace(error=errors.FileEmpty(named.name)))

    def _inside(self, part: Part, kind: str) -> list[Part]:
        """Return the files right inside one, with what is left of time and bytes."""
        seconds = max(self._until - time.monotonic(), 0.01)
        left = replace(self._limits, seconds=seconds, unpacked_bytes=max(self._bytes, 0))
        inside = parts_of(kind, part.data, part.name, left)
        self._bytes -= sum(len(inner.data) for inner in inside)
        return inside

    def _leave_out(self, part: Part, error: errors.SceauError) -> None:
        """Say why files in this one are not among those found."""
        error.name = f"{part.name} › …"
        self._found.append(Part(error.name, b"", error))


def _only(parts: list[Part], name: str, limits: Limits) -> Document:
    """Return the only document of an archive."""
    readable = [part for part in parts if part.error is None]
    if len(readable) > 1:
        raise errors.SeveralDocuments(name)
    if not readable:
        raise parts[0].error or errors.NoDocuments(name)
    return read(readable[0].data, readable[0].name, limits)


def _content(source: Path | bytes, name: str | None, limits: Limits) -> tuple[str, bytes]:
    """Return a file's name and bytes, neither none nor too many."""
    if isinstance(source, Path):
        name = source.name if name is None else name
        data = load(source, name, limits)
    else:
        name, data = name or "", source
    if not data:
        raise errors.FileEmpty(name)
    if len(data) > limits.file_bytes:
        raise _too_large(name, len(data), limits)
    return name, data


def load(path: Path, name: str, limits: Limits = LIMITS) -> bytes:
    """Return the bytes of a file. Raises FileMissing, and FileTooLarge where it is larger than is read."""
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
    return image_type(data) or kinds.kind_of(data)
