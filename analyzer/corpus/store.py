"""The store of a corpus: one DuckDB file with documents, passages, findings, versions and decisions.

The tables (format 2). A later version of Sceau brings an older file up to date when it first writes to it.

================  ====================================================================================================
sceau             ``store_format``, the version of this layout, and ``secret``, a random number that decides, with what
                  a report is about, which letter stands for which insurer there (one row)
scans             one row a run: ``scan``, ``started``, ``ended`` (UTC, empty where it was cut short), ``roots``,
                  ``sceau_version``, ``engine``; counts of ``files``, ``read``, ``failed``, ``skipped``
engines           what judged: ``engine`` (digest), ``sceau_version``, ``knowledge`` and ``model`` (digests)
files             ``path``, ``sha256``, ``bytes``, ``recipe`` (digest of all but the file that the result depends on),
                  ``engine``, ``tries`` (how often these bytes were read; 0 for a copy of another file), ``told`` (JSON,
                  what table and path tell of it), ``scanned_at``
parts             the documents of a file, mostly one: ``path``, ``part`` (from 0), ``name``, ``document``; or ``code``
                  and ``facts`` (JSON) of the error
documents         a row for each content and edition: ``document`` (SHA-256 of the bytes, and a few letters for the
                  year, insurer or country as which table or path file it), the fields of ``DocumentRow``;
                  ``insurer``, ``product``, ``year``, ``country``, each with its source; ``own`` (JSON, what it tells of
                  itself), ``engine``, ``scanned_at``
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
    engine VARCHAR NOT NULL, tries INTEGER NOT NULL, told VARCHAR NOT NULL, scanned_at TIMESTAMP NOT NULL
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
    own VARCHAR NOT NULL, engine VARCHAR NOT NULL, scanned_at TIMESTAMP NOT NULL
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
WITH given AS (
    SELECT document, min(finding) AS finding, passage, label, min(polarity) AS polarity, min(score) AS score
    FROM (
        SELECT document, finding, passage, unnest(other_labels) AS label, polarity, score
        FROM findings JOIN verdicts USING (document, finding)
    ) ANTI JOIN (
        SELECT document, passage, label FROM findings JOIN verdicts USING (document, finding)
    ) AS judged USING (document, passage, label)
    GROUP BY document, passage, label
),
own AS (
    SELECT document, finding, passage, label, findings.polarity, severity, legal_state, findings.score,
        coalesce(verdict, if(given.label IS NULL, 'unreviewed', 'confirmed')) AS verdict
    FROM findings LEFT JOIN verdicts USING (document, finding)
    LEFT JOIN (SELECT document, passage, label FROM given) AS given USING (document, passage, label)
    WHERE findings.polarity <> 'neutral' AND (
        verdict = 'confirmed' OR (verdict IS NULL AND (decision = 'warned' OR given.label IS NOT NULL))
    )
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
        known = {path: result.known for path, result in files.items()}
        known |= {path: one.known for path, one in others.items()}
        with self.writing() as connection:
            before = _told(connection, list(known))
            told = {path: _surer(known[path], before.get(path, {})) for path in known}
            held = connection.execute(
                "SELECT path, document FROM parts WHERE document IS NOT NULL AND path IN (SELECT unnest(?::VARCHAR[]))",
                [list(known)],
            ).fetchall()
            read: dict[str, Part] = {}
            copied: dict[str, tuple[str, str]] = {}
            parts: list[tuple[object, ...]] = []
            for path, result in files.items():
                for number, (part, stored) in enumerate(zip(result.parts, result.stored(engine).parts, strict=True)):
                    if part.document is not None:
                        stored = stored._replace(document=edition(part.document.document, told[path]))
                        read[str(stored.document)] = part
                    parts.append((path, number, *stored))
            for path, one in others.items():
                for number, stored in enumerate(one.of.parts):
                    if stored.document is not None:
                        content = sha256_of(stored.document)
                        stored = stored._replace(document=edition(content, told[path]))
                        copied[str(stored.document)] = content, one.of.recipe
                    parts.append((path, number, *stored))
            _delete(connection, "parts", "path", [*files, *others])
            for table in ("findings", "passages"):
                _delete(connection, table, "document", list(read))
            _insert(
                connection,
                "INSERT INTO files SELECT *, ? FROM given"
                " ON CONFLICT (path) DO UPDATE SET sha256 = excluded.sha256, bytes = excluded.bytes,"
                " recipe = excluded.recipe, engine = excluded.engine, told = excluded.told,"
                " scanned_at = excluded.scanned_at, tries ="
                " CASE WHEN files.sha256 = excluded.sha256 THEN files.tries + excluded.tries ELSE excluded.tries END",
                _FILE,
                [
                    *(
                        (path, file.sha256, file.size, file.recipe, engine, 1, _json(told[path]))
                        for path, file in files.items()
                    ),
                    *(
                        (path, one.of.sha256, one.size, one.of.recipe, one.of.engine, 0, _json(told[path]))
                        for path, one in others.items()
                    ),
                ],
                [now],
            )
            _insert(connection, "INSERT INTO parts SELECT * FROM given", _PART, parts)
            _insert(
                connection,
                "INSERT OR REPLACE INTO documents SELECT *, ?, ? FROM given",
                _DOCUMENT,
                [
                    (*part.document._replace(document=name), *_flat(part.known), _json(part.known))
                    for name, part in read.items()
                    if part.document is not None
                ],
                [engine, now],
            )
            passages = [(name, row, text_id(row)) for name, part in read.items() for row in part.passages]
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
                [row._replace(document=name) for name, part in read.items() for row in part.findings],
            )
            for name, (content, recipe) in copied.items():
                _double(connection, name, content, recipe)
            _tell(connection, {*read, *copied, *(document for _, document in held)})
            _move_decisions(connection, held, parts)

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

    def learn(self, copies: Sequence[Copy]) -> bool:
        """Store what the table and the paths now tell of files that are stored as they are; what is surer stays.

        Returns whether that is anything new.
        """
        with self.reading() as connection:
            before = _told(connection, [one.path for one in copies])
        news = [one for one in copies if _surer(one.known, before[one.path]) != before[one.path]]
        if news:
            self.add((), "", news)
        return bool(news)

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


#: What tells two editions apart.
_FILED: tuple[Field, ...] = ("insurer", "year", "country")


def _json(known: dict[Field, Fact]) -> str:
    return json.dumps(known, ensure_ascii=False)


def _facts(told: str) -> dict[Field, Fact]:
    """Return what ``_json`` wrote."""
    return {name: Fact(*fact) for name, fact in json.loads(told).items()}


def _surer(known: dict[Field, Fact], before: dict[Field, Fact]) -> dict[Field, Fact]:
    """Return what table and path tell of a file: also what a table told before, if none does now.

    Not of the country: that of this scan decided which law the file was held against.
    """
    return surest(known, {name: fact for name, fact in before.items() if fact.source == "table" and name != "country"})


def _told(connection: duckdb.DuckDBPyConnection, paths: Sequence[str]) -> dict[str, dict[Field, Fact]]:
    """Return what is stored of what table and path tell of files."""
    rows = connection.execute(
        "SELECT path, told FROM files WHERE path IN (SELECT unnest(?::VARCHAR[]))", [list(paths)]
    ).fetchall()
    return {path: _facts(told) for path, told in rows}


def _double(connection: duckdb.DuckDBPyConnection, name: str, content: str, recipe: str) -> None:
    """Give a document the rows of one with the same bytes, read by the same recipe, unless it has them."""
    ((source,),) = connection.execute(
        f"SELECT document FROM documents WHERE left(document, {_SHA256}) = ?"
        " ORDER BY recipe <> ?, document <> ?, document LIMIT 1",
        [content, recipe, name],
    ).fetchall()
    if source == name:
        return
    connection.execute(
        "INSERT OR REPLACE INTO documents SELECT * REPLACE (? AS document) FROM documents WHERE document = ?",
        [name, source],
    )
    for table in ("passages", "findings"):
        connection.execute(f"DELETE FROM {table} WHERE document = ?", [name])
        connection.execute(
            f"INSERT INTO {table} SELECT * REPLACE (? AS document) FROM {table} WHERE document = ?", [name, source]
        )


def _tell(connection: duckdb.DuckDBPyConnection, documents: set[str]) -> None:
    """Write what is known of documents: the surest of what is told of their files, and of what they tell themselves."""
    rows = connection.execute(
        "SELECT document, own, list(told ORDER BY path) FROM documents JOIN parts USING (document) JOIN files"
        " USING (path) WHERE document IN (SELECT unnest(?::VARCHAR[])) GROUP BY document, own",
        [sorted(documents)],
    ).fetchall()
    names = ", ".join(f"{name} = ?, {name}_source = ?" for name in FIELDS)
    for document, own, told in rows:
        facts = surest(*map(_facts, told), _facts(own))
        connection.execute(f"UPDATE documents SET {names} WHERE document = ?", [*_flat(facts), document])


def _move_decisions(
    connection: duckdb.DuckDBPyConnection, held: Sequence[tuple[str, str]], parts: Sequence[Sequence[object]]
) -> None:
    """Let what people decided of a document go with it where it is filed anew.

    A document that becomes several, since the table now tells its files apart, leaves its decisions to each: to the
    first as they are, to the others as taken for the same words elsewhere.
    """
    now = {(path, sha256_of(str(document))): str(document) for path, _, _, document, *_ in parts if document}
    moved: dict[str, set[str]] = {}
    for path, document in held:
        anew = now.get((path, sha256_of(document)), document)
        if anew != document:
            moved.setdefault(document, set()).add(anew)
    still = {
        row[0]
        for row in connection.execute(
            "SELECT DISTINCT document FROM parts WHERE document IN (SELECT unnest(?::VARCHAR[]))", [list(moved)]
        ).fetchall()
    }
    for document, names in moved.items():
        first, *others = [document] * (document in still) + sorted(names)
        for name in [first, *others] if first != document else others:
            connection.execute(
                "INSERT INTO decisions (document, finding, label, text_id, decision, labels, note, reviewer, alike,"
                " decided_at, sceau_version) SELECT $name, finding, label, text_id, decision, labels, note, reviewer,"
                " alike OR $other, decided_at, sceau_version FROM decisions AS old WHERE document = $document AND NOT"
                " EXISTS (FROM decisions AS new WHERE new.document = $name AND new.finding = old.finding AND"
                " new.reviewer = old.reviewer) ORDER BY number",
                {"name": name, "document": document, "other": name != first},
            )
        if first != document:
            connection.execute("DELETE FROM decisions WHERE document = ?", [document])
            connection.execute(
                "UPDATE sample_findings SET document = $name WHERE document = $document AND NOT EXISTS (FROM"
                " sample_findings AS other WHERE other.document = $name AND other.sample = sample_findings.sample AND"
                " other.finding = sample_findings.finding)",
                {"name": first, "document": document},
            )
            connection.execute("DELETE FROM sample_findings WHERE document = ?", [document])


#: The columns of what is inserted at once.
_FILE = pa.schema(
    {
        **{"path": pa.string(), "sha256": pa.string(), "bytes": pa.int64(), "recipe": pa.string()},
        **{"engine": pa.string(), "tries": pa.int32(), "told": pa.string()},
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


_DOCUMENT = _columns([*DocumentRow._fields, *(part for name in FIELDS for part in (name, f"{name}_source")), "own"])
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
