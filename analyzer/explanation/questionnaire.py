"""A form as a whole: what each question is worth, and what the form says and fails to say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import get_args

from analyzer.detection import Detection
from analyzer.detection.normalise import fold, normalise
from analyzer.explanation.readability import reading_ease
from analyzer.knowledge import load
from analyzer.knowledge.models import NoticeWanted
from analyzer.schema import Finding, Lang, LegalState, Notice, Passage, Question, Questionnaire, Rewording, Verdict

#: From the gravest on.
_STATES: tuple[LegalState, ...] = ("forbidden", "contestable", "worth_knowing")
#: A notice stands in one passage; what is longer is looked through up to here (characters).
_LONGEST = 4_000


def verdict(findings: Sequence[Finding]) -> Verdict:
    """Return what a question is worth, from all its findings."""
    if any(finding.legal_state == "forbidden" and finding.decision == "warned" for finding in findings):
        return "forbidden"
    warnings = [finding for finding in findings if finding.polarity == "warning"]
    if not warnings:
        return "precise" if any(finding.decision == "warned" for finding in findings) else "to_check"
    return "overbroad" if any(finding.decision == "warned" for finding in warnings) else "to_check"


def whole_form(
    passages: Sequence[Passage],
    detections: Sequence[Detection],
    findings: Sequence[Finding],
    rewordings: Mapping[str, Rewording],
    lang: Lang,
) -> Questionnaire | None:
    """Return the form that a document's ``passages`` make, ``None`` where nothing is asked.

    ``findings`` and ``rewordings`` (by passage) are those of its questions; the notices are looked for everywhere.
    """
    by_passage: dict[str, list[Finding]] = {}
    for finding in findings:
        by_passage.setdefault(finding.passage.id, []).append(finding)
    anatomies = {detection.passage.id: detection.anatomy for detection in detections if detection.anatomy}
    questions = []
    for passage in passages:
        if passage.kind != "question" or passage.id not in by_passage:
            continue
        found = sorted(by_passage[passage.id], key=_rank)
        window = anatomies[passage.id].window
        questions.append(
            Question(
                passage=passage.id,
                number=passage.number,
                page=passage.boxes[0].page if passage.boxes else None,
                verdict=verdict(found),
                labels=tuple(finding.label for finding in found),
                legal_state=next((finding.legal_state for finding in found), None),
                findings=tuple(finding.id for finding in found),
                window_months=window.months if window else None,
                rewording=rewordings[passage.id],
            )
        )
    if not questions:
        return None
    counts = Counter(question.verdict for question in questions)
    asked = [passage for passage in passages if passage.kind == "question"]
    return Questionnaire(
        questions=tuple(questions),
        counts={name: counts[name] for name in get_args(Verdict)},
        share_precise=round(counts["precise"] / len(questions), 3),
        longest_window_months=max((question.window_months or 0 for question in questions), default=0) or None,
        without_window=sum("no_time_limit" in question.labels for question in questions),
        notices=tuple(_notice(wanted, passages, lang) for wanted in load().notices),
        reading_ease=reading_ease([f"{passage.context} {passage.text}" for passage in asked]),
    )


def _rank(finding: Finding) -> tuple[bool, int]:
    return finding.decision != "warned", _STATES.index(finding.legal_state) if finding.legal_state else 1


def _notice(wanted: NoticeWanted, passages: Sequence[Passage], lang: Lang) -> Notice:
    groups = [[fold(normalise(expression)[0]) for expression in group] for group in wanted.needs]
    pages = set()
    found = False
    for passage in passages:
        if passage.kind == "question":
            continue
        text = fold(normalise(passage.text[:_LONGEST])[0])
        if all(any(expression in text for expression in group) for group in groups):
            found = True
            pages |= {box.page for box in passage.boxes}
    return Notice(
        id=wanted.id, title=wanted.title.get(lang), text=wanted.text.get(lang), found=found, pages=tuple(sorted(pages))
    )
