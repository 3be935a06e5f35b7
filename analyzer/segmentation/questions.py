"""Whether a text asks something of the reader's health or habits, by its words alone.

Headings, instructions, notices, places for a name or a signature ask nothing, whatever words they use. What stands
around the words (boxes, tables, numbers) is looked at in ``forms.py``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from typing import Literal, NamedTuple

from analyzer.knowledge import load
from analyzer.schema import Passage
from analyzer.segmentation.answers import answer_spans, answer_state, number_of, says_yes_or_no
from analyzer.segmentation.headings import in_capitals, reads_like_sentence
from analyzer.segmentation.sentences import split_sentences

__all__ = [
    "Asking",
    "Reading",
    "answer_spans",
    "asking",
    "is_question",
    "is_stem",
    "is_tail",
    "question_from_text",
    "read",
    "said_spans",
]

#: What a text is: it asks outright; it is a statement to sign; it wants a paper; it names something of health, which
#: asks where there is something to answer with; it agrees to something or confirms a receipt; it is a place for a name,
#: an instruction or a notice, a heading; or none of these.
Asking = Literal["asks", "declares", "demands", "names", "consents", "identity", "told", "heading", "other"]

#: No question is longer (characters); of a longer text only as much is read.
_LONGEST = 1_500
#: A field's label, or an item of a list, has no more words.
_LABEL_WORDS, _ITEM_WORDS, _TAIL_WORDS, _HEADING_WORDS, _STATED_WORDS = 40, 20, 4, 9, 12

_APOSTROPHES = str.maketrans("’‘ʼ´`-‐‑/\u00a0\u202f", "'''''      ")
_ENDINGS = re.compile(r"\((?:e|s|es|ne|se|le|te|ve|ère|trice|rice|euse)\)|(?<=\w)[·•](?:e|s|es|ne)\b(?:[·•]s)?")
_SPACES = re.compile(r"\s{2,1000}")
_HYPHENATION = re.compile(r"(?<=[^\W\d_])[-\u00ad]\s{1,20}(?=[a-zà-öø-ÿœ])")
#: Verb before subject, which only questions have; and words that begin a question.
_INVERTED = re.compile(
    r"(?<!\bvous )(?<!\bnous )(?<!\bne )\b(?:(?:avez|etes|aviez|etiez|[a-z]{2,20}ez|faites|dites) vous"
    r"|(?:[a-z]{1,20} t|est|sont|ont|[a-z]{2,20}(?:t|d)) (?:il|elle|ils|elles|on|ce))\b(?! memes?\b)|\best ce que\b"
)
_ADDRESSED = re.compile(
    r"\b(?:(?:avez|etes|[a-z]{2,20}ez|faites|dites) vous|vous (?:a|est|ont) t"
    r"|(?:a|est|ont|sont|[a-z]{2,20}) t (?:il|elle|ils|elles|on)"
    r"|(?:est|sont|suit|souffre|prend|fait|doit|boit) (?:il|elle|ils|elles)|est ce que|y a t il|votre|vos)\b"
)
_ASKING_WORD = re.compile(
    r"(?:quels?|quelles?|combien|depuis quand|quand|ou|(?:a|de|dans|pour) quel(?:le)?|qui|etes|avez|souffrez|prenez|"
    r"fumez|buvez|suivez|portez|pratiquez|consommez)\b"
)
_STARTS_ASKING = re.compile(
    r"(?:(?:pour les femmes|madame|monsieur|homme|femme|actuellement|a ce jour)\W{0,3})?"
    r"(?:avez|etes|souffrez|prenez|fumez|buvez|suivez|portez|pratiquez|consommez|utilisez|exercez|percevez|faites|"
    r"presentez|ressentez|toussez|beneficiez)\b"
)
_OWN_STATEMENT = re.compile(r"(?:je|suis|n'ai|ne suis)\b|j'")
_FIRST_PERSON = re.compile(r"\b(?:je|soussignee?s?|mon|ma|mes|moi)\b|\bj'|\b(?:certifi|declar|attest|affirm)ons\b")
_NEGATED_INFINITIVE = re.compile(r"\b(?:ne (?:pas|jamais|plus|\w{2,15}er|\w{2,15}re)|n'(?:etre|avoir|ayant)|ni)\b")
#: An infinitive or the like at the beginning of an item that is declared ("ne pas être atteint …").
_INFINITIVE = re.compile(
    r"(?:ne |n'|et |ou |qu'il |qu'elle |que je |que l'assure )?(?:(?:ne |n')?(?:pas|jamais|plus|ni|aucune?)?\s?)?"
    r"(?:etre|avoir|ayant|est|ai|suis|n'est|n'a|a|soit|etes|[a-z]{3,15}(?:er|ir|re))\b"
)
_NEGATED = re.compile(r"\b(?:ne|ni|n'[a-z]{2,12}|n)\b")
#: What people are asked to hand in or to list.
_PAPER = re.compile(
    r"\b(?:comptes? rendus?|resultats?|certificats?|rapports?|ordonnances?|analyses?|bilans?|radiographies?|protocole|"
    r"medicaments?|examens?|carnet|medecins?|traitements?|maladies?|operations?|"
    r"interventions?|antecedents|hospitalisations?|nature|dates?|motif|cause|sports?|affections?|fois|lequel|laquelle)\b"
)
_WINDOW = re.compile(
    r"\b(?:(?:au cours|durant|pendant|dans|lors|depuis)\b.{0,30}\b(?:ans?|annees?|mois|semaines|jours|\d{4})\b"
    r"|(?:\d{1,2}|dernieres|derniers) (?:ans|annees|mois)\b)"
)
#: The wish for a name, an address, a date; a yes or a no with more behind it; a measure or a date in a field.
_WANTED = re.compile(
    r"(?:(?:quels? est|quels sont|quelle est|precisez|indiquez) )?(?:le |les |l'|la |votre )?"
    r"(?:noms?|prenoms?|adresse|coordonnees|identite|telephone|dates?|motifs?)\b"
)
_SAID_YES = re.compile(
    r"\?\s{0,4}(?:(?:oui\W{1,8}non|non\W{1,8}oui)\W{1,8})?(?P<said>(?:oui|non)\b[^?:]{1,400})$", re.IGNORECASE
)
_SAID_FIGURES = re.compile(r":\s{0,3}(?P<said>\d{1,4}(?:[.,/]\d{1,4}){0,2})(?=\s|$|[;,]|kg|cm|m\b)")


class Reading(NamedTuple):
    """A text without its number and its answers, as it is compared with word lists; and what it is."""

    plain: str
    kind: Asking
    health: bool


def is_question(text: str, context: str = "") -> bool:
    """Return whether a text that comes from no page asks something of health or habits.

    ``context`` is the stem or heading that the text depends on: an item that only names something asks it then.
    """
    reading = read(text)
    if reading.kind in ("asks", "declares", "demands"):
        return True
    if reading.kind in ("identity", "told", "consents"):
        return False
    above = read(context) if context else None
    if reading.kind == "names":
        return True
    if above is None:
        return is_tail(text) and "?" in text and (reading.health or reading.plain.startswith("si "))
    if declares(context) and _phrases("consents", "anywhere").search(reading.plain):
        return False
    if reading.health and declares(context) and _NEGATED.search(reading.plain[:40]):
        return True
    if reading.kind == "heading" and not is_stem(context):
        return False
    if is_stem(context):
        short = len(reading.plain.split()) <= _ITEM_WORDS
        return bool(reading.plain) and (reading.kind != "other" or short or not _states(text))
    return above.health and bool(reading.plain) and not _states(text)


def question_from_text(text: str, context: str = "", id: str = "") -> Passage:
    """Return a question passage for a text that comes from no page. The text is kept as it is."""
    return Passage(
        id=id,
        kind="question",
        text=text,
        context=context,
        answer=answer_state(text),
        sentences=tuple(split_sentences(text)),
    )


def is_tail(text: str) -> bool:
    """Return whether a text only asks for more on a yes ("Si oui, lequel ?"): it belongs to the question before it."""
    plain = _plain(_words(text))
    if not plain or _phrases("instruction_opens", "opens").match(plain):
        return False
    if _phrases("tail_opens", "opens").match(plain):
        sure = plain.startswith(("si ", "dans l", "en cas", "sinon", "le cas"))
        return sure or (len(plain.split()) <= 14 and not _INVERTED.search(plain))
    if not text.rstrip(" ._…").endswith((":", "?")) and not answer_spans(text):
        return False
    words = [word for word in plain.strip(" ?:.").split() if word.isalpha()]
    return 0 < len(words) <= _TAIL_WORDS and all(_phrases("tail_words", "whole").fullmatch(word) for word in words)


def said_spans(text: str) -> list[tuple[int, int]]:
    """Return the spans of what somebody typed in answer, in whatever font: known by the words that ask for it.

    That is after a tail or the wish for a name or a date ("Si oui, motif : …"), after a single yes or no, and figures
    in a field ("Taille : 171 cm"). What else is typed in the font of the form cannot be told from it.
    """
    spans = [match.span("said") for said in (_SAID_YES, _SAID_FIGURES) for match in said.finditer(text)]
    last = max(text.rfind("?"), text.rfind(":"))
    clause = re.split(r"[?.;:]", text[: max(last, 0)])[-1]
    if _WANTED.match(_plain(_words(clause))) or (text[last : last + 1] == ":" and is_tail(f"{clause.strip()} :")):
        spans.append((last + 1, len(text)))
    return [(start, end) for start, end in spans if _is_said(text[start:end])]


def _is_said(text: str) -> bool:
    """Return whether a text has words that are neither a yes and a no to choose from, nor a further tail."""
    has_words = any(map(str.isalnum, text))
    return has_words and not (says_yes_or_no(text) or is_tail(text) or is_tail(f"{text.strip(' .')} :"))


def is_stem(text: str) -> bool:
    """Return whether items may hang on a text: it asks or declares, and waits for what, or sets a window."""
    plain = _plain(_words(text))
    if not plain or _phrases("signature_opens", "opens").match(plain):
        return False
    asks = bool(_INVERTED.search(plain) or _STARTS_ASKING.match(plain) or _WINDOW.search(plain))
    return asks or bool(_phrases("declares", "anywhere").search(plain)) or bool(re.search(r"\bdont vous\b", plain))


def has_window(text: str) -> bool:
    """Return whether a text sets a window in time ("au cours des 5 dernières années")."""
    return _WINDOW.search(_plain(text)) is not None


def declares(text: str) -> bool:
    """Return whether a text has a verb of declaring ("je certifie")."""
    return _phrases("declares", "anywhere").search(_plain(text)[:160]) is not None


def announces(text: str) -> bool:
    """Return whether a question says that what it asks of is listed below it."""
    return re.search(r"\b(?:suivantes?|suivants|ci dessous|ci apres|l'une? de ces)\b", _plain(text)) is not None


def is_own(text: str) -> bool:
    """Return whether a statement is one that the reader makes: in the first person."""
    return _FIRST_PERSON.search(_plain(text)[:160]) is not None


def denies(text: str) -> bool:
    """Return whether a statement denies something in the infinitive ("ne pas être atteint")."""
    return _NEGATED_INFINITIVE.search(_plain(text)) is not None


def names_only(text: str) -> bool:
    """Return whether a text only names something, so that its heading tells what is asked of it ("Diabète")."""
    plain = _plain(_words(text))
    own = (
        re.search(r"\b(?:votre|vos|mon|ma|mes|de l'assure)\b", plain)
        or _WINDOW.search(plain)
        or _INVERTED.search(plain)
    )
    return own is None and not _STARTS_ASKING.match(plain)


def read(text: str) -> Reading:
    """Return what a text is, by its words."""
    words = _words(text[:_LONGEST])
    plain = _plain(words)
    if not any(map(str.isalpha, plain)):
        return Reading("", "other", False)
    health = _deals_with_health(plain)
    return Reading(plain, _kind(text, words, plain, health), health)


def asking(text: str) -> bool:
    """Return whether a text asks outright, with a verb of its own: a whole question."""
    plain = _plain(_words(text))
    if _INVERTED.search(plain) or _STARTS_ASKING.match(plain):
        return True
    return "?" in text and _ASKING_WORD.match(plain) is not None


def _kind(text: str, words: str, plain: str, health: bool) -> Asking:
    """Return what a text is; ``words`` is the text without its number and its answers."""
    if _phrases("signature_opens", "opens").match(plain):
        return "identity"
    if _phrases("cover_opens", "opens").match(plain) and not _ADDRESSED.search(plain):
        return "identity"
    if "?" in words:
        return _of_question(words, plain, health)
    told = _phrases("notices", "anywhere").search(plain) or _phrases("instructions", "anywhere").search(plain)
    by_doctor = _phrases("filled_by_doctor", "anywhere").search(plain) and _phrases("fills", "anywhere").search(plain)
    if by_doctor and (not reads_like_sentence(words) or plain.startswith(("veuillez", "merci", "a ", "faire"))):
        return "demands"
    declared = _declared(plain, health, bool(told))
    if declared:
        return declared
    if _phrases("admits", "anywhere").search(plain):
        return "declares" if health and _CONDITION.search(plain) else "other"
    demanded = _phrases("demand_opens", "opens").match(plain)
    if demanded and (health or _PAPER.search(plain, demanded.end())):
        return "told" if told else "demands"
    if told or _phrases("instruction_opens", "opens").match(plain):
        return "told"
    if _STARTS_ASKING.match(plain) or (_INVERTED.search(plain) and health and len(plain) < 300):
        return "told" if _phrases("identity_asks", "anywhere").search(plain) else "asks"
    if _phrases("identity_opens", "opens").match(plain) and not _health_of_person(plain):
        return "identity"
    answered = answer_state(text) is not None
    if _is_heading(text, words, plain, answered):
        return "heading"
    most = _STATED_WORDS if words.rstrip().endswith(".") and not answered else _LABEL_WORDS
    short = len(plain.split()) <= most
    field = bool(answer_spans(text)) or words.rstrip().endswith(":")
    if not field and words.rstrip().endswith(".") and _phrases("told_subjects", "opens").match(plain):
        return "other"
    if short and (_DATE_OF.match(plain) or (health and (field or _DOCTOR.match(plain) or not _states(words)))):
        return "names"
    if says_yes_or_no(text) and len(plain.split()) <= _STATED_WORDS and not _states(words):
        return "names"  # a yes and a no after a word that no list holds
    return "other"


_DATE_OF = re.compile(
    r"dates? (?:de|du|des|d'|a laquelle|et) .{0,40}\b(?:dernier|derniere|derniers|dernieres|premier|premiere)\b"
)
_OF_HEALTH = re.compile(
    r"\b(?:medecins?|docteur|dr|specialiste|chirurgien|praticien|pharmacien|hopital|clinique|maladies?|affection|"
    r"traitement|medicaments?|sante|arret|operation|intervention|grossesses?|cigarettes?|verres?|hospitalisation|accident|"
    r"invalidite|incapacite|handicap|alimentaire)\b"
)
#: A field for a doctor's name; "adresse" reads like a verb, and would make a sentence of it.
_DOCTOR = re.compile(
    r"(?:noms?|adresse|coordonnees|identite|telephone)\b.{0,40}\b"
    r"(?:medecins?|docteur|specialiste|chirurgien|pharmacien|hopital|clinique)\b"
    r"|(?:medecins?|docteur|specialiste|hopital|clinique)\b.{0,40}\b(?:nom|adresse|coordonnees)\b"
)
_CONDITION = re.compile(r"\b(?:si|n'[a-z]{2,12}|ne|n|sans|a condition|pas|aucun|aucune)\b")


def _of_question(words: str, plain: str, health: bool) -> Asking:
    """Return what a text with a question mark is."""
    if _phrases("told_always", "opens").match(plain):
        return "told"
    if _phrases("told_opens", "opens").match(plain) and not _phrases("told_unless", "opens").match(plain):
        personal = (
            health
            and _ADDRESSED.search(plain)
            and not re.match(r"(?:que |qu|a quoi|a qui|besoin|une |des |puis|peut|faut)", plain)
        )
        if not personal or "renseignement" in plain:
            return "told"
    if _phrases("identity_asks", "anywhere").search(plain) and not _health_of_person(plain):
        return "identity"
    if not health and (
        _phrases("instructions", "anywhere").search(plain)
        or _phrases("notices", "anywhere").search(plain)
        or re.search(r"\bmes (?:reponses|donnees)\b", plain)
    ):
        return "told"
    if _phrases("identity_opens", "opens").match(plain) and not (health or _ADDRESSED.search(plain)):
        return "identity"
    last = words.rstrip(" .:;…)")
    asked = plain.partition("?")[0]
    if health and _INVERTED.search(asked) and _deals_with_health(asked):
        return "asks"  # whatever is told after the question mark
    if not last.endswith("?") and _phrases("instruction_opens", "opens").match(plain.rpartition("?")[2].strip()):
        return "told"
    if health:
        return "asks"
    return "asks" if _ADDRESSED.search(plain) or _STARTS_ASKING.match(plain) else "other"


def _declared(plain: str, health: bool, told: bool) -> Asking | None:
    """Return what a statement is that the reader makes, ``None`` if it is none."""
    declares = _phrases("declares", "anywhere").search(plain[:160])
    own = _OWN_STATEMENT.match(plain)
    infinitive = _INFINITIVE.match(plain)
    if not (declares or own or (infinitive and _NEGATED.search(plain[:40]))):
        return None
    if _phrases("consents", "anywhere").search(plain) or (told and not _NEGATED.search(plain)):
        return "consents"
    return "declares" if health else None


def _is_heading(text: str, words: str, plain: str, answered: bool) -> bool:
    """Return whether a text that names something is a heading rather than a field to fill in."""
    if answered or words.rstrip().endswith(":") or len(plain.split()) > _HEADING_WORDS:
        return False
    if any(end - start > 3 for start, end in answer_spans(text)):
        return False
    opens = _phrases("heading_opens", "opens").match(plain)
    return (
        bool(opens)
        or in_capitals(words)
        or bool(re.match(r"\W{0,2}(?:rubrique|section|partie|volet|[IVX]{1,4})\s{0,2}[-–—.:)]", text, re.IGNORECASE))
    )


#: Verbs of notices, beside those that tell any sentence from a title.
_STATED = re.compile(
    r"\b(?:[a-zé]{3,20}(?:ra|ront)|bénéficient|équivaut|vaut|valent|concernent?|prévoit|prévoient|supprime|interdit|facilite|"
    r"constituent?|couvrent?|remplace|implique|figurent?|s['’]appliquent?|exclut|doivent|engagent|expose|justifient?)\b",
    re.IGNORECASE,
)


def _states(words: str) -> bool:
    """Return whether a text states something in a sentence of its own, rather than names it."""
    return (reads_like_sentence(words) or bool(_STATED.search(words))) and not re.match(
        r"\W{0,3}(?:dont|ayant|si|en)\b", words, re.IGNORECASE
    )


def _words(text: str) -> str:
    """Return ``text`` without its number and its answers."""
    parts: list[str] = []
    position = 0
    for start, end in answer_spans(text):
        parts += (text[position:start], " ")
        position = end
    parts.append(text[position:])
    words = "".join(parts).strip()
    number = number_of(words)
    return words[number.length :] if number else words


def _plain(text: str) -> str:
    """Return ``text`` in small letters, without accents and hyphens, as the word lists are compared with it."""
    text = _ENDINGS.sub("", _HYPHENATION.sub("", text))
    decomposed = unicodedata.normalize(
        "NFD", text.lower().translate(_APOSTROPHES).replace("œ", "oe").replace("æ", "ae")
    )
    plain = "".join(char for char in decomposed if not unicodedata.combining(char))
    return _SPACES.sub(" ", plain).strip(" \t\n-–—•.:;,*")


def _health_of_person(plain: str) -> bool:
    """Return whether a field that opens like one for a name or a number deals with health after all."""
    return _OF_HEALTH.search(plain) is not None


def _deals_with_health(plain: str) -> bool:
    """Return whether a text holds a word of health or habits, those left aside that only look like one."""
    plain = _phrases("not_health", "anywhere").sub(" ", plain)
    if _phrases("also_health", "anywhere").search(plain):
        return True
    words = re.findall(r"[a-z0-9%]+", plain.replace("'", " "))
    terms = _terms()
    for index, word in enumerate(words):
        for length, known in terms.get(word, terms.get(word.rstrip("sx"), {})).items():
            if length == 1 or " ".join(w.rstrip("sx") for w in words[index : index + length]) in known:
                return True
    return False


@cache
def _terms() -> dict[str, dict[int, set[str]]]:
    """Return the medical words by their first word: their lengths in words, and those of each length."""
    knowledge = load()
    terms: dict[str, dict[int, set[str]]] = {}
    for name in knowledge.forms.health_lists:
        for term in knowledge.medical.lists[name]:
            words = [
                word.rstrip("sx") for word in re.findall(r"[a-z0-9%]+", _plain(term.lstrip("=")).replace("'", " "))
            ]
            if words and (len(words) > 1 or len(words[0]) > 2):
                known = terms.setdefault(words[0], {})
                known.setdefault(len(words), set()).add(" ".join(words))
    return terms


@cache
def _phrases(name: str, where: str) -> re.Pattern[str]:
    """Return the pattern of a list of ``forms.yaml``, whose phrases open a text, stand anywhere, or are all of it."""
    listed: Iterable[str] = getattr(load().forms, name)
    parts = sorted((_part(phrase) for phrase in listed), key=len, reverse=True)
    any_of = "|".join(parts)
    if where == "opens":
        return re.compile(rf"\W{{0,3}}(?:{any_of})(?!\w)")
    return re.compile(any_of if where == "whole" else rf"(?<!\w)(?:{any_of})(?!\w)")


def _part(phrase: str) -> str:
    pieces = [re.escape(_plain(piece) if piece.strip() else piece) for piece in phrase.split("*")]
    text = r"\w{0,14}".join(pieces)
    if "*" in phrase and not phrase.endswith("*"):  # a space was trimmed beside the star
        text = r"\w{0,14} ".join(re.escape(_plain(piece)) for piece in phrase.split("*"))
    return text
