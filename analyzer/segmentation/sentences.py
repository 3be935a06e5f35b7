"""Sentences of French contracts: numbering, bullets and abbreviations do not end them.

Every pattern either moves on or fails on one character, so that the time is linear in the text whatever it holds.
"""

from __future__ import annotations

import re

from analyzer.segmentation.markers import MARKER

__all__ = ["refers_back", "split_sentences"]

#: Full stops and their like, with the quotation marks and brackets that close right after them; or the end of a line.
#: Possessive: a run is read once, never again from its middle.
_STOP = re.compile(r"(?P<mark>[.!?…]++)(?:[»”\"’)\]]|[ \u00a0\u202f][»)\]])*+|(?P<line>\n\s*+)")
#: What stands before and after a full stop is judged by at most this many characters.
_LOOK = 40
#: The number that a sentence begins with ("2.", "1.2.", "b.", "IV.", "Article 12."), up to its full stop.
_NUMBERING = re.compile(
    r"\W{0,3}(?:(?:article|art\.|chapitre|titre|section|annexe|partie|paragraphe|§)\s{1,3})?"
    r"(?:\d{1,3}(?:\.\d{1,3}){0,4}|[A-Za-z]|[IVXLC]{1,7}|[ivx]{1,5}|\d{1,2}-\d{1,2}|1er|premier)\.",
    re.IGNORECASE,
)
#: Abbreviations that announce what follows: never the end of a sentence.
_NEVER_LAST = frozenset(
    "art arts cf m mm mr dr drs pr prs me mgr n° n°s no nos p pp éd ed env réf ref av bd blvd st ste sté bât ch "
    "chap tit sect fig tab rép dép lég réc c.-à-d i.e e.g p.ex v vs soc ass cass civ crim trib r.g janv févr avr "
    "juil sept oct nov déc".split()
)
#: Abbreviations that may close a sentence: they do where the next word is one that sentences begin with.
_PERHAPS_LAST = frozenset(
    "etc ex al tél tel fax s.a s.a.r.l s.a.s s.a.m s.n.c s.c.i s.i.r.e.n r.c.s c.n.i.l r.g.p.d m.d j.-c cie vac hab "
    "t.t.c h.t ttc ht suiv ibid id préc max min".split()
)
#: Words that sentences begin with; in capitals they are rarely part of a name.
_OPENERS = frozenset(
    "le la les l un une des ce cet cette ces il elle ils elles on nous vous je en au aux dans pour par sur sous si "
    "sauf toute tout tous toutes aucun aucune chaque à dès après avant lorsque lorsqu quand afin ainsi toutefois "
    "cependant néanmoins enfin de du d son sa ses leur leurs votre vos notre nos mon ma mes ceci cela celui celle "
    "ceux selon conformément sans avec faute passé outre seul seule seuls seules même lors que qui voir hors depuis "
    "pendant jusqu vers entre chez comme mais or donc puis ne n".split()
)
_WORD = re.compile(r"[^\W\d_]{1,30}")
#: The two sides of a full stop whose space was lost ("médical.Le médecin"); no part of an address.
_LOST_BEFORE = re.compile(r"(?:[dlnscjmtDLNSCJMT]['’])?[a-zà-ÿœ-]{3,40}")
_LOST_AFTER = re.compile(r"(?:[A-ZÀ-Ý][a-zà-ÿœ]|[A-ZÀ-Ý]['’]|À\s)[^\s@/]{0,40}(?:\s|$)")
#: Words that make a sentence hang on the one before it.
_REFERS_BACK = re.compile(
    r"(?:ce|cet|cette|ces|cela|ceci|celui-ci|celle-ci|ceux-ci|celles-ci|dans (?:ce|ces) cas|dans cette hypothèse|"
    r"[àa] défaut|toutefois|cependant|néanmoins|en ce cas|en pareil cas|faute de quoi|à ce titre|par dérogation|"
    r"passé ce délai|de même|ainsi|il|elle|ils|elles|sinon|en outre|tel est le cas)\b",
    re.IGNORECASE,
)


def split_sentences(text: str) -> list[tuple[int, int]]:
    """Return the spans of the sentences of ``text``, in order, without the white space between them.

    Every visible character is in exactly one span. A semicolon ends a sentence only at the end of a line, a colon
    only before a line that begins an item.
    """
    spans = []
    start = _skip_space(text, 0)
    for stop in _STOP.finditer(text):
        end = stop.end()
        if stop.start() <= start:  # the first characters of a sentence do not end it
            continue
        line = stop.lastgroup == "line"
        if _line_ends(text, stop) if line else _stop_ends(text, stop, start):
            spans.append((start, _trim(text, stop.start()) if line else end))
            start = _skip_space(text, end)
    last = len(text.rstrip())
    if start < last:
        spans.append((start, last))
    return spans


def refers_back(sentence: str) -> bool:
    """Return whether ``sentence`` cannot be understood without the one before ("Ce refus …", "À défaut, …")."""
    return _REFERS_BACK.match(sentence) is not None


def _skip_space(text: str, start: int) -> int:
    end = len(text)
    while start < end and text[start].isspace():
        start += 1
    return start


def _trim(text: str, end: int) -> int:
    while text[end - 1].isspace():
        end -= 1
    return end


def _line_ends(text: str, stop: re.Match[str]) -> bool:
    """Return whether the line break ``stop`` ends a sentence: an empty line, an item, or the end of one."""
    if stop.group().count("\n") > 1 or MARKER.match(text, stop.end()):
        return True
    return text[_trim(text, stop.start()) - 1] == ";"


def _stop_ends(text: str, stop: re.Match[str], start: int) -> bool:
    """Return whether the full stop ``stop`` ends the sentence that began at ``start``."""
    end, mark = stop.end(), stop["mark"]
    if end >= len(text) or (len(mark) > 3 and mark[0] == "."):  # nothing follows; a dotted line to fill in
        return False
    before = text[max(start, stop.start() - _LOOK) : stop.start()]
    token = "" if before[-1].isspace() else before.split()[-1].lstrip('«“"([')
    next_word = _skip_space(text, end)
    following = text[next_word : next_word + _LOOK].lstrip("«“\"'’([ \u00a0\u202f")
    if next_word == end:
        return mark == "." and _lost_space(token, following)
    if not following or following[0] in ",;:.!?)]»" or (following[0].islower() and not MARKER.match(text, next_word)):
        return False
    if mark != "." or end > stop.end("mark"):  # a quotation or bracket closes; but "[…]" stands for words left out
        return token != "" or mark[0] not in ".…" or end == stop.end("mark")
    return not _NUMBERING.fullmatch(text, start, stop.end("mark")) and _full_stop(token, following)


def _lost_space(token: str, following: str) -> bool:
    """Return whether two sentences stand at either side of a full stop that no space follows."""
    return token != "www" and bool(_LOST_BEFORE.fullmatch(token)) and bool(_LOST_AFTER.match(following))


def _full_stop(token: str, following: str) -> bool:
    """Return whether the full stop between ``token`` and ``following``, which begins with no small letter, is one."""
    word = token.rstrip(")]»”").rpartition("'")[2].rpartition("’")[2].lower()
    if word in _NEVER_LAST:
        return False
    single = len(word) == 1 and word.isalpha()
    if not single and word not in _PERHAPS_LAST:
        return True
    # Initials and letters of codes ("L. 113-8", "J. Dupont"), "etc.", "S.A.": only a usual opening tells.
    opening = _WORD.match(following)
    return opening is not None and opening.group().lower() in _OPENERS
