"""Figures of a corpus as charts: SVG for the page and for print, PNG, and the table behind each as CSV.

A chart never means anything by its colour alone: shares are written in the cells, severities have a panel each, small
groups say that they are small. Names that come from documents reach a chart as data, never as an expression.
"""

from __future__ import annotations

import csv
import html
import io
import textwrap
import unicodedata
from bisect import bisect
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from analyzer.knowledge import load, messages
from analyzer.schema import Lang, Severity

if TYPE_CHECKING:
    import altair as alt

    from analyzer.corpus.statistics import Share, Size

#: A cell of a table: a text, a count, a share (0 to 1), or nothing.
Value: TypeAlias = str | int | float | None

#: Colours of paper, each with the one that stands for it where the page is dark.
_INK, _SOFT, _LINE, _PAPER, _MAIN, _ON_MAIN = "#1c2430", "#56606d", "#d5dae1", "#ffffff", "#1f4f8f", "#fffffe"
_DARK = {
    _INK: "#e7eaf0",
    _SOFT: "#a8b1be",
    _LINE: "#3b4452",
    _PAPER: "#12161c",
    _MAIN: "#93bcf5",
    _ON_MAIN: "#12161d",
    "#edf2fa": "#1a222d",
    "#c6d9f3": "#233650",
    "#94b8e6": "#305080",
    "#3f6fb0": "#78a6e4",
    "#17427c": "#bcd6fa",
}
#: Steps of shares in a heat map, and the colour of each: one hue, ever darker, as every eye tells apart.
_STEPS = (0.1, 0.25, 0.5, 0.75)
_SHADES = ("#edf2fa", "#c6d9f3", "#94b8e6", "#3f6fb0", "#17427c")
#: From this share on, the shade asks for light letters.
_LIGHT_LETTERS = _STEPS[2]
#: A shape for each severity, as ``SIGNS``.
_SHAPES: dict[Severity, str] = {"high": "triangle-up", "medium": "diamond", "low": "circle"}
_FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
#: Characters in a line of a label and of a note; points of screen for the longest name of an insurer.
_LINE_LENGTH, _NOTE_LENGTH, _LONGEST = 34, 90, 200
#: Years that have room on an axis.
_MOST_YEARS = 12
#: Half of the step (points) by which sizes of print are told apart.
_HALF = 0.25
#: Dots per point of a picture.
_SCALE = 2.0
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Table(NamedTuple):
    """The table behind a chart."""

    header: tuple[str, ...]
    rows: list[tuple[Value, ...]]


class Figure(NamedTuple):
    """A chart, what it shows in a sentence for those who do not see it, and the table behind it."""

    chart: alt.TopLevelMixin
    says: str
    table: Table


def heat_map(shares: Sequence[Share], lang: Lang) -> Figure:
    """Return labels against insurers: the share of an insurer's documents that have a label.

    ``shares`` are grouped by insurer and label, and of one kind of document. Insurers with most documents come first,
    and the most frequent labels. Of a small group no share is shown: it would say more of chance than of an insurer.
    """
    import altair as alt

    say = messages(lang)
    totals = {_insurer(share.group[0], say): share.documents for share in shares}
    insurers = _by_weight(totals.items())
    labels = _by_weight((share.group[1], share.concerned) for share in shares)
    titles = {label: _wrapped(_title(label, lang)) for label in labels}
    read, steps = say["charts.documents"], _step_names(lang)
    cells = [
        {
            "insurer": _insurer(share.group[0], say),
            "label": titles[share.group[1]],
            "share": share.share,
            "step": steps[bisect(_STEPS, share.share)],
            "kind": "small" if share.small else "share",
            "text": say["charts.small"] if share.small else percent(share.share, lang),
        }
        for share in shares
    ]
    cells += [
        {"insurer": name, "label": read, "kind": "count", "text": count(number, say)} for name, number in totals.items()
    ]
    x = alt.X(
        "insurer:N",
        scale=alt.Scale(domain=insurers),
        axis=alt.Axis(
            orient="top",
            title=None,
            labelAngle=-40,
            labelLimit=_LONGEST - 50,
            ticks=False,
            domain=False,
            labelOverlap=False,
        ),
    )
    y = alt.Y(
        "label:N",
        scale=alt.Scale(domain=[read, *titles.values()]),
        axis=alt.Axis(
            title=None,
            labelExpr="split(datum.label, '\\n')",
            labelOffset=alt.condition("indexof(datum.value, '\\n') >= 0", alt.value(-7), alt.value(0)),
            labelLimit=300,
            ticks=False,
            domain=False,
        ),
    )
    shown = alt.Chart().encode(x=x, y=y)
    large, few, counts = (shown.transform_filter(f"datum.kind === '{kind}'") for kind in ("share", "small", "count"))
    grid = large.mark_rect(stroke=_PAPER, strokeWidth=2).encode(
        color=alt.Color(
            "step:O",
            scale=alt.Scale(domain=steps, range=list(_SHADES)),
            legend=alt.Legend(title=say["charts.share"], orient="bottom", symbolType="square", symbolStrokeWidth=0),
        )
    )
    letters = large.mark_text().encode(
        text="text:N",
        color=alt.condition(f"datum.share >= {_LIGHT_LETTERS}", alt.value(_ON_MAIN), alt.value(_INK)),
    )
    chart = alt.layer(
        grid,
        letters,
        few.mark_rect(fill=_PAPER, stroke=_SOFT, strokeDash=[3, 3], strokeWidth=1),
        few.mark_text(color=_SOFT, fontSize=10, fontStyle="italic").encode(text="text:N"),
        counts.mark_text(color=_SOFT).encode(text="text:N"),
        data=alt.InlineData(cells),
    ).properties(width=alt.Step(56), height=alt.Step(34))
    known = [share for share in shares if not share.small and share.concerned]
    says = say["charts.heat.says"].format(insurers=len(insurers), labels=len(labels))
    if known:
        most = max(known, key=lambda share: share.share)
        says += " " + say["charts.heat.most"].format(
            share=percent(most.share, lang),
            insurer=_insurer(most.group[0], say),
            label=say["quote"].format(text=_title(most.group[1], lang)),
        )
    table = Table(
        (say["charts.insurer"], say["charts.label"], *_figures_header(say)),
        [
            (_insurer(share.group[0], say), _title(share.group[1], lang), *_figures(share))
            for share in sorted(
                shares, key=lambda one: (insurers.index(_insurer(one.group[0], say)), labels.index(one.group[1]))
            )
        ],
    )
    return Figure(_finished(chart, "heat", says, lang), says, table)


def trend(shares: Sequence[Share], lang: Lang) -> Figure:
    """Return the share of documents with a label, year by year, a panel for each label.

    ``shares`` are grouped by label and year. What has no year stands in the table only.
    """
    import altair as alt

    say = messages(lang)
    labels = _by_weight((share.group[0], share.concerned) for share in shares)
    dated = [share for share in shares if share.group[1] is not None]
    years = [str(year) for year in sorted({int(str(share.group[1])) for share in dated})]
    rows = [
        {
            "label": _wrapped(_title(share.group[0], lang)),
            "place": labels.index(share.group[0]),
            "year": str(share.group[1]),
            "share": share.share,
            "low": share.low,
            "high": share.high,
            "small": share.small,
            "text": say["charts.small"],
            "bottom": 0,
        }
        for share in sorted(dated, key=lambda share: str(share.group[1]))
    ]
    base = alt.Chart().encode(
        x=alt.X(
            "year:O",
            scale=alt.Scale(domain=years),
            axis=alt.Axis(title=None, labelAngle=-45, labelOverlap=len(years) > _MOST_YEARS, grid=False),
        )
    )
    whole = alt.Scale(domain=[0, 1])
    y = alt.Y("share:Q", scale=whole, axis=alt.Axis(format=".0%", title=None, tickCount=3))
    few, many = base.transform_filter("datum.small"), base.transform_filter("!datum.small")
    chart = (
        alt.layer(
            many.mark_rule(color=_SOFT, strokeWidth=2).encode(y=alt.Y("low:Q", scale=whole), y2="high:Q"),
            many.mark_line(color=_MAIN, strokeWidth=2, point=alt.OverlayMarkDef(color=_MAIN, size=45)).encode(y=y),
            few.mark_text(color=_SOFT, fontSize=10, fontStyle="italic", dy=-8).encode(
                y=alt.Y("bottom:Q", scale=whole), text="text:N"
            ),
            data=alt.InlineData(rows),
        )
        .properties(width=205, height=120)
        .facet(
            facet=alt.Facet(
                "label:N",
                sort=alt.EncodingSortField("place", op="min"),
                header=alt.Header(
                    title=None,
                    labelExpr="split(datum.label, '\\n')",
                    labelAnchor="start",
                    labelFontWeight="bold",
                    labelFontSize=12,
                    labelColor=_INK,
                ),
            ),
            columns=3,
            spacing=22,
        )
        .resolve_axis(x="independent", y="independent")
    )
    says = (
        say["charts.trend.says"].format(labels=len(labels), first=years[0], last=years[-1])
        if years
        else say["charts.trend.none"]
    )
    turns = [turn for label in labels if (turn := _turn(label, dated))]
    if turns:
        label, first, last = max(turns, key=lambda turn: abs(turn[2].share - turn[1].share))
        before, after = percent(first.share, lang), percent(last.share, lang)
        if before != after:
            says += " " + say["charts.trend.most"].format(
                label=say["quote"].format(text=_title(label, lang)),
                before=before,
                after=after,
                first=first.group[1],
                last=last.group[1],
            )
    table = Table(
        (say["charts.label"], say["charts.year"], *_figures_header(say)),
        [
            (
                _title(share.group[0], lang),
                say["charts.no_year"] if share.group[1] is None else str(share.group[1]),
                *_figures(share),
            )
            for share in shares
        ],
    )
    return Figure(_finished(chart, "trend", says, lang), says, table)


def print_size(sizes: Sequence[Size], lang: Lang) -> Figure:
    """Return how large passages are printed: those with a warning above, the others below."""
    import altair as alt

    say = messages(lang)
    panels = []
    for name in ("warned", "others"):
        total = sum(getattr(size, name) for size in sizes)
        if not total:
            continue
        rows = [
            {"from": size.points - _HALF, "to": size.points + _HALF, "share": getattr(size, name) / total}
            for size in sizes
            if getattr(size, name)
        ]
        panels.append(
            alt.Chart(alt.InlineData(rows))
            .mark_bar(color=_MAIN if name == "warned" else _SOFT, stroke=_PAPER)
            .encode(
                x=alt.X(
                    "from:Q",
                    scale=alt.Scale(domain=[sizes[0].points - 2 * _HALF, sizes[-1].points + 2 * _HALF], nice=False),
                    axis=alt.Axis(title=say["charts.points"], format="~g", grid=False, tickMinStep=2 * _HALF, zindex=1),
                ),
                x2="to:Q",
                y=alt.Y("share:Q", axis=alt.Axis(title=None, format=".0%", tickCount=4)),
                y2=alt.datum(0),
            )
            .properties(
                width=640,
                height=140,
                title=alt.Title(
                    say[f"charts.print.{name}"].format(count=count(total, say)), fontSize=12, anchor="start"
                ),
            )
        )
    chart = alt.vconcat(*panels, spacing=18).resolve_scale(y="shared")
    middles = {name: _middle([(size.points, getattr(size, name)) for size in sizes]) for name in ("warned", "others")}
    says = " ".join(
        say[f"charts.print.{name}_says"].format(points=decimal(middle, say))
        for name, middle in middles.items()
        if middle is not None
    )
    table = Table(
        (say["charts.points"], say["charts.print.warned_head"], say["charts.print.others_head"]),
        [(decimal(size.points, say), size.warned, size.others) for size in sizes],
    )
    return Figure(_finished(chart, "print", says, lang), says, table)


def severity(shares: Mapping[Severity, Sequence[Share]], lang: Lang) -> Figure:
    """Return, for each insurer, the share of its documents with a warning of a severity, a panel for each severity.

    ``shares`` of each severity are grouped by insurer. Insurers with most documents come first.
    """
    import altair as alt

    say = messages(lang)
    insurers = _by_weight(
        (_insurer(share.group[0], say), share.documents) for some in shares.values() for share in some
    )
    panels: list[alt.LayerChart | alt.FacetChart] = []
    for level, some in shares.items():
        rows = [
            {
                "insurer": _insurer(share.group[0], say),
                "share": share.share,
                "low": share.low,
                "high": share.high,
                "small": share.small,
                "text": say["charts.small"] if share.small else percent(share.share, lang),
            }
            for share in some
        ]
        base = alt.Chart(alt.InlineData(rows)).encode(
            y=alt.Y(
                "insurer:N",
                scale=alt.Scale(domain=insurers),
                axis=alt.Axis(
                    title=None,
                    labelLimit=_LONGEST,
                    labelPadding=14,
                    ticks=False,
                    domain=False,
                    labels=not panels,
                    labelOverlap=False,
                ),
            )
        )
        x = alt.X("share:Q", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format=".0%", title=None, tickCount=3))
        few, many = base.transform_filter("datum.small"), base.transform_filter("!datum.small")
        panels.append(
            alt.layer(
                many.mark_rule(color=_SOFT, strokeWidth=2).encode(
                    x=alt.X("low:Q", scale=alt.Scale(domain=[0, 1])), x2="high:Q"
                ),
                many.mark_point(shape=_SHAPES[level], color=_MAIN, fill=_MAIN, size=60, opacity=1).encode(x=x),
                many.mark_text(color=_INK, dy=-11, fontSize=10).encode(x=x, text="text:N"),
                few.mark_text(color=_SOFT, fontSize=10, fontStyle="italic", align="left").encode(
                    x=alt.value(4), text="text:N"
                ),
            ).properties(
                width=175,
                height=alt.Step(34),
                title=alt.Title(say[f"severity.{level}"], fontSize=12, anchor="start"),
            )
        )
    chart = alt.hconcat(*panels, spacing=20)
    says = say["charts.severity.says"].format(insurers=len(insurers))
    grave = [share for share in shares.get("high", ()) if not share.small]
    if grave:
        most = max(grave, key=lambda share: share.share)
        says += " " + say["charts.severity.most"].format(
            insurer=_insurer(most.group[0], say), share=percent(most.share, lang)
        )
    table = Table(
        (say["charts.insurer"], say["charts.severity"], *_figures_header(say)),
        [
            (_insurer(share.group[0], say), say[f"severity.{level}"], *_figures(share))
            for level, some in shares.items()
            for share in some
        ],
    )
    return Figure(_finished(chart, "severity", says, lang), says, table)


def to_svg(chart: alt.TopLevelMixin, *, themed: bool = False) -> str:
    """Return a chart as SVG that stands by itself; ``themed`` makes it dark where the page around it is."""
    import vl_convert

    drawn = chart.to_dict(validate=False)
    svg: str = vl_convert.vegalite_to_svg(drawn, allowed_base_urls=[])
    title = html.escape(drawn["description"])
    style = f"<style>@media (prefers-color-scheme: dark) {{ {_dark_rules()} }}</style>" if themed else ""
    start = svg.index(">") + 1
    return f"{svg[:start]}<title>{title}</title>{style}{svg[start:]}"


def to_png(chart: alt.TopLevelMixin) -> bytes:
    """Return a chart as a PNG picture, sharp enough for print."""
    import vl_convert

    png: bytes = vl_convert.vegalite_to_png(chart.to_dict(validate=False), scale=_SCALE, allowed_base_urls=[])
    return png


def to_csv(table: Table) -> str:
    """Return a table as CSV. Shares are numbers from 0 to 1; no text is taken for a formula by a spreadsheet."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(table.header)
    writer.writerows([written(value) for value in row] for row in table.rows)
    return out.getvalue()


def percent(share: float, lang: Lang) -> str:
    """Return a share in percent, as people of the language write it."""
    say = messages(lang)
    value = f"{100 * share:.0f}"
    if share and value == "0":
        return say["charts.below"].format(share=say["charts.percent"].format(value=1))
    if share < 1 and value == "100":
        return say["charts.above"].format(share=say["charts.percent"].format(value=99))
    return say["charts.percent"].format(value=value)


def count(number: int, say: dict[str, str]) -> str:
    """Return a count with its thousands apart."""
    return f"{number:,}".replace(",", say["number.thousands"])


def decimal(number: float, say: dict[str, str]) -> str:
    """Return a number with at most one decimal."""
    return f"{number:.1f}".removesuffix(".0").replace(".", say["charts.decimal"])


def plain(text: str) -> str:
    """Return ``text`` without characters that steer (or that XML cannot hold)."""
    return "".join(" " if unicodedata.category(char)[0] == "C" else char for char in text)


def written(value: Value) -> Value:
    """Return a value as a cell of a CSV file holds it; no text is taken for a formula by a spreadsheet."""
    if isinstance(value, float):
        return round(value, 4)
    if not isinstance(value, str):
        return value
    text = plain(value)
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text


def _finished(chart: Any, name: str, says: str, lang: Lang) -> alt.TopLevelMixin:
    """Return a chart with its title, its look, and numbers as people of the language write them."""
    import altair as alt

    say = messages(lang)
    note = textwrap.wrap(say[f"charts.{name}.note"], _NOTE_LENGTH)
    title = alt.Title(say[f"charts.{name}.title"], subtitle=note, anchor="start", fontSize=16, offset=14)
    finished: alt.TopLevelMixin = chart.properties(
        title=title, description=says, background=_PAPER, padding=8
    ).configure(
        aria=False,
        font=_FONT,
        locale=alt.Locale(
            number=alt.NumberLocale(
                decimal=say["charts.decimal"],
                thousands=say["number.thousands"],
                grouping=[3],
                currency=["", ""],
                percent=say["charts.percent"].format(value=""),
            )
        ),
        axis=alt.AxisConfig(
            labelColor=_INK,
            titleColor=_INK,
            labelFontSize=12,
            titleFontSize=12,
            titleFontWeight="normal",
            gridColor=_LINE,
            domainColor=_SOFT,
            tickColor=_SOFT,
        ),
        legend=alt.LegendConfig(
            labelColor=_INK, titleColor=_INK, labelFontSize=12, titleFontSize=12, titleFontWeight="normal"
        ),
        title=alt.TitleConfig(color=_INK, subtitleColor=_SOFT, subtitleFontSize=12),
        text=alt.MarkConfig(color=_INK, fontSize=12),
        view=alt.ViewConfig(stroke=None),
    )
    return finished


def _dark_rules() -> str:
    return " ".join(
        f'[{name}="{light}"] {{ {name}: {dark} }}' for light, dark in _DARK.items() for name in ("fill", "stroke")
    )


def _figures_header(say: dict[str, str]) -> tuple[str, ...]:
    return tuple(say[f"charts.{name}"] for name in ("documents", "concerned", "share", "low", "high"))


def _figures(share: Share) -> tuple[Value, ...]:
    if share.small:
        return share.documents, share.concerned, None, None, None
    return share.documents, share.concerned, float(share.share), float(share.low), float(share.high)


def _step_names(lang: Lang) -> list[str]:
    edges = (0.0, *_STEPS, 1.0)
    return [
        messages(lang)["charts.step"].format(low=round(100 * low), high=percent(high, lang))
        for low, high in pairwise(edges)
    ]


def _by_weight(counted: Iterable[tuple[Any, int]]) -> list[Any]:
    """Return keys, those with most first."""
    weights: dict[Any, int] = {}
    for key, number in counted:
        weights[key] = weights.get(key, 0) + number
    return sorted(weights, key=lambda key: (-weights[key], str(key)))


def _turn(label: str | int | None, shares: Sequence[Share]) -> tuple[str | int | None, Share, Share] | None:
    """Return the first and the last year of a label that are of some size; nothing where there is only one."""
    own = sorted(
        (share for share in shares if share.group[0] == label and not share.small),
        key=lambda share: int(str(share.group[1])),
    )
    return (label, own[0], own[-1]) if len(own) > 1 else None


def _middle(weights: Sequence[tuple[float, int]]) -> float | None:
    """Return the median of values that occur so many times."""
    total = sum(number for _, number in weights)
    seen = 0
    for value, number in sorted(weights):
        seen += number
        if number and 2 * seen >= total:
            return value
    return None


def _insurer(name: str | int | None, say: dict[str, str]) -> str:
    return say["charts.no_insurer"] if name is None else plain(str(name))


def _title(label: str | int | None, lang: Lang) -> str:
    known = load().labels.get(str(label))
    return known.title.get(lang) if known else plain(str(label))


def _lines(text: str) -> list[str]:
    return textwrap.wrap(text, _LINE_LENGTH)


def _wrapped(text: str) -> str:
    return "\n".join(_lines(text))
