"""The examiner's workbook: a line for each question, ready to filter, print and fill in; no text is a formula."""

import io
import zipfile

import pytest
from openpyxl import load_workbook

from analyzer.knowledge import messages
from analyzer.reporting.workbook import to_workbook
from tests.reporting.build import form, hostile, hostile_form, report, small

FR = messages("fr")


def opened(report):
    return load_workbook(io.BytesIO(to_workbook(report)))


def table(sheet):
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_a_line_for_each_question_with_all_that_is_said_of_it():
    sheet = opened(form()).worksheets[0]
    header, *lines = table(sheet)
    assert len(lines) == 4
    line = dict(zip(header, lines[1], strict=True))
    assert line[FR["form.number"]] == "2a"
    assert line[FR["form.page"]] == 1
    assert line[FR["form.context"]] == "Au cours des 10 dernières années :"
    assert line[FR["form.question"]] == "Avez-vous souffert d'une maladie ou été opéré ?"
    assert line[FR["form.verdict"]] == "◆ Trop large"
    assert line[FR["form.window"]] == "10 ans"
    assert line[FR["form.law"]] == "Code imaginaire, art. 1 (loi ou règlement, texte lu)"
    for words in ("avez-vous été opéré ?", "plus de 10 jours ?", "Une question par fait"):
        assert words in line[FR["form.proposal"]]
    assert line[FR["form.decision"]] is line[FR["form.comment"]] is None
    assert "Répondez oui ou non à compound." in line[FR["form.answer"]]
    verdicts = [row[header.index(FR["form.verdict"])] for row in lines]
    assert verdicts == ["✓ Précise", "◆ Trop large", "✕ Non autorisée", "? À vérifier"]
    assert lines[2][header.index(FR["form.proposal"])].startswith("À supprimer.")
    assert lines[0][header.index(FR["form.proposal"])] == FR["form.keep"]


def test_it_can_be_filtered_filled_in_and_printed():
    book = opened(form())
    sheet = book.worksheets[0]
    assert sheet.freeze_panes == "E2"
    assert sheet.auto_filter.ref == "A1:M5"
    (choices,) = sheet.data_validations.dataValidation
    assert choices.formula1 == '"garder,remplacer,supprimer,à discuter"'
    assert str(choices.sqref) == "K2:K5"
    assert sheet["K1"].value == FR["form.decision"]
    assert all(cell.alignment.wrap_text for row in sheet.iter_rows() for cell in row)
    for sheet in book:
        assert sheet.page_setup.orientation == "landscape"
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert [sheet.print_title_rows for sheet in book] == ["$1:$1", None, "$1:$1", None]
    assert [sheet.title for sheet in book] == ["Questions", "Formulaire", "Passages", "Méthode et limites"]


def test_the_form_as_a_whole_and_its_limits_stand_on_sheets_of_their_own():
    book = opened(form())
    whole = "\n".join(str(value) for row in table(book.worksheets[1]) for value in row)
    for words in (
        "25 %",
        "10 ans",
        "moyen (61 sur 100",
        "Le droit à l'oubli",
        "✕ non trouvée",
        "Écrivez ceci.",
        "✓ trouvée",
    ):
        assert words in whole
    method = "\n".join(str(value) for row in table(book["Méthode et limites"]) for value in row)
    for words in ("Sceau 0.0.0", "Partie en anglais, page 2.", FR["report.privacy"], FR["form.method.limits"]):
        assert words in method


@pytest.mark.parametrize("make", [hostile_form, hostile])
def test_no_text_is_a_formula(make):
    report = make()
    for sheet in opened(report):
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type in ("s", "n"), cell.value
                if str(cell.value)[:1] in tuple("=+-@"):
                    assert cell.quotePrefix, cell.value
    with zipfile.ZipFile(io.BytesIO(to_workbook(report))) as book:
        sheets = [book.read(name).decode() for name in book.namelist() if "worksheets/sheet" in name]
    assert sheets
    assert not any("<f>" in sheet or "<hyperlink" in sheet for sheet in sheets)


def test_the_footer_holds_any_name():
    report = form()
    for name, shown in (("a\x01b.pdf", "a b.pdf"), ("R&D" * 99, "R&&D" * 26 + "R&&")):
        renamed = report.model_copy(update={"document": report.document.model_copy(update={"name": name})})
        with zipfile.ZipFile(io.BytesIO(to_workbook(renamed))) as parts:
            sheet = parts.read("xl/worksheets/sheet1.xml").decode()
        assert f"&amp;L{shown.replace('&', '&amp;')}&amp;R" in sheet


def test_the_same_report_gives_the_same_bytes_and_english_is_english():
    assert to_workbook(form()) == to_workbook(form())
    english = opened(form(lang="en"))
    assert english.worksheets[0]["K1"].value == messages("en")["form.decision"]


def test_clauses_have_a_line_for_each_finding():
    book = opened(small())
    assert [sheet.title for sheet in book] == ["Passages", "Méthode et limites"]
    header, *lines = table(book["Passages"])
    assert len(lines) == len(small().findings)
    line = dict(zip(header, lines[0], strict=True))
    assert line[FR["export.column.severity"]] == "▲ Important"
    assert line[FR["export.column.state"]] == "Interdit"
    assert line[FR["export.column.passage"]] == "Vous acceptez ceci : Vos données vont à nos partenaires."
    assert line[FR["export.column.evidence"]] == "à nos partenaires"
    assert line[FR["form.law"]] == "Code imaginaire, art. 1 (loi ou règlement, texte lu)"
    assert line[FR["report.advice"]] == "Demandez pour data_sharing."
    severities = [row[header.index(FR["export.column.severity"])] for row in lines]
    assert severities[-1] == "✓ Ce qui vous protège"
    decisions = [row[header.index(FR["export.column.decision"])] for row in lines]
    assert decisions.count(FR["report.to_check"]) == 1


def test_a_contract_with_nothing_to_say_has_a_workbook_that_says_so():
    book = opened(report())
    assert len(table(book["Passages"])) == 1
    assert report().summary.sentence in [value for row in table(book["Méthode et limites"]) for value in row]
