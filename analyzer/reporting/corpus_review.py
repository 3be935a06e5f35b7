"""How far the review of a corpus is, in the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from analyzer.corpus.review import Agreement, Precision, Right, Sample, State
from analyzer.knowledge import load, messages
from analyzer.reporting.charts import percent
from analyzer.reporting.terminal import clean
from analyzer.schema import Lang

__all__ = ["agreement_rows", "hundredths", "in_words", "precision_words", "print_review"]


def print_review(
    state: State,
    agreed: Sequence[Agreement],
    drawn: Sequence[tuple[Sample, Precision]],
    lang: Lang,
    console: Console,
) -> None:
    """Print what is decided and what is left, how far reviewers agree, and the samples with their precision."""
    say = messages(lang)
    console.print(Text(in_words(state, say), style="bold"))
    if agreed:
        table = _table(say["corpus.review.agreement"], [say[f"corpus.review.{name}"] for name in _AGREEMENT])
        for row in agreement_rows(agreed, lang):
            table.add_row(*(Text(clean(value)) for value in row))
        console.print(table)
    for sample, found in drawn:
        console.print(Text(precision_words(sample, found, lang)))
        if found.labels:
            titles = load().labels
            table = _table("", [say[f"corpus.review.{name}"] for name in ("label", "right", "share", "margin")])
            for label, right in found.labels.items():
                name = titles[label].title.get(lang) if label in titles else clean(label)
                table.add_row(name, f"{right.right}/{right.decided}", *_shares(right, lang))
            console.print(table)
    if not drawn:
        console.print(Text(say["corpus.review.no_sample"]))


_AGREEMENT = ("pair", "both", "same", "kappa", "margin")


def in_words(state: State, say: dict[str, str]) -> str:
    """Return how far the review is."""
    return say["corpus.review.state"].format(**state._asdict())


def agreement_rows(agreed: Sequence[Agreement], lang: Lang) -> list[tuple[str, ...]]:
    """Return a row for each pair of reviewers, all together first: names, findings, share, kappa, its interval."""
    say = messages(lang)
    return [
        (
            " – ".join(one.reviewers) or say["corpus.review.together"],
            str(one.findings),
            percent(one.observed, lang),
            say["corpus.review.undefined"] if one.kappa is None else hundredths(one.kappa, say),
            "–"
            if one.low is None or one.high is None
            else say["publication.range"].format(low=hundredths(one.low, say), high=hundredths(one.high, say)),
        )
        for one in agreed
    ]


def precision_words(sample: Sample, found: Precision, lang: Lang) -> str:
    """Return in words what a sample says of the precision, and how much of it is left to decide."""
    say = messages(lang)
    told = say["corpus.review.sample"].format(
        sample=sample.sample, date=sample.drawn_at.date().isoformat(), size=sample.size, population=sample.population
    )
    counts = {"right": found.right, "decided": found.decided, "left": found.left, "disputed": found.disputed}
    if not found.looked:
        return f"{told} {say['corpus.review.sample_undecided']}"
    if found.share is None:
        return f"{told} {say['corpus.review.sample_begun'].format(looked=found.looked)}"
    share, margin = _shares(Right(*found[1:6]), lang)
    told = f"{told} {say['corpus.review.sample_found'].format(share=share, margin=margin, **counts)}"
    if found.looked > found.decided:
        told += f" {say['corpus.review.sample_first'].format(looked=found.looked)}"
    return told


def _shares(right: Right, lang: Lang) -> tuple[str, str]:
    assert right.share is not None
    low, high = percent(right.low, lang), percent(right.high, lang)
    return percent(right.share, lang), messages(lang)["publication.range"].format(low=low, high=high)


def hundredths(number: float, say: dict[str, str]) -> str:
    """Return a number with two decimals, as people of the language write it."""
    rounded = round(number, 2) or 0.0  # no minus before nothing
    return f"{rounded:.2f}".replace("-", "−").replace(".", say["charts.decimal"])


def _table(title: str, headings: Sequence[str]) -> Table:
    table = Table(title=title or None, title_justify="left", box=None, pad_edge=False)
    for number, heading in enumerate(headings):
        table.add_column(heading, justify="right" if number else "left")
    return table
