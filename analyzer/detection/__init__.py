"""A passage becomes detections: labels, with the words that caused them and why.

Rules find what was foreseen and show the very words; a linear model over n-grams and a small transformer find what is
said otherwise, and say how likely each label is. Without them the rules decide alone, and the score is not a
probability and says so.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import get_args

from analyzer.detection.anatomy import Anatomy
from analyzer.detection.combination import SURE, Observed
from analyzer.detection.decision import PRECISE, SCORES, Verdict, by_rules, observed, together
from analyzer.detection.encoder import Encoder
from analyzer.detection.rules import Match, Reading, Rules
from analyzer.knowledge import load
from analyzer.schema import Decision, Passage, PassageKind, TraceStep

#: Passages of a kind of which the words that made the models decide are looked for, at most.
_MOST_SHOWN = 200

__all__ = ["PRECISE", "Detection", "detect", "observe"]


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


def detect(passages: Sequence[Passage], encoder: Encoder | None = None, *, shown: bool = True) -> list[list[Detection]]:
    """Return the detections of each passage, in order, best first.

    Which words made the models decide is looked for only if it is ``shown``: it costs as much as deciding.
    """
    results: list[list[Detection]] = [[] for _ in passages]
    for kind in get_args(PassageKind):
        chosen = [index for index, passage in enumerate(passages) if passage.kind == kind]
        if not chosen:
            continue
        rules, own = _rules(kind), [passages[index] for index in chosen]
        readings = rules.read(own)
        verdicts = together(encoder, own, readings) if encoder else [by_rules(reading) for reading in readings]
        # What only the models saw was not read by the rules: which words stand there still chooses what is told.
        unread = [place for place, reading in enumerate(readings) if verdicts[place] and not reading.was_read]
        for place, reading in zip(unread, rules.read([own[place] for place in unread], screened=False), strict=True):
            readings[place] = reading
        evidence = _evidence(encoder, own, readings, verdicts, shown) if encoder else [{} for _ in own]
        for index, passage, reading, judged, words in zip(chosen, own, readings, verdicts, evidence, strict=True):
            name = encoder.name if encoder else ""
            found = _detections(passage, reading, judged, words, name)
            results[index] = sorted(found, key=lambda detection: (-detection.score, detection.label))
    return results


def observe(passages: Sequence[Passage], encoder: Encoder) -> Observed:
    """Return everything that rules and models see in passages of one kind, with nothing screened."""
    readings = _rules(passages[0].kind).read(passages) if passages else []
    return observed(encoder, passages, readings, screened=False)


def _unfounded(reading: Reading, verdicts: dict[str, Verdict]) -> list[str]:
    """Return the labels that no rule founds; that nothing is wrong with a question is founded on its anatomy."""
    return [label for label in verdicts if label not in reading.matches and (label != PRECISE or reading.matches)]


def _evidence(
    encoder: Encoder,
    passages: Sequence[Passage],
    readings: Sequence[Reading],
    verdicts: Sequence[dict[str, Verdict]],
    shown: bool,
) -> list[dict[str, tuple[int, int]]]:
    """Return the words that made the models decide; takes out of ``verdicts`` what a guard of the label forbids there.

    Without ``shown``, only where a guard makes it matter. Of hostile documents with thousands of such passages, the
    words of the first are looked for, and of those where a guard makes it matter.
    """
    known = load().labels
    asked = []
    left = _MOST_SHOWN if shown else 0
    for reading, judged in zip(readings, verdicts, strict=True):
        labels = _unfounded(reading, judged)
        if left and labels:
            left -= 1
        else:
            labels = [label for label in labels if not reading.guarded.keys().isdisjoint(known[label].guards)]
        asked.append(labels)
    evidence = encoder.evidence(list(zip(passages, asked, strict=True)))
    for reading, judged, found in zip(readings, verdicts, evidence, strict=True):
        for label, (start, end) in found.items():
            areas = [area for guard in known[label].guards for area in reading.guarded.get(guard, ())]
            if any(first < end and start < last for first, last in areas):
                del judged[label]
    return evidence


def _detections(
    passage: Passage, reading: Reading, judged: dict[str, Verdict], words: dict[str, tuple[int, int]], model: str
) -> Iterator[Detection]:
    """Yield the detections of a passage, as they were decided."""
    for label, verdict in judged.items():
        matches = reading.matches.get(label, [])
        steps, spans = _fired(label, passage, reading, matches)
        if not steps:
            spans = (words.get(label, (0, len(passage.text.rstrip()))),)
        quoted = () if steps else tuple(passage.text[start:end] for start, end in spans)
        models = verdict.models or (() if steps else ("encoder",))
        yield Detection(
            label=label,
            passage=passage,
            score=verdict.score,
            decision=verdict.decision,
            evidence=spans,
            trace=(
                *steps,
                *(
                    TraceStep(effect="fired", rule=f"{name}/{model}", words=quoted, score=verdict.score)
                    for name in models
                ),
            ),
            patterns=frozenset(match.pattern for match in matches),
            mentions=_mentions(label, reading.mentions),
            anatomy=reading.anatomy,
            calibrated=verdict.calibrated,
            sure=bool(matches) or verdict.score >= SURE,
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
            score=SCORES["strong"],
        )
        return (step,), spans
    steps = tuple(
        TraceStep(
            effect="fired",
            rule=f"{label}/{match.pattern}",
            words=tuple(passage.text[start:end] for start, end in match.spans),
            score=SCORES[match.strength],
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
