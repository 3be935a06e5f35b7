"""What a report shows, in which order, and that a document's text can do nothing but be read."""

import io
import json
import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from jsonschema import Draft202012Validator
from rich.console import Console

from analyzer.knowledge import messages
from analyzer.reporting import cards, marked, situation, told_before
from analyzer.reporting.html import stylesheet, to_form_fragment, to_html, to_questions_fragment
from analyzer.reporting.json import schema_text, to_json
from analyzer.reporting.questionnaire import facts, rows, window
from analyzer.reporting.terminal import print_questionnaire, print_report, to_text
from analyzer.schema import Context
from tests.reporting.build import GROUND, HOSTILE, finding, form, hostile, hostile_form, in_app, passage, report, small
from tests.reporting.golden import FOLDER, FORMS, REPORTS, questions
from tests.samples import NAMES
from tests.samples import report as sample_report

SCHEMA = FOLDER.parents[2] / "analyzer" / "reporting" / "report.schema.json"


class Outline(HTMLParser):
    """The tags, headings, addresses and text of a page."""

    def __init__(self, content: str):
        super().__init__()
        self.tags, self.levels, self.links, self.ids, self.attributes = [], [], [], [], set()
        self.words = ""
        self.feed(content)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        if re.fullmatch(r"h\d", tag):
            self.levels.append(int(tag[1]))
        self.links += [value for name, value in attrs if name in ("href", "src")]
        self.ids += [value for name, value in attrs if name == "id"]

    def handle_data(self, data):
        self.words += data


# ---- as a whole ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", FORMS)
@pytest.mark.parametrize("name", REPORTS)
def test_reports_look_as_they_did(name, suffix):
    """After a change that is meant: make golden, and look at the difference."""
    assert FORMS[suffix](REPORTS[name]()) == (FOLDER / f"{name}.{suffix}").read_text("utf-8")


def test_a_questionnaire_looks_as_it_did():
    assert questions(form()) == (FOLDER / "questions.txt").read_text("utf-8")


# ---- order ---------------------------------------------------------------------------------------------


def test_most_serious_first_then_as_forbidden_then_in_reading_order():
    places = [passage(number) for number in range(1, 6)]
    found = [
        finding("a", places[0], severity="low"),
        finding("b", places[1], severity="medium"),
        finding("c", places[2], severity="high"),
        finding("d", places[3], severity="medium", legal_state="forbidden"),
        finding("e", places[4], severity="medium"),
    ]
    shown = [card.first.label for card in cards(report(*found), "warning", "warned")]
    assert shown == ["c", "d", "b", "e", "a"]
    for render in (to_text, to_html):
        text = render(report(*found))
        places_in_text = [text.rindex(f"Ce que {label} veut dire.") for label in shown]
        assert places_in_text == sorted(places_in_text)


def test_a_passage_is_quoted_once_with_all_that_is_said_of_it():
    where = passage(1, "Un et deux et trois.")
    found = report(
        finding("a", where, "deux", severity="low"),
        finding("b", where, "Un", "et deux", severity="high"),
        finding("c", where, "trois", decision="to_check", severity="high"),
    )
    (card,) = cards(found, "warning", "warned")
    assert [part.label for part in card.findings] == ["b", "a", "c"]
    assert [*marked(card)] == [
        ("Un", True),
        (" ", False),
        ("et deux", True),
        (" et ", False),
        ("trois", True),
        (".", False),
    ]
    assert cards(found, "warning", "to_check") == []
    assert Outline(to_html(found)).words.count("Un et deux et trois.") == 1
    assert to_text(found).count("« [Un] [et deux] et [trois]. »") == 1


def test_law_and_advice_are_told_once_and_found_again():
    again = report(finding("a", passage(1)), finding("a", passage(2)), finding("a", passage(3), case="other"))
    shown = cards(again, "warning", "warned")
    assert {later: earlier.id for later, earlier in told_before(shown).items()} == {"a-p2": "a-p1"}
    assert to_text(again).count("→ Demandez pour a.") == 2
    assert "déjà donnés plus haut (page 1)" in to_text(again)
    assert Outline(to_html(again)).words.count("Demandez pour a.") == 3, "folded, but there"


# ---- nothing is left out -------------------------------------------------------------------------------


@pytest.mark.parametrize("render", [to_text, to_html, in_app])
def test_what_was_not_read_is_said_before_the_findings(render):
    text = render(small())
    assert text.index("Partie en anglais, page 2.") < text.index("Ce que secrecy_waiver veut dire.")
    assert "The insured shall" in text


@pytest.mark.parametrize("render", [to_text, to_html, in_app])
def test_every_finding_stands_with_its_law_and_strength_and_advice(render):
    text = " ".join(render(small()).split())
    for part in small().findings:
        assert part.title in text
        assert part.text in text
        if part.polarity == "warning":
            assert part.advice[0] in text
            assert part.id in text
    assert "Code imaginaire, art. 1" in text
    assert "loi ou règlement" in text
    for words in ("Vos droits", "Répondez honnêtement.", "Sceau informe.", "quitté votre ordinateur"):
        assert words in text


@pytest.mark.parametrize("render", [to_text, to_html, in_app])
def test_a_country_whose_law_is_not_covered_is_said_first(render):
    note = "Suisse : Sceau trouve et explique les clauses"
    abroad = report(
        finding("a", passage(1), legal_state=None, grounds=()), context=Context(jurisdiction="CH"), law_covered=False
    )
    text = " ".join(render(abroad).split())
    assert text.index(note) < text.index("Ce que a veut dire.")
    assert "Sceau ne cite pas de texte de loi ici." in text
    assert note not in render(small())


def test_severity_is_told_in_words_and_shape():
    for text in (to_text(small()), to_html(small())):
        for words in ("▲", "Important", "◆", "À regarder", "●", "Pour information"):
            assert words in text


# ---- the page ------------------------------------------------------------------------------------------


def test_the_page_needs_nothing_else_and_reads_well_aloud():
    page = Outline(to_html(small()))
    assert not {"script", "img", "link", "iframe", "object", "form"} & set(page.tags)
    assert page.levels[0] == 1
    assert page.levels.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(page.levels))
    inside = [link[1:] for link in page.links if link.startswith("#")]
    assert set(inside) <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))
    assert [link for link in page.links if not link.startswith("#")] == ["https://www.legifrance.gouv.fr/x"] * 4
    assert '<html lang="fr">' in to_html(small())
    assert '<html lang="en">' in to_html(small().model_copy(update={"lang": "en"}))
    assert in_app(small()).count('<div class="sceau" lang="fr">') == in_app(small()).count('<div class="sceau"')


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def palettes() -> list[tuple[dict[str, str], set[str]]]:
    """The inks and the grounds that they stand on, in the light and in the dark."""
    style = stylesheet()
    dark = "".join(re.findall(r"@media screen and \(prefers-color-scheme: dark\) \{(.*?)\n\}", style, re.DOTALL))
    light = re.sub(r"@media screen.*?\n\}", "", style, flags=re.DOTALL)
    found = []
    for part in (light, dark):
        colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", part))
        grounds = set(re.findall(r"\.bar \.\w+ \{ background: (#[0-9a-f]{6})", part))
        found.append((colours, grounds | {colours["paper"], colours["shade"]}))
    return found


@pytest.mark.parametrize(("colours", "grounds"), palettes(), ids=["light", "dark"])
def test_every_ink_can_be_read_on_every_ground(colours, grounds):
    assert len(grounds) == 6
    pairs = [(name, ground) for name in ("soft", "high", "medium", "low", "good") for ground in grounds]
    pairs += [("ink", ground) for ground in (*grounds, colours["marked"])]
    for name, ground in pairs:
        dim, bright = sorted((luminance(colours[name]), luminance(ground)))
        assert (bright + 0.05) / (dim + 0.05) >= 4.5, (name, ground)


# ---- questionnaires ------------------------------------------------------------------------------------

FR = messages("fr")


def wide(report):
    console = Console(file=io.StringIO(), width=400)
    print_questionnaire(report, console)
    return console.file.getvalue()


@pytest.mark.parametrize(
    "render",
    [lambda report: Outline(to_html(report)).words, lambda report: Outline(in_app(report)).words, wide],
    ids=["page", "fragment", "terminal"],
)
def test_every_question_stands_with_its_verdict_why_law_and_proposal(render):
    text = " ".join(render(form()).split())
    for row in rows(form()):
        assert FR[f"verdict.{row.question.verdict}"] in text
        for part in row.findings:
            assert part.text in text
    for words in (
        "Au cours des 10 dernières années :",
        "Code imaginaire, art. 1",
        "loi ou règlement",
        "À supprimer. La loi interdit cette question.",
        "25 %",
        "10 ans",
        "moyen (61 sur 100",
        "Le droit à l'oubli",
        "Écrivez ceci.",
        "Erreur et mensonge",
    ):
        assert words in text
    for sign in "✓◆✕?":
        assert sign in text


def test_questions_are_told_once_and_not_among_the_clauses():
    page = Outline(to_html(form()))
    assert page.words.count("Ce que genetic veut dire.") == 1
    assert len(page.ids) == len(set(page.ids))
    assert all(later - earlier <= 1 for earlier, later in pairwise(page.levels))
    assert not {"script", "img", "link", "iframe", "object", "form"} & set(page.tags)
    assert [card.first.id for card in cards(form(), "warning")] == [card.first.id for card in cards(small(), "warning")]
    short = to_text(form())
    assert "✕ Non autorisée" in short
    assert FR["form.more"] in short
    assert "À supprimer." not in short


def test_what_forbids_every_question_is_told_once_under_the_verdict():
    said = {
        "text": "Aucune question n'est permise.",
        "grounds": (GROUND,),
        "how_to_answer": "Laissez vide.",
        "legal_state": "forbidden",
        "advice": ("Écrivez à l'assureur.",),
    }
    asked = form().questionnaire
    report = form(
        findings=tuple(found.model_copy(update=said) for found in form().findings),
        questionnaire=asked.model_copy(
            update={"questions": tuple(part.model_copy(update={"verdict": "forbidden"}) for part in asked.questions)}
        ),
    )
    for text in (questions(report), Outline(to_questions_fragment(report, rows(report), "examiner")).words):
        text = " ".join(text.split())
        assert text.count("Aucune question n'est permise.") == 1
        assert text.count("Non autorisée : déjà expliqué plus haut (question 1).") == 3
        assert text.count("Code imaginaire, art. 1") == 1
    insured = Outline(to_questions_fragment(report, rows(report), "insured")).words
    assert insured.count("Laissez vide.") == 4
    assert insured.count("Écrivez à l'assureur.") == 1


def test_a_loan_is_never_told_in_powers_of_ten():
    assert "part assurée 1 250 000 €" in situation(Context(loan_share=1_250_000), FR).replace("\N{NO-BREAK SPACE}", " ")
    assert "insured share €1,250,000" in situation(Context(loan_share=1_250_000), messages("en"))


def test_the_note_on_scores_stands_where_scores_are_shown():
    noted = form(notes=(FR["note.score"],))
    assert FR["note.score"] in to_text(noted)
    assert FR["note.score"] not in questions(noted)


def test_the_picture_says_in_words_what_it_shows():
    text = to_html(form()).replace("\N{NO-BREAK SPACE}", " ")
    assert 'role="img" aria-label="Avis sur 4 questions : 1 × Non autorisée ; 1 × Trop large' in text
    assert [*re.findall(r'<span class="(\w+)" style="flex-grow: 1">', text)] == [
        "forbidden",
        "overbroad",
        "to_check",
        "precise",
    ]


def test_a_contract_is_shown_without_a_word_or_style_of_questionnaires():
    assert ".question" not in to_html(small())
    assert FR["form.whole"] not in to_html(small()) + to_text(small())


def test_print_keeps_a_question_with_what_is_proposed():
    assert re.search(r"@media print \{[^@]*\.question \.pair[^{]*\{ break-inside: avoid; \}", to_html(form()))


def test_those_who_fill_in_and_those_who_examine_get_what_they_need():
    asked = rows(form())
    insured, examiner = (to_questions_fragment(form(), asked[1:2], who) for who in ("insured", "examiner"))
    assert "Répondez oui ou non à compound." in insured
    assert "Demandez pour compound." in insured
    assert FR["form.proposal"] not in insured
    assert "avez-vous été opéré ?" in examiner
    assert FR["form.answer"] not in examiner
    for text in (insured, examiner):
        assert text.count("<article") == 1
    assert FR["form.notices_missing"] in " ".join(Outline(to_form_fragment(form())).words.split())
    assert "<article" not in to_form_fragment(form())
    with pytest.raises(ValueError, match="no questionnaire"):
        to_form_fragment(small())


def test_a_document_without_questions_is_a_sentence():
    text = questions(small())
    assert text.startswith("Sceau n'a trouvé aucune question de santé dans « contrat_exemple.pdf ».")
    assert "Partie en anglais, page 2." in text


@pytest.mark.parametrize(
    ("months", "words"), [(None, ""), (12, "1 an"), (60, "5 ans"), (18, "18 mois"), (1, "1 mois"), (120, "10 ans")]
)
def test_a_window_is_said_in_words(months, words):
    assert window(months, FR) == words


@pytest.mark.parametrize(
    ("ease", "words"), [(None, "trop peu"), (0.0, "très difficile (0"), (49.9, "difficile (50"), (71.0, "facile (71")]
)
def test_reading_ease_is_said_in_words(ease, words):
    whole = form().questionnaire.model_copy(update={"reading_ease": ease})
    assert dict(facts(whole, FR))[FR["form.reading_ease"]].startswith(words)


def test_the_loan_is_told_with_the_situation():
    told = form(context=Context(contract="home-loan", loan_share=150000, loan_end_age=59))
    for render in (to_text, to_html, questions):
        assert "part assurée 150 000 € · fin du prêt à 59 ans" in " ".join(render(told).split())


# ---- hostile text --------------------------------------------------------------------------------------


@pytest.mark.parametrize("render", [to_html, in_app])
@pytest.mark.parametrize(("wild", "tame"), [(hostile, small), (hostile_form, form)])
def test_a_document_cannot_write_html(render, wild, tame):
    page, calm = Outline(render(wild())), Outline(render(tame()))
    assert set(page.tags) <= set(calm.tags) | {"wbr"}
    assert not {name for name in page.attributes if name.startswith("on")}
    for part in HOSTILE:
        assert part in page.words


@pytest.mark.parametrize("terminal", [True, False])
@pytest.mark.parametrize(
    ("show", "wild", "words"),
    [
        (print_report, hostile, "[bold red]"),
        (print_report, hostile_form, "<script>"),  # questions are cut there
        (print_questionnaire, hostile_form, "[bold red]"),
    ],
)
def test_a_document_cannot_steer_the_terminal(terminal, show, wild, words):
    console = Console(file=io.StringIO(), width=600, force_terminal=terminal, color_system="truecolor")
    show(wild(), console)
    shown = console.file.getvalue()
    styles = re.compile(r"\x1b\[[\d;]*m")
    left = styles.sub("", shown)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", left)
    assert "\x1b[31m" not in shown, "a colour that the document chose"
    assert "\x1b]" not in shown, "a link or a title"
    assert words in left.replace("\n", "")


# ---- JSON ----------------------------------------------------------------------------------------------


def test_the_published_schema_is_the_one_of_the_models():
    assert SCHEMA.read_text("utf-8") == schema_text(), "make golden"
    Draft202012Validator.check_schema(json.loads(schema_text()))


@pytest.mark.parametrize("name", NAMES)
def test_reports_of_the_samples_keep_to_the_schema(name):
    content = json.loads(to_json(sample_report(name)))
    Draft202012Validator(json.loads(SCHEMA.read_text("utf-8"))).validate(content)
    for part in content["findings"]:
        text = part["passage"]["text"]
        for words in part["evidence"]:
            assert text[words["start"] : words["end"]] == words["text"]
            assert words["boxes"]


def test_the_schema_refuses_what_is_not_a_report():
    validator = Draft202012Validator(json.loads(SCHEMA.read_text("utf-8")))
    content = json.loads(to_json(small()))
    validator.validate(content)
    for broken in ({**content, "more": 1}, {key: value for key, value in content.items() if key != "findings"}):
        assert not validator.is_valid(broken)
