"""One text as files of many formats: what it says is the same in all of them."""

# ruff: noqa: E501 (markup is easier to read whole)
from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Sequence
from email.message import EmailMessage
from html import escape
from pathlib import Path
from typing import NamedTuple

from docx import Document as Word
from docx.shared import Pt
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph, SimpleDocTemplate, Table

SAMPLES = Path(__file__).parents[2] / "sample_contracts"
FONTS = Path("/usr/share/fonts/truetype/dejavu")


class Block(NamedTuple):
    """A heading of a level (``h1``, ``h2``), a paragraph (``p``), an item (``li``) or a table (``table``)."""

    kind: str
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()


def contract() -> list[Block]:
    """Return the text of a sample contract, without its labels and the directives of its page."""
    blocks = []
    text = (SAMPLES / "texts" / "mutuelle_reglement.txt").read_text("utf-8").replace("**", "")
    for chunk in re.split(r"\n\s*\n", text.strip()):
        lines = [line for line in chunk.splitlines() if not line.startswith("@")]
        if lines and lines[0].startswith("%table"):
            rows = tuple(tuple(cell.strip() for cell in line.strip("| ").split("|")) for line in lines[1:])
            blocks.append(Block("table", rows=rows))
        elif lines and not lines[0].startswith("%"):
            words = " ".join(lines)
            kind = next(
                (name for mark, name in (("## ", "h2"), ("# ", "h1"), ("- ", "li")) if words.startswith(mark)), "p"
            )
            blocks.append(Block(kind, words.lstrip("#- ") if kind != "p" else words))
    return blocks


def questionnaire() -> list[Block]:
    """Return a questionnaire with boxes, stems, lines to fill in and a small table."""
    boxes = " ☐ Oui ☐ Non"
    return [
        Block("h1", "Questionnaire de santé"),
        Block("p", "Remis au médecin-conseil de l'assureur sous pli confidentiel. Les réponses restent couvertes par le secret."),
        Block("h2", "Votre état actuel"),
        Block("p", f"1. Êtes-vous actuellement en arrêt de travail sur prescription médicale ?{boxes}"),
        Block("p", "Si oui, depuis quelle date : ……………………………"),
        Block("p", f"2. Êtes-vous en bonne santé ?{boxes}"),
        Block("p", f"3. Au cours des 5 dernières années, avez-vous été hospitalisé(e) plus de 3 jours ?{boxes}"),
        Block("h2", "Vos antécédents"),
        Block("p", "4. Au cours des 10 dernières années, avez-vous été atteint(e) de l'une des affections suivantes :"),
        Block("p", f"a) maladie du cœur ou des artères ?{boxes}"),
        Block("p", f"b) dépression, anxiété ou surmenage ?{boxes}"),
        Block("p", f"c) toute autre affection non citée ci-dessus ?{boxes}"),
        Block("p", f"5. Avez-vous déjà consulté un psychologue ?{boxes}"),
        Block("p", f"6. Avez-vous passé un test génétique ?{boxes}"),
        Block("p", f"7. Vos parents ont-ils eu un cancer ?{boxes}"),
        Block("p", "J'autorise mon médecin traitant à communiquer à l'assureur tous les renseignements médicaux qu'il détient, "
                   "et le délie du secret médical."),
    ]  # fmt: skip


def to_pdf(blocks: Sequence[Block]) -> bytes:
    for name in ("DejaVuSans", "DejaVuSans-Bold"):
        pdfmetrics.registerFont(TTFont(name, FONTS / f"{name}.ttf"))
    styles = {
        "p": ParagraphStyle("p", fontName="DejaVuSans", fontSize=10, leading=12, spaceAfter=7),
        "li": ParagraphStyle("li", fontName="DejaVuSans", fontSize=10, leading=12, spaceAfter=7, leftIndent=18),
        "h1": ParagraphStyle("h1", fontName="DejaVuSans-Bold", fontSize=15, leading=18, spaceAfter=9, spaceBefore=9),
        "h2": ParagraphStyle("h2", fontName="DejaVuSans-Bold", fontSize=12, leading=15, spaceAfter=8, spaceBefore=8),
    }
    flow = []
    for block in blocks:
        if block.kind == "table":
            rows = [[Paragraph(escape(cell), styles["p"]) for cell in row] for row in block.rows]
            flow.append(Table(rows, style=[("GRID", (0, 0), (-1, -1), 0.5, "black")]))
        else:
            bullet = "•" if block.kind == "li" else None
            flow.append(Paragraph(escape(block.text), styles[block.kind], bulletText=bullet))
    buffer = io.BytesIO()
    SimpleDocTemplate(buffer, pagesize=A4, invariant=1).build(flow)
    return buffer.getvalue()


def to_docx(blocks: Sequence[Block]) -> bytes:
    word = Word()
    word.styles["Normal"].font.size = Pt(10)
    for block in blocks:
        if block.kind == "table":
            table = word.add_table(len(block.rows), len(block.rows[0]))
            for row, cells in zip(table.rows, block.rows, strict=True):
                for cell, text in zip(row.cells, cells, strict=True):
                    cell.text = text
        elif block.kind in ("h1", "h2"):
            word.add_heading(block.text, int(block.kind[1]))
        else:
            word.add_paragraph(block.text, "List Bullet" if block.kind == "li" else "Normal")
    buffer = io.BytesIO()
    word.save(buffer)
    return buffer.getvalue()


_ODT = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"
 xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"><office:automatic-styles>
<style:style style:name="P" style:family="paragraph"><style:text-properties fo:font-size="10pt"/></style:style>
<style:style style:name="H1" style:family="paragraph"><style:text-properties fo:font-size="15pt" fo:font-weight="bold"/></style:style>
<style:style style:name="H2" style:family="paragraph"><style:text-properties fo:font-size="12pt" fo:font-weight="bold"/></style:style>
{styles}</office:automatic-styles><office:body><office:text>{body}</office:text></office:body></office:document-content>"""


def odt(body: str, styles: str = "", **parts: str) -> bytes:
    """Return an ODT file with this content, and other parts by their names (``META_INF`` for ``META-INF/manifest.xml``)."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(zipfile.ZipInfo("mimetype"), "application/vnd.oasis.opendocument.text")
        file.writestr("content.xml", _ODT.format(body=body, styles=styles))
        for name, text in parts.items():
            file.writestr({"META_INF": "META-INF/manifest.xml", "styles": "styles.xml"}[name], text)
    return buffer.getvalue()


def to_odt(blocks: Sequence[Block]) -> bytes:
    body = ""
    for block in blocks:
        if block.kind == "table":
            rows = (
                "".join(
                    f'<table:table-cell><text:p text:style-name="P">{escape(cell)}</text:p></table:table-cell>'
                    for cell in row
                )
                for row in block.rows
            )
            body += (
                "<table:table>"
                + "".join(f"<table:table-row>{row}</table:table-row>" for row in rows)
                + "</table:table>"
            )
        elif block.kind in ("h1", "h2"):
            body += f'<text:h text:style-name="{block.kind.upper()}" text:outline-level="{block.kind[1]}">{escape(block.text)}</text:h>'
        else:
            words = f'<text:p text:style-name="P">{escape(block.text)}</text:p>'
            body += f"<text:list><text:list-item>{words}</text:list-item></text:list>" if block.kind == "li" else words
    return odt(body)


def to_html(blocks: Sequence[Block]) -> bytes:
    body = ""
    for block in blocks:
        if block.kind == "table":
            rows = ("".join(f"<td>{escape(cell)}</td>" for cell in row) for row in block.rows)
            body += "<table>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>"
        elif block.kind == "li":
            body += f"<ul><li>{escape(block.text)}</li></ul>"
        else:
            body += f"<{block.kind}>{escape(block.text)}</{block.kind}>\n"
    return (
        f'<!doctype html><html><head><meta charset="utf-8"><title>t</title></head><body>{body}</body></html>'.encode()
    )


def _plain(blocks: Sequence[Block]) -> str:
    parts = []
    for block in blocks:
        if block.kind == "table":
            parts += ["    ".join(row) for row in block.rows]
        else:
            parts.append(f"• {block.text}" if block.kind == "li" else block.text)
    return "\n\n".join(parts) + "\n"


def to_text(blocks: Sequence[Block]) -> bytes:
    return _plain(blocks).encode("utf-8")


def to_eml(blocks: Sequence[Block]) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.org", "b@example.org", "Votre contrat"
    message.set_content(_plain(blocks))
    message.add_alternative(to_html(blocks).decode("utf-8"), subtype="html")
    return message.as_bytes()


def to_rtf(blocks: Sequence[Block]) -> bytes:
    body = ""
    for block in blocks:
        if block.kind == "table":
            for row in block.rows:
                edges = "".join(f"\\cellx{2500 * (number + 1)}" for number in range(len(row)))
                body += f"\\trowd{edges}" + "".join(f"\\intbl {_rtf(cell)}\\cell " for cell in row) + "\\row\n"
            continue
        look = {"h1": "\\b\\fs30 ", "h2": "\\b\\fs24 "}.get(block.kind, "\\fs20 ")
        body += f"\\pard\\plain{look}{'• ' if block.kind == 'li' else ''}{_rtf(block.text)}\\par\n".replace(
            "•", "\\u8226?"
        )
    return f"{{\\rtf1\\ansi\\ansicpg1252\\deff0{{\\fonttbl{{\\f0 Arial;}}}}\n{body}}}".encode("ascii")


def _rtf(text: str) -> str:
    return "".join(sign if sign.isascii() else f"\\u{ord(sign)}?" for sign in text)


WRITERS: dict[str, Callable[[Sequence[Block]], bytes]] = {
    "pdf": to_pdf, "docx": to_docx, "odt": to_odt, "html": to_html, "txt": to_text, "eml": to_eml,
}  # fmt: skip
