"""Personal data found in a document, and masked in what a report shows of it.

What is masked: names (of people, their relatives and doctors), social security numbers (NIR), bank accounts, telephone
numbers, e-mail and postal addresses, dates and places of birth, employers and professions, clinics, numbers of policies
and files. They are found where a form says so ("Nom :", "Je soussigné(e) …"), behind a title ("Dr", "Mme"), by their
build (a NIR, an IBAN, a telephone number), and then wherever they stand again in the document.

What stays: the words that the insurer printed, and how to reach the insurer. An address is personal only where the
text says that somebody lives there; a telephone number or an e-mail is left where it is a service's ("dpo@…", "service
clients : …", "n° vert"), and masked otherwise. A NIR or an IBAN is always masked. What names nobody (an illness, the
date of an operation) is left to the reading of forms, which keeps no answers.

Each character masked becomes one ``•`` and spaces stay, so that every offset into the text stays valid.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import Literal, NamedTuple

from analyzer.detection.lemmas import FUNCTION_WORDS, lemmas_as
from analyzer.schema import Document, Finding, Line, Page, Passage, Report, Rewording, TraceStep

__all__ = ["PersonalData", "mask", "mask_passages", "personal_data"]

MASK = "•"

#: What a value is: it decides how it is read and where else it is looked for.
Kind = Literal["name", "place", "employer", "profession", "code", "birth"]


class Value(NamedTuple):
    """``text[start:end]`` is personal."""

    kind: Kind
    start: int
    end: int


# ---- the words of forms; all patterns see text in lower case without accents -----------------------------

_WHOSE = (
    r"(?:,? (?:de naissance|de jeune fille|d['’]usage|d['’]epou(?:x|se)|de famille|marital|patronymique|usuel|complet"
    r"|(?:et ville|et adresse)? ?de votre medecin traitant"
    r"|du (?:signataire|conjoint|proposant|titulaire|souscripteur|beneficiaire|mandataire|representant|medecin)"
    r"|de l['’](?:assuree?|adherente?|emprunteu(?:r|se)|enfant|interessee?)(?:\(e\))?)){0,2}"
)
_NAMES = r"(?:(?:pre)?noms?|prenom\(s\)|nom\(s\))"
_LABELS: dict[Kind, str] = {
    "name": rf"(?:{_NAMES}(?:(?: ?[,/] ?| et | ou ){_NAMES})?{_WHOSE}"
    r"|(?:votre )?medecin traitant|titulaire(?: du compte)?|debiteur|signataire|proposant(?:e|\(e\))?"
    r"|(?:assure|adherent|emprunteur|conjoint)(?:e|\(e\))?(?: \d)?"
    r"|signature(?: (?:du|de la|de l['’])[ ]?\w{3,20}(?:\(e\))?)?)",
    "place": r"(?:adresse(?: (?:postale|complete|personnelle|actuelle|principale|du domicile))?|domicile|rue|voie"
    r"|code postal(?:(?: ?[,/-] ?| et )(?:ville|commune))?|ville|commune|(?:ville|lieu|commune) de naissance"
    r"|ne(?:e|\(e\))? a)",
    "employer": r"(?:nom de l['’]employeur|employeur)",
    "profession": r"(?:profession(?: exercee| actuelle)?|metier)",
    "birth": r"(?:date de naissance|ne(?:e|\(e\))? le)",
    "code": r"(?:(?:n°|no|numero|ref(?:erence|\.)?)(?: unique)? ?(?:de |d['’]|du )?"
    r"(?:contrat|police|adherente?|adhesion|dossier|client|societaire|sinistre|pret|mandat|assuree?|compte|passeport"
    r"|securite sociale|secu|ss)|rum|iban|bic|police)",
}
_LABEL = re.compile(
    r"(?<![\w'’])(?:" + "|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _LABELS.items()) + r")\s{0,3}:"
)
_LABEL_ALONE = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _LABELS.items()))
#: Printed on forms where a value could stand: never part of a value, and the end of one.
_PRINTED = frozenset(
    """a adherent adherente adherents adhesion adresse ajoutez annee an ans assistance assurance assurances assure
    assuree assures assurees banque beneficiaire bulletin cachet cadre caisse case cases chaque code commune
    compagnie conjoint conseil contrat courriel credit date declaration demande directeur directrice docteur
    document dossier duree email employeur emprunteur enfant engage fait fax fonction formulaire garantie gestion
    groupe il elle institution je jour kg l la le les lien lieu lu m madame mademoiselle mail maison mediateur
    medecin medecins medical melle membre mention metier mlle mm mme mobile mois monsieur montant motif mr
    mutuelle naissance nature nom noms non nous numero o oui organisme page partie pharmacie portable poids police
    postal precisez prenom prenoms president presidente pret prevoyance profession proposant qualite question
    questionnaire raison reference regime representant sa sante sas section service si signataire signature
    situation social societe souscripteur taille tel telephone titre titulaire traitant type union veuillez vie
    ville vos votre vous x""".split()
)
_COMPANY = frozenset(
    "assurance assurances association banque caisse compagnie credit entreprise institution mutuelle prevoyance sa "
    "sas societe union".split()
)
_PARTICLES = frozenset("d da de del des di du el la le van von ben bin".split())
_TITLE = re.compile(
    r"(?<![\w.])(?:dr|docteur|pr|professeur|m|mr|mme|mlle|melle|monsieur|madame|mademoiselle|maitre)\b\.?"
)
_SIGNED = re.compile(r"\bje soussigne(?:e|\(e\))?(?!\w),?\s{1,3}|\bnee\s{1,3}(?!l)|\bepouse\s{1,3}")
_LIVES = re.compile(
    r"\b(?:demeurant|domicilie(?:e|\(e\))?|residant|habitant)(?: au?| actuellement)?\s{1,3}|\bfait a\s{1,3}"
)
_CARE = re.compile(
    r"\b(?:clinique|polyclinique|hopital|chu|chru|centre hospitalier|cabinet(?: medical)?|pharmacie|laboratoire"
    r"|maternite)\s{1,2}(?:de la |de l['’]|des |de |du |d['’])?"
)
_STREET = re.compile(
    r"\b\d{1,4}(?: ?(?:bis|ter|quater|[a-d]))?,? (?:rue|avenue|av\.?|boulevard|bd|place|chemin|allee|impasse|route"
    r"|quai|cours|square|passage|lotissement|residence|hameau|lieu[- ]dit)\b[^\n;]{0,80}"
)
#: As far before a street as somebody's name tells whose it is (characters).
_NEAR = 60
_STREET_WORD = re.compile(
    r"(?:rue|avenue|boulevard|place|chemin|allee|impasse|route|quai|cours|residence|lieu[- ]dit)\b"
)
_PLACE_END = re.compile(rf"\n|\s{{3}}|[;:(]|(?<=\w{{4}})\. |\.$|, (?=[a-zà-ÿ]{{4}})(?!{_STREET_WORD.pattern})")
_STREET_OR_TOWN = re.compile(rf"{_STREET.pattern}|\d{{5}} [^\W\d_]")
_STREET_WORDS = frozenset(
    "rue avenue av boulevard bd place chemin allee impasse route quai cours square passage lotissement residence "
    "hameau batiment bat appartement appt escalier etage cedex sur sous les des".split()
)
_DETERMINERS = frozenset("ce cet cette chaque le la les l mon notre son tout toute un une votre vous".split())

# ---- numbers -----------------------------------------------------------------------------------------------

_GAP = r"[\s.\-]{0,3}"
_GAPS = re.compile(r"[\s.\-/()]{0,3}")
#: A number is written in at most so many groups.
_MOST_RUNS = 35
_NIR = tuple(re.compile(rf"(?<![\w.,])[1-478](?:{_GAP}[\dab]){{{more}}}(?!\w)") for more in (14, 12))
_NIR_SHAPE = re.compile(r"[1-478]\d\d(?:0[1-9]|1[0-2]|[2-9]\d)(?:\d\d|2[ab])\d{6}(?:\d\d)?")
#: How its 13 or 15 characters are grouped in print.
_NIR_GROUPS = ([13], [15], [13, 2], [1, 2, 2, 2, 3, 3], [1, 2, 2, 2, 3, 3, 2], [1] * 13, [1] * 15)
_SOCIAL_SECURITY = re.compile(r"\bs\.?s\b|secu|nir\b|immatriculation")
_IBAN = re.compile(r"(?<!\w)[a-z]{2}\s?\d{2}(?:\s{0,3}[a-z0-9]){11,30}")
_IBAN_LENGTHS = {"fr": 27, "mc": 27, "be": 16, "lu": 20, "ch": 21, "de": 22, "es": 24, "it": 27, "pt": 25}
#: At least this part of an account number is digits.
_IBAN_DIGITS = 0.6
_PHONE = re.compile(
    r"(?<![\w.,/+-])(?:(?:\+|00) ?33[ .]?(?:\(0\))?[ .]{0,2}|0 ?)[1-79](?:[ .\-/]{0,2}\d){8}(?!\d)"
    r"|(?<![\w+])(?:\+|00)[1-9]\d{0,2}(?:[ .\-/()]{0,2}\d){6,12}(?!\d)"
)
_SERVICE_NEAR = re.compile(
    r"\bservices?\b|n° vert|numero vert|cristal|\bazur\b|gratuit|surtax|plate-?forme|assistance|mediat|reclamation"
    r"|standard|siege|nous (?:appel|joindre|contact|ecri)|appel(?:ez|er)[- ]nous|contact(?:ez|er)|\bconseillers?\b"
    r"|\bagence\b|delegue a la protection|cnil"
)
_OWN_NEAR = re.compile(r"mobile|portable|personnel|domicile|\bmon\b|\bmes\b")
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_SERVICE_MAIL = frozenset(
    """accueil adherents administration adhesion agence aide assistance assurance assures clients client clientele
    conseil contact contrat contrats courrier cnil dpd dpo donnees gestion info information informations infos
    mediateur mediation medical mutuelle noreply prevoyance privacy protection reclamation reclamations recours
    relation relations rgpd sante secretariat service services sinistre sinistres souscription support""".split()
)
_MONTHS = "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre".split()
_DATE = re.compile(
    r"(?<!\d)(?P<d>\d ?\d?)[\s./\-]{1,3}(?P<m>\d ?\d?)[\s./\-]{1,3}(?P<y>(?:1 ?9|2 ?0) ?\d ?\d)(?!\d)"
    rf"|(?<!\d)(?P<dd>\d\d?)(?:er)? (?P<month>{'|'.join(_MONTHS)}) (?P<yy>(?:19|20)\d\d)(?!\d)"
    r"|(?<!\d)(?P<run>\d{4}(?:19|20)\d\d)(?!\d)"
)
#: One square a digit: only somebody's answer is written so.
_COMB_DATE = re.compile(r"(?<!\d)(?<!\d )\d(?: {1,3}\d){7}(?! ?\d)")
_BORN = re.compile(r"\bne(?:e|\(e\))?s?(?!\w)|naissance")
#: A birth and its date stand this near to each other (characters).
_BIRTH_NEAR = 70
_BIRTH_TOWN = re.compile(r"\s{1,3}a\s{1,3}")
_CODE = re.compile(
    r"\s{0,4}(?P<value>[a-z0-9]{1,30}(?:[./-][a-z0-9]{1,30}){0,6}(?:\s{1,3}[a-z]{0,3}\d[a-z0-9]{0,12}){0,9})"
)

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+){0,6}")
_TOKEN = re.compile(r"\d+|[^\W\d_]+(?:-[^\W\d_]+){0,6}")
_SPACED_CAPITALS = re.compile(r"[^\W\d_](?: {1,2}[^\W\d_]){2,40}(?!\w)")
_NAME_LINK = re.compile(r"[ \u00a0]{1,2}|, ?|['’]|\. ?")
#: Where the value of a field ends: the next field of the row, the end of the line, a box to tick.
_FIELD_END = re.compile(r"\n|\s{3}|;|[☐☒☑□■]|\.{3}|…|_{2}")
#: Longest value of a field, and how far it stands from its label (characters); most words of a profession or employer.
_LONGEST_VALUE, _FIELD_GAP, _MOST_WORDS = 80, 8, 7
#: Shorter words and numbers are not looked for elsewhere (characters).
_SHORTEST_WORD, _SHORTEST_CODE = 3, 5
#: Parts of a row further apart have nothing to do with each other; the cells of a column begin within this distance of
#: its label, and follow each other within this gap (points).
_ONE_ROW, _SAME_EDGE, _LARGEST_GAP = 110.0, 8.0, 24.0


@dataclass(frozen=True)
class PersonalData:
    """The personal data of one document: how to know them again in any text of it.

    ``words`` and ``phrases`` are in lower case without accents; ``codes`` hold letters and digits only. ``shy`` are
    names that are also common words of the document ("Petit"): they count only beside another word of a name.
    """

    words: frozenset[str] = frozenset()
    shy: frozenset[str] = frozenset()
    phrases: frozenset[tuple[str, ...]] = frozenset()
    codes: frozenset[str] = frozenset()
    births: frozenset[date] = frozenset()

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Return where personal data stand in ``text``: half-open spans in order, without overlap."""
        plain = _plain(text)
        found = [(value.start, value.end) for value in _values(text, plain)]
        found += _contacts(plain)
        found += self._known_words(text, plain)
        found += self._known_codes(plain)
        found += [(start, end) for start, end, day in _dates(plain) if day in self.births]
        return _merged(found)

    def mask(self, text: str) -> str:
        """Return ``text``, as long as it was, with ``•`` for each character of personal data; spaces stay."""
        parts = []
        position = 0
        for start, end in self.spans(text):
            parts += [text[position:start], re.sub(r"\S", MASK, text[start:end])]
            position = end
        return "".join((*parts, text[position:]))

    def _known_words(self, text: str, plain: str) -> Iterator[tuple[int, int]]:
        tokens = [(match.group(), match.start(), match.end()) for match in _TOKEN.finditer(plain)]
        for position, (token, start, end) in enumerate(tokens):
            beside = (tokens[near][0] for near in (position - 1, position + 1) if 0 <= near < len(tokens))
            if (
                token in self.words
                or any(part in self.words for part in token.split("-"))
                or (token in self.shy and any(word in self.words for word in beside))
            ):
                initial = re.search(r"(?<!\w)[^\W\d_]\.[ -]?$", text[max(0, start - 4) : start])
                yield start - (len(initial.group()) if initial else 0), end
            for length in self._phrase_lengths.get(token, ()):
                run = tokens[position : position + length]
                if tuple(word for word, _, _ in run) in self.phrases:
                    yield start, run[-1][2]

    def _known_codes(self, plain: str) -> Iterator[tuple[int, int]]:
        runs = [(match.start(), match.end()) for match in re.finditer(r"[^\W_]+", plain)] if self.codes else []
        for position, (start, end) in enumerate(runs):
            number = plain[start:end]
            for after in (*runs[position + 1 : position + _MOST_RUNS], None):
                if number in self.codes:
                    yield start, end
                if after is None or len(number) >= self._longest_code or not _GAPS.fullmatch(plain, end, after[0]):
                    break
                number, end = number + plain[after[0] : after[1]], after[1]

    @cached_property
    def _phrase_lengths(self) -> dict[str, set[int]]:
        lengths: dict[str, set[int]] = {}
        for phrase in self.phrases:
            lengths.setdefault(phrase[0], set()).add(len(phrase))
        return lengths

    @cached_property
    def _longest_code(self) -> int:
        return max(map(len, self.codes))


def personal_data(document: Document) -> PersonalData:
    """Return the personal data of a document, looked for on all its pages."""
    return _collect([text for page in document.pages for text in _page_texts(page)])


def mask(report: Report, document: Document) -> Report:
    """Return ``report`` with the personal data of ``document`` masked in all that it shows of the document.

    Texts keep their length, so that spans stay valid. What Sceau says in its own words is left as it is.
    """
    known = personal_data(document)
    hide = known.mask
    form = report.questionnaire
    if form:
        form = form.model_copy(
            update={
                "questions": tuple(
                    question.model_copy(update={"rewording": _mask_rewording(question.rewording, known)})
                    for question in form.questions
                )
            }
        )
    return report.model_copy(
        update={
            "document": report.document.model_copy(update={"name": hide(report.document.name)}),
            "findings": tuple(_mask_finding(finding, known) for finding in report.findings),
            "questionnaire": form,
            "unread": tuple(part.model_copy(update={"extract": hide(part.extract)}) for part in report.unread),
        }
    )


def mask_passages(passages: Iterable[Passage], document: Document) -> tuple[Passage, ...]:
    """Return all ``passages`` of ``document`` with its personal data masked; texts keep their length."""
    known = personal_data(document)
    return tuple(_mask_passage(passage, known) for passage in passages)


def _mask_finding(finding: Finding, known: PersonalData) -> Finding:
    shown = _mask_passage(finding.passage, known)
    return finding.model_copy(
        update={
            "passage": shown,
            "evidence": tuple(
                part.model_copy(update={"text": shown.text[part.start : part.end]}) for part in finding.evidence
            ),
            "trace": tuple(_mask_step(step, finding.passage.text, shown.text, known) for step in finding.trace),
            "rewording": finding.rewording and known.mask(finding.rewording),
        }
    )


def _mask_passage(passage: Passage, known: PersonalData) -> Passage:
    return passage.model_copy(
        update={
            "text": known.mask(passage.text),
            "context": known.mask(passage.context),
            "section": tuple(map(known.mask, passage.section)),
        }
    )


def _mask_step(step: TraceStep, text: str, shown: str, known: PersonalData) -> TraceStep:
    """Mask the words of a reason as the passage masks them, where they come from it."""

    def hide(words: str) -> str:
        start = text.find(words)
        return shown[start : start + len(words)] if start >= 0 else known.mask(words)

    return step.model_copy(update={"words": tuple(map(hide, step.words))})


def _mask_rewording(rewording: Rewording, known: PersonalData) -> Rewording:
    return rewording.model_copy(update={"lines": tuple(map(known.mask, rewording.lines))})


# ---- a page as text --------------------------------------------------------------------------------------


def _page_texts(page: Page) -> Iterator[str]:
    """Yield the texts of a page to look through.

    First its rows, one a line, parts of a row three spaces apart: a field and its value stand in one row, and a number
    goes on in the next part or row. Then, as "label: value", each label and what stands beside or under it.
    """
    rows = _rows(page.lines)
    yield "\n".join(map(_row_text, rows))
    for index, row in enumerate(rows):
        for number, line in enumerate(row):
            label = _LABEL_ALONE.fullmatch(_plain(line.text).strip(" :*."))
            if label is None:
                continue
            beside = [other for other in row[number + 1 : number + 2] if other.x0 - line.x1 <= _ONE_ROW]
            if not beside or _is_field(beside[0]):
                beside = _below(line, rows[index + 1 :])
            kind: Kind = next(name for name in _LABELS if label[name])
            for value in beside:
                if _fills(kind, value.text):
                    yield f"{label.group()} : {value.text}"


def _row_text(row: Sequence[Line]) -> str:
    parts = [row[0].text]
    for left, right in zip(row, row[1:], strict=False):
        parts += ["   " if right.x0 - left.x1 <= _ONE_ROW else "\n", right.text]
    return "".join(parts)


def _rows(lines: Sequence[Line]) -> list[list[Line]]:
    """Return the lines of a page by row, from the top, each from the left."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: (line.top + line.bottom, line.x0)):
        middle = (line.top + line.bottom) / 2
        if rows and rows[-1][0].top <= middle <= rows[-1][0].bottom:
            rows[-1].append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda line: line.x0) for row in rows]


def _below(label: Line, rows: Iterable[Sequence[Line]]) -> list[Line]:
    """Return what stands under a label, down to the next label or gap: the cells of its column."""
    column: list[Line] = []
    edge = label.bottom
    for row in rows:
        if row[0].top - edge > _LARGEST_GAP:
            break
        for line in row:
            if abs(line.x0 - label.x0) <= _SAME_EDGE:
                if _is_field(line):
                    return column
                column.append(line)
                edge = line.bottom
    return column


def _fills(kind: Kind, text: str) -> bool:
    """Whether a line looks like what somebody wrote in a field, and not like the next thing printed on the form."""
    plain = _plain(text)
    if kind == "birth":
        return any(True for _ in _dates(plain))
    if kind == "code":
        return (code := _CODE.fullmatch(plain)) is not None and len(re.findall(r"\d", code["value"])) >= _SHORTEST_CODE
    if _TITLE.match(plain) or (
        kind == "place" and re.match(r"\d{5} |\d{1,4},? ", text) and _STREET_OR_TOWN.match(plain)
    ):
        return True
    if kind not in ("name", "place"):
        return False
    rest = re.split(",", text)[0].rstrip()
    names = list(_name(rest, _plain(rest), 0, len(rest)))
    return any(value.end == len(rest) for value in names) and not all(map(_is_common, _WORD.findall(rest)))


def _is_field(line: Line) -> bool:
    plain = _plain(line.text)
    return _LABEL_ALONE.fullmatch(plain.strip(" :*.")) is not None or _LABEL.match(plain) is not None


# ---- values in a text ------------------------------------------------------------------------------------


def _values(text: str, plain: str) -> Iterator[Value]:
    """Yield what is personal in a text by what stands before it; ``plain`` is the text folded, as long."""
    labels = list(_LABEL.finditer(plain))
    for number, label in enumerate(labels):
        limit = labels[number + 1].start() if number + 1 < len(labels) else len(text)
        yield from _field(label, text, plain, min(limit, label.end() + _LONGEST_VALUE))
    names = [
        name
        for title in _TITLE.finditer(plain)
        if text[title.start()].isupper()
        for name in _name(text, plain, title.end(), title.end() + _LONGEST_VALUE)
    ]
    for signed in _SIGNED.finditer(plain):
        names += _name(text, plain, signed.end(), signed.end() + _LONGEST_VALUE)
    yield from names
    for name in names:
        street = _STREET.search(plain, name.end, name.end + _NEAR)
        if street and not _COMPANY & set(_WORD.findall(plain[name.end : street.start()])):
            yield from _place(text, plain, street.start(), street.end())
    for care in _CARE.finditer(plain):
        yield from _name(text, plain, care.end(), care.end() + _LONGEST_VALUE, most=2)
    for lives in _LIVES.finditer(plain):
        yield from _place(text, plain, lives.end(), lives.end() + _LONGEST_VALUE)
    for start, end, _ in _dates(plain) if _BORN.search(plain) else ():
        before = plain[max(0, start - _BIRTH_NEAR) : start]
        if _BORN.search(before) and not re.search(r"\d{3}", _BORN.split(before)[-1]):
            yield Value("birth", start, end)
            if town := _BIRTH_TOWN.match(plain, end):
                yield from _place(text, plain, town.end(), town.end() + _LONGEST_VALUE)
    for comb in _COMB_DATE.finditer(plain):
        if any(True for _ in _dates(_compact(comb.group()))):
            yield Value("birth", *comb.span())
    yield from (Value("code", *span) for span in _accounts(plain))


def _field(label: re.Match[str], text: str, plain: str, limit: int) -> Iterator[Value]:
    """Yield the value of a field, if one was filled in."""
    kind: Kind = next(name for name in _LABELS if label[name])
    start = label.end() + len(text[label.end() : limit]) - len(text[label.end() : limit].lstrip(" \u00a0"))
    if start - label.end() > _FIELD_GAP:
        return
    end_of_field = _FIELD_END.search(text, start, limit)
    end = end_of_field.start() if end_of_field else limit
    if kind == "name":
        if comb := _SPACED_CAPITALS.match(text, start, end):
            yield Value("name", *comb.span())
        yield from _name(text, plain, start, end, lower=True)
    elif kind == "code":
        code = _CODE.match(plain, start, end)
        if code and (len(re.findall(r"\d", code["value"])) >= 3 or label.group().startswith("bic")):
            yield Value("code", *code.span("value"))
    elif kind == "place":
        yield from _place(text, plain, start, end)
    elif kind in ("employer", "profession"):
        stop = re.search(r"[,.:?(]", text[start:end])
        end = start + stop.start() if stop else end
        words = _WORD.findall(plain[start:end])
        if words and len(words) <= _MOST_WORDS and words[0] not in FUNCTION_WORDS and words[0] not in _DETERMINERS:
            yield Value(kind, start, start + len(text[start:end].rstrip()))


def _name(text: str, plain: str, start: int, limit: int, *, lower: bool = False, most: int = 5) -> Iterator[Value]:
    """Yield the name at ``start``: capitalised words, or with ``lower`` also words that are in no dictionary."""
    start += len(text[start:limit]) - len(text[start:limit].lstrip(" \u00a0,☐☒"))
    position, end, count = start, start, 0
    while count < most and (word := _WORD.match(text, position, limit)):
        token = plain[word.start() : word.end()]
        is_name = (word.group()[0].isupper() or (lower and not _is_common(word.group()))) and token not in _PRINTED
        if is_name and len(token) > 1:
            end, count = word.end(), count + 1
        elif not (is_name or token in _PARTICLES) or (
            token in _PARTICLES and not count and not text[word.start()].isupper()
        ):
            break
        link = _NAME_LINK.match(text, word.end(), limit)
        if link is None or (link.group().startswith(".") and len(token) > 1):
            break
        position = link.end()
    words = _WORD.findall(plain[start:end])
    if count and not _COMPANY & set(words):
        yield Value("name", start, end)


def _place(text: str, plain: str, start: int, limit: int) -> Iterator[Value]:
    """Yield the place that stands at ``start``, down to the end of its sentence or to a comma and a small letter."""
    stop = _PLACE_END.search(text, start, limit)
    end = stop.start() if stop else limit
    end = start + len(text[start:end].rstrip())
    words = [word for word in _WORD.findall(text[start:end]) if _plain(word) not in _PRINTED]
    begins = start < end and (text[start].isdigit() or text[start].isupper() or _STREET_WORD.match(plain, start, end))
    if begins and (re.search(r"\d{4}|\d.{1,9}\w{3}", text[start:end]) or any(word[0].isupper() for word in words)):
        yield Value("place", start, end)


def _accounts(plain: str) -> Iterator[tuple[int, int]]:
    """Yield where social security numbers and bank accounts stand."""
    for pattern in _NIR:
        for match in pattern.finditer(plain):
            if _is_nir(match.group(), plain[max(0, match.start() - 40) : match.start()]):
                yield match.span()
    for match in _IBAN.finditer(plain):
        if end := _iban_end(plain, match):
            yield match.start(), end


def _is_nir(written: str, before: str) -> bool:
    """Whether digits so written are a social security number: by their shape, and their key, grouping or label."""
    number = _compact(written)
    if not _NIR_SHAPE.fullmatch(number):
        return False
    if [len(group) for group in re.split(r"[\s.\-]+", written)] in _NIR_GROUPS or _SOCIAL_SECURITY.search(before):
        return True
    digits = number[:13].replace("2a", "19", 1) if number[5:7] == "2a" else number[:13].replace("2b", "18", 1)
    return len(number) == 15 and 97 - int(digits) % 97 == int(number[13:])


def _iban_end(plain: str, match: re.Match[str]) -> int | None:
    """Return where the account number at ``match`` ends: as long as its country says, or where its key is right."""
    wanted = _IBAN_LENGTHS.get(match.group()[:2])
    seen = ""
    for offset, char in enumerate(match.group()):
        if char.isspace():
            continue
        seen += char
        end = match.start() + offset + 1
        if (end < len(plain) and plain[end].isalnum()) or len(seen) < 15:
            continue
        enough = sum(map(str.isdigit, seen)) >= _IBAN_DIGITS * len(seen)
        if enough and (len(seen) == wanted or (wanted is None and _iban_key(seen))):
            return end
    return None


def _iban_key(number: str) -> bool:
    return int("".join(str(int(char, 36)) for char in number[4:] + number[:4])) % 97 == 1


def _contacts(plain: str) -> Iterator[tuple[int, int]]:
    """Yield where telephone numbers and e-mail addresses of people stand, and streets where somebody lives."""
    for mail in _MAIL.finditer(plain):
        if not _SERVICE_MAIL & set(re.split(r"[._+-]", mail.group().partition("@")[0])):
            yield mail.span()
    for phone in _PHONE.finditer(plain):
        before = plain[max(0, phone.start() - 90) : phone.start()].rpartition("\n")[2]
        if _OWN_NEAR.search(before) or not _SERVICE_NEAR.search(before):
            yield phone.span()


def _dates(plain: str) -> Iterator[tuple[int, int, date]]:
    """Yield the dates of a text with where they stand."""
    for match in _DATE.finditer(plain):
        if run := match["run"]:
            day, month, year = run[:2], run[2:4], run[4:]
        elif match["month"]:
            day, month, year = match["dd"], str(_MONTHS.index(match["month"]) + 1), match["yy"]
        else:
            day, month, year = (_compact(match[part]) for part in "dmy")
        try:
            yield match.start(), match.end(), date(int(year), int(month), int(day))
        except ValueError:
            continue
    for comb in _COMB_DATE.finditer(plain):
        yield from ((*comb.span(), day) for _, _, day in _dates(_compact(comb.group())))


# ---- what is known by heart ------------------------------------------------------------------------------


def _collect(texts: Iterable[str]) -> PersonalData:
    """Return what is personal in the texts of a document, so that it is known again in any other text of it."""
    values: list[tuple[Kind, str]] = []
    rest: list[str] = []  # what stands between the values
    for text in texts:
        plain = _plain(text)
        position = 0
        found = list(_values(text, plain))
        found += [Value("code", *span) for span in _contacts(plain) if "@" not in plain[span[0] : span[1]]]
        for kind, start, end in sorted(found, key=lambda value: value.start):
            values.append((kind, text[start:end]))
            rest.append(text[position:start])
            position = max(position, end)
        rest.append(text[position:])
    # The words that the document writes in small letters, outside values: they matter to words that may be names.
    worded = any(kind not in ("code", "birth") for kind, _ in values)
    small = {word for text in rest for word in _small_words(text)} if worded else set()
    words: set[str] = set()
    shy: set[str] = set()
    phrases: set[tuple[str, ...]] = set()
    codes: set[str] = set()
    births: set[date] = set()
    for kind, value in values:
        if kind == "code":
            codes |= _codes(_plain(value))
        elif kind == "birth":
            births.update(day for _, _, day in _dates(_plain(value)))
        else:
            parts = re.split(r"[,;\n]", value) if kind == "place" else [value]
            for tokens in map(_TOKEN.findall, parts):
                if kind == "name" and _SPACED_CAPITALS.fullmatch(value):
                    tokens = ["".join(tokens)]
                phrases |= _phrases(kind, tuple(map(_plain, tokens)))
                telling = [token for token in tokens if kind != "profession" and _tells(_plain(token))]
                common = {_plain(token) for token in telling if _plain(token) in small and _is_common(token)}
                words |= {_plain(token) for token in telling} - common
                shy |= common if kind == "name" else set()
                codes.update(token for token in tokens if token.isdigit() and len(token) >= _SHORTEST_CODE)
    return PersonalData(
        words=frozenset(words),
        shy=frozenset(shy - words),
        phrases=frozenset(phrase for phrase in phrases if any(map(_is_somebodys, phrase))),
        codes=frozenset(codes),
        births=frozenset(births),
    )


def _phrases(kind: Kind, tokens: tuple[str, ...]) -> set[tuple[str, ...]]:
    """Return the runs of words that tell a value: a name also the other way round, a street also without number."""
    if len(tokens) < 2:
        return set()
    phrases = {tokens}
    if kind == "name":
        phrases.add(tokens[::-1])
    if kind == "place" and tokens[0].isdigit() and len(tokens) > 2:
        phrases.add(tokens[1:])
    return phrases


def _codes(value: str) -> set[str]:
    """Return a number as it is looked for: whole, its parts on different lines, and an account without its country."""
    whole = _compact(value)
    parts = [_compact(part) for part in re.split(r"\s*\n\s*|\s{3}", value)]
    if re.match(r"[a-z]{2}\d{2}", whole):
        parts.append(whole[4:])
    if _NIR_SHAPE.fullmatch(whole):
        parts.append(whole[:13])
    return {part for part in (whole, *parts) if len(part) >= _SHORTEST_CODE and re.search(r"\d", part)} | (
        {whole} if len(whole) in (8, 11) else set()
    )


def _small_words(text: str) -> Iterator[str]:
    mails = _MAIL.sub(" ", text)
    return (_plain(word) for word in _WORD.findall(mails) if word[0].islower())


def _tells(token: str) -> bool:
    """Whether a word of a value says by itself whose it is."""
    return not token.isdigit() and len(token) >= _SHORTEST_WORD and token not in _PRINTED and token not in _STREET_WORDS


def _is_somebodys(token: str) -> bool:
    """Whether a word makes a run of words worth looking for: it is no number, and no word that forms print."""
    return not (token.isdigit() or token in _PRINTED | _PARTICLES | _STREET_WORDS or token in FUNCTION_WORDS)


@lru_cache(maxsize=20_000)
def _is_common(word: str) -> bool:
    """Whether a word stands in the dictionary. Verbs are left out: too many forms, and names are seldom verbs."""
    form = word.lower()
    return form in FUNCTION_WORDS or any(lemmas_as(form, part) for part in ("NOUN", "ADJ", "ADV"))


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


def _compact(text: str) -> str:
    return re.sub(r"[\W_]", "", text)


def _plain(text: str) -> str:
    """Return ``text`` in lower case without accents, character for character: offsets stay."""
    return "".join(map(_plain_char, text))


@lru_cache(maxsize=4_096)
def _plain_char(char: str) -> str:
    base = unicodedata.normalize("NFD", char)[0].lower()
    return base if len(base) == 1 else char
