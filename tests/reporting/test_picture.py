"""A passage in place: the frames stand on the words, whatever part of the page is cut out."""

import base64
import io
import re

import pytest
from PIL import Image

from analyzer.errors import FileDamaged
from analyzer.reading.pdf import render_page
from analyzer.reporting import Card, cards
from analyzer.reporting.picture import to_picture
from analyzer.schema import Box
from tests.reporting.build import finding, passage
from tests.reporting.build import report as built
from tests.samples import FOLDER, report

FRAME = re.compile(r'class="(words|passage)" style="left:([\d.]+)%;top:([\d.]+)%;width:([\d.]+)%;height:([\d.]+)%"')


def drawer(name):
    content = (FOLDER / f"{name}.pdf").read_bytes()
    return lambda page: render_page(content, page)


def pictures(figures: str) -> list[Image.Image]:
    found = re.findall(r'src="data:image/png;base64,([^"]+)"', figures)
    return [Image.open(io.BytesIO(base64.b64decode(one))).convert("L") for one in found]


def ink(picture: Image.Image, left: float, top: float, width: float, height: float) -> float:
    """The share of dark pixels in a box given in percent."""
    x, y = picture.width / 100, picture.height / 100
    part = picture.crop((round(left * x), round(top * y), round((left + width) * x), round((top + height) * y)))
    levels = part.histogram()
    return sum(levels[:128]) / sum(levels)


@pytest.mark.parametrize("name", ["pret_immobilier_notice", "mutuelle_reglement"])
def test_every_frame_stands_on_print(name):
    sample = report(name)
    for card in cards(sample, "warning"):
        figures = to_picture(sample, card, drawer(name))
        (picture,) = pictures(figures)[:1]
        frames = [(kind, *map(float, numbers)) for kind, *numbers in FRAME.findall(figures.partition("</figure>")[0])]
        assert {kind for kind, *_ in frames} >= {"passage"}
        for _, left, top, width, height in frames:
            assert min(left, top) >= 0 and left + width <= 100.1 and top + height <= 100.1
            assert ink(picture, left, top, width, height) > 0.03


def test_the_part_that_is_shown_keeps_its_shape():
    sample = report("mutuelle_reglement")
    card = cards(sample, "warning")[0]
    (picture,) = pictures(to_picture(sample, card, drawer("mutuelle_reglement")))
    page = sample.document.pages[0]
    shown = picture.height * page.width / picture.width
    tall = card.passage.boxes[-1].bottom - card.passage.boxes[0].top
    assert tall < shown < page.height / 2


def test_a_passage_over_three_pages_is_shown_on_the_first_two():
    boxes = tuple(Box(page=number, x0=50, top=700, x1=300, bottom=780) for number in (1, 2, 3))
    card = Card(passage(1, boxes=boxes), (finding("a", passage(1, boxes=boxes)),))
    drawn = []

    def draw(page: int) -> bytes:
        drawn.append(page)
        output = io.BytesIO()
        Image.new("RGB", (1190, 1684), "white").save(output, "PNG")
        return output.getvalue()

    report_of_it = built(*card.findings)
    pages = tuple(report_of_it.document.pages[0].model_copy(update={"number": number}) for number in (1, 2, 3))
    report_of_it = report_of_it.model_copy(
        update={"document": report_of_it.document.model_copy(update={"pages": pages})}
    )
    assert to_picture(report_of_it, card, draw).count("<figure") == 2
    assert drawn == [1, 2]


def test_what_stands_on_no_page_has_no_picture():
    nowhere = passage(1, boxes=())
    card = Card(nowhere, (finding("a", nowhere),))
    assert to_picture(built(*card.findings), card, lambda page: b"") == ""


def test_a_page_that_cannot_be_drawn_is_told():
    def refuse(page: int) -> bytes:
        raise FileDamaged("a.pdf")

    card = Card(passage(1), (finding("a", passage(1)),))
    with pytest.raises(FileDamaged):
        to_picture(built(*card.findings), card, refuse)
