"""Insurers without their names: letters in place of them in tables, their names masked in what documents say.

Masked are the names that the store knows, whatever their case, accents or hyphens, and each word of them where it is
written as a name. A brand that no document of the store is filed under cannot be known here.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from string import ascii_uppercase

from analyzer.corpus.statistics import SMALL, Share, wilson
from analyzer.corpus.store import Store

__all__ = ["Names", "letters", "merged"]

#: What has no width, or only changes the letter before it: it may stand inside a name and hide it from a search.
_IGNORED = "[\u00ad\u0300-\u036f\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]*"
#: A shorter name or word is masked only where it stands by itself: « Axa » is not in « taxable ».
_LONG, _SHORT = 6, 3
#: What stands before a word of an address.
_IN_ADDRESS = ("@", ".", "/", "-", "_")


class Names:
    """The names of insurers, to be masked."""

    def __init__(self, insurers: Iterable[str]) -> None:
        """Hold names."""
        self._insurers = sorted({name for name in insurers if _words(name)})

    @classmethod
    def of(cls, store: Store) -> Names:
        """Return the names of all insurers of a store."""
        return cls(name for (name,) in store.rows("SELECT DISTINCT insurer FROM documents WHERE insurer IS NOT NULL"))

    def spans(self, text: str, named: str | None = None) -> list[tuple[int, int]]:
        """Return where ``text`` names an insurer, in order, apart from each other; the one ``named`` may stand."""
        shown = _fold(text)
        own = {*_words(named)} if named else set()
        found: list[tuple[int, int]] = []
        for insurer in self._insurers:
            if insurer == named:
                continue
            words = _words(insurer)
            found += (match.span() for match in _pattern(words).finditer(shown))
            for word in words:
                if word not in own:
                    found += (
                        match.span() for match in _pattern((word,)).finditer(shown) if _is_name(text, *match.span())
                    )
        apart: list[tuple[int, int]] = []
        for start, end in sorted(found):
            if apart and start <= apart[-1][1]:
                apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
            else:
                apart.append((start, end))
        return apart

    def masked(self, text: str, mask: str, named: str | None = None) -> str:
        """Return ``text`` with ``mask`` in place of insurers, but for the one ``named``."""
        return "".join(part for part, _ in self.pieces(text, (), mask, named))

    def pieces(
        self, text: str, marked: Iterable[tuple[int, int]], mask: str, named: str | None = None
    ) -> list[tuple[str, bool]]:
        """Return ``text`` masked, in pieces, each with whether it is among the ``marked`` spans."""
        hidden, caused = self.spans(text, named), [(start, end) for start, end in marked if start < end]
        edges = sorted(
            {0, len(text), *(edge for span in (*hidden, *caused) for edge in span if 0 <= edge <= len(text))}
        )
        pieces: list[tuple[str, bool]] = []
        for start, end in zip(edges, edges[1:], strict=False):
            inside = next(((first, last) for first, last in hidden if first <= start < last), None)
            if inside is not None and inside[0] != start:
                continue  # masked already, where the name begins
            part = text[start:end] if inside is None else mask
            pieces.append((part, any(first <= start < last for first, last in caused)))
        return pieces


def letters(store: Store) -> dict[str, str]:
    """Return a letter for each insurer with enough documents (A to Z, then AA …).

    The order is that of a digest of the name and of the store's secret: it says nothing of names nor of figures, it is
    the same in every report on the store, and nobody outside can find it out.
    """
    secret = str(store.rows("SELECT secret FROM sceau")[0][0])
    known = store.rows(
        "SELECT insurer FROM documents WHERE insurer IS NOT NULL GROUP BY insurer HAVING count(*) >= ?", [SMALL]
    )
    order = sorted((name for (name,) in known), key=lambda name: hashlib.sha256(f"{secret} {name}".encode()).digest())
    return {name: _letter(number) for number, name in enumerate(order)}


def merged(shares: Iterable[Share], names: dict[str, str], others: str, unknown: str) -> list[Share]:
    """Return shares with letters in place of insurers, the first part of their groups, in the order of the letters.

    Groups with fewer than ``SMALL`` documents, and insurers without a letter, are put together as ``others``; what is
    still small then is left out. ``unknown`` stands for no insurer. The rest of a group stays as it is.
    """
    kept: dict[tuple[str | int | None, ...], Share] = {}
    for share in shares:
        first, *rest = share.group
        name = unknown if first is None else names.get(str(first), others)
        group = (others if share.documents < SMALL else name, *rest)
        kept[group] = _together(kept[group], share) if group in kept else replace(share, group=group)
    order = {name: number for number, name in enumerate([*names.values(), others, unknown])}
    enough = [share for share in kept.values() if share.documents >= SMALL]
    return sorted(enough, key=lambda share: order[str(share.group[0])])


def _together(one: Share, other: Share) -> Share:
    documents, concerned = one.documents + other.documents, one.concerned + other.concerned
    low, high = wilson(concerned, documents)
    return replace(
        one,
        documents=documents,
        concerned=concerned,
        share=concerned / documents,
        low=low,
        high=high,
        findings=one.findings + other.findings,
        small_print=one.small_print + other.small_print,
        confirmed=one.confirmed + other.confirmed,
    )


def _letter(number: int) -> str:
    """Return A for 0, Z for 25, AA for 26."""
    rest, last = divmod(number, len(ascii_uppercase))
    return (_letter(rest - 1) if rest else "") + ascii_uppercase[last]


def _fold(text: str) -> str:
    """Return ``text`` without accents, in lower case, character by character: places stay the same."""
    return "".join((unicodedata.normalize("NFKD", char)[:1] or char).lower()[:1] or char for char in text)


def _words(name: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\w+", _fold(name)))


def _is_name(text: str, start: int, end: int) -> bool:
    """Return whether a word of a name is written as one: with a capital (short ones, in capitals), or in an address."""
    word = text[start:end]
    if len(word) < _SHORT:
        return False
    if text[start - 1 : start] in _IN_ADDRESS or re.match(r"\.\w", text[end : end + 2]):
        return True
    return word.isupper() or (len(word) > _SHORT and word[0].isupper())


@cache
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    """Return what finds words one after the other, joined by anything but letters, or by nothing."""
    letters_of = [_IGNORED.join(map(re.escape, word)) for word in words]
    joined = r"[\W_]*".join(letters_of)
    alone = sum(map(len, words)) < _LONG
    return re.compile(rf"(?<!\w){joined}(?!\w)" if alone else joined)
