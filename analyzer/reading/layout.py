"""Blocks become pages: formats without pages are laid out as if they were printed, so that all that follows is one way.

Each paragraph is one printed line, however long, set so far from the next that nobody takes them for one paragraph;
where pages end is what the file says, else a page's worth of text. Only boxes and sizes of print count here: such
pages are never drawn.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from analyzer.reading.blocks import Block
from analyzer.reading.lines import clean
from analyzer.schema import Cell, Line, Page, Word

__all__ = ["Layout"]

#: Size of a page (points): the width of A4, and so high that no text comes near the margins, where furniture is
#: looked for.
_WIDTH, _HEIGHT = 595.0, 2400.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 56.0, 539.0, 420.0, 1980.0
#: From one paragraph to the next (points): farther than any two lines of one paragraph, near enough for an answer to
#: stand under its question.
_STEP, _SPACE = 41.0, 12.0
#: A line that goes on after a break stands this many font sizes below.
_LEADING = 1.2
#: Width and height of characters (font sizes).
_CHARACTER, _HIGH = 0.5, 1.15
#: A page without an end of its own has so many characters.
_PAGE = 3_000
#: The white space between two columns of a table (points), and the least width of one.
_GUTTER, _COLUMN = 32.0, 70.0
#: Sizes of print that are believed (points).
_SMALLEST, _GREATEST = 4.0, 24.0
#: No paragraph is printed in more lines before it is cut in two.
_MOST_LINES = 40
_FINISHED = re.compile(r"[.!?;:…][»”\")\s]*\Z")


class Layout:
    """Pages that grow block by block."""

    def __init__(self, characters: int, pages: int) -> None:
        self._most_characters = self._left_characters = characters
        self._most_pages = pages
        self.pages: list[Page] = []
        self._lines: list[Line] = []
        self._cells: list[Cell] = []
        self._tables = 0
        self._written = 0
        self._finished = True
        self._y = _TOP
        self._width = _WIDTH
        self._cleaned: dict[str, str] = {}

    def add(self, blocks: Iterable[Block]) -> bool:
        """Lay out ``blocks``; returns false where the document is longer than is read."""
        for block in blocks:
            if self._left_characters < 0 or len(self.pages) >= self._most_pages:
                return False
            if block[0] == "page":
                self.end_page()
            elif block[0] == "table":
                self._table(block[1])
            elif block[0] == "printed":
                self._printed(block[1])
            else:
                self._paragraph(block)
        return True

    @property
    def written(self) -> int:
        """How many characters were laid out."""
        return self._most_characters - self._left_characters

    def unread(self, reason: str, place: int) -> Page:
        """Return the page number ``place`` after the last one, which nobody read for ``reason``."""
        number = len(self.pages) + place
        return Page(number=number, width=_WIDTH, height=_HEIGHT, read_by="unread", reason=reason)

    def end_page(self) -> None:
        """Begin a new page, unless this one is empty."""
        if self._lines:
            self.pages.append(
                Page(
                    number=len(self.pages) + 1,
                    width=self._width,
                    height=_HEIGHT,
                    read_by="text layer",
                    lines=tuple(self._lines),
                    cells=tuple(self._cells),
                )
            )
        self._lines, self._cells, self._tables, self._written = [], [], 0, 0
        self._y, self._width, self._finished = _TOP, _WIDTH, True

    def _room(self, height: float) -> None:
        """End the page where ``height`` more points do not fit; or after a page's worth, where a sentence has ended."""
        if self._y + height > _BOTTOM or (self._written > _PAGE and self._finished):
            self.end_page()

    def _paragraph(self, block: Block) -> None:
        kind, runs, size, bold, indent = block
        left = min(_LEFT + max(indent, 0.0), _RIGHT - 120)
        lines = _at_breaks(runs)
        for first in range(0, len(lines), _MOST_LINES):
            part = (kind, _rejoined(lines[first : first + _MOST_LINES]), size, bold, indent)
            self._room(_height(part))
            self._y = self._place(part, left, _RIGHT, self._y)

    def _place(self, block: Block, left: float, right: float, top: float) -> float:
        """Print a paragraph from ``top`` on, and return where the next one begins."""
        _, runs, size, bold, _ = block
        size = _believed(size)
        last = top
        for line_runs in _at_breaks(runs):
            line = self._line(line_runs, size, bold, left, right, top)
            if line is not None:
                self._lines.append(line)
                last = top
                top += _LEADING * size
        return last + max(_STEP, _HIGH * size + _SPACE)

    def _line(
        self, runs: Sequence[tuple[str, str]], size: float, bold: bool, left: float, right: float, top: float
    ) -> Line | None:
        """Return the line of ``runs`` (text, family), narrowed to fit, ``None`` where nothing is seen of it."""
        words = [(text, family) for text, family in self._words(runs) if text]
        if not words:
            return None
        length = sum(len(text) + 1 for text, _ in words) - 1
        self._left_characters -= length
        self._written += length
        step = min(_CHARACTER * size, (right - left) / length)
        placed = []
        start = 0
        for text, family in words:
            end = start + len(text)
            placed.append(Word(start, end, left + step * start, left + step * end, family))
            start = end + 1
        whole = " ".join(text for text, _ in words)
        self._finished = _FINISHED.search(whole) is not None
        return Line(whole, left, top, left + step * length, top + _HIGH * size, size, bold, tuple(placed))

    def _words(self, runs: Sequence[tuple[str, str]]) -> Iterable[tuple[str, str]]:
        """Yield the words of ``runs``; a word that goes on in the next run is one, of the family that it begins in."""
        open_: tuple[str, str] | None = None
        for text, family in runs:
            parts = text.split()
            if open_ is not None and parts and not text[:1].isspace():
                open_ = (open_[0] + parts.pop(0), open_[1])
            for part in parts:
                if open_ is not None:
                    yield self._clean(open_[0]), open_[1]
                open_ = (part, family)
            if open_ is not None and text[-1:].isspace():
                yield self._clean(open_[0]), open_[1]
                open_ = None
        if open_ is not None:
            yield self._clean(open_[0]), open_[1]

    def _clean(self, word: str) -> str:
        known = self._cleaned.get(word)
        if known is None:
            known = self._cleaned[word] = clean(word)
        return known

    def _table(self, rows: Sequence[Sequence[tuple[int, int, Sequence[Block]]]]) -> None:
        """Print a ruled table: each cell in its place, rows under one another."""
        columns = max(sum(cell[0] for cell in row) for row in rows)
        edges = self._column_edges(rows, columns)
        open_: list[tuple[float, float, float, int]] = []  # cells that reach down: left, right, top, rows left
        for number, row in enumerate(rows):
            height = max(sum(map(_height, blocks)) for _, _, blocks in row)
            if self._y + height > _BOTTOM and self._lines:
                self._cells += (
                    Cell(self._tables, left, begun, right, self._y - _SPACE) for left, right, begun, _ in open_
                )
                self.end_page()
                open_ = [(left, right, self._y - _SPACE, high) for left, right, _, high in open_]
            self._width = max(self._width, edges[-1] + _LEFT)
            top = self._y
            at = 0
            for span, high, blocks in row:
                left, right = edges[at], edges[min(at + span, columns)]
                at += span
                y = top
                for block in blocks:
                    y = self._place(block, left + 4, right - _GUTTER, y)
                self._y = max(self._y, y, top + _STEP)
                if high:
                    open_.append((left, right, top - _SPACE, high))
            last = number == len(rows) - 1
            ended = [cell for cell in open_ if last or cell[3] == 1]
            self._cells += (Cell(self._tables, left, begun, right, self._y - _SPACE) for left, right, begun, _ in ended)
            open_ = [] if last else [(*cell[:3], cell[3] - 1) for cell in open_ if cell[3] > 1]
        self._tables += 1

    def _column_edges(self, rows: Sequence[Sequence[tuple[int, int, Sequence[Block]]]], columns: int) -> list[float]:
        """Return the edges of the columns: wide where much is written."""
        needs = [1.0] * columns
        for row in rows:
            at = 0
            for span, _, blocks in row:
                length = max((sum(len(text) for text, _ in block[1]) for block in blocks), default=0)
                for column in range(at, min(at + span, columns)):
                    needs[column] = max(needs[column], min(length, 200) / span)
                at += span
        free = max(_RIGHT - _LEFT - _COLUMN * columns, 0.0)
        edges = [_LEFT]
        for need in needs:
            edges.append(edges[-1] + _COLUMN + free * need / sum(needs))
        return edges

    def _printed(self, rows: Sequence[tuple[float, Sequence[tuple[int, str]]]]) -> None:
        """Print lines as somebody has set them: each its distance from the one above (lines), its parts at columns."""
        size = 10.0
        widest = max((at + len(text) for _, parts in rows for at, text in parts), default=1)
        step = min(_CHARACTER * size, (_RIGHT - _LEFT) / widest)
        for distance, parts in rows:
            self._y += distance * _LEADING * size
            if self._y > _BOTTOM or (self._written > _PAGE and self._finished and distance > 1):
                self.end_page()
            for at, text in parts:
                left = _LEFT + step * at
                line = self._line([(text, "")], size, False, left, left + step * len(text), self._y)
                if line is not None:
                    self._lines.append(line)
        self._y += _STEP


def _at_breaks(runs: Sequence[tuple[str, str]]) -> list[list[tuple[str, str]]]:
    """Return runs cut at their line breaks."""
    lines: list[list[tuple[str, str]]] = [[]]
    for text, family in runs:
        first, *others = text.split("\n")
        lines[-1].append((first, family))
        lines += ([(other, family)] for other in others)
    return lines


def _rejoined(lines: Sequence[Sequence[tuple[str, str]]]) -> list[tuple[str, str]]:
    """Return the runs of ``lines``, with the breaks between them."""
    runs = list(lines[0])
    for line in lines[1:]:
        runs += [("\n", ""), *line]
    return runs


def _height(block: Block) -> float:
    """Return how many points a paragraph takes, with the space to the next."""
    size = _believed(block[2])
    breaks: int = sum(text.count("\n") for text, _ in block[1])
    return breaks * _LEADING * size + max(_STEP, _HIGH * size + _SPACE)


def _believed(size: float) -> float:
    return min(max(float(size), _SMALLEST), _GREATEST)
