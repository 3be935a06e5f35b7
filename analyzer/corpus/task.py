"""What is done to each file of a corpus, in whichever process: read, judged, told, masked, turned into rows.

The same function runs in the processes of this computer and on those of a cluster. What comes of a file depends on its
bytes and on the recipe, nothing else: a file whose bytes and recipe are in the store need not be read again.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from threading import Lock
from typing import NamedTuple, cast

from analyzer import pipeline
from analyzer.comparison import may_be_filled, without_answers
from analyzer.corpus.metadata import from_document
from analyzer.corpus.records import DocumentRow, Fact, Field, FileResult, FindingRow, Part, PassageRow
from analyzer.detection.encoder import load_encoder, shipped
from analyzer.errors import ModelMissing, SceauError, told_of
from analyzer.privacy import mask_passages
from analyzer.reading import LIMITS, read_all
from analyzer.schema import Box, Context, Edition, Finding, Jurisdiction, Lang, Page, Passage, Report
from analyzer.version import __version__

__all__ = ["Engine", "Given", "Recipe", "engine", "made_ready", "name_of", "read_file", "read_files"]

#: Files are read side by side: each has one process for its pictures, and the time that several would have had.
_LIMITS = replace(LIMITS, ocr_processes=1, ocr_seconds=LIMITS.ocr_seconds * LIMITS.ocr_processes)
#: A worker of a cluster may have threads; the readers and models are for one at a time.
_ONE_AT_A_TIME = Lock()


class Engine(NamedTuple):
    """What judges, and its digest: the version of Sceau, all that it knows, the model (``None`` for rules alone)."""

    engine: str
    sceau_version: str
    knowledge: str
    model: str | None


@dataclass(frozen=True)
class Recipe:
    """How documents are read: for whom, in which language, with which model; whether all passages are kept."""

    context: Context = field(default_factory=Context)
    lang: Lang = "fr"
    model: Path | None = None
    use_encoder: bool = True
    full_text: bool = False

    def of(self, known: dict[Field, Fact]) -> Recipe:
        """Return the recipe for a file of which the table or its path tells the country: whose law is looked at."""
        country = known.get("country")
        if country is None:
            return self
        jurisdiction = cast(Jurisdiction, country.value)
        return replace(self, context=self.context.model_copy(update={"jurisdiction": jurisdiction}))

    @property
    def digest(self) -> str:
        """What names all but the file that a result depends on."""
        judge = engine(self).engine
        return _digest(judge, self.context.model_dump_json(), self.lang, str(self.full_text))


class Given(NamedTuple):
    """A file to read: what names it in the store, its bytes, and what the table and its path tell of it."""

    path: str
    data: bytes
    known: dict[Field, Fact]


def engine(recipe: Recipe) -> Engine:
    """Return what judges by this recipe. Raises ``ModelMissing``."""
    return _engine((recipe.model or shipped()) if recipe.use_encoder else None)


def made_ready(recipe: Recipe) -> Engine:
    """Load what the recipe needs, once in the life of a process, and return what judges in this process.

    Raises what ``load_encoder`` raises.
    """
    if recipe.use_encoder:
        load_encoder(recipe.model, threads=1)  # each process has its core
    return engine(recipe)


def read_files(given: Sequence[Given], recipe: Recipe) -> list[FileResult]:
    """Return what comes of files, in order; never raises."""
    with _ONE_AT_A_TIME:
        return [read_file(*one, recipe) for one in given]


def read_file(path: str, data: bytes, known: dict[Field, Fact], recipe: Recipe) -> FileResult:
    """Return what comes of a file: its documents as rows, each that could not be read with its error. Never raises."""
    recipe = recipe.of(known)
    name = name_of(path)
    return FileResult(
        path=path,
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        recipe=recipe.digest,
        parts=tuple(_parts(name, data, recipe)),
        known=known,
    )


def name_of(path: str) -> str:
    """Return the last part of a path or an address, whichever system wrote it."""
    return path.rsplit("/", 1)[-1].rsplit("\\", 1)[-1]


def _parts(name: str, data: bytes, recipe: Recipe) -> Iterator[Part]:
    try:
        with told_of(name):
            made_ready(recipe)
            found = read_all(data, name, _LIMITS)
    except SceauError as error:
        yield Part(name, code=error.code, facts=error.facts)
        return
    for part in found:
        try:
            if part.error is not None:
                raise part.error
            with told_of(part.name):
                yield _read(part.name, part.data, recipe)
        except SceauError as error:
            yield Part(part.name, code=error.code, facts=error.facts)


def _read(name: str, data: bytes, recipe: Recipe) -> Part:
    """Return a document as rows. Raises what ``pipeline.examine`` raises."""
    begins = {"read": time.perf_counter()}

    def step(begun: str) -> None:
        begins[begun] = time.perf_counter()

    examined = pipeline.examine(
        data, name=name, model=recipe.model, use_encoder=recipe.use_encoder, limits=_LIMITS, progress=step
    )
    report = pipeline.tell(examined, recipe.context, recipe.lang)
    known = from_document(examined.document)
    passages = {finding.passage.id: finding.passage for finding in report.findings}
    if recipe.full_text:
        edition = Edition(report, mask_passages(examined.passages, examined.document))
        kept = without_answers(edition) if may_be_filled(edition) else edition
        passages = {passage.id: passage for passage in kept.passages} | passages
    places = {passage.id: place for place, passage in enumerate(examined.passages)}
    document = report.document.sha256
    return Part(
        name=report.document.name,
        document=_document(report, recipe, begins["segment"] - begins["read"], time.perf_counter() - begins["segment"]),
        known=known,
        passages=tuple(
            _passage(document, places[passage.id], passage)
            for passage in sorted(passages.values(), key=lambda passage: places[passage.id])
        ),
        findings=tuple(_finding(document, finding) for finding in report.findings),
    )


def _document(report: Report, recipe: Recipe, reading: float, detecting: float) -> DocumentRow:
    document = report.document
    return DocumentRow(
        document=document.sha256,
        name=document.name,
        media_type=document.media_type,
        kind=document.kind,
        language=document.language,
        jurisdiction=report.context.jurisdiction,
        pages=len(document.pages),
        pages_unread=sum(page.read_by == "unread" for page in document.pages),
        unread=_json([{"code": one.code, "pages": one.pages, "message": one.message} for one in report.unread]),
        page_sizes=_json([_size(page) for page in document.pages]),
        questions=len(report.questionnaire.questions) if report.questionnaire else 0,
        recipe=recipe.digest,
        full_text=recipe.full_text,
        seconds_reading=reading,
        seconds_detecting=detecting,
    )


def _passage(document: str, place: int, passage: Passage) -> PassageRow:
    return PassageRow(
        document=document,
        passage=passage.id,
        ordinal=place,
        kind=passage.kind,
        text=passage.text,
        context=passage.context,
        page=passage.boxes[0].page if passage.boxes else None,
        section=list(passage.section),
        font_size=passage.font_size,
        small_print=passage.small_print,
        number=passage.number,
        answer=passage.answer,
        boxes=_json([_box(box) for box in passage.boxes]),
    )


def _finding(document: str, finding: Finding) -> FindingRow:
    return FindingRow(
        document=document,
        finding=finding.id,
        passage=finding.passage.id,
        label=finding.label,
        polarity=finding.polarity,
        decision=finding.decision,
        score=finding.score,
        calibrated=finding.calibrated,
        severity=finding.severity,
        legal_state=finding.legal_state,
        title=finding.title,
        evidence=_json([[part.start, part.end] for part in finding.evidence]),
        trace=_json([step.model_dump(exclude_defaults=True) for step in finding.trace]),
        grounds=[ground.id for ground in finding.grounds],
    )


def _size(page: Page) -> list[float]:
    return [page.number, round(page.width, 2), round(page.height, 2), page.turned]


def _box(box: Box) -> list[float]:
    return [box.page, *(round(edge, 2) for edge in (box.x0, box.top, box.x1, box.bottom))]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@cache
def _engine(model: Path | None) -> Engine:
    knows = _digest(*_knowledge(files("analyzer.knowledge")))
    weights = None if model is None else _model(model)
    return Engine(_digest(__version__, knows, str(weights)), __version__, knows, weights)


def _knowledge(folder: Traversable) -> Iterator[str]:
    """Yield the names and texts of all knowledge files."""
    for path in sorted(folder.iterdir(), key=lambda path: path.name):
        if path.is_dir():
            yield from _knowledge(path)
        elif path.name.endswith(".yaml"):
            yield path.name
            yield path.read_text("utf-8")


def _model(folder: Path) -> str:
    """Return the digest of a model: of its checksums, where it has some, else of all its files."""
    sums = folder / "checksums.json"
    try:
        paths = [sums] if sums.is_file() else sorted(path for path in folder.rglob("*") if path.is_file())
        if paths:
            return _digest(*(part for path in paths for part in (path.name, path.read_bytes())))
    except OSError:
        pass
    raise ModelMissing(folder.name)


def _digest(*parts: str | bytes) -> str:
    """Return a digest of parts: their lengths count, so that nothing moves from one to the next unseen."""
    total = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "replace") if isinstance(part, str) else part
        total.update(b"%d:" % len(data) + data)
    return total.hexdigest()[:32]
