"""``sceau scan``: a folder of documents becomes a store; progress on standard error, a summary at the end."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.padding import Padding
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn
from rich.text import Text

from analyzer.errors import SceauError
from analyzer.interface import sentence
from analyzer.interface.options import (
    UNREADABLE,
    LangOption,
    ModelOption,
    NoEncoderOption,
    Output,
    say,
    silence,
    situated,
)
from analyzer.schema import Context

if TYPE_CHECKING:
    from analyzer.corpus.records import Failure
    from analyzer.corpus.scan import Stage, Tally

__all__ = ["scan"]

#: What shells add to the number of the signal that ended a program; Ctrl-C is 2.
_SIGNALLED = 128
#: Seconds between two lines of progress where they are no bar.
_BETWEEN_LINES = 10.0
#: Failed files shown at the end of a scan.
_SHOWN = 20


@situated
def scan(
    context: Context,
    store: Annotated[Path, typer.Option(help=say["scan.cli.store"])],
    roots: Annotated[list[str] | None, typer.Argument(help=say["scan.cli.roots"], metavar="FOLDER...")] = None,
    jobs: Annotated[int | None, typer.Option(min=1, help=say["scan.cli.jobs"])] = None,
    scheduler: Annotated[str | None, typer.Option(help=say["scan.cli.scheduler"], metavar="tcp://HOST:PORT")] = None,
    metadata: Annotated[Path | None, typer.Option(help=say["scan.cli.metadata"])] = None,
    path_pattern: Annotated[str | None, typer.Option(help=say["scan.cli.path_pattern"])] = None,
    full_text: Annotated[bool, typer.Option("--full-text", help=say["scan.cli.full_text"])] = False,
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help=say["scan.cli.retry_failed"])] = False,
    failed: Annotated[bool, typer.Option("--failed", help=say["scan.cli.failed"])] = False,
    lang: LangOption = "fr",
    model: ModelOption = None,
    no_encoder: NoEncoderOption = False,
) -> None:
    """Read documents into a store, or list those of it that could not be read."""
    if failed:
        _list_failed(store)
        return
    if not roots:
        raise typer.BadParameter(say["scan.needs_roots"], param_hint="FOLDER")
    # What is wrong with the options is told before the French pipeline is loaded.
    from analyzer.corpus.metadata import Table, check_pattern
    from analyzer.corpus.walk import tops

    if path_pattern is not None:
        check_pattern(path_pattern)
    table = Table.load(metadata, tops(roots)) if metadata else None

    from analyzer.corpus.crew import Cluster, Processes
    from analyzer.corpus.scan import scan as run
    from analyzer.corpus.task import Recipe

    recipe = Recipe(context, lang, model.absolute() if model else None, not no_encoder, full_text)
    crew = Cluster(scheduler) if scheduler else Processes(jobs or _cores())
    shown = _Shown()
    try:
        tally = run(
            roots,
            store,
            recipe,
            crew,
            table=table,
            pattern=path_pattern,
            retry_failed=retry_failed,
            progress=shown,
        )
    except KeyboardInterrupt:
        shown.close()
        key = "scan.interrupted.one" if shown.read == 1 else "scan.interrupted.many"
        typer.echo(say[key].format(count=shown.read), err=True)
        raise typer.Exit(_SIGNALLED + shown.stopped_by) from None
    finally:
        shown.close()
    with suppress(BrokenPipeError):
        _print(tally, store, retried=retry_failed)
    if tally.failed:
        raise typer.Exit(UNREADABLE)


class _Shown:
    """Progress on standard error: a bar in a terminal, a line now and then elsewhere. It hears Ctrl-C, too.

    A scan is not stopped in the middle of what it does to the store: the first Ctrl-C (or a polite ``kill``) is
    remembered, and stops it when it next tells how far it is; a second one stops it wherever it is.
    """

    def __init__(self) -> None:
        self.read = 0
        self._console = Console(stderr=True)
        self.stopped_by = 0
        self._line_at = time.monotonic()
        self._stage: Stage | None = None
        self._handlers = {number: signal.signal(number, self._hear) for number in (signal.SIGINT, signal.SIGTERM)}
        self._bar: Progress | None = None
        if self._console.is_terminal:
            self._bar = Progress(
                TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), console=self._console
            )
            self._task = self._bar.add_task(say["scan.counting"], total=None)
            self._bar.start()

    def __call__(self, stage: Stage, tally: Tally) -> None:
        """Tell how far a scan is. Raises ``KeyboardInterrupt`` where it is to stop."""
        self.read = tally.read
        if self.stopped_by and stage != "tidy":
            raise KeyboardInterrupt
        begins, self._stage = stage != self._stage, stage
        if stage == "read":
            line = _line(tally)
        else:
            line = say[{"count": "scan.counting", "ready": "scan.getting_ready", "tidy": "scan.tidying"}[stage]]
        if self._bar is not None:
            total = tally.bytes if stage in ("read", "tidy") else None
            self._bar.update(self._task, description=line, total=total, completed=tally.bytes_done)
        elif (begins and stage != "read") or time.monotonic() - self._line_at > _BETWEEN_LINES:
            self._line_at = time.monotonic()
            self._console.print(Text(line), soft_wrap=True)

    def close(self) -> None:
        """Take the bar away, and let Ctrl-C do what it did before."""
        if self._bar is not None:
            self._bar.stop()
        for number, handler in self._handlers.items():
            signal.signal(number, handler)

    def _hear(self, number: int, frame: FrameType | None) -> None:
        self.stopped_by = number
        signal.signal(number, signal.default_int_handler)


def _line(tally: Tally) -> str:
    rate = tally.pages / tally.seconds if tally.seconds else 0.0
    left = say["scan.left_unknown"]
    if tally.bytes_read:
        seconds = tally.seconds * max(tally.bytes - tally.bytes_done, 0) / tally.bytes_read
        left = say["scan.left"].format(time=_time(seconds))
    return say["scan.progress"].format(
        done=tally.done,
        files=max(tally.files, tally.done),
        pages=tally.pages,
        rate=f"{rate:.1f}",
        left=left,
        failed=_failed(tally.failed),
    )


def _failed(count: int) -> str:
    key = {0: "none", 1: "one"}.get(count, "many")
    return say[f"scan.failed.{key}"].format(count=count)


def _time(seconds: float) -> str:
    minutes, left = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes:02} min"
    return f"{minutes} min {left:02} s" if minutes else f"{left} s"


def _print(tally: Tally, store: Path, *, retried: bool) -> None:
    console = Output()
    if not tally.done:
        console.print(Text(say["scan.done.none"]))
        return
    summary = say["scan.done"].format(
        files=tally.done,
        read=tally.read,
        skipped=tally.skipped,
        failed=tally.failed,
        pages=tally.pages,
        time=_time(tally.seconds),
    )
    console.print(Text(summary))
    if tally.failures:
        _print_failures(tally.failures[:_SHOWN], console)
        if (more := len(tally.failures) - _SHOWN) > 0:
            console.print(Text(say["scan.failures.more"].format(count=more, store=store)))
        if not retried:
            console.print(Text(say["scan.retry"]))


def _list_failed(path: Path) -> None:
    from analyzer.corpus.store import Store

    failures = Store.open(path).failures()
    try:
        if failures:
            _print_failures(failures, Output())
        else:
            typer.echo(say["scan.failures.none"])
    except BrokenPipeError:
        silence()


def _print_failures(failures: Sequence[Failure], console: Console) -> None:
    """Print what could not be read, and why."""
    from analyzer.reporting.terminal import clean

    console.print(Text(say["scan.failures"], style="bold"))
    for one in failures:
        error = SceauError(one.name, **one.facts)
        error.code = one.code
        console.print(Text(clean(one.path)), soft_wrap=True)
        console.print(Padding(Text(clean(f"{sentence(error, say)} [{one.code}]"), style="dim"), (0, 0, 0, 4)))


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
