"""What comes of a file: rows, masked, for each of its documents; whatever happens, an answer."""

import io
import json
import zipfile

import pytest

from analyzer.corpus import task
from analyzer.corpus.records import Fact
from analyzer.corpus.task import Recipe, engine, read_file
from analyzer.errors import ModelMissing
from analyzer.knowledge import load
from analyzer.schema import Context
from tests.samples import FOLDER as SAMPLES

RULES = Recipe(use_encoder=False)
CLAUSE = "Contrat d'assurance. L'assuré délie son médecin du secret médical à l'égard de l'assureur."


def read(data, path="/corpus/contrat.txt", known=None, recipe=RULES):
    return read_file(path, data if isinstance(data, bytes) else data.encode(), known or {}, recipe)


@pytest.fixture(scope="module")
def filled():
    """A form that somebody filled in, with all its text."""
    data = (SAMPLES / "adhesion_remplie.pdf").read_bytes()
    return read(data, "/corpus/adhesion.pdf", recipe=Recipe(use_encoder=False, full_text=True)).parts[0]


def test_a_document_becomes_rows():
    result = read(CLAUSE)
    (part,) = result.parts
    assert (result.path, result.size, result.recipe) == ("/corpus/contrat.txt", len(CLAUSE.encode()), RULES.digest)
    assert part.code is None and part.document.document == result.sha256
    assert (part.document.name, part.document.language, part.document.pages_unread) == ("contrat.txt", "fr", 0)
    assert json.loads(part.document.page_sizes)[0][0] == 1
    (finding,) = [one for one in part.findings if one.label == "secrecy_waiver"]
    (passage,) = [one for one in part.passages if one.passage == finding.passage]
    (start, end), *_ = json.loads(finding.evidence)
    assert "secret médical" in passage.text[start:end] and passage.page == 1
    assert json.loads(finding.trace)[0]["effect"] and set(finding.grounds) <= set(load()._law_texts)
    assert len(json.loads(passage.boxes)[0]) == 5


def test_passages_without_findings_are_kept_only_when_asked():
    text = f"{CLAUSE}\n\nLa cotisation est due chaque année à la date d'échéance du contrat d'assurance.\n"
    assert not any("cotisation" in row.text for row in read(text).parts[0].passages)
    whole = read(text, recipe=Recipe(use_encoder=False, full_text=True)).parts[0]
    assert any("cotisation" in row.text for row in whole.passages) and whole.document.full_text
    assert [row.ordinal for row in whole.passages] == list(range(len(whole.passages)))


def test_personal_data_and_answers_are_not_kept(filled):
    kept = json.dumps([filled.passages, filled.findings, filled.document, filled.name], ensure_ascii=False)
    personal = json.loads((SAMPLES / "adhesion_remplie.personal.json").read_text("utf-8"))
    values = personal if isinstance(personal, list) else [one for value in personal.values() for one in value]
    assert values and not [value for value in values if str(value) in kept]
    pages = {row.page for row in filled.passages if row.kind == "question"}
    told = {row.passage for row in filled.findings}
    assert pages and all(row.kind == "question" or row.passage in told for row in filled.passages if row.page in pages)


def test_questions_that_may_be_asked_are_kept_too(filled):
    assert {row.label for row in filled.findings if row.polarity == "neutral"} == {"precise"}
    assert filled.document.questions > 0


def archive(**files):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as made:
        for name, text in files.items():
            made.writestr(f"{name}.txt", text)
    return data.getvalue()


def test_each_document_of_an_archive_is_a_part_and_a_bad_one_spoils_no_other():
    result = read(archive(un=CLAUSE, vide="", deux=f"{CLAUSE} Autre contrat."), "/corpus/lot.zip")
    assert [(part.name, part.code) for part in result.parts] == [
        *(("lot.zip › un.txt", None), ("lot.zip › vide.txt", "file_empty"), ("lot.zip › deux.txt", None)),
    ]
    assert len({part.document.document for part in result.parts if part.document}) == 2
    assert result.stored("e").failed


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"", "file_empty"), (b"%PDF-1.7 broken", "file_damaged"), (b"\0\1\2" * 99, "unsupported_format")],
)
def test_what_cannot_be_read_has_a_code(data, code):
    (part,) = read(data).parts
    assert (part.name, part.code, part.document) == ("contrat.txt", code, None)


def test_a_fault_that_nobody_foresaw_has_a_code_and_says_nothing_of_the_document(monkeypatch):
    def fail(*_, **__):
        raise ValueError(CLAUSE)

    monkeypatch.setattr(task.pipeline, "examine", fail)
    (part,) = read(CLAUSE).parts
    assert (part.code, part.facts) == ("internal", {})


def test_a_model_that_is_not_there_is_an_error_of_the_file(tmp_path):
    recipe = Recipe(model=tmp_path / "nothing")
    with pytest.raises(ModelMissing):
        engine(recipe)


def test_the_law_is_that_of_the_country_that_is_known():
    result = read(CLAUSE, known={"country": Fact("BE", "path")})
    assert result.parts[0].document.jurisdiction == "BE"
    assert result.recipe != RULES.digest == Recipe(use_encoder=False).digest
    assert result.known == {"country": Fact("BE", "path")}


def test_the_digest_of_a_recipe_tells_all_that_a_result_depends_on(tmp_path):
    (tmp_path / "weights").write_bytes(b"1")
    digests = {
        recipe.digest
        for recipe in (
            *(RULES, Recipe(), Recipe(use_encoder=False, lang="en"), Recipe(use_encoder=False, full_text=True)),
            *(Recipe(use_encoder=False, context=Context(stage="claim")), Recipe(model=tmp_path)),
        )
    }
    assert len(digests) == 6
    assert engine(RULES).model is None and engine(Recipe()).knowledge == engine(RULES).knowledge
