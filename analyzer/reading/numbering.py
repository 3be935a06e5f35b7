"""The numbers of lists, which word processors count anew each time they show them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

__all__ = ["Counter", "Level"]

_ROMAN = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl")),
    *((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)
#: Nobody numbers farther in letters or Roman figures.
_MOST = 999


class Level(NamedTuple):
    """How the items of one level are numbered.

    ``kind`` is a name of Word's (``decimal``, ``lowerLetter``, ``upperRoman``, ``bullet``, ``none`` …); in ``pattern``,
    ``{2}`` stands for the number of the second level. ``plain`` shows all of them in figures.
    """

    kind: str
    pattern: str
    start: int
    plain: bool = False


class Counter:
    """Where the levels of a list have come to."""

    def __init__(self, levels: Sequence[Level]) -> None:
        self._levels = levels
        self._values: list[int | None] = [None] * len(levels)

    def next(self, level: int) -> str:
        """Count an item of ``level`` (from 0) and return its label, empty for none."""
        level = min(level, len(self._levels) - 1)
        for above in range(level):
            if self._values[above] is None:
                self._values[above] = self._levels[above].start
        last = self._values[level]
        self._values[level] = self._levels[level].start if last is None else last + 1
        self._values[level + 1 :] = [None] * (len(self._levels) - level - 1)
        own = self._levels[level]
        if own.kind == "bullet":
            return own.pattern
        return re.sub(r"\{(\d)\}", lambda found: self._shown(int(found[1]) - 1, own.plain), own.pattern)

    def _shown(self, level: int, plain: bool) -> str:
        if not 0 <= level < len(self._levels):
            return ""
        value = self._values[level]
        return _written(value or 0, "decimal" if plain else self._levels[level].kind)


def _written(value: int, kind: str) -> str:
    """Return a number as ``kind`` writes it."""
    if kind == "none":
        return ""
    if 0 < value <= _MOST and kind in ("lowerLetter", "upperLetter"):
        letters = chr(97 + (value - 1) % 26) * ((value - 1) // 26 + 1)
        return letters.upper() if kind[0] == "u" else letters
    if 0 < value <= _MOST and kind in ("lowerRoman", "upperRoman"):
        written = ""
        for worth, sign in _ROMAN:
            written += sign * (value // worth)
            value %= worth
        return written.upper() if kind[0] == "u" else written
    return f"{value:02}" if kind == "decimalZero" else str(value)
