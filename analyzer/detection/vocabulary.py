"""Word lists found in text: spaCy reads the words, its PhraseMatcher finds the entries.

An entry is matched twice: by dictionary form (whatever the number, gender or tense) and by surface
form, both without accents, so that an entry may be written either way.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

import spacy
from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc

from analyzer.detection.normalise import fold, normalise

#: Chosen over the -md pipeline by measurement: on lower-cased contracts both lemmatise the verbs that matter alike
#: (with the mending below), -sm loads faster and holds a third less memory. See benchmarks/README.md.
PIPELINE = "fr_core_news_sm"

#: Contracted and elided forms, which the pipeline resolves one way or another depending on the sentence.
FUNCTION_WORDS = {
    "au": "a", "aux": "a", "à": "a", "du": "de", "des": "de", "d'": "de", "l'": "le", "la": "le", "les": "le", "n'": "ne",
    "s'": "se", "qu'": "que", "j'": "je", "m'": "me", "t'": "te", "c'": "ce", "une": "un", "y": "y", "en": "en",
    "vos": "votre", "nos": "notre", "ses": "son", "sa": "son", "leurs": "leur", "mes": "mon", "ma": "mon",
    "ces": "ce", "cet": "ce", "cette": "ce", "toute": "tout", "tous": "tout", "toutes": "tout",
    "aucune": "aucun", "nulle": "nul", "est": "etre", "sont": "etre", "sera": "etre", "seront": "etre", "soit": "etre",
    "soient": "etre", "était": "etre", "été": "etre", "a": "avoir", "ont": "avoir", "ait": "avoir",
    "vous": "vous", "nous": "nous", "lui": "lui", "il": "il", "elle": "elle", "ils": "il", "elles": "elle", "je": "je", "on": "on",
}  # fmt: skip

_PARTS_OF_SPEECH = ("verb", "noun", "adj", "adv")


#: Of one part of speech: irregular forms, endings with what replaces them, known lemmas.
LemmaTables = tuple[Mapping[str, Sequence[str]], Sequence[tuple[str, str]], frozenset[str]]


class Hit(NamedTuple):
    """An entry of a word list found at tokens ``start`` to ``end`` (exclusive)."""

    start: int
    end: int


class Vocabulary:
    """The word lists, compiled; reads texts and finds the lists' entries in them."""

    def __init__(self, lists: dict[str, tuple[str, ...]]) -> None:
        """Compile ``lists`` (name -> entries). Loads the spaCy pipeline."""
        self.nlp = _pipeline()
        self._tables = _lemma_tables(self.nlp)
        self._words = {word for entries in lists.values() for entry in entries for word in _fold_all(entry)}
        self._canonical = lru_cache(maxsize=200_000)(self._find_canonical)
        self._by_lemma = PhraseMatcher(self.nlp.vocab, attr="LEMMA")
        self._by_surface = PhraseMatcher(self.nlp.vocab, attr="NORM")
        for name, entries in lists.items():
            words = [self._tokens(entry) for entry in entries]
            self._by_lemma.add(name, [doc for entry in words for doc in self._lemma_docs(entry)])
            self._by_surface.add(name, [self._surface_doc(entry) for entry in words])

    def read(self, texts: Iterable[str]) -> Iterator[Doc]:
        """Read normalised texts: yields, in order, docs whose lemmas are mended and folded."""
        for doc in self.nlp.pipe(texts, batch_size=64):
            for token in doc:
                token.lemma_ = self._canonical(token.text, token.lemma_)
                token.norm_ = fold(token.text)
            yield doc

    def find(self, doc: Doc) -> dict[str, list[Hit]]:
        """Return the hits of each list in ``doc``, in order of their start."""
        strings = self.nlp.vocab.strings
        found: dict[str, set[Hit]] = {}
        for matcher in (self._by_lemma, self._by_surface):
            for key, start, end in matcher(doc):
                found.setdefault(strings[key], set()).add(Hit(start, end))
        return {name: sorted(hits) for name, hits in found.items()}

    def _find_canonical(self, text: str, lemma: str) -> str:
        """Return the folded lemma of a token, preferring one that the word lists know.

        The tagger takes "délie" for a noun or "traitant" for a verb often enough to matter; a form
        that the lists know under another part of speech is read as that one.
        """
        if function_word := FUNCTION_WORDS.get(text):
            return function_word
        folded = fold(lemma)
        if folded in self._words:
            return folded
        others = self._table_lemmas(text)
        if text.endswith("e"):
            # The tables forget the commonest ending of all: "il cesse".
            others.append(fold(text) + "r")
        return next((other for other in others if other in self._words), folded)

    def _table_lemmas(self, form: str) -> list[str]:
        """Return the folded lemmas that the pipeline's own tables give ``form``, over all parts of speech."""
        lemmas: dict[str, None] = {}
        for exceptions, rules, index in self._tables:
            for lemma in exceptions.get(form, ()):
                lemmas[fold(lemma)] = None
            for old, new in rules:
                if form.endswith(old) and (lemma := form[: len(form) - len(old)] + new) in index:
                    lemmas[fold(lemma)] = None
        return list(lemmas)

    def _tokens(self, entry: str) -> list[str]:
        return [token.text for token in self.nlp.tokenizer(normalise(entry)[0])]

    def _lemma_docs(self, words: list[str]) -> Iterator[Doc]:
        """Yield an entry as written and, where its words are inflected, in their dictionary forms."""
        choices = []
        for word in words:
            forms = {FUNCTION_WORDS.get(word, fold(word)): None}
            if word not in FUNCTION_WORDS:
                forms |= dict.fromkeys(self._table_lemmas(word)[:2])
            choices.append(list(forms))
        for lemmas in itertools.islice(itertools.product(*choices), 16):
            self._words.update(lemmas)
            yield Doc(self.nlp.vocab, words=words, lemmas=list(lemmas))

    def _surface_doc(self, words: list[str]) -> Doc:
        doc = Doc(self.nlp.vocab, words=words)
        for token in doc:
            token.norm_ = fold(token.text)
        return doc


def _fold_all(entry: str) -> list[str]:
    return [fold(word) for word in normalise(entry)[0].replace("'", "' ").split()]


def _lemma_tables(nlp: Language) -> list[LemmaTables]:
    """Return the pipeline's own lemma tables, one triple a part of speech, quick to look up."""
    lookups = nlp.get_pipe("lemmatizer").lookups  # type: ignore[attr-defined]
    exceptions, rules, index = (lookups.get_table(f"lemma_{name}") for name in ("exc", "rules", "index"))
    return [
        (exceptions.get(part, {}), rules.get(part, ()), frozenset(index.get(part, ()))) for part in _PARTS_OF_SPEECH
    ]


@cache
def _pipeline() -> Language:
    """Load the French pipeline, without the parts that no rule leans on (parser, entities)."""
    return spacy.load(PIPELINE, exclude=["parser", "ner", "senter"])
