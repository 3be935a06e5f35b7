"""Rules and models are weighed against each other, on passages that none of them learnt from.

For each label a logistic model over both logits and whether rules fired, drawn towards weights that all labels share
(there are few passages of each). The figures of a fit are told on folds that it did not see.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
import numpy.typing as npt

from analyzer.detection.combination import ALONE, NAMES, Array, Combination, Observed, Weights, sigmoid
from analyzer.knowledge import load

#: How strongly a label's weights are drawn towards those that all labels share, and those towards nothing.
_TOWARDS_SHARED, _TOWARDS_NOTHING = 4.0, 1.0
#: Probabilities below this are "nothing", and no bin of the reliability diagram (GUIDE.md, "The figures").
LEAST = 0.1
_BINS = 10
#: Folds, for figures on passages that a fit did not see.
FOLDS = 5
#: This part of what the models alone rightly find in clauses passes the screen.
_PASS = 0.99
#: A logit below every other.
_NEVER = -1e9


@dataclass(frozen=True)
class Observations(Observed):
    """What was seen in held-out passages, and what is true of them: arrays shaped as those of ``Observed``.

    ``counted`` is false where a label cannot apply; ``groups`` keeps minimal pairs in one fold.
    """

    labels: tuple[str, ...]
    truth: Array
    counted: npt.NDArray[np.bool_]
    groups: npt.NDArray[np.int64]

    def rows(self, chosen: npt.NDArray[np.bool_]) -> Observations:
        """Return the chosen passages."""
        names = [field.name for field in fields(self) if field.name != "labels"]
        return replace(self, **{name: getattr(self, name)[chosen] for name in names})


@dataclass(frozen=True)
class Bin:
    """Scores of about the same height: how many, their mean, and the share that was right."""

    count: int
    score: float
    right: float


def fit(seen: Observations) -> Combination:
    """Return the weights that fit ``seen``."""
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
        labels[label] = Weights(**{name: round(float(value), 4) for name, value in zip(NAMES, weights, strict=True)})
    return Combination(calibrated=True, labels=labels)


def screen(seen: Observations, combination: Combination) -> float:
    """Return the n-gram logit that nearly every clause reaches in which the models alone rightly find a label."""
    kinds = [load().labels[label].kind == "clause" for label in seen.labels]
    fired = (seen.strong + seen.weak)[:, kinds].any(axis=1)
    alone = np.logical_and(seen.counted[:, kinds].all(axis=1), ~fired)
    clauses = seen.rows(alone)
    found = combination.probabilities(seen.labels, clauses)[:, kinds] >= ALONE
    right = (found & (clauses.truth[:, kinds] > 0)).any(axis=1)
    highest = np.sort(clauses.hints[right][:, kinds].max(axis=1, initial=_NEVER))
    return round(float(highest[int((1 - _PASS) * len(highest))]) - 0.1, 2) if len(highest) else _NEVER


def held_out(seen: Observations) -> Array:
    """Return the probability of each label from a fit on the other folds."""
    result = np.zeros_like(seen.logits)
    for fold in range(FOLDS):
        inside = seen.groups % FOLDS == fold
        if inside.any():
            result[inside] = fit(seen.rows(~inside)).probabilities(seen.labels, seen.rows(inside))
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
            p = sigmoid(own @ weights[free])
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
