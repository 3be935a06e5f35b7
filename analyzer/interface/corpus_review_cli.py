"""``sceau corpus sample``, ``review`` and ``publish``: what people checked, and the report that says so."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from analyzer.interface.options import LangOption, Output, as_bytes, is_same_file, say, silence, write_file

if TYPE_CHECKING:
    from analyzer.corpus.statistics import Filters
    from analyzer.corpus.store import Store

__all__ = ["publish", "review", "sample"]


def sample(
    store: Store,
    filters: Filters,
    size: Annotated[int, typer.Option(min=1, help=say["corpus.review.cli.size"])] = 200,
    seed: Annotated[int, typer.Option(help=say["corpus.review.cli.seed"])] = 1,
) -> None:
    """Draw a random sample of the findings that figures count."""
    from analyzer.corpus.review import draw, samples

    number = draw(store, size, seed, filters)
    drawn = next(one for one in samples(store) if one.sample == number)
    typer.echo(
        say["corpus.review.drawn"].format(sample=number, size=drawn.size, population=drawn.population, seed=seed)
    )


def review(
    store: Store,
    filters: Filters,
    export: Annotated[Path | None, typer.Option(help=say["corpus.review.cli.export"], metavar="FILE.jsonl")] = None,
    lang: LangOption = "fr",
) -> None:
    """Show how far the review is, or write its decisions as labelled passages."""
    from analyzer.corpus.review import agreement, precision, samples, state
    from analyzer.corpus.review import export as exported
    from analyzer.reporting.corpus_review import print_review

    if export is not None:
        if is_same_file(export, store.path):
            raise typer.BadParameter(say["corpus.changes.cli.over_store"], param_hint="--export")
        lines = exported(store)
        write_file(export, lines.encode("utf-8", "backslashreplace"))
        count = lines.count("\n")
        typer.echo(say["review.exported.one" if count == 1 else "review.exported.many"].format(count=count))
        return
    drawn = [(one, precision(store, one.sample)) for one in samples(store)]
    try:
        print_review(state(store, filters), agreement(store), drawn, lang, Output())
    except BrokenPipeError:
        silence()


def publish(
    store: Store,
    filters: Filters,
    output: Annotated[Path, typer.Option(help=say["corpus.publish.cli.output"])],
    sample: Annotated[int | None, typer.Option(help=say["corpus.publish.cli.sample"])] = None,
    lang: LangOption = "fr",
) -> None:
    """Write the report for publication, as a web page or a PDF, as the name of the file says."""
    from analyzer.corpus.clusters import build, outdated
    from analyzer.reporting.publication import gather, to_html, to_pdf

    kind = output.suffix.lower()
    if kind not in (".html", ".pdf"):
        raise typer.BadParameter(say["corpus.publish.cli.kinds"], param_hint="--output")
    if is_same_file(output, store.path):
        raise typer.BadParameter(say["corpus.changes.cli.over_store"], param_hint="--output")
    with Console(stderr=True).status(say["corpus.publish.working"]):
        if outdated(store):
            build(store)
        found = gather(store, filters, sample, lang)
        made = as_bytes(to_html(found)) if kind == ".html" else to_pdf(found)
    write_file(output, made)
