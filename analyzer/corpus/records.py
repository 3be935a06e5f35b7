"""What travels from the processes that read documents to the store: rows, named after the columns they go to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, get_args

__all__ = ["FIELDS", "DocumentRow", "Fact", "Field", "FileResult", "FindingRow", "Part", "PassageRow", "Source"]

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
    #: JSON, a list of [number, width, height] in points.
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


@dataclass(frozen=True)
class FileResult:
    """What came of a file. ``path`` names it in the store; ``known`` is what the table and the path tell."""

    path: str
    sha256: str
    size: int
    recipe: str
    parts: tuple[Part, ...]
    known: dict[Field, Fact] = field(default_factory=dict)
