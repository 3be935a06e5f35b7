"""The report as one HTML file that needs nothing else: no script, no remote font, no image."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, Literal

from jinja2 import Environment, PackageLoader, StrictUndefined

from analyzer.knowledge import messages
from analyzer.reporting import (
    Card,
    cards,
    law_note,
    marked,
    other_notes,
    pages_read,
    place,
    questionnaire,
    score_words,
    situation,
    told_before,
    trace_line,
)
from analyzer.reporting.questionnaire import Row, rows
from analyzer.schema import Report

#: Who reads the questions: somebody who fills the form in, or somebody who examines it before it is used.
Audience = Literal["insured", "examiner"]


def to_html(report: Report) -> str:
    """Return ``report`` as a self-contained page; every text is escaped."""
    return _environment().get_template("report.html.j2").render(_content(report))


def to_fragment(report: Report) -> str:
    """Return the inside of the report with its style sheet, for a page that has its own title; all is escaped."""
    return _environment().get_template("fragment.html.j2").render(_content(report))


def to_form_fragment(report: Report, *, advise: bool = False) -> str:
    """Return the summary and the form as a whole, with their style sheet.

    With ``advise``, as those need it who fill the form in: its verdicts, and what to know before answering.

    Raises ``ValueError`` for a report without a questionnaire.
    """
    return _form_part(report, "form", (), advise=advise)


def to_questions_fragment(report: Report, shown: Sequence[Row], audience: Audience) -> str:
    """Return some questions of the form, with their style sheet, as those who fill it in or examine it need them."""
    return _form_part(report, audience, shown)


def to_rest_fragment(report: Report) -> str:
    """Return what a page shows under the summary and the questions: clauses, notes."""
    return _environment().get_template("fragment.html.j2").render(_content(report) | {"form": None, "head": False})


def _form_part(report: Report, part: str, shown: Sequence[Row], *, advise: bool = False) -> str:
    if report.questionnaire is None:
        raise ValueError("the report has no questionnaire")
    content = _content(report) | {"part": part, "questions": shown, "advise": advise}
    return _environment().get_template("form_fragment.html.j2").render(content)


def _content(report: Report) -> dict[str, Any]:
    """Return what the templates show, and the functions that they call."""
    say = messages(report.lang)
    warned, doubtful = cards(report, "warning", "warned"), cards(report, "warning", "to_check")
    return {
        "report": report,
        "say": say,
        "pages_read": pages_read(report, say),
        "situation": situation(report.context, say),
        "law_note": law_note(report),
        "notes": other_notes(report),
        "warned": warned,
        "doubtful": doubtful,
        "safeguards": cards(report, "safeguard"),
        "told_before": told_before([*warned, *doubtful]),
        "head": True,
        "form": report.questionnaire,
        "questions": rows(report),
        "of_forms": questionnaire,
        "as_card": lambda row: Card(row.passage, row.warnings),
        "marked": marked,
        "place": place,
        "trace_line": lambda step: trace_line(step, say),
        "score_words": lambda finding: score_words(finding, say),
        "host": lambda url: url.split("/")[2].removeprefix("www."),
    }


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("analyzer.reporting"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
