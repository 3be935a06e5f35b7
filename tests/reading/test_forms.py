"""Boxes to tick, form fields and cells of ruled tables, as they are read from files drawn here."""

from __future__ import annotations

import time
from collections import Counter

import pytest
from reportlab.pdfgen.canvas import Canvas

from analyzer.reading import read
from analyzer.reading.forms import find_form
from analyzer.schema import Cell, Mark, Page
from tests.pdfs import A4, drawn, stream, text_page, written

QUESTION = "Avez-vous été hospitalisé ?"


def page_of(*draw, **options) -> Page:
    """The first page of a file that the functions draw, one over the other, with a question at its top."""

    def all_of(canvas: Canvas) -> None:
        canvas.drawString(50, A4[1] - 50, QUESTION)
        for one in draw:
            one(canvas)

    return read(drawn(all_of, **options), "formulaire.pdf").pages[0]


def states(page: Page) -> list[tuple[str, str]]:
    return [(mark.kind, mark.state) for mark in page.marks]


def test_form_fields_are_read_with_their_state_and_name():
    def fields(canvas: Canvas) -> None:
        form = canvas.acroForm
        form.checkbox(name="a", tooltip="Diabète, oui", x=100, y=700, size=12, checked=True)
        form.checkbox(name="b", tooltip="Diabète, non", x=150, y=700, size=12, checked=False)
        form.radio(name="c", tooltip="Fumeur", value="oui", selected=True, x=100, y=650, size=12)
        form.radio(name="c", tooltip="Fumeur", value="non", selected=False, x=150, y=650, size=12)
        form.textfield(name="d", tooltip="Lequel", x=100, y=600, width=200, height=16, value="Levothyrox")
        form.textfield(name="e", tooltip="Depuis quand", x=100, y=570, width=200, height=16, value="")

    page = page_of(fields)
    assert [(mark.kind, mark.state, mark.name) for mark in page.marks] == [
        ("tick", "ticked", "Diabète, oui"),
        ("tick", "empty", "Diabète, non"),
        ("tick", "ticked", "Fumeur"),
        ("tick", "empty", "Fumeur"),
        ("text", "ticked", "Lequel"),
        ("text", "empty", "Depuis quand"),
    ]
    assert page.marks[0][1:5] == pytest.approx((100, A4[1] - 712, 112, A4[1] - 700), abs=1.5)


def test_what_was_written_into_a_field_is_not_kept():
    page = page_of(lambda c: c.acroForm.textfield(name="x", tooltip="Nom", x=100, y=600, value="MARTINEAU"))
    assert len(page.marks) == 1
    assert "MARTINEAU" not in repr(page.marks) + repr(page.lines)


def four_lines(canvas: Canvas, x: float, y: float, size: float) -> None:
    canvas.lines(
        [(x, y, x + size, y), (x, y + size, x + size, y + size), (x, y, x, y + size), (x + size, y, x + size, y + size)]
    )


BOXES = {
    "a rectangle": lambda c: c.rect(100, 700, 9, 9),
    "a filled white rectangle": lambda c: (c.setFillGray(1), c.rect(100, 700, 9, 9, fill=1), c.setFillGray(0)),
    "four lines": lambda c: four_lines(c, 100, 700, 9),
    "a circle": lambda c: c.circle(105, 705, 5),
    "rounded": lambda c: c.roundRect(100, 700, 9, 9, 2),
}
TICKS = {
    "a letter": lambda c: c.drawString(101.2, 701, "X"),
    "a cross": lambda c: c.lines([(100, 700, 109, 709), (100, 709, 109, 700)]),
    "a tick": lambda c: c.lines([(101, 704, 104, 701), (104, 701, 111, 711)]),
    "a dark square": lambda c: c.rect(102, 702, 5, 5, fill=1),
    "a dot": lambda c: c.circle(104.7, 704.7, 2.6, fill=1),
}


@pytest.mark.parametrize("box", BOXES)
def test_a_drawn_box_is_empty(box):
    page = page_of(BOXES[box])
    assert states(page) == [("tick", "empty")]
    assert page.marks[0][1:5] == pytest.approx((100, A4[1] - 709, 109, A4[1] - 700), abs=1.5)


@pytest.mark.parametrize("tick", TICKS)
@pytest.mark.parametrize("box", BOXES)
def test_a_drawn_box_is_ticked(box, tick):
    assert states(page_of(BOXES[box], TICKS[tick])) == [("tick", "ticked")]


def test_a_tick_belongs_to_its_own_box():
    page = page_of(lambda c: (c.rect(100, 700, 9, 9), c.rect(140, 700, 9, 9)), lambda c: c.drawString(141.2, 701, "X"))
    assert states(page) == [("tick", "empty"), ("tick", "ticked")]


def test_squares_for_letters_and_large_frames_are_no_boxes():
    page = page_of(lambda c: [c.rect(100 + 12 * n, 700, 12, 12) for n in range(8)], lambda c: c.rect(50, 300, 200, 100))
    assert page.marks == ()


def test_circles_that_cross_each_other_are_a_picture():
    assert page_of(lambda c: [c.circle(100 + 8 * n, 700, 7) for n in range(3)]).marks == ()


def test_a_field_over_a_drawn_box_counts_once():
    page = page_of(
        lambda c: c.rect(100, 700, 12, 12),
        lambda c: c.acroForm.checkbox(name="a", tooltip="Oui", x=100, y=700, size=12, checked=True),
    )
    assert states(page) == [("tick", "ticked")]


def test_boxes_are_found_where_the_page_shows_them_when_it_is_turned():
    content = b"BT /F 10 Tf 50 700 Td (Fumez-vous ?) Tj ET 100 700 9 9 re S"
    page = read(written(content, page=b"/Rotate 90"), "tourne.pdf").pages[0]
    assert (page.width, page.height) == (842, 595)
    assert page.marks[0][1:5] == pytest.approx((700, 100, 709, 109), abs=1.5)


def test_boxes_of_a_drawing_inside_the_page_are_found():
    inner = stream(
        b"0 0 9 9 re S", dictionary=b"/Type /XObject /Subtype /Form /BBox [-1 -1 20 20] /Matrix [1 0 0 1 0 0]"
    )
    content = b"BT /F 10 Tf 50 780 Td (Fumez-vous ?) Tj ET q 2 0 0 2 0 0 cm 0.5 0 0 0.5 50 350 cm /B Do Q"
    data = written(content, inner, resources=b"/Font << /F 5 0 R >> /XObject << /B 6 0 R >>")
    marks = read(data, "dessin.pdf").pages[0].marks
    assert [mark[1:5] for mark in marks] == [pytest.approx((100, 842 - 709, 109, 842 - 700), abs=1.5)]


def grid(canvas: Canvas) -> None:
    canvas.grid([50, 90, 400, 500], [600, 620, 640, 660])


def test_cells_of_a_ruled_table():
    page = page_of(grid)
    assert len(page.cells) == 9
    assert page.cells[0] == Cell(0, *map(pytest.approx, (50, A4[1] - 660, 90, A4[1] - 640)))
    assert [cell.top for cell in page.cells] == sorted(cell.top for cell in page.cells)


def test_cells_that_span_columns_and_rows():
    def spans(canvas: Canvas) -> None:
        canvas.rect(50, 600, 300, 60)
        canvas.line(50, 640, 350, 640)  # one cell above
        canvas.line(150, 600, 150, 640)  # one cell at the left, two at the right
        canvas.line(150, 620, 350, 620)

    boxes = {tuple(round(edge) for edge in cell[1:]) for cell in page_of(spans).cells}
    assert boxes == {(50, 182, 350, 202), (50, 202, 150, 242), (150, 202, 350, 222), (150, 222, 350, 242)}


def test_tables_side_by_side_are_two():
    page = page_of(grid, lambda c: c.grid([510, 540, 570], [600, 630, 660]))
    assert Counter(cell.table for cell in page.cells) == {0: 9, 1: 4}


def test_a_table_drawn_with_thin_filled_rectangles():
    def rules(canvas: Canvas) -> None:
        for y in (600, 620, 640):
            canvas.rect(50, y, 300, 0.5, stroke=0, fill=1)
        for x in (50, 200, 349.5):
            canvas.rect(x, 600, 0.5, 40, stroke=0, fill=1)

    assert len(page_of(rules).cells) == 4


def test_a_single_frame_and_open_lines_are_no_table():
    page = page_of(lambda c: c.rect(50, 500, 400, 100), lambda c: [c.line(50, y, 400, y) for y in (300, 330, 360)])
    assert page.cells == ()


def test_a_page_that_asks_nothing_is_not_looked_at():
    page = read(drawn(text_page("Article 1. La garantie prend effet le premier jour du mois."), grid), "c.pdf").pages[0]
    assert page.marks == page.cells == ()

    def both(canvas: Canvas) -> None:
        text_page("Article 1. La garantie prend effet le premier jour du mois.")(canvas)
        grid(canvas)
        canvas.rect(100, 700, 9, 9)

    page = read(drawn(both), "c.pdf").pages[0]
    assert page.marks == page.cells == ()


HOSTILE = {
    "boxes": lambda c: [c.rect(5 + 11 * (n % 50), 5 + 11 * (n // 50), 9, 9) for n in range(3_500)],
    "lines": lambda c: (
        [c.line(50, 10 + n * 0.8, 500, 10 + n * 0.8) for n in range(1_000)]
        + [c.line(10 + n * 0.5, 50, 10 + n * 0.5, 800) for n in range(1_000)]
    ),
    "one path": lambda c: c.lines([(50, 10 + n * 0.2, 500, 10 + n * 0.2) for n in range(4_000)]),
    "strokes": lambda c: [c.line(50 + n % 400, 50, 60 + n % 400, 60) for n in range(9_000)],
}


@pytest.mark.parametrize("drawing", HOSTILE)
def test_a_page_full_of_lines_takes_no_time(drawing):
    data = drawn(lambda c: (c.drawString(50, 800, QUESTION), HOSTILE[drawing](c)))
    started = time.process_time()
    page = read(data, "hostile.pdf").pages[0]
    assert page.read_by == "text layer"
    assert time.process_time() - started < 4


def test_marks_of_no_drawing():
    assert find_form([], [], ([], [], [])) == ((), ())
    assert find_form([], [("text", 1.0, 2.0, 3.0, 4.0, "empty", "Nom")], ([], [], []))[0] == (
        Mark("text", 1.0, 2.0, 3.0, 4.0, "empty", "Nom"),
    )
