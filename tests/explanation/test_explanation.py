"""Which case is told in which situation, what moves severity, and that ids last."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import product
from typing import Any, get_args

import pytest

from analyzer.detection import Detection
from analyzer.detection.anatomy import Anatomy
from analyzer.explanation import absent_safeguards, explain
from analyzer.knowledge import load, messages
from analyzer.knowledge.models import Case, Label
from analyzer.schema import Context, Finding, Jurisdiction, Passage, TraceStep

TODAY = date(2026, 11, 24)
ABROAD = [country for country in get_args(Jurisdiction) if country != "FR"]
LABELS = sorted(load().labels)
WARNINGS = [name for name in LABELS if load().labels[name].polarity == "warning"]
CASES = [(name, case.id) for name in LABELS for case in load().labels[name].cases]
ORDER = ["low", "medium", "high"]


def detection(
    label: str,
    mentions: Any = (),
    patterns: Any = (),
    text: str = "Une phrase.",
    facts: Any = (),
    **passage: Any,
) -> Detection:
    return Detection(
        label=label,
        passage=Passage(**{"id": "p1", "text": text} | passage),
        score=0.8,
        decision="warned",
        evidence=((0, 3),),
        trace=(TraceStep(effect="fired", rule=f"{label}/rule", words=("Une",)),),
        patterns=frozenset(patterns),
        mentions=frozenset(mentions),
        anatomy=Anatomy(frozenset(facts), None, {}, (), (), (), ()) if facts else None,
    )


def told(found: Detection, context: Context | None = None, lang: Any = "fr") -> Finding:
    return explain([found], context or Context(), lang, TODAY)[0]


def case_of(label: str, case_id: str) -> tuple[Label, Case]:
    content = load().labels[label]
    return content, next(case for case in content.cases if case.id == case_id)


def situations(case: Case, jurisdiction: str | None = None) -> Iterator[tuple[dict[str, Any], Context]]:
    """What the detector may have seen and the reader told for ``case`` to apply."""
    when = case.when
    countries = [jurisdiction] if jurisdiction else when.jurisdiction or ABROAD
    for country, contract, insurer, stage, mention, pattern in product(
        countries,
        when.contract or [None],
        when.insurer or [None],
        when.stage or [None],
        when.mentions or [None],
        when.patterns or [None],
    ):
        seen = {"mentions": {mention} - {None}, "patterns": {pattern} - {None}, "facts": when.facts}
        yield seen, Context(jurisdiction=country, contract=contract, insurer=insurer, stage=stage)


@pytest.mark.parametrize(("label", "case_id"), CASES)
def test_every_case_is_told_somewhere(label, case_id):
    """An earlier case that always applies would hide it."""
    content, case = case_of(label, case_id)
    # What other cases ask not to be there may well be.
    more = {name for other in content.cases for name in other.when.mentions_none} - set(case.when.mentions_none)
    assert any(
        told(detection(label, **seen | {"mentions": seen["mentions"] | extra}), context).case == case_id
        for seen, context in situations(case)
        for extra in (set(), more)
    )


@pytest.mark.parametrize("country", ABROAD)
@pytest.mark.parametrize(("label", "case_id"), CASES)
def test_no_law_is_told_where_it_is_not_known(label, case_id, country):
    _, case = case_of(label, case_id)
    for seen, context in situations(case, country):
        for lang in ("fr", "en"):
            finding = told(detection(label, **seen), context, lang)
            assert finding.legal_state is None
            assert finding.grounds == ()
            words = " ".join((finding.title, finding.text, *finding.advice)).casefold()
            assert "interdit" not in words
            assert "forbidden" not in words


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize(("label", "case_id"), CASES)
def test_every_case_is_told_in_full(label, case_id, lang):
    content, case = case_of(label, case_id)
    for seen, context in situations(case):
        finding = told(detection(label, **seen), context, lang)
        assert finding.title == content.title.get(lang)
        assert finding.text
        assert finding.advice
        assert not any(set("{}") & set(text) for text in (finding.text, *finding.advice)), "a value was not filled in"
        for ground in finding.grounds:
            assert ground.citation
            assert ground.says
            assert ground.strength in {value for key, value in messages(lang).items() if key.startswith("strength.")}
        if context.jurisdiction == "FR":
            assert finding.legal_state
            assert finding.grounds


@pytest.mark.parametrize(("label", "case_id"), [pair for pair in CASES if pair[0] in WARNINGS])
def test_small_print_raises_severity_and_never_the_state(label, case_id):
    _, case = case_of(label, case_id)
    for seen, context in situations(case):
        plain = told(detection(label, **seen), context)
        small = told(detection(label, small_print=True, **seen), context)
        assert small.legal_state == plain.legal_state
        assert small.grounds == plain.grounds
        assert ORDER.index(small.severity) == min(ORDER.index(plain.severity) + 1, 2)
        assert [step.effect for step in small.trace] == ["fired", "raised"]
        assert small.trace[-1].note == load().severity.small_print.fr


@pytest.mark.parametrize("factor", load().severity.raised_by, ids=lambda factor: factor.mentions)
def test_words_of_the_passage_raise_severity_once(factor):
    label = next(name for name in WARNINGS if name not in factor.not_for and told(detection(name)).severity == "medium")
    raised = told(detection(label, mentions={factor.mentions}, small_print=True))
    assert raised.severity == "high"
    assert [step.effect for step in raised.trace] == ["fired", "raised", "raised"]
    assert raised.legal_state == told(detection(label)).legal_state


@pytest.mark.parametrize(
    ("warning", "safeguard"), [(name, other) for name, others in load().severity.answers.items() for other in others]
)
def test_a_safeguard_in_the_same_section_lowers_severity_and_says_so(warning, safeguard):
    section = ("Titre I", "Article 2")
    alone = told(detection(warning, section=section))
    beside, _ = explain(
        [detection(warning, section=section), detection(safeguard, id="p2", section=section)], Context(), "fr", TODAY
    )
    assert ORDER.index(beside.severity) == max(ORDER.index(alone.severity) - 1, 0)
    assert beside.legal_state == alone.legal_state
    assert beside.trace[-1].effect == "lowered"
    assert load().labels[safeguard].title.fr in beside.trace[-1].note


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [(("Titre I", "Article 2"), ("Titre I", "Article 3")), ((), ())],
    ids=["elsewhere", "no section"],
)
def test_a_safeguard_elsewhere_changes_nothing(mine, theirs):
    warning, safeguard = "secrecy_waiver", "safe_secrecy_reminder"
    found = [detection(warning, section=mine), detection(safeguard, id="p2", section=theirs)]
    assert explain(found, Context(), "fr", TODAY)[0].severity == told(detection(warning)).severity


def test_an_id_lasts_whatever_the_situation_and_the_language():
    found = detection("secrecy_waiver", text="Vous déliez vos médecins du secret.")
    ids = {
        told(found, context, lang).id
        for context in (Context(), Context(jurisdiction="BE"), Context(stage="claim"))
        for lang in ("fr", "en")
    }
    assert ids == {"secrecy_waiver-73eaaea1fb"}


def test_the_same_words_twice_have_two_ids():
    found = [detection("secrecy_waiver"), detection("secrecy_waiver", id="p2")]
    first, second = explain(found, Context(), "fr", TODAY)
    assert first.id != second.id
    assert first.id == told(found[0]).id


def test_safeguards_that_are_not_found_are_named():
    safeguards = {name for name in LABELS if load().labels[name].polarity == "safeguard"}
    present = told(detection("safe_rights"))
    absent = absent_safeguards([present], "en")
    assert {entry.label for entry in absent} == safeguards - {"safe_rights"}
    assert all(entry.title and entry.text for entry in absent)
