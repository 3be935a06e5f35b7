"""A store as files for other programs: Parquet, CSV, JSON Lines (a folder with two tables), or SARIF (one file).

The tables: ``documents``, a row for each content that was read; ``findings``, a row for each finding with its passage
and what is known of its document. Findings on which Sceau hesitates, and those that a person rejected, are there, too:
``counted`` says which ones figures count. Paths, which may tell who works where, are left out unless asked for.

Rows go out in batches and the store is open only while one is read, so that memory stays flat and a scan can go on.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Any, Literal, Protocol, get_args

import pyarrow as pa
import pyarrow.parquet as pq

from analyzer.corpus.statistics import Filters, documents_where, findings_where
from analyzer.corpus.store import Store
from analyzer.errors import CannotWrite
from analyzer.version import __version__

__all__ = ["FORMATS", "Exported", "export"]

Exported = Literal["parquet", "csv", "jsonl", "sarif"]
FORMATS: tuple[Exported, ...] = get_args(Exported)
#: Documents written at once, with all their findings.
_BATCH = 2_000
#: What spreadsheets take for a formula at the beginning of a cell (OWASP, "CSV Injection").
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
#: Columns that hold JSON.
_JSON = ("unread", "evidence")

_ABOUT = "insurer, insurer_source, product, product_source, year, year_source, country, country_source"
_DOCUMENTS = (
    f"document, name, media_type, kind, language, jurisdiction, {_ABOUT}, pages, pages_unread, unread, questions,"
    " full_text, engine, scanned_at"
)
#: All findings but neutral ones, and the labels that reviewers gave in place of others.
_FINDINGS = """
WITH judged AS (
    SELECT findings.*, coalesce(verdict, 'unreviewed') AS verdict,
        coalesce(verdict = 'confirmed', decision = 'warned') AS counted
    FROM findings LEFT JOIN verdicts USING (document, finding)
    WHERE polarity <> 'neutral' AND document IN (SELECT unnest(?::VARCHAR[]))
    UNION ALL BY NAME
    SELECT document, finding, passage, label, polarity, 'relabelled' AS decision, score, severity, legal_state,
        '' AS title, '[]' AS evidence, '[]' AS trace, []::VARCHAR[] AS grounds, verdict, true AS counted
    FROM counted ANTI JOIN findings USING (document, finding, label)
    WHERE document IN (SELECT unnest(?::VARCHAR[]))
)
"""
_FOUND = (
    "document, name, insurer, product, year, country, finding, label, polarity, decision, verdict, counted, severity,"
    " legal_state, score, calibrated, title, passage, text_id, texts.kind AS passage_kind, text, context, evidence,"
    " section, page, font_size, small_print, number, grounds, cluster"
)
_SARIF = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {"high": "error", "medium": "warning", "low": "note"}


class _Sink(Protocol):
    """What takes the rows of a table, batch by batch."""

    def write(self, rows: pa.Table) -> None: ...


def export(
    store: Store, target: Path, form: Exported, filters: Filters = Filters(), *, paths: bool = False
) -> list[Path]:
    """Write a store, as far as ``filters`` reach, and return the files written.

    ``target`` is a file for SARIF, else a folder, made where there is none. A file stands under its name once it is
    whole; what stood there before is replaced. Raises ``CannotWrite``; nothing half written is left behind.
    """
    try:
        if form == "sarif":
            with _whole(target) as part, part.open("w", encoding="utf-8", newline="\n") as file:
                _write_sarif(store, file, filters)
            return [target]
        target.mkdir(parents=True, exist_ok=True)
        files = [target / f"{table}.{form}" for table in ("documents", "findings")]
        with (
            _whole(files[0]) as first,
            _whole(files[1]) as second,
            _SINKS[form](first) as documents,
            _SINKS[form](second) as findings,
        ):
            for rows, found in _batches(store, filters, paths):
                documents.write(rows)
                findings.write(found)
        return files
    except OSError as fault:
        raise CannotWrite(target.name) from fault


@contextmanager
def _whole(path: Path) -> Iterator[Path]:
    """Give a name to write under; the file takes its own once all is written, or is removed."""
    part = path.with_name(f"{path.name}.part")
    try:
        yield part
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _batches(store: Store, filters: Filters, paths: bool) -> Iterator[tuple[pa.Table, pa.Table]]:
    """Yield documents, in the order of their ids, each batch with its findings; at least one, which may be empty."""
    where, given = documents_where(filters)
    of_findings, of_given = findings_where(filters)
    path = (
        ", (SELECT list(path ORDER BY path) FROM parts WHERE parts.document = documents.document) AS paths"
        if paths
        else ""
    )
    last = ""
    while True:
        rows = store.table(
            f"SELECT {_DOCUMENTS}{path} FROM documents WHERE document > ? AND {where} ORDER BY document LIMIT {_BATCH}",
            [last, *given],
        )
        names = rows["document"].to_pylist()
        found = store.table(
            f"{_FINDINGS} SELECT {_FOUND} FROM judged JOIN passages USING (document, passage)"
            " JOIN documents USING (document) JOIN texts USING (text_id) LEFT JOIN clusters USING (text_id)"
            f" WHERE {of_findings} ORDER BY document, ordinal, label",
            [names, names, *of_given],
        )
        if names or not last:
            yield rows, found
        if len(names) < _BATCH:
            return
        last = names[-1]


class _Parquet:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.writer: Any = None

    def write(self, rows: pa.Table) -> None:
        self.writer = self.writer or pq.ParquetWriter(self.path, rows.schema, compression="zstd")
        self.writer.write_table(rows)


@contextmanager
def _parquet(path: Path) -> Iterator[_Sink]:
    sink = _Parquet(path)
    try:
        yield sink
    finally:
        if sink.writer is not None:
            sink.writer.close()


class _Csv:
    """Values between commas, in UTF-8 with the mark by which spreadsheets know it; no cell is a formula."""

    def __init__(self, file: IO[str]) -> None:
        self.rows = csv.writer(file, lineterminator="\r\n")
        self.begun = False

    def write(self, rows: pa.Table) -> None:
        if not self.begun:
            self.rows.writerow(rows.column_names)
            self.begun = True
        for batch in rows.to_batches(max_chunksize=1_000):
            self.rows.writerows(map(_cell, row.values()) for row in batch.to_pylist())


class _Lines:
    """A JSON object a line; what the store holds as JSON is part of it."""

    def __init__(self, file: IO[str]) -> None:
        self.file = file

    def write(self, rows: pa.Table) -> None:
        for batch in rows.to_batches(max_chunksize=1_000):
            for row in batch.to_pylist():
                for name in _JSON:
                    if name in row:
                        row[name] = json.loads(row[name])
                self.file.write(json.dumps(row, ensure_ascii=False, default=str) + "\n")


@contextmanager
def _csv(path: Path) -> Iterator[_Sink]:
    with path.open("w", encoding="utf-8-sig", errors="replace", newline="") as file:
        yield _Csv(file)


@contextmanager
def _lines(path: Path) -> Iterator[_Sink]:
    with path.open("w", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
        yield _Lines(file)


_SINKS = {"parquet": _parquet, "csv": _csv, "jsonl": _lines}


def _cell(value: object) -> object:
    """Return a value as a cell that no spreadsheet runs; a list as its parts between semicolons."""
    if isinstance(value, list):
        value = "; ".join(map(str, value))
    if isinstance(value, str):
        value = value.replace("\0", "\ufffd")
        return f"'{value}" if value.lstrip(" ").startswith(_FORMULA) else value
    return value


def _write_sarif(store: Store, file: IO[str], filters: Filters) -> None:
    """Write the findings as SARIF 2.1.0: one run, rules are labels, levels as in the SARIF of one document.

    What a person rejected is no result.
    """
    titles = dict(
        store.rows("SELECT label, min(title) FROM findings WHERE polarity <> 'neutral' GROUP BY 1 ORDER BY 1")
    )
    titles |= {label: label for (label,) in store.rows("SELECT DISTINCT label FROM counted") if label not in titles}
    places = {label: place for place, label in enumerate(titles)}
    driver = {
        "name": "Sceau",
        "version": __version__,
        "rules": [{"id": label, "shortDescription": {"text": title}} for label, title in titles.items()],
    }
    head = json.dumps({"$schema": _SARIF, "version": "2.1.0"}, ensure_ascii=False)[:-1]
    file.write(f'{head}, "runs": [{{"tool": {json.dumps({"driver": driver}, ensure_ascii=False)}, "results": [')
    between = "\n"
    for _, found in _batches(store, filters, paths=False):
        for batch in found.to_batches(max_chunksize=1_000):
            for row in batch.to_pylist():
                if row["verdict"] == "rejected":
                    continue
                text = json.dumps(_result(row, places), ensure_ascii=False)
                file.write(between + text.encode("utf-8", "replace").decode("utf-8"))
                between = ",\n"
    file.write("\n]}]}\n")


def _result(row: dict[str, Any], places: dict[str, int]) -> dict[str, Any]:
    warning = row["polarity"] == "warning"
    level = "note" if row["decision"] == "to_check" else _LEVELS.get(row["severity"], "note")
    text: str = row["text"]
    return {
        "ruleId": row["label"],
        "ruleIndex": places[row["label"]],
        "kind": "fail" if warning else "informational",
        "level": level if warning else "none",
        "message": {"text": row["title"] or row["label"]},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": PurePosixPath("/", row["name"]).as_uri().removeprefix("file:///")}
                },
                "properties": {"page": row["page"], "document": row["document"]},
            }
        ],
        "partialFingerprints": {"finding/v1": row["finding"]},
        "properties": {
            **{name: row[name] for name in ("insurer", "product", "year", "country", "decision", "verdict", "counted")},
            "severity": row["severity"],
            "legalState": row["legal_state"],
            "score": row["score"],
            "passage": text,
            "evidence": [text[start:end] for start, end in json.loads(row["evidence"])],
        },
    }
