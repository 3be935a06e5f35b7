"""What travels from the processes that read documents to the store: rows, named after the columns they go to."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, get_args

__all__ = [
    *("FIELDS", "Copy", "DocumentRow", "Fact", "Failure", "Field", "FileResult", "FindingRow", "Part", "PassageRow"),
    *("Source", "Stored", "StoredPart"),
]

#: What is known of a document beside its text.
Field = Literal["insurer", "product", "year", "country"]
FIELDS: tuple[Field, ...] = get_args(Field)
#: Where it is known from, the surest first: a table that somebody wrote; the folders and name of the file; what the
#: document says of itself on its pages; the properties of the file.
Source = Literal["table", "path", "document", "properties"]


class Fact(NamedTuple):
    """Something that is known of a document, and from where.

    A year is written with four digits, a country as in ``Jurisdiction``.
    """

    value: str
    source: Source


class DocumentRow(NamedTuple):
    """A document that was read, as it stands in ``documents``. ``facts`` are those that its content tells."""

    document: str
    name: str
    media_type: str
    kind: str
    language: str | None
    jurisdiction: str
    #: Pages in all, and those of which nothing could be read.
    pages: int
    pages_unread: int
    #: What could not be read, as in the report: JSON, a list of {"code", "pages", "message"}.
    unread: str
    #: JSON, a list of [number, width, height, turned]: points, and degrees as in ``Page``.
    page_sizes: str
    #: Questions asked.
    questions: int
    recipe: str
    full_text: bool
    #: Seconds that reading, and all that follows it, took.
    seconds_reading: float
    seconds_detecting: float


class PassageRow(NamedTuple):
    """A passage; texts stand once, in ``texts``, however many documents have them."""

    document: str
    passage: str
    #: Its place in the document, from 0.
    ordinal: int
    kind: str
    text: str
    context: str
    #: First page it stands on; ``None`` where the format has no pages.
    page: int | None
    section: list[str]
    font_size: float | None
    small_print: bool
    number: str
    answer: str | None
    #: JSON, a list of [page, x0, top, x1, bottom] in points.
    boxes: str


class FindingRow(NamedTuple):
    """A finding of a passage."""

    document: str
    finding: str
    passage: str
    label: str
    polarity: str
    decision: str
    score: float
    calibrated: bool
    severity: str | None
    legal_state: str | None
    title: str
    #: JSON, a list of [start, end] in the passage's text.
    evidence: str
    #: JSON, the steps of the trace.
    trace: str
    #: Ids of the legal texts it rests on.
    grounds: list[str]


@dataclass(frozen=True)
class Part:
    """One document of a file (most files are one), read or not: then ``code`` and ``facts`` are those of the error."""

    name: str
    document: DocumentRow | None = None
    known: dict[Field, Fact] = field(default_factory=dict)
    passages: tuple[PassageRow, ...] = ()
    findings: tuple[FindingRow, ...] = ()
    code: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)


class Failure(NamedTuple):
    """A document, or a whole file, that could not be read: ``code`` and ``facts`` of the error."""

    path: str
    name: str
    code: str
    facts: dict[str, Any]


class StoredPart(NamedTuple):
    """A part of a file as the store has it: its document, or ``code`` and ``facts`` (JSON) of the error."""

    name: str
    document: str | None
    code: str | None
    facts: str | None


class Stored(NamedTuple):
    """A file as the store has it."""

    path: str
    sha256: str
    recipe: str
    engine: str
    parts: tuple[StoredPart, ...]

    @property
    def failed(self) -> bool:
        """Whether a part of it could not be read."""
        return any(part.code is not None for part in self.parts)

    def failures(self, path: str) -> list[Failure]:
        """Return what could not be read of it, said of the file at ``path``, which has the same bytes."""
        return [Failure(path, part.name, part.code, json.loads(part.facts or "{}")) for part in self.parts if part.code]


@dataclass(frozen=True)
class FileResult:
    """What came of a file. ``path`` names it in the store; ``known`` is what the table and the path tell."""

    path: str
    sha256: str
    size: int
    recipe: str
    parts: tuple[Part, ...]
    known: dict[Field, Fact] = field(default_factory=dict)

    def stored(self, engine: str) -> Stored:
        """Return the file as the store will have it."""
        parts = (
            StoredPart(
                part.name,
                part.document and part.document.document,
                part.code,
                json.dumps(part.facts, ensure_ascii=False) if part.code else None,
            )
            for part in self.parts
        )
        return Stored(self.path, self.sha256, self.recipe, engine, tuple(parts))


class Copy(NamedTuple):
    """A file with the bytes and the recipe of another, of which the result stands for it, too."""

    path: str
    size: int
    known: dict[Field, Fact]
    of: Stored
