"""Something serious is said on a rule, or on a high probability; never on a guess."""

from dataclasses import replace
from datetime import date

import pytest

from analyzer.detection import detect
from analyzer.explanation import explain
from analyzer.schema import Context
from analyzer.segmentation import passage_from_text

GENETIC = "L'assuré communique à l'assureur les résultats de ses tests génétiques."


@pytest.mark.parametrize(("sure", "decision"), [(True, "warned"), (False, "to_check")])
def test_a_serious_warning_needs_a_rule_or_a_high_probability(sure, decision):
    (detections,) = detect([passage_from_text(GENETIC)])
    genetic = next(found for found in detections if found.label == "genetic_data")
    (finding,) = explain([replace(genetic, sure=sure)], Context(), "fr", date(2026, 1, 1))
    assert finding.severity == "high"
    assert finding.decision == decision
