"""The small report as it is shown, kept in ``golden/``. ``python -m tests.reporting.golden`` writes it anew."""

import io
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from analyzer.reporting.html import to_html
from analyzer.reporting.json import to_json
from analyzer.reporting.terminal import print_report
from analyzer.schema import Report
from tests.reporting.build import small

FOLDER = Path(__file__).with_name("golden")


def to_text(report: Report) -> str:
    """The report as a file or a pipe gets it."""
    console = Console(file=io.StringIO(), width=100, color_system=None)
    print_report(report, console)
    return "".join(f"{line.rstrip()}\n" for line in console.file.getvalue().splitlines())  # type: ignore[attr-defined]


FORMS: dict[str, Callable[[Report], str]] = {"html": to_html, "json": to_json, "txt": to_text}

if __name__ == "__main__":
    for suffix, render in FORMS.items():
        (FOLDER / f"small.{suffix}").write_text(render(small()), "utf-8")
