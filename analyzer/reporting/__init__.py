"""A Report becomes something to read: terminal, HTML, JSON. Every text of a document is escaped where it is shown.

People read passages, not findings: what there is to say of one passage stands on one card, under one quote.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from analyzer.knowledge import messages
from analyzer.schema import Context, Decision, Finding, Passage, Polarity, Report, Severity, TraceStep

__all__ = [
    "SEVERITIES",
    "SIGNS",
    "Card",
    "cards",
    "confidence",
    "law_note",
    "marked",
    "other_notes",
    "pages_read",
    "place",
    "rank",
    "score_words",
    "situation",
    "told_before",
    "trace_in_short",
    "trace_line",
]

#: How the steps of a trace begin that are a model's and not a rule's.
MODELS = ("encoder/", "ngrams/")
#: From this probability on, Sceau says that it is confident.
_HIGH_CONFIDENCE = 0.85
_DECISIONS = {"warned": 0, "to_check": 1}
#: A shape for each severity, and one for what protects (``None``), the most serious first: never the colour alone.
SIGNS: dict[Severity | None, str] = {"high": "▲", "medium": "◆", "low": "●", None: "✓"}
#: Places in that order: the most serious comes first.
SEVERITIES: dict[Severity | None, int] = {severity: number for number, severity in enumerate(SIGNS)}
_STATES = {"forbidden": 0, "contestable": 1, None: 1, "worth_knowing": 2}


@dataclass(frozen=True)
class Card:
    """A passage and its findings: those decided before those to check, the most serious first."""

    passage: Passage
    findings: tuple[Finding, ...]

    @property
    def first(self) -> Finding:
        """The finding that the card is named after."""
        return self.findings[0]


def cards(report: Report, polarity: Polarity, decision: Decision | None = None) -> list[Card]:
    """Return a card for each clause with findings of ``polarity``, the most serious first, then in reading order.

    Questions are told elsewhere, as rows of the questionnaire. With a ``decision``, only the passages whose first
    finding is so decided: what is to check beside something decided stands on the same card.
    """
    by_passage: dict[str, list[Finding]] = {}
    for finding in report.findings:
        if finding.polarity == polarity and finding.passage.kind == "clause":
            by_passage.setdefault(finding.passage.id, []).append(finding)
    groups = [Card(found[0].passage, tuple(sorted(found, key=rank))) for found in by_passage.values()]
    chosen = [card for card in groups if decision in (None, card.first.decision)]
    return sorted(chosen, key=lambda card: rank(card.first))


def rank(finding: Finding) -> tuple[int, int, int]:
    """Return the key that sorts findings: those decided first, then the most serious."""
    return _DECISIONS[finding.decision], SEVERITIES[finding.severity], _STATES[finding.legal_state]


def told_before(shown: Iterable[Card]) -> dict[str, Finding]:
    """Return, by the id of a finding, the earlier one on ``shown`` with the same law and advice."""
    first: dict[tuple[str, str | None], Finding] = {}
    earlier = {}
    for card in shown:
        for finding in card.findings:
            told = first.setdefault((finding.label, finding.case), finding)
            if told is not finding:
                earlier[finding.id] = told
    return earlier


def marked(card: Card) -> Iterator[tuple[str, bool]]:
    """Yield the passage's text in pieces, each with whether it is among the words that caused a finding."""
    text = card.passage.text
    position = 0
    for start, end in sorted((part.start, part.end) for finding in card.findings for part in finding.evidence):
        if start > position:
            yield text[position:start], False
        if end > position:
            yield text[max(position, start) : end], True
            position = end
    if position < len(text):
        yield text[position:], False


def place(passage: Passage) -> int | None:
    """Return the page on which the passage begins, or ``None`` when it comes from no page."""
    return passage.boxes[0].page if passage.boxes else None


def pages_read(report: Report, say: dict[str, str]) -> str:
    """Return how many pages of the document were read."""
    read = sum(page.read_by != "unread" for page in report.document.pages)
    key = "report.pages_read.one" if read == 1 else "report.pages_read.many"
    return say[key].format(read=read, total=len(report.document.pages))


def situation(context: Context, say: dict[str, str]) -> str:
    """Return in words what the reader told: country, kind of contract and of insurer, loan, stage."""
    told = [say[f"country.{context.jurisdiction}"]]
    told += [
        say[f"{name}.{value}"]
        for name, value in (("contract", context.contract), ("insurer", context.insurer), ("stage", context.stage))
        if value
    ]
    told += [
        say[f"situation.{name}"].format(value=f"{value:,.0f}".replace(",", say["number.thousands"]))
        for name, value in (("loan_share", context.loan_share), ("loan_end_age", context.loan_end_age))
        if value is not None
    ]
    return say["report.situation"].format(situation=" · ".join(told))


def law_note(report: Report) -> str | None:
    """Return the sentence saying that the country's law is not covered; it belongs above the findings."""
    say = messages(report.lang)
    if report.law_covered:
        return None
    return say["note.law_not_covered"].format(country=say[f"country.{report.context.jurisdiction}"])


def other_notes(report: Report, *, scores: bool = True) -> list[str]:
    """Return the notes that stand at the end, with the promise; the note on ``scores`` only where some are shown."""
    say = messages(report.lang)
    told_elsewhere = {law_note(report), *(() if scores else (say["note.score"], say["note.probability"]))}
    return [*(note for note in report.notes if note not in told_elsewhere), say["report.privacy"]]


def confidence(finding: Finding, say: dict[str, str]) -> str:
    """Return in words how sure Sceau is of a finding: of its probability, or of its rule where there is none."""
    if finding.decision == "to_check":
        return say["confidence.unsure"]
    if not finding.calibrated:
        return say["confidence.rule"]
    return say["confidence.high" if finding.score >= _HIGH_CONFIDENCE else "confidence.fair"]


def score_words(finding: Finding, say: dict[str, str]) -> str:
    """Return a finding's score, as a probability where it is one."""
    if finding.calibrated:
        return say["report.probability"].format(percent=round(100 * finding.score))
    return say["report.score"].format(score=finding.score)


def trace_line(step: TraceStep, say: dict[str, str]) -> str:
    """Return one reason in words."""
    if step.effect != "fired":
        return say[f"report.{step.effect}"].format(note=step.note)
    words = " … ".join(say["quote"].format(text=word) for word in step.words)
    if step.rule.startswith(MODELS):
        which, _, model = step.rule.partition("/")
        return say[f"report.{which}" if words else f"report.{which}_too"].format(model=model, words=words)
    return say["report.rule"].format(rule=step.rule, words=words)


def trace_in_short(finding: Finding, say: dict[str, str]) -> str:
    """Return the rules that fired, what changed the severity, and the score; the words are in the quote."""
    models = [step for step in finding.trace if step.rule.startswith(MODELS)]
    fired = dict.fromkeys(
        step.rule.partition("/")[2] for step in finding.trace if step.effect == "fired" and step not in models
    )
    reasons = [say["report.rules"].format(rules=", ".join(fired))] if fired else []
    reasons += [trace_line(step, say) for step in models]
    reasons += [say[f"report.{step.effect}"].format(note=step.note) for step in finding.trace if step.effect != "fired"]
    reasons.append(score_words(finding, say))
    return f"{say['report.trace']}{say['colon']}{say['list'].join(reasons)} · {finding.id}"
