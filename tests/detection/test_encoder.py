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
from analyzer.detection.combination import Combination
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
    words = [WAIVER[start:end] for start, end in waiver.evidence]
    assert words and words[0] in step.words
    assert len(words[0]) < len(WAIVER)


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
    assert all(end - start <= 480 for start, end in windows)
    assert all(start < end for start, end in windows) or not text


@given(st.text(max_size=400))
def test_pieces_cover_the_text_once(text):
    assert "".join(text[start:end] for start, end in _pieces(text)) == text


def test_another_checkpoint_runs_as_it_is():
    encoder = Encoder(TINY)
    assert encoder.labels == ("no_time_limit", "secrecy_waiver")
    released = "L'assuré délie ses médecins du secret médical et ils communiquent son dossier médical à l'assureur."
    one, other = detect([clause(released), question_from_text("Fumez-vous ?", context="")], encoder)
    found = {detection.label: detection for detection in one}
    assert any(step.rule == "encoder/tiny_checkpoint" for step in found["secrecy_waiver"].trace) or (
        encoder.logits([clause(released)])[0, 1] <= 0
    )
    assert "third_party_disclosure" in found, "of labels that the model does not know the rules decide"
    assert [detection.label for detection in other], "a question always comes out as something"
    assert not any(detection.calibrated for detection in (*one, *other))


def test_a_clause_of_a_few_words_is_the_rules_own_and_its_score_no_probability():
    (found,) = detect([clause("Secret médical levé.")], load_encoder())
    assert found
    assert not any(detection.calibrated for detection in found)
    assert not any("sceau-fr" in step.rule for detection in found for step in detection.trace)


def test_the_trace_names_a_model_only_where_it_speaks_for_the_label():
    passages = [
        question_from_text(text, context="") for text in ("Êtes-vous diabétique ?", "Numéro de registre national")
    ]
    logits, hints = load_encoder().read(passages)
    for row, found in enumerate(detect(passages, load_encoder())):
        for detection in found:
            column = load_encoder().labels.index(detection.label)
            named = {step.rule.partition("/")[0] for step in detection.trace} & {"encoder", "ngrams"}
            speaking = {name for name, values in (("encoder", logits), ("ngrams", hints)) if values[row, column] > 0}
            assert named == speaking or (not speaking and named == {"encoder"})


def test_a_guard_holds_for_the_models_where_it_stands_and_not_beyond():
    beside = "Le médecin du travail informe l'employeur de l'aptitude au poste, sans autre précision."
    (found,) = detect([clause(f"{WAIVER} {beside}")], load_encoder())
    assert "secrecy_waiver" in {detection.label for detection in found}


class Sure:
    """Stands in for an encoder that reads a lifted secret wherever it looks."""

    name = "sure"
    labels = ("posthumous_waiver",)
    combination = Combination.plain(labels)

    def read(self, passages, *, screened, kept):
        return np.full((len(passages), 1), 8.0), np.zeros((len(passages), 1))

    def evidence(self, asked):
        return [{label: (0, len(passage.text)) for label in labels} for passage, labels in asked]


@pytest.mark.parametrize("most", [0, 200])
def test_a_guard_takes_back_what_only_the_models_see_however_many_are_shown(monkeypatch, most):
    monkeypatch.setattr("analyzer.detection._MOST_SHOWN", most)
    guarded = "La Cour de cassation a jugé que le médecin garde le secret médical après le décès de l'assuré."
    open_ = "La couleur du véhicule est sans effet sur le tarif."
    found = detect([clause(guarded), clause(open_)], Sure())
    assert [[detection.label for detection in group] for group in found] == [[], ["posthumous_waiver"]]


def test_the_words_are_looked_for_in_a_bounded_number_of_passages(monkeypatch):
    monkeypatch.setattr("analyzer.detection._MOST_SHOWN", 2)
    found = detect([clause(WAIVER) for _ in range(4)], load_encoder())
    spans = [next(d for d in group if d.label == "secrecy_waiver").evidence for group in found]
    assert spans[0] == spans[1] != spans[2] == spans[3] == ((0, len(WAIVER)),)


def test_the_words_are_not_looked_for_where_they_are_not_shown():
    (found,) = detect([clause(WAIVER)], load_encoder(), shown=False)
    waiver = next(detection for detection in found if detection.label == "secrecy_waiver")
    assert waiver.evidence == ((0, len(WAIVER)),)


@pytest.mark.parametrize("text", ["", "   ", ",;:", "a" * 100_000, "\n".join("ab," for _ in range(20_000))])
def test_odd_texts_have_evidence_inside_them(text):
    passage = clause(text)
    (found,) = load_encoder().evidence([(passage, ["secrecy_waiver"])])
    start, end = found["secrecy_waiver"]
    assert 0 <= start < end <= max(1, len(text))


def test_weights_that_lack_a_label_are_told(copy):
    (copy / "decision.json").write_text('{"calibrated": true, "labels": {"secrecy_waiver": {}}}', "utf-8")
    with pytest.raises(ModelDamaged):
        Encoder(copy)


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
