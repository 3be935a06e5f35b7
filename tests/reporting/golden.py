"""Two small reports as they are shown, kept in ``golden/``. ``python -m tests.reporting.golden`` writes them anew."""

from collections.abc import Callable
from pathlib import Path

from analyzer.reporting.html import to_html
from analyzer.reporting.json import to_json
from analyzer.reporting.terminal import print_questionnaire, to_text
from analyzer.schema import Report
from tests.reporting.build import form, small

FOLDER = Path(__file__).with_name("golden")


FORMS: dict[str, Callable[[Report], str]] = {"html": to_html, "json": to_json, "txt": to_text}
REPORTS: dict[str, Callable[[], Report]] = {"small": small, "form": form}


def questions(report: Report) -> str:
    """The questionnaire of a report, as text."""
    return to_text(report, print_questionnaire)


if __name__ == "__main__":
    for name, build in REPORTS.items():
        for suffix, render in FORMS.items():
            (FOLDER / f"{name}.{suffix}").write_text(render(build()), "utf-8")
    (FOLDER / "questions.txt").write_text(questions(form()), "utf-8")
