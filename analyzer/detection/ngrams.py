"""A linear model over words, pairs of words and pieces of words: a second reader beside the encoder, and far quicker.

It stands in the model's folder (``ngrams.npz``). Features are hashed, so there is no vocabulary to ship.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from zlib import crc32

import numpy as np
import numpy.typing as npt

from analyzer.detection.normalise import fold

Array = npt.NDArray[np.float32]
#: Places that features are hashed to.
BUCKETS = 1 << 17
_PIECES = (3, 4, 5)
_WORD = re.compile(r"\w+|\?")
_MOST_WORDS = 400
#: Letters of a word that are looked at.
_LONGEST = 40


class NGrams:
    """The weights, eight bits each, with the scale and bias of each label and how rare each feature is."""

    def __init__(self, path: Path) -> None:
        """Read the weights. Raises what numpy raises where they cannot be read, ``ValueError`` if they do not fit."""
        with np.load(path, allow_pickle=False) as stored:
            self._weights: npt.NDArray[np.int8] = stored["weights"]
            self._scale: Array = stored["scale"].astype(np.float32)
            self._bias: Array = stored["bias"].astype(np.float32)
            self._rarity: Array = stored["rarity"].astype(np.float32)
        if self._weights.shape != (BUCKETS, len(self._bias)) or len(self._rarity) != BUCKETS:
            raise ValueError("not the shape of this version")

    def logits(self, pairs: Sequence[tuple[str, str]]) -> Array:
        """Return the logits of ``pairs`` (context with kind, text), a row each, columns as the model's labels."""
        result = np.tile(self._bias, (len(pairs), 1))
        for row, pair in enumerate(pairs):
            places, values = features(pair, self._rarity)
            result[row] += (values @ self._weights[places].astype(np.float32)) * self._scale
        return result


def features(pair: tuple[str, str], rarity: Array) -> tuple[npt.NDArray[np.int64], Array]:
    """Return the buckets of a pair's features, and their values: frequency, dampened, times rarity; of length one."""
    context, text = (_WORD.findall(fold(part.lower()))[:_MOST_WORDS] for part in pair)
    parts = [_of_word(word) for word in (*context, *text)]
    parts.append(
        np.array([crc32(f"{one} {two}".encode()) % BUCKETS for one, two in zip(text, text[1:], strict=False)], np.int64)
    )
    places, counts = np.unique(np.concatenate(parts), return_counts=True)
    values = (1 + np.log(counts)) * rarity[places]
    length = float(np.sqrt((values * values).sum()))
    return places, (values / (length or 1)).astype(np.float32)


@lru_cache(maxsize=20_000)
def _of_word(word: str) -> npt.NDArray[np.int64]:
    framed = f" {word[:_LONGEST]} "
    pieces = {framed[at : at + size] for size in _PIECES for at in range(len(framed) - size + 1)}
    return np.array([crc32(piece.encode()) % BUCKETS for piece in sorted({*pieces, f"={word[:_LONGEST]}"})], np.int64)
