"""A clause of a store where it stands: its document, what was found in it, and the file that it came from."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from analyzer.corpus.rebuilt import DOCUMENT, PASSAGE, passage_of, report_of
from analyzer.corpus.statistics import Filters, documents_where
from analyzer.corpus.store import Store
from analyzer.errors import FileChanged, FileMissing
from analyzer.knowledge import load
from analyzer.reading import read_all
from analyzer.schema import Evidence, Finding, Lang, Passage, Report

__all__ = ["Clause", "Spot", "clause", "content", "spots"]


class Spot(NamedTuple):
    """A document that has some words, and the first page on which it has them."""

    document: str
    name: str
    insurer: str | None
    year: int | None
    page: int | None


@dataclass(frozen=True)
class Clause:
    """A passage of a document. ``report`` has the findings of this passage alone, without law and advice.

    ``verdicts`` are those of people (confirmed, rejected, disputed), by finding. ``files`` are the paths of the files
    that hold the document, with their sizes in bytes.
    """

    report: Report
    passage: Passage
    insurer: str | None
    product: str | None
    year: int | None
    verdicts: dict[str, str]
    files: tuple[tuple[str, int], ...]


def spots(store: Store, text_id: str, filters: Filters = Filters(), limit: int = 500) -> list[Spot]:
    """Return the documents that have a wording, by insurer and year; of ``filters``, those on documents count."""
    where, given = documents_where(filters)
    rows = store.rows(
        "SELECT document, name, insurer, year, min(page) FROM passages JOIN documents USING (document)"
        f" WHERE text_id = ? AND {where} GROUP BY ALL"
        " ORDER BY insurer NULLS LAST, year NULLS LAST, name, document LIMIT ?",
        [text_id, *given, limit],
    )
    return [Spot(*row) for row in rows]


def clause(store: Store, document: str, text_id: str, lang: Lang) -> Clause | None:
    """Return where a document says something first; nothing where it does not say it any more."""
    with store.reading() as connection:
        found = connection.execute(
            f"SELECT insurer, product, year, {DOCUMENT}, {PASSAGE}"
            " FROM passages JOIN documents USING (document) JOIN texts USING (text_id)"
            " WHERE document = ? AND text_id = ? ORDER BY ordinal LIMIT 1",
            [document, text_id],
        ).fetchone()
        if found is None:
            return None
        insurer, product, year, *row = found
        held = len(DOCUMENT.split(","))
        passage = passage_of(row[held:])
        findings = connection.execute(
            "SELECT finding, label, polarity, decision, score, calibrated, severity, legal_state, evidence, verdict"
            " FROM findings LEFT JOIN verdicts USING (document, finding)"
            " WHERE document = ? AND passage = ? AND polarity <> 'neutral' ORDER BY finding",
            [document, passage.id],
        ).fetchall()
        files = connection.execute(
            "SELECT DISTINCT path, bytes FROM parts JOIN files USING (path) WHERE document = ? ORDER BY path",
            [document],
        ).fetchall()
    known = load().labels
    told = [
        Finding(
            id=id,
            label=label,
            polarity=polarity,
            passage=passage,
            score=score,
            calibrated=calibrated,
            decision=decision,
            severity=severity,
            legal_state=state,
            evidence=tuple(
                Evidence(start=start, end=end, text=passage.text[start:end]) for start, end in json.loads(evidence)
            ),
            trace=(),
            title=known[label].title.get(lang),
        )
        for id, label, polarity, decision, score, calibrated, severity, state, evidence, _ in findings
        if label in known
    ]
    report = report_of(row[:held], told, lang)
    verdicts = {row[0]: row[-1] for row in findings if row[-1]}
    return Clause(report, passage, insurer, product, year, verdicts, tuple(files))


def content(found: Clause) -> bytes:
    """Return the bytes of the document, from the file in which it was read, if it still stands there as it was.

    Raises ``FileMissing`` where no file is there (one that was read elsewhere than on this computer never is),
    ``FileChanged`` where another stands in its place, ``SceauError`` where an archive cannot be opened any more.
    """
    wanted = found.report.document
    there = False
    for path, size in found.files:
        file = Path(path)
        try:
            if not file.is_file():
                continue
            there = True
            data = file.read_bytes() if file.stat().st_size == size else b""
        except OSError:
            continue
        for part in read_all(data, file.name) if data else ():
            if hashlib.sha256(part.data).hexdigest() == wanted.sha256:
                return part.data
    raise (FileChanged if there else FileMissing)(wanted.name)
