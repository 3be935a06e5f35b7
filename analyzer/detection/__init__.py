"""A passage becomes detections: labels, with the words that caused them and why.

Rules alone decide for now; the score is not a probability and says so.
"""

from __future__ import annotations

import gc
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import get_args

from analyzer.detection.anatomy import Anatomy
from analyzer.detection.rules import Match, Reading, Rules
from analyzer.knowledge import load
from analyzer.knowledge.models import Label
from analyzer.schema import Decision, Passage, PassageKind, TraceStep

__all__ = ["PRECISE", "Detection", "detect"]

#: Uncalibrated scores of a pattern by its strength, and the score from which a label is decided.
_SCORES = {"strong": 0.8, "weak": 0.4}
THRESHOLD = 0.5
#: The label of a question that nothing is wrong with.
PRECISE = "precise"


@dataclass(frozen=True)
class Detection:
    """A label in a passage.

    ``evidence`` spans point into ``passage.text``; ``patterns`` are those that fired; ``mentions`` names the
    word lists that occur in the passage, the shared ones and the label's own. A question has its ``anatomy``.
    """

    label: str
    passage: Passage
    score: float
    decision: Decision
    evidence: tuple[tuple[int, int], ...]
    trace: tuple[TraceStep, ...]
    patterns: frozenset[str]
    mentions: frozenset[str]
    anatomy: Anatomy | None = None


def detect(passages: Sequence[Passage]) -> list[list[Detection]]:
    """Return the detections of each passage, in order, best first."""
    readings: list[Reading] = [Reading() for _ in passages]
    for kind in get_args(PassageKind):
        chosen = [index for index, passage in enumerate(passages) if passage.kind == kind]
        if chosen:
            for index, reading in zip(chosen, _rules(kind).read([passages[i] for i in chosen]), strict=True):
                readings[index] = reading
    labels = load().labels
    results = []
    for passage, reading in zip(passages, readings, strict=True):
        found = [_detection(labels[name], passage, matches, reading) for name, matches in reading.matches.items()]
        if reading.anatomy and not found:
            found = [_precise(passage, reading)]
        results.append(sorted(found, key=lambda detection: (-detection.score, detection.label)))
    return results


def _precise(passage: Passage, reading: Reading) -> Detection:
    """Return that nothing is wrong with a question, with what it names and its window: it stands in the report too."""
    spans = reading.anatomy.spans if reading.anatomy else {}
    evidence = _merge([place for fact in ("bounded", "named") for place in spans.get(fact, ())])
    return Detection(
        label=PRECISE,
        passage=passage,
        score=_SCORES["strong"],
        decision="warned",
        evidence=evidence,
        trace=(
            TraceStep(
                effect="fired",
                rule=f"{PRECISE}/nothing-too-broad",
                words=tuple(passage.text[start:end] for start, end in evidence),
                score=_SCORES["strong"],
            ),
        ),
        patterns=frozenset(),
        mentions=_mentions(PRECISE, reading.mentions),
        anatomy=reading.anatomy,
    )


def _detection(label: Label, passage: Passage, matches: list[Match], reading: Reading) -> Detection:
    doubt = 1.0
    for pattern in {match.pattern: match for match in matches}.values():
        doubt *= 1 - _SCORES[pattern.strength]
    score = round(1 - doubt, 3)
    trace = tuple(
        TraceStep(
            effect="fired",
            rule=f"{label.label}/{match.pattern}",
            words=tuple(passage.text[start:end] for start, end in match.spans),
            score=_SCORES[match.strength],
        )
        for match in matches
    )
    return Detection(
        label=label.label,
        passage=passage,
        score=score,
        decision="warned" if score >= THRESHOLD else "to_check",
        evidence=_merge([span for match in matches for span in match.spans]),
        trace=trace,
        patterns=frozenset(match.pattern for match in matches),
        mentions=_mentions(label.label, reading.mentions),
        anatomy=reading.anatomy,
    )


def _mentions(label: str, names: set[str]) -> frozenset[str]:
    """Return the lists that ``label`` knows by these names: a list of its own hides a shared one."""
    own = f"{label}."
    return frozenset(name.removeprefix(own) for name in names if "." not in name or name.startswith(own))


def _merge(spans: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Return the union of the spans, in order, overlaps joined."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


@cache
def _rules(kind: PassageKind) -> Rules:
    rules = Rules(load(), kind)
    # The compiled rules live as long as the process: the collector need not walk through them again and again, which
    # cost a tenth of the time of a large document.
    gc.freeze()
    return rules
