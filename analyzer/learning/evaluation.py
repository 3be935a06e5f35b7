"""Figures against a labelled corpus, as ``GUIDE.md`` of the corpus defines them.

A corpus is a folder of ``*.jsonl`` files (one labelled passage a line: ``text``, ``context``, ``labels``,
``kind``, ``pair``, ``split``) and, optionally, a folder ``dev_documents`` of long texts ``N.txt`` with their labelled
passages ``N.labels.jsonl``. Any corpus of that form can be measured.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from analyzer.errors import BadInput, FileMissing
from analyzer.schema import PassageKind

Model = TypeVar("Model", bound=BaseModel)

#: Labels with fewer gold rows are left out of macro-F1 (GUIDE.md, "The figures").
MACRO_ROWS = 5
#: A labelled passage of a document is met when a finding shares this part of its words (GUIDE.md, "The files").
SHARED_WORDS = 0.6

#: Takes texts with their contexts; gives, for each, the labels decided.
Classifier = Callable[[Sequence[tuple[str, str]]], list[set[str]]]


class KindClassifier(Protocol):
    """Takes texts with their contexts, and what they are; gives, for each, the labels decided."""

    def __call__(self, items: Sequence[tuple[str, str]], kind: PassageKind) -> list[set[str]]:
        """Return the labels of each item."""


class Row(BaseModel):
    """A labelled passage. Keys that the figures do not need are ignored."""

    model_config = ConfigDict(extra="ignore")

    text: str
    context: str = ""
    labels: frozenset[str] = frozenset()
    kind: str = "clause"
    pair: str | None = None
    split: str = "check"


class Counts(BaseModel):
    """True positives, false positives, false negatives, and the figures that follow from them."""

    true_positive: int = 0
    false_positive: int = 0
    false_negative: int = 0

    @property
    def gold(self) -> int:
        """Number of labelled passages."""
        return self.true_positive + self.false_negative

    @property
    def precision(self) -> float | None:
        """Share of what was found that is right; ``None`` when nothing was found."""
        return _ratio(self.true_positive, self.true_positive + self.false_positive)

    @property
    def recall(self) -> float | None:
        """Share of what is there that was found; ``None`` when nothing is there."""
        return _ratio(self.true_positive, self.gold)

    @property
    def f1(self) -> float | None:
        """Harmonic mean of precision and recall; ``None`` when nothing is there and nothing was found."""
        return _ratio(2 * self.true_positive, 2 * self.true_positive + self.false_positive + self.false_negative)

    def figures(self) -> dict[str, Any]:
        """Return everything as plain values."""
        return {
            **self.model_dump(),
            "gold": self.gold,
            "precision": self.precision,
            "recall": self.recall,
            "f1": self.f1,
        }


class Share(BaseModel):
    """A part of a whole, with both counts."""

    count: int = 0
    of: int = 0

    def figures(self) -> dict[str, Any]:
        """Return the counts and the share."""
        return {**self.model_dump(), "share": _ratio(self.count, self.of)}


@dataclass
class Figures:
    """The figures of one set of rows."""

    rows: int = 0
    labels: dict[str, Counts] = field(default_factory=lambda: defaultdict(Counts))
    any_warning: Counts = field(default_factory=Counts)
    neutral_warned: Share = field(default_factory=Share)
    pairs_right: Share = field(default_factory=Share)

    @property
    def micro(self) -> Counts:
        """All labels together."""
        total = Counts()
        for counts in self.labels.values():
            total.true_positive += counts.true_positive
            total.false_positive += counts.false_positive
            total.false_negative += counts.false_negative
        return total

    @property
    def macro_f1(self) -> float | None:
        """Mean F1 over the labels with at least ``MACRO_ROWS`` gold rows."""
        scores = [counts.f1 or 0.0 for counts in self.labels.values() if counts.gold >= MACRO_ROWS]
        return sum(scores) / len(scores) if scores else None

    def as_dict(self) -> dict[str, Any]:
        """Return the figures as JSON-ready values."""
        return {
            "rows": self.rows,
            "micro": self.micro.figures(),
            "macro_f1": self.macro_f1,
            "any_warning": self.any_warning.figures(),
            "neutral_warned": self.neutral_warned.figures(),
            "pairs_right": self.pairs_right.figures(),
            "labels": {label: counts.figures() for label, counts in sorted(self.labels.items())},
        }


class LabelledPassage(BaseModel):
    """A labelled passage of a document, with how sure its labellers were."""

    model_config = ConfigDict(extra="ignore")

    text: str
    labels: frozenset[str]
    conf: str = Field(default="high")


def is_warning(label: str) -> bool:
    """Whether ``label`` is a warning (neither a safeguard nor ``precise``)."""
    return not label.startswith("safe_") and label != "precise"


def read_rows(path: Path) -> list[Row]:
    """Read a JSON Lines file of labelled passages. Raises ``BadInput`` naming the line that is broken."""
    return _read_lines(path, Row)


def measure(rows: Sequence[Row], classify: Classifier) -> Figures:
    """Return the figures of ``classify`` on ``rows``."""
    figures = Figures(rows=len(rows))
    decided = classify([(row.text, row.context) for row in rows])
    pairs: dict[str, list[tuple[frozenset[str], set[str]]]] = defaultdict(list)
    for row, found in zip(rows, decided, strict=True):
        _count(figures.labels, row.labels, found)
        warned, warns = any(map(is_warning, found)), any(map(is_warning, row.labels))
        figures.any_warning.true_positive += warned and warns
        figures.any_warning.false_positive += warned and not warns
        figures.any_warning.false_negative += warns and not warned
        if not warns:
            figures.neutral_warned.of += 1
            figures.neutral_warned.count += warned
        if row.pair:
            pairs[row.pair].append((row.labels, found))
    for twins in pairs.values():
        if len(twins) < 2:
            continue
        gold = [{label for label in labels if is_warning(label)} for labels, _ in twins]
        differing: set[str] = set().union(*gold) - gold[0].intersection(*gold[1:])
        figures.pairs_right.of += 1
        figures.pairs_right.count += all(
            found & differing == labels & differing for labels, (_, found) in zip(gold, twins, strict=True)
        )
    return figures


def measure_documents(folder: Path, classify: Classifier) -> dict[str, Figures]:
    """Return, per document of ``folder``, the figures at document level.

    Each line of a text is a passage. A gold passage is met when a finding of its label shares at least
    ``SHARED_WORDS`` of its words; passages labelled with low confidence count neither way.
    """
    results = {}
    for path in sorted(folder.glob("*.txt")):
        lines = [line.strip() for line in path.read_text("utf-8").splitlines()]
        lines = [line for line in lines if line]
        gold = _read_lines(path.with_suffix(".labels.jsonl"), LabelledPassage)
        results[path.stem] = _measure_document(lines, gold, classify([(line, "") for line in lines]))
    return results


def evaluate(corpus: Path, classify: KindClassifier) -> dict[str, dict[str, Figures]]:
    """Measure every file of ``corpus``, its clauses as clauses and its questions as questions.

    Rows of neither kind (headings, instructions) are judged as the others of their file: a form's lines as questions.
    Returns split -> file (and ``clauses`` and ``questions``, all files together, and ``documents``) -> figures. Raises
    ``FileMissing`` when there is nothing to measure.
    """
    results: dict[str, dict[str, Figures]] = defaultdict(dict)
    together: dict[tuple[str, PassageKind], list[Row]] = defaultdict(list)
    for path in _files(corpus):
        by_group = _groups(path)
        several = len({kind for _, kind in by_group}) > 1
        for (split, kind), group in by_group.items():
            name = f"{path.stem} ({kind})" if several else path.stem
            results[split][name] = measure(group, partial(classify, kind=kind))
            together[split, kind] += group
    for (split, kind), group in together.items():
        results[split][f"{kind}s"] = measure(group, partial(classify, kind=kind))
    documents = corpus / "dev_documents"
    if documents.is_dir():
        total = Figures()
        for figures in measure_documents(documents, partial(classify, kind="clause")).values():
            total.rows += figures.rows
            for label, counts in figures.labels.items():
                _add(total.labels[label], counts)
            _add(total.any_warning, figures.any_warning)
        results["documents"]["dev_documents"] = total
    if not results:
        raise FileMissing(corpus.name)
    return results


def rows_together(corpus: Path) -> dict[tuple[str, PassageKind], list[Row]]:
    """Return all rows of ``corpus`` by split and kind. Raises ``BadInput`` naming the line that is broken."""
    together: dict[tuple[str, PassageKind], list[Row]] = defaultdict(list)
    for path in _files(corpus):
        for group, rows in _groups(path).items():
            together[group] += rows
    return together


@dataclass(frozen=True)
class Change:
    """A label of a passage that one of two classifiers has right and the other wrong; ``gained`` by the newer one."""

    row: Row
    label: str
    gained: bool


def changes(rows: Sequence[Row], older: Classifier, newer: Classifier) -> list[Change]:
    """Return what ``newer`` gained and lost against ``older``, passage by passage."""
    items = [(row.text, row.context) for row in rows]
    found = []
    for row, before, after in zip(rows, older(items), newer(items), strict=True):
        found += [Change(row, label, (label in after) == (label in row.labels)) for label in sorted(before ^ after)]
    return found


def _files(corpus: Path) -> list[Path]:
    files = sorted(corpus.glob("*.jsonl")) if corpus.is_dir() else [corpus]
    if not files and not (corpus / "dev_documents").is_dir():
        raise FileMissing(corpus.name)
    return files


def _groups(path: Path) -> dict[tuple[str, PassageKind], list[Row]]:
    """Return the rows of a file by split and by what they are judged as."""
    rows = read_rows(path)
    asks = any(row.kind == "question" for row in rows)
    groups: dict[tuple[str, PassageKind], list[Row]] = defaultdict(list)
    for row in rows:
        is_question = row.kind == "question" or (row.kind != "clause" and asks)
        groups[row.split, "question" if is_question else "clause"].append(row)
    return groups


def _measure_document(lines: list[str], gold: list[LabelledPassage], decided: list[set[str]]) -> Figures:
    figures = Figures(rows=len(lines))
    findings: dict[str, list[Counter[str]]] = defaultdict(list)
    for line, labels in zip(lines, decided, strict=True):
        words = _words(line)
        for label in labels:
            findings[label].append(words)
        if any(map(is_warning, labels)):
            findings["*"].append(words)
    wanted: dict[str, list[tuple[Counter[str], bool]]] = defaultdict(list)
    for passage in gold:
        words, counted = _words(passage.text), passage.conf != "low"
        for label in passage.labels:
            wanted[label].append((words, counted))
        if any(map(is_warning, passage.labels)):
            wanted["*"].append((words, counted))
    for label in set(findings) | set(wanted):
        counts = figures.any_warning if label == "*" else figures.labels[label]
        for words, counted in wanted[label]:
            if counted:
                met = any(_shares(words, found) for found in findings[label])
                counts.true_positive += met
                counts.false_negative += not met
        for found in findings[label]:
            counts.false_positive += not any(
                _shares(words, found) or _shares(found, words) for words, _ in wanted[label]
            )
    return figures


def _shares(words: Counter[str], other: Counter[str]) -> bool:
    return (words & other).total() >= SHARED_WORDS * words.total()


def _words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text.lower()))


def _count(labels: dict[str, Counts], gold: Iterable[str], found: set[str]) -> None:
    for label in set(gold) | found:
        counts = labels[label]
        counts.true_positive += label in gold and label in found
        counts.false_positive += label not in gold
        counts.false_negative += label not in found


def _add(total: Counts, counts: Counts) -> None:
    total.true_positive += counts.true_positive
    total.false_positive += counts.false_positive
    total.false_negative += counts.false_negative


def _read_lines(path: Path, model: type[Model]) -> list[Model]:
    try:
        lines = path.read_text("utf-8").splitlines()
    except OSError as fault:
        raise FileMissing(path.name) from fault
    rows = []
    for number, line in enumerate(lines, 1):
        try:
            rows.append(model.model_validate(json.loads(line)))
        except (ValueError, ValidationError) as fault:
            raise BadInput(path.name, line=number, problem="not a labelled passage") from fault
    return rows


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole else None
