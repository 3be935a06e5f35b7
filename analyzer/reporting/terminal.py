"""The report in the terminal: most serious first, the clause with its words, why, the law, what to do.

Only text of our own may carry style; a document's text is cleaned of control characters and never read as markup.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Callable, Iterable

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from analyzer.knowledge import messages
from analyzer.reporting import (
    SIGNS,
    Card,
    cards,
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
from analyzer.reporting.questionnaire import Row, rows
from analyzer.schema import Finding, Report, Severity, Verdict

#: A colour for each severity, beside its shape.
_STYLES: dict[Severity | None, str] = {
    "high": "bold red",
    "medium": "bold yellow",
    "low": "bold blue",
    None: "bold green",
}
_VERDICT_STYLES: dict[Verdict, str] = {
    "forbidden": "bold red",
    "overbroad": "bold yellow",
    "to_check": "bold blue",
    "precise": "bold green",
}
#: A question is cut to so many characters where only its verdict is told.
_SHORT = 90


def print_report(report: Report, console: Console) -> None:
    """Print ``report`` on ``console``. Where there is no style (a file, a pipe), brackets mark the words that count."""
    _Printer(report, console).print()


def print_questionnaire(report: Report, console: Console) -> None:
    """Print the questions of ``report`` one by one, then the form as a whole; a sentence where nothing is asked."""
    _Printer(report, console).print_questionnaire()


def to_text(report: Report, show: Callable[[Report, Console], None] = print_report) -> str:
    """Return ``report`` as plain text, 100 characters wide, as a file holds it; ``show`` prints it."""
    console = Console(file=io.StringIO(), width=100, record=True, color_system=None)
    show(report, console)
    return "\n".join(line.rstrip() for line in console.export_text().splitlines())


def clean(text: str) -> str:
    """Return ``text`` without control characters: a document must not steer the terminal."""
    return "".join(" " if unicodedata.category(char) in ("Cc", "Cf") else char for char in text)


class _Printer:
    def __init__(self, report: Report, console: Console) -> None:
        self.report = report
        self.console = console
        self.say = messages(report.lang)
        self.warned = cards(report, "warning", "warned")
        self.doubtful = cards(report, "warning", "to_check")
        self.told_before = told_before([*self.warned, *self.doubtful])

    def print(self) -> None:
        report, say = self.report, self.say
        self._head()
        self._section("report.warnings", map(self._warning, self.warned))
        self._section("report.to_check", map(self._warning, self.doubtful), say["report.to_check_lead"])
        if asked := rows(report):
            self._section("form.title", [self._verdicts(asked), Text(say["form.more"], style="dim")])
        if self.warned:
            self._section("report.common", [_bullets("→", report.common_advice)] if report.common_advice else [])
        self._section("report.safeguards", map(self._safeguard, cards(report, "safeguard")))
        absent = [f"{absent.title}{say['colon']}{absent.text}" for absent in report.safeguards_absent]
        self._section("report.absent", [_bullets("○", absent)] if absent else [])
        self._section("report.notes", [Text(note, style="dim") for note in other_notes(report)])

    def print_questionnaire(self) -> None:
        report, say = self.report, self.say
        if report.questionnaire is None:
            self.console.print(Text(clean(say["form.no_questions"].format(name=report.document.name))))
            self._unread()
            return
        self._head()
        if self.warned or self.doubtful:
            self.console.print(Text(say["form.clauses"], style="dim"))
        asked = rows(report)
        told = of_form.told_before(asked)
        self._section("form.title", [self._question(row, told) for row in asked], say["form.method.voice"])
        table = Table.grid(padding=(0, 2, 0, 0))
        for name, value in of_form.facts(report.questionnaire, say):
            table.add_row(Text(name), Text(value, style="bold"))
        self._section("form.whole", [table])
        for found, title, sign in ((False, "form.notices_missing", "✕"), (True, "form.notices_found", "✓")):
            notices = [
                notice.title if found else f"{notice.title}{say['colon']}{notice.text}"
                for notice in of_form.notices(report.questionnaire, found)
            ]
            self._section(title, [_bullets(sign, notices)] if notices else [])
        self._section("report.notes", [Text(note, style="dim") for note in other_notes(report, scores=False)])

    def _head(self) -> None:
        """Print which document this is, what was read of it, and its summary."""
        report, say, show = self.report, self.say, self.console.print
        show(Rule(Text(clean(say["report.title"].format(name=report.document.name))), style="dim"))
        show(Text(f"{pages_read(report, say)} · {situation(report.context, say)}", style="dim"))
        show()
        show(Text(report.summary.sentence, style="bold"))
        if note := law_note(report):
            show(Text(note))
        self._unread()

    def _unread(self) -> None:
        for part in self.report.unread:
            self.console.print(Text.assemble(("! ", "bold magenta"), part.message))
            if part.extract:
                extract = self.say["quote"].format(text=clean(part.extract))
                self.console.print(_indented(Text(extract, style="dim")))

    def _verdict(self, row: Row) -> Text:
        verdict = row.question.verdict
        return Text(f"{of_form.SIGNS[verdict]} {self.say[f'verdict.{verdict}']}", style=_VERDICT_STYLES[verdict])

    def _called(self, row: Row) -> Text:
        """Return a question's number on the form, else its place, and its page."""
        parts = [clean(row.question.number) or f"({row.position})"]
        if row.question.page:
            parts.append(self.say["report.page"].format(page=row.question.page))
        return Text(" · ".join(parts), style="dim")

    def _verdicts(self, asked: Iterable[Row]) -> Table:
        """Return the questions in short: verdict, place, the first words, what was found."""
        table = Table.grid(padding=(0, 2, 0, 0))
        for column in range(3):
            table.add_column(no_wrap=column < 2)
        for row in asked:
            text = clean(of_form.asked(row))
            text = text if len(text) <= _SHORT else f"{text[:_SHORT].rstrip()}…"
            found = f"\n{' · '.join(of_form.titles(row))}" if row.warnings else ""
            table.add_row(self._verdict(row), self._called(row), Text.assemble(text, (found, "dim")))
        return table

    def _question(self, row: Row, told: dict[str, Row]) -> RenderableType:
        """Return what there is to say of a question, in two columns: what is asked and why, and what is proposed.

        What an earlier question explains is not explained again.
        """
        say = self.say
        new = of_form.without(row, told)
        left: list[RenderableType] = [self._quote(Card(row.passage, row.warnings))]
        left += [Text(reason) for reason in of_form.reasons(new)]
        left += [Text(line, style="dim") for line in of_form.recalled(row, told, say)]
        if of_form.needs_law(new):
            grounds = [say["report.ground"].format(**ground.model_dump()) for ground in of_form.grounds(new)]
            left.append(_bullets("§", grounds) if grounds else Text(say["report.no_ground"]))
        right: list[RenderableType] = [Text(say["form.proposal"], style="bold")]
        proposal = of_form.proposal(row, say)
        right.append(_bullets("→", map(clean, proposal)))
        if row.question.rewording.action == "replace":
            why = say["form.proposal_why"].format(why=row.question.rewording.why)
            right.append(Text(clean(why), style="dim"))
        table = Table.grid(padding=(0, 3, 0, 0), expand=True)
        table.add_column(ratio=3)
        table.add_column(ratio=2)
        table.add_row(Group(*left), Group(*right))
        head = Text.assemble(self._called(row), "  ", self._verdict(row))
        if row.warnings:
            head.append(f"  {' · '.join(of_form.titles(row))}")
        return Group(Text(), head, Padding(table, (0, 0, 0, 2)))

    def _section(self, title: str, parts: Iterable[RenderableType], lead: str = "") -> None:
        shown = list(parts)
        if not shown:
            return
        self.console.print()
        self.console.print(Rule(Text(self.say[title], style="bold"), align="left", style="dim"))
        if lead:
            self.console.print(Text(lead))
        for part in shown:
            self.console.print(part)

    def _warning(self, card: Card) -> RenderableType:
        say = self.say
        sign, style = SIGNS[card.first.severity], _STYLES[card.first.severity]
        parts: list[RenderableType] = [self._where(card), self._quote(card)]
        for number, finding in enumerate(card.findings):
            if number:
                sub, sub_style = SIGNS[finding.severity], _STYLES[finding.severity]
                title = say["report.also"].format(title=finding.title)
                parts += [Text(), Text.assemble((f"{sub} ", sub_style), (title, "bold")), self._tags(finding)]
            parts += self._explained(finding)
        head = Text.assemble((f"{sign} ", style), (card.first.title, "bold"))
        return Group(Text(), head, _indented(self._tags(card.first), *parts))

    def _tags(self, finding: Finding) -> Text:
        say = self.say
        tags = [say[f"severity.{finding.severity}"], say[f"state.{finding.legal_state or 'unknown'}"]]
        if finding.decision == "to_check":
            tags.append(say["report.to_check"])
        return Text(" · ".join(tags), style=_STYLES[finding.severity])

    def _explained(self, finding: Finding) -> list[RenderableType]:
        say = self.say
        parts: list[RenderableType] = [Text(finding.text)]
        if earlier := self.told_before.get(finding.id):
            again = say["report.again"].format(page=place(earlier.passage) or "–")
            parts.append(Text(f"{again}.", style="italic"))
        else:
            parts.append(Text(say["report.law"], style="bold"))
            grounds = [say["report.ground"].format(**ground.model_dump()) for ground in finding.grounds]
            says = [ground.says for ground in finding.grounds]
            parts.append(
                _bullets("§", [f"{title}{say['colon']}{text}" for title, text in zip(grounds, says, strict=True)])
                if grounds
                else Text(say["report.no_ground"])
            )
            parts.append(Text(say["report.advice"], style="bold"))
            parts.append(_bullets("→", finding.advice))
        parts.append(Text(trace_in_short(finding, say), style="dim"))
        return parts

    def _safeguard(self, card: Card) -> RenderableType:
        sign, style = SIGNS[None], _STYLES[None]
        head = Text.assemble((f"{sign} ", style), (" · ".join(found.title for found in card.findings), "bold"))
        texts = [finding.text for finding in card.findings]
        if card.first.decision == "to_check":
            texts.append(self.say["report.to_check_lead"])
        return Group(Text(), head, _indented(self._where(card), self._quote(card), *map(Text, texts)))

    def _where(self, card: Card) -> Text:
        page = place(card.passage)
        parts = [self.say["report.page"].format(page=page)] if page else []
        if card.passage.small_print:
            parts.append(self.say["report.small_print"])
        if card.passage.section:
            parts.append(clean(" › ".join(card.passage.section)))
        return Text(" · ".join(parts), style="dim")

    def _quote(self, card: Card) -> RenderableType:
        before, after = self.say["quote"].split("{text}")
        opening, closing = ("", "") if self.console.is_terminal else ("[", "]")
        quote = Text(before)
        if card.passage.context:
            quote.append(clean(card.passage.context) + " ", style="dim")
        for piece, caused in marked(card):
            if caused:
                quote.append(opening + clean(piece) + closing, style="bold underline")
            else:
                quote.append(clean(piece))
        quote.append(after)
        return _indented(quote)


def _indented(*parts: RenderableType) -> RenderableType:
    return Padding(Group(*parts), (0, 0, 0, 2), expand=False)


def _bullets(sign: str, lines: Iterable[str]) -> Table:
    """Return ``lines``, each behind ``sign``, with the continuation lines indented."""
    table = Table.grid(padding=(0, 1, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column()
    for line in lines:
        table.add_row(sign, Text(line))
    return table
