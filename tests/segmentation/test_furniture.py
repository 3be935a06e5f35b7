"""What is printed on page after page."""

import pytest

from analyzer.segmentation.furniture import without_furniture
from tests.segmentation.build import column, document, line


def body(number):
    return column([f"Le corps de la page {number} dit une chose", f"puis la page {number} en dit une autre."], top=400)


def kept_texts(*pages):
    return [[one.text for one in (*page.body, *page.kept)] for page in without_furniture(document(*pages).pages)]


@pytest.mark.parametrize(
    ("guards", "head", "foot"),
    [
        ("a running title", "Notice d'information", None),
        ("a page number", None, "{page}"),
        ("a page number among pages", None, "Page {page}/6"),
        ("a page number in words", None, "page {page} sur 6"),
        ("a page number between dashes", None, "- {page} -"),
        ("a reference line", "Réf. CG-2024 - 03/2024", "Éd. 2024 – {page}"),
        ("title and number", "Conditions générales", "Mutuelle Exemple, 12 rue des Lilas - {page}"),
    ],
)
@pytest.mark.parametrize("pages", [2, 3, 6])
def test_removed(guards, head, foot, pages):
    made = []
    for number in range(1, pages + 1):
        lines = body(number)
        if head:
            lines.insert(0, line(head.format(page=number), top=30))
        if foot:
            lines.append(line(foot.format(page=number), top=800))
        made.append(lines)
    assert kept_texts(*made) == [[one.text for one in body(number)] for number in range(1, pages + 1)], guards


def test_one_page_loses_only_its_number():
    page = [line("Notice d'information", top=30), *body(1), line("Mutuelle Exemple", top=790), line("1", 300, 815)]
    assert kept_texts(page) == [["Notice d'information", *(one.text for one in body(1)), "Mutuelle Exemple"]]


@pytest.mark.parametrize("text", ["100 %", "12 €", "Décès 3", "4 ans", "1. Objet"])
def test_figures_of_the_body_are_no_page_numbers(text):
    row = [line("Décès", top=60), line(text, 300, 60)]
    assert kept_texts([*row, *body(1)]) == [["Décès", text, *(one.text for one in body(1))]]
    assert kept_texts([*body(1), line("3", 300, 800), line("Décès", top=800)])[0][-2:] == ["3", "Décès"]


def test_a_clause_repeated_in_the_body_stays():
    clause = line("L'assuré délie son médecin du secret médical.", top=400)
    assert kept_texts([clause], [clause], [clause]) == [[clause.text]] * 3


def test_articles_are_no_page_numbers():
    """ "Article 3" and "Article 4" at the top of two pages are headings, though only their figures differ."""
    pages = [[line(f"Article {number}", top=60), *body(number)] for number in (3, 7, 8)]
    assert [page[0] for page in kept_texts(*pages)] == ["Article 3", "Article 7", "Article 8"]


def test_repeated_lines_that_touch_the_body_stay():
    """A form printed in two copies: what stands at the top runs on into the body, so it is none of the furniture."""
    copy = column(["Je soussigné demande mon adhésion", "et certifie l'exactitude de mes réponses"] * 20, top=60)
    assert kept_texts(copy, copy) == [[one.text for one in copy]] * 2


def test_a_footer_that_may_be_a_clause_is_kept_once():
    foot = "Vos données de santé peuvent être transmises à nos partenaires et à nos réassureurs."
    pages = [[*body(number), line(foot, top=800), line(str(number), 500, 820)] for number in range(1, 5)]
    texts = kept_texts(*pages)
    assert [page.count(foot) for page in texts] == [1, 0, 0, 0]


def test_a_reference_up_the_margin():
    margin = line("MUT 204 - 01/24", 20, 300)._replace(bottom=420.0)
    assert kept_texts(*[[margin, *body(number)] for number in range(3)]) == [
        [one.text for one in body(n)] for n in range(3)
    ]


def test_headers_of_odd_and_even_pages():
    heads = ["Conditions générales", "Assurance emprunteur"]
    pages = [[line(heads[number % 2], 50 + 300 * (number % 2), 30), *body(number)] for number in range(8)]
    assert kept_texts(*pages) == [[one.text for one in body(number)] for number in range(8)]
