"""Pieces of a page about a corpus, as HTML; every text is escaped."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence

from markupsafe import Markup

from analyzer.corpus.clause import Clause
from analyzer.corpus.statistics import Summary
from analyzer.knowledge import messages
from analyzer.reporting import SIGNS, Card, marked, place
from analyzer.reporting.charts import Figure, Table, Value, count, percent
from analyzer.reporting.html import render
from analyzer.schema import Lang


def to_figure_fragment(figure: Figure, title: str, svg: str, lang: Lang) -> str:
    """Return a chart, drawn as ``svg``, with what it shows in words."""
    source = base64.b64encode(svg.encode()).decode("ascii")
    return render("chart.html.j2", lang=lang, figure=figure, title=title, source=source)


def to_table_fragment(table: Table, title: str, lang: Lang) -> str:
    """Return the table behind a chart; shares in percent."""
    say = messages(lang)

    def written(value: Value) -> str:
        if value is None:
            return say["charts.small"]
        if isinstance(value, float):
            return percent(value, lang)
        return count(value, say) if isinstance(value, int) else value

    return render("chart_table.html.j2", lang=lang, table=table, title=title, written=written)


def to_summary_fragment(summary: Summary, lang: Lang) -> str:
    """Return how much a corpus holds, and what of it is in no figure because it was not read or not decided."""
    say = messages(lang)
    facts = ("population", "concerned", "warnings", "small_print", "confirmed")
    told = {
        "files": (sum(summary.failed.values()), {"failed": sum(summary.failed.values()), "files": summary.files}),
        "pages": (summary.pages_unread, {"unread": summary.pages_unread, "pages": summary.pages}),
        "to_check": (summary.to_check, {"count": summary.to_check}),
        "insurer": (summary.without_insurer, {"count": summary.without_insurer}),
    }
    return render(
        "corpus_summary.html.j2",
        lang=lang,
        facts=[(say[f"app.corpus.fact.{name}"], count(getattr(summary, name), say)) for name in facts],
        unread=[
            say[f"app.corpus.unread.{name}"].format(**{key: count(value, say) for key, value in values.items()})
            for name, (wanted, values) in told.items()
            if wanted
        ],
    )


def to_wording_fragment(
    text: str, context: str, lines: Sequence[str], lang: Lang, spans: Sequence[tuple[int, int]] = ()
) -> str:
    """Return a wording, with ``lines`` that tell of it; what stands at ``spans`` is marked."""
    return render("wording.html.j2", lang=lang, context=context, lines=lines, pieces=list(_pieces(text, sorted(spans))))


def to_clause_fragment(clause: Clause, picture: str, why: str, lang: Lang) -> str:
    """Return a clause in place: ``picture`` is HTML of our own making, ``why`` says why there is none."""
    say = messages(lang)
    known = [
        clause.insurer or say["charts.no_insurer"],
        clause.product,
        str(clause.year) if clause.year else say["charts.no_year"],
    ]
    return render(
        "clause.html.j2",
        lang=lang,
        say=say,
        clause=clause,
        card=card_of(clause),
        about=" · ".join(one for one in known if one),
        picture=Markup(picture),
        why=why,
        marked=marked,
        place=place,
        signs=SIGNS,
    )


def card_of(clause: Clause) -> Card:
    """Return the card of a clause; unlike those of a report, it may have no finding."""
    return Card(clause.passage, clause.report.findings)


def _pieces(text: str, spans: Sequence[tuple[int, int]]) -> Iterator[tuple[str, bool]]:
    """Yield a text in pieces, each with whether it is marked."""
    at = 0
    for start, end in spans:
        if start > at:
            yield text[at:start], False
        if end > max(at, start):
            yield text[max(at, start) : end], True
            at = end
    if at < len(text):
        yield text[at:], False
