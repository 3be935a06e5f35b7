"""The labelled passages that the encoder learns from: ``models/data/*.jsonl``, in the format of the corpus.

Whoever reviews Sceau's findings writes their decisions in this format, and what they decided is learnt from at the next
training. ``split`` is ``train`` or ``validation``; validation passages choose between models and fit the
decision: a part of each hand's, the larger part of those of hands that wrote last.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from analyzer.errors import FileMissing
from analyzer.learning.evaluation import Row, read_rows
from analyzer.schema import PassageKind

__all__ = ["asks", "read_data", "split"]


def read_data(folder: Path) -> list[Row]:
    """Return the rows of every file of ``folder``. Raises ``FileMissing`` where there is none, ``BadInput``."""
    rows = [row for path in sorted(folder.glob("*.jsonl")) for row in read_rows(path)]
    if not rows:
        raise FileMissing(folder.name)
    return rows


def split(rows: Iterable[Row], name: str) -> list[Row]:
    """Return the rows of one split; a row that names no validation is learnt from."""
    return [row for row in rows if (row.split == "validation") == (name == "validation")]


def asks(row: Row) -> PassageKind:
    """Return how a row is read: headings and instructions are met among questions, and are judged as those."""
    return "clause" if row.kind == "clause" else "question"
