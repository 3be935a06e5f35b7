"""Boxes, fields and tables as programs really draw them: borders that are fills, bullets, badges, turned pages."""

from __future__ import annotations

import marshal
from collections.abc import Callable
from typing import Any

import pytest
from reportlab.pdfgen.canvas import Canvas

from analyzer.reading import process, read
from analyzer.schema import Page
from tests.pdfs import A4, assembled, drawn, stream, text_page, written

Draw = Callable[[Canvas], object]


def page_of(*draw: Draw, text: str = "Avez-vous été hospitalisé ?") -> Page:
    """The first page of a file that the functions draw, one over the other, with ``text`` at its top."""
    return read(drawn(lambda c: (c.drawString(50, A4[1] - 50, text), [one(c) for one in draw])), "f.pdf").pages[0]


def states(page: Page) -> list[str]:
    return [mark.state for mark in page.marks]


def filled(canvas: Canvas, x: float, y: float, size: float, *rgb: float) -> None:
    canvas.setFillColorRGB(*rgb)
    canvas.rect(x, y, size, size, stroke=0, fill=1)
    canvas.setFillGray(0)


def ring(canvas: Canvas, mode: int) -> None:
    """A border drawn as one filled object: a square with a hole in it (0: even-odd, 1: by direction)."""
    path = canvas.beginPath()
    path.rect(100, 700, 10, 10)
    path.moveTo(100.8, 700.8)
    for x, y in ((100.8, 709.2), (109.2, 709.2), (109.2, 700.8)):
        path.lineTo(x, y)
    path.close()
    canvas.drawPath(path, stroke=0, fill=1, fillMode=mode)


FILLED_BORDERS: dict[str, Draw] = {
    "white over black": lambda c: (filled(c, 100, 700, 10, 0, 0, 0), filled(c, 100.7, 700.7, 8.6, 1, 1, 1)),
    "a hole, even-odd": lambda c: ring(c, 0),
    "a hole, by direction": lambda c: ring(c, 1),
    "four thin rectangles": lambda c: [
        c.rect(x, y, wide, high, stroke=0, fill=1)
        for x, y, wide, high in (
            (100, 700, 10, 0.6),
            (100, 709.4, 10, 0.6),
            (100, 700, 0.6, 10),
            (109.4, 700, 0.6, 10),
        )
    ],
    "with a shadow": lambda c: (
        filled(c, 101, 699, 10, 0.3, 0.3, 0.3),
        filled(c, 100, 700, 10, 1, 1, 1),
        c.rect(100, 700, 10, 10),
    ),
}
TICKS: dict[str, Draw] = {
    "a letter": lambda c: c.drawString(101.6, 701.4, "X"),
    "a cross": lambda c: c.lines([(101, 701, 109, 709), (101, 709, 109, 701)]),
    "a dark square": lambda c: c.rect(103, 703, 4, 4, stroke=0, fill=1),
    "a square in blue ink": lambda c: filled(c, 103, 703, 4, 0.1, 0.1, 0.9),
}


@pytest.mark.parametrize("border", FILLED_BORDERS)
def test_a_border_that_is_a_fill_ticks_nothing(border: str) -> None:
    assert states(page_of(FILLED_BORDERS[border])) == ["empty"]


@pytest.mark.parametrize("tick", TICKS)
@pytest.mark.parametrize("border", FILLED_BORDERS)
def test_a_box_with_a_filled_border_is_ticked(border: str, tick: str) -> None:
    assert states(page_of(FILLED_BORDERS[border], TICKS[tick])) == ["ticked"]


def test_a_box_filled_right_to_its_border_is_ticked() -> None:
    white = page_of(lambda c: (filled(c, 100, 700, 10, 1, 1, 1), c.rect(100, 700, 10, 10)))
    black = page_of(lambda c: (filled(c, 100, 700, 10, 0, 0, 0), c.rect(100, 700, 10, 10)))
    assert (states(white), states(black)) == (["empty"], ["ticked"])


def test_bullets_and_badges_are_no_boxes() -> None:
    def badge(canvas: Canvas) -> None:
        canvas.setFillGray(0.2)
        canvas.circle(106, 606, 7, stroke=0, fill=1)
        canvas.setFillGray(1)
        canvas.drawString(103, 602.5, "1")

    assert page_of(lambda c: filled(c, 100, 700, 4.5, 0, 0, 0), badge).marks == ()
    assert states(page_of(lambda c: filled(c, 100, 700, 9, 0, 0, 0))) == ["ticked"]


def test_what_is_off_the_page_is_no_mark() -> None:
    page = page_of(
        lambda c: (c.rect(-100, 700, 10, 10), c.rect(100, 2000, 10, 10)),
        lambda c: c.acroForm.checkbox(name="a", tooltip="Oui", x=-60, y=700, size=12),
    )
    assert page.marks == ()


def widget(more: bytes) -> bytes:
    return b"<< /Type /Annot /Subtype /Widget /P 3 0 R /Rect [100 700 112 712] " + more + b" >>"


@pytest.mark.parametrize(("flags", "seen"), [(0, 1), (2, 0), (32, 0)])
def test_fields_that_are_not_shown_are_no_marks(flags: int, seen: int) -> None:
    data = assembled(
        b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [6 0 R] >> >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Annots [6 0 R]"
        b" /Resources << /Font << /F 5 0 R >> >> >>",
        stream(b"BT /F 10 Tf 50 780 Td (Fumez-vous ?) Tj ET"),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        widget(b"/FT /Tx /T (fumeur) /F %d" % flags),
    )
    assert [mark.name for mark in read(data, "f.pdf").pages[0].marks] == ["fumeur"] * seen


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_fields_and_cells_stand_where_a_turned_page_shows_them(turn: int) -> None:
    content = b"BT /F 10 Tf 50 780 Td (Fumez-vous ?) Tj ET 100 500 60 40 re 160 500 30 40 re S"
    data = assembled(
        b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [6 0 R] >> >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Annots [6 0 R]"
        b" /Resources << /Font << /F 5 0 R >> >> /Rotate %d >>" % turn,
        stream(content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        widget(b"/FT /Btn /T (fumeur) /F 4 /V /Oui /AS /Oui"),
    )
    page = read(data, "f.pdf").pages[0]

    def shown(x0: float, y0: float, x1: float, y1: float) -> Any:
        boxes = {90: (y0, x0, y1, x1), 180: (595 - x1, y0, 595 - x0, y1), 270: (842 - y1, 595 - x1, 842 - y0, 595 - x0)}
        return pytest.approx(boxes[turn], abs=0.6)

    assert [mark[1:5] for mark in page.marks] == [shown(100, 700, 112, 712)]
    cells = sorted(page.cells, key=lambda cell: (cell.x1 - cell.x0) * (cell.bottom - cell.top))
    assert [cell[1:] for cell in cells] == [shown(160, 500, 190, 540), shown(100, 500, 160, 540)]


def test_what_was_written_never_leaves_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a text nor a choice: the answers of the process are searched as they come over the pipe."""
    frames: list[bytes] = []
    loads = marshal.loads
    monkeypatch.setattr(process.marshal, "loads", lambda body: (frames.append(body), loads(body))[1])

    def fields(canvas: Canvas) -> None:
        form = canvas.acroForm
        form.textfield(name="a", tooltip="Traitement", x=100, y=600, width=200, height=16, value="Levothyrox")
        form.choice(name="b", tooltip="Maladie", value="Lupus", options=["Lupus", "Goutte"], x=100, y=560, width=200)
        form.listbox(name="c", tooltip="Organe", value="Foie", options=["Foie", "Rein"], x=100, y=480, width=200)

    page = page_of(fields)
    assert [(mark.kind, mark.state, mark.name) for mark in page.marks] == [
        ("text", "ticked", "Traitement"),
        ("text", "ticked", "Maladie"),
        ("text", "ticked", "Organe"),
    ]
    sent = b"".join(frames)
    assert b"Traitement" in sent
    assert not [word for word in (b"Levothyrox", b"Lupus", b"Foie") if word in sent]


def test_a_row_over_the_full_width_is_one_cell() -> None:
    page = page_of(lambda c: (c.grid([50, 90, 400, 500], [600, 620, 640]), c.rect(50, 640, 450, 20)))
    assert len(page.cells) == 7
    assert page.cells[0][1:] == pytest.approx((50, A4[1] - 660, 500, A4[1] - 640), abs=0.5)


def test_tables_side_by_side_keep_their_own_lines() -> None:
    """The lines of one are 2.5 points lower than those of the other."""
    page = page_of(
        lambda c: (c.grid([50, 90, 280], [600, 620, 640]), c.grid([300, 340, 500], [597.5, 617.5, 637.5])),
    )
    bottoms = {(cell.x0 > 290, round(A4[1] - cell.bottom, 1)) for cell in page.cells}
    assert bottoms == {(False, 600), (False, 620), (True, 597.5), (True, 617.5)}


def test_plain_text_has_neither_marks_nor_cells() -> None:
    text = text_page(*["Article 4. La garantie cesse au terme du prêt, sauf prorogation acceptée."] * 20)
    page = read(drawn(text), "contrat.pdf").pages[0]
    assert len(page.lines) == 20
    assert page.marks == page.cells == ()


def test_a_certificate_is_not_taken_for_a_declaration() -> None:
    table: Draw = lambda c: c.grid([50, 90, 400], [600, 620, 640])  # noqa: E731
    assert page_of(table, text="Le certificat déclaratif est adressé à l'assuré.").cells == ()
    assert len(page_of(table, text="Je certifie ne suivre aucun traitement.").cells) == 4


def test_a_page_too_busy_for_a_form_is_still_read() -> None:
    boxes = b" ".join(b"%d 600 9 9 re S" % (50 + 12 * (n % 30)) for n in range(21_000))
    page = read(written(b"BT /F 10 Tf 50 780 Td (Fumez-vous ?) Tj ET " + boxes), "f.pdf").pages[0]
    assert [line.text for line in page.lines] == ["Fumez-vous ?"]
    assert page.marks == page.cells == ()
