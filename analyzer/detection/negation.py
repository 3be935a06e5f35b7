"""Which words of a sentence are negated.

French negation opens with "ne" (or "sans", "ni", "aucun …", "pas de …", "interdit de …") and reaches to
the end of its clause, or of its noun group. Four things that look like negation assert: the restrictive
"ne … que", the "ne" of politeness ("avant qu'il ne parte"), a negated refusal ("ne peut s'opposer à",
"ne permet pas d'exclure"), and what is excepted from a negation ("à personne, sauf au médecin"). What
is excepted from an assertion ("à l'exclusion des tests") is negated.

Everything here looks at words around a word, never further than ``_REACH``: linear, whatever the text.
"""

from __future__ import annotations

from spacy.tokens import Doc, Token

from analyzer.detection.normalise import fold

#: Second halves of a negation. "ne" alone negates only before the verbs of ``_BARE``.
_SECOND = frozenset("pas point plus jamais aucun aucune nul nulle nullement rien personne ni guère aucunement".split())
_BARE = frozenset({"pouvoir", "savoir", "cesser", "oser"})
#: Subjects that negate: "nul ne peut", "aucune pièce n'est demandée", "jamais l'assureur ne demande".
_NEGATIVE_SUBJECTS = frozenset({"aucun", "nul", "ni", "rien", "jamais"})

#: Verbs that themselves deny, and their nouns: when they are negated, what follows is asserted.
_DENYING = frozenset(
    "refuser opposer soustraire derober exclure ecarter empecher dispenser exonerer priver manquer omettre interdire"
    " echapper decliner exciper contester taire renoncer negliger obstacle prejudice atteinte hesiter oublier cesser"
    " limiter borner opposable inopposable retrancher abriter differer entraver deroger invalider".split()
)

#: Beginnings of words that forbid or spare: before "de" and an infinitive, they negate it.
_FORBIDDING = (
    "interdi", "abstien", "absten", "prohib", "dispens", "exempt", "exoner", "empech", "exclu", "inutile", "impossible",
)  # fmt: skip

#: Words that open a new clause and so close a negation.
_CLOSING = frozenset(
    "si s' lorsque lorsqu' quand sauf hormis excepté mais car afin sinon toutefois cependant dont qui lequel laquelle"
    " lesquels lesquelles où puis donc dès puisque puisqu' quoique tandis alors".split()
)
_STOPS = frozenset({";", ":", ".", "!", "?", "(", ")", "–", "—", "•", "«", "»", "…"})
#: After these, the "ne" that follows is politeness.
_POLITE = frozenset({"avant", "moins", "peur", "crainte", "empecher", "eviter"})
_SUBJECTS = frozenset("je j' tu il elle on nous vous ils elles celui celle ceux ce celui-ci".split())
_SUBJUNCTIVES = frozenset("soit soient ait aient puisse puissent doive doivent fasse fassent".split())
#: Finite forms that cannot be taken for anything else: a second one in a clause begins another clause.
_FINITE = frozenset(
    "est sont sera seront était étaient ont aura auront peut peuvent pourra pourront doit doivent devra devront"
    " perd perdent entraîne entraînent".split()
)
#: Verbs that need another one: a comma after them opens an aside.
_MODAL = frozenset({"pouvoir", "devoir", "vouloir", "savoir"})
_INTO_GROUP = frozenset({"de", "ni", "ou", "et", "a"})
#: "hors de l'Union" tells a place, "sauf accord" a condition: neither takes anything out of the sentence.
_PLACES = frozenset("de d' union ue eee europe france espace zone pays tout toute le la l' les ligne cas".split())
_CONDITIONS = frozenset("cas accord preuve opposition si en disposition convention demande urgence refus".split())

#: A negation that finds no end stops by itself after this many words.
_REACH = 40
#: A second half stands at most this many words after its "ne".
_SPLIT = 14


def negated_tokens(doc: Doc) -> list[bool]:
    """Return, for each token of ``doc`` (lemmas folded), whether it stands under a negation."""
    negated = [False] * len(doc)
    for token in doc:
        _read(doc, token, negated)
    return negated


def _read(doc: Doc, token: Token, negated: list[bool]) -> None:
    """Mark what ``token`` negates, if it opens a negation."""
    index, text = token.i, token.text
    if token.lemma_ == "ne":
        _read_ne(doc, index, negated)
    elif text in ("hors", "hormis", "excepté", "sauf", "exclusion", "exception", "autre", "autres"):
        _read_exception(doc, index, negated)
    elif negated[index]:
        return
    elif text == "sans" and _text(doc, index + 1) not in ("lequel", "laquelle", "quoi"):
        verb = index + 1 + (_text(doc, index + 1) in ("se", "s'", "y", "en", "le", "l'", "lui"))
        if _text(doc, index + 1) in ("que", "qu'") or (verb < len(doc) and _is_infinitive(doc[verb])):
            _mark_clause(doc, index + 1, negated, seen_verb=True)
        else:
            _mark_group(doc, index + 1, negated)
    elif text == "ni":
        _mark_group(doc, index + 1, negated)
    elif text == "non":
        _read_non(doc, index, negated)
    elif _follows_ne(doc, index):
        return
    elif text in ("aucun", "aucune") or _is_nul(doc, index):
        _mark_clause(doc, index, negated, seen_verb=True)
    elif text in ("pas", "point", "jamais") and _text(doc, index + 1) in ("de", "d'", "besoin"):
        if text != "point" and _text(doc, index - 1) not in ("à", "de"):
            _mark_clause(doc, index + 1, negated, seen_verb=True)
    elif fold(text).startswith(_FORBIDDING) or text in ("interdiction", "défense"):
        infinitive = _forbidden(doc, index)
        if infinitive is not None:
            _mark_clause(doc, infinitive, negated, seen_verb=False)


def _read_ne(doc: Doc, start: int, negated: list[bool]) -> None:
    following = _text(doc, start + 1)
    if following.startswith("import"):  # "n'importe quel document"
        return
    second = _second_half(doc, start)
    if second is not None:
        after = _text(doc, second + 1)
        if second < 0 or after in ("seulement", "uniquement", "exclusivement", "moins"):
            return
        if after in ("que", "qu'") and not _is_completive(doc, second + 1):
            return
    elif not _bare(doc, start):
        return
    _mark_clause(doc, start + 1, negated, seen_verb=False)


def _second_half(doc: Doc, start: int) -> int | None:
    """Return where the second half of the "ne" at ``start`` stands; ``-1`` for a restrictive "que"."""
    for token in doc[start + 1 : start + _SPLIT]:
        text = token.text
        if (text in _STOPS and text not in "()") or token.lemma_ == "ne":
            return None
        if text in ("que", "qu'") and token.i > start + 1 and _text(doc, token.i - 1) not in ("autre", "autres"):
            return None if _is_completive(doc, token.i) else -1
        if text in ("personne", "point", "plus") and (
            doc[token.i - 1].pos_ == "DET" or _text(doc, token.i - 1) in ("sur", "de", "au", "la", "le", "les")
        ):
            continue
        if text in _SECOND:
            return token.i
    return None


def _is_completive(doc: Doc, index: int) -> bool:
    """Whether the "que" at ``index`` opens a clause of its own ("exiger qu'il lève", "que le secret soit levé")."""
    if _text(doc, index + 1) in _SUBJECTS and _text(doc, index + 2) not in _STOPS | {"", ",", "et", "ou"}:
        return True
    for token in doc[index + 1 : index + 10]:
        if token.text in _STOPS or token.text == ",":
            return False
        if token.text in _SUBJUNCTIVES:
            return True
    return False


def _bare(doc: Doc, start: int) -> bool:
    """Whether the "ne" at ``start`` negates by itself: after a negative subject, or before "peut" or "saurait"."""
    before = doc[max(0, start - 12) : start]
    if any(token.lemma_ in _NEGATIVE_SUBJECTS for token in before) or _text(doc, start - 1) == "personne":
        return _text(doc, start - 2) not in ("la", "une", "toute", "cette", "chaque")
    if any(token.lemma_ in _POLITE for token in before):
        return False
    verb = next((token for token in doc[start + 1 : start + 4] if token.pos_ in ("VERB", "AUX")), None)
    return verb is not None and verb.lemma_ in _BARE


def _read_exception(doc: Doc, index: int, negated: list[bool]) -> None:
    """Mark what is taken out of an assertion; what is taken out of a negation stays unmarked."""
    text, following = doc[index].text, _text(doc, index + 1)
    if text in ("autre", "autres"):  # "à aucune personne autre que le médecin"
        if negated[index] and following in ("que", "qu'"):
            _unmark(doc, index + 1, negated)
        return
    if text in ("exclusion", "exception"):
        if following not in ("de", "d'", "du", "des") or _text(doc, index - 1) != "l'":
            return
    elif (
        following in _CONDITIONS | {"de", "d'"}
        or (text == "hors" and following in _PLACES)
        or (text == "sauf" and _text(doc, index + 2) in _CONDITIONS)
    ):
        return
    if any(negated[max(0, index - 12) : index]):
        _unmark(doc, index + 1, negated)
    elif text != "sauf" or following in ("le", "la", "les", "l'", "à", "au", "aux", "vos", "votre"):
        _mark_group(doc, index + 1, negated, joined=True)


def _read_non(doc: Doc, index: int, negated: list[bool]) -> None:
    following = _text(doc, index + 1)
    if following == "pas":
        _mark_clause(doc, index + 2, negated, seen_verb=True)
    elif (
        _text(doc, index - 1) not in ("ou", "soit")
        and following not in ("seulement", "uniquement", "plus", "")
        and following not in _STOPS
    ):
        negated[index + 1] = True


def _is_nul(doc: Doc, index: int) -> bool:
    """Whether "nul" is a pronoun or a determiner ("nul ne peut", "nul besoin"), not "le contrat est nul"."""
    if doc[index].text not in ("nul", "nulle"):
        return False
    following = _text(doc, index + 1)
    if following in ("ne", "n'", "besoin"):
        return True
    before = doc[index - 1] if index else None
    return (before is None or before.text in _STOPS or before.text == ",") and doc[index + 1 : index + 2].text.isalpha()


def _follows_ne(doc: Doc, index: int) -> bool:
    """Whether a "ne" stands shortly before, so that this word is its second half."""
    return any(token.lemma_ == "ne" for token in doc[max(0, index - 8) : index])


def _forbidden(doc: Doc, index: int) -> int | None:
    """Return where the infinitive starts that the word at ``index`` forbids ("interdit à l'assureur de demander")."""
    for token in doc[index + 1 : index + 9]:
        if token.text in _STOPS or token.text == ",":
            return None
        if token.text in ("de", "d'"):
            verb = token.i + 1
            while _text(doc, verb) in ("se", "s'", "le", "l'", "les", "lui", "leur", "y", "en"):
                verb += 1
            if verb < len(doc) and _is_infinitive(doc[verb], after_preposition=True):
                return verb
    return None


def _is_infinitive(token: Token, *, after_preposition: bool = False) -> bool:
    if "VerbForm=Inf" in str(token.morph):
        return True
    if token.pos_ == "NOUN" and not after_preposition:
        return False
    return len(token) > 4 and token.text.endswith(("er", "ir", "oir", "ettre", "endre", "aire", "ire"))


def _mark_clause(doc: Doc, start: int, negated: list[bool], *, seen_verb: bool) -> None:
    """Mark tokens from ``start`` to the end of the clause; a denying verb on the way ends the negation."""
    index, end = start, min(len(doc), start + _REACH)
    listing = subordinate = modal = False
    relative = any(token.text == "qui" for token in doc[max(0, start - 4) : start])
    while index < end:
        token = doc[index]
        text = token.text
        if text == "(":
            index = _after_bracket(doc, index)
            continue
        if text == ":" and _announces(doc, index):
            listing = True
        elif text in _STOPS and not (listing and text in (";", "•", "–", "—")):
            return
        elif text == ",":
            if not seen_verb:
                index = _after_aside(doc, index)
                continue
            if not listing and not _enumerates(doc, index):
                return
        elif (index > start + 1 and _closes(doc, index)) or (
            seen_verb and not subordinate and (text in _FINITE or (relative and _is_finite(doc, index)))
        ):
            return
        elif token.lemma_ in _DENYING:
            negated[index] = True
            return
        else:
            subordinate = subordinate or text in ("que", "qu'")
            modal = modal or token.lemma_ in _MODAL
            complete = token.pos_ in ("VERB", "ADJ") or (token.pos_ == "NOUN" and not modal)
            seen_verb = seen_verb or (complete and token.lemma_ not in _MODAL)
            negated[index] = True
        index += 1


def _closes(doc: Doc, index: int) -> bool:
    """Whether another clause, a condition or an exception begins at ``index``."""
    text = doc[index].text
    if text in ("et", "ou"):
        return _begins_clause(doc, index + 1)
    if text in ("que", "qu'"):
        return _text(doc, index - 1) in ("autre", "autres")
    return text in _CLOSING or _begins_condition(doc, index)


def _mark_group(doc: Doc, start: int, negated: list[bool], *, joined: bool = False) -> None:
    """Mark the noun group that begins at ``start``, with what "de", "ni" or "ou" add to it."""
    for token in doc[start : start + 16]:
        if token.lemma_ in _INTO_GROUP:
            if token.lemma_ == "et" and not joined:
                return
            if token.lemma_ == "a" and token.i > start and not _opens_infinitive(doc, token.i):
                return
        elif (
            token.text in _STOPS
            or token.text == ","
            or token.text in _CLOSING
            or (token.i > start and token.pos_ in ("VERB", "AUX", "PRON", "ADP", "CCONJ", "SCONJ", "PUNCT"))
        ):
            return
        negated[token.i] = True
        if token.lemma_ in _DENYING:
            return


def _opens_infinitive(doc: Doc, index: int) -> bool:
    return index + 1 < len(doc) and _is_infinitive(doc[index + 1], after_preposition=True)


def _unmark(doc: Doc, start: int, negated: list[bool]) -> None:
    """Assert again what stands between ``start`` and the end of the clause."""
    for token in doc[start : start + _REACH]:
        if token.text in _STOPS or token.text == ",":
            return
        negated[token.i] = False


def _announces(doc: Doc, colon: int) -> bool:
    """Whether the negated list follows the colon: "ne sont pas demandés :", "les pièces suivantes :"."""
    before = doc[colon - 1]
    return (
        before.pos_ in ("VERB", "AUX")
        or before.text in ("pas", "jamais", "suivants", "suivantes", "après", "dessous")
        or "VerbForm" in str(before.morph)
    )


def _after_bracket(doc: Doc, index: int) -> int:
    closing = next((token.i for token in doc[index : index + _REACH] if token.text == ")"), index)
    return closing + 1


def _after_aside(doc: Doc, comma: int) -> int:
    """Return where the clause goes on after an aside between commas ("ne peut, en aucun cas, exiger")."""
    for token in doc[comma + 1 : comma + 16]:
        if token.text in _STOPS:
            break
        if token.text == ",":
            return token.i + 1
    return comma + 1


def _enumerates(doc: Doc, comma: int) -> bool:
    """Whether the negation goes on after the comma, in a list of like things ("ni vendues, cédées ou louées")."""
    following = doc[comma + 1] if comma + 1 < len(doc) else None
    if following is None:
        return False
    if following.text in ("ni", "même", "ou", "voire", "d'", "aucun", "aucune"):
        return True
    if _closes(doc, comma + 1) or following.text in ("en", "sous", "dans", "lors", "sans", "et"):
        return False
    for token in doc[comma + 1 : comma + 14]:
        if token.text in _STOPS or token.text in _CLOSING or token.text in _SUBJECTS or token.text in _FINITE:
            return False
        if token.text in ("ou", "ni"):
            return True
    return False


def _begins_condition(doc: Doc, index: int) -> bool:
    """Whether "en cas de", "à moins que", "à condition", "sous réserve", "tant que" begins at ``index``."""
    pair = (_text(doc, index), _text(doc, index + 1))
    return pair in {
        ("en", "cas"), ("à", "moins"), ("à", "condition"), ("sous", "réserve"), ("tant", "que"), ("tant", "qu'"),
        ("dans", "ce"), ("à", "défaut"), ("au", "contraire"), ("faute", "de"), ("comme", "indiqué"), ("comme", "prévu"),
    }  # fmt: skip


def _begins_clause(doc: Doc, index: int) -> bool:
    """Whether a finite verb or a subject pronoun follows "et": another clause, which is not negated."""
    if _text(doc, index) in _SUBJECTS and _text(doc, index + 1) not in _STOPS | {",", ""}:
        return True
    while _text(doc, index) in ("se", "s'", "le", "la", "l'", "les", "lui", "leur", "y", "en"):
        index += 1
    return index < len(doc) and _is_finite(doc, index)


def _is_finite(doc: Doc, index: int) -> bool:
    token = doc[index]
    if token.text in _FINITE:
        return True
    return "VerbForm=Fin" in str(token.morph) and (index == 0 or doc[index - 1].pos_ not in ("DET", "ADP", "ADJ"))


def _text(doc: Doc, index: int) -> str:
    return doc[index].text if 0 <= index < len(doc) else ""
