"""The report in the terminal: most serious first, the clause with its words, why, the law, what to do."""

from __future__ import annotations

import unicodedata

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.text import Text

from analyzer.knowledge import messages
from analyzer.reporting import by_importance, marked, place, trace_line
from analyzer.schema import Finding, Report

#: A shape and a colour for each severity: never the colour alone.
_SIGNS = {
    "high": ("▲", "bold red"),
    "medium": ("◆", "bold yellow"),
    "low": ("●", "bold blue"),
    None: ("✓", "bold green"),
}


def print_report(report: Report, console: Console) -> None:
    """Print ``report`` on ``console``."""
    say = messages(report.lang)
    console.print(Rule(clean(say["report.title"].format(name=report.document.name)), style="dim"))
    read = sum(page.read_by != "unread" for page in report.document.pages)
    console.print(Text(say["report.pages_read"].format(read=read, total=len(report.document.pages)), style="dim"))
    console.print(Padding(Text(report.summary.sentence, style="bold"), (1, 0)))
    for part in report.unread:
        console.print(Text.assemble(("! ", "bold magenta"), part.message))
        if part.extract:
            console.print(Padding(Text(f"« {clean(part.extract)} »", style="dim"), (0, 0, 0, 2)))
    warned = by_importance(report, "warning", "warned")
    _findings(console, say["report.warnings"], warned, say)
    if doubtful := by_importance(report, "warning", "to_check"):
        _findings(console, say["report.to_check"], doubtful, say, say["report.to_check_lead"])
    if safeguards := by_importance(report, "safeguard", "warned"):
        console.print(Rule(say["report.safeguards"], align="left", style="green"))
        for finding in safeguards:
            console.print(_safeguard(finding, say))
    if report.safeguards_absent:
        console.print(Rule(say["report.absent"], align="left", style="dim"))
        for absent in report.safeguards_absent:
            console.print(Padding(Text.assemble("○ ", (absent.title, "bold"), f" : {absent.text}"), (0, 0, 0, 2)))
    if warned and report.common_advice:
        console.print(Panel(Text("\n".join(report.common_advice)), title=say["report.common"], title_align="left"))
    for note in (*report.notes, say["report.privacy"]):
        console.print(Text(note, style="dim"))


def clean(text: str) -> str:
    """Return ``text`` without control characters: a document must not steer the terminal."""
    return "".join(" " if unicodedata.category(char) in ("Cc", "Cf") else char for char in text)


def _findings(console: Console, title: str, findings: list[Finding], say: dict[str, str], lead: str = "") -> None:
    if not findings:
        return
    console.print(Rule(title, align="left", style="bold"))
    if lead:
        console.print(Text(lead))
    for finding in findings:
        console.print(_card(finding, say))


def _card(finding: Finding, say: dict[str, str]) -> RenderableType:
    sign, style = _SIGNS[finding.severity]
    head = Text.assemble(
        (f"{sign} {say[f'severity.{finding.severity}']} ", style),
        (finding.title, "bold"),
        (f"  [{say['state.' + (finding.legal_state or 'unknown')]}]", "italic"),
    )
    parts: list[RenderableType] = [_where(finding, say), _quote(finding), Text(finding.text)]
    if finding.grounds:
        parts.append(Text(say["report.law"], style="bold"))
        parts += [
            Padding(
                Text.assemble((ground.citation, "bold"), f" ({ground.strength}, {ground.checked}) : {ground.says}"),
                (0, 0, 0, 2),
            )
            for ground in finding.grounds
        ]
    parts.append(Text(say["report.advice"], style="bold"))
    parts += [Padding(Text(f"→ {line}"), (0, 0, 0, 2)) for line in finding.advice]
    parts.append(
        Text(
            f"{say['report.trace']} : " + " ; ".join(clean(trace_line(step, say)) for step in finding.trace),
            style="dim",
        )
    )
    parts.append(Text(f"{finding.id} · {say['report.score'].format(score=finding.score)}", style="dim"))
    return Padding(Group(head, Padding(Group(*parts), (0, 0, 0, 2))), (1, 0, 0, 0))


def _safeguard(finding: Finding, say: dict[str, str]) -> RenderableType:
    sign, style = _SIGNS[None]
    head = Text.assemble((f"{sign} ", style), (finding.title, "bold"))
    return Padding(
        Group(head, Padding(Group(_where(finding, say), _quote(finding), Text(finding.text)), (0, 0, 0, 2))),
        (0, 0, 1, 0),
    )


def _where(finding: Finding, say: dict[str, str]) -> Text:
    page = place(finding.passage)
    parts = [say["report.page"].format(page=page)] if page else []
    if finding.passage.small_print:
        parts.append(say["report.small_print"])
    if finding.passage.section:
        parts.append(clean(" > ".join(finding.passage.section)))
    return Text(" · ".join(parts), style="dim")


def _quote(finding: Finding) -> RenderableType:
    quote = Text("« ")
    if finding.passage.context:
        quote.append(clean(finding.passage.context) + " ", style="dim")
    for piece, caused in marked(finding):
        quote.append(clean(piece), style="bold underline" if caused else "")
    quote.append(" »")
    return Padding(quote, (0, 2))
