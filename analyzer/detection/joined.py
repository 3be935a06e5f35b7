"""Whether one answer must serve for facts that have nothing to do with each other.

Two facts are joined where a comma, "ou" or the like stands between them and no word list knows both. An illness with
its cause, an operation in hospital, several illnesses of one system of the body are one fact.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from spacy.tokens import Doc

from analyzer.detection.normalise import fold
from analyzer.detection.vocabulary import Hit
from analyzer.knowledge.models import Medical

_CONJUNCTIONS = frozenset({"ou", "et", "ni", "/"})
_JOINS = frozenset({",", ";", "/", "ou", "et", "ni", "-", "•", "|", "·", "soit", "–"})
#: Events that are often only the complement of another.
_BY_THE_WAY = frozenset({"care", "specialist"})
#: After these, what follows is what the first fact was for.
_CAUSE = frozenset(
    "pour suite lors apres contre cause lie liee lies liees due avec necessitant entrainant ayant donnant suivi".split()
)
_OF = frozenset({"du", "des", "de", "d'", "au", "aux", "à"})
#: Between an illness and an event: one is the complement of the other ("une IRM du cerveau ou de la moelle").
_NO_OTHER = _CAUSE | {fold(word) for word in _OF}
#: Words between two facts that stand side by side: "ou", a determiner, a verb.
_SIDE_BY_SIDE = 5
HABITS = ("tobacco", "alcohol", "drugs")


@dataclass(frozen=True)
class Unit:
    """Something that a question names: its tokens, and the lists that know it."""

    start: int
    end: int
    names: frozenset[str] = frozenset()


def units_of(names: Iterable[str], hits: Mapping[str, Sequence[Hit]], aside: Sequence[bool]) -> list[Unit]:
    """Return what the lists find, set-aside words left out, in reading order; where it overlaps, the longest wins."""
    by_place: dict[tuple[int, int], set[str]] = {}
    for name in names:
        for hit in hits.get(name, ()):
            if not aside[hit.start]:
                by_place.setdefault((hit.start, hit.end), set()).add(name)
    units: list[Unit] = []
    taken: set[int] = set()
    for (start, end), known in sorted(by_place.items(), key=lambda item: (item[0][0] - item[0][1], item[0][0])):
        if taken.isdisjoint(range(start, end)):
            taken.update(range(start, end))
            units.append(Unit(start, end, frozenset(known)))
    return sorted(units, key=lambda unit: unit.start)


def bracketed(doc: Doc) -> list[bool]:
    """Return, for each token, whether it stands in brackets."""
    depth = 0
    inside = []
    for token in doc:
        depth += token.text == "("
        inside.append(depth > 0)
        depth = max(0, depth - (token.text == ")"))
    return inside


def joined_facts(
    doc: Doc, medical: Medical, hits: Mapping[str, Sequence[Hit]], aside: Sequence[bool], first_own: int
) -> tuple[Unit, Unit] | None:
    """Return two facts of the question itself (from token ``first_own`` on) that one answer must serve for."""

    def own(*names: str) -> list[Unit]:
        return [unit for unit in units_of(names, hits, aside) if unit.start >= first_own]

    illnesses = _without_places(doc, _without_illustrations(doc, own(*medical.systems)), hits.get("organ", ()))
    events = _without_illustrations(doc, own(*medical.events))
    habits = own(*HABITS)
    asking = {unit.start for unit in own("asking_verb")}
    return (
        _pair(doc, illnesses)
        or _pair(doc, events)
        or _pair(doc, habits)
        or _condition_and_event(doc, [*illnesses, *own("generic_condition")], events)
        or _asked_again(doc, sorted([*illnesses, *events, *own("generic_condition")], key=lambda u: u.start), asking)
    )


def _condition_and_event(doc: Doc, conditions: Sequence[Unit], events: Sequence[Unit]) -> tuple[Unit, Unit] | None:
    """Return an illness and an event that "ou" puts side by side ("une maladie ou une opération")."""
    for event in events:
        for condition in conditions:
            first, second = sorted((condition, event), key=lambda unit: unit.start)
            between = [fold(token.text) for token in doc[first.end : second.start]]
            if len(between) <= _SIDE_BY_SIDE and "ou" in between and _NO_OTHER.isdisjoint(between):
                return first, second
    return None


def _pair(doc: Doc, units: Sequence[Unit]) -> tuple[Unit, Unit] | None:
    for number, second in enumerate(units):
        for first in units[:number]:
            if not first.names & second.names and _joins(doc, first, second):
                return first, second
    return None


def _joins(doc: Doc, first: Unit, second: Unit) -> bool:
    """Whether a joining word stands between the two, and the second is not what the first was for."""
    between = [fold(token.text) for token in doc[first.end : second.start]]
    # What is only a complement of the other fact may stand behind a comma ("en arrêt de travail, sur prescription").
    wanted = _JOINS if _BY_THE_WAY.isdisjoint(first.names | second.names) else _CONJUNCTIONS
    joins = [at for at, text in enumerate(between) if text in wanted]
    if not joins or not _CAUSE.isdisjoint(between[joins[-1] :]):
        return False
    # "hospitalisé pour une maladie ou une opération" names causes; "opéré du dos ou hospitalisé" a second event.
    return _CAUSE.isdisjoint(between[: joins[0]]) or doc[second.start].text.endswith(("é", "ée", "és", "ées"))


def _asked_again(doc: Doc, units: Sequence[Unit], asking: set[int]) -> tuple[Unit, Unit] | None:
    """Return two facts that a second verb parts: "avez-vous une maladie ou avez-vous été hospitalisé"."""
    for number, (first, second) in enumerate(pairwise(units)):
        if first.names & second.names or second.start < first.end:
            continue
        if "care" in second.names and any(first.names & third.names for third in units[number + 2 : number + 3]):
            continue  # "êtes-vous diabétique ou suivez-vous un traitement contre le diabète"
        between = range(first.end, second.start)
        if any(doc[at].text in _CONJUNCTIONS and asking & {at + 1, at + 2, at + 3} & {*between} for at in between):
            return first, second
    return None


def _without_illustrations(doc: Doc, units: Sequence[Unit]) -> Sequence[Unit]:
    """Return the units without those in brackets that only illustrate what stands before the bracket."""
    inside = bracketed(doc)
    return [unit for unit in units if not inside[unit.start]] or units


def _without_places(doc: Doc, units: Sequence[Unit], organs: Sequence[Hit]) -> list[Unit]:
    """Return the units without the organs that only say where an illness sits ("cancer du sein ou de la prostate")."""
    places = {index for hit in organs for index in range(*hit)}
    kept: list[Unit] = []
    illness = False  # one that does not name its place itself ("maladie du cœur ou des poumons" is two illnesses)
    for unit in units:
        before = [token.text for token in doc[max(0, unit.start - 2) : unit.start]]
        if unit.start in places and illness and not _OF.isdisjoint(before):
            continue
        illness = illness or places.isdisjoint(range(unit.start, unit.end))
        kept.append(unit)
    return kept
