"""The linear model over n-grams is fit: one logistic regression a label, over passages of the label's kind."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from analyzer.detection.ngrams import BUCKETS, features

_STRENGTH = 20.0


def fit_ngrams(
    pairs: Sequence[tuple[str, str]],
    targets: npt.NDArray[np.float32],
    counted: npt.NDArray[np.float32],
    path: Path,
) -> None:
    """Fit the model on ``pairs`` and write it to ``path``; ``targets`` and ``counted`` as in ``Examples``."""
    plain = np.ones(BUCKETS, np.float32)
    seen = np.zeros(BUCKETS)
    for pair in pairs:
        seen[features(pair, plain)[0]] += 1
    rarity = np.log((1 + len(pairs)) / (1 + seen)).astype(np.float32) + 1
    rarity[seen < 2] = 0  # a feature met once says nothing that lasts
    rows = [features(pair, rarity) for pair in pairs]
    ends = np.cumsum([0, *(len(places) for places, _ in rows)])
    matrix = csr_matrix(
        (np.concatenate([values for _, values in rows]), np.concatenate([places for places, _ in rows]), ends),
        shape=(len(pairs), BUCKETS),
    )
    weights = np.zeros((BUCKETS, targets.shape[1]), np.float32)
    bias = np.zeros(targets.shape[1], np.float32)
    for column in range(targets.shape[1]):
        own = np.flatnonzero(counted[:, column])
        truth = targets[own, column] > 0.5
        if truth.any() and not truth.all():
            model = LogisticRegression(C=_STRENGTH, solver="liblinear", max_iter=200).fit(matrix[own], truth)
            weights[:, column], bias[column] = model.coef_[0], model.intercept_[0]
        else:
            bias[column] = -10
    scale = np.abs(weights).max(axis=0) / 127
    scale[scale == 0] = 1
    np.savez_compressed(
        path,
        weights=np.round(weights / scale).astype(np.int8),
        scale=scale.astype(np.float32),
        bias=bias,
        rarity=rarity.astype(np.float16),
    )
