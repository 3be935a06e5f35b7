"""The linear model that reads everything first."""

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.detection.encoder import NGRAMS, Encoder, load_encoder, shipped
from analyzer.detection.ngrams import BUCKETS, NGrams, features
from analyzer.errors import ModelDamaged
from analyzer.segmentation import passage_from_text

PLAIN = np.ones(BUCKETS, np.float32)


@given(st.text(max_size=300), st.text(max_size=60))
def test_features_are_places_with_values_of_length_one(text, context):
    places, values = features((context, text), PLAIN)
    assert len(places) == len(values) == len(set(places.tolist()))
    assert not len(places) or (0 <= places.min() <= places.max() < BUCKETS)
    assert not len(values) or np.linalg.norm(values) == pytest.approx(1, abs=1e-3)


def test_accents_and_capitals_change_nothing():
    first, second = (features(("clause : ", text), PLAIN) for text in ("Secret médical", "SECRET MEDICAL"))
    assert np.array_equal(first[0], second[0])


def test_the_same_in_every_process():
    """Python's own hash changes from run to run; the places must not."""
    code = (
        "import numpy as np; from analyzer.detection.ngrams import *;"
        "print(features(('', 'le secret médical'), np.ones(BUCKETS, np.float32))[0].tolist())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(features(("", "le secret médical"), PLAIN)[0].tolist())


def test_a_plainly_neutral_clause_is_not_shown_to_the_encoder():
    encoder = load_encoder()
    passages = [
        passage_from_text("L'assuré délie ses médecins du secret médical envers la compagnie.", context=""),
        passage_from_text("Les travaux de toiture sont garantis dix ans par l'entreprise.", context=""),
    ]
    logits, hints = encoder.read(passages)
    every, same = encoder.read(passages, screened=False)
    assert np.array_equal(hints, same)
    assert np.abs(logits[0] - every[0]).max() < 1
    assert (logits[1] == -8).all(), "spared"
    assert not (every[1] == -8).any()


@pytest.mark.parametrize("content", [b"", b"PK no archive", b"\x93NUMPY"])
def test_a_broken_file_is_told(tmp_path, content):
    folder = Path(shutil.copytree(shipped(), tmp_path / "sceau-fr"))
    (folder / "checksums.json").unlink()
    (folder / NGRAMS).write_bytes(content)
    with pytest.raises(ModelDamaged):
        Encoder(folder)


def test_weights_of_another_shape_are_refused(tmp_path):
    path = tmp_path / NGRAMS
    np.savez(path, weights=np.zeros((8, 2), np.int8), scale=np.ones(2), bias=np.ones(2), rarity=np.ones(8))
    with pytest.raises(ValueError, match="shape"):
        NGrams(path)
