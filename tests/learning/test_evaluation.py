"""The figures, on a corpus small enough to count by hand."""

import json

import pytest

from analyzer.errors import BadInput, FileMissing
from analyzer.learning.evaluation import Row, changes, evaluate, measure, measure_documents, read_rows


def answers(found):
    return lambda items: [found.get(text, set()) for text, _ in items]


def kinds(found):
    return lambda items, kind: answers(found)(items)


ROWS = [
    Row(text="a", labels={"secrecy_waiver"}),
    Row(text="b", labels={"secrecy_waiver", "safe_rights"}),
    Row(text="c"),
    Row(text="d"),
]


def test_counts_per_label_and_together():
    figures = measure(ROWS, answers({"a": {"secrecy_waiver"}, "b": {"safe_rights"}, "c": {"data_sharing"}}))
    waiver = figures.labels["secrecy_waiver"]
    assert (waiver.true_positive, waiver.false_positive, waiver.false_negative) == (1, 0, 1)
    assert (waiver.precision, waiver.recall) == (1.0, 0.5)
    assert waiver.f1 == pytest.approx(2 / 3)
    # 2 right, 1 wrong, 1 missed
    assert figures.micro.f1 == pytest.approx(2 * 2 / (2 * 2 + 1 + 1))


def test_any_warning_ignores_safeguards():
    figures = measure(ROWS, answers({"a": {"data_sharing"}, "b": {"safe_rights"}}))
    assert (figures.any_warning.true_positive, figures.any_warning.false_negative) == (1, 1)


def test_neutral_rows_are_those_without_a_warning():
    rows = [*ROWS, Row(text="e", labels={"safe_aeras"})]
    figures = measure(rows, answers({"c": {"data_sharing"}, "e": {"safe_aeras"}}))
    assert (figures.neutral_warned.count, figures.neutral_warned.of) == (1, 3)


def test_macro_leaves_rare_labels_out():
    rows = [Row(text=str(n), labels={"data_sharing"}) for n in range(5)] + [Row(text="x", labels={"genetic_data"})]
    figures = measure(rows, answers({str(n): {"data_sharing"} for n in range(5)}))
    assert figures.macro_f1 == 1.0


def test_a_pair_is_right_when_both_twins_are_on_the_labels_that_differ():
    rows = [
        Row(text="w", labels={"secrecy_waiver"}, pair="p"),
        Row(text="s", labels={"safe_secrecy_reminder"}, pair="p"),
    ]
    right = measure(rows, answers({"w": {"secrecy_waiver", "data_sharing"}, "s": set()}))
    assert (right.pairs_right.count, right.pairs_right.of) == (1, 1)
    wrong = measure(rows, answers({"w": {"secrecy_waiver"}, "s": {"secrecy_waiver"}}))
    assert wrong.pairs_right.count == 0


def test_documents_meet_passages_by_shared_words(tmp_path):
    (tmp_path / "1.txt").write_text("un deux trois quatre cinq\nsix sept huit\nneuf dix\n", "utf-8")
    gold = [
        {"text": "un deux trois quatre", "labels": ["data_sharing"], "conf": "high"},
        {"text": "neuf dix", "labels": ["data_sharing"], "conf": "low"},
    ]
    (tmp_path / "1.labels.jsonl").write_text("\n".join(map(json.dumps, gold)), "utf-8")
    found = {line: {"data_sharing"} for line in ("un deux trois quatre cinq", "six sept huit", "neuf dix")}
    counts = measure_documents(tmp_path, answers(found))["1"].labels["data_sharing"]
    # the first is met, the second is a false alarm, the third counts neither way
    assert (counts.true_positive, counts.false_positive, counts.false_negative) == (1, 1, 0)


def test_a_corpus_is_measured_by_file_and_split(tmp_path):
    rows = [{"text": "a", "labels": ["data_sharing"], "split": "tune"}, {"text": "b", "labels": [], "split": "check"}]
    (tmp_path / "mine.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    (tmp_path / "form.jsonl").write_text(json.dumps({"text": "q", "kind": "question"}), "utf-8")
    results = evaluate(tmp_path, kinds({"a": {"data_sharing"}}))
    assert set(results) == {"tune", "check"}
    assert set(results["tune"]) == {"mine", "clauses"}
    assert results["tune"]["clauses"].micro.f1 == 1.0
    assert set(results["check"]) == {"mine", "clauses", "form", "questions"}


def test_questions_are_judged_as_questions_and_the_other_lines_of_their_file_too(tmp_path):
    rows = [
        {"text": "q", "labels": ["precise"], "kind": "question", "split": "tune"},
        {"text": "heading", "labels": [], "kind": "other", "split": "tune"},
    ]
    (tmp_path / "form.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    (tmp_path / "both.jsonl").write_text(
        "\n".join(json.dumps({"text": kind, "kind": kind, "split": "tune"}) for kind in ("clause", "question")), "utf-8"
    )
    asked = []

    def decide(items, kind):
        asked.append((kind, [text for text, _ in items]))
        return [{"vague_terms"} if kind == "question" else set() for _ in items]

    results = evaluate(tmp_path, decide)["tune"]
    assert set(results) == {"form", "both (clause)", "both (question)", "clauses", "questions"}
    assert results["form"].neutral_warned.figures() == {"count": 2, "of": 2, "share": 1.0}
    assert ("question", ["q", "heading"]) in asked
    assert ("clause", ["clause"]) in asked
    assert results["questions"].rows == 3


def test_a_broken_line_is_named(tmp_path):
    path = tmp_path / "broken.jsonl"
    path.write_text('{"text": "a"}\n{"text": 3}\n', "utf-8")
    with pytest.raises(BadInput) as caught:
        read_rows(path)
    assert caught.value.facts["line"] == 2


def test_an_empty_folder_is_an_error(tmp_path):
    with pytest.raises(FileMissing):
        evaluate(tmp_path, kinds({}))


def test_changes_are_told_label_by_label():
    rows = [Row(text="a", labels={"secrecy_waiver"}), Row(text="b")]
    older, newer = answers({"b": {"data_sharing"}}), answers({"a": {"secrecy_waiver", "genetic_data"}})
    found = {(change.row.text, change.label): change.gained for change in changes(rows, older, newer)}
    assert found == {("a", "secrecy_waiver"): True, ("a", "genetic_data"): False, ("b", "data_sharing"): True}
