"""What is known of a policy beside its text: from a table, the path, its first pages."""

import json
import time
from pathlib import Path

import pytest

from analyzer import errors
from analyzer.corpus.metadata import Table, check_pattern, from_document, from_path
from analyzer.corpus.records import Fact
from analyzer.interface import sentence
from analyzer.knowledge import load, messages
from analyzer.reading import read
from analyzer.schema import Document, Line, Page, Word

BODY = "les garanties sont décrites plus loin, article par article"


def lines(text):
    """Printed lines; those that open with "# " are printed large, and apart."""
    top = 40.0
    for shown in text.split("\n"):
        size = 17.0 if shown.startswith("# ") else 10.0
        shown = shown.removeprefix("# ")
        top += 2 * size if size > 10 else 0
        right = 40 + 0.5 * size * len(shown)
        yield Line(shown, 40, top, right, top + size, size, size > 10, (Word(0, len(shown), 40, right),))
        top += 1.2 * size


def document(text, properties=None):
    """A document whose first page begins with ``text``, and whose second one has nothing but text."""
    pages = [
        Page(number=number, width=595, height=842, read_by="text layer", lines=tuple(lines(shown)))
        for number, shown in enumerate((text, "\n".join([BODY] * 9)), 1)
    ]
    return Document(
        name="x.pdf", sha256="0" * 64, media_type="application/pdf", pages=tuple(pages), properties=properties or {}
    )


@pytest.mark.parametrize("field", ["insurer", "product", "year", "country"])
def test_examples_of_the_knowledge_file(field):
    found = {example: from_document(document(example.text)).get(field) for example in load().editions.examples[field]}
    wrong = {e.text: fact for e, fact in found.items() if (fact.value if fact else None) != e.says}
    assert not wrong


SAMPLES = Path(__file__).parents[2] / "sample_contracts"


def told(sample):
    return {field: fact.value for field, fact in from_document(read(SAMPLES / sample)).items()}


def test_samples_say_who_insures_what_of_when():
    assert told("pret_immobilier_notice.pdf") == {
        "insurer": "Clairval Vie",
        "product": "Assurance emprunteur",
        "year": "2025",
        "country": "FR",
    }
    assert told("voyage_conditions.pdf")["insurer"] == "Escale Bleue Assistance"
    assert told("editions/mutuelle_reglement_2026.pdf")["year"] == "2026"


def test_nobody_named_in_a_form_passes_for_insurer_or_product():
    known = told("adhesion_remplie.pdf")
    assert known == {"insurer": "Mutuelle Hautelande", "product": "COMPLÉMENTAIRE SANTÉ", "country": "FR"}
    personal = json.loads((SAMPLES / "adhesion_remplie.personal.json").read_text("utf-8"))
    assert not [value for value in personal if any(value.lower() in told.lower() for told in known.values())]


def test_a_person_named_in_the_document_is_no_product():
    text = "# Contrat Jeanne Morvan Auto\nCe contrat couvre la voiture.\nNom : Morvan\nPrénom : Jeanne"
    assert from_document(document(text)) == {}


@pytest.mark.parametrize(
    ("properties", "known"),
    [
        ({"Title": "Conditions générales – Voyage Liberté – Alphée Vie"}, {"product": "Voyage Liberté"}),
        ({"Title": "Microsoft Word - Conditions générales Auto.doc"}, {}),
        ({"Title": "Conditions_generales_Auto.pdf"}, {}),
        ({"Title": "Questionnaire de santé – Alphée Vie"}, {}),
        ({"Company": "Alphée Assurances"}, {"insurer": "Alphée Assurances"}),
        ({"Company": "Cabinet Morvan Assurances"}, {}),
        ({"Company": "Jeanne Morvan"}, {}),
        ({"CreationDate": "D:20240312101500+01'00'"}, {"year": "2024"}),
        ({"CreationDate": "D:20000101000000+00'00'"}, {}),
        ({"CreationDate": "n'importe quoi"}, {}),
    ],
)
def test_properties_are_the_last_resort(properties, known):
    assert from_document(document("Bonjour.", properties)) == {
        field: Fact(value, "properties") for field, value in known.items()
    }


def test_pages_are_believed_before_properties():
    found = from_document(document("Édition janvier 2025", {"CreationDate": "D:20240312101500Z"}))
    assert found["year"] == Fact("2025", "document")


def test_the_reader_hands_over_the_title_of_a_pdf_but_not_its_author():
    properties = read(SAMPLES / "voyage_conditions.pdf").properties
    assert properties["Title"].startswith("Conditions générales – Voyage Sérénité")
    assert set(properties) == {"Title", "CreationDate"}


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(["Alphée Vie société anonyme contrat souscrit auprès de De De AB-AB-AB-AB-AB 2" * 3] * 400),
        "\n".join(["# Alphée\nSociété d'assurance\nAlphée, siège social"] * 400),
        "De " * 30_000 + "société d'assurance",
    ],
)
def test_a_page_made_to_be_slow_is_not(text):
    began = time.perf_counter()
    from_document(document(text))
    assert time.perf_counter() - began < 5


# ---- path --------------------------------------------------------------------------------------------------


def values(known):
    assert {fact.source for fact in known.values()} <= {"path"}
    return {field: fact.value for field, fact in known.items()}


@pytest.mark.parametrize(
    ("path", "pattern", "known"),
    [
        (
            "/d/Alphée/2025/Auto.pdf",
            "{insurer}/{year}/{product}",
            {"insurer": "Alphée", "year": "2025", "product": "Auto"},
        ),
        ("/d/Alphée/2025/Auto.pdf", "{insurer}/*/*", {"insurer": "Alphée"}),
        ("/d/Mutuelle_Oréade/x.pdf", "{insurer}/*", {"insurer": "Mutuelle Oréade"}),
        ("/d/x/CG_Auto-Plus_2024.pdf", "CG_{product}_{year}", {"product": "Auto-Plus", "year": "2024"}),
        ("/d/belgique/x.pdf", "{country}/*", {"country": "BE"}),
        ("s3://seau/Alphée/2025/a.pdf", "{insurer}/{year}/*", {"insurer": "Alphée", "year": "2025"}),
        ("/d/Alphée/brouillon/Auto.pdf", "{insurer}/{year}/{product}", {}),
        ("/d/x/CG_Auto.pdf", "DP_{product}", {}),
        ("/d/x/CG_2024.pdf", "CG_{product}_{year}", {}),
        ("/a.pdf", "{insurer}/{year}/{product}/*/*", {}),
    ],
)
def test_a_pattern_reads_folders_and_name(path, pattern, known):
    assert values(from_path(path, ["/d"], pattern)) == known


@pytest.mark.parametrize(
    ("path", "known"),
    [
        ("/d/2025/x.pdf", {"year": "2025"}),
        ("/d/x/CG_2025-01.pdf", {"year": "2025"}),
        ("/d/2024/CG2025.pdf", {"year": "2025"}),
        ("/d/BE/2024/x.pdf", {"year": "2024", "country": "BE"}),
        ("/d/2019-2024/x.pdf", {}),
        ("/d/1875/x.pdf", {}),
        ("/d/x/dossier_20250117.pdf", {}),
        ("/d/lu/x.pdf", {}),
        ("/2019/BE/d/x.pdf", {}),
    ],
)
def test_without_a_pattern_only_what_is_plain_is_taken(path, known):
    root = "/2019/BE/d" if path.startswith("/2019") else "/d"
    assert values(from_path(path, [root], None)) == known


def test_the_scanned_folder_counts_even_with_wildcards():
    assert values(from_path("/x/2025/a/b.pdf", ["/x/2025/*/*.pdf"], None)) == {"year": "2025"}


@pytest.mark.parametrize(
    "pattern",
    ["", "*/*", "{editor}/*", "{year}{product}", "{year}*", "{year}/{year}", "{year", "a//{year}", "{{year}}"],
)
def test_a_pattern_that_means_nothing_is_refused(pattern):
    with pytest.raises(errors.BadPattern) as caught:
        check_pattern(pattern)
    assert "{insurer}/{year}/{product}" in sentence(caught.value, messages("fr"))


# ---- table -------------------------------------------------------------------------------------------------


def table(folder, text, encoding="utf-8"):
    (folder / "t.csv").write_bytes(text.encode(encoding))
    return Table.load(folder / "t.csv", [str(folder / "scan")])


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_tables_as_programs_write_them(tmp_path, delimiter, encoding):
    rows = [["Chemin", "ASSUREUR", "Année", "Pays", "note"], ["a.pdf", "Alphée\u00a0Vie®", "2025", "Québec", "x"]]
    known = table(tmp_path, "\r\n".join(map(delimiter.join, rows)), encoding).of(str(tmp_path / "scan" / "a.pdf"))
    assert known == {
        "insurer": Fact("Alphée Vie", "table"),
        "year": Fact("2025", "table"),
        "country": Fact("CA-QC", "table"),
    }


def test_a_file_is_known_by_its_path_or_name(tmp_path):
    whole = (tmp_path / "whole.pdf").as_posix()
    text = f"path,insurer\n{whole},A1\nscan/b.pdf,B1\nsub\\c.pdf,C1\nd.pdf,D1\ns3://seau/e.pdf,E1\nf/f.pdf,F1\n\n"
    known = table(tmp_path, text)
    wanted = {
        whole: "A1",
        str(tmp_path / "scan" / "b.pdf"): "B1",
        str(tmp_path / "scan" / "sub" / "c.pdf"): "C1",
        "/anywhere/d.pdf": "D1",
        "s3://seau/e.pdf": "E1",
    }
    assert {path: known.of(path)["insurer"].value for path in wanted} == wanted
    assert known.of("/anywhere/f.pdf") == {}


@pytest.mark.parametrize(
    ("text", "error", "line"),
    [
        ("insurer,year\nA,2025\n", errors.TableColumns, None),
        ("path,note\na.pdf,x\n", errors.TableColumns, None),
        ("", errors.TableColumns, None),
        ("path,year\na.pdf,2025\nb.pdf,25\n", errors.TableYear, 3),
        ("path,country\na.pdf,Atlantide\n", errors.TableCountry, 2),
        ("path,year\na.pdf,2025\n./a.pdf,2024\n", errors.TableTwice, 3),
        ("path,year\n,2025\n", errors.TableNoFile, 2),
    ],
)
def test_a_faulty_table_is_refused_with_its_line(tmp_path, text, error, line):
    with pytest.raises(error) as caught:
        table(tmp_path, text)
    for lang in ("fr", "en"):
        said = sentence(caught.value, messages(lang))
        assert "t.csv" in said and (line is None or f" {line}" in said)


def test_a_file_named_twice_alike_is_fine(tmp_path):
    assert table(tmp_path, "path,year\na.pdf,2025\na.pdf,2025\n").of("a.pdf")["year"].value == "2025"


def test_a_missing_table_is_told(tmp_path):
    with pytest.raises(errors.FileMissing):
        Table.load(tmp_path / "none.csv")
