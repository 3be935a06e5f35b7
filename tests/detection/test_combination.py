"""Rules and encoder decide together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.detection.combination import Combination, Weights
from analyzer.errors import ModelDamaged

LABEL = "secrecy_waiver"
TOGETHER = Combination(
    calibrated=True,
    labels={LABEL: Weights(bias=-1, encoder=0.8, ngrams=0.3, strong=2, weak=0.5, warned=0.5, alone=0.7, to_check=0.4)},
)


def decide(logit, strong=False, weak=False):
    return TOGETHER.decide(LABEL, TOGETHER.probability(LABEL, logit, 0, strong, weak), strong, weak)


def test_encoder_alone_needs_to_be_surer_than_with_a_rule():
    probability = 0.6
    assert TOGETHER.decide(LABEL, probability, strong=True, weak=False) == "warned"
    assert TOGETHER.decide(LABEL, 0.3, strong=True, weak=False) == "warned", "believed unless the models are against it"
    assert TOGETHER.decide(LABEL, 0.3, strong=False, weak=True) is None
    assert TOGETHER.decide(LABEL, probability, strong=False, weak=True) == "warned"
    assert TOGETHER.decide(LABEL, probability, strong=False, weak=False) == "to_check"
    assert TOGETHER.decide(LABEL, 0.75, strong=False, weak=False) == "warned"


def test_a_strong_rule_is_never_passed_over_in_silence():
    assert decide(-20, strong=True) == "to_check"
    assert decide(-20, weak=True) is None
    assert decide(-20) is None


@given(st.floats(-50, 50), st.floats(0.01, 20), st.booleans(), st.booleans())
def test_more_of_anything_is_never_less_likely(logit, more, strong, weak):
    least = TOGETHER.probability(LABEL, logit, 0, strong, weak)
    assert 0 <= least <= TOGETHER.probability(LABEL, logit + more, 0, strong, weak) <= 1
    assert least <= TOGETHER.probability(LABEL, logit, more, strong, weak)
    assert least <= TOGETHER.probability(LABEL, logit, 0, True, weak)
    assert least <= TOGETHER.probability(LABEL, logit, 0, strong, True)


def test_weights_that_nobody_fit_are_no_probabilities():
    plain = Combination.plain((LABEL,))
    assert not plain.calibrated
    assert plain.decide(LABEL, plain.probability(LABEL, 3, 0, False, False), False, False) == "warned"
    assert plain.decide(LABEL, plain.probability(LABEL, -3, 0, False, False), False, False) is None


def test_broken_weights_are_told(tmp_path):
    path = tmp_path / "decision.json"
    path.write_text('{"calibrated": true, "labels": {"x": {"bias": "many"}}}', "utf-8")
    with pytest.raises(ModelDamaged) as caught:
        Combination.read(path)
    assert caught.value.name == tmp_path.name
