"""Each sample's findings are its expected findings: those, on those passages, on those pages, and no other."""

import json
import re
from collections import Counter

import pytest

from tests.samples import FOLDER, NAMES, report

Found = tuple[int, str, str]


def words(text: str) -> str:
    """The words of a text: how lines, hyphens and apostrophes are set does not matter here."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def expected(name: str) -> Counter[Found]:
    lines = (FOLDER / f"{name}.expected.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return Counter((row["page"], label, words(row["text"])) for row in rows for label in row["labels"])


def found(name: str) -> Counter[Found]:
    return Counter(
        (finding.passage.boxes[0].page, finding.label, words(finding.passage.text))
        for finding in report(name).findings
        if finding.decision == "warned"
    )


def listed(sign: str, rows: Counter[Found]) -> list[str]:
    return [f"{sign} p. {page} {label}: {text[:100]}" for page, label, text in sorted(rows.elements())]


def test_there_are_samples():
    assert len(NAMES) >= 6


@pytest.mark.parametrize("name", NAMES)
def test_findings_are_the_expected_ones(name):
    want, have = expected(name), found(name)
    differences = [*listed("missing", want - have), *listed("unexpected", have - want)]
    assert not differences, "\n" + "\n".join(differences)


@pytest.mark.parametrize("name", NAMES)
def test_everything_was_read(name):
    assert not report(name).unread


def test_the_clean_sample_has_no_finding():
    assert not report("habitation_conditions").findings


def test_the_other_home_sample_is_told_without_a_word_on_health():
    findings = report("habitation_vie_reelle").findings
    assert {finding.label for finding in findings if finding.polarity == "warning"} == {
        "data_sharing",
        "nullity_unqualified",
    }
    for finding in findings:
        if finding.polarity == "warning":
            told = " ".join((finding.title, finding.text, *finding.advice)).casefold()
            assert not re.search(r"médica|médecin|maladie|secret", told), told
