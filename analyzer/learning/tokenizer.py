"""The encoder's tokeniser: the seed's word pieces, those that French insurance text needs.

Text is lower-cased: headings and small print shout in capitals, and say the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

from analyzer.learning.seed import Array, Seed

#: Special tokens, in the order of their ids; every other piece follows.
SPECIAL = ("<s>", "<pad>", "</s>", "<unk>", "<mask>")
_UNKNOWN = SPECIAL.index("<unk>")
_BATCH = 2_000


def trimmed(seed: Seed, texts: Iterable[str], words: Sequence[str], size: int) -> Tokenizer:
    """Return a tokeniser of at most ``size`` pieces.

    Kept are the pieces that ``texts`` use most, and those of ``words``, a general list of French words: a reader's
    document speaks of what no training text foresaw. Single characters in use are always kept, so that a word never
    met is spelt.
    """
    whole = _tokenizer([*((name, 0.0) for name in SPECIAL), *_ordinary(seed.pieces)])
    counts = Counter(_pieces(whole, texts))
    for piece, count in Counter(_pieces(whole, words)).items():
        counts[piece] += 3 * count
    characters = {character for piece, count in counts.items() if count > 1 for character in piece}
    known = dict(_ordinary(seed.pieces))
    kept = [piece for piece in sorted(characters | {"▁"}) if piece in known]
    taken = set(kept)
    for piece, _ in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])):
        if len(kept) + len(SPECIAL) >= size:
            break
        if piece in known and piece not in taken:
            kept.append(piece)
            taken.add(piece)
    return _tokenizer([*((name, 0.0) for name in SPECIAL), *((piece, known[piece]) for piece in kept)])


def trimmed_rows(seed: Seed, tokenizer: Tokenizer) -> Array:
    """Return the seed's embeddings of the tokeniser's pieces, a row each; that of ``<mask>`` is the mean of all."""
    rows = {piece: row for row, (piece, _) in enumerate(seed.pieces)}
    matrix = seed.tensors["embeddings.word_embeddings.weight"]
    pieces = [tokenizer.id_to_token(index) or "" for index in range(tokenizer.get_vocab_size())]
    chosen: Array = np.stack([matrix[rows.get(piece, 0)] for piece in pieces])
    chosen[SPECIAL.index("<mask>")] = chosen[len(SPECIAL) :].mean(axis=0)
    return chosen


def _ordinary(pieces: Sequence[tuple[str, float]]) -> list[tuple[str, float]]:
    return [(piece, score) for piece, score in pieces if piece not in SPECIAL]


def _pieces(tokenizer: Tokenizer, texts: Iterable[str]) -> Iterator[str]:
    batch: list[str] = []
    for text in texts:
        batch.append(text)
        if len(batch) == _BATCH:
            yield from (
                piece for one in tokenizer.encode_batch(batch, add_special_tokens=False) for piece in one.tokens
            )
            batch = []
    yield from (piece for one in tokenizer.encode_batch(batch, add_special_tokens=False) for piece in one.tokens)


def _tokenizer(pieces: list[tuple[str, float]]) -> Tokenizer:
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=_UNKNOWN))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Lowercase(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Strip()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> $B:1 </s>:1",
        special_tokens=[(name, SPECIAL.index(name)) for name in ("<s>", "</s>")],
    )
    tokenizer.add_special_tokens(list(SPECIAL))
    return tokenizer
