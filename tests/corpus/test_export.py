"""A store for other programs: all findings with what is known of them, nothing that runs, no path unless asked for."""

import csv
import io
import json

import pyarrow.parquet as pq
import pytest

from analyzer.corpus import export as exports
from analyzer.corpus.export import export
from analyzer.corpus.statistics import Filters
from analyzer.errors import CannotWrite
from tests.corpus.build import WAIVER, Said, file, small, store
from tests.corpus.test_statistics import decide


@pytest.fixture(scope="module")
def held(tmp_path_factory):
    return small(tmp_path_factory.mktemp("corpus") / "small.duckdb")


def read(folder, form, table):
    path = folder / f"{table}.{form}"
    if form == "parquet":
        return pq.read_table(path).to_pylist()
    if form == "csv":
        return list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))
    return [json.loads(line) for line in path.read_text("utf-8").split("\n")[:-1]]


@pytest.mark.parametrize("form", ["parquet", "csv", "jsonl"])
def test_all_documents_and_findings_are_there_in_batches_of_any_size(held, tmp_path, form, monkeypatch):
    monkeypatch.setattr(exports, "_BATCH", 7)
    assert export(held, tmp_path / "out", form) == [
        tmp_path / f"out/documents.{form}",
        tmp_path / f"out/findings.{form}",
    ]
    documents, findings = (read(tmp_path / "out", form, table) for table in ("documents", "findings"))
    assert len({row["document"] for row in documents}) == len(documents) == 30
    assert len({(row["document"], row["finding"]) for row in findings}) == len(findings) == 41
    assert sum(str(row["counted"]) == "True" for row in findings) == 39
    one = next(row for row in findings if row["label"] == "secrecy_waiver" and row["insurer"] == "Delta")
    assert (one["text"], str(one["year"]), one["verdict"], str(one["page"])) == (WAIVER, "2026", "unreviewed", "1")
    assert "path" not in " ".join(documents[0] | findings[0])
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [f"documents.{form}", f"findings.{form}"]


def test_filters_choose_documents_and_findings(held, tmp_path):
    export(held, tmp_path, "jsonl", Filters(insurers=("Beta",), years=(2026,), labels=("data_sharing",)))
    assert len(read(tmp_path, "jsonl", "documents")) == 5
    assert {row["label"] for row in read(tmp_path, "jsonl", "findings")} == {"data_sharing"}


def test_paths_are_told_when_asked_for(held, tmp_path):
    export(held, tmp_path, "jsonl", Filters(insurers=("Delta",)), paths=True)
    assert [row["paths"] for row in read(tmp_path, "jsonl", "documents")] in (
        [["delta/2026/0.pdf"], ["delta/2026/1.pdf"]],
        [["delta/2026/1.pdf"], ["delta/2026/0.pdf"]],
    )


def test_what_people_decided_is_told(tmp_path):
    held = small(tmp_path / "s.duckdb")
    decide(held, "data_sharing", "relabel", ["secondary_use"])
    export(held, tmp_path, "jsonl", Filters(insurers=("Beta",)))
    told = {
        (row["label"], row["decision"], row["verdict"], row["counted"]) for row in read(tmp_path, "jsonl", "findings")
    }
    assert told == {
        ("data_sharing", "warned", "rejected", False),
        ("secondary_use", "relabelled", "confirmed", True),
        ("safe_medical_officer", "warned", "unreviewed", True),
    }
    (path,) = export(held, tmp_path / "s.sarif", "sarif", Filters(insurers=("Beta",)))
    results = json.loads(path.read_text("utf-8"))["runs"][0]["results"]
    assert {one["ruleId"] for one in results} == {"secondary_use", "safe_medical_officer"}


def test_no_cell_is_a_formula(tmp_path):
    formulas = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\r=1", "＝1"]
    said = [Said(text, ("secrecy_waiver",), context=text, section=(text,)) for text in formulas]
    held = store(
        tmp_path / "s.duckdb",
        [file(f"{one.text}.pdf", one, insurer=one.text, product=one.text) for one in said],
    )
    export(held, tmp_path / "out", "csv")
    for table in ("documents", "findings"):
        for row in read(tmp_path / "out", "csv", table):
            assert not [value for value in row.values() if value.lstrip(" ")[:1] in {*"=+@\t\r＝"}]
    rows = read(tmp_path / "out", "csv", "findings")
    assert {row["text"] for row in rows} == {f"'{text}" for text in formulas}
    assert {row["score"] for row in rows} == {"0.8"}


def test_strange_characters_are_written(tmp_path):
    said = Said('Un\u2028deux\x85 "trois", \x1b[31m\n<b>&\ufffe\x00 fin', ("secrecy_waiver",))
    held = store(tmp_path / "s.duckdb", [file("a;b\nc.pdf", said)])
    for form in ("parquet", "csv", "jsonl"):
        export(held, tmp_path / form, form)
        assert [row["text"][:2] for row in read(tmp_path / form, form, "findings")] == ["Un"]
    export(held, tmp_path / "s.sarif", "sarif")
    assert len(json.loads((tmp_path / "s.sarif").read_text("utf-8"))["runs"][0]["results"]) == 1


def test_an_empty_store_makes_empty_tables(tmp_path):
    held = store(tmp_path / "s.duckdb", [])
    for form in ("parquet", "csv", "jsonl"):
        export(held, tmp_path / form, form)
        assert read(tmp_path / form, form, "findings") == read(tmp_path / form, form, "documents") == []
    export(held, tmp_path / "s.sarif", "sarif")
    assert json.loads((tmp_path / "s.sarif").read_text("utf-8"))["runs"][0]["results"] == []


def test_sarif_is_what_the_standard_says(held, tmp_path):
    (path,) = export(held, tmp_path / "s.sarif", "sarif")
    log = json.loads(path.read_text("utf-8"))
    (run,) = log["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert log["version"] == "2.1.0"
    assert len(run["results"]) == 41
    assert all(rules[one["ruleIndex"]] == one["ruleId"] for one in run["results"])
    levels = {
        (one["kind"], one["properties"]["severity"], one["properties"]["decision"], one["level"])
        for one in run["results"]
    }
    assert {
        ("fail", "high", "warned", "error"),
        ("fail", "medium", "to_check", "note"),
        ("informational", None, "warned", "none"),
    } <= levels
    uris = {one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for one in run["results"]}
    assert "contrat%200.pdf" in uris


@pytest.mark.parametrize("form", ["parquet", "sarif"])
def test_nothing_half_written_is_left_and_what_stood_there_stays(held, tmp_path, form, monkeypatch):
    target = tmp_path / "out"
    export(held, target, form)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}

    def full(*given, **more):
        yield from list(whole(*given, **more))[:1]
        raise OSError(28, "No space left on device")

    whole = exports._batches
    monkeypatch.setattr(exports, "_batches", full)
    with pytest.raises(CannotWrite):
        export(held, target, form)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
