"""From a file to its report: what no part promises alone."""

from __future__ import annotations

from io import BytesIO

from openpyxl import load_workbook
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from analyzer.pipeline import analyze
from analyzer.reporting.json import to_json
from analyzer.reporting.workbook import to_workbook
from tests.pdfs import drawn


def test_a_form_too_short_to_tell_its_language_is_read() -> None:
    def page(canvas: Canvas) -> None:
        for number, words in enumerate(
            ["1. Fumez-vous ? Oui / Non", "2. Avez-vous été opéré ? Oui / Non", "3. Taille :"]
        ):
            canvas.drawString(50, A4[1] - 60 - 20 * number, words)

    report = analyze(drawn(page), name="questionnaire.pdf")
    assert report.questionnaire is not None
    assert [question.number for question in report.questionnaire.questions] == ["1", "2", "3"]
    assert report.unread == ()


def test_a_file_name_that_is_no_text_breaks_no_output() -> None:
    def page(canvas: Canvas) -> None:
        canvas.drawString(50, A4[1] - 60, "1. Avez-vous eu un cancer au cours des 5 dernières années ? Oui / Non")

    report = analyze(drawn(page), name="formulaire\udcff.pdf")
    assert "formulaire\ufffd.pdf" in to_json(report)
    assert load_workbook(BytesIO(to_workbook(report))).worksheets
