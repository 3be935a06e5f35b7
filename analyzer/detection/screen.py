"""The cheap screen: which patterns could match a text, from the possible lemmas of its words alone.

No model is run. Every word counts under all its candidate lemmas, so the screen lets too much through and
never too little: what the tagger says later is always one of the candidates.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from analyzer.detection.lemmas import candidates, words
from analyzer.detection.normalise import fold
from analyzer.detection.phrases import Phrase
from analyzer.detection.vocabulary import EXACT, entry_lemmas, entry_words

#: Shorter words ("de", "une") stand everywhere and tell nothing.
_TELLING = 5

#: For each run of a phrase, the bits of the lists that an element accepts and the gap before it.
Steps = tuple[tuple[tuple[int, int], ...], ...]


class _Expression(NamedTuple):
    """An entry of several words: what each may be, which one it is found by, and the bits of its lists."""

    accepted: tuple[frozenset[str], ...]
    found_by: int
    bits: int


class _Word(NamedTuple):
    """A word as the lists see it: the bits that it has alone, its possible lemmas, the expressions it is found by.

    Those expressions stand under the lemma that the word after it (or, where it is the last, before it) must have:
    a common word belongs to dozens of them. Most words ``count`` for nothing.
    """

    bits: int
    readings: frozenset[str]
    before: dict[str, list[_Expression]]
    after: dict[str, list[_Expression]]
    counts: bool


#: Words ``start`` to ``end`` of a text, and the bits of the lists that they may stand for. A plain tuple: there
#: are hundreds of thousands.
Place = tuple[int, int, int]


class Screen:
    """Finds, for a text, the word lists that may occur in it, and where, as bit masks."""

    def __init__(self, lists: dict[str, tuple[str, ...]]) -> None:
        """Index the lists' entries, those of several words by their rarest one."""
        self._bits = {name: 1 << position for position, name in enumerate(lists)}
        self._sizes = {self._bits[name]: len(entries) for name, entries in lists.items()}
        self._words: dict[str, int] = {}
        self._expressions: dict[str, list[_Expression]] = {}
        self._cache: dict[str, _Word] = {}
        # The same entry often stands in several lists: it is looked for once.
        bits: Counter[tuple[tuple[str, ...], bool]] = Counter()
        for name, entries in lists.items():
            for entry in set(entries):
                bits[tuple(entry_words(entry.removeprefix(EXACT))), entry.startswith(EXACT)] |= self._bits[name]
        # How many entries hold a word: an expression is found by the rarest of its telling words.
        frequency = Counter(word for split, _ in bits for word in split)
        for (split, exact), bit in bits.items():
            accepted = tuple(frozenset({fold(word)} if exact else {fold(word), *entry_lemmas(word)}) for word in split)
            if len(split) == 1:
                for lemma in accepted[0]:
                    self._words[lemma] = self._words.get(lemma, 0) | bit
                continue
            found_by = min(range(len(split)), key=lambda at: (len(split[at]) < _TELLING, frequency[split[at]]))
            for lemma in accepted[found_by]:
                self._expressions.setdefault(lemma, []).append(_Expression(accepted, found_by, bit))

    def prepare(self, phrase: Phrase) -> Steps:
        """Return what ``may_match`` needs to know of ``phrase``."""
        return tuple(
            tuple((sum(self._bits[name] for name in set(element.lists)), element.gap) for element in run)
            for run in phrase.runs
        )

    def wanted(self, phrase: Phrase) -> tuple[int, ...]:
        """Return the bits of each element of ``phrase``: a text without some of them cannot match. Rarest first."""
        masks = {bits for run in self.prepare(phrase) for bits, _ in run}
        return tuple(sorted(masks, key=lambda mask: sum(self._sizes[bit] for bit in _single_bits(mask))))

    def read(self, text: str) -> list[Place]:
        """Return the places of the normalised ``text`` that may hold entries, in order of their start."""
        cache = self._cache
        split = [cache.get(word) or self._look_up(word) for word in words(text)]
        places = []
        for index, word in enumerate(split):
            if not word.counts:
                continue
            if word.bits:
                places.append((index, index + 1, word.bits))
            if word.after and index + 1 < len(split):
                for lemma in split[index + 1].readings:
                    for expression in word.after.get(lemma, ()):
                        _place(expression, index, split, places)
            if word.before and index:
                for lemma in split[index - 1].readings:
                    for expression in word.before.get(lemma, ()):
                        _place(expression, index, split, places)
        places.sort()
        return places

    def may_match(self, steps: Steps, places: Sequence[Place]) -> bool:
        """Whether the words could follow each other as a phrase wants, negation aside."""
        return all(_run_may_match(run, places) for run in steps)

    def _look_up(self, word: str) -> _Word:
        readings = frozenset((*candidates(word), fold(word)))
        bits = 0
        before: dict[str, list[_Expression]] = {}
        after: dict[str, list[_Expression]] = {}
        for expression in {
            id(found): found for lemma in readings for found in self._expressions.get(lemma, ())
        }.values():
            last = expression.found_by + 1 == len(expression.accepted)
            neighbour = expression.accepted[expression.found_by + (-1 if last else 1)]
            for lemma in neighbour:
                (before if last else after).setdefault(lemma, []).append(expression)
        for lemma in readings:
            bits |= self._words.get(lemma, 0)
        known = _Word(bits, readings, before, after, bool(bits or before or after))
        if len(self._cache) < 200_000:
            self._cache[word] = known
        return known


def _place(expression: _Expression, index: int, split: Sequence[_Word], places: list[Place]) -> None:
    """Add the place of ``expression``, found by word ``index``, if all its words are there."""
    start = index - expression.found_by
    end = start + len(expression.accepted)
    if start < 0 or end > len(split):
        return
    for may_be, word in zip(expression.accepted, split[start:end], strict=True):
        if may_be.isdisjoint(word.readings):
            return
    places.append((start, end, expression.bits))


def _single_bits(mask: int) -> Iterator[int]:
    while mask:
        bit = mask & -mask
        yield bit
        mask ^= bit


def _run_may_match(run: tuple[tuple[int, int], ...], places: Sequence[Place]) -> bool:
    """Whether places of the run's elements follow each other within the gaps allowed."""
    ends: list[int] | None = None
    for wanted, gap in run:
        reached = []
        first = 0
        for start, end, bits in places:
            if not bits & wanted:
                continue
            if ends is not None:
                while first < len(ends) and ends[first] < start - gap:
                    first += 1
                if first == len(ends) or ends[first] > start:
                    continue
            reached.append(end)
        if not reached:
            return False
        ends = sorted(set(reached))
    return True
