"""Sentences of contracts."""

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.segmentation import passage_from_text, split_sentences
from analyzer.segmentation.sentences import refers_back

DATA = Path(__file__).with_name("sentences.txt")


def cut(text):
    return [text[start:end] for start, end in split_sentences(text)]


@pytest.mark.parametrize(
    ("guards", "sentences"),
    [
        (
            "an article of a code",
            ["Selon l'art. L. 113-8 du Code des assurances, le contrat est nul.", "Il prend fin."],
        ),
        ("titles before names", ["M. Roy et Mme Roy voient le Dr. Lin.", "Le Pr. Lin les suit."]),
        ("references", ["Le délai est de dix jours (cf. p. 12).", "Voir aussi l'annexe."]),
        ("numbers that begin sentences", ["1. Le médecin écrit.", "2. L'assuré répond."]),
        ("nested numbers", ["12.1. Le médecin écrit.", "12.2. L'assuré répond."]),
        ("an article's own number", ["Article 12. L'assuré délie son médecin du secret.", "Il le confirme."]),
        ("roman numbers", ["II. Le médecin écrit.", "III. L'assuré répond."]),
        ("amounts and dates", ["Le 01.02.2024, l'assureur verse 1.000,50 €.", "Le reste suit."]),
        ("an address on the network", ["Écrivez à dpo@exemple.fr ou voyez www.exemple.fr.", "Nous répondons."]),
        ("etc. before a new sentence", ["Sont exclus la guerre, l'émeute, etc.", "Les autres risques sont couverts."]),
        ("etc. inside a sentence", ["Les sports, etc. Jeux compris, sont exclus."]),
        ("a company's form at the end", ["Le contrat est géré par Alpha S.A.", "Elle reçoit les pièces."]),
        ("initials", ["Le dossier de J. Martin est complet.", "Il est clos."]),
        ("closing quotation marks", ["Il écrit : « Je refuse. »", "L'assureur en prend acte."]),
        ("a quotation inside a sentence", ["La mention « Lu et approuvé. » est exigée."]),
        ("questions and exclamations", ["Êtes-vous suivi ?", "Non !", "Alors signez."]),
        ("an ellipsis at the end", ["Il ajoute que…", "Rien ne le prouve."]),
        ("words left out", ["Le contrat […] Prévoyance est résilié."]),
        ("a semicolon does not end", ["Il fournit un acte ; une copie suffit ; le reste suit."]),
        ("a lost space", ["Il lève le secret médical.", "Le médecin répond."]),
        ("theft is no volume", ["Prévenez-nous en cas de vol.", "Portez plainte."]),
        ("a dotted line to fill in", ["Nom : ........ Prénom : ........"]),
        ("lettered items in a row", ["a) le nom.", "b) le prénom."]),
        ("a small letter goes on", ["Le délai est de 30 j. ouvrés à compter de l'envoi."]),
    ],
)
def test_cut(guards, sentences):
    joined = "".join(sentences) if guards == "a lost space" else " ".join(sentences)
    assert cut(joined) == sentences, guards


@pytest.mark.parametrize(
    ("guards", "text", "sentences"),
    [
        (
            "items on lines of their own",
            "Joignez :\n- l'acte ;\n- la facture.",
            ["Joignez :", "- l'acte ;", "- la facture."],
        ),
        ("a line break inside a sentence", "Le médecin\nrépond. Il signe.", ["Le médecin\nrépond.", "Il signe."]),
        ("an abbreviation before a line break", "Voir l'art.\nL. 113-8 du Code.", ["Voir l'art.\nL. 113-8 du Code."]),
        ("an empty line", "Titre\n\nLe médecin répond", ["Titre", "Le médecin répond"]),
        ("a list without markers", "l'acte ;\nla facture ;", ["l'acte ;", "la facture ;"]),
    ],
)
def test_lines_of_raw_text(guards, text, sentences):
    assert cut(text) == sentences, guards


def test_text_is_kept_as_it_came():
    text = "  1. Le  médecin\nécrit. L'assuré\u00a0répond.  "
    passage = passage_from_text(text, context="Vos obligations :", id="7")
    assert (passage.text, passage.context, passage.id, passage.kind) == (text, "Vos obligations :", "7", "clause")
    assert [text[start:end] for start, end in passage.sentences] == ["1. Le  médecin\nécrit.", "L'assuré\u00a0répond."]
    assert passage.pieces == passage.boxes == ()


def test_quality_on_contract_prose():
    """At least 150 boundaries inside paragraphs written for this test are found with an F1 of .95 or more."""
    paragraphs = [
        block.splitlines() for block in DATA.read_text("utf-8").split("\n", 1)[1].strip().split("\n\n") if block.strip()
    ]
    found_right = found = right = 0
    for sentences in paragraphs:
        gold, end = set(), -1
        for sentence in sentences:
            end += 1 + len(sentence)
            gold.add(end)
        ends = {end for _, end in split_sentences(" ".join(sentences))}
        inner_gold, inner = gold - {end}, ends - {end}
        right += len(inner_gold)
        found += len(inner)
        found_right += len(inner & inner_gold)
    assert right >= 150
    assert 2 * found_right / (found + right) >= 0.95


alphabet = st.sampled_from(list("aLM.!?…;: \n\t«»()[]0123-–•'’éÀ\u00a0")) | st.characters(codec="utf-8")


@given(st.text(alphabet, max_size=300))
def test_spans_tile_the_text(text):
    spans = split_sentences(text)
    position = 0
    for start, end in spans:
        assert start < end
        assert not text[position:start].strip()
        assert text[start:end] == text[start:end].strip()
        position = end
    assert not text[position:].strip()


@pytest.mark.parametrize(
    "unit", [".", " ", "\n", ". ", "a.\n", "A. ", "« ", ".»", ". »", "1.", "(", "Ab.", "- ", ";\n"]
)
def test_hostile_text_takes_linear_time(unit):
    """What never ends a sentence, or always does, is read in a second; quadratic time would take an hour."""
    text = unit * (300_000 // len(unit))
    started = time.process_time()
    split_sentences(text)
    assert time.process_time() - started < 10


@pytest.mark.parametrize(
    "sentence", ["Ce refus entraîne la déchéance.", "À défaut, rien n'est dû.", "Toutefois, il peut."]
)
def test_refers_back(sentence):
    assert refers_back(sentence)
    assert not refers_back("Le médecin-conseil répond.")
