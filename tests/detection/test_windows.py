"""How far back a question asks."""

from datetime import date

import pytest

from analyzer.detection.windows import find_window

TODAY = date(2026, 6, 1)


def window(text: str, stem: str = ""):
    plain = f"{stem} {text}" if stem else text
    return find_window(plain, len(plain) - len(text), len(plain), TODAY)


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("au cours des 5 dernieres annees, avez vous ete opere ?", 60),
        ("au cours des cinq (5) dernieres annees", 60),
        ("dans les dix dernieres annees", 120),
        ("durant les douze derniers mois", 12),
        ("lors des dernieres 5 annees", 60),
        ("ces 24 derniers mois", 24),
        ("depuis 5 ans, avez vous ete opere ?", 60),
        ("depuis moins de 2 ans", 24),
        ("il y a moins de six mois", 6),
        ("un examen datant de moins de 3 mois", 3),
        ("dans les 3 ans precedant la demande", 36),
        ("au cours de la derniere annee", 12),
        ("l'annee ecoulee", 12),
        ("le mois dernier", 1),
        ("depuis le 1er janvier 2021", 60),
        ("depuis 2019", 84),
        ("entre 2020 et 2024", 72),
        ("au cours des 30 derniers jours", 1),
    ],
)
def test_a_length_or_a_date_is_read(text, months):
    found, lifted = window(text)
    assert lifted is None
    assert found is not None and found.months == months
    assert text[found.start : found.end] == found.words


@pytest.mark.parametrize(
    "text",
    [
        "avez vous deja ete opere ?",
        "avez vous ete en arret de travail pendant plus de 15 jours ?",
        "un traitement d'une duree de plus de 3 mois",
        "un sejour de plus d'un mois a l'hopital",
        "un arret de travail superieur a 30 jours",
        "prenez vous un traitement depuis plus de 30 jours ?",
    ],
)
def test_how_long_something_lasted_is_no_window(text):
    assert window(text) == (None, None)


@pytest.mark.parametrize(
    "text",
    [
        "quelle qu'en soit la date, avez vous ete opere ?",
        "un cancer, meme il y a plus de 10 ans",
        "au cours de votre vie, avez vous ete hospitalise ?",
        "par le passe",
        "depuis votre naissance",
    ],
)
def test_words_that_lift_every_limit(text):
    found, lifted = window(text, "au cours des 5 dernieres annees :")
    assert found is None
    assert lifted is not None


def test_everyday_life_is_no_lifetime():
    assert window("avez vous des difficultes dans votre vie quotidienne ?") == (None, None)


def test_a_question_takes_the_window_of_its_stem():
    found, _ = window("avez vous ete opere ?", "au cours des 10 dernieres annees :")
    assert found is not None and found.months == 120


def test_its_own_window_wins():
    found, _ = window("avez vous ete opere depuis 2 ans ?", "au cours des 10 dernieres annees :")
    assert found is not None and found.months == 24


def test_the_last_time_is_bounded_without_a_length():
    found, lifted = window("date de votre dernier detartrage :")
    assert lifted is None
    assert found is not None and found.months is None
