"""How far back a question asks: lengths of time, dates, and words that lift every limit.

Texts are read folded (lower case, no accents, hyphens opened). A length of time is a window only where it is looked
back over: "plus de 30 jours" is how long something lasted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

_NUMBERS = {
    "un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7, "huit": 8, "neuf": 9,
    "dix": 10, "douze": 12, "quinze": 15, "dix huit": 18, "vingt": 20, "vingt quatre": 24, "trente": 30,
    "trente six": 36, "quarante huit": 48, "soixante": 60,
}  # fmt: skip
_MONTHS = {"an": 12.0, "mois": 1.0, "trimestre": 3.0, "semestre": 6.0, "semaine": 0.25, "jour": 1 / 30}

_LENGTH = (
    rf"(?P<number>\d{{1,3}}|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})"
    r"\s(?:\(\s?\w{1,20}\s?\)\s)?"  # "cinq (5) ans"
    r"%s(?P<unit>ans?|annees?|mois|semaines?|jours?|trimestres?|semestres?)\b"
)
_LAST = r"(?:de(?:rn|m)i(?:er|ere)s?|precedent(?:e)?s?|passe(?:e)?s?|ecoule(?:e)?s?|anterieur(?:e)?s?)"
_BACK_FROM = (
    r"\b(?:depuis|dans les|durant(?: les)?|pendant(?: les)?|au cours des|lors des|sur les|ces|il y a|remontant a"
    r"|datant de|en|sur|periode de)\s(?:moins d[e'] ?|les |environ )?"
)
_LENGTHS = tuple(
    re.compile(pattern)
    for pattern in (
        r"\b" + _LENGTH % rf"{_LAST}\s",  # "5 dernières années"
        rf"\b{_LAST}\s" + _LENGTH % "",  # "les dernières 5 années"
        _BACK_FROM + _LENGTH % "",  # "depuis 5 ans", "il y a moins de 6 mois"
        r"\bmoins d[e'] ?" + _LENGTH % "",
        r"\b" + _LENGTH % "" + rf"\s(?:ou moins|precedant|qui precede|avant (?:la|ce|cette|votre|le)|{_LAST})\b",
    )
)
#: Before a length: how long something lasted, rather than how far back to look.
_LASTED = re.compile(
    r"(?:plus de|plus d'|au moins|superieure? a|duree de|minimum de|au dela de|excedant|depassant"
    r"|(?:travail|continue?|consecuti\w{1,3}|sejour|traitement|arret|hospitalis\w{1,6}) (?:de|pendant)) ?$"
)
_LAST_YEAR = re.compile(
    r"\b(?:annee (?:ecoulee|derniere|passee|precedente|en cours)|an (?:dernier|passe)|derniere annee|cette annee"
    r"|cet (?:hiver|ete|automne)|ce printemps|dans l'annee|de l'annee)\b"
)
_LAST_DECADE = re.compile(r"\b(?:decennie|dix ans en arriere)\b")
_LAST_MONTH = re.compile(
    r"\b(?:mois (?:dernier|ecoule|passe)|(?:dernier|derniere) (?:mois|semaine|trimestre|semestre))\b"
)
_SINCE_DATE = re.compile(  # "depuis le 1er janvier 2021", "après 2019", "entre 2019 et 2024"
    r"\b(?:depuis|apres|a partir d[eu]|a compter d[eu]|posterieure?s? a|entre|en|de)\s"
    r"(?:le |la |l'annee |l'ete |l'hiver |l'automne |le printemps |l'|debut |fin |mi |janvier )?"
    r"(?:\d{1,2}(?:er)? ?)?(?:/ ?\d{1,2} ?/ ?)?"
    r"(?:janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|novembre|decembre)?\s?"
    r"(?P<year>(?:19|20)\d\d)\b"
)
_EVENT = (
    r"(?:date|declaration|adhesion|souscription|visite|signature|demande|examen|questionnaire|grossesse|hospitalisation"
    r"|emploi|contrat|consultation|sejour|voyage)"
)
_SINCE_EVENT = re.compile(  # "depuis votre dernière déclaration", "lors de votre dernière grossesse"
    rf"\bdepuis (?:la|le|votre|sa|son|cette|ce) (?:derniere? |precedente? )?{_EVENT}\b"
    rf"|\b(?:lors|au cours) (?:du |de la |de votre |de sa |de l')(?:derniere?|precedente?|presente?) {_EVENT}\b"
)
#: "Date de votre dernier …": one event, the last one. Only where the question begins with it.
_THE_LAST = re.compile(
    r"(?:votre|vos|la|le|du|sa|son|des) derni(?:er|ere)s? (?!ans?\b|annees?\b|mois\b|temps\b|semaines?\b|jours?\b)\w"
)
_BEGINNING = 40
#: A limit, however vague it is.
_LATELY = re.compile(
    r"\b(?:recemment|dernierement|la derniere fois|depuis (?:peu|quelques? temps)"
    r"|ces derni(?:er|ere)s (?:temps|mois|semaines|jours|annees))\b"
)
#: Words that lift every limit, even one that the question gives itself.
_WHENEVER = re.compile(
    r"\bquelle? (?:qu'en (?:soit|ait ete)|que (?:soit|fut)) (?:la date|l'epoque|l'anciennete|le moment)\b"
    r"|\bmeme (?:il y a|anciens?|anciennes?|s'il y a|si cela|gueri(?:e|s|es)?|si vous etes gueri)\b"
    r"|\ba (?:une epoque quelconque|quelque (?:moment|epoque)|n'importe quel(?:le)? (?:moment|epoque))"
    r"|\bsans limit(?:e|ation)\b|\bil y a plus de\b"
)
#: Words that lift the limit of the stem.
_EVER = re.compile(
    r"\b(?:au cours de|durant|dans|pendant|de) "
    r"(?:votre|sa|leur|toute (?:votre|sa|la|leur)) (?:vie|existence|enfance|jeunesse)\b"
    r"(?! (?:quotid|profess|activ|priv|social|famil|cour))"
    r"|\bdepuis (?:votre|sa|la|l') ?(?:naissance|enfance|adolescence|majorite)\b|\bpar le passe\b"
    r"|\bdans (?:le|votre|son) passe\b|\bde tout temps\b|\bjusqu'a (?:ce jour|present)\b"
)


@dataclass(frozen=True)
class Window:
    """How far back a question asks. ``months`` is ``None`` where the start is an event rather than a length or a date.

    It stands in characters ``start`` to ``end`` of the plain text, in these ``words``.
    """

    months: int | None
    start: int
    end: int
    words: str


def find_window(plain: str, own: int, end: int, today: date) -> tuple[Window | None, tuple[int, int] | None]:
    """Return the window that holds for a question, and the words that lift every limit, one or the other or neither.

    ``plain`` is its stem and, from ``own`` to ``end``, itself: its own words win over those of the stem.
    """
    if whenever := _WHENEVER.search(plain, own, end):
        return None, whenever.span()
    if window := _longest(plain, own, end, today):
        return window, None
    if ever := _EVER.search(plain, own, end):
        return None, ever.span()
    if whenever := _WHENEVER.search(plain, 0, own):
        return None, whenever.span()
    if window := _longest(plain, 0, own, today):
        return window, None
    ever = _EVER.search(plain, 0, own)
    return None, ever.span() if ever else None


def _longest(plain: str, start: int, end: int, today: date) -> Window | None:
    """Return the longest window: "dans les 5 ans, et les 12 derniers mois pour …" asks five years back."""
    return max(_windows(plain, start, end, today), key=lambda window: (window.months or 0, -window.start), default=None)


def _windows(plain: str, start: int, end: int, today: date) -> Iterator[Window]:
    for pattern in _LENGTHS:
        for match in pattern.finditer(plain, start, end):
            if not _LASTED.search(plain, max(start, match.start() - 30), match.start()):
                yield Window(_months(match), *match.span(), match.group())
    for pattern, months in ((_LAST_DECADE, 120), (_LAST_YEAR, 12), (_LAST_MONTH, 1)):
        for match in pattern.finditer(plain, start, end):
            yield Window(months, *match.span(), match.group())
    for match in _SINCE_DATE.finditer(plain, start, end):
        yield Window(max(1, (today.year - int(match["year"])) * 12), *match.span(), match.group())
    for pattern in (_SINCE_EVENT, _LATELY):
        for match in pattern.finditer(plain, start, end):
            yield Window(None, *match.span(), match.group())
    for match in _THE_LAST.finditer(plain, start, min(end, start + _BEGINNING)):
        yield Window(None, *match.span(), match.group())


def _months(match: re.Match[str]) -> int:
    number, unit = match["number"], match["unit"]
    length = next(length for name, length in _MONTHS.items() if unit.startswith(name))
    return max(1, round((int(number) if number.isdigit() else _NUMBERS[number]) * length))
