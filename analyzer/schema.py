"""The nouns that every room speaks.

Units: boxes and font sizes are in PDF points with the origin at the top left of the page; pages are
numbered from 1; spans are half-open character offsets ``[start, end)``.

What leaves the program (``Report`` and everything inside it) is a frozen pydantic model, so that the
JSON Schema that others rely on is generated from the same place. Lines and words are many and never
leave the program: they are plain tuples, kept out of the JSON.
"""

from __future__ import annotations

from typing import Annotated, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, SkipValidation

#: Version of the report's JSON. A consumer may rely on a given major version.
REPORT_FORMAT = "1.1"
#: Version of a comparison's JSON.
COMPARISON_FORMAT = "1.0"

Lang = Literal["fr", "en"]
Polarity = Literal["warning", "safeguard", "neutral"]
Decision = Literal["warned", "to_check"]
LegalState = Literal["forbidden", "contestable", "worth_knowing"]
Severity = Literal["high", "medium", "low"]
PassageKind = Literal["clause", "question"]
DocumentKind = Literal["contract", "questionnaire", "mixed", "other"]
ReadBy = Literal["text layer", "ocr", "unread"]
Contract = Literal["home-loan", "other-loan", "provident", "health", "travel", "accident", "other"]
Insurer = Literal["mutual", "company", "provident-institution"]
Jurisdiction = Literal["FR", "BE", "CH", "LU", "CA-QC"]
Stage = Literal["not-signed", "signed", "claim", "after-death"]
#: Whether the boxes of a question are ticked; which one is nobody's business here, and is never kept.
AnswerState = Literal["ticked", "empty", "unknown"]
#: What a question is worth: it may be asked as it is; it asks too much; it may not be asked; Sceau hesitates.
Verdict = Literal["precise", "overbroad", "forbidden", "to_check"]
#: What became of a clause or a question from one edition to the next; ``moved`` may be reworded, too.
ChangeKind = Literal["same", "reworded", "moved", "added", "removed"]
#: What a change does to the reader.
Effect = Literal["harsher", "milder", "neutral", "unclear"]


class Frozen(BaseModel):
    """A value that is never changed after it was made."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Word(NamedTuple):
    """Where a run of characters of a line stands: ``line.text[start:end]`` spans ``x0`` to ``x1``.

    ``family`` is the family of its font, in lower case; empty where it is not known (a scan).
    """

    start: int
    end: int
    x0: float
    x1: float
    family: str = ""


class Line(NamedTuple):
    """One printed line (or the part of it that stands in one column).

    ``text`` is what the page shows, with ligatures resolved and odd spaces made plain; ``words``
    covers every visible character of it, in order.
    """

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    font_size: float
    bold: bool
    words: tuple[Word, ...]


class Mark(NamedTuple):
    """Something on a page to answer with: a box to tick, drawn or of a form; or a field to fill in.

    ``name`` is what the form's author says of it (the tool tip of a form field); empty for a drawn box. What was
    written into a field is not kept, only whether something was.
    """

    kind: Literal["tick", "text"]
    x0: float
    top: float
    x1: float
    bottom: float
    state: AnswerState
    name: str = ""


class Cell(NamedTuple):
    """A cell of a ruled table: the rectangle that its lines enclose. ``table`` numbers the tables of a page."""

    table: int
    x0: float
    top: float
    x1: float
    bottom: float


class Page(Frozen):
    """A page: its size, how it was read, and its lines in the order of the file.

    ``marks`` and ``cells`` are looked for only where the page may be a form. A picture of a page may lie on its side:
    ``turned`` is by how many degrees, clockwise, it was turned to be read; size and boxes are those of the turned page.
    """

    number: int = Field(ge=1)
    width: float
    height: float
    read_by: ReadBy
    reason: str | None = Field(
        default=None, description="Error code that says why the page is unread, or badly read; absent otherwise."
    )
    turned: int = Field(default=0, exclude=True, repr=False)
    lines: Annotated[tuple[Line, ...], SkipValidation] = Field(default=(), exclude=True, repr=False)
    marks: Annotated[tuple[Mark, ...], SkipValidation] = Field(default=(), exclude=True, repr=False)
    cells: Annotated[tuple[Cell, ...], SkipValidation] = Field(default=(), exclude=True, repr=False)


class Document(Frozen):
    """A file as it was read. ``language`` is an ISO 639-1 code, ``None`` when nothing could be read."""

    name: str
    sha256: str
    media_type: str
    kind: DocumentKind = "other"
    language: str | None = None
    pages: tuple[Page, ...]
    properties: dict[str, str] = Field(
        default_factory=dict,
        exclude=True,
        repr=False,
        description="What the file says of itself beside its pages: Title, Company, CreationDate, as a PDF has them.",
    )


class Context(Frozen):
    """What the reader tells about their situation; everything is optional."""

    contract: Contract | None = None
    insurer: Insurer | None = None
    jurisdiction: Jurisdiction = "FR"
    loan_share: Annotated[float, Field(ge=0)] | None = Field(
        default=None, description="Insured share of all home loans together, in euros."
    )
    loan_end_age: Annotated[int, Field(ge=0, le=130)] | None = Field(
        default=None, description="Age of the insured when the loans end, in years."
    )
    stage: Stage | None = None


class Box(Frozen):
    """A rectangle on a page."""

    page: int = Field(ge=1)
    x0: float
    top: float
    x1: float
    bottom: float


class Piece(NamedTuple):
    """``passage.text[start:end]`` is ``line.text[offset : offset + end - start]`` on page ``page``."""

    start: int
    end: int
    page: int
    line: Line
    offset: int


class Passage(Frozen):
    """A clause or a question, with what it inherits and where it stands.

    A question's text holds neither its number nor its answer boxes; what to add "if so" belongs to it.
    ``sentences`` are spans of ``text``. ``pieces`` tie the text to the lines it was made of; they are
    empty for a passage that does not come from a page (``sceau classify``).
    """

    id: str
    kind: PassageKind = "clause"
    text: str
    context: str = Field(default="", description="Stem or heading that the passage depends on.")
    section: tuple[str, ...] = ()
    boxes: tuple[Box, ...] = ()
    font_size: float | None = None
    small_print: bool = False
    number: str = Field(default="", description="For a question: its number on the form, such as 3 or 10g.")
    answer: AnswerState | None = Field(
        default=None, description="For a question: whether it was answered. The answer itself is never kept."
    )
    sentences: tuple[tuple[int, int], ...] = Field(default=(), exclude=True, repr=False)
    pieces: Annotated[tuple[Piece, ...], SkipValidation] = Field(default=(), exclude=True, repr=False)

    def locate(self, start: int, end: int) -> tuple[Box, ...]:
        """Return the boxes, one a printed line, that cover ``text[start:end]``."""
        boxes = []
        for piece in self.pieces:
            first = max(start, piece.start) - piece.start + piece.offset
            last = min(end, piece.end) - piece.start + piece.offset
            if first >= last:
                continue
            edges = [
                _word_edges(word, first, last) for word in piece.line.words if word.start < last and first < word.end
            ]
            if edges:
                boxes.append(
                    Box(
                        page=piece.page,
                        x0=min(edge[0] for edge in edges),
                        top=piece.line.top,
                        x1=max(edge[1] for edge in edges),
                        bottom=piece.line.bottom,
                    )
                )
        return tuple(boxes)


def _word_edges(word: Word, first: int, last: int) -> tuple[float, float]:
    """Return the horizontal extent of the part of ``word`` inside ``[first, last)`` of its line."""
    step = (word.x1 - word.x0) / (word.end - word.start)
    left = word.x0 + max(0, first - word.start) * step
    right = word.x1 - max(0, word.end - last) * step
    return left, right


class Evidence(Frozen):
    """The words that caused a finding: a span of the passage's text, and where it is printed."""

    start: int = Field(ge=0)
    end: int
    text: str
    boxes: tuple[Box, ...] = ()


class TraceStep(Frozen):
    """One reason: a rule that fired on some words, or something that raised or lowered the result."""

    effect: Literal["fired", "raised", "lowered"]
    rule: str
    words: tuple[str, ...] = ()
    note: str = ""
    score: float | None = None


class Ground(Frozen):
    """A legal text that a finding rests on, in our own words, with how strong it is."""

    id: str
    citation: str
    says: str
    strength: str
    date: str
    checked: str = Field(description="How the text was checked, in words.")
    url: str | None = None


class Finding(Frozen):
    """A label found in a passage, and what there is to say of it."""

    id: str
    label: str
    polarity: Polarity
    passage: Passage
    score: float = Field(ge=0, le=1)
    calibrated: bool = Field(default=False, description="Whether the score is a probability.")
    decision: Decision
    evidence: tuple[Evidence, ...]
    trace: tuple[TraceStep, ...]
    case: str | None = None
    legal_state: LegalState | None = None
    severity: Severity | None = None
    title: str = ""
    text: str = ""
    grounds: tuple[Ground, ...] = ()
    advice: tuple[str, ...] = ()
    how_to_answer: str = Field(default="", description="For a question: how to answer it honestly.")
    rewording: str | None = Field(
        default=None,
        description="For a question: the wording proposed, one question a line, or a sentence that says to remove it.",
    )


class Absent(Frozen):
    """A safeguard that was looked for and not found."""

    label: str
    title: str
    text: str


class Unread(Frozen):
    """A page or part that could not be read, and why."""

    code: str
    pages: tuple[int, ...] = ()
    message: str
    extract: str = Field(default="", description="First words of the part, for one in another language.")


class Rewording(Frozen):
    """What to do with a question. ``lines`` are the wordings proposed, each a question of its own, in French.

    They are empty where the question is to be kept as it is, or removed. ``why`` says why in one or two sentences.
    """

    action: Literal["keep", "replace", "remove"]
    lines: tuple[str, ...] = ()
    why: str


class Question(Frozen):
    """One question of a form, as a whole: all its findings together, most serious first."""

    passage: str = Field(description="Id of the passage.")
    number: str = ""
    page: int | None = None
    verdict: Verdict
    labels: tuple[str, ...]
    legal_state: LegalState | None = None
    findings: tuple[str, ...] = Field(description="Ids of the findings.")
    window_months: int | None = Field(
        default=None, description="How far back it asks, in months; absent when it does not say, or asks of today."
    )
    rewording: Rewording


class Notice(Frozen):
    """Something that a health questionnaire should tell its reader, looked for in the whole document."""

    id: str
    title: str
    text: str
    found: bool
    pages: tuple[int, ...] = ()


class Questionnaire(Frozen):
    """A form as a whole. ``reading_ease`` is 0 (very hard) to 100 (very easy), absent for too little text."""

    questions: tuple[Question, ...] = Field(description="In reading order.")
    counts: dict[Verdict, int]
    share_precise: float = Field(ge=0, le=1)
    longest_window_months: int | None = None
    without_window: int = Field(default=0, description="Questions on the past that set no limit in time.")
    notices: tuple[Notice, ...] = ()
    reading_ease: float | None = None


class Summary(Frozen):
    """The report in one honest sentence, which counts passages, and its counts of findings.

    ``high``, ``medium`` and ``low`` count decided warnings, ``to_check`` the warnings to check.
    """

    sentence: str
    high: int = 0
    medium: int = 0
    low: int = 0
    to_check: int = 0
    safeguards: int = 0


class Report(Frozen):
    """Everything Sceau has to say of one document."""

    format: str = REPORT_FORMAT
    sceau_version: str
    lang: Lang = "fr"
    document: Document
    context: Context
    summary: Summary
    findings: tuple[Finding, ...] = Field(description="In reading order.")
    questionnaire: Questionnaire | None = Field(default=None, description="Absent where nothing is asked.")
    safeguards_absent: tuple[Absent, ...] = ()
    unread: tuple[Unread, ...] = ()
    law_covered: bool = Field(description="Whether Sceau knows the law of the jurisdiction.")
    common_advice: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class Edition(NamedTuple):
    """A document that was read: what Sceau says of it, and all its passages, also those of which it says nothing."""

    report: Report
    passages: tuple[Passage, ...]


class Compared(Frozen):
    """One of two documents compared, and what of it could not be read."""

    document: Document
    unread: tuple[Unread, ...] = ()


class Told(Frozen):
    """A finding in short, as it stands on one side of a change."""

    id: str
    label: str
    polarity: Polarity
    title: str
    decision: Decision
    severity: Severity | None = None
    legal_state: LegalState | None = None


class Words(Frozen):
    """``text[start:end]`` of its side is on both sides, or on this one alone."""

    mark: Literal["kept", "removed", "added"]
    start: int = Field(ge=0)
    end: int


class Side(Frozen):
    """What stands on one side of a change: mostly one passage; several, a line each, of a clause split or merged.

    ``words`` cover ``text`` from end to end. ``context`` and ``section`` are those of the first passage.
    """

    passages: tuple[str, ...] = Field(description="Ids of the passages.")
    kind: PassageKind
    text: str
    context: str = ""
    section: tuple[str, ...] = ()
    page: int | None = None
    small_print: bool = False
    words: tuple[Words, ...]
    findings: tuple[Told, ...] = ()


class Turn(Frozen):
    """A warning or a protection that is not the same on both sides.

    ``severity`` is that of the side where it is graver. ``doubtful``: on one side, Sceau hesitates.
    """

    label: str
    polarity: Polarity
    title: str
    turn: Literal["appeared", "vanished", "graver", "lighter"]
    severity: Severity | None = None
    doubtful: bool = False


class Change(Frozen):
    """A clause or a question in both editions; ``old`` is absent where it was added, ``new`` where it was removed."""

    id: str
    kind: ChangeKind
    effect: Effect
    old: Side | None = None
    new: Side | None = None
    turns: tuple[Turn, ...] = ()


class Comparison(Frozen):
    """Two editions of a document, clause by clause."""

    format: str = COMPARISON_FORMAT
    sceau_version: str
    lang: Lang
    context: Context
    old: Compared
    new: Compared
    sentence: str = Field(description="What changed, in one or two honest sentences.")
    counts: dict[ChangeKind, int]
    effects: dict[Effect, int]
    without_answers: bool = Field(
        default=False,
        description="Whether, on pages that ask questions, what may be somebody's answer was left out.",
    )
    changes: tuple[Change, ...] = Field(
        description="In reading order of the new edition; what was removed stands where it stood."
    )
