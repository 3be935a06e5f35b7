"""The report as a sequence of blocks, in the order in which it is read, for what is printed: PDF and DOCX.

Both show the same blocks, so that they say the same as the page, in the same order.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from analyzer.knowledge import messages
from analyzer.reporting import (
    SIGNS,
    Card,
    cards,
    confidence,
    law_note,
    marked,
    other_notes,
    pages_read,
    place,
    situation,
    told_before,
    trace_in_short,
)
from analyzer.reporting import questionnaire as of_form
from analyzer.reporting.questionnaire import Row
from analyzer.schema import Finding, Ground, Questionnaire, Report

__all__ = ["Block", "Bullets", "Group", "Heading", "Look", "Paragraph", "Span", "Table", "Tone", "blocks", "inert"]

#: How a paragraph looks: the summary; something to mind; beside the point; where a passage stands; above a list; state
#: and severity; a quote; a wording proposed.
Look = Literal["plain", "lead", "note", "small", "where", "label", "tags", "quote", "proposal"]
#: What a group of blocks is about: a severity, a verdict, a protection.
Tone = Literal["high", "medium", "low", "good", "forbidden", "overbroad", "to_check", "precise"]
_REPLACED = {"Cs", "Co", "Cn"}


@dataclass(frozen=True)
class Span:
    """Words in one style. ``mark`` are the words that caused a finding; ``url`` is a public address of our own."""

    text: str
    style: Literal["plain", "strong", "soft", "mark"] = "plain"
    url: str = ""


@dataclass(frozen=True)
class Heading:
    """A title, of level 1 (a part) to 3 (inside a passage)."""

    level: int
    text: str
    kind: Literal["heading"] = "heading"


@dataclass(frozen=True)
class Paragraph:
    """Words that stand together."""

    spans: tuple[Span, ...]
    look: Look = "plain"
    kind: Literal["paragraph"] = "paragraph"


@dataclass(frozen=True)
class Bullets:
    """A list; ``numbered`` where the order counts, or with a ``sign`` of its own before each item."""

    items: tuple[tuple[Span, ...], ...]
    numbered: bool = False
    sign: str = ""
    kind: Literal["bullets"] = "bullets"


@dataclass(frozen=True)
class Table:
    """Rows under a header; with ``figures``, all columns but the first hold numbers."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    figures: bool = False
    kind: Literal["table"] = "table"


@dataclass(frozen=True)
class Group:
    """What there is to say of one passage or question."""

    tone: Tone
    blocks: tuple[Block, ...]
    kind: Literal["group"] = "group"


Block = Heading | Paragraph | Bullets | Table | Group


def inert(text: str) -> str:
    """Return ``text`` without what steers instead of being read: control characters, turned directions, no characters.

    A line end counts as a space; what has no width (a soft hyphen, a mark of direction) goes.
    """
    kinds = ((char, unicodedata.category(char)) for char in text if unicodedata.category(char) != "Cf")
    return "".join(
        " " if kind in ("Cc", "Zl", "Zp") else "\ufffd" if kind in _REPLACED else char for char, kind in kinds
    )


def blocks(report: Report) -> tuple[Block, ...]:
    """Return all that the report says, without its title (the document's name)."""
    return tuple(_Paper(report).all())


def _span(text: str, style: Literal["plain", "strong", "soft", "mark"] = "plain", url: str = "") -> Span:
    return Span(inert(text), style, url)


def _paragraph(text: str, look: Look = "plain") -> Paragraph:
    return Paragraph((_span(text),), look)


def _bullets(lines: Iterable[str]) -> Bullets:
    return Bullets(tuple((_span(line),) for line in lines))


class _Paper:
    """The blocks of one report."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.say = messages(report.lang)
        self.warned = cards(report, "warning", "warned")
        self.doubtful = cards(report, "warning", "to_check")
        self.told_before = told_before([*self.warned, *self.doubtful])

    def all(self) -> Iterator[Block]:
        """Yield the report's blocks, in order."""
        report, say = self.report, self.say
        questions_first = report.document.kind == "questionnaire"
        yield from self._head()
        if questions_first:
            yield from self._form()
        yield from self._contents(questions_follow=not questions_first)
        yield from self._part(say["report.warnings"], map(self._warning, self.warned))
        yield from self._part(
            say["report.to_check"], map(self._warning, self.doubtful), _paragraph(say["report.to_check_lead"])
        )
        if not questions_first:
            yield from self._form()
        if self.warned and report.common_advice:
            yield from self._part(say["report.common"], [_bullets(report.common_advice)])
        yield from self._part(say["report.safeguards"], map(self._safeguard, cards(report, "safeguard")))
        if report.safeguards_absent:
            absent = [(part.title, part.text) for part in report.safeguards_absent]
            yield from self._part(say["report.absent"], [self._terms(absent, "○")])
        notes = [*other_notes(report), say["report.version"].format(version=report.sceau_version)]
        yield from self._part(say["report.notes"], [_paragraph(note, "small") for note in notes])

    def _head(self) -> Iterator[Block]:
        """Yield what was read, the summary, and what limits it."""
        report, say = self.report, self.say
        yield _paragraph(f"{pages_read(report, say)} · {situation(report.context, say)}", "small")
        yield _paragraph(report.summary.sentence, "lead")
        if note := law_note(report):
            yield _paragraph(note, "note")
        if report.unread:
            yield Heading(1, say["report.unread"])
            yield Bullets(
                tuple(
                    (
                        _span(part.message),
                        *((_span(" " + say["quote"].format(text=part.extract), "soft"),) if part.extract else ()),
                    )
                    for part in report.unread
                )
            )

    def _contents(self, *, questions_follow: bool) -> Iterator[Block]:
        """Yield the warnings in short, where there are several."""
        if len(self.warned) < 2:
            return
        say = self.say
        items: list[tuple[Span, ...]] = []
        for card in self.warned:
            titles = " · ".join(part.title for part in card.findings if part.decision == "warned")
            page = place(card.passage)
            where = f" ({say['report.page'].format(page=page)})" if page else ""
            items.append((_span(self._severity(card.first), "strong"), _span(f"{say['colon']}{titles}{where}")))
        if questions_follow and self.report.questionnaire:
            items.append((_span(say["form.title"]),))
        yield Heading(1, say["report.contents"])
        yield Bullets(tuple(items), numbered=True)

    def _part(self, title: str, content: Iterable[Block], lead: Block | None = None) -> Iterator[Block]:
        """Yield a part under its title, unless it is empty."""
        shown = list(content)
        if shown:
            yield Heading(1, title)
            if lead:
                yield lead
            yield from shown

    # ---- clauses ----

    def _warning(self, card: Card) -> Group:
        parts: list[Block] = [Heading(2, card.first.title), self._tags(card.first), *self._quoted(card)]
        parts.append(_paragraph(confidence(card.first, self.say), "small"))
        for number, finding in enumerate(card.findings):
            if number:
                parts.append(Heading(3, self.say["report.also"].format(title=finding.title)))
                parts.append(self._tags(finding))
            parts += self._explained(finding)
        parts += self._traces(card.findings)
        return Group(card.first.severity or "low", tuple(parts))

    def _safeguard(self, card: Card) -> Group:
        title = " · ".join(finding.title for finding in card.findings)
        parts: list[Block] = [Heading(2, f"{SIGNS[None]} {title}"), *self._quoted(card)]
        parts += [_paragraph(finding.text) for finding in card.findings]
        if card.first.decision == "to_check":
            parts.append(_paragraph(self.say["report.to_check_lead"]))
        return Group("good", tuple(parts))

    def _severity(self, finding: Finding) -> str:
        return f"{SIGNS[finding.severity]} {self.say[f'severity.{finding.severity}']}"

    def _tags(self, finding: Finding) -> Paragraph:
        tags = [self._severity(finding), self.say[f"state.{finding.legal_state or 'unknown'}"]]
        if finding.decision == "to_check":
            tags.append(self.say["report.to_check"])
        return _paragraph(" · ".join(tags), "tags")

    def _quoted(self, card: Card) -> Iterator[Block]:
        """Yield where the passage stands, and the passage with the words that count marked."""
        page = place(card.passage)
        where = [self.say["report.page"].format(page=page)] if page else []
        where += [self.say["report.small_print"]] if card.passage.small_print else []
        where += [" › ".join(card.passage.section)] if card.passage.section else []
        if where:
            yield _paragraph(" · ".join(where), "where")
        before, after = self.say["quote"].split("{text}")
        stem = [_span(f"{card.passage.context} ", "soft")] if card.passage.context else []
        words = [_span(piece, "mark" if caused else "plain") for piece, caused in marked(card)]
        yield Paragraph((_span(before), *stem, *words, _span(after)), "quote")

    def _explained(self, finding: Finding) -> Iterator[Block]:
        """Yield what a finding means, the law and the advice; the last two only once for the same kind of finding."""
        say = self.say
        yield _paragraph(finding.text)
        if earlier := self.told_before.get(finding.id):
            yield _paragraph(f"{say['report.again'].format(page=place(earlier.passage) or '–')}.", "small")
            return
        yield _paragraph(say["report.law"], "label")
        yield self._law(finding.grounds)
        yield _paragraph(say["report.advice"], "label")
        yield _bullets(finding.advice)

    def _law(self, grounds: Iterable[Ground]) -> Block:
        say = self.say
        items = []
        for ground in grounds:
            source = say["report.source"].format(checked=ground.checked, date=ground.date)
            item = [
                _span(ground.citation, "strong"),
                _span(f" ({ground.strength}){say['colon']}{ground.says} "),
                _span(f"{source} " if ground.url else source, "soft"),
            ]
            if ground.url:
                host = ground.url.split("/")[2].removeprefix("www.")
                item.append(_span(say["report.official"].format(host=host), "soft", ground.url))
            items.append(tuple(item))
        return Bullets(tuple(items)) if items else _paragraph(say["report.no_ground"])

    def _traces(self, findings: Iterable[Finding]) -> Iterator[Block]:
        """Yield why Sceau reacted, in small."""
        for finding in findings:
            yield _paragraph(trace_in_short(finding, self.say), "small")

    def _terms(self, lines: Iterable[tuple[str, str]], sign: str) -> Bullets:
        """Return a list of names, each with what there is to say of it."""
        return Bullets(
            tuple(
                (_span(name, "strong"), _span(f"{self.say['colon']}{text}")) if text else (_span(name, "strong"),)
                for name, text in lines
            ),
            sign=sign,
        )

    # ---- questions ----

    def _form(self) -> Iterator[Block]:
        form, say = self.report.questionnaire, self.say
        if form is None:
            return
        yield Heading(1, say["form.whole"])
        facts = of_form.facts(form, say)
        yield Table((say["form.fact"], say["form.value"]), tuple((name, inert(value)) for name, value in facts))
        yield from self._notices(form, False, say["form.notices_missing"])
        yield from self._notices(form, True, say["form.notices_found"])
        asked = of_form.rows(self.report)
        told = of_form.told_before(asked)
        yield from self._part(say["form.title"], [self._question(row, told) for row in asked])

    def _notices(self, form: Questionnaire, found: bool, title: str) -> Iterator[Block]:
        wanted = of_form.notices(form, found)
        if wanted:
            yield Heading(2, title)
            pages = self.say["report.page"]
            yield self._terms(
                (
                    (
                        notice.title
                        + (f" ({pages.format(page=', '.join(map(str, notice.pages)))})" if notice.pages else ""),
                        "" if found else notice.text,
                    )
                    for notice in wanted
                ),
                "✓" if found else "✕",
            )

    def _question(self, row: Row, told: Mapping[str, Row]) -> Group:
        """Return what there is to say of a question; what an earlier one explains is not explained again."""
        say, question = self.say, row.question
        new = of_form.without(row, told)
        page = f" ({say['report.page'].format(page=question.page)})" if question.page else ""
        verdict = f"{of_form.SIGNS[question.verdict]} {say[f'verdict.{question.verdict}']}"
        tags = [verdict, *(of_form.titles(row) if row.warnings else ())]
        parts: list[Block] = [
            Heading(2, inert(f"{of_form.name(row, say)}{page}")),
            _paragraph(" · ".join(tags), "tags"),
            list(self._quoted(Card(row.passage, row.warnings)))[-1],
        ]
        parts += [_paragraph(reason) for reason in of_form.reasons(new)]
        parts += [_paragraph(line, "small") for line in of_form.recalled(row, told, say)]
        parts += self._proposal(row)
        if how := of_form.how_to_answer(new):
            parts.append(_paragraph(say["form.answer"], "label"))
            parts += map(_paragraph, how)
        if of_form.needs_law(new):
            parts += [_paragraph(say["report.law"], "label"), self._law(of_form.grounds(new))]
        parts += self._traces(row.findings)
        return Group(question.verdict, tuple(parts))

    def _proposal(self, row: Row) -> Iterator[Block]:
        say = self.say
        yield _paragraph(say["form.proposal"], "label")
        for line in of_form.proposal(row, say):
            yield _paragraph(line, "proposal")
        if row.question.rewording.action == "replace":
            yield _paragraph(say["form.proposal_why"].format(why=row.question.rewording.why), "small")
