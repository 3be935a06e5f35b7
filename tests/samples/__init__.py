"""The sample contracts, analysed once for all the tests that need them."""

from functools import cache
from pathlib import Path

from analyzer import analyze
from analyzer.schema import Report

FOLDER = Path(__file__).parents[2] / "sample_contracts"
NAMES = sorted(path.stem for path in FOLDER.glob("*.pdf"))


@cache
def report(name: str) -> Report:
    """The report of a sample, in French, without a word on the reader's situation."""
    return analyze(FOLDER / f"{name}.pdf")
