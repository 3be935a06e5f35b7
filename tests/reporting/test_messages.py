"""What users read stands in both languages, key for key, value for value."""

import string
from typing import Any, get_args

import pytest

from analyzer import errors
from analyzer.knowledge import messages
from analyzer.reporting.html import Audience
from analyzer.schema import Contract, Insurer, Jurisdiction, LegalState, Polarity, Severity, Stage, Verdict
from tests.samples import NAMES

FR, EN = messages("fr"), messages("en")


def blanks(sentence: str) -> set[tuple[str, str | None]]:
    """What the program fills in, and how."""
    return {(name, form) for _, name, form, _ in string.Formatter().parse(sentence) if name is not None}


def test_both_languages_have_the_same_keys():
    assert set(FR) == set(EN)


@pytest.mark.parametrize("key", FR)
def test_both_languages_fill_in_the_same(key):
    assert FR[key].strip(" ") or key == "list"
    assert EN[key].strip(" ")
    assert blanks(FR[key]) == blanks(EN[key])


@pytest.mark.parametrize("key", FR)
def test_every_sentence_can_be_filled_in(key):
    class Anything(dict[str, Any]):
        def __missing__(self, name: str) -> float:
            return 1.0

    for sentences in (FR, EN):
        assert string.Formatter().vformat(sentences[key], (), Anything())


@pytest.mark.parametrize(
    "prefix, values",
    [
        ("severity", get_args(Severity)),
        ("state", (*get_args(LegalState), "unknown")),
        ("polarity", get_args(Polarity)),
        ("country", get_args(Jurisdiction)),
        ("contract", get_args(Contract)),
        ("insurer", get_args(Insurer)),
        ("stage", get_args(Stage)),
        ("verdict", get_args(Verdict)),
        ("form.method", get_args(Verdict)),
        ("form.view", get_args(Audience)),
        ("sample", NAMES),
        ("error", [kind.code for kind in vars(errors).values() if isinstance(kind, type)]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_value_has_a_name(prefix, values):
    assert {f"{prefix}.{value}" for value in values} <= set(FR)


def test_english_has_no_french_quotation_marks():
    assert not [key for key, sentence in EN.items() if set("«»") & set(sentence) or " :" in sentence]
