"""Whether a question asks about what was.

The tagger is not leaned on: it takes half of the participles of forms for nouns. An auxiliary and what may follow it
are enough; "être" tells of the past only before the verbs that take it ("êtes-vous tombé malade"), for "êtes-vous
suivi" asks of today.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from spacy.tokens import Doc

from analyzer.detection.normalise import fold

#: What may stand between an auxiliary and its participle.
_BETWEEN = frozenset(
    "vous il elle on ils elles t je j' tu nous pas plus jamais deja ne n' ni toujours aussi bien y en l' me m' te un"
    " jour encore auparavant , deux fois l'un l'une parfois souvent tous toutes lui".split()
)
_DETERMINERS = frozenset(
    "un une des du le la les votre vos son sa ses mon ma mes cette ce ces aucun d' plusieurs".split()
)
#: How participles end; the words of these endings that follow "avoir" without being one.
_PARTICIPLE = re.compile(r"(?:é|ée|és|ées|i|ie|is|ies|it|ite|its|u|ue|us|ues|û|ert|erte|eint|einte|aint|ort|orte)s?$")
_NO_PARTICIPLE = frozenset("droit oui qui si plus tout ni aussi souci quoi jusqu bruit appetit".split())
_IRREGULAR = frozenset("fait faits faite faites ouvert souffert mort".split())
#: Asides without commas, from these to a length of time: "avez-vous au cours des 5 dernières années été".
_ASIDES = frozenset("au durant depuis pendant dans ces lors sur".split())
_TIMES = frozenset("annees annee ans an mois jours semaines".split())
_AFTER_TIMES = frozenset("ecoulees ecoules precedents precedentes passees passes".split())
#: Verbs whose "être" tells of the past.
_MOVING = frozenset(
    "tombe tombee tombes devenu devenue alle allee parti partie reste restee sorti sortie rentre rentree mort morte"
    " decede decedee decedes decedees venu venue revenu revenue".split()
)
_REFLEXIVE = re.compile(
    r"\bvous (?:etes|etiez) vous (?:deja |jamais )?(?P<next>\w+)"
    r"|\b(?:s'(?:est|sont)|me suis|s'etre)(?: il| elle)? (?:deja |jamais )?(?P<other>\w+)"
)
_IMPERFECT = re.compile(
    r"\b(?:etiez|aviez|etait|etaient|avait|avaient|souffriez|preniez|fumiez|consommiez|pratiquiez)\b"
)
#: What a declaration opens with: "après avoir pris connaissance de …".
_FORMALITY = re.compile(r"(?:ete informe|pris connaissance|lu\b|repondu|recu (?:un|une|la|les) )")
_SETTLED = ("fixe", "programme", "planifie")
_REACH = 30


def past_verbs(doc: Doc, plain: str, end: int) -> Iterator[tuple[int, int]]:
    """Yield the characters of the verbs that ask about what was, before ``end``. ``plain`` is the doc's folded text."""
    for token in doc:
        if token.idx >= end:
            break
        following = doc[token.i + 1].idx if token.i + 1 < len(doc) else len(plain)
        if token.lemma_ == "avoir":
            participle = _participle_after(doc, token.i)
            if participle is not None and not _FORMALITY.match(plain, following):
                yield token.idx, doc[participle].idx + len(doc[participle])
        elif token.lemma_ == "etre" and token.text != "été":
            for near in doc[token.i + 1 : token.i + 5]:
                if fold(near.text) in _MOVING:
                    yield token.idx, near.idx + len(near)
                    break
    for match in _REFLEXIVE.finditer(plain, 0, end):
        group = "next" if match["next"] else "other"
        if _is_participle(doc.text[match.start(group) : match.end(group)]):
            yield match.span()
    for match in _IMPERFECT.finditer(plain, 0, end):
        yield match.span()


def _is_participle(word: str) -> bool:
    return word in _IRREGULAR or (_PARTICIPLE.search(word) is not None and fold(word) not in _NO_PARTICIPLE)


def _participle_after(doc: Doc, index: int) -> int | None:
    """Return the participle that goes with the "avoir" at ``index``, over pronouns, adverbs and asides."""
    at, stop = index + 1, min(len(doc), index + _REACH)
    while at < stop:
        text = doc[at].text
        folded = fold(text)
        if folded in ("deja", "jamais"):
            # "à une date que le chirurgien a déjà fixée" tells of what is to come.
            return None if fold(doc[at + 1 : at + 2].text).startswith(_SETTLED) else at
        if folded == "ete":
            return at
        if text == ",":
            closing = next((token.i for token in doc[at + 1 : stop] if token.text == ","), at)
            at = closing + 1
        elif text == "un" and doc[at + 1 : at + 2].text == "jour":
            at += 2
        elif folded in _ASIDES:
            length = next((token.i for token in doc[at : min(stop, at + 10)] if fold(token.text) in _TIMES), None)
            if length is None:
                return None
            at = length + 1
            at += at < stop and fold(doc[at].text) in _AFTER_TIMES
        elif text in ":•*":
            at += 1
        elif folded in _DETERMINERS or text in "?;.":
            return None
        elif folded in _BETWEEN:
            at += 1
        elif _is_participle(text):
            return at
        elif folded.endswith("ment"):
            at += 1
        else:
            return None
    return None
