"""Boxes to tick, fields to fill in and ruled tables, from what is drawn on a page.

The worker tells small frames, straight lines and strokes apart; here they become the marks and cells of the schema.
Bounded: beyond ``_MOST_BOXES`` frames or a grid of ``_MOST_EDGES`` lines a way, nothing is looked for.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from analyzer.reading.lines import WordBox, clean
from analyzer.schema import Cell, Mark

__all__ = ["Drawing", "find_form"]

Edges = tuple[float, float, float, float]
#: A small frame and how it is filled: ``dark``, ``light`` or not (an empty text).
Frame = tuple[float, float, float, float, str]
#: Small frames, straight lines, strokes; as the worker says.
Drawing = tuple[Sequence[Frame], Sequence[Edges], Sequence[Edges]]

_MOST_BOXES, _MOST_EDGES = 1_500, 200
#: Edges of a box to tick (points), and how far it may be from square; a dot inside it may be smaller.
_SMALLEST, _GREATEST, _OBLONG = 4.0, 17.0, 1.6
#: A dark square below this size (points) is a bullet.
_BULLET = 6.5
#: A light frame at least this part of a dark one leaves but its border.
_BORDER = 0.6
#: Frames nearer to each other than this are one row of squares, one for each letter; at least so many of them.
_TOUCHING, _SQUARES = 1.5, 3
#: Lines of a table meet within this distance (points).
_SNAP = 3.0
#: A word inside a frame has no more characters than this.
_LABEL = 3
#: What people tick with.
_TICKS = frozenset("X x × ✓ ✔ ✗ ✘ ✕ ☒ ☑ ■ ● • XX".split())


class _Ruling(NamedTuple):
    """A straight line: where it stands (``at``), and from where to where it runs."""

    at: float
    start: float
    end: float


def find_form(
    runs: Iterable[Sequence[WordBox]], fields: Iterable[tuple[object, ...]], drawing: Drawing
) -> tuple[tuple[Mark, ...], tuple[Cell, ...]]:
    """Return the marks and the cells of a page, from its words, its form fields and its drawing."""
    marks = [Mark(*field) for field in fields]  # type: ignore[arg-type]
    drawn, rulings, strokes = drawing
    if not (drawn or rulings or marks):
        return (), ()
    squares, rulings = _of_four_lines(rulings)
    frames = [*drawn, *((*square, "") for square in squares)]
    if len(frames) <= _MOST_BOXES:
        words = [(clean(word[0]) in _TICKS, word[1:5]) for run in runs for word in run if len(word[0]) <= _LABEL]
        ticks = [edges for ticks, edges in words if ticks]
        labels = [edges for ticks, edges in words if not ticks]
        boxes = _boxes(frames, [*strokes, *ticks], labels)
        marks += [box for box in boxes if not any(_covers(mark[1:5], box[1:5]) for mark in marks)]
    marks.sort(key=lambda mark: (mark.top, mark.x0))
    return tuple(marks), tuple(_cells(rulings))


def _of_four_lines(rulings: Sequence[Edges]) -> tuple[list[Edges], list[Edges]]:
    """Return the small frames that are drawn as four lines, and the lines that are left."""
    short = [edges for edges in rulings if max(edges[2] - edges[0], edges[3] - edges[1]) <= _GREATEST]
    if not 4 <= len(short) <= 4 * _MOST_BOXES:
        return [], list(rulings)
    across = [edges for edges in short if edges[2] - edges[0] > edges[3] - edges[1]]
    down: dict[tuple[int, int], list[Edges]] = defaultdict(list)
    for edges in short:
        if edges[2] - edges[0] <= edges[3] - edges[1]:
            down[round(edges[0]), round(edges[1])].append(edges)
    by_start: dict[int, list[Edges]] = defaultdict(list)
    for edges in sorted(across, key=lambda edges: edges[1]):
        by_start[round(edges[0])].append(edges)
    frames: list[Edges] = []
    used: set[Edges] = set()
    for starts in by_start.values():
        for index, upper in enumerate(starts):
            for lower in starts[index + 1 : index + 4]:
                frame = (upper[0], upper[1], upper[2], lower[3])
                sides = [_near(down, upper[0], upper[1]), _near(down, upper[2], upper[1])]
                if _is_box(frame) and abs(lower[2] - upper[2]) < 1.5 and all(sides):
                    frames.append(frame)
                    used |= {upper, lower, *(side for side in sides if side)}
                    break
    return frames, [edges for edges in rulings if edges not in used]


def _near(down: dict[tuple[int, int], list[Edges]], x: float, top: float) -> Edges | None:
    """Return a line that runs down from about ``x``, ``top``."""
    for left in (round(x) - 1, round(x), round(x) + 1):
        for upper in (round(top) - 1, round(top), round(top) + 1):
            if down.get((left, upper)):
                return down[left, upper][0]
    return None


def _is_box(edges: Sequence[float]) -> bool:
    sides = sorted((edges[2] - edges[0], edges[3] - edges[1]))
    return sides[0] >= _SMALLEST and sides[1] <= _GREATEST and sides[1] <= _OBLONG * sides[0]


def _boxes(frames: Sequence[Frame], inside: Sequence[Sequence[float]], labels: Sequence[Sequence[float]]) -> list[Mark]:
    """Return the boxes to tick; ``inside`` are strokes and letters that may tick one, ``labels`` other short words.

    A dark square that stands alone is a ticked box, unless it is so small that it is a bullet or something is written
    on it.
    """
    # The largest first, those of one size as they were drawn.
    frames = sorted(frames, key=lambda frame: -round(frame[2] - frame[0], 1))
    solid: set[int] = set()
    boxes: list[list[object]] = []
    whole: list[Sequence[float]] = []
    rows: dict[int, list[int]] = defaultdict(list)  # by height, so that only neighbours are compared

    def around(edges: Sequence[float]) -> list[int]:
        row = int((edges[1] + edges[3]) / 2 / _GREATEST)
        return [index for near in (row - 1, row, row + 1) for index in rows[near] if _covers(whole[index], edges)]

    for x0, top, x1, bottom, fill in frames:
        frame = (x0, top, x1, bottom)
        holders = around(frame)
        if holders:  # a second line around the same box, or what fills it
            for index in holders:
                if fill == "dark":
                    boxes[index][5] = "ticked"
                elif fill == "light" and _hides(frame, whole[index]):
                    boxes[index][5] = "empty"
                    solid.discard(index)
        elif _is_box(frame):
            if fill == "dark":
                solid.add(len(boxes))
            rows[int((top + bottom) / 2 / _GREATEST)].append(len(boxes))
            whole.append(frame)
            boxes.append(["tick", *frame, "ticked" if fill == "dark" else "empty"])
    for edges in inside:
        for index in around(edges):
            boxes[index][5] = "ticked"
    written_on = {index for edges in labels for index in around(edges)}
    bullets = {index for index in solid if whole[index][2] - whole[index][0] < _BULLET or index in written_on}
    no_boxes = _letter_squares(whole) | _overlapping(whole) | bullets
    return [Mark(*box) for index, box in enumerate(boxes) if index not in no_boxes]  # type: ignore[arg-type]


def _covers(outer: Sequence[float], inner: Sequence[float]) -> bool:
    """Return whether the middle of ``inner`` is in ``outer``, and ``inner`` is hardly larger."""
    x, y = (inner[0] + inner[2]) / 2, (inner[1] + inner[3]) / 2
    if not (outer[0] < x < outer[2] and outer[1] < y < outer[3]):
        return False
    return inner[2] - inner[0] < 1.5 * (outer[2] - outer[0]) and inner[3] - inner[1] < 2.5 * (outer[3] - outer[1])


def _hides(frame: Sequence[float], under: Sequence[float]) -> bool:
    """Return whether ``frame``, which is filled, leaves but a border of what is ``under`` it."""
    wide, high = under[2] - under[0], under[3] - under[1]
    return frame[2] - frame[0] > _BORDER * wide and frame[3] - frame[1] > _BORDER * high


def _overlapping(frames: Sequence[Sequence[float]]) -> set[int]:
    """Return the indices of frames that cross each other: parts of a picture."""
    found: set[int] = set()
    order = sorted(range(len(frames)), key=lambda index: frames[index][1])
    for place, index in enumerate(order):
        frame = frames[index]
        for other in order[place + 1 :]:
            beside = frames[other]
            if beside[1] > frame[3] - 1:
                break
            if beside[0] < frame[2] - 1 and frame[0] < beside[2] - 1:
                found |= {index, other}
    return found


def _letter_squares(frames: Sequence[Sequence[float]]) -> set[int]:
    """Return the indices of frames that stand in a row side by side, one for each letter of a name or a date."""
    order = sorted(range(len(frames)), key=lambda index: (round(frames[index][1] / 2), frames[index][0]))
    found: set[int] = set()
    row: list[int] = []
    for index in order:
        frame, last = frames[index], frames[row[-1]] if row else None
        if last is None or abs(frame[1] - last[1]) > 2 or abs(frame[0] - last[2]) > _TOUCHING:
            row = []
        row.append(index)
        if len(row) >= _SQUARES:
            found.update(row)
    return found


def _cells(edges: Sequence[Edges]) -> list[Cell]:
    """Return the cells of the tables that straight lines draw; a single frame is no table."""
    across = _joined(_Ruling((e[1] + e[3]) / 2, e[0], e[2]) for e in edges if e[2] - e[0] >= e[3] - e[1])
    down = _joined(_Ruling((e[0] + e[2]) / 2, e[1], e[3]) for e in edges if e[2] - e[0] < e[3] - e[1])
    cells: list[Cell] = []
    for table, (rows, columns) in enumerate(_tables(across, down)):
        found = _grid_cells(rows, columns)
        if len(found) > 1:
            cells += (Cell(table, *cell) for cell in found)
    return cells


def _joined(rulings: Iterable[_Ruling]) -> list[_Ruling]:
    """Return lines at one place joined where they meet or overlap."""
    joined: list[_Ruling] = []
    place: list[_Ruling] = []

    def close() -> None:
        reached: _Ruling | None = None
        for ruling in sorted(place, key=lambda ruling: ruling.start):
            if reached is not None and ruling.start <= reached.end + _SNAP:
                reached = reached._replace(end=max(reached.end, ruling.end))
                joined[-1] = reached
            else:
                # Another table beside may have a line at nearly the same place: each keeps its own.
                reached = ruling
                joined.append(reached)

    for ruling in sorted(rulings):
        if place and ruling.at - place[0].at > _SNAP:
            close()
            place = []
        place.append(ruling)
    close()
    return [ruling for ruling in joined if ruling.end - ruling.start > _GREATEST / 2]


def _tables(across: Sequence[_Ruling], down: Sequence[_Ruling]) -> list[tuple[list[_Ruling], list[_Ruling]]]:
    """Return the lines of each table: those that meet, directly or through others."""
    if not across or not down or len(across) * len(down) > 40_000:
        return []
    group = list(range(len(across) + len(down)))

    def root(index: int) -> int:
        while group[index] != index:
            group[index] = group[group[index]]
            index = group[index]
        return index

    for i, row in enumerate(across):
        for j, column in enumerate(down):
            if (
                row.start - _SNAP <= column.at <= row.end + _SNAP
                and column.start - _SNAP <= row.at <= column.end + _SNAP
            ):
                group[root(i)] = root(len(across) + j)
    tables: dict[int, tuple[list[_Ruling], list[_Ruling]]] = defaultdict(lambda: ([], []))
    for i, row in enumerate(across):
        tables[root(i)][0].append(row)
    for j, column in enumerate(down):
        tables[root(len(across) + j)][1].append(column)
    whole = [table for table in tables.values() if len(table[0]) > 1 and len(table[1]) > 1]
    return sorted(whole, key=lambda table: (table[0][0].at, table[1][0].at))


def _grid_cells(rows: Sequence[_Ruling], columns: Sequence[_Ruling]) -> list[Edges]:
    """Return the areas that the lines enclose, row after row."""
    xs, ys = _places(columns), _places(rows)
    if max(len(xs), len(ys)) > _MOST_EDGES:
        return []
    wide, high = len(xs) - 1, len(ys) - 1
    upper = [[False] * wide for _ in ys]  # whether a line runs along the upper edge of a field of the grid
    left = [[False] * len(xs) for _ in range(high)]
    for ruling in rows:
        row = _nearest(ys, ruling.at)
        for column in range(_nearest(xs, ruling.start), min(_nearest(xs, ruling.end), wide)):
            upper[row][column] = True
    for ruling in columns:
        column = _nearest(xs, ruling.at)
        for row in range(_nearest(ys, ruling.start), min(_nearest(ys, ruling.end), high)):
            left[row][column] = True
    seen = [[False] * wide for _ in range(high)]
    cells = []
    for row in range(high):
        for column in range(wide):
            if not seen[row][column]:
                cell = _enclosed(row, column, upper, left, seen)
                if cell is not None:
                    cells.append((xs[cell[0]], ys[cell[1]], xs[cell[2]], ys[cell[3]]))
    return cells


def _places(rulings: Sequence[_Ruling]) -> list[float]:
    """Return the places of lines, those that are nearly the same once."""
    places: list[float] = []
    for at in sorted(ruling.at for ruling in rulings):
        if not places or at - places[-1] > _SNAP:
            places.append(at)
    return places


def _nearest(places: Sequence[float], at: float) -> int:
    index = bisect_left(places, at)
    if index == len(places) or (index and at - places[index - 1] < places[index] - at):
        return index - 1
    return index


def _enclosed(
    row: int, column: int, upper: list[list[bool]], left: list[list[bool]], seen: list[list[bool]]
) -> tuple[int, int, int, int] | None:
    """Return first column and row, last column and row (exclusive) of the fields that no line parts from this one.

    ``None`` where they are open to the outside.
    """
    high, wide = len(seen), len(seen[0])
    seen[row][column] = True
    fields = [(row, column)]
    is_open = False
    for r, c in fields:
        for line, next_row, next_column in (
            (upper[r][c], r - 1, c),
            (upper[r + 1][c], r + 1, c),
            (left[r][c], r, c - 1),
            (left[r][c + 1], r, c + 1),
        ):
            if line:
                continue
            if not (0 <= next_row < high and 0 <= next_column < wide):
                is_open = True
            elif not seen[next_row][next_column]:
                seen[next_row][next_column] = True
                fields.append((next_row, next_column))
    if is_open:
        return None
    rows, columns = [r for r, _ in fields], [c for _, c in fields]
    return min(columns), min(rows), max(columns) + 1, max(rows) + 1
