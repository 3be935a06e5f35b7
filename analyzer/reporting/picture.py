"""A passage where it stands: the part of the page that holds it, with boxes around the words that count.

The page was drawn elsewhere; here it is cut, and becomes one piece of HTML that needs no other file.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from PIL import Image

from analyzer.knowledge import messages
from analyzer.reporting import Card
from analyzer.reporting.html import render
from analyzer.schema import Box, Page, Report

#: Takes a page number; gives the whole page as a PNG picture.
Draw = Callable[[int], bytes]

#: So much of the page (points) is shown above and below a passage, and at least so much in all.
_AROUND, _LEAST = 36.0, 150.0
#: A passage is shown on so many pages at most.
_MOST_PAGES = 2
#: Colours of the picture: text stays sharp, and the picture is a tenth of its size.
_COLOURS = 32


@dataclass(frozen=True)
class Frame:
    """A box on the picture, in percent of its width and height; ``caused`` for the words that made Sceau react."""

    left: float
    top: float
    width: float
    height: float
    caused: bool


def to_picture(report: Report, card: Card, draw: Draw) -> str:
    """Return the passage of ``card`` in place, as HTML; empty for one that stands on no page.

    ``draw`` is called for the pages that are shown. Raises what it raises.
    """
    return "".join(_figures(report, card, draw))


def _figures(report: Report, card: Card, draw: Draw) -> Iterator[str]:
    pages = {page.number: page for page in report.document.pages}
    numbers = sorted({box.page for box in card.passage.boxes})[:_MOST_PAGES]
    for number in numbers:
        if number not in pages:
            continue
        whole = [box for box in card.passage.boxes if box.page == number]
        words = [
            box for finding in card.findings for part in finding.evidence for box in part.boxes if box.page == number
        ]
        top, bottom = _band(pages[number], whole)
        yield render(
            "picture.html.j2",
            lang=report.lang,
            say=messages(report.lang),
            page=number,
            told="words" if words else "passage",
            source=_cut(draw(number), pages[number], top, bottom),
            frames=[
                *(_frame(box, pages[number], top, bottom, caused=False) for box in whole),
                *(_frame(box, pages[number], top, bottom, caused=True) for box in words),
            ],
        )


def _band(page: Page, boxes: Sequence[Box]) -> tuple[float, float]:
    """Return the edges of the part of the page that is shown, in points."""
    top, bottom = min(box.top for box in boxes) - _AROUND, max(box.bottom for box in boxes) + _AROUND
    missing = max(0.0, _LEAST - (bottom - top))
    top, bottom = top - missing / 2, bottom + missing / 2
    return max(0.0, top), min(page.height, max(bottom, 1.0))


def _cut(png: bytes, page: Page, top: float, bottom: float) -> str:
    """Return a part of the page's picture as a ``data:`` address."""
    with Image.open(io.BytesIO(png)) as picture:
        scale = picture.height / page.height
        part = picture.crop((0, round(top * scale), picture.width, max(round(bottom * scale), round(top * scale) + 1)))
        small = part.convert("RGB").quantize(_COLOURS)
    output = io.BytesIO()
    small.save(output, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(output.getvalue()).decode("ascii")


def _frame(box: Box, page: Page, top: float, bottom: float, *, caused: bool) -> Frame:
    height = bottom - top
    return Frame(
        left=round(100 * box.x0 / page.width, 2),
        top=round(100 * (box.top - top) / height, 2),
        width=round(100 * (box.x1 - box.x0) / page.width, 2),
        height=round(100 * (box.bottom - box.top) / height, 2),
        caused=caused,
    )
