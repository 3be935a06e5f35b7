"""The language of a passage. Sceau reads French; what is in another language is said to be unread."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

#: Languages told apart: those of the countries whose contracts come in French, and their neighbours.
LANGUAGES = ("fr", "en", "de", "nl", "it", "es", "pt")
#: A passage with fewer words says too little about its language; it goes with the rest of the document.
FEWEST_WORDS = 8
#: Characters of a passage that are enough to tell.
_ENOUGH = 600
#: Below this, the identifier's answer is a guess (company names, tables of figures).
SUREST = 0.98

_WORD = re.compile(r"[^\W\d_]+")
#: Words and elisions that are frequent in French and in no other of the languages.
_FRENCH = frozenset(
    "les des une du au aux est sont qui dans sur par pour avec vous nous votre vos notre ou où et cette ces leur sera l"
    " d qu n s".split()
)
_FRENCH_SHARE = 0.12
#: Words that sentences in the other languages can hardly do without.
_FOREIGN = frozenset(
    "the of and to in is shall be by for any or that this with are der die das und ist den dem des von zu mit für auf"
    " im ein eine werden het een van de en voor met zijn op niet aan il lo gli di che per alla dal dalla dei della"
    " delle del con nel nella non sono sua suo è el"
    " los las que por para no se os do da em com não uma".split()
)
_FOREIGN_SHARE = 0.15


def language_of(text: str) -> str | None:
    """Return the ISO 639-1 code of the text's language, or ``None`` when it cannot be told.

    Only ``LANGUAGES`` are told apart. Cheap for French: the identifier is loaded and asked only where French
    function words are few and those of another language are there.
    """
    words = [word.lower() for word in _WORD.findall(text[:_ENOUGH])]
    if len(words) < FEWEST_WORDS:
        return None
    if sum(word in _FRENCH for word in words) >= _FRENCH_SHARE * len(words):
        return "fr"
    if sum(word in _FOREIGN for word in words) < _FOREIGN_SHARE * len(words):
        return None  # names, figures, headings: nothing that sounds like a sentence in another language
    language, confidence = _identifier().classify(text[:_ENOUGH].lower())
    return str(language) if confidence >= SUREST else None


def main_language(languages: Sequence[tuple[str | None, int]]) -> str | None:
    """Return the language of most characters, from pairs of a passage's language and its length."""
    weights: Counter[str] = Counter()
    for language, length in languages:
        if language:
            weights[language] += length
    return weights.most_common(1)[0][0] if weights else None


@cache
def _identifier() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(LANGUAGES)
    return identifier
