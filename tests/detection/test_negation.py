"""Which words of a sentence are negated: one marked sentence a line.

``[word]`` must be negated, ``<word>`` must not, unmarked words are left open.
"""

from __future__ import annotations

import re

import pytest

from analyzer.detection.negation import negated_tokens
from analyzer.detection.normalise import normalise
from analyzer.detection.vocabulary import Vocabulary

SENTENCES = [
    # ---- "ne" and its second half
    "Nous ne [demandons] pas votre [dossier] médical.",
    "L'<assureur> ne peut en aucun cas [exiger] la [levée] du [secret].",
    "L'assureur ne peut, sous aucun prétexte, [exiger] le [dossier] médical.",
    "Vos données ne sont jamais [transmises] à votre [employeur].",
    "Jamais l'assureur ne [demandera] la [levée] du secret.",
    "L'assuré n'a pas à [lever] le [secret] médical.",
    "Le médecin n'est nullement [délié] du [secret].",
    "Il n'est pas [renoncé] au secret médical.",
    "La signature ne vaut pas [renonciation] au [secret] médical.",
    "L'assureur s'engage à ne pas [communiquer] ces [pièces] à des [tiers].",
    "L'assureur s'engage à ne jamais [demander] de [test] génétique.",
    "Le refus ne saurait [entraîner] la [perte] de la garantie.",
    "Vous ne pouvez pas [contester] sa <décision>.",
    "L'assuré ne peut [exiger] le [remboursement].",
    "L'assureur ne peut [exiger] de l'assuré qu'il [lève] le secret.",
    "L'assureur ne demande pas que le [secret] soit [levé].",
    "L'assuré n'est pas [tenu] de [répondre] et <peut> <choisir> son médecin.",
    "Nous ne [vendons] pas vos [données] et nous les <conservons> cinq ans.",
    "L'assureur ne peut ni [demander] ni [utiliser] un [test] génétique.",
    "Les données ne sont pas [vendues], [cédées] ou [louées] à des tiers.",
    "Les données ne sont ni [vendues], ni [cédées], ni [louées].",
    "Aucune donnée n'est [transmise] à l'[employeur], au [courtier] ou à la [banque].",
    "L'assureur ne réclame pas de [questionnaire], d'[examen] ou de [certificat].",
    "S'il ne [produit] pas les [pièces], le <droit> est <suspendu>.",
    "L'assuré qui ne [répond] pas <perd> son <droit>.",
    "Le secret ne saurait, en cas de contrôle, être [opposé] au <médecin> conseil.",
    "L'assureur ne peut (même après sinistre) [exiger] le [dossier].",
    "Ne sont pas [demandés] : le [questionnaire] médical, l'[examen] et le [test].",
    "Nous ne demandons pas votre [dossier] : vous <envoyez> le <certificat>.",
    "L'assureur ne communique à aucun [courtier] les [pièces] reçues.",
    "Vous n'avez rien à [signer].",
    "Aucune disposition ne peut être [lue] comme [levant] le [secret].",
    "Le congé n'ouvrant pas [droit] au maintien comme indiqué plus haut, les <garanties> sont <suspendues>.",
    # ---- no "ne" at all
    "Pas de [questionnaire] médical, <adhésion> immédiate.",
    "Pas besoin de [lever] le [secret].",
    "Nul besoin de [produire] un [certificat].",
    "Aucun [questionnaire] de santé, <adhésion> immédiate.",
    "Aucun test [génétique] à [fournir].",
    # ---- negated subjects
    "Aucune [pièce] médicale n'est [exigée].",
    "Nul ne peut [exiger] la [communication] du [dossier].",
    "Personne ne [lit] vos [réponses].",
    "Ni l'[assureur] ni le [courtier] ne peuvent [demander] ces [pièces].",
    "Rien n'[autorise] l'assureur à [consulter] le [dossier].",
    # ---- "sans"
    "La demande est acceptée sans [examen] médical.",
    "L'adhérent transmet sans [délai] au <médecin> les <pièces>.",
    "Les pièces sont <transmises> sans votre [accord] à des <tiers>.",
    "Le médecin <répond>, sans que le [secret] puisse être [opposé].",
    "L'assuré se <soumet> sans [pouvoir] s'[opposer] à l'<examen>.",
    "Sans [préjudice] des <sanctions> prévues, le <contrat> est <résilié>.",
    "Vous <adhérez> sans [remplir] de [questionnaire] de santé.",
    "Sans [certificat] médical, la <prestation> est <suspendue>.",
    "Vos <données> sont <conservées> sans [limite] de [durée] par l'<assureur>.",
    # ---- "non", "nul": adjectives
    "Toute omission, intentionnelle ou non, <entraîne> la <nullité>.",
    "Toute omission intentionnelle ou non <entraîne> la <nullité>.",
    "L'omission non [intentionnelle] <entraîne> une <réduction> de l'indemnité.",
    "L'omission, même non [intentionnelle], <entraîne> la <déchéance>.",
    "Non seulement l'<assureur> <lit> le <dossier>, mais il le <garde>.",
    "Le contrat est nul et la <prime> reste <acquise>.",
    "Toute fausse déclaration rend le contrat nul et de nul effet, l'<assureur> <conserve> la <prime>.",
    # ---- denying verbs: their negation asserts
    "Je ne m'[oppose] pas à ce que mon <médecin> <communique> mon <dossier>.",
    "L'assuré ne peut [refuser] l'<examen>.",
    "L'assuré ne saurait se [soustraire] à la <visite> du <médecin>.",
    "Ces éléments ne permettent pas d'[exclure] une <fausse> <déclaration>.",
    "Le secret ne fait pas [obstacle] à la <communication> du <dossier>.",
    "N'[hésitez] pas à <joindre> votre <dossier>.",
    "N'[oubliez] pas de <joindre> le <certificat> médical.",
    "L'autorisation ne [cesse] pas au <décès>.",
    "Le secret n'est pas [opposable] à l'<assureur>.",
    "Le médecin ne peut plus se [retrancher] derrière le <secret>.",
    # ---- restriction asserts
    "Le médecin ne <transmet> que ses <conclusions>.",
    "Les pièces ne sont <communiquées> qu'au <médecin> conseil.",
    "La nullité n'est <encourue> que si la mauvaise <foi> est <prouvée>.",
    "Ces données ne servent pas seulement à <gérer> le <contrat>.",
    "L'assureur ne peut <demander> que les <pièces> nécessaires.",
    # ---- exceptions
    "Vos données ne sont pas [transmises] à des [tiers], sauf <accord> exprès.",
    "Les pièces ne sont [lues] par personne d'autre que le <médecin> conseil.",
    "Toutes les <données> sont <transmises> au <réassureur>, à l'exclusion des [résultats] [génétiques].",
    "L'assuré fournit tout <examen> demandé, hormis les [tests] [génétiques].",
    "Aucune donnée n'est [transmise], à l'exception du <certificat> médical.",
    # ---- the "ne" of politeness, and others that do not negate
    "L'assureur est averti avant que l'assuré ne <quitte> l'<hôpital>.",
    "La garantie est refusée à moins que l'assuré ne <produise> le <certificat>.",
    "La garantie cesse à moins qu'il ne <puisse> <produire> le <certificat>.",
    "L'assureur <demande> n'importe quel <document>.",
    "Il n'en reste pas moins que le <secret> est <levé>.",
    "La personne assurée <autorise> son <médecin> à <répondre>.",
    # ---- prohibition
    "Il est interdit de [demander] un [test] génétique.",
    "L'assureur s'interdit d'[utiliser] les [données] de santé.",
    "L'assuré est dispensé de [fournir] un [questionnaire].",
    "Interdiction est faite à l'assureur de [consulter] le [dossier].",
    "L'assureur s'abstient de [consulter] le [dossier].",
]

_MARKED = re.compile(r"\[(?P<negated>[^\]]+)\]|<(?P<asserted>[^>]+)>")


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    """A vocabulary that knows no list of its own: negation must not lean on the labels' words."""
    return Vocabulary({"words": ("assureur",)})


@pytest.mark.parametrize("marked", SENTENCES)
def test_negated_words(vocabulary: Vocabulary, marked: str) -> None:
    """Every marked word stands on its side."""
    plain, wanted = "", []
    position = 0
    for mark in _MARKED.finditer(marked):
        plain += marked[position : mark.start()]
        wanted.append((len(plain), mark["negated"] is not None))
        plain += mark["negated"] or mark["asserted"]
        position = mark.end()
    plain += marked[position:]
    text, offsets = normalise(plain)
    doc = next(iter(vocabulary.read([text])))
    at = {offsets[token.idx]: negated for token, negated in zip(doc, negated_tokens(doc), strict=True)}
    wrong = [
        f"{plain[start:].split()[0]} (wanted {'negated' if negated else 'asserted'})"
        for start, negated in wanted
        if at[start] != negated
    ]
    assert not wrong, wrong


def test_a_long_line_of_negations_is_read_in_linear_time(vocabulary: Vocabulary) -> None:
    """A hostile line costs each word a bounded amount of work, and no error."""
    doc = next(iter(vocabulary.read(["ne pas , ni sans aucun que " * 400])))
    assert len(negated_tokens(doc)) == len(doc)
