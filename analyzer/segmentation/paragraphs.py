"""Printed lines become paragraphs and items of lists, also across the end of a column or a page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from analyzer.schema import Line, Piece
from analyzer.segmentation.headings import Style, in_capitals, opens_article
from analyzer.segmentation.hyphens import Hyphens
from analyzer.segmentation.markers import BULLETS, Marker, marker_of
from analyzer.segmentation.order import Region, Row
from analyzer.segmentation.sentences import split_sentences

__all__ = ["Paragraph", "Placed", "build_paragraphs", "compose"]

#: Sizes that differ by more than this part are two styles.
_OTHER_SIZE = 0.07
#: Space between lines, over the usual, that begins a paragraph (font sizes); and that parts an unfinished sentence.
_PARAGRAPH_GAP, _GREAT_GAP = 0.35, 1.3
#: No step from line to line is greater (points). A document with few of them tells nothing: then this (font sizes).
_GREATEST_STEP, _FEW_STEPS, _USUAL_STEP = 40.0, 10, 1.25
#: An indent (font sizes).
_INDENT = 0.8
#: The text of a frame keeps at most this distance from the edge of its column (font sizes).
_FRAME = 1.2
#: Lines that begin within this distance (points) begin at one place.
_SAME_EDGE = 3.0
#: Smaller paragraphs (footnotes) that may stand at the foot of a column, after the text that goes on in the next.
_FOOTNOTES = 4
#: How far the text that goes on is looked for, over footnotes and cells.
_LOOK_BACK = 40


class Placed(NamedTuple):
    """A printed row and where it stands: page, and number of its region in the document."""

    row: Row
    page: int
    region: int


@dataclass(slots=True)
class Paragraph:
    """Rows that are read as one text.

    ``edge`` is the distance of the first row from the left of its column (points). A cell of a table has the
    ``header`` of its row.
    """

    rows: list[Placed]
    style: Style
    marker: Marker | None
    edge: float
    is_cell: bool = False
    header: tuple[Placed, ...] = ()

    @property
    def last(self) -> Line:
        """The last printed line."""
        return self.rows[-1].row.lines[-1]


class _Column(NamedTuple):
    """What the lines of a region are measured against.

    Its edges, the usual step from line to line (font sizes), and whether most lines reach the right edge.
    """

    left: float
    right: float
    step: float
    justified: bool

    def is_full(self, above: Sequence[Placed], row: Row) -> bool:
        """Return whether the last of the rows ``above`` has no room left for the first word of ``row``."""
        last = above[-1].row.lines[-1]
        words = row.lines[0].words
        # No line ends with a mark that opens a quotation.
        first = words[1:2] if row.lines[0].text[0] in "«“" and words[0].end == 1 else words[:1]
        needed = (first[0].x1 - words[0].x0 if first else 0.0) + 0.25 * last.font_size
        fits = last.x1 + needed <= self.right - 0.3 * last.font_size
        if not self.justified or last.x1 > self.right - _SAME_EDGE:
            return not fits
        # Justified lines reach the edge; those of a paragraph in a frame reach one of their own, a little before it.
        framed = self.right - _FRAME * last.font_size
        if len(above) == 1:
            return not fits and last.x1 > framed
        return last.x1 > max(framed, above[-2].row.x1) - _SAME_EDGE


def build_paragraphs(regions: Iterable[tuple[int, Region]]) -> list[Paragraph]:
    """Return the paragraphs of regions (each with its page number), in reading order."""
    regions = list(regions)
    # Between the cells of a table there is more space than between lines.
    steps = _steps([row for _, region in regions if not region.is_cell for row in region.rows])
    usual = steps[len(steps) // 4] if len(steps) >= _FEW_STEPS else min([*steps, _USUAL_STEP])
    paragraphs: list[Paragraph] = []
    for number, (page, region) in enumerate(regions):
        rows = region.rows
        column = _column(rows, usual)
        built = _in_region(rows, column, page, number, region)
        if paragraphs and not region.is_cell:
            _go_on(paragraphs, built, regions)
        paragraphs += built
    return paragraphs


def compose(rows: Sequence[Placed], hyphens: Hyphens) -> tuple[str, list[Piece], list[int]]:
    """Return the text of rows, its pieces, and for each piece the number of its region."""
    parts: list[str] = []
    pieces: list[Piece] = []
    regions: list[int] = []
    length = 0
    for place in rows:
        for line in place.row.lines:
            text = line.text
            if parts:
                before = parts[-1]
                if before[-1] == "-" and before[-2:-1].isalnum() and text[0].isalnum():
                    if hyphens.joins(before, text):
                        parts[-1] = before[:-1]
                        length -= 1
                        pieces[-1] = pieces[-1]._replace(end=length)
                else:
                    parts.append(" ")
                    length += 1
            parts.append(text)
            pieces.append(Piece(length, length + len(text), place.page, line, 0))
            regions.append(place.region)
            length += len(text)
    return "".join(parts), pieces, regions


def _column(rows: Sequence[Row], usual: float) -> _Column:
    right = max(row.x1 for row in rows)
    reaching = sum(row.x1 > right - _SAME_EDGE for row in rows)
    justified = len(rows) >= 4 and 2 * reaching > len(rows)
    steps = _steps(rows)
    # Where most paragraphs are a single line, the usual step of the column is the one between paragraphs.
    step = min(steps[len(steps) // 4], max(steps[len(steps) // 10], usual)) if len(steps) > 3 else usual
    return _Column(min(row.x0 for row in rows), right, step, justified)


def _steps(rows: Sequence[Row]) -> list[float]:
    """Return the distances from one line to the next in font sizes, sorted."""
    pairs = (pair for pair in pairwise(rows) if 0 < pair[1].top - pair[0].top < _GREATEST_STEP)
    return sorted(_step(a, b) for a, b in pairs if not _other_size(a, b))


def _step(a: Row, b: Row) -> float:
    return min(b.top - a.top, b.bottom - a.bottom) / (b.lines[-1].font_size or 1.0)


def _other_size(a: Row, b: Row) -> bool:
    first, second = a.lines[-1].font_size, b.lines[-1].font_size
    return abs(first - second) > _OTHER_SIZE * max(first, second)


def _in_region(rows: Sequence[Row], column: _Column, page: int, number: int, region: Region) -> list[Paragraph]:
    paragraphs: list[Paragraph] = []
    header = tuple(Placed(row, page, number) for row in region.header)
    for row in rows:
        marker = marker_of(row.lines[0].text if len(row.lines) == 1 else f"{row.lines[0].text} {row.lines[1].text}")
        placed = Placed(row, page, number)
        if paragraphs:
            paragraph = paragraphs[-1]
            accepted = marker is not None and _begins_item(paragraph, row, marker, column)
            if not accepted and _belongs(paragraph, row, column):
                paragraph.rows.append(placed)
                continue
            if not accepted:
                marker = marker if marker and marker.sure else None
        paragraphs.append(Paragraph([placed], _style(row), marker, row.x0 - column.left, region.is_cell, header))
    return paragraphs


def _style(row: Row) -> Style:
    line = max(row.lines, key=lambda line: len(line.text))
    return Style(line.font_size, line.bold, in_capitals(line.text))


def _ending(last: str, first: str) -> str:
    """Return the mark that the line ``last`` ends with, closing quotation marks and brackets left aside.

    The full stop of an abbreviation is none ("art." before "L. 113-8").
    """
    text = last.rstrip(" »”\")]'’")
    mark = text[-1:]
    if mark == "." and len(split_sentences(f"{last[-40:]} {first[:40]}")) < 2:
        return ""
    return mark if mark and mark in ".!?…:;," else ""


def _begins_item(paragraph: Paragraph, row: Row, marker: Marker, column: _Column) -> bool:
    """Return whether a row with a marker begins an item, rather than going on after a dash or with a figure."""
    if marker.kind in BULLETS or (marker.kind == "decimal" and marker.sure):
        return True
    last, previous, first = paragraph.last, paragraph.rows[-1].row, row.lines[0]
    if _ending(last.text, first.text) in (".", "!", "?", "…", ":", ";") or not column.is_full(paragraph.rows, row):
        return True
    if _other_size(previous, row) or _step(previous, row) > column.step + _PARAGRAPH_GAP:
        return True
    if marker.kind == "-" and last.text.endswith((" et", " ou", ",")):
        return True
    same_kind = paragraph.marker is not None and paragraph.marker.kind == marker.kind
    return same_kind and abs(row.x0 - column.left - paragraph.edge) < _SAME_EDGE


def _belongs(paragraph: Paragraph, row: Row, column: _Column) -> bool:
    """Return whether ``row`` goes on with the paragraph above it in its column."""
    previous, last, first = paragraph.rows[-1].row, paragraph.last, row.lines[0]
    if _other_size(previous, row):
        return False
    if first.text[0] in "»)],;.:":
        return True
    small_letter = first.text[0].islower()
    ending = _ending(last.text, first.text)
    open_ended = ending in ("", ",")
    gap = _step(previous, row) - column.step
    if gap > _PARAGRAPH_GAP:
        return gap < _GREAT_GAP and ending == "" and small_letter and column.is_full(paragraph.rows, row)
    full = column.is_full(paragraph.rows, row)
    if last.bold != first.bold and not (full and (small_letter or open_ended)):
        return False
    capitals = in_capitals(first.text)
    other_case = paragraph.style.capitals != capitals and (len(first.text) > 20 or paragraph.style.capitals)
    if other_case and not (full and small_letter):
        return False
    if opens_article(first.text) and not (open_ended and full and not first.bold):
        return False
    if opens_article(paragraph.rows[0].row.lines[0].text) and not full and not small_letter:
        return False
    if open_ended:
        title = capitals and paragraph.style.capitals and paragraph.marker is None
        return small_letter or full or (title and _is_centred(previous, row))
    if not full or ending in ":;":
        unmarked_item = ending == ":" and row.lines[-1].text.endswith(";")
        return full and not unmarked_item
    if paragraph.marker is None:
        return row.x0 - previous.x0 <= _INDENT * first.font_size  # farther in, it is the first line of a paragraph
    # After a sentence of an item, only a line set under its text (or under its other lines) belongs to it.
    under = previous.x0 if len(paragraph.rows) > 1 else _text_edge(paragraph)
    return abs(row.x0 - under) < _SAME_EDGE


def _text_edge(paragraph: Paragraph) -> float:
    """Return where the text of a paragraph begins after its marker."""
    row = paragraph.rows[0].row
    length = paragraph.marker.length if paragraph.marker else 0
    words = [word for word in row.lines[0].words if word.start >= length]
    return words[0].x0 if words else row.lines[-1].x0


def _is_centred(a: Row, b: Row) -> bool:
    return abs((a.x0 + a.x1) - (b.x0 + b.x1)) < 2 * _SAME_EDGE and abs(a.x0 - b.x0) > _SAME_EDGE


def _go_on(paragraphs: list[Paragraph], built: list[Paragraph], regions: Sequence[tuple[int, Region]]) -> None:
    """Join the first of the ``built`` paragraphs to the one that it goes on with, in the column or page before."""
    for place, following in enumerate(built[:2]):
        first = following.rows[0].row.lines[0]
        if following.marker is not None or opens_article(first.text):
            continue
        before = _unfinished(paragraphs, following)
        # A running header that is on this page alone may stand before the text that goes on.
        header = built[0].rows if place else []
        certain = not place or (len(header) == 1 and first.text[0].islower() and built[0].last.text[-1] != ":")
        if before is not None and certain and _goes_on(before, following, regions[before.rows[-1].region][1]):
            before.rows += following.rows
            del built[place]
            return


def _unfinished(paragraphs: Sequence[Paragraph], following: Paragraph) -> Paragraph | None:
    """Return the last paragraph before ``following`` that is no cell and no footnote."""
    footnotes = 0
    for before in paragraphs[: -_LOOK_BACK - 1 : -1]:
        if before.is_cell:
            continue
        footnotes += 1
        if before.style.size >= following.style.size * (1 - _OTHER_SIZE) or footnotes > _FOOTNOTES:
            return before
    return None


def _goes_on(before: Paragraph, following: Paragraph, region: Region) -> bool:
    """Return whether ``before``, the last of ``region``, ends in the middle of a sentence that ``following`` ends."""
    if _other_size(before.rows[-1].row, following.rows[0].row):
        return False
    last, row = before.last, following.rows[0].row
    first = row.lines[0]
    if _ending(last.text, first.text) not in ("", ","):
        return False
    if opens_article(before.rows[0].row.lines[0].text) and len(before.rows) == 1:
        return False
    if last.text[-1] == "-" or (first.text[0].islower() and first.bold >= last.bold):
        return True
    if last.bold != first.bold or before.style.capitals != following.style.capitals:
        return False
    several = len(before.rows) > 1 or before.marker is not None
    return several and _column(region.rows, 0.0).is_full(before.rows, row)
