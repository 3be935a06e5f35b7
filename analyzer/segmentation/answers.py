"""What a form gives to answer with: yes and no, boxes, lines to fill in; and the number that a question begins with.

Text recognition makes "0 Non O Oui" or "'[] Non C Oui" of two boxes: beside a yes and a no that stand together, a stray
sign or letter is taken for a box. All patterns are linear: repeats are bounded, and none begins with what it repeats.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from analyzer.schema import AnswerState

__all__ = ["BOXES", "Number", "answer_spans", "answer_state", "is_answer", "may_answer", "number_of", "says_yes_or_no"]

#: Boxes that are letters of the text; of these, the ticked ones.
BOXES = "☐☑☒□■▢❏❑❒◻◼◯❍⬜⬛"
_SOLID = "■◼⬛"
_TICKED = f"☑☒{_SOLID}✓✔✗✘"
_BOX = rf"(?:[{BOXES}✓✔✗✘]|[|l]_{{1,3}}[|l]|\[[ _xX]{{0,3}}\]|\([ _xX]{{1,3}}\)|\ufffd)"
#: A box, or what text recognition makes of one: signs, then perhaps a letter or figure that looks like a box.
_STRAY = (
    r"(?-i:(?![/,–—-][ ]?[A-Z\d][ ])[^\w\s.?!;()«»]{1,4}[ ]?(?:[0ODCQJ1IUoùÙ]{1,2}[ ]?)?"
    r"|[0ODCQJ1IUoùÙxX]{1,2}[ ]|[0ODQJ1IùÙ](?=[NO]))"
)
_MARK = rf"(?:{_BOX}\s{{0,3}}(?:[xX]\s{{1,2}})?|{_STRAY}\s{{0,2}})"
_BEFORE = rf"{_MARK}?"
_SEPARATOR = r"\s{0,4}[:/|,;–—-]?\s{0,4}"
_BETWEEN = rf"(?:{_SEPARATOR}{_BEFORE})"
#: In front of the pair a letter or figure may be the end of a name ("hépatite C", "diabète de type 1"): it is taken for
#: a box only where the second word has one too, and never after such a name.
_LONE = (
    r"(?-i:(?<![Hh]épatite )(?<!HÉPATITE )(?<![Hh]epatite )(?<!HEPATITE )(?<![Tt]ype )(?<!TYPE )(?<![Vv]itamine )"
    r"(?<![Ss]tade )(?<![Gg]roupe )[0ODCQJ1IUoùÙxX]{1,2}[ ])"
)
_FIGURE = r"(?-i:[DCQJ1IU]{1,2}[ ])"
_AFTER = rf"(?:\s{{0,2}}:?\s{{0,3}}{_BOX})?"
#: Whose answer it is, where each person has boxes of their own.
_PERSON = (
    r"(?:(?:(?:co-?\s?)?(?:assur[ée]e?|emprunteur|adh[ée]rent)|conjoint|personne)(?:\(e\))?"
    r"\s{0,2}(?:n°\s{0,2})?\d?\s{0,2}:?\s{1,3})?"
)
_PATTERN = re.compile(
    r"(?P<comb>\|?_{1,4}\|_{0,4}\|(?:_{1,4}\||\|){0,30}|\|_{1,4}(?:\|_{1,4}){1,30}\|?)|"
    rf"(?P<pair>(?<!\w){_PERSON}(?:{_LONE}\s{{0,2}}(?:oui{_SEPARATOR}{_MARK}non|non{_SEPARATOR}{_MARK}oui)"
    rf"|(?:(?!{_FIGURE}){_MARK})?(?:oui{_BETWEEN}non|non{_BETWEEN}oui))\b{_AFTER})"
    rf"|(?P<letters>(?<!\w){_PERSON}(?:{_BOX}\s{{0,3}})?(?-i:O)(?:\s{{0,3}}{_BOX}|\s{{0,3}}[/|–-])?\s{{1,6}}"
    rf"(?:{_BOX}\s{{0,3}})?(?-i:N)(?!\w)(?![°'’]){_AFTER}"
    rf"|(?<!\w)(?-i:O\s{{0,3}}[/|]\s{{0,3}}N)(?!\w))"
    rf"|(?P<single>(?<!\w)[ùÙ](?:oui|non)\b|{_BOX}\s{{0,3}}(?:oui|non)\b|\b(?:oui|non)\s{{0,3}}{_BOX})"
    rf"|(?P<box>{_BOX})"
    r"|(?P<fill>\.{4,}|…{2,}|(?:[.·]\s){4,}[.·]?|_{3,}|_{1,4}\s?/\s?_{1,4}(?:\s?/\s?_{1,4})?|(?:\|\s{0,2}){3,30})",
    re.IGNORECASE,
)
#: What every answer holds: most texts are let go at little cost.
_PERHAPS = re.compile(rf"[oO][uU][iI]\b|\bO\b|[{BOXES}✓✔✗✘\ufffd|_]|\[[ _xX\]]|\([ _xX]|\.{{4}}|…{{2}}|[.·]\s[.·]")
#: A line with nothing but an answer on it, or half of one.
_ANSWER_LINE = re.compile(
    rf"(?:{_PERSON}{_BEFORE}(?:oui|non)(?:\s{{0,3}}[xX])?{_AFTER}[\s,;/|.]{{0,3}}){{1,4}}"
    rf"|(?:{_PERSON}[xX]?\s{{0,2}}(?:{_BOX}\s{{0,3}})?(?-i:[ON]){_AFTER}\s{{0,3}}[xX]?[\s/|-]{{0,4}}){{1,4}}"
    rf"|(?:{_BOX}\s{{0,3}}){{1,4}}|[xX]",
    re.IGNORECASE,
)
_HAS_BOX = re.compile(rf"{_BOX}", re.IGNORECASE)
_HAS_TICK = re.compile(rf"[{_TICKED}]|[\[(]\s?[xX]\s?[\])]|(?:^|\s)[xX](?:\s|$)")

_NUMBER = re.compile(
    r"(?:question\s{1,2})?(?:n°\s{0,2}|q\s?\.?\s?(?=\d))?(?:"
    r"(?P<own>\d{1,3}(?:\.\d{1,2}){1,3}|\d{1,3})(?:\s?[-.]?\s?(?P<letter>(?!m\.\s[A-Z])[a-z])(?![\w'’]|-t-|\sa-t-))?(?:\s?(?:bis|ter)\b)?(?P<mark>\s{0,2}[.)°:/–—-]{1,2})?"
    r"|\(?(?P<item>(?-i:[a-zA-LN-Z])|[ivxIVX]{1,4}|M(?=\)))(?P<item_mark>\s?[.)]|(?-i:(?<=[a-z])\s?[-–—/](?=\s))))\s{0,3}",
    re.IGNORECASE,
)
_BULLET = re.compile(r"(?:(?:[•▪●◦○◆❖➢➔►‣✓✔➤*·§>¤]|[-–—―]{1,3}(?=\s)|[oxX](?=\s{1,3}[A-ZÀ-Ý]))\s{0,3}){1,3}")


class Number(NamedTuple):
    """What a question begins with: ``own`` is its number ("3", "2.10", "7"), ``item`` a letter under it ("a").

    ``length`` counts the characters up to the words. A bullet has neither.
    """

    own: str
    item: str
    length: int


def answer_spans(text: str) -> list[tuple[int, int]]:
    """Return the spans of ``text`` that are there to answer with: yes and no, boxes, dotted lines; in order."""
    if _PERHAPS.search(text) is None:
        return []
    return [match.span() for match in _PATTERN.finditer(text)]


def may_answer(text: str) -> bool:
    """Return whether ``text``, as long as a page, may hold something to answer with; a cheap test."""
    return _PERHAPS.search(text) is not None


def says_yes_or_no(text: str) -> bool:
    """Return whether ``text`` holds a yes and a no to choose from, or one of them beside its box."""
    return may_answer(text) and any(
        match.lastgroup in ("pair", "letters", "single") for match in _PATTERN.finditer(text)
    )


def is_answer(text: str) -> bool:
    """Return whether a printed line holds nothing but an answer, or one half of it ("Oui", "N", a box)."""
    return len(text) <= 60 and _ANSWER_LINE.fullmatch(text.strip()) is not None


def answer_state(text: str) -> AnswerState | None:
    """Return what a text tells of its answer; ``unknown`` where it is circled or crossed by hand, if at all.

    ``None`` where there is no yes or no and no box.
    """
    if _PERHAPS.search(text) is None:
        return None
    found = [match for match in _PATTERN.finditer(text) if match.lastgroup not in ("fill", "comb")]
    if not found:
        return None
    parts = [match.group() for match in found]
    boxes = {sign for part in parts for sign in part if sign in BOXES}
    if len(parts) + len(boxes) > 1 and boxes and boxes <= set(_SOLID):
        return "unknown"  # the font has no other box
    if any(map(_HAS_TICK.search, parts)):
        return "ticked"
    return "empty" if any(map(_HAS_BOX.search, parts)) else "unknown"


def number_of(text: str, stands_alone: bool = False) -> Number | None:
    """Return the number, letter or bullet that ``text`` begins with.

    ``stands_alone`` tells that the first word is printed apart from the others, as numbers are. Else a figure without a
    mark is a number only before a capital ("5 dernières années" has none).
    """
    bullet = _BULLET.match(text)
    if bullet and bullet.end() < len(text):
        inner = _figure_or_letter(text[bullet.end() :], stands_alone)
        return inner._replace(length=inner.length + bullet.end()) if inner else Number("", "", bullet.end())
    return _figure_or_letter(text, stands_alone)


def _figure_or_letter(text: str, stands_alone: bool) -> Number | None:
    match = _NUMBER.match(text)
    if match is None or match.end() >= len(text):
        return None
    following = text[match.end()]
    if match["item"]:
        spaced = text[match.end() - 1].isspace() or following.isupper() or match["item_mark"].strip() == ")"
        return Number("", match["item"].lower(), match.end()) if spaced and not following.isdigit() else None
    if not text[match.end() - 1].isspace() and not match["mark"]:
        return None
    marked = match["mark"] or match["letter"] or "." in match["own"]
    if following.isdigit() and not stands_alone:
        return None
    if not (stands_alone or marked or (following.isupper() and len(match["own"]) <= 2)):
        return None
    if (
        marked
        and not stands_alone
        and match["mark"]
        and match["mark"].strip() in ("/", ":")
        and not following.isupper()
    ):
        return None
    return Number(match["own"], (match["letter"] or "").lower(), match.end())
