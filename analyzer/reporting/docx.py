"""The report as a Word document: real headings, lists and tables, so that it can be read aloud and worked on."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from analyzer.knowledge import messages
from analyzer.reporting.paper import Block, Bullets, Group, Heading, Paragraph, Span, Table, blocks, inert
from analyzer.schema import Report

if TYPE_CHECKING:
    from docx.document import Document
    from docx.styles.style import ParagraphStyle
    from docx.text.paragraph import Paragraph as WordParagraph

#: How Word calls the two languages.
_LANGUAGES = {"fr": "fr-FR", "en": "en-GB"}
_INK, _SOFT, _LINK = RGBColor(0x1C, 0x24, 0x30), RGBColor(0x56, 0x60, 0x6D), RGBColor(0x1F, 0x4F, 0x8F)
_GROUND = "F4F6F9"
#: The colour of the line beside a quote and of its state; the words say the same.
_TONES = {
    "high": "A3151F",
    "forbidden": "A3151F",
    "medium": "805300",
    "overbroad": "805300",
    "low": "1F4F8F",
    "to_check": "1F4F8F",
    "good": "1D6B3A",
    "precise": "1D6B3A",
}
_FONT = "Calibri"
#: Sizes of the headings, by level (points).
_SIZES = {1: 16, 2: 13, 3: 11.5}


def to_docx(report: Report) -> bytes:
    """Return ``report`` as the bytes of a .docx file; it names no author."""
    return _Word(report).save()


class _Word:
    """One document in the making."""

    def __init__(self, report: Report) -> None:
        say = messages(report.lang)
        self.document: Document = docx.Document()
        about = self.document.core_properties
        about.title = say["report.title"].format(name=inert(report.document.name))[:255]
        about.author = about.comments = about.last_modified_by = ""
        about.language = _LANGUAGES[report.lang]
        about.created = about.modified = datetime.now(UTC)
        self._styles(_LANGUAGES[report.lang])
        self._page(say["export.page"])
        self.document.add_paragraph(inert(report.document.name), "Title")
        for block in blocks(report):
            self._add(block, "")

    def save(self) -> bytes:
        """Return the file."""
        out = io.BytesIO()
        self.document.save(out)
        return out.getvalue()

    def _styles(self, language: str) -> None:
        """Set language, fonts and sizes where Word keeps them: in the styles."""
        styles = self.document.styles
        for found in styles.element.iter(qn("w:lang")):
            found.set(qn("w:val"), language)
        for name in ("Normal", "Title", *(f"Heading {level}" for level in _SIZES)):
            style: ParagraphStyle = styles[name]
            style.font.name = _FONT
            fonts = style.element.rPr.rFonts
            for place in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
                fonts.attrib.pop(qn(place), None)
            style.font.color.rgb = _INK
            style.font.size = Pt({"Normal": 11, "Title": 22}.get(name) or _SIZES[int(name[-1])])
            style.paragraph_format.space_after = Pt(6)
        for border in list(styles["Title"].element.iter(qn("w:pBdr"))):
            border.getparent().remove(border)
        for level in _SIZES:
            styles[f"Heading {level}"].paragraph_format.space_before = Pt(16)

    def _page(self, words: str) -> None:
        """Set up A4 and the number of the page at its foot."""
        section = self.document.sections[0]
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2.4)
        section.top_margin = section.bottom_margin = Cm(2.2)
        foot = section.footer.paragraphs[0]
        foot.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        for part in re.split(r"(\{\w+\})", words):
            if part in ("{page}", "{pages}"):
                field = OxmlElement("w:fldSimple")
                field.set(qn("w:instr"), {"{page}": "PAGE", "{pages}": "NUMPAGES"}[part])
                foot._p.append(field)
            else:
                foot.add_run(part)

    def _add(self, block: Block, tone: str) -> None:
        if isinstance(block, Group):
            for part in block.blocks:
                self._add(part, _TONES[block.tone])
        elif isinstance(block, Heading):
            self.document.add_heading(block.text, block.level)
        elif isinstance(block, Bullets):
            self._bullets(block)
        elif isinstance(block, Table):
            self._table(block)
        else:
            self._paragraph(block, tone)

    def _paragraph(self, block: Paragraph, tone: str) -> None:
        paragraph = self.document.add_paragraph()
        for span in block.spans:
            self._run(paragraph, span)
        shape = paragraph.paragraph_format
        shape.keep_with_next = block.look in ("label", "tags", "where")
        if block.look in ("quote", "proposal", "note"):
            shape.left_indent = shape.right_indent = Cm(0.4)
            _frame(paragraph, tone or "1F4F8F", _GROUND)
        for run in paragraph.runs:
            if block.look in ("label", "tags", "lead"):
                run.bold = True
            if block.look == "tags":
                run.font.color.rgb = RGBColor.from_string(tone)
            elif block.look in ("small", "where"):
                run.font.size, run.font.color.rgb = Pt(9), _SOFT
            elif block.look == "lead":
                run.font.size = Pt(13)

    def _bullets(self, block: Bullets) -> None:
        for item in block.items:
            paragraph = self.document.add_paragraph(style="List Number" if block.numbered else "List Bullet")
            if block.sign:
                paragraph.add_run(f"{block.sign} ")
            for span in item:
                self._run(paragraph, span)

    def _table(self, block: Table) -> None:
        table = self.document.add_table(1 + len(block.rows), len(block.header), "Table Grid")
        for row, values in zip(table.rows, (block.header, *block.rows), strict=True):
            for cell, value in zip(row.cells, values, strict=True):
                cell.text = value
        head = table.rows[0]
        repeated = OxmlElement("w:tblHeader")
        head._tr.get_or_add_trPr().append(repeated)
        for cell in head.cells:
            for run in cell.paragraphs[0].runs:
                run.bold = True

    def _run(self, paragraph: WordParagraph, span: Span) -> None:
        run = paragraph.add_run(span.text)
        if span.style in ("strong", "mark"):
            run.bold = True
        if span.style == "mark":
            run.underline = True
        if span.style == "soft":
            run.font.size, run.font.color.rgb = Pt(9.5), _SOFT
        if span.url:
            run.underline, run.font.color.rgb = True, _LINK
            link = OxmlElement("w:hyperlink")
            target = paragraph.part.relate_to(span.url, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
            link.set(qn("r:id"), target)
            link.append(run._r)
            paragraph._p.append(link)


def _frame(paragraph: WordParagraph, line: str, ground: str) -> None:
    """Give a paragraph a line at its left and a ground."""
    about = paragraph._p.get_or_add_pPr()
    borders = OxmlElement("w:pBdr")
    left = OxmlElement("w:left")
    for name, value in (("val", "single"), ("sz", "18"), ("space", "8"), ("color", line)):
        left.set(qn(f"w:{name}"), value)
    borders.append(left)
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", ground)):
        shade.set(qn(f"w:{name}"), value)
    # The order in which Word's schema has them: before spacing and indents.
    about.insert_element_before(borders, "w:shd", "w:spacing", "w:ind", "w:jc", "w:rPr")
    about.insert_element_before(shade, "w:spacing", "w:ind", "w:jc", "w:rPr")
