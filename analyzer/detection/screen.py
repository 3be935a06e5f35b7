"""The cheap screen: which patterns could possibly match a text, from literal beginnings of words alone.

Every list of a pattern must show up by the beginning of one of its entries' words, or the pattern
cannot match. The screen only ever lets too much through: it loses nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from analyzer.detection.normalise import fold
from analyzer.detection.vocabulary import FUNCTION_WORDS

#: Verbs whose forms share too few letters to be screened by their beginning.
_IRREGULAR = frozenset(
    "etre avoir faire pouvoir devoir vouloir savoir voir aller venir dire lire tenir mettre prendre boire croire vivre"
    " naitre mourir recevoir falloir valoir soi ce tout".split()
)
#: Words found under another form than they have ("qu'" under "que") say nothing either.
_FUNCTION = frozenset(
    fold(word.strip("'")) for form, lemma in FUNCTION_WORDS.items() if form != lemma for word in (form, lemma)
)

#: A beginning shorter than this says nothing.
_SHORTEST = 3
_LONGEST = 8

_WORD = re.compile(r"[^\W\d_]+|\d+")


class Screen:
    """Finds, for a text, the word lists that may occur in it, as a bit mask."""

    def __init__(self, lists: dict[str, tuple[str, ...]]) -> None:
        """Derive the beginnings to look for from the entries of ``lists``."""
        self.bits = {name: 1 << position for position, name in enumerate(sorted(lists))}
        self._beginnings: dict[str, int] = {}
        #: Lists that cannot be screened count as present everywhere.
        self.always = 0
        for name, entries in lists.items():
            beginnings = [_beginning(entry) for entry in entries]
            if None in beginnings:
                self.always |= self.bits[name]
                continue
            for beginning in beginnings:
                assert beginning is not None
                self._beginnings[beginning] = self._beginnings.get(beginning, 0) | self.bits[name]
        self._cache: dict[str, int] = {}

    def mask(self, text: str) -> int:
        """Return the bits of the lists that may occur in the normalised ``text``."""
        mask = self.always
        for word in set(_WORD.findall(text)):
            bits = self._cache.get(word)
            if bits is None:
                bits = self._word_bits(word)
            mask |= bits
        return mask

    def need(self, names: Iterable[str]) -> int:
        """Return the mask of which at least one bit must be set for any of the lists ``names``."""
        need = 0
        for name in names:
            need |= self.bits[name]
        return need

    def _word_bits(self, word: str) -> int:
        folded = fold(word)
        bits = 0
        for length in range(1, min(len(folded), _LONGEST) + 1):
            bits |= self._beginnings.get(folded[:length], 0)
        if len(self._cache) < 200_000:
            self._cache[word] = bits
        return bits


def _beginning(entry: str) -> str | None:
    """Return the letters that every form of the entry's most telling word begins with, or ``None``."""
    words = [word for word in _WORD.findall(fold(entry.replace("’", "'"))) if word not in _IRREGULAR | _FUNCTION]
    if not words:
        return None
    word: str = max(words, key=len)
    if len(word) <= _SHORTEST:
        # A short word is screened whole: it hardly inflects ("dmp", "adn", "vih").
        return word if len(word) > 1 else None
    return word[: min(_LONGEST, max(_SHORTEST, (len(word) + 1) // 2))]
