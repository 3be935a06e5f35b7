"""Letters: which suit a report, their text, and the text as it was edited as DOCX or PDF.

A letter is in French, as the documents are. It asks; of a passage it says no more than the state of the law, and less
where Sceau hesitates. Who sends it is left in square brackets and asked for nowhere.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import docx
from docx.document import Document
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from docx.shared import Mm, Pt
from rich.console import Console
from rich.text import Text

from analyzer.errors import LetterUnfit, UnknownFinding, UnknownLetter
from analyzer.knowledge import load, messages
from analyzer.knowledge.letters import Letter, Paragraph
from analyzer.reporting import place, rank
from analyzer.reporting.paper import inert
from analyzer.reporting.pdf import typeset
from analyzer.schema import Finding, LegalState, Passage, Report

__all__ = ["Suggestion", "best", "print_suggestions", "suggested", "to_docx", "to_pdf", "write"]

#: A letter names so many texts of law for what it says of a passage, the strongest first: it is no brief.
_MOST_TEXTS = 3
#: A space before high punctuation and inside quotation marks that no line break may fall on.
_UNBREAKABLE = re.compile(r" (?=[:;?!»])|(?<=«) ")
#: How a paragraph looks on paper: the recipient; the subject; what leads to the next one; a quote.
Look = Literal["plain", "address", "subject", "lead", "quote"]
#: In millimetres, in the Word file; the template of the PDF has its own.
_INDENTS: dict[Look, int] = {"address": 85, "quote": 8}
_STATES: tuple[LegalState, ...] = ("forbidden", "contestable", "worth_knowing")


@dataclass(frozen=True)
class Suggestion:
    """A letter that may be sent, and the ids of the findings that it suits, the most serious first."""

    letter: str
    findings: tuple[str, ...]


def suggested(report: Report) -> list[Suggestion]:
    """Return the letters that suit the report, the reader's country and stage, the best first."""
    found = sorted(filter(_speaks_against, report.findings), key=rank)
    offers = []
    for letter in load().letters.values():
        if report.context.jurisdiction in letter.jurisdictions and report.context.stage in (None, *letter.stages):
            suits = tuple(finding.id for finding in found if _suits(letter, finding))
            if suits:
                offers.append(Suggestion(letter.letter, suits))
    return offers


def best(report: Report, findings: Sequence[str]) -> str:
    """Return the letter that suits all of ``findings`` best.

    Raises ``UnknownFinding`` for an id that is not in the report, and ``LetterUnfit`` where no letter suits them all.
    """
    _chosen(report, findings)
    for offer in suggested(report):
        if set(findings) <= set(offer.findings):
            return offer.letter
    raise LetterUnfit(report.document.name)


def write(report: Report, letter: str, findings: Sequence[str]) -> str:
    """Return the letter about ``findings`` as plain text: paragraphs between blank lines, blanks in square brackets.

    Personal data stay masked as they are in the report. Raises ``UnknownLetter``, ``UnknownFinding`` for an id that is
    not in the report, and ``LetterUnfit`` where the letter does not suit a finding or the country, or there is none.
    """
    known = load().letters
    if letter not in known:
        raise UnknownLetter(letter)
    chosen = _chosen(report, findings)
    suits = known[letter]
    if (
        not chosen
        or report.context.jurisdiction not in suits.jurisdictions
        or not all(_suits(suits, finding) for finding in chosen)
    ):
        raise LetterUnfit(report.document.name)
    return "\n\n".join(_Writer(report, suits, chosen).paragraphs())


def print_suggestions(report: Report, console: Console) -> None:
    """Print the letters that suit the report, each with what it is for, what may follow, and its findings."""
    say = messages(report.lang)
    found = {finding.id: finding for finding in report.findings}
    offers = suggested(report)
    console.print(Text(say["letter.possible"] if offers else say["letter.none"], "bold"))
    for offer in offers:
        letter = load().letters[offer.letter]
        console.print()
        console.print(Text.assemble((letter.letter, "bold"), say["colon"], letter.title.get(report.lang)))
        console.print(Text(letter.purpose.get(report.lang)))
        console.print(Text(say["letter.may_follow"].format(text=letter.may_follow.get(report.lang))))
        for finding in (found[one] for one in offer.findings):
            page = place(finding.passage)
            where = [say["report.page"].format(page=page)] if page else []
            console.print(Text("  " + " · ".join((finding.id, *where, finding.title))), soft_wrap=True)
    if offers:
        console.print()
        console.print(Text(say["letter.in_french"]))


def to_docx(text: str) -> bytes:
    """Return a letter as an A4 Word file without an author. ``text`` is shown as it stands, whatever it says."""
    document = docx.Document()
    _set_up(document, text)
    for look, lines in _laid_out(text):
        paragraph = document.add_paragraph()
        run = paragraph.add_run()
        run.bold = look == "subject"
        for number, line in enumerate(lines):
            if number:
                run.add_break()
            run.add_text(line)
        if look in _INDENTS:
            paragraph.paragraph_format.left_indent = Mm(_INDENTS[look])
        if look in ("lead", "subject"):
            paragraph.paragraph_format.keep_with_next = True
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def to_pdf(text: str) -> bytes:
    """Return a letter as a tagged A4 PDF (PDF/UA-1). ``text`` is shown as it stands, whatever it says."""
    parts = [{"look": look, "lines": lines} for look, lines in _laid_out(text)]
    return typeset("letter.typ", {"title": _title(text), "parts": parts})


# ---- the text of a letter ------------------------------------------------------------------------------


def _suits(letter: Letter, finding: Finding) -> bool:
    return finding.label in letter.labels and (finding.decision == "warned" or not letter.decided_only)


def _speaks_against(finding: Finding) -> bool:
    return finding.polarity == "warning"


def _chosen(report: Report, findings: Sequence[str]) -> list[Finding]:
    """Return the findings of those ids in reading order. Raises ``UnknownFinding`` for an id not in the report."""
    known = {finding.id for finding in report.findings}
    for one in findings:
        if one not in known:
            raise UnknownFinding(one)
    return [finding for finding in report.findings if finding.id in findings]


class _Writer:
    """The paragraphs of one letter; texts of law get their numbers in the order in which they are named."""

    def __init__(self, report: Report, letter: Letter, findings: Sequence[Finding]) -> None:
        self._report = report
        self._letter = letter
        self._frame = load().letter_frame
        form = report.questionnaire if letter.rewordings else None
        self._rewordings = {asked.passage: asked.rewording for asked in form.questions} if form else {}
        #: The texts of law named so far: what is printed of each, by its id.
        self._texts: dict[str, str] = {}
        self._passages: dict[str, list[Finding]] = {}
        for finding in findings:
            self._passages.setdefault(finding.passage.id, []).append(finding)

    def paragraphs(self) -> Iterator[str]:
        frame, letter = self._frame, self._letter
        yield "\n".join(frame.sender)
        yield "\n".join(letter.recipient)
        yield frame.date
        yield "\n".join((_set(frame.subject, subject=letter.subject), _set(frame.contract)))
        yield frame.greeting
        for paragraph in letter.body:
            yield from self._items() if paragraph.text == "{items}" else self._said(paragraph)
        yield _set(frame.closing)
        yield frame.signature
        if self._texts:
            numbered = enumerate(self._texts.values(), 1)
            yield "\n".join((_set(frame.texts), *(f"{number}. {text}" for number, text in numbered)))

    def _said(self, paragraph: Paragraph) -> Iterator[str]:
        text: str | None = paragraph.many if paragraph.many and len(self._passages) > 1 else paragraph.text
        texts = ""
        if paragraph.grounds and self._report.law_covered:
            texts = self._numbers({one: self._text(one) for one in paragraph.grounds})
        elif paragraph.grounds:
            text = paragraph.elsewhere
        if text:
            yield _set(text, document=_inline(self._report.document.name), texts=texts)

    def _items(self) -> Iterator[str]:
        """Yield each passage: where it stands, its words, what may be said of it, and what is proposed instead."""
        for number, findings in enumerate(self._passages.values(), 1):
            yield self._where(findings[0].passage, number)
            yield _set(self._frame.quote, text=_quoted(findings, self._frame.left_out))
            if said := self._states(findings):
                yield said
            yield from self._instead(findings)

    def _where(self, passage: Passage, number: int) -> str:
        frame = self._frame
        if passage.kind == "question":
            named = _set(frame.question_named, number=_inline(passage.number)) if passage.number else frame.question
        else:
            named = _set(frame.clause_named, number=number) if len(self._passages) > 1 else frame.clause
        page = place(passage)
        return named + (_set(frame.on_page, page=page) if page else "") + _set(frame.colon)

    def _states(self, findings: Sequence[Finding]) -> str:
        """Return what the law lets a letter say of a passage; of a finding that is to check, only a question."""
        frame = self._frame
        question = findings[0].passage.kind == "question"
        states = frame.question_states if question else frame.clause_states
        said = []
        for state in _STATES:
            of_state = [one for one in findings if one.legal_state == state and one.decision == "warned"]
            if of_state:
                said.append(_set(states[state], cited=self._cite(of_state)))
        if any(one.decision == "to_check" for one in findings):
            said.append(_set(frame.question_doubtful if question else frame.clause_doubtful))
        return " ".join(said)

    def _instead(self, findings: Sequence[Finding]) -> Iterator[str]:
        """Yield what is proposed in the place of a passage."""
        frame, letter = self._frame, self._letter
        wordings = [letter.wordings[one.label] for one in findings if one.label in letter.wordings]
        if wordings:
            yield _set(frame.replace)
            yield _set(frame.quote, text=" ".join(dict.fromkeys(wordings)))
        rewording = self._rewordings.get(findings[0].passage.id)
        if rewording and rewording.action == "remove":
            yield _set(frame.remove)
        elif rewording and rewording.lines:
            yield _set(frame.ask_instead)
            yield "\n".join(_set(frame.quote, text=_inline(line)) for line in rewording.lines)

    def _cite(self, findings: Iterable[Finding]) -> str:
        """Return the texts that findings rest on, in brackets; nothing where they rest on none."""
        grounds = [ground for finding in findings for ground in finding.grounds[:_MOST_TEXTS]]
        texts = {ground.id: self._text(ground.id) for ground in grounds}
        return _set(self._frame.cited, texts=self._numbers(texts)) if texts else ""

    def _text(self, text_id: str) -> str:
        """Return what is printed of a text of law: its citation, and how strong it is."""
        text = load().law_text(text_id)
        strength = messages("fr")[f"strength.{text.strength}"]
        return _set(self._frame.text, citation=text.citation, strength=strength)

    def _numbers(self, texts: Mapping[str, str]) -> str:
        """Return how texts of law, by id, are named in the letter: "textes 1 et 2"."""
        frame = self._frame
        self._texts |= {one: text for one, text in texts.items() if one not in self._texts}
        order = list(self._texts)
        numbers = [str(number) for number in sorted(order.index(one) + 1 for one in texts)]
        joined = frame.and_.join(filter(None, (", ".join(numbers[:-1]), *numbers[-1:])))
        return _set(frame.one_text if len(numbers) == 1 else frame.many_texts, numbers=joined)


def _set(template: str, **values: object) -> str:
    """Return a text of the letters filled in; what is filled in is left as it is."""
    return _UNBREAKABLE.sub("\u00a0", template).format(**values)


def _inline(text: str) -> str:
    """Return a text of the document on one line: it must not make paragraphs of the letter."""
    return " ".join(inert(text).split())


def _quoted(findings: Sequence[Finding], left_out: str) -> str:
    """Return a passage with its stem: of a clause, the sentences in which something was found."""
    passage = findings[0].passage
    spans = [(part.start, part.end) for finding in findings for part in finding.evidence]
    kept = [
        number
        for number, (start, end) in enumerate(passage.sentences)
        if any(start < last and first < end for first, last in spans)
    ]
    if passage.kind == "question" or not kept:
        return _inline(f"{passage.context} {passage.text}")
    text = passage.context
    before = -1
    for number in kept:
        start, end = passage.sentences[number]
        text += (" " if number == before + 1 else left_out) + passage.text[start:end]
        before = number
    if before < len(passage.sentences) - 1:
        text += left_out
    return _inline(text)


# ---- the text on paper ---------------------------------------------------------------------------------


def _laid_out(text: str) -> list[tuple[Look, list[str]]]:
    """Return the paragraphs of an edited letter, each with its look and its lines.

    What stands between the sender and the subject goes to the right, as in French letters.
    """
    frame = load().letter_frame
    subject, quote, colon = frame.subject.split()[0], frame.quote[0], frame.colon.strip()
    parts: list[tuple[Look, list[str]]] = []
    for part in re.split(r"\n\s*\n", "\n".join(text.splitlines())):
        lines = [line for line in (inert(one).strip() for one in part.split("\n")) if line]
        if not lines:
            continue
        if lines[0].startswith(subject) and not any(look == "subject" for look, _ in parts):
            parts = [("address" if number else look, before) for number, (look, before) in enumerate(parts)]
            parts.append(("subject", lines))
        elif lines[0].startswith(quote):
            parts.append(("quote", lines))
        else:
            parts.append(("lead" if len(lines) == 1 and lines[0].endswith(colon) else "plain", lines))
    return parts


def _title(text: str) -> str:
    """Return what an edited letter is called: its subject, else its first words."""
    laid_out = _laid_out(text)
    subjects = [lines[0] for look, lines in laid_out if look == "subject"]
    return (subjects or [lines[0] for _, lines in laid_out] or [messages("fr")["letter.untitled"]])[0]


def _set_up(document: Document, text: str) -> None:
    """Set the page, the type, the language and what the file says of itself."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(25)
    section.top_margin = section.bottom_margin = Mm(22)
    style = document.styles["Normal"]
    style.font.name, style.font.size = "Calibri", Pt(11)
    style.paragraph_format.space_after = Pt(9)
    style.paragraph_format.widow_control = True
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "fr-FR")
    style.element.get_or_add_rPr().append(language)
    about = document.core_properties
    about.title, about.language = _title(text)[:200], "fr-FR"
    about.author = about.comments = about.last_modified_by = ""
