"""Words cut at the end of a line."""

import pytest

from analyzer.segmentation.hyphens import Hyphens


@pytest.mark.parametrize(
    ("before", "after", "guards"),
    [
        ("le secret mé-", "dical est levé", "a syllable"),
        ("la sous-", "cription du contrat", "a beginning that is a word too"),
        ("la par-", "tie adverse", "another one"),
        ("l'ex-", "pertise médicale", "another one"),
        ("la co-", "tisation est due", "another one"),
        ("des pour-", "suites pénales", "two words that are one"),
        ("toute-", "fois, l'assureur", "two words that are one"),
        ("une contre-", "partie financière", "grown together"),
        ("LES GARAN-", "TIES DU CONTRAT", "capitals"),
        ("la mutu-", "elle verse", "an end that is a pronoun too"),
    ],
)
def test_joined(before, after, guards):
    assert Hyphens([before, after]).joins(before, after), guards


@pytest.mark.parametrize(
    ("before", "after", "guards"),
    [
        ("au médecin-", "conseil de l'assureur", "a compound of the trade"),
        ("nos sous-", "traitants", "a compound of a short word"),
        ("c'est-à-", "dire", "several hyphens"),
        ("son ex-", "conjoint", "a listed compound"),
        ("la non-", "déclaration", "a word that always keeps it"),
        ("une contre-", "visite médicale", "a free compound"),
        ("acceptez-", "vous", "a verb turned round"),
        ("peut-", "il refuser", "a verb turned round"),
        ("l'assuré lui-", "même", "lui-même"),
        ("Saint-", "Denis", "a name"),
        ("l'article L. 113-", "8 du Code", "a number"),
    ],
)
def test_kept(before, after, guards):
    assert not Hyphens([before, after]).joins(before, after), guards


def test_the_document_decides():
    """A word that the document writes in one way elsewhere is written so at the end of a line too."""
    lines = ["la télé-", "transmission est", "automatique"]
    assert Hyphens(lines).joins("la télé-", "transmission est")
    lines.append("La télé-transmission peut être refusée.")
    assert not Hyphens(lines).joins("la télé-", "transmission est")


def test_parts_of_cut_words_are_no_words():
    """ "traite-/ment" often cut does not make "ment" a word."""
    lines = ["il traite les données", "leur traite-", "ment est licite, ce traite-", "ment aussi"]
    assert Hyphens(lines).joins("leur traite-", "ment est licite")
