"""The report as one HTML file that needs nothing else: no script, no remote font, no image."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, Literal

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from analyzer.knowledge import messages
from analyzer.reporting import (
    SIGNS,
    Card,
    cards,
    confidence,
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
    return render("report.html.j2", **_content(report))


def stylesheet() -> str:
    """Return the style sheet of all fragments, for the page that shows them."""
    return render("style.html.j2")


def to_form_fragment(report: Report, *, advise: bool = False) -> str:
    """Return the summary and the form as a whole.

    With ``advise``, as those need it who fill the form in: its verdicts, and what to know before answering.

    Raises ``ValueError`` for a report without a questionnaire.
    """
    return _form_part(report, "form", (), advise=advise)


def to_questions_fragment(report: Report, shown: Sequence[Row], audience: Audience) -> str:
    """Return some questions of the form, as those who fill it in or examine it need them."""
    return _form_part(report, audience, shown)


def to_head_fragment(report: Report) -> str:
    """Return what comes first: the summary, and what limits it."""
    return render("head_fragment.html.j2", **_content(report))


def to_card_fragment(report: Report, card: Card, shown: Sequence[Card], picture: str = "") -> str:
    """Return one passage and what there is to say of it.

    ``shown`` are the cards of the page, in order: what an earlier one tells is folded here. ``picture`` is HTML of our
    own making that shows the passage in place (``reporting.picture``).
    """
    content = _content(report) | {"told_before": told_before(shown), "card": card, "picture": Markup(picture)}
    return render("card_fragment.html.j2", **content)


def to_end_fragment(report: Report) -> str:
    """Return what stands under the warnings: advice that always holds, and the notes."""
    return render("end_fragment.html.j2", **_content(report))


def to_absent_fragment(report: Report) -> str:
    """Return the protections that were looked for in vain."""
    return render("absent_fragment.html.j2", **_content(report))


def render(template: str, **content: Any) -> str:
    """Return a template of this room, filled in; every text is escaped."""
    return _environment().get_template(template).render(content)


def stream(template: str, **content: Any) -> Iterator[str]:
    """Yield a template of this room, filled in, piece by piece; every text is escaped."""
    return _environment().get_template(template).generate(content)


def _form_part(report: Report, part: str, shown: Sequence[Row], *, advise: bool = False) -> str:
    if report.questionnaire is None:
        raise ValueError("the report has no questionnaire")
    return render("form_fragment.html.j2", **_content(report) | {"part": part, "questions": shown, "advise": advise})


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
        "signs": SIGNS,
        "marked": marked,
        "place": place,
        "trace_line": lambda step: trace_line(step, say),
        "confidence": lambda finding: confidence(finding, say),
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
