"""Headings and section paths."""

import pytest

from analyzer.segmentation import segment
from analyzer.segmentation.headings import Style, find_heading
from tests.segmentation.build import column, document, line

BODY = Style(9.0, False, False)
CLAUSE = "Le médecin-conseil reçoit les pièces sous pli confidentiel."


@pytest.mark.parametrize(
    ("guards", "text", "style"),
    [
        ("an article", "Article 12", BODY),
        ("an article and its title", "ARTICLE 12 – Secret médical", BODY),
        ("the first article", "Article 1er. Objet", BODY),
        ("roman numbers", "TITRE II", BODY),
        ("a chapter", "Chapitre 3 : Cotisations", BODY),
        ("a paragraph sign", "§ 4 Expertise", BODY),
        ("a decimal number", "12.3 Expertise médicale", BODY),
        ("a letter", "B. Garantie décès", BODY),
        ("a larger size", "Vos garanties", Style(12.0, False, False)),
        ("bold", "Vos garanties", Style(9.0, True, False)),
        ("capitals", "VOS GARANTIES", Style(9.0, False, True)),
        ("a question in bold", "Que faire en cas de sinistre ?", Style(9.0, True, False)),
    ],
)
def test_found(guards, text, style):
    assert find_heading(text, style, BODY, in_list=False), guards


@pytest.mark.parametrize(
    ("guards", "text", "style"),
    [
        ("a clause", "L'assuré délie ses médecins du secret.", BODY),
        ("a clause in bold", "L'assuré délie ses médecins du secret.", Style(9.0, True, False)),
        ("a clause in capitals", "TOUTE RÉTICENCE ENTRAÎNE LA NULLITÉ DU CONTRAT.", Style(9.0, False, True)),
        ("a short article that is a clause", "Article 5. L'assuré délie ses médecins du secret.", BODY),
        ("a numbered clause", "1.2 L'assuré délie ses médecins du secret", BODY),
        ("a reference", "Article 12 du présent contrat", BODY),
        ("an article of a code", "Article L. 113-8 du Code des assurances :", BODY),
        ("an item", "– Garantie décès", Style(9.0, True, False)),
        ("an item that goes on", "Garantie décès ;", Style(9.0, True, False)),
        ("figures", "100 %", Style(9.0, True, False)),
    ],
)
def test_not_found(guards, text, style):
    assert find_heading(text, style, BODY, in_list=False) is None, guards


def test_numbered_items_of_a_list_are_no_headings():
    assert find_heading("1. Copie de la pièce d'identité", BODY, BODY, in_list=True) is None


def sections(*lines):
    return {passage.text: passage.section for passage in segment(document(lines))}


def clauses(count):
    return [f"{CLAUSE[:-1]} numéro {number}." for number in range(count)]


def test_path_by_number():
    texts = [
        "TITRE I – Garanties",
        "Article 1 – Décès",
        "1.1 Étendue",
        "Article 2 – Invalidité",
        "TITRE II – Vie du contrat",
    ]
    found = clauses(5)
    lines = column([text for pair in zip(texts, found, strict=True) for text in (*pair, "")])
    paths = sections(*lines)
    assert [paths[text] for text in found] == [
        ("TITRE I – Garanties",),
        ("TITRE I – Garanties", "Article 1 – Décès"),
        ("TITRE I – Garanties", "Article 1 – Décès", "1.1 Étendue"),
        ("TITRE I – Garanties", "Article 2 – Invalidité"),
        ("TITRE II – Vie du contrat",),
    ]


def test_path_by_size_and_weight():
    found = clauses(3)
    lines = [
        line("Assurance emprunteur", top=60, size=18),
        line("Vos garanties", top=90, size=12, bold=True), line(found[0], top=110),
        line("Décès", top=130, bold=True), line(found[1], top=145),
        line("Vos démarches", top=170, size=12, bold=True), line(found[2], top=190),
        *column([CLAUSE, ""] * 5, top=300),
    ]  # fmt: skip
    paths = sections(*lines)
    assert [paths[text] for text in found] == [
        ("Assurance emprunteur", "Vos garanties"),
        ("Assurance emprunteur", "Vos garanties", "Décès"),
        ("Assurance emprunteur", "Vos démarches"),
    ]


def test_a_bare_number_takes_its_title_from_the_next_line():
    assert sections(*column(["Article 4", "Secret médical", "", CLAUSE]))[CLAUSE] == ("Article 4 Secret médical",)


def test_an_article_that_runs_on():
    """The number opens the section, though title and clause stand on the same lines."""
    text = "Article 5 – Secret médical. L'assuré délie ses médecins du secret, sans limite de durée."
    paths = sections(*column(["Article 4 – Objet", "", text, "", CLAUSE]))
    assert paths[text] == paths[CLAUSE] == ("Article 5 – Secret médical",)


def test_a_heading_that_says_something_is_a_passage_too():
    text = "Vous renoncez au secret médical"
    paths = sections(line(text, top=80, bold=True), *column([CLAUSE, "", CLAUSE, "", CLAUSE]))
    assert paths[text] == ()
    assert paths[CLAUSE] == (text,)


def test_headings_with_nothing_under_them_are_not_lost():
    paths = sections(*column(["SOMMAIRE", "GARANTIES", "EXCLUSIONS", "", CLAUSE, "", CLAUSE]))
    assert {"SOMMAIRE", "GARANTIES"} <= set(paths)
    assert paths[CLAUSE] == ("EXCLUSIONS",)
