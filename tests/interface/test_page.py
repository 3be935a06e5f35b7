"""The page: a sample or an upload becomes a report; errors are sentences; erasing erases; both languages."""

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from analyzer.knowledge import messages
from tests.hostile import FILES
from tests.reporting.build import form
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
    words = [getattr(element, "label", None) or getattr(element, "value", "") for element in page.main]
    assert words.index(FR["page.or_sample"]) < words.index(FR["page.or_sample_form"])


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


# ---- questionnaires ------------------------------------------------------------------------------------


@pytest.fixture
def asking(page, monkeypatch) -> AppTest:
    """The page with a document that asks four questions, one of each verdict."""

    def analyze(source, *, context, lang, **more):
        return form(context=context, lang=lang)

    monkeypatch.setattr("analyzer.pipeline.analyze", analyze)
    return upload(page, "formulaire.pdf", (FOLDER / "habitation_conditions.pdf").read_bytes())


def questions(page: AppTest) -> list[str]:
    """The ids of the questions shown."""
    return re.findall(r'<article class="card question \w+" id="(\w+)"', shown(page))


def test_who_fills_a_form_in_sees_how_to_answer(asking):
    text = shown(asking)
    assert questions(asking) == ["q1", "q2a", "q2b", "q3"]
    assert FR["form.answer"] in text
    assert "Répondez oui ou non à compound." in text
    assert FR["form.proposal"] not in text
    assert FR["form.insured.know"].replace("'", "&#39;") in text
    assert FR["form.share_precise"] not in text
    assert text.index("Partie en anglais, page 2.") < text.index("Ce que genetic veut dire.")
    assert text.index("Ce que genetic veut dire.") < text.index("Ce que data_sharing veut dire.")
    assert [button.label for button in asking.get("download_button")] == [FR["page.html"], FR["page.json"]]


def test_who_examines_a_form_sees_proposals_and_takes_the_table_away(asking):
    asking.session_state["role"] = "examiner"
    asking.run()
    text = shown(asking)
    assert "avez-vous été hospitalisé plus de 10 jours ?" in text
    assert FR["form.share_precise"] in text
    assert FR["form.answer"] not in text
    assert [button.label for button in asking.get("download_button")] == [
        FR["page.html"],
        FR["page.json"],
        FR["page.xlsx"],
    ]


def test_the_examiner_filters_by_verdict_and_by_label(asking):
    asking.session_state["role"] = "examiner"
    asking.run()
    asking.session_state["verdicts"] = ["forbidden", "to_check"]
    asking.run()
    assert questions(asking) == ["q2b", "q3"]
    assert asking.caption[0].value == "2 questions affichées sur 4"
    asking.selectbox(key="label").select("genetic").run()
    assert questions(asking) == ["q2b"]
    asking.session_state["verdicts"] = []
    asking.selectbox(key="label").select("vague_terms").run()
    assert questions(asking) == ["q2a"]


def test_the_loan_is_asked_for_where_it_counts(asking):
    assert not asking.number_input
    asking.selectbox(key="contract").select("home-loan").run()
    asking.number_input(key="loan_share").set_value(150000.0).run()
    asking.number_input(key="loan_end_age").set_value(59).run()
    context = asking.session_state["session"].report.context
    assert (context.contract, context.loan_share, context.loan_end_age) == ("home-loan", 150000, 59)
    asking.selectbox(key="contract").select("health").run()
    assert not asking.number_input
    assert asking.session_state["session"].report.context.loan_share is None


def test_the_questionnaire_speaks_english_too(asking):
    asking.session_state["lang"] = "en"
    asking.run()
    assert EN["form.answer"] in shown(asking)
    assert FR["form.answer"] not in shown(asking)
    assert asking.subheader[0].value == EN["form.insured.title"]


def test_a_name_that_is_masked_is_masked_in_the_title_too(page, monkeypatch):
    def analyze(source, *, context, lang, **more):
        report = form(context=context, lang=lang)
        return report.model_copy(update={"document": report.document.model_copy(update={"name": "bulletin_•••••.pdf"})})

    monkeypatch.setattr("analyzer.pipeline.analyze", analyze)
    upload(page, "bulletin_Kerbrat.pdf", b"%PDF-1.7")
    assert "bulletin_•••••.pdf" in shown(page)
    assert "Kerbrat" not in shown(page)
