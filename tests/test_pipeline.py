"""From a file to its report: what no part promises alone."""

from __future__ import annotations

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from analyzer.pipeline import analyze
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
