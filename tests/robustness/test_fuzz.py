"""Bad files become a report or one of our errors: no fault, no traceback, no hang, no more memory than allowed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from analyzer.reading.limits import LIMITS
from tests.hostile import BOMBS, FILES
from tests.robustness import fuzz, harness
from tests.robustness.mutants import mutant
from tests.robustness.seeds import seeds

#: Peak memory (bytes) of the process that analyses: models and rules take 400 million, the rest is the document.
MEMORY = 1_500_000_000
#: With more than two, a small machine has no memory left for those that read pictures.
JOBS = min(2, os.cpu_count() or 1)
QUICK = (".pdf", ".docx", ".odt", ".html", ".eml", ".txt")
#: Bombs that no bound on effort lets through, and those in which there is nothing to read; of the others, text is read.
COSTLY = {
    *("operands_in_operands", "one_stream_drawn_a_million_times", "long_word", "image_drawn_a_hundred_thousand_times"),
    *("huge_font", "hundred_thousand_fields"),
}
WITHOUT_TEXT = {
    *("huge_image", "full_image", "image_masked_by_itself", "wide_predictor", "map_of_four_billion_characters"),
    "letter_drawn_with_itself",
}
THIRD_PARTY = Path(__file__).parents[3] / "shared" / "robustness"


def none_is_a_fault(outcomes: fuzz.Outcomes) -> None:
    """Assert what holds of every file, showing the figures where it does not."""
    assert not outcomes.faults, outcomes.table()
    assert "Traceback" not in outcomes.said, outcomes.said[:2_000]
    assert outcomes.peak < MEMORY, outcomes.table()
    assert outcomes.peak_of_children < LIMITS.ocr_memory_bytes, outcomes.table()


def test_thirty_bad_files():
    """Without those that start LibreOffice or read pictures, which takes long."""
    quick = [number for number in range(60) if mutant(number)[0].endswith(QUICK)][:30]
    outcomes = fuzz.run(fuzz.mutants(quick))
    assert len(outcomes.files) == 30
    none_is_a_fault(outcomes)
    assert len({one.code for one in outcomes.files}) >= 3, "not all are spoilt in the same way"
    assert sum(one.findings for one in outcomes.files) > 0, "some are still read"


@pytest.mark.long
def test_a_thousand_bad_files():
    outcomes = fuzz.run(fuzz.mutants(range(1_000)), JOBS)
    print(outcomes.table())
    none_is_a_fault(outcomes)


@pytest.mark.long
def test_hostile_files_and_bombs():
    outcomes = fuzz.run(fuzz.hostile())
    print(outcomes.table())
    none_is_a_fault(outcomes)
    codes = {one.name.removesuffix(".pdf"): one.code for one in outcomes.files}
    assert set(codes) == {*FILES, *BOMBS}
    assert {name for name in BOMBS if codes[name] == "limit_reached"} == COSTLY
    assert {name for name in BOMBS if codes[name] not in ("read", "limit_reached")} == WITHOUT_TEXT


@pytest.mark.long
@pytest.mark.skipif(not THIRD_PARTY.exists(), reason="the files of other projects are not here")
def test_files_of_other_projects():
    outcomes = fuzz.run(fuzz.folder(THIRD_PARTY))
    print(outcomes.table())
    none_is_a_fault(outcomes)


# ---- the fuzzer itself ---------------------------------------------------------------------------------


def test_a_number_is_always_the_same_bad_file():
    first = [mutant(number) for number in range(40)]
    seeds.cache_clear()
    assert [mutant(number) for number in range(40)] == first
    assert all(data not in seeds().values() for _, data in first[:10])


def test_a_fault_that_nobody_foresaw_is_seen(tmp_path, monkeypatch):
    def broken(*arguments, **more):
        raise KeyError("why")

    monkeypatch.setattr("analyzer.pipeline.analyze", broken)
    path = tmp_path / "contrat.txt"
    path.write_bytes(seeds()["contrat.txt"])
    found = harness.outcome(path)
    assert found["code"] == "internal"
    assert "KeyError: 'why'" in found["where"] and "test_fuzz.py" in found["where"]


@pytest.mark.parametrize("ending, code", [("import os; os.abort()", "crash"), ("sys.stdin.read()", "hang")])
def test_an_end_without_an_outcome_is_seen_and_the_next_file_tried(ending, code, monkeypatch):
    """A process in the place of the harness ends, or never does, at its first file."""
    monkeypatch.setattr(fuzz, "PATIENCE", 2.0)
    monkeypatch.setattr(fuzz, "HARNESS", ["-c", f"import sys; sys.stdin.readline(); {ending}"])
    outcomes = fuzz.run([lambda: ("one.txt", b"1"), lambda: ("two.txt", b"2")])
    assert [(one.name, one.code) for one in outcomes.files] == [("one.txt", code), ("two.txt", code)]
