"""What the commands share: language, options, the reader's situation, what they print and how they complain."""

from __future__ import annotations

import os
import secrets
import shutil
import sys
from collections.abc import Callable
from functools import wraps
from inspect import signature
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from analyzer.errors import SceauError
from analyzer.interface import sentence
from analyzer.knowledge import messages
from analyzer.schema import Context, Contract, Insurer, Jurisdiction, Lang, Stage

#: Exit codes of the design: 0 read, 1 ``--fail-on`` met, 2 usage, 3 some file could not be read (wins over 1).
FAIL_ON_MET, USAGE, UNREADABLE = 1, 2, 3


def _ui_lang() -> Lang:
    """Return the language of help and messages: English where the system speaks it, French elsewhere."""
    chosen = next(
        (os.environ[name] for name in ("SCEAU_LANG", "LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), ""
    )
    return "en" if chosen.lower().startswith("en") else "fr"


UI_LANG = _ui_lang()
say = messages(UI_LANG)


#: The options that several commands share.
LangOption = Annotated[Lang, typer.Option(help=say["cli.check.lang"])]
ModelOption = Annotated[Path | None, typer.Option(help=say["cli.model"])]
NoEncoderOption = Annotated[bool, typer.Option("--no-encoder", help=say["cli.no_encoder"])]
PersonalDataOption = Annotated[bool, typer.Option("--show-personal-data", help=say["cli.show_personal_data"])]


class Output(Console):
    """Standard output. A reader who has gone ("sceau labels | head") is not an error of ours."""

    def on_broken_pipe(self) -> None:
        """Leave the decision to the command: rich would exit with 1, which means something else here."""
        raise BrokenPipeError


def silence() -> None:
    """Send what is still to be written nowhere: nobody reads it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def emit(content: bytes) -> None:
    """Write data on standard output, as it is whatever the terminal speaks."""
    try:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise BrokenPipeError from None  # without its number, which typer takes for exit code 1


def situation(
    contract: Annotated[Contract | None, typer.Option(help=say["cli.check.contract"])] = None,
    insurer: Annotated[Insurer | None, typer.Option(help=say["cli.check.insurer"])] = None,
    jurisdiction: Annotated[Jurisdiction, typer.Option(help=say["cli.check.jurisdiction"])] = "FR",
    loan_share: Annotated[float | None, typer.Option(min=0, help=say["cli.check.loan_share"])] = None,
    loan_end_age: Annotated[int | None, typer.Option(min=0, max=130, help=say["cli.check.loan_end_age"])] = None,
    stage: Annotated[Stage | None, typer.Option(help=say["cli.check.stage"])] = None,
) -> Context:
    """Return what the reader tells of their situation."""
    return Context(
        contract=contract,
        insurer=insurer,
        jurisdiction=jurisdiction,
        loan_share=loan_share,
        loan_end_age=loan_end_age,
        stage=stage,
    )


def situated(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of ``situation``; what they make comes to it as its ``context``."""
    told = signature(situation, eval_str=True).parameters
    own = signature(command, eval_str=True)

    @wraps(command)
    def run(**given: Any) -> None:
        context = situation(**{name: given.pop(name) for name in told})
        command(context=context, **given)

    options = [option for name, option in own.parameters.items() if name != "context"]
    run.__signature__ = own.replace(parameters=[*options, *told.values()])  # type: ignore[attr-defined]
    return run


def as_bytes(text: str) -> bytes:
    """Return a text as a file holds it."""
    return f"{text}\n".encode("utf-8", "backslashreplace")


def write_file(path: Path, content: bytes) -> None:
    """Write a file whole, or leave what was there: a full disk or a kill on the way makes no half report.

    It is written under another name beside its place first. What has no beside is written to: a device, a pipe, a file
    in a folder where nothing may be added.

    Raises CannotWrite where that is impossible.
    """
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(content)
            return
        path = Path(os.path.realpath(path))  # what a link points to is replaced, not the link
        made = path.with_name(f".sceau-{secrets.token_hex(8)}")
        try:
            try:
                made.write_bytes(content)
            except PermissionError:
                path.write_bytes(content)
                return
            if path.exists():
                shutil.copymode(path, made)
            made.replace(path)
        finally:
            made.unlink(missing_ok=True)
    except OSError as fault:
        raise cannot_write(path) from fault


def is_same_file(one: Path, other: Path) -> bool:
    """Return whether two paths lead to the same place, links followed; one that leads in a circle leads nowhere."""
    return os.path.realpath(one) == os.path.realpath(other)


def cannot_write(output: Path | None) -> SceauError:
    """Return the error that an output cannot be written."""
    from analyzer.errors import CannotWrite

    return CannotWrite(output.name if output else "stdout")


def complain(error: SceauError, words: dict[str, str] | None = None) -> None:
    """Print the error's sentence and its stable code."""
    from analyzer.reporting.terminal import clean

    # One line, whatever the width: the terminal wraps it, a program reads it.
    line = clean(f"{sentence(error, words or say)} [{error.code}]")
    Console(stderr=True).print(Text(line, style="bold"), soft_wrap=True)
