"""The small report as it is shown, kept in ``golden/``. ``python -m tests.reporting.golden`` writes it anew."""

from collections.abc import Callable
from pathlib import Path

from analyzer.reporting.html import to_html
from analyzer.reporting.json import to_json
from analyzer.reporting.terminal import to_text
from analyzer.schema import Report
from tests.reporting.build import small

FOLDER = Path(__file__).with_name("golden")


FORMS: dict[str, Callable[[Report], str]] = {"html": to_html, "json": to_json, "txt": to_text}

if __name__ == "__main__":
    for suffix, render in FORMS.items():
        (FOLDER / f"small.{suffix}").write_text(render(small()), "utf-8")
