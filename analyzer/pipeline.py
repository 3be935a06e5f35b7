"""The corridor: read -> segment -> detect -> explain."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from itertools import groupby
from pathlib import Path

from analyzer.detection import Detection, detect
from analyzer.detection.normalise import fold, normalise
from analyzer.explanation import absent_safeguards, explain
from analyzer.knowledge import load, messages
from analyzer.reading import read
from analyzer.schema import (
    Context,
    Document,
    DocumentKind,
    Finding,
    Lang,
    Passage,
    Report,
    Summary,
    Unread,
)
from analyzer.segmentation import passage_from_text, segment
from analyzer.segmentation.language import language_of, main_language
from analyzer.segmentation.questions import questions
from analyzer.version import __version__

__all__ = ["Detection", "Progress", "analyze", "classify"]

#: Called with the name of the step that begins: "read", "segment", "detect", "explain".
Progress = Callable[[str], object]

#: A document with fewer passages on a subject hardly deals with it.
_FEW = 2
#: From this many questions on, a document is (also) a questionnaire; from this share on, it is little else.
_SOME_QUESTIONS = 3
_MOSTLY_QUESTIONS = 0.3
#: Halves of characters, which JSON can carry and no other part takes.
_SURROGATES = re.compile("[\ud800-\udfff]")


def analyze(
    source: Path | str | bytes,
    *,
    name: str | None = None,
    context: Context | None = None,
    lang: Lang = "fr",
    progress: Progress = lambda step: None,
) -> Report:
    """Read a document and say what its clauses do to medical secrecy.

    ``source`` is a path or the file's bytes (then ``name`` is shown in the report). ``context`` is what the reader
    tells of their situation. Raises a ``SceauError`` when nothing of the document can be read.
    """
    context = context or Context()
    progress("read")
    document = read(Path(source) if isinstance(source, str) else source, name)
    progress("segment")
    passages = segment(document)
    languages = [language_of(passage.text) for passage in passages]
    language = main_language([(code, len(passage.text)) for code, passage in zip(languages, passages, strict=True)])
    french = [passage for code, passage in zip(languages, passages, strict=True) if (code or language) == "fr"]
    progress("detect")
    detections = [detection for found in detect(french) for detection in _in_order(found)]
    progress("explain")
    findings = explain(detections, context, lang, date.today())
    asked = questions(french)
    document = document.model_copy(update={"language": language, "kind": _kind(french, asked)})
    unread = (
        *_unread_pages(document, lang),
        *_unread_languages(passages, languages, language, lang),
        *_unread_questions(asked, lang),
    )
    covered = context.jurisdiction in load().laws
    health = bool(findings) and _deals_with(french, "health")
    return Report(
        sceau_version=__version__,
        lang=lang,
        document=document,
        context=context,
        summary=_summary(findings, unread, document.kind, lang),
        findings=tuple(findings),
        safeguards_absent=absent_safeguards(findings, lang) if health and not unread else (),
        unread=unread,
        law_covered=covered,
        common_advice=load().laws[context.jurisdiction].common_advice.get(lang) if covered else (),
        notes=_notes(context, covered, bool(findings), lang),
    )


def classify(items: Sequence[tuple[str, str]]) -> list[list[Detection]]:
    """Return, for each pair of a text and its context, the labels decided, best first.

    Evidence spans point into the text exactly as it was given.
    """
    passages = [
        passage_from_text(_SURROGATES.sub("\ufffd", text), context=_SURROGATES.sub("\ufffd", context), id=str(number))
        for number, (text, context) in enumerate(items)
    ]
    return [[detection for detection in found if detection.decision == "warned"] for found in detect(passages)]


def _in_order(detections: Iterable[Detection]) -> list[Detection]:
    """Return a passage's detections in reading order of their evidence."""
    return sorted(detections, key=lambda detection: (detection.evidence[:1], detection.label))


def _deals_with(passages: Sequence[Passage], subject: str) -> bool:
    """Whether more than a few passages hold a term of ``subject``."""
    terms = [fold(normalise(term)[0]) for term in load().subjects[subject]]
    count = 0
    for passage in passages:
        text = fold(normalise(passage.text[:2_000])[0])
        count += any(term in text for term in terms)
        if count > _FEW:
            return True
    return False


def _kind(passages: Sequence[Passage], asked: Sequence[Passage]) -> DocumentKind:
    if len(asked) >= _SOME_QUESTIONS:
        return "questionnaire" if len(asked) > _MOSTLY_QUESTIONS * len(passages) else "mixed"
    return "contract" if _deals_with(passages, "insurance") else "other"


def _unread_pages(document: Document, lang: Lang) -> tuple[Unread, ...]:
    """Return one entry for each reason why pages are unread."""
    sentences = messages(lang)
    by_reason: dict[str, list[int]] = {}
    for page in document.pages:
        if page.read_by == "unread":
            by_reason.setdefault(page.reason or "unreadable", []).append(page.number)
    return tuple(
        Unread(
            code=reason,
            pages=tuple(numbers),
            message=sentences[f"unread.{reason}"].format(pages=page_list(numbers, lang)),
        )
        for reason, numbers in by_reason.items()
    )


def _unread_languages(
    passages: Sequence[Passage], languages: Sequence[str | None], main: str | None, lang: Lang
) -> tuple[Unread, ...]:
    """Return one entry for each run of passages in a language that Sceau does not read."""
    sentences = messages(lang)
    known = [(code or main, passage) for code, passage in zip(languages, passages, strict=True)]
    parts = []
    for code, group in groupby(known, key=lambda pair: pair[0]):
        if code == "fr":
            continue
        run = [passage for _, passage in group]
        numbers = sorted({box.page for passage in run for box in passage.boxes})
        parts.append(
            Unread(
                code="language",
                pages=tuple(numbers),
                message=sentences["unread.language"].format(
                    language=sentences[f"language.{code or 'unknown'}"], pages=page_list(numbers, lang)
                ),
                extract=run[0].text[:120],
            )
        )
    return tuple(parts)


def _unread_questions(asked: Sequence[Passage], lang: Lang) -> tuple[Unread, ...]:
    """Say that health questions are there and not judged yet."""
    if len(asked) < _SOME_QUESTIONS:
        return ()
    numbers = sorted({box.page for passage in asked for box in passage.boxes})
    message = messages(lang)["unread.questions"].format(pages=page_list(numbers, lang))
    return (Unread(code="questions", pages=tuple(numbers), message=message),)


def _summary(findings: Sequence[Finding], unread: Sequence[Unread], kind: DocumentKind, lang: Lang) -> Summary:
    """Return the counts and one honest sentence; it never says "nothing" of what was not read.

    People read passages: the sentence counts those, the counts beside it count warnings.
    """
    sentences = messages(lang)
    warnings = [finding for finding in findings if finding.polarity == "warning"]
    warned = [finding for finding in warnings if finding.decision == "warned"]
    passages = {finding.passage.id for finding in warned}
    important = {finding.passage.id for finding in warned if finding.severity == "high"}
    doubtful = {finding.passage.id for finding in warnings} - passages
    counts = {level: sum(finding.severity == level for finding in warned) for level in ("high", "medium", "low")}

    def counted(key: str, number: int) -> str:
        return sentences[f"{key}.one" if number == 1 else f"{key}.many"].format(count=number)

    if passages:
        sentence = counted("summary.found", len(passages))
        if important:
            sentence += " " + counted("summary.high", len(important))
        if doubtful:
            sentence += " " + counted("summary.to_check", len(doubtful))
    elif doubtful:
        sentence = counted("summary.only_to_check", len(doubtful))
    elif unread:
        sentence = sentences["summary.none_unread"]
    else:
        sentence = sentences["summary.none_other" if kind == "other" else "summary.none"]
    if unread and (passages or doubtful):
        sentence += " " + sentences["summary.unread"]
    return Summary(
        sentence=sentence,
        **counts,
        to_check=len(warnings) - len(warned),
        safeguards=sum(finding.polarity == "safeguard" for finding in findings),
    )


def _notes(context: Context, covered: bool, scored: bool, lang: Lang) -> tuple[str, ...]:
    sentences = messages(lang)
    notes = [sentences["note.not_a_lawyer"]]
    if scored:
        notes.append(sentences["note.score"])
    if not covered:
        notes.insert(0, sentences["note.law_not_covered"].format(country=sentences[f"country.{context.jurisdiction}"]))
    return tuple(notes)


def page_list(numbers: Sequence[int], lang: Lang) -> str:
    """Return page numbers as people write them: "page 3", "pages 2, 4 à 6"."""
    sentences = messages(lang)
    if not numbers:
        return sentences["pages.none"]
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    parts = [
        str(run[0]) if len(run) == 1 else sentences["pages.run"].format(first=run[0], last=run[-1]) for run in runs
    ]
    if len(parts) > 12:
        parts = [*parts[:12], "…"]
    return sentences["pages.one" if len(numbers) == 1 else "pages.many"].format(pages=", ".join(parts))
