"""``sceau corpus``: what people ask of a store."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from enum import StrEnum
from functools import wraps
from inspect import signature
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast, get_args

import typer
from rich.console import Console

from analyzer.interface.changes_cli import changes
from analyzer.interface.corpus_review_cli import publish, review, sample
from analyzer.interface.options import (
    LangOption,
    Output,
    as_bytes,
    cannot_write,
    emit,
    is_same_file,
    say,
    silence,
    write_file,
)
from analyzer.knowledge import messages
from analyzer.schema import DocumentKind, Lang, Severity
from analyzer.version import __version__

if TYPE_CHECKING:
    from analyzer.corpus.statistics import Dimension, Filters, Share
    from analyzer.corpus.store import Store
    from analyzer.reporting.corpus import Printer

__all__ = ["app", "asked"]

Format = Literal["text", "json", "csv"]
FormatOption = Annotated[Format, typer.Option(help=say["corpus.cli.format"])]
OutputOption = Annotated[Path | None, typer.Option(help=say["corpus.cli.output"])]
LimitOption = Annotated[int, typer.Option(min=1, help=say["corpus.cli.limit"])]
#: Columns of a text that is written to a file.
_WIDTH = 100
#: What no option is of: types whose modules are loaded only when a command runs.
_MADE = {"Store": object, "Filters": object}
#: Wordings that the page of a label shows.
_WORDINGS = 5

#: The same words as in the schema, as typer takes several of them.
_Kind = StrEnum("_Kind", get_args(DocumentKind))  # type: ignore[misc]
_Severity = StrEnum("_Severity", get_args(Severity))  # type: ignore[misc]

app = typer.Typer(help=say["corpus.cli"], no_args_is_help=True)


def filtering(
    only_label: Annotated[list[str] | None, typer.Option("--label", help=say["corpus.cli.only_label"])] = None,
    only_insurer: Annotated[list[str] | None, typer.Option("--insurer", help=say["corpus.cli.only_insurer"])] = None,
    only_product: Annotated[list[str] | None, typer.Option("--product", help=say["corpus.cli.only_product"])] = None,
    only_year: Annotated[list[int] | None, typer.Option("--year", help=say["corpus.cli.only_year"])] = None,
    only_country: Annotated[list[str] | None, typer.Option("--country", help=say["corpus.cli.only_country"])] = None,
    only_kind: Annotated[list[_Kind] | None, typer.Option("--kind", help=say["corpus.cli.only_kind"])] = None,
    only_severity: Annotated[
        list[_Severity] | None, typer.Option("--severity", help=say["corpus.cli.only_severity"])
    ] = None,
    small_print: Annotated[
        bool | None, typer.Option("--small-print/--no-small-print", help=say["corpus.cli.only_small_print"])
    ] = None,
    reviewed_only: Annotated[bool, typer.Option("--reviewed-only", help=say["corpus.cli.only_reviewed"])] = False,
) -> Filters:
    """Return what figures are about."""
    from analyzer.corpus.statistics import Filters

    for label in only_label or ():
        _check_label(label, "--label")
    return Filters(
        labels=tuple(only_label or ()),
        insurers=tuple(only_insurer or ()),
        products=tuple(only_product or ()),
        years=tuple(only_year or ()),
        countries=tuple(only_country or ()),
        kinds=tuple(cast(DocumentKind, kind.value) for kind in only_kind or ()),
        severities=tuple(cast(Severity, severity.value) for severity in only_severity or ()),
        small_print=small_print,
        reviewed_only=reviewed_only,
    )


def asked(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command ``--store`` and the options of ``filtering``; what they make is its ``store`` and ``filters``."""
    choices = signature(filtering, eval_str=True, locals=_MADE).parameters
    own = signature(command, eval_str=True, locals=_MADE)

    @wraps(command)
    def run(**given: Any) -> None:
        from analyzer.corpus.store import Store

        filters = filtering(**{name: given.pop(name) for name in choices})
        command(filters=filters, **given | {"store": Store.open(given["store"])})

    options = [
        option.replace(annotation=Annotated[Path, typer.Option(help=say["corpus.cli.store"])])
        if name == "store"
        else option
        for name, option in own.parameters.items()
        if name != "filters"
    ]
    taken = [*options, *choices.values()]
    run.__signature__ = own.replace(parameters=taken)  # type: ignore[attr-defined]
    run.__annotations__ = {option.name: option.annotation for option in taken}
    return run


@app.command(help=say["corpus.cli.summary"])
@asked
def summary(
    store: Store,
    filters: Filters,
    format: FormatOption = "text",
    output: OutputOption = None,
    lang: LangOption = "fr",
) -> None:
    """Tell what a store holds."""
    from analyzer.corpus.statistics import prevalence, print_sizes
    from analyzer.corpus.statistics import summary as whole

    told, shares, sizes = whole(store, filters), prevalence(store, ("label",), filters), print_sizes(store, filters)
    found = {"summary": asdict(told), "labels": _rows(shares, ("label",)), "print_sizes": _rows(sizes)}
    name = store.path.name
    _deliver(store, found, "labels", lambda on: on.summary(name, told, shares, sizes), format, output, lang)


@app.command(help=say["corpus.cli.label"])
@asked
def label(
    store: Store,
    filters: Filters,
    label: Annotated[str, typer.Argument(help=say["corpus.cli.label.label"], metavar="LABEL")],
    format: FormatOption = "text",
    output: OutputOption = None,
    lang: LangOption = "fr",
) -> None:
    """Tell where a label stands."""
    from analyzer.corpus.clusters import clusters
    from analyzer.corpus.statistics import prevalence, severity_table

    _check_label(label, "LABEL")
    filters = replace(filters, labels=(label,))
    dimensions: tuple[Dimension, ...] = ("insurer", "product", "year")
    whole = prevalence(store, (), filters)
    groups: dict[Dimension | None, list[Share]] = {None: whole}
    groups |= {dimension: prevalence(store, (dimension,), filters) for dimension in dimensions}
    severities = severity_table(store, (), filters)
    _group(store)
    clauses = clusters(store, filters, _WORDINGS)
    found = {
        "label": label,
        "all": _rows(whole),
        "severities": _rows(severities),
        **{f"by_{dimension}": _rows(groups[dimension], (dimension,)) for dimension in dimensions},
        "clauses": _rows(clauses),
    }
    _deliver(
        *(store, found, "by_insurer"),
        lambda on: on.label(label, groups, severities, clauses),
        format,
        output,
        lang,
    )


@app.command(help=say["corpus.cli.insurer"])
@asked
def insurer(
    store: Store,
    filters: Filters,
    name: Annotated[str | None, typer.Argument(help=say["corpus.cli.insurer.name"], metavar="NAME")] = None,
    format: FormatOption = "text",
    output: OutputOption = None,
    lang: LangOption = "fr",
) -> None:
    """Tell what an insurer's documents say, or rank the insurers."""
    from analyzer.corpus.statistics import prevalence, ranking, severity_table, values

    ranked = ranking(store, filters)
    if name is None:
        counted = len([share for share in prevalence(store, ("insurer",), filters) if share.group[0] is not None])
        found: dict[str, Any] = {"method": messages(lang)["corpus.ranking.method"], "ranking": _rows(ranked)}
        _deliver(store, found, "ranking", lambda on: on.ranking(ranked, counted), format, output, lang)
        return
    called = _insurer(name, values(store)["insurers"])
    filters = replace(filters, insurers=(called,))
    labels, years = prevalence(store, ("label",), filters), prevalence(store, ("year",), filters)
    severities = severity_table(store, (), filters)
    found = {
        "insurer": called,
        "ranking": [asdict(one) for one in ranked if one.insurer == called],
        "severities": _rows(severities),
        "labels": _rows(labels, ("label",)),
        "years": _rows(years, ("year",)),
    }
    _deliver(
        *(store, found, "labels"),
        lambda on: on.insurer(called, labels, years, severities, ranked),
        format,
        output,
        lang,
    )


@app.command(help=say["corpus.cli.clause"])
@asked
def clause(
    store: Store,
    filters: Filters,
    cluster: Annotated[str | None, typer.Argument(help=say["corpus.cli.clause.cluster"], metavar="CLUSTER")] = None,
    limit: LimitOption = 20,
    format: FormatOption = "text",
    output: OutputOption = None,
    lang: LangOption = "fr",
) -> None:
    """Tell which clauses are nearly the same, or the wordings of one."""
    from analyzer.corpus.clusters import clusters, members

    _group(store)
    if cluster is None:
        groups = clusters(store, filters, limit)
        _deliver(*(store, {"clauses": _rows(groups)}, "clauses"), lambda on: on.clusters(groups), format, output, lang)
        return
    wordings = members(store, cluster, filters)[:limit]
    if not wordings:
        raise typer.BadParameter(say["corpus.cli.unknown_cluster"].format(name=cluster), param_hint="CLUSTER")
    found = {"cluster": cluster, "wordings": _rows(wordings)}
    _deliver(store, found, "wordings", lambda on: on.members(wordings), format, output, lang)


@app.command(help=say["corpus.cli.search"])
@asked
def search(
    store: Store,
    filters: Filters,
    words: Annotated[list[str], typer.Argument(help=say["corpus.cli.search.words"], metavar="WORDS...")],
    limit: LimitOption = 20,
    format: FormatOption = "text",
    output: OutputOption = None,
    lang: LangOption = "fr",
) -> None:
    """Look for words."""
    from analyzer.corpus.search import search as look
    from analyzer.corpus.search import terms

    # A shell takes the quotes away: what it hands over with a space in it was between quotes.
    sought = " ".join(f'"{word}"' if " " in word.strip() and '"' not in word else word for word in words)
    if not terms(sought):
        raise typer.BadParameter(say["corpus.cli.no_words"], param_hint="WORDS")
    found = look(store, sought, filters, limit + 1)
    shown, more = found[:limit], len(found) > limit
    whole = not store.rows("SELECT 1 FROM documents WHERE NOT full_text LIMIT 1")
    hits = {"hits": _rows(shown), "more": more}
    _deliver(store, hits, "hits", lambda on: on.hits(shown, more, whole), format, output, lang)


@app.command(help=say["corpus.cli.export"])
@asked
def export(
    store: Store,
    filters: Filters,
    output: Annotated[Path, typer.Option(help=say["corpus.cli.export.output"])],
    format: Annotated[
        Literal["parquet", "csv", "jsonl", "sarif"], typer.Option(help=say["corpus.cli.export.format"])
    ] = "parquet",
    paths: Annotated[bool, typer.Option("--paths", help=say["corpus.cli.export.paths"])] = False,
) -> None:
    """Write the store for other programs."""
    from analyzer.corpus.export import export as write

    _spare(store, output)
    files = write(store, output, format, filters, paths=paths)
    typer.echo(say["corpus.cli.wrote"].format(files=", ".join(map(str, files))), err=True)


app.command("changes", help=say["corpus.changes.cli"])(asked(changes))
app.command("sample", help=say["corpus.sample.cli"])(asked(sample))
app.command("review", help=say["corpus.review.cli"])(asked(review))
app.command("publish", help=say["corpus.publish.cli"])(asked(publish))


def _check_label(label: str, hint: str) -> None:
    from analyzer.knowledge import load

    if label not in load().labels:
        raise typer.BadParameter(say["error.unknown_label"].format(name=label), param_hint=hint)


def _insurer(name: str, known: Sequence[str]) -> str:
    """Return an insurer as the store calls it; capitals and accents make no difference."""
    from analyzer.corpus.store import folded

    for one in sorted(known, key=lambda one: one != name):
        if folded(one) == folded(name):
            return one
    raise typer.BadParameter(
        say["corpus.cli.unknown_insurer"].format(name=name, known=", ".join(known) or "–"), param_hint="NAME"
    )


def _group(store: Store) -> None:
    """Put what was scanned since the last time into clusters."""
    from analyzer.corpus.clusters import build, outdated

    if outdated(store):
        with Console(stderr=True).status(say["corpus.grouping"]):
            build(store)


def _rows(found: Sequence[Any], by: Sequence[Dimension] = ()) -> list[dict[str, Any]]:
    from analyzer.reporting.corpus import flat

    return [flat(one, by) for one in found]


def _spare(store: Store, output: Path) -> None:
    """Refuse to write over the store."""
    if is_same_file(output, store.path):
        raise typer.BadParameter(say["corpus.changes.cli.over_store"], param_hint="--output")


def _deliver(
    store: Store,
    found: Mapping[str, Any],
    table: str,
    show: Callable[[Printer], None],
    format: Format,
    output: Path | None,
    lang: Lang,
) -> None:
    """Print, or write, what was found: all of it as JSON, one ``table`` of it as CSV, or as text."""
    from analyzer.reporting.corpus import Printer, to_csv, to_json

    if output is not None:
        _spare(store, output)
    try:
        if format == "text" and output is None:
            show(Printer(Output(), lang))
            return
        if format == "text":
            paper = Console(file=io.StringIO(), width=_WIDTH)
            show(Printer(paper, lang))
            text = paper.file.getvalue().rstrip("\n")  # type: ignore[attr-defined]
        else:
            text = to_json(found, __version__) if format == "json" else to_csv(found[table])
        if output is None:
            emit(as_bytes(text))
        else:
            write_file(output, as_bytes(text))
    except BrokenPipeError:
        silence()
    except OSError as fault:
        raise cannot_write(output) from fault
