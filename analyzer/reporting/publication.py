"""The report of a corpus for publication: one HTML file that needs nothing else, or a tagged PDF.

Both show the same blocks. Insurers are named in one part only, that of the findings which people confirmed, each with
the words of the document; everywhere else they are letters, and their names are masked in what documents say. Who
reviewed is named nowhere. The first lines say how often Sceau is right, or that nobody checked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from itertools import groupby
from typing import Any, Literal, NamedTuple, cast

from markupsafe import Markup

from analyzer.corpus.anonymous import Names, letters, merged
from analyzer.corpus.clusters import Cluster, clusters
from analyzer.corpus.review import Agreement, Confirmed, Precision, agreement, confirmed, drawn_from, precision, samples
from analyzer.corpus.statistics import SMALL, Filters, Share, Size, Summary, prevalence, print_sizes, summary
from analyzer.corpus.store import Store
from analyzer.knowledge import load, messages
from analyzer.reporting import SEVERITIES, SIGNS, charts
from analyzer.reporting.corpus_review import hundredths
from analyzer.reporting.html import render
from analyzer.reporting.paper import Block, Bullets, Group, Heading, Look, Paragraph, Span, Table, Tone, inert
from analyzer.reporting.pdf import typeset
from analyzer.schema import Lang, Severity

__all__ = ["Publication", "gather", "to_html", "to_pdf"]

#: So many wordings are shown in the table of those that spread.
_CLUSTERS = 20
#: Insurers in a heat map, and panels of a trend, at most: a chart fits a page.
_INSURERS, _PANELS = 10, 12
#: So much of a wording (characters) is shown there.
_EXTRACT = 300
#: A digest is told by its first characters.
_DIGEST = 12


@dataclass(frozen=True)
class Picture:
    """A chart: an SVG picture of our own making, and what it says for those who do not see it."""

    svg: str
    says: str
    kind: Literal["picture"] = "picture"


class Engine(NamedTuple):
    """What judged some of the documents: versions and digests, as in the store."""

    sceau_version: str
    knowledge: str
    model: str | None


@dataclass(frozen=True)
class Publication:
    """All that is published. Insurers stand in ``confirmed`` by their names, elsewhere by letters.

    ``precision`` is absent where no random sample fits; ``same_selection`` says whether it was drawn from what the
    report is about. ``scanned`` are the first and the last day (UTC) on which documents were read. ``alike`` are
    wordings that spread, their texts masked.
    """

    lang: Lang
    filters: Filters
    summary: Summary
    precision: Precision | None
    same_selection: bool
    agreement: Agreement | None
    engines: tuple[Engine, ...]
    scanned: tuple[date, date] | None
    overall: tuple[Share, ...]
    labels: tuple[Share, ...]
    years: tuple[Share, ...]
    insurers: tuple[Share, ...]
    heat: tuple[Share, ...]
    trend: tuple[Share, ...]
    sizes: tuple[Size, ...]
    alike: tuple[Cluster, ...]
    confirmed: tuple[Confirmed, ...]
    names: Names


def gather(store: Store, filters: Filters = Filters(), sample: int | None = None, lang: Lang = "fr") -> Publication:
    """Return what a report on a store says.

    Without a ``sample``, the precision is that of the latest one that was drawn from the same selection. Raises
    ``UnknownSample`` for a number that no sample has.
    """
    say = messages(lang)
    names, shown = Names.of(store), letters(store)
    named = {name: say["publication.insurer"].format(letter=letter) for name, letter in shown.items()}
    others, unknown, mask = (say[f"publication.{key}"] for key in ("others", "unknown", "mask"))
    drawn = samples(store)
    if sample is None:
        sample = next((one.sample for one in drawn if one.filters == drawn_from(filters)), None)
    heat = merged(prevalence(store, ("insurer", "label"), filters), named, others, unknown)
    together = agreement(store)
    ((first, last),) = store.rows("SELECT min(scanned_at), max(scanned_at) FROM documents")
    engines = store.rows(
        "SELECT DISTINCT sceau_version, knowledge, model FROM engines"
        " WHERE engine IN (SELECT engine FROM documents) ORDER BY ALL"
    )
    return Publication(
        lang=lang,
        filters=filters,
        summary=summary(store, filters),
        precision=None if sample is None else precision(store, sample),
        same_selection=any(one.sample == sample and one.filters == drawn_from(filters) for one in drawn),
        agreement=together[0] if together else None,
        engines=tuple(Engine(*row) for row in engines),
        scanned=(first.date(), last.date()) if first else None,
        overall=_enough(prevalence(store, (), filters)),
        labels=_enough(prevalence(store, ("label",), filters)),
        years=_enough(sorted(prevalence(store, ("year",), filters), key=_year)),
        insurers=tuple(merged(prevalence(store, ("insurer",), filters), named, others, unknown)),
        heat=tuple(share for share in heat if share.group[1] in _found(heat)),
        trend=_trend(prevalence(store, ("label", "year"), filters)),
        sizes=tuple(print_sizes(store, filters)),
        alike=tuple(
            replace(one, text=_cut(names.masked(one.text, mask)), context="", first_insurer=None)
            for one in clusters(store, filters, _CLUSTERS)
            if one.documents >= SMALL and len(one.insurers) > 1
        ),
        confirmed=tuple(confirmed(store, filters)),
        names=names,
    )


def to_html(publication: Publication) -> str:
    """Return the report as a self-contained page; every text is escaped."""
    say = messages(publication.lang)
    return render(
        "publication.html.j2",
        lang=publication.lang,
        say=say,
        blocks=_blocks(publication),
        drawing=lambda picture: Markup(picture.svg),
    )


def to_pdf(publication: Publication) -> bytes:
    """Return the report as the bytes of a tagged PDF file."""
    say = messages(publication.lang)
    title = say["publication.title"]
    content: dict[str, Any] = {
        **{"title": title, "header": title, "name": title, "brand": say["page.title"], "lang": publication.lang},
        "page": say["export.page"],
        "blocks": [_printed(block) for block in _blocks(publication)],
    }
    return typeset("report.typ", content)


def _printed(block: Block | Picture) -> dict[str, Any]:
    """Return a block as data for typst; a picture as bytes, since it is no text to be made fit for the fonts."""
    if isinstance(block, Picture):
        return {"kind": block.kind, "svg": list(block.svg.encode()), "says": block.says}
    return asdict(block)


# ---- what is gathered ------------------------------------------------------------------------------------


def _enough(shares: Sequence[Share]) -> tuple[Share, ...]:
    return tuple(share for share in shares if share.documents >= SMALL)


def _found(shares: Sequence[Share]) -> set[str | int | None]:
    """Return the labels, the second part of groups, that some document has."""
    return {share.group[1] for share in shares if share.concerned}


def _year(share: Share) -> tuple[bool, int]:
    year = share.group[0]
    return (year is None, year if isinstance(year, int) else 0)


def _trend(shares: Sequence[Share]) -> tuple[Share, ...]:
    """Return what can be drawn year by year: labels that were found, where there are two years at least."""
    dated = [share for share in _enough(shares) if share.group[1] is not None]
    if len({share.group[1] for share in dated}) < 2:
        return ()
    found = {share.group[0] for share in dated if share.concerned}
    return tuple(share for share in dated if share.group[0] in found)


def _parts(shares: Sequence[Share], place: int, size: int) -> Iterator[list[Share]]:
    """Yield shares by so many values at once of the part of their groups at ``place``, in the order they come in."""
    values = list(dict.fromkeys(share.group[place] for share in shares))
    for start in range(0, len(values), size):
        chosen = values[start : start + size]
        yield [share for share in shares if share.group[place] in chosen]


def _cut(text: str) -> str:
    return text if len(text) <= _EXTRACT else f"{text[:_EXTRACT]}…"


# ---- what is said ----------------------------------------------------------------------------------------


def _blocks(publication: Publication) -> tuple[Block | Picture, ...]:
    """Return all that the report says, without its title."""
    return tuple(_Paper(publication).all())


def _span(text: str, style: Literal["plain", "strong", "soft", "mark"] = "plain") -> Span:
    return Span(inert(text), style)


def _paragraph(text: str, look: Look = "plain") -> Paragraph:
    return Paragraph((_span(text),), look)


class _Paper:
    """The blocks of one report."""

    def __init__(self, publication: Publication) -> None:
        self.of = publication
        self.lang = publication.lang
        self.say = messages(publication.lang)

    def all(self) -> Iterator[Block | Picture]:
        """Yield the report's blocks, in order."""
        yield from self._checked()
        yield from self._read()
        yield from self._figures()
        yield from self._insurers()
        yield from self._years()
        yield from self._print()
        yield from self._alike()
        yield from self._confirmed()
        yield from self._method()

    def _checked(self) -> Iterator[Block]:
        """Yield how often Sceau is right, or that nobody knows; then the main figure."""
        say, found = self.say, self.of.precision
        if found is None or not found.decided or found.share is None:
            yield _paragraph(say["publication.unchecked"], "lead")
            yield _paragraph(say["publication.unchecked_more"], "note")
        else:
            yield _paragraph(self._told("publication.checked", found.share, found.low, found.high), "lead")
            more = [
                say["publication.sample"].format(
                    size=self._count(found.decided + found.left),
                    population=self._count(found.population),
                    decided=self._count(found.decided),
                    right=self._count(found.right),
                )
            ]
            if found.left:
                more.append(self._counted("publication.sample_left", found.left))
            if not self.of.same_selection:
                more.append(say["publication.sample_other"])
            yield _paragraph(" ".join(more), "note")
        for share in self.of.overall:
            yield _paragraph(
                say["publication.overall"].format(
                    concerned=self._count(share.concerned),
                    documents=self._count(share.documents),
                    share=charts.percent(share.share, self.lang),
                    low=charts.percent(share.low, self.lang),
                    high=charts.percent(share.high, self.lang),
                )
            )
        yield _paragraph(say["publication.names"])

    def _read(self) -> Iterator[Block]:
        say, summary = self.say, self.of.summary
        yield Heading(1, say["publication.read"])
        lines = [
            self._counted("publication.documents", summary.documents, pages=self._count(summary.pages)),
            self._counted("publication.population", summary.population),
        ]
        failed = sum(summary.failed.values())
        for key, number in (
            ("failed", failed),
            ("partly_unread", summary.partly_unread),
            ("pages_unread", summary.pages_unread),
            ("other_languages", sum(count for name, count in summary.languages.items() if name != "fr")),
            ("to_check", summary.to_check),
        ):
            if number:
                lines.append(self._counted(f"publication.{key}", number))
        if self.of.scanned:
            first, last = map(self._date, self.of.scanned)
            lines.append(say["publication.scanned"].format(first=first, last=last))
        if selection := self._selection():
            lines.insert(0, say["publication.selection"].format(selection=say["list"].join(selection)))
        yield Bullets(tuple((_span(line),) for line in lines))

    def _selection(self) -> list[str]:
        """Return in words what the report is about, without the names of insurers and products."""
        filters, say, known = self.of.filters, self.say, load().labels
        told = [known[name].title.get(self.lang) for name in filters.labels if name in known]
        told += [
            self._counted(f"publication.chosen_{name}", len(values))
            for name, values in (("insurers", filters.insurers), ("products", filters.products))
            if values
        ]
        told += map(str, filters.years)
        told += [say.get(f"country.{name}", inert(name)) for name in filters.countries]
        told += [say[f"publication.kind.{name}"] for name in filters.kinds]
        told += [say[f"severity.{name}"] for name in filters.severities]
        if filters.small_print is not None:
            told.append(say["publication.only_small" if filters.small_print else "publication.not_small"])
        if filters.reviewed_only:
            told.append(say["publication.only_reviewed"])
        return told

    def _figures(self) -> Iterator[Block | Picture]:
        say = self.say
        yield Heading(1, say["publication.figures"])
        found = [share for share in self.of.labels if share.concerned]
        if not found:
            yield _paragraph(say["publication.nothing"])
            return
        yield _paragraph(say["publication.interval"])
        known = load().labels
        for polarity in ("warning", "safeguard"):
            rows = [share for share in found if known[str(share.group[0])].polarity == polarity]
            if rows:
                yield Heading(2, say[f"publication.figures.{polarity}"])
                yield self._shares(
                    say["publication.subject"],
                    [(known[str(share.group[0])].title.get(self.lang), share) for share in rows],
                )

    def _insurers(self) -> Iterator[Block | Picture]:
        if len(self.of.insurers) < 2:
            return
        say = self.say
        yield Heading(1, say["publication.insurers"])
        yield _paragraph(say["publication.insurers_lead"])
        yield self._shares(
            say["publication.insurer_head"], [(str(share.group[0]), share) for share in self.of.insurers]
        )
        for part in _parts(self.of.heat, 0, _INSURERS):
            figure = charts.heat_map(part, self.lang)
            yield Picture(charts.to_svg(figure.chart), figure.says)

    def _years(self) -> Iterator[Block | Picture]:
        dated = [share for share in self.of.years if share.group[0] is not None]
        if len(dated) < 2:
            return
        say = self.say
        yield Heading(1, say["publication.years"])
        yield self._shares(say["publication.year"], [(str(share.group[0]), share) for share in dated])
        for part in _parts(self.of.trend, 0, _PANELS):
            figure = charts.trend(part, self.lang)
            yield Picture(charts.to_svg(figure.chart), figure.says)

    def _print(self) -> Iterator[Block | Picture]:
        say, summary = self.say, self.of.summary
        if not summary.warnings:
            return
        yield Heading(1, say["publication.print"])
        yield _paragraph(
            say["publication.small"].format(
                small=self._count(summary.small_print),
                warnings=self._count(summary.warnings),
                share=charts.percent(summary.small_print / summary.warnings, self.lang),
            )
        )
        if self.of.sizes:
            figure = charts.print_size(self.of.sizes, self.lang)
            yield Picture(charts.to_svg(figure.chart), figure.says)

    def _alike(self) -> Iterator[Block]:
        if not self.of.alike:
            return
        say, known = self.say, load().labels
        yield Heading(1, say["publication.alike"])
        yield _paragraph(say["publication.alike_lead"])
        for one in self.of.alike:
            where = [
                self._counted("publication.in_documents", one.documents),
                self._counted("publication.at_insurers", len(one.insurers)),
            ]
            if one.first_year is not None:
                where.append(say["publication.since"].format(year=one.first_year))
            yield Heading(2, known[one.label].title.get(self.lang))
            yield _paragraph(" · ".join(where), "where")
            yield _paragraph(say["quote"].format(text=one.text), "quote")

    def _confirmed(self) -> Iterator[Block]:
        """Yield the only part with names: what people confirmed, each wording once an insurer, with all its places."""
        say, known = self.say, load().labels
        yield Heading(1, say["publication.confirmed"])
        if not self.of.confirmed:
            yield _paragraph(say["publication.confirmed_none"])
            return
        yield _paragraph(say["publication.confirmed_lead"])
        for _, found in groupby(self.of.confirmed, key=lambda one: (one.insurer, one.label, one.text_id)):
            places = list(found)
            first, *_ = sorted(places, key=lambda one: SEVERITIES[cast("Severity | None", one.severity)])
            label = known[first.label]
            severity = cast("Severity | None", first.severity)
            tone: Tone = "good" if label.polarity == "safeguard" else severity or "low"
            tags = [f"{SIGNS[severity]} {say[f'severity.{severity}']}"] if severity else []
            tags += [say[f"state.{first.legal_state}"]] if first.legal_state else []
            parts: list[Block] = [
                Heading(
                    2, inert(f"{first.insurer or say['publication.unknown']}{say['colon']}{label.title.get(self.lang)}")
                )
            ]
            parts += [_paragraph(" · ".join(tags), "tags")] if tags else []
            parts.append(self._quoted(first))
            parts.append(Bullets(tuple((_span(line),) for line in self._places(places))))
            yield Group(tone, tuple(parts))

    def _quoted(self, one: Confirmed) -> Paragraph:
        """Return the words of the document, those that count marked; other insurers than its own have no name."""
        before, after = self.say["quote"].split("{text}")
        mask = self.say["publication.mask"]
        stem = self.of.names.masked(one.context, mask, one.insurer)
        words = self.of.names.pieces(one.text, one.evidence, mask, one.insurer)
        return Paragraph(
            (
                _span(before),
                *([_span(f"{stem} ", "soft")] if stem else []),
                *(_span(part, "mark" if caused else "plain") for part, caused in words),
                _span(after),
            ),
            "quote",
        )

    def _places(self, found: Sequence[Confirmed]) -> Iterator[str]:
        """Yield a line for each place; those told alike stand once, with how many documents they are."""
        for line, times in Counter(map(self._place, found)).items():
            yield line if times == 1 else f"{line} · {self._counted('publication.in_documents', times)}"

    def _place(self, one: Confirmed) -> str:
        """Return the document, its edition and page, and who confirmed: how many, and when."""
        say = self.say
        title = self.of.names.masked(one.product or one.name, say["publication.mask"], one.insurer)
        told = [title, say["publication.edition"].format(year=one.year) if one.year else say["publication.no_edition"]]
        told += [say["report.page"].format(page=one.page)] if one.page else []
        told += [say["report.small_print"]] if one.small_print else []
        told.append(
            self._counted(
                "publication.confirmed_by",
                one.confirming,
                reviewers=one.reviewers,
                date=self._date(one.decided),
            )
        )
        return " · ".join(told)

    def _method(self) -> Iterator[Block]:
        say = self.say
        yield Heading(1, say["publication.method"])
        lines = [
            say[f"publication.method.{name}"]
            for name in ("how", "counts", "interval", "sample", "letters", "alike", "review", "misses", "law")
            if name != "alike" or self.of.alike
        ]
        together = self.of.agreement
        if together is not None:
            lines.append(self._agreed(together))
        lines.append(say["note.not_a_lawyer"])
        yield Bullets(tuple((_span(line),) for line in lines))
        yield from self._precision()
        if not self.of.engines:
            return
        yield Heading(2, say["publication.versions"])
        yield Bullets(
            tuple(
                (
                    _span(
                        say["publication.engine"].format(
                            version=one.sceau_version,
                            knowledge=one.knowledge[:_DIGEST],
                            model=one.model[:_DIGEST] if one.model else say["publication.no_model"],
                        )
                    ),
                )
                for one in self.of.engines
            )
        )

    def _precision(self) -> Iterator[Block]:
        """Yield how often Sceau is right, label by label."""
        say, known, found = self.say, load().labels, self.of.precision
        if found is None or not found.labels:
            return
        yield Heading(2, say["publication.precision"])
        yield self._table(
            (say["publication.subject"], say["publication.reviewed"], say["publication.right"]),
            [
                (known[label].title.get(self.lang), one.decided, one.right, one.share or 0.0, one.low, one.high)
                for label, one in found.labels.items()
                if label in known
            ],
        )

    def _agreed(self, together: Agreement) -> str:
        say = self.say
        told = say["publication.agreement"].format(
            both=self._count(together.both), same=charts.percent(together.observed, self.lang)
        )
        if together.kappa is None:
            return f"{told} {say['publication.no_kappa']}"
        kappa = say["publication.kappa"].format(kappa=hundredths(together.kappa, say))
        if together.low is None or together.high is None:
            return f"{told} {kappa} {say['publication.kappa_few']}"
        interval = say["publication.kappa_interval"].format(
            low=hundredths(together.low, say), high=hundredths(together.high, say)
        )
        return f"{told} {kappa} {interval}"

    def _shares(self, head: str, rows: Sequence[tuple[str, Share]]) -> Table:
        say = self.say
        return self._table(
            (head, say["publication.read_head"], say["publication.concerned"]),
            [(name, one.documents, one.concerned, one.share, one.low, one.high) for name, one in rows],
        )

    def _table(self, head: tuple[str, str, str], rows: Sequence[tuple[str, int, int, float, float, float]]) -> Table:
        """Return a table of shares: a name, of how many, how many, the share and its interval."""
        say = self.say
        return Table(
            (*head, say["publication.share"], say["publication.margin"]),
            tuple(
                (
                    inert(name),
                    self._count(of),
                    self._count(count),
                    charts.percent(share, self.lang),
                    say["publication.range"].format(
                        low=charts.percent(low, self.lang), high=charts.percent(high, self.lang)
                    ),
                )
                for name, of, count, share, low, high in rows
            ),
            figures=True,
        )

    def _told(self, key: str, share: float, low: float, high: float) -> str:
        return self.say[key].format(
            share=charts.percent(share, self.lang),
            low=charts.percent(low, self.lang),
            high=charts.percent(high, self.lang),
        )

    def _date(self, day: date) -> str:
        return self.say["publication.date"].format(day=f"{day:%d}", month=f"{day:%m}", year=f"{day:%Y}")

    def _count(self, number: int) -> str:
        return charts.count(number, self.say)

    def _counted(self, key: str, number: int, **more: object) -> str:
        return self.say[f"{key}.{'one' if number == 1 else 'many'}"].format(count=self._count(number), **more)
