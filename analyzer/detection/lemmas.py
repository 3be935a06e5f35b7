"""Words and their dictionary forms, from the lemma tables of spaCy's French pipeline.

The tables are used without the pipeline's own lemmatizer, for two reasons that were measured: it needs a
part of speech before it can say anything (so nothing could be screened cheaply), and it looks up
66,000 nouns in a list (it cost as much as the tagger). Every form has its candidate lemmas here, over all
parts of speech; the tagger then chooses among them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from importlib import import_module
from pathlib import Path

import srsly
from spacy.strings import get_string_id

from analyzer.detection.normalise import fold

#: Chosen over the -md pipeline by measurement; see benchmarks/README.md.
PIPELINE = "fr_core_news_sm"

#: Contracted and elided forms, which depend on no table.
FUNCTION_WORDS = {
    "au": "a", "aux": "a", "à": "a", "du": "de", "des": "de", "d'": "de", "l'": "le", "la": "le", "les": "le",
    "n'": "ne", "s'": "se", "qu'": "que", "j'": "je", "m'": "me", "t'": "te", "c'": "ce", "une": "un", "y": "y",
    "en": "en", "vos": "votre", "nos": "notre", "ses": "son", "sa": "son", "leurs": "leur", "mes": "mon", "ma": "mon",
    "ces": "ce", "cet": "ce", "cette": "ce", "toute": "tout", "tous": "tout", "toutes": "tout",
    "aucune": "aucun", "nulle": "nul", "est": "etre", "sont": "etre", "sera": "etre", "seront": "etre", "soit": "etre",
    "soient": "etre", "était": "etre", "été": "etre", "a": "avoir", "ont": "avoir", "ait": "avoir",
    "vous": "vous", "nous": "nous", "lui": "lui", "il": "il", "elle": "elle", "ils": "il", "elles": "elle", "je": "je",
    "on": "on", "entre": "entre", "dans": "dans", "lorsque": "lorsque", "pendant": "pendant",
    "contre": "contre", "outre": "outre",
    # Nouns here, not forms of "donner" and "assurer".
    "donnée": "donnee", "données": "donnee", "assuré": "assure", "assurée": "assure", "assurés": "assure",
    "assurées": "assure", "assure": "assurer", "assurent": "assurer",
}  # fmt: skip

#: The tagger's parts of speech, by the tables that know them.
_TABLES = {"VERB": "verb", "AUX": "verb", "NOUN": "noun", "PROPN": "noun", "ADJ": "adj", "ADV": "adv"}
_PARTS = ("verb", "noun", "adj", "adv")

#: Words as contracts write them, in text that is lower case and whose hyphens were opened: elisions,
#: abbreviations with their point (which is no end of a sentence), numbers, words, single signs.
_WORD = (
    r"aujourd'hui|(?:art|al|cf|l|r|d|m|mm|mme|mlle|dr|pr|etc|ex|réf|tél|p)\.(?=\s?[\w(]|$)|[^\W\d_]{1,60}'"
    r"|\d+(?:[.,]\d+)*|[^\W\d_]+|[^\w\s]|_|\w"
)
_WORDS = re.compile(_WORD)
_SPACED_WORDS = re.compile(rf"({_WORD}|\s)( ?)")


def words(text: str) -> list[str]:
    """Return the words and signs of a normalised text."""
    return _WORDS.findall(text)


def spaced_words(text: str) -> list[tuple[str, str]]:
    """Return the words and signs of a normalised text, each with the space that follows it, if any; nothing is lost."""
    return _SPACED_WORDS.findall(text)


@lru_cache(maxsize=200_000)
def candidates(form: str) -> tuple[str, ...]:
    """Return every folded lemma that ``form`` may have, whatever its part of speech; never empty."""
    if function_word := FUNCTION_WORDS.get(form):
        return (function_word,)
    found = dict.fromkeys(lemma for part in _PARTS for lemma in _lemmas(form, part))
    folded = fold(form)
    found[folded] = None
    # Plurals of the nouns that the tables lack ("visites").
    if len(form) > 3 and folded.endswith(("s", "x")):
        found[folded[:-1]] = None
    if len(form) > 4 and folded.endswith("aux"):
        found[folded[:-3] + "al"] = None
    # Feminines that they lack ("inexacte", "erronées").
    if len(form) > 5 and folded.endswith(("e", "es")):
        found[folded.removesuffix("s")[:-1]] = None
    return tuple(found)


def word_forms() -> list[str]:
    """Return the French words of the tables: dictionary forms and irregular ones, sorted."""
    forms: set[str] = set()
    for exceptions, _, index in _tables().values():
        forms.update(exceptions, index)
    return sorted(forms)


def lemmas_as(form: str, part_of_speech: str) -> tuple[str, ...]:
    """Return the folded lemmas of ``form`` as a given part of speech (spaCy's name for it)."""
    table = _TABLES.get(part_of_speech)
    return _lemmas(form, table) if table else ()


@lru_cache(maxsize=400_000)
def _lemmas(form: str, part: str) -> tuple[str, ...]:
    exceptions, rules, index = _tables()[part]
    if form in index:
        found = [form]
    else:
        found = list(exceptions.get(form, ()))
        for old, new in rules:
            if form.endswith(old) and (lemma := form[: len(form) - len(old)] + new) in index:
                found.append(lemma)
        feminine = form + "r" not in index and _is_feminine(form)  # "inexacte" is no verb
        if part == "verb" and not found and len(form) > 3 and form.endswith("e") and not feminine:
            # The tables lack some infinitives ("soustraire") and forget the commonest ending of all ("il cesse").
            found.append(form if form.endswith("re") and form + "r" not in index else form + "r")
    return tuple(dict.fromkeys(map(fold, found)))


def _is_feminine(form: str) -> bool:
    adjectives = _tables()["adj"][2]
    return form[:-1] in adjectives or (form.endswith(("lle", "nne", "tte", "sse")) and form[:-2] in adjectives)


@cache
def _tables() -> dict[str, tuple[Mapping[str, Sequence[str]], Sequence[tuple[str, str]], frozenset[str]]]:
    """Return, for each part of speech, its irregular forms, its endings with what replaces them, and its lemmas."""
    folder = Path(str(import_module(PIPELINE).__file__)).parent
    (path,) = folder.glob("*/lemmatizer/lookups/lookups.bin")
    tables = srsly.msgpack_loads(path.read_bytes())
    return {
        part: (
            tables["lemma_exc"].get(get_string_id(part), {}),
            [tuple(rule) for rule in tables["lemma_rules"].get(get_string_id(part), ())],
            frozenset(tables["lemma_index"].get(get_string_id(part), ())),
        )
        for part in _PARTS
    }
