"""Reading order: the lines of a page, however the file lists them, as a person would read them.

A page is cut where a gutter runs down between lines that stand side by side. Lines that cross the gutter (headings and
paragraphs over the full width) part the page into bands; the columns of a band are read one after the other, the
cells of a table row after row. Columns are looked at in the same way again, so that a table inside a column, or a
third column, is found too.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import groupby, pairwise
from operator import attrgetter
from statistics import median
from typing import NamedTuple

from analyzer.schema import Line
from analyzer.segmentation.markers import is_marker

__all__ = ["Region", "Row", "is_turned", "levels_of", "merged", "read_order"]

#: A page with more lines than this is no page of a contract; it is read row after row, in linear time.
_MOST_LINES = 4_000
#: Nor does anything print so many things side by side.
_MOST_BESIDE = 200
#: A line higher than this many font sizes runs up or down the page.
_TURNED = 3.0
#: How many times a region is cut again: columns, a table within, columns in its cells.
_DEEPEST = 6
#: A gutter stands between at least this many pairs of lines.
_FEWEST_PAIRS = 2
#: Places tried for a gutter, best first.
_TRIED = 6
#: Lines on one height share at least this part of the smaller one's height.
_SAME_HEIGHT = 0.15
#: Parts of a printed line farther apart than this many font sizes are cells, not words.
_CELL_GAP = 2.5
#: Justified lines of a narrow column may have their widest spaces one below the other, in at most so many lines. What
#: follows these spaces does not begin at one place (points), or the paragraph goes on nearer than this (font sizes).
_RIVER_LINES, _RIVER_EDGE, _RIVER_SPACE = 3, 1.5, 0.6
#: A bullet or number belongs to the line that follows it at up to this many font sizes.
_MARKER_GAP = 6.0
#: Columns of running text: at least so many lines, of so many characters (median), that fill this part of the width
#: (mean).
_COLUMN_LINES, _COLUMN_CHARACTERS, _COLUMN_FILL = 3, 18, 0.5
#: Cells of running text have at most so many lines (mean), and begin at one height (font sizes).
_CELL_LINES, _LEVEL = 5, 0.3
#: White space of more than this part of a line's height, over the usual, parts the rows of a table.
_ROW_GAP = 0.3
#: White space between two lines of a cell is never more than this part of a line's height.
_GREATEST_GAP = 0.5

#: The number of a question, printed apart from it.
_NUMBER = re.compile(r"\(?(?:Q\.?\s?)?\d{1,3}(?:\.\d{1,2}){0,3}\s?[a-zA-Z]?\s?[.)°]{0,2}")


class Row(NamedTuple):
    """What is printed on one height of one column: a line, or a bullet and its line."""

    lines: tuple[Line, ...]
    x0: float
    top: float
    x1: float
    bottom: float


class Region(NamedTuple):
    """Rows that are read one after the other: a column or part of one, or a cell of a table.

    ``header`` are the rows of the first cell in the cell's table row.
    """

    rows: tuple[Row, ...]
    is_cell: bool = False
    header: tuple[Row, ...] = ()


def read_order(lines: Iterable[Line], numbers: bool = False) -> list[Region]:
    """Return the regions of a page, in reading order; every line is in exactly one of them.

    ``numbers`` tells that any figure that stands alone ("7a", "12") is the number of the line at its right.
    """
    upright: list[Row] = []
    turned: list[Row] = []
    for line in lines:
        if line.text:
            (turned if is_turned(line) else upright).append(Row((line,), line.x0, line.top, line.x1, line.bottom))
    rows = sorted(upright, key=_position)
    regions = _cut(_glue_markers(rows, numbers), _DEEPEST) if len(rows) <= _MOST_LINES else _plain(rows)
    if turned:  # printed up the margin
        regions.extend(Region((row,), is_cell=True) for row in turned)
    return regions


def is_turned(line: Line) -> bool:
    """Return whether a line runs up or down the page."""
    return line.bottom - line.top > _TURNED * max(line.font_size, 6.0)


_position = attrgetter("top", "x0")


def _size(row: Row) -> float:
    return row.lines[0].font_size or row.bottom - row.top or 1.0


def _text(row: Row) -> str:
    return row.lines[0].text if len(row.lines) == 1 else " ".join(line.text for line in row.lines)


def merged(rows: Sequence[Row]) -> Row:
    """Return the row made of rows that stand side by side, from left to right."""
    if len(rows) == 1:
        return rows[0]
    return Row(
        tuple(line for row in rows for line in row.lines),
        min(row.x0 for row in rows),
        min(row.top for row in rows),
        max(row.x1 for row in rows),
        max(row.bottom for row in rows),
    )


def _same_height(a: Row, b: Row) -> bool:
    shared = min(a.bottom, b.bottom) - max(a.top, b.top)
    return shared > _SAME_HEIGHT * min(a.bottom - a.top, b.bottom - b.top)


def _side_by_side(rows: Sequence[Row]) -> list[tuple[int, int]]:
    """Return the pairs (left, right) of neighbours on the same height; ``rows`` are sorted by height.

    None where too much stands side by side to be columns.
    """
    pairs = []
    beside: list[int] = []  # the rows that reach down to the current one, from left to right
    for index, row in enumerate(rows):
        beside = [other for other in beside if _same_height(rows[other], row)]
        place = bisect_left(beside, row.x0, key=lambda other: rows[other].x0)
        if place and rows[beside[place - 1]].x1 <= row.x0:
            pairs.append((beside[place - 1], index))
        if place < len(beside) and rows[beside[place]].x0 >= row.x1:
            pairs.append((index, beside[place]))
        beside.insert(place, index)
        if len(beside) > _MOST_BESIDE:
            return []
    return pairs


def _glue_markers(rows: list[Row], numbers: bool) -> list[Row]:
    """Return the rows, bullets and numbers that stand alone joined to the line at their right."""
    markers = [
        len(row.lines[0].text) <= 8
        and (is_marker(row.lines[0].text) or (numbers and _NUMBER.fullmatch(row.lines[0].text) is not None))
        for row in rows
    ]
    if not any(markers):
        return rows
    glued = list(rows)
    gone: set[int] = set()
    taken: set[int] = set()
    for left, right in _side_by_side(rows):
        near = rows[right].x0 - rows[left].x1 < _MARKER_GAP * _size(rows[right])
        if markers[left] and near and not {left, right} & taken:
            glued[left] = merged((rows[left], rows[right]))
            gone.add(right)
            taken |= {left, right}
    return sorted((row for index, row in enumerate(glued) if index not in gone), key=_position)


def _cut(rows: list[Row], depth: int, followed: bool = False) -> list[Region]:
    """Return the regions of ``rows``, which are sorted by height; ``followed`` tells that other bands stand below."""
    pairs = _side_by_side(rows) if depth and len(rows) > 2 else []
    gutters = _gutters([(rows[left].x1, rows[right].x0) for left, right in pairs])
    tried = [_bands(rows, pairs, gutter) for gutter in gutters]
    # The gutter that parts the most: that of the page before that of a table in one of its columns.
    bands = max(tried, key=_parted, default=[])
    if not _parted(bands):
        return _plain(rows)
    regions: list[Region] = []
    for number, (parted, band) in enumerate(bands):
        more = followed or number + 1 < len(bands)
        regions += _columns(band, depth, more) if parted else _cut(band, depth - 1, more)
    return regions


def _parted(bands: list[tuple[bool, list[Row]]]) -> int:
    return sum(len(band) for parted, band in bands if parted)


def _gutters(gaps: list[tuple[float, float]]) -> list[float]:
    """Return where a gutter may run, best first: inside the most of the ``gaps`` between neighbours."""
    edges = sorted([(left, 1) for left, _ in gaps] + [(right, -1) for _, right in gaps])
    depth = 0
    peaks = []
    for (x, step), (following, next_step) in pairwise(edges):
        depth += step
        if step == 1 and next_step == -1 and depth >= _FEWEST_PAIRS:
            peaks.append((-depth, x - following, (x + following) / 2))
    return [middle for _, _, middle in sorted(peaks)[:_TRIED]]


def _bands(rows: list[Row], pairs: list[tuple[int, int]], gutter: float) -> list[tuple[bool, list[Row]]]:
    """Return the bands from top to bottom, each with whether the gutter parts it."""
    paired = {index for left, right in pairs if rows[left].x1 <= gutter <= rows[right].x0 for index in (left, right)}
    crosses = _crosses(rows, gutter)
    bands: list[tuple[bool, list[Row]]] = []
    for crossing, group in groupby(range(len(rows)), key=crosses.__getitem__):
        members = list(group)
        inside = [index for index in members if index in paired]
        parted = not crossing and len(inside) >= 2 * _FEWEST_PAIRS and not _is_river(rows, members, inside, gutter)
        if parted:
            # What stands above the first pair goes with what comes before it: a heading without a partner.
            top = rows[inside[0]].top
            above = [index for index in members if index < inside[0] and rows[index].top + rows[index].bottom < 2 * top]
            if above:
                _append(bands, False, [rows[index] for index in above])
            members = members[len(above) :]
        _append(bands, parted, [rows[index] for index in members])
    return bands


def _is_river(rows: list[Row], members: list[int], inside: list[int], gutter: float) -> bool:
    """Return whether a few lines, cut at their widest space, only look like columns."""
    left = [rows[index] for index in inside if rows[index].x1 <= gutter]
    right = [rows[index] for index in inside if rows[index].x0 >= gutter]
    if min(len(left), len(right)) > _RIVER_LINES:
        return False
    size = _size(right[0])
    starts = [row.x0 for row in right]
    if min(starts) - max(row.x1 for row in left) > _CELL_GAP * size:
        return False
    if max(starts) - min(starts) > _RIVER_EDGE:
        return True
    above, below = members[0] - 1, members[-1] + 1
    return (above >= 0 and rows[inside[0]].top - rows[above].bottom < _RIVER_SPACE * size) or (
        below < len(rows) and rows[below].top - rows[inside[-1]].bottom < _RIVER_SPACE * size
    )


def _append(bands: list[tuple[bool, list[Row]]], parted: bool, band: list[Row]) -> None:
    if bands and not parted and not bands[-1][0]:
        bands[-1][1].extend(band)
    else:
        bands.append((parted, band))


def _crosses(rows: list[Row], gutter: float) -> list[bool]:
    """Return, for each row, whether it crosses the gutter or stands on the height of one that does."""
    crosses = [row.x0 < gutter < row.x1 for row in rows]
    for order in (range(len(rows)), range(len(rows) - 1, -1, -1)):
        last = None
        for index in order:
            if rows[index].x0 < gutter < rows[index].x1:
                last = rows[index]
            elif last is not None and _same_height(rows[index], last):
                crosses[index] = True
    return crosses


def _columns(rows: list[Row], depth: int, followed: bool) -> list[Region]:
    """Return the regions of a band that gutters part."""
    regions: list[Region] = []
    for strip in _at_headings(rows, followed):
        columns = _by_column(strip)
        if len(columns) == 1:
            regions += _cut(strip, depth - 1) if len(strip) < len(rows) else _plain(strip)
        elif _is_table(columns):
            regions += _table(columns)
        else:
            for column in columns:
                regions += _cut(column, depth - 1)
    return regions


def _by_column(rows: Iterable[Row]) -> list[list[Row]]:
    """Return the rows of each column, from left to right; rows that overlap from side to side share one."""
    columns: list[list[Row]] = []
    reach = float("-inf")
    for row in sorted(rows, key=attrgetter("x0")):
        if row.x0 >= reach:
            columns.append([])
        columns[-1].append(row)
        reach = max(reach, row.x1)
    for column in columns:
        column.sort(key=_position)
    return columns


def _strips(rows: Sequence[Row], gap: float) -> list[list[Row]]:
    """Return the rows (sorted by height) cut wherever white space higher than ``gap`` runs across all of them."""
    strips: list[list[Row]] = []
    reach = float("-inf")
    for row in rows:
        if row.top - reach > gap:
            strips.append([])
        strips[-1].append(row)
        reach = max(reach, row.bottom)
    return strips


def _usual_gap(column: Sequence[Row]) -> float:
    """Return the white space between two lines of a paragraph, as a part of the line's height: the lower quartile."""
    levels = [merged(level) for level in levels_of(column)]
    gaps = sorted((b.top - a.bottom) / (a.bottom - a.top or 1.0) for a, b in pairwise(levels))
    return gaps[len(gaps) // 4] if gaps else 0.0


def _at_headings(rows: list[Row], followed: bool) -> list[list[Row]]:
    """Return the band cut before and after headings of the full width that happen not to cross the gutter.

    Such a heading stands alone on its height, larger or bolder than the rest; and columns (or text over the full
    width) begin anew below it. Otherwise it is the heading of a column.
    """
    if len(rows) < 4:
        return [rows]
    size = median(_size(row) for row in rows)
    bold = sum(row.lines[0].bold for row in rows) * 2 > len(rows)
    strips = _strips(rows, 0.3 * size)
    cut: list[list[Row]] = [[]]
    for index, strip in enumerate(strips):
        row = strip[0]
        stands_out = _size(row) > 1.05 * size or (row.lines[0].bold and not bold)
        below = strips[index + 1] if index + 1 < len(strips) else []
        begins_anew = len(_by_column(below)) > 1 if below else followed
        if len(strip) == 1 and stands_out and index and begins_anew:
            cut += [strip, []]
        else:
            cut[-1] += strip
    return [part for part in cut if part]


def _is_table(columns: list[list[Row]]) -> bool:
    """Return whether columns are those of a table, read row after row, rather than of running text."""
    if sum(map(_runs_on, columns)) < 2:
        return True
    strips = [_cells(strip, columns) for strip in _row_strips(columns)]
    shared = [cells for cells in strips if sum(map(bool, cells)) > 1]
    heights = sum(max(map(len, cells)) for cells in shared)
    return len(shared) >= 3 and heights <= _CELL_LINES * len(shared) and all(map(_is_level, shared))


def _cells(rows: Iterable[Row], columns: list[list[Row]]) -> list[list[Row]]:
    """Return which of ``rows`` stand in each of the columns."""
    bounds = [min(row.x0 for row in column) for column in columns]
    cells: list[list[Row]] = [[] for _ in columns]
    for row in rows:
        cells[bisect_right(bounds, row.x0) - 1].append(row)
    return cells


def _runs_on(column: list[Row]) -> bool:
    """Return whether a column holds running text: lines of some length that mostly fill its width."""
    levels = [merged(level) for level in levels_of(column)]
    width = max(row.x1 for row in levels) - min(row.x0 for row in levels)
    fill = sum(row.x1 - row.x0 for row in levels) / (len(levels) * width or 1.0)
    long = median(len(_text(row)) for row in levels) >= _COLUMN_CHARACTERS
    return len(levels) >= _COLUMN_LINES and fill >= _COLUMN_FILL and long


def _row_strips(columns: list[list[Row]]) -> list[list[Row]]:
    """Return the rows of a table, as far as white space parts them."""
    rows = sorted((row for column in columns for row in column), key=_position)
    height = median(row.bottom - row.top for row in rows)
    usual = min(_GREATEST_GAP, *(_usual_gap(column) for column in columns))
    return _strips(rows, (max(usual, 0.0) + _ROW_GAP) * height)


def _is_level(cells: list[list[Row]]) -> bool:
    """Return whether the cells of a row of a table begin at one height, or have one middle."""
    filled = [cell for cell in cells if cell]
    tops = [cell[0].top for cell in filled]
    middles = [(cell[0].top + cell[-1].bottom) / 2 for cell in filled]
    return min(max(tops) - min(tops), max(middles) - min(middles)) < _LEVEL * max(_size(cell[0]) for cell in filled)


def _table(columns: list[list[Row]]) -> list[Region]:
    """Return the cells of a table, row after row; what stands under its last row is none of it."""
    second = min(row.x0 for row in columns[1])
    strips = _row_strips(columns)
    under: list[Row] = []
    while sum(map(bool, _cells(strips[-1], columns))) < 2 and len(strips) > 1:
        under = strips.pop() + under
    regions = []
    for strip in strips:
        for rows in _at_first_cells(strip, second):
            cells = _cells(rows, columns)
            for number, cell in enumerate(cells):
                if cell:
                    regions.append(Region(tuple(cell), is_cell=True, header=tuple(cells[0]) if number else ()))
    return regions + _plain(under)


def _at_first_cells(strip: list[Row], second: float) -> list[list[Row]]:
    """Return a strip that no white space parts, cut into the rows of a table set tightly.

    A row begins where the first column (left of ``second``) has a cell that begins with a capital or a figure, beside
    another cell; but a first column with few lines is one high cell.
    """
    levels = levels_of(strip)
    if 2 * sum(level[0].x0 < second for level in levels) < len(levels) or len(levels) < 3:
        return [strip]
    parts: list[list[Row]] = []
    for level in levels:
        first = level[0]
        begins = len(level) > 1 and first.x0 < second and not first.lines[0].text[0].islower()
        if begins or not parts:
            parts.append([])
        parts[-1] += level
    return parts


def levels_of(rows: Iterable[Row]) -> list[list[Row]]:
    """Return what stands on the same height, each from left to right; ``rows`` are sorted by height."""
    levels: list[list[Row]] = []
    for row in rows:
        # More than half of it: lines set tightly overlap a little.
        first = levels[-1][0] if levels else None
        if first and min(first.bottom, row.bottom) - max(first.top, row.top) > 0.5 * min(
            first.bottom - first.top, row.bottom - row.top
        ):
            levels[-1].append(row)
        else:
            levels.append([row])
    for level in levels:
        level.sort(key=attrgetter("x0"))
    return levels


def _plain(rows: list[Row]) -> list[Region]:
    """Return rows of a single column as one region; parts of a line that stand far apart are cells of their own."""
    regions: list[Region] = []
    column: list[Row] = []
    for level in levels_of(rows):
        parts: list[list[Row]] = [[level[0]]]
        for left, right in pairwise(level):
            if right.x0 - left.x1 > _CELL_GAP * _size(right):
                parts.append([])
            parts[-1].append(right)
        if len(parts) == 1:
            column.append(merged(level))
            continue
        if column:
            regions.append(Region(tuple(column)))
            column = []
        for number, part in enumerate(parts):
            regions.append(Region((merged(part),), is_cell=True, header=tuple(parts[0]) if number else ()))
    if column:
        regions.append(Region(tuple(column)))
    return regions
