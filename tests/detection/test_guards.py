"""Guards: what is told of, quoted or about another domain is spared; the same words in a contract are not."""

from __future__ import annotations

import pytest

from analyzer.detection import detect
from analyzer.segmentation import passage_from_text


def warned(text: str) -> set[str]:
    (found,) = detect([passage_from_text(text)])
    return {
        detection.label
        for detection in found
        if detection.decision == "warned" and not detection.label.startswith("safe_")
    }


SPARED = [
    "La Cour de cassation a jugé sans effet la clause où l'assuré délie son médecin du secret médical.",
    "Le tribunal a condamné la compagnie qui avait subordonné la rente à la levée du secret médical.",
    "L'Ordre des médecins rappelle que l'assuré délie parfois, sans le savoir, son médecin du secret médical.",
    "Certains assureurs exigent encore que l'assuré délie son médecin du secret médical.",
    "Une clause par laquelle l'assuré délie son médecin du secret est critiquable.",
    "La stipulation qui annule le contrat pour toute omission est réputée non écrite.",
    "Selon la presse, une mutuelle annule l'adhésion à la moindre omission.",
    "Une compagnie avait annulé le contrat d'une assurée après une simple omission.",
    "L'assureur m'a demandé de délier mon médecin du secret médical.",
    "Autrefois, la police prévoyait que l'assuré délie son médecin du secret médical.",
    "Le médecin qui révèle un secret est puni d'un an d'emprisonnement, même si l'assuré le délie du secret médical.",
    "L'assureur peut-il exiger que l'assuré délie son médecin du secret médical ?",
    "Méfiez-vous d'un formulaire où l'assuré délie son médecin du secret médical.",
    "Le refus de l'examen du véhicule par l'expert entraîne la perte de la garantie.",
    "Le client délie son avocat du secret professionnel.",
    "Le vétérinaire traitant communique à l'assureur le dossier de santé du chien.",
    "La compagnie peut demander tout document utile sur l'état de santé du chien.",
    "Vérifiez votre contrat : en cas d'omission ou de déclaration inexacte, il peut être annulé par l'assureur.",
    "À savoir : l'assureur peut demander des examens médicaux complémentaires selon votre âge.",
    "La réalisation des examens mentionnés à l'article R. 1131-2 est confiée au praticien, qui transmet les résultats "
    "génétiques au médecin prescripteur.",
    "Le dossier du patient décédé est communiqué à ses ayants droit pour connaître les causes du décès.",
    "La caisse primaire peut faire procéder à un examen de la victime par un médecin conseil.",
    "L'intéressé prévient l'employeur de son absence et lui fait parvenir sous 48 heures un certificat médical "
    "établi par son médecin traitant.",
    "Le salarié qui refuse de se soumettre à la contre-visite perd le bénéfice du maintien de salaire.",
    "Après une commande, vos données sont transmises aux partenaires chargés de la livraison.",
    "Votre profil d'utilisateur sert à la publicité que la plateforme vous adresse.",
    "Le passager remet au transporteur aérien un certificat médical détaillé avant l'embarquement.",
]

KEPT = [
    ("L'assuré délie son médecin du secret médical.", "secrecy_waiver"),
    (
        "L'assuré qui refuse de délier son médecin du secret, fût-ce devant le tribunal, perd ses droits.",
        "refusal_sanction",
    ),
    (
        "Toute omission entraîne la nullité du contrat, sans que l'assuré puisse saisir le médiateur.",
        "nullity_unqualified",
    ),
    ("Toute omission sur le véhicule assuré entraîne la nullité du contrat.", "nullity_unqualified"),
    ("Certaines garanties sont nulles en cas d'omission dans le questionnaire.", "nullity_unqualified"),
    ("L'assuré, conducteur du véhicule ou passager, délie ses médecins du secret médical.", "secrecy_waiver"),
    (
        "L'assuré délie son médecin du secret médical. La Cour de cassation a jugé que la prime reste due.",
        "secrecy_waiver",
    ),
    (
        "Toute omission annule l'adhésion, dans les conditions fixées par décret en Conseil d'État, et les cotisations "
        "restent à la mutuelle.",
        "nullity_unqualified",
    ),
    ("Pour un arrêt de plus de trente jours, l'assuré délie ses médecins du secret.", "secrecy_waiver"),
    ("La caisse primaire transmet à la mutuelle le dossier médical du participant.", "third_party_disclosure"),
    (
        "Le salarié absent pour maladie se soumet au médecin de l'organisme assureur ; en cas de refus, "
        "les indemnités journalières complémentaires cessent.",
        "refusal_sanction",
    ),
    (
        "L'utilisateur de la plateforme accepte que ses données de santé servent à la publicité de nos partenaires.",
        "secondary_use",
    ),
    ("En principe, tout oubli dans le questionnaire annule l'adhésion de l'assuré.", "nullity_unqualified"),
    ("Le médecin du travail est délié du secret médical à l'égard de l'assureur.", "secrecy_waiver"),
    (
        "Je délie mon médecin du secret médical prévu à l'article L. 1110-4 du code de la santé publique.",
        "secrecy_waiver",
    ),
]


@pytest.mark.parametrize("text", SPARED)
def test_text_that_binds_nobody_is_spared(text: str) -> None:
    """Commentary, court rulings, reports and other domains get no warning."""
    assert not warned(text)


@pytest.mark.parametrize(("text", "label"), KEPT)
def test_a_clause_that_names_the_same_things_is_warned(text: str, label: str) -> None:
    """A guard never hides a clause because it names a court, a car or a code, or stands beside a commentary."""
    assert label in warned(text)
