"""Good files of every kind, small, for the fuzzer to spoil."""

from __future__ import annotations

import io
import random
import zipfile
from email.message import EmailMessage
from functools import cache

from docx import Document
from PIL import Image, ImageDraw

from tests.samples import FOLDER

TITLE = "Article 4 – Secret médical"
CLAUSE = (
    "L'assuré délie son médecin traitant du secret médical et l'autorise à communiquer à l'assureur"
    " toute pièce de son dossier médical."
)
QUESTION = "Au cours des cinq dernières années, avez-vous été hospitalisé ? □ Oui □ Non"
_PARAGRAPHS = (TITLE, CLAUSE, "1. " + QUESTION)
_HTML = (
    "<!DOCTYPE html><html lang='fr'><head><meta charset='utf-8'><title>Contrat</title>"
    "<style>p { color: #111 }</style></head><body><h1>%s</h1><p>%s</p><table><tr><td>%s</td></tr></table>"
    "<img src='https://exemple.fr/pixel.png' alt=''></body></html>"
)


@cache
def seeds() -> dict[str, bytes]:
    """Return the files by name: the sample contracts, then one of each other kind."""
    page = (_HTML % _PARAGRAPHS).encode()
    text = "\n\n".join(_PARAGRAPHS)
    docx = _docx()
    return {path.name: path.read_bytes() for path in sorted(FOLDER.glob("*.pdf"))} | {
        "contrat.docx": docx,
        "contrat.odt": _odt(),
        "contrat.html": page,
        "contrat.eml": _eml(page, docx),
        "contrat.txt": text.encode(),
        "contrat_latin.txt": text.replace("–", "-").encode("cp1252", "replace"),
        "contrat.rtf": _rtf(text),
        "contrat.zip": _zip({"a/contrat.docx": docx, "a/page.html": page, "notes.txt": text.encode()}),
        "contrat.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + random.Random(5).randbytes(4_000),
        "contrat.png": _picture("PNG"),
        "contrat.jpg": _picture("JPEG"),
        "contrat.tiff": _picture("TIFF"),
        "contrat.webp": _picture("WEBP"),
    }


def _docx() -> bytes:
    made = Document()
    made.add_heading(TITLE, 1)
    made.add_paragraph(CLAUSE)
    made.add_paragraph(QUESTION, style="List Number")
    table = made.add_table(rows=2, cols=2)
    for cell in table.rows[0].cells:
        cell.text = CLAUSE
    made.sections[0].header.paragraphs[0].text = "Assurances du Littoral"
    out = io.BytesIO()
    made.save(out)
    with zipfile.ZipFile(out) as archive:  # without the time of day
        return _zip({info.filename: archive.read(info) for info in archive.infolist()})


def _odt() -> bytes:
    space = 'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    space += ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.3"'
    body = "".join(f"<text:p>{line}</text:p>" for line in _PARAGRAPHS)
    content = f"<office:document-content {space}><office:body><office:text>{body}"
    content += "</office:text></office:body></office:document-content>"
    manifest = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    return _zip(
        {
            "mimetype": b"application/vnd.oasis.opendocument.text",
            "content.xml": content.encode(),
            "META-INF/manifest.xml": manifest.encode(),
        }
    )


def _eml(page: bytes, docx: bytes) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "conseil@exemple.fr", "moi@exemple.fr", "Votre contrat : à signer"
    mail.set_content("\n\n".join(_PARAGRAPHS))
    mail.add_alternative(page.decode(), subtype="html")
    mail.add_attachment(docx, maintype="application", subtype="octet-stream", filename="contrat.docx")
    for number, part in enumerate(mail.walk()):
        if part.is_multipart():
            part.set_boundary(f"partie-{number}")  # not one by chance
    return mail.as_bytes()


def _rtf(text: str) -> bytes:
    escaped = "".join(char if ord(char) < 128 else f"\\u{ord(char)}?" for char in text).replace("\n\n", "\\par\n")
    return b"{\\rtf1\\ansi\\deff0{\\fonttbl{\\f0 Arial;}}\\f0\\fs20 " + escaped.encode() + b"}"


def _zip(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _picture(kind: str) -> bytes:
    picture = Image.new("L", (700, 200), 255)
    pen = ImageDraw.Draw(picture)
    for row, line in enumerate(_PARAGRAPHS):
        pen.text((10, 20 + 50 * row), line[:90], fill=0)
    out = io.BytesIO()
    picture.save(out, kind)
    return out.getvalue()
