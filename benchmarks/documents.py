"""Dense contracts to time Sceau on, made from the sample contracts' own paragraphs."""

from __future__ import annotations

import json
import random
from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from analyzer.interface.samples import samples
from analyzer.reading import read
from analyzer.segmentation import segment

FONT, SIZE, LEADING = "Times-Roman", 8.4, 10.2
MARGIN, GUTTER = 34, 16
#: One passage in this many carries a label: about one a page, more than most contracts have.
ONE_IN = 16


def paragraphs(seed: int = 1) -> list[str]:
    """Return the samples' paragraphs in a fixed random order, those that carry a label thinned out to ``ONE_IN``."""
    labelled: list[str] = []
    ordinary: list[str] = []
    for path in samples():
        expected = path.with_name(f"{path.stem}.expected.jsonl").read_text("utf-8")
        if '"kind": "question"' in expected:
            continue  # a form: these documents are contracts
        with_label = {_plain(json.loads(line)["text"]) for line in expected.splitlines()}
        for passage in segment(read(path)):
            if len(passage.text) > 60:
                (labelled if _plain(passage.text) in with_label else ordinary).append(passage.text)
    shuffle = random.Random(seed).shuffle
    shuffle(labelled)
    shuffle(ordinary)
    mixed = []
    for number in range(len(labelled) * ONE_IN):
        group = labelled if number % ONE_IN == 0 else ordinary
        mixed.append(group[number // ONE_IN if number % ONE_IN == 0 else number % len(ordinary)])
    return mixed


def _plain(text: str) -> str:
    return " ".join(text.replace("’", "'").split())


def dense_pdf(path: Path, pages: int) -> float:
    """Write a two-column PDF of ``pages`` dense pages; returns its mean number of characters a page."""
    texts = paragraphs()
    canvas = Canvas(str(path), pagesize=A4, invariant=1)
    width, height = A4
    column = (width - 2 * MARGIN - GUTTER) / 2
    lines = _lines(texts, column)
    written = 0
    per_column = int((height - 2 * MARGIN) / LEADING)
    for _ in range(pages):
        canvas.setFont(FONT, SIZE)
        for side in range(2):
            x = MARGIN + side * (column + GUTTER)
            for row in range(per_column):
                line = next(lines)
                written += len(line)
                canvas.drawString(x, height - MARGIN - row * LEADING, line)
        canvas.showPage()
    canvas.save()
    return written / pages


def _lines(texts: list[str], width: float):  # type: ignore[no-untyped-def]
    """Yield printed lines without end, cycling through numbered paragraphs."""
    number = 0
    while True:
        for text in texts:
            number += 1
            line = f"{number}."
            for word in text.split():
                if stringWidth(f"{line} {word}", FONT, SIZE) > width:
                    yield line
                    line = word
                else:
                    line = f"{line} {word}"
            yield line
