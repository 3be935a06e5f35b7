"""Rules and models together: one probability for each label, and what is decided from it.

The weights are fit on held-out passages (``analyzer.learning.calibration``) and stand beside the model they belong to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, ValidationError

from analyzer.errors import ModelDamaged
from analyzer.schema import Decision

Array = npt.NDArray[np.floating]

#: A strong rule is believed from this probability on. The passages that the weights are fit on were written to mislead
#: rules; in real documents they are right far more often than there.
_BELIEVED = 0.2
#: The probability from which a label is decided where a weak rule fired, and where only the models speak for it: in
#: real documents, passages with a label are far rarer than among those that the weights are fit on.
_WITH_A_HINT, ALONE = 0.5, 0.6
#: From here on a passage is worth a look.
_TO_CHECK = 0.45
#: A serious warning that no rule founds needs this probability.
SURE = 0.8
#: The names of the weights, in the order of ``Observed.features``.
NAMES = ("bias", "encoder", "ngrams", "strong", "weak")


class Weights(BaseModel):
    """A label's logistic model over what was seen: two logits, and whether strong and weak rules fired."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    bias: float = 0.0
    encoder: float = 1.0
    ngrams: float = 0.0
    strong: float = 0.0
    weak: float = 0.0


@dataclass(frozen=True)
class Observed:
    """What was seen in passages: arrays with a row for each passage and a column for each of the encoder's labels.

    The logits of the encoder and of the n-grams, and where strong and where weak rules fired (0 or 1).
    """

    logits: Array
    hints: Array
    strong: Array
    weak: Array

    def features(self, column: int) -> Array:
        """Return what is known of a label, a row for each passage: a constant, both logits, both kinds of rules."""
        parts = (self.logits, self.hints, self.strong, self.weak)
        return np.stack([np.ones(len(self.logits)), *(part[:, column] for part in parts)], axis=1)


class Combination(BaseModel):
    """The weights of all labels. ``calibrated``: whether the result is a probability, as measured.

    A clause of which no label's n-gram logit reaches ``screen`` is plainly neutral.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    calibrated: bool
    screen: float = -1e9
    labels: dict[str, Weights]

    @classmethod
    def read(cls, path: Path) -> Combination:
        """Read the weights beside a model. Raises ``ModelDamaged``."""
        try:
            return cls.model_validate_json(path.read_bytes())
        except (OSError, ValidationError) as fault:
            raise ModelDamaged(path.parent.name) from fault

    @classmethod
    def plain(cls, labels: Sequence[str]) -> Combination:
        """Return what stands in for weights that nobody has fit: the model's own score, and a rule that is believed."""
        return cls(calibrated=False, labels={label: Weights(strong=4.0, weak=1.0) for label in labels})

    def probabilities(self, labels: Sequence[str], seen: Observed) -> Array:
        """Return the probability of each label in each passage, shaped as what was seen."""
        columns = []
        for column, label in enumerate(labels):
            weights = np.array([getattr(self.labels[label], name) for name in NAMES])
            columns.append(sigmoid(seen.features(column) @ weights))
        return np.stack(columns, axis=1) if columns else np.zeros_like(seen.logits)


def decide(probability: float, strong: bool, weak: bool) -> Decision | None:
    """Return what is decided of a label, from its probability and whether its rules fired.

    A strong rule is believed unless the models speak clearly against it, and is never passed over in silence.
    """
    if probability >= (_BELIEVED if strong else _WITH_A_HINT if weak else ALONE):
        return "warned"
    return "to_check" if strong or probability >= _TO_CHECK else None


def sigmoid(x: Array) -> Array:
    """Return probabilities from logits."""
    result: Array = 1 / (1 + np.exp(-np.clip(x, -30, 30)))
    return result
