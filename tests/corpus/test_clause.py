"""A clause of a store where it stands, and the file that it came from."""

import zipfile

import pytest

from analyzer.corpus.clause import clause, content, spots
from analyzer.corpus.statistics import Filters
from analyzer.corpus.store import text_id
from analyzer.errors import FileChanged, FileMissing
from tests.corpus.build import PLAIN, WAIVER, Said, file, small, standing, store


def wording(text):
    return text_id(file("x", Said(text)).parts[0].passages[0])


def test_a_wording_is_found_in_each_of_its_documents(tmp_path):
    made = small(tmp_path / "s.duckdb")
    found = spots(made, wording(WAIVER))
    assert len(found) == 14
    assert {(spot.insurer, spot.page) for spot in found} == {("Alpha", 1), ("Delta", 1)}
    assert len(spots(made, wording(WAIVER), Filters(insurers=("Delta",)))) == 2
    assert spots(made, "none") == []


def test_a_clause_has_its_findings_and_its_place(tmp_path):
    made = small(tmp_path / "s.duckdb")
    spot = spots(made, wording(WAIVER), Filters(years=(2026,), insurers=("Alpha",)))[0]
    found = clause(made, spot.document, wording(WAIVER), "en")
    assert (found.insurer, found.product, found.year) == ("Alpha", "Santé", 2026)
    assert found.passage.text == WAIVER
    assert found.passage.small_print
    (finding,) = found.report.findings
    assert (finding.title, finding.severity) == ("Giving up medical secrecy", "high")
    assert finding.evidence[0].text == WAIVER[:10]
    assert found.passage.boxes[0].page == 1
    assert found.report.document.pages[0].height == 842.0


def test_a_passage_without_a_finding_has_a_place_too(tmp_path):
    made = small(tmp_path / "s.duckdb")
    spot = spots(made, wording(PLAIN))[0]
    assert clause(made, spot.document, wording(PLAIN), "fr").report.findings == ()
    assert clause(made, spot.document, wording("Autre chose."), "fr") is None


def test_the_file_is_had_only_as_it_was_read(tmp_path):
    path = tmp_path / "contrat.txt"
    path.write_bytes(b"Le contrat, tel qu'il fut lu.")
    made = store(tmp_path / "s.duckdb", [standing(path, Said(WAIVER))])
    found = clause(made, spots(made, wording(WAIVER))[0].document, wording(WAIVER), "fr")
    assert content(found) == path.read_bytes()
    path.write_bytes(b"Le contrat, tel qu'il fut mis")
    with pytest.raises(FileChanged):
        content(found)
    path.unlink()
    with pytest.raises(FileMissing):
        content(found)


def test_a_document_of_an_archive_is_found_in_it(tmp_path):
    path = tmp_path / "lot.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "Le premier contrat du lot.")
        archive.writestr("b.txt", "Le second contrat du lot.")
    made = store(tmp_path / "s.duckdb", [standing(path, Said(WAIVER), document=b"Le second contrat du lot.")])
    found = clause(made, spots(made, wording(WAIVER))[0].document, wording(WAIVER), "fr")
    assert content(found) == b"Le second contrat du lot."
