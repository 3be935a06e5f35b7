"""Masked-language modelling: the encoder learns how French law and insurance speak."""

from __future__ import annotations

import lzma
import random
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer

from analyzer.errors import FileMissing
from analyzer.learning.tokenizer import SPECIAL

#: A sentence ends before a capital, a guillemet or a dash; good enough for learning words.
_SENTENCE = re.compile(r"(?<=[.;:!?])\s+(?=[A-ZÀÉÈÊÎÔ«–—-])")
_SHORTEST = 25
#: Tokens of a training sequence, and tokens a batch.
LENGTH, BATCH_TOKENS = 64, 4_096
#: Share of tokens to guess (Devlin et al. 2019, section 3.1), and what stands in their place.
_MASKED, _AS_MASK, _AS_OTHER = 0.15, 0.8, 0.1
_IGNORED = -100

#: Called with the share done and a short text.
Progress = Callable[[float, str], object]


def sentences(folder: Path, seed: int = 0) -> list[str]:
    """Return the distinct sentences of the ``*.txt`` and ``*.txt.xz`` files of ``folder``, shuffled.

    Raises ``FileMissing`` when it holds no such file.
    """
    found: dict[str, None] = {}
    paths = sorted((*folder.glob("*.txt"), *folder.glob("*.txt.xz")))
    if not paths:
        raise FileMissing(folder.name)
    for path in paths:
        content = path.read_bytes()
        for line in (lzma.decompress(content) if path.suffix == ".xz" else content).decode("utf-8").splitlines():
            for sentence in _SENTENCE.split(line.strip()):
                if len(sentence) >= _SHORTEST:
                    found[sentence] = None
    texts = list(found)
    random.Random(seed).shuffle(texts)
    return texts


def pretrain(
    model: Any,
    tokenizer: Tokenizer,
    texts: Sequence[str],
    *,
    tokens: int,
    rate: float = 4e-4,
    seed: int = 0,
    progress: Progress = lambda share, text: None,
) -> float:
    """Train ``model`` (a ``BertForMaskedLM``) on about ``tokens`` tokens of ``texts``.

    Only masked places go through the head, which is most of the cost on a small model. Returns the loss over the last
    hundred steps, in nats a masked token.
    """
    torch.manual_seed(seed)
    draw = torch.Generator().manual_seed(seed)
    steps = max(1, tokens // BATCH_TOKENS)
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, betas=(0.9, 0.98), weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps + 1, pct_start=0.06)
    device = model.device
    mask_id, pad_id = SPECIAL.index("<mask>"), SPECIAL.index("<pad>")
    model.train()
    losses: list[float] = []
    batches = _batches(tokenizer, texts, seed)
    for step in range(steps):
        ids = next(batches)
        inputs = torch.full((len(ids), max(map(len, ids))), pad_id)
        for row, one in enumerate(ids):
            inputs[row, : len(one)] = torch.tensor(one)
        masked, targets = _mask(inputs, mask_id, pad_id, tokenizer.get_vocab_size(), draw)
        masked, targets, attention = masked.to(device), targets.to(device), (inputs != pad_id).long().to(device)
        with torch.autocast(device.type, dtype=torch.bfloat16):
            hidden = model.bert(input_ids=masked, attention_mask=attention).last_hidden_state
            places = targets != _IGNORED
            loss = torch.nn.functional.cross_entropy(model.cls(hidden[places]).float(), targets[places])
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad(set_to_none=True)
        losses = [*losses[-99:], float(loss.detach())]
        if step % 20 == 0:
            progress(step / steps, f"{sum(losses) / len(losses):.2f}")
    return sum(losses) / len(losses)


def _batches(tokenizer: Tokenizer, texts: Sequence[str], seed: int) -> Iterator[list[list[int]]]:
    """Yield batches of encoded texts of like length, for ever."""
    order = random.Random(seed)
    while True:
        for begin in range(0, len(texts), 20_000):
            encoded = sorted(
                (one.ids[:LENGTH] for one in tokenizer.encode_batch(list(texts[begin : begin + 20_000]))), key=len
            )
            groups: list[list[list[int]]] = [[]]
            for ids in encoded:
                if len(groups[-1]) * len(ids) >= BATCH_TOKENS:
                    groups.append([])
                groups[-1].append(ids)
            order.shuffle(groups)
            yield from groups


def _mask(inputs: Any, mask_id: int, pad_id: int, size: int, draw: Any) -> tuple[Any, Any]:
    chance = torch.rand(inputs.shape, generator=draw)
    chosen = (chance < _MASKED) & (inputs >= len(SPECIAL)) & (inputs != pad_id)
    targets = torch.where(chosen, inputs, torch.tensor(_IGNORED))
    what = torch.rand(inputs.shape, generator=draw)
    other = torch.randint(len(SPECIAL), size, inputs.shape, generator=draw)
    masked = torch.where(chosen & (what < _AS_MASK), torch.tensor(mask_id), inputs)
    masked = torch.where(chosen & (what >= _AS_MASK) & (what < _AS_MASK + _AS_OTHER), other, masked)
    return masked, targets
