"""What is printed on page after page and belongs to none: running headers, footers, page numbers, reference lines.

Pages are peeled from their edges inwards, and only as far as lines repeat at the same height on other pages, so that
a clause that stands twice in the body stays. What is long enough to be a clause stays once, even in a footer.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from analyzer.schema import Line, Page
from analyzer.segmentation.headings import opens_article
from analyzer.segmentation.order import is_turned

__all__ = ["PageLines", "without_furniture"]

#: Furniture stands within this part of the page's height from its upper or lower edge, at most so many printed lines.
_MARGIN, _MOST_ROWS = 0.16, 8
#: Lines are at the same height when they differ by no more than this (points).
_SAME_PLACE = 4.0
#: Furniture is parted from the body by white space of at least this many font sizes, unless most pages carry it.
_APART = 0.5
_MOST_PAGES = 0.6
#: A page number may stand farther in, where the body is at least so many font sizes away.
_FAR = 1.5
#: Furniture with a line of so many words, or a sentence of so many, may be a clause: its first printing is kept.
_CLAUSE_WORDS, _SENTENCE_WORDS = 12, 5
#: Longer lines are never compared.
_LONGEST = 400

_PAGE_NUMBER = re.compile(
    r"[-–—|•. ]{0,3}(?:(?:page|p\.|pages?\s?:)\s{0,2})?(?:\d{1,4}|[ivx]{1,6})"
    r"(?:\s{0,2}(?:/|sur|de|-|–|\|)\s{0,2}\d{1,4})?[-–—|•. ]{0,3}",
    re.IGNORECASE,
)
_FIGURES = re.compile(r"\d{1,10}")


class PageLines(NamedTuple):
    """The lines of a page that are read, and the lines of its furniture that may be a clause."""

    body: list[Line]
    kept: list[Line]


class _Edge(NamedTuple):
    """A line near an edge of a page: whose, whether in the margin, its text without figures, its figures."""

    page: int
    line: Line
    inside: bool
    pattern: str
    figures: tuple[int, ...]


def without_furniture(pages: Sequence[Page]) -> list[PageLines]:
    """Return, for each page, its lines without the furniture. A document of one page loses only its page number."""
    results = [PageLines([], []) for _ in pages]
    gone: list[set[int]] = [set() for _ in pages]
    known: set[str] = set()
    for near in (_upper_margin, _lower_margin, _turned):
        edges = [near(index, page) for index, page in enumerate(pages)]
        repeated = _repeated(edges, len(pages))
        for index, rows in enumerate(edges):
            if near is _turned:
                peeled = [edge for row in rows for edge in row if id(edge.line) in repeated]
            else:
                peeled = _peel(rows, repeated, len(pages))
            gone[index].update(id(edge.line) for edge in peeled)
            new = [edge for edge in peeled if edge.pattern not in known and not _PAGE_NUMBER.fullmatch(edge.line.text)]
            if any(map(_may_be_clause, new)):
                results[index].kept.extend(edge.line for edge in new)
                known.update(edge.pattern for edge in new)
    for page, result, dropped in zip(pages, results, gone, strict=True):
        result.body.extend(line for line in page.lines if id(line) not in dropped)
    return results


def _may_be_clause(edge: _Edge) -> bool:
    words = sum(any(map(str.isalpha, word)) for word in edge.line.text.split())
    return words >= _CLAUSE_WORDS or (words >= _SENTENCE_WORDS and edge.line.text[-1] in ".;")


def _upper_margin(index: int, page: Page) -> list[list[_Edge]]:
    return _near_edge(index, page, top=True)


def _lower_margin(index: int, page: Page) -> list[list[_Edge]]:
    return _near_edge(index, page, top=False)


def _turned(index: int, page: Page) -> list[list[_Edge]]:
    """Return the lines that run up or down the page, each as a row of its own."""
    return [[_Edge(index, line, True, *_pattern(line.text))] for line in page.lines if line.text and is_turned(line)]


def _near_edge(index: int, page: Page, top: bool) -> list[list[_Edge]]:
    """Return the rows of the upper (or lower) margin, from the edge inwards, and the first row of the body."""
    lines = [line for line in page.lines if line.text and not is_turned(line)]
    lines.sort(key=lambda line: line.top if top else -line.bottom)
    rows: list[list[Line]] = []
    for line in lines:
        first = rows[-1][0] if rows else None
        if first is not None and _on_one_height(first, line):
            rows[-1].append(line)
        elif first is not None and (len(rows) > _MOST_ROWS or not _in_margin(first, page, top)):
            break
        else:
            rows.append([line])
    return [[_Edge(index, line, _in_margin(line, page, top), *_pattern(line.text)) for line in row] for row in rows]


def _on_one_height(a: Line, b: Line) -> bool:
    return min(a.bottom, b.bottom) - max(a.top, b.top) > 0.5 * min(a.bottom - a.top, b.bottom - b.top)


def _in_margin(line: Line, page: Page, top: bool) -> bool:
    return line.bottom <= page.height * _MARGIN if top else line.top >= page.height * (1 - _MARGIN)


def _pattern(text: str) -> tuple[str, tuple[int, ...]]:
    if len(text) > _LONGEST:
        return "", ()
    return _FIGURES.sub("#", text.lower()), tuple(map(int, _FIGURES.findall(text)))


def _repeated(edges: list[list[list[_Edge]]], pages: int) -> dict[int, int]:
    """Return the lines that repeat (by ``id``), each with the number of pages that carry it."""
    by_pattern: dict[str, list[_Edge]] = defaultdict(list)
    for rows in edges:
        for row in rows:
            for edge in row:
                if edge.pattern and edge.inside:
                    by_pattern[edge.pattern].append(edge)
    repeated: dict[int, int] = {}
    for same in by_pattern.values():
        same.sort(key=lambda edge: edge.line.top)
        groups: list[list[_Edge]] = []
        for edge in same:
            if not groups or edge.line.top - groups[-1][0].line.top > _SAME_PLACE:
                groups.append([])
            groups[-1].append(edge)
        for group in groups:
            carriers = len({edge.page for edge in group})
            if carriers >= (2 if pages <= 4 else 3) and _figures_agree(group):
                repeated.update((id(edge.line), carriers) for edge in group)
    return repeated


def _figures_agree(group: list[_Edge]) -> bool:
    """Return whether figures are the same on each page, or count the pages ("Article 3", "Article 4" do not)."""
    if len({edge.figures for edge in group}) == 1:
        return True
    ordered = sorted(group, key=lambda edge: edge.page)
    text = ordered[0].line.text
    counts_pages = len(group) > 2 or (text[-1].isdigit() and not opens_article(text))
    for values in zip(*(edge.figures for edge in ordered), strict=True):
        offsets = {value - edge.page for value, edge in zip(values, ordered, strict=True)}
        if len(set(values)) > 1 and not (counts_pages and len(offsets) == 1):
            return False
    return True


def _peel(rows: list[list[_Edge]], repeated: dict[int, int], pages: int) -> list[_Edge]:
    """Return the furniture among ``rows``, which go from an edge inwards and end with a row of the body."""
    found: list[_Edge] = []
    peeled = 0
    for number, row in enumerate(rows):
        following = rows[number + 1][0].line if number + 1 < len(rows) else None
        space = _space(row[0].line, following) if following else float("inf")
        known = [edge for edge in row if id(edge.line) in repeated]
        numbers = [edge for edge in row if _is_page_number(edge, row, number, space)]
        if len({*map(id, known), *map(id, numbers)}) == len(row):
            known = row
        if not known or 2 * len(known) < len(row):
            break  # the row of the body, at the latest
        found += known
        carriers = min(repeated.get(id(edge.line), pages) for edge in known)
        if space >= _APART or (pages > 3 and carriers >= _MOST_PAGES * pages):
            peeled = len(found)
    return found[:peeled]


def _is_page_number(edge: _Edge, row: list[_Edge], number: int, space: float) -> bool:
    """Return whether a line by itself, or one of few at the outermost height of its page, is a page number."""
    text = edge.line.text
    alone = edge.inside and len(row) <= (3 if number == 0 else 1)
    far = number == 0 and len(row) == 1 and space >= _FAR
    return (alone or far) and len(text) <= 24 and bool(_PAGE_NUMBER.fullmatch(text))


def _space(line: Line, inner: Line) -> float:
    """Return the white space between a line and the next one inwards, in font sizes."""
    space = max(line.top, inner.top) - min(line.bottom, inner.bottom)
    return space / max(line.font_size, inner.font_size, 1.0)
