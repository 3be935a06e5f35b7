"""Saved e-mails (EML, web archives in the same shape, MSG): the message as blocks, and its attachments."""

from __future__ import annotations

import email
import email.policy
import io
import re
import struct
from collections.abc import Iterable, Iterator
from email.message import EmailMessage, Message

import olefile

from analyzer.reading.blocks import Block, Budget, DamagedError, LimitError, LockedError, Text, paragraph
from analyzer.reading.markup import PAGE_PICTURE
from analyzer.reading.text import decode, read_plain
from analyzer.reading.web import read_markup

__all__ = ["eml_attachments", "msg_attachments", "read_eml", "read_msg"]

#: A file inside: its name, its bytes and an empty text; or no bytes and the code of what is wrong.
Attachment = tuple[str, bytes | None, str]

_UNNAMED = "message"
#: Streams of an MSG file: subject, plain text, web page (binary, text).
_SUBJECT, _BODY, _HTML, _HTML_TEXT = "0037", "1000", "10130102", "1013"
#: Compressed RTF.
_RTF = "__substg1.0_10090102"
_ATTACHMENT = re.compile(r"__attach_version1\.0_#[0-9A-Fa-f]{8}")
_DATA, _MESSAGE, _NAMES = "__substg1.0_37010102", "__substg1.0_3701000D", ("3707", "3704", "3001")
_CONTENT_ID = "3712"
_PICTURE = re.compile(r"\.(?:png|jpe?g|gif|bmp)\Z", re.IGNORECASE)
#: Texts that no reader of a message sees.
_UNSEEN = {"css", "javascript"}


def _message(data: bytes, budget: Budget) -> EmailMessage:
    budget.unpack(len(data))
    parsed = email.message_from_bytes(data, _class=EmailMessage, policy=email.policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def read_eml(data: bytes, budget: Budget) -> Iterator[Block]:
    """Yield the blocks of a message: its subject and its text.

    Raises LockedError for one that is encrypted, LimitError where the budget ends.
    """
    message = _message(data, budget)
    if message.get_content_type() in ("multipart/encrypted", "application/pkcs7-mime"):
        raise LockedError
    yield from _subject(_header(message, "subject"))
    # Web archives name their pictures by where they were.
    held = {_header(part, "content-location") for part in _parts(message, budget)}
    yield from _blocks(message, budget, held)


def _subject(subject: str) -> Iterator[Block]:
    block = paragraph([Text(subject)], bold=True)
    if block is not None:
        yield block


def _header(message: Message, name: str) -> str:
    try:
        return " ".join(str(message.get(name, "")).split())
    except (ValueError, LookupError, IndexError, AttributeError):  # what the parser makes of odd headers
        return ""


def _parts(message: Message, budget: Budget) -> Iterator[Message]:
    """Yield the parts that hold something, not those of messages that are attached."""
    waiting = [(message, 0)]
    while waiting:
        part, depth = waiting.pop()
        budget.build()
        if depth > budget.depth:
            raise LimitError
        inner = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(inner, list):
            waiting += ((one, depth + 1) for one in reversed(inner) if isinstance(one, Message))
        else:
            yield part


def _is_attached(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or part.get_content_maintype() != "text" or bool(_name(part))


def _is_page(part: Message) -> bool:
    return part.get_content_subtype() == "html"


def _blocks(part: Message, budget: Budget, held: set[str], depth: int = 0) -> Iterator[Block]:
    """Yield the blocks of what is read of a part; of several that say the same, one, the web page if there is one."""
    budget.build()
    if depth > budget.depth:
        raise LimitError
    inner = part.get_payload()
    if part.get_content_maintype() == "multipart" and isinstance(inner, list):
        parts = [one for one in inner if isinstance(one, Message)]
        if part.get_content_subtype() == "alternative":
            # The web page is what people saw.
            parts.sort(key=lambda one: not _pages(one, budget))
            yield from _first_with_words(_blocks(one, budget, held, depth + 1) for one in parts)
        else:
            for one in parts:
                yield from _blocks(one, budget, held, depth + 1)
    elif not _is_attached(part) and part.get_content_subtype() not in _UNSEEN:
        text = _text(part, budget)
        yield from read_markup(text, budget, held) if _is_page(part) else read_plain(text, budget)


def _pages(message: Message, budget: Budget) -> list[Message]:
    """Return the parts of a message that are its text as a web page."""
    return [part for part in _parts(message, budget) if _is_page(part) and not _is_attached(part)]


def _first_with_words(ways: Iterable[Iterator[Block]]) -> Iterator[Block]:
    """Yield the blocks of several ways to say the same, up to the first that says something."""
    for way in ways:
        has_words = False
        for block in way:
            has_words |= block[0] in ("text", "table", "printed")
            yield block
        if has_words:
            return


def _text(part: Message, budget: Budget) -> str:
    return decode(_payload(part, budget), part.get_content_charset())


def _payload(part: Message, budget: Budget) -> bytes:
    try:
        payload = part.get_payload(decode=True)
    except (ValueError, LookupError):
        raise DamagedError from None
    data = payload if isinstance(payload, bytes) else b""
    budget.unpack(len(data))
    return data


def _name(part: Message) -> str:
    try:
        return part.get_filename() or ""
    except (ValueError, LookupError, IndexError, AttributeError):
        return ""


def eml_attachments(data: bytes, budget: Budget) -> Iterator[Attachment]:
    """Yield the files attached to a message, also messages that were forwarded whole; not the small pictures in it."""
    message = _message(data, budget)
    pages = [_text(part, budget) for part in _pages(message, budget)]
    for part in _parts(message, budget):
        if not _is_attached(part):
            continue
        inner = part.get_payload()
        if isinstance(inner, list) and inner and isinstance(inner[0], Message):
            name = _name(part) or f"{_header(inner[0], 'subject')[:80] or _UNNAMED}.eml"
            yield name, inner[0].as_bytes(), ""
            continue
        content = _payload(part, budget)
        if part.get_content_maintype() == "image" and len(content) <= PAGE_PICTURE:
            marks = (_header(part, "content-id").strip("<>"), _header(part, "content-location"))
            if any(mark and mark in page for mark in marks for page in pages):
                continue
        yield _name(part) or part.get_content_type(), content, ""


class _Compound:
    """A compound file (the shape of MSG), of which no more is read than the budget allows."""

    def __init__(self, data: bytes, budget: Budget) -> None:
        self._budget = budget
        try:
            self.file = olefile.OleFileIO(io.BytesIO(data))
        except (OSError, ValueError, IndexError, struct.error, olefile.OleFileError):
            raise DamagedError from None

    def bytes(self, *path: str) -> bytes:
        """Return a stream; nothing where it is missing."""
        if not self.file.exists("/".join(path)):
            return b""
        size = self.file.get_size("/".join(path))
        self._budget.unpack(size)
        try:
            content: bytes = self.file.openstream("/".join(path)).read()
        except (OSError, ValueError, IndexError, struct.error):
            raise DamagedError from None
        return content

    def holds(self, *path: str) -> bool:
        """Return whether there is such a stream or folder."""
        return bool(self.file.exists("/".join(path)))

    def text(self, *path: str) -> str:
        """Return a stream of text, whose last name is given without its type."""
        *folder, name = path
        wide = self.bytes(*folder, f"__substg1.0_{name}001F")
        if wide:
            return wide.decode("utf-16-le", "replace").rstrip("\0")
        return decode(self.bytes(*folder, f"__substg1.0_{name}001E")).rstrip("\0")

    def attachments(self) -> list[str]:
        """Return the folders of the attachments."""
        found = {entry[0] for entry in self.file.listdir(streams=True, storages=True)}
        return sorted(name for name in found if _ATTACHMENT.fullmatch(name))


def read_msg(data: bytes, budget: Budget) -> Iterator[Block]:
    """Yield the blocks of a message that Outlook saved: its subject and its text."""
    file = _Compound(data, budget)
    yield from _subject(file.text(_SUBJECT))
    page, plain = _page(file), file.text(_BODY)
    # Outlook alone writes the last shape.
    last = [("unread", "rtf_body")] if file.holds(_RTF) else []
    yield from _first_with_words((read_markup(page, budget), read_plain(plain, budget), iter(last)))


def _page(file: _Compound) -> str:
    """Return the text of a message as a web page; nothing where it has none."""
    return decode(file.bytes(f"__substg1.0_{_HTML}")) or file.text(_HTML_TEXT)


def msg_attachments(data: bytes, budget: Budget) -> Iterator[Attachment]:
    """Yield the files attached to a message that Outlook saved; small pictures in its text are not."""
    file = _Compound(data, budget)
    page = _page(file)
    for number, folder in enumerate(file.attachments(), start=1):
        name = next(filter(None, (file.text(folder, key) for key in _NAMES)), f"{_UNNAMED} {number}")
        if file.holds(folder, _MESSAGE):  # Outlook keeps it in a shape of its own
            yield name, None, "unsupported_format"
            continue
        content = file.bytes(folder, _DATA)
        mark = file.text(folder, _CONTENT_ID)
        if not (_PICTURE.search(name) and len(content) <= PAGE_PICTURE and mark and mark in page):
            yield name, content, ""
