"""Insurers without their names: letters in place of them in tables, their names masked in what documents say.

Masked are the names that the store knows, whatever their case, accents or hyphens, and each word of them where it is
written as a name; and the names of products of one insurer alone. A brand that no document of the store is filed under
cannot be known here.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from functools import cache
from string import ascii_uppercase

from analyzer.corpus.statistics import SMALL, Filters, Share, wilson
from analyzer.corpus.store import Store

__all__ = ["FEW", "Names", "letters", "merged"]

#: A figure on the documents of fewer insurers than this would be a figure on somebody who can be told.
FEW = 3
#: What has no width, or only changes the letter before it: it may stand inside a name and hide it from a search.
_IGNORED = "[\u00ad\u0300-\u036f\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]*"
#: A shorter name or word is masked only where it stands by itself: « Axa » is not in « taxable ».
_LONG, _SHORT = 6, 3
#: What stands before a word of an address.
_IN_ADDRESS = ("@", ".", "/", "-", "_")


class Names:
    """The names of insurers and of their products, to be masked."""

    def __init__(self, insurers: Iterable[str], products: Iterable[tuple[str, str]] = ()) -> None:
        """Hold names of insurers, and products, each with an insurer: those of several insurers tell nothing."""
        self._insurers = sorted({name for name in insurers if _words(name)})
        owners: dict[tuple[str, ...], set[str]] = {}
        for product, insurer in products:
            owners.setdefault(_words(product), set()).add(insurer)
        self._products = sorted((words, min(own)) for words, own in owners.items() if words and len(own) == 1)

    @classmethod
    def of(cls, store: Store) -> Names:
        """Return the names of all insurers and products of a store."""
        filed = store.rows("SELECT DISTINCT insurer, product FROM documents WHERE insurer IS NOT NULL")
        return cls((insurer for insurer, _ in filed), ((product, insurer) for insurer, product in filed if product))

    def spans(self, text: str, named: str | None = None) -> list[tuple[int, int]]:
        """Return where ``text`` names an insurer or its product, in order, apart; those of the one ``named`` may stand.

        A product whose name is one word (« Prévoyance ») is masked only where it is written as a name.
        """
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
        for words, owner in self._products:
            if owner != named:
                places = (match.span() for match in _pattern(words).finditer(shown))
                found += (place for place in places if len(words) > 1 or _is_name(text, *place))
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


def letters(store: Store, filters: Filters, insurers: Collection[str]) -> dict[str, str]:
    """Return a letter for each of these insurers (A to Z, then AA …), in their order.

    The order is that of a digest of the name, the store's secret, and what the report is about: ``filters``, and what
    was scanned and decided so far. It says nothing of names nor of figures, nobody outside can find it out, and what
    another report says of a letter cannot be read into this one.
    """
    ((secret, *so_far),) = store.rows(
        "SELECT secret, (SELECT max(scanned_at) FROM documents), (SELECT max(number) FROM decisions) FROM sceau"
    )
    about = f"{secret} {so_far} {filters}"
    order = sorted(insurers, key=lambda name: hashlib.sha256(f"{about} {name}".encode()).digest())
    return {name: _letter(number) for number, name in enumerate(order)}


def merged(shares: Sequence[Share], names: dict[str, str], others: str, unknown: str) -> list[Share]:
    """Return shares with letters in place of insurers, the first part of their groups, in the order of the letters.

    They are of one kind of document. Insurers with fewer than ``SMALL`` documents, and those without a letter, are put
    together as ``others``. These are ``FEW`` insurers or none, since who takes all letters from the whole gets them:
    where they are fewer, the smallest that have a letter are put to them. Letters are ``FEW``, too, or none: who is
    left when the others are known is told by that. What is still small then is left out. ``unknown`` stands for no
    insurer. The rest of a group stays as it is.
    """
    documents = {str(share.group[0]): share.documents for share in shares if share.group[0] is not None}
    apart = [name for name in documents if name in names and documents[name] >= SMALL]
    apart.sort(key=lambda name: (-documents[name], names[name]))
    while apart and 0 < len(documents) - len(apart) < FEW:
        apart.pop()
    if len(apart) < FEW:
        return []
    shown: dict[str | int | None, str] = {None: unknown, **{name: names[name] for name in apart}}
    kept: dict[tuple[str | int | None, ...], Share] = {}
    for share in shares:
        first, *rest = share.group
        group = (others if share.documents < SMALL else shown.get(first, others), *rest)
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
        insurers=one.insurers + other.insurers,
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
