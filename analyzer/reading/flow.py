"""Files without pages: the process that reads them is started, bounded and stopped here, and what it says is laid out.

Word and OpenDocument texts, web pages, e-mails and plain texts are read so; RTF and the older Word format once
LibreOffice has made a newer file of them (``office.py``). Archives and e-mails give the files inside.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from analyzer import errors
from analyzer.reading.layout import Layout
from analyzer.reading.limits import Limits
from analyzer.reading.office import to_docx
from analyzer.reading.process import Answer, StoppedError, Worker
from analyzer.reading.unread import nothing_read
from analyzer.schema import Page

__all__ = ["Part", "parts_of", "read_docx", "read_eml", "read_html", "read_msg", "read_odt", "read_office", "read_text"]

#: A document with pictures that could be scanned pages, and less text than this for each (characters), is hardly read.
_TEXT_BESIDE = 400
_REFUSALS: dict[str, type[errors.SceauError]] = {
    kind.code: kind for kind in (errors.FileLocked, errors.FileDamaged, errors.LimitReached, errors.UnsupportedFormat)
}


class Part(NamedTuple):
    """A file inside another: its name, and its bytes or the reason why they cannot be had."""

    name: str
    data: bytes
    error: errors.SceauError | None = None


def _ask(request: Answer, data: bytes, limits: Limits) -> Iterator[Answer]:
    """Yield the answers of a process of its own to ``request``; ``stopped`` where it took too much, as it may say."""
    worker = Worker("format_worker.py", limits.memory_bytes)
    deadline = time.monotonic() + limits.seconds
    try:
        yield from worker.ask(request, data, lambda: max(deadline - time.monotonic(), 0.01))
    except StoppedError as stopped:
        yield ("stopped",) if stopped.costly else ("refused", "file_damaged")
    finally:
        worker.close()


def _bounds(limits: Limits) -> tuple[int, int, int, int]:
    return limits.unpacked_bytes, limits.elements, limits.characters, limits.depth


def _read(kind: str, data: bytes, name: str, limits: Limits) -> tuple[Page, ...]:
    """Return the pages that the blocks of a file are laid out on; one more says where reading stopped, if it did.

    Raises FileLocked, FileDamaged, FileEmpty, NoTextLayer or LimitReached where nothing was read.
    """
    layout = Layout(limits.characters, limits.pages)
    reasons: list[str] = []
    pictures = 0
    for answer in _ask(("read", kind, *_bounds(limits)), data, limits):
        if answer[0] == "blocks":
            pictures += sum(block[1] for block in answer[1] if block[0] == "pictures")
            reasons += (block[1] for block in answer[1] if block[0] == "unread")
            if not layout.add(block for block in answer[1] if block[0] not in ("pictures", "unread")):
                reasons.append("limit_reached")
                break
        elif answer[0] == "stopped":
            reasons.append("limit_reached")
        elif answer[0] == "refused":
            if not layout.written:
                raise _REFUSALS[answer[1]](name)
            reasons.append("unreadable")
    layout.end_page()
    if not layout.pages:
        raise nothing_read(name, [*reasons, "no_text_layer"] if pictures else reasons)
    if pictures:
        reasons.append("mostly_image" if layout.written < _TEXT_BESIDE * pictures else "pictures")
    unread = enumerate(dict.fromkeys(reasons), start=1)
    return (*layout.pages, *(layout.unread(reason, number) for number, reason in unread))


read_docx = partial(_read, "docx")
read_odt = partial(_read, "odt")
read_html = partial(_read, "html")
read_eml = partial(_read, "eml")
read_msg = partial(_read, "msg")
read_text = partial(_read, "text")


def read_office(ending: str, data: bytes, name: str, limits: Limits) -> tuple[Page, ...]:
    """Return the pages of a file that LibreOffice reads; ``ending`` is that of such files (``doc``, ``rtf``).

    Raises OfficeMissing where it is not installed, and what ``_read`` raises.
    """
    return _read("docx", to_docx(data, ending, name, limits), name, limits)


def parts_of(kind: str, data: bytes, name: str, limits: Limits) -> list[Part]:
    """Return the files inside an archive (``zip``) or attached to a message (``eml``, ``msg``), in order.

    Raises FileLocked, FileDamaged or LimitReached where none can be had.
    """
    parts: list[Part] = []
    for answer in _ask(("parts", kind, *_bounds(limits), limits.parts, limits.file_bytes), data, limits):
        if answer[0] == "part":
            _, inner, content, code = answer
            parts.append(Part(inner, content or b"", _REFUSALS[code](inner) if code else None))
        elif answer[0] == "stopped" or (answer[0] == "refused" and parts):
            if not parts:
                raise errors.LimitReached(name)
            parts.append(Part("…", b"", errors.LimitReached("…")))
        elif answer[0] == "refused":
            raise _REFUSALS[answer[1]](name)
    return parts
