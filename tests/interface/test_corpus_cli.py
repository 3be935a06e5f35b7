"""``sceau corpus``: what is asked of a store, in the terminal, as CSV and as JSON; whatever stands in the documents."""

import csv
import io
import json

import pytest

from analyzer.corpus.clusters import build
from analyzer.corpus.store import Store
from analyzer.knowledge import load
from tests.corpus.build import SEALED, WAIVER, Said, file, small, store
from tests.reporting.build import HOSTILE


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    held = small(tmp_path_factory.mktemp("corpus") / "base.duckdb")
    build(held)  # some commands would, and write
    return held.path


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    files = [
        file(
            f"{number}/{text}.pdf",
            Said(f"{WAIVER} {text}", ("secrecy_waiver",), context=text),
            insurer=text,
            product=text,
        )
        for number, text in enumerate(HOSTILE * 5)
    ]
    return store(tmp_path_factory.mktemp("corpus") / "base.duckdb", files).path


def test_a_summary_tells_what_was_read_and_what_was_found(sceau, base):
    code, out, _ = sceau("corpus", "summary", "--store", base)
    assert code == 0
    told = " ".join(out.split())
    for part in ("31 fichiers", "30 documents", "21 documents sur 30 (70 %)", "14 sur 29", "34 % à 69 %", "6,5"):
        assert part in told
    assert "Moins de 5 documents" in out


def test_a_summary_in_english(sceau, base):
    _, out, _ = sceau("corpus", "summary", "--store", base, "--lang", "en", "--insurer", "Beta")
    assert "6 documents of 10 (60%)" in out
    assert "Giving up" not in out


def test_a_label_is_told_by_insurer_product_and_year_with_its_wordings(sceau, base):
    code, out, _ = sceau("corpus", "label", "secrecy_waiver", "--store", base)
    assert code == 0
    assert out.index("Alpha") < out.index("Gamma") < out.index("Delta *") < out.index("Prévoyance") < out.index("2025")
    assert "14 documents" in out and "délie ses médecins" in out


def test_insurers_are_ranked_with_the_method_and_one_is_told_by_its_name(sceau, base):
    code, out, _ = sceau("corpus", "insurer", "--store", base)
    assert code == 0
    assert out.index("Alpha") < out.index("Beta") < out.index("Gamma") < out.index("La méthode.")
    assert "Delta" not in out and "1 assureur a moins de 5 documents" in out
    assert "avant de nommer" in out.lower()
    code, out, _ = sceau("corpus", "insurer", "ALPHA", "--store", base)
    assert code == 0
    assert "Place : 1 sur 3. Note : 2,5" in out


def test_clauses_and_their_wordings(sceau, base):
    code, out, _ = sceau("corpus", "clause", "--store", base, "--format", "json", "--limit", "2")
    assert code == 0
    first, second = json.loads(out)["clauses"]
    assert (first["text"], first["documents"], second["text"]) == (SEALED, 15, WAIVER)
    code, out, _ = sceau("corpus", "clause", second["cluster"], "--store", base)
    assert code == 0
    assert "14 documents" in out and "contrat 0.pdf, page 1" in out


def test_a_search_marks_the_words_and_says_where_they_are(sceau, base):
    code, out, _ = sceau("corpus", "search", "pli confidentiel", "MEDECIN", "--store", base)
    assert code == 0
    assert "[pli confidentiel]" in out and "[médecin]-conseil" in out
    assert "beta/2025/conditions 0.pdf, page 1" in out
    _, out, _ = sceau("corpus", "search", "licorne", "--store", base)
    assert "--full-text" in out


@pytest.mark.parametrize(
    "asked, column, rows",
    [
        (("summary",), "label", sum(label.polarity != "neutral" for label in load().labels.values())),
        (("label", "secrecy_waiver"), "insurer", 4),
        (("insurer",), "insurer", 3),
        (("insurer", "Alpha"), "label", 21),
        (("clause",), "cluster", 5),
        (("search", "secret"), "text_id", 1),
    ],
)
def test_all_answers_are_csv_and_json_too(sceau, base, tmp_path, asked, column, rows):
    code, _, _ = sceau("corpus", *asked, "--store", base, "--format", "csv", "--output", tmp_path / "a.csv")
    assert code == 0
    table = list(csv.DictReader(io.StringIO((tmp_path / "a.csv").read_text("utf-8"))))
    assert column in table[0]
    code, out, _ = sceau("corpus", *asked, "--store", base, "--format", "json")
    assert code == 0
    assert rows in [len(part) for part in json.loads(out).values() if isinstance(part, list)]
    assert len(table) == rows


def test_an_answer_is_written_to_a_file_as_text(sceau, base, tmp_path):
    code, out, _ = sceau("corpus", "insurer", "--store", base, "--output", tmp_path / "a.txt")
    assert (code, out) == (0, "")
    assert "Alpha" in (tmp_path / "a.txt").read_text("utf-8")


def test_an_export_says_what_it_wrote(sceau, base, tmp_path):
    code, out, err = sceau("corpus", "export", "--store", base, "--output", tmp_path / "out", "--format", "jsonl")
    assert (code, out) == (0, "")
    assert "findings.jsonl" in err
    assert len((tmp_path / "out/documents.jsonl").read_text("utf-8").splitlines()) == 30


@pytest.mark.parametrize(
    "asked, code, part",
    [
        (("label", "nothing"), 2, "nothing"),
        (("summary", "--label", "nothing"), 2, "nothing"),
        (("summary", "--severity", "huge"), 2, "huge"),
        (("insurer", "Zeta"), 2, "Alpha, Beta, Delta, Gamma"),
        (("clause", "zzz"), 2, "zzz"),
        (("search", "…"), 2, "mot"),
        (("export", "--output", "base"), 2, "base"),
        (("summary", "--output", "base"), 2, "base"),
        (("summary", "--store", "missing.duckdb"), 3, "store_missing"),
        (("export", "--output", "base/x", "--format", "sarif"), 3, "disk_full"),
    ],
)
def test_mistakes_are_sentences_and_the_store_stays(sceau, base, asked, code, part):
    before = base.read_bytes()
    given = [str(base) + one.removeprefix("base") if one.split("/")[0] == "base" else one for one in asked]
    found = sceau("corpus", *given, *(() if "--store" in given else ("--store", base)))
    assert found[0] == code
    assert part in found[2] and "Traceback" not in found[2]
    assert base.read_bytes() == before


def test_documents_steer_nothing(sceau, hostile):
    for asked in (("summary",), ("label", "secrecy_waiver"), ("insurer",), ("clause",), ("search", "secret")):
        code, out, _ = sceau("corpus", *asked, "--store", hostile)
        assert code == 0
        assert not {"\x1b", "\x07", "\u202e"} & set(out)
        assert asked[0] in ("summary",) or "[bold red]gras[/bold red]" in " ".join(out.split())


def test_an_empty_store_is_told(sceau, tmp_path):
    path = Store.create(tmp_path / "s.duckdb").path
    for asked in (("summary",), ("label", "secrecy_waiver"), ("insurer",), ("clause",), ("search", "secret")):
        code, out, _ = sceau("corpus", *asked, "--store", path)
        assert code == 0
        assert out.strip()
