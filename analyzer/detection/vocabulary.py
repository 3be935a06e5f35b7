"""Word lists found in text: spaCy reads the words, its PhraseMatcher finds the entries.

An entry is matched twice: by dictionary form (whatever the number, gender or tense) and by surface
form, both without accents, so that an entry may be written either way. An entry that begins with "="
is matched by that surface form alone.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Set
from functools import cache, lru_cache
from typing import NamedTuple

import spacy
from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc

from analyzer.detection.lemmas import FUNCTION_WORDS, PIPELINE, candidates, lemmas_as, spaced_words, words
from analyzer.detection.normalise import fold, normalise

#: After these comes a verb (or another such word), whatever the tagger says of "nous adresse" or "qui relève".
_BEFORE_VERBS = frozenset("je j' tu il elle on ils elles nous vous me m' te t' se s' ne n' lui qui".split())

#: Before an entry: this very form only ("=prévoyait" tells of the past, "prévoit" does not).
EXACT = "="


class Hit(NamedTuple):
    """An entry of a word list found at tokens ``start`` to ``end`` (exclusive)."""

    start: int
    end: int


class Vocabulary:
    """The word lists, compiled; reads texts and finds the lists' entries in them."""

    def __init__(self, lists: dict[str, tuple[str, ...]]) -> None:
        """Compile ``lists`` (name -> entries). Loads the spaCy pipeline."""
        self.nlp = _pipeline()
        self._known: set[str] = set()
        self._names = {self.nlp.vocab.strings.add(name): name for name in lists}
        self._lemma = lru_cache(maxsize=200_000)(self._find_lemma)
        self._by_lemma = PhraseMatcher(self.nlp.vocab, attr="LEMMA")
        self._by_surface = PhraseMatcher(self.nlp.vocab, attr="NORM")
        # The same entry often stands in several lists: it is compiled once.
        compiled = {entry: self._compile(entry) for entry in set(itertools.chain.from_iterable(lists.values()))}
        for name, entries in lists.items():
            docs = [compiled[entry] for entry in set(entries)]
            self._by_lemma.add(name, [doc for by_lemma, _ in docs for doc in by_lemma])
            self._by_surface.add(name, [by_surface for _, by_surface in docs])

    def read(self, texts: Iterable[str]) -> Iterator[Doc]:
        """Read normalised texts: yields, in order, tagged docs with folded lemmas."""
        for doc in self.nlp.pipe(map(self._doc, texts), batch_size=32):
            for token in doc:
                after_pronoun = token.i > 0 and doc[token.i - 1].text in _BEFORE_VERBS
                token.lemma_ = self._lemma(token.text, "VERB" if after_pronoun else token.pos_)
                token.norm_ = fold(token.text)
            yield doc

    def find(self, doc: Doc, names: Set[str]) -> dict[str, list[Hit]]:
        """Return the hits in ``doc`` of each list among ``names``, in order of their start."""
        found: dict[str, set[tuple[int, int]]] = {}
        for matcher in (self._by_lemma, self._by_surface):
            for key, start, end in matcher(doc):
                if (name := self._names[key]) in names:
                    found.setdefault(name, set()).add((start, end))
        return {name: [Hit(*span) for span in sorted(spans)] for name, spans in found.items()}

    def _find_lemma(self, form: str, part_of_speech: str) -> str:
        """Return the folded lemma of a token: the tagger's choice, unless only another one stands in a list.

        The tagger takes "délie" for a noun or "traitant" for a verb often enough to matter; a form that
        the lists know under another part of speech is read as that one.
        """
        if function_word := FUNCTION_WORDS.get(form):
            return function_word
        choices = (*lemmas_as(form, part_of_speech), *candidates(form))
        return next((lemma for lemma in choices if lemma in self._known), choices[0])

    def _doc(self, text: str) -> Doc:
        split = spaced_words(text)
        return Doc(self.nlp.vocab, words=[word for word, _ in split], spaces=[bool(space) for _, space in split])

    def _compile(self, entry: str) -> tuple[list[Doc], Doc]:
        """Return what finds ``entry`` by dictionary form (nothing for an exact one) and by surface form."""
        split = entry_words(entry.removeprefix(EXACT))
        return [] if entry.startswith(EXACT) else list(self._lemma_docs(split)), self._surface_doc(split)

    def _lemma_docs(self, entry: list[str]) -> Iterator[Doc]:
        """Yield an entry as written and, where its words are inflected, in their dictionary forms."""
        for lemmas in itertools.islice(itertools.product(*map(entry_lemmas, entry)), 16):
            self._known.update(lemmas)
            yield Doc(self.nlp.vocab, words=entry, lemmas=list(lemmas))

    def _surface_doc(self, entry: list[str]) -> Doc:
        doc = Doc(self.nlp.vocab, words=entry)
        for token in doc:
            token.norm_ = fold(token.text)
        return doc


def entry_words(entry: str) -> list[str]:
    """Return the words of an entry of a word list, read like text."""
    return words(normalise(entry)[0])


def entry_lemmas(word: str) -> tuple[str, ...]:
    """Return the lemmas under which a word of an entry is looked for: its likeliest dictionary forms."""
    found = candidates(word)[:3]
    if word.endswith(("é", "ée", "és", "ées")) and found[0].endswith("er") and not lemmas_as(word, "NOUN"):
        return found[:1]  # without its accent, "consulté" would be the noun "consulte"
    return found


@cache
def _pipeline() -> Language:
    """Load the tagger of the French pipeline, without the parts that no rule leans on.

    Under spaCy's neutral language: importing its French one compiles a tokenizer for hyphens, which takes
    two seconds, and here hyphens are opened before (the one that ships cuts "médecin-conseil" in three).
    """
    return spacy.load(
        PIPELINE,
        exclude=["parser", "ner", "senter", "lemmatizer", "tokenizer", "attribute_ruler"],
        config={"nlp.lang": "xx"},
    )
