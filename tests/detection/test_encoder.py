"""The encoder as it runs: the model that ships, other checkpoints, broken ones."""

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.detection import detect
from analyzer.detection.encoder import ONNX, Encoder, _pieces, _windows, load_encoder, shipped
from analyzer.errors import ModelDamaged, ModelMissing, ModelNeedsTorch, ModelUnfit
from analyzer.knowledge import load
from analyzer.schema import Passage
from analyzer.segmentation import passage_from_text
from analyzer.segmentation.questions import question_from_text

TINY = Path(__file__).parent / "tiny_checkpoint"

#: A waiver that names nothing by its usual name.
WAIVER = "L'assuré accepte que son médecin réponde à la compagnie sans rien lui cacher."


@pytest.fixture
def copy(tmp_path):
    """A copy of a small checkpoint, to break."""
    return Path(shutil.copytree(TINY, tmp_path / "mine"))


def clause(text, context=""):
    return passage_from_text(text, context=context)


def test_the_model_that_ships_knows_every_label():
    assert set(load_encoder().labels) == set(load().labels)
    assert set(load_encoder().combination.labels) == set(load().labels)
    assert load_encoder().combination.calibrated


def test_it_is_found_by_its_meaning_and_the_trace_says_so():
    (found,) = detect([clause(WAIVER)], load_encoder())
    waiver = next(detection for detection in found if detection.label == "secrecy_waiver")
    assert waiver.calibrated
    step = next(step for step in waiver.trace if step.rule.startswith("encoder/"))
    assert step.rule == "encoder/sceau-fr"
    assert [WAIVER[start:end] for start, end in waiver.evidence] == ["sans rien lui cacher."]
    assert "sans rien lui cacher." in step.words


def test_order_and_company_change_nothing_that_matters():
    passages = [clause(WAIVER), clause("La prime est payable d'avance."), clause("Le véhicule est assuré. " * 20)]
    alone = np.concatenate([load_encoder().logits([passage]) for passage in passages])
    together = load_encoder().logits(passages[::-1])[::-1]
    # Eight-bit activations are scaled by the batch: the last digits differ.
    assert np.abs(alone - together).max() < 1


def test_nothing_to_read_is_no_error():
    assert load_encoder().logits([]).shape == (0, len(load().labels))
    assert detect([], load_encoder()) == []
    assert load_encoder().logits([clause("")]).shape == (1, len(load().labels))


def test_of_a_long_passage_nothing_is_left_unread():
    filler = "Les cotisations sont payables par trimestre et d'avance au siège de la mutuelle. " * 60
    short, buried = load_encoder().logits([clause(WAIVER), clause(filler + WAIVER + filler)])
    column = load_encoder().labels.index("secrecy_waiver")
    assert buried[column] > load_encoder().logits([clause(filler)])[0][column]
    assert short[column] > 0


@given(st.text(max_size=3_000), st.lists(st.integers(0, 3_000), max_size=12))
def test_windows_cover_the_text_once(text, cuts):
    starts = sorted({0, *(cut for cut in cuts if cut < len(text))})
    sentences = tuple(zip(starts, [*starts[1:], len(text)], strict=True))
    windows = list(_windows(Passage(id="p", text=text, sentences=sentences)))
    assert "".join(text[start:end] for start, end in windows) == text
    assert all(end - start <= 700 for start, end in windows)
    assert all(start < end for start, end in windows) or not text


@given(st.text(max_size=400))
def test_pieces_cover_the_text_once(text):
    assert "".join(text[start:end] for start, end in _pieces(text)) == text


def test_another_checkpoint_runs_as_it_is():
    encoder = Encoder(TINY)
    found = detect([clause(WAIVER), question_from_text("Fumez-vous ?", context="")], encoder)
    assert not any(detection.calibrated for group in found for detection in group)
    assert encoder.labels == ("no_time_limit", "secrecy_waiver")


def test_a_label_that_sceau_does_not_know_is_told(copy):
    config = json.loads((copy / "config.json").read_text("utf-8"))
    config["id2label"]["0"] = "joie"
    (copy / "config.json").write_text(json.dumps(config), "utf-8")
    with pytest.raises(ModelUnfit) as caught:
        Encoder(copy)
    assert caught.value.facts["labels"] == "joie"


def test_a_file_that_changed_is_not_loaded(tmp_path):
    folder = Path(shutil.copytree(shipped(), tmp_path / "sceau-fr"))
    path = folder / "decision.json"
    path.write_text(path.read_text("utf-8").replace("0.5", "0.1", 1), "utf-8")
    with pytest.raises(ModelDamaged):
        Encoder(folder)


@pytest.mark.parametrize("broken", ["config.json", "tokenizer.json", str(ONNX)])
def test_a_broken_file_is_told(copy, broken):
    (copy / broken).write_bytes(b"{}x")
    with pytest.raises(ModelDamaged):
        Encoder(copy)


@pytest.mark.parametrize("lacking", ["config.json", "tokenizer.json"])
def test_a_folder_without_a_model_is_told(copy, lacking):
    (copy / lacking).unlink()
    with pytest.raises(ModelMissing):
        Encoder(copy)


def test_without_its_onnx_file_a_checkpoint_needs_torch(copy, monkeypatch):
    shutil.rmtree(copy / "onnx")
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(ModelNeedsTorch):
        Encoder(copy)
