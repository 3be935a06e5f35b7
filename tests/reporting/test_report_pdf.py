"""The report as PDF: tagged, in the report's language, with all that the report says and in its order."""

import html
import io
import re
import unicodedata

import pypdf
import pytest
import typst

from analyzer.knowledge import messages
from analyzer.reporting import cards
from analyzer.reporting import pdf as paper_pdf
from analyzer.reporting.html import to_html
from analyzer.reporting.pdf import to_pdf
from tests.reporting.build import form, report, small
from tests.samples import report as sample_report

FR = messages("fr")


def opened(content):
    return pypdf.PdfReader(io.BytesIO(content))


def words(content):
    """All the text of the pages, without the line at their foot, in one line."""
    return " ".join(" ".join(page.extract_text() for page in opened(content).pages).split())


def outline(items, depth=0):
    for item in items:
        if isinstance(item, list):
            yield from outline(item, depth + 1)
        else:
            yield depth, item.title


def test_it_is_tagged_for_readers_that_speak():
    made = opened(to_pdf(small()))
    root = made.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"].startswith("fr")
    assert made.metadata.title == "Sceau : contrat_exemple.pdf"
    assert made.metadata.author is None
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()
    assert opened(to_pdf(small().model_copy(update={"lang": "en"}))).trailer["/Root"]["/Lang"].startswith("en")


def test_its_parts_are_bookmarks():
    marks = list(outline(opened(to_pdf(small())).outline))
    assert [title for depth, title in marks if depth == 0] == [
        FR[f"report.{name}"]
        for name in ("unread", "contents", "warnings", "to_check", "common", "safeguards", "absent")
    ] + [FR["report.notes"]]
    assert (1, "Titre de data_sharing") in marks


def test_it_says_all_that_the_report_says_most_serious_first():
    text = words(to_pdf(small()))
    for part in small().findings:
        for said in (part.title, part.text, *(part.advice if part.polarity == "warning" else ())):
            assert said in text
    for said in (
        "3 pages lues sur 3",
        small().summary.sentence,
        "▲ Important · Interdit",
        "◆ À regarder · Peut être contesté · À vérifier",
        "Code imaginaire, art. 1 (loi ou règlement)",
        "petits caractères",
        "Partie en anglais, page 2.",
        "The insured shall",
        "Sceau ne les a pas trouvés.",
        FR["confidence.unsure"],
        FR["report.privacy"],
        "plus important, parce que",
    ):
        assert said in text, said
    places = [text.rindex(card.first.text) for card in cards(small(), "warning", "warned")]
    assert places == sorted(places)


def test_questions_stand_with_verdict_reason_and_wording():
    text = words(to_pdf(form()))
    for said in (
        "Question 2a (page 1)",
        "◆ Trop large",
        "✕ Non autorisée",
        "✓ Précise",
        "avez-vous été opéré ?",
        "Pourquoi cette proposition : Une question par fait, sur cinq ans.",
        "À supprimer. La loi interdit cette question.",
        "Répondez oui ou non à compound.",
        "Écrivez ceci.",
        "25 %",
    ):
        assert said in text, said


def test_pages_are_numbered_in_words():
    pages = opened(to_pdf(sample_report("pret_immobilier_notice"))).pages
    assert len(pages) > 1
    assert f"page 2 sur {len(pages)}" in " ".join(pages[1].extract_text().split())


@pytest.mark.parametrize("name", ["pret_immobilier_notice", "questionnaire_emprunteur", "habitation_conditions"])
def test_no_glyph_is_broken_in_the_samples(name):
    text = words(to_pdf(sample_report(name)))
    assert "\ufffd" not in text
    assert sample_report(name).summary.sentence.split()[-1] in text


def test_the_parts_come_in_the_order_of_the_page():
    titles = [FR[f"report.{name}"] for name in ("unread", "warnings", "common", "absent", "notes")]
    page = html.unescape(re.sub("<style>.*?</style>|<[^>]+>", " ", to_html(small()), flags=re.DOTALL))
    for text in (words(to_pdf(small())), " ".join(page.split())):
        places = [text.rindex(title) for title in titles]
        assert places == sorted(places)


def test_every_character_that_is_let_through_has_a_glyph():
    shown = "".join(
        char
        for char in map(chr, range(32, 0x10000))
        if not paper_pdf._NOT_SHOWN.match(char) and unicodedata.category(char) not in ("Cc", "Cf", "Cn", "Co", "Cs")
    )
    assert len(shown) > 2_000
    assert to_pdf(report(summary=report().summary.model_copy(update={"sentence": " ".join(shown)})))
    with pytest.raises(typst.TypstError):
        typst.compile(
            b'#set document(title: "x")\n#text("\xf0\x9f\x98\x80")',
            pdf_standards=["ua-1"],
            font_paths=paper_pdf._fonts(),
            ignore_system_fonts=True,
        )


def test_the_same_report_gives_the_same_bytes():
    assert to_pdf(small()) == to_pdf(small())
