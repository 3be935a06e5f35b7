"""Small stores of a corpus, of made-up rows: nothing is read or judged to make them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from analyzer.corpus.records import FIELDS, DocumentRow, Fact, FileResult, FindingRow, Part, PassageRow
from analyzer.corpus.store import Store
from analyzer.knowledge import load

#: What the documents of ``small`` say, one sentence a label.
WAIVER = "L'assuré délie ses médecins du secret médical et les autorise à répondre à toute question de l'assureur."
SHARING = "Vos données de santé sont transmises aux sociétés du groupe Exemple et à ses partenaires commerciaux."
DEATH = "Après le décès, les héritiers autorisent le médecin traitant à transmettre le dossier complet à l'assureur."
SEALED = "Les pièces médicales sont envoyées sous pli confidentiel au médecin-conseil de la compagnie."
QUESTION = "Avez-vous déjà consulté un médecin pour des troubles divers ?"
PLAIN = "La cotisation est due chaque année à la date d'échéance du contrat."


class Said(NamedTuple):
    """A passage with the labels found in it; without any, one of which Sceau says nothing."""

    text: str
    labels: tuple[str, ...] = ()
    kind: str = "clause"
    context: str = ""
    page: int | None = 1
    small_print: bool = False
    font_size: float | None = 10.0
    severity: str | None = "medium"
    legal_state: str | None = "contestable"
    decision: str = "warned"
    score: float = 0.8
    number: str = ""
    section: tuple[str, ...] = ("Titre II",)


def file(
    path: str,
    *said: Said,
    insurer: str | None = None,
    product: str | None = None,
    year: int | None = None,
    country: str | None = "FR",
    kind: str = "contract",
    language: str | None = "fr",
    pages: int = 2,
    pages_unread: int = 0,
    questions: int | None = None,
    full_text: bool = False,
    **more: Any,
) -> FileResult:
    """A file with one document; its content is what tells it from others: path, words, and labels."""
    known = {
        name: Fact(str(value), "table")
        for name, value in zip(FIELDS, (insurer, product, year, country), strict=True)
        if value is not None
    }
    sha256 = hashlib.sha256(repr((path, said)).encode("utf-8", "replace")).hexdigest()
    unread = [{"code": "no_text_layer", "pages": list(range(1, pages_unread + 1)), "message": "Page non lue."}]
    row = DocumentRow(
        **{
            "document": sha256,
            "name": path.rsplit("/", 1)[-1],
            "media_type": "application/pdf",
            "kind": kind,
            "language": language,
            "jurisdiction": "FR",
            "pages": pages,
            "pages_unread": pages_unread,
            "unread": json.dumps(unread if pages_unread else []),
            "page_sizes": json.dumps([[number, 595.0, 842.0, 0] for number in range(1, pages + 1)]),
            "questions": sum(one.kind == "question" for one in said) if questions is None else questions,
            "recipe": "r",
            "full_text": full_text,
            "seconds_reading": 0.1,
            "seconds_detecting": 0.2,
        }
        | more
    )
    passages = tuple(_passage(sha256, ordinal, one) for ordinal, one in enumerate(said))
    findings = tuple(
        _finding(sha256, place, one, label) for place, one in zip(passages, said, strict=True) for label in one.labels
    )
    part = Part(row.name, row, passages=passages, findings=findings)
    return FileResult(path, sha256, 1000 + len(path), "r", (part,), known)


def standing(path: Path, *said: Said, document: bytes | None = None, **more: Any) -> FileResult:
    """A file that stands at ``path``; ``document`` is the content of its document, if that is only a part of it."""
    whole = path.read_bytes()
    made = file(str(path), *said, **more)
    name = hashlib.sha256(whole if document is None else document).hexdigest()
    (part,) = made.parts
    assert part.document is not None
    part = replace(
        part,
        document=part.document._replace(document=name),
        passages=tuple(row._replace(document=name) for row in part.passages),
        findings=tuple(row._replace(document=name) for row in part.findings),
    )
    return replace(made, sha256=hashlib.sha256(whole).hexdigest(), size=len(whole), parts=(part,))


def failed(path: str, code: str = "file_damaged", **facts: object) -> FileResult:
    """A file that could not be read."""
    name = path.rsplit("/", 1)[-1]
    sha256 = hashlib.sha256(path.encode()).hexdigest()
    return FileResult(path, sha256, 10, "r", (Part(name, code=code, facts=facts),))


def store(path: Path, files: Sequence[FileResult]) -> Store:
    """A store that holds these files."""
    made = Store.create(path)
    made.add(files, "e")
    return made


def small(path: Path) -> Store:
    """A store of 31 files: four insurers, two years, clauses that are copied, one file that could not be read.

    Alpha (12 documents, 6 a year): all waive secrecy, in 2026 in small print and at high severity; in 2026 the rest of
    the text stands, too; in each year, one doubtful clause. Beta (10): 6 share data, with its name in the clause, all
    have a safeguard. Gamma (5): nothing but the safeguard. Delta (2, too few to say much): heirs and waiver. Besides, a
    form of an unknown insurer and a damaged file.
    """
    files = []
    for year in (2025, 2026):
        for number in range(6):
            new = year == 2026
            waiver = Said(
                WAIVER,
                ("secrecy_waiver",),
                small_print=new,
                font_size=6.5 if new else 9.0,
                severity="high" if new else "medium",
                legal_state="forbidden" if new else "contestable",
            )
            doubtful = Said(DEATH, ("posthumous_waiver",), decision="to_check", score=0.5, page=2)
            said = (waiver, Said(PLAIN), doubtful) if number == 0 else (waiver, Said(PLAIN))
            name = f"alpha/{year}/contrat {number}.pdf"
            files.append(
                file(name, *said, insurer="Alpha", product="Santé", year=year, full_text=new, pages_unread=number % 2)
            )
        for number in range(5):
            sharing = Said(SHARING.replace("Exemple", "Beta"), ("data_sharing",), severity="low")
            said = (sharing, Said(SEALED, ("safe_medical_officer",), severity=None, legal_state=None))
            name = f"beta/{year}/conditions {number}.pdf"
            files.append(file(name, *said[number % 2 :], insurer="Beta", product="Prévoyance", year=year))
    for number in range(5):
        safe = Said(SEALED, ("safe_medical_officer",), severity=None, legal_state=None)
        files.append(file(f"gamma/2026/{number}.pdf", safe, insurer="Gamma", product="Santé", year=2026))
    for number in range(2):
        said = (
            Said(f"{DEATH[:-1]} n° {number}.", ("posthumous_waiver",), severity="high"),
            Said(WAIVER, ("secrecy_waiver",)),
        )
        files.append(file(f"delta/2026/{number}.pdf", *said, insurer="Delta", product="Santé", year=2026))
    question = Said(QUESTION, ("vague_terms", "no_time_limit"), kind="question", number="3", severity="low")
    files.append(file("divers/questionnaire.pdf", question, kind="questionnaire"))
    files.append(failed("divers/abîmé.pdf"))
    return store(path, files)


def _passage(document: str, ordinal: int, said: Said) -> PassageRow:
    boxes = [] if said.page is None else [[said.page, 50.0, 100.0 + 30 * ordinal, 300.0, 112.0 + 30 * ordinal]]
    return PassageRow(
        *(document, f"p{ordinal}", ordinal, said.kind, said.text, said.context, said.page, list(said.section)),
        *(said.font_size, said.small_print, said.number, None, json.dumps(boxes)),
    )


def _finding(document: str, place: PassageRow, said: Said, label: str) -> FindingRow:
    known = load().labels[label]
    trace = [{"effect": "fired", "rule": f"{label}/rule", "words": [], "note": "", "score": said.score}]
    return FindingRow(
        *(document, f"{label}-{place.passage}", place.passage, label, known.polarity, said.decision, said.score, False),
        *(said.severity, said.legal_state, known.title.fr, json.dumps([[0, min(len(said.text), 10)]])),
        *(json.dumps(trace), ["fr-x"]),
    )
