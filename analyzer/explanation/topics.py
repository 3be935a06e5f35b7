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
from functools import cache

from analyzer.detection import Detection
from analyzer.detection.anatomy import Anatomy, Named
from analyzer.detection.normalise import fold
from analyzer.explanation.french import Noun, feminine, noun, uncapitalised
from analyzer.knowledge import load
from analyzer.knowledge.models import Medical, Rewordings
from analyzer.schema import Passage

#: Labels whose words take their whole piece with them.
_DROPS = ("catch_all", "intimate_life", "banal_care", "genetic", "hiv_status")
#: Labels of which every word of their lists says what they are about.
_TELLING = frozenset({"intimate_life", "banal_care"})
_HABITS = ("tobacco", "alcohol", "drugs")
_SAYS_WHERE = frozenset({"organ"})

_BREAK = re.compile(r"[,;/•|·–—:?!\n()\[\]□☐…]|\.+(?=\s|$)|\s-\s|\b(?:ou|et|ni|soit)\b")
_LOOKS_BACK = re.compile(
    r"\b(?:au cours (?:des|de la|du|de l')|durant|dans|pendant|depuis|lors (?:des|de la)|sur|ces|il y a) ?"
    r"(?!plus|au moins)"
    r"(?:[\w']+ ){0,5}?(?:annees?|ans?|mois|semaines?|jours|(?:19|20)\d\d)\b"
    r"(?: (?:ecoulee?s?|passee?s?|precedente?s?|derniers?|dernieres?))?"
)
_EVER = re.compile(
    r"\b(?:deja|jamais|un jour|recemment|dernierement|depuis (?:peu|quelques? temps|toujours|votre naissance|l'enfance)"
    r"|au cours de (?:toute )?(?:votre|sa|la) (?:vie|existence)|dans (?:le|votre) passe|par le passe|anterieurement"
    r"|auparavant|quelle? (?:qu'en soit|que soit|que fut) (?:la date|l'epoque|l'anciennete)"
    r"|meme (?:ancien(?:ne)?s?|gueris?|il y a plus de \d+ ans))\b"
)
#: Words that say how the question puts it; an illness begins after the last of them.
_LEAD = re.compile(
    r"\b(?:avez|etes|etiez|a t|ont|est|sont|suis|ai|vous|ils?|elles?|je|j'|n'|ne|pas|etre|avoir|ete|eu|fait|subi|recu"
    r"|pris|prenez|prend|prendre|presente[zr]?|contracte|suivez|suivre|souffre[zr]?|souffert|atteinte?s?|porteur"
    r"|porteuse|victime|traitee?s?|soignee?s?|suivie?s?|diagnostiquee?s?|diagnostic|consulte[zr]?|operee?s?"
    r"|hospitalisee?s?|traitements?|medicaments?|connu|ressentez|ressenti|developpe|medecin|specialiste|malade|suite"
    r"|raison|cause|motif|lors|contre|pour|votre connaissance|personnellement|certifie|declare|atteste|affirme|pensez"
    r"|craignez|estimez|faites|affectee?s?|concernee?s?|mort|decedee?s?|prescrit|propose|actuellement|parents?|pere"
    r"|mere|freres?|soe?urs?|famille|suivantes?|(?:presence|existence) d)\b(?:\(e\))?"
)
_FOR = re.compile(r"\s*(?:pour|suite|a la suite|en raison|a cause|par suite|contre|lie|du fait|consecuti)")
_PLANNED = re.compile(
    r"\b(?:devez|devoir|devrez|doit|prevue?s?|prevoyez|envisagee?s?|envisagez|programmee?s?|planifiee?s?|a subir"
    r"|prochainement|allez|a venir|l'etre|conseillee?s?|recommandee?s?|projetez|en attente)\b"
)
_ADJECTIVE = re.compile(r"(?:ique|aque|aire|oire|euse|eux|ive|if|ale|al|aux|ienne|ien|ée?|el|elle)s?$", re.IGNORECASE)
#: Nouns with such endings.
_NO_ADJECTIVE = re.compile(
    r"(?:ité|été|colique|ovaire|mal|hôpital|santé|diarrhée|sciatique|maux|amygdale|journal|clinique|panique)s?$",
    re.IGNORECASE,
)
_AFTER = re.compile(r"\s+(?:(?:du|des|de la|de l'|d'|de|au|aux|a la|a l'|en)\s?)?[\w'-]+")
_LASTING = re.compile(
    r"(?:plus d[e']|au moins|superieure? a|depassant|d'au moins) ?(?P<number>\d{1,3}|un|une|deux|trois|quatre|cinq|six"
    r"|huit|dix|quinze|vingt(?: et un)?|trente) (?:\(\d+\) )?(?P<unit>jours?|semaines?|mois|ans?)"
)
_NUMBERS = {
    "un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "huit": 8, "dix": 10, "quinze": 15,
    "vingt": 20, "vingt et un": 21, "trente": 30,
}  # fmt: skip
_DAYS = {"jour": 1, "semaine": 7, "mois": 30, "an": 365}
#: How the question puts an illness, by the words that lead to it; the last that occurs tells.
_ASKS = (
    ("treated", re.compile(r"\b(?:traitee?|soignee?|traitement|medicament|prenez|prendre|suivez|suivie?)s?\b")),
    ("consulted", re.compile(r"\bconsult")),
    ("diagnosed", re.compile(r"\bdiagnosti|\bdecouvert|\bdepist")),
    ("removed", re.compile(r"\bretire|\benleve|\bablation")),
    ("suffered", re.compile(r"\bsouff(?:ert|r)|\batteint|\bporteu|\baffecte")),
    ("had", re.compile(r"\b(?:eu|fait|presente|contracte|developpe|victime|subi)\b")),
)  # fmt: skip

_EVENTS = ("surgery", "hospital_stay", "sick_leave", "imaging", "transfusion", "status", "care")
#: Words that only say that the event took place; another one is an act with a name of its own.
_PLAIN = {
    "surgery": re.compile(r"oper|intervention|chirurg|bloc|billard"),
    "hospital_stay": re.compile(r"hospitalis|sejour|hopita|milieu|clinique|etablissement|urgence|admis|intern"),
    "sick_leave": re.compile(""),
    "imaging": re.compile(r"(?!)"),
    "transfusion": re.compile(r"(?!)"),
    "status": re.compile(r"(?!accident|maladie)"),
    "care": re.compile(r"trait|soign|medic|suivi|surveill|soins|therap|consult|diagnos"),
}
#: A verb of its own, by which a piece asks anew.
_VERB = re.compile(
    r"\b(?:avez|etes|souffrez|suivez|prenez|consommez|fumez|buvez|a t|est (?:il|elle)|ont|percevez|devez|pratiquez"
    r"|etiez|presentez|souffre|avoir|etre)\b"
)
#: After a join: the same question goes on.
_STILL = re.compile(r"\s*(?:avez vous |avoir )?(?:ete |l'etre)")
#: Curly and odd apostrophes, as proposals write them.
APOSTROPHES = str.maketrans("’‘ʼ`´", "'" * 5)
#: "opéré(e)": no bracket.
_INCLUSIVE = re.compile(r"(?<=\w)\((?:e|s|es|ne|se|le|te|ere|trice)\)")
_SPECIALIST = re.compile(r"(?:\bun |\bune |\ble |\bdes )?\b(?!psych)\w{3,12}(?:ologue|ologiste)s?\b")
_ACCIDENT = re.compile(r"\baccidents?\b(?! vasculaire| isch| card| cereb)")
_HEPATITIS_LETTER = re.compile(r"\s*[a-e]\s*")
_STOPPED = re.compile(r"\barretee?s?\b(?! de)")
_ARTICLE = re.compile(
    r"\s*(?:-|[a-z]\))?\s*(?:un|une|des|du|de|d'|d'une?|de la|de l'|la|le|les|l'|au|aux|a la|a l'|vos|votre|tres)?\s*"
)
#: "l'un des organes suivants", "d'origine": what goes before a noun without being part of it.
_GOVERNING = re.compile(r"\b(?:tel(?:le)?s? que|notamment|d'origine|suivants? :?|comme)\b")
_GENERAL = re.compile(r"maladie|affection|pathologie|infection")
#: "maladles": a scan's "maladies".
_MISREAD = re.compile(r"malad[l1|]e")
_WHOLE = re.compile(r"(?:appareil|systeme) \w")
_COMPLEMENT = re.compile(r"\s*(?:du|des|de la|de l'|de|d')\s*$")
_UNKNOWN_NOUN = re.compile(r"[a-z'][\w']*(?: [\w']+){0,3}")
_SHORTEST_NOUN = 4
#: Spaces in a noun with all its complements.
_LONGEST_NOUN = 9
#: Words that no noun holds: the phrase was cut at the wrong place.
_STRAY = re.compile(r"\b(?:vous|ils?|elles?|je|avez|etes|est|sont|ont|qui|que|dont|ses|leurs?|mon|mes|lui)\b")
#: Words of pieces that name nothing.
_FILLER = re.compile(
    r"\b(?:oui|non|precis\w*|nature|dates?|durees?|motifs?|annees?|quel\w*|lequel|autres?|toute?s?|vous|votre|vos"
    r"|une? des|suivante?s?|cas|ci|indiqu\w*|depuis|quand|pourquoi|raisons?|medical\w*|sante|maladies?|affections?"
    r"|problemes?|troubles?|etc|aucune?s?|chirurgical\w*|antecedents?|consequences?|circonstances?|resultats?"
    r"|question\w*|appareil|systeme|organes?|accidents?)\b"
)


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
    word: str = ""
    examples: tuple[str, ...] = ()


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
    """A question after its stem.

    ``text`` holds the words of the document; ``flat`` the same without accents, of the same length, with what is set
    aside and how far back it asks blanked out. The question itself begins at ``own``.
    """

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
    for pattern in (_LOOKS_BACK, _EVER, _INCLUSIVE):
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
    for label in _TELLING.intersection(spans):
        # A pattern shows the first words that fit; whatever else its lists know is to go as well.
        spans[label] += [found.span() for found in _words_of(label).finditer(plain)]
    return Source(text, plain, own, sorted(units, key=lambda one: one.start), spans)


@cache
def _words_of(label: str) -> re.Pattern[str]:
    """Return what finds the words that the patterns of ``label`` look for, in flat text."""
    known = load().labels[label]
    names = {
        name.strip()
        for pattern in known.patterns
        for group in re.findall(r"\{([^}]*)\}", pattern.match or "")
        for name in group.split("-")[0].split("|")
    }
    words = {flat(word.removeprefix("=")) for name in names for word in known.lists.get(name, ())}
    return re.compile(rf"\b(?:{'|'.join(sorted(map(re.escape, words), key=len, reverse=True))})(?:e?s|e|x)?\b")


def is_planned(plain: str) -> bool:
    """Whether a flat text asks about what is to come."""
    return _PLANNED.search(plain) is not None


def topics(question: Source, medical: Medical, rewordings: Rewordings, past: bool) -> list[Topic]:
    """Return the facts that a question asks about, in reading order; none where it names nothing.

    ``past``: whether it asks about what was.
    """
    return _Reader(question, medical, rewordings, past).read()


class _Reader:
    def __init__(self, question: Source, medical: Medical, rewordings: Rewordings, past: bool) -> None:
        self._question = question
        self._systems = frozenset(medical.systems)
        # Events that no wording is written for (a visit to a specialist) are read by their words.
        self._events = frozenset(medical.events).intersection(_EVENTS)
        self._known = self._systems | self._events | _SAYS_WHERE | {*_HABITS, "organ", "generic_condition"}
        self._rewordings = rewordings
        self._past = past
        self._persons = {flat(word): meant for word, meant in rewordings.persons.items()}
        self._vague_heads = {flat(word) for word in rewordings.vague_heads}
        self._heads = {flat(word): single for word, single in rewordings.heads.items()}
        self._idle = re.compile(rf"\s*\b(?:{'|'.join(sorted(map(flat, rewordings.idle), key=len, reverse=True))})\b")
        self._drugs = {flat(word) for word in rewordings.drugs}
        self._devices = {flat(word) for word in rewordings.devices}
        self._therapies = {flat(word) for word in rewordings.therapies}
        self._places = {_key(word) for word in rewordings.places}
        self._organs = {_key(word.removeprefix("=")) for word in medical.lists["organ"]} | self._places
        self._topics: list[Topic] = []
        self._pending: list[Noun] = []
        #: Events that may still be told what they were for.
        self._run: list[Topic] = []
        self._lead = ""
        self._before = ""
        #: A verb was left without what it asks about.
        self._open = False

    def read(self) -> list[Topic]:
        pieces = self._pieces()
        if self._question.own > 1 and not any(unit.start >= self._question.own for one in pieces for unit in one.units):
            # Only the stem names something: the question itself asks for nothing, or for what is dropped.
            return []
        own = any(
            unit.names & self._systems for one in pieces for unit in one.units if unit.start >= self._question.own
        )
        for piece in pieces:
            if own and piece.end < self._question.own:
                # What the stem names is only a heading of what the question lists ("affection du cœur :").
                piece.units = [unit for unit in piece.units if unit.names & self._events]
            self._take(piece)
            self._before = piece.flat
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
            units = [
                unit for unit in question.units if start <= unit.start and unit.end <= end and unit.names & self._known
            ]
            units = [unit for unit in units if question.flat[unit.start : unit.end].strip()]
            piece = _Piece(start, end, question.text[start:end], question.flat[start:end], units, depth, joined_by)
            piece.dropped = any(first < end and start < last for first, last in taken)
            if piece.dropped:
                piece.units = [unit for unit in units if self._survives(unit, piece)]
            pieces.append(piece)
            if cut:
                depth = max(0, depth + (cut.group() in "([") - (cut.group() in ")]"))
                start, joined_by = cut.end(), cut.group().strip()
        return pieces

    def _survives(self, unit: Named, piece: _Piece) -> bool:
        """Whether an event stays though its piece goes: "hospitalisé pour toute autre raison" asks of the stay."""
        touched = [label for label in _DROPS if self._touched(label, piece)]
        spans = self._question.spans.get("catch_all", ())
        return (
            touched == ["catch_all"]
            and bool(unit.names & self._events)
            and not any(first < unit.end and unit.start < last for first, last in spans)
        )

    def _take(self, piece: _Piece) -> None:
        if piece.depth and piece.units and self._illustrate(piece):
            return
        events = [unit for unit in piece.units if unit.names & self._events and not unit.names & self._systems]
        events = [unit for unit in events if not self._is_ask(unit)]
        if events and events[-1].names <= {"care"} and (found := _SPECIALIST.search(piece.flat)):
            self._specialist(piece, found)
            return
        habits = [unit for unit in piece.units if unit.names & set(_HABITS)]
        things = [unit for unit in piece.units if unit not in events and unit.names & (self._systems | _SAYS_WHERE)]
        if not events and not things and not habits:
            self._nothing_named(piece)
            return
        if _VERB.search(piece.flat):
            if piece.joined_by and self._run and not _STILL.match(piece.flat):
                self._close()
            self._lead = ""
        self._lead += " " + piece.flat
        for habit in habits:
            self._close()
            word = self._phrase(habit.start, habit.end)
            drug = (noun(word, self._rewordings.grammar),) if flat(word) in self._drugs else ()
            self._add(Topic(next(name for name in _HABITS if name in habit.names), habit.names, drug, past=self._past))
        before = [unit for unit in things if events and unit.end <= events[0].start]
        if events and not before:
            for number, event in enumerate(events):
                until = events[number + 1].start if number + 1 < len(events) else piece.end
                self._event(piece, event, until, [unit for unit in things if event.end <= unit.start < until])
        elif things:
            # "une fracture opérée" is one thing, and told by its illness.
            self._illness(piece, before or things)

    def _illustrate(self, piece: _Piece) -> bool:
        """Keep what stands in brackets with what it illustrates; tell whether there is such a thing."""
        where = self._run or self._topics
        if not where or not (where[-1].nouns or where[-1].about in self._events):
            return False
        if where[-1].nouns and not self._touched("vague_terms", piece) and not piece.dropped:
            words = uncapitalised(self._phrase(piece.start, piece.end))
            where[-1] = replace(where[-1], examples=(*where[-1].examples, words))
        return True

    def _nothing_named(self, piece: _Piece) -> None:
        """Take a piece without a word of the lists: a verb, an unknown noun, a filler."""
        said = piece.flat
        if found := _SPECIALIST.search(said):
            self._specialist(piece, found)
            return
        if _ACCIDENT.search(said) and not piece.dropped and not _FOR.search(self._lead):
            self._close()
            self._add(Topic("accident", past=self._past, lasting=self._lasting(piece.start)))
            return
        if _HEPATITIS_LETTER.fullmatch(said) and self._topics and self._topics[-1].nouns:
            last = self._topics[-1].nouns[-1]
            if last.text.startswith("hépatite"):
                longer = replace(last, text=f"{last.text}{_joined_as(piece)}{said.strip().upper()}")
                self._topics[-1] = replace(self._topics[-1], nouns=(*self._topics[-1].nouns[:-1], longer))
                return
        if _PLANNED.search(said) and self._run:
            # "opéré, ou devez-vous l'être prochainement"
            self._run += [replace(event, planned=True) for event in self._run if not event.planned]
            return
        if _STOPPED.search(said):
            self._run.append(Topic("sick_leave", frozenset({"sick_leave"}), past=self._past))
            return
        if piece.dropped or piece.depth or piece.units or self._touched("vague_terms", piece):
            self._lead += " " + said
            return
        start = piece.start
        for lead in _LEAD.finditer(self._question.flat, piece.start, piece.end):
            start = lead.end()
        words = self._phrase(start, piece.end)
        unknown = flat(words)
        if _VERB.search(said):
            self._lead = ""
            self._open = not words
        self._lead += " " + said
        if not _UNKNOWN_NOUN.fullmatch(unknown) or len(unknown) < _SHORTEST_NOUN or _FILLER.search(unknown):
            return
        one = self._standing_alone(noun(words, self._rewordings.grammar))
        if self._run and self._run[-1].nouns:
            self._run = [replace(event, nouns=(*event.nouns, one)) if event.nouns else event for event in self._run]
        elif self._topics and self._topics[-1].about == "illness" and not self._run:
            self._topics[-1] = replace(self._topics[-1], nouns=(*self._topics[-1].nouns, one))
        elif not self._run and re.match(r"\s*(?:un|une|des)\b", self._question.flat[start : piece.end]):
            self._pending.append(one)

    def _specialist(self, piece: _Piece, found: re.Match[str]) -> None:
        words = self._phrase(piece.start + found.start(), piece.start + found.end())
        one = replace(noun(words, self._rewordings.grammar), gender="m")
        if self._topics and self._topics[-1].about == "specialist" and not self._run:
            self._topics[-1] = replace(self._topics[-1], nouns=(*self._topics[-1].nouns, one))
            return
        self._close()
        self._add(Topic("specialist", nouns=(one,), past=self._past))

    def _is_ask(self, unit: Named) -> bool:
        """Whether an event only says how another thing is asked for ("traité pour un lymphome", "suivi une cure")."""
        if not unit.names <= {"care"}:
            return False
        wanted = self._systems | self._events | _SAYS_WHERE | set(_HABITS)
        later = next((one for one in self._question.units if one.start >= unit.end and one.names & wanted), None)
        if later is None:
            return False
        if unit.start < self._question.own <= later.start:
            return True
        between = self._question.flat[unit.end : later.start]
        if later.names & self._events and not later.names & self._systems:
            return re.fullmatch(r"\s*(?:un|une|des|de|d'|du|la|le|l')?\s*", between) is not None
        return _FOR.match(between) is not None or not re.search(r"[.;?]|\b(?:ou|et)\b", between)

    def _event(self, piece: _Piece, unit: Named, until: int, things: list[Named]) -> None:
        question = self._question
        word = question.flat[unit.start : unit.end]
        about = next(name for name in _EVENTS if name in unit.names)
        topic = Topic(
            about,
            unit.names,
            planned=_PLANNED.search(piece.flat) is not None,
            past=self._past,
            lasting=self._lasting(unit.end),
            word=word,
        )
        if topic.planned and self._open and self._past and not self._run:
            # "avez-vous subi ou devez-vous subir une opération": of both.
            self._run.append(replace(topic, planned=False))
        self._open = False
        if not _PLAIN[about].match(word):
            # An act with a name of its own ("une greffe de rein", "une IRM") is kept as it is.
            end = self._extended(things[-1].end if things else unit.end, until)
            act = noun(self._phrase(unit.start, end), self._rewordings.grammar)
            self._close()
            self._add(replace(topic, about=f"act_{about}", nouns=(act,)))
            return
        if things and (found := self._nouns(piece, things, begin=unit.end)):
            topic = replace(topic, nouns=(found,), names=unit.names.union(*(thing.names for thing in things)))
            if _FOR.match(question.flat, unit.end):
                self._run = [
                    other if other.nouns else replace(other, nouns=topic.nouns, names=topic.names | other.names)
                    for other in self._run
                ]
        self._run.append(topic)

    def _illness(self, piece: _Piece, things: list[Named]) -> None:
        names = frozenset[str]().union(*(thing.names for thing in things))
        if self._continues(piece, things):
            return
        found = self._nouns(piece, things)
        if found is None:
            return
        if self._run and not _VERB.search(piece.flat):
            last = self._run[-1]
            if last.nouns or piece.joined_by in (":", "\n", "•", "(") or _FOR.match(piece.flat):
                self._run_for(last, found, names)
                return
        self._close()
        nouns = (*self._pending, found.as_illness())
        word = found.text.split(" ")[0]
        about = "illness"
        if flat(word).removesuffix("s") in self._devices:
            about = "device"
        elif {flat(word), flat(word).removesuffix("s")} & self._therapies:
            about = "therapy"
        self._pending = []
        self._add(
            Topic(
                about,
                names,
                nouns,
                ask=_ask(self._lead),
                vague=self._touched("vague_terms", piece),
                past=self._past,
                broad=self._touched("mental_health_broad", piece),
            )
        )

    def _run_for(self, last: Topic, found: Noun, names: frozenset[str]) -> None:
        """Tell the open events what (else) they were for; a further system asks a further thing of each event."""
        same = [event for event in self._run if event.nouns == last.nouns]
        if last.nouns and not last.names & names & self._systems:
            self._run += [replace(event, nouns=(found,), names=(event.names & self._events) | names) for event in same]
            return
        self._run = [
            replace(event, nouns=(*event.nouns, found), names=event.names | names) if event in same else event
            for event in self._run
        ]

    def _continues(self, piece: _Piece, things: list[Named]) -> bool:
        """Take a piece that only goes on with the noun before it: "cancer du sein, du côlon", "cardiaque, rénale"."""
        where = self._run or self._topics
        if not where or not where[-1].nouns or where[-1].about.startswith("act") or _VERB.search(piece.flat):
            return False
        previous = where[-1].nouns[-1]
        if previous.organ:
            return False
        start = self._question.flat[piece.start : things[0].start]
        word = self._question.text[things[0].start : things[0].end]
        joined = _joined_as(piece)
        names = frozenset[str]().union(*(thing.names for thing in things))
        head = previous.text.split(" ")[0]
        if _COMPLEMENT.match(start) and " " in previous.text and all(self._says_where(thing) for thing in things):
            words = self._phrase(piece.start, self._extended(things[-1].end, piece.end))
            if _GENERAL.fullmatch(flat(head)) and names & self._systems and not names & where[-1].names & self._systems:
                # Another system: another illness ("maladie du cœur, des poumons").
                self._further(where[-1], noun(f"une {head} {words}", self._rewordings.grammar), names, piece)
                return True
            longer = replace(previous, text=f"{previous.text}{joined}{words}")
            for number, topic in enumerate(where):
                if topic.nouns and topic.nouns[-1] == previous:
                    where[number] = replace(topic, nouns=(*topic.nouns[:-1], longer), names=names | topic.names)
            return True
        if not start.strip() and _GENERAL.fullmatch(flat(head)) and _is_lone_adjective(word):
            rest = self._phrase(things[0].start, self._extended(things[-1].end, piece.end)).split(" ")
            one = noun(f"une {head} {' '.join(feminine(part) for part in rest)}", self._rewordings.grammar)
            self._further(where[-1], one, names, piece)
            return True
        return False

    def _further(self, last: Topic, one: Noun, names: frozenset[str], piece: _Piece) -> None:
        """Take another illness that shares the head of the last one."""
        if self._run:
            self._run_for(last, one, names)
            return
        self._add(
            replace(
                last,
                names=names,
                nouns=(one,),
                examples=(),
                vague=last.vague or self._touched("vague_terms", piece),
                broad=self._touched("mental_health_broad", piece),
            )
        )

    def _says_where(self, thing: Named) -> bool:
        word = _key(self._question.text[thing.start : thing.end])
        return (
            bool(thing.names & _SAYS_WHERE)
            or word in self._places
            or word.removesuffix("s").removesuffix("x") in self._places
        )

    def _add(self, topic: Topic) -> None:
        """Add a topic; illnesses of one system share a line, and so do acts of one kind."""
        for number, other in enumerate(self._topics):
            if other.about != topic.about or other.planned != topic.planned:
                continue
            if topic.about.startswith("act_") or topic.about in ("device", "therapy", "accident", "drugs"):
                self._topics[number] = replace(other, nouns=_together(other.nouns, topic.nouns))
                return
            if topic.about != "illness":
                if other.nouns == topic.nouns and (topic.about != "status" or other.word == topic.word):
                    return
                continue
            alike = (other.ask, other.vague, bool(other.examples)) == (topic.ask, topic.vague, bool(topic.examples))
            if alike and other.names & topic.names & self._systems and "mind" not in other.names | topic.names:
                nouns = _together(other.nouns, topic.nouns)
                self._topics[number] = replace(other, nouns=nouns, names=other.names & topic.names)
                return
        self._topics.append(topic)

    def _close(self) -> None:
        for event in self._run:
            self._add(event)
        self._run = []

    def _touched(self, label: str, piece: _Piece) -> bool:
        return any(first < piece.end and piece.start < last for first, last in self._question.spans.get(label, ()))

    def _lasting(self, start: int) -> tuple[int, str] | None:
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
            if self._idle.fullmatch(" " + last) or _LEAD.fullmatch(last) or _VERB.search(found.group()):
                break
            shown = self._question.text[found.end() - len(last) : found.end()]
            if not (len(words) > 1 or "'" in last or is_adjective(shown)) or last in ("vous", "moins", "plus"):
                break
            end = found.end()
        return end

    def _nouns(self, piece: _Piece, things: list[Named], begin: int | None = None) -> Noun | None:
        """Return what a piece names, its article read; things close together make one noun."""
        question = self._question
        first = things[0]
        start = piece.start if begin is None else begin
        for lead in _LEAD.finditer(question.flat, start, first.start):
            start = lead.end()
        for said in _GOVERNING.finditer(question.flat, start, first.start):
            start = said.end()
        end = self._extended(things[-1].end, piece.end)
        lead_in = self._idle.sub("", question.flat[start : first.start])
        if _ARTICLE.fullmatch(lead_in) and (meant := self._person(question.flat[first.start : first.end])):
            return noun(meant, self._rewordings.grammar)
        phrase = self._phrase(start, end)
        if _STRAY.search(flat(phrase)) or phrase.count(" ") > _LONGEST_NOUN:
            # Not a noun: what the lists know is left.
            phrase = self._phrase(first.start, things[-1].end)
        if not phrase or _STRAY.search(flat(phrase)):
            return None
        one = noun(phrase, self._rewordings.grammar)
        if _WHOLE.match(flat(one.text)):
            return replace(one, organ=True, gender="m")
        if all(self._says_where(thing) for thing in things) and _ARTICLE.fullmatch(lead_in):
            return replace(one, organ=True)
        if _is_lone_adjective(one.text) and flat(one.text).startswith(question.flat[first.start : first.end]):
            # An adjective alone: the piece before holds its noun ("souffert d'une affection : respiratoire").
            heads = _GENERAL.findall(self._before)
            head = heads[-1] if heads else self._rewordings.instead_of_vague
            return noun(f"une {head} {feminine(one.text)}", self._rewordings.grammar)
        return self._standing_alone(one, question.text[first.start : first.end])

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

    def _phrase(self, start: int, end: int) -> str:
        """Return the words of the document, without idle ones, and with the brackets that illustrate them."""
        question = self._question
        words = "".join(
            char if question.flat[start + index] != " " or char.isspace() or char in "-" else " "
            for index, char in enumerate(question.text[start:end].translate(APOSTROPHES))
        )
        plain = flat(words)
        kept, position = [], 0
        for idle in self._idle.finditer(plain):
            at = start + idle.end() - 1
            if any(unit.start < at < unit.end for unit in question.units):
                continue  # part of a name: "bronchite chronique"
            kept.append(words[position : idle.start()])
            position = idle.end()
        kept.append(words[position:])
        return re.sub(r"^[^\w(]+", "", " ".join("".join(kept).split())).strip(" .,;:'’*•-")

    def _standing_alone(self, one: Noun, named: str = "") -> Noun:
        """Return the noun without a head that says nothing, and in the singular where its head has one.

        ``named``: the first words that a list knows; a head among them is part of a name ("maux de tête").
        """
        words = one.text.split(" ")
        head = _MISREAD.sub("maladie", flat(words[0]))
        if head in self._vague_heads and len(words) > 1 and flat(named).split(" ")[0] != head:
            single = self._rewordings.instead_of_vague
        elif head in self._heads:
            single = self._heads[head]
        else:
            return one
        rest = words[3:] if [flat(word) for word in words[1:3]] == ["de", "sante"] else words[1:]
        if rest and (contracted := {"au": "du", "aux": "des", "a": "de"}.get(flat(rest[0]))):
            rest[0] = contracted
        elif rest and head.startswith("antecedent") and flat(rest[0]).startswith(("de", "d'")):
            return noun(" ".join(rest), self._rewordings.grammar)
        elif rest and rest[0].startswith("d'") and _key(rest[0][2:]) in self._organs:
            rest[0] = f"de l'{rest[0][2:]}"
        elif len(rest) > 1 and flat(rest[0]) == "de" and _key(rest[1]) in self._organs:
            organ = noun(" ".join(rest[1:]), self._rewordings.grammar)
            rest = [replace(organ, definite=True).of() or " ".join(rest)]
        elif rest and single != "cancer":
            plain = [flat(word) for word in rest]
            stop = next(
                (at for at, word in enumerate(plain) if not is_adjective(rest[at]) or word.startswith("d'")), len(rest)
            )
            rest = [feminine(word) for word in rest[:stop]] + rest[stop:]
        article = "un" if single == "cancer" else "une"
        return noun(" ".join((article, single, *rest)), self._rewordings.grammar)


def _key(word: str) -> str:
    """Return a word as it is looked up, however it is written ("cœur", "coeur")."""
    return flat(word).replace("oe", "o")


def is_adjective(word: str) -> bool:
    """Whether a word may be an adjective of an illness or organ, by its ending."""
    return _ADJECTIVE.search(word) is not None and _NO_ADJECTIVE.search(word) is None


def _joined_as(piece: _Piece) -> str:
    return " ou " if piece.joined_by in ("ou", "et", "ni", "/") else ", "


def _is_lone_adjective(word: str) -> bool:
    return " " not in word and is_adjective(word)


def _together(nouns: Sequence[Noun], more: Sequence[Noun]) -> tuple[Noun, ...]:
    known = {one.text for one in nouns}
    return (*nouns, *(one for one in more if one.text not in known))


def _ask(lead: str) -> str:
    best, where = "diagnosed", -1
    for ask, pattern in _ASKS:
        for found in pattern.finditer(lead):
            if found.start() > where:
                best, where = ask, found.start()
    return best


def _blanked(text: str, start: int, end: int) -> str:
    return text[:start] + " " * (end - start) + text[end:]
