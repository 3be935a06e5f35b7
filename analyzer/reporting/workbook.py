"""The report as an Excel workbook: a line for each question, the form, a line for each clause's finding, the method.

Nothing of the document is ever a formula: a text that begins like one is kept as text. The same report gives the same
bytes: the only date in the file is a fixed one.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from datetime import datetime

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from analyzer.knowledge import messages
from analyzer.reporting import SIGNS as SEVERITY_SIGNS
from analyzer.reporting import Card, cards, confidence, law_note, other_notes, place, score_words, situation
from analyzer.reporting.questionnaire import (
    SIGNS,
    Row,
    facts,
    grounds,
    how_to_answer,
    notices,
    proposal,
    reasons,
    rows,
    titles,
    window,
)
from analyzer.schema import Finding, Polarity, Questionnaire, Report, Verdict

#: The columns of the questions: the message that names each, and its width (characters). The last one is for the
#: screen: with it, the print would be too small to read.
_COLUMNS = (
    ("form.number", 6),
    ("form.page", 6),
    ("form.context", 15),
    ("form.question", 26),
    ("form.verdict", 13),
    ("form.labels", 16),
    ("form.window", 10),
    ("form.why", 28),
    ("form.law", 22),
    ("form.proposal", 28),
    ("form.decision", 14),
    ("form.comment", 16),
    ("form.answer", 36),
)
#: The same for the passages of a contract.
_PASSAGE_COLUMNS = (
    ("form.page", 6),
    ("export.column.section", 18),
    ("export.column.passage", 44),
    ("export.column.title", 22),
    ("export.column.severity", 14),
    ("export.column.state", 14),
    ("export.column.decision", 12),
    ("export.column.evidence", 22),
    ("form.why", 36),
    ("form.law", 30),
    ("report.advice", 36),
    ("export.column.confidence", 22),
)
_POLARITIES: tuple[Polarity, ...] = ("warning", "safeguard")
_PLACES = {name.removeprefix("form."): place for place, (name, _) in enumerate(_COLUMNS, 1)}
_DECISIONS = ("keep", "replace", "remove", "discuss")
#: The ground of a verdict's cell; its word and sign stand in it, so that colour only helps.
_FILLS: dict[Verdict, str] = {"precise": "E3F1E7", "overbroad": "FFF1D6", "forbidden": "F9DEDF", "to_check": "E1EAF5"}
_INK, _LINE = "1C2430", "D5DAE1"
_FIXED = datetime(2000, 1, 1)
#: A4 on its side, fitted to the width of one page.
_A4 = 9
#: Excel takes no longer text in a cell (characters).
_LONGEST = 32_000
#: Excel takes no footer of more than 255 characters, signs and all.
_FOOTER = 80
#: Width of a character and height of a line, as rows are measured (a line holds about 1.1 characters a unit of width).
_PER_UNIT, _LINE_HEIGHT, _HIGHEST = 1.1, 13.0, 400.0
_SIZE = 10
#: Halves of characters, and marks that turn the direction of what follows.
_UNWRITABLE = re.compile("[\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]")


def to_workbook(report: Report) -> bytes:
    """Return the bytes of an .xlsx file; its sheets on questions stand in it only where something is asked."""
    say = messages(report.lang)
    book = Workbook()
    book.properties.creator = f"Sceau {report.sceau_version}"
    book.properties.created = book.properties.modified = _FIXED
    book.remove(book.worksheets[0])
    if report.questionnaire is not None:
        _questions(book.create_sheet(), report, say)
        _whole(book.create_sheet(), report, report.questionnaire, say)
    found = [card for polarity in _POLARITIES for card in cards(report, polarity)]
    if found or report.questionnaire is None:
        _passages(book.create_sheet(), report, found, say)
    _method(book.create_sheet(), report, say)
    content = io.BytesIO()
    book.save(content)
    return _timeless(content.getvalue())


def _questions(sheet: Worksheet, report: Report, say: dict[str, str]) -> None:
    sheet.title = say["form.sheet.questions"]
    for column, (_, width) in enumerate(_COLUMNS, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    _header(sheet, 1, [say[name] for name, _ in _COLUMNS])
    for number, row in enumerate(rows(report), 2):
        _line(sheet, number, _cells(row, say))
        verdict = sheet.cell(number, _PLACES["verdict"])
        verdict.font = Font(name="Calibri", size=_SIZE, bold=True, color=_INK)
        verdict.fill = PatternFill("solid", fgColor=_FILLS[row.question.verdict])
    last = sheet.max_row
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(_COLUMNS))}{last}"
    sheet.freeze_panes = "E2"
    letter = get_column_letter(_PLACES["decision"])
    choices = DataValidation(
        type="list",
        formula1='"' + ",".join(say[f"form.decision.{name}"] for name in _DECISIONS) + '"',
        allow_blank=True,
    )
    choices.error = say["form.decision_wrong"]
    choices.errorTitle = say["form.decision"]
    choices.add(f"{letter}2:{letter}{last}")
    sheet.add_data_validation(choices)
    sheet.print_area = f"A1:{get_column_letter(_PLACES['comment'])}{last}"
    sheet.print_title_rows = "1:1"
    _printed(sheet, report, say)


def _cells(row: Row, say: dict[str, str]) -> list[str | int | None]:
    """Return the line of a question; the decision and the comment are left to the examiner."""
    asked = row.question
    law = [say["report.ground"].format(**ground.model_dump()) for ground in grounds(row)]
    suggested = proposal(row, say)
    if asked.rewording.action == "replace":
        suggested = [f"• {line}" for line in suggested] if len(suggested) > 1 else suggested
        suggested.append(say["form.proposal_why"].format(why=asked.rewording.why))
    return [
        asked.number,
        asked.page,
        row.passage.context,
        row.passage.text,
        f"{SIGNS[asked.verdict]} {say[f'verdict.{asked.verdict}']}",
        "\n".join(titles(row)),
        window(asked.window_months, say),
        "\n".join(reasons(row)),
        "\n".join(law) if law else say["report.no_ground"] if row.warnings else "",
        "\n".join(suggested),
        None,
        None,
        "\n".join(how_to_answer(row)),
    ]


def _passages(sheet: Worksheet, report: Report, found: Iterable[Card], say: dict[str, str]) -> None:
    """Write a line for each finding of a clause: warnings first, the most serious first, then what protects."""
    sheet.title = say["export.sheet"]
    for column, (_, width) in enumerate(_PASSAGE_COLUMNS, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    _header(sheet, 1, [say[name] for name, _ in _PASSAGE_COLUMNS])
    for card in found:
        for finding in card.findings:
            _line(sheet, sheet.max_row + 1, _passage_cells(card, finding, say))
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(_PASSAGE_COLUMNS))}{sheet.max_row}"
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    _printed(sheet, report, say)


def _passage_cells(card: Card, finding: Finding, say: dict[str, str]) -> list[str | int | None]:
    warning = finding.polarity == "warning"
    severity = say[f"severity.{finding.severity}"] if warning else say["export.note.safeguard"]
    law = [say["report.ground"].format(**ground.model_dump()) for ground in finding.grounds]
    return [
        place(card.passage),
        " › ".join(card.passage.section),
        f"{card.passage.context} {card.passage.text}".strip(),
        finding.title,
        f"{SEVERITY_SIGNS[finding.severity if warning else None]} {severity}",
        say[f"state.{finding.legal_state or 'unknown'}"] if warning else "",
        say["report.to_check" if finding.decision == "to_check" else "export.decided"],
        "\n".join(part.text for part in finding.evidence),
        finding.text,
        "\n".join(law) if law else say["report.no_ground"] if warning else "",
        "\n".join(finding.advice),
        f"{confidence(finding, say)} ({score_words(finding, say)})" if warning else "",
    ]


def _whole(sheet: Worksheet, report: Report, form: Questionnaire, say: dict[str, str]) -> None:
    sheet.title = say["form.sheet.whole"]
    for column, width in zip("ABC", (36, 34, 90), strict=True):
        sheet.column_dimensions[column].width = width
    _header(sheet, 1, [say["form.fact"], say["form.value"]])
    for name, value in facts(form, say):
        _line(sheet, sheet.max_row + 1, [name, value])
    start = sheet.max_row + 2
    _header(sheet, start, [say["form.notice"], say["form.state"], say["form.about"]])
    for found in (False, True):
        for notice in notices(form, found):
            state = say["form.found" if found else "form.missing"]
            # The text also says what to write where the notice is missing.
            _line(sheet, sheet.max_row + 1, [notice.title, state, "" if found else notice.text])
    _printed(sheet, report, say)


def _method(sheet: Worksheet, report: Report, say: dict[str, str]) -> None:
    sheet.title = say["form.sheet.method"]
    sheet.column_dimensions["A"].width = 110
    _header(sheet, 1, [say["report.title"].format(name=report.document.name)])
    lines = [say["report.version"].format(version=report.sceau_version), situation(report.context, say)]
    if report.questionnaire is not None:
        lines += [say[f"form.method.{name}"] for name in ("what", "precise", "overbroad", "forbidden", "to_check")]
        lines += [say[f"form.method.{name}"] for name in ("proposal", "voice", "limits")]
    else:
        lines.append(report.summary.sentence)
    lines += [say[f"form.method.{name}"] for name in ("strength", "personal")]
    lines += [f"{absent.title}{say['colon']}{absent.text}" for absent in report.safeguards_absent]
    lines += [note for note in (law_note(report),) if note]
    lines += [part.message for part in report.unread]
    scores = any(finding.passage.kind == "clause" for finding in report.findings)
    lines += other_notes(report, scores=scores)
    for number, text in enumerate(lines, 2):
        _line(sheet, number, [text])
    _printed(sheet, report, say)


def _header(sheet: Worksheet, row: int, titles: Sequence[str]) -> None:
    _line(sheet, row, titles)
    for column in range(1, len(titles) + 1):
        cell = sheet.cell(row, column)
        cell.font = Font(name="Calibri", size=_SIZE, bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor="1F4F8F")
        cell.alignment = Alignment(wrap_text=True, vertical="center")
    sheet.row_dimensions[row].height = 2 * _LINE_HEIGHT + 4


def _line(sheet: Worksheet, row: int, values: Iterable[str | int | None]) -> None:
    """Write a row of wrapped texts, as high as the longest of them needs: not every program measures it itself."""
    side = Side(style="thin", color=_LINE)
    lines = 1
    for column, value in enumerate(values, 1):
        cell = sheet.cell(row, column)
        assert isinstance(cell, Cell)
        _write(cell, value)
        cell.alignment = Alignment(wrap_text=True, vertical="top", horizontal="left")
        cell.border = Border(left=side, right=side, top=side, bottom=side)
        cell.font = Font(name="Calibri", size=_SIZE, color=_INK)
        width = sheet.column_dimensions[get_column_letter(column)].width * _PER_UNIT
        lines = max(lines, sum(1 + int(len(part) / width) for part in str(value or "").split("\n")))
    sheet.row_dimensions[row].height = min(_HIGHEST, lines * _LINE_HEIGHT + 4)


def _write(cell: Cell, value: str | int | None) -> None:
    """Write a value; a text stays a text, whatever it begins with."""
    if not isinstance(value, str) or not value:
        cell.value = value or None
        return
    text = _writable(value)[:_LONGEST]
    cell.value = text
    cell.data_type = "s"  # openpyxl takes "=…" for a formula
    cell.quotePrefix = text[:1] in tuple("=+-@\t\r")  # and so does a program in which the cell is edited


def _writable(text: str) -> str:
    """Return ``text`` without characters that a workbook cannot hold."""
    return _UNWRITABLE.sub("\ufffd", ILLEGAL_CHARACTERS_RE.sub(" ", text))


def _printed(sheet: Worksheet, report: Report, say: dict[str, str]) -> None:
    """Set up the print: on its side, as wide as one page, and where it comes from."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = _A4
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.footer = 0.3
    sheet.page_margins.top = sheet.page_margins.bottom = 0.6
    footer = sheet.oddFooter
    assert footer is not None and footer.left is not None and footer.right is not None
    footer.left.text = _writable(report.document.name)[:_FOOTER].replace("&", "&&")
    footer.right.text = say["form.print_page"].format(page="&P", pages="&N")


def _timeless(content: bytes) -> bytes:
    """Return the file with one fixed date on every part of it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as made, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as fixed:
        for name in sorted(made.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            data = made.read(name)
            if name == "docProps/core.xml":  # openpyxl writes the time of saving, whatever it is told
                data = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>2000-01-01T00:00:00Z", data)
            entry = zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            fixed.writestr(entry, data)
    return out.getvalue()
