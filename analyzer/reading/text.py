"""Plain text in the encodings that French is written in, as blocks: lines as somebody has set them."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from analyzer.reading.blocks import Block, Budget, LimitError, Text, paragraph

__all__ = ["decode", "read_plain", "read_text"]

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
#: What French is written in: UTF-8 (with a fault here and there), Windows and the web, Macintosh, MS-DOS.
_ENCODINGS = ("utf-8", "cp1252", "mac-roman", "cp850")
#: What French writes beside plain letters; and what it hardly ever writes, but a wrong encoding shows.
_EXPECTED = frozenset("éèêëàâçùûüôöîïœÉÈÊÀÂÇÔÎ’‘“”«»–—…€°§\xa0")
#: A text of the first characters tells its encoding.
_SAMPLE = 200_000
#: Lines longer than this are paragraphs; else the text was set in lines by hand, and lines are kept as they stand.
_SET = 100
#: Blocks of lines are handed on by so many.
_LINES = 200
#: An empty line sets what follows so far below (lines) that it begins a paragraph.
_BLANK = 3.45
_GAP = re.compile(r"\s{3,}")


def decode(data: bytes, declared: str | None = None) -> str:
    """Return the text of ``data``: what its mark or ``declared`` says, else the likeliest encoding of French."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    sample = data[:_SAMPLE]
    if sample.count(0) > len(sample) / 5:
        # Two bytes a character: the zero is the first or the second of them.
        return data.decode("utf-16-be" if sample[::2].count(0) > sample[1::2].count(0) else "utf-16-le", "replace")
    for name in filter(None, ("utf-8", declared)):
        try:
            return data.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
    best = max(_ENCODINGS, key=lambda name: _likely(sample.decode(name, "replace")))
    return data.decode(best, "replace")


def _likely(text: str) -> int:
    """Return how much ``text`` looks like French, by its characters outside ASCII; the first of equals wins."""
    odd = [character for character in text if character > "\x7f"]
    return sum(1 if character in _EXPECTED else -2 for character in odd)


def read_text(data: bytes, budget: Budget) -> Iterator[Block]:
    """Yield the blocks of a plain text. Raises LimitError where the budget ends."""
    yield from read_plain(decode(data), budget)


def read_plain(text: str, budget: Budget) -> Iterator[Block]:
    """Yield the blocks of a plain text that was decoded."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    lengths = sorted(len(line) for line in lines if line.strip())
    running = bool(lengths) and lengths[len(lengths) * 19 // 20] > _SET
    rows: list[tuple[float, list[tuple[int, str]]]] = []
    distance = 1.0
    for line in lines:
        budget.build()
        budget.characters -= len(line)
        if budget.characters < 0:
            raise LimitError
        if "\f" in line:
            if rows:
                yield ("printed", rows)
                rows = []
            yield ("page",)
            line = line.replace("\f", "")
        line = line.expandtabs(8).rstrip()
        if not line.strip():
            distance = _BLANK
            continue
        if running:
            block = paragraph([Text(line)], indent=min(len(line) - len(line.lstrip()), 20) * 5.0)
            if block is not None:
                yield block
            continue
        rows.append((distance, _parts(line)))
        distance = 1.0
        if len(rows) >= _LINES:
            yield ("printed", rows)
            rows = []
            distance = 1.0
    if rows:
        yield ("printed", rows)


def _parts(line: str) -> list[tuple[int, str]]:
    """Return the parts of a line that white space sets apart, each with its column."""
    parts = []
    start = len(line) - len(line.lstrip())
    for gap in [*_GAP.finditer(line, start), None]:
        end = gap.start() if gap else len(line)
        if end > start:
            parts.append((start, line[start:end]))
        start = gap.end() if gap else end
    return parts
