"""The questions of forms, one test for each layout. The pages are drawn here and read like any other."""

from __future__ import annotations

import string
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.pdfgen.canvas import Canvas

from analyzer.reading import read
from analyzer.schema import Page, Passage
from analyzer.segmentation import segment
from analyzer.segmentation.answers import answer_spans, answer_state, is_answer, number_of
from analyzer.segmentation.questions import said_spans
from tests.pdfs import A4, drawn
from tests.segmentation.build import column, document, line

Draw = Callable[[Canvas], object]
#: Number, context, text, state of the answer.
Told = tuple[str, str, str, str | None]


def text(x: float, top: float, words: str, size: float = 10, bold: bool = False) -> Draw:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica-Bold" if bold else "Helvetica", size)
        canvas.drawString(x, A4[1] - top, words)

    return draw


def box(x: float, top: float, ticked: bool = False) -> Draw:
    def draw(canvas: Canvas) -> None:
        y = A4[1] - top - 1
        canvas.rect(x, y, 8, 8)
        if ticked:
            canvas.lines([(x, y, x + 8, y + 8), (x, y + 8, x + 8, y)])

    return draw


def yes_no(top: float, ticked: str = "", x: float = 450) -> list[Draw]:
    """A box and "Oui", a box and "Non"; the one named in ``ticked`` is crossed."""
    return [
        *(box(x, top, ticked == "oui"), text(x + 11, top, "Oui")),
        *(box(x + 50, top, ticked == "non"), text(x + 61, top, "Non")),
    ]


def ruled(xs: list[float], tops: list[float]) -> Draw:
    return lambda canvas: canvas.grid(xs, [A4[1] - top for top in tops])


def passages(*pages: list[Draw]) -> list[Passage]:
    def page(parts: list[Draw]) -> Callable[[Canvas], None]:
        return lambda canvas: [part(canvas) for part in parts] and None

    return segment(read(drawn(*map(page, pages)), "questionnaire.pdf"))


def questions(*pages: list[Draw]) -> list[Told]:
    return [(p.number, p.context, p.text, p.answer) for p in passages(*pages) if p.kind == "question"]


def clauses(*pages: list[Draw]) -> list[str]:
    return [p.text for p in passages(*pages) if p.kind == "clause"]


def test_numbered_questions_with_drawn_boxes():
    form = [
        text(50, 60, "1. Êtes-vous diabétique ?"), *yes_no(60, "non"),
        text(50, 80, "2. Fumez-vous plus de 10 cigarettes par jour ?"), *yes_no(80),
        text(50, 100, "3) Quels sont votre taille et votre poids ? ............................"),
    ]  # fmt: skip
    assert questions(form) == [
        ("1", "", "Êtes-vous diabétique ?", "ticked"),
        ("2", "", "Fumez-vous plus de 10 cigarettes par jour ?", "empty"),
        ("3", "", "Quels sont votre taille et votre poids ?", None),
    ]


@pytest.mark.parametrize(
    ("marks", "numbers"),
    [
        (("a)", "b)", "c)"), ("10a", "10b", "10c")),
        (("10g)", "10h)", "10i)"), ("10g", "10h", "10i")),
        (("10a", "10b", "10c"), ("10a", "10b", "10c")),
        (("•", "•", "•"), ("10", "10", "10")),
        (("-", "-", "-"), ("10", "10", "10")),
        (("10.1", "10.2", "10.3"), ("10.1", "10.2", "10.3")),
    ],
)
def test_items_inherit_the_stem_and_its_number(marks, numbers):
    stem = "Au cours des 10 dernières années, avez-vous eu :"
    form = [text(50, 60, f"10. {stem}", bold=True)]
    for mark, top, item in zip(
        marks, (80, 100, 120), ("une opération ?", "un cancer ?", "une dépression ?"), strict=True
    ):
        form += [text(60, top, mark), text(90, top, item), *yes_no(top)]
    form += [text(50, 140, "11. Êtes-vous asthmatique ?"), *yes_no(140)]
    assert questions(form) == [
        (numbers[0], stem, "une opération ?", "empty"),
        (numbers[1], stem, "un cancer ?", "empty"),
        (numbers[2], stem, "une dépression ?", "empty"),
        ("11", "", "Êtes-vous asthmatique ?", "empty"),
    ]


def test_items_go_on_over_the_end_of_a_page():
    stem = "Depuis 5 ans, avez-vous :"
    foot = [text(50, 810, "Compagnie imaginaire – QS 12", 7), text(500, 810, "Page 1", 7)]
    head = [text(50, 30, "Questionnaire de santé QS 12", 8, bold=True)]
    first = [text(50, 700, f"4. {stem}"), text(60, 720, "a) été hospitalisé ?"), *yes_no(720), *foot]
    second = [*head, text(60, 60, "b) suivi un traitement contre l'asthme ?"), *yes_no(60, "oui"), *foot]
    assert questions(first, second) == [
        ("4a", stem, "été hospitalisé ?", "empty"),
        ("4b", stem, "suivi un traitement contre l'asthme ?", "ticked"),
    ]


def test_a_group_heading_is_the_context_of_bare_illnesses():
    form = [text(50, 60, "Souffrez-vous ou avez-vous été atteint de :"), text(450, 60, "Oui"), text(500, 60, "Non")]
    for top, illness in ((80, "Diabète"), (100, "Maladies du coeur (infarctus, angor)"), (120, "Goutte")):
        form += [text(60, top, illness), box(454, top), box(504, top, illness == "Goutte")]
    stem = "Souffrez-vous ou avez-vous été atteint de :"
    assert questions(form) == [
        ("", stem, "Diabète", "empty"),
        ("", stem, "Maladies du coeur (infarctus, angor)", "empty"),
        ("", stem, "Goutte", "ticked"),
    ]


def test_a_heading_gives_its_window_until_the_next():
    form = [
        text(50, 60, "II. AU COURS DES 5 DERNIÈRES ANNÉES", bold=True),
        text(50, 80, "1. Avez-vous été opéré ?"), *yes_no(80),
        text(50, 100, "2. Avez-vous été en arrêt de travail depuis 2023 ?"), *yes_no(100),
        text(50, 130, "III. VOTRE ÉTAT ACTUEL", bold=True),
        text(50, 150, "3. Êtes-vous suivi pour une maladie du foie ?"), *yes_no(150),
    ]  # fmt: skip
    assert [(number, context) for number, context, _, _ in questions(form)] == [
        ("1", "AU COURS DES 5 DERNIÈRES ANNÉES"),
        ("2", ""),
        ("3", ""),
    ]


@pytest.mark.parametrize(
    "tail",
    [
        "Si oui, précisez la date :",
        "Si oui, depuis quand ?",
        "Précisez :",
        "Lequel et depuis quand ?",
        "Motif et durée :",
        "Dans l'affirmative, nature de l'opération :",
    ],
)
def test_a_tail_belongs_to_the_question_before_it(tail):
    form = [
        text(50, 60, "1. Avez-vous été opéré du dos ?"), *yes_no(60),
        text(50, 80, f"{tail} ......................................"),
        text(50, 110, "2. Fumez-vous ?"), *yes_no(110),
    ]  # fmt: skip
    assert [asked[2] for asked in questions(form)] == [f"Avez-vous été opéré du dos ? {tail}", "Fumez-vous ?"]


def test_a_tail_after_an_answer_on_the_same_line():
    form = [text(50, 60, "5. Êtes-vous diabétique ?  Oui   Non   Si oui, date du diagnostic : ..........")]
    assert questions(form) == [("5", "", "Êtes-vous diabétique ? Si oui, date du diagnostic :", "unknown")]


def test_rows_of_a_ruled_table_with_boxes_and_tails_in_rows_of_their_own():
    form = [
        ruled([50, 80, 440, 550], [80, 100, 120, 140, 160]),
        text(55, 94, "1."), text(85, 94, "Êtes-vous en arrêt de travail ?"), *yes_no(94, "oui", 450),
        text(85, 114, "Si oui, depuis quelle date : .............."),
        text(55, 134, "2."), text(85, 134, "Avez-vous une hernie discale ?"), *yes_no(134, x=450),
        text(55, 154, "3."), text(85, 154, "Nom de votre médecin traitant : .............."),
    ]  # fmt: skip
    assert questions(form) == [
        ("1", "", "Êtes-vous en arrêt de travail ? Si oui, depuis quelle date :", "ticked"),
        ("2", "", "Avez-vous une hernie discale ?", "empty"),
        ("3", "", "Nom de votre médecin traitant :", None),
    ]


def test_rows_of_a_ruled_table_with_cells_to_cross():
    xs = [50.0, 250.0, 300.0, 350.0, 500.0]
    rows = [
        ("Maladie", "Oui", "Non", "Si oui, date"),
        ("Diabète", "", "X", ""),
        ("Épilepsie", "", "", ""),
        ("Goutte", "X", "", "2019"),
    ]
    form = [text(50, 60, "Au cours des 5 dernières années, avez-vous été soigné pour :", bold=True)]
    form.append(ruled(xs, [80, 100, 120, 140, 160]))
    form += [
        text(xs[c] + 5, 94 + 20 * r, cell, bold=not r)
        for r, row in enumerate(rows)
        for c, cell in enumerate(row)
        if cell
    ]
    stem = "Au cours des 5 dernières années, avez-vous été soigné pour :"
    assert questions(form) == [
        ("", stem, "Diabète", "ticked"),
        ("", stem, "Épilepsie", "empty"),
        ("", stem, "Goutte", "ticked"),
    ]


def test_the_heading_of_rows_is_their_context():
    form = [lambda c: c.rect(50, A4[1] - 120, 110, 40), ruled([160, 430, 500], [80, 100, 120])]
    form += [text(53, 96, "Dans les 5 ans,", 8), text(53, 107, "avez-vous été", 8)]
    form += [
        text(165, 94, "hospitalisé ?"),
        text(440, 94, "O / N"),
        text(165, 114, "opéré du dos ?"),
        text(440, 114, "O / N"),
    ]
    assert questions(form) == [
        ("", "Dans les 5 ans, avez-vous été", "hospitalisé ?", "unknown"),
        ("", "Dans les 5 ans, avez-vous été", "opéré du dos ?", "unknown"),
    ]


def test_the_heading_of_a_column_is_the_context_of_its_cells():
    form = [ruled([50, 300, 420], [80, 100, 120, 140]), text(55, 94, "Antécédents familiaux", bold=True)]
    for top, illness in ((114, "Cancer"), (134, "Diabète")):
        form += [text(55, top, illness), *yes_no(top, x=310)]
    assert questions(form) == [
        ("", "Antécédents familiaux", "Cancer", "empty"),
        ("", "Antécédents familiaux", "Diabète", "empty"),
    ]


def test_a_question_or_a_stem_in_the_first_row_of_a_table():
    form = [ruled([50, 80, 440, 550], [80, 100, 120]), text(55, 94, "1."), text(85, 94, "Quel est votre poids ?")]
    form += [text(55, 114, "2."), text(85, 114, "Êtes-vous asthmatique ?"), *yes_no(114, x=450)]
    assert [asked[:3] for asked in questions(form)] == [
        ("1", "", "Quel est votre poids ?"),
        ("2", "", "Êtes-vous asthmatique ?"),
    ]
    stem = "Depuis 5 ans, avez-vous :"
    form = [ruled([50, 80, 440, 550], [100, 120]), ruled([50, 550], [80, 100]), text(55, 94, f"7. {stem}", bold=True)]
    form += [text(55, 114, "a)"), text(85, 114, "été opéré du coeur ?"), *yes_no(114, x=450)]
    assert questions(form) == [("7a", stem, "été opéré du coeur ?", "empty")]


def test_lists_within_lists():
    form = [text(50, 60, "7. Au cours des 5 dernières années, avez-vous :"), text(65, 80, "a) souffert de :")]
    for top, words in ((100, "- asthme"), (118, "- migraine")):
        form += [text(80, top, words), *yes_no(top)]
    form += [text(65, 136, "b) été opéré ?"), *yes_no(136), text(50, 160, "8. Pour les femmes :")]
    form += [text(65, 178, "a) êtes-vous enceinte ?"), *yes_no(178)]
    stem = "Au cours des 5 dernières années, avez-vous :"
    assert [asked[:3] for asked in questions(form)] == [
        ("7a", f"{stem} souffert de :", "asthme"),
        ("7a", f"{stem} souffert de :", "migraine"),
        ("7b", stem, "été opéré ?"),
        ("8a", "Pour les femmes :", "êtes-vous enceinte ?"),
    ]


def test_labels_of_fields_ask_under_their_heading():
    form = [text(50, 60, "Antécédents familiaux", 12, bold=True)]
    form += [text(60, 84, "Diabète : oui / non   Lien de parenté : .............")]
    form += [text(50, 120, "Habitudes de vie", 12, bold=True), text(60, 144, "Tabac : ........ cigarettes par jour")]
    form += [text(60, 160, "Situation familiale : ................"), text(60, 176, "Banque : .....................")]
    assert questions(form) == [
        ("", "Antécédents familiaux", "Diabète Lien de parenté :", "unknown"),
        ("", "", "Tabac : cigarettes par jour", None),
    ]


def test_a_contract_and_a_form_on_one_page():
    form = [text(50, 60, "Ne sont pas garantis :"), text(50, 76, "- les maladies antérieures à l'adhésion ;")]
    form += [text(50, 92, "- les suites de l'usage de stupéfiants.")]
    form += [text(50, 130, "1. Avez-vous une maladie chronique ?"), *yes_no(130)]
    form += [text(50, 160, "L'assureur peut demander tout document médical utile à l'étude du dossier.", 8)]
    assert [asked[2] for asked in questions(form)] == ["Avez-vous une maladie chronique ?"]
    assert "- les maladies antérieures à l'adhésion ;" in clauses(form)


def test_what_was_typed_in_answer_is_part_of_no_question():
    form = [text(50, 60, "Au cours des 5 dernières années, avez-vous :", bold=True)]
    form += [ruled([50, 80, 440, 550], [80, 100, 120, 140, 160]), text(55, 94, "a)"), text(85, 94, "été opéré ?")]
    form += [*yes_no(94, "oui", 450), text(85, 114, "Si oui, précisez :"), text(85, 134, "Genou droit, le 12/03/2023")]
    form += [text(55, 154, "b)"), text(85, 154, "été en arrêt de travail ?"), *yes_no(154, "non", 450)]
    stem = "Au cours des 5 dernières années, avez-vous :"
    assert questions(form) == [
        ("a", stem, "été opéré ? Si oui, précisez :", "ticked"),
        ("b", stem, "été en arrêt de travail ?", "ticked"),
    ]


def typed(x: float, top: float, words: str) -> Draw:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Courier", 10)
        canvas.drawString(x, A4[1] - top, words)

    return draw


def test_what_was_typed_behind_the_question_is_no_part_of_it():
    form = [text(50, 60, "1. Êtes-vous diabétique ? [x] Oui [ ] Non Si oui, depuis quand :")]
    form += [
        typed(350, 60, "depuis 2015, Zorglubine"),
        text(50, 80, "2. Avez-vous été opéré depuis 5 ans ? [x] Oui [ ] Non"),
    ]
    form += [text(50, 95, "Si oui, motif :"), typed(120, 95, "genou gauche, clinique du Parc")]
    form += [text(50, 120, "3. Votre taille :"), typed(122, 120, "171"), text(142, 120, "cm Votre poids :")]
    form += [typed(220, 120, "83"), text(235, 120, "kg")]
    assert questions(form) == [
        ("1", "", "Êtes-vous diabétique ? Si oui, depuis quand :", "ticked"),
        ("2", "", "Avez-vous été opéré depuis 5 ans ? Si oui, motif :", "ticked"),
        ("3", "", "Votre taille : cm Votre poids : kg", None),
    ]


def test_what_asks_for_more_is_printed_in_any_font():
    form = [text(50, 60, "1. Êtes-vous diabétique ?"), *yes_no(60), typed(50, 75, "Si oui, depuis quand ?")]
    assert questions(form) == [("1", "", "Êtes-vous diabétique ? Si oui, depuis quand ?", "empty")]


@pytest.mark.parametrize(
    ("printed", "answer"),
    [
        ("Êtes-vous diabétique ? Si oui, depuis quand :", "2015, Zorglubine"),
        ("Prenez-vous un traitement ? Nom des médicaments :", "Zorglubine 50 mg"),
        ("Avez-vous été opéré depuis 5 ans ? Motif et date :", "genou gauche le 12/03/2023"),
        ("Prenez-vous un traitement médicamenteux ?", "oui de la Zorglubine"),
        ("Quel est le nom de votre médecin traitant ?", "Kermoal à Quimper"),
        ("Votre tension artérielle :", "14/8"),
    ],
)
def test_what_was_typed_in_the_font_of_the_form_is_known_by_what_asks_for_it(printed: str, answer: str):
    form = [text(50, 60, f"1. {printed} {answer}"), text(50, 90, "2. Fumez-vous ?"), *yes_no(90)]
    form += [text(50, 120, "3. Avez-vous de l'asthme ?"), *yes_no(120)]
    assert questions(form)[0][2] == printed


@pytest.mark.parametrize(
    "asked",
    [
        "Êtes-vous diabétique ? Si oui, précisez : depuis quand, traitement",
        "Souffrez-vous d'une des maladies suivantes : diabète, asthme, cancer",
        "Êtes-vous enceinte ? (pour les femmes)",
        "Vos antécédents : 1) cancer 2) diabète",
    ],
)
def test_what_is_printed_behind_what_asks_stays(asked: str):
    assert said_spans(asked) == []


@pytest.mark.parametrize("draw", [text, typed])
def test_an_answer_in_capitals_is_no_heading(draw: Callable[[float, float, str], Draw]):
    form = [text(50, 40, "QUESTIONNAIRE DE SANTÉ", 14, bold=True)]
    form += [text(50, 60, "1. Êtes-vous diabétique ?"), *yes_no(60, "oui"), text(50, 80, "Si oui, quel traitement :")]
    form += [draw(50, 100, "ZORGLUBINE POUR LE DIABÈTE"), text(50, 130, "2. Fumez-vous ?"), *yes_no(130)]
    form += [text(50, 160, "Maladie des reins :"), text(50, 180, "3. Avez-vous de l'asthme ?"), *yes_no(180)]
    for passage in passages(form):
        if passage.kind == "question":
            assert "ZORGLUBINE" not in " ".join((passage.text, passage.context, *passage.section))


def test_a_survey_on_something_else_asks_no_question_of_health():
    asked = ["1. Prenez-vous le train chaque jour ?", "2. Êtes-vous content des horaires ?", "3. Avez-vous un vélo ?"]
    form = [part for n, words in enumerate(asked) for part in (text(50, 60 + 20 * n, words), *yes_no(60 + 20 * n))]
    assert questions(form) == []


def test_a_heading_behind_a_question_without_an_answer_is_one():
    form = [text(50, 60, "1. Êtes-vous diabétique ?"), *yes_no(60), text(50, 80, "Si oui, quel traitement :")]
    form += [text(50, 100, "ANTÉCÉDENTS FAMILIAUX"), text(50, 130, "Cancer"), *yes_no(130)]
    assert questions(form)[1] == ("", "ANTÉCÉDENTS FAMILIAUX", "Cancer", "empty")


def test_a_notice_on_the_page_of_a_form_stays_whole():
    notice = ["Qui lit vos réponses ? Le médecin-conseil, et lui seul. Vous vous demandez qui d'autre ?", "Personne."]
    form = [text(50, 60 + 12 * n, words) for n, words in enumerate(notice)]
    form += [text(50, 130, "1. Êtes-vous asthmatique ?"), *yes_no(130)]
    form += [text(50, 150, "2. Fumez-vous ?"), *yes_no(150)]
    assert " ".join(notice) in clauses(form)
    assert len(questions(form)) == 2


def test_two_columns_are_read_one_after_the_other():
    left = ["1. Fumez-vous ?  O  N", "2. Avez-vous subi une opération au", "cours des 3 dernières années ?  O  N"]
    right = ["3. Suivez-vous un régime ?  O  N", "4. Êtes-vous enceinte ?  O  N", "5. Êtes-vous asthmatique ?  O  N"]
    form = [text(50, 90 + 16 * n, words, 9) for n, words in enumerate(left)]
    form += [text(320, 90 + 16 * n, words, 9) for n, words in enumerate(right)]
    assert [(number, words) for number, _, words, _ in questions(form)] == [
        ("1", "Fumez-vous ?"),
        ("2", "Avez-vous subi une opération au cours des 3 dernières années ?"),
        ("3", "Suivez-vous un régime ?"),
        ("4", "Êtes-vous enceinte ?"),
        ("5", "Êtes-vous asthmatique ?"),
    ]


def test_two_tables_side_by_side_are_read_one_after_the_other():
    form = []
    for x, first in ((40, 1), (310, 3)):
        form.append(ruled([x, x + 25, x + 180, x + 240], [80, 104, 128]))
        for row in (0, 1):
            top = 94 + 24 * row
            form += [
                text(x + 4, top, f"{first + row})"),
                text(x + 28, top, f"Êtes-vous malade du coeur {first + row} ?", 9),
            ]
            form.append(text(x + 190, top, "O / N"))
    assert [(asked[0], asked[3]) for asked in questions(form)] == [(number, "unknown") for number in "1234"]


@pytest.mark.parametrize("boxes", [True, False])
def test_a_question_to_two_persons_is_one(boxes):
    form = []
    for number, top, words in (("1", 60, "Avez-vous une maladie du coeur ?"), ("2", 80, "Fumez-vous ?")):
        form.append(text(50, top, f"{number} - {words}"))
        for person, x in ((1, 300), (2, 430)):
            if boxes:
                form += [text(x, top, "O"), box(x + 12, top), text(x + 35, top, "N"), box(x + 47, top, number == "2")]
            else:
                form.append(text(x, top, f"Assuré {person}  O  N"))
    states = ("empty", "ticked") if boxes else ("unknown", "unknown")
    assert questions(form) == [
        ("1", "", "Avez-vous une maladie du coeur ?", states[0]),
        ("2", "", "Fumez-vous ?", states[1]),
    ]


def test_answers_under_the_question_and_choices_other_than_yes_and_no():
    form = [
        text(50, 60, "1) Avez-vous déjà été hospitalisé pour une maladie ou pour un accident, même en ambulatoire ?")
    ]
    form += [box(60, 76), text(72, 76, "Oui"), box(110, 76), text(122, 76, "Non")]
    form.append(text(50, 100, "2) Buvez-vous de l'alcool ?"))
    for x, choice in ((60, "Jamais"), (160, "Parfois"), (260, "Chaque jour")):
        form += [box(x, 116, choice == "Parfois"), text(x + 12, 116, choice)]
    assert questions(form) == [
        (
            "1",
            "",
            "Avez-vous déjà été hospitalisé pour une maladie ou pour un accident, même en ambulatoire ?",
            "empty",
        ),
        ("2", "", "Buvez-vous de l'alcool ? Jamais Parfois Chaque jour", "ticked"),
    ]


def test_a_list_to_tick():
    stem = "Avez-vous été soigné pour l'une des maladies suivantes :"
    form = [text(50, 60, stem, bold=True)]
    for top, illness in ((80, "Asthme"), (96, "Hépatite C"), (112, "Dépression")):
        form += [box(60, top, illness == "Hépatite C"), text(74, top, illness)]
    form += [box(36, 140), text(50, 140, "J'accepte de recevoir les offres de vos partenaires.")]
    assert questions(form) == [
        ("", stem, "Asthme", "empty"),
        ("", stem, "Hépatite C", "ticked"),
        ("", stem, "Dépression", "empty"),
    ]


def test_form_fields():
    def fields(canvas: Canvas) -> None:
        form = canvas.acroForm
        for x, value, selected in ((400, "oui", True), (450, "non", False)):
            form.radio(name="q1", tooltip="Tabac", value=value, selected=selected, x=x, y=A4[1] - 62, size=10)
            form.checkbox(name=f"q2{value}", tooltip="Diabète", x=x, y=A4[1] - 92, size=10)
        form.textfield(name="q3", tooltip="Médicaments", x=220, y=A4[1] - 125, width=200, height=16, value="aucun")
        form.textfield(name="q4", tooltip="Nom", x=220, y=A4[1] - 155, width=200, height=16, value="Durand")

    form = [text(50, 60, "1. Fumez-vous ?"), text(50, 90, "2. Êtes-vous diabétique ?"), fields]
    form += [text(x, top, words) for top in (60, 90) for x, words in ((415, "Oui"), (465, "Non"))]
    form += [text(50, 120, "Médicaments pris actuellement :"), text(50, 150, "Nom :")]
    assert questions(form) == [
        ("1", "", "Fumez-vous ?", "ticked"),
        ("2", "", "Êtes-vous diabétique ?", "empty"),
        ("", "", "Médicaments pris actuellement :", "ticked"),
    ]
    assert clauses(form) == ["Nom :"]


def test_what_text_recognition_makes_of_boxes():
    lines = [
        "SOUFFREZ-VOUS OU AVEZ-VOUS ETE ATTEINT DE",
        "Maladies des poumons  '[] Non C Oui (toux, asthme)",
        "Maladies du sang 0 Non O Oui (anémie)",
        "Maladies des os ,:JNon 0 Oui (arthrose)",
    ]
    form = [text(50, 60 + 20 * n, words) for n, words in enumerate(lines)]
    assert [(context, words) for _, context, words, _ in questions(form)] == [
        (lines[0], "Maladies des poumons (toux, asthme)"),
        (lines[0], "Maladies du sang (anémie)"),
        (lines[0], "Maladies des os (arthrose)"),
    ]


def test_declarations_and_what_is_agreed_to_beside_them():
    form = [text(50, 60, "Je soussigné(e) déclare :")]
    items = [
        "ne pas être en arrêt de travail ;",
        "n'avoir jamais été opéré du coeur ;",
        "avoir reçu la notice d'information ;",
        "autoriser mon médecin à répondre au médecin-conseil.",
    ]
    form += [text(60, 80 + 16 * n, f"- {item}") for n, item in enumerate(items)]
    form.append(text(50, 160, "Je certifie n'être atteint d'aucune affection de longue durée."))
    form.append(text(50, 190, "J'autorise le médecin-conseil à demander mon dossier à tous mes médecins.", 7))
    assert questions(form) == [
        ("", "Je soussigné(e) déclare :", "ne pas être en arrêt de travail ;", None),
        ("", "Je soussigné(e) déclare :", "n'avoir jamais été opéré du coeur ;", None),
        ("", "", "Je certifie n'être atteint d'aucune affection de longue durée.", None),
    ]
    waiver = next(passage for passage in passages(form) if passage.text.startswith("J'autorise"))
    assert waiver.kind == "clause"
    assert waiver.small_print


def test_what_asks_nothing_stays_a_clause():
    told = [
        "QUESTIONNAIRE DE SANTÉ",
        "Nom : ........................ Prénom : ........................",
        "Né(e) le : ....................",
        "N° de Sécurité sociale : ....................",
        "Répondez à toutes les questions par oui ou par non.",
        "Pourquoi vous posons-nous ces questions ?",
        "Toute fausse déclaration intentionnelle entraîne la nullité du contrat.",
        "Vos réponses sont couvertes par le secret médical.",
        "Fait à ..................., le ...................",
        "Signature de l'assuré :",
    ]
    form = [text(50, 60 + 24 * n, words) for n, words in enumerate(told)]
    form += [text(50, 400, "1. Êtes-vous asthmatique ?"), *yes_no(400)]
    assert [asked[2] for asked in questions(form)] == ["Êtes-vous asthmatique ?"]
    kept = " ".join(" ".join((*passage.section, passage.text)) for passage in passages(form))
    assert [words for words in told if words not in kept] == []


def test_questions_that_a_contract_answers_itself_are_none():
    told = [
        *("Que faire en cas d'hospitalisation ?", "Prévenez-nous dans les cinq jours."),
        *("Qu'est-ce qui n'est pas assuré ?", "Les maladies antérieures ne sont pas garanties."),
        *("Vous êtes en arrêt de travail ?", "Nous versons une indemnité journalière."),
        *("Avez-vous besoin d'un certificat médical ?", "Oui, pour toute demande."),
    ]
    assert questions([text(50, 60 + 22 * n, words, bold=not n % 2) for n, words in enumerate(told)]) == []


def test_an_answer_falls_inside_the_question():
    form = [
        text(50, 60, "11 Avez-vous été traité pour un cancer ?  [ ] Oui  [ ] Non  (sauf si le traitement est"),
        text(66, 73, "terminé depuis plus de 5 ans)"),
    ]
    form += [text(50, 100, "12 Êtes-vous asthmatique ?  [ ] Oui  [x] Non")]
    assert questions(form) == [
        (
            "11",
            "",
            "Avez-vous été traité pour un cancer ? (sauf si le traitement est terminé depuis plus de 5 ans)",
            "empty",
        ),
        ("12", "", "Êtes-vous asthmatique ?", "ticked"),
    ]


def test_boxes_and_evidence_of_a_question_stand_where_it_is_printed():
    form = [text(50, 60, "7. Êtes-vous atteint  Oui  Non  d'une maladie du coeur ?"), *yes_no(200)]
    asked = next(passage for passage in passages(form) if passage.kind == "question")
    assert asked.text == "Êtes-vous atteint d'une maladie du coeur ?"
    start = asked.text.index("maladie")
    spots = asked.locate(start, start + len("maladie"))
    assert len(spots) == 1
    assert spots[0].x0 > asked.locate(0, 4)[0].x1
    assert asked.boxes[0].page == 1


# ---- words alone -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "spans", "state"),
    [
        ("Fumez-vous ? Oui / Non", ["Oui / Non"], "unknown"),
        ("Fumez-vous ? O / N", ["O / N"], "unknown"),
        ("Fumez-vous ? □ Oui ☒ Non", ["□ Oui ☒ Non"], "ticked"),
        ("Fumez-vous ? |_| Oui |_| Non", ["|_| Oui |_| Non"], "empty"),
        ("Fumez-vous ? Oui □ Non □", ["Oui □ Non □"], "empty"),
        ("Fumez-vous ? 0 Non 1Oui combien ?", ["0 Non 1Oui"], "unknown"),
        ("Assuré 1 O N Assuré 2 O N", ["Assuré 1 O N", "Assuré 2 O N"], "unknown"),
        ("Taille : ....... cm", ["......."], None),
        ("Né le |__|__| à ______", ["|__|__|", "______"], None),
        ("Répondez par oui ou par non", [], None),
        ("On opère, non sans risque (…) ; et après…", [], None),
    ],
)
def test_answers_in_a_text(words, spans, state):
    assert [words[start:end] for start, end in answer_spans(words)] == spans
    assert answer_state(words) == state


@pytest.mark.parametrize(
    ("words", "own", "item"),
    [
        *(("3. Avez-vous", "3", ""), ("3) Avez", "3", ""), ("3°) Avez", "3", ""), ("2.10 Votre", "2.10", "")),
        *(("10g) autre", "10", "g"), ("7a hypertension", "7", "a"), ("a) une", "", "a"), ("(b) une", "", "b")),
        *(("Q4. Êtes", "4", ""), ("1 Quelle est", "1", ""), ("• une", "", ""), ("– être", "", "")),
    ],
)
def test_numbers_of_questions(words, own, item):
    number = number_of(words)
    assert number is not None
    assert (number.own, number.item) == (own, item)
    assert words[number.length].isalpha()


@pytest.mark.parametrize(
    "words", ["5 dernières années", "24 mois", "a-t-il", "M. Dupont", "A – VOTRE SANTÉ", "L. 113-8"]
)
def test_what_is_no_number(words):
    assert number_of(words) is None


@pytest.mark.parametrize("words", ["Oui", "Non", "X Non", "O N", "O / N", "☐", "☐ Non", "Assuré 1 O N"])
def test_lines_that_are_answers(words):
    assert is_answer(words)


@pytest.mark.parametrize("words", ["Aucune", "Non fumeur", "Ouïe", "On", "Oui, depuis 2019"])
def test_lines_that_are_none(words):
    assert not is_answer(words)


printed = st.lists(
    st.sampled_from(
        "1. 2. a) b) • - Oui Non O N ☐ ☒ |_| ...... Avez-vous eu un cancer ? Diabète Si oui, précisez : Je déclare "
        "ne pas être malade ; au cours des 5 dernières années Nom : Signature".split()
    ),
    min_size=1,
    max_size=9,
).map(" ".join)
printed_lines = st.builds(
    line,
    printed,
    x=st.sampled_from([50.0, 70.0, 310.0, 450.0]),
    top=st.integers(2, 60).map(lambda row: row * 13.0),
    size=st.sampled_from([7.0, 10.0]),
    bold=st.booleans(),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(printed_lines, max_size=25), min_size=1, max_size=3))
def test_the_pieces_of_every_question_are_what_is_printed(made):
    for passage in segment(document(*made)):
        assert passage.text == passage.text.strip() != ""
        covered = [" "] * len(passage.text)
        for piece in passage.pieces:
            part = passage.text[piece.start : piece.end]
            assert part == piece.line.text[piece.offset : piece.offset + piece.end - piece.start]
            covered[piece.start : piece.end] = part
        assert "".join(covered) == passage.text
        if passage.kind == "question":
            assert passage.boxes
            assert passage.locate(0, len(passage.text))
            assert not any(end - start > 3 for start, end in answer_spans(passage.text))


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from(string.ascii_letters[:6] + "oOnNuiI ?.:_|☐[]()0-1'…/;,"), max_size=60))
def test_answers_of_any_text_are_spans_of_it(words):
    position = 0
    for start, end in answer_spans(words):
        assert position <= start < end <= len(words)
        position = end
    number = number_of(words)
    assert number is None or 0 < number.length < len(words)


@pytest.mark.parametrize("sign", ["oui ", "Oui,", "O ", "|", "_", "|_", "[ ", ". ", "-- ", "Assuré ", "0 ", "• "])
def test_answers_take_linear_time(sign):
    answer_spans(sign * 20_000)
    number_of(sign * 20_000)


def test_a_page_without_marks_or_questions_is_read_as_before():
    lines = column(["Article 1. Le secret médical est opposable à l'assureur.", "Article 2. La prime est due."])
    page = Page(number=1, width=A4[0], height=A4[1], read_by="text layer", lines=tuple(lines))
    assert [passage.kind for passage in segment(document(page.lines))] == ["clause", "clause"]
