"""The letters as data: what a file may say, and that each situation has its letter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, get_args

import pytest
from pydantic import ValidationError

from analyzer import knowledge as room
from analyzer.errors import BadKnowledge
from analyzer.explanation.readability import reading_ease
from analyzer.knowledge import load
from analyzer.knowledge.letters import Frame, Letter, Paragraph
from analyzer.pipeline import classify
from analyzer.schema import Stage

LETTERS = load().letters
WARNINGS = {label.label: label.kind for label in load().labels.values() if label.polarity == "warning"}
#: What would say something of the sender's health, or refuse everything.
ASSERTED = re.compile(
    r"\b(?:je souffre|je suis (?:malade|atteint|soigné|traité|guéri|suivi|en arrêt)|(?:ma|mes) (?:maladie|santé)"
    r"|mon état|mes? (?:traitement|antécédent|diagnostic|opération)s?"
    r"|j'ai (?:été (?:malade|opéré|soigné|hospitalisé)|eu un)"
    r"|je refuse (?!l'examen)|je ne (?:donnerai|fournirai|répondrai|remplirai))"
)


def words_of(letter: Letter) -> Iterator[str]:
    """Every text of a letter in French, what is sent and what is told about it."""
    yield from (letter.title.fr, letter.purpose.fr, letter.may_follow.fr, *letter.wordings.values())
    for paragraph in letter.body:
        yield from filter(None, (paragraph.text, paragraph.many, paragraph.elsewhere))


def letter_with(**changes: Any) -> dict[str, Any]:
    text = {"fr": "Texte.", "en": "Text."}
    return {
        "letter": "sample",
        "rank": 1,
        "title": text,
        "purpose": text,
        "may_follow": text,
        "labels": ["secrecy_waiver"],
        "stages": ["signed"],
        "jurisdictions": ["FR"],
        "recipient": ["[Nom]"],
        "subject": "objet",
        "body": [{"text": "Voici un passage de « {document} »."}, {"text": "{items}"}],
    } | changes


# ---- rules about rules ---------------------------------------------------------------------------------


def test_a_sound_letter_is_accepted() -> None:
    assert Letter.model_validate(letter_with()).grounds == ()


@pytest.mark.parametrize(
    "changes, reason",
    [
        ({"body": [{"text": "Sans passage."}]}, "items"),
        ({"body": [{"text": "{items}"}, {"text": "{items}"}]}, "items"),
        ({"wordings": {"genetic_data": "Rien."}}, "genetic_data"),
        ({"labels": []}, "labels"),
        ({"stages": ["whenever"]}, "stages"),
        ({"jurisdictions": []}, "jurisdictions"),
        ({"signature": "Marie Durand"}, "signature"),
    ],
)
def test_a_letter_that_breaks_a_rule_is_refused(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        Letter.model_validate(letter_with(**changes))


@pytest.mark.parametrize(
    "paragraph, reason",
    [
        ({"text": "Bonjour {name}."}, "name"),
        ({"text": "Ce passage est interdit."}, "interdit"),
        ({"text": "Selon l'article L. 113-8, non."}, "by id"),
        ({"text": "Selon le RGPD, non."}, "by id"),
        ({"text": "La loi le dit ({texts})."}, "grounds"),
        ({"text": "La loi le dit.", "grounds": ["eu-rgpd-5"]}, "grounds"),
        ({"text": "Oui.", "elsewhere": "Non."}, "in place of"),
    ],
)
def test_a_paragraph_asserts_no_more_than_it_may(paragraph: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        Paragraph.model_validate(paragraph)


@pytest.mark.parametrize(
    "changes, reason",
    [
        ({"labels": ("no_such_label",)}, "no label no_such_label"),
        ({"body": (Paragraph(text="Oui ({texts}).", grounds=("no-such-text",)),)}, "no legal text no-such-text"),
    ],
)
def test_a_letter_names_only_known_labels_and_laws(
    changes: dict[str, Any], reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = LETTERS["complaint"].model_copy(update=changes)
    monkeypatch.setitem(load().letters, "complaint", bad)
    with pytest.raises(BadKnowledge) as fault:
        room._check_references(load())
    assert fault.value.name == "complaint.yaml"
    assert fault.value.facts["problem"] == reason


@pytest.mark.parametrize(
    "changes",
    [
        {"clause_states": {"forbidden": "Oui{cited}."}},
        {"question_states": dict.fromkeys(("forbidden", "contestable", "worth_knowing"), "La loi l'interdit{cited}.")},
        {"quote": "« … »"},
    ],
)
def test_a_frame_that_says_too_much_or_too_little_is_refused(changes: dict[str, Any]) -> None:
    sound = load().letter_frame.model_dump(by_alias=True)
    assert Frame.model_validate(sound)
    with pytest.raises(ValidationError):
        Frame.model_validate(sound | changes)


# ---- what stands in the files --------------------------------------------------------------------------


def test_letters_come_in_one_order() -> None:
    ranks = [letter.rank for letter in LETTERS.values()]
    assert ranks == sorted(set(ranks))


@pytest.mark.parametrize("stage", get_args(Stage))
def test_every_warning_has_a_letter_at_every_stage(stage: Stage) -> None:
    for label in WARNINGS:
        assert any(label in letter.labels and stage in letter.stages for letter in LETTERS.values()), label


def test_letters_are_about_warnings() -> None:
    assert {label for letter in LETTERS.values() for label in letter.labels} <= set(WARNINGS)


@pytest.mark.parametrize("name", LETTERS)
def test_a_letter_says_nothing_of_health_and_refuses_nothing_wholesale(name: str) -> None:
    for text in words_of(LETTERS[name]):
        assert not ASSERTED.search(text.lower()), text


@pytest.mark.parametrize("name", LETTERS)
def test_a_letter_is_easy_to_read(name: str) -> None:
    letter = LETTERS[name]
    ease = reading_ease([text.replace("{items}", "") for text in words_of(letter)] * 2)
    assert ease is not None and ease >= 60


@pytest.mark.parametrize("name", LETTERS)
def test_what_may_follow_is_told(name: str) -> None:
    """Nobody sends a letter believing that it must succeed."""
    told = LETTERS[name].may_follow
    assert re.search(r"\bpeut\b", told.fr) and re.search(r"\b(?:may|can)\b", told.en)


def test_nothing_is_said_against_the_wordings_proposed() -> None:
    texts = [text for letter in LETTERS.values() for text in letter.wordings.values()]
    assert texts
    for text, found in zip(texts, classify([(text, "") for text in texts], shown=False), strict=True):
        assert not {one.label for one in found} & set(WARNINGS), text
