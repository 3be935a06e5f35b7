"""Pages made by hand: every character is half its font size wide, so that places are easy to reckon."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from analyzer.schema import Document, Line, Page, Word

WIDTH, HEIGHT = 595.0, 842.0
LEADING = 1.2


def line(text: str, x: float = 50.0, top: float = 100.0, size: float = 10.0, bold: bool = False) -> Line:
    """Return a printed line whose left upper corner stands at ``x``, ``top``."""
    words = []
    start = 0
    for word in text.split(" "):
        words.append(Word(start, start + len(word), x + start * size / 2, x + (start + len(word)) * size / 2))
        start += len(word) + 1
    return Line(text, x, top, x + len(text) * size / 2, top + size, size, bold, tuple(words))


def column(
    texts: Iterable[str], x: float = 50.0, top: float = 100.0, size: float = 10.0, bold: bool = False
) -> list[Line]:
    """Return lines one below the other; an empty text leaves a line blank."""
    step = size * LEADING
    return [line(text, x, top + index * step, size, bold) for index, text in enumerate(texts) if text]


def filled(
    text: str, width: float, x: float = 50.0, top: float = 100.0, size: float = 10.0, indent: float = 0.0
) -> list[Line]:
    """Return ``text`` set in lines of at most ``width`` points, the first one indented."""
    rows: list[str] = []
    for word in text.split():
        room = width - (indent if len(rows) == 1 else 0.0)
        if rows and (len(rows[-1]) + 1 + len(word)) * size / 2 <= room:
            rows[-1] += f" {word}"
        else:
            rows.append(word)
    lines = column(rows, x, top, size)
    return [line(rows[0], x + indent, top, size), *lines[1:]] if indent else lines


def document(*pages: Sequence[Line]) -> Document:
    """Return a document with these pages."""
    return Document(
        name="contrat.pdf",
        sha256="0" * 64,
        media_type="application/pdf",
        pages=tuple(
            Page(number=number, width=WIDTH, height=HEIGHT, read_by="text layer", lines=tuple(lines))
            for number, lines in enumerate(pages, start=1)
        ),
    )


def below(lines: Sequence[Line], gap: float = 12.0) -> float:
    """Return the place under ``lines``."""
    return max(line.bottom for line in lines) + gap
