"""A Report becomes something to read: terminal, HTML, JSON. Every text of a document is escaped where it is shown."""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.schema import Finding, Passage, Report, TraceStep

__all__ = ["by_importance", "marked", "place", "trace_line"]

_ORDER = {"high": 0, "medium": 1, "low": 2, None: 3}
_STATES = {"forbidden": 0, "contestable": 1, "worth_knowing": 2, None: 1}


def by_importance(report: Report, polarity: str, decision: str) -> list[Finding]:
    """Return the findings of a polarity and decision, most serious first, then in reading order."""
    chosen = [finding for finding in report.findings if finding.polarity == polarity and finding.decision == decision]
    return sorted(chosen, key=lambda finding: (_ORDER[finding.severity], _STATES[finding.legal_state]))


def marked(finding: Finding) -> Iterator[tuple[str, bool]]:
    """Yield the passage's text in pieces, each with whether it is among the words that caused the finding."""
    text = finding.passage.text
    position = 0
    for evidence in finding.evidence:
        if evidence.start > position:
            yield text[position : evidence.start], False
        yield text[max(position, evidence.start) : evidence.end], True
        position = max(position, evidence.end)
    if position < len(text):
        yield text[position:], False


def place(passage: Passage) -> int | None:
    """Return the page on which the passage begins, or ``None`` when it comes from no page."""
    return passage.boxes[0].page if passage.boxes else None


def trace_line(step: TraceStep, say: dict[str, str]) -> str:
    """Return one reason in words."""
    if step.effect != "fired":
        return say[f"report.{step.effect}"].format(note=step.note)
    words = " … ".join(f"« {word} »" for word in step.words)
    return f"{say['report.rule'].format(rule=step.rule)}, {say['report.words'].format(words=words)}"
