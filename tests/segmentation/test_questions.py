"""Questions told from headings, instructions, notices and fields by their words; what is there to answer with."""

import time

import pytest

from analyzer.segmentation.answers import answer_spans, answer_state, number_of
from analyzer.segmentation.questions import is_question, is_stem, is_tail, question_from_text


def left_over(text: str) -> str:
    for start, end in reversed(answer_spans(text)):
        text = f"{text[:start]} {text[end:]}"
    return " ".join(text.split())


@pytest.mark.parametrize(
    ("text", "words", "state"),
    [
        ("Avez-vous de l'asthme ? Oui / Non", "Avez-vous de l'asthme ?", "unknown"),
        ("Asthme OUI NON", "Asthme", "unknown"),
        ("Asthme O / N", "Asthme", "unknown"),
        ("Asthme O N", "Asthme", "unknown"),
        ("Asthme □ Oui □ Non", "Asthme", "empty"),
        ("Asthme ▢ oui ▢ non", "Asthme", "empty"),
        ("Asthme |_| Oui |_| Non", "Asthme", "empty"),
        ("Asthme ( ) Oui ( ) Non", "Asthme", "empty"),
        ("Asthme ◻ Oui ■ Non", "Asthme", "ticked"),
        ("Asthme [ ] Oui [x] Non", "Asthme", "ticked"),
        ("Diabète (type 1 ou 2) ☐ Oui ☐ Non depuis 5 ans", "Diabète (type 1 ou 2) depuis 5 ans", "empty"),
        ("Poids : .......... kg", "Poids : kg", None),
        ("Nombre de cigarettes |__|__|", "Nombre de cigarettes", None),
        ("Date : __/__/____", "Date :", None),
        # A letter or figure that ends a name is no box.
        ("Hépatite C Oui Non", "Hépatite C", "unknown"),
        ("Hépatite B ou C Oui Non", "Hépatite B ou C", "unknown"),
        ("Hépatite B/C Oui Non", "Hépatite B/C", "unknown"),
        ("Hépatite C O Oui O Non", "Hépatite C", "unknown"),
        ("Diabète de type 1 Oui Non", "Diabète de type 1", "unknown"),
        # Boxes as text recognition reads them.
        ("Fumez-vous ? ùOui", "Fumez-vous ?", "unknown"),
        ("Fumez-vous ? l_l Oui l_l Non", "Fumez-vous ?", "empty"),
        ("Asthme 0 Non O Oui", "Asthme", "unknown"),
        ("Asthme 0 Non 1Oui", "Asthme", "unknown"),
        ("Asthme ,:JNon 0 Oui", "Asthme", "unknown"),
        ("Asthme '[] Non C Oui", "Asthme", "empty"),
        ("Avez-vous consulté 0 Non O Oui un médecin ?", "Avez-vous consulté un médecin ?", "unknown"),
    ],
)
def test_answers_are_found_and_leave_the_words(text, words, state):
    assert (left_over(text), answer_state(text)) == (words, state)


@pytest.mark.parametrize(
    "text",
    [
        "Si oui, précisez",
        "non fumeur",
        "Répondez par oui ou par non",
        "Allergies : non alimentaires",
        "Cancer, oui ou non, dites-le",
        "Groupe O négatif",
    ],
)
def test_words_of_a_sentence_are_no_answer(text):
    assert (answer_spans(text), answer_state(text)) == ([], None)


@pytest.mark.parametrize(
    ("text", "context"),
    [
        ("Avez-vous été opéré du genou depuis 2018 ?", ""),
        ("Portez-vous un stimulateur cardiaque OUI NON", ""),
        ("L'assuré est-il actuellement en incapacité de travail ?", ""),
        ("Un assureur vous a-t-il déjà refusé une garantie décès ?", ""),
        ("Votre père est-il décédé avant 60 ans d'une maladie cardiaque ?", ""),
        ("Exercez-vous une activité manuelle ou en hauteur ?", ""),
        ("Nom et adresse de votre médecin de famille", ""),
        ("Médecin traitant (nom, adresse, téléphone)", ""),
        ("Avez-vous été opéré ? Si oui, précisez la suite", ""),
        ("Êtes-vous suivi ? Indiquez le motif et pour chaque maladie la date.", ""),
        ("Reconnaissance de travailleur handicapé en cours ou demandée", ""),
        ("Régime alimentaire suivi", ""),
        ("Diabète", ""),
        ("Cancer ou tumeur OUI NON", ""),
        ("12 b) Lombalgie, sciatique, hernie discale", ""),
        ("Opérations subies (dates)", ""),
        ("Nom du médecin traitant :", ""),
        ("Taille / poids", ""),
        ("Antécédents chirurgicaux :", ""),
        ("• électrocardiogramme", "Avez-vous passé au cours des 5 dernières années :"),
        ("c) autres examens", "Avez-vous passé au cours des 5 dernières années :"),
        ("toute autre affection non mentionnée ci-dessus", "AU COURS DES 10 DERNIÈRES ANNÉES"),
        ("autre chose", "Souffrez-vous ou avez-vous été atteint de"),
        ("Je certifie ne pas être atteint d'une affection de longue durée.", ""),
        ("- n'avoir jamais eu de cancer", "Je certifie :"),
        ("Je n'ai jamais été hospitalisé. ☐ Oui ☐ Non", ""),
        ("Est admissible la personne qui n'a pas été hospitalisée plus de dix jours en deux ans.", ""),
        ("Joignez le compte rendu opératoire et vos derniers résultats d'analyses.", ""),
        ("Rapport à faire remplir par votre cardiologue", ""),
    ],
)
def test_asks(text, context):
    assert is_question(text, context)


@pytest.mark.parametrize(
    "text",
    [
        "Questionnaire de santé",
        "II. VOTRE ÉTAT DE SANTÉ",
        "Répondez par oui ou par non à toutes les questions",
        "Si vous avez répondu oui à l'une des questions, remplissez le questionnaire détaillé.",
        "Toute réticence ou fausse déclaration intentionnelle entraîne la nullité du contrat (art. L. 113-8).",
        "La convention AERAS facilite l'accès à l'emprunt des personnes présentant un risque aggravé de santé.",
        "Pourquoi vous posons-nous ces questions ?",
        "Qui lit vos réponses ?",
        "Êtes-vous obligé de répondre ?",
        "Votre contrat couvre-t-il la maladie ?",
        "Ma maladie est-elle couverte ?",
        "Un médecin peut-il consulter mes réponses ?",
        "Un cancer dont le traitement est achevé depuis plus de cinq ans n'est pas à déclarer (droit à l'oubli).",
        "Précisez la date et la durée dans la colonne de droite",
        "À retourner sous pli cacheté à l'attention du médecin-conseil",
        "Date et signature du médecin traitant",
        "Né(e) le __/__/____ à",
        "N° de sécurité sociale |_|_|_|_|_|_|_|",
        "Durée du prêt en mois",
        "Êtes-vous marié(e) ? Oui Non",
        "Décision du médecin-conseil : □ accepté □ refusé",
        "Rubrique réservée à l'emprunteur",
        "Société anonyme au capital de 12 000 000 € – page 2/4",
        "J'autorise mon médecin à communiquer mon dossier médical au médecin-conseil.",
        "Je certifie avoir répondu sincèrement à toutes les questions.",
        "Sont exclus de la garantie les suites d'un accident survenu avant l'adhésion.",
        "L'assureur peut faire examiner l'assuré par un médecin de son choix.",
        "Oui Non",
    ],
)
def test_asks_nothing(text):
    assert not is_question(text)


@pytest.mark.parametrize(
    "text",
    ["Si oui, lequel ?", "depuis quand ?", "Motif :", "Date et durée :", "Dans l'affirmative, donnez des détails"],
)
def test_what_to_add_on_a_yes_is_a_tail(text):
    assert is_tail(text)


@pytest.mark.parametrize(
    "text",
    [
        "Avez-vous été opéré ?",
        "Diabète",
        "Depuis quand fumez-vous ?",
        "Date de votre dernière consultation",
        "Si vous avez répondu oui, remplissez le questionnaire détaillé",
    ],
)
def test_what_stands_alone_is_no_tail(text):
    assert not is_tail(text)


@pytest.mark.parametrize(
    "text",
    [
        "Au cours des 5 dernières années, avez-vous :",
        "Souffrez-vous ou avez-vous été atteint de",
        "AU COURS DES 10 DERNIÈRES ANNÉES",
        "Je certifie :",
        "Avez-vous déjà",
    ],
)
def test_opens_sub_questions(text):
    assert is_stem(text)


@pytest.mark.parametrize("text", ["Questionnaire de santé", "Nom :", "Répondez aux questions suivantes :", "Diabète"])
def test_opens_nothing(text):
    assert not is_stem(text)


def test_the_text_of_a_question_is_kept_as_it_is():
    passage = question_from_text("3. Asthme □ Oui □ Non", "Avez-vous :", "q1")
    assert (passage.kind, passage.id, passage.text) == ("question", "q1", "3. Asthme □ Oui □ Non")
    assert (passage.context, passage.answer) == ("Avez-vous :", "empty")


@pytest.mark.parametrize("part", ["O ", "oui ", "|_", "[", "( ", "0 Non ", "…", "a-", "nom médecin ", "date de "])
def test_hostile_text_takes_no_longer(part):
    """Time grows with the length of a text, not with its square (a square would take minutes here)."""
    text = (part * 100_000)[:100_000]
    started = time.perf_counter()
    is_question(text)
    is_tail(text)
    is_stem(text)
    assert time.perf_counter() - started < 10


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("3. A-t-il été opéré ?", "A-t-il été opéré ?"),
        ("2. Y a-t-il un diabète ?", "Y a-t-il un diabète ?"),
        ("3.a) été opéré ?", "été opéré ?"),
        ("4 b été opéré ?", "été opéré ?"),
    ],
)
def test_a_number_takes_no_word_of_its_question(text: str, words: str) -> None:
    number = number_of(text)
    assert number is not None
    assert text[number.length :] == words
