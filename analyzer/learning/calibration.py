"""Rules and encoder are weighed against each other, on passages that neither learnt from.

For each label a logistic model over the encoder's logit and whether rules fired, drawn towards weights that all labels
share (there are few passages of each); then thresholds on its probability. The figures of a fit are told on folds that
it did not see.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from analyzer.detection.combination import Combination, Weights
from analyzer.knowledge import load

Array = npt.NDArray[np.float64]

#: How strongly a label's weights are drawn towards those that all labels share, and those towards nothing.
_TOWARDS_SHARED, _TOWARDS_NOTHING = 4.0, 1.0
#: Probabilities below this are "nothing", and no bin of the reliability diagram (GUIDE.md, "The figures").
LEAST = 0.1
_BINS = 10
#: Folds, for figures on passages that a fit did not see.
FOLDS = 5
#: This part of the clauses that carry a label pass the screen.
_PASS = 0.998
#: A logit below every other.
_NEVER = -1e9
#: The weights, in the order of the features.
_NAMES = ("bias", "encoder", "ngrams", "strong", "weak")
#: A passage is worth a look from this part of the probability on from which it is warned of; without a rule, a warning
#: takes more than an even chance: in real documents, passages with a label are far rarer than among those fit on.
_TO_CHECK, _LEAST_ALONE = 0.75, 0.6


@dataclass(frozen=True)
class Observations:
    """What was seen in held-out passages: arrays of a row for each passage and a column for each label.

    ``counted`` is false where a label cannot apply; ``groups`` keeps minimal pairs in one fold.
    """

    labels: tuple[str, ...]
    logits: Array
    hints: Array
    strong: Array
    weak: Array
    truth: Array
    counted: npt.NDArray[np.bool_]
    groups: npt.NDArray[np.int64]

    def rows(self, chosen: npt.NDArray[np.bool_]) -> Observations:
        """Return the chosen passages."""
        return replace(
            self,
            logits=self.logits[chosen],
            hints=self.hints[chosen],
            strong=self.strong[chosen],
            weak=self.weak[chosen],
            truth=self.truth[chosen],
            counted=self.counted[chosen],
            groups=self.groups[chosen],
        )

    def features(self, column: int) -> Array:
        """Return what is known of a label: a constant, both logits, strong rules, weak rules."""
        return np.stack(
            (
                np.ones(len(self.logits)),
                self.logits[:, column],
                self.hints[:, column],
                self.strong[:, column],
                self.weak[:, column],
            ),
            axis=1,
        )


@dataclass(frozen=True)
class Bin:
    """Scores of about the same height: how many, their mean, and the share that was right."""

    count: int
    score: float
    right: float


def fit(seen: Observations) -> Combination:
    """Return the weights and thresholds that fit ``seen``."""
    every = [
        (seen.features(column)[seen.counted[:, column]], seen.truth[seen.counted[:, column], column])
        for column in range(len(seen.labels))
    ]
    origin = np.array([0.0, 0.5, 0.5, 2.0, 0.5])
    shared = _logistic(
        np.concatenate([x for x, _ in every]), np.concatenate([y for _, y in every]), origin, _TOWARDS_NOTHING
    )
    labels = {}
    for label, (x, y) in zip(seen.labels, every, strict=True):
        weights = _logistic(x, y, shared, _TOWARDS_SHARED)
        scores = _sigmoid(x @ weights)
        warned = _threshold(scores, y)
        labels[label] = Weights(
            **{name: round(float(value), 4) for name, value in zip(_NAMES, weights, strict=True)},
            warned=warned,
            alone=max(warned, _LEAST_ALONE),
            to_check=round(_TO_CHECK * max(warned, _LEAST_ALONE), 3),
        )
    return Combination(calibrated=True, screen=_screen(seen), labels=labels)


def _screen(seen: Observations) -> float:
    """Return the n-gram logit that nearly every clause with a label reaches, for some label of clauses."""
    kinds = [load().labels[label].kind == "clause" for label in seen.labels]
    clauses = seen.counted[:, kinds].all(axis=1) & (seen.truth[:, kinds] > 0).any(axis=1)
    highest = np.sort(seen.hints[clauses][:, kinds].max(axis=1, initial=_NEVER))
    return round(float(highest[int((1 - _PASS) * len(highest))]) - 0.1, 2) if len(highest) else _NEVER


def probabilities(combination: Combination, seen: Observations) -> Array:
    """Return the probabilities of ``seen``, shaped as its logits."""
    columns = []
    for column, label in enumerate(seen.labels):
        weights = np.array([getattr(combination.labels[label], name) for name in _NAMES])
        columns.append(_sigmoid(seen.features(column) @ weights))
    return np.stack(columns, axis=1)


def held_out(seen: Observations) -> Array:
    """Return the probability of each label from a fit on the other folds."""
    result = np.zeros_like(seen.logits)
    for fold in range(FOLDS):
        inside = seen.groups % FOLDS == fold
        if inside.any():
            result[inside] = probabilities(fit(seen.rows(~inside)), seen.rows(inside))
    return result


def reliability(scores: Array, truth: Array, counted: npt.NDArray[np.bool_]) -> list[Bin]:
    """Return bins of equal mass over the scores of at least ``LEAST``."""
    chosen = counted & (scores >= LEAST)
    order = np.argsort(scores[chosen], kind="stable")
    bins = []
    for part in np.array_split(order, _BINS):
        if len(part):
            bins.append(
                Bin(len(part), float(scores[chosen][part].mean()), float(truth[chosen][part].astype(float).mean()))
            )
    return bins


def calibration_error(bins: Sequence[Bin]) -> float:
    """Return the mean distance between score and share, weighted by mass."""
    total = sum(one.count for one in bins)
    return sum(one.count * abs(one.score - one.right) for one in bins) / total if total else 0.0


def _sigmoid(x: Array) -> Array:
    result: Array = 1 / (1 + np.exp(-np.clip(x, -30, 30)))
    return result


def _logistic(x: Array, y: Array, origin: Array, strength: float) -> Array:
    """Return the weights of a logistic model drawn towards ``origin``: a few steps of Newton's method.

    What speaks for a label never speaks against it: a weight that comes out negative is left out, and the others are
    fit anew.
    """
    free = np.ones(x.shape[1], bool)
    while True:
        weights = np.where(free, origin, 0.0)
        pull = strength * np.eye(int(free.sum()))
        pull[0, 0] *= 0.1  # how frequent a label is differs most between labels
        own = x[:, free]
        for _ in range(30):
            p = _sigmoid(own @ weights[free])
            gradient = own.T @ (p - y) + pull @ (weights[free] - origin[free])
            hessian = (own * (p * (1 - p))[:, None]).T @ own + pull
            step = np.linalg.solve(hessian, gradient)
            weights[free] -= np.clip(step, -2, 2)
            if np.abs(step).max() < 1e-6:
                break
        negative = free & (weights < 0)
        negative[0] = False
        if not negative.any():
            return weights
        free &= ~negative


def _threshold(scores: Array, truth: Array) -> float:
    """Return the threshold with the best F1, within bounds that keep it near one half: there are few passages."""
    best, chosen = -1.0, 0.5
    for candidate in np.arange(0.3, 0.71, 0.05):
        found = scores >= candidate
        right = float((found & (truth > 0.5)).sum())
        f1 = 2 * right / max(1.0, float(found.sum()) + float(truth.sum()))
        if f1 > best + 1e-9 or (abs(f1 - best) < 1e-9 and abs(candidate - 0.5) < abs(chosen - 0.5)):
            best, chosen = f1, float(candidate)
    return round(chosen, 2)
