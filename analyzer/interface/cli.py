"""The command line. Every sentence comes from the message files; errors are sentences, never tracebacks."""

from __future__ import annotations

import hashlib
import io
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from analyzer.errors import BadInput, SceauError, TrainingMissing
from analyzer.interface import checked, sentence, told_of
from analyzer.interface.corpus_cli import app as corpus_app
from analyzer.interface.options import (
    FAIL_ON_MET,
    UI_LANG,
    UNREADABLE,
    LangOption,
    ModelOption,
    NoEncoderOption,
    Output,
    PersonalDataOption,
    as_bytes,
    cannot_write,
    complain,
    emit,
    is_same_file,
    say,
    silence,
    situated,
    write_file,
)
from analyzer.interface.scan_cli import scan
from analyzer.knowledge import messages
from analyzer.schema import Context, Lang, Severity
from analyzer.version import __version__

if TYPE_CHECKING:
    from rich.progress import TaskID

    from analyzer.learning.calibration import Bin
    from analyzer.learning.evaluation import Change, Figures, KindClassifier, Row, Share
    from analyzer.pipeline import Detection
    from analyzer.reading import Part
    from analyzer.schema import PassageKind, Report

Format = Literal["text", "json", "html", "pdf", "annotated-pdf", "docx", "xlsx", "sarif"]
#: A file name has 255 bytes at most, ours with its endings.
_NAME = 200
#: The endings of files whose name does not end with their format.
ENDINGS = {"text": "txt", "annotated-pdf": "annotated.pdf"}
#: What is a file, and no text for a terminal.
BINARY = ("pdf", "annotated-pdf", "docx", "xlsx")


FormatOption = Annotated[Format, typer.Option(help=say["cli.check.format"])]

app = typer.Typer(
    name="sceau",
    help=say["cli.sceau"],
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def main() -> None:
    """Run the command line; what nobody foresaw becomes a sentence, not a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal that lacks a character shows "?" instead
            stream.reconfigure(errors="replace")
    try:
        with told_of(" ".join(sys.argv[1:2])):
            try:
                app()
            except BrokenPipeError:
                silence()
    except SceauError as error:
        with suppress(OSError):  # standard error may take nothing either
            complain(error)
        sys.exit(UNREADABLE)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"sceau {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", help=say["cli.version"], callback=_version, is_eager=True)
    ] = False,
) -> None:
    pass


@app.command(help=say["cli.check"])
@situated
def check(
    context: Context,
    files: Annotated[list[Path], typer.Argument(help=say["cli.check.files"], metavar="FILE...")],
    format: FormatOption = "text",
    output: Annotated[Path | None, typer.Option(help=say["cli.check.output"])] = None,
    lang: LangOption = "fr",
    model: ModelOption = None,
    no_encoder: NoEncoderOption = False,
    show_personal_data: PersonalDataOption = False,
    fail_on: Annotated[Severity | None, typer.Option(help=say["cli.check.fail_on"])] = None,
) -> None:
    """Check documents and print, or write, their reports."""
    _fit_output(files, format, output)
    if len(files) > 1:
        _fit_several(format, output)
    reports: list[Report] = []
    sources: list[Path | bytes] = []
    failed = False
    for part, source in _documents(files):
        try:
            if part.error is not None:
                raise part.error
            reports.append(_analyze(source, context, lang, model, not no_encoder, show_personal_data, part.name))
            sources.append(source)
        except SceauError as error:
            complain(error, messages(lang))
            failed = True
    if len(reports) > 1:  # an archive or an e-mail is one file and several documents
        _fit_several(format, output)
    try:
        failed |= _deliver(reports, sources, format, output, several=len(files) > 1 or len(reports) > 1)
    except BrokenPipeError:
        silence()
    except OSError as fault:
        raise cannot_write(output) from fault
    if failed:
        raise typer.Exit(UNREADABLE)
    if fail_on and any(_reaches(report, fail_on) for report in reports):
        raise typer.Exit(FAIL_ON_MET)


@app.command(help=say["cli.questionnaire"])
@situated
def questionnaire(
    context: Context,
    file: Annotated[Path, typer.Argument(help=say["cli.questionnaire.file"], metavar="FILE")],
    xlsx: Annotated[Path | None, typer.Option(help=say["cli.questionnaire.xlsx"])] = None,
    format: FormatOption = "text",
    output: Annotated[Path | None, typer.Option(help=say["cli.questionnaire.output"])] = None,
    lang: LangOption = "fr",
    model: ModelOption = None,
    no_encoder: NoEncoderOption = False,
    show_personal_data: PersonalDataOption = False,
) -> None:
    """Judge a questionnaire question by question; print, or write, what comes of it."""
    _fit_output([file], format, output)
    if xlsx is not None:
        _fit_output([file], "xlsx", xlsx)
    report = _analyze(file, context, lang, model, not no_encoder, show_personal_data)
    try:
        failed = _deliver([report], [file], format, output, several=False, questions=True)
    except BrokenPipeError:
        silence()
        failed = False
    except OSError as fault:
        raise cannot_write(output) from fault
    if xlsx is not None:
        _write_workbook(report, xlsx)
    if failed:
        raise typer.Exit(UNREADABLE)


def _write_workbook(report: Report, path: Path) -> None:
    """Write the examiner's workbook; where nothing is asked there is none, and a sentence says so."""
    if report.questionnaire is None:
        typer.echo(messages(report.lang)["form.no_workbook"], err=True)
        return
    from analyzer.reporting.workbook import to_workbook

    write_file(path, to_workbook(report))


@app.command("letter", help=say["letter.cli"])
@situated
def write_letter(
    context: Context,
    file: Annotated[Path, typer.Argument(help=say["letter.cli.file"], metavar="FILE")],
    finding: Annotated[list[str] | None, typer.Option(help=say["letter.cli.finding"], metavar="ID")] = None,
    letter: Annotated[str | None, typer.Option(help=say["letter.cli.letter"])] = None,
    output: Annotated[Path | None, typer.Option(help=say["letter.cli.output"])] = None,
    lang: LangOption = "fr",
    model: ModelOption = None,
    no_encoder: NoEncoderOption = False,
) -> None:
    """Write a letter about findings of a document; without any, list the letters that suit it."""
    from analyzer.errors import LetterUnfit, UnknownFinding, UnknownLetter
    from analyzer.reporting.letter import best, print_suggestions, to_docx, to_pdf, write

    words = messages(lang)
    kinds: dict[str, Callable[[str], bytes]] = {".docx": to_docx, ".pdf": to_pdf, ".txt": as_bytes}
    if output is not None and output.suffix.lower() not in kinds:
        raise typer.BadParameter(words["letter.cli.kinds"], param_hint="--output")
    if not finding and (letter or output):
        raise typer.BadParameter(words["letter.cli.needs_finding"], param_hint="--finding")
    report = _analyze(file, context, lang, model, not no_encoder, False)
    if not finding:
        print_suggestions(report, Output())
        return
    try:
        text = write(report, letter or best(report, finding), finding)
    except (UnknownFinding, UnknownLetter, LetterUnfit) as error:
        raise typer.BadParameter(sentence(error, words)) from error
    if output is None:
        emit(as_bytes(text))
    else:
        write_file(output, kinds[output.suffix.lower()](text))
    for key in ("letter.before_sending", "letter.in_french"):
        typer.echo(words[key], err=True)


@app.command(help=say["cli.classify"])
def classify(
    kind: Annotated[Literal["clause", "question"], typer.Option(help=say["cli.classify.kind"])] = "clause",
    input: Annotated[Path | None, typer.Argument(help=say["cli.classify.input"])] = None,
    model: ModelOption = None,
    no_encoder: NoEncoderOption = False,
) -> None:
    """Read JSON Lines, add the labels decided, write JSON Lines."""
    from analyzer import pipeline

    name = input.name if input else "stdin"
    try:
        lines = input.read_bytes() if input else sys.stdin.buffer.read()
        items = list(_read_items(lines.decode("utf-8"), name))
    except OSError as fault:
        from analyzer.errors import FileMissing

        raise FileMissing(name) from fault
    except UnicodeDecodeError as fault:
        raise BadInput(
            name, line=fault.object[: fault.start].count(b"\n") + 1, problem=say["problem.not_json"]
        ) from fault
    decided = pipeline.classify(
        [(item["text"], item.get("context") or "") for item in items], kind, model=model, use_encoder=not no_encoder
    )
    labelled = "".join(_labelled(item, found) for item, found in zip(items, decided, strict=True))
    emit(labelled.encode("utf-8", "backslashreplace"))


@app.command(help=say["cli.labels"])
def labels(lang: LangOption = UI_LANG) -> None:
    """List what is looked for."""
    from analyzer.knowledge import load

    words = messages(lang)
    table = Table(box=None, pad_edge=False)
    for heading in ("labels.label", "labels.polarity", "labels.looks_for"):
        table.add_column(words[heading], no_wrap=heading != "labels.looks_for")
    for label in sorted(load().labels.values(), key=lambda label: (label.polarity == "safeguard", label.label)):
        about = Text.assemble((label.title.get(lang), "bold"), "\n", label.looks_for.get(lang))
        table.add_row(label.label, words[f"polarity.{label.polarity}"], about)
    Output().print(table)


@app.command(help=say["cli.explain"])
def explain(
    label: Annotated[str, typer.Argument(help=say["cli.explain.label"], metavar="LABEL")],
    lang: LangOption = UI_LANG,
) -> None:
    """Print the page of a label."""
    from analyzer.knowledge import load
    from analyzer.reporting.label_page import print_label

    known = load().labels
    if label not in known:
        raise typer.BadParameter(messages(lang)["error.unknown_label"].format(name=label), param_hint="LABEL")
    print_label(known[label], lang, Output())


@app.command(help=say["cli.evaluate"])
def evaluate(
    corpus: Annotated[Path, typer.Argument(help=say["cli.evaluate.corpus"])],
    json_output: Annotated[Path | None, typer.Option("--json", help=say["cli.evaluate.json"])] = None,
    model: ModelOption = None,
    no_encoder: NoEncoderOption = False,
    compare: Annotated[str | None, typer.Option(help=say["cli.evaluate.compare"], metavar="rules|MODEL")] = None,
    reliability: Annotated[Path | None, typer.Option(help=say["cli.evaluate.reliability"])] = None,
) -> None:
    """Measure against a labelled corpus."""
    from analyzer.learning import evaluation

    decide = _decider(model, not no_encoder)
    if reliability is not None and (no_encoder or compare is not None):
        raise typer.BadParameter(say["cli.evaluate.reliability_needs"], param_hint="--reliability")
    try:
        if compare is not None:
            older = _decider(None, False) if compare == "rules" else _decider(Path(compare), True)
            for (split, kind), rows in sorted(evaluation.rows_together(corpus).items()):
                found = evaluation.changes(rows, partial(older, kind=kind), partial(decide, kind=kind))
                _print_changes(found, split, kind)
            return
        results = evaluation.evaluate(corpus, decide)
        bins = {} if no_encoder else _calibration(evaluation.rows_together(corpus), model)
    except BadInput as error:
        error.facts["problem"] = say["problem.not_a_passage"]
        raise
    console = Output()
    console.print(_overview(results))
    for title, groups in (
        ("evaluate.title", (("check", "clauses"), ("tune", "clauses"), ("documents", "dev_documents"))),
        ("evaluate.title_questions", (("check", "questions"), ("tune", "questions"))),
    ):
        measured = [(split, name) for split, name in groups if name in results.get(split, {})]
        if measured:
            console.print(_figures_table(results, say[title], measured))
    from analyzer.learning.calibration import calibration_error

    for split, found_bins in bins.items():
        console.print(f"{split} · {say['evaluate.calibration'].format(error=calibration_error(found_bins))}")
    content: dict[str, Any] = {
        split: {name: figures.as_dict() for name, figures in files.items()} for split, files in results.items()
    }
    for split, found_bins in bins.items():
        content[split]["calibration_error"] = calibration_error(found_bins)
    outputs = {json_output: json.dumps(content, indent=2, ensure_ascii=False) + "\n"}
    if reliability and bins:
        from analyzer.learning.reliability import to_svg

        outputs[reliability] = to_svg(bins.get("check") or next(iter(bins.values())))
    for path, text in outputs.items():
        if path is not None:
            write_file(path, text.encode())


def _decider(model: Path | None, use_encoder: bool) -> KindClassifier:
    from analyzer import pipeline

    def decide(items: Sequence[tuple[str, str]], kind: PassageKind) -> list[set[str]]:
        found = pipeline.classify(items, kind, model=model, use_encoder=use_encoder, shown=False)
        return [{detection.label for detection in detections} for detections in found]

    return decide


def _calibration(groups: dict[tuple[str, PassageKind], list[Row]], model: Path | None) -> dict[str, list[Bin]]:
    """Return, for each split, the bins of the reliability diagram; none where the scores are no probabilities."""
    import numpy as np

    from analyzer import pipeline
    from analyzer.learning.calibration import reliability

    scores: dict[str, list[float]] = {}
    truth: dict[str, list[bool]] = {}
    for (split, kind), rows in groups.items():
        found = pipeline.scores([(row.text, row.context) for row in rows], kind, model=model)
        scores.setdefault(split, []).extend(value for one in found for value in one.values())
        truth.setdefault(split, []).extend(
            label in row.labels for row, one in zip(rows, found, strict=True) for label in one
        )
    return {
        split: reliability(np.array(values), np.array(truth[split], float), np.ones(len(values), bool))
        for split, values in scores.items()
        if values
    }


def _print_changes(found: Sequence[Change], split: str, kind: PassageKind) -> None:
    """Print what was gained and lost; of rows that are only to be scored ("check"), the counts alone."""
    console = Output()
    gained = sum(change.gained for change in found)
    counts = say["evaluate.changes"].format(gained=gained, lost=len(found) - gained)
    console.print(Text(f"{split} · {kind}s · {counts}", style="bold"))
    for change in sorted(found, key=lambda change: (change.gained, change.label)) if split != "check" else ():
        sign = "+" if change.gained else "−"
        wanted = say["evaluate.wanted" if change.label in change.row.labels else "evaluate.unwanted"]
        console.print(Text(f"  {sign} {change.label} ({wanted}) · {change.row.text}"))


@app.command(help=say["cli.train"])
def train(
    data: Annotated[Path, typer.Argument(help=say["cli.train.data"])] = Path("models/data"),
    output: Annotated[Path, typer.Option(help=say["cli.train.output"])] = Path("models/sceau-fr"),
    pretraining: Annotated[Path | None, typer.Option(help=say["cli.train.pretraining"])] = None,
    tiny: Annotated[bool, typer.Option("--tiny", help=say["cli.train.tiny"])] = False,
) -> None:
    """Make the encoder anew, from data to card."""
    try:
        from analyzer.learning.train import TINY
        from analyzer.learning.train import train as make
    except ImportError as fault:
        raise TrainingMissing from fault
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[note]}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as shown:
        stages: dict[str, TaskID] = {}

        def step(stage: str, share: float, note: str) -> None:
            for earlier, task in stages.items():
                if earlier != stage:
                    shown.update(task, completed=1)
            if stage not in stages:
                stages[stage] = shown.add_task(say[f"train.{stage}"], total=1, note="")
            shown.update(stages[stage], completed=share, note=note)

        figures = make(data, output, pretraining, TINY if tiny else None, Path("build") / "encoder", step)
    table = Table(box=None, pad_edge=False)
    for heading in ("F1", *next(iter(figures["ablation"].values()))):
        table.add_column(heading, justify="right")
    for name, row in figures["ablation"].items():
        table.add_row(name, *(_percent(value) for value in row.values()))
    console = Output()
    console.print(table)
    console.print(say["evaluate.calibration"].format(error=figures["calibration_error"]))


app.command(help=say["scan.cli"])(scan)
app.add_typer(corpus_app, name="corpus")


@app.command(help=say["compare.cli"])
@situated
def compare(
    context: Context,
    old: Annotated[Path, typer.Argument(help=say["compare.cli.old"], metavar="OLD")],
    new: Annotated[Path, typer.Argument(help=say["compare.cli.new"], metavar="NEW")],
    format: Annotated[Literal["text", "json", "html"], typer.Option(help=say["compare.cli.format"])] = "text",
    output: Annotated[Path | None, typer.Option(help=say["compare.cli.output"])] = None,
    lang: LangOption = "fr",
    model: ModelOption = None,
    no_encoder: NoEncoderOption = False,
    show_personal_data: PersonalDataOption = False,
) -> None:
    """Compare two editions of a document; print, or write, what changed."""
    from analyzer.comparison import compare_documents
    from analyzer.reporting import comparison as shown
    from analyzer.reporting.terminal import clean

    _fit_output([old, new], format, output)
    words = messages(lang)
    with Console(stderr=True).status("") as status:
        found = compare_documents(
            old,
            new,
            context=context,
            lang=lang,
            show_personal_data=show_personal_data,
            model=model,
            use_encoder=not no_encoder,
            progress=lambda step, name: status.update(Text(clean(words[f"progress.{step}"].format(name=name)))),
        )
    try:
        if format == "text" and output is None:
            shown.print_comparison(found, Output())
            return
        render = {"text": shown.to_text, "json": shown.to_json, "html": shown.to_html}[format]
        if output is None:
            emit(as_bytes(render(found)))
        else:
            write_file(output, as_bytes(render(found)))
    except BrokenPipeError:
        silence()
    except OSError as fault:
        raise cannot_write(output) from fault


@app.command(help=say["review.cli"])
def decisions(
    file: Annotated[Path, typer.Argument(help=say["review.cli.file"], metavar="DB")],
    export: Annotated[Path | None, typer.Option(help=say["review.cli.export"], metavar="FILE.jsonl")] = None,
) -> None:
    """Show how far a reviewer's decisions are, or write them as labelled passages."""
    from analyzer.corpus.decisions import Decisions
    from analyzer.errors import FileMissing
    from analyzer.reporting.terminal import clean

    if not file.is_file():
        raise FileMissing(file.name)
    if export is not None and is_same_file(export, file):
        raise typer.BadParameter(say["review.cli.over_itself"], param_hint="--export")
    with Decisions.open(file) as held:
        documents = held.documents()
        lines = held.export()
    if export is not None:
        write_file(export, lines.encode())
        count = lines.count("\n")
        typer.echo(say["review.exported.one" if count == 1 else "review.exported.many"].format(count=count))
    elif not documents:
        typer.echo(say["review.none"])
    else:
        table = Table(box=None, pad_edge=False)
        for heading in ("document", "progress", "left"):
            table.add_column(say[f"review.{heading}"], justify="left" if heading == "document" else "right")
        for one in documents:
            table.add_row(Text(clean(one.name)), f"{one.decided}/{one.all}", str(one.left))
        Output().print(table)


@app.command("app", help=say["cli.app"])
def run_app(
    port: Annotated[int, typer.Option(help=say["cli.app.port"])] = 8501,
    browser: Annotated[bool, typer.Option(help=say["cli.app.browser"])] = True,
    no_encoder: NoEncoderOption = False,
    store: Annotated[Path | None, typer.Option(help=say["cli.app.store"])] = None,
) -> None:
    """Serve the page on this computer only."""
    from analyzer.interface.server import serve

    serve(port=port, open_browser=browser, use_encoder=not no_encoder, store=store)


def _documents(files: Sequence[Path]) -> Iterator[tuple[Part, Path | bytes]]:
    """Yield the documents in ``files``, one after the other, each with where its bytes can be had again."""
    from analyzer.reading import Part, read_all

    for path in files:
        try:
            with told_of(path.name):
                parts = read_all(path)
        except SceauError as error:
            parts = [Part(path.name, b"", error)]
        for part in parts:
            yield part, path if len(parts) == 1 and part.name == path.name else part.data


def _analyze(
    source: Path | bytes,
    context: Context,
    lang: Lang,
    model: Path | None,
    use_encoder: bool,
    show_personal_data: bool,
    name: str = "",
) -> Report:
    """Return the report of a document, a path or the bytes of a file that is called ``name``."""
    from analyzer.reporting.terminal import clean

    words = messages(lang)
    called = name or (source.name if isinstance(source, Path) else "")

    def step(name: str) -> Text:
        return Text(clean(words[f"progress.{name}"].format(name=called)))

    with Console(stderr=True).status(step("read")) as status:
        return checked(
            source,
            called,
            context,
            lang,
            lambda name: status.update(step(name)),
            model=model,
            use_encoder=use_encoder,
            show_personal_data=show_personal_data,
        )


def _fit_output(files: Sequence[Path], format: Format, output: Path | None) -> None:
    """Refuse, before anything is read, an output that cannot hold the result or would replace a document."""
    problem = None
    if output is None:
        if format in BINARY and sys.stdout.isatty():
            problem = "export.cli.needs_output"
    elif any(is_same_file(output, path) for path in files):
        problem = "export.cli.over_document"
    if problem:
        raise typer.BadParameter(say[problem], param_hint="--output")


def _fit_several(format: Format, output: Path | None) -> None:
    """Refuse an output that cannot hold several reports: they need a folder, or one text that holds them all."""
    problem = None
    if output is None:
        if format in (*BINARY, "html"):
            problem = "cli.check.html_needs_output" if format == "html" else "export.cli.several_need_folder"
    elif output.is_file() or (output.suffix and not output.is_dir()):
        problem = "export.cli.several_need_folder"
    if problem:
        raise typer.BadParameter(say[problem], param_hint="--output")


def _deliver(
    reports: Sequence[Report],
    sources: Sequence[Path | bytes],
    format: Format,
    output: Path | None,
    *,
    several: bool,
    questions: bool = False,
) -> bool:
    """Print the reports, or write them: to ``output``, or into it when it is a folder or there are several.

    As text, a report is that of the document or, with ``questions``, that of the questionnaire in it. Returns whether
    some report could not be made, of which a sentence was said.
    """
    if format == "text" and output is None:
        from analyzer.reporting.terminal import print_questionnaire, print_report

        console = Output()
        for number, report in enumerate(reports):
            if number:
                console.print()
            (print_questionnaire if questions else print_report)(report, console)
        return False
    if several and output is None and format in ("json", "sarif"):  # several reports as one text
        emit(_together(reports, format))
        return False
    into = output is not None and (several or output.is_dir())
    if into and output is not None:
        output.mkdir(parents=True, exist_ok=True)
    failed = False
    names: set[str] = set()
    for report, source in zip(reports, sources, strict=True):
        try:
            content = _render(report, source, format, questions)
            if output is None:
                emit(content)
                continue
            # Names of parts hold those of all that they are in: longer than a file's may be.
            name = os.fsencode(Path(report.document.name).stem)[:_NAME].decode(errors="ignore")
            while name in names:
                name += "_"
            names.add(name)
            write_file(output / f"{name}.sceau.{ENDINGS.get(format, format)}" if into else output, content)
        except SceauError as error:
            complain(error, messages(report.lang))
            failed = True
    return failed


def _together(reports: Sequence[Report], format: Format) -> bytes:
    """Return several reports as one text: a list in JSON, a log in SARIF."""
    from analyzer.reporting.json import to_json
    from analyzer.reporting.sarif import to_sarif

    if format == "sarif":
        return as_bytes(to_sarif(reports))
    return as_bytes("[\n" + ",\n".join(map(to_json, reports)) + "\n]")


def _render(report: Report, source: Path | bytes, format: Format, questions: bool) -> bytes:
    """Return one report as the bytes of a file; only what is asked for is loaded."""
    if format == "json":
        from analyzer.reporting.json import to_json

        return as_bytes(to_json(report))
    if format == "html":
        from analyzer.reporting.html import to_html

        return as_bytes(to_html(report))
    if format == "pdf":
        from analyzer.reporting.pdf import to_pdf

        return to_pdf(report)
    if format == "annotated-pdf":
        from analyzer.errors import FileChanged, FileMissing
        from analyzer.reporting.annotated_pdf import to_annotated_pdf

        try:
            data = source if isinstance(source, bytes) else source.read_bytes()
        except OSError:
            raise FileMissing(report.document.name) from None
        if hashlib.sha256(data).hexdigest() != report.document.sha256:  # highlights would stand on other words
            raise FileChanged(report.document.name)
        return to_annotated_pdf(report, data)
    if format == "docx":
        from analyzer.reporting.docx import to_docx

        return to_docx(report)
    if format == "xlsx":
        from analyzer.reporting.workbook import to_workbook

        return to_workbook(report)
    if format == "sarif":
        from analyzer.reporting.sarif import to_sarif

        return as_bytes(to_sarif([report]))
    from analyzer.reporting.terminal import print_questionnaire, print_report, to_text

    return as_bytes(to_text(report, print_questionnaire if questions else print_report))


def _reaches(report: Report, level: str) -> bool:
    """Whether a decided warning of the report is at least as serious as ``level``."""
    levels = ["low", "medium", "high"]
    return any(
        finding.decision == "warned"
        and finding.severity is not None
        and levels.index(finding.severity) >= levels.index(level)
        for finding in report.findings
    )


def _labelled(item: dict[str, Any], detections: list[Detection]) -> str:
    """Return the line of an item with its labels, best first."""
    labels = [
        {"label": found.label, "score": found.score, "evidence": [list(span) for span in found.evidence]}
        for found in detections
    ]
    return json.dumps({**item, "labels": labels}, ensure_ascii=False) + "\n"


def _read_items(lines: str, name: str) -> Iterator[dict[str, Any]]:
    """Yield the objects of a JSON Lines text. Raises ``BadInput`` naming the first line that is not one."""
    # Only a line feed ends a line: text may hold the other separators that splitlines() knows.
    given = lines.removeprefix("\ufeff").removesuffix("\n").split("\n") if lines else []
    for number, line in enumerate(given, 1):
        if not line.strip():
            raise BadInput(name, line=number, problem=say["problem.blank_line"])
        try:
            item = json.loads(line)
        except (ValueError, RecursionError) as fault:
            raise BadInput(name, line=number, problem=say["problem.not_json"]) from fault
        if not isinstance(item, dict):
            raise BadInput(name, line=number, problem=say["problem.not_json"])
        if not isinstance(item.get("text"), str):
            raise BadInput(name, line=number, problem=say["problem.no_text"])
        if not isinstance(item.get("context") or "", str):
            raise BadInput(name, line=number, problem=say["problem.bad_context"])
        yield item


def _overview(results: dict[str, dict[str, Figures]]) -> Table:
    """Return the table of files: a row for each split of each file."""
    table = Table(title=say["evaluate.overview"], box=None, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column(say["evaluate.file"], no_wrap=True)
    for heading in ("rows", "micro", "macro", "precision", "recall", "neutral", "pairs"):
        table.add_column(say[f"evaluate.{heading}"], justify="right", no_wrap=True)
    for split in sorted(results, key=lambda name: (name != "check", name)):
        for name, figures in results[split].items():
            table.add_row(
                f"{split} · {name}",
                str(figures.rows),
                _percent(figures.micro.f1),
                _percent(figures.macro_f1),
                _percent(figures.any_warning.precision),
                _percent(figures.any_warning.recall),
                _part(figures.neutral_warned),
                _part(figures.pairs_right),
            )
    return table


def _part(share: Share) -> str:
    return f"{share.count}/{share.of}" if share.of else "–"


def _figures_table(results: dict[str, dict[str, Figures]], title: str, groups: Sequence[tuple[str, str]]) -> Table:
    """Return the table of labels: precision, recall, F1 and gold rows, a group of columns for each split and file."""
    table = Table(title=title, box=None, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column(say["labels.label"], no_wrap=True)
    for split, _ in groups:
        table.add_column(f"{split}\nP / R / F1 (n)", justify="right")
    names = sorted({label for split, name in groups for label in results[split][name].labels})
    for label in names:
        cells = []
        for split, name in groups:
            counts = results[split][name].labels.get(label)
            if counts is None:
                cells.append("")
            elif counts.gold < 10:
                # GUIDE.md: with fewer than ten gold rows, counts and not rates.
                cells.append(
                    f"{counts.true_positive} +{counts.false_positive} −{counts.false_negative} ({counts.gold})"
                )
            else:
                cells.append(
                    f"{_percent(counts.precision)} / {_percent(counts.recall)} / {_percent(counts.f1)} ({counts.gold})"
                )
        table.add_row(label, *cells)
    return table


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"
