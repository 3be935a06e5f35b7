"""How a question is built: how far back it asks, about whom, in which tense, about which facts.

What words name is said by the word lists of the knowledge; this room reads what lists cannot hold: what is set aside
("hors maternité"), what only follows a "yes" ("si oui, précisez"), what is measured, what is said to be of which kind.
Everything is linear in the words of the question.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from spacy.tokens import Doc

from analyzer.detection.joined import HABITS, Unit, bracketed, joined_facts, units_of
from analyzer.detection.normalise import fold
from analyzer.detection.tense import past_verbs
from analyzer.detection.vocabulary import Hit
from analyzer.detection.windows import Window, find_window
from analyzer.knowledge.models import Fact, Medical

#: Five years: beyond them the right to be forgotten reaches (``knowledge/parameters.yaml``).
_FIVE_YEARS = 60

#: What only a "yes" calls for. What follows belongs to the question, but is not what it asks. Read folded.
_TAIL = re.compile(
    r"\b(?:si (?:oui|c'est le cas|vous avez repondu|reponse|la reponse|positi\w{1,3}|affirmati\w{1,3})"
    r"|dans l'affirmative|en cas de reponse|en cas d'affirmative|le cas echeant|si non\b|sinon\b"
    r"|(?:veuillez )?(?:precise[rz]|precisions?|detaillez|indiquez|decrivez|donnez)(?= |$|:)|expliquez|explications?"
    r"|(?:le|la|les)?quel(?:le)?s? ?\?|depuis (?:quand|quelle)|pour quel(?:le)?s? (?:motif|raison|maladie|affection)s?"
    r"|a quelles? dates?|quand \?|dates? et |date ?:|motif ?:|de quelle nature|nature et date)"
)
#: What is set aside: "hors maternité", "à l'exclusion de l'appendicite", "autres que"; and where that ends.
_EXCEPT = re.compile(
    r"\b(?:(?:hors|hormis|sauf|excepte[es]{0,2}|autres? que|ne comptez pas|non compris|sans compter|a part|excluant)\b"
    r"|(?:a l'(?:exclusion|exception)|exception faite|en dehors) d(?:es?\b|u\b|'))"
)
_EXCEPT_ENDS = re.compile(
    r"[);?.:]|,? (?:avez|etes|etiez|est|a t|ont|suivez|prenez|au cours|depuis|durant|pendant|vous a)\b"
)
#: A quantity that is given or asked, and is no length of time to look back over.
_MEASURE = re.compile(
    r"\b(?:plus d[e']|au moins|superieure? a|au dela de|minimum) ?\d+|\bplus d'une? (?:mois|semaine|an)"
    r"|\bplus de (?:deux|trois|quatre|cinq|six|dix|quinze|vingt|trente)\b|\bpar (?:jour|semaine|mois|an)\b|\bcombien\b"
    r"|\b\d+ ?(?:kg|kgs|kilos?|cm|%|verres?|cigarettes?|litres?|heures?|metres?|km)\b"
    r"|\b(?:quantite|nombre|frequence|taux|dose|posologie) (?:moyenne |journaliere |quotidienne )?(?:d[eu]|par)"
)
#: A verb before its subject: "envisagez vous", "pratique t il".
_INVERSION = re.compile(r"\w{2}ez vous\b|\w t (?:il|elle|on)s?\b")
#: Adjectives that say of which kind an illness is; words that say nothing of it.
_KIND = re.compile(r"(?:ique|aire|euse|eux|ive|if|al|ale|ales|aux|ien|ienne|iques|aires|euses|ives)$")
_NO_KIND = frozenset(
    "chronique chroniques sérieuse sérieux sérieuses héréditaire héréditaires familiale familiales particulière longue"
    " quelconque toute quelque nature votre cette ce vos générale antérieure antérieures quelle physique physiques"
    " médical médicale médicaux santé publique privée personne la le l' dangereuse invalidante".split()
)
#: Word lists (``knowledge/medical.yaml``) that name something beside illnesses, events and habits.
_FURTHER = ("organ", "generic_condition")


@dataclass(frozen=True)
class Named:
    """Something that a question names: its characters, and the word lists that know it.

    ``own``: in the passage's own text; otherwise in its stem (``passage.context``).
    """

    start: int
    end: int
    names: frozenset[str]
    own: bool = True


@dataclass(frozen=True)
class Anatomy:
    """What is known of a question's build.

    Characters are those of the plain text (stem and question, as the rules read them) when it is made, those of the
    passage in a reading. ``spans`` tells the facts; ``named`` holds illnesses, organs, events, habits and conditions
    without a name, none of them set aside, in reading order; ``aside_spans`` what is set aside or only follows a "yes".
    ``aside`` tells the same of each token, ``illustrating`` whether it stands in brackets behind something named ("une
    maladie du cœur (infarctus, angine, etc.)").
    """

    facts: frozenset[Fact]
    window: Window | None
    spans: Mapping[Fact, tuple[tuple[int, int], ...]]
    named: tuple[Named, ...]
    aside_spans: tuple[tuple[int, int], ...]
    aside: Sequence[bool]
    illustrating: Sequence[bool]


def dissect(doc: Doc, first_own: int, hits: Mapping[str, Sequence[Hit]], medical: Medical, today: date) -> Anatomy:
    """Return the build of a question. ``doc`` holds its stem and, from token ``first_own`` on, itself."""
    plain = fold(doc.text)
    own_start = doc[first_own].idx if first_own < len(doc) else len(plain)
    tail = _tail(plain, own_start)
    excepted = _excepted(plain)
    aside = [token.idx >= tail or any(start <= token.idx < end for start, end in excepted) for token in doc]
    spans: dict[Fact, list[tuple[int, int]]] = {}

    def places(name: str, *, own: bool = False) -> list[Hit]:
        return [hit for hit in hits.get(name, ()) if not aside[hit.start] and (hit.start >= first_own or not own)]

    def note(fact: Fact, *told: Hit | Unit) -> None:
        """Note a fact, with the words that tell it."""
        spans.setdefault(fact, []).extend(_characters(doc, place) for place in told)

    window, ever = find_window(plain, own_start, tail, today)
    past = list(past_verbs(doc, plain, tail))
    asks_itself = _INVERSION.search(doc.text, own_start, tail) is not None
    nouns = places("past_noun", own=asks_itself)  # "Antécédents : êtes-vous diabétique" asks of today
    if not past and not _has_verb(doc, hits, aside):
        nouns += places("past_if_bare", own=True)
        if window is not None and window.months:
            past.append((window.start, window.end))
    past += [_characters(doc, hit) for hit in nouns] + ([ever] if ever else [])
    if past:
        spans["past"] = past
        if window is None:
            spans["unbounded"] = past
    else:
        note("in_progress")
    if window is not None:
        spans["bounded"] = [(window.start, window.end)]
        if window.months is not None and window.months > _FIVE_YEARS:
            spans["over_five_years"] = spans["bounded"]

    relatives = [hit for hit in places("relative") if not _inside(hit, hits.get("not_relative", ()))]
    if relatives:
        note("relative", *relatives)
    if partners := places("partner"):
        note("partner", *partners)
    # "Avez-vous déclaré un accident" declares nothing.
    declared = [hit for hit in places("declares") if hit.start < first_own or not asks_itself]
    declared += places("eligible_if")
    if "?" not in plain[own_start:tail]:
        declared += places("denies", own=True)
    if declared:
        note("declaration", *declared)
    if hits.get("measure") or _MEASURE.search(plain):
        note("measured")

    units = units_of((*medical.systems, *medical.events), hits, aside)
    conditions = places("generic_condition")
    named = [unit for unit in units if not unit.names <= {*medical.indefinite}]
    if named:
        note("named", *named)
    if units or conditions or places("body_word"):
        note("health")
    if any(_is_qualified(doc, hit.end) for hit in conditions):
        note("qualified")
    if not places("options", own=True):  # choices to tick in one line: each is answered by itself
        if relatives:  # what relatives had is one thing, however long the list; they and oneself are two
            if oneself := places("oneself", own=True):
                note("several_facts", oneself[0], relatives[0])
        elif pair := joined_facts(doc, medical, hits, aside, first_own):
            note("several_facts", *pair)
        elif past and (coming := places("to_come", own=True)) and _has_join(doc, first_own):
            note("several_facts", coming[0])
    illustrated = {hit.start for hit in conditions} | {unit.start for unit in named if not unit.names <= {"imaging"}}
    everything = units_of((*medical.systems, *medical.events, *HABITS, *_FURTHER), hits, aside)
    return Anatomy(
        facts=frozenset(spans),
        window=window,
        spans={fact: tuple(dict.fromkeys(words)) for fact, words in spans.items()},
        named=tuple(Named(*_characters(doc, unit), unit.names) for unit in everything),
        aside_spans=tuple((token.idx, token.idx + len(token)) for token in doc if aside[token.i]),
        aside=aside,
        illustrating=_illustrating(doc, illustrated),
    )


def _tail(plain: str, own_start: int) -> int:
    """Return where what only a "yes" calls for begins; the length of the text where nothing does."""
    for found in _TAIL.finditer(plain, own_start):
        # A text that is all tail ("Si oui, lesquels :") is itself what is asked.
        if len(plain[own_start : found.start()].strip(" .:;,-•*()?0123456789")) > 3:
            return found.start()
    return len(plain)


def _excepted(plain: str) -> list[tuple[int, int]]:
    """Return what is set aside ("hors maternité"), each up to the end of its bracket or clause."""
    spans = []
    for found in _EXCEPT.finditer(plain):
        end = _EXCEPT_ENDS.search(plain, found.end())
        spans.append((found.start(), end.start() if end else len(plain)))
    return spans


def _has_verb(doc: Doc, hits: Mapping[str, Sequence[Hit]], aside: Sequence[bool]) -> bool:
    """Whether the question (with its stem) has a verb of its own, rather than being a bare noun."""
    bare = {index for hit in hits.get("past_if_bare", ()) for index in range(*hit)}
    if _INVERSION.search(doc.text):
        return True
    return any(not aside[hit.start] for hit in hits.get("asking_verb", ())) or any(
        not aside[token.i] and token.i not in bare and "VerbForm=Fin" in str(token.morph) for token in doc
    )


def _has_join(doc: Doc, first_own: int) -> bool:
    return any(token.text in ("ou", "et", ",", "/", ";") for token in doc[first_own:])


def _inside(hit: Hit, others: Sequence[Hit]) -> bool:
    return any(other.start <= hit.start and hit.end <= other.end for other in others)


def _is_qualified(doc: Doc, at: int) -> bool:
    """Whether what follows a condition without a name says of which kind it is."""
    following = [token.text for token in doc[at : at + 3]]
    if len(following) > 1 and (doc[at].lemma_ == "de" or following[0] in ("du", "des")):
        return following[1] not in _NO_KIND and following[-1] not in _NO_KIND
    return bool(following) and following[0] not in _NO_KIND and _KIND.search(following[0]) is not None


def _illustrating(doc: Doc, named: set[int]) -> list[bool]:
    """Return, for each token, whether it stands in brackets after one of the tokens ``named``."""
    inside = bracketed(doc)
    first = min((index for index in named if not inside[index]), default=len(doc))
    return [inside[index] and index > first for index in range(len(doc))]


def _characters(doc: Doc, place: Hit | Unit) -> tuple[int, int]:
    return doc[place.start].idx, doc[place.end - 1].idx + len(doc[place.end - 1])
