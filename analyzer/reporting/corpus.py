"""Figures over a corpus, to be read: in the terminal, as CSV, as JSON.

Names and texts come from documents: they are cleaned of control characters and never read as markup.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from analyzer.corpus.clusters import Cluster, Member
from analyzer.corpus.search import Hit
from analyzer.corpus.statistics import Dimension, Ranked, Severities, Share, Size, Summary
from analyzer.knowledge import load, messages
from analyzer.reporting.charts import count, percent, written
from analyzer.reporting.terminal import clean
from analyzer.schema import Lang

__all__ = ["Printer", "flat", "to_csv", "to_json"]

#: Version of the JSON.
CORPUS_FORMAT = "1.0"
#: Rows that a table of the terminal shows; names that a line does.
_ROWS, _NAMES = 25, 6


def flat(one: Any, by: Sequence[Dimension] = ()) -> dict[str, Any]:
    """Return a row of figures as columns, its group spread out under the dimensions ``by``."""
    values = asdict(one)
    return dict(zip(by, values.pop("group", ()), strict=True)) | values


def to_json(found: Mapping[str, Any], version: str) -> str:
    """Return what a command of Sceau ``version`` found as JSON."""
    content = {"format": CORPUS_FORMAT, "sceau_version": version, **found}
    return json.dumps(content, indent=2, ensure_ascii=False)


def to_csv(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return rows as CSV, lists as their parts between semicolons; no text is taken for a formula by a spreadsheet."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    if rows:
        writer.writerow(rows[0])
    for row in rows:
        writer.writerow(
            [
                written("; ".join(map(str, value)) if isinstance(value, (list, tuple)) else value)
                for value in row.values()
            ]
        )
    return out.getvalue().removesuffix("\n")


class Printer:
    """Prints figures on a console, in a language."""

    def __init__(self, console: Console, lang: Lang) -> None:
        """Name where to print, and in which language."""
        self.console = console
        self.lang: Lang = lang
        self.say = messages(lang)

    def summary(self, name: str, found: Summary, shares: Sequence[Share], sizes: Sequence[Size]) -> None:
        """Print what a store holds, its labels (``shares`` are by label), and how small passages are printed."""
        say, many = self.say, self._many
        self._title(say["corpus.title"].format(name=clean(name)))
        lines = [many("files", found.files)]
        if failed := sum(found.failed.values()):
            lines.append(many("failed", failed))
        lines.append(many("documents", found.documents, pages=self._count(found.pages)))
        if found.partly_unread:
            lines.append(many("partly", found.partly_unread))
        self._lines(" ".join(lines), self._say("population", count=self._count(found.population)))
        self.console.print()
        if found.population:
            share = percent(found.concerned / found.population, self.lang)
            of = {"count": self._count(found.concerned), "of": self._count(found.population)}
            self._lines(Text(self._say("concerned", **of, share=share), style="bold"))
        small = self._count(found.small_print)
        lines = [self._say("warnings", count=self._count(found.warnings), small_print=small)]
        lines.append(self._say("safeguards", count=self._count(found.safeguards)))
        self._lines(" ".join(lines))
        if found.to_check:
            self._lines(self._say("to_check", count=self._count(found.to_check)))
        if found.reviewed:
            counts = {"confirmed": self._count(found.confirmed), "rejected": self._count(found.rejected)}
            self._lines(self._say("reviewed", count=self._count(found.reviewed), **counts))
        severities = {
            say[f"severity.{key}"] if key else say["corpus.unrated"]: found.severities[key]
            for key in ("high", "medium", "low", None)
            if found.severities.get(key)
        }
        states = {
            say[f"state.{key}"] if key else say["state.unknown"]: found.legal_states[key]
            for key in ("forbidden", "contestable", "worth_knowing", None)
            if found.legal_states.get(key)
        }
        years = {str(year or say["corpus.unknown"]): number for year, number in found.years.items()}
        for key, counted in (("severity", severities), ("states", states), ("years", years)):
            if counted:
                parts = (f"{name}{say['colon']}{self._count(number)}" for name, number in counted.items())
                self._lines(Text.assemble((f"{say[f'corpus.{key}']}  ", "dim"), " · ".join(parts)))
        self._labels(shares)
        if sizes:
            self._section("corpus.sizes")
            table = self._table()
            for key in ("points", "warned", "others"):
                self._column(table, f"corpus.{key}")
            for size in sizes:
                table.add_row(self._number(size.points), self._count(size.warned), self._count(size.others))
            self.console.print(table)
            self._note(self._say("sizes.note"))

    def label(
        self,
        name: str,
        groups: Mapping[Dimension | None, Sequence[Share]],
        severities: Sequence[Severities],
        clauses: Sequence[Cluster],
    ) -> None:
        """Print where a label stands: all together (``None``), and by each dimension; then its widest wordings."""
        self._title(self._titled(name))
        whole = groups[None]
        if not whole:
            self._lines(self._say("no_documents"))
            return
        self._severities(severities)
        self._shares(whole, None)
        for dimension, shares in groups.items():
            if dimension and any(share.group[0] is not None for share in shares):
                self._section(f"corpus.by.{dimension}")
                self._shares(shares, dimension)
        self._note(self._say("method"))
        self._note(self._say("changes.note.publish"))
        if clauses:
            self._section("corpus.clauses")
            self._clusters(clauses)

    def insurer(
        self,
        name: str,
        labels: Sequence[Share],
        years: Sequence[Share],
        severities: Sequence[Severities],
        ranked: Sequence[Ranked],
    ) -> None:
        """Print what an insurer's documents say: its place, its labels, its years."""
        self._title(clean(name))
        for one in ranked:
            if one.insurer == name:
                said = {"place": self._place(one), "of": len(ranked), "score": self._number(one.score)}
                self._lines(Text(self._say("ranked", **said, interval=self._between(one.low, one.high)), style="bold"))
        self._severities(severities)
        self._labels(labels)
        if len(years) > 1:
            self._section("corpus.by.year")
            self._shares(years, "year")
        self._note(self._say("changes.note.publish"))

    def ranking(self, ranked: Sequence[Ranked], insurers: int) -> None:
        """Print the ranking of ``insurers`` insurers, and how it is made."""
        self._title(self._say("ranking"))
        if ranked:
            table = self._table()
            for key in ("place", "insurer", "found", "score", "interval"):
                self._column(table, f"corpus.{key}", text=key == "insurer")
            for one in ranked:
                interval = self._between(one.low, one.high)
                name = Text(clean(one.insurer))
                table.add_row(self._place(one), name, self._count(one.documents), self._number(one.score), interval)
            self.console.print(table)
        else:
            self._lines(self._say("ranking.none"))
        if insurers > len(ranked):
            self._lines(self._many("unranked", insurers - len(ranked)))
        self._note(self._say("ranking.method"))
        self._note(self._say("changes.note.publish"))

    def clusters(self, found: Sequence[Cluster]) -> None:
        """Print clauses that are nearly the same, each with its spread."""
        if not found:
            self._lines(self._say("clusters.none"))
            return
        self._clusters(found)
        self._note(self._say("clusters.method"))

    def members(self, found: Sequence[Member]) -> None:
        """Print the wordings of a cluster."""
        for one in found:
            place = [clean(one.insurer)] if one.insurer else []
            place += [str(one.year)] if one.year else []
            place.append(self._at(one.name, one.page))
            head = Text.assemble(
                (self._many("cluster.spread", one.documents), "bold"), (f" · {' · '.join(place)}", "dim")
            )
            self.console.print(head)
            self._quote(one.text)

    def hits(self, found: Sequence[Hit], more: bool, whole: bool) -> None:
        """Print what a search found: the words stand out. ``whole``: the store holds the full text of all documents."""
        if not found:
            self._lines(self._say("hits.none"))
        else:
            key = "hits.first" if more else f"hits.{'one' if len(found) == 1 else 'many'}"
            self._lines(Text(self._say(key, count=len(found)), style="bold"))
            self.console.print()
        for one in found:
            parts = [Text(self._many("cluster.spread", one.documents), style="bold")]
            if one.insurers:
                parts.append(Text(self._names(one.insurers)))
            if one.labels:
                parts.append(Text(", ".join(map(self._titled, one.labels))))
            self.console.print(Text(" · ").join(parts))
            at = self._say("hit.at", name=self._at(one.first.path or one.first.name, one.first.page))
            self.console.print(Padding(Text(at, style="dim"), (0, 0, 0, 2), expand=False))
            self._quote(one.text, one.context, one.spans)
        if not found and not whole:
            self._note(self._say("hits.partial"))

    def _clusters(self, found: Sequence[Cluster]) -> None:
        for one in found:
            title = ", ".join(map(self._titled, one.labels))
            spread = self._many("cluster.spread", one.documents)
            self.console.print(Text.assemble((f"{one.cluster} · ", "dim"), (spread, "bold"), " · ", title))
            self._quote(one.text, one.context)
            facts = [self._many("cluster.wordings", one.wordings)]
            if one.first_year and one.first_insurer:
                facts.append(self._say("cluster.first", year=one.first_year, insurer=clean(one.first_insurer)))
            elif one.first_year:
                facts.append(self._say("cluster.since", year=one.first_year))
            if one.small_print_share:
                facts.append(self._say("cluster.small_print", share=percent(one.small_print_share, self.lang)))
            lines = [" · ".join(facts)]
            if one.insurers:
                lines.insert(0, self._say("cluster.insurers", names=self._names(one.insurers)))
            self.console.print(Padding(Text("\n".join(lines), style="dim"), (0, 0, 1, 2), expand=False))

    def _labels(self, shares: Sequence[Share]) -> None:
        """Print the labels found, warnings apart from protections."""
        known = load().labels
        for polarity in ("warning", "safeguard"):
            shown = [
                share
                for share in shares
                if share.concerned and str(share.group[0]) in known and known[str(share.group[0])].polarity == polarity
            ]
            if shown:
                self._section(f"corpus.labels.{polarity}")
                self._shares(shown, "label")
        if any(share.concerned for share in shares):
            self._note(self._say("method"))

    def _severities(self, found: Sequence[Severities]) -> None:
        for one in found:
            parts = (
                f"{self.say[f'severity.{key}']}{self.say['colon']}{self._count(number)}"
                for key, number in (("high", one.high), ("medium", one.medium), ("low", one.low))
                if number
            )
            if line := " · ".join(parts):
                self._lines(Text.assemble((f"{self._say('severity')}  ", "dim"), line))

    def _shares(self, shares: Sequence[Share], dimension: Dimension | None) -> None:
        """Print shares, one a row: of a dimension, years in order; of all documents together where it is ``None``."""
        table = self._table()
        self._column(table, f"corpus.{dimension}" if dimension else None, text=True)
        for key in ("found", "share", "interval", "small_print"):
            self._column(table, f"corpus.{key}")
        if dimension == "year":
            shares = sorted(shares, key=lambda share: (share.group[0] is None, share.group))
        for share in shares[:_ROWS]:
            name = self._group(dimension, share.group[0]) if dimension else self._say("everything")
            table.add_row(
                Text(f"{name} *" if share.small else name),
                self._say("of", count=self._count(share.concerned), of=self._count(share.documents)),
                percent(share.share, self.lang),
                self._range(percent(share.low, self.lang), percent(share.high, self.lang)),
                self._count(share.small_print) if share.small_print else "–",
            )
        self.console.print(table)
        if len(shares) > _ROWS:
            self._lines(self._many("also", len(shares) - _ROWS))
        if any(share.small for share in shares[:_ROWS]):
            self._note(self._say("small"))

    def _group(self, dimension: Dimension, value: str | int | None) -> str:
        if value is None:
            return self._say("unknown")
        return self._titled(str(value)) if dimension == "label" else clean(str(value))

    def _titled(self, label: str) -> str:
        known = load().labels.get(label)
        return known.title.get(self.lang) if known else clean(label)

    def _names(self, names: Sequence[str]) -> str:
        shown = ", ".join(map(clean, names[:_NAMES]))
        more = self._say("more_names", count=len(names) - _NAMES)
        return f"{shown} {more}" if len(names) > _NAMES else shown

    def _at(self, name: str, page: int | None) -> str:
        where = f", {self.say['report.page'].format(page=page)}" if page else ""
        return f"{clean(name)}{where}"

    def _place(self, one: Ranked) -> str:
        low, high = one.place_low, one.place_high
        return str(low) if low == high else self._range(str(low), str(high))

    def _between(self, low: float, high: float) -> str:
        return self._range(self._number(low), self._number(high))

    def _range(self, low: str, high: str) -> str:
        return self._say("range", low=low, high=high)

    def _number(self, value: float) -> str:
        return f"{value:.1f}".replace(".", self.say["charts.decimal"])

    def _count(self, number: int) -> str:
        return count(number, self.say)

    def _say(self, key: str, **facts: object) -> str:
        return self.say[f"corpus.{key}"].format(**facts)

    def _many(self, key: str, number: int, **facts: object) -> str:
        return self._say(f"{key}.{'one' if number == 1 else 'many'}", count=self._count(number), **facts)

    def _quote(self, text: str, context: str = "", spans: Iterable[tuple[int, int]] = ()) -> None:
        """Print a document's words; those of ``spans`` stand out, in brackets where there is no style."""
        before, after = self.say["quote"].split("{text}")
        opening, closing = ("", "") if self.console.is_terminal else ("[", "]")
        quote = Text(before)
        if context:
            quote.append(clean(context) + " ", style="dim")
        done = 0
        for start, end in spans:
            quote.append(clean(text[done:start]))
            quote.append(opening + clean(text[start:end]) + closing, style="bold underline")
            done = end
        quote.append(clean(text[done:]))
        quote.append(after)
        self.console.print(Padding(quote, (0, 0, 0, 2), expand=False))

    def _title(self, title: str) -> None:
        self.console.print(Rule(Text(title), style="dim"))

    def _section(self, key: str) -> None:
        self.console.print()
        self.console.print(Rule(Text(self.say[key], style="bold"), align="left", style="dim"))

    def _lines(self, *lines: str | Text) -> None:
        for line in lines:
            self.console.print(line if isinstance(line, Text) else Text(line))

    def _note(self, note: str) -> None:
        self.console.print(Text(note, style="dim"))

    def _table(self) -> Table:
        return Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))

    def _column(self, table: Table, key: str | None, *, text: bool = False) -> None:
        heading = Text(self.say[key] if key else "")
        table.add_column(heading, justify="left" if text else "right", no_wrap=not text)
