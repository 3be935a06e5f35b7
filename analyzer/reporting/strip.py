"""The document at a glance: one tick a page, with the gravest warning that stands on it, by sign and by words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from analyzer.knowledge import messages
from analyzer.reporting import SIGNS as SEVERITY_SIGNS
from analyzer.reporting.html import render
from analyzer.schema import Finding, Page, Report, Severity

#: A shape for each kind of page, the gravest first: never the colour alone.
SIGNS: dict[str, str] = {
    **{level: SEVERITY_SIGNS[level] for level in get_args(Severity)},
    "to_check": "?",
    "unread": "✕",
    "quiet": "·",
}


@dataclass(frozen=True)
class Tick:
    """A page of the strip."""

    page: int
    kind: str
    sign: str
    words: str


def ticks(report: Report) -> list[Tick]:
    """Return a tick for each page, in order."""
    say = messages(report.lang)
    found: dict[int, list[Finding]] = {}
    for finding in report.findings:
        if finding.polarity == "warning" and finding.passage.boxes:
            found.setdefault(finding.passage.boxes[0].page, []).append(finding)
    unread = {number for part in report.unread for number in part.pages}
    result = []
    for page in report.document.pages:
        here = found.get(page.number, [])
        kind = _kind(page, here, page.number in unread)
        warned = sum(finding.decision == "warned" for finding in here)
        number = {0: "none", 1: "one"}.get(warned, "many")
        words = say[f"strip.page.{number}"].format(page=page.number, count=warned, kind=say[f"strip.{kind}"])
        result.append(Tick(page.number, kind, SIGNS[kind], words))
    return result


def to_strip(report: Report) -> str:
    """Return the ticks as HTML, with a key to the signs that occur."""
    shown = ticks(report)
    kinds = {tick.kind for tick in shown}
    return render(
        "strip.html.j2",
        lang=report.lang,
        say=messages(report.lang),
        ticks=shown,
        key=[(kind, sign) for kind, sign in SIGNS.items() if kind in kinds],
    )


def _kind(page: Page, here: Sequence[Finding], unread: bool) -> str:
    if page.read_by == "unread" or (unread and not here):
        return "unread"
    levels = {finding.severity for finding in here if finding.decision == "warned"}
    for level in SEVERITY_SIGNS:
        if level and level in levels:
            return level
    return "to_check" if here else "quiet"
