"""The weights of the decision, on what can be counted by hand."""

import numpy as np
import pytest

from analyzer.learning.calibration import (
    Bin,
    Observations,
    calibration_error,
    fit,
    held_out,
    reliability,
)
from analyzer.learning.reliability import to_svg


def observations(count=400, noise=1.0):
    draw = np.random.default_rng(3)
    truth = (draw.random((count, 2)) < 0.3).astype(float)
    logits = (truth - 0.5) * 4 + draw.normal(0, 2 * noise, truth.shape)
    strong = (truth * (draw.random(truth.shape) < 0.6)).astype(float)
    return Observations(
        labels=("secrecy_waiver", "genetic_data"),
        logits=logits,
        hints=np.zeros_like(logits),
        strong=strong,
        weak=np.zeros_like(strong),
        truth=truth,
        counted=np.ones(truth.shape, bool),
        groups=np.arange(count),
    )


def test_probabilities_are_true_on_folds_that_the_fit_did_not_see():
    seen = observations()
    scores = held_out(seen)
    assert calibration_error(reliability(scores, seen.truth, seen.counted)) < 0.08
    assert scores[seen.truth > 0].mean() > scores[seen.truth < 1].mean() + 0.4


def test_a_rule_adds_to_what_the_encoder_says():
    seen = observations()
    combination = fit(seen)
    assert combination.calibrated
    for weights in combination.labels.values():
        assert weights.strong > 0
        assert weights.encoder > 0
        assert weights.ngrams >= 0


def test_what_speaks_for_a_label_never_speaks_against_it():
    seen = observations()
    seen.hints[:] = (0.5 - seen.truth) * 8
    assert all(weights.ngrams == 0 and weights.encoder > 0 for weights in fit(seen).labels.values())


def test_a_label_that_was_never_seen_follows_the_others():
    seen = observations()
    seen.truth[:, 1] = 0
    seen.strong[:, 1] = 0
    assert fit(seen).labels["genetic_data"].encoder > 0


def test_bins_have_equal_mass_and_leave_out_what_is_nothing():
    scores = np.array([[0.05, 0.2], [0.4, 0.6], [0.8, 0.9]])
    truth = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    bins = reliability(scores, truth, np.ones(scores.shape, bool))
    assert [one.count for one in bins] == [1] * 5
    assert calibration_error(bins) == pytest.approx((0.2 + 0.4 + 0.4 + 0.2 + 0.1) / 5)
    assert calibration_error([]) == 0


def test_the_diagram_shows_every_bin():
    drawing = to_svg([Bin(10, 0.2, 0.25), Bin(10, 0.8, 0.7)])
    assert drawing.count("<circle") == 2
    assert "0.075, 20 scores" in drawing
