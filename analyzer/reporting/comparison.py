"""Two editions compared, to be read: in the terminal, as one HTML file that needs nothing else, as JSON.

What is harsher comes first. Words taken out or added are told by a sign and by how they are set; colour only helps.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any, get_args

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from analyzer.knowledge import messages
from analyzer.reporting import SEVERITIES, situation
from analyzer.reporting.html import render
from analyzer.reporting.terminal import clean
from analyzer.schema import COMPARISON_FORMAT, Change, ChangeKind, Comparison, Effect, Side, Turn

__all__ = [
    "EFFECTS",
    "print_comparison",
    "rank",
    "schema",
    "schema_text",
    "side_by_side",
    "to_fragment",
    "to_html",
    "to_json",
    "to_text",
    "turn_words",
    "unchanged",
]

#: The effects in the order in which they are told, with a shape and a colour for each.
EFFECTS: dict[Effect, tuple[str, str]] = {
    "harsher": ("▲", "bold red"),
    "unclear": ("?", "bold blue"),
    "milder": ("▼", "bold green"),
    "neutral": ("=", "dim"),
}
#: How words are set off in the terminal, where a style may be missing.
_MARKS = {"kept": ("", "", ""), "removed": ("[−", "−]", "red strike"), "added": ("[+", "+]", "bold green")}


def to_html(comparison: Comparison) -> str:
    """Return the comparison as a self-contained page; every text is escaped."""
    return render("comparison.html.j2", **_content(comparison))


def to_fragment(comparison: Comparison) -> str:
    """Return the inside of that page, for one that has the style sheet (``reporting.html.stylesheet``)."""
    return render("comparison_fragment.html.j2", **_content(comparison))


def to_json(comparison: Comparison) -> str:
    """Return the comparison as indented JSON; its ``format`` names the version of the schema."""
    return comparison.model_dump_json(indent=2)


def schema() -> dict[str, Any]:
    """Return the JSON Schema of a comparison."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:sceau:comparison:{COMPARISON_FORMAT}",
        **Comparison.model_json_schema(mode="serialization"),
    }


def schema_text() -> str:
    """Return the schema as it is published, in ``comparison.schema.json`` beside this file."""
    return json.dumps(schema(), indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def to_text(comparison: Comparison) -> str:
    """Return the comparison as plain text, 120 characters wide, as a file holds it."""
    console = Console(file=io.StringIO(), width=120, record=True, color_system=None)
    print_comparison(comparison, console)
    return "\n".join(line.rstrip() for line in console.export_text().splitlines())


def print_comparison(comparison: Comparison, console: Console) -> None:
    """Print the comparison on ``console``, the editions side by side; brackets and signs mark the words."""
    say = messages(comparison.lang)
    show = console.print
    show(Rule(Text(say["compare.title"]), style="dim"))
    for key, side in (("compare.old_named", comparison.old), ("compare.new_named", comparison.new)):
        show(Text(clean(say[key].format(name=side.document.name))))
    show(Text(situation(comparison.context, say), style="dim"))
    show()
    show(Text(comparison.sentence, style="bold"))
    for name, message in _unread(comparison):
        show(
            Text.assemble(("! ", "bold magenta"), clean(say["compare.unread_part"].format(name=name, message=message)))
        )
    show(Text(f"{say['compare.counts']}{say['colon']}{_counts(comparison, say)}", style="dim"))
    for effect, changes in _sections(comparison):
        show()
        show(Rule(Text(say[f"compare.section.{effect}"], style="bold"), align="left", style="dim"))
        if effect == "neutral":
            show(Text(say["compare.lead.neutral"]))
        for change in changes:
            show(side_by_side(change, say))
    show()
    for note in _notes(comparison, say):
        show(Text(note, style="dim"))


def side_by_side(change: Change, say: dict[str, str]) -> RenderableType:
    """Return a change as the terminal shows it, both editions side by side."""
    sign, style = EFFECTS[change.effect]
    head = Text.assemble((f"{sign} {say[f'compare.kind.{change.kind}']}", style))
    lines = [
        Text(f"{'  ' if number else ''}{turn_words(turn, say)}", style=style)
        for number, turn in enumerate(change.turns)
    ]
    if lines:
        head = Text.assemble(head, "  ", lines[0])
    table = Table.grid(padding=(0, 3, 0, 0), expand=True)
    for _ in range(2):
        table.add_column(ratio=1)
    sides = (("compare.old", change.old), ("compare.new", change.new))
    table.add_row(*(Text(f"{say[key]}{_where(side, say)}", style="dim") for key, side in sides))
    table.add_row(*(_marked(side, say) for _, side in sides))
    same = unchanged(change, say)
    return Group(
        Text(),
        head,
        *lines[1:],
        Padding(Group(table, *([Text(same, style="dim")] if same else [])), (0, 0, 0, 2)),
    )


def _where(side: Side | None, say: dict[str, str]) -> str:
    return f" · {say['report.page'].format(page=side.page)}" if side and side.page else ""


def _marked(side: Side | None, say: dict[str, str]) -> Text:
    if side is None:
        return Text(say["compare.not_there"], style="dim italic")
    text = Text.assemble((f"{clean(side.context)} " if side.context else "", "dim"))
    for part in side.words:
        begin, end, style = _MARKS[part.mark]
        words = side.text[part.start : part.end]
        text.append(f"{begin}{clean(words)}{end}", style=style)
    return text


# ---- what the page and the terminal tell alike -----------------------------------------------------------


def _content(comparison: Comparison) -> dict[str, Any]:
    """Return what the templates show, and the functions that they call."""
    say = messages(comparison.lang)
    return {
        "comparison": comparison,
        "say": say,
        "situation": situation(comparison.context, say),
        "counts": _counts(comparison, say),
        "unread": list(_unread(comparison)),
        "notes": _notes(comparison, say),
        "sections": list(_sections(comparison)),
        "anchor": "",
        "sign": lambda effect: EFFECTS[effect][0],
        "turn_words": lambda turn: turn_words(turn, say),
        "unchanged": lambda change: unchanged(change, say),
    }


def _sections(comparison: Comparison) -> Iterator[tuple[Effect, list[Change]]]:
    """Yield what changed, the effect that matters most first; inside, the gravest first, then in reading order."""
    for effect in EFFECTS:
        changes = [
            change
            for change in comparison.changes
            if change.effect == effect and (change.kind != "same" or effect != "neutral")
        ]
        if changes:
            yield effect, sorted(changes, key=rank)


def rank(change: Change) -> int:
    """Return the key that sorts changes, the gravest first."""
    return min((SEVERITIES[turn.severity] for turn in change.turns), default=SEVERITIES[None])


def _counts(comparison: Comparison, say: dict[str, str]) -> str:
    return " · ".join(
        say["compare.count"].format(count=comparison.counts[kind], name=say[f"compare.kind.{kind}"])
        for kind in get_args(ChangeKind)
        if comparison.counts[kind]
    )


def _unread(comparison: Comparison) -> Iterator[tuple[str, str]]:
    """Yield the name of the document and what of it was not read."""
    for side in (comparison.old, comparison.new):
        for part in side.unread:
            yield side.document.name, part.message


def _notes(comparison: Comparison, say: dict[str, str]) -> list[str]:
    """Return what limits the comparison, and the promise."""
    left_out = ["compare.without_answers"] if comparison.without_answers else []
    return [say[key] for key in ("compare.method", *left_out, "note.not_a_lawyer", "report.privacy")]


def turn_words(turn: Turn, say: dict[str, str]) -> str:
    """Return what became of a warning or a protection, with its severity, and whether Sceau hesitates."""
    words = say[f"compare.turn.{turn.polarity}.{turn.turn}"].format(title=turn.title)
    more = [say[f"severity.{turn.severity}"]] if turn.severity else []
    more += [say["compare.doubtful"]] if turn.doubtful else []
    return f"{words} ({', '.join(more)})" if more else words


def unchanged(change: Change, say: dict[str, str]) -> str:
    """Return a sentence on the findings that are the same on both sides; empty where there are none."""
    turned = {turn.label for turn in change.turns}
    side = change.new or change.old
    titles = list(dict.fromkeys(told.title for told in (side.findings if side else ()) if told.label not in turned))
    return say["compare.unchanged"].format(titles=say["list"].join(titles)) if titles else ""


if __name__ == "__main__":
    print(schema_text(), end="")
