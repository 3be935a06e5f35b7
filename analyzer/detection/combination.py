"""Rules and encoder together: one probability for each label, and what is decided from it.

The weights are fit on held-out passages (``analyzer.learning.calibration``) and stand beside the model they belong to.
"""

from __future__ import annotations

from math import exp
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from analyzer.errors import ModelDamaged
from analyzer.schema import Decision

#: A strong rule is believed from this probability on. The passages that the weights are fit on were written to mislead
#: rules; in real documents they are right far more often than there.
_BELIEVED = 0.2


class Weights(BaseModel):
    """A label's logistic model over what was seen, and its thresholds on the probability.

    ``strong`` and ``weak`` are added when a rule of that strength fired. ``warned`` decides where a weak rule fired,
    ``alone`` where no rule did; from ``to_check`` on it is worth a look.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    bias: float = 0.0
    encoder: float = 1.0
    ngrams: float = 0.0
    strong: float = 0.0
    weak: float = 0.0
    warned: float = 0.5
    alone: float = 0.8
    to_check: float = 0.5


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
            return cls.model_validate_json(path.read_text("utf-8"))
        except (OSError, ValidationError) as fault:
            raise ModelDamaged(path.parent.name) from fault

    @classmethod
    def plain(cls, labels: tuple[str, ...]) -> Combination:
        """Return what stands in for weights that nobody has fit: the model's own score, and a rule that is believed."""
        return cls(calibrated=False, labels={label: Weights(strong=4.0, weak=1.0) for label in labels})

    def probability(self, label: str, logit: float, hint: float, strong: bool, weak: bool) -> float:
        """Return the probability of ``label`` from the logits of encoder and n-grams and whether rules fired."""
        w = self.labels[label]
        score = w.bias + w.encoder * logit + w.ngrams * hint + w.strong * strong + w.weak * weak
        return 1 / (1 + exp(-max(-30.0, min(30.0, score))))

    def decide(self, label: str, probability: float, strong: bool, weak: bool) -> Decision | None:
        """Return what is decided.

        A strong rule is believed unless the models speak clearly against it, and is never passed over in silence.
        """
        weights = self.labels[label]
        least = min(weights.warned, _BELIEVED) if strong else weights.warned if weak else weights.alone
        if probability >= least:
            return "warned"
        return "to_check" if strong or probability >= weights.to_check else None
