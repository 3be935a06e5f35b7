"""The report as a Word document: real headings, lists and tables, the language, no author, the same content."""

import io
import zipfile

import docx
from docx.oxml.ns import qn

from analyzer.knowledge import messages
from analyzer.reporting.docx import to_docx
from tests.reporting.build import GROUND, form, small

FR = messages("fr")


def opened(report):
    return docx.Document(io.BytesIO(to_docx(report)))


def words(document):
    """The text of the body, links too, in one line."""
    return " ".join("".join(node.text or " " for node in document.element.body.iter(qn("w:t"), qn("w:p"))).split())


def test_headings_lists_and_tables_are_real():
    made = opened(form())
    styles = {paragraph.style.name for paragraph in made.paragraphs}
    assert {"Title", "Heading 1", "Heading 2", "Heading 3", "List Bullet", "List Number"} <= styles
    headings = [part.text for part in made.paragraphs if part.style.name == "Heading 1"]
    assert headings[-1] == FR["report.notes"]
    assert FR["report.warnings"] in headings
    (table,) = made.tables
    assert [cell.text for cell in table.rows[0].cells] == [FR["form.fact"], FR["form.value"]]
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None


def test_language_title_and_no_author():
    for lang, word in (("fr", "fr-FR"), ("en", "en-GB")):
        made = opened(small().model_copy(update={"lang": lang}))
        about = made.core_properties
        assert (about.author, about.last_modified_by, about.comments) == ("", "", "")
        assert about.language == word
        assert "contrat_exemple.pdf" in about.title
        assert {found.get(qn("w:val")) for found in made.styles.element.iter(qn("w:lang"))} == {word}


def test_it_says_all_that_the_report_says():
    text = words(opened(form()))
    for part in form().findings:
        if part.passage.kind == "clause":
            assert part.title in text
            assert part.text in text
    for said in (
        form().summary.sentence,
        "▲ Important · Interdit",
        "Partie en anglais, page 2.",
        "The insured shall",
        "Demandez pour data_sharing.",
        "Sceau ne les a pas trouvés.",
        "✕ Non autorisée",
        "avez-vous été opéré ?",
        FR["report.privacy"],
    ):
        assert said in text, said


def test_the_words_that_count_are_bold_and_underlined():
    marked = [run.text for part in opened(small()).paragraphs for run in part.runs if run.bold and run.underline]
    assert "à nos partenaires" in marked


def test_links_go_to_the_law_only_and_pages_are_numbered():
    with zipfile.ZipFile(io.BytesIO(to_docx(form()))) as parts:
        links = parts.read("word/_rels/document.xml.rels").decode()
        foot = next(parts.read(name).decode() for name in parts.namelist() if "footer" in name)
    assert links.count('TargetMode="External"') == links.count(f'Target="{GROUND.url}"') > 0
    assert 'w:instr="PAGE"' in foot
    assert 'w:instr="NUMPAGES"' in foot
