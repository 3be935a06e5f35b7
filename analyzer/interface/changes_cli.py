"""``sceau corpus changes``: the editions of two years, compared over a corpus."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console

from analyzer.interface.options import LangOption, Output, cannot_write, emit, is_same_file, say, silence

if TYPE_CHECKING:
    from analyzer.corpus.statistics import Filters
    from analyzer.corpus.store import Store

__all__ = ["changes"]


def changes(
    store: Store,
    filters: Filters,
    year1: Annotated[int, typer.Argument(help=say["corpus.changes.cli.old"], metavar="YEAR1")],
    year2: Annotated[int, typer.Argument(help=say["corpus.changes.cli.new"], metavar="YEAR2")],
    format: Annotated[
        Literal["text", "json", "csv", "html"], typer.Option(help=say["corpus.changes.cli.format"])
    ] = "text",
    output: Annotated[Path | None, typer.Option(help=say["corpus.changes.cli.output"])] = None,
    lang: LangOption = "fr",
) -> None:
    """Compare the editions of two years; print, or write, what changed."""
    from analyzer.corpus.changes import years
    from analyzer.reporting import corpus_changes as shown

    if year1 == year2:
        raise typer.BadParameter(say["corpus.changes.cli.same_year"], param_hint="YEAR2")
    if filters.years:
        raise typer.BadParameter(say["corpus.changes.cli.years"], param_hint="--year")
    if output is not None and is_same_file(output, store.path):
        raise typer.BadParameter(say["corpus.changes.cli.over_store"], param_hint="--output")
    with Console(stderr=True).status(say["corpus.changes.working"]):
        found = years(store, year1, year2, filters, lang)
    try:
        if format == "text" and output is None:
            shown.print_years(found, Output())
            return
        render = {"text": shown.to_text, "json": shown.to_json, "csv": shown.to_csv, "html": shown.to_html}[format]
        pieces = (piece.encode("utf-8", "backslashreplace") for piece in render(found))
        if output is None:
            for piece in pieces:
                emit(piece)
        else:
            with output.open("wb") as file:
                file.writelines(pieces)
    except BrokenPipeError:
        silence()
    except OSError as fault:
        raise cannot_write(output) from fault
