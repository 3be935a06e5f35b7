"""How questions are built: one line a question, with the facts that must hold and those that must not."""

import time

import pytest

from analyzer.detection import detect
from analyzer.schema import Passage
from analyzer.segmentation.questions import question_from_text


def facts(text: str, context: str = "") -> frozenset[str]:
    (found,) = detect([question_from_text(text, context)])
    assert found[0].anatomy is not None
    return found[0].anatomy.facts


PAST = [
    "Avez-vous été opéré ?",
    "Avez-vous déjà eu une transfusion ?",
    "L'assuré a-t-il subi une intervention chirurgicale ?",
    "La personne à assurer a-t-elle été victime d'un accident ?",
    "Avez-vous, au cours de votre vie, été hospitalisé ?",
    "Avez-vous au cours des 5 dernières années été hospitalisé ?",
    "Un médecin vous a-t-il prescrit des béquilles ?",
    "Vous êtes-vous fracturé un os ?",
    "Êtes-vous tombé dans le coma ?",
    "Souffrez-vous ou avez-vous souffert d'asthme ?",
    "Étiez-vous fumeur ?",
    "Je certifie n'avoir jamais souffert d'asthme.",
    "Interventions chirurgicales (nature, année)",
    "Antécédents cardiaques",
    "Contrat refusé par un assureur",
]
PRESENT = [
    "Êtes-vous diabétique ?",
    "Êtes-vous suivi pour une maladie cardiaque ?",
    "Avez-vous des vertiges ?",
    "Avez-vous une prothèse de hanche ?",
    "Êtes-vous hospitalisé à ce jour ?",
    "Suivez-vous un traitement contre l'hypertension ?",
    "Avez-vous besoin d'une aide pour marcher ?",
    "Avez-vous souvent mal à la tête ?",
    "Combien de cigarettes fumez-vous par jour ?",
]


@pytest.mark.parametrize("text", PAST)
def test_asks_about_what_was(text):
    assert "past" in facts(text)


@pytest.mark.parametrize("text", PRESENT)
def test_asks_about_today(text):
    assert "past" not in facts(text)


SEVERAL = [
    "Avez-vous été hospitalisé ou opéré ?",
    "Avez-vous été en arrêt de travail, hospitalisé ou opéré ?",
    "Souffrez-vous d'une maladie du foie ou du rein ?",
    "Êtes-vous atteint de diabète, d'épilepsie ou d'arthrose ?",
    "Fumez-vous ou buvez-vous de l'alcool ?",
    "Vous ou un membre de votre famille avez-vous eu un infarctus ?",
    "Avez-vous été opéré ou devez-vous l'être ?",
    "Êtes-vous séropositif ou porteur du virus de l'hépatite B ?",
]
ONE = [
    "Avez-vous été hospitalisé pour une intervention chirurgicale ?",
    "Avez-vous été en arrêt de travail pour maladie ou accident ?",
    "Avez-vous eu un cancer du sein, de la prostate ou du côlon ?",
    "Avez-vous une maladie de l'estomac ou de l'intestin ?",
    "Avez-vous une maladie du cœur (infarctus, angine de poitrine) ?",
    "Souffrez-vous ou avez-vous souffert d'asthme ?",
    "Avez-vous eu une fracture de la hanche ou du genou ?",
    "Avez-vous séjourné à l'hôpital ou en clinique ?",
    "Antécédents : diabète, hypertension, cancer, aucun",
]


@pytest.mark.parametrize("text", SEVERAL)
def test_joins_facts_that_have_nothing_to_do_with_each_other(text):
    assert "several_facts" in facts(text)


@pytest.mark.parametrize("text", ONE)
def test_is_about_one_fact(text):
    assert "several_facts" not in facts(text)


def test_what_only_a_yes_calls_for_is_not_what_is_asked():
    assert "past" not in facts("Êtes-vous diabétique ? Si oui, depuis quand avez-vous été traité ?")


def test_a_question_takes_tense_and_window_from_its_stem():
    stem = "Au cours des 10 dernières années, avez-vous été atteint de :"
    assert {"past", "bounded", "over_five_years", "named"} <= facts("diabète", stem)


def test_evidence_points_into_the_question_as_it_is_printed():
    text = "Avez-vous\u00a0déjà été  opéré(e) ?"
    (found,) = detect([question_from_text(text)])
    (unbounded,) = [detection for detection in found if detection.label == "no_time_limit"]
    assert all(0 <= start < end <= len(text) for start, end in unbounded.evidence)
    assert text[slice(*unbounded.evidence[0])].startswith("Avez-vous")


@pytest.mark.parametrize("word", ["avez-vous ", "ou ", "depuis 5 ans ", "(", ", diabète", "cancer ou foie ", "si oui "])
def test_hostile_questions_stay_bounded(word):
    text = word * (200_000 // len(word))
    start = time.perf_counter()
    detect([Passage(id="x", kind="question", text=text)])
    assert time.perf_counter() - start < 60  # a guard against explosions, not a measurement
