"""Words with their boxes become the printed lines of the schema.

A reader hands over *runs*: words that it takes for one line. Where two columns or two cells of a table stand on the
same height, most readers see one line across both, so a run is cut wherever a gap is too wide for a space. Which
column comes first is for segmentation to say.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from analyzer.schema import Line, Word

#: Text, left, top, right, bottom in points from the top left corner of the page as shown, number of the style.
WordBox = tuple[str, float, float, float, float, int]
#: Font size in points, bold, whether the text runs from left to right, family of the font.
Style = tuple[float, bool, bool, str]

#: A gap of this many font sizes is never a space. Justified lines of narrow columns stay below 1.2.
_ALWAYS_GUTTER = 1.6
#: A narrower gap is a gutter too where it stands out among the other gaps of its line.
_GUTTER = 0.9
_STANDS_OUT = 2.5
#: A gap wider than most spaces is one as well where this many lines of the page go on at the same place after theirs.
_PERHAPS_GUTTER = 0.6
_COLUMN_LINES = 5
#: A bullet or a number keeps the text that follows it, up to this gap (font sizes).
_MARKER_GAP = 4.0
_MARKER = re.compile(r"[-–—•▪■□◆➢✓☐☑☒*]|\(?(?:\d{1,2}|[a-zA-Z]|[ivxIVX]{1,5})[.)°]|\d{1,2}(?:\.\d{1,2}){1,3}\.?")
#: Words of one line share at least this part of the height of the smaller one (exponents share less than half).
_SHARED_HEIGHT = 0.25

_REPLACED = {
    "\ufffe": "-",  # pdfium's mark for a hyphen at the end of a line
    "\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl", "\ufb05": "st", "\ufb06": "st",
    # Bullets and boxes of Symbol and Wingdings, which word processors leave in private use.
    "\uf0b7": "•", "\uf0a7": "▪", "\uf0d8": "➢", "\uf0fc": "✓", "\uf06e": "■", "\uf076": "◆", "\uf02d": "–",
    "\uf06f": "☐", "\uf071": "☐", "\uf0a8": "☐", "\uf0a3": "☐", "\uf0fe": "☑", "\uf0fd": "☒", "\uf052": "☑",
}  # fmt: skip
#: Zero-width characters, soft hyphens, byte order marks and direction marks: none of them is seen.
_DROPPED = [0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2065), 0xFEFF]
_CONTROLS = [code for code in range(0xA0) if unicodedata.category(chr(code)) == "Cc"]
_CLEANED = str.maketrans(_REPLACED) | dict.fromkeys(_DROPPED + _CONTROLS)
_PRIVATE_USE = re.compile("[\ue000-\uf8ff]")


def clean(word: str) -> str:
    """Return ``word`` (no spaces) as it is seen: ligatures resolved, unseen characters gone, accents composed."""
    if word.isascii() and word.isprintable():
        return word
    if word.endswith("\xad"):  # a soft hyphen is seen where the line ends
        word = word[:-1] + "-"
    word = _PRIVATE_USE.sub("\ufffd", word.translate(_CLEANED))
    return "•" if word == "\ufffd" else unicodedata.normalize("NFC", word)


def build_lines(runs: Sequence[Sequence[WordBox]], styles: Sequence[Style]) -> tuple[Line, ...]:
    """Return the lines that ``runs`` of words stand for, in the same order, each within one column."""
    cleaned: dict[str, str] = {}
    kept = []
    for run in runs:
        words = []
        for word in run:
            text = cleaned.get(word[0])
            if text is None:
                text = cleaned[word[0]] = clean(word[0])
            if text:
                words.append(word if text == word[0] else (text, *word[1:]))
        if words:
            kept.append(words)

    gaps = [_gaps(words, styles) for words in kept]
    edges = _column_edges(kept, gaps)
    lines = []
    for words, wide in zip(kept, gaps, strict=True):
        start = 0
        for cut in [*_cuts(words, wide, edges), len(words)]:
            lines.append(_line(words[start:cut], styles))
            start = cut
    return tuple(lines)


def _gaps(words: Sequence[WordBox], styles: Sequence[Style]) -> list[float]:
    """Return the gaps between the words of a run, in font sizes; none for one that runs up or down the page."""
    if not styles[words[0][5]][2]:
        return []
    gaps = []
    for before, after in pairwise(words):
        size = styles[before[5]][0]
        if after[5] != before[5]:
            size = max(size, styles[after[5]][0])
        gaps.append((after[1] - before[3]) / size)
    return gaps


def _column_edges(runs: Sequence[Sequence[WordBox]], gaps: Sequence[Sequence[float]]) -> set[int]:
    """Return the places (whole points) where many runs of a page go on after a gap: left edges of columns."""
    starts = Counter(
        round(words[index][1])
        for words, of_words in zip(runs, gaps, strict=True)
        for index, gap in enumerate(of_words, start=1)
        if gap > _PERHAPS_GUTTER
    )
    # Rounding may part an edge in two.
    return {x for x in starts if starts[x - 1] + starts[x] + starts[x + 1] >= _COLUMN_LINES}


def _cuts(words: Sequence[WordBox], gaps: Sequence[float], edges: set[int]) -> list[int]:
    """Return the indices of the words that begin a new line."""
    cuts: list[int] = []
    if not gaps:
        return cuts
    usual = sorted(gaps)[(len(gaps) - 1) // 2]
    for index, gap in enumerate(gaps, start=1):
        before, after = words[index - 1], words[index]
        wide = (
            gap > _ALWAYS_GUTTER
            or (gap > _GUTTER and len(gaps) > 2 and gap > _STANDS_OUT * usual)
            or (gap > _PERHAPS_GUTTER and round(after[1]) in edges)
        )
        starts_line = index - 1 == (cuts[-1] if cuts else 0)
        if wide and starts_line and gap <= _MARKER_GAP and _MARKER.fullmatch(before[0]):
            wide = False
        if wide or gap < -1 or _apart(before, after):
            cuts.append(index)
    return cuts


def _apart(before: WordBox, after: WordBox) -> bool:
    """Return whether two words stand on different heights."""
    shared = min(before[4], after[4]) - max(before[2], after[2])
    return shared < _SHARED_HEIGHT * min(before[4] - before[2], after[4] - after[2])


def _line(words: Sequence[WordBox], styles: Sequence[Style]) -> Line:
    """Return the line made of ``words``; its size and weight are those of most of its characters."""
    placed = []
    start = 0
    lengths: dict[int, int] = {}
    for text, x0, _, x1, _, style in words:
        length = len(text)
        placed.append(Word(start, start + length, x0, x1, styles[style][3]))
        start += length + 1
        lengths[style] = lengths.get(style, 0) + length
    size, bold = styles[next(iter(lengths))][:2]
    if len(lengths) > 1:
        sizes: dict[float, int] = {}
        for style, length in lengths.items():
            sizes[styles[style][0]] = sizes.get(styles[style][0], 0) + length
        size = max(sizes, key=sizes.__getitem__)
        bold = 2 * sum(length for style, length in lengths.items() if styles[style][1]) > start
    return Line(
        text=" ".join([word[0] for word in words]),
        x0=min([word[1] for word in words]),
        top=min([word[2] for word in words]),
        x1=max([word[3] for word in words]),
        bottom=max([word[4] for word in words]),
        font_size=size,
        bold=bold,
        words=tuple(placed),
    )
