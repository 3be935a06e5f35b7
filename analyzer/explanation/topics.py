"""What a question asks about, taken apart: one topic for each fact that deserves an answer of its own.

A question is read with its stem, in the words of the document. It is cut at the signs and words that join; each piece
names events ("opéré"), illnesses or organs ("cancer du sein"), habits, or nothing. An illness that an event was for
("hospitalisé pour un cancer") stays with it; what is to be dropped (a catch-all, what is set aside, routine care)
takes its piece with it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from analyzer.detection import Detection
from analyzer.detection.anatomy import Anatomy, Named
from analyzer.detection.normalise import fold
from analyzer.explanation.french import Noun, feminine, noun
from analyzer.knowledge.models import Medical, Rewordings
from analyzer.schema import Passage

#: Labels whose words take their whole piece with them.
_DROPS = ("catch_all", "intimate_life", "banal_care", "genetic", "hiv_status")
_HABITS = ("tobacco", "alcohol", "drugs")
_SAYS_WHERE = frozenset({"organ"})
_NAMELESS = frozenset({"generic_condition"})

_BREAK = re.compile(r"[,;/•|·–—:?!\n()\[\]□☐…]|\.+(?=\s|$)|\s-\s|\b(?:ou|et|ni|soit)\b")
_LOOKS_BACK = re.compile(
    r"\b(?:au cours (?:des|de la|du|de l')|durant|dans|pendant|depuis|lors (?:des|de la)|sur|ces|il y a) ?(?!plus|au moins)"
    r"(?:[\w']+ ){0,5}?(?:annees?|ans?|mois|semaines?|jours|(?:19|20)\d\d)\b"
    r"(?: (?:ecoulee?s?|passee?s?|precedente?s?|derniers?|dernieres?))?"
)
_EVER = re.compile(
    r"\b(?:deja|jamais|un jour|recemment|dernierement|depuis (?:peu|quelques? temps|toujours|votre naissance|l'enfance)"
    r"|au cours de (?:toute )?(?:votre|sa|la) (?:vie|existence)|dans (?:le|votre) passe|par le passe|anterieurement|auparavant"
    r"|quelle? (?:qu'en soit|que soit|que fut) (?:la date|l'epoque|l'anciennete)|meme (?:ancien(?:ne)?s?|gueris?|il y a plus de \d+ ans))\b"
)
#: Words that say how the question puts it; an illness begins after the last of them.
_LEAD = re.compile(
    r"\b(?:avez|etes|etiez|a t|ont|est|sont|suis|ai|vous|il|elle|je|j'|n'|ne|pas|etre|avoir|ete|eu|fait|subi|recu|pris|prenez|prend|prendre"
    r"|presente[zr]?|contracte|suivez|suivre|souffre[zr]?|souffert|atteinte?s?|porteur|porteuse|victime|traitee?s?|soignee?s?"
    r"|suivie?s?|diagnostiquee?s?|diagnostic|consulte[zr]?|operee?s?|hospitalisee?s?|traitements?|medicaments?|connu|ressentez|ressenti"
    r"|developpe|medecin|specialiste|malade|suite|raison|cause|motif|lors|contre|pour|votre connaissance|personnellement"
    r"|certifie|declare|atteste|affirme|pensez|craignez|estimez|faites|affectee?s?|concernee?s?|mort|decedee?s?|prescrit|propose"
    r"|actuellement|parents?|pere|mere|freres?|soeurs?|famille|suivantes?|(?:presence|existence) d)\b(?:\(e\))?"
)
_FOR = re.compile(r"\s*(?:pour|suite|a la suite|en raison|a cause|par suite|contre|lie|du fait|consecuti)")
_PLANNED = re.compile(
    r"\b(?:devez|devoir|devrez|doit|prevue?s?|prevoyez|envisagee?s?|envisagez|programmee?s?|planifiee?s?|a subir|prochainement"
    r"|allez|a venir|l'etre|conseillee?s?|recommandee?s?|projetez|en attente)\b"
)
_ADJECTIVE = re.compile(r"(?:ique|aire|euse|eux|ive|if|ale|al|aux|ienne|ien|ee?|el|elle|in|ine|ene)s?$")
_AFTER = re.compile(r"\s+(?:(?:du|des|de la|de l'|d'|de|au|aux|a la|a l'|en)\s?)?[\w'-]+")
_LASTING = re.compile(
    r"(?:pendant )?(?:plus d[e']|au moins|superieure? a|depassant|d'au moins) ?(?P<number>\d{1,3}|un|une|deux|trois|quatre|cinq|six|huit|dix|quinze|vingt(?: et un)?|trente)"
    r" (?:\(\d+\) )?(?P<unit>jours?|semaines?|mois|ans?)"
)
_NUMBERS = {
    "un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "huit": 8, "dix": 10, "quinze": 15,
    "vingt": 20, "vingt et un": 21, "trente": 30,
}  # fmt: skip
_DAYS = {"jour": 1, "semaine": 7, "mois": 30, "an": 365}
#: How the question puts an illness, by the words that lead to it; the last that occurs tells.
_ASKS = (
    ("treated", re.compile(r"\b(?:traitee?s?|soignee?s?|traitements?|medicaments?|prenez|prendre|medication|suivez|suivie?s?)\b")),
    ("consulted", re.compile(r"\bconsult")),
    ("diagnosed", re.compile(r"\bdiagnosti|\bdecouvert|\bdepist")),
    ("suffered", re.compile(r"\bsouff(?:ert|r)|\batteint|\bporteu|\baffecte")),
    ("had", re.compile(r"\b(?:eu|fait|presente|contracte|developpe|victime|subi)\b")),
)  # fmt: skip

_PLAIN_OPERATION = re.compile(r"(?:oper|intervention|chirurg|bloc|billard)")
_PLAIN_STAY = re.compile(r"(?:hospitalis|sejour|hopita|milieu hosp|clinique|etablissement|urgences|admis)")
_TREATMENT = re.compile(r"(?:trait|soign|medic|suivi|surveill|soins|therap)")


@dataclass(frozen=True)
class Topic:
    """A fact that a question asks about.

    ``about`` names it (an event, "illness", a habit); ``names`` are the word lists that know it; ``nouns`` is what it
    was for or what it is. ``lasting`` is how many days it lasted, in days and in the words of the document.
    """

    about: str
    names: frozenset[str] = frozenset()
    nouns: tuple[Noun, ...] = ()
    ask: str = "diagnosed"
    vague: bool = False
    broad: bool = False
    planned: bool = False
    past: bool = False
    lasting: tuple[int, str] | None = None
    note: str = ""


@dataclass
class _Piece:
    """What stands between two joining words, with what it names."""

    start: int
    end: int
    text: str
    flat: str
    units: list[Named]
    depth: int
    joined_by: str
    dropped: bool = False


@dataclass
class Source:
    """A question after its stem: the words of the document, and flat (no accents, same length), with what is set aside
    and how far back it asks blanked out."""

    text: str
    flat: str
    own: int
    units: list[Named] = field(default_factory=list)
    spans: dict[str, list[tuple[int, int]]] = field(default_factory=dict)


def flat(text: str) -> str:
    """Return ``text`` without accents and capitals, of the same length."""
    plain = "".join((fold(char) or char)[0] for char in text)
    return re.sub(r"[’‘ʼ`´]", "'", re.sub(r"(?<=\w)[-‐‑](?=\w)|\s", " ", plain))


def source(passage: Passage, detections: Sequence[Detection], anatomy: Anatomy) -> Source:
    """Return the question after its stem, with what it names and what was found in it."""
    own = len(passage.context) + 1
    text = f"{passage.context}\n{passage.text}"
    plain = flat(text)
    plain = plain[: own - 1] + "\n" + plain[own:]
    for start, end in anatomy.aside_spans:
        plain = _blanked(plain, start + own, end + own)
    for pattern in (_LOOKS_BACK, _EVER):
        for found in pattern.finditer(plain):
            plain = _blanked(plain, *found.span())
    units = [
        replace(one, start=one.start + own, end=one.end + own) if one.own else one
        for one in anatomy.named
        if one.own or passage.context
    ]
    spans = {
        detection.label: [(start + own, end + own) for start, end in detection.evidence]
        for detection in detections
        if detection.decision == "warned"
    }
    return Source(text, plain, own, sorted(units, key=lambda one: one.start), spans)


def topics(question: Source, medical: Medical, rewordings: Rewordings, past: bool) -> list[Topic]:
    """Return the facts that a question asks about, in reading order; none where it names nothing.

    ``past``: whether it asks about what was.
    """
    return _Reader(question, medical, rewordings, past).read()


class _Reader:
    def __init__(self, question: Source, medical: Medical, rewordings: Rewordings, past: bool) -> None:
        self._question = question
        self._systems = frozenset(medical.systems)
        self._events = frozenset(medical.events)
        self._rewordings = rewordings
        self._past = past
        self._persons = {flat(word): meant for word, meant in rewordings.persons.items()}
        self._vague_heads = {flat(word) for word in rewordings.vague_heads}
        self._heads = {flat(word): single for word, single in rewordings.heads.items()}
        self._idle = re.compile(rf"\s*\b(?:{'|'.join(sorted(map(flat, rewordings.idle), key=len, reverse=True))})\b")
        self._topics: list[Topic] = []
        #: Events that may still be told what they were for.
        self._run: list[Topic] = []
        self._lead = ""

    def read(self) -> list[Topic]:
        for piece in self._pieces():
            self._take(piece)
        self._close()
        return self._topics

    def _pieces(self) -> list[_Piece]:
        question = self._question
        pieces: list[_Piece] = []
        depth, start, joined_by = 0, 0, ""
        taken = [place for label in _DROPS for place in question.spans.get(label, ())]
        cuts = [*_BREAK.finditer(question.flat), None]
        for cut in cuts:
            end = cut.start() if cut else len(question.flat)
            # A join inside an expression of the lists ("infarctus et angor" is none) is no cut.
            if cut and any(unit.start < cut.start() < unit.end for unit in question.units):
                continue
            units = [unit for unit in question.units if start <= unit.start and unit.end <= end]
            units = [unit for unit in units if question.flat[unit.start : unit.end].strip()]
            piece = _Piece(start, end, question.text[start:end], question.flat[start:end], units, depth, joined_by)
            piece.dropped = any(first < end and start < last for first, last in taken)
            pieces.append(piece)
            if cut:
                depth = max(0, depth + (cut.group() in "([") - (cut.group() in ")]"))
                start, joined_by = cut.end(), cut.group().strip()
        return pieces

    def _take(self, piece: _Piece) -> None:
        if piece.dropped:
            # "hospitalisé, ou … pour toute autre maladie": the event itself stays.
            piece.units = [
                unit
                for unit in piece.units
                if unit.names & self._events
                and not any(
                    first < unit.end and unit.start < last
                    for label in _DROPS
                    for first, last in self._question.spans.get(label, ())
                )
            ]
        if piece.depth and piece.units and self._illustrates(piece):
            return
        events = [unit for unit in piece.units if unit.names & self._events and not unit.names & self._systems]
        events = [unit for unit in events if not self._is_ask(unit, piece)]
        habits = [unit for unit in piece.units if unit.names & set(_HABITS)]
        things = [
            unit
            for unit in piece.units
            if unit.names & (self._systems | _SAYS_WHERE) and not any(unit.start == event.start for event in events)
        ]
        if _verb(piece.flat):
            if piece.joined_by and self._run and not self._is_open(piece):
                self._close()
            self._lead = ""
        self._lead += " " + piece.flat
        for habit in habits:
            self._close()
            self._add(Topic(next(name for name in _HABITS if name in habit.names), habit.names, past=self._past))
        if not events and not things:
            if _PLANNED.search(piece.flat) and self._run and not habits:
                # "opéré, ou devez-vous l'être prochainement"
                self._run += [replace(event, planned=True) for event in self._run if not event.planned]
            return
        for number, event in enumerate(events):
            until = events[number + 1].start if number + 1 < len(events) else piece.end
            self._event(piece, event, until, [unit for unit in things if event.end <= unit.start < until])
        if not events and (found := self._nouns(piece, things)):
            self._illness(piece, things, found)
        elif events and (before := [unit for unit in things if unit.end <= events[0].start]):
            # "une fracture opérée" is one thing; told by its illness
            if found := self._nouns(piece, before):
                self._run = self._run[: -len(events)]
                self._illness(piece, before, found)

    def _illustrates(self, piece: _Piece) -> bool:
        """Whether a piece in brackets only illustrates what stands before: its words are kept there."""
        last = self._run[-1] if self._run else self._topics[-1] if self._topics else None
        return last is not None and (last.about == "illness" or bool(last.nouns) or last.about in self._events)

    def _is_ask(self, unit: Named, piece: _Piece) -> bool:
        """Whether an event only says how an illness is asked for ("traité pour un lymphome")."""
        if not unit.names <= {"care"}:
            return False
        following = self._question.flat[unit.end :]
        later = [other for other in self._question.units if other.start >= unit.end]
        if not later or not later[0].names & (self._systems | _SAYS_WHERE):
            return False
        between = following[: later[0].start - unit.end]
        return not re.search(r"[.;?]|\b(?:ou|et)\b", between) or _FOR.match(following) is not None

    def _is_open(self, piece: _Piece) -> bool:
        return re.match(r"\s*(?:avez vous |avoir )?(?:ete |l'etre)", piece.flat) is not None

    def _event(self, piece: _Piece, unit: Named, until: int, things: list[Named]) -> None:
        question = self._question
        word = question.flat[unit.start : unit.end]
        planned = _PLANNED.search(piece.flat) is not None
        about = next(
            name
            for name in ("surgery", "hospital_stay", "sick_leave", "imaging", "transfusion", "status", "care")
            if name in unit.names
        )
        topic = Topic(
            about, unit.names, planned=planned, past=self._past, lasting=self._lasting(unit.end, until), note=word
        )
        own = (about == "surgery" and not _PLAIN_OPERATION.match(word)) or about in ("imaging", "transfusion")
        if about == "hospital_stay" and not _PLAIN_STAY.match(word):
            own = True
        if about == "care" and not _TREATMENT.match(word) and not word.startswith(("consult", "diagnos")):
            own = True
        if own:
            end = self._extended(things[-1].end if things else unit.end, until)
            topic = replace(
                topic,
                about=f"act_{about}",
                nouns=(noun(self._phrase(unit.start, end, piece), self._rewordings.grammar),),
            )
            self._run.append(topic)
            self._close()
            return
        if things and (found := self._nouns(piece, things, begin=unit.end)):
            following = question.flat[unit.end : until]
            topic = replace(
                topic, nouns=tuple(found), names=topic.names | frozenset().union(*(thing.names for thing in things))
            )
            if _FOR.match(following):
                self._run = [
                    other if other.nouns else replace(other, nouns=topic.nouns, names=topic.names | other.names)
                    for other in self._run
                ]
        self._run.append(topic)

    def _illness(self, piece: _Piece, things: list[Named], found: list[Noun]) -> None:
        names = frozenset().union(*(thing.names for thing in things))
        ask = _ask(self._lead)
        vague = self._touched("vague_terms", piece)
        if self._run and not _verb(piece.flat):
            last = self._run[-1]
            linked = last.nouns or piece.joined_by in (":", "\n", "•", "(") or _FOR.match(piece.flat)
            if linked:
                if last.nouns and not (last.names & names & self._systems):
                    # A further system asks a further thing of each event.
                    more = [
                        replace(event, nouns=tuple(found), names=(event.names & self._events) | names)
                        for event in self._run
                        if event.nouns == last.nouns
                    ]
                    self._run += more
                else:
                    self._run = [
                        replace(event, nouns=(*event.nouns, *found), names=event.names | names)
                        if event.nouns == last.nouns
                        else event
                        for event in self._run
                    ]
                return
        self._close()
        if self._topics and self._topics[-1].about == "illness" and not names & self._systems:
            previous = self._topics[-1]
            self._topics[-1] = replace(previous, nouns=(*previous.nouns, *found))
            return
        self._add(
            Topic(
                "illness",
                names,
                tuple(found),
                ask=ask,
                vague=vague,
                past=self._past,
                broad=self._touched("mental_health_broad", piece),
            )  # fmt: skip
        )

    def _add(self, topic: Topic) -> None:
        """Add a topic; illnesses of one system share a line."""
        systems = topic.names & self._systems
        for number, other in enumerate(self._topics):
            if other.about != topic.about:
                continue
            if other.about != "illness" and other.planned == topic.planned and other.nouns == topic.nouns:
                return
            same = (other.ask, other.vague, other.broad, other.past) == (
                topic.ask,
                topic.vague,
                topic.broad,
                topic.past,
            )
            if topic.about == "illness" and other.names & systems and same:
                fresh = [one for one in topic.nouns if one.text not in [known.text for known in other.nouns]]
                self._topics[number] = replace(other, nouns=(*other.nouns, *fresh), names=other.names & topic.names)
                return
        self._topics.append(topic)

    def _close(self) -> None:
        for event in self._run:
            self._add(event)
        self._run = []

    def _touched(self, label: str, piece: _Piece) -> bool:
        return any(first < piece.end and piece.start < last for first, last in self._question.spans.get(label, ()))

    def _lasting(self, start: int, until: int) -> tuple[int, str] | None:
        found = _LASTING.search(self._question.flat, start)
        if not found:
            return None
        number = found["number"]
        count = int(number) if number.isdigit() else _NUMBERS[number]
        days = count * next(days for unit, days in _DAYS.items() if found["unit"].startswith(unit))
        return days, f"plus de {count} {self._question.text[found.start('unit') : found.end('unit')].lower()}"

    def _extended(self, end: int, until: int) -> int:
        """Return where a noun ends that begins before ``end``: adjectives and complements belong to it."""
        plain = self._question.flat
        for _ in range(3):
            found = _AFTER.match(plain, end, until)
            if not found:
                break
            words = found.group().split()
            last = words[-1]
            if self._idle.fullmatch(" " + last) or _LEAD.fullmatch(last) or _verb(found.group()):
                break
            if not (len(words) > 1 or "'" in last or _ADJECTIVE.search(last)) or last in ("vous", "moins", "plus"):
                break
            end = found.end()
        return end

    def _nouns(self, piece: _Piece, things: list[Named], begin: int | None = None) -> list[Noun]:
        """Return what a piece names, each with its article read; things close together make one noun."""
        question = self._question
        first = things[0]
        start = piece.start if begin is None else begin
        for lead in _LEAD.finditer(question.flat, start, first.start):
            start = lead.end()
        end = self._extended(things[-1].end, piece.end)
        word = question.flat[first.start : first.end]
        if question.flat[start : first.start].strip(" '") in (
            "",
            "d",
            "l",
            "les",
            "des",
            "vos",
            "aux",
            "souvent",
            "tres",
        ) and (meant := self._person(word)):
            return [noun(meant, self._rewordings.grammar)]
        phrase = self._phrase(start, end, piece)
        if not phrase:
            return []
        only_where = all(thing.names & _SAYS_WHERE for thing in things)
        one = noun(phrase, self._rewordings.grammar)
        if only_where and flat(one.text) == flat(question.text[first.start : first.end]):
            one = replace(one, definite=True)
        return [self._standing_alone(one)]

    def _person(self, word: str) -> str | None:
        for form in (
            word,
            word.removesuffix("s"),
            word.removesuffix("e"),
            word.removesuffix("es"),
            re.sub("euse$", "eux", word),
            re.sub("ive$", "if", word),
        ):
            if form in self._persons:
                return self._persons[form]
        return None

    def _phrase(self, start: int, end: int, piece: _Piece) -> str:
        """Return the words of the document, without idle ones, and with the brackets that illustrate them."""
        question = self._question
        words = "".join(
            char if question.flat[start + index] != " " or char.isspace() or char in "-" else " "
            for index, char in enumerate(question.text[start:end])
        )
        plain = flat(words)
        kept, position = [], 0
        for idle in self._idle.finditer(plain):
            kept.append(words[position : idle.start()])
            position = idle.end()
        kept.append(words[position:])
        return " ".join("".join(kept).split()).strip(" .,;:'’*•-")

    def _standing_alone(self, one: Noun) -> Noun:
        """Return the noun without a head that says nothing, and in the singular where its head has one."""
        words = one.text.split(" ")
        head = flat(words[0])
        if head in self._vague_heads and len(words) > 1 and not one.definite:
            head, single = "", self._rewordings.instead_of_vague
        elif head in self._heads:
            single = self._heads[head]
        else:
            return one
        rest = words[1:]
        if rest:
            lowered = rest[0].lower()
            contracted = {"au": "du", "aux": "des", "à": "de"}.get(lowered)
            if contracted:
                rest[0] = contracted
            elif lowered not in ("du", "de", "des", "d") and not lowered.startswith(("d'", "d’", "l'")):
                rest = [
                    feminine(word) if _ADJECTIVE.search(flat(word)) and single not in ("cancer",) else word
                    for word in rest
                ]
        return noun(" ".join(("une" if single != "cancer" else "un", single, *rest)), self._rewordings.grammar)


def _verb(plain: str) -> bool:
    """Whether a piece has a verb of its own, and so asks anew."""
    return (
        re.search(
            r"\b(?:avez|etes|souffrez|suivez|prenez|consommez|fumez|buvez|a t|est (?:il|elle)|ont|percevez|devez|pratiquez|etiez|presentez)\b",
            plain,
        )
        is not None
    )


def _ask(lead: str) -> str:
    best, where = "diagnosed", -1
    for ask, pattern in _ASKS:
        for found in pattern.finditer(lead):
            if found.start() > where:
                best, where = ask, found.start()
    return best


def _blanked(text: str, start: int, end: int) -> str:
    return text[:start] + " " * (end - start) + text[end:]
