"""The layout of a page that is a form: answers are lifted off it, ruled tables are read row after row.

Columns of "Oui" and "Non", boxes and letters to circle are no text to read: they are taken away before the reading
order is looked for, and given back to the rows that they stand beside. What is left is read like any page.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from analyzer.schema import AnswerState, Cell, Line, Mark, Page
from analyzer.segmentation.answers import answer_spans, answer_state, is_answer, may_answer, says_yes_or_no
from analyzer.segmentation.order import Region, Row, levels_of, merged, read_order

__all__ = ["Answer", "FormPage", "form_page"]

#: Questions of a page that has no answers to tick.
_QUESTIONS = 2
#: What is busier than this is no page of a form: lines, marks, cells.
_MOST_LINES, _MOST_MARKS, _MOST_CELLS = 1_000, 600, 1_500
#: A box belongs to the word at this distance (points) to its left or right.
_BESIDE = 14.0
#: A yes and a no of one question stand within this distance (points).
_PAIR = 120.0
#: Boxes stand under the heading of their column within this distance (points), their middles no farther apart.
_UNDER, _SAME_COLUMN = 400.0, 14.0
#: An answer stands under its question by no more than this (points).
_BELOW = 34.0
#: A choice has no more words.
_CHOICE_WORDS = 7
#: A cell of more than this part of a table's width stands over all columns.
_WHOLE = 0.8
#: Lines stand on one height when they share this part of the smaller one's.
_SHARED = 0.3
_YES_NO = re.compile(r"\b(?:oui|non)\b", re.IGNORECASE)
_LETTERS = re.compile(r"\b(?:O\b.{0,6}\bN|ON)\b")
_DECLARES = re.compile(
    r"\b(?:certifi|déclar|attest|affirm|soussign)\w{0,8}\b.{0,120}:\s{0,2}$", re.IGNORECASE | re.MULTILINE
)
_NUMBER = re.compile(r"\(?(?:Q\.?\s?)?\d{1,3}(?:\.\d{1,2}){0,3}\s?[a-zA-Z]?\s?[.)°:/-]{0,2}|\(?[a-zA-Z][.)]")


class Answer(NamedTuple):
    """Something to answer with, where it stands, its state, and the line that says what it stands for."""

    x0: float
    top: float
    x1: float
    bottom: float
    kind: str
    state: AnswerState
    choice: Line | None = None


class FormPage(NamedTuple):
    """The regions of a page in reading order, and for its rows (by ``id``) the answers that stand beside them.

    The ``header`` of a cell is the heading of its row or else of its column; that of a column's heading is itself.
    """

    regions: list[Region]
    answers: dict[int, list[Answer]]


class _Edges(NamedTuple):
    x0: float
    top: float
    x1: float
    bottom: float


def form_page(page: Page, lines: Sequence[Line]) -> FormPage | None:
    """Return the layout of a page that asks something, ``None`` for any other page. ``lines`` is its body."""
    if len(lines) > _MOST_LINES:
        return None
    if len(page.marks) > _MOST_MARKS:
        page = page.model_copy(update={"marks": ()})  # the questions are still there
    text = "\n".join(line.text for line in lines)
    if not (page.marks or text.count("?") >= _QUESTIONS or may_answer(text) or _DECLARES.search(text)):
        return None
    asked = sum(line.text.rstrip(" ._…:").endswith("?") for line in lines)
    halves = [line for line in lines if is_answer(line.text)]
    said = " ".join(line.text.lower() for line in halves)
    words = ("oui" in said and "non" in said) or any(_LETTERS.search(line.text) for line in halves)
    inline = any(says_yes_or_no(line.text) for line in lines)
    fields = any(mark.kind == "text" for mark in page.marks)
    declares = _DECLARES.search(text) is not None
    boxed = any(_beside(mark, line) for mark in page.marks if mark.kind == "tick" for line in lines)
    if not (asked >= _QUESTIONS or inline or words or fields or declares or boxed):
        return None
    lifted, answers = _lift(page.marks, lines, halves if words or boxed else [])
    cells = page.cells if len(page.cells) <= _MOST_CELLS else ()
    choices = {id(answer.choice) for answer in answers if answer.choice}
    left = [line for line in lines if id(line) not in lifted and id(line) not in choices]
    regions = _regions(cells, left, answers, [line for line in halves if id(line) in lifted])
    return FormPage(regions, _given_back(answers, [row for region in regions for row in region.rows]))


def _same_height(a: Line | Mark | Row | Answer, b: Line | Mark | Row | Answer) -> bool:
    return min(a.bottom, b.bottom) - max(a.top, b.top) > _SHARED * min(a.bottom - a.top, b.bottom - b.top)


def _beside(mark: Mark, line: Line) -> bool:
    """Return whether a line begins right after a box, or ends right before it."""
    return _same_height(mark, line) and (
        -3 < line.x0 - mark.x1 < _BESIDE or (-3 < mark.x0 - line.x1 < _BESIDE and len(line.text) < 4)
    )


def _lift(marks: Sequence[Mark], lines: Sequence[Line], halves: Sequence[Line]) -> tuple[set[int], list[Answer]]:
    """Return the lines (by ``id``) that hold nothing but answers, and the answers of the page."""
    ticks = [mark for mark in marks if mark.kind == "tick"]
    sure = [line for line in halves if _YES_NO.search(line.text) or _LETTERS.search(line.text)]
    lifted = {id(line) for line in sure}
    for line in halves:
        if id(line) not in lifted and (
            any(_beside(mark, line) or _inside(line, mark) for mark in ticks)
            or any(
                {line.text, other.text} == {"O", "N"} and _same_height(line, other) and abs(line.x0 - other.x0) < _PAIR
                for other in halves
            )
        ):
            lifted.add(id(line))
    answers: list[Answer] = []
    labels: dict[int, list[tuple[Mark, Line]]] = defaultdict(list)
    own = [line for line in lines if id(line) not in lifted]
    for mark in ticks:
        label = next((line for line in own if _labels(line, mark)), None)
        if label is None or len(label.text.split()) > _CHOICE_WORDS:
            answers.append(Answer(*mark[1:5], kind="tick", state=mark.state))
        else:
            labels[round((mark.top + mark.bottom) / 6)].append((mark, label))
    for row in labels.values():
        several = len({id(line) for _, line in row}) > 1
        answers += (
            Answer(*mark[1:5], kind="tick", state=mark.state, choice=line if several else None) for mark, line in row
        )
    answers += (Answer(*mark[1:5], kind="text", state=mark.state) for mark in marks if mark.kind == "text")
    for line in lines:
        if id(line) in lifted and not any(_beside(mark, line) or _inside(line, mark) for mark in ticks):
            if any(_is_under(mark, line) for mark in ticks):
                continue  # the heading of a column of boxes
            state = answer_state(line.text)
            if re.search(r"\b[xX]\b", line.text):
                state = "ticked"
            answers.append(Answer(line.x0, line.top, line.x1, line.bottom, "word", state or "unknown"))
    return lifted, answers


def _labels(line: Line | Row, mark: Mark | Answer) -> bool:
    """Return whether a line begins right after a box, or with the cross in it."""
    return mark.x0 - 1 <= line.x0 < mark.x1 + _BESIDE and line.x1 > mark.x1 + 3 and _same_height(mark, line)


def _inside(line: Line, mark: Mark) -> bool:
    return mark.x0 - 2 <= (line.x0 + line.x1) / 2 <= mark.x1 + 2 and _same_height(line, mark)


def _is_under(mark: Mark, line: Line) -> bool:
    middle = (mark.x0 + mark.x1 - line.x0 - line.x1) / 2
    return 0 < mark.top - line.bottom < _UNDER and abs(middle) < _SAME_COLUMN


def _given_back(answers: Iterable[Answer], rows: Sequence[Row]) -> dict[int, list[Answer]]:
    """Return the answers of each row (by ``id``): those beside it, or else those right under it."""
    given: dict[int, list[Answer]] = defaultdict(list)
    for answer in answers:
        row = _row_of(answer, rows)
        if row is not None:
            given[id(row)].append(answer)
    return given


def _row_of(answer: Answer, rows: Sequence[Row]) -> Row | None:
    level = [row for row in rows if _same_height(answer, row)]
    right = [row for row in level if _labels(row, answer)]
    if right and answer.kind == "tick" and answer.choice is None:
        return min(right, key=lambda row: row.x0)
    left = [row for row in level if row.x0 <= answer.x0]
    if left:
        return max(left, key=lambda row: row.x0)
    above = [row for row in rows if -2 < answer.top - row.bottom < _BELOW and row.x0 - 40 < answer.x0]
    if above:
        return max(above, key=lambda row: (round(row.bottom / 3), row.x0 if row.x0 <= answer.x0 + 3 else -row.x0))
    return min(level, key=lambda row: row.x0) if level else None


def _regions(cells: Sequence[Cell], lines: list[Line], answers: list[Answer], headings: Sequence[Line]) -> list[Region]:
    """Return the regions of the page; tables that ask something are read by their cells."""
    tables: list[list[Cell]] = []
    for cell in cells:
        if not tables or tables[-1][0].table != cell.table:
            tables.append([])
        tables[-1].append(cell)
    kept: list[tuple[_Edges, list[Region]]] = []
    taken: set[int] = set()
    for table in tables:
        held = _held(table, lines)
        inside = [line for part in held.values() for line in part]
        asks = any("?" in line.text for line in inside) or any(_holder(table, answer) is not None for answer in answers)
        if not asks or len(inside) < 2:
            continue
        kept.append((_around(table), _table(table, held, answers, headings)))
        taken.update(map(id, inside))
    free = [line for line in lines if id(line) not in taken]
    return _in_order(kept, free)


def _around(cells: Sequence[Cell]) -> _Edges:
    return _Edges(
        min(cell.x0 for cell in cells), min(cell.top for cell in cells),
        max(cell.x1 for cell in cells), max(cell.bottom for cell in cells),
    )  # fmt: skip


def _holder(cells: Sequence[Cell], thing: Line | Answer) -> int | None:
    """Return the index of the cell that something stands in."""
    y = (thing.top + thing.bottom) / 2
    # A line that runs on over an edge belongs where it begins.
    x = min((thing.x0 + thing.x1) / 2, thing.x0 + 30)
    for index, cell in enumerate(cells):
        if cell.x0 - 1 <= x < cell.x1 and cell.top <= y < cell.bottom:
            return index
    return None


def _held(cells: Sequence[Cell], lines: Iterable[Line]) -> dict[int, list[Line]]:
    """Return the lines that stand in each cell (by its index)."""
    held: dict[int, list[Line]] = defaultdict(list)
    for line in lines:
        index = _holder(cells, line)
        if index is not None:
            held[index].append(line)
    return held


def _table(
    cells: Sequence[Cell], held: dict[int, list[Line]], answers: list[Answer], headings: Sequence[Line]
) -> list[Region]:
    """Return the regions of a table, row after row. Empty cells under a yes or a no become answers."""
    tops: list[float] = []
    for top in sorted(cell.top for cell in cells):
        if not tops or top - tops[-1] > 3:
            tops.append(top)

    def band(y: float) -> int:
        return bisect_right(tops, y + 3) - 1

    heads, columns = _answer_columns(cells, headings, answers)
    for index in sorted(columns):
        cell = cells[index]
        state: AnswerState = "ticked" if held.pop(index, []) else "empty"
        answers.append(Answer(cell.x0 + 1, cell.top + 1, cell.x1 - 1, cell.bottom - 1, "cell", state))
    if columns:
        answers[:] = [answer for answer in answers if answer.kind != "word" or _holder(cells, answer) not in heads]
    answered = {_holder(cells, answer) for answer in answers}
    bands: dict[int, list[int]] = defaultdict(list)
    tall: list[int] = []
    for index, cell in enumerate(cells):
        if held.get(index):
            bands[band(cell.top)].append(index)
            if band(cell.bottom - 6) > band(cell.top):
                tall.append(index)
    busy = {band(cells[index].top) for index in answered if index is not None}
    edges = _around(cells)
    regions: list[Region] = []
    titles: dict[int, tuple[Row, ...]] = {}  # headings of columns, by their left edges
    for number in sorted(bands):
        texts = sorted(bands[number], key=lambda index: cells[index].x0)
        if not regions and number not in busy and _are_titles([line for index in texts for line in held[index]]):
            wide = any(cells[index].x1 - cells[index].x0 > _WHOLE * (edges.x1 - edges.x0) for index in texts)
            titles = {} if wide else {round(cells[index].x0): tuple(_rows(held[index])) for index in texts}
        header = tuple(
            row
            for index in tall
            if index not in texts and band(cells[index].top) <= number <= band(cells[index].bottom - 6)
            for row in _rows(held[index])
        )
        figure: Line | None = None
        for index in texts:
            part = held[index]
            if len(part) == 1 and _NUMBER.fullmatch(part[0].text) and index != texts[-1]:
                figure = part[0]
                continue
            rows = _rows(part)
            if figure is not None:
                first = rows[0]
                rows[0] = Row((figure, *first.lines), figure.x0, first.top, first.x1, first.bottom)
                figure = None
            above = header or titles.get(round(cells[index].x0), ())
            regions.append(Region(tuple(rows), is_cell=True, header=above))
    return regions


def _are_titles(lines: Sequence[Line]) -> bool:
    """Return whether the first row of a table names its columns, rather than asks something."""
    return not any("?" in line.text or answer_spans(line.text) or _NUMBER.fullmatch(line.text) for line in lines)


def _rows(lines: Sequence[Line]) -> list[Row]:
    """Return the printed rows of a cell."""
    rows = [Row((line,), line.x0, line.top, line.x1, line.bottom) for line in lines]
    return [merged(level) for level in levels_of(sorted(rows, key=lambda row: (row.top, row.x0)))]


def _answer_columns(
    cells: Sequence[Cell], headings: Sequence[Line], answers: Sequence[Answer]
) -> tuple[set[int], set[int]]:
    """Return the cells with the heading of a yes or a no, and those under them that are there to be crossed.

    A column with a yes or a no in every cell, or with boxes, has no such heading.
    """
    busy = {_holder(cells, answer) for answer in answers if answer.kind != "word"}
    said: dict[tuple[int, int], list[int]] = defaultdict(list)
    for line in headings:
        place = _holder(cells, line)
        if place is not None and _YES_NO.fullmatch(line.text.strip(" :?/")):
            said[round(cells[place].x0 / 3), round(cells[place].x1 / 3)].append(place)
    heads = {places[0] for places in said.values() if len(places) == 1 and places[0] not in busy}
    under = {
        index
        for index, cell in enumerate(cells)
        if index not in busy
        and any(
            abs(cell.x0 - cells[head].x0) < 3 and abs(cell.x1 - cells[head].x1) < 3 and cell.top > cells[head].top
            for head in heads
        )
    }
    return heads, under


def _in_order(tables: list[tuple[_Edges, list[Region]]], lines: list[Line]) -> list[Region]:
    """Return the regions of tables and of the lines around them, from top to bottom, column after column."""
    if not tables:
        return read_order(lines, numbers=True)
    regions: list[Region] = []
    tables = sorted(tables, key=lambda table: table[0].top)
    while tables:
        group = [tables.pop(0)]
        while tables and tables[0][0].top < max(edges.bottom for edges, _ in group) - 3:
            group.append(tables.pop(0))
        top = min(edges.top for edges, _ in group)
        bottom = max(edges.bottom for edges, _ in group)
        regions += read_order([line for line in lines if _middle(line) < top], numbers=True)
        beside = [line for line in lines if top <= _middle(line) <= bottom]
        lines = [line for line in lines if _middle(line) > bottom]
        regions += _side_by_side(group, beside)
    return regions + read_order(lines, numbers=True)


def _middle(line: Line) -> float:
    return (line.top + line.bottom) / 2


def _side_by_side(group: list[tuple[_Edges, list[Region]]], lines: list[Line]) -> list[Region]:
    """Return the regions of tables that stand beside each other, each with the lines above and below it."""
    columns: list[list[tuple[_Edges, list[Region]]]] = []
    for table in sorted(group, key=lambda table: table[0].x0):
        if columns and table[0].x0 < max(edges.x1 for edges, _ in columns[-1]) - 3:
            columns[-1].append(table)
        else:
            columns.append([table])
    lefts = [min(edges.x0 for edges, _ in column) for column in columns]
    own: list[list[Line]] = [[] for _ in columns]
    for line in lines:
        own[max(bisect_right(lefts, (line.x0 + line.x1) / 2) - 1, 0)].append(line)
    regions: list[Region] = []
    for column, rest in zip(columns, own, strict=True):
        for edges, parts in sorted(column, key=lambda table: table[0].top):
            regions += read_order([line for line in rest if _middle(line) < edges.top], numbers=True)
            rest = [line for line in rest if _middle(line) >= edges.top]
            regions += parts
        regions += read_order(rest, numbers=True)
    return regions
