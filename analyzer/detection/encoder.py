"""The encoder: a small transformer that reads a passage and gives each label a logit, where rules stop.

A model is a folder: an ordinary checkpoint of ``transformers`` (``config.json`` with ``id2label``, ``tokenizer.json``,
weights) and ``onnx/model_int8.onnx``, which is what runs. A checkpoint without it runs through torch, where that is
installed (``pip install "sceau[train]"``). Beside it there may be a linear model over n-grams (``ngrams.npz``), which
reads everything first, and the weights of the decision. A folder that has ``checksums.json`` is verified before it is
loaded.
"""

from __future__ import annotations

import hashlib
import json
import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from analyzer.detection.combination import Combination
from analyzer.detection.ngrams import NGrams
from analyzer.errors import ModelDamaged, ModelMissing, ModelNeedsTorch, ModelUnfit
from analyzer.knowledge import load
from analyzer.schema import Passage

Array = npt.NDArray[np.float32]
#: Takes token ids, the attention mask and the segment of each token; gives logits.
Run = Callable[[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]], Array]

#: The model that ships.
NAME = "sceau-fr"
ONNX = Path("onnx") / "model_int8.onnx"
NGRAMS = "ngrams.npz"
#: The logit of every label in a passage that the linear model found so plainly neutral that the encoder was spared it.
_PLAIN = -8.0
#: Tokens read at once; longer texts are read in windows of so many characters, cut at a sentence: nine hundred and
#: ninety-nine windows in a thousand have fewer tokens.
MAX_TOKENS = 256
_WINDOW = 480
#: So much of a stem (characters) is read with a passage: its end, which stands nearest.
_STEM = 120
#: Tokens a batch, padding included: bounds memory, and keeps both cores busy.
_BATCH = 3_072
#: Pieces of a passage whose removal is tried, at most; and words a piece, about.
_MOST_PIECES, _PIECE_WORDS = 24, 6
#: Where a passage may be cut into pieces: after punctuation, before a joining word.
_CUT = re.compile(r"[,;:.!?()–]\s+|\s(?=(?:et|ou|que|qui|dont|lorsque|si|pour|afin|sous|par|auprès|sans|même)\s)")


class Encoder:
    """A model, ready to run."""

    def __init__(self, folder: Path, threads: int = 0) -> None:
        """Load the model in ``folder``, to run on so many ``threads``; 0 stands for all cores.

        Raises ``ModelMissing``, ``ModelDamaged``, ``ModelUnfit`` or ``ModelNeedsTorch``.
        """
        self.name = folder.name
        try:
            _verify(folder)
            config = json.loads((folder / "config.json").read_text("utf-8"))
            self.labels = tuple(config["id2label"][str(index)] for index in range(len(config["id2label"])))
            self._tokenizer = _tokenizer(folder)
            self._ngrams = NGrams(folder / NGRAMS) if (folder / NGRAMS).is_file() else None
        except OSError as fault:
            raise ModelMissing(folder.name) from fault
        except ModelDamaged:
            raise
        except Exception as fault:  # the libraries have a dozen exception classes for a broken file
            raise ModelDamaged(folder.name) from fault
        unknown = set(self.labels) - set(load().labels)
        if unknown:
            raise ModelUnfit(folder.name, labels=", ".join(sorted(unknown)[:3]))
        self._of_clauses = [load().labels[label].kind == "clause" for label in self.labels]
        self._pad = int(config.get("pad_token_id") or 0)
        self._run = _onnx(folder, threads) if (folder / ONNX).is_file() else _torch(folder)
        path = folder / "decision.json"
        self.combination = Combination.read(path) if path.is_file() else Combination.plain(self.labels)
        if not set(self.labels) <= set(self.combination.labels):
            raise ModelDamaged(folder.name)
        # One passage, now: a model whose parts do not fit each other is told of here, not in the middle of a document.
        probe = Passage(id="", text="Une phrase.")
        try:
            fits = self.read([probe], screened=False)[0].shape == (1, len(self.labels))
        except Exception as fault:
            raise ModelDamaged(folder.name) from fault
        if not fits:
            raise ModelDamaged(folder.name)

    def read(
        self, passages: Sequence[Passage], *, screened: bool = True, kept: Collection[int] = ()
    ) -> tuple[Array, Array]:
        """Return what the encoder and the linear model make of ``passages``: logits, a row each, columns as ``labels``.

        Of a passage longer than the model reads at once, each label keeps the highest of its windows. A clause that the
        linear model finds plainly neutral is not shown to the encoder, unless ``screened`` is false or its index is
        among those ``kept``.
        """
        owners: list[int] = []
        pairs: list[tuple[str, str]] = []
        spared: list[bool] = []
        for index, passage in enumerate(passages):
            for start, end in _windows(passage):
                owners.append(index)
                pairs.append(_part(passage, start, end))
                spared.append(screened and passage.kind == "clause" and index not in kept)
        hints = np.zeros((len(pairs), len(self.labels)), np.float32)
        if self._ngrams:
            hints = self._ngrams.logits(pairs)
        highest = hints[:, self._of_clauses].max(axis=1, initial=-np.inf)
        shown = np.flatnonzero(~(np.array(spared, bool) & (highest < self.combination.screen)))
        logits = np.full_like(hints, _PLAIN)
        logits[shown] = self._scores([pairs[index] for index in shown])
        results = []
        for values in (logits, hints):
            best = np.full((len(passages), len(self.labels)), -np.inf, np.float32)
            np.maximum.at(best, owners, values)
            results.append(best)
        return results[0], results[1]

    def logits(self, passages: Sequence[Passage]) -> Array:
        """Return the encoder's logits of every passage, one row each, columns as ``labels``."""
        return self.read(passages, screened=False)[0]

    def evidence(self, asked: Sequence[tuple[Passage, Sequence[str]]]) -> list[dict[str, tuple[int, int]]]:
        """Return, for each passage and each label asked of it, the piece whose removal lowers the label's score most.

        The score is that of both models, as the decision weighs them. In a long passage it is looked for in the window
        where the score is highest.
        """
        found: list[dict[str, tuple[int, int]]] = [{} for _ in asked]
        places = [index for index, (_, labels) in enumerate(asked) if labels]
        windows = {index: list(_windows(asked[index][0])) for index in places}
        several = [(index, window) for index in places if len(windows[index]) > 1 for window in windows[index]]
        whole = self._weighed([_part(asked[index][0], *window) for index, window in several])
        chosen: dict[tuple[int, str], tuple[int, int]] = {}
        for index in places:
            rows = [row for row, (owner, _) in enumerate(several) if owner == index]
            for label in asked[index][1]:
                column = self.labels.index(label)
                best = int(whole[rows, column].argmax()) if rows else 0
                chosen[index, label] = windows[index][best]
        pieces: dict[tuple[int, int, int], list[tuple[int, int]]] = {
            key: [] for key in sorted({(index, *window) for (index, _), window in chosen.items()})
        }
        pairs: list[tuple[str, str]] = []
        first: dict[tuple[int, int, int], int] = {}
        for index, start, end in pieces:
            passage = asked[index][0]
            text = passage.text[start:end]
            own = list(_pieces(text))[:_MOST_PIECES] or [(0, len(text))]
            first[index, start, end], pieces[index, start, end] = len(pairs), own
            pairs += [model_input(passage.kind, passage.context, text[:left] + text[right:]) for left, right in own]
        scores = self._weighed(pairs)
        for (index, label), (start, end) in chosen.items():
            own, at = pieces[index, start, end], first[index, start, end]
            left, right = own[int(scores[at : at + len(own), self.labels.index(label)].argmin())]
            words = asked[index][0].text[start + left : start + right].rstrip(" ,;:(")
            found[index][label] = (start + left, start + left + max(1, len(words)))
        return found

    def _weighed(self, pairs: Sequence[tuple[str, str]]) -> Array:
        """Return the scores of both models together, as the decision weighs them."""
        weights = [self.combination.labels[label] for label in self.labels]
        scores = self._scores(pairs) * np.array([each.encoder for each in weights], np.float32)
        if self._ngrams:
            scores += self._ngrams.logits(pairs) * np.array([each.ngrams for each in weights], np.float32)
        return scores

    def _scores(self, pairs: Sequence[tuple[str, str]]) -> Array:
        encoded = self._tokenizer.encode_batch(pairs)
        order = sorted(range(len(encoded)), key=lambda index: len(encoded[index].ids))
        result = np.zeros((len(pairs), len(self.labels)), np.float32)
        for batch in _batches([len(encoded[index].ids) for index in order]):
            rows = [order[place] for place in batch]
            longest = len(encoded[rows[-1]].ids)
            ids = np.full((len(rows), longest), self._pad, np.int64)
            mask, segments = np.zeros_like(ids), np.zeros_like(ids)
            for row, index in enumerate(rows):
                one = encoded[index]
                ids[row, : len(one.ids)] = one.ids
                mask[row, : len(one.ids)] = 1
                segments[row, : len(one.ids)] = one.type_ids
            result[rows] = self._run(ids, mask, segments)
        return result


def model_input(kind: str, context: str, text: str) -> tuple[str, str]:
    """Return the two segments that a model reads: what the passage is and hangs on, and the passage."""
    return f"{kind} : {context.strip()[-_STEM:]}", text


def _part(passage: Passage, start: int, end: int) -> tuple[str, str]:
    return model_input(passage.kind, passage.context, passage.text[start:end])


#: The models of this process, by their folders.
_loaded: dict[Path, Encoder] = {}


def load_encoder(folder: Path | None = None, threads: int = 0) -> Encoder:
    """Return the model in ``folder``, or the one that ships; loaded once in the life of the process.

    Who asks first decides on how many ``threads`` it runs: 0 stands for all cores.
    """
    path = (folder or shipped()).resolve()
    if path not in _loaded:
        _loaded[path] = Encoder(path, threads)
    return _loaded[path]


def shipped() -> Path:
    """Return where the model that ships is: inside the package once installed, else at the top of the tree."""
    root = Path(__file__).parents[1]
    installed = root / "models" / NAME
    return installed if installed.is_dir() else root.parent / "models" / NAME


def _verify(folder: Path) -> None:
    path = folder / "checksums.json"
    if not path.is_file():
        return
    for name, wanted in json.loads(path.read_text("utf-8")).items():
        if name.endswith(".safetensors") and (folder / ONNX).is_file():  # not what runs then
            continue
        file = folder / name
        if not file.is_file() or hashlib.sha256(file.read_bytes()).hexdigest() != wanted:
            raise ModelDamaged(folder.name)


def _tokenizer(folder: Path) -> Any:
    from tokenizers import Tokenizer

    path = folder / "tokenizer.json"
    path.stat()  # the library's own error says nothing that a person could use
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS, strategy="longest_first")
    return tokenizer


def _onnx(folder: Path, threads: int) -> Run:
    import onnxruntime

    onnxruntime.disable_telemetry_events()  # also where it was loaded before this package told it not to
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    # Every batch has its own shape: kept plans would only fill memory.
    options.enable_mem_pattern = False
    options.intra_op_num_threads = threads
    try:
        session = onnxruntime.InferenceSession(str(folder / ONNX), options, providers=["CPUExecutionProvider"])
    except Exception as fault:  # the runtime has a dozen exception classes for a broken file
        raise ModelDamaged(folder.name) from fault
    wanted = [given.name for given in session.get_inputs()]

    def run(ids: Any, mask: Any, segments: Any) -> Array:
        known = {"input_ids": ids, "attention_mask": mask, "token_type_ids": segments}
        logits: Array = session.run(None, {name: known[name] for name in wanted})[0]
        return logits

    return run


def _torch(folder: Path) -> Run:
    try:
        import torch
        from transformers import AutoModelForSequenceClassification
    except ImportError as fault:
        raise ModelNeedsTorch(folder.name) from fault
    try:
        model = AutoModelForSequenceClassification.from_pretrained(
            str(folder), local_files_only=True, trust_remote_code=False, use_safetensors=True
        ).float()
        model.eval()
    except Exception as fault:
        raise ModelDamaged(folder.name) from fault
    several = getattr(model.config, "type_vocab_size", 1) > 1

    def run(ids: Any, mask: Any, segments: Any) -> Array:
        given = {"input_ids": torch.from_numpy(ids), "attention_mask": torch.from_numpy(mask)}
        if several:
            given["token_type_ids"] = torch.from_numpy(segments)
        with torch.inference_mode():
            logits: Array = model(**given).logits.float().numpy()
        return logits

    return run


def _windows(passage: Passage) -> Iterator[tuple[int, int]]:
    """Yield the stretches of the text that are read at once: whole sentences where they are short enough."""
    length = len(passage.text)
    starts = [start for start, _ in passage.sentences]
    begin = 0
    while length - begin > _WINDOW:
        limit = begin + _WINDOW
        last = bisect_right(starts, limit) - 1
        end = (
            (starts[last] if last >= 0 and starts[last] > begin else 0)
            or passage.text.rfind(" ", begin + 1, limit) + 1
            or limit
        )
        yield begin, end
        begin = end
    if begin < length or not length:
        yield begin, length


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """Yield stretches of some words, cut at punctuation or before a joining word."""
    edges = [0]
    for match in _CUT.finditer(text):
        if text.count(" ", edges[-1], match.end()) >= _PIECE_WORDS:
            edges.append(match.end())
    if len(edges) > 1 and text.count(" ", edges[-1]) < _PIECE_WORDS // 2:
        edges.pop()
    edges.append(len(text))
    yield from pairwise(edges)


def _batches(lengths: Sequence[int]) -> Iterator[range]:
    """Yield ranges of the sorted ``lengths``, each of at most ``_BATCH`` tokens once padded to its longest."""
    begin = 0
    for place, length in enumerate(lengths):
        if (place + 1 - begin) * length > _BATCH and place > begin:
            yield range(begin, place)
            begin = place
    if begin < len(lengths):
        yield range(begin, len(lengths))
