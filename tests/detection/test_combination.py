"""Rules and models decide together."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.detection.combination import Combination, Observed, Weights, decide
from analyzer.errors import ModelDamaged

LABEL = "secrecy_waiver"
TOGETHER = Combination(calibrated=True, labels={LABEL: Weights(bias=-1, encoder=0.8, ngrams=0.3, strong=2, weak=0.5)})


def probability(logit, hint=0.0, strong=False, weak=False, combination=TOGETHER):
    seen = Observed(*(np.array([[value]], float) for value in (logit, hint, strong, weak)))
    return combination.probabilities([LABEL], seen)[0, 0]


@pytest.mark.parametrize(
    ("value", "strong", "weak", "decision"),
    [
        (0.21, True, False, "warned"),  # believed unless the models are clearly against it
        (0.01, True, False, "to_check"),  # and never passed over in silence
        (0.55, False, True, "warned"),
        (0.55, False, False, "to_check"),
        (0.61, False, False, "warned"),
        (0.46, False, True, "to_check"),
        (0.44, False, False, None),
        (0.44, False, True, None),
    ],
)
def test_the_models_alone_must_be_surer_than_with_a_rule(value, strong, weak, decision):
    assert decide(value, strong, weak) == decision


@given(st.floats(-50, 50), st.floats(0.01, 20), st.booleans(), st.booleans())
def test_more_of_anything_is_never_less_likely(logit, more, strong, weak):
    least = probability(logit, 0, strong, weak)
    assert 0 <= least <= probability(logit + more, 0, strong, weak) <= 1
    assert least <= probability(logit, more, strong, weak)
    assert least <= probability(logit, 0, True, weak)
    assert least <= probability(logit, 0, strong, True)


def test_weights_that_nobody_fit_are_no_probabilities():
    plain = Combination.plain((LABEL,))
    assert not plain.calibrated
    assert decide(probability(3, combination=plain), strong=False, weak=False) == "warned"
    assert decide(probability(-3, combination=plain), strong=False, weak=False) is None


def test_broken_weights_are_told(tmp_path):
    path = tmp_path / "decision.json"
    path.write_text('{"calibrated": true, "labels": {"x": {"bias": "many"}}}', "utf-8")
    with pytest.raises(ModelDamaged) as caught:
        Combination.read(path)
    assert caught.value.name == tmp_path.name
