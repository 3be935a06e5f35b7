"""``sceau compare`` and ``sceau decisions``: what they print and write, and their exit codes."""

import json

import pytest

from analyzer.corpus.decisions import Decisions
from analyzer.interface.samples import editions
from analyzer.learning.evaluation import read_rows
from tests.hostile import FILES
from tests.reporting.build import small

OLD, NEW = editions()
FAST = "--no-encoder"


@pytest.fixture
def reviewed(tmp_path):
    """A file of decisions: one passage decided as a whole, another in part."""
    made = small()
    path = tmp_path / "relecture.duckdb"
    with Decisions.open(path) as held:
        held.record(made, made.findings[0], "accept")
        held.record(made, made.findings[2], "reject")
    return path


# ---- compare -------------------------------------------------------------------------------------------


def test_two_editions_are_compared_in_the_terminal(sceau):
    code, out, _ = sceau("compare", OLD, NEW, FAST)
    assert code == 0
    for words in ("Plus dur pour vous", "Nouvelle alerte : Renoncer au secret médical", "Plus doux pour vous", "79,90"):
        assert words in out


def test_a_comparison_is_json_or_a_page_and_may_be_written(sceau, tmp_path):
    code, out, _ = sceau("compare", OLD, NEW, FAST, "--format", "json", "--lang", "en", "--jurisdiction", "BE")
    found = json.loads(out)
    assert (code, found["lang"], found["context"]["jurisdiction"]) == (0, "en", "BE")
    for format, begin in (("html", "<!DOCTYPE html>"), ("text", "───")):
        target = tmp_path / f"comparaison.{format}"
        code, out, _ = sceau("compare", OLD, NEW, FAST, "--format", format, "--output", target)
        assert (code, out) == (0, "")
        assert target.read_text("utf-8").startswith(begin)


def test_a_document_that_cannot_be_read_is_named(sceau, tmp_path):
    broken = tmp_path / "cassé [bold].pdf"
    broken.write_bytes(FILES["truncated"]())
    for old, new in ((broken, OLD), (OLD, broken)):
        code, out, err = sceau("compare", old, new, FAST)
        assert (code, out) == (3, "")
        assert "« cassé [bold].pdf »" in err


@pytest.mark.parametrize(
    "arguments", [(OLD,), (OLD, NEW, "--format", "docx"), (OLD, NEW, "--output", OLD)], ids=["one", "format", "over"]
)
def test_misuse_is_refused(sceau, arguments):
    before = OLD.read_bytes()
    assert sceau("compare", *arguments)[0] == 2
    assert OLD.read_bytes() == before


# ---- decisions -----------------------------------------------------------------------------------------


def test_how_far_a_review_is(sceau, reviewed):
    code, out, _ = sceau("decisions", reviewed)
    assert code == 0
    assert "contrat_exemple.pdf" in out
    assert out.split()[-2:] == ["2/5", "1"]


def test_decisions_are_exported_for_the_corpus(sceau, reviewed, tmp_path):
    target = tmp_path / "relecture.jsonl"
    code, out, _ = sceau("decisions", reviewed, "--export", target)
    assert (code, out) == (0, "1 passage écrit.\n")
    assert [(row.text, row.labels) for row in read_rows(target)] == [
        ("Vos données vont à nos partenaires.", frozenset())
    ]
    assert sceau("evaluate", target, FAST)[0] == 0


def test_a_file_of_decisions_is_neither_made_nor_lost(sceau, reviewed, tmp_path):
    before = reviewed.read_bytes()
    assert sceau("decisions", reviewed, "--export", reviewed)[0] == 2
    assert reviewed.read_bytes() == before
    assert sceau("decisions", tmp_path / "absent.duckdb")[0] == 3
    assert not (tmp_path / "absent.duckdb").exists()
    code, _, err = sceau("decisions", OLD)
    assert (code, "[not_decisions]" in err) == (3, True)
