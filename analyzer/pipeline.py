"""The corridor: read -> segment -> detect -> explain."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path

from analyzer.detection import PRECISE, Detection, detect, observe
from analyzer.detection.encoder import Encoder, load_encoder
from analyzer.detection.normalise import fold, normalise
from analyzer.explanation import absent_safeguards, explain
from analyzer.explanation.questionnaire import whole_form
from analyzer.explanation.rewording import reword
from analyzer.knowledge import load, messages
from analyzer.privacy import mask
from analyzer.reading import LIMITS, Limits, read
from analyzer.schema import (
    Context,
    Document,
    DocumentKind,
    Finding,
    Lang,
    Passage,
    PassageKind,
    Questionnaire,
    Report,
    Rewording,
    Summary,
    Unread,
)
from analyzer.segmentation import passage_from_text, segment
from analyzer.segmentation.language import language_of, main_language
from analyzer.segmentation.questions import is_question, question_from_text
from analyzer.version import __version__

__all__ = ["Detection", "Examined", "Progress", "analyze", "classify", "examine", "scores", "tell"]

#: Called with the name of the step that begins: "read", "segment", "detect", "explain".
Progress = Callable[[str], object]

#: A document with fewer passages on a subject hardly deals with it.
_FEW = 2
#: With fewer passages than a page has, nobody can tell what a document deals with.
_A_PAGE = 10
#: Passages classified at once.
_AT_ONCE = 200
#: From this many questions on, a document is (also) a questionnaire; with more than so many statements of this length
#: (characters) for a question, it is not only that.
_SOME_QUESTIONS = 3
_STATEMENT = 80
_MANY_STATEMENTS = 0.6
#: Halves of characters: JSON can carry them, and so can the name of a file; no other part takes them.
_SURROGATES = re.compile("[\ud800-\udfff]")


def analyze(
    source: Path | str | bytes,
    *,
    name: str | None = None,
    context: Context | None = None,
    lang: Lang = "fr",
    show_personal_data: bool = False,
    model: Path | None = None,
    use_encoder: bool = True,
    progress: Progress = lambda step: None,
) -> Report:
    """Read a document and say what its clauses do to medical secrecy, and what its questions are worth.

    ``source`` is a path or the file's bytes (then ``name`` is shown in the report). ``context`` is what the reader
    tells of their situation. Names, addresses, numbers that tell who somebody is are masked unless
    ``show_personal_data``. ``model`` is the folder of another encoder; without ``use_encoder`` rules decide alone.
    Raises a ``SceauError`` when nothing of the document can be read, or the encoder cannot be loaded.
    """
    examined = examine(source, name=name, model=model, use_encoder=use_encoder, progress=progress)
    return tell(examined, context, lang, show_personal_data=show_personal_data, progress=progress)


@dataclass(frozen=True)
class Examined:
    """A document with everything that was seen in it, before anything is said to anybody.

    ``french`` are the passages that were judged; ``languages`` stand beside ``passages``, ``None`` where a passage does
    not tell.
    """

    document: Document
    passages: tuple[Passage, ...]
    languages: tuple[str | None, ...]
    french: tuple[Passage, ...]
    detections: tuple[Detection, ...]
    encoder: Encoder | None
    on_health: bool

    @property
    def asks(self) -> bool:
        """Whether it asks questions."""
        return any(passage.kind == "question" for passage in self.french)


def examine(
    source: Path | str | bytes,
    *,
    name: str | None = None,
    model: Path | None = None,
    use_encoder: bool = True,
    limits: Limits = LIMITS,
    progress: Progress = lambda step: None,
) -> Examined:
    """Read a document, within ``limits``, and find what stands in it: all that takes time, and depends on no reader.

    The other parameters and the errors are those of ``analyze``.
    """
    progress("read")
    document = read(Path(source) if isinstance(source, str) else source, name, limits)
    progress("segment")
    passages = segment(document)
    languages = [language_of(passage.text) for passage in passages]
    language = main_language([(code, len(passage.text)) for code, passage in zip(languages, passages, strict=True)])
    if language is None and any(passage.kind == "question" for passage in passages):
        language = "fr"  # no sentence of a short form tells its language; but questions are known by French words
    french = [passage for code, passage in zip(languages, passages, strict=True) if (code or language) == "fr"]
    progress("detect")
    # The models learnt from text on health and know no other: a whole home or car policy is left to the rules.
    on_health = _deals_with(french, "health")
    on_subject = on_health or len(french) < _A_PAGE or any(passage.kind == "question" for passage in french)
    encoder = load_encoder(model) if use_encoder and french and on_subject else None
    return Examined(
        document=document.model_copy(
            update={
                "name": _SURROGATES.sub("\ufffd", document.name),
                "language": language,
                "kind": _kind(french),
            }
        ),
        passages=tuple(passages),
        languages=tuple(languages),
        french=tuple(french),
        detections=tuple(detection for found in detect(french, encoder) for detection in _in_order(found)),
        encoder=encoder,
        on_health=on_health,
    )


def tell(
    examined: Examined,
    context: Context | None = None,
    lang: Lang = "fr",
    *,
    show_personal_data: bool = False,
    progress: Progress = lambda step: None,
) -> Report:
    """Say what was found in a document, for a reader in the situation ``context``; takes a moment only."""
    context = context or Context()
    document, detections = examined.document, examined.detections
    progress("explain")
    findings = explain(detections, context, lang, date.today())
    form = None
    if examined.asks:
        progress("reword")
        rewordings = _reword(detections, findings, examined.encoder, lang)
        findings = [_with_rewording(finding, rewordings, lang) for finding in findings]
        form = whole_form(examined.french, detections, findings, rewordings, lang)
    unread = (
        *_unread_pages(document, lang),
        *_unread_languages(examined.passages, examined.languages, document.language, lang),
    )
    covered = context.jurisdiction in load().laws
    report = Report(
        sceau_version=__version__,
        lang=lang,
        document=document,
        context=context,
        summary=_summary(findings, form, unread, document.kind, lang),
        findings=tuple(findings),
        questionnaire=form,
        safeguards_absent=absent_safeguards(findings, lang) if findings and examined.on_health and not unread else (),
        unread=unread,
        law_covered=covered,
        common_advice=load().laws[context.jurisdiction].common_advice.get(lang) if covered else (),
        notes=_notes(document, context, covered, _score_note(findings), form is not None, lang),
    )
    return report if show_personal_data else mask(report, document)


def classify(
    items: Sequence[tuple[str, str]],
    kind: PassageKind = "clause",
    *,
    model: Path | None = None,
    use_encoder: bool = True,
    shown: bool = True,
) -> list[list[Detection]]:
    """Return, for each pair of a text and its context, the labels decided, best first.

    Evidence spans point into the text exactly as it was given; where they are not to be ``shown``, what only the models
    found has the whole text for evidence. Of kind ``question``, what is no question gets none. ``model`` and
    ``use_encoder`` are those of ``analyze``.
    """
    return _classify(items, kind, load_encoder(model) if use_encoder else None, shown)


def _classify(
    items: Sequence[tuple[str, str]], kind: PassageKind, encoder: Encoder | None, shown: bool
) -> list[list[Detection]]:
    passages, judged = _judged(items, kind)
    found: dict[str, list[Detection]] = {}
    for begin in range(0, len(judged), _AT_ONCE):
        part = judged[begin : begin + _AT_ONCE]
        found |= zip((passage.id for passage in part), detect(part, encoder, shown=shown), strict=True)
    return [
        [detection for detection in found.get(passage.id, ()) if detection.decision == "warned"] for passage in passages
    ]


def scores(
    items: Sequence[tuple[str, str]], kind: PassageKind = "clause", *, model: Path | None = None
) -> list[dict[str, float]]:
    """Return, for each pair of a text and its context, the probability of every label of its kind, decided or not.

    What is no question gets none; nor does anything where the model's scores are no probabilities.
    """
    encoder, known = load_encoder(model), load().labels
    passages, judged = _judged(items, kind)
    if not encoder.combination.calibrated or not judged:
        return [{} for _ in passages]
    values = encoder.combination.probabilities(encoder.labels, observe(judged, encoder))
    own = [(column, label) for column, label in enumerate(encoder.labels) if known[label].kind == kind]
    found = {
        passage.id: {label: float(row[column]) for column, label in own}
        for passage, row in zip(judged, values, strict=True)
    }
    return [found.get(passage.id, {}) for passage in passages]


def _judged(items: Sequence[tuple[str, str]], kind: PassageKind) -> tuple[list[Passage], list[Passage]]:
    """Return texts as passages, and those among them that are judged: of kind ``question``, what is one."""
    passages = _passages(items, kind)
    return passages, [one for one in passages if kind == "clause" or is_question(one.text, one.context)]


def _passages(items: Sequence[tuple[str, str]], kind: PassageKind) -> list[Passage]:
    make = passage_from_text if kind == "clause" else question_from_text
    return [
        make(_SURROGATES.sub("\ufffd", text), context=_SURROGATES.sub("\ufffd", context), id=str(number))
        for number, (text, context) in enumerate(items)
    ]


def _reword(
    detections: Sequence[Detection], findings: Sequence[Finding], encoder: Encoder | None, lang: Lang
) -> dict[str, Rewording]:
    """Return, for each question, what to do with it; every wording proposed has passed Sceau's own check."""

    def come_out_precise(wordings: Sequence[str]) -> list[bool]:
        return [
            [detection.label for detection in found] == [PRECISE]
            for found in _classify([(wording, "") for wording in wordings], "question", encoder, shown=False)
        ]

    found: dict[str, list[tuple[Detection, Finding]]] = {}
    for detection, finding in zip(detections, findings, strict=True):
        if detection.passage.kind == "question":
            found.setdefault(detection.passage.id, []).append((detection, finding))
    return {
        passage: reword(
            pairs[0][0].passage, [pair[0] for pair in pairs], [pair[1] for pair in pairs], lang, come_out_precise
        )
        for passage, pairs in found.items()
    }


def _with_rewording(finding: Finding, rewordings: dict[str, Rewording], lang: Lang) -> Finding:
    """Return the finding with the wording proposed for its question, as text."""
    rewording = rewordings.get(finding.passage.id)
    if rewording is None or rewording.action == "keep":
        return finding
    text = "\n".join(rewording.lines)
    if rewording.action == "remove":
        text = messages(lang)["rewording.remove"].format(why=rewording.why)
    return finding.model_copy(update={"rewording": text})


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


def _kind(passages: Sequence[Passage]) -> DocumentKind:
    """Return what a document is: a questionnaire, a contract, both, or something else."""
    asked = sum(passage.kind == "question" for passage in passages)
    stated = sum(passage.kind == "clause" and len(passage.text) > _STATEMENT for passage in passages)
    if asked >= _SOME_QUESTIONS:
        return "mixed" if stated > _MANY_STATEMENTS * asked else "questionnaire"
    return "contract" if _deals_with(passages, "insurance") else "other"


def _unread_pages(document: Document, lang: Lang) -> tuple[Unread, ...]:
    """Return one entry for each reason why pages are unread, or were hard to read."""
    sentences = messages(lang)
    by_reason: dict[str, list[int]] = {}
    for page in document.pages:
        if page.reason or page.read_by == "unread":
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


def _summary(
    findings: Sequence[Finding],
    form: Questionnaire | None,
    unread: Sequence[Unread],
    kind: DocumentKind,
    lang: Lang,
) -> Summary:
    """Return the counts and one honest sentence; it never says "nothing" of what was not read.

    People read passages: the sentence counts those, the counts beside it count warnings. Questions are counted apart.
    """
    sentences = messages(lang)
    warnings = [finding for finding in findings if finding.polarity == "warning"]
    warned = [finding for finding in warnings if finding.decision == "warned"]
    clauses = [finding for finding in warnings if finding.passage.kind == "clause"]
    passages = {finding.passage.id for finding in clauses if finding.decision == "warned"}
    important = {
        finding.passage.id for finding in clauses if finding.decision == "warned" and finding.severity == "high"
    }
    doubtful = {finding.passage.id for finding in clauses} - passages
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
    elif form:
        sentence = ""
    elif unread:
        sentence = sentences["summary.none_unread"]
    else:
        sentence = sentences["summary.none_other" if kind == "other" else "summary.none"]
    if form:
        parts = [counted("summary.questions", len(form.questions))]
        parts += [
            counted(f"summary.questions.{name}", form.counts[name])
            for name in ("forbidden", "overbroad", "to_check", "precise")
            if form.counts[name]
        ]
        sentence = " ".join((*filter(None, (sentence,)), parts[0], sentences["list"].join(parts[1:]) + "."))
    if unread and (passages or doubtful or form):
        sentence += " " + sentences["summary.unread"]
    return Summary(
        sentence=sentence,
        **counts,
        to_check=len(warnings) - len(warned),
        safeguards=sum(finding.polarity == "safeguard" for finding in findings),
    )


def _score_note(findings: Sequence[Finding]) -> str | None:
    """Return which note explains the scores shown, if any are."""
    if not findings:
        return None
    return "note.probability" if any(finding.calibrated for finding in findings) else "note.score"


def _notes(
    document: Document, context: Context, covered: bool, scored: str | None, asked: bool, lang: Lang
) -> tuple[str, ...]:
    sentences = messages(lang)
    values = load().values(date.today(), lang)
    notes = [sentences["note.not_a_lawyer"]]
    if scored:
        notes.append(sentences[scored])
    if recognised := [page.number for page in document.pages if page.read_by == "ocr"]:
        notes.insert(0, sentences["note.ocr"].format(pages=page_list(recognised, lang)))
    if asked and covered and context.contract == "home-loan" and None in (context.loan_share, context.loan_end_age):
        notes.insert(0, sentences["note.small_home_loan"].format_map(values))
    if asked and covered and context.contract == "health" and context.insurer is None:
        notes.insert(0, sentences["note.mutual"])
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
