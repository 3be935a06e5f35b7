"""What is decided of each label in a passage: by the rules alone, or by rules and models together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from analyzer.detection.combination import SURE, Observed, decide
from analyzer.detection.encoder import Encoder
from analyzer.detection.rules import Reading
from analyzer.knowledge import load
from analyzer.schema import Decision, Passage

#: Uncalibrated scores of a pattern by its strength, and the score from which the rules alone decide a label.
SCORES = {"strong": 0.8, "weak": 0.4}
_THRESHOLD = 0.5
#: The label of a question that nothing is wrong with.
PRECISE = "precise"
#: A clause of fewer words (a heading, a cell) is left to the rules.
_FEW_WORDS = 4


@dataclass(frozen=True)
class Verdict:
    """What is decided of a label in a passage. ``models`` are those that speak for it: ``encoder``, ``ngrams``."""

    score: float
    decision: Decision
    models: tuple[str, ...] = ()
    calibrated: bool = False


def by_rules(reading: Reading) -> dict[str, Verdict]:
    """Return what the rules alone decide. A question in which they find nothing is precise."""
    verdicts = {}
    for name, matches in reading.matches.items():
        doubt = 1.0
        for pattern in {match.pattern: match for match in matches}.values():
            doubt *= 1 - SCORES[pattern.strength]
        score = round(1 - doubt, 3)
        verdicts[name] = Verdict(score, "warned" if score >= _THRESHOLD else "to_check")
    if reading.anatomy and not verdicts:
        verdicts[PRECISE] = Verdict(SCORES["strong"], "warned")
    return verdicts


def together(encoder: Encoder, passages: Sequence[Passage], readings: Sequence[Reading]) -> list[dict[str, Verdict]]:
    """Return what rules and models decide together, for passages of one kind.

    Of labels that the model does not know, and of a clause of a few words, the rules decide alone.
    """
    results = [by_rules(reading) for reading in readings]
    judged = [
        index
        for index, passage in enumerate(passages)
        if passage.kind == "question" or passage.text.count(" ") >= _FEW_WORDS - 1
    ]
    if not judged:
        return results
    own, read = [passages[index] for index in judged], [readings[index] for index in judged]
    seen = observed(encoder, own, read, screened=True)
    scores = encoder.combination.probabilities(encoder.labels, seen)
    known = load().labels
    columns = [column for column, label in enumerate(encoder.labels) if known[label].kind == passages[0].kind]
    for row, index in enumerate(judged):
        verdicts = {label: verdict for label, verdict in results[index].items() if label not in encoder.labels}
        for column in columns:
            label, probability = encoder.labels[column], float(scores[row, column])
            strong, weak = bool(seen.strong[row, column]), bool(seen.weak[row, column])
            decision = decide(probability, strong, weak)
            if decision == "warned" and not (strong or weak) and probability < SURE and label in _serious():
                decision = "to_check"
            if decision:
                models = (("encoder", seen.logits[row, column] > 0), ("ngrams", seen.hints[row, column] > 0))
                verdicts[label] = Verdict(
                    score=round(probability, 3),
                    decision=decision,
                    models=tuple(name for name, speaks in models if speaks),
                    calibrated=encoder.combination.calibrated,
                )
        if readings[index].anatomy and encoder.labels:
            verdicts = _of_question(verdicts, readings[index])
        results[index] = verdicts
    return results


def observed(encoder: Encoder, passages: Sequence[Passage], readings: Sequence[Reading], *, screened: bool) -> Observed:
    """Return what rules and models see in ``passages``; ``screened`` as for ``Encoder.read``."""
    fired = {index for index, reading in enumerate(readings) if reading.matches}
    logits, hints = encoder.read(passages, screened=screened, kept=fired)
    strong, weak = np.zeros_like(logits), np.zeros_like(logits)
    for row, reading in enumerate(readings):
        for column, label in enumerate(encoder.labels):
            strong[row, column], weak[row, column] = _strengths(label, reading)
    return Observed(logits, hints, strong, weak)


def _of_question(verdicts: dict[str, Verdict], reading: Reading) -> dict[str, Verdict]:
    """Return either that a question is precise or what is wrong with it: never both, and never nothing.

    A doubt gives way to a decided "precise", unless it is a rule's.
    """
    others = {label: verdict for label, verdict in verdicts.items() if label != PRECISE}
    precise = verdicts.get(PRECISE)
    if precise and precise.decision == "warned":
        founded = any(verdict.decision == "warned" or label in reading.matches for label, verdict in others.items())
        return others if founded else {PRECISE: precise}
    return others or verdicts or by_rules(reading)


@cache
def _serious() -> frozenset[str]:
    """Return the labels that may be told as forbidden: not on a guess."""
    return frozenset(
        name
        for name, label in load().labels.items()
        if label.polarity == "warning" and any(case.legal_state == "forbidden" for case in label.cases)
    )


def _strengths(label: str, reading: Reading) -> tuple[bool, bool]:
    """Return whether strong and weak rules of ``label`` fired; for ``precise``, whether no rule of any label did."""
    if label == PRECISE:
        return reading.anatomy is not None and not reading.matches, False
    found = {match.strength for match in reading.matches.get(label, ())}
    return "strong" in found, "weak" in found
