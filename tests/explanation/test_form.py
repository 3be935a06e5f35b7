"""A form as a whole: the verdict of a question, the situations that change it, notices, reading ease."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from analyzer.detection import detect
from analyzer.explanation import explain, is_small_home_loan
from analyzer.explanation.questionnaire import verdict, whole_form
from analyzer.explanation.readability import reading_ease
from analyzer.knowledge import load
from analyzer.schema import Context, Finding, Passage, Rewording
from analyzer.segmentation.questions import question_from_text

TODAY = date(2026, 6, 1)
KEEP = Rewording(action="keep", why="")


def findings(text: str, stem: str = "", **context: object) -> list[Finding]:
    detections = detect([question_from_text(text, stem)])[0]
    return explain(detections, Context.model_validate(context), "fr", TODAY)


SMALL_LOAN = {"contract": "home-loan", "loan_share": 200_000, "loan_end_age": 59}


@pytest.mark.parametrize(
    ("context", "wanted"),
    [
        (SMALL_LOAN, "forbidden"),
        (SMALL_LOAN | {"loan_share": 200_001}, "precise"),
        (SMALL_LOAN | {"loan_end_age": 60}, "precise"),
        (SMALL_LOAN | {"contract": "other-loan"}, "precise"),
        (SMALL_LOAN | {"jurisdiction": "BE"}, "precise"),
        ({"contract": "home-loan"}, "precise"),
        ({"contract": "health", "insurer": "mutual"}, "forbidden"),
        ({"contract": "health", "insurer": "company"}, "precise"),
        ({"contract": "health", "insurer": "provident-institution"}, "precise"),
        ({"contract": "provident", "insurer": "mutual"}, "precise"),
        ({}, "precise"),
    ],
)
def test_the_same_question_in_several_situations(context: dict[str, object], wanted: str) -> None:
    assert verdict(findings("Êtes-vous diabétique ?", **context)) == wanted


def test_where_no_health_question_may_be_asked_the_text_and_its_grounds_say_so() -> None:
    (finding,) = findings("Êtes-vous diabétique ?", **SMALL_LOAN)
    assert finding.label == "precise"
    assert finding.severity == "high"
    assert finding.grounds[0].id == "fr-ass-L113-2-1"
    assert "200" in finding.text and "60 ans" in finding.text


@pytest.mark.parametrize(
    "text",
    [
        "Vos parents vivent-ils encore ? Sinon, cause du décès :",
        "Date de votre dernier détartrage :",
        "Votre métier vous laisse-t-il à bout de forces ?",
        "Vous sentez-vous en pleine forme ?",
        "Au cours des 5 dernières années, avez-vous été arrêté plus de 45 jours ?",
    ],
)
def test_a_question_on_health_is_known_by_its_label_or_its_words(text: str) -> None:
    assert verdict(findings(text, **SMALL_LOAN)) == "forbidden"


@pytest.mark.parametrize("text", ["Fumez-vous plus de 20 cigarettes par jour ?", "Pratiquez-vous un sport ?"])
def test_what_is_no_question_on_health_stays_what_it_is(text: str) -> None:
    assert verdict(findings(text, **SMALL_LOAN)) != "forbidden"


@pytest.mark.parametrize(
    ("contract", "state"),
    [
        ("home-loan", "forbidden"),
        ("other-loan", "forbidden"),
        ("provident", "worth_knowing"),
        ("health", "worth_knowing"),
    ],
)
def test_the_right_to_be_forgotten_concerns_loans(contract: str, state: str) -> None:
    found = findings("Avez-vous déjà eu un cancer ?", contract=contract)
    assert {finding.legal_state for finding in found if finding.label == "forgotten_disease"} == {state}


@pytest.mark.parametrize("contract", ["home-loan", "provident", "accident", None])
def test_genetic_questions_are_forbidden_for_death_and_disability(contract: str | None) -> None:
    found = findings("Avez-vous passé un test génétique ?", contract=contract)
    assert {finding.legal_state for finding in found if finding.label == "genetic"} == {"forbidden"}


@pytest.mark.parametrize("jurisdiction", ["BE", "CH", "LU", "CA-QC"])
def test_where_the_law_is_not_covered_nothing_is_forbidden(jurisdiction: str) -> None:
    found = findings("Avez-vous passé un test génétique ?", jurisdiction=jurisdiction)
    assert all(finding.legal_state is None and not finding.grounds for finding in found)


def test_both_conditions_of_a_small_home_loan_must_be_known() -> None:
    for left_out in ("contract", "loan_share", "loan_end_age"):
        told = {name: value for name, value in SMALL_LOAN.items() if name != left_out}
        assert not is_small_home_loan(load(), Context.model_validate(told), TODAY)


def form_of(*texts: str, clauses: tuple[str, ...] = ()):
    passages = [question_from_text(text, "", str(number)) for number, text in enumerate(texts)]
    passages += [Passage(id=f"c{number}", text=text) for number, text in enumerate(clauses)]
    detections = [found for group in detect([p for p in passages if p.kind == "question"]) for found in group]
    told = explain(detections, Context(), "fr", TODAY)
    return whole_form(passages, detections, told, {passage.id: KEEP for passage in passages}, "fr")


def test_the_form_is_counted() -> None:
    form = form_of(
        "Êtes-vous diabétique ?",
        "Avez-vous déjà été opéré ?",
        "Depuis 10 ans, avez-vous été en arrêt de travail plus de 30 jours ?",
        "Avez-vous passé un test génétique depuis 3 ans ?",
    )
    assert form is not None
    assert form.counts == {"precise": 2, "overbroad": 1, "forbidden": 1, "to_check": 0}
    assert form.share_precise == 0.5
    assert form.longest_window_months == 120
    assert form.without_window == 1
    assert [question.window_months for question in form.questions] == [None, None, 120, 36]


def test_a_document_that_asks_nothing_is_no_form() -> None:
    assert form_of(clauses=("Le médecin-conseil reçoit le questionnaire sous pli confidentiel.",)) is None


def test_notices_are_looked_for_outside_the_questions() -> None:
    envelope = "Glissez ce questionnaire dans l'enveloppe « secret médical », fermée, adressée au médecin-conseil."
    without, with_notice = form_of("Êtes-vous diabétique ?"), form_of("Êtes-vous diabétique ?", clauses=(envelope,))
    assert without is not None and with_notice is not None
    assert not any(notice.found for notice in without.notices)
    assert any(notice.found for notice in with_notice.notices)


def test_short_words_and_sentences_read_more_easily() -> None:
    easy = ["Avez-vous mal au dos ? Depuis quand ?"] * 20
    hard = [
        "Antérieurement à la présente souscription, des investigations complémentaires furent-elles préconisées ?"
    ] * 12
    simple, difficult = reading_ease(easy), reading_ease(hard)
    assert simple is not None and difficult is not None
    assert 0 <= difficult < simple <= 100
    assert reading_ease(["Trop court pour dire quelque chose."]) is None


def test_a_precise_that_is_only_a_doubt_is_a_question_to_check():
    (found,) = findings("Êtes-vous diabétique ?")
    assert verdict([found]) == "precise"
    assert verdict([found.model_copy(update={"decision": "to_check"})]) == "to_check"


@pytest.mark.parametrize(
    ("decision", "sure", "wanted"), [("warned", True, "forbidden"), ("to_check", False, "overbroad")]
)
def test_a_doubt_on_health_makes_nothing_forbidden(decision, sure, wanted):
    passage = question_from_text("Pratiquez-vous un sport ?", "")
    lifestyle = next(found for found in detect([passage])[0] if found.label == "lifestyle")
    lifestyle = replace(lifestyle, anatomy=None)
    doubt = replace(lifestyle, label="mental_health_broad", decision=decision, sure=sure, patterns=frozenset())
    told = explain([lifestyle, doubt], Context.model_validate(SMALL_LOAN), "fr", TODAY)
    assert verdict(told) == wanted
