"""The page: samples and uploads become reports; errors are sentences; erasing erases; both languages."""

import re
import threading
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from analyzer.interface.session import Held, in_background
from analyzer.knowledge import messages
from analyzer.reporting import cards
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


def upload(page: AppTest, *files: tuple[str, bytes]) -> AppTest:
    for name, content in files:
        page.file_uploader[0].upload(name, content, "application/pdf")
    return page.run()


def selected(page: AppTest, key: str):
    """A list to choose from, of the document that is shown."""
    return page.selectbox(key=f"{key}-{page.session_state['session'].held.number}")


def part(page: AppTest, name: str) -> AppTest:
    """Go to a part of the report."""
    return choose(page, "section", name)


def choose(page: AppTest, key: str, value: object) -> AppTest:
    """Set a widget of the document that is shown."""
    page.session_state[f"{key}-{page.session_state['session'].held.number}"] = value
    return page.run()


def test_the_promise_and_the_upload_come_first(page):
    text = shown(page)
    for name in ("local", "kept", "honest"):
        assert FR[f"app.promise.{name}"].replace("'", "&#x27;") in text
    assert page.file_uploader[0].label == FR["app.upload_several"]
    assert {button.label for button in page.button} == {FR[f"sample.{name}"] for name in NAMES}


def test_a_sample_is_one_click_away(page):
    page.button(key="mutuelle_reglement").click().run()
    text = shown(page)
    assert report("mutuelle_reglement").summary.sentence.replace("'", "&#39;") in text
    assert text.count('<article class="card') >= 5
    assert text.count('<figure class="picture">') >= 5
    assert text.count("<li class=") == 3, "a tick for each page"


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
    assert page.button(key="forget").label == EN["app.forget"]


def test_erasing_leaves_nothing(page):
    page.button(key="voyage_conditions").click().run()
    number = page.session_state["session"].held.number
    part(page, "warnings")
    assert f"section-{number}" in page.session_state
    page.button(key="forget").click().run()
    assert shown(page).count("<article") == 0
    session = page.session_state["session"]
    assert (session.documents, session.errors, session.comparison, session.decisions) == ([], [], None, None)
    assert "stage" not in page.session_state
    assert f"section-{number}" not in page.session_state
    assert page.file_uploader


def test_an_upload_is_read(page):
    upload(page, ("le mien.pdf", (FOLDER / "habitation_conditions.pdf").read_bytes()))
    assert ">le mien.pdf</h1>" in shown(page)
    assert FR["summary.none"].split("'")[0] in shown(page)


def test_of_several_documents_each_has_its_report(page):
    names = ("mutuelle_reglement", "voyage_conditions")
    upload(page, *((f"{name}.pdf", (FOLDER / f"{name}.pdf").read_bytes()) for name in names))
    assert report(names[0]).summary.sentence.replace("'", "&#39;") in shown(page)
    choose(page, "levels", ["high"])
    page.selectbox(key="stage").select("signed").run()
    page.selectbox[0].select_index(1).run()
    whole = [len(cards(report(names[1]), "warning", decision)) for decision in ("warned", "to_check")]
    assert shown(page).count('<article class="card') == sum(min(10, count) for count in whole)
    assert page.selectbox(key="stage").value == "signed"
    assert report(names[1]).summary.sentence.replace("'", "&#39;") in shown(page)


@pytest.mark.parametrize("name", ["empty", "truncated", "user_password", "image_only"])
def test_a_file_that_cannot_be_read_gets_a_sentence_and_another_try(page, name):
    upload(page, ("cassé *1*.pdf", FILES[name]()))
    shown(page)
    (error,) = page.error
    assert error.value.startswith("« cassé \\*1\\*\\.pdf »")
    assert page.file_uploader
    assert page.session_state["session"].documents == []
    upload(page, ("bon.pdf", (FOLDER / "habitation_conditions.pdf").read_bytes()))
    assert not page.error
    assert ">bon.pdf</h1>" in shown(page)


def test_a_bad_file_among_others_does_not_lose_them(page):
    upload(page, ("a.pdf", b"%PDF-1.7 rien"), ("bon.pdf", (FOLDER / "habitation_conditions.pdf").read_bytes()))
    assert ">bon.pdf</h1>" in shown(page)
    assert page.error[0].value.startswith("« a\\.pdf »")


def test_what_nobody_foresaw_is_a_sentence_without_the_document(page, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("L'assuré délie ses médecins")

    monkeypatch.setattr("analyzer.pipeline.examine", broken)
    page.button(key="voyage_conditions").click().run()
    assert "L'assuré délie" not in shown(page)
    assert page.error[0].value == FR["error.internal"].format(name="voyage\\_conditions\\.pdf")


def test_a_letter_is_kept_while_one_looks_elsewhere_and_goes_with_the_document(page):
    page.button(key="mutuelle_reglement").click().run()
    part(page, "letters")
    page.text_area[0].set_value("Camille Roux").run()
    part(page, "warnings")
    part(page, "letters")
    assert page.text_area[0].value == "Camille Roux"
    page.button(key="forget").click().run()
    page.button(key="mutuelle_reglement").click().run()
    part(page, "letters")
    assert "Camille Roux" not in page.text_area[0].value


def test_reading_that_is_cancelled_leaves_nothing(page):
    session = page.session_state["session"]
    held = Held("a.pdf", b"")
    session.take([held])
    session.cancel(held)
    assert session.held is None


def test_work_that_nobody_waits_for_ends_at_its_next_step():
    """Whoever waits is interrupted where they look; the work, told of it, does not go on."""
    reached, ended = threading.Event(), threading.Event()
    went_on: list[str] = []

    def work(tell):
        reached.wait(10)
        try:
            tell("segment")
            went_on.append("segment")
        finally:
            ended.set()

    class Interrupted(BaseException):
        pass

    def show(step):
        raise Interrupted

    with pytest.raises(Interrupted):
        in_background(work, show)
    reached.set()
    assert ended.wait(10)
    assert not went_on


def test_the_situation_and_the_language_read_nothing_again(page, monkeypatch):
    page.button(key="mutuelle_reglement").click().run()
    monkeypatch.setattr("analyzer.pipeline.examine", None)
    page.selectbox(key="stage").select("signed").run()
    assert page.session_state["session"].held.report.context.stage == "signed"
    page.session_state["lang"] = "en"
    page.run()
    assert EN["report.law"] in shown(page)


def test_warnings_are_chosen_by_importance_subject_and_page(page):
    page.button(key="mutuelle_reglement").click().run()
    everything = shown(page).count('<article class="card')
    choose(page, "levels", ["high"])
    high = shown(page).count('<article class="card')
    assert 0 < high < everything
    choose(page, "levels", [])
    choose(page, "themes", ["sanctions"])
    assert 0 < shown(page).count('<article class="card') < everything
    choose(page, "themes", [])
    selected(page, "page").select(3).run()
    assert 0 < shown(page).count('<article class="card') < everything


def test_a_long_list_is_shown_in_parts(page, monkeypatch):
    monkeypatch.setattr("analyzer.interface.document_view._AT_ONCE", 2)
    page.button(key="mutuelle_reglement").click().run()
    before = shown(page).count('<article class="card')
    page.button(key=f"more-warned-{page.session_state['session'].held.number}").click().run()
    assert shown(page).count('<article class="card') == before + 2


def test_protections_stand_apart(page):
    page.button(key="pret_immobilier_notice").click().run()
    part(page, "protections")
    text = shown(page)
    assert text.count('<article class="card good"') == len(cards(report("pret_immobilier_notice"), "safeguard"))
    assert 'class="card high"' not in text


def test_everything_can_be_taken_away(page):
    page.button(key="mutuelle_reglement").click().run()
    part(page, "files")
    assert [button.key for button in page.get("download_button")] == [
        f"file-{name}" for name in ("annotated", "pdf", "html", "docx", "xlsx", "json")
    ]


# ---- questionnaires ------------------------------------------------------------------------------------


@pytest.fixture
def asking(page, monkeypatch) -> AppTest:
    """The page with a document that asks four questions, one of each verdict."""

    def tell(examined, context, lang, **more):
        return form(context=context, lang=lang)

    monkeypatch.setattr("analyzer.pipeline.tell", tell)
    return upload(page, ("formulaire.pdf", (FOLDER / "habitation_conditions.pdf").read_bytes()))


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
    assert "Ce que data_sharing veut dire." not in text
    assert "Ce que data_sharing veut dire." in shown(part(asking, "warnings"))


def test_who_examines_a_form_sees_proposals_and_takes_the_table_away(asking):
    choose(asking, "role", "examiner")
    text = shown(asking)
    assert "avez-vous été hospitalisé plus de 10 jours ?" in text
    assert FR["form.share_precise"] in text
    assert FR["form.answer"] not in text
    assert [button.label for button in asking.get("download_button")] == [FR["page.xlsx"]]


def test_the_examiner_filters_by_verdict_and_by_label(asking):
    choose(asking, "role", "examiner")
    choose(asking, "verdicts", ["forbidden", "to_check"])
    assert questions(asking) == ["q2b", "q3"]
    assert asking.caption[-1].value == "2 questions affichées sur 4"
    selected(asking, "label").select("genetic").run()
    assert questions(asking) == ["q2b"]
    choose(asking, "verdicts", [])
    selected(asking, "label").select("vague_terms").run()
    assert questions(asking) == ["q2a"]


def test_the_loan_is_asked_for_where_it_counts(asking):
    assert not asking.number_input
    asking.selectbox(key="contract").select("home-loan").run()
    asking.number_input(key="loan_share").set_value(150000.0).run()
    asking.number_input(key="loan_end_age").set_value(59).run()
    context = asking.session_state["session"].held.report.context
    assert (context.contract, context.loan_share, context.loan_end_age) == ("home-loan", 150000, 59)
    asking.selectbox(key="contract").select("health").run()
    assert not asking.number_input
    assert asking.session_state["session"].held.report.context.loan_share is None


def test_the_questionnaire_speaks_english_too(asking):
    asking.session_state["lang"] = "en"
    asking.run()
    assert EN["form.answer"] in shown(asking)
    assert FR["form.answer"] not in shown(asking)
    assert asking.subheader[0].value == EN["form.insured.title"]


def test_a_name_that_is_masked_is_masked_in_the_title_too(page, monkeypatch):
    def tell(examined, context, lang, **more):
        report = form(context=context, lang=lang)
        return report.model_copy(update={"document": report.document.model_copy(update={"name": "bulletin_•••••.pdf"})})

    monkeypatch.setattr("analyzer.pipeline.tell", tell)
    upload(page, ("bulletin_Kerbrat.pdf", (FOLDER / "habitation_conditions.pdf").read_bytes()))
    assert "bulletin_•••••.pdf" in shown(page)
    assert "Kerbrat" not in shown(page)
