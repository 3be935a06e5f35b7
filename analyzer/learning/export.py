"""A trained model becomes the file that runs: ONNX, eight bits a weight."""

from __future__ import annotations

import logging
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.shape_inference import quant_pre_process


class _Logits(torch.nn.Module):
    """The model as a function of plain tensors, given in the order of ``names``."""

    def __init__(self, model: Any, names: Sequence[str]) -> None:
        super().__init__()
        self.model, self.names = model, names

    def forward(self, *tensors: Any) -> Any:
        return self.model(**dict(zip(self.names, tensors, strict=True))).logits


def export(model: Any, path: Path) -> None:
    """Write ``model`` (a sequence classifier) to ``path`` as ONNX with eight-bit weights."""
    # Eval on the wrapper itself: the exporter follows the wrapper's mode, and would leave dropout in.
    names = ["input_ids", "attention_mask"]
    if getattr(model.config, "type_vocab_size", 0):
        names.append("token_type_ids")
    wrapper = _Logits(model, names).eval()
    example = torch.ones(2, 8, dtype=torch.long)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        full, ready = Path(folder) / "full.onnx", Path(folder) / "ready.onnx"
        torch.onnx.export(
            wrapper,
            (example, example, torch.zeros_like(example))[: len(names)],
            str(full),
            input_names=names,
            output_names=["logits"],
            dynamic_axes={name: {0: "batch", 1: "tokens"} for name in names} | {"logits": {0: "batch"}},
            opset_version=17,
            dynamo=False,
        )
        level = logging.root.level
        logging.root.setLevel(logging.ERROR)
        quant_pre_process(str(full), str(ready), skip_symbolic_shape=True)
        quantize_dynamic(
            str(ready),
            str(path),
            weight_type=QuantType.QInt8,
            per_channel=True,
            # Seven bits: older processors overflow with eight, and would decide otherwise than newer ones.
            reduce_range=True,
            op_types_to_quantize=["MatMul", "Gather", "Gemm"],
        )
        logging.root.setLevel(level)
