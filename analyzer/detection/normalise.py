"""A passage as the rules read it, with the way back to the passage as the document shows it.

Rules read lower-case text with plain apostrophes and single spaces, hyphens inside words opened
("médecin-conseil" and "médecin conseil" are one expression), hyphenation mended, inclusive endings
dropped ("assuré(e)s") and ligatures resolved.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_ODD = re.compile(
    r"(?P<hyphenation>(?<=[^\W\d_])[-\u00ad\u2010\ufffe]\s{1,20}(?=[a-zà-öø-ÿœ]))"
    r"|(?P<dropped>[\u00ad\u200b-\u200d\u2060\ufeff]|\((?:e|s|es|ne|se|le|te|ère|trice|rice)\)|(?<=[a-zà-ÿ])[·•](?:e|s|es|ne)(?:[·•]s)?(?![a-zà-ÿ]))"
    # a single plain space is nothing odd: most of the text would match
    r"|(?P<space>[^\S ]\s{0,1000}| \s{1,1000})"
    r"|(?P<hyphen>(?<=\w)[-\u2010\u2011](?=\w))"
    r"|(?P<apostrophe>[\u2019\u2018\u02bc\u00b4`])"
    r"|(?P<ligature>[\ufb00-\ufb06œŒæÆ])"
)
_PLAIN = {"hyphenation": "", "dropped": "", "space": " ", "hyphen": " ", "apostrophe": "'"}


def normalise(text: str) -> tuple[str, list[int]]:
    """Return the text as the rules read it, and for each of its characters the offset in ``text``.

    The list of offsets has one entry more than the result: the length of ``text``.
    """
    out: list[str] = []
    offsets: list[int] = []
    position = 0
    for odd in _ODD.finditer(text):
        _keep(text, position, odd.start(), out, offsets)
        kind = odd.lastgroup or ""
        plain = _ligature(odd.group()) if kind == "ligature" else _PLAIN[kind]
        out.append(plain)
        offsets.extend([odd.start()] * len(plain))
        position = odd.end()
    _keep(text, position, len(text), out, offsets)
    offsets.append(len(text))
    return "".join(out), offsets


def _keep(text: str, start: int, end: int, out: list[str], offsets: list[int]) -> None:
    part = text[start:end]
    lowered = part.lower()
    # A few capitals change length when lowered ("İ"); they are kept as they are.
    out.append(lowered if len(lowered) == len(part) else part)
    offsets.extend(range(start, end))


def _ligature(char: str) -> str:
    return {"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae"}.get(char) or unicodedata.normalize("NFKC", char)


@lru_cache(maxsize=100_000)
def fold(word: str) -> str:
    """Return ``word`` in lower case without accents: capitals and bad extractions lose them."""
    decomposed = unicodedata.normalize("NFD", word.lower().replace("œ", "oe").replace("æ", "ae"))
    return "".join(char for char in decomposed if not unicodedata.combining(char))
