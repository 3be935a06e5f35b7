"""Whatever a document says, every output shows it as text, opens, and holds no script, link, formula or file."""

import html
import io
import json
import re
import zipfile

import docx
import pypdf
import pytest
from docx.oxml.ns import qn
from openpyxl import load_workbook

from analyzer.reporting.annotated_pdf import to_annotated_pdf
from analyzer.reporting.docx import to_docx
from analyzer.reporting.html import to_html
from analyzer.reporting.json import to_json
from analyzer.reporting.pdf import to_pdf
from analyzer.reporting.sarif import to_sarif
from analyzer.reporting.terminal import print_questionnaire, to_text
from analyzer.reporting.workbook import to_workbook
from analyzer.schema import Box, Report, Rewording, Unread
from tests.pdfs import drawn, text_page
from tests.reporting.build import GROUND, finding, form, passage, question, report

#: What a document may say to reach past the report, each shown as it is.
TEXTS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "[clic](http://mal.example/) ![x](http://mal.example/x.png) **gras** # titre",
    '#read("/etc/passwd") #import "@preview/x:1.0.0": * $x^2$ `code` @ref <etiquette>',
    '#link("http://mal.example/")[ici] // /* "]) #panic("x")',
    "=cmd|'/c calc'!A1",
    "+1+1",
    "@SUM(A1)",
    "-2+3",
    "{{ 7 * 7 }} {% raw %} ${HOME} %s {0} {name}",
    "[bold red]gras[/bold red] [link=http://mal.example/]x[/link]",
    "&lt;b&gt; &amp; ]]> <!-- -->",
)
#: What is shown otherwise: control characters, turned directions, a picture of a character.
TURNED = "\x1b[31mrouge\x07 \x00 \u202egauche\u202c \u2066x\u2069 \U0001f600 \uffff fin"
LONG = "m" * 5_000
#: The same in every output, once their line breaks are forgotten.
SEEN = [re.sub(r"\s", "", text) for text in TEXTS]


def hostile() -> Report:
    """A contract and form in which name, sections, passages, stems, numbers, wordings and extracts are hostile."""
    text = " ".join((*TEXTS, TURNED, LONG))
    where = passage(
        1, text, context=text, section=(*TEXTS, TURNED, LONG), boxes=(Box(page=1, x0=50, top=90, x1=99, bottom=99),)
    )
    found = [
        finding("secrecy_waiver", where, *TEXTS, severity="high"),
        finding("data_sharing", where.model_copy(update={"id": "p2"}), decision="to_check"),
        finding("safe_rights", where, polarity="safeguard", severity=None),
    ]
    starts = [text for text in TEXTS if text[0] in "=+-@"]
    rewording = Rewording(action="replace", lines=TEXTS, why=text)
    asked = [
        question(start, f"{start} {text}", "overbroad", "vague_terms", context=start, rewording=rewording)
        for start in starts
    ]
    whole = form().questionnaire.model_copy(
        update={"questions": tuple(part for part, _ in asked), "counts": {"overbroad": len(asked)}}
    )
    made = report(
        *found,
        *(part for _, parts in asked for part in parts),
        questionnaire=whole,
        unread=(Unread(code="language", message="Partie en anglais.", extract=text),),
    )
    name = f"{' '.join(TEXTS)}{TURNED}.pdf"
    return made.model_copy(update={"document": made.document.model_copy(update={"name": name})})


def seen_in(text: str) -> None:
    """Assert that a text shows everything hostile, as text; what stands at the foot of a page may come in between."""
    bare = re.sub(r"[\s\u200b]", "", text)
    for wanted in SEEN:
        assert wanted in bare, wanted
    assert bare.count("m" * 50) >= len(LONG) / 50 - 10
    assert "gauche" in bare


def inert(text: str) -> None:
    """Assert that a text holds nothing that steers a terminal or turns what follows."""
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)


def test_html():
    made = to_html(hostile())
    assert "<script" not in made
    assert "<img" not in made
    addresses = set(re.findall(r'(?:href|src)="([^"]*)"', made))
    assert all(address == GROUND.url or address.startswith("#") for address in addresses)
    assert not re.search(r"<[^>]*\son\w+=", re.sub('"[^"]*"', '""', made))
    seen_in(html.unescape(re.sub(r"</?mark>|<wbr>", "", made)))


def test_json_and_sarif():
    report = hostile()
    assert Report.model_validate_json(to_json(report)).document.name == report.document.name
    (result, *_) = json.loads(to_sarif([report]))["runs"][0]["results"]
    seen_in(result["properties"]["passage"])
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert re.fullmatch(r"[\w.~%!$&'()*+,;=:@/-]+", uri)


def test_terminal():
    """Brackets mark the words that count, so they are forgotten here."""
    for text in (to_text(hostile()), to_text(hostile(), print_questionnaire)):
        inert(text)
        bare = re.sub(r"[\s\[\]]", "", text)
        for wanted in SEEN:
            assert re.sub(r"[\[\]]", "", wanted) in bare


def test_pdf():
    made = pypdf.PdfReader(io.BytesIO(to_pdf(hostile())))
    text = "".join(page.extract_text() for page in made.pages)
    seen_in(text)
    inert(text)
    assert "root:" not in text
    assert f"{made.metadata.title}".startswith("Sceau : <script>")
    links = {
        item["/A"]["/URI"] for page in made.pages for item in (entry.get_object() for entry in page.get("/Annots", ()))
    }
    assert links == {GROUND.url}
    assert not {"/JavaScript", "/EmbeddedFiles"} & set(made.trailer["/Root"].get("/Names", {}))
    assert "/OpenAction" not in made.trailer["/Root"]
    for page in made.pages:
        width = float(page.mediabox.width)
        page.extract_text(visitor_text=lambda text, cm, tm, *_, width=width: 0 <= tm[4] <= width or pytest.fail(text))


def test_annotated_pdf():
    made = pypdf.PdfReader(io.BytesIO(to_annotated_pdf(hostile(), drawn(text_page("secret")))))
    notes = [entry.get_object() for entry in made.pages[0]["/Annots"]]
    assert {note["/Subtype"] for note in notes} <= {"/Highlight", "/Underline", "/Text"}
    assert not any("/A" in note or "/RC" in note for note in notes)
    for note in notes:
        assert not set(note["/Contents"]) & {"\x00", "\x1b", "\u202e"}


def test_docx():
    content = to_docx(hostile())
    made = docx.Document(io.BytesIO(content))
    text = "".join(node.text or "" for node in made.element.body.iter(qn("w:t")))
    seen_in(text)
    inert(text)
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        links = re.findall(
            r'Target="([^"]*)" TargetMode="External"', parts.read("word/_rels/document.xml.rels").decode()
        )
        fields = {code for name in parts.namelist() for code in re.findall(rb'w:instr="(\w+)"', parts.read(name))}
        assert not any("vba" in name.lower() for name in parts.namelist())
    assert set(links) == {GROUND.url}
    assert fields == {b"PAGE", b"NUMPAGES"}


def test_xlsx():
    content = to_workbook(hostile())
    book = load_workbook(io.BytesIO(content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    risky = [cell for cell in cells if str(cell.value)[0] in "=+-@\t\r"]
    assert risky and all(cell.quotePrefix for cell in risky)
    seen_in(" ".join(str(cell.value) for cell in cells))
    inert(" ".join(str(cell.value) for cell in cells))
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        sheets = "".join(parts.read(name).decode() for name in parts.namelist() if "worksheets/" in name)
    assert "<f>" not in sheets
    assert "hyperlink" not in sheets
