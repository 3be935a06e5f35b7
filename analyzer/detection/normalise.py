"""A passage as the rules read it, with the way back to the passage as the document shows it.

Rules read lower-case text with plain apostrophes and single spaces, hyphens inside words opened
("médecin-conseil" and "médecin conseil" are one expression), hyphenation mended, inclusive endings
dropped ("assuré(e)s") and ligatures resolved.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

#: What changes the length of the text; rare, so most passages keep their offsets as they are.
_RESHAPED = re.compile(
    r"(?P<clitic>(?<=[^\W\d_])-\s{1,20}(?=(?:vous|il|elle|ils|elles|t)\b))"
    r"|(?P<hyphenation>(?<=[^\W\d_])[-\u00ad\u2010\ufffe]\s{1,20}(?=[a-zà-öø-ÿœ]))"
    r"|(?P<dropped>[\u00ad\u200b-\u200d\u2060\ufeff]|\((?:e|s|es|ne|se|le|te|ère|trice|rice)\)"
    r"|(?<=[a-zà-ÿ])[·•](?:e|s|es|ne)(?:[·•]s)?(?![a-zà-ÿ]))"
    r"|(?P<space>\s{2,1000})"
    r"|(?P<ligature>[\ufb00-\ufb06œŒæÆ])"
)
_PLAIN = {"clitic": " ", "hyphenation": "", "dropped": "", "space": " "}
_HYPHEN = re.compile(r"(?<=\w)[-\u2010\u2011](?=\w)|(?<=[^\W\d_])[\u2013\u2014](?=[^\W\d_])|[^\S ]")
_APOSTROPHES = str.maketrans("\u2019\u2018\u02bc\u00b4`", "'" * 5)


def normalise(text: str) -> tuple[str, Sequence[int]]:
    """Return the text as the rules read it, and for each of its characters the offset in ``text``.

    There is one offset more than there are characters: the length of ``text``.
    """
    offsets: Sequence[int] = range(len(text) + 1)
    if _RESHAPED.search(text):
        text, offsets = _reshape(text)
    plain = text.lower()
    if len(plain) != len(text):
        # A few capitals change length when lowered ("İ"); they are kept as they are.
        plain = "".join(lowered if len(lowered := char.lower()) == 1 else char for char in text)
    return _HYPHEN.sub(" ", plain.translate(_APOSTROPHES)), offsets


def _reshape(text: str) -> tuple[str, list[int]]:
    out: list[str] = []
    offsets: list[int] = []
    position = 0
    for odd in _RESHAPED.finditer(text):
        kind = odd.lastgroup or ""
        plain = _ligature(odd.group()) if kind == "ligature" else _PLAIN[kind]
        out += (text[position : odd.start()], plain)
        offsets += range(position, odd.start())
        offsets += [odd.start()] * len(plain)
        position = odd.end()
    out.append(text[position:])
    offsets += range(position, len(text) + 1)
    return "".join(out), offsets


def _ligature(char: str) -> str:
    return {"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae"}.get(char) or unicodedata.normalize("NFKC", char)


@lru_cache(maxsize=100_000)
def fold(word: str) -> str:
    """Return ``word`` in lower case without accents: capitals and bad extractions lose them."""
    decomposed = unicodedata.normalize("NFD", word.lower().replace("œ", "oe").replace("æ", "ae"))
    return "".join(char for char in decomposed if not unicodedata.combining(char))
