"""A reviewer's decisions on findings, in one DuckDB file that the reviewer chooses; nothing is saved elsewhere.

The file (format 1) has five tables. A decision is never changed: a later one on the same finding counts in its place.

===========  =========================================================================================================
sceau        ``decisions_format``, the version of this layout (one row)
documents    ``document`` (SHA-256 of the file), ``name``, ``country``, ``findings`` (how many there are to decide)
passages     ``document``, ``passage``, ``kind``, ``text``, ``context``: passages of which a finding was decided
findings     ``document``, ``finding`` (its stable id), ``passage``, ``label``: every finding of those passages
decisions    ``number`` (order), ``document``, ``finding``, ``decision``, ``labels``, ``note``, ``reviewer``,
             ``decided_at`` (UTC), ``sceau_version``
===========  =========================================================================================================

Texts are those of the report: personal data are masked where the report masks them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Any, Literal, NamedTuple, Self, get_args
from weakref import WeakSet

import duckdb

from analyzer.errors import BadLabel, CannotWrite, DecisionsInUse, DecisionsNewer, NotDecisions
from analyzer.knowledge import load
from analyzer.schema import Finding, Passage, PassageKind, Report
from analyzer.version import __version__

__all__ = ["Decided", "Decision", "Decisions", "Progress", "labelled", "right_labels", "to_decide"]

#: Version of the layout above.
FORMAT = 1
#: Where a DuckDB file says that it is one.
_MAGIC, _MAGIC_AT = b"DUCK", 8
#: No extension is fetched, no other file is read, nothing is swapped to disk.
_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "enable_external_access": False,
    "temp_directory": "",
    "threads": 1,
}
_TABLES = """
CREATE TABLE sceau (decisions_format INTEGER NOT NULL);
CREATE TABLE documents (
    document VARCHAR PRIMARY KEY, name VARCHAR NOT NULL, country VARCHAR NOT NULL, findings INTEGER NOT NULL
);
CREATE TABLE passages (
    document VARCHAR, passage VARCHAR, kind VARCHAR NOT NULL, text VARCHAR NOT NULL, context VARCHAR NOT NULL,
    PRIMARY KEY (document, passage)
);
CREATE TABLE findings (
    document VARCHAR, finding VARCHAR, passage VARCHAR NOT NULL, label VARCHAR NOT NULL, PRIMARY KEY (document, finding)
);
CREATE SEQUENCE numbers;
CREATE TABLE decisions (
    number BIGINT PRIMARY KEY DEFAULT nextval('numbers'), document VARCHAR NOT NULL, finding VARCHAR NOT NULL,
    decision VARCHAR NOT NULL, labels VARCHAR[] NOT NULL, note VARCHAR NOT NULL, reviewer VARCHAR NOT NULL,
    decided_at TIMESTAMP NOT NULL, sceau_version VARCHAR NOT NULL
);
"""
_LATEST = "SELECT document, finding, arg_max(labels, number) AS labels FROM decisions GROUP BY document, finding"
#: A finding of a passage is decided or not; the passages and their findings, in the order in which they were first met.
_PASSAGES = f"""
SELECT passages.document, passages.passage, kind, text, context, country,
    count(*) FILTER (WHERE latest.finding IS NULL) AS undecided,
    list_sort(list_distinct(flatten(list(latest.labels) FILTER (WHERE latest.finding IS NOT NULL)))) AS labels
FROM passages JOIN documents USING (document) JOIN findings USING (document, passage)
LEFT JOIN ({_LATEST}) AS latest ON latest.document = findings.document AND latest.finding = findings.finding
GROUP BY ALL ORDER BY passages.document, passages.passage
"""
#: What ends a line for those who read JSON Lines, and may stand in a text.
_LINE_ENDS = {"\x85": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"}

Decision = Literal["accept", "reject", "relabel"]


class Decided(NamedTuple):
    """The latest decision on a finding. ``labels`` are those that are right, ``at`` when it was taken (UTC)."""

    decision: Decision
    labels: tuple[str, ...]
    note: str
    reviewer: str
    at: datetime


class Progress(NamedTuple):
    """How many of a document's findings are decided, of all; ``left`` passages are decided in part only."""

    name: str
    decided: int
    all: int
    left: int


class Decisions:
    """An open file of decisions. Use it in a ``with`` statement, or close it."""

    def __init__(self, path: Path, connection: duckdb.DuckDBPyConnection, lock: Lock | None = None) -> None:
        """Hold an open file; ``open`` makes and checks it. Who share a file share its ``lock``."""
        self._path = path
        self._connection = connection
        self._lock = lock or Lock()
        self._identity = _identity(path)
        _OPEN.add(self)

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the file, or create it where there is none. What stands there is never overwritten.

        Within one program it may be open several times (a page that was loaded again): each is closed by itself.

        Raises ``NotDecisions`` for another file, ``DecisionsInUse``, ``DecisionsNewer``, ``CannotWrite``.
        """
        if path.exists() or path.is_symlink():
            for held in [held for held in _OPEN if held._identity == _identity(path)]:
                return cls(path, _connect(path), held._lock)
            _check(path)
            return cls(path, _connect(path))
        try:
            connection = _connect(path)
        except NotDecisions as fault:
            raise CannotWrite(path.name) from fault
        try:
            with _writing(path, connection):
                connection.execute(_TABLES)
                connection.execute("INSERT INTO sceau VALUES (?)", [FORMAT])
        except BaseException:
            connection.close()
            path.unlink(missing_ok=True)  # made above, and of no use
            raise
        return cls(path, connection)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Close the file."""
        self.close()

    def close(self) -> None:
        """Write what is left to write and let go of the file; closing twice does no harm."""
        with self._lock:
            self._connection.close()
            _OPEN.discard(self)

    def record(
        self,
        report: Report,
        finding: Finding,
        decision: Decision,
        labels: Sequence[str] = (),
        note: str = "",
        reviewer: str = "",
    ) -> None:
        """Save a decision on a finding of a report; an earlier one on it no longer counts.

        ``labels`` are the right ones where it is relabelled; none, where nothing is. Raises ``BadLabel`` for a label
        that its kind of passage cannot have, ``ValueError`` for a finding of another report, ``CannotWrite``.
        """
        document, passage = report.document.sha256, finding.passage
        beside = [other for other in to_decide(report) if other.passage.id == passage.id]
        if finding not in beside:
            raise ValueError("the finding is none of this report's warnings and protections")
        right = right_labels(self._path.name, passage.kind, finding.label, decision, labels)
        key = _key(passage)
        with self._lock, _writing(self._path, self._connection):
            execute = self._connection.execute
            execute(
                "INSERT OR REPLACE INTO documents VALUES (?, ?, ?, ?)",
                [document, report.document.name, report.context.jurisdiction, len(to_decide(report))],
            )
            execute(
                "INSERT OR REPLACE INTO passages VALUES (?, ?, ?, ?, ?)",
                [document, key, passage.kind, passage.text, passage.context],
            )
            # Another encoder may have found other labels in the passage: those of the latest report count.
            execute("DELETE FROM findings WHERE document = ? AND passage = ?", [document, key])
            for other in beside:
                execute("INSERT OR REPLACE INTO findings VALUES (?, ?, ?, ?)", [document, other.id, key, other.label])
            execute(
                "INSERT INTO decisions (document, finding, decision, labels, note, reviewer, decided_at, sceau_version)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    *(document, finding.id, decision, right, note, reviewer),
                    *(datetime.now(UTC).replace(tzinfo=None), __version__),
                ],
            )

    def latest(self, report: Report) -> dict[str, Decided]:
        """Return the latest decision on each decided finding of a report, by the finding's id."""
        known = {finding.id for finding in report.findings}
        rows = self._rows(
            "SELECT finding, decision, labels, note, reviewer, decided_at FROM decisions"
            " WHERE document = ? ORDER BY number",
            [report.document.sha256],
        )
        return {
            finding: Decided(decision, tuple(labels), note, reviewer, at.replace(tzinfo=UTC))
            for finding, decision, labels, note, reviewer, at in rows
            if finding in known
        }

    def documents(self) -> list[Progress]:
        """Return how far each document of the file is, by name."""
        left: dict[str, int] = {}
        for document, *_, undecided, _ in self._rows(_PASSAGES):
            left[document] = left.get(document, 0) + bool(undecided)
        rows = self._rows(
            "SELECT document, name, count(DISTINCT decisions.finding), any_value(documents.findings)"
            " FROM documents JOIN decisions USING (document) JOIN findings USING (document, finding)"
            " GROUP BY document, name ORDER BY name, document"
        )
        return [Progress(name, decided, all_, left[document]) for document, name, decided, all_ in rows]

    def export(self) -> str:
        """Return the decisions as labelled passages, in the JSON Lines that ``sceau evaluate`` and ``train`` read.

        There is a line for each passage of which **every** warning and protection is decided, those that Sceau only
        asks to check too: as to what is undecided, nobody knows whether it is right, and a line with half its labels
        would teach something wrong. Its labels are those accepted and those given in place of others, together; a
        clause of which all was rejected has none. A question of which all was rejected is ``precise``: that is what
        the corpus calls a question without fault. ``split`` is ``train``; change it to ``check`` to measure only.
        """
        lines = []
        for _, _, kind, text, context, country, undecided, labels in self._rows(_PASSAGES):
            if undecided:
                continue
            lines.append(labelled(kind, text, context, country, labels or []))
        return "".join(lines)

    def _rows(self, query: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        try:
            with self._lock:
                return self._connection.execute(query, values).fetchall()
        except duckdb.Error as fault:
            raise NotDecisions(self._path.name) from fault


#: What this program holds open. Even to look into such a file would undo the lock that keeps other programs out (POSIX:
#: closing any handle of a file lets go of all of a program's locks on it).
_OPEN: WeakSet[Decisions] = WeakSet()


def to_decide(report: Report) -> list[Finding]:
    """Return the findings that somebody decides on: warnings and protections, those to check too."""
    return [finding for finding in report.findings if finding.polarity != "neutral"]


def right_labels(name: str, kind: str, label: str, decision: Decision, labels: Sequence[str]) -> list[str]:
    """Return the labels that are right after a decision on a finding of ``label``, in a passage of ``kind``.

    Raises ``BadLabel``, with the ``name`` of the file, for a label that the passage cannot have, ``ValueError`` for an
    unknown decision.
    """
    if decision not in get_args(Decision):
        raise ValueError(f"a decision is one of {get_args(Decision)}")
    right = {"accept": [label], "reject": [], "relabel": sorted(set(labels))}[decision]
    for one in right:
        if one not in load().labels or load().labels[one].kind != kind:
            raise BadLabel(name, label=one)
    return right


def labelled(kind: PassageKind, text: str, context: str, country: str, labels: Sequence[str]) -> str:
    """Return a passage of which all is decided as a line of JSON, with the labels that are right."""
    row = {
        "text": text,
        "context": context,
        "labels": labels or (["precise"] if kind == "question" else []),
        "kind": kind,
        "country": country,
        "source": "review",
        "split": "train",
    }
    line = json.dumps(row, ensure_ascii=False)
    for end, escaped in _LINE_ENDS.items():
        line = line.replace(end, escaped)
    return f"{line}\n"


def _key(passage: Passage) -> str:
    """Return the name of a passage in the file: its place, and its words should another version cut the text anew."""
    digest = hashlib.sha256(f"{passage.context}\n{passage.text}".encode()).hexdigest()
    return f"{passage.id}-{digest[:10]}"


def _identity(path: Path) -> tuple[int, int]:
    """Return what names a file, whatever it is called. Raises ``NotDecisions`` where there is none."""
    try:
        found = path.stat()
    except OSError as fault:
        raise NotDecisions(path.name) from fault
    return found.st_dev, found.st_ino


def _check(path: Path) -> None:
    """Make sure, without writing, that a file is ours. Raises as ``Decisions.open`` does."""
    try:
        with path.open("rb") as file:
            begin = file.read(_MAGIC_AT + len(_MAGIC))
    except OSError as fault:
        raise NotDecisions(path.name) from fault
    if begin[_MAGIC_AT:] != _MAGIC:
        raise NotDecisions(path.name)
    connection = _connect(path, read_only=True)
    try:
        rows = connection.execute("SELECT decisions_format FROM sceau").fetchall()
    except duckdb.Error as fault:
        raise NotDecisions(path.name) from fault
    finally:
        connection.close()
    if len(rows) != 1:
        raise NotDecisions(path.name)
    if rows[0][0] > FORMAT:
        raise DecisionsNewer(path.name, version=rows[0][0])


def _connect(path: Path, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    try:
        return duckdb.connect(str(path), read_only=read_only, config=_CONFIG)
    except duckdb.Error as fault:
        locked = isinstance(fault, duckdb.IOException) and "lock" in str(fault)
        raise (DecisionsInUse if locked else NotDecisions)(path.name) from fault


@contextmanager
def _writing(path: Path, connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Write all or nothing."""
    try:
        connection.begin()
        try:
            yield
            connection.commit()
        except BaseException:
            connection.rollback()
            raise
    except duckdb.Error as fault:
        raise CannotWrite(path.name) from fault
