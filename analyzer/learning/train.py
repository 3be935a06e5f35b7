"""From labelled passages to the model that ships, with one command: ``sceau train``.

Tokeniser, masked-language modelling, a teacher of all the seed's layers, a student of a few that learns from labels and
teacher, ONNX, the decision, the card. Seeds are fixed; a GPU is used where there is one.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.numpy import load_file, save_file
from tokenizers import Tokenizer
from transformers import BertConfig, BertForMaskedLM, BertForSequenceClassification, PreTrainedTokenizerFast

from analyzer.detection import observe
from analyzer.detection.combination import sigmoid
from analyzer.detection.encoder import MAX_TOKENS, NGRAMS, ONNX, Encoder, model_input
from analyzer.detection.lemmas import word_forms
from analyzer.errors import BadLabel, NoModelFolder, NoSuchRows
from analyzer.knowledge import load
from analyzer.learning import calibration
from analyzer.learning.card import write_card
from analyzer.learning.data import asks, read_data, split
from analyzer.learning.evaluation import Row
from analyzer.learning.export import export
from analyzer.learning.finetuning import Array, Examples, examples, finetune, predict, ready
from analyzer.learning.linear import fit_ngrams
from analyzer.learning.pretraining import pretrain, sentences
from analyzer.learning.reliability import to_svg
from analyzer.learning.seed import Seed, read_seed
from analyzer.learning.tokenizer import SPECIAL, trimmed, trimmed_rows
from analyzer.segmentation import passage_from_text
from analyzer.segmentation.questions import is_question, question_from_text

#: Called with the name of the stage, the share of it that is done, and a short text.
Progress = Callable[[str, float, str], object]

#: Before anything is learnt: how much the mean of all tokens counts beside the first, and the logit of every label.
_MEAN, _UNLIKELY = 4.0, -3.0
#: Sentences that no teacher need see: too little on health, insurance or personal data to tell a label.
_ON_SUBJECT = re.compile(
    r"médec|médic|santé|malad|secret|confiden|données|examen|expert|certificat|assur|décès|invalid|prestation", re.I
)


@dataclass(frozen=True)
class Recipe:
    """The sizes of everything: what two cores do in half an hour. ``layers`` of the seed are where the student starts.

    Without ``teacher_layers`` there is no teacher, and no unlabelled sentence is learnt from. On two cores there is no
    time for enough masked-language modelling to be worth it: a few million tokens did less than they cost.
    """

    layers: tuple[int, ...] = (0, 1, 2, 3)
    teacher_layers: int = 0
    vocabulary: int = 20_000
    tokenizer_sentences: int = 150_000
    pretraining_tokens: int = 0
    unlabelled: int = 4_000
    teacher_epochs: int = 3
    epochs: int = 6
    teacher_rate: float = 5e-5
    rate: float = 2e-4
    joined: float = 0.08
    seed: int = 0


#: With a graphics processor there is time to read more, and for a teacher of all the seed's layers.
ON_GPU = Recipe(teacher_layers=12, pretraining_tokens=40_000_000, unlabelled=60_000, teacher_epochs=5)
#: Everything, in a minute or two: for the tests.
TINY = Recipe(
    layers=(0, 1), teacher_layers=2, vocabulary=4_000, tokenizer_sentences=2_000, pretraining_tokens=30_000,
    unlabelled=100, teacher_epochs=1, epochs=1,
)  # fmt: skip


def train(
    data: Path,
    output: Path,
    pretraining: Path | None = None,
    recipe: Recipe | None = None,
    cache: Path | None = None,
    progress: Progress = lambda stage, share, text: None,
) -> dict[str, Any]:
    """Make the model of ``output`` from the passages in ``data`` and the texts in ``pretraining``.

    Without ``pretraining`` there is no masked-language modelling, and the teacher teaches labelled passages alone. What
    was learnt of the language depends on no label: it is kept in ``cache``, and new labels need not wait for it again.
    Returns the figures that stand in the card. Raises ``FileMissing`` or ``NoSuchRows`` when there is
    nothing to learn from, ``BadLabel``, and ``NoModelFolder`` where the output would replace something else.
    """
    recipe = recipe or (ON_GPU if torch.cuda.is_available() else Recipe())
    if output.is_dir() and any(output.iterdir()) and not (output / "checksums.json").is_file():
        raise NoModelFolder(output.name)  # it would be replaced, and holds something else
    rows = read_data(data)
    labels, clause_labels = label_names()
    for row in rows:
        if wrong := row.labels - {label for label in labels if (label in clause_labels) == (asks(row) == "clause")}:
            raise BadLabel(data.name, label=min(wrong))
    for name in ("train", "validation"):
        if not split(rows, name):
            raise NoSuchRows(data.name, split=name)
    learnt, held = split(rows, "train"), split(rows, "validation")
    passages = len(learnt)
    # In a contract, a heading is met among clauses.
    learnt += [row.model_copy(update={"kind": "clause"}) for row in learnt if row.kind == "other"]
    learnt += joined([row for row in learnt if row.kind == "clause"], recipe)
    texts = sentences(pretraining, recipe.seed) if pretraining else []

    seed = read_seed()
    tokenizer, body, loss = language(seed, texts, recipe, cache, progress)
    embeddings = body["embeddings.word_embeddings.weight"]
    cutting = ready(tokenizer)

    labelled = learning = examples(learnt, labels, clause_labels)
    if recipe.teacher_layers:
        above = tuple(range(seed.layers))[-recipe.teacher_layers :]
        teacher = begin_as_mean(classifier(seed, trimmed_rows(seed, tokenizer), above, labels))
        finetune(
            teacher, cutting, learning, epochs=recipe.teacher_epochs, rate=recipe.teacher_rate, seed=recipe.seed,
            progress=lambda share, text: progress("teacher", share, text),
        )  # fmt: skip
        progress("teaching", 0, "")
        known = np.ones((len(learning.pairs), 1), np.float32)
        learning = learning + unlabelled(texts, recipe, labels, clause_labels)
        known = np.pad(known, ((0, len(learning.pairs) - len(known)), (0, 0)))
        learning = learning.taught(sigmoid(predict(teacher, cutting, learning.pairs)).astype(np.float32), known)
    own = tuple(range(len(recipe.layers)))
    student = begin_as_mean(classifier(replace(seed, tensors=body), embeddings, own, labels))
    finetune(
        student, cutting, learning, epochs=recipe.epochs, rate=recipe.rate, seed=recipe.seed,
        progress=lambda share, text: progress("student", share, text),
    )  # fmt: skip

    progress("export", 0, "")
    # The new model stands beside the old one until it is whole.
    made = output.with_name(f"{output.name}.new")
    if made.is_dir() and any(made.iterdir()) and not (made / "config.json").is_file():
        raise NoModelFolder(made.name)
    shutil.rmtree(made, ignore_errors=True)
    save(student, tokenizer, made)
    fit_ngrams(labelled.pairs, labelled.targets, labelled.counted, made / NGRAMS)
    progress("decision", 0, "")
    figures = decide(made, held)
    figures |= {
        "recipe": asdict(recipe),
        "labels": len(labels),
        "hidden": seed.hidden,
        "vocabulary": len(embeddings),
        "parameters": round(sum(tensor.numel() for tensor in student.parameters()) / 1e6, 1),
        "learnt": passages,
        "validation": len(held),
        "masked_loss": loss,
    }
    (made / "figures.json").write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n", "utf-8")
    write_card(made, output.name, figures)
    seal(made)
    shutil.rmtree(output, ignore_errors=True)
    made.rename(output)
    progress("done", 1, "")
    return figures


def language(
    seed: Seed, texts: Sequence[str], recipe: Recipe, cache: Path | None, progress: Progress
) -> tuple[Tokenizer, dict[str, Array], float | None]:
    """Return the tokeniser, the weights of the student's ``BertModel`` once it has read ``texts``, and its loss."""
    told = f"{recipe.layers} {recipe.vocabulary} {recipe.tokenizer_sentences} {recipe.pretraining_tokens} {recipe.seed}"
    key = hashlib.sha256("\n".join((told, *texts)).encode()).hexdigest()[:16]
    kept = cache / key if cache else None
    if kept and (kept / "loss.json").is_file():
        tokenizer = Tokenizer.from_file(str(kept / "tokenizer.json"))
        return tokenizer, load_file(kept / "body.safetensors"), json.loads((kept / "loss.json").read_text("utf-8"))
    progress("tokenizer", 0, "")
    words = word_forms()
    tokenizer = trimmed(seed, [*texts[: recipe.tokenizer_sentences], *words], words, recipe.vocabulary)
    student = classifier(seed, trimmed_rows(seed, tokenizer), recipe.layers, label_names()[0])
    loss = None
    if texts and recipe.pretraining_tokens:
        reader = BertForMaskedLM(student.config)
        reader.bert.load_state_dict(student.bert.state_dict(), strict=False)
        loss = pretrain(
            reader.to(student.device), tokenizer, texts, tokens=recipe.pretraining_tokens, seed=recipe.seed,
            progress=lambda share, text: progress("pretraining", share, text),
        )  # fmt: skip
        student.bert.load_state_dict(reader.bert.state_dict(), strict=False)
    body = {name: tensor.cpu().numpy() for name, tensor in student.bert.state_dict().items() if "pooler" not in name}
    if kept:
        kept.mkdir(parents=True, exist_ok=True)
        tokenizer.save(str(kept / "tokenizer.json"))
        save_file(body, kept / "body.safetensors")
        (kept / "loss.json").write_text(json.dumps(loss), "utf-8")
    return tokenizer, body, loss


def label_names() -> tuple[tuple[str, ...], frozenset[str]]:
    """Return all labels, in order, and those of clauses."""
    known = load().labels
    names = sorted(known, key=lambda name: (known[name].kind, name))
    return tuple(names), frozenset(name for name in names if known[name].kind == "clause")


def classifier(seed: Seed, embeddings: Array, layers: Sequence[int], labels: Sequence[str]) -> Any:
    """Return a classifier that starts from ``layers`` of the seed and the ``embeddings`` of a trimmed vocabulary."""
    config = BertConfig(
        vocab_size=len(embeddings),
        hidden_size=seed.hidden,
        num_hidden_layers=len(layers),
        num_attention_heads=seed.heads,
        intermediate_size=seed.feed_forward,
        max_position_embeddings=seed.positions,
        layer_norm_eps=seed.epsilon,
        pad_token_id=SPECIAL.index("<pad>"),
        bos_token_id=SPECIAL.index("<s>"),
        eos_token_id=SPECIAL.index("</s>"),
        id2label=dict(enumerate(labels)),
        label2id={label: index for index, label in enumerate(labels)},
        problem_type="multi_label_classification",
        attn_implementation="eager",
    )
    torch.manual_seed(0)
    model = BertForSequenceClassification(config)
    state = {f"bert.{name}": torch.from_numpy(tensor) for name, tensor in seed.tensors.items() if ".layer." not in name}
    state["bert.embeddings.word_embeddings.weight"] = torch.from_numpy(embeddings)
    for place, layer in enumerate(layers):
        for name, tensor in seed.tensors.items():
            if f".layer.{layer}." in name:
                state["bert." + name.replace(f".layer.{layer}.", f".layer.{place}.")] = torch.from_numpy(tensor)
    model.load_state_dict(state, strict=False)
    return model.to("cuda" if torch.cuda.is_available() else "cpu")


def begin_as_mean(model: Any) -> Any:
    """Make the last layer one that adds the mean of all tokens to each: every word is heard from the first step.

    A classifier reads the first token alone, and ours was never asked to sum up a text; learning that from a few
    thousand passages took longer than learning the labels. Nor need it learn first that most labels do not hold.
    """
    with torch.no_grad():
        _begin(model, torch.eye(model.config.hidden_size, device=model.device))
    return model


def _begin(model: Any, same: Any) -> None:
    attention, last = model.bert.encoder.layer[-1].attention, model.bert.encoder.layer[-1]
    attention.self.query.weight.zero_()
    attention.self.query.bias.zero_()
    attention.self.value.weight.copy_(same)
    attention.self.value.bias.zero_()
    attention.output.dense.weight.copy_(same * _MEAN)
    attention.output.dense.bias.zero_()
    last.output.dense.weight.zero_()
    last.output.dense.bias.zero_()
    for norm in (attention.output.LayerNorm, last.output.LayerNorm):
        norm.weight.fill_(1.0)
        norm.bias.zero_()
    model.bert.pooler.dense.weight.copy_(same)
    model.classifier.bias.fill_(_UNLIKELY)


def joined(clauses: Sequence[Row], recipe: Recipe) -> list[Row]:
    """Return pairs of clauses as one passage, with the labels of both: a paragraph often says several things."""
    chance = random.Random(recipe.seed)
    short = [row for row in clauses if len(row.text) < 350]
    if len(short) < 2:
        return []
    pairs = [chance.sample(short, 2) for _ in range(int(recipe.joined * len(clauses)))]
    return [
        first.model_copy(update={"text": f"{first.text} {second.text}", "labels": first.labels | second.labels})
        for first, second in pairs
        if not any(label.startswith("safe_") for label in first.labels ^ second.labels)
    ]


def unlabelled(texts: Sequence[str], recipe: Recipe, labels: Sequence[str], clause_labels: frozenset[str]) -> Examples:
    """Return sentences of law and agreements, for the teacher alone to judge: clauses, for all one knows."""
    chosen = [text for text in texts if len(text) < 600 and _ON_SUBJECT.search(text)][: recipe.unlabelled]
    counted = np.array([label in clause_labels for label in labels], np.float32)
    return Examples(
        tuple(model_input("clause", "", text) for text in chosen),
        np.zeros((len(chosen), len(labels)), np.float32),
        np.tile(counted, (len(chosen), 1)),
    )


def save(model: Any, tokenizer: Tokenizer, output: Path) -> None:
    """Write an ordinary checkpoint, at half precision, and its ONNX file."""
    output.mkdir(parents=True, exist_ok=True)
    model = model.cpu().float().eval()
    export(model, output / ONNX)
    model.half().save_pretrained(output)
    model.float()
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token="<s>", eos_token="</s>", unk_token="<unk>", pad_token="<pad>", mask_token="<mask>",
        cls_token="<s>", sep_token="</s>", model_max_length=MAX_TOKENS,
        model_input_names=["input_ids", "token_type_ids", "attention_mask"],
    ).save_pretrained(output)  # fmt: skip


def decide(output: Path, held: Sequence[Row]) -> dict[str, Any]:
    """Fit how rules and encoder decide together on passages that neither learnt from; return the figures of it.

    The checksums of the folder no longer hold then: ``seal`` it.
    """
    (output / "decision.json").unlink(missing_ok=True)
    (output / "checksums.json").unlink(missing_ok=True)
    encoder = Encoder(output)
    seen = observations(encoder, held)
    combination = calibration.fit(seen)
    combination = combination.model_copy(update={"screen": calibration.screen(seen, combination)})
    (output / "decision.json").write_text(combination.model_dump_json(indent=1) + "\n", "utf-8")
    scores = calibration.held_out(seen)
    bins = calibration.reliability(scores, seen.truth, seen.counted)
    (output / "reliability.svg").write_text(to_svg(bins), "utf-8")
    return {
        "calibration_error": calibration.calibration_error(bins),
        "bins": [asdict(one) for one in bins],
        "ablation": ablation(seen, scores),
    }


def observations(encoder: Encoder, rows: Sequence[Row]) -> calibration.Observations:
    """Return what rules and encoder see in ``rows``; minimal pairs share a group.

    A heading that the program takes for no question is not judged by it, and is left out here.
    """
    judged = [row for row in rows if row.kind != "other" or is_question(row.text, row.context)]
    judged.sort(key=asks)
    parts = []
    for kind, make in (("clause", passage_from_text), ("question", question_from_text)):
        own = [row for row in judged if asks(row) == kind]
        passages = [make(row.text, context=row.context, id=str(place)) for place, row in enumerate(own)]
        if passages:
            parts.append(observe(passages, encoder))
    known = examples(judged, encoder.labels, label_names()[1])
    groups = [int(hashlib.sha256((row.pair or row.text).encode()).hexdigest()[:8], 16) for row in judged]
    return calibration.Observations(
        labels=encoder.labels,
        truth=known.targets.astype(float),
        counted=known.counted > 0,
        groups=np.array(groups),
        **{
            name: np.concatenate([getattr(part, name) for part in parts]).astype(float)
            for name in ("logits", "hints", "strong", "weak")
        },
    )


def ablation(seen: calibration.Observations, scores: Any) -> dict[str, dict[str, float]]:
    """Return micro- and macro-F1 of each part alone and of parts together, for clauses and for questions.

    Decided at an even chance, on folds that the fit did not see; the rules by whether a strong one fired.
    """
    nothing = np.zeros_like(seen.strong)
    encoder = replace(seen, hints=nothing, strong=nothing, weak=nothing)
    ngrams = replace(seen, logits=nothing, strong=nothing, weak=nothing)
    decided = {
        "rules": seen.strong > 0,
        "n-grams": calibration.held_out(ngrams) >= 0.5,
        "encoder": calibration.held_out(encoder) >= 0.5,
        "rules and n-grams": calibration.held_out(replace(seen, logits=nothing)) >= 0.5,
        "rules and encoder": calibration.held_out(replace(seen, hints=nothing)) >= 0.5,
        "all": scores >= 0.5,
    }
    of_clauses = np.array([label in label_names()[1] for label in seen.labels])
    results: dict[str, dict[str, float]] = {}
    for name, found in decided.items():
        results[name] = {}
        for kind, columns in (("clauses", of_clauses), ("questions", ~of_clauses)):
            right = (found & (seen.truth > 0) & seen.counted)[:, columns].sum(0)
            claimed, gold = (found & seen.counted)[:, columns].sum(0), (seen.truth * seen.counted)[:, columns].sum(0)
            each = [2 * r / (c + g) for r, c, g in zip(right, claimed, gold, strict=True) if g >= 5]
            results[name][f"{kind} micro"] = float(2 * right.sum() / max(1, claimed.sum() + gold.sum()))
            results[name][f"{kind} macro"] = float(np.mean(each)) if each else 0.0
    return results


def seal(output: Path) -> None:
    """Write the checksums that are verified when the model is loaded."""
    names = ("config.json", "tokenizer.json", "decision.json", "model.safetensors", NGRAMS, ONNX.as_posix())
    sums = {
        name: hashlib.sha256((output / name).read_bytes()).hexdigest() for name in names if (output / name).is_file()
    }
    (output / "checksums.json").write_text(json.dumps(sums, indent=2) + "\n", "utf-8")
