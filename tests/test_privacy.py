"""Personal data are masked wherever they stand; printed words and the insurer's own address are not."""

import io
import json
import re
import string
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from openpyxl import load_workbook

from analyzer import analyze
from analyzer.privacy import MASK, PersonalData, mask, personal_data
from analyzer.reading import read
from analyzer.reporting.html import to_html
from analyzer.reporting.json import to_json
from analyzer.reporting.terminal import print_questionnaire, to_text
from analyzer.reporting.workbook import to_workbook
from analyzer.schema import (
    Document,
    Line,
    Page,
    Question,
    Questionnaire,
    Rewording,
    TraceStep,
    Unread,
    Word,
)
from tests.reporting.build import finding, in_app, passage, report
from tests.samples import FOLDER, NAMES
from tests.samples import report as sample_report

PERSONAL = json.loads((FOLDER / "adhesion_remplie.personal.json").read_text("utf-8"))
FILLED = read(FOLDER / "adhesion_remplie.pdf")
#: What the printed form says, among the words of which personal data are seeded.
PRINTED = (
    "Le médecin traitant de l'assuré reste tenu au secret.",
    "Avez-vous été hospitalisé au cours des 5 dernières années ?",
    "Le Docteur désigné par la compagnie examine l'assuré, M. ou Mme.",
)


def line(text: str, x0: float, top: float) -> Line:
    width = 5.0 * len(text)
    return Line(text, x0, top, x0 + width, top + 10, 10.0, False, (Word(0, len(text), x0, x0 + width),))


def form(*lines: tuple[str, float, float]) -> Document:
    """A page of lines, each a text and where it begins."""
    page = Page(number=1, width=595, height=842, read_by="text layer", lines=tuple(line(*part) for part in lines))
    return Document(name="x.pdf", sha256="0" * 64, media_type="application/pdf", pages=(page,))


def written(*texts: str) -> Document:
    """A page of one column."""
    return form(*((text, 50.0, 20.0 * row) for row, text in enumerate(texts, 1)))


def masked(text: str, document: Document | None = None) -> str:
    return (personal_data(document) if document else PersonalData()).mask(text)


# ---- seeded numbers never survive ------------------------------------------------------------------------

digits = st.text(string.digits, min_size=1, max_size=1)


def run(length: int) -> st.SearchStrategy[str]:
    return st.text(string.digits, min_size=length, max_size=length)


@st.composite
def nirs(draw: st.DrawFn) -> str:
    month = draw(st.integers(1, 12))
    number = [draw(st.sampled_from("12")), draw(run(2)), f"{month:02}", draw(st.sampled_from(["75", "29", "99"]))]
    number += [draw(run(3)), draw(run(3))]
    if draw(st.booleans()):
        number.append(f"{97 - int(''.join(number)) % 97:02}")
    return draw(st.sampled_from(["", " ", "."])).join(number)


@st.composite
def ibans(draw: st.DrawFn) -> str:
    number = f"FR{draw(run(2))}{draw(run(23))}"
    return " ".join(number[at : at + 4] for at in range(0, 27, 4)) if draw(st.booleans()) else number


@st.composite
def phones(draw: st.DrawFn) -> str:
    start = draw(st.sampled_from(["06", "01", "+33 6", "0033 7", "+33(0)6", "+32 4", "+41 2", "+221 7"]))
    pairs = [draw(run(2)) for _ in range(4)]
    return start + draw(st.sampled_from(["", " ", ".", "-"])).join(["", *pairs] if start[0] == "0" else [" ", *pairs])


mails = st.builds(
    "{}.{}@{}.{}".format,
    *(st.text(string.ascii_lowercase, min_size=3, max_size=8).map(lambda word: f"zq{word}") for _ in range(2)),
    st.text(string.ascii_lowercase, min_size=2, max_size=8),
    st.sampled_from(["fr", "example", "co.uk"]),
)


@given(
    seed=st.one_of(nirs(), ibans(), phones(), mails), before=st.sampled_from(PRINTED), after=st.sampled_from(PRINTED)
)
@example("2 8 4 0 7 2 9 9 9 9 1 1 7 4 3", PRINTED[0], PRINTED[1])
@example("2 84 07 2A 999 117", PRINTED[0], PRINTED[1])
def test_no_seeded_number_survives(seed, before, after):
    text = f"{before} {seed}, {after}"
    shown = masked(text)
    assert len(shown) == len(text)
    assert shown.startswith(before)
    assert shown.endswith(after)
    assert not any(char.isalnum() for char in shown[len(before) : -len(after)])


@given(st.text(max_size=300))
@example("Nom : " * 50)
@example("Dr A. B. C. D.")
@example("İstanbul Mme İPEK, née à İzmir")
def test_masking_keeps_length_and_spaces(text):
    for known in (PersonalData(), personal_data(written(text or "x"))):
        shown = known.mask(text)
        assert len(shown) == len(text)
        for before, after in zip(text, shown, strict=True):
            assert after in (before, MASK)
            assert not before.isspace() or after == before
        spans = known.spans(text)
        assert all(0 <= start < end <= len(text) for start, end in spans)
        assert spans == sorted(spans)


names = st.sampled_from(
    ["Kerbrat", "Özdemir", "N'Guyen", "Zwolinski", "DA SILVA", "Traoré", "Le Goff", "Abdelkrim-Haddou"]
)


@given(name=names, first=st.sampled_from(["Anaïs", "Gwenaël", "Jean-Loup"]), field=st.integers(0, 5))
def test_a_name_is_masked_wherever_it_stands_again(name, first, field):
    fields = (
        (f"Nom : {name}", f"Prénom(s) : {first}"),
        (f"Nom, prénom : {name} {first}",),
        (f"Je soussigné(e) {first} {name}, certifie",),
        (f"Assuré : M. {first} {name}",),
        (f"Titulaire du compte : {name} {first}",),
        ("Mme " + f"{first} {name}",),
    )[field]
    document = written(*PRINTED, *fields)
    for text in (f"Signé {first[0]}. {name}", f"{name.upper()} {first.upper()}", *fields):
        shown = masked(text, document)
        for word in (name, name.upper(), first, first.upper()):
            assert word not in shown, shown
    for text in PRINTED:
        assert masked(text, document) == text


# ---- what forms say --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("Né(e) le 14/07/1984 à Plougarnec", ["14/07/1984", "Plougarnec"]),
        ("née KERMOAL le 14 juillet 1984", ["KERMOAL", "14 juillet 1984"]),
        ("Date de naissance : 14.07.1984", ["14.07.1984"]),
        ("Le : 1 4 0 7 1 9 8 4", ["1 4 0 7 1 9 8 4"]),
        ("demeurant 17 rue des Ajoncs, bât. C, 99290 Landerévan. Il déclare", ["17 rue des Ajoncs", "bât. C", "99290"]),
        ("Adresse : 3 bis, avenue Foch - Code postal : 99290 - Ville : Landerévan", ["Foch", "99290", "Landerévan"]),
        ("Mme Kerbrat, 12 chemin du Lavoir, 99290 Landerévan", ["Kerbrat", "12 chemin", "Landerévan"]),
        ("Suivie par le Dr Maëlle QUÉMÉNEUR à la clinique Sainte-Anaëlle", ["Maëlle", "QUÉMÉNEUR", "Sainte-Anaëlle"]),
        ("Médecin traitant : Docteur Trévidic", ["Trévidic"]),
        ("Employeur : Conserverie Pors-Mélen", ["Conserverie", "Pors-Mélen"]),
        ("Profession : préparatrice de commandes", ["préparatrice", "commandes"]),
        ("N° d'adhérent : HTL-2025-048817", ["HTL-2025-048817"]),
        ("Numéro de contrat : 0048 817 A2", ["0048 817"]),
        ("IBAN : CH93 0076 2011 6238 5295 7, BIC : HTLDCH2A", ["CH93", "5295 7", "HTLDCH2A"]),
        ("NIR : 2840729999117", ["2840729999117"]),
        ("Mobile du conseiller : 06 39 98 04 17", ["06 39 98 04 17"]),
        ("Nom : L E B R A N C H U", ["L E B", "C H U"]),
        ("nom : lebranchu", ["lebranchu"]),
    ],
)
def test_what_is_personal_goes(text, gone):
    shown = masked(text)
    for words in gone:
        assert words in text
        assert words not in shown, shown


@pytest.mark.parametrize(
    "text",
    [
        "Nom : Prénom : Né(e) le : Adresse : Code postal, ville :",
        "Nom et prénom du signataire : .................. Signature : ............",
        "Nom et adresse de votre médecin traitant :",
        "Le médecin traitant de l'assuré et le Docteur de la compagnie. Docteur en médecine.",
        "☐ Mme ☐ M. ☐ Mlle Nom Prénom",
        "Madame la Présidente, M. le Médiateur, Monsieur Le Directeur",
        "Madame B., traitement de base de 24 000 €, est arrêtée sept mois.",
        "Écrivez au délégué à la protection des données (dpo@hautelande.example).",
        "Service clients : 09 69 39 00 00, appel non surtaxé. contact@hautelande.example",
        "N° vert : 0 800 000 000. Plateforme d'assistance : +33 1 40 00 00 00",
        "Mutuelle Hautelande, 44 rue des Genêts, 99280 Hautelande",
        "Société au capital de 8 400 000 €, RCS 123 456 789 00012, ORIAS 07 000 000",
        "Entre 1 250 000 et 2 500 000 € ; depuis le 14/07/2020 ; hôpital, clinique ou laboratoire",
        "Bénéficiaires : de 30 jours avant le départ à 90 jours consécutifs au plus.",
        "Profession : toute activité rémunérée. Employeur : la personne qui verse le salaire.",
    ],
)
def test_what_is_printed_stays(text):
    assert masked(text) == text
    assert masked(text, written(text)) == text


def test_a_value_stands_beside_its_label_or_under_it():
    document = form(
        ("Nom", 50, 20),
        ("KERBRAT", 120, 20),
        ("Nom, prénom", 50, 60),
        ("Né(e) le", 200, 60),
        ("KERBRAT Anaïs", 50, 80),
        ("02/03/1982", 200, 80),
        ("TRAORÉ Moussa", 50, 98),
        ("19/11/2015", 200, 98),
        ("Votre santé en questions", 50, 140),
    )
    shown = masked("Kerbrat Anais, Traore Moussa, 2 mars 1982, le 19.11.2015, votre santé en questions", document)
    assert re.findall(r"[^\s,•]+", shown) == ["le", "votre", "santé", "en", "questions"]


def test_the_next_printed_thing_is_no_value():
    document = form(("Nom :", 50, 20), ("Rente mensuelle", 50, 38), ("Formule Bleuet", 50, 56), ("Adresse :", 50, 74))
    for text in ("Rente mensuelle", "Formule Bleuet", "Belverane Assurances"):
        assert masked(text, document) == text


def test_a_number_goes_on_in_the_next_line():
    document = written("Compte à débiter : FR76", "9999 8001 2304 5678 9123 460. Paiement récurrent.")
    assert masked("9999 8001 2304 5678 9123 460. Paiement récurrent.", document).endswith("•••. Paiement récurrent.")


def test_a_common_word_is_no_name_elsewhere():
    document = written("Nom : PETIT", "Prénom : Rose", "Un petit délai suffit.")
    assert masked("Nom : PETIT, un petit délai", document) == "Nom : •••••, un petit délai"
    assert masked("Signé : Rose PETIT", document) == "Signé : •••• •••••"


# ---- reports ---------------------------------------------------------------------------------------------


def filled_report() -> Any:
    """A report that shows every personal string of the filled form wherever it can show something of a document."""
    text = f"Avez-vous été malade ? {' | '.join(PERSONAL)}"
    where = passage(1, text, kind="question", context=text, section=(text,))
    found = finding("no_time_limit", where, "Avez-vous été malade", PERSONAL[3], rewording=text)
    found = found.model_copy(
        update={"trace": (*found.trace, TraceStep(effect="fired", rule="x/y", words=(text, "17 rue")))}
    )
    asked = Question(
        passage="p1",
        verdict="overbroad",
        labels=("no_time_limit",),
        findings=(found.id,),
        rewording=Rewording(action="replace", lines=(text,), why="Trop large."),
    )
    whole = Questionnaire(questions=(asked,), counts={"overbroad": 1}, share_precise=0)
    made = report(found, questionnaire=whole, unread=(Unread(code="language", message="Anglais.", extract=text),))
    return made.model_copy(update={"document": FILLED.model_copy(update={"name": "adhesion_Lebranchu_Soizic.pdf"})})


def test_nothing_personal_is_left_in_a_report():
    before = filled_report()
    after = mask(before, FILLED)
    shown = after.model_dump_json()
    # What names nobody is no business of masking; the reading of forms keeps no answers.
    left = [words for words in PERSONAL if words in shown and words not in ("Ménisque", "12/03/2023", "Lévothyroxine")]
    assert not left
    assert "Avez-vous été malade" in shown
    for part in after.findings:
        for words in part.evidence:
            assert part.passage.text[words.start : words.end] == words.text
    assert len(after.findings[0].passage.text) == len(before.findings[0].passage.text)
    assert after.document.name == "adhesion_••••••••••••••••.pdf"


def test_no_output_of_the_filled_form_shows_anything_personal():
    report_of_it = sample_report("adhesion_remplie")
    outputs = [render(report_of_it) for render in (to_json, to_html, in_app, to_text)]
    outputs.append(to_text(report_of_it, print_questionnaire))
    assert report_of_it.questionnaire
    book = load_workbook(io.BytesIO(to_workbook(report_of_it)))
    outputs += [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row]
    shown = "\n".join(outputs).lower()
    assert "réassureurs" in shown
    assert not [words for words in PERSONAL if words.lower() in shown]


def test_personal_data_are_shown_where_it_is_asked_for():
    document = read(FOLDER / "adhesion_remplie.pdf")
    assert analyze(FOLDER / "adhesion_remplie.pdf", name="Lebranchu.pdf").document.name == "•••••••••.pdf"
    shown = analyze(FOLDER / "adhesion_remplie.pdf", name="Lebranchu.pdf", show_personal_data=True)
    assert shown.document.name == "Lebranchu.pdf"
    assert mask(shown, document).document.name == "•••••••••.pdf"


@pytest.mark.parametrize("name", sorted(set(NAMES) - {"adhesion_remplie"}))
def test_documents_without_personal_data_are_shown_as_they_are(name):
    document = read(FOLDER / f"{name}.pdf")
    known = personal_data(document)
    for page in document.pages:
        for printed in page.lines:
            assert known.mask(printed.text) == printed.text
