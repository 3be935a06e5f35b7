"""The filled sample holds the personal data that the tests of privacy look for, and what is expected holds none."""

import json
import re

import pdfplumber
import pytest

from tests.samples import FOLDER

NAME = "adhesion_remplie"
PERSONAL = json.loads((FOLDER / f"{NAME}.personal.json").read_text("utf-8"))


def closed_up(text: str) -> str:
    """A text without spaces: characters in squares of their own and ends of lines do not matter here."""
    return re.sub(r"\s+", "", text)


@pytest.fixture(scope="module")
def printed() -> str:
    with pdfplumber.open(FOLDER / f"{NAME}.pdf") as pdf:
        return closed_up(" ".join(page.extract_text() for page in pdf.pages))


@pytest.mark.parametrize("datum", PERSONAL)
def test_a_personal_datum_stands_in_the_filled_form(datum, printed):
    assert closed_up(datum) in printed


@pytest.mark.parametrize("datum", PERSONAL)
def test_no_personal_datum_is_expected(datum):
    assert datum not in (FOLDER / f"{NAME}.expected.jsonl").read_text("utf-8")
