"""Makes ``tiny_checkpoint``: a sequence classifier of two of our labels, with an ordinary tokeniser; it knows nothing.

python -m tests.detection.make_tiny_checkpoint      (needs the ``train`` extra)
"""

from pathlib import Path

import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import DistilBertConfig, DistilBertForSequenceClassification, PreTrainedTokenizerFast

from analyzer.detection.encoder import ONNX
from analyzer.learning.export import export

FOLDER = Path(__file__).parent / "tiny_checkpoint"
WORDS = "clause question : votre médecin n ' a plus rien à taire vous nous fumez ? . la prime est assuré secret".split()


def main() -> None:
    """Write the folder anew."""
    torch.manual_seed(0)
    vocabulary = {word: index for index, word in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", *WORDS])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    # A DistilBERT takes no segments: models of other shapes than ours run too.
    config = DistilBertConfig(
        vocab_size=len(vocabulary), dim=16, n_layers=1, n_heads=2, hidden_dim=32, max_position_embeddings=256,
        id2label={0: "no_time_limit", 1: "secrecy_waiver"}, label2id={"no_time_limit": 0, "secrecy_waiver": 1},
        problem_type="multi_label_classification", attn_implementation="eager",
    )  # fmt: skip
    model = DistilBertForSequenceClassification(config).eval()
    model.save_pretrained(FOLDER)
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]"
    ).save_pretrained(FOLDER)
    export(model, FOLDER / ONNX)


if __name__ == "__main__":
    main()
