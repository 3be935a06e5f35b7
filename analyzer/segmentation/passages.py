"""Paragraphs become passages, with their section, the stem of their list, their boxes and their size of print."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from analyzer.schema import Box, Document, Page, Passage, Piece
from analyzer.segmentation.form_layout import Answer, form_page
from analyzer.segmentation.forms import Asked, find_questions, unanswered
from analyzer.segmentation.furniture import without_furniture
from analyzer.segmentation.headings import (
    Sections,
    Style,
    find_heading,
    find_run_in_heading,
    in_capitals,
    reads_like_sentence,
)
from analyzer.segmentation.hyphens import Hyphens
from analyzer.segmentation.markers import marker_of
from analyzer.segmentation.order import Region, read_order
from analyzer.segmentation.paragraphs import Paragraph, build_paragraphs, compose
from analyzer.segmentation.sentences import refers_back, split_sentences

__all__ = ["passage_from_text", "segment"]

#: Longer paragraphs are cut between sentences into groups of up to ``_GROUP`` characters, or ``_STRETCHED`` where a
#: sentence hangs on the one before.
_LONG, _GROUP, _STRETCHED = 700, 600, 900
#: Small print: below this part of the body's size, or below this size (points). French law asks for 8 points in credit
#: offers (Code de la consommation, art. R. 312-10); half a point is left for what fonts and readers make of a size.
_SMALL_SHARE, _SMALL_SIZE = 0.88, 7.5
#: A body smaller than this (points) is drawn on a page of other measures: then only the share tells.
_SMALLEST_BODY = 4.0
#: A stem longer than this (characters) is cut to its end.
_LONGEST_STEM = 300
#: Nested lists deeper than this are read as one level.
_DEEPEST_LIST = 6
#: Items of one level begin within this distance of each other (points).
_SAME_LEVEL = 6.0
#: A line of this many characters, without a mark at its end, may be the title of the bare number above it.
_TITLE = 90


def segment(document: Document) -> list[Passage]:
    """Return the passages of a document in reading order, numbered ``p0001``, ``p0002`` and so on.

    Each is a paragraph, an item of a list or a cell of a table; long paragraphs are cut between sentences. Headings
    stand in the ``section`` of what follows them.
    """
    pages = [page for page in document.pages if page.lines]
    regions: list[tuple[int, Region]] = []
    asking: dict[int, dict[int, list[Answer]]] = {}
    for page, lines in zip(pages, without_furniture(pages), strict=True):
        form = form_page(page, lines.body)
        if form is not None:
            asking[page.number] = form.answers
        regions += [(page.number, region) for region in (form.regions if form else read_order(lines.body))]
        regions += [(page.number, region._replace(is_cell=True, header=())) for region in read_order(lines.kept)]
    hyphens = Hyphens(line.text for page in pages for line in page.lines)
    body = _body_style(pages)
    passages: list[Passage] = []
    for block in _blocks(find_questions(build_paragraphs(regions), asking, hyphens), hyphens, body):
        for start, end in [(0, len(block.text))] if block.asked else _groups(block.text):
            passages.append(_passage(block, start, end, body, f"p{len(passages) + 1:04d}"))
    return passages


def passage_from_text(text: str, context: str = "", id: str = "") -> Passage:
    """Return a passage for a text that comes from no page. The text is kept as it is; sentences are spans of it."""
    return Passage(id=id, text=text, context=context, sentences=tuple(split_sentences(text)))


class _Block(NamedTuple):
    """A paragraph's text with all that its passages share."""

    text: str
    pieces: list[Piece]
    regions: list[int]
    context: str
    section: tuple[str, ...]
    asked: Asked | None = None


def _body_style(pages: Iterable[Page]) -> Style:
    """Return the style that most characters have."""
    sizes: Counter[float] = Counter()
    bold = capitals = total = 0
    for page in pages:
        for line in page.lines:
            length = len(line.text)
            sizes[round(line.font_size, 1)] += length
            total += length
            bold += length * line.bold
            capitals += length * in_capitals(line.text)
    size = max(sizes.items(), key=lambda item: (item[1], -item[0]))[0] if sizes else 0.0
    return Style(size, 2 * bold > total, 2 * capitals > total)


def _blocks(paragraphs: Iterable[Paragraph | Asked], hyphens: Hyphens, body: Style) -> Iterator[_Block]:
    """Yield the paragraphs that are passages, with the context and the section that they stand in.

    A heading with nothing under it is a passage too: the line of a form, an entry of a table of contents.
    """
    sections = Sections()
    lists = _Lists()
    bare = False
    empty: list[tuple[int, _Block]] = []  # headings with nothing under them yet, with their depth
    for paragraph in paragraphs:
        if isinstance(paragraph, Asked):
            bare = False
            empty.clear()
            lists.close()
            text, pieces, regions = unanswered(paragraph.rows, hyphens)
            yield _Block(text, pieces, regions, paragraph.context, sections.path, paragraph)
            continue
        text, pieces, regions = compose(paragraph.rows, hyphens)
        block = _Block(text, pieces, regions, compose(paragraph.header, hyphens)[0], sections.path)
        if paragraph.is_cell:
            bare = False
            empty.clear()
            yield block
            continue
        heading = find_heading(text, paragraph.style, body, lists.expects_items)
        says_something = (bare or heading is not None) and reads_like_sentence(text)
        if bare and not says_something and (_is_title(text) if heading is None else not heading.numbered):
            sections.complete(text)
            empty.append((empty[-1][0], block))
            bare = False
        elif heading is not None:
            depth = sections.enter(heading)
            yield from (closed for level, closed in empty if level >= depth)
            empty = [(level, open_) for level, open_ in empty if level < depth]
            bare = heading.is_bare and not says_something
            if says_something:
                yield block
            else:
                empty.append((depth, block))
        else:
            bare = False
            empty.clear()
            opened = find_run_in_heading(text, paragraph.style)
            if opened is not None:
                sections.enter(opened)
                lists.close()
            yield block._replace(context=lists.context(text, paragraph), section=sections.path)
            continue
        lists.close()
        if text.endswith(":"):
            lists.context(text, paragraph)
    yield from (block for _, block in empty)


def _is_title(text: str) -> bool:
    """Return whether a line under a bare number ("Article 12") is its title."""
    return (
        len(text) <= _TITLE
        and text[0].isupper()
        and text[-1] not in ".;:,?!…"
        and marker_of(text) is None
        and not reads_like_sentence(text)
    )


@dataclass(slots=True)
class _Level:
    """A list that is open: its stem, and the marker and place of its items, known from the first of them."""

    stem: str
    kind: str | None = None
    edge: float = 0.0


class _Lists:
    """The lists that are open, from the outermost, and the context that their stems give."""

    def __init__(self) -> None:
        self._open: list[_Level] = []
        self._goes_on = False

    @property
    def expects_items(self) -> bool:
        """Whether a list is open."""
        return bool(self._open)

    def close(self) -> None:
        """Close all lists."""
        self._open.clear()

    def context(self, text: str, paragraph: Paragraph) -> str:
        """Return the stems that the paragraph with this text hangs on, outermost first; it may open a list itself."""
        self._find_level(paragraph)
        context = " ".join(level.stem for level in self._open)
        if text.rstrip().endswith(":"):
            if len(self._open) == _DEEPEST_LIST:
                self._open.pop()
            self._open.append(_Level(_stem(text, paragraph)))
        self._goes_on = text.rstrip().endswith((";", ",", ":", " et", " ou"))
        return context

    def _find_level(self, paragraph: Paragraph) -> None:
        """Close the lists that the paragraph is no item of."""
        if not self._open:
            return
        if paragraph.marker is None:
            # An item without a marker ("le nom ;"), or a second paragraph of an item, set as deep as its text.
            last = self._open[-1]
            if last.kind is None and self._goes_on:
                last.kind, last.edge = "", paragraph.edge
            elif not (last.kind == "" and self._goes_on):
                while self._open and not (self._open[-1].kind and paragraph.edge > self._open[-1].edge + _SAME_LEVEL):
                    self._open.pop()
            return
        kind, edge = paragraph.marker.kind, paragraph.edge
        alike = [depth for depth, level in enumerate(self._open) if level.kind == kind]
        exact = [depth for depth in alike if abs(self._open[depth].edge - edge) < _SAME_LEVEL]
        last = self._open[-1]
        if exact or (alike and not (last.kind is None and edge > self._open[alike[-1]].edge)):
            del self._open[(exact or alike)[-1] + 1 :]
        elif last.kind is None:
            last.kind, last.edge = kind, edge


def _stem(text: str, paragraph: Paragraph) -> str:
    """Return the sentence that ends with a colon, without its own marker."""
    start, end = split_sentences(text)[-1]
    if start == 0 and paragraph.marker is not None:
        start = paragraph.marker.length
    return text[max(start, end - _LONGEST_STEM) : end]


def _groups(text: str) -> list[tuple[int, int]]:
    """Return the spans of the passages that a paragraph is cut into."""
    if len(text) <= _LONG:
        return [(0, len(text))]
    groups: list[list[tuple[int, int]]] = []
    for start, end in split_sentences(text):
        group = groups[-1] if groups else []
        hangs = refers_back(text[start : start + 40])
        if group and end - group[0][0] <= (_STRETCHED if hangs else _GROUP):
            group.append((start, end))
        elif hangs and len(group) > 1:
            groups.append([group.pop(), (start, end)])
        else:
            groups.append([(start, end)])
    return [(group[0][0], group[-1][1]) for group in groups]


def _passage(block: _Block, start: int, end: int, body: Style, id: str) -> Passage:
    """Return the passage for ``block.text[start:end]``."""
    text = block.text[start:end]
    first = bisect_right(block.pieces, start, key=lambda piece: piece.end)
    last = bisect_left(block.pieces, end, key=lambda piece: piece.start)
    pieces = tuple(_slice(piece, start, end) for piece in block.pieces[first:last])
    size = _font_size(pieces)
    small = size < _SMALL_SHARE * body.size or (size < _SMALL_SIZE and body.size >= _SMALLEST_BODY)
    # Built without validation: thousands a document, of values made right here.
    return Passage.model_construct(
        id=id,
        kind="question" if block.asked else "clause",
        text=text,
        context=block.context,
        number=block.asked.number if block.asked else "",
        answer=block.asked.answer if block.asked else None,
        section=block.section,
        boxes=_boxes(pieces, block.regions[first:last]),
        font_size=size,
        small_print=small,
        sentences=tuple(split_sentences(text)),
        pieces=pieces,
    )


def _slice(piece: Piece, start: int, end: int) -> Piece:
    first, last = max(piece.start, start), min(piece.end, end)
    return Piece(first - start, last - start, piece.page, piece.line, piece.offset + first - piece.start)


def _font_size(pieces: Sequence[Piece]) -> float:
    """Return the median of the pieces' font sizes, each counted as often as it has characters."""
    sizes = sorted((piece.line.font_size, piece.end - piece.start) for piece in pieces)
    half = sum(length for _, length in sizes) / 2
    for size, length in sizes:
        half -= length
        if half <= 0:
            return size
    return 0.0


def _boxes(pieces: Sequence[Piece], regions: Sequence[int]) -> tuple[Box, ...]:
    """Return one box for each column that the passage stands in."""
    edges: dict[int, tuple[int, float, float, float, float]] = {}
    for piece, region in zip(pieces, regions, strict=True):
        line = piece.line
        _, x0, top, x1, bottom = edges.get(region, (0, line.x0, line.top, line.x1, line.bottom))
        edges[region] = (
            piece.page, min(x0, line.x0), min(top, line.top), max(x1, line.x1), max(bottom, line.bottom)
        )  # fmt: skip
    boxes = []
    for page, x0, top, x1, bottom in edges.values():
        boxes.append(Box.model_construct(page=page, x0=x0, top=top, x1=x1, bottom=bottom))
    return tuple(boxes)
