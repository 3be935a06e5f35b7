"""Each sample's findings are its expected findings: those, on those passages, on those pages, and no other."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from analyzer.pipeline import analyze, classify
from analyzer.schema import Report
from tests.samples import FOLDER, NAMES, report

Found = tuple[int, str, str]
#: What the encoder is known to get wrong on the samples.
ERRORS = Path(__file__).with_name("encoder_errors.txt")


def words(text: str) -> str:
    """The words of a text: how lines, hyphens and apostrophes are set does not matter here."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def expected(name: str) -> Counter[Found]:
    lines = (FOLDER / f"{name}.expected.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return Counter((row["page"], label, words(row["text"])) for row in rows for label in row["labels"])


def found(report: Report) -> Counter[Found]:
    return Counter(
        (finding.passage.boxes[0].page, finding.label, words(finding.passage.text))
        for finding in report.findings
        if finding.decision == "warned"
    )


def listed(sign: str, rows: Counter[Found]) -> list[str]:
    return [f"{sign} p. {page} {label}: {text[:100]}" for page, label, text in sorted(rows.elements())]


def test_there_are_samples():
    assert len(NAMES) >= 6


def differences(name: str, have: Counter[Found]) -> list[str]:
    want = expected(name)
    return [*listed("missing", want - have), *listed("unexpected", have - want)]


@pytest.mark.parametrize("name", NAMES)
def test_what_the_rules_find_alone_is_what_is_expected(name):
    assert differences(name, found(analyze(FOLDER / f"{name}.pdf", use_encoder=False))) == []


def test_what_the_encoder_gets_wrong_is_known():
    """Its errors stand in the open, one a line; whoever mends one takes it out, and no new one slips in."""
    errors = [f"{name}: {line}" for name in NAMES for line in differences(name, found(report(name)))]
    assert errors == ERRORS.read_text("utf-8").splitlines()


#: Documents that ask, with what they are taken for.
FORMS = {
    "adhesion_remplie": "mixed",
    "declaration_bonne_sante": "mixed",
    "questionnaire_acroform": "questionnaire",
    "questionnaire_aeras": "questionnaire",
    "questionnaire_deux_assures": "questionnaire",
    "questionnaire_emprunteur": "questionnaire",
}


def expected_questions(name: str) -> list[tuple[int, str, str, str, str | None]]:
    rows = map(json.loads, (FOLDER / f"{name}.expected.jsonl").read_text("utf-8").splitlines())
    return [
        (row["page"], row["number"], words(row["context"]), words(row["text"]), row["answer"])
        for row in rows
        if row.get("kind") == "question"
    ]


def found_questions(name: str) -> list[tuple[int, str, str, str, str | None]]:
    passages = {finding.passage.id: finding.passage for finding in report(name).findings}
    form = report(name).questionnaire
    asked = [passages[question.passage] for question in form.questions] if form else []
    return [(p.boxes[0].page, p.number, words(p.context), words(p.text), p.answer) for p in asked]


@pytest.mark.parametrize("name", NAMES)
def test_every_question_is_found_with_its_stem_and_none_invented(name):
    want, have = expected_questions(name), found_questions(name)
    assert [row[3] for row in have] == [row[3] for row in want]
    assert have == want
    assert bool(want) == (name in FORMS)


@pytest.mark.parametrize(("name", "kind"), FORMS.items())
def test_a_form_is_told_from_a_contract(name, kind):
    assert report(name).document.kind == kind


def test_contracts_ask_nothing():
    assert {report(name).document.kind for name in set(NAMES) - set(FORMS)} <= {"contract"}


def test_the_model_questionnaire_asks_nothing_but_precise_questions_and_tells_everything():
    form = report("questionnaire_aeras").questionnaire
    assert form.share_precise == 1
    assert all(notice.found for notice in form.notices)


@pytest.mark.parametrize("name", FORMS)
def test_every_wording_proposed_is_precise(name):
    """Every proposal comes out precise, asks of something, and only what is to go has none."""
    form = report(name).questionnaire
    for question in form.questions:
        rewording = question.rewording
        assert bool(rewording.lines) == (rewording.action == "replace")
        if question.verdict != "to_check":
            assert (rewording.action == "keep") == (question.verdict == "precise")
        for found in classify([(line, "") for line in rewording.lines], "question"):
            assert [detection.label for detection in found] == ["precise"]


@pytest.mark.parametrize("name", NAMES)
def test_everything_was_read(name):
    assert not report(name).unread


def test_the_clean_sample_has_no_finding():
    assert not report("habitation_conditions").findings


def test_the_other_home_sample_is_told_without_a_word_on_health():
    findings = report("habitation_vie_reelle").findings
    assert {finding.label for finding in findings if finding.polarity == "warning"} == {
        "data_sharing",
        "nullity_unqualified",
    }
    for finding in findings:
        if finding.polarity == "warning":
            told = " ".join((finding.title, finding.text, *finding.advice)).casefold()
            assert not re.search(r"médica|médecin|maladie|secret", told), told
