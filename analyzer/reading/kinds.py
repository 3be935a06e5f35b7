"""What kind of file some bytes are, by what they hold: the name may be wrong, or missing."""

from __future__ import annotations

import re
import struct

from analyzer.reading.text import decode

__all__ = ["DOC", "DOCX", "EML", "HTML", "LOCKED", "MSG", "ODT", "PDF", "RTF", "TEXT", "UNKNOWN", "ZIP", "kind_of"]

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ODT = "application/vnd.oasis.opendocument.text"
DOC = "application/msword"
RTF = "application/rtf"
HTML = "text/html"
EML = "message/rfc822"
MSG = "application/vnd.ms-outlook"
TEXT = "text/plain"
ZIP = "application/zip"
#: An office document that is encrypted as a whole.
LOCKED = "application/encrypted"
UNKNOWN = "application/octet-stream"

#: Readers of PDF accept as much before the header.
_PDF_HEADER_WITHIN = 1024
#: So much of a file tells whether it is text, and of which kind.
_HEAD = 8_192
_ZIP, _ZIP_END, _OLE = b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MIME_FIRST = b"mimetypeapplication/vnd.oasis.opendocument."
_HTML = re.compile(
    r"\A\s*(?:<\?xml[^>]{0,200}>\s*|<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)
_HEADER = re.compile(r"(?:From .{1,200}\n)?[A-Za-z][A-Za-z0-9-]{1,60}:")
_MAIL = re.compile(r"^(?:from|to|subject|date|mime-version|message-id|received|return-path):", re.I | re.M)
#: Characters that text does not hold.
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\ufffd]")
_CONTROL_SHARE = 0.02


def kind_of(data: bytes) -> str:
    """Return the media type of a file, ``UNKNOWN`` for one that nobody here reads."""
    if data.startswith(_ZIP) or data.startswith(_ZIP_END):
        return _of_zip(data)
    if data.startswith(_OLE):
        return _of_compound(data)
    if b"%PDF-" in data[:_PDF_HEADER_WITHIN]:
        return PDF
    if data.lstrip()[:5] == b"{\\rtf":
        return RTF
    text = decode(data[:_HEAD])
    if not text.strip() or len(_CONTROLS.findall(text)) > _CONTROL_SHARE * len(text):
        return UNKNOWN
    if _HTML.match(text):
        return HTML
    head = text.lstrip("\ufeff\r\n").replace("\r\n", "\n").partition("\n\n")[0]
    if len(_MAIL.findall(head)) >= 2 and _HEADER.match(head):
        return EML
    return TEXT


def _of_zip(data: bytes) -> str:
    """Return what an archive is by the list of its files, which stands at its end."""
    if data[30 : 30 + len(_MIME_FIRST)] == _MIME_FIRST:
        return ODT if data[30 + len(_MIME_FIRST) :][:4] == b"text" else UNKNOWN
    end = data.rfind(_ZIP_END, max(0, len(data) - 70_000))
    if end < 0 or len(data) < end + 20:
        return ZIP
    size, start = struct.unpack("<II", data[end + 12 : end + 20])
    names = data[max(0, min(start, len(data))) : start + size]
    if b"[Content_Types].xml" in names:
        return DOCX if b"word/" in names else UNKNOWN
    return ZIP


def _of_compound(data: bytes) -> str:
    """Return what a compound file is by the names of its streams."""
    for name, kind in (("__properties_version1.0", MSG), ("EncryptedPackage", LOCKED), ("WordDocument", DOC)):
        if name.encode("utf-16-le") in data:
            return kind
    return UNKNOWN
