"""The report in the terminal: most serious first, the clause with its words, why, the law, what to do.

Only text of our own may carry style; a document's text is cleaned of control characters and never read as markup.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterable

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from analyzer.knowledge import messages
from analyzer.reporting import Card, cards, law_note, marked, other_notes, pages_read, place, situation, told_before
from analyzer.schema import Finding, Report

#: A shape and a colour for each severity: never the colour alone.
_SIGNS = {
    "high": ("▲", "bold red"),
    "medium": ("◆", "bold yellow"),
    "low": ("●", "bold blue"),
    None: ("✓", "bold green"),
}


def print_report(report: Report, console: Console) -> None:
    """Print ``report`` on ``console``. Where there is no style (a file, a pipe), brackets mark the words that count."""
    _Printer(report, console).print()


def to_text(report: Report) -> str:
    """Return ``report`` as plain text, 100 characters wide, as a file holds it."""
    console = Console(file=io.StringIO(), width=100, record=True, color_system=None)
    print_report(report, console)
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
        report, say, show = self.report, self.say, self.console.print
        show(Rule(Text(clean(say["report.title"].format(name=report.document.name))), style="dim"))
        show(Text(f"{pages_read(report, say)} · {situation(report.context, say)}", style="dim"))
        show()
        show(Text(report.summary.sentence, style="bold"))
        if note := law_note(report):
            show(Text(note))
        for part in report.unread:
            show(Text.assemble(("! ", "bold magenta"), part.message))
            if part.extract:
                show(_indented(Text(say["quote"].format(text=clean(part.extract)), style="dim")))
        self._section("report.warnings", map(self._warning, self.warned))
        self._section("report.to_check", map(self._warning, self.doubtful), say["report.to_check_lead"])
        if self.warned:
            self._section("report.common", [_bullets("→", report.common_advice)] if report.common_advice else [])
        self._section("report.safeguards", map(self._safeguard, cards(report, "safeguard")))
        absent = [f"{absent.title}{say['colon']}{absent.text}" for absent in report.safeguards_absent]
        self._section("report.absent", [_bullets("○", absent)] if absent else [])
        self._section("report.notes", [Text(note, style="dim") for note in other_notes(report)])

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
        sign, style = _SIGNS[card.first.severity]
        parts: list[RenderableType] = [self._where(card), self._quote(card)]
        for number, finding in enumerate(card.findings):
            if number:
                sub, sub_style = _SIGNS[finding.severity]
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
        return Text(" · ".join(tags), style=_SIGNS[finding.severity][1])

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
        parts.append(Text(self._trace(finding), style="dim"))
        return parts

    def _trace(self, finding: Finding) -> str:
        """Return the rules that fired, what changed the severity, and the score; the words are in the quote."""
        say = self.say
        fired = dict.fromkeys(step.rule.partition("/")[2] for step in finding.trace if step.effect == "fired")
        reasons = [say["report.rules"].format(rules=", ".join(fired))]
        reasons += [
            say[f"report.{step.effect}"].format(note=step.note) for step in finding.trace if step.effect != "fired"
        ]
        reasons.append(say["report.score"].format(score=finding.score))
        return f"{say['report.trace']}{say['colon']}{say['list'].join(reasons)} · {finding.id}"

    def _safeguard(self, card: Card) -> RenderableType:
        sign, style = _SIGNS[None]
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
