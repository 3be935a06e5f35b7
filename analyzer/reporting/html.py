"""The report as one HTML file that needs nothing else: no script, no remote font, no image."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from analyzer.knowledge import messages
from analyzer.reporting import (
    cards,
    law_note,
    marked,
    other_notes,
    pages_read,
    place,
    situation,
    told_before,
    trace_line,
)
from analyzer.schema import Report


def to_html(report: Report) -> str:
    """Return ``report`` as a self-contained page; every text is escaped."""
    return _environment().get_template("report.html.j2").render(_content(report))


def to_fragment(report: Report) -> str:
    """Return the inside of the report with its style sheet, for a page that has its own title; all is escaped."""
    return _environment().get_template("fragment.html.j2").render(_content(report))


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
        "marked": marked,
        "place": place,
        "trace_line": lambda step: trace_line(step, say),
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
