"""The encoder learns the labels: several at once, clauses and questions in one model."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from tokenizers import Tokenizer

from analyzer.detection.encoder import MAX_TOKENS, model_input
from analyzer.learning.data import asks
from analyzer.learning.evaluation import Row
from analyzer.learning.tokenizer import SPECIAL

Array = npt.NDArray[np.float32]
#: Called with the share done and a short text.
Progress = Callable[[float, str], object]

#: Tokens a batch, padding included.
_BATCH_TOKENS = 1_536
#: Shares of the passages that are soiled as scans soil them, and of words that are hidden from the model.
_SOILED, _HIDDEN = 0.15, 0.1
#: How much faster than the layers the head learns, which starts from nothing, and the words, each of which is met
#: seldom.
_HEAD, _WORDS = 8.0, 4.0
#: How much the teacher's answer counts beside the labels.
_TEACHER = 0.7


@dataclass(frozen=True)
class Examples:
    """Passages as a model learns from them.

    ``targets`` has a row for each passage and a column for each label; ``counted`` is 0 where a label cannot apply: a
    question's label on a clause. With a teacher, ``targets`` mixes the labels with its probabilities (``taught``).
    """

    pairs: tuple[tuple[str, str], ...]
    targets: Array
    counted: Array

    def taught(self, probabilities: Array, labelled: Array) -> Examples:
        """Return the same passages, their targets drawn towards a teacher's ``probabilities``.

        ``labelled`` (a column) is 1 where people gave labels; elsewhere the teacher alone is believed.
        """
        share = (1 - _TEACHER) * labelled
        mixed = share * self.targets + (1 - share) * probabilities
        return Examples(self.pairs, mixed.astype(np.float32), self.counted)

    def __add__(self, other: Examples) -> Examples:
        """Return both together."""
        return Examples(
            self.pairs + other.pairs,
            np.concatenate((self.targets, other.targets)),
            np.concatenate((self.counted, other.counted)),
        )


def examples(rows: Sequence[Row], labels: Sequence[str], clause_labels: frozenset[str]) -> Examples:
    """Return labelled rows as examples; a label of the other kind is not counted."""
    targets = np.array([[label in row.labels for label in labels] for row in rows], np.float32)
    of_clauses = np.array([label in clause_labels for label in labels])
    counted = np.array([of_clauses == (asks(row) == "clause") for row in rows], np.float32)
    return Examples(tuple(model_input(asks(row), row.context, row.text) for row in rows), targets, counted)


def finetune(
    model: Any,
    tokenizer: Tokenizer,
    data: Examples,
    *,
    epochs: int,
    rate: float,
    seed: int = 0,
    progress: Progress = lambda share, text: None,
) -> None:
    """Train ``model`` (a sequence classifier of several labels) on ``data``, in place."""
    torch.manual_seed(seed)
    chance = random.Random(seed)
    groups: dict[float, list[Any]] = {1.0: [], _WORDS: [], _HEAD: []}
    for name, parameter in model.named_parameters():
        part = 1.0 if name.startswith("bert.encoder") else _WORDS if name.startswith("bert.embeddings") else _HEAD
        groups[part].append(parameter)
    optimizer = torch.optim.AdamW(
        [{"params": parameters, "lr": rate * factor} for factor, parameters in groups.items()],
        weight_decay=0.05,
        betas=(0.9, 0.98),
    )
    lengths = [len(one.ids) for one in tokenizer.encode_batch(list(data.pairs))]
    steps = epochs * sum(1 for _ in _groups(lengths, random.Random(seed)))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / (0.08 * steps + 1), max(0.02, (steps - step) / steps))
    )
    device = model.device
    step = 0
    for epoch in range(epochs):
        model.train()
        total, seen = 0.0, 0
        for group in _groups(lengths, chance):
            pairs = [_soiled(data.pairs[index], chance) for index in group]
            inputs = tensors(tokenizer, pairs, device)
            _hide(inputs["input_ids"], SPECIAL.index("<mask>"))
            targets, counted = (torch.from_numpy(array[group]).to(device) for array in (data.targets, data.counted))
            with torch.autocast(device.type, dtype=torch.bfloat16):
                logits = model(**inputs).logits.float()
            loss = _loss(logits, targets, counted)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad(set_to_none=True)
            total, seen, step = total + float(loss.detach()), seen + 1, step + 1
            if step % 10 == 0:
                progress(step / steps, f"{epoch + 1}/{epochs} · {total / seen:.4f}")
    model.eval()


def predict(model: Any, tokenizer: Tokenizer, pairs: Sequence[tuple[str, str]]) -> Array:
    """Return the logits of ``pairs``, one row each."""
    model.eval()
    lengths = [len(one.ids) for one in tokenizer.encode_batch(list(pairs))]
    result = np.zeros((len(pairs), model.config.num_labels), np.float32)
    with torch.inference_mode():
        for group in _groups(lengths, None):
            with torch.autocast(model.device.type, dtype=torch.bfloat16):
                logits = model(**tensors(tokenizer, [pairs[index] for index in group], model.device)).logits
            result[group] = logits.float().cpu().numpy()
    return result


def tensors(tokenizer: Tokenizer, pairs: Sequence[tuple[str, str]], device: Any) -> dict[str, Any]:
    """Return ``pairs`` as the tensors that a model takes, padded to the longest."""
    encoded = tokenizer.encode_batch(list(pairs))
    longest = max(len(one.ids) for one in encoded)
    pad = SPECIAL.index("<pad>")
    return {
        name: torch.tensor([[*values, *[filler] * (longest - len(values))] for values in rows], device=device)
        for name, rows, filler in (
            ("input_ids", [one.ids for one in encoded], pad),
            ("attention_mask", [one.attention_mask for one in encoded], 0),
            ("token_type_ids", [one.type_ids for one in encoded], 0),
        )
    }


def ready(tokenizer: Tokenizer) -> Tokenizer:
    """Return a tokeniser that cuts as the program does when it runs."""
    copy = Tokenizer.from_str(tokenizer.to_str())
    copy.no_padding()
    copy.enable_truncation(MAX_TOKENS, strategy="longest_first")
    return copy


def _loss(logits: Any, targets: Any, counted: Any) -> Any:
    each = torch.nn.functional.binary_cross_entropy_with_logits(logits, targets, reduction="none")
    return (each * counted).sum() / counted.sum().clamp(min=1) * 10


def _groups(lengths: Sequence[int], chance: random.Random | None) -> Iterator[list[int]]:
    """Yield groups of indices of like length, in random order (or by length, without ``chance``)."""
    order = sorted(range(len(lengths)), key=lambda index: lengths[index] + (chance.uniform(0, 8) if chance else 0))
    groups: list[list[int]] = [[]]
    longest = 0
    for index in order:
        longest = max(longest, lengths[index])
        if groups[-1] and (len(groups[-1]) + 1) * longest > _BATCH_TOKENS:
            groups.append([])
            longest = lengths[index]
        groups[-1].append(index)
    if chance:
        chance.shuffle(groups)
    yield from groups


def _hide(ids: Any, mask: int) -> None:
    """Hide some words in place: no single one of them may carry a label."""
    hidden = (torch.rand(ids.shape, device=ids.device) < _HIDDEN) & (ids >= len(SPECIAL))
    ids[hidden] = mask


def _soiled(pair: tuple[str, str], chance: random.Random) -> tuple[str, str]:
    """Return the pair, sometimes as a careless scan or clerk would have it."""
    if chance.random() > _SOILED:
        return pair
    context, text = pair
    kind = chance.randrange(4)
    if kind == 0:  # accents lost
        text = "".join(char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char))
    elif kind == 1:  # words broken at line ends
        text = re.sub(
            r"\b(\w{4,})\b",
            lambda word: f"{word[1][:3]}- {word[1][3:]}" if chance.random() < 0.1 else word[1],
            text,
        )
    elif kind == 2:  # letters misread
        swaps = {"m": "rn", "l": "1", "e": "c", "i": "l", "u": "ii", "é": "6"}
        text = "".join(swaps[char] if char in swaps and chance.random() < 0.04 else char for char in text)
    else:  # spaces lost
        text = re.sub(" ", lambda _: "" if chance.random() < 0.06 else " ", text)
    return context, text
