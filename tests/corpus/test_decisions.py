"""A reviewer's decisions: kept in one file, never over another, read again by what measures and what learns."""

import json
import subprocess
import sys

import duckdb
import pytest

from analyzer.corpus.decisions import FORMAT, Decisions
from analyzer.errors import BadLabel, CannotWrite, DecisionsNewer, NotDecisions
from analyzer.learning.data import read_data, split
from analyzer.learning.evaluation import read_rows, rows_together
from tests.reporting.build import finding, form, passage, report, small


@pytest.fixture
def path(tmp_path):
    return tmp_path / "décisions.duckdb"


def rows(held):
    return [json.loads(line) for line in held.export().splitlines()]


def decide(held, made, decision, *labels_of, **more):
    """Take one decision on the findings of some labels, or on all."""
    for one in made.findings:
        if one.polarity != "neutral" and (not labels_of or one.label in labels_of):
            held.record(made, one, decision, **more)


# ---- what is kept --------------------------------------------------------------------------------------


def test_the_latest_decision_counts_and_outlives_the_program(path):
    made = small()
    first = made.findings[0]
    with Decisions.open(path) as held:
        held.record(made, first, "reject", note="pas sûr", reviewer="AB")
        held.record(made, first, "relabel", ["posthumous_waiver", "data_sharing"], reviewer="CD")
    with Decisions.open(path) as held:
        decided = held.latest(made)
        assert list(decided) == [first.id]
        one = decided[first.id]
        assert (one.decision, one.labels, one.note, one.reviewer) == (
            *("relabel", ("data_sharing", "posthumous_waiver"), "", "CD"),
        )
        assert one.at.tzinfo is not None


def test_progress_counts_warnings_and_protections_of_this_report(path):
    made = small()
    with Decisions.open(path) as held:
        decide(held, made, "accept", "posthumous_waiver", "data_sharing")
        assert [one[1:] for one in held.documents()] == [(2, 5, 1)]  # of the first passage, the waiver is left
        other = report(*made.findings, document=made.document.model_copy(update={"sha256": "1" * 64}))
        assert held.latest(other) == {}


def test_what_cannot_be_decided_is_refused_and_nothing_is_kept(path):
    made = small()
    first = made.findings[0]
    with Decisions.open(path) as held:
        with pytest.raises(BadLabel):
            held.record(made, first, "relabel", ["no_such_label"])
        with pytest.raises(BadLabel):
            held.record(made, first, "relabel", ["vague_terms"])  # a label of questions
        with pytest.raises(ValueError, match="none of this report"):
            held.record(made, finding("data_sharing", passage(9)), "accept")
        with pytest.raises(ValueError, match="one of"):
            held.record(made, first, "maybe")
        assert held.latest(made) == {}
        assert held.documents() == []


# ---- what is exported ----------------------------------------------------------------------------------


def test_a_passage_is_exported_once_all_its_findings_are_decided(path):
    made = small()
    with Decisions.open(path) as held:
        decide(held, made, "accept", "posthumous_waiver")
        assert rows(held) == []
        decide(held, made, "reject", "secrecy_waiver")
        assert rows(held) == [
            {
                "text": "Vous déliez vos médecins du secret médical, même après votre décès.",
                "context": "",
                "labels": ["posthumous_waiver"],
                "kind": "clause",
                "country": "FR",
                "source": "review",
                "split": "train",
            }
        ]


def test_labels_of_one_passage_stand_together_and_a_clause_may_have_none(path):
    made = small()
    with Decisions.open(path) as held:
        decide(held, made, "accept", "posthumous_waiver")
        decide(held, made, "relabel", "secrecy_waiver", labels=["third_party_disclosure", "posthumous_waiver"])
        decide(held, made, "reject", "data_sharing")
        assert [(row["labels"], row["context"]) for row in rows(held)] == [
            (["posthumous_waiver", "third_party_disclosure"], ""),
            ([], "Vous acceptez ceci :"),
        ]


def test_a_finding_to_check_is_decided_like_another(path):
    made = small()
    doubtful = next(one for one in made.findings if one.decision == "to_check")
    with Decisions.open(path) as held:
        decide(held, made, "accept", "safe_medical_officer")
        assert rows(held) == []
        held.record(made, doubtful, "accept")
        assert [row["labels"] for row in rows(held)] == [["safe_medical_officer", "secrecy_waiver"]]


def test_a_question_without_fault_is_precise(path):
    made = form()
    with Decisions.open(path) as held:
        decide(held, made, "reject", "no_time_limit", "genetic")
        assert [(row["kind"], row["labels"]) for row in rows(held)] == [("question", ["precise"])] * 2


def test_another_encoder_may_find_other_labels_in_a_passage(path):
    made = small()
    waiver, death = made.findings[:2]
    with Decisions.open(path) as held:
        held.record(made, waiver, "accept")
        held.record(report(waiver), waiver, "accept")  # the other label is found no more
        assert [row["labels"] for row in rows(held)] == [["secrecy_waiver"]]
        held.record(made, death, "accept")
        assert [row["labels"] for row in rows(held)] == [["posthumous_waiver", "secrecy_waiver"]]


def test_an_export_is_read_by_what_measures_and_what_learns(path, tmp_path):
    hostile = passage(1, 'Un\u2028deux\x85trois "quatre" \\ \x1b[31m\nnul \x00 fin', context="\u2029")
    made = report(finding("secrecy_waiver", hostile, "deux"), *small().findings[2:])
    with Decisions.open(path) as held:
        decide(held, made, "accept")
        (tmp_path / "review.jsonl").write_text(held.export(), "utf-8")
    read = read_rows(tmp_path / "review.jsonl")
    assert [(row.text, row.context, row.labels) for row in read][:1] == [
        (hostile.text, "\u2029", frozenset({"secrecy_waiver"}))
    ]
    assert len(read) == 3
    assert set(rows_together(tmp_path)) == {("train", "clause")}
    assert split(read_data(tmp_path), "train") == read


# ---- the file ------------------------------------------------------------------------------------------


def a_text(path):
    path.write_text("Ce fichier est à quelqu'un d'autre.")


def an_empty_file(path):
    path.touch()


def a_folder(path):
    path.mkdir()


def another_database(path):
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE clients (name VARCHAR)")


def a_damaged_database(path):
    Decisions.open(path).close()
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 3])


def a_false_database(path):
    path.write_bytes(b"\0" * 8 + b"DUCK" + b"\0" * 5000)


@pytest.mark.parametrize(
    "make", [a_text, an_empty_file, a_folder, another_database, a_damaged_database, a_false_database]
)
def test_another_file_is_refused_and_left_as_it_is(path, make):
    make(path)
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(NotDecisions):
        Decisions.open(path)
    assert (path.read_bytes() if path.is_file() else None) == before
    assert list(path.parent.iterdir()) == [path]


def test_a_newer_file_is_refused(path):
    Decisions.open(path).close()
    with duckdb.connect(str(path)) as connection:
        connection.execute("UPDATE sceau SET decisions_format = ?", [FORMAT + 1])
    with pytest.raises(DecisionsNewer) as newer:
        Decisions.open(path)
    assert newer.value.facts == {"version": FORMAT + 1}


def test_visits_of_one_program_share_a_file_and_close_it_each_for_itself(path):
    made = small()
    first, second = Decisions.open(path), Decisions.open(path)
    first.record(made, made.findings[0], "accept")
    assert made.findings[0].id in second.latest(made)
    first.close()
    second.record(made, made.findings[0], "reject")
    second.close()
    with Decisions.open(path) as again:
        assert again.latest(made)[made.findings[0].id].decision == "reject"


def test_a_file_that_was_closed_is_a_sentence(path):
    held = Decisions.open(path)
    held.close()
    with pytest.raises(NotDecisions):
        held.latest(small())


def test_a_file_in_use_by_another_program_is_refused(path):
    with Decisions.open(path):
        code = (
            "import sys, pathlib; from analyzer.corpus.decisions import Decisions\n"
            "from analyzer.errors import DecisionsInUse\n"
            "try: Decisions.open(pathlib.Path(sys.argv[1]))\n"
            "except DecisionsInUse: print('in use')"
        )
        other = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
        assert other.stdout == "in use\n"
    Decisions.open(path).close()


def test_a_place_that_cannot_be_written_is_said(tmp_path):
    with pytest.raises(CannotWrite):
        Decisions.open(tmp_path / "absent" / "décisions.duckdb")


def test_nothing_else_is_left_behind(path):
    made = small()
    with Decisions.open(path) as held:
        decide(held, made, "accept")
        held.close()
    assert list(path.parent.iterdir()) == [path]
