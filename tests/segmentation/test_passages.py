"""Paragraphs, lists, columns and pages become passages."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.segmentation import segment
from analyzer.segmentation.furniture import without_furniture
from tests.segmentation.build import below, column, document, filled, line

CLAUSE = (
    "L'assuré autorise les médecins qui l'ont soigné à répondre aux questions du médecin-conseil de l'assureur. "
    "Ces réponses lui sont adressées sous pli confidentiel."
)
OTHER = "Les cotisations sont payables d'avance, par mois ou par trimestre, au choix de l'adhérent."


def texts(*pages):
    return [passage.text for passage in segment(document(*pages))]


def test_lines_become_paragraphs():
    first = filled(CLAUSE, 240)
    second = filled(OTHER, 240, top=below(first))
    assert texts(first + second) == [CLAUSE, OTHER]


def test_a_first_line_indent_begins_a_paragraph():
    """Even where no white space stands between them, and the line above is full."""
    first = filled(CLAUSE, 240, indent=15)
    second = filled(OTHER, 240, top=first[-1].top + 12, indent=15)
    assert texts(first + second) == [CLAUSE, OTHER]


def test_a_short_last_line_ends_a_paragraph():
    lines = column(
        [
            "L'assuré adresse au médecin-conseil les pièces utiles,",
            "sous pli confidentiel.",
            "Le médecin-conseil répond.",
        ]
    )
    assert texts(lines) == [f"{lines[0].text} {lines[1].text}", lines[2].text]


def test_another_size_begins_a_paragraph():
    lines = [
        line("Les prestations sont versées chaque mois à", top=100),
        line("terme échu selon les règles", top=112, size=7),
    ]
    assert texts(lines) == [one.text for one in lines]


@pytest.mark.parametrize(
    ("above", "under", "mended"),
    [
        ("la levée du secret mé-", "dical par l'assuré", "la levée du secret médical par l'assuré"),
        ("adressé au médecin-", "conseil de l'assureur", "adressé au médecin-conseil de l'assureur"),
        ("selon l'article L. 113-", "8 du Code", "selon l'article L. 113-8 du Code"),
        ("le délai court – sauf exception -", "de plein droit", "le délai court – sauf exception - de plein droit"),
    ],
)
def test_words_cut_at_the_end_of_a_line(above, under, mended):
    (passage,) = segment(document(column([above, under])))
    assert passage.text == mended
    word = passage.text.index("dical") if "dical" in mended else 0
    assert passage.locate(word, word + 5)[0].top == (112 if word else 100)


def test_evidence_across_a_mended_word_covers_both_lines():
    (passage,) = segment(document(column(["la levée du secret mé-", "dical par l'assuré"])))
    start = passage.text.index("médical")
    upper, lower = passage.locate(start, start + len("médical"))
    assert (upper.x0, upper.x1, upper.top) == (50 + 19 * 5, 50 + 21 * 5, 100)
    assert (lower.x0, lower.x1, lower.top) == (50, 50 + 5 * 5, 112)


def test_a_clause_over_a_column_break():
    lines = filled(CLAUSE, 200)
    for at in range(1, len(lines) - 1):
        head = [
            *filled(OTHER, 200, top=60),
            *(one._replace(top=one.top + 60, bottom=one.bottom + 60) for one in lines[:at]),
        ]
        moved = [
            one._replace(
                x0=one.x0 + 260, x1=one.x1 + 260, top=60 + 12 * index, bottom=70 + 12 * index,
                words=tuple(word._replace(x0=word.x0 + 260, x1=word.x1 + 260) for word in one.words),
            )
            for index, one in enumerate(lines[at:])
        ]  # fmt: skip
        tail = filled(
            "La suite dit autre chose que le reste de la colonne et prend bien plusieurs lignes pour le dire.",
            200,
            310,
            below(moved),
        )
        passages = segment(document(head + moved + tail))
        assert CLAUSE in [passage.text for passage in passages], at
        (clause,) = (passage for passage in passages if passage.text == CLAUSE)
        assert [(box.page, box.x0) for box in clause.boxes] == [(1, 50), (1, 310)]


def test_a_clause_over_a_page_break():
    """With a running title, a page number and a footnote between its two parts."""
    lines = filled(CLAUSE, 300)
    note = line("(1) Voir la définition au lexique.", top=700, size=7)
    first = [
        line("Notice d'information", top=30),
        *filled(OTHER, 300),
        *filled(CLAUSE, 300, top=600)[:2],
        note,
        line("1", top=810),
    ]
    second = [
        line("Notice d'information", top=30),
        *(one._replace(top=60 + 12 * i, bottom=70 + 12 * i) for i, one in enumerate(lines[2:])),
    ]
    passages = segment(document(first, [*second, *filled(OTHER, 300, top=200), line("2", top=810)]))
    assert [passage.text for passage in passages] == [OTHER, CLAUSE, note.text, OTHER]
    assert [box.page for box in passages[1].boxes] == [1, 2]


def test_a_clause_over_a_page_break_under_a_header_of_its_own():
    """The second page of a document carries a header that no other page has."""
    lines = filled(CLAUSE, 300)
    rest = [one._replace(top=60 + 12 * i, bottom=70 + 12 * i) for i, one in enumerate(lines[2:])]
    header = line("Contrat Habitation – 11/2024", top=30, size=8)
    second = [header, *rest, *filled(OTHER, 300, top=200)]
    assert texts([*filled(OTHER, 300), *filled(CLAUSE, 300, top=600)[:2]], second) == [
        OTHER,
        CLAUSE,
        header.text,
        OTHER,
    ]


def test_what_stands_under_a_table_is_none_of_it():
    rows = [("Décès", "100 %"), ("Invalidité", "80 %"), ("Incapacité", "50 %")]
    table = [line(text, x, 100 + 20 * n) for n, row in enumerate(rows) for text, x in zip(row, (50, 300), strict=True)]
    passages = segment(document([*table, line("Article 6 – Suicide", top=170), *filled(CLAUSE, 300, top=200)]))
    assert [passage.text for passage in passages] == [*(text for row in rows for text in row), CLAUSE]
    assert passages[-1].section == ("Article 6 – Suicide",)


def test_cells_know_the_first_cell_of_their_row():
    """Its words, too, are mended."""
    lines = [
        *column(["Taux profession-", "nel"]),
        line("20 %", 300, 106),
        line("Âge", 50, 150),
        line("30 ans", 300, 150),
    ]
    lines += [line("Durée", 50, 180), line("un an", 300, 180)]
    found = {passage.text: passage.context for passage in segment(document(lines))}
    assert found["20 %"] == "Taux professionnel"
    assert found["30 ans"] == "Âge"


def test_a_finished_clause_stays_apart_from_the_next_page():
    first, second = filled(CLAUSE, 300), filled(OTHER, 300, top=60)
    assert texts(first, second) == [CLAUSE, OTHER]


STEM = "Vous devez nous adresser :"


def contexts(lines):
    return {passage.text: passage.context for passage in segment(document(lines))}


@pytest.mark.parametrize(
    "markers", ["- - -", "– – –", "— — —", "― ― ―", "• • •", "▪ ▪ ▪", "o o o", "a) b) c)", "1) 2) 3)", "1. 2. 3.",
                "1° 2° 3°", "i. ii. iii.", "(a) (b) (c)", "A. B. C."]
)  # fmt: skip
def test_items_keep_their_stem(markers):
    items = [
        f"{marker} {text}"
        for marker, text in zip(markers.split(), ["un acte de décès ;", "une facture ;", "un relevé."], strict=True)
    ]
    found = contexts(column([STEM, *items, "", "Nous répondons sous dix jours."]))
    assert found == {STEM: "", **dict.fromkeys(items, STEM), "Nous répondons sous dix jours.": ""}


def test_items_without_markers_keep_their_stem():
    found = contexts(
        column([OTHER, "", STEM, "un acte de décès ;", "une facture ;", "un relevé.", "", "Nous répondons."])
    )
    assert found == {
        OTHER: "",
        STEM: "",
        "un acte de décès ;": STEM,
        "une facture ;": STEM,
        "un relevé.": STEM,
        "Nous répondons.": "",
    }


def test_nested_lists_join_their_stems():
    lines = [
        line(STEM), line("– en cas de décès :", 60, 112), line("• un acte de décès ;", 75, 124),
        line("• un certificat ;", 75, 136),
        line("– en cas d'arrêt :", 60, 148), line("• un avis d'arrêt.", 75, 160), line("– une facture.", 60, 172),
    ]  # fmt: skip
    found = contexts(lines)
    assert found["– en cas de décès :"] == found["– en cas d'arrêt :"] == found["– une facture."] == STEM
    assert found["• un acte de décès ;"] == found["• un certificat ;"] == f"{STEM} en cas de décès :"
    assert found["• un avis d'arrêt."] == f"{STEM} en cas d'arrêt :"


def test_nested_lists_of_one_marker_are_told_apart_by_their_place():
    lines = [
        line(STEM), line("- en cas de décès :", 60, 112), line("- un acte de décès ;", 75, 124),
        line("- une facture.", 60, 136),
    ]  # fmt: skip
    found = contexts(lines)
    assert found["- un acte de décès ;"] == f"{STEM} en cas de décès :"
    assert found["- une facture."] == STEM


def test_items_of_several_lines():
    long = "– un certificat médical détaillé, établi par le médecin traitant sur le formulaire de l'assureur ;"
    rows = filled(long, 240, 60, 112)
    hanging = [rows[0], *(one._replace(x0=one.x0 + 10, x1=one.x1 + 10) for one in rows[1:])]
    lines = [line(STEM), *hanging, line("– une facture.", 60, below(hanging, 2))]
    assert contexts(lines) == {STEM: "", long: STEM, "– une facture.": STEM}


def test_a_dash_inside_a_sentence_begins_no_item():
    text = "Le médecin-conseil – et lui seul – reçoit les pièces que l'assuré lui adresse – sous pli – par la poste."
    for width in range(150, 320, 10):
        assert texts(filled(text, width)) == [text]


def test_a_short_numbered_article_stays_whole():
    text = "5.2 L'assuré délie les médecins qui l'ont soigné du secret médical. Il ne peut revenir sur cet accord."
    assert texts(filled(text, 300)) == [text]


def test_long_paragraphs_are_cut_between_sentences():
    sentences = [
        f"La garantie numéro {n} couvre les suites d'un accident survenu pendant le trajet le plus direct."
        for n in range(12)
    ]
    sentences[6] = "Ce refus est notifié par lettre recommandée avec demande d'avis de réception."
    text = " ".join(sentences)
    found = texts(filled(text, 400))
    assert " ".join(found) == text
    assert all(len(part) <= 900 for part in found)
    assert 1 < len(found) <= 4
    (refusal,) = (part for part in found if sentences[6] in part)
    assert f"{sentences[5]} {sentences[6]}" in refusal


def test_small_print():
    body = filled(" ".join([OTHER] * 6), 400)
    small = filled(CLAUSE, 400, top=below(body), size=7)
    passages = segment(document(body + small))
    assert {passage.small_print for passage in passages if passage.font_size == 10} == {False}
    (printed_small,) = (passage for passage in passages if passage.text == CLAUSE)
    assert (printed_small.font_size, printed_small.small_print) == (7, True)


def test_a_document_all_in_small_print_says_so():
    assert [passage.small_print for passage in segment(document(filled(CLAUSE, 300, size=6)))] == [True]


def test_ids_follow_the_reading_order():
    found = segment(document(column([STEM, "- un acte ;", "- une facture."])))
    assert [passage.id for passage in found] == ["p0001", "p0002", "p0003"]


def test_a_document_without_text_has_no_passages():
    assert segment(document([], [])) == []


words = st.sampled_from(
    "le secret médical est levé . L'assuré accepte : ; - 1. a) • Article 2 mé- dical TITRE II (art. L. 113-8) « oui » "
    "GARANTIES 12 Page".split()
)
line_texts = st.lists(words, min_size=1, max_size=8).map(" ".join)
lines = st.builds(
    line,
    line_texts,
    x=st.sampled_from([50.0, 60.0, 300.0, 310.0]),
    top=st.integers(2, 66).map(lambda row: row * 12.0),
    size=st.sampled_from([6.0, 9.0, 10.0, 14.0]),
    bold=st.booleans(),
)
pages = st.lists(st.lists(lines, max_size=25), min_size=1, max_size=4)


@settings(max_examples=150, deadline=None)
@given(pages)
def test_whatever_the_page(made):
    """Pieces point at the same characters of their lines, sentences tile the text, and no word of the body is lost."""
    given_document = document(*made)
    passages = segment(given_document)
    for passage in passages:
        assert passage.text == passage.text.strip() != ""
        covered = [" "] * len(passage.text)
        for piece in passage.pieces:
            assert (
                passage.text[piece.start : piece.end]
                == piece.line.text[piece.offset : piece.offset + piece.end - piece.start]
            )
            covered[piece.start : piece.end] = passage.text[piece.start : piece.end]
        assert "".join(covered) == passage.text
        sentences = "".join(passage.text[start:end] for start, end in passage.sentences)
        assert "".join(sentences.split()) == "".join(passage.text.split())
        assert {box.page for box in passage.boxes} == {piece.page for piece in passage.pieces}
    printed = [line for page in without_furniture(given_document.pages) for line in (*page.body, *page.kept)]
    told = {id(piece.line) for passage in passages for piece in passage.pieces}
    path = " ".join(text for passage in passages for text in passage.section)
    for one in printed:
        assert id(one) in told or one.text.rstrip("-") in path


@pytest.mark.parametrize(
    "made",
    [
        [line("a" * 300_000)],
        [line("mot " * 80_000 + "fin")],
        [line("1." * 150_000)],
        [line("Article " + "1." * 150_000)],
        [line("x", 50, 10.0 * index) for index in range(20_000)],
        [line("x", index * 7919 % 500, index * 104_729 % 800) for index in range(20_000)],
        [line("- x :", 50 + index % 7, 10.0 * index) for index in range(20_000)],
        [line("x", index * 5.0, 50) for index in range(3_000)],
        [line("x", index, 0)._replace(bottom=800.0) for index in range(3_000)],
    ],
    ids=["a long word", "a long line", "figures", "an article", "short lines", "dust", "stems", "row", "tall"],
)  # fmt: skip
def test_hostile_pages_take_linear_time(made):
    given_document = document(made)
    started = time.process_time()
    assert segment(given_document)
    assert time.process_time() - started < 10
