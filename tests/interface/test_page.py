"""The page: a sample or an upload becomes a report; errors are sentences; erasing erases; both languages."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from analyzer.knowledge import messages
from tests.hostile import FILES
from tests.samples import FOLDER, NAMES, report

APP = Path(__file__).parents[2] / "app.py"
FR, EN = messages("fr"), messages("en")


@pytest.fixture
def page() -> AppTest:
    return AppTest.from_file(str(APP), default_timeout=60).run()


def shown(page: AppTest) -> str:
    assert not page.exception
    return "\n".join(element.proto.body for element in page.get("html"))


def upload(page: AppTest, name: str, content: bytes) -> AppTest:
    page.file_uploader[0].upload(name, content, "application/pdf")
    return page.run()


def test_the_promise_and_the_upload_come_first(page):
    shown(page)
    kinds = [type(element).__name__ for element in page.main]
    assert kinds.index("Title") < kinds.index("Info") < kinds.index("FileUploader") < kinds.index("Button")
    assert page.info[0].value == FR["page.promise"]
    assert page.file_uploader[0].label == FR["page.upload"]
    assert {button.label for button in page.button} == {FR[f"sample.{name}"] for name in NAMES}


def test_a_sample_is_one_click_away(page):
    page.button(key="mutuelle_reglement").click().run()
    text = shown(page)
    assert report("mutuelle_reglement").summary.sentence.replace("'", "&#39;") in text
    assert text.count('<article class="card') >= 5
    assert [button.label for button in page.get("download_button")] == [FR["page.html"], FR["page.json"]]


def test_the_situation_changes_what_is_told(page):
    page.button(key="mutuelle_reglement").click().run()
    assert "Code de la" in shown(page)
    page.selectbox(key="country").select("CH").run()
    assert FR["note.law_not_covered"].format(country="Suisse").replace("'", "&#39;") in shown(page)
    assert "Code de la" not in shown(page)


def test_the_language_changes_everything(page):
    page.button(key="voyage_conditions").click().run()
    page.session_state["lang"] = "en"
    page.run()
    text = shown(page)
    assert EN["report.warnings"] in text
    assert FR["report.warnings"] not in text
    assert page.info[0].value == EN["page.promise"]
    assert page.button[0].label == EN["page.forget"]


def test_erasing_leaves_nothing(page):
    page.button(key="voyage_conditions").click().run()
    page.button[0].click().run()
    assert shown(page).count("article") == 0
    session = page.session_state["session"]
    assert (session.document, session.report, session.error) == (None, None, None)
    assert page.file_uploader


def test_an_upload_is_read(page):
    upload(page, "le mien.pdf", (FOLDER / "habitation_conditions.pdf").read_bytes())
    assert ">le mien.pdf</h2>" in shown(page)
    assert FR["summary.none"].split("'")[0] in shown(page)


@pytest.mark.parametrize("name", ["empty", "not_a_pdf", "truncated", "user_password", "image_only"])
def test_a_file_that_cannot_be_read_gets_a_sentence_and_another_try(page, name):
    upload(page, "cassé *1*.pdf", FILES[name]())
    shown(page)
    (error,) = page.error
    assert error.value.startswith("« cassé \\*1\\*.pdf »")
    assert page.file_uploader
    assert page.session_state["session"].document is None
    upload(page, "bon.pdf", (FOLDER / "habitation_conditions.pdf").read_bytes())
    assert not page.error
    assert ">bon.pdf</h2>" in shown(page)


def test_what_nobody_foresaw_is_a_sentence_without_the_document(page, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("L'assuré délie ses médecins")

    monkeypatch.setattr("analyzer.pipeline.analyze", broken)
    page.button(key="voyage_conditions").click().run()
    assert "L'assuré délie" not in shown(page)
    assert page.error[0].value == FR["error.internal"].format(name="voyage\\_conditions.pdf")
