"""A passage becomes detections: labels, with the words that caused them and why.

Rules find what was foreseen and show the very words; the encoder finds what is said otherwise, and says how likely each
label is. Without an encoder the rules decide alone, and the score is not a probability and says so.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import get_args

import numpy as np

from analyzer.detection.anatomy import Anatomy
from analyzer.detection.encoder import Array, Encoder
from analyzer.detection.rules import Match, Reading, Rules
from analyzer.knowledge import load
from analyzer.schema import Decision, Passage, PassageKind, TraceStep

__all__ = ["PRECISE", "Detection", "detect", "observe", "probabilities"]

#: Uncalibrated scores of a pattern by its strength, and the score from which a label is decided.
_SCORES = {"strong": 0.8, "weak": 0.4}
THRESHOLD = 0.5
#: What the encoder alone finds is shown as a serious warning only from this probability on.
_SURE = 0.8
#: A clause of fewer words is left to the rules.
_FEW_WORDS = 4
#: The label of a question that nothing is wrong with.
PRECISE = "precise"


@dataclass(frozen=True)
class Detection:
    """A label in a passage.

    ``evidence`` spans point into ``passage.text``; ``patterns`` are those that fired; ``mentions`` names the
    word lists that occur in the passage, the shared ones and the label's own. A question has its ``anatomy``.
    ``score`` is a probability where it is ``calibrated``; ``sure`` tells whether a serious warning may rest on it.
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
    calibrated: bool = False
    sure: bool = True


@dataclass(frozen=True)
class _Verdict:
    """What is decided of a label in a passage, and whether the encoder speaks for it."""

    score: float
    decision: Decision
    read_by_encoder: bool = False


def detect(passages: Sequence[Passage], encoder: Encoder | None = None) -> list[list[Detection]]:
    """Return the detections of each passage, in order, best first."""
    readings: list[Reading] = [Reading() for _ in passages]
    verdicts: list[dict[str, _Verdict]] = [{} for _ in passages]
    for kind in get_args(PassageKind):
        chosen = [index for index, passage in enumerate(passages) if passage.kind == kind]
        if not chosen:
            continue
        rules, own = _rules(kind), [passages[index] for index in chosen]
        found = rules.read(own)
        judged = [_by_rules(reading) for reading in found] if encoder is None else _together(encoder, own, found)
        # What only the encoder saw was not read by the rules: which words stand there still chooses what is told.
        unread = [place for place, reading in enumerate(found) if judged[place] and not reading.was_read]
        for place, reading in zip(unread, rules.read([own[place] for place in unread], screened=False), strict=True):
            found[place] = reading
        judged = [_guarded(verdict, reading) for verdict, reading in zip(judged, found, strict=True)]
        for index, reading, verdict in zip(chosen, found, judged, strict=True):
            readings[index], verdicts[index] = reading, verdict
    return [
        sorted(_detections(passage, reading, judged, encoder), key=lambda found: (-found.score, found.label))
        for passage, reading, judged in zip(passages, readings, verdicts, strict=True)
    ]


@dataclass(frozen=True)
class Observed:
    """What was seen in passages: arrays with a row for each passage and a column for each of the encoder's labels.

    The logits of the encoder and of the n-grams, and where strong and where weak rules fired (0 or 1).
    """

    logits: Array
    hints: Array
    strong: Array
    weak: Array


def observe(passages: Sequence[Passage], encoder: Encoder) -> Observed:
    """Return everything that rules and models see in ``passages``, with nothing screened."""
    logits, hints = encoder.read(passages, screened=False)
    strong, weak = np.zeros_like(logits), np.zeros_like(logits)
    for kind in get_args(PassageKind):
        chosen = [index for index, passage in enumerate(passages) if passage.kind == kind]
        for index, reading in zip(chosen, _rules(kind).read([passages[index] for index in chosen]), strict=True):
            for column, label in enumerate(encoder.labels):
                strong[index, column], weak[index, column] = _strengths(label, reading)
    return Observed(logits, hints, strong, weak)


def probabilities(passages: Sequence[Passage], encoder: Encoder) -> Array:
    """Return the probability of each of the encoder's labels in each passage, whether decided or not."""
    seen = observe(passages, encoder)
    result = np.zeros_like(seen.logits)
    for at in np.ndindex(*result.shape):
        result[at] = encoder.combination.probability(
            encoder.labels[at[1]],
            float(seen.logits[at]),
            float(seen.hints[at]),
            bool(seen.strong[at]),
            bool(seen.weak[at]),
        )
    return result


def _by_rules(reading: Reading) -> dict[str, _Verdict]:
    """Return what the rules alone decide. A question in which they find nothing is precise."""
    verdicts = {}
    for name, matches in reading.matches.items():
        doubt = 1.0
        for pattern in {match.pattern: match for match in matches}.values():
            doubt *= 1 - _SCORES[pattern.strength]
        score = round(1 - doubt, 3)
        verdicts[name] = _Verdict(score, "warned" if score >= THRESHOLD else "to_check")
    if reading.anatomy and not verdicts:
        verdicts[PRECISE] = _Verdict(_SCORES["strong"], "warned")
    return verdicts


def _together(encoder: Encoder, passages: Sequence[Passage], readings: Sequence[Reading]) -> list[dict[str, _Verdict]]:
    """Return what rules and models decide together, for passages of one kind.

    Of labels that the encoder does not know, the rules decide alone.
    """
    known = load().labels
    combination = encoder.combination
    columns = [
        (column, label)
        for column, label in enumerate(encoder.labels)
        if passages and known[label].kind == passages[0].kind
    ]
    fired = {index for index, reading in enumerate(readings) if reading.matches}
    results = []
    for passage, reading, logits, hints in zip(passages, readings, *encoder.read(passages, kept=fired), strict=True):
        alone = _by_rules(reading)
        if passage.kind == "clause" and passage.text.count(" ") < _FEW_WORDS - 1:
            results.append(alone)  # a heading, a cell: too little for a model, which was never shown any
            continue
        verdicts = {label: verdict for label, verdict in alone.items() if label not in encoder.labels}
        for column, label in columns:
            strong, weak = _strengths(label, reading)
            probability = combination.probability(label, float(logits[column]), float(hints[column]), strong, weak)
            decision = combination.decide(label, probability, strong, weak)
            if decision == "warned" and not (strong or weak) and probability < _SURE and label in _serious():
                decision = "to_check"
            if decision:
                # Where neither a rule nor the encoder's own logit speaks for it, the n-grams did.
                reads = bool(logits[column] > 0) or label not in reading.matches
                verdicts[label] = _Verdict(round(probability, 3), decision, reads)
        if PRECISE in verdicts:
            verdicts = _alone(verdicts, reading)
        results.append(verdicts or (alone if reading.anatomy else {}))
    return results


def _guarded(verdicts: dict[str, _Verdict], reading: Reading) -> dict[str, _Verdict]:
    """Return the verdicts without those that no rule founds where a guard of the label holds: it guards models too."""
    known = load().labels
    return {
        label: verdict
        for label, verdict in verdicts.items()
        if label in reading.matches or reading.guards.isdisjoint(known[label].guards)
    }


@cache
def _serious() -> frozenset[str]:
    """Return the labels that may be told as forbidden: not on a guess."""
    return frozenset(
        name
        for name, label in load().labels.items()
        if label.polarity == "warning" and any(case.legal_state == "forbidden" for case in label.cases)
    )


def _alone(verdicts: dict[str, _Verdict], reading: Reading) -> dict[str, _Verdict]:
    """Return either that a question is precise or what is wrong with it: never both.

    A doubt gives way to a decided "precise", unless it is a rule's.
    """
    precise = verdicts[PRECISE].decision == "warned"
    if precise and not any(
        verdict.decision == "warned" or label in reading.matches
        for label, verdict in verdicts.items()
        if label != PRECISE
    ):
        return {PRECISE: verdicts[PRECISE]}
    others = {label: verdict for label, verdict in verdicts.items() if label != PRECISE}
    return others or verdicts


def _strengths(label: str, reading: Reading) -> tuple[bool, bool]:
    """Return whether strong and weak rules of ``label`` fired; for ``precise``, whether no rule of any label did."""
    if label == PRECISE:
        return reading.anatomy is not None and not reading.matches, False
    found = {match.strength for match in reading.matches.get(label, ())}
    return "strong" in found, "weak" in found


def _detections(
    passage: Passage, reading: Reading, judged: dict[str, _Verdict], encoder: Encoder | None
) -> Iterator[Detection]:
    """Yield the detections of a passage, as they were decided."""
    unfounded = [
        label
        for label, verdict in judged.items()
        if verdict.read_by_encoder and not reading.matches.get(label) and (label != PRECISE or reading.matches)
    ]
    shown = encoder.evidence(passage, unfounded) if encoder and unfounded else {}
    for label, verdict in judged.items():
        matches = reading.matches.get(label, [])
        steps, spans = _fired(label, passage, reading, matches)
        if label in shown:
            spans = (shown[label],)
        if encoder and verdict.read_by_encoder:
            words = tuple(passage.text[start:end] for start, end in spans) if label in shown else ()
            rule = f"encoder/{encoder.name}"
            steps = (*steps, TraceStep(effect="fired", rule=rule, words=words, score=verdict.score))
        yield Detection(
            label=label,
            passage=passage,
            score=verdict.score,
            decision=verdict.decision,
            evidence=spans,
            trace=steps,
            patterns=frozenset(match.pattern for match in matches),
            mentions=_mentions(label, reading.mentions),
            anatomy=reading.anatomy,
            calibrated=encoder is not None and encoder.combination.calibrated,
            sure=bool(matches) or verdict.score >= _SURE,
        )


def _fired(
    label: str, passage: Passage, reading: Reading, matches: Iterable[Match]
) -> tuple[tuple[TraceStep, ...], tuple[tuple[int, int], ...]]:
    """Return the rules that fired, as steps, and where: for a precise question, what it names and its window."""
    if label == PRECISE and not reading.matches:
        facts = reading.anatomy.spans if reading.anatomy else {}
        spans = _merge([place for fact in ("bounded", "named") for place in facts.get(fact, ())])
        step = TraceStep(
            effect="fired",
            rule=f"{PRECISE}/nothing-too-broad",
            words=tuple(passage.text[start:end] for start, end in spans),
            score=_SCORES["strong"],
        )
        return (step,), spans
    steps = tuple(
        TraceStep(
            effect="fired",
            rule=f"{label}/{match.pattern}",
            words=tuple(passage.text[start:end] for start, end in match.spans),
            score=_SCORES[match.strength],
        )
        for match in matches
    )
    return steps, _merge([span for match in matches for span in match.spans])


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
