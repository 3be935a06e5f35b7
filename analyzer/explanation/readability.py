"""How easy a French text is to read."""

from __future__ import annotations

import re
from collections.abc import Sequence

#: Fewer words tell nothing.
_FEW_WORDS = 100
_WORD = re.compile(r"[^\W\d_]+")
_VOWELS = re.compile(r"[aeiouyàâäéèêëîïôöùûüœæ]+")
_SENTENCE_END = re.compile(r"[.?!:;]+")


def reading_ease(texts: Sequence[str]) -> float | None:
    """Return the reading ease of the texts together: 0 (very hard) to 100 (very easy); ``None`` for too few words.

    The formula is that of Kandel and Moles (1958), Flesch's for French: 207 - 1.015 words a sentence - 73.6 syllables a
    word. Each text ends a sentence. Syllables are groups of vowels, a silent final "e" aside: good to a few points.
    """
    words = [word for text in texts for word in _WORD.findall(text.lower())]
    if len(words) < _FEW_WORDS:
        return None
    sentences = sum(max(1, len([part for part in _SENTENCE_END.split(text) if _WORD.search(part)])) for text in texts)
    syllables = sum(map(_syllables, words))
    ease = 207 - 1.015 * len(words) / sentences - 73.6 * syllables / len(words)
    return round(min(100.0, max(0.0, ease)), 1)


def _syllables(word: str) -> int:
    groups = len(_VOWELS.findall(word))
    silent = len(word) > 2 and re.search(r"[^aeiouy](?:e|es|ent)$", word) is not None
    return max(1, groups - silent)
