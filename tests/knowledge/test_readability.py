"""What insured people read is easy: at least 60 on the scale of Kandel and Moles, at most 25 words a sentence."""

from __future__ import annotations

import pytest

from analyzer.explanation.readability import reading_ease, sentences, syllables, words
from tests.knowledge.readability import (
    ALONE,
    EASY,
    FOR_OTHERS,
    LONGEST,
    english_length,
    length,
    texts,
    units,
)

TEXTS = texts()

#: Syllables in careful prose, by the word.
SYLLABLES = {
    0: "l' d’ qu' n’",
    1: "le est les un que valent longue loi ans vous lui qui cinq tiers peuvent aiment doivent vient vie lieu œuvre"
    " cœur août quatre jusqu' lorsqu’",
    2: "secret santé question argent patient client présent absent parent moyen payer pays naïf maïs idée créer cruel"
    " demandent répondent informent concernent étaient risquent travaille moitié paiement souvent durée aujourd'",
    3: "assuré assurance document traitement sentiment différent accident obéir théorie oublier février questionnaires"
    " ouvrier maladie appartient coïncide ambiguë aérien éblouir influence pharaon prévoyance compétence",
    4: "exactement coopérer antécédent bénéficiaire européen réanimer irrévocable obligatoire",
    5: "réanimation médecin-conseil",
    6: "confidentialité hospitalisation",
}


def test_syllables_are_those_of_french() -> None:
    for count, line in SYLLABLES.items():
        for word in line.split():
            assert syllables(word) == count, word


def test_words_are_cut_at_blanks_and_apostrophes() -> None:
    assert words("L'assureur, le médecin-conseil et vous : avez-vous dit non ?") == [
        *("L'", "assureur", "le", "médecin-conseil", "et", "vous", "avez", "vous", "dit", "non"),
    ]
    assert words("Au bout de 5 ans, {name} (Code des assurances, art. L. 113-8)") == [
        *("Au", "bout", "de", "ans", "Code", "des", "assurances", "art"),
    ]


def test_a_colon_ends_no_sentence_and_neither_does_a_reference() -> None:
    assert sentences("Lisez l'art. L. 113-8 : il vous protège ; gardez-le.") == [
        "Lisez l'art. L. 113-8 : il vous protège ; gardez-le"
    ]
    assert len(sentences("Écrivez : « Je refuse. » Gardez la copie ! Et après ?\n– une liste ;\n– deux")) == 5


def test_the_score_is_that_of_kandel_and_moles() -> None:
    """Eight words, 21 syllables, two sentences."""
    texts = ["La confidentialité protège l'assuré.", "Les hospitalisations inquiètent."]
    assert reading_ease(texts, 1) == round(207 - 1.015 * 8 / 2 - 73.6 * 21 / 8, 1)
    assert reading_ease(texts) is None


def test_all_files_are_walked() -> None:
    """A part of the knowledge that stops being measured is noticed."""
    areas = {text.place.split("/")[0] for text in TEXTS}
    assert areas == {
        *("labels", "situations", "notices", "rewordings", "severity", "themes", "letters", "letter_frame", "laws"),
        "messages",
    }
    assert len(TEXTS) > 1000


def test_no_sentence_is_long() -> None:
    french = [(text.place, part) for text in TEXTS for part in sentences(text.fr) if length(part) > LONGEST]
    english = [(text.place, part) for text in TEXTS for part in sentences(text.en) if english_length(part) > LONGEST]
    assert not french + english


def test_what_is_read_together_is_easy() -> None:
    scores = {name: reading_ease(parts, 1) for name, parts in units().items()}
    assert all(ease is not None for ease in scores.values())
    assert not {name: ease for name, ease in scores.items() if ease is not None and ease < EASY}


def test_each_text_of_ten_words_is_easy_by_itself() -> None:
    hard = {text.place: ease for text in TEXTS if (ease := reading_ease([text.fr], ALONE)) is not None and ease < EASY}
    assert not hard


@pytest.mark.parametrize("key", ["cli.check", "compare.cli.output", "compare.cli", "train.done", "form.decision.keep"])
def test_what_others_read_is_not_measured(key: str) -> None:
    assert FOR_OTHERS.match(key)


@pytest.mark.parametrize("key", ["summary.none", "form.insured.lead", "error.file_locked", "app.lead", "client.said"])
def test_what_an_insured_person_reads_is_measured(key: str) -> None:
    assert not FOR_OTHERS.match(key)
