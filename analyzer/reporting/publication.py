"""The report of a corpus for publication: one HTML file that needs nothing else, or a tagged PDF.

Both show the same blocks. Insurers are named in one part only, that of the findings which people confirmed, each with
the words of the document; their names are masked in what documents say. No other figure can be put to a name: an
insurer that is named has no letter, and what fewer than ``FEW`` insurers fill is not shown; where a selection has no
more, only what people confirmed is. Who reviewed is named nowhere. The first lines say how often Sceau is right, or
that nobody checked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from itertools import groupby, product
from typing import Any, Literal, NamedTuple, cast, get_args

from markupsafe import Markup

from analyzer.corpus.anonymous import FEW, Names, letters, merged
from analyzer.corpus.clusters import Cluster, clusters
from analyzer.corpus.review import (
    LEAST,
    Agreement,
    Confirmed,
    Precision,
    agreement,
    confirmed,
    drawn_from,
    precision,
    samples,
)
from analyzer.corpus.statistics import SMALL, Filters, Share, Size, Summary, prevalence, print_sizes, summary
from analyzer.corpus.store import Store
from analyzer.knowledge import load, messages
from analyzer.reporting import SEVERITIES, SIGNS, charts
from analyzer.reporting.corpus_review import hundredths
from analyzer.reporting.html import render
from analyzer.reporting.paper import Block, Bullets, Group, Heading, Look, Paragraph, Span, Table, Tone, inert
from analyzer.reporting.pdf import typeset
from analyzer.schema import Lang, PassageKind, Polarity, Severity

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

    ``thin`` says that the selection has too few documents or insurers for any figure. ``precision`` is absent where no
    random sample fits; ``same_selection`` says whether it was drawn from what the report is about. ``scanned`` are the
    first and the last day (UTC) on which documents were read. ``heat`` has shares for each kind of label.
    ``small_print`` are the warnings in small print, and all of them. ``alike`` are wordings that spread, their texts
    masked.
    """

    lang: Lang
    filters: Filters
    summary: Summary
    thin: bool
    precision: Precision | None
    same_selection: bool
    agreement: Agreement | None
    engines: tuple[Engine, ...]
    scanned: tuple[date, date] | None
    overall: tuple[Share, ...]
    labels: tuple[Share, ...]
    years: tuple[Share, ...]
    insurers: tuple[Share, ...]
    heat: tuple[tuple[Share, ...], ...]
    trend: tuple[Share, ...]
    small_print: tuple[int, int] | None
    sizes: tuple[Size, ...]
    alike: tuple[Cluster, ...]
    confirmed: tuple[Confirmed, ...]
    names: Names


def gather(store: Store, filters: Filters = Filters(), sample: int | None = None, lang: Lang = "fr") -> Publication:
    """Return what a report on a store says.

    Without a ``sample``, the precision is that of the latest one that was drawn from the same selection and that people
    looked at; else of the latest other one. Raises ``UnknownSample`` for a number that no sample has.
    """
    names, mask = Names.of(store), messages(lang)["publication.mask"]
    told = confirmed(store, filters)
    checked, same_selection = _checked(store, filters, sample)
    overall = _enough(prevalence(store, (), filters))
    labels = _enough(prevalence(store, ("label",), filters))
    thin = not (overall or labels)
    held = summary(store, filters)
    by_insurer = prevalence(store, ("insurer",), filters)
    warned = sum(share.concerned > 0 for share in by_insurer if share.group[0] is not None)
    insurers: list[Share] = []
    heat: list[tuple[Share, ...]] = []
    if not (thin or filters.reviewed_only):  # what is reviewed is told with names: a letter would be known by it
        insurers, heat = _lettered(store, filters, by_insurer, {one.insurer for one in told}, lang)
    together = agreement(store)
    ((first, last),) = store.rows("SELECT min(scanned_at), max(scanned_at) FROM documents")
    engines = store.rows(
        "SELECT DISTINCT sceau_version, knowledge, model FROM engines"
        " WHERE engine IN (SELECT engine FROM documents) ORDER BY ALL"
    )
    return Publication(
        lang=lang,
        filters=filters,
        summary=held,
        thin=thin,
        precision=None if thin else checked,
        same_selection=same_selection,
        agreement=together[0] if together else None,
        engines=tuple(Engine(*row) for row in engines),
        scanned=(first.date(), last.date()) if first else None,
        overall=overall,
        labels=labels,
        years=tuple(sorted(_dated(prevalence(store, ("year",), filters)), key=lambda share: str(share.group[0]))),
        insurers=tuple(insurers),
        heat=tuple(heat),
        trend=_trend(prevalence(store, ("label", "year"), filters)),
        small_print=(held.small_print, held.warnings) if warned >= FEW else None,
        sizes=tuple(print_sizes(store, filters)) if warned >= FEW else (),
        alike=tuple(
            replace(one, text=_cut(names.masked(one.text, mask)), context="", first_insurer=None)
            for one in clusters(store, filters, _CLUSTERS)
            if one.documents >= SMALL and len(one.insurers) >= FEW
        ),
        confirmed=tuple(told),
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
    """Return the shares that say something, and of nobody who can be told."""
    return tuple(share for share in shares if share.documents >= SMALL and share.insurers >= FEW)


def _checked(store: Store, filters: Filters, sample: int | None) -> tuple[Precision | None, bool]:
    """Return what a sample, or the best one, says of the precision, and whether it was drawn from this selection."""
    drawn, own = samples(store), drawn_from(filters)
    if sample is not None:
        return precision(store, sample), any(one.sample == sample and one.filters == own for one in drawn)
    found = [(precision(store, one.sample), one.filters) for one in drawn]
    found.sort(key=lambda one: (not one[0].decided, one[1] != own))  # where nothing counts yet, what was begun
    for told, chosen in found:
        if told.looked and (chosen == own or _enough(prevalence(store, ("label",), chosen))):
            return told, chosen == own
    return None, False


def _lettered(
    store: Store, filters: Filters, by_insurer: Sequence[Share], named: set[str | None], lang: Lang
) -> tuple[list[Share], list[tuple[Share, ...]]]:
    """Return the shares of insurers, and those of their labels, kind by kind, with letters in place of names.

    Who is ``named`` in the report has none. A label that few insurers have would tell who they are.
    """
    say, known = messages(lang), load().labels
    others, unknown = say["publication.others"], say["publication.unknown"]
    both = prevalence(store, ("insurer", "label"), filters)
    names = {str(share.group[0]) for share in (*by_insurer, *both) if share.group[0] is not None} - named
    shown = {
        name: say["publication.insurer"].format(letter=letter)
        for name, letter in letters(store, filters, names).items()
    }
    heat = []
    for polarity, kind in product(get_args(Polarity), get_args(PassageKind)):
        own = [
            share for share in both if (label := known[str(share.group[1])]).polarity == polarity and label.kind == kind
        ]
        part = merged(own, shown, others, unknown)
        found = Counter(share.group[1] for share in part if share.concerned and share.group[0] in shown.values())
        if kept := tuple(share for share in part if found[share.group[1]] >= FEW):
            heat.append(kept)
    whole = merged(by_insurer, shown, others, unknown)
    seen = {share.group[0] for table in (whole, *heat) for share in table}
    anew = dict(zip([letter for letter in shown.values() if letter in seen], shown.values(), strict=False))

    def without_gaps(shares: Iterable[Share]) -> list[Share]:
        return [
            replace(share, group=(anew.get(str(share.group[0]), share.group[0]), *share.group[1:])) for share in shares
        ]

    return without_gaps(whole), [tuple(without_gaps(part)) for part in heat]


def _dated(shares: Sequence[Share]) -> list[Share]:
    """Return the shares of years, the last part of groups that make a whole, that may be shown.

    Who takes them from the whole gets what is left out: that, too, must be of ``FEW`` insurers.
    """
    shown = sorted(
        (share for share in _enough(shares) if share.group[-1] is not None), key=lambda share: share.documents
    )
    hidden = [share for share in shares if share not in shown]
    alone = bool(hidden) and max(share.insurers for share in hidden) < FEW
    return shown[1:] if alone else shown


def _trend(shares: Sequence[Share]) -> tuple[Share, ...]:
    """Return what can be drawn year by year: labels that were found, where there are two years at least."""
    by_label: dict[str | int | None, list[Share]] = {}
    for share in shares:
        by_label.setdefault(share.group[0], []).append(share)
    dated = [share for own in by_label.values() for share in _dated(own)]
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
        if self.of.thin:
            yield _paragraph(self._limits("publication.thin"), "lead")
            yield _paragraph(self.say["publication.thin_more"], "note")
            yield from self._read()
        else:
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
        if found is None or not found.looked:
            yield _paragraph(say["publication.unchecked"], "lead")
            yield _paragraph(say["publication.unchecked_more"], "note")
        elif found.share is None:
            yield _paragraph(say["publication.begun"], "lead")
            yield _paragraph(self._counted("publication.begun_more", found.looked), "note")
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
            if found.looked > found.decided:
                more.append(say["publication.sample_first"].format(looked=self._count(found.looked)))
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
            ("other_languages", sum(count for name, count in summary.languages.items() if name not in ("fr", None))),
            ("no_language", summary.languages.get(None, 0)),
            ("to_check", 0 if self.of.thin else summary.to_check),
        ):
            if number:
                lines.append(self._counted(f"publication.{key}", number))
        if self.of.scanned:
            first, last = map(self._date, self.of.scanned)
            key = "publication.scanned" if first != last else "publication.scanned_on"
            lines.append(say[key].format(first=first, last=last))
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
        say, summary = self.say, self.of.summary
        found = [share for share in self.of.labels if share.concerned]
        if not found and summary.warnings + summary.safeguards:
            return  # what there is, few insurers have
        yield Heading(1, say["publication.figures"])
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
        if not (self.of.insurers or self.of.heat):
            return
        say, known = self.say, load().labels
        yield Heading(1, say["publication.insurers"])
        yield _paragraph(say["publication.insurers_lead"])
        if self.of.insurers:
            yield _paragraph(say["publication.insurers_table"])
            yield self._shares(
                say["publication.insurer_head"], [(str(share.group[0]), share) for share in self.of.insurers]
            )
        for shares in self.of.heat:
            label = known[str(shares[0].group[1])]
            yield Heading(2, say[f"publication.heat.{label.polarity}.{label.kind}"])
            for part in _parts(shares, 0, _INSURERS):
                figure = charts.heat_map(part, self.lang)
                yield Picture(charts.to_svg(figure.chart), figure.says)

    def _years(self) -> Iterator[Block | Picture]:
        if len(self.of.years) < 2:
            return
        say = self.say
        yield Heading(1, say["publication.years"])
        yield self._shares(say["publication.year"], [(str(share.group[0]), share) for share in self.of.years])
        for part in _parts(self.of.trend, 0, _PANELS):
            figure = charts.trend(part, self.lang)
            yield Picture(charts.to_svg(figure.chart), figure.says)

    def _print(self) -> Iterator[Block | Picture]:
        if self.of.small_print is None:
            return
        say, (small, warnings) = self.say, self.of.small_print
        yield Heading(1, say["publication.print"])
        yield _paragraph(
            say["publication.small"].format(
                small=self._count(small),
                warnings=self._count(warnings),
                share=charts.percent(small / warnings, self.lang),
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
        documents: dict[str, set[str]] = {}
        for one in found:
            documents.setdefault(self._place(one), set()).add(one.document)
        for line, held in documents.items():
            yield line if len(held) == 1 else f"{line} · {self._counted('publication.in_documents', len(held))}"

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
        told += [] if one.opened else [say["publication.not_opened"]]
        return " · ".join(told)

    def _method(self) -> Iterator[Block]:
        say = self.say
        yield Heading(1, say["publication.method"])
        told = ("how", "counts", "interval", "sample", "letters", "alike", "review", "misses", "law")
        left_out = ("counts", "interval", "sample", "alike") if self.of.thin else () if self.of.alike else ("alike",)
        lines = [self._limits(f"publication.method.{name}") for name in told if name not in left_out]
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
        told = self._counted(
            "publication.agreement",
            together.pairs,
            findings=self._count(together.findings),
            same=charts.percent(together.observed, self.lang),
        )
        if together.kappa is None:
            return f"{told} {say['publication.no_kappa']}"
        kappa = say["publication.kappa"].format(kappa=hundredths(together.kappa, say))
        if together.low is None or together.high is None:
            why = "few" if together.both < LEAST else "pairs"
            return f"{told} {kappa} {say[f'publication.kappa_{why}']}"
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

    def _limits(self, key: str) -> str:
        """Return a sentence on what is too small to be shown."""
        return self.say[key].format(documents=SMALL, insurers=FEW)

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
