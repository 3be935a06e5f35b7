"""The store of a corpus: one DuckDB file with documents, passages, findings, versions and decisions.

The tables (format 2). A later version of Sceau brings an older file up to date when it first writes to it.

================  ====================================================================================================
sceau             ``store_format``, the version of this layout, and ``secret``, a random number that decides, with what
                  a report is about, which letter stands for which insurer there (one row)
scans             one row a run: ``scan``, ``started``, ``ended`` (UTC, empty where it was cut short), ``roots``,
                  ``sceau_version``, ``engine``; counts of ``files``, ``read``, ``failed``, ``skipped``
engines           what judged: ``engine`` (digest), ``sceau_version``, ``knowledge`` and ``model`` (digests)
files             ``path``, ``sha256``, ``bytes``, ``recipe`` (digest of all but the file that the result depends on),
                  ``engine``, ``tries`` (how often these bytes were read; 0 for a copy of another file), ``scanned_at``
parts             the documents of a file, mostly one: ``path``, ``part`` (from 0), ``name``, ``document``; or ``code``
                  and ``facts`` (JSON) of the error
documents         a row for each content and edition: ``document`` (SHA-256 of the bytes, and a few letters for the
                  year, insurer or country as which table or path file it), the fields of ``DocumentRow``;
                  ``insurer``, ``product``, ``year``, ``country``, each with its source; ``engine``, ``scanned_at``
texts             each wording once: ``text_id``, ``kind``, ``text``, ``context``, ``folded`` (lower case, no accents)
passages          ``document``, ``passage``, ``text_id`` and the other fields of ``PassageRow``
findings          the fields of ``FindingRow``
clusters          ``text_id``, ``cluster`` (the ``text_id`` of its first member): nearly the same clause
decisions         ``number`` (order), ``document``, ``finding``, ``label``, ``text_id``, ``decision`` (accept, reject,
                  relabel), ``labels`` (the right ones), ``note``, ``reviewer``, ``alike`` (taken at once for the same
                  words in another document), ``decided_at`` (UTC), ``sceau_version``
samples           random samples for the precision: ``sample``, ``drawn_at``, ``seed``, ``size``, ``population``,
                  ``filters`` (JSON)
sample_findings   ``sample``, ``place``, ``document``, ``finding``
================  ====================================================================================================

Two views say what counts. ``verdicts``: for each finding somebody decided, by the latest word of each reviewer,
``confirmed``, ``rejected`` or ``disputed``. ``counted``: the findings that figures count: confirmed ones, with the
labels that most reviewers gave in place of others, and those that Sceau warned of and nobody decided.

Texts are those of the report: personal data are masked. Passages without a finding are kept only where asked.

DuckDB lets one program write or several read. Sceau opens the file for moments only, and waits for its turn, so that a
page can look at a store while a scan fills it.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock
from typing import Any

import duckdb
import pyarrow as pa

from analyzer.corpus.records import (
    FIELDS,
    Copy,
    DocumentRow,
    Fact,
    Failure,
    Field,
    FileResult,
    FindingRow,
    Part,
    PassageRow,
    Source,
    Stored,
    StoredPart,
)
from analyzer.detection.normalise import fold, normalise
from analyzer.errors import CannotWrite, NotStore, StoreInUse, StoreMissing, StoreNewer

__all__ = ["FORMAT", "LOCKED", "Store", "edition", "sha256_of", "surest", "text_id"]

#: No extension is fetched, no other file is read.
_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "enable_external_access": False,
    "temp_directory": "",
}
#: Seconds to wait for another program to let go of the file, and between two tries.
_PATIENCE, _PAUSE = 30.0, 0.05
#: What DuckDB says where another program holds a file.
LOCKED = "Could not set lock"
#: Where a DuckDB file says that it is one.
_MAGIC, _MAGIC_AT = b"DUCK", 8
#: Characters of a SHA-256.
_SHA256 = 64

#: What made each format out of the one before. Never change a step that was released: add one.
_STEPS = (
    """
CREATE TABLE sceau (store_format INTEGER NOT NULL, secret UUID NOT NULL DEFAULT gen_random_uuid());
INSERT INTO sceau (store_format) VALUES (0);
CREATE SEQUENCE scan_numbers;
CREATE TABLE scans (
    scan BIGINT PRIMARY KEY DEFAULT nextval('scan_numbers'), started TIMESTAMP NOT NULL, ended TIMESTAMP,
    roots VARCHAR[] NOT NULL, sceau_version VARCHAR NOT NULL, engine VARCHAR NOT NULL,
    files BIGINT, read BIGINT, failed BIGINT, skipped BIGINT
);
CREATE TABLE engines (
    engine VARCHAR PRIMARY KEY, sceau_version VARCHAR NOT NULL, knowledge VARCHAR NOT NULL, model VARCHAR
);
CREATE TABLE files (
    path VARCHAR PRIMARY KEY, sha256 VARCHAR NOT NULL, bytes BIGINT NOT NULL, recipe VARCHAR NOT NULL,
    engine VARCHAR NOT NULL, tries INTEGER NOT NULL, scanned_at TIMESTAMP NOT NULL
);
CREATE TABLE parts (
    path VARCHAR NOT NULL, part INTEGER NOT NULL, name VARCHAR NOT NULL, document VARCHAR, code VARCHAR, facts VARCHAR
);
CREATE TABLE documents (
    document VARCHAR PRIMARY KEY, name VARCHAR NOT NULL, media_type VARCHAR NOT NULL, kind VARCHAR NOT NULL,
    language VARCHAR, jurisdiction VARCHAR NOT NULL, pages INTEGER NOT NULL, pages_unread INTEGER NOT NULL,
    unread VARCHAR NOT NULL, page_sizes VARCHAR NOT NULL, questions INTEGER NOT NULL, recipe VARCHAR NOT NULL,
    full_text BOOLEAN NOT NULL, seconds_reading DOUBLE NOT NULL, seconds_detecting DOUBLE NOT NULL,
    insurer VARCHAR, insurer_source VARCHAR, product VARCHAR, product_source VARCHAR,
    year INTEGER, year_source VARCHAR, country VARCHAR, country_source VARCHAR,
    engine VARCHAR NOT NULL, scanned_at TIMESTAMP NOT NULL
);
CREATE TABLE texts (
    text_id VARCHAR PRIMARY KEY, kind VARCHAR NOT NULL, text VARCHAR NOT NULL, context VARCHAR NOT NULL,
    folded VARCHAR NOT NULL
);
CREATE TABLE passages (
    document VARCHAR NOT NULL, passage VARCHAR NOT NULL, ordinal INTEGER NOT NULL, text_id VARCHAR NOT NULL,
    page INTEGER, section VARCHAR[] NOT NULL, font_size DOUBLE, small_print BOOLEAN NOT NULL, number VARCHAR NOT NULL,
    answer VARCHAR, boxes VARCHAR NOT NULL
);
CREATE TABLE findings (
    document VARCHAR NOT NULL, finding VARCHAR NOT NULL, passage VARCHAR NOT NULL, label VARCHAR NOT NULL,
    polarity VARCHAR NOT NULL, decision VARCHAR NOT NULL, score DOUBLE NOT NULL, calibrated BOOLEAN NOT NULL,
    severity VARCHAR, legal_state VARCHAR, title VARCHAR NOT NULL, evidence VARCHAR NOT NULL, trace VARCHAR NOT NULL,
    grounds VARCHAR[] NOT NULL
);
CREATE TABLE clusters (text_id VARCHAR PRIMARY KEY, cluster VARCHAR NOT NULL);
""",
    """
CREATE SEQUENCE decision_numbers;
CREATE TABLE decisions (
    number BIGINT PRIMARY KEY DEFAULT nextval('decision_numbers'), document VARCHAR NOT NULL, finding VARCHAR NOT NULL,
    label VARCHAR NOT NULL, text_id VARCHAR NOT NULL, decision VARCHAR NOT NULL, labels VARCHAR[] NOT NULL,
    note VARCHAR NOT NULL, reviewer VARCHAR NOT NULL, alike BOOLEAN NOT NULL, decided_at TIMESTAMP NOT NULL,
    sceau_version VARCHAR NOT NULL
);
CREATE SEQUENCE sample_numbers;
CREATE TABLE samples (
    sample BIGINT PRIMARY KEY DEFAULT nextval('sample_numbers'), drawn_at TIMESTAMP NOT NULL, seed BIGINT NOT NULL,
    size INTEGER NOT NULL, population BIGINT NOT NULL, filters VARCHAR NOT NULL
);
CREATE TABLE sample_findings (
    sample BIGINT NOT NULL, place INTEGER NOT NULL, document VARCHAR NOT NULL, finding VARCHAR NOT NULL
);
CREATE VIEW verdicts AS
WITH latest AS (
    SELECT document, finding, label, reviewer, arg_max(labels, number) AS labels
    FROM decisions GROUP BY document, finding, label, reviewer
),
votes AS (
    SELECT document, finding, label, count(*) AS reviewers, count(*) FILTER (WHERE list_contains(labels, label)) AS ayes
    FROM latest GROUP BY document, finding, label
),
others AS (
    SELECT document, finding, other, count(*) AS ayes
    FROM (SELECT document, finding, label, unnest(labels) AS other FROM latest) WHERE other <> label
    GROUP BY document, finding, other
)
SELECT document, finding, reviewers,
    CASE WHEN 2 * votes.ayes > reviewers THEN 'confirmed' WHEN 2 * votes.ayes < reviewers THEN 'rejected'
        ELSE 'disputed' END AS verdict,
    coalesce(list(other ORDER BY other) FILTER (WHERE 2 * others.ayes > reviewers), []) AS other_labels
FROM votes LEFT JOIN others USING (document, finding)
GROUP BY document, finding, reviewers, votes.ayes;
CREATE VIEW counted AS
WITH own AS (
    SELECT document, finding, passage, label, polarity, severity, legal_state, score,
        coalesce(verdict, 'unreviewed') AS verdict
    FROM findings LEFT JOIN verdicts USING (document, finding)
    WHERE polarity <> 'neutral' AND (verdict = 'confirmed' OR (verdict IS NULL AND decision = 'warned'))
),
given AS (
    SELECT document, min(finding) AS finding, passage, label, min(polarity) AS polarity, min(score) AS score
    FROM (
        SELECT document, finding, passage, unnest(other_labels) AS label, polarity, score
        FROM findings JOIN verdicts USING (document, finding)
    ) GROUP BY document, passage, label
)
SELECT * FROM own
UNION ALL
SELECT document, finding, passage, label,
    coalesce((SELECT min(polarity) FROM findings WHERE findings.label = given.label), polarity) AS polarity,
    NULL, NULL, score, 'confirmed'
FROM given ANTI JOIN own USING (document, passage, label);
""",
)
#: Version of the layout above.
FORMAT = len(_STEPS)

#: Within one program, who reads and who writes take turns: DuckDB refuses to open one file in two ways.
_TURN = RLock()


class Store:
    """A store of a corpus, by its path; the file is open only while it is read or written."""

    def __init__(self, path: Path) -> None:
        """Name a store; ``open`` checks it."""
        self.path = path

    @classmethod
    def open(cls, path: Path) -> Store:
        """Return the store in a file that is there, brought up to date. What stands there is never overwritten.

        Raises ``StoreMissing``, ``NotStore`` for another file, ``StoreNewer``, ``StoreInUse``, ``CannotWrite``.
        """
        store = cls(path)
        if not path.is_file():
            raise StoreMissing(path.name)
        format = store._format()
        if format > FORMAT:
            raise StoreNewer(path.name, version=format)
        if format < FORMAT:
            store._migrate(format)
        return store

    @classmethod
    def create(cls, path: Path) -> Store:
        """Return the store in a file, made where there is none. Raises as ``open`` does."""
        if not (path.exists() or path.is_symlink()):
            beside = cls(path.with_name(f"{path.name}.new"))  # whoever is stopped here leaves no half of a store
            try:
                beside.path.unlink(missing_ok=True)
                beside._migrate(0)
                beside.path.replace(path)
            except (NotStore, OSError) as fault:
                raise CannotWrite(path.name) from fault
            return cls(path)
        return cls.open(path)

    @contextmanager
    def reading(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open the file to read, for as short as can be: others wait to write. Raises ``StoreInUse``, ``NotStore``."""
        with _TURN:
            connection = _connect(self.path, read_only=True)
            try:
                yield connection
            except duckdb.Error as fault:
                raise NotStore(self.path.name) from fault
            finally:
                connection.close()

    @contextmanager
    def writing(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open the file to write, all or nothing. Raises ``StoreInUse``, ``NotStore``, ``CannotWrite``."""
        with _TURN:
            connection = _connect(self.path, read_only=False)
            try:
                connection.begin()
                try:
                    yield connection
                    connection.commit()
                except BaseException:
                    with suppress(duckdb.Error):  # it may be too late
                        connection.rollback()
                    raise
            except duckdb.IOException as fault:
                raise CannotWrite(self.path.name) from fault
            except duckdb.Error as fault:
                raise NotStore(self.path.name) from fault
            finally:
                connection.close()

    def rows(self, query: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        with self.reading() as connection:
            return connection.execute(query, values).fetchall()

    def table(self, query: str, values: Sequence[object] = ()) -> pa.Table:
        """Return the rows of a query as an Arrow table."""
        with self.reading() as connection:
            return connection.sql(query, params=list(values)).to_arrow_table()

    def begin(
        self, roots: Sequence[str], engine: str, sceau_version: str, knowledge: str, model: str | None
    ) -> tuple[int, bool]:
        """Note that a scan begins; return its number, and whether the one before was cut short."""
        with self.writing() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO engines VALUES (?, ?, ?, ?)", [engine, sceau_version, knowledge, model]
            )
            last = connection.execute("SELECT ended IS NULL FROM scans ORDER BY scan DESC LIMIT 1").fetchone()
            row = connection.execute(
                "INSERT INTO scans (started, roots, sceau_version, engine) VALUES (?, ?, ?, ?) RETURNING scan",
                [_now(), list(roots), sceau_version, engine],
            ).fetchone()
            assert row is not None
            return int(row[0]), bool(last and last[0])

    def finish(self, scan: int, *, files: int, read: int, failed: int, skipped: int) -> None:
        """Note that a scan came to its end."""
        with self.writing() as connection:
            connection.execute(
                "UPDATE scans SET ended = ?, files = ?, read = ?, failed = ?, skipped = ? WHERE scan = ?",
                [_now(), files, read, failed, skipped, scan],
            )

    def stored(self, paths: Sequence[str], hashes: Sequence[str]) -> list[Stored]:
        """Return what is stored of files at these paths, and of those with these bytes."""
        rows = self.rows(
            "SELECT files.path, sha256, recipe, engine,"
            " list({'name': name, 'document': document, 'code': code, 'facts': facts} ORDER BY part)"
            " FROM files JOIN parts USING (path)"
            " WHERE path IN (SELECT unnest(?::VARCHAR[])) OR sha256 IN (SELECT unnest(?::VARCHAR[]))"
            " GROUP BY ALL ORDER BY files.path",
            [list(paths), list(hashes)],
        )
        return [
            Stored(path, sha256, recipe, engine, tuple(StoredPart(**part) for part in parts))
            for path, sha256, recipe, engine, parts in rows
        ]

    def failures(self) -> list[Failure]:
        """Return what could not be read, by path."""
        rows = self.rows("SELECT path, name, code, facts FROM parts WHERE code IS NOT NULL ORDER BY path, part")
        return [Failure(path, name, code, json.loads(facts)) for path, name, code, facts in rows]

    def add(self, results: Sequence[FileResult], engine: str, copies: Sequence[Copy] = ()) -> None:
        """Store what came of files, in place of what was stored of them; all together or nothing.

        Copies are files whose bytes need not be read again. Of a document that another file brought before, the surest
        of what is known stays; the same bytes, filed as another year's or insurer's, are another document.
        """
        now = _now()
        files = {result.path: result for result in results}
        others = {one.path: one for one in copies if one.path not in files}
        with self.writing() as connection:
            held = _held(connection, [*files, *others])
            read: dict[str, tuple[Part, dict[Field, Fact]]] = {}
            parts: list[tuple[object, ...]] = []
            doubled: dict[str, tuple[str, str, dict[Field, Fact]]] = {}
            for path, result in files.items():
                told = _told(result.known, held.get(path, ()))
                for number, (part, stored) in enumerate(zip(result.parts, result.stored(engine).parts, strict=True)):
                    if part.document is not None:
                        name = edition(part.document.document, told)
                        read[name] = part, surest(told, part.known)
                        stored = stored._replace(document=name)
                    parts.append((path, number, *stored))
            for path, one in others.items():
                told = _told(one.known, held.get(path, ()))
                for number, stored in enumerate(one.of.parts):
                    if stored.document is not None:
                        name = edition(sha256_of(stored.document), told)
                        if name in read:
                            read[name] = read[name][0], surest(read[name][1], told)
                        else:
                            doubled[name] = (
                                stored.document,
                                one.of.recipe,
                                surest(doubled.get(name, ("", "", {}))[2], told),
                            )
                        stored = stored._replace(document=name)
                    parts.append((path, number, *stored))
            _delete(connection, "parts", "path", [*files, *others])
            for table in ("findings", "passages"):
                _delete(connection, table, "document", list(read))
            _insert(
                connection,
                "INSERT INTO files SELECT *, ? FROM given"
                " ON CONFLICT (path) DO UPDATE SET sha256 = excluded.sha256, bytes = excluded.bytes,"
                " recipe = excluded.recipe, engine = excluded.engine, scanned_at = excluded.scanned_at, tries ="
                " CASE WHEN files.sha256 = excluded.sha256 THEN files.tries + excluded.tries ELSE excluded.tries END",
                _FILE,
                [
                    *((path, file.sha256, file.size, file.recipe, engine, 1) for path, file in files.items()),
                    *((path, one.of.sha256, one.size, one.of.recipe, one.of.engine, 0) for path, one in others.items()),
                ],
                [now],
            )
            _insert(connection, "INSERT INTO parts SELECT * FROM given", _PART, parts)
            _insert(
                connection,
                "INSERT OR REPLACE INTO documents SELECT *, ?, ? FROM given",
                _DOCUMENT,
                [
                    (*part.document._replace(document=name), *_flat(facts))
                    for name, (part, facts) in read.items()
                    if part.document is not None
                ],
                [engine, now],
            )
            passages = [(name, row, text_id(row)) for name, (part, _) in read.items() for row in part.passages]
            texts = {key: row for _, row, key in passages}
            _insert(
                connection,
                "INSERT OR IGNORE INTO texts SELECT * FROM given",
                _TEXT,
                [(key, row.kind, row.text, row.context, folded(row.text)) for key, row in texts.items()],
            )
            _insert(
                connection,
                "INSERT INTO passages SELECT * FROM given",
                _PASSAGE,
                [
                    (
                        *(name, row.passage, row.ordinal, key, row.page, row.section, row.font_size),
                        *(row.small_print, row.number, row.answer, row.boxes),
                    )
                    for name, row, key in passages
                ],
            )
            _insert(
                connection,
                "INSERT INTO findings SELECT * FROM given",
                _FINDING,
                [row._replace(document=name) for name, (part, _) in read.items() for row in part.findings],
            )
            for name, (document, recipe, told) in doubled.items():
                _double(connection, name, document, recipe, told)
            _let_go(connection, parts, held)

    def tidy(self) -> None:
        """Let go of documents that no file holds any more (another edition stands in its place), and of their texts."""
        with self.writing() as connection:
            for query in (
                "DELETE FROM documents WHERE document NOT IN (SELECT document FROM parts WHERE document IS NOT NULL)",
                "DELETE FROM findings WHERE document NOT IN (SELECT document FROM documents)",
                "DELETE FROM passages WHERE document NOT IN (SELECT document FROM documents)",
                "DELETE FROM texts WHERE text_id NOT IN (SELECT text_id FROM passages)",
                "DELETE FROM clusters WHERE text_id NOT IN (SELECT text_id FROM texts)",
            ):
                connection.execute(query)

    def learn(self, copies: Sequence[Copy]) -> None:
        """Store what the table and the paths now tell of files that are stored as they are; what is surer stays."""
        with self.reading() as connection:
            held = _held(connection, [one.path for one in copies])
        news = [
            one
            for one in copies
            if any(
                edition(sha256_of(document), told) != document or surest(told, known) != known
                for told in [_told(one.known, held.get(one.path, ()))]
                for document, known in held.get(one.path, ())
            )
        ]
        if news:
            self.add((), "", news)

    def _format(self) -> int:
        """Return the layout of the file, which is looked at without writing."""
        with _TURN:
            try:
                with self.path.open("rb") as file:
                    begin = file.read(_MAGIC_AT + len(_MAGIC))
            except OSError as fault:
                raise NotStore(self.path.name) from fault
        if begin[_MAGIC_AT:] != _MAGIC:
            raise NotStore(self.path.name)
        rows = self.rows("SELECT store_format FROM sceau")
        if len(rows) != 1:
            raise NotStore(self.path.name)
        return int(rows[0][0])

    def _migrate(self, format: int) -> None:
        with self.writing() as connection:
            for step in _STEPS[format:]:
                connection.execute(step)
            connection.execute("UPDATE sceau SET store_format = ?", [FORMAT])


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def text_id(row: PassageRow) -> str:
    """Return what names a wording: a passage and the stem it depends on."""
    return hashlib.sha256(f"{row.kind}\n{row.context}\n{row.text}".encode("utf-8", "replace")).hexdigest()[:16]


def folded(text: str) -> str:
    """Return a text as it is searched: lower case, no accents."""
    return fold(normalise(text)[0])


def surest(*known: dict[Field, Fact]) -> dict[Field, Fact]:
    """Return, of what is known from several sides, the surest of each; of equals, the first."""
    order: dict[Source, int] = {"table": 0, "path": 1, "document": 2, "properties": 3}
    found: dict[Field, Fact] = {}
    for name in FIELDS:
        facts = [one[name] for one in known if name in one]
        if facts:
            found[name] = min(facts, key=lambda fact: order[fact.source])
    return found


def _flat(known: dict[Field, Fact]) -> list[str | int | None]:
    flat: list[str | int | None] = []
    for name in FIELDS:
        fact = known.get(name)
        value = fact.value if fact else None
        flat += [int(value) if name == "year" and value else value, fact.source if fact else None]
    return flat


def sha256_of(document: str) -> str:
    """Return the SHA-256 of a document's bytes, with which its name in the store begins."""
    return document[:_SHA256]


def edition(sha256: str, told: dict[Field, Fact]) -> str:
    """Return the name under which a document is stored: the SHA-256 of its bytes, and whose edition it is filed as.

    The same bytes filed as another year's, insurer's or country's are another document: a policy that did not change
    from one year to the next stands in both. Nothing but the table and the path of its own file decides, so that the
    order in which files are read does not matter.
    """
    filed = {name: folded(fact.value) for name, fact in told.items() if name in _FILED}
    if not filed:
        return sha256
    return f"{sha256}-{hashlib.sha256(json.dumps(filed, sort_keys=True).encode()).hexdigest()[:12]}"


#: What tells two editions apart, and the sources of it.
_FILED: tuple[Field, ...] = ("insurer", "year", "country")
_TOLD: tuple[Source, ...] = ("table", "path")
#: The documents of a file, each with what is known of it.
_Held = Sequence[tuple[str, dict[Field, Fact]]]


def _told(known: dict[Field, Fact], held: _Held) -> dict[Field, Fact]:
    """Return what table and path tell of a file: also what a table told before, if none does now."""
    table = [{name: fact for name, fact in facts.items() if fact.source == "table"} for _, facts in held]
    return {name: fact for name, fact in surest(known, *table).items() if fact.source in _TOLD}


def _held(connection: duckdb.DuckDBPyConnection, paths: Sequence[str]) -> dict[str, _Held]:
    """Return the documents that the files at these paths hold now."""
    rows = connection.execute(
        f"SELECT path, document, {_FACTS} FROM parts JOIN documents USING (document)"
        " WHERE path IN (SELECT unnest(?::VARCHAR[])) ORDER BY path, part",
        [list(paths)],
    ).fetchall()
    found: dict[str, list[tuple[str, dict[Field, Fact]]]] = {}
    for path, document, *values in rows:
        found.setdefault(path, []).append((document, _facts(values)))
    return {path: tuple(documents) for path, documents in found.items()}


def _double(
    connection: duckdb.DuckDBPyConnection, name: str, document: str, recipe: str, told: dict[Field, Fact]
) -> None:
    """Give a document the rows of one with the same bytes, unless it has them, and what is told of it."""
    rows = connection.execute(
        f"SELECT document, {_FACTS} FROM documents WHERE document IN (SELECT unnest(?::VARCHAR[]))"
        f" OR left(document, {_SHA256}) = ? ORDER BY recipe <> ?, document <> ? LIMIT 1",
        [[name, document], sha256_of(document), recipe, name],
    ).fetchall()
    source, *values = rows[0]
    facts = surest(told, {field: fact for field, fact in _facts(values).items() if fact.source not in _TOLD})
    if source != name:
        connection.execute(
            "INSERT OR REPLACE INTO documents SELECT * REPLACE (? AS document) FROM documents WHERE document = ?",
            [name, source],
        )
        for table in ("passages", "findings"):
            connection.execute(f"DELETE FROM {table} WHERE document = ?", [name])
            connection.execute(
                f"INSERT INTO {table} SELECT * REPLACE (? AS document) FROM {table} WHERE document = ?", [name, source]
            )
    names = ", ".join(f"{field} = ?, {field}_source = ?" for field in FIELDS)
    connection.execute(f"UPDATE documents SET {names} WHERE document = ?", [*_flat(facts), name])


def _let_go(connection: duckdb.DuckDBPyConnection, parts: Sequence[Sequence[object]], held: dict[str, _Held]) -> None:
    """Drop the documents that these files held and none holds now; decisions go with a document that is filed anew."""
    now = {(path, sha256_of(str(document))): document for path, _, _, document, *_ in parts if document}
    before = {document: path for path, documents in held.items() for document, _ in documents}
    still = connection.execute(
        "SELECT DISTINCT document FROM parts WHERE document IN (SELECT unnest(?::VARCHAR[]))", [list(before)]
    ).fetchall()
    gone = sorted(set(before) - {row[0] for row in still})
    for document in gone:
        anew = now.get((before[document], sha256_of(document)))
        for table in ("decisions", "sample_findings") if anew else ():
            connection.execute(f"UPDATE {table} SET document = ? WHERE document = ?", [anew, document])
    for table in ("documents", "passages", "findings"):
        _delete(connection, table, "document", gone)


#: The columns of what is known of a document.
_FACTS = ", ".join(f"{name}, {name}_source" for name in FIELDS)


def _facts(values: Sequence[Any]) -> dict[Field, Fact]:
    """Return what is known of a document, from the columns ``_FACTS``."""
    return {
        name: Fact(str(values[2 * place]), values[2 * place + 1])
        for place, name in enumerate(FIELDS)
        if values[2 * place + 1] is not None
    }


#: The columns of what is inserted at once.
_FILE = pa.schema(
    {
        **{"path": pa.string(), "sha256": pa.string(), "bytes": pa.int64(), "recipe": pa.string()},
        **{"engine": pa.string(), "tries": pa.int32()},
    }
)
_PART = pa.schema(
    {
        **{"path": pa.string(), "part": pa.int32(), "name": pa.string(), "document": pa.string()},
        **{"code": pa.string(), "facts": pa.string()},
    }
)
_NOT_TEXT = {
    **dict.fromkeys(("pages", "pages_unread", "questions", "ordinal", "page", "year"), pa.int32()),
    **dict.fromkeys(("full_text", "small_print", "calibrated"), pa.bool_()),
    **dict.fromkeys(("seconds_reading", "seconds_detecting", "font_size", "score"), pa.float64()),
    **dict.fromkeys(("section", "grounds"), pa.list_(pa.string())),
}


def _columns(names: Iterable[str]) -> pa.Schema:
    return pa.schema({name: _NOT_TEXT.get(name, pa.string()) for name in names})


_DOCUMENT = _columns([*DocumentRow._fields, *(part for name in FIELDS for part in (name, f"{name}_source"))])
_TEXT = _columns(["text_id", "kind", "text", "context", "folded"])
_PASSAGE = _columns(
    [
        *("document", "passage", "ordinal", "text_id", "page", "section", "font_size", "small_print", "number"),
        *("answer", "boxes"),
    ]
)
_FINDING = _columns(FindingRow._fields)


def _insert(
    connection: duckdb.DuckDBPyConnection,
    query: str,
    columns: pa.Schema,
    rows: Sequence[Sequence[object]],
    values: Sequence[object] = (),
) -> None:
    """Run a query that inserts from ``given``: the rows, by columns."""
    if not rows:
        return
    table = pa.table(
        [pa.array(column, field.type) for column, field in zip(zip(*rows, strict=True), columns, strict=True)],
        schema=columns,
    )
    connection.register("given", table)
    try:
        connection.execute(query, values)
    finally:
        connection.unregister("given")


def _delete(connection: duckdb.DuckDBPyConnection, table: str, column: str, values: list[str]) -> None:
    connection.execute(f"DELETE FROM {table} WHERE {column} IN (SELECT unnest(?::VARCHAR[]))", [values])


def _connect(path: Path, *, read_only: bool) -> duckdb.DuckDBPyConnection:
    """Open the file, waiting for others to let go of it."""
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            return duckdb.connect(str(path), read_only=read_only, config=_CONFIG)
        except duckdb.Error as fault:
            if not (isinstance(fault, duckdb.IOException) and LOCKED in str(fault)):
                raise NotStore(path.name) from fault
            if time.monotonic() > until:
                raise StoreInUse(path.name) from fault
        time.sleep(_PAUSE)
