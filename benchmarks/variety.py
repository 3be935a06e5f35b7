"""How varied the passages of ``models/data`` are, and how much of their labels their sentence frames give away.

    python benchmarks/variety.py [--corpus DIR] [--print 40]

Near-duplicates by MinHash over runs of five characters; type-token figures; a linear classifier that sees sentence
skeletons alone (function words and punctuation, every other word a dash), against one that sees the words. With a
corpus: how many passages are near-duplicates of its rows. Needs the ``train`` extra.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from datasketch import MinHash, MinHashLSH
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from spacy.lang.fr.stop_words import STOP_WORDS

from analyzer.learning.data import asks, read_data, split
from analyzer.learning.evaluation import Row, read_rows
from analyzer.learning.train import label_names

#: Passages that share this part of their shingles are near-duplicates.
NEAR = 0.7
_WINDOW = 500


def words(text: str) -> list[str]:
    """Return the words of a text, in lower case."""
    return re.findall(r"\w+", text.lower())


def sketch(text: str) -> MinHash:
    """Return the MinHash of a text."""
    joined = " ".join(words(text))
    made = MinHash(num_perm=128)
    made.update_batch([joined[at : at + 5].encode() for at in range(max(1, len(joined) - 4))])
    return made


def near_duplicates(texts: Sequence[str], others: Sequence[str] = ()) -> int:
    """Return how many of ``texts`` are near an earlier one, or, where there are ``others``, near one of those."""
    index = MinHashLSH(threshold=NEAR, num_perm=128)
    for number, text in enumerate(others):
        index.insert(f"other {number}", sketch(text))
    count = 0
    for number, text in enumerate(texts):
        made = sketch(text)
        count += bool(index.query(made))
        if not others:
            index.insert(str(number), made)
    return count


def skeleton(text: str) -> str:
    """Return the frame of a text: its function words and signs, every other word a dash."""
    return " ".join(
        token if not token[0].isalnum() or token in STOP_WORDS else "–"
        for token in re.findall(r"\w+|[^\w\s]", text.lower())
    )


def micro_f1(learnt: Sequence[Row], held: Sequence[Row], see: object) -> float:
    """Return the micro-F1 of a linear model over what ``see`` makes of each text."""
    labels, of_clauses = label_names()
    right = claimed = gold = 0
    for kind in ("clause", "question"):
        train, test = ([row for row in rows if asks(row) == kind] for rows in (learnt, held))
        features = TfidfVectorizer(ngram_range=(1, 3), min_df=2, sublinear_tf=True, token_pattern=r"\S+")
        x, z = (
            features.fit_transform([see(row.text) for row in train]),
            features.transform([see(row.text) for row in test]),
        )
        for label in labels:
            if (label in of_clauses) != (kind == "clause"):
                continue
            y = np.array([label in row.labels for row in train])
            found = LogisticRegression(C=10, class_weight="balanced", max_iter=1000).fit(x, y).predict(z)
            truth = np.array([label in row.labels for row in test])
            right, claimed, gold = right + (found & truth).sum(), claimed + found.sum(), gold + truth.sum()
    return 2 * right / (claimed + gold)


def main() -> None:
    """Print the figures, and some passages to read."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, default=Path("models/data"))
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--print", type=int, default=0, dest="shown")
    arguments = parser.parse_args()
    rows = read_data(arguments.data)
    texts = [row.text for row in rows]
    lengths = sorted(len(words(text)) for text in texts)
    stream = [word for text in texts for word in words(text)]
    windows = [len(set(stream[at : at + _WINDOW])) / _WINDOW for at in range(0, len(stream) - _WINDOW, _WINDOW)]
    labels = Counter(label for row in rows for label in row.labels)
    alone = [row.text for row in rows if not row.pair]
    print(f"passages {len(rows)} · clauses {sum(row.kind == 'clause' for row in rows)} · words {len(stream)}")
    tenth, median, most = (lengths[len(lengths) * part // 10] for part in (1, 5, 9))
    print(f"words a passage: a tenth has up to {tenth}, half up to {median}, nine tenths up to {most}")
    print(f"different words {len(set(stream))} · type-token ratio in windows of {_WINDOW} words {np.mean(windows):.3f}")
    print(f"first three words that are used once: {share_of_openings(texts):.1%} of passages")
    near = near_duplicates(alone)
    print(f"near-duplicates (minimal pairs aside): {near} of {len(alone)}, {near / len(alone):.2%}")
    if arguments.corpus:
        other = [row.text for path in sorted(arguments.corpus.glob("*.jsonl")) for row in read_rows(path)]
        print(f"near-duplicates of the corpus: {near_duplicates(texts, other)} of {len(texts)}")
    learnt, held = split(rows, "train"), split(rows, "validation")
    whole, frames = micro_f1(learnt, held, str.lower), micro_f1(learnt, held, skeleton)
    print(f"linear model, micro-F1 on validation: words {whole:.2f}, skeletons {frames:.2f}")
    print("rarest labels: " + ", ".join(f"{label} {count}" for label, count in labels.most_common()[:-8:-1]))
    for row in random.Random(4).sample(rows, min(arguments.shown, len(rows))):
        print(json.dumps({"labels": sorted(row.labels), "context": row.context, "text": row.text}, ensure_ascii=False))


def share_of_openings(texts: Sequence[str]) -> float:
    """Return the share of texts whose first three words open no other text."""
    openings = Counter(tuple(words(text)[:3]) for text in texts)
    return sum(count for count in openings.values() if count == 1) / len(texts)


if __name__ == "__main__":
    main()
