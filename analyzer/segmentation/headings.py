"""Headings, and the path of sections that they give to what follows.

Numbering tells most ("TITRE II", "Article 12", "12.3 Expertise médicale"), then size, capitals and weight. A heading
that reads like a sentence stays a passage too: no text that could be a clause is lost.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from analyzer.segmentation.markers import marker_of

__all__ = [
    "Heading",
    "Sections",
    "Style",
    "find_heading",
    "find_run_in_heading",
    "opens_article",
    "reads_like_sentence",
]

#: No heading is longer; what is longer is a paragraph.
_MOST_CHARACTERS, _MOST_WORDS = 140, 16
#: A size that stands out against the body's, and one that differs between two headings.
_LARGER, _SIZE_STEP = 1.06, 0.4

_KEYWORD = re.compile(
    r"(?P<word>partie|livre|titre|chapitre|section|annexe|article|art\.|paragraphe|§)\s{0,3}"
    r"(?P<number>\d{1,3}(?:[.-]\d{1,3}){0,3}(?![\d/])|[IVX]{1,6}\b(?!\.\s?\d)|[A-H]\b(?!['’])(?!\.\s?\d)|1er|Ier|premi[eè]re?|unique|préliminaire)"
    r"(?:er|ère|bis|ter|quater)?(?P<rest>[\s\S]*)",
    re.IGNORECASE,
)
#: What follows the number of an article that the text runs on from: a mark or a capital, a title and its mark.
_RUN_IN_TITLE = re.compile(r"(?P<between>\s{0,2}[.:–—-]?\s{1,2})(?=[«“]?\s?[A-ZÀ-ÝŒ])(?:(?P<title>[^.:;,]{3,60})[.:])?")
_DECIMAL = re.compile(r"(?P<number>\d{1,2}(?:\.\d{1,2}){0,4})\s{0,2}[.)°–-]{0,2}\s{1,3}(?=[«“]?\s?[A-ZÀ-ÝŒ])")
_OUTLINE = re.compile(r"(?P<number>[IVX]{1,5}|[A-H])\s{0,2}[.)–-]{1,2}\s{1,3}(?=[«“]?\s?[A-ZÀ-ÝŒ])")
_RANKS = {
    "partie": 0, "livre": 1, "annexe": 1, "titre": 2, "chapitre": 3, "section": 4, "article": 6, "art.": 6,
    "paragraphe": 7, "§": 7,
}  # fmt: skip
_RANK_CAPITALS, _RANK_ROMAN, _RANK_DECIMAL, _RANK_LETTER, _RANK_PLAIN = 5, 5, 7, 12, 13
#: Words that tell a sentence from a title: subjects, and verbs as contracts use them.
_SENTENCE = re.compile(
    r"\b(?:je|j['’]|nous|vous|il|elle|ils|elles|on|soussignée?s?|est|sont|sera|seront|soit|peut|peuvent|pourra|pourront|doit|doivent|"
    r"devra|devront|ont|aura|auront|ne|n['’](?:est|a|ont)|\w{2,20}(?:era|eront|issent|iront|ira)|autorise|accepte|renonce|délie|relève|"
    r"dégage|lève|reconna[iî]t|déclare|consent|donne|transmet|communique|adresse|exige|demande|conserve|garantit|verse|prend|"
    r"entra[iî]ne|s['’]engage|dispose|refuse|perd|cesse|désigne|comprend)\b|\w{2,20}ez\b(?<!chez)(?<!assez)",
    re.IGNORECASE,
)
_CLOSED = re.compile(r"[.;,…]\s{0,2}[»”\"]?\Z")


class Style(NamedTuple):
    """How text is printed: size in points, weight, capitals."""

    size: float
    bold: bool
    capitals: bool


class Heading(NamedTuple):
    """A heading: its text, its place among headings, and whether it is no more than a number ("Article 12").

    ``rank`` orders headings from the outermost (0); ``numbered`` ranks come from the numbering and are compared
    before the size.
    """

    text: str
    rank: int
    numbered: bool
    size: float
    is_bare: bool


def in_capitals(text: str) -> bool:
    """Return whether nearly all letters of ``text`` are capitals."""
    text = text[:400]
    allowed = 0.1 * len(text)
    if sum(map(str.islower, text[:20])) > allowed:  # nearly every line, at little cost
        return False
    return sum(map(str.islower, text)) <= allowed and sum(map(str.isupper, text)) >= 4


def reads_like_sentence(text: str) -> bool:
    """Return whether ``text`` has a subject or a verb, so that it may say something by itself."""
    return _SENTENCE.search(text) is not None


def opens_article(text: str) -> bool:
    """Return whether a line begins with the number of an article, a chapter or the like."""
    if text[:1] not in "pPlLtTcCsSaA§":
        return False
    match = _KEYWORD.match(text[:_MOST_CHARACTERS])
    if match is None:
        return False
    # "Article 12 du présent contrat": a reference, in the middle of a sentence.
    return not match["rest"].lstrip()[:1].islower()


def find_heading(text: str, style: Style, body: Style, in_list: bool) -> Heading | None:
    """Return the heading that a paragraph is, or ``None``. ``in_list`` tells that items of a list are expected."""
    if len(text) > _MOST_CHARACTERS or len(text.split()) > _MOST_WORDS:
        return None
    stands_out = (
        style.size >= _LARGER * body.size
        or (style.bold and not body.bold and style.size >= 0.95 * body.size)
        or (style.capitals and not body.capitals)
    )
    keyword = _KEYWORD.match(text) if opens_article(text) else None
    decimal, outline = _DECIMAL.match(text), _OUTLINE.match(text)
    if not (stands_out or keyword or decimal or outline) or text[-1:] == ";" or not any(map(str.isalpha, text)):
        return None
    closed, sentence = _CLOSED.search(text) is not None, reads_like_sentence(text)
    if closed and (sentence or not (stands_out or keyword)):
        return None
    if sentence and text.endswith(":"):
        return None  # the stem of a list
    if keyword is not None:
        rank = _RANKS[keyword["word"].lower()] + keyword["number"].count(".")
        return Heading(text, rank, True, style.size, is_bare=not keyword["rest"].strip(" .:-–—"))
    if decimal is not None and (stands_out or not (in_list or sentence or text.endswith((":", "?")))):
        return Heading(text, _RANK_DECIMAL + decimal["number"].count("."), True, style.size, is_bare=False)
    if outline is not None and (stands_out or not (in_list or sentence or text.endswith(":"))):
        letter = len(outline["number"]) == 1 and outline["number"] not in "IVX"
        return Heading(text, _RANK_LETTER if letter else _RANK_ROMAN, letter, style.size, is_bare=False)
    if not stands_out or marker_of(text) is not None or text[0].islower():
        return None
    return Heading(text, _RANK_CAPITALS if style.capitals else _RANK_PLAIN, False, style.size, is_bare=False)


def find_run_in_heading(text: str, style: Style) -> Heading | None:
    """Return the heading that a paragraph begins with ("Article 5 – Secret médical. L'assuré …"), or ``None``.

    Its text is the number, with the title where one stands between the number and the first full stop or colon.
    """
    keyword = _KEYWORD.match(text[:_MOST_CHARACTERS]) if opens_article(text) else None
    if keyword is None:
        return None
    title = _RUN_IN_TITLE.match(keyword["rest"])
    if title is None:
        return None
    number = text[: keyword.start("rest")]
    is_title = title["title"] and not reads_like_sentence(title["title"])
    name = f"{number}{title['between']}{title['title']}" if is_title else number
    return Heading(name, _RANKS[keyword["word"].lower()] + keyword["number"].count("."), True, style.size, False)


class Sections:
    """The headings that are open, from the outermost."""

    def __init__(self) -> None:
        self._open: list[Heading] = []

    @property
    def path(self) -> tuple[str, ...]:
        """The texts of the open headings."""
        return tuple(heading.text for heading in self._open)

    def enter(self, heading: Heading) -> int:
        """Open a section, and close those that do not hold it. Return how many hold it."""
        while self._open and not _holds(self._open[-1], heading):
            self._open.pop()
        self._open.append(heading)
        return len(self._open) - 1

    def complete(self, title: str) -> None:
        """Give the innermost heading, a bare number, its title from the line below."""
        last = self._open.pop()
        self._open.append(last._replace(text=f"{last.text} {title}", is_bare=False))


def _holds(outer: Heading, inner: Heading) -> bool:
    if not (outer.numbered and inner.numbered) and abs(outer.size - inner.size) > _SIZE_STEP:
        return outer.size > inner.size
    return outer.rank < inner.rank
