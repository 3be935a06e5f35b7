"""The grammar that proposals need: articles, elision, number and gender of what a question names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from analyzer.detection.normalise import fold
from analyzer.knowledge.models import Grammar

Gender = Literal["m", "f"]

#: What stands before a noun, longest first; the bare prepositions only come before one without an article.
_BEFORE = re.compile(
    r"(?:(?P<m>d'un|un|du|au|le|cet?)|(?P<f>d'une|une|de la|à la|a la|la|cette)"
    r"|(?P<plural>des|aux|les|ces|vos|certain(?:e)?s|plusieurs|quelques|de nombreu(?:x|ses))"
    r"|(?P<open>de l'|à l'|a l'|l'|d'aucun(?:e)?|aucun(?:e)?|quelque|d'|de|à|votre|une? ou plusieurs"
    r"|pour|par|contre|sur|en|chez))"
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
    """What a question names, without its article, in its own words. ``gender`` is unknown for some.

    ``definite``: one says "la goutte", not "une goutte". ``organ``: a part of the body rather than an illness.
    ``aspirated``: its h lets no article lose its vowel ("la hanche").
    """

    text: str
    gender: Gender | None
    plural: bool
    definite: bool = False
    organ: bool = False
    aspirated: bool = False

    @property
    def elides(self) -> bool:
        """Whether an article loses its vowel before the noun."""
        return not self.aspirated and _VOWEL.match(self.text) is not None

    def one(self) -> str | None:
        """Return the noun with its article ("une hernie", "des calculs", "le paludisme"), if that can be told."""
        if self.organ:
            return self.as_illness().one()
        if self.plural:
            return f"{'les' if self.definite else 'des'} {self.text}"
        if self.definite:
            if self.elides:
                return f"l'{self.text}"
            return None if self.gender is None else f"{'la' if self.gender == 'f' else 'le'} {self.text}"
        return None if self.gender is None else f"{'une' if self.gender == 'f' else 'un'} {self.text}"

    def of(self) -> str | None:
        """Return the noun after "de": "d'une hernie", "de calculs", "du genou", if that can be told."""
        if (self.definite or self.organ) and not self.plural:
            if self.elides:
                return f"de l'{self.text}"
            return None if self.gender is None else f"{'de la' if self.gender == 'f' else 'du'} {self.text}"
        if self.definite or self.organ:
            return f"des {self.text}"
        if self.plural:
            return f"{'d' + chr(39) if self.elides else 'de '}{self.text}"
        return None if self.gender is None else f"d'{'une' if self.gender == 'f' else 'un'} {self.text}"

    def as_illness(self) -> Noun:
        """Return the illness that an organ stands for; an illness is itself."""
        if not self.organ or (of := self.of()) is None:
            return self
        return Noun(f"affection {of}", "f", plural=False)

    def found(self) -> Noun:
        """Return the illness as one that a doctor found: "affection psychique diagnostiquée par un médecin"."""
        return replace(self, text=f"{self.text} {agreeing('diagnostiqué', [self])} par un médecin")


def noun(phrase: str, grammar: Grammar) -> Noun:
    """Return the noun that ``phrase`` holds, its article read and taken away."""
    gender: Gender | None = None
    plural: bool | None = None
    text = phrase.strip(" .,;:*•-")
    while (found := _BEFORE.match(text)) and found.end() < len(text):
        if found["m"]:
            gender, plural = "m", False
        elif found["f"]:
            gender, plural = "f", False
        elif found["plural"]:
            plural = True
        text = text[found.end() :].lstrip()
    text = uncapitalised(text)
    head = re.split(r"[\s(]", text, maxsplit=1)[0].lower()
    plain = fold(head)
    if plural is None or (not plural and gender is None):
        plural = is_plural(plain, grammar)
    return Noun(
        text,
        gender or gender_of(head, grammar),
        plural,
        definite=plain in map(fold, grammar.definite),
        aspirated=plain.removesuffix("s") in map(fold, grammar.aspirated),
    )


def uncapitalised(text: str) -> str:
    """Return ``text`` without a capital at its beginning; abbreviations and names of illnesses keep theirs."""
    words = [
        word.lower() if word.isupper() and len(word) > 5 else word for word in re.split(r"(\s+|(?<=')|(?<=’))", text)
    ]
    text = "".join(words)
    return text[:1].lower() + text[1:] if text[1:2].islower() or text[1:2] in " '’" else text


def is_plural(head: str, grammar: Grammar) -> bool:
    """Whether a folded noun without article is in the plural."""
    if head in map(fold, grammar.plural):
        return True
    if head in map(fold, grammar.singular):
        return False
    return head.endswith(("s", "x")) and not head.endswith(
        ("us", "is", "os", "ys", "ps", "as", "eux", "oux", "rax", "lex")
    )


def gender_of(head: str, grammar: Grammar) -> Gender | None:
    """Return the gender of a noun in lower case: by the tables, then by its ending, of which the longest tells."""
    plain = fold(head)
    forms = {plain, plain.removesuffix("s"), plain.removesuffix("x")}
    if not forms.isdisjoint(map(fold, grammar.feminine)):
        return "f"
    if not forms.isdisjoint(map(fold, grammar.masculine)):
        return "m"
    single = head if plain in map(fold, grammar.singular) else head.removesuffix("s")
    feminine_by = max((len(ending) for ending in grammar.feminine_endings if single.endswith(ending)), default=0)
    masculine_by = max((len(ending) for ending in grammar.masculine_endings if single.endswith(ending)), default=0)
    if feminine_by == masculine_by:
        return None
    return "f" if feminine_by > masculine_by else "m"


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
