"""Make the sample contracts: ``python sample_contracts/make.py`` writes the PDFs and their expected findings.

``make_forms.py`` builds on this module to make the sample questionnaires.

Companies, products and wordings are invented. Each text stands in ``texts/<name>.txt`` with its labels, so that the PDF
and ``<name>.expected.jsonl`` cannot disagree. Made twice from the same texts and fonts, the files have the same bytes.

The texts are written in blocks, parted by empty lines:

======================  ================================================================================================
``@label label``        first line of a block: the labels of that passage
``# ``, ``## ``         a heading, a smaller heading
``- ``, ``a) ``, ``1°`` an item of a list; ``[ ] `` and ``[x] `` an item with a box to tick
``%box`` … ``%end``     a framed box (``%box small``: in small print); ``%small`` small print; ``%foot 2`` the same at
                        the foot of page 2
``%table 30 70``        a table with columns of 30 and 70 %; its rows are lines ``| a | b |``, the first one the head;
                        an empty row is there to be filled in
``%form 50 50``         fields to fill in, laid out likewise
``%sign a | b``         boxes for signatures; ``%page`` and ``%column`` begin a new page or column
``**words**``           bold; ``==words==`` typed by the person who filled the paper in
======================  ================================================================================================
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import escape

from reportlab.lib.colors import Color, HexColor, white
from reportlab.lib.enums import TA_JUSTIFY, TA_LEFT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    FrameBreak,
    KeepTogether,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)

HERE = Path(__file__).parent
FONTS = Path("/usr/share/fonts/truetype")
WIDTH, HEIGHT = A4
#: No sample has more pages.
MOST_PAGES = 12
#: File names of each family, without style: regular, bold, italic.
FAMILIES = {
    "sans": ("liberation/LiberationSans-Regular", "liberation/LiberationSans-Bold", "liberation/LiberationSans-Italic"),
    "serif": (
        "liberation/LiberationSerif-Regular",
        "liberation/LiberationSerif-Bold",
        "liberation/LiberationSerif-Italic",
    ),
    "wide": (
        "dejavu/DejaVuSansCondensed",
        "dejavu/DejaVuSansCondensed-Bold",
        "dejavu/DejaVuSansCondensed-Oblique",
    ),
    "book": (
        "dejavu/DejaVuSerifCondensed",
        "dejavu/DejaVuSerifCondensed-Bold",
        "dejavu/DejaVuSerifCondensed-Italic",
    ),
    "narrow": (
        "liberation/LiberationSansNarrow-Regular",
        "liberation/LiberationSansNarrow-Bold",
        "liberation/LiberationSansNarrow-Italic",
    ),
    "mono": ("liberation/LiberationMono-Regular", "liberation/LiberationMono-Bold", "liberation/LiberationMono-Italic"),
}
SPECIMEN = "Spécimen : la société, le contrat et les personnes sont imaginaires."
#: Colour of what was typed into a form.
TYPED = "#1b2a63"
ITEM = re.compile(r"(-|[a-z]\)|\d{1,2}[)°])\s+")


@dataclass(frozen=True)
class Sample:
    """How one document looks."""

    name: str
    company: str
    tagline: str
    title: str
    subtitle: str
    reference: str
    legal: str
    colour: str
    logo: Callable[[Canvas, float, float, Color], None]
    family: str = "sans"
    size: float = 9.5
    columns: int = 1
    margin: float = 52
    numbered: str = "Page {page} / {pages}"
    band: bool = True
    head: float = 130


class Passage(NamedTuple):
    """A passage with its labels, and the page where it begins."""

    text: str
    labels: tuple[str, ...]
    page: int


@dataclass
class Block:
    """One block of a text: its directive or kind, its words, and the blocks or lines inside."""

    kind: str
    text: str = ""
    labels: tuple[str, ...] = ()
    inside: list[Block] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)


# --- Reading the texts -----------------------------------------------------------------------------------------------


def parse(text: str, nesting: tuple[str, ...] = ("box", "small", "foot")) -> list[Block]:
    """Return the blocks of a text; the directives of ``nesting`` hold other blocks, up to their ``%end``."""
    open_: list[Block] = [Block("root")]
    for chunk in re.split(r"\n\s*\n", text.strip()):
        lines = chunk.splitlines()
        labels: tuple[str, ...] = ()
        if lines[0].startswith("@"):
            labels = tuple(lines.pop(0)[1:].split())
        if lines[0] == "%end":
            open_.pop()
        elif lines[0].startswith("%"):
            directive, _, argument = lines[0][1:].partition(" ")
            block = Block(directive, argument, rows=[_cells(line) for line in lines[1:]])
            open_[-1].inside.append(block)
            if directive in nesting:
                open_.append(block)
        else:
            body = printed(" ".join(line.strip() for line in lines))
            kind = "text"
            for mark, name in (("## ", "subheading"), ("# ", "heading"), ("[ ] ", "box_empty"), ("[x] ", "box_ticked")):
                if body.startswith(mark):
                    kind, body = name, body[len(mark) :]
            if kind == "text" and ITEM.match(body):
                kind = "item"
            open_[-1].inside.append(Block(kind, body, labels))
    if len(open_) != 1:
        raise ValueError(f"%{open_[-1].kind} has no %end")
    return open_[0].inside


def _cells(line: str) -> list[str]:
    return [printed(cell.strip()) for cell in line.strip().strip("|").split("|")]


def printed(text: str) -> str:
    """Return the text as a printer sets it: curly apostrophes, no line break before a double sign or inside « »."""
    text = text.replace("'", "’")
    text = re.sub(r" (?=[;:!?»%€])", "\u00a0", text)
    return text.replace("« ", "«\u00a0")


def plain(text: str) -> str:
    """Return the words alone, as a reader of the page would copy them."""
    return text.replace("**", "").replace("==", "").replace("\u00a0", " ")


def markup(text: str) -> str:
    """Return the text as reportlab's own markup."""
    text = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", escape(text))
    text = re.sub(r"==(.+?)==", rf'<font name="mono" color="{TYPED}">\1</font>', text)
    return re.sub("[☐☒]", r'<font name="wide">\g<0></font>', text)  # the other families lack these signs


# --- Hyphenation -----------------------------------------------------------------------------------------------------

_VOWELS = "aeiouyàâäéèêëîïôöùûüœæ"
_ONSETS = {a + b for a in "bcdfgptv" for b in "lr"} - {"dl", "tl", "vl"} | {"ch", "ph", "th", "gn", "qu", "gu"}


def hyphenate(word: str) -> Iterator[tuple[str, str]]:
    """Yield the two parts of a French word at each place where a line may end, the longest first part first.

    Syllables begin with one consonant or with a group that French never parts ("médi-cal", "secré-taire",
    "assu-rance"); three letters at least stay on either side.
    """
    low = word.lower()
    for at in range(len(word) - 3, 2, -1):
        head, tail = low[:at], low[at:]
        begins = tail[0] not in _VOWELS and (tail[1] in _VOWELS or (tail[:2] in _ONSETS and tail[2] in _VOWELS))
        parted = head[-1] + tail[0] in _ONSETS
        sounded = any(letter in _VOWELS for letter in head) and re.search(f"[{_VOWELS}][^{_VOWELS}]+e?s?$|[^es]$", tail)
        if begins and sounded and not parted:
            yield word[:at], word[at:]


# --- Logos -----------------------------------------------------------------------------------------------------------


def arch(canvas: Canvas, x: float, y: float, colour: Color) -> None:
    """Draw three nested arches."""
    canvas.setStrokeColor(colour)
    canvas.setLineWidth(2.6)
    for radius in (14, 9, 4):
        canvas.arc(x + 15 - radius, y - radius + 3, x + 15 + radius, y + radius + 3, 0, 180)
    canvas.line(x, y + 2, x + 30, y + 2)


def leaf(canvas: Canvas, x: float, y: float, colour: Color) -> None:
    """Draw two leaves on a stem."""
    canvas.setFillColor(colour)
    canvas.ellipse(x, y + 6, x + 14, y + 16, 0, 1)
    canvas.ellipse(x + 13, y + 12, x + 29, y + 23, 0, 1)
    canvas.setStrokeColor(colour)
    canvas.setLineWidth(1.6)
    canvas.line(x + 13, y - 4, x + 15, y + 18)


def wave(canvas: Canvas, x: float, y: float, colour: Color) -> None:
    """Draw a sun over a wave."""
    canvas.setFillColor(colour)
    canvas.circle(x + 15, y + 15, 8, 0, 1)
    canvas.setStrokeColor(colour)
    canvas.setLineWidth(2.4)
    for shift in (0, -6):
        canvas.bezier(x, y + shift, x + 10, y + 9 + shift, x + 20, y - 9 + shift, x + 30, y + shift)


def shield(canvas: Canvas, x: float, y: float, colour: Color) -> None:
    """Draw a shield with a lighthouse."""
    path = canvas.beginPath()
    path.moveTo(x + 2, y + 22)
    path.lineTo(x + 28, y + 22)
    path.lineTo(x + 28, y + 8)
    path.curveTo(x + 28, y, x + 20, y - 5, x + 15, y - 8)
    path.curveTo(x + 10, y - 5, x + 2, y, x + 2, y + 8)
    path.close()
    canvas.setFillColor(colour)
    canvas.drawPath(path, 0, 1)
    canvas.setFillColor(white)
    canvas.rect(x + 12.5, y - 1, 5, 15, 0, 1)
    canvas.circle(x + 15, y + 17, 2.2, 0, 1)


def rings(canvas: Canvas, x: float, y: float, colour: Color) -> None:
    """Draw three linked rings."""
    canvas.setStrokeColor(colour)
    canvas.setLineWidth(2.4)
    for dx, dy in ((8, 3), (22, 3), (15, 14)):
        canvas.circle(x + dx, y + dy, 7.5)


def roof(canvas: Canvas, x: float, y: float, colour: Color) -> None:
    """Draw a house."""
    path = canvas.beginPath()
    for at, point in enumerate(((-1, 8), (15, 22), (31, 8), (26, 8), (26, -6), (4, -6), (4, 8))):
        (path.lineTo if at else path.moveTo)(x + point[0], y + point[1])
    path.close()
    canvas.setFillColor(colour)
    canvas.drawPath(path, 0, 1)
    canvas.setFillColor(white)
    canvas.rect(x + 12, y - 6, 6, 9, 0, 1)


def key(canvas: Canvas, x: float, y: float, colour: Color) -> None:
    """Draw a key."""
    canvas.setStrokeColor(colour)
    canvas.setLineWidth(3)
    canvas.circle(x + 8, y + 8, 7)
    canvas.line(x + 15, y + 8, x + 31, y + 8)
    canvas.line(x + 25, y + 8, x + 25, y + 1)
    canvas.line(x + 30, y + 8, x + 30, y + 2)


def tree(canvas: Canvas, x: float, y: float, colour: Color) -> None:
    """Draw a tree."""
    canvas.setFillColor(colour)
    for dx, dy, radius in ((9, 10, 7), (21, 10, 7), (15, 18, 7)):
        canvas.circle(x + dx, y + dy, radius, 0, 1)
    canvas.rect(x + 13.5, y - 7, 3, 14, 0, 1)


# --- Setting the pages -----------------------------------------------------------------------------------------------


class Recorded(Paragraph):  # type: ignore[misc]  # reportlab has no types
    """A paragraph that tells on which page it begins."""

    on_draw: Callable[[int], None] | None = None

    def draw(self) -> None:
        """Draw the paragraph, and tell its page."""
        if self.on_draw is not None:
            self.on_draw(self.canv.getPageNumber())
        super().draw()

    def split(self, avail_width: float, avail_height: float) -> list[Flowable]:
        """Split as any paragraph; the first part still tells where it begins."""
        parts: list[Flowable] = super().split(avail_width, avail_height)
        if parts and isinstance(parts[0], Recorded):
            parts[0].on_draw = self.on_draw
        return parts


class Pages(BaseDocTemplate):  # type: ignore[misc]  # reportlab has no types
    """A document whose page 3 is set with its third template, and so on: each keeps room for its own foot."""

    def afterPage(self) -> None:  # noqa: N802 (reportlab's name)
        """Choose the template of the page that follows."""
        self.handle_nextPageTemplate(self.page)


class Setter:
    """Set one sample: its styles, its pages, and the passages met on the way."""

    nesting: tuple[str, ...] = ("box", "small", "foot")

    def __init__(self, sample: Sample, pages: int) -> None:
        self.sample = sample
        self.pages = pages
        self.colour = HexColor(sample.colour)
        self.passages: dict[int, Passage] = {}
        self.feet: dict[int, list[Flowable]] = {}
        self.blocks = parse((HERE / "texts" / f"{sample.name}.txt").read_text(encoding="utf-8"), self.nesting)
        self.count = 0
        self.inner = WIDTH - 2 * sample.margin
        gutter = 18.0
        self.column = (self.inner - gutter * (sample.columns - 1)) / sample.columns
        size = sample.size
        justified = TA_JUSTIFY if sample.columns > 1 or sample.family in ("serif", "book") else TA_LEFT
        base = ParagraphStyle(
            "base",
            fontName=sample.family,
            fontSize=size,
            leading=size * (1.26 if sample.columns > 1 else 1.36),
            alignment=justified,
            spaceAfter=size * 0.55,
            allowWidows=0,
            allowOrphans=0,
            bulletFontName="wide",
            bulletFontSize=size,
        )
        if sample.columns > 1:
            base.hyphenationLang = hyphenate
            base.hyphenationMinWordLength = 7
        bold = f"{sample.family}-bold"
        self.styles = {
            "text": base,
            "item": ParagraphStyle("item", base, leftIndent=size * 2, bulletIndent=size * 0.5, spaceAfter=size * 0.3),
            "small": ParagraphStyle("small", base, fontSize=7, leading=8.5, spaceAfter=3.5),
            "cell": ParagraphStyle("cell", base, alignment=TA_LEFT, spaceAfter=0, fontSize=size * 0.93),
            "head": ParagraphStyle("head", base, alignment=TA_LEFT, spaceAfter=0, fontName=bold, textColor=white),
            "heading": ParagraphStyle(
                "heading",
                base,
                fontName=bold,
                fontSize=size * 1.22,
                leading=size * 1.5,
                alignment=TA_LEFT,
                textColor=self.colour,
                spaceBefore=size * 0.9,
                spaceAfter=size * 0.55,
                keepWithNext=1,
                hyphenationLang="",
            ),
            "subheading": ParagraphStyle(
                "subheading",
                base,
                fontName=bold,
                alignment=TA_LEFT,
                spaceBefore=size * 0.45,
                spaceAfter=size * 0.3,
                keepWithNext=1,
                hyphenationLang="",
            ),
        }
        self.styles["head"].fontSize = size * 0.93
        self.styles["small_item"] = ParagraphStyle("small_item", self.styles["small"], leftIndent=12, bulletIndent=2)

    # Blocks become flowables.

    def paragraph(self, block: Block, small: bool = False) -> Flowable:
        """Return the flowable of a block of words, and remember the passage when it has labels."""
        kind, text = block.kind, block.text
        number, self.count = self.count, self.count + 1
        mark = ""
        if kind == "item":
            found = ITEM.match(text)
            assert found is not None
            mark, text = found[1].replace("-", "•"), text[found.end() :]
        elif kind in ("box_empty", "box_ticked"):
            mark = "☐" if kind == "box_empty" else "☒"
        listed = bool(mark)
        style = self.styles[("small_item" if listed else "small") if small else ("item" if listed else kind)]
        if mark and mark not in "•☐☒":
            style = ParagraphStyle("lettered", style, bulletFontName=style.fontName, bulletFontSize=style.fontSize)
        flowable = Recorded(markup(text), style, bulletText=mark or None)
        if text.endswith(":"):
            flowable.keepWithNext = True  # a list is not parted from its stem
        if block.labels:
            words = plain(f"{mark} {text}" if mark else text)

            def remember(page: int) -> None:
                self.passages.setdefault(number, Passage(words, block.labels, page))

            flowable.on_draw = remember
        return flowable

    def flowables(self, blocks: list[Block], width: float) -> Iterator[Flowable]:
        """Yield the flowables of ``blocks``, ``width`` points wide."""
        for block in blocks:
            if block.kind == "table":
                yield self.table(block, width)
                yield Spacer(1, self.sample.size)
            elif block.kind == "form":
                yield self.form(block, width)
                yield Spacer(1, self.sample.size * 0.6)
            elif block.kind == "sign":
                yield Spacer(1, 8)
                yield self.signatures(_cells(block.text), width)
            elif block.kind == "box":
                rows = [[self.paragraph(inner, small=block.text == "small")] for inner in block.inside]
                tint = Color(self.colour.red, self.colour.green, self.colour.blue, alpha=0.08)
                yield Spacer(1, 3)
                yield Table(
                    rows,
                    colWidths=[width],
                    style=TableStyle(
                        [
                            ("BOX", (0, 0), (-1, -1), 0.8, self.colour),
                            ("BACKGROUND", (0, 0), (-1, -1), tint),
                            ("LEFTPADDING", (0, 0), (-1, -1), 7),
                            ("RIGHTPADDING", (0, 0), (-1, -1), 7),
                            ("TOPPADDING", (0, 0), (-1, -1), 3),
                            ("BOTTOMPADDING", (0, 0), (-1, -1), 1),
                        ]
                    ),
                )
                yield Spacer(1, self.sample.size)
            elif block.kind == "small":
                yield from (self.paragraph(inner, small=True) for inner in block.inside)
                yield Spacer(1, 6)
            elif block.kind == "foot":
                self.feet[int(block.text)] = [self.paragraph(inner, small=True) for inner in block.inside]
            elif block.kind == "page":
                yield PageBreak()
            elif block.kind == "column":
                yield FrameBreak()
            else:
                yield self.paragraph(block)

    def table(self, block: Block, width: float) -> Flowable:
        """Return a ruled table whose first row is its head."""
        rows = [
            [Paragraph(markup(cell) if any(row) else "\u00a0", self.styles["cell" if at else "head"]) for cell in row]
            for at, row in enumerate(block.rows)
        ]
        shares = [float(share) / 100 * width for share in block.text.split()]
        style = [
            ("GRID", (0, 0), (-1, -1), 0.5, HexColor("#9a9a9a")),
            ("BACKGROUND", (0, 0), (-1, 0), self.colour),
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ("TOPPADDING", (0, 0), (-1, -1), 3),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
        ]
        return KeepTogether([Table(rows, colWidths=shares, style=TableStyle(style))])

    def form(self, block: Block, width: float) -> Flowable:
        """Return fields to fill in: a name and a ruled line each."""
        rows = [[self.field(cell) for cell in row] for row in block.rows]
        shares = [float(share) / 100 * width for share in block.text.split()]
        style = [
            ("LINEBELOW", (0, 0), (-1, -1), 0.5, HexColor("#777777")),
            ("TOPPADDING", (0, 0), (-1, -1), 6),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
            ("LEFTPADDING", (0, 0), (-1, -1), 2),
        ]
        return Table(rows, colWidths=shares, style=TableStyle(style))

    def field(self, cell: str) -> Flowable:
        """Return what stands in a field to fill in."""
        return Paragraph(markup(cell), self.styles["cell"])

    def signatures(self, titles: list[str], width: float) -> Flowable:
        """Return empty boxes with a title each."""
        cells = [Paragraph(markup(title), self.styles["cell"]) for title in titles]
        boxes = [("BOX", (at, 0), (at, 0), 0.6, HexColor("#777777")) for at in range(len(titles))]
        style = [*boxes, ("VALIGN", (0, 0), (-1, -1), "TOP")]
        return Table([cells], colWidths=[width / len(titles)] * len(titles), rowHeights=[62], style=TableStyle(style))

    # What stands on every page.

    def decorate(self, canvas: Canvas, document: BaseDocTemplate) -> None:
        """Draw the header and the footer of a page, and its small print at the foot."""
        sample, page, left, right = self.sample, document.page, self.sample.margin, WIDTH - self.sample.margin
        canvas.saveState()
        if page == 1:
            self.first_header(canvas)
        else:
            canvas.setFillColor(HexColor("#444444"))
            canvas.setFont(f"{sample.family}-bold", 7.5)
            canvas.drawString(left, HEIGHT - 36, sample.company)
            canvas.setFont(sample.family, 7.5)
            canvas.drawRightString(right, HEIGHT - 36, self.running_head())
            canvas.setStrokeColor(self.colour)
            canvas.setLineWidth(0.8)
            canvas.line(left, HEIGHT - 42, right, HEIGHT - 42)
        canvas.setStrokeColor(HexColor("#bbbbbb"))
        canvas.setLineWidth(0.5)
        canvas.line(left, 43, right, 43)
        canvas.setFillColor(HexColor("#555555"))
        canvas.setFont(sample.family, 6.3)
        canvas.drawString(left, 34, sample.legal)
        canvas.drawString(left, 26, SPECIMEN)
        canvas.setFont(sample.family, 7.5)
        canvas.drawRightString(right, 26, sample.numbered.format(page=page, pages=self.pages))
        if page in self.feet:
            top = 50 + self.foot_height(page)
            canvas.setStrokeColor(HexColor("#444444"))
            canvas.line(left, top - 2, left + 90, top - 2)
            y = top - 6
            for flowable in self.feet[page]:
                _, height = flowable.wrap(self.inner, HEIGHT)
                y -= height
                flowable.drawOn(canvas, left, y)
                y -= 2
        canvas.restoreState()

    def running_head(self) -> str:
        """Return what stands at the head of each page but the first."""
        return f"{self.sample.title} – {self.sample.reference}"

    def first_header(self, canvas: Canvas) -> None:
        """Draw the head of the first page: logo, company, title."""
        sample, left = self.sample, self.sample.margin
        ink = self.colour
        if sample.band:
            canvas.setFillColor(self.colour)
            canvas.rect(0, HEIGHT - 118, WIDTH, 118, 0, 1)
            ink = white
        sample.logo(canvas, left, HEIGHT - 54, ink)
        canvas.setFillColor(ink)
        canvas.setFont(f"{sample.family}-bold", 15)
        canvas.drawString(left + 42, HEIGHT - 46, sample.company)
        canvas.setFont(f"{sample.family}-italic", 8.5)
        canvas.drawString(left + 42, HEIGHT - 59, sample.tagline)
        canvas.setFont(sample.family, 7.5)
        canvas.drawRightString(WIDTH - left, HEIGHT - 46, sample.reference)
        canvas.setFont(f"{sample.family}-bold", 17)
        canvas.drawString(left, HEIGHT - 88, sample.title)
        canvas.setFont(sample.family, 9.5)
        canvas.drawString(left, HEIGHT - 104, sample.subtitle)
        if not sample.band:
            canvas.setStrokeColor(self.colour)
            canvas.setLineWidth(1.4)
            canvas.line(left, HEIGHT - 113, WIDTH - left, HEIGHT - 113)

    def foot_height(self, page: int) -> float:
        """Return the height that the small print of a page's foot needs, in points."""
        heights = [float(flowable.wrap(self.inner, HEIGHT)[1]) for flowable in self.feet.get(page, ())]
        return sum(height + 2 for height in heights) + 14

    def build(self, path: Path) -> int:
        """Write the PDF and return its number of pages."""
        story = list(self.flowables(self.blocks, self.column))
        templates = []
        for page in range(1, MOST_PAGES + 2):
            bottom = 50 + (self.foot_height(page) if page in self.feet else 0)
            top = HEIGHT - (self.sample.head if page == 1 else 54)
            frames = [
                Frame(
                    self.sample.margin + at * (self.column + 18.0),
                    bottom,
                    self.column,
                    top - bottom,
                    leftPadding=0,
                    rightPadding=0,
                    topPadding=0,
                    bottomPadding=0,
                )
                for at in range(self.sample.columns)
            ]
            templates.append(PageTemplate(id=f"p{page}", frames=frames, onPage=self.decorate))
        document = Pages(
            str(path),
            pagesize=A4,
            pageTemplates=templates,
            invariant=1,
            title=f"{self.sample.title} – {self.sample.company}",
            author=self.sample.company,
            subject=SPECIMEN,
            lang="fr-FR",
        )
        document.build(story)
        return int(document.page)

    def expected(self) -> list[dict[str, object]]:
        """Return what is to be found, in reading order, once the PDF is built."""
        rows = [self.passages[number] for number in sorted(self.passages)]
        return [{"text": row.text, "labels": list(row.labels), "page": row.page} for row in rows]


def make(sample: Sample, setter: type[Setter] = Setter, folder: Path = HERE) -> int:
    """Write the PDF of a sample and its expected findings into ``folder``; return its number of pages."""
    path = folder / f"{sample.name}.pdf"
    pages = setter(sample, 0).build(path)
    final = setter(sample, pages)
    final.build(path)
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in final.expected())
    path.with_suffix(".expected.jsonl").write_text(text, encoding="utf-8")
    return pages


def register_fonts() -> None:
    """Make the font families known; their glyphs are embedded in the files."""
    for family, names in FAMILIES.items():
        for style, name in zip(("", "-bold", "-italic"), names, strict=True):
            pdfmetrics.registerFont(TTFont(family + style, str(FONTS / f"{name}.ttf")))
        pdfmetrics.registerFontFamily(
            family, normal=family, bold=f"{family}-bold", italic=f"{family}-italic", boldItalic=f"{family}-bold"
        )


SAMPLES = (
    Sample(
        "pret_immobilier_notice",
        "Clairval Vie",
        "Assurer ceux qui empruntent",
        "Notice d’information – Assurance emprunteur",
        "Contrat groupe n° 7 412 souscrit par le Crédit de l’Orvanne auprès de Clairval Vie",
        "Réf. CLV-7412-NI – édition janvier 2025",
        "Clairval Vie, société anonyme régie par le Code des assurances, 4 quai des Tilleuls, 99001 Orvanne-le-Pont",
        "#1f4e79",
        arch,
        size=8.8,
        columns=2,
        margin=42,
    ),
    Sample(
        "prevoyance_groupe_notice",
        "Institution Solière Prévoyance",
        "La protection des salariés, à plusieurs",
        "Notice d’information",
        "Régime de prévoyance obligatoire des salariés non cadres – Entreprise Ateliers Morvane",
        "Notice NP 318 – 2025",
        "Institution de prévoyance régie par le Code de la sécurité sociale, 18 rue du Canal, 99120 Solière",
        "#2f6b4f",
        leaf,
        size=10.2,
        margin=58,
    ),
    Sample(
        "voyage_conditions",
        "Escale Bleue Assistance",
        "Partez, nous veillons",
        "Conditions générales – Voyage Sérénité",
        "Assistance aux personnes, annulation, bagages, responsabilité civile à l’étranger",
        "EB-VS 2025-03",
        "Escale Bleue Assistance SA, 1 place du Débarcadère, 99300 Port-Lisle",
        "#0b6e8a",
        wave,
        family="wide",
        size=8.6,
        columns=2,
        margin=44,
    ),
    Sample(
        "accident_individuel",
        "La Vigie du Ponant",
        "Société d’assurance à forme mutuelle fondée en 1921",
        "Conditions générales – Individuelle Accidents",
        "Modèle 14 B – Police à joindre aux conditions particulières",
        "CG IA 14 B – 09/2024",
        "La Vigie du Ponant, siège social : 27 rue de la Citadelle, 99540 Kermadeuc",
        "#5b1a1a",
        shield,
        family="serif",
        size=11,
        margin=62,
        numbered="– {page} –",
        band=False,
    ),
    Sample(
        "mutuelle_reglement",
        "Mutuelle du Val Fauvet",
        "Organisme régi par le livre II du Code de la mutualité",
        "Règlement mutualiste",
        "Frais de santé et prévoyance des membres participants",
        "RM 2025 – adopté en assemblée générale",
        "Mutuelle du Val Fauvet, 9 avenue de la Filature, 99410 Fauvet",
        "#6a4c93",
        rings,
        family="book",
        size=9.6,
        margin=58,
        band=False,
    ),
    Sample(
        "habitation_conditions",
        "Toitclair Assurances",
        "Votre logement, simplement",
        "Conditions générales – Multirisque Habitation",
        "Locataires et propriétaires occupants",
        "TC-MRH 2025-01",
        "Toitclair Assurances SA, 33 boulevard des Érables, 99210 Beaurenard",
        "#b3541e",
        roof,
        size=10.4,
        margin=58,
    ),
    Sample(
        "habitation_vie_reelle",
        "Brévenne Dommages",
        "Assurer ce qui compte chez vous",
        "Contrat Habitation Confort",
        "Conditions générales valant notice d’information",
        "BD-HC 11/2024",
        "Brévenne Dommages, société anonyme d’assurance, 70 cours Saint-Aubin, 99600 Brévenne",
        "#37474f",
        key,
        family="wide",
        size=8.6,
        columns=2,
        margin=44,
    ),
    Sample(
        "dependance_bulletin",
        "Aurelline Prévoyance",
        "Bien vieillir, bien entouré",
        "Bulletin d’adhésion – Autonomie Plus",
        "Assurance dépendance à adhésion individuelle – à compléter en lettres capitales",
        "BA-AP 2025",
        "Aurelline Prévoyance SA, 5 allée des Glycines, 99770 Montaurel",
        "#7a3e65",
        tree,
        size=9.0,
        margin=48,
        numbered="{page}/{pages}",
    ),
)


#: Later editions of samples, to be compared with them.
EDITIONS = tuple(
    replace(sample, name="mutuelle_reglement_2026", reference="RM 2026 – adopté en assemblée générale")
    for sample in SAMPLES
    if sample.name == "mutuelle_reglement"
)


def make_all(samples: Iterable[Sample], setter: type[Setter] = Setter, folder: Path = HERE) -> None:
    """Make the samples and say what was made."""
    register_fonts()
    folder.mkdir(exist_ok=True)
    for sample in samples:
        pages = make(sample, setter, folder)
        size = (folder / f"{sample.name}.pdf").stat().st_size
        print(f"{sample.name}: {pages} pages, {size // 1024} KB")


if __name__ == "__main__":
    make_all(SAMPLES)
    make_all(EDITIONS, folder=HERE / "editions")
