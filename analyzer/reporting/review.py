"""The findings of a report as a table, with what a reviewer decided of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analyzer.knowledge import messages
from analyzer.reporting import place
from analyzer.reporting.html import render
from analyzer.schema import Finding, Report

#: So much of a passage (characters) is shown in a row.
_EXTRACT = 90


def to_table(report: Report, findings: Sequence[Finding], decided: Mapping[str, str], current: str) -> str:
    """Return ``findings`` as an HTML table; ``decided`` tells what was decided, by id, ``current`` is looked at."""
    rows = [
        (
            finding,
            place(finding.passage),
            finding.passage.text[:_EXTRACT] + ("…" if len(finding.passage.text) > _EXTRACT else ""),
            decided.get(finding.id, "none"),
        )
        for finding in findings
    ]
    return render("review.html.j2", lang=report.lang, say=messages(report.lang), rows=rows, current=current)
