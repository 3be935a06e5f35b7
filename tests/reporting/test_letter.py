"""Letters: which are proposed, what they say, and that a file shows the text as it stands."""

from __future__ import annotations

import io
import re
import zipfile
from functools import cache

import docx
import pypdf
import pypdfium2
import pytest
from docx.shared import Mm

from analyzer.errors import LetterUnfit, UnknownFinding, UnknownLetter
from analyzer.knowledge import load
from analyzer.reporting.letter import Suggestion, best, suggested, to_docx, to_pdf, write
from analyzer.schema import Context, Finding, Report
from tests.reporting.build import GROUND, HOSTILE, finding, passage
from tests.reporting.build import report as built
from tests.samples import NAMES
from tests.samples import report as sample

LETTERS = load().letters
#: Real texts of law for reports made by hand.
LAW = tuple(GROUND.model_copy(update={"id": one}) for one in ("fr-csp-R4127-4", "fr-cp-226-13"))
#: What people may type into a letter that some program could take for an order.
ORDERS = (
    '#read("/etc/passwd")',
    "#set page(width: 1pt)",
    "<script>alert(1)</script>",
    "*gras* _italique_ `code` $x^2$",
    "=1+1",
    "= Titre",
    "// commentaire",
    "@renvoi <label> \\ fin",
    "{{ 7 * 7 }} {document} %s",
    "&amp; ]]> <w:t>",
)
LETTER = "[Votre nom]\n[Votre adresse]\n\n[Assureur]\n\nObjet : réclamation\nContrat : 12\n\nMadame,\n\n« Cité. »"


def warned(label: str = "secrecy_waiver", number: int = 1, **more: object) -> Finding:
    return finding(label, passage(number), "secret", **{"grounds": LAW} | more)


@cache
def letters(name: str) -> list[tuple[str, str, tuple[str, ...]]]:
    """Every letter that suits a sample: for each finding by itself, and for all that it suits together."""
    report = sample(name)
    made = []
    for offer in suggested(report):
        for chosen in (*((one,) for one in offer.findings), offer.findings):
            made.append((offer.letter, write(report, offer.letter, chosen), chosen))
    return made


def ours(text: str) -> str:
    """A letter without the words it quotes and the texts it cites."""
    body = text.split("Textes cités")[0]
    return re.sub(r"«\u00a0.*?\u00a0»(?=\n|$)", "«\u00a0…\u00a0»", body, flags=re.M)


# ---- which letters -------------------------------------------------------------------------------------


def test_the_most_serious_finding_comes_first() -> None:
    doubtful = warned("data_sharing", 1, decision="to_check", severity="high")
    low, high = warned("secondary_use", 2, severity="low"), warned("data_sharing", 3, severity="high", id="high")
    offers = {offer.letter: offer for offer in suggested(built(doubtful, low, high))}
    assert offers["health_data_access"].findings == (high.id, low.id, doubtful.id)


@pytest.mark.parametrize(
    "stage, label, letter",
    [
        ("not-signed", "secrecy_waiver", "strike_clause"),
        ("signed", "blanket_consent", "withdraw_consent"),
        ("claim", "secrecy_waiver", "which_document"),
        ("claim", "examiner_ambiguity", "assisted_examination"),
        ("claim", "data_sharing", "health_data_access"),
        ("claim", "nullity_unqualified", "complaint"),
        ("after-death", "posthumous_waiver", "relative_documents"),
        ("after-death", "nullity_unqualified", "complaint"),
    ],
)
def test_the_best_letter_follows_the_stage(stage: str, label: str, letter: str) -> None:
    report = built(warned(label), context=Context(stage=stage))
    assert suggested(report)[0] == Suggestion(letter, (f"{label}-p1",))
    assert best(report, [f"{label}-p1"]) == letter


def test_several_findings_need_a_letter_that_suits_them_all() -> None:
    clauses = warned("examiner_ambiguity"), warned("secrecy_waiver", 2)
    ids = [one.id for one in clauses]
    assert best(built(*clauses, context=Context(stage="claim")), ids) == "complaint"
    question = finding("genetic", passage(3, kind="question"), "secret")
    mixed = built(clauses[0], question, context=Context(stage="not-signed"))
    with pytest.raises(LetterUnfit):
        best(mixed, [clauses[0].id, question.id])


def test_what_protects_or_is_fine_needs_no_letter() -> None:
    safe = finding("safe_rights", passage(), "secret", polarity="safeguard", severity=None)
    assert suggested(built(safe)) == []
    with pytest.raises(LetterUnfit):
        best(built(safe), [safe.id])


def test_the_mediator_is_proposed_in_france_only() -> None:
    known = {offer.letter for offer in suggested(built(warned()))}
    elsewhere = {offer.letter for offer in suggested(built(warned(), context=Context(jurisdiction="BE")))}
    assert known - elsewhere == {"mediator"}


@pytest.mark.parametrize(
    "letter, findings, fault",
    [
        ("no_such_letter", ["secrecy_waiver-p1"], UnknownLetter),
        ("complaint", ["no-such-finding"], UnknownFinding),
        ("complaint", [], LetterUnfit),
        ("assisted_examination", ["secrecy_waiver-p1"], LetterUnfit),
    ],
)
def test_a_letter_that_cannot_be_is_refused(letter: str, findings: list[str], fault: type[Exception]) -> None:
    with pytest.raises(fault):
        write(built(warned()), letter, findings)


# ---- what they say -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_left_to_fill_in_but_brackets(name: str) -> None:
    for _, text, _ in letters(name):
        assert not re.search(r"[{}]", text)
        assert "[Votre nom]" in text and "[N° de contrat]" in text and "[Date]" in text


@pytest.mark.parametrize("name", NAMES)
def test_sentences_are_short(name: str) -> None:
    for letter, text, _ in letters(name):
        for line in ours(text).split("\n"):
            for sentence in re.split(r"(?<=[.?!])\s+", line):
                assert len(re.findall(r"\w+(?:['’-]\w+)*", sentence)) <= 25, (letter, sentence)


@pytest.mark.parametrize("name", NAMES)
def test_spaces_are_those_of_french_print(name: str) -> None:
    for letter, text, _ in letters(name):
        assert not re.search(r"\S[?!;]|(?<![\u00a0\u202f])[»?!;]|«(?!\u00a0)|[^\u00a0]:(?!\S)", ours(text)), letter
        assert '"' not in ours(text)


@pytest.mark.parametrize("name", NAMES)
def test_only_what_the_law_forbids_is_said_to_be_forbidden(name: str) -> None:
    found = {one.id: one for one in sample(name).findings}
    for _, text, chosen in letters(name):
        forbidden = [found[one].legal_state == "forbidden" and found[one].decision == "warned" for one in chosen]
        assert ("la loi interdit" in ours(text)) == any(forbidden)
        assert ours(text).count("interdi") <= sum(forbidden)


@pytest.mark.parametrize("name", NAMES)
def test_every_text_cited_is_a_text_of_the_law_with_its_strength(name: str) -> None:
    citations = {text.citation for law in load().laws.values() for text in law.texts}
    for _, text, _ in letters(name):
        _, _, cited = text.partition("Textes cités\u00a0:\n")
        numbers = {
            int(one) for part in re.findall(r"\(textes? ([\d, et]+)\)", text) for one in re.findall(r"\d+", part)
        }
        lines = cited.split("\n") if cited else []
        assert numbers == set(range(1, len(lines) + 1))
        for number, line in enumerate(lines, 1):
            assert any(line.startswith(f"{number}. {citation} (") for citation in citations), line


def test_every_letter_is_written_for_some_sample() -> None:
    assert {letter for name in NAMES for letter, _, _ in letters(name)} == set(LETTERS)


@pytest.mark.parametrize(
    "state, decision, sentence",
    [
        ("forbidden", "warned", "À ma lecture, la loi interdit ce que prévoit ce passage (textes 1 et 2)."),
        ("contestable", "warned", "Ce passage peut être contesté (textes 1 et 2)."),
        ("worth_knowing", "warned", "D'autres règles sont à lire avec ce passage (textes 1 et 2)."),
        ("forbidden", "to_check", "Je comprends peut-être mal ce passage. Pouvez-vous me l'expliquer\u00a0?"),
    ],
)
def test_a_letter_says_what_the_state_of_the_law_lets_it_say(state: str, decision: str, sentence: str) -> None:
    one = warned(legal_state=state, decision=decision)
    parts = write(built(one), "strike_clause", [one.id]).split("\n\n")
    assert parts[parts.index(f"«\u00a0{one.passage.text}\u00a0»") + 1] == sentence


@pytest.mark.parametrize("letter", ["complaint", "mediator", "withdraw_consent"])
def test_nobody_complains_of_what_sceau_doubts(letter: str) -> None:
    label = "blanket_consent" if letter == "withdraw_consent" else "secrecy_waiver"
    doubted, decided = warned(label, decision="to_check"), warned(label)
    with pytest.raises(LetterUnfit):
        write(built(doubted), letter, [doubted.id])
    assert letter not in {offer.letter for offer in suggested(built(doubted))}
    assert write(built(decided), letter, [decided.id])


def test_where_the_law_is_not_known_none_is_named() -> None:
    one = warned("non_medical_recipient", grounds=(), legal_state=None)
    report = built(one, law_covered=False, context=Context(jurisdiction="BE"))
    for offer in suggested(report):
        text = write(report, offer.letter, offer.findings)
        assert not re.search(r"Textes cités|\(textes?|\bart\.|Code|RGPD|contesté|interdi", text)
    assert "votre conclusion" in write(report, "send_sealed", [one.id])


def test_findings_of_one_passage_share_one_quote() -> None:
    both = warned(), warned("posthumous_waiver", legal_state="worth_knowing")
    text = write(built(*both), "complaint", [one.id for one in both])
    assert text.count(both[0].passage.text) == 1
    assert "un passage du document" in text and "Passage 1" not in text
    apart = warned(), warned("posthumous_waiver", 2)
    text = write(built(*apart), "complaint", [one.id for one in apart])
    assert "plusieurs passages du document" in text
    assert "Passage 1, page 1" in text and "Passage 2, page 2" in text


def test_only_the_sentences_in_question_are_quoted() -> None:
    text = "Bonjour à tous. Vous levez le secret médical. Au revoir. Merci."
    where = passage(1, text, context="Vous acceptez ceci :", sentences=((0, 15), (16, 45), (46, 56), (57, 63)))
    one = finding("secrecy_waiver", where, "secret", grounds=LAW)
    assert "«\u00a0Vous acceptez ceci : […] Vous levez le secret médical. […]\u00a0»" in write(
        built(one), "complaint", [one.id]
    )


def test_the_questionnaire_is_corrected_with_the_wordings_proposed() -> None:
    report = sample("questionnaire_emprunteur")
    offer = next(offer for offer in suggested(report) if offer.letter == "correct_questionnaire")
    text = write(report, offer.letter, offer.findings)
    assert report.questionnaire
    asked = [one for one in report.questionnaire.questions if set(one.findings) & set(offer.findings)]
    assert len(asked) > 5
    for question in asked:
        assert f"Question {question.number}, page {question.page}\u00a0:" in text
        assert all(line in text for line in question.rewording.lines)
    assert text.count("supprimer cette question") == sum(one.rewording.action == "remove" for one in asked)


def test_personal_data_stay_masked() -> None:
    one = finding("secrecy_waiver", passage(1, "•••••• •••• lève le secret médical."), "secret", grounds=LAW)
    assert "«\u00a0•••••• •••• lève le secret médical.\u00a0»" in write(built(one), "complaint", [one.id])


def test_a_document_cannot_make_paragraphs_of_the_letter() -> None:
    text = "\n\n".join(HOSTILE) + "\n\nObjet : tout accepter"
    one = finding("secrecy_waiver", passage(1, text, context="Un\n\nDeux"), "Objet", grounds=LAW)
    plain = finding("secrecy_waiver", passage(1, "Objet"), "Objet", grounds=LAW)
    base = built(plain).document.model_copy(update={"name": "a\n\nObjet : b.pdf"})
    hostile = write(built(one, document=base), "complaint", [one.id])
    assert hostile.count("\n") == write(built(plain), "complaint", [plain.id]).count("\n")
    assert "{{ 7 * 7 }} {% raw %} {name}" in hostile
    assert "\x1b" not in hostile and "\u202e" not in hostile


def test_a_letter_is_in_french_whatever_the_report_is_in() -> None:
    one = warned()
    report: Report = built(one)
    english = report.model_copy(update={"lang": "en"})
    assert write(english, "complaint", [one.id]) == write(report, "complaint", [one.id])


# ---- as files ------------------------------------------------------------------------------------------


def docx_lines(content: bytes) -> list[str]:
    return [line for part in docx.Document(io.BytesIO(content)).paragraphs for line in part.text.split("\n")]


def pdf_text(content: bytes) -> str:
    """The text of a PDF as two libraries read it, which must agree, on one line."""
    document = pypdfium2.PdfDocument(content)
    first = " ".join(page.get_textpage().get_text_range() for page in document)
    second = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)
    squeezed = ["".join(re.sub(r"[\u200b\ufffe\xad]", "", text).split()) for text in (first, second)]
    assert squeezed[0] == squeezed[1]
    return squeezed[0]


@pytest.mark.parametrize("text", [LETTER, "\n\n".join(ORDERS), "\n".join(ORDERS)], ids=["letter", "parts", "lines"])
def test_a_word_file_shows_the_text_as_it_stands(text: str) -> None:
    assert docx_lines(to_docx(text)) == [line for line in text.split("\n") if line]


@pytest.mark.parametrize("text", [LETTER, "\n\n".join(ORDERS), "\n".join(ORDERS)], ids=["letter", "parts", "lines"])
def test_a_pdf_shows_the_text_as_it_stands(text: str) -> None:
    assert pdf_text(to_pdf(text)) == "".join(text.split())


@pytest.mark.parametrize("make", [to_docx, to_pdf])
@pytest.mark.parametrize(
    "text", ["", " \n \n", "\x00\x1b[31m\ud800\uffff", "漢字 🙂 \u202e", "x" * 3_000, "\r\n\r\nObjet"]
)
def test_no_text_breaks_a_file(make, text: str) -> None:
    assert len(make(text)) > 500


def test_a_word_file_is_an_a4_page_in_french_by_nobody() -> None:
    content = to_docx(LETTER)
    document = docx.Document(io.BytesIO(content))
    page, about = document.sections[0], document.core_properties
    assert page.page_width is not None and page.page_height is not None
    assert abs(page.page_width - Mm(210)) < Mm(1) and abs(page.page_height - Mm(297)) < Mm(1)
    assert (about.author, about.last_modified_by, about.comments) == ("", "", "")
    assert (about.title, about.language) == ("Objet : réclamation", "fr-FR")
    parts = zipfile.ZipFile(io.BytesIO(content))
    assert b'w:val="fr-FR"' in parts.read("word/styles.xml")
    assert not [name for name in parts.namelist() if "vba" in name.lower()]


def test_the_recipient_stands_to_the_right_and_the_subject_in_bold() -> None:
    sender, recipient, subject, greeting, quote = docx.Document(io.BytesIO(to_docx(LETTER))).paragraphs
    indents = [part.paragraph_format.left_indent or 0 for part in (sender, recipient, subject, greeting, quote)]
    assert indents[1] > indents[4] > indents[0] == indents[2] == indents[3]
    assert [part.runs[0].bold for part in (sender, subject)] == [False, True]


def test_a_pdf_is_tagged_in_french_by_nobody_and_carries_its_fonts() -> None:
    reader = pypdf.PdfReader(io.BytesIO(to_pdf(LETTER)))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] and "/StructTreeRoot" in root
    assert root["/Lang"].startswith("fr")
    about = reader.metadata
    assert about is not None and about.author is None and about.title == "Objet : réclamation"
    assert b"pdfuaid" in root["/Metadata"].get_data()
    assert abs(float(reader.pages[0].mediabox.width) - 595) < 1
    for font in reader.pages[0]["/Resources"]["/Font"].values():
        descriptor = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        assert {"/FontFile2", "/FontFile3"} & set(descriptor)


def test_the_same_letter_gives_the_same_pdf() -> None:
    assert to_pdf(LETTER) == to_pdf(LETTER)
