"""``sceau train`` end to end, small: from labelled passages to a checkpoint that runs (make test-train)."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from analyzer.detection import detect
from analyzer.detection.encoder import Encoder, model_input, shipped
from analyzer.segmentation import passage_from_text

pytestmark = pytest.mark.train

ROOT = Path(__file__).parents[2]
TEXTS = [
    ("Votre pharmacien nous communique la liste de vos traitements.", "Article 9 – Formalités"),
    ("L'assuré délie ses médecins du secret.", ""),
    ("La cotisation est payable d'avance, en euros, au siège de la société.", ""),
]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A small model, made by the command as a person would, from every fortieth passage."""
    folder = tmp_path_factory.mktemp("training")
    data, texts = folder / "data", folder / "texts"
    data.mkdir()
    texts.mkdir()
    for path in (ROOT / "models" / "data").glob("*.jsonl"):
        lines = path.read_text("utf-8").splitlines(keepends=True)
        (data / path.name).write_text("".join(lines[::40]), "utf-8")
        (texts / f"{path.stem}.txt").write_text("\n".join(json.loads(line)["text"] for line in lines[::10]), "utf-8")
    output = folder / "model"
    command = [sys.executable, "-c", "from analyzer.interface.cli import main; main()", "train", str(data)]
    done = subprocess.run(
        [*command, "--output", str(output), "--pretraining", str(texts), "--tiny"],
        capture_output=True, text=True, check=False, env={**os.environ, "SCEAU_LANG": "en", "HF_HUB_OFFLINE": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "calibration error" in done.stdout
    return output


def test_everything_is_there(made):
    names = {path.relative_to(made).as_posix() for path in made.rglob("*") if path.is_file()}
    assert names == {
        "README.md", "checksums.json", "config.json", "decision.json", "figures.json", "model.safetensors",
        "ngrams.npz", "onnx/model_int8.onnx", "reliability.svg", "tokenizer.json", "tokenizer_config.json",
    }  # fmt: skip
    assert "# model" in (made / "README.md").read_text("utf-8")
    figures = json.loads((made / "figures.json").read_text("utf-8"))
    assert figures["validation"] > 0
    assert {"rules", "encoder", "all"} < set(figures["ablation"])


def test_the_model_made_runs(made):
    encoder = Encoder(made)
    assert encoder.combination.calibrated
    assert len(detect([passage_from_text(text, context=context) for text, context in TEXTS], encoder)) == 3


@pytest.mark.parametrize("which", ["made", "shipped"])
def test_transformers_loads_it_as_it_is_and_onnx_says_the_same(which, made):
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    folder = made if which == "made" else shipped()
    model = AutoModelForSequenceClassification.from_pretrained(folder).float().eval()
    tokenizer = AutoTokenizer.from_pretrained(folder)
    encoder = Encoder(folder)
    assert tuple(model.config.id2label[index] for index in range(model.config.num_labels)) == encoder.labels
    for text, context in TEXTS:
        pair = model_input("clause", context, text)
        with torch.no_grad():
            wanted = model(**tokenizer(*pair, return_tensors="pt")).logits.numpy()[0]
        found = encoder.logits([passage_from_text(text, context=context)])[0]
        assert np.abs(wanted - found).max() < 1, "eight-bit weights round, and no more"
        assert np.abs(wanted - found).mean() < 0.35


def test_a_checkpoint_without_its_onnx_file_runs_through_torch(made, tmp_path):
    import shutil

    passages = [passage_from_text(text, context=context) for text, context in TEXTS]
    bare = Path(shutil.copytree(made, tmp_path / "bare"))
    shutil.rmtree(bare / "onnx")
    (bare / "checksums.json").unlink()
    assert np.abs(Encoder(bare).logits(passages) - Encoder(made).logits(passages)).max() < 1


def test_a_folder_that_holds_something_else_is_not_replaced(tmp_path):
    from analyzer.errors import NoModelFolder
    from analyzer.learning.train import train

    (tmp_path / "letter.txt").write_text("mine", "utf-8")
    with pytest.raises(NoModelFolder):
        train(ROOT / "models" / "data", tmp_path)
    assert (tmp_path / "letter.txt").read_text("utf-8") == "mine"


def test_labels_and_splits_are_looked_at_before_anything_is_learnt(tmp_path):
    from analyzer.errors import BadLabel, NoSuchRows
    from analyzer.learning.train import train

    for row, error in (
        ({"text": "a", "labels": ["joie"]}, BadLabel),
        ({"text": "a", "labels": ["precise"], "kind": "clause"}, BadLabel),
        ({"text": "a", "labels": [], "split": "train"}, NoSuchRows),
    ):
        (tmp_path / "rows.jsonl").write_text(json.dumps(row), "utf-8")
        with pytest.raises(error):
            train(tmp_path, tmp_path / "model")
