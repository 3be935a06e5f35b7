"""Words cut at the end of a line: joined ("mé-/dical"), or written with a hyphen ("médecin-/conseil")."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

__all__ = ["Hyphens"]

_WORD = re.compile(r"[^\W\d_]++(?:-[^\W\d_]++)*+")
_LAST = re.compile(r"([^\W\d_]{1,40}(?:-[^\W\d_]{1,40}){0,3})-\Z")
_FIRST = re.compile(r"[^\W\d_]{1,40}")
_LONGEST_WORD = 124

#: First parts that keep their hyphen before nearly any word. "par", "sous", "ex", "co" do not: "sous-/cription".
_KEPT_FIRST = frozenset(
    "non demi semi vice avant après arrière médecin médecins celui celle ceux celles là quelques état à médico socio "
    "primo".split()
)
#: Words that are written with a hyphen, where the first part alone does not tell.
_COMPOUNDS = frozenset(
    """
    sous-traitant sous-traitants sous-traitance sous-total sous-limite sous-limites sous-plafond sous-jacent
    sous-jacente sous-jacents sous-groupe sous-ensemble sous-section sous-location sous-locataire sous-évaluation
    sous-assurance ex-conjoint ex-conjointe ex-époux ex-épouse ex-salarié ex-salariée ex-salariés ex-assuré
    ex-partenaire mi-temps mi-parcours mi-janvier mi-mars mi-juin mi-septembre vis-à peut-être peut-il doit-il
    au-delà au-dessus au-dessous au-devant ci-après ci-dessus ci-dessous ci-joint ci-jointe ci-joints ci-jointes
    ci-avant ci-contre ci-inclus ci-annexé ci-annexée co-emprunteur co-emprunteurs co-emprunteuse co-assuré
    co-assurés co-assurance co-adhérent co-titulaire co-contractant co-souscripteur par-delà par-dessus bien-être
    bien-fondé post-mortem post-opératoire post-traumatique tiers-payant tiers-temps porte-parole porte-monnaie
    porte-fort plus-value moins-value moins-perçu trop-perçu compte-rendu comptes-rendus procès-verbal
    procès-verbaux chef-lieu quote-part main-levée bonus-malus rond-point sage-femme sages-femmes week-end rez-de
    court-circuit sauf-conduit grand-mère grand-père grands-parents petit-enfant petits-enfants petit-fils
    petite-fille beau-père beau-frère beaux-parents belle-mère belle-sœur aide-soignant aide-soignante aide-ménagère
    garde-malade chirurgien-dentiste chirurgiens-dentistes masseur-kinésithérapeute expert-comptable assurance-vie
    assurances-vie électro-encéphalogramme jusque-là elle-même eux-mêmes dix-sept dix-huit dix-neuf vingt-deux
    vingt-quatre vingt-cinq trente-six soixante-cinq soixante-dix quatre-vingt quatre-vingts quatre-vingt-dix
    hors-sol plate-forme savoir-faire laissez-passer est-à c'est-à c’est-à
    """.split()
)
#: Words after "contre" that have grown together with it.
_GROWN_TOGETHER = ("parti", "dire", "dit", "ven", "fa", "sign", "sens", "balanc", "vérité")
#: Words that are also what a longer word begins with: "pour-/suites", "toute-/fois", "entre-/prise".
_FIRST_SYLLABLES = frozenset("pour toute entre sous sans dans".split())
_EVERYWHERE = frozenset("vous nous même mêmes".split())
#: Verbs turned round: "peut-/il", "doit-/elle".
_TURNED_ROUND = frozenset("il elle on ils elles".split())
#: Second parts of compounds that insurance makes freely; the first part has more than four letters.
_COMPOUND_SECOND = frozenset(
    "conseil conseils traitant traitants expert experts droit emprunteur assurance assurances maladie vie invalidité "
    "décès accident".split()
)


class Hyphens:
    """Decides what a hyphen at the end of a line is, by how the document writes its words elsewhere."""

    def __init__(self, lines: Iterable[str]) -> None:
        """Remember the texts of all lines; they are counted when first needed."""
        self._lines = lines
        self._words: Counter[str] | None = None

    def joins(self, before: str, after: str) -> bool:
        """Return whether the word that ``before`` ends with, a hyphen last, goes on in ``after`` without its hyphen."""
        last, first = _LAST.search(before[-_LONGEST_WORD - 1 :]), _FIRST.match(after)
        if last is None or first is None or not (after[0].islower() or (last[1].isupper() and first.group().isupper())):
            return False
        left, right = last[1].lower(), first.group().lower()
        words = self._count()
        joined, hyphenated = words[left + right], words[f"{left}-{right}"]
        if joined or hyphenated:
            return joined >= hyphenated
        if self._kept(left, right):
            return False
        # "centre-/expert": two words of their own, while "con-/trôle" leaves at least one fragment.
        both = len(left) > 3 and len(right) > 3 and words[left] and words[right]
        return not both or left in _FIRST_SYLLABLES

    @staticmethod
    def _kept(left: str, right: str) -> bool:
        """Return whether the language writes a hyphen between ``left`` and ``right``."""
        if f"{left}-{right}" in _COMPOUNDS or right in _EVERYWHERE:
            return True
        left = left.rpartition("-")[2]
        if left == "contre":
            return not right.startswith(_GROWN_TOGETHER)
        return (
            left in _KEPT_FIRST
            or (right in _TURNED_ROUND and left[-1] in "td")
            or (right in _COMPOUND_SECOND and len(left) > 4)
        )

    def _count(self) -> Counter[str]:
        if self._words is None:
            self._words = Counter()
            cut = False
            for line in self._lines:
                words = _WORD.findall(line.lower())
                # The parts of a word that the end of the line cuts are no words.
                first, cut = int(cut), line.endswith("-")
                self._words.update(words[first : len(words) - cut])
        return self._words
