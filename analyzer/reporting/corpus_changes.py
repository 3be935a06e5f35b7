"""Two years of a corpus compared, to be read: in the terminal, as one HTML file, as CSV, as JSON.

The figures come first, then what changed, pair by pair, what is harsher first. All of them are written piece by piece.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Console, RenderableType
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from analyzer.corpus.changes import Pair, Paper, Row, Years
from analyzer.knowledge import load, messages
from analyzer.reporting.charts import written
from analyzer.reporting.comparison import EFFECTS, rank, side_by_side, turn_words, unchanged
from analyzer.reporting.html import stream
from analyzer.reporting.terminal import clean
from analyzer.schema import Change

__all__ = ["print_years", "to_csv", "to_html", "to_json", "to_text"]

#: Version of the JSON.
CHANGES_FORMAT = "1.0"
#: Documents without another edition that the terminal and the page name.
_NAMED = 20
#: What a document is told by in JSON.
_PAPER = ("document", "name", "insurer", "product", "kind")


def to_json(found: Years) -> Iterator[str]:
    """Yield the comparison as JSON, an object; a change is what it is in the JSON of ``sceau compare``."""
    head = {
        "format": CHANGES_FORMAT,
        "sceau_version": found.sceau_version,
        "lang": found.lang,
        "years": [found.old, found.new],
        "full_text": found.balance.whole,
        "read_alike": found.balance.alike,
        "documents": {"compared": len(found.pairing.pairs)}
        | {effect: found.balance.touched[effect] for effect in _EFFECTS},
        "labels": [row._asdict() for row in found.balance.labels()],
        "only_old": [_paper(paper) for paper in found.pairing.only_old],
        "only_new": [_paper(paper) for paper in found.pairing.only_new],
        "unchanged": [_pair(row.pair) for row in found.balance.rows if not _touched(row)],
    }
    yield json.dumps(head, indent=2, ensure_ascii=False).removesuffix("\n}") + ',\n  "changed": ['
    for number, one in enumerate(found.details()):
        told = {
            **_pair(one.pair),
            "passages": one.kinds,
            "effects": one.effects,
            "gained": one.gained,
            "lost": one.lost,
            "changes": [change.model_dump(mode="json") for change in one.changes],
        }
        yield ("," if number else "") + "\n    " + json.dumps(told, ensure_ascii=False)
    yield "\n  ]\n}\n"


def to_csv(found: Years) -> Iterator[str]:
    """Yield the comparison as CSV: a line for each warning or protection that changed, with both texts."""
    say = messages(found.lang)
    columns = ("insurer", "product", "old", "new", "by", "effect", "kind", "label", "turn")
    places = ("old_page", "new_page", "old_text", "new_text")
    yield _line([say[f"corpus.changes.csv.{name}"] for name in (*columns, *places)])
    for one in found.details():
        for change in sorted(one.changes, key=_order):
            sides = (change.old, change.new)
            for turn in change.turns:
                yield _line(
                    [
                        *(one.pair.new.insurer, one.pair.new.product, *_editions(one.pair)),
                        *(one.pair.by, say[f"compare.effect.{change.effect}"], say[f"compare.kind.{change.kind}"]),
                        *(turn.label, turn_words(turn, say)),
                        *(side.page if side else None for side in sides),
                        *(side.text if side else None for side in sides),
                    ]
                )


def to_html(found: Years) -> Iterator[str]:
    """Yield the comparison as a self-contained page; every text is escaped."""
    say = messages(found.lang)
    yield from stream(
        "corpus_changes.html.j2",
        found=found,
        say=say,
        version=found.sceau_version,
        sentence=_sentence(found, say),
        labels=_labels(found, say),
        rows=[row for row in found.balance.rows if _touched(row)],
        untouched=_untouched(found, say),
        effects=_EFFECTS,
        only=list(_only(found, say)),
        notes=_notes(found, say),
        title=lambda pair: _title(pair, say),
        names=lambda pair: _names(pair, say),
        ordered=lambda one: sorted(one.changes, key=_order),
        sign=lambda effect: EFFECTS[effect][0],
        turn_words=lambda turn: turn_words(turn, say),
        unchanged=lambda change: unchanged(change, say),
    )


def to_text(found: Years) -> Iterator[str]:
    """Yield the comparison as plain text, 120 characters wide, as a file holds it."""
    held = io.StringIO()
    console = Console(file=held, width=120, color_system=None)
    for part in _parts(found):
        console.print(part)
        yield "".join(f"{line.rstrip()}\n" for line in held.getvalue().splitlines())
        held.seek(0)
        held.truncate()


def print_years(found: Years, console: Console) -> None:
    """Print the comparison on ``console``."""
    for part in _parts(found):
        console.print(part)


# ---- the terminal -----------------------------------------------------------------------------------------


def _parts(found: Years) -> Iterator[RenderableType]:
    say = messages(found.lang)
    yield Rule(Text(say["corpus.changes.title"].format(old=found.old, new=found.new)), style="dim")
    yield Text(_sentence(found, say), style="bold")
    if labels := _labels(found, say):
        yield from _heading(say["corpus.changes.labels"])
        yield Text(say["corpus.changes.labels.lead"], style="dim")
        yield _table([say[f"corpus.changes.{name}"] for name in _LABEL_COLUMNS], labels, words=2)
    if rows := [row for row in found.balance.rows if _touched(row)]:
        yield from _heading(say["corpus.changes.pairs"])
        signs = [f"{EFFECTS[effect][0]} {say[f'compare.effect.{effect}']}" for effect in _EFFECTS]
        yield _table(
            [*(say[f"corpus.changes.{name}"] for name in ("insurer", "product", "editions")), *signs],
            [
                (
                    *(row.pair.new.insurer or say["corpus.changes.insurer_unknown"], row.pair.new.product or ""),
                    _names(row.pair, say),
                    *(row.effects[effect] for effect in _EFFECTS),
                )
                for row in rows
            ],
            words=3,
        )
    if untouched := _untouched(found, say):
        yield Text(untouched, style="dim")
    if rows:
        yield from _heading(say["corpus.changes.details"])
    for one in found.details():
        yield Text()
        yield Text(clean(_title(one.pair, say)), style="bold underline")
        yield Text(clean(_names(one.pair, say)))
        yield Text(say[f"corpus.changes.by.{one.pair.by}"], style="dim")
        for change in sorted(one.changes, key=_order):
            yield side_by_side(change, say)
    for title, names, more in _only(found, say):
        yield from _heading(title)
        yield Text(say["corpus.changes.only.lead"], style="dim")
        for name in names:
            yield Text(f"  {clean(name)}")
        if more:
            yield Text(f"  {more}", style="dim")
    yield Text()
    for note in _notes(found, say):
        yield Text(note, style="dim")


def _heading(title: str) -> Iterator[RenderableType]:
    yield Text()
    yield Rule(Text(title, style="bold"), align="left", style="dim")


def _table(headings: Sequence[str], rows: Sequence[Sequence[str | int]], words: int) -> Table:
    """Return a table whose first ``words`` columns hold words, the others numbers."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for place, heading in enumerate(headings):
        table.add_column(heading, justify="left" if place < words else "right", overflow="fold")
    for row in rows:
        table.add_row(*(Text(clean(str(cell))) for cell in row))
    return table


# ---- what all of them tell alike --------------------------------------------------------------------------

#: The effects that touch a reader, the one that matters most first.
_EFFECTS = tuple(effect for effect in EFFECTS if effect != "neutral")
_LABEL_COLUMNS = ("label", "insurer", "documents", "gained", "lost")


def _touched(row: Row) -> bool:
    return any(row.effects.values())


def _order(change: Change) -> tuple[int, int]:
    return list(EFFECTS).index(change.effect), rank(change)


def _sentence(found: Years, say: dict[str, str]) -> str:
    compared = len(found.pairing.pairs)
    parts = [_counted(say, "compared", compared).format(count=compared, old=found.old, new=found.new)]
    if compared:
        for effect in ("harsher", "milder", "unclear"):
            count = found.balance.touched[effect]
            if count or effect != "unclear":
                parts.append(_counted(say, effect, count).format(count=count))
    return " ".join(parts)


def _counted(say: dict[str, str], name: str, count: int) -> str:
    return say[f"corpus.changes.{name}.{'none' if not count else 'one' if count == 1 else 'many'}"]


def _labels(found: Years, say: dict[str, str]) -> list[tuple[str | int, ...]]:
    """Return the rows of the table of labels."""
    known = load().labels
    return [
        (
            *(known[row.label].title.get(found.lang), row.insurer or say["corpus.changes.insurer_unknown"]),
            *(row.documents, row.gained, row.lost),
        )
        for row in found.balance.labels()
    ]


def _untouched(found: Years, say: dict[str, str]) -> str:
    count = sum(not _touched(row) for row in found.balance.rows)
    return _counted(say, "untouched", count).format(count=count) if count else ""


def _title(pair: Pair, say: dict[str, str]) -> str:
    return " · ".join(filter(None, (pair.new.insurer or say["corpus.changes.insurer_unknown"], pair.new.product)))


def _names(pair: Pair, say: dict[str, str]) -> str:
    old, new = _editions(pair)
    return say["corpus.changes.pair"].format(old=old, new=new)


def _editions(pair: Pair) -> tuple[str, str]:
    """Return the names of both; where they are the same, their paths, from where these part.

    What stands before is nobody's business: whole paths may name a person, and these pages are handed on.
    """
    old, new = pair.old.name, pair.new.name
    if old == new:
        paths = [paper.path.split("/") for paper in pair[:2]]
        apart = next((place for place, (one, other) in enumerate(zip(*paths, strict=False)) if one != other), 0)
        old, new = ("/".join(path[apart:]) for path in paths)
    return old, new


def _only(found: Years, say: dict[str, str]) -> Iterator[tuple[str, list[str], str]]:
    """Yield, for each year, a title, the names of some documents that have no other edition, and how many more."""
    for year, papers in ((found.old, found.pairing.only_old), (found.new, found.pairing.only_new)):
        if papers:
            title = f"{say['corpus.changes.only'].format(year=year)}{say['colon']}{len(papers)}"
            names = [" · ".join(filter(None, (paper.insurer, paper.product, paper.name))) for paper in papers[:_NAMED]]
            more = len(papers) - _NAMED
            yield title, names, say["corpus.changes.more"].format(count=more) if more > 0 else ""


def _notes(found: Years, say: dict[str, str]) -> list[str]:
    keys = ["compare.method", "corpus.changes.note.reviewed"]
    if found.pairing.pairs and not found.balance.whole:
        keys.append("corpus.changes.note.parts")
    if found.balance.without_answers:
        keys.append("compare.without_answers")
    if not found.balance.alike:
        keys.append("corpus.changes.note.engines")
    return [say[key] for key in (*keys, "corpus.changes.note.publish", "note.not_a_lawyer")]


def _paper(paper: Paper) -> dict[str, Any]:
    return {name: getattr(paper, name) for name in _PAPER}


def _pair(pair: Pair) -> dict[str, Any]:
    return {"old": _paper(pair.old), "new": _paper(pair.new), "by": pair.by}


def _line(cells: Sequence[str | int | None]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(written(cell) for cell in cells)
    return out.getvalue()
