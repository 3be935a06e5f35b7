"""The grammar that proposals need: articles, elision, number and gender of what a question names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from analyzer.detection.normalise import fold
from analyzer.knowledge.models import Grammar

Gender = Literal["m", "f"]

#: What stands before a noun, longest first; the bare prepositions only come before one without an article.
_BEFORE = re.compile(
    r"(?:(?P<m>d'un|un|du|au|le|cet?)|(?P<f>d'une|une|de la|à la|a la|la|cette)"
    r"|(?P<plural>des|aux|les|ces|vos|certain(?:e)?s|plusieurs|quelques|de nombreu(?:x|ses))"
    r"|(?P<open>de l'|à l'|a l'|l'|d'aucun(?:e)?|aucun(?:e)?|quelque|d'|de|à|votre|une? ou plusieurs|pour|par|contre|sur|en|chez))"
    r"(?:(?<=')|\s+)",
    re.IGNORECASE,
)
_VOWEL = re.compile(r"[aeiouyœæhàâéèêëîïôûù]", re.IGNORECASE)
#: Endings of adjectives in the feminine, by those in the masculine.
_FEMININE = (
    ("eux", "euse"), ("aux", "ale"), ("al", "ale"), ("ifs", "ive"), ("if", "ive"), ("els", "elle"), ("el", "elle"),
    ("iens", "ienne"), ("ien", "ienne"), ("és", "ée"), ("é", "ée"), ("ins", "ine"), ("in", "ine"), ("ents", "ente"),
    ("ent", "ente"), ("ants", "ante"), ("ant", "ante"), ("ués", "uée"),
)  # fmt: skip


@dataclass(frozen=True)
class Noun:
    """What a question names, without its article, in its own words. ``gender`` is unknown for some."""

    text: str
    gender: Gender | None
    plural: bool
    definite: bool = False

    @property
    def elides(self) -> bool:
        """Whether the article loses its vowel: "d'un", but "de herpès" never stands in a form."""
        return _VOWEL.match(self.text) is not None

    def one(self) -> str | None:
        """Return the noun with its article ("une hernie", "des calculs", "le paludisme"), if that can be told."""
        if self.plural:
            return f"{'les' if self.definite else 'des'} {self.text}"
        if self.definite:
            if self.elides:
                return f"l'{self.text}"
            return None if self.gender is None else f"{'la' if self.gender == 'f' else 'le'} {self.text}"
        return None if self.gender is None else f"{'une' if self.gender == 'f' else 'un'} {self.text}"

    def of(self) -> str | None:
        """Return the noun after "de": "d'une hernie", "de calculs", "du genou", if that can be told."""
        if self.definite and not self.plural:
            if self.elides:
                return f"de l'{self.text}"
            return None if self.gender is None else f"{'de la' if self.gender == 'f' else 'du'} {self.text}"
        if self.definite:
            return f"des {self.text}"
        if self.plural:
            return f"{'d' + chr(39) if self.elides else 'de '}{self.text}"
        return None if self.gender is None else f"d'{'une' if self.gender == 'f' else 'un'} {self.text}"


def noun(phrase: str, grammar: Grammar) -> Noun:
    """Return the noun that ``phrase`` holds, its article read and taken away."""
    gender: Gender | None = None
    plural: bool | None = None
    text = phrase.strip(" .,;:*•-")
    while found := _BEFORE.match(text):
        if found.end() == len(text):
            break
        if found["m"]:
            gender, plural = "m", False
        elif found["f"]:
            gender, plural = "f", False
        elif found["plural"]:
            plural = True
        text = text[found.end() :].lstrip()
    text = uncapitalised(text)
    head = fold(re.split(r"[\s(]", text, maxsplit=1)[0])
    if plural is None:
        plural = is_plural(head, grammar)
    elif not plural and is_plural(head, grammar) and gender is None:
        plural = True
    return Noun(text, gender or gender_of(head, grammar), plural, definite=head in map(fold, grammar.definite))


def uncapitalised(text: str) -> str:
    """Return ``text`` without a capital at its beginning; abbreviations and names of illnesses keep theirs."""
    words = [
        word.lower() if word.isupper() and len(word) > 5 else word for word in re.split(r"(\s+|(?<=')|(?<=’))", text)
    ]
    text = "".join(words)
    return text[:1].lower() + text[1:] if text[1:2].islower() or text[1:2] in " '’" else text


def is_plural(head: str, grammar: Grammar) -> bool:
    """Whether a folded noun without article is in the plural."""
    if head in map(fold, grammar.singular):
        return False
    return head.endswith(("s", "x")) and not head.endswith(("us", "is", "os", "ys", "ps", "as", "eux", "oux"))


def gender_of(head: str, grammar: Grammar) -> Gender | None:
    """Return the gender of a folded noun: by the tables, then by its ending."""
    forms = {head, head.removesuffix("s"), head.removesuffix("x")}
    if not forms.isdisjoint(map(fold, grammar.feminine)):
        return "f"
    if not forms.isdisjoint(map(fold, grammar.masculine)):
        return "m"
    single = head if head in map(fold, grammar.singular) else head.removesuffix("s")
    endings = sorted(
        [(ending, "f") for ending in grammar.feminine_endings]
        + [(ending, "m") for ending in grammar.masculine_endings],
        key=lambda pair: -len(pair[0]),
    )
    for ending, gender in endings:
        if single.endswith(fold(ending)):
            return "f" if gender == "f" else "m"
    return None


def feminine(adjective: str) -> str:
    """Return an adjective of an illness or organ in the feminine singular: "cardiaques", "rénaux" and "digestifs"."""
    for ending, replaced in _FEMININE:
        if adjective.endswith(ending):
            return adjective.removesuffix(ending) + replaced
    single = adjective.removesuffix("s")
    return single if single.endswith("e") else single + "e"


def agreeing(participle: str, nouns: Sequence[Noun]) -> str:
    """Return a participle, given in the masculine singular, in agreement with ``nouns``."""
    feminine_only = all(one.gender == "f" for one in nouns)
    return participle + "e" * feminine_only + "s" * (len(nouns) > 1 or nouns[0].plural)


def listed(parts: Sequence[str], word: str = "ou") -> str:
    """Return parts as French lists them: "a, b ou c"."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} {word} {parts[-1]}"
