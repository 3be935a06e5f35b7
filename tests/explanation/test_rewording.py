"""Proposals: they pass Sceau's own check, keep what the question names, and say nothing new."""

from datetime import date

import pytest

from analyzer.detection import detect
from analyzer.explanation import explain
from analyzer.explanation.french import Noun, agreeing, feminine, listed, noun
from analyzer.explanation.rewording import reword
from analyzer.knowledge import load
from analyzer.pipeline import classify
from analyzer.schema import Context, Rewording
from analyzer.segmentation.questions import question_from_text

FIVE_YEARS = "Au cours des 5 dernières années, "


def check(wordings):
    return [
        [detection.label for detection in found] == ["precise"]
        for found in classify([(wording, "") for wording in wordings], "question", use_encoder=False)
    ]


def proposed(text: str, stem: str = "", *, lang="fr", check=check, **context) -> Rewording:
    passage = question_from_text(text, context=stem, id="q")
    (detections,) = detect([passage])
    findings = explain(detections, Context(**context), lang, date(2026, 1, 1))
    return reword(passage, detections, findings, lang, check)


#: A question, its stem, and all the lines of the proposal.
REPLACED = [
    ("Avez-vous déjà souffert d'une hernie discale ?", "", ["avez-vous souffert d'une hernie discale ?"]),
    ("Avez-vous subi un jour une opération du genou ?", "", ["avez-vous subi une opération du genou ?"]),
    ("Souffrez-vous ou avez-vous souffert d'épilepsie ?", "", ["avez-vous souffert d'épilepsie ?"]),
    (
        "Avez-vous été opéré, hospitalisé ou mis en arrêt de travail ?",
        "",
        [
            "avez-vous été opéré ? Si oui : date et nature de l'opération.",
            "avez-vous été hospitalisé (hors accouchement) ? Si oui : date et motif.",
            "avez-vous été en arrêt de travail plus de 21 jours de suite (hors congé maternité ou paternité) ?"
            " Si oui : date et motif.",
        ],
    ),
    (
        "maladies du cœur et des vaisseaux (infarctus, angine de poitrine, etc.)",
        "Avez-vous déjà souffert de :",
        ["avez-vous souffert d'une maladie du cœur ou des vaisseaux (infarctus, angine de poitrine) ?"],
    ),
    (
        "diabète, épilepsie ou glaucome",
        "Avez-vous été traité pour :",
        [
            "avez-vous suivi un traitement prescrit pour un diabète ?",
            "avez-vous suivi un traitement prescrit pour une épilepsie ?",
            "avez-vous suivi un traitement prescrit pour un glaucome ?",
        ],
    ),
    (
        "Avez-vous eu un cancer du sein ou de la prostate ?",
        "",
        ["avez-vous été traité pour un cancer du sein ou de la prostate ? Si oui : date de fin du traitement."],
    ),
    (
        "Avez-vous eu le choléra, une typhoïde ou une autre maladie tropicale ?",
        "",
        ["avez-vous eu le choléra ou une typhoïde ?"],
    ),
    (
        "Avez-vous été hospitalisé ou opéré pour une maladie du cœur ?",
        "",
        [
            "avez-vous été hospitalisé pour une maladie du cœur ? Si oui : date et durée.",
            "avez-vous été opéré pour une maladie du cœur ? Si oui : date de l'opération.",
        ],
    ),
    (
        "Ne pas avoir été atteint d'un diabète ni d'une maladie du foie",
        "Je certifie :",
        ["avez-vous souffert d'un diabète ?", "avez-vous souffert d'une maladie du foie ?"],
    ),
    (
        "Avez-vous été opéré du dos ou devez-vous l'être ?",
        "",
        [
            "avez-vous été opéré du dos ? Si oui : date de l'opération.",
            "À ce jour, une opération du dos est-elle fixée à une date précise dans les 6 mois ?",
        ],
    ),
    (
        "Cœur, poumons",
        "Avez-vous eu une maladie d'un des organes suivants :",
        ["avez-vous eu une affection du cœur ?", "avez-vous eu une affection des poumons ?"],
    ),
]
#: The same, for questions about today or with a window of their own: whole lines.
REPLACED_AS_THEY_ARE = [
    (
        "Avez-vous des troubles cardiaques ou rénaux ?",
        [
            "Suivez-vous actuellement un traitement prescrit de plus de 30 jours pour une affection cardiaque ?",
            "Suivez-vous actuellement un traitement prescrit de plus de 30 jours pour une affection rénale ?",
        ],
    ),
    (
        "Êtes-vous diabétique ou asthmatique ?",
        [
            "Êtes-vous actuellement suivi par un médecin pour un diabète ?",
            "Êtes-vous actuellement suivi par un médecin pour un asthme ?",
        ],
    ),
    (
        "Au cours des 12 derniers mois, avez-vous été opéré de la hanche ou hospitalisé ?",
        [
            "Au cours des 12 derniers mois, avez-vous été opéré de la hanche ? Si oui : date de l'opération.",
            "Au cours des 12 derniers mois, avez-vous été hospitalisé (hors accouchement) ? Si oui : date et motif.",
        ],
    ),
    (
        "Au cours des 5 dernières années, avez-vous souffert de stress ou de surmenage ?",
        [
            "Au cours des 5 dernières années, avez-vous été hospitalisé, ou arrêté plus de 21 jours de suite, pour une"
            " affection psychique diagnostiquée par un médecin (stress ou surmenage) ?"
        ],
    ),
    ("Buvez-vous de l'alcool ?", ["Combien de verres d'alcool buvez-vous en moyenne par semaine ?"]),
    (
        "Pratiquez-vous des sports à risque (plongée, escalade) ?",
        ["Au cours des 12 derniers mois, avez-vous pratiqué : plongée, escalade ? Si oui : combien de fois."],
    ),
]
REMOVED = [
    ("Avez-vous passé un test génétique ?", "remove_genetic"),
    ("Êtes-vous enceinte ?", "remove_intimate_life"),
    ("De quoi vos parents sont-ils décédés ?", "remove_family_history"),
    ("Un assureur vous a-t-il refusé un contrat ?", "remove_insurance_history"),
    ("Joignez vos derniers comptes rendus médicaux.", "remove_document_demand"),
    ("Portez-vous des lunettes ?", "remove_banal_care"),
    ("Votre époux est-il en bonne santé ?", "remove_family_history"),
    ("Avez-vous d'autres problèmes de santé ?", "remove_catch_all"),
]


@pytest.mark.parametrize(("text", "stem", "lines"), REPLACED, ids=[case[0] for case in REPLACED])
def test_proposal_without_window_gets_five_years(text, stem, lines):
    found = proposed(text, stem)
    wanted = [line if line.startswith("À ce jour") else FIVE_YEARS + line for line in lines]
    assert (found.action, list(found.lines)) == ("replace", wanted)


@pytest.mark.parametrize(("text", "lines"), REPLACED_AS_THEY_ARE, ids=[case[0] for case in REPLACED_AS_THEY_ARE])
def test_proposal_about_today_or_within_the_own_window(text, lines):
    assert list(proposed(text).lines) == lines


@pytest.mark.parametrize(("text", "reason"), REMOVED, ids=[case[0] for case in REMOVED])
def test_question_without_an_honest_proposal_is_removed(text, reason):
    found = proposed(text)
    assert (found.action, found.lines) == ("remove", ())
    assert found.why == load().rewordings.why[reason].fr


def test_every_proposal_comes_out_precise():
    texts = [(text, stem) for text, stem, _ in REPLACED] + [(text, "") for text, _ in REPLACED_AS_THEY_ARE]
    for text, stem in texts:
        lines = proposed(text, stem).lines
        assert lines
        assert check(lines) == [True] * len(lines), text


def test_precise_question_is_kept():
    found = proposed("Avez-vous été opéré du genou au cours des 3 dernières années ?")
    assert (found.action, found.lines) == ("keep", ())


def test_what_does_not_pass_is_never_proposed():
    found = proposed("Avez-vous déjà eu un infarctus ?", check=lambda wordings: [False] * len(wordings))
    assert (found.action, found.lines) == ("remove", ())
    assert found.why == load().rewordings.why["remove_no_proposal"].fr


def test_the_next_wording_is_taken_where_the_first_fails():
    def no_edit(wordings):
        return ["diagnostiqué" in wording for wording in wordings]

    assert proposed("Avez-vous déjà eu un infarctus ?", check=no_edit).lines == (
        FIVE_YEARS + "un médecin a-t-il diagnostiqué chez vous un infarctus ?",
    )


def test_small_home_loan_asks_nothing_however_precise():
    for text in (
        "Avez-vous déjà eu un infarctus ?",
        "Avez-vous déjà eu un cancer ?",
        "Avez-vous été opéré au cours des 2 dernières années ?",
    ):
        found = proposed(text, contract="home-loan", loan_share=100_000, loan_end_age=50)
        assert found.action == "remove"
        assert found.why == load().rewordings.why["remove_situation"].fr


def test_longer_window_is_cut_and_told():
    found = proposed("Au cours des 10 dernières années, avez-vous été opéré ou hospitalisé ?")
    assert all(line.startswith(FIVE_YEARS) for line in found.lines)
    assert load().rewordings.why["over_long"].fr in found.why


def test_sick_leave_too_short_to_be_asked_for_becomes_21_days():
    assert "plus de 21 jours" in proposed("Avez-vous déjà été en arrêt de travail plus de 8 jours ?").lines[0]
    assert "plus de 45 jours" in proposed("Avez-vous déjà été en arrêt de travail plus de 45 jours ?").lines[0]


def test_own_exemption_stays():
    (line,) = proposed("Antécédents : hospitalisation (hors appendicite)").lines
    assert "(hors appendicite)" in line


def test_relatives_illness_is_asked_of_the_person():
    assert proposed("Votre père ou votre sœur sont-ils diabétiques ?").lines == (
        FIVE_YEARS + "un médecin a-t-il diagnostiqué chez vous un diabète ?",
    )


def test_word_of_degree_is_not_just_dropped():
    """Without "souvent" more people would have to say yes: what a doctor did about it is asked instead."""
    assert proposed("Êtes-vous souvent essoufflé ?").lines == (
        "Suivez-vous actuellement un traitement prescrit de plus de 30 jours pour un essoufflement ?",
    )


def test_intimate_part_is_dropped_and_the_rest_stays():
    assert proposed("Avez-vous une maladie de l’appareil urinaire ou génital ?").lines == (
        "Êtes-vous actuellement suivi par un médecin pour une maladie de l'appareil urinaire ?",
    )


def test_question_that_only_its_stem_makes_is_not_answered_by_the_stem():
    found = proposed("prise de sang", "Avez-vous déjà été opéré ou passé des examens :")
    assert found.action == "remove"


def test_reason_is_told_in_the_language_of_the_reader():
    why = load().rewordings.why["no_time_limit"]
    assert proposed("Avez-vous déjà eu un infarctus ?", lang="en").why == why.en


def test_word_cut_at_the_end_of_a_line_is_mended():
    assert proposed("Avez-vous déjà eu une hyper-\ntension artérielle ?").lines == (
        FIVE_YEARS + "avez-vous eu une hypertension artérielle ?",
    )


NOUNS = [
    ("une hernie discale", "une hernie discale", "d'une hernie discale"),
    ("hernies", "des hernies", "de hernies"),
    ("Infarctus", "un infarctus", "d'un infarctus"),
    ("d'arthrose", "une arthrose", "d'une arthrose"),
    ("de l'asthme", "un asthme", "d'un asthme"),
    ("des ulcères", "des ulcères", "d'ulcères"),
    ("le choléra", "le choléra", "du choléra"),
    ("la goutte", "la goutte", "de la goutte"),
    ("SCIATIQUE", "une sciatique", "d'une sciatique"),
    ("HTA", "une HTA", "d'une HTA"),
]


@pytest.mark.parametrize(("phrase", "one", "of"), NOUNS)
def test_articles(phrase, one, of):
    found = noun(phrase, load().rewordings.grammar)
    assert (found.one(), found.of()) == (one, of)


def test_unknown_gender_gives_no_article():
    found = noun("xyz", load().rewordings.grammar)
    assert (found.one(), found.of()) == (None, None)


@pytest.mark.parametrize(
    ("organ", "of", "illness"),
    [
        (Noun("hanche", "f", plural=False, organ=True, aspirated=True), "de la hanche", "une affection de la hanche"),
        (Noun("estomac", "m", plural=False, organ=True), "de l'estomac", "une affection de l'estomac"),
        (Noun("yeux", "m", plural=True, organ=True), "des yeux", "une affection des yeux"),
    ],
)
def test_organs(organ, of, illness):
    assert (organ.of(), organ.one()) == (of, illness)


@pytest.mark.parametrize(
    ("adjective", "wanted"),
    [
        ("cardiaques", "cardiaque"),
        ("rénaux", "rénale"),
        ("digestifs", "digestive"),
        ("nerveux", "nerveuse"),
        ("mentales", "mentale"),
        ("endocriniens", "endocrinienne"),
    ],
)
def test_feminine(adjective, wanted):
    assert feminine(adjective) == wanted


def test_agreement_and_lists():
    stress, fatigue = Noun("stress", "m", plural=False), Noun("fatigue", "f", plural=False)
    assert agreeing("diagnostiqué", [fatigue]) == "diagnostiquée"
    assert agreeing("diagnostiqué", [fatigue, stress]) == "diagnostiqués"
    assert listed(["a", "b", "c"]) == "a, b ou c"


@pytest.mark.parametrize("name", [name for name, label in load().labels.items() if label.kind == "question"])
def test_every_example_of_a_label_gets_an_answer(name):
    """Whatever a question names, there is a wording that passes, or a reason to remove it."""
    for example in load().labels[name].examples.match:
        rewording = proposed(example.text, example.context)
        assert rewording.why or rewording.action == "keep"
        assert bool(rewording.lines) == (rewording.action == "replace")
