"""Findings and the reader's situation become words: state of the law, severity, advice.

The state of the law comes from the case that applies and from nothing else. Severity starts from that
state; the passage may raise or lower it, and the trace says what did.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

from analyzer.detection import Detection
from analyzer.knowledge import Knowledge, load, messages
from analyzer.knowledge.models import Case, Label, Situation, When
from analyzer.schema import Absent, Context, Evidence, Finding, Ground, Lang, LegalState, Passage, Severity, TraceStep

__all__ = ["absent_safeguards", "explain", "is_small_home_loan"]

_STEPS: tuple[Severity, ...] = ("low", "medium", "high")
#: Where the law of the country is not known to Sceau, a warning starts in the middle.
_BASE: dict[LegalState | None, int] = {"forbidden": 2, "contestable": 1, "worth_knowing": 0, None: 1}


def explain(detections: Iterable[Detection], context: Context, lang: Lang, today: date) -> list[Finding]:
    """Return a finding for each detection, in the same order, told in ``lang`` for ``context``.

    ``today`` chooses the legal parameters in force.
    """
    knowledge = load()
    found = list(detections)
    protected = _protected_sections(found)
    on_health = {
        detection.passage.id
        for detection in found
        if (detection.label in knowledge.situations.health_labels and detection.decision == "warned" and detection.sure)
        or (detection.anatomy and "health" in detection.anatomy.facts)
    }
    seen: Counter[str] = Counter()
    findings = []
    for detection in found:
        identity = f"{detection.label}\n{detection.passage.text}"
        seen[identity] += 1
        is_on_health = detection.passage.kind == "question" and detection.passage.id in on_health
        findings.append(
            _finding(
                knowledge, detection, f"{identity}\n{seen[identity]}", is_on_health, protected, context, lang, today
            )
        )
    return findings


def absent_safeguards(findings: Sequence[Finding], lang: Lang) -> tuple[Absent, ...]:
    """Return the safeguards that were looked for in a document and are not among its ``findings``."""
    present = {finding.label for finding in findings if finding.decision == "warned"}
    return tuple(
        Absent(label=label.label, title=label.title.get(lang), text=label.absent.get(lang))
        for label in load().labels.values()
        if label.absent is not None and label.label not in present
    )


def _finding(
    knowledge: Knowledge,
    detection: Detection,
    identity: str,
    is_on_health: bool,
    protected: dict[tuple[str, ...], set[str]],
    context: Context,
    lang: Lang,
    today: date,
) -> Finding:
    label = knowledge.labels[detection.label]
    small_home_loan = is_small_home_loan(knowledge, context, today)
    case: Case | Situation = next(
        case for case in label.cases if _applies(case.when, detection, context, small_home_loan)
    )
    how_to_answer = label.how_to_answer
    if is_on_health and case.legal_state != "forbidden":
        for situation in knowledge.situations.situations:
            if _applies(situation.when, detection, context, small_home_loan):
                case, how_to_answer = situation, situation.how_to_answer
                break
    severity: Severity | None = None
    steps: tuple[TraceStep, ...] = ()
    if label.polarity == "warning" or case.legal_state == "forbidden":
        severity, steps = _severity(knowledge, label, case, detection, protected, lang)
    decision = detection.decision
    if severity == "high" and not detection.sure:
        decision = "to_check"  # something serious is not said on a guess
    values = knowledge.values(today, lang)
    return Finding(
        id=f"{label.label}-{hashlib.sha256(identity.encode()).hexdigest()[:10]}",
        label=label.label,
        polarity=label.polarity,
        passage=detection.passage,
        score=detection.score,
        calibrated=detection.calibrated,
        decision=decision,
        evidence=tuple(_evidence(detection.passage, start, end) for start, end in detection.evidence),
        trace=(*detection.trace, *steps),
        case=case.id,
        legal_state=case.legal_state,
        severity=severity,
        title=label.title.get(lang),
        text=case.text.get(lang).format_map(values),
        grounds=tuple(_ground(knowledge, ground, lang) for ground in case.grounds),
        advice=tuple(line.format_map(values) for line in case.advice.get(lang)),
        how_to_answer=how_to_answer.get(lang).format_map(values) if how_to_answer else "",
    )


def is_small_home_loan(knowledge: Knowledge, context: Context, today: date) -> bool:
    """Whether the loan is one for which no question on health may be asked.

    Both conditions of the Code des assurances, art. L. 113-2-1, are needed: the insured share of all home loans
    together stays within the amount, and the loans end before the age.
    """
    if context.contract != "home-loan" or context.loan_share is None or context.loan_end_age is None:
        return False
    share = knowledge.parameters["lemoine_share_eur"].at(today)
    age = knowledge.parameters["lemoine_end_age"].at(today)
    return context.loan_share <= share and context.loan_end_age < age


def _applies(when: When, detection: Detection, context: Context, small_home_loan: bool) -> bool:
    facts = detection.anatomy.facts if detection.anatomy else frozenset()
    return (
        (not when.contract or context.contract in when.contract)
        and (not when.insurer or context.insurer in when.insurer)
        and (not when.jurisdiction or context.jurisdiction in when.jurisdiction)
        and (not when.stage or context.stage in when.stage)
        and (not when.mentions or not detection.mentions.isdisjoint(when.mentions))
        and detection.mentions.isdisjoint(when.mentions_none)
        and (not when.patterns or not detection.patterns.isdisjoint(when.patterns))
        and facts.issuperset(when.facts)
        and facts.isdisjoint(when.facts_none)
        and when.small_home_loan in (None, small_home_loan)
    )


def _severity(
    knowledge: Knowledge,
    label: Label,
    case: Case | Situation,
    detection: Detection,
    protected: dict[tuple[str, ...], set[str]],
    lang: Lang,
) -> tuple[Severity, tuple[TraceStep, ...]]:
    """Return the severity and the steps that led there from the state of the law."""
    rules = knowledge.severity
    steps = [
        TraceStep(effect="raised", rule=f"severity/{factor.mentions}", note=factor.note.get(lang))
        for factor in rules.raised_by
        if factor.mentions in detection.mentions and label.label not in factor.not_for
    ]
    if detection.passage.small_print:
        steps.append(TraceStep(effect="raised", rule="severity/small_print", note=rules.small_print.get(lang)))
    level = _BASE[case.legal_state] + bool(steps)
    helping = protected.get(_place(detection.passage), set()) & set(rules.answers.get(label.label, ()))
    if helping:
        level -= 1
        titles = ", ".join(knowledge.labels[name].title.get(lang) for name in sorted(helping))
        steps.append(
            TraceStep(
                effect="lowered", rule="severity/safeguard", note=f"{rules.lowered_by_safeguard.get(lang)} ({titles})"
            )
        )
    return _STEPS[max(0, min(level, 2))], tuple(steps)


def _protected_sections(detections: Sequence[Detection]) -> dict[tuple[str, ...], set[str]]:
    """Return the safeguards that stand in each section."""
    labels = load().labels
    sections: dict[tuple[str, ...], set[str]] = {}
    for detection in detections:
        if labels[detection.label].polarity == "safeguard" and detection.decision == "warned":
            sections.setdefault(_place(detection.passage), set()).add(detection.label)
    return sections


def _place(passage: Passage) -> tuple[str, ...]:
    """Return the section of a passage; one without a section stands for itself."""
    return passage.section or ("", passage.id)


def _evidence(passage: Passage, start: int, end: int) -> Evidence:
    return Evidence(start=start, end=end, text=passage.text[start:end], boxes=passage.locate(start, end))


def _ground(knowledge: Knowledge, text_id: str, lang: Lang) -> Ground:
    text = knowledge.law_text(text_id)
    sentences = messages(lang)
    nuance = f" {text.nuance.get(lang)}" if text.nuance else ""
    return Ground(
        id=text.id,
        citation=text.citation,
        says=text.says.get(lang) + nuance,
        strength=sentences[f"strength.{text.strength}"],
        date=text.date.get(lang),
        checked=sentences[f"checked.{text.checked}"],
        url=text.url,
    )
