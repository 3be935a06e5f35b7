"""The report as one HTML file that needs nothing else: no script, no remote font, no image."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from analyzer.knowledge import messages
from analyzer.reporting import by_importance, marked, place, trace_line
from analyzer.schema import Finding, Lang, Report


def to_html(report: Report) -> str:
    """Return ``report`` as a self-contained page; every text is escaped."""
    return _environment().get_template("report.html.j2").render(
        **_tools(report.lang),
        report=report,
        read=sum(page.read_by != "unread" for page in report.document.pages),
        warned=by_importance(report, "warning", "warned"),
        doubtful=by_importance(report, "warning", "to_check"),
        safeguards=by_importance(report, "safeguard", "warned"),
    )


def card(finding: Finding, lang: Lang) -> str:
    """Return the card of one finding as a fragment of HTML, without its style; every text is escaped."""
    cards: Any = _environment().get_template("cards.html.j2").make_module(_tools(lang))
    return str(cards.safeguard(finding) if finding.polarity == "safeguard" else cards.card(finding))


def card_style() -> str:
    """Return the style sheet that the cards need."""
    return _environment().get_template("cards.css").render()


def _tools(lang: Lang) -> dict[str, Any]:
    """Return what the templates use beside the report."""
    say = messages(lang)
    return {"say": say, "marked": marked, "place": place, "trace_line": lambda step: trace_line(step, say)}


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("analyzer.reporting"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
