"""``sceau corpus changes``: two years of a store, in each form, and what it refuses."""

from __future__ import annotations

import json

import pytest

from tests.corpus.build import small


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    return small(tmp_path_factory.mktemp("base") / "base.duckdb").path


def test_each_form_is_printed_or_written(sceau, base, tmp_path):
    words = ["corpus", "changes", "2025", "2026", "--store", str(base)]
    _, text, _ = sceau(*words)
    assert "11 documents ont une édition en 2025 et une en 2026." in " ".join(text.split())
    for form, begins in (("json", "{"), ("csv", "assureur,"), ("html", "<!DOCTYPE"), ("text", "─")):
        output = tmp_path / f"changes.{form}"
        assert sceau(*words, "--format", form, "--output", output)[0] == 0
        assert output.read_text("utf-8").lstrip().startswith(begins)
    _, written, _ = sceau(*words, "--format", "json", "--insurer", "Beta")
    told = json.loads(written)
    assert told["documents"]["compared"] == 5
    assert str(base.parent) not in written


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["2025", "2025"], "Donnez deux années différentes."),
        (["2025", "2026", "--year", "2025"], "sans --year"),
        (["2025", "2026", "--label", "nothing"], "nothing"),
        (["2025", "2026", "--output", "base.duckdb"], "base elle-même"),
    ],
    ids=["one year", "year", "label", "over the store"],
)
def test_what_makes_no_sense_is_refused(sceau, base, monkeypatch, more, said):
    monkeypatch.chdir(base.parent)
    before = base.read_bytes()
    code, _, complaint = sceau("corpus", "changes", *more, "--store", "base.duckdb")
    assert code == 2
    assert said in " ".join(complaint.replace("│", " ").split())
    assert base.read_bytes() == before
