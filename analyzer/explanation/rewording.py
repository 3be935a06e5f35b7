"""A wording that would pass, for a question that asks too much.

A proposal is built for the question itself: what it names is kept in its own words, and a wording of the knowledge is
put around it. Of several wordings the first is proposed that Sceau itself finds precise; where none is, the question
is better removed, and the reason says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from analyzer.detection import PRECISE, Detection
from analyzer.detection.anatomy import Anatomy
from analyzer.explanation.french import Noun, agreeing, listed, noun
from analyzer.explanation.topics import APOSTROPHES, Source, Topic, flat, is_planned, source, topics
from analyzer.knowledge import load
from analyzer.knowledge.models import Rewordings
from analyzer.schema import Finding, Lang, Passage, Rewording

#: Tells, for each wording, whether Sceau itself finds it precise.
Check = Callable[[Sequence[str]], list[bool]]

#: A question that names more than so many facts is no question any more.
_MOST_LINES = 16
#: Nouns that one line may list.
_MOST_NOUNS = 8
#: Labels of what needs another question, not the same one with fewer words.
_REBUILT = frozenset(
    {
        "compound",
        "document_demand",
        "family_history",
        "genetic",
        "hiv_status",
        "insurance_history",
        "intimate_life",
        "lifestyle",
        "mental_health_broad",
        "prefilled_declaration",
        "subjective",
    }
)
#: Labels whose reason is told, the weightiest first; so many of them.
_TOLD = (
    "family_history",
    "hiv_status",
    "intimate_life",
    "forgotten_disease",
    "compound",
    "mental_health_broad",
    "lifestyle",
    "subjective",
    "prefilled_declaration",
    "document_demand",
    "insurance_history",
    "no_time_limit",
    "catch_all",
    "banal_care",
    "vague_terms",
)
_MOST_REASONS = 3
_HABITS = frozenset({"tobacco", "alcohol", "drugs"})
_PENSION = re.compile(r"\b(?:invalidite|invalide|pension|rente|incapacite|handicapee?s?|aah|rqth)\b")
_PAID = re.compile(
    r"\b(?:percev|benefici|touche|recev|recoi|titulaire|attribu|reconnu)\w*[^.?;]{0,60}\b(?:invalidite|pension|rente|allocation)"
)
_LONG_TERM = re.compile(r"\b(?:ald|longue duree|100|ticket moderateur)\b")
_HEPATITIS_C = re.compile(r"\bhepatites? (?:virale )?c\b")
#: How a question begins that is asked by itself, without its stem.
_ASKS_ITSELF = re.compile(
    r"^(?:avez|etes|souffrez|suivez|prenez|portez|presentez|vous est|vous a|un (?:medecin|docteur)"
    r"|(?:la|le|l')[\w' ]{2,40}(?:a t|est|suit|souffre)|a t|est il|combien)\b"
)
_PARTNER = re.compile(r"\s*(?:votre |l[ea] |vos )?(?:conjoint|epou|partenaire|concubin|compa)")
_PRESENT_OR = re.compile(
    r"^(?:souffrez|avez|etes|presentez|suivez|prenez|portez|consommez|pratiquez) vous(?: actuellement)?,? ou "
    r"(?=(?:avez|etes) vous)"
    r"|\b(?:souffre|a|est|presente) t (?:il|elle),? ou (?=a t (?:il|elle))"
    r"|(?<=souffert),? ou souffre(?:z vous| t il| t elle)(?: actuellement)?"
)
_SPORT = re.compile(r"\b(?P<sports>sports? (?:mecanique|aerien|nautique|automobile|de combat|de glisse|d'hiver)s?)\b")
_LISTING = re.compile(r"\((?P<sports>[^()]*\w[^()]{2,120})\)")
_SET_ASIDE = re.compile(r"(?:hors|hormis|sauf|except|a l'ex|autres? que|en dehors|non compris|sans compter|a part)")
_SHARED_HEAD = re.compile(r"(?P<head>affection|maladie) (?:(?:du|de la|de l'|des) )?[\w'-]+$")
#: Sick leave that childbirth may cause too; there is none in "mi-temps thérapeutique".
_STOPS = re.compile(r"$|arret|en arret|inter|cess|incap|conge mal|absence|itt")
_HEALTHY = re.compile(r"\b(?:bonne|parfaite|excellente) sante\b")
_GENERAL = re.compile(r"(?:maladie|affection|pathologie|cancer|tumeur)")
_LAST_ITEM = re.compile(r",\s+(?=(?:une?|des|du|de la|de l'|d'|le|la|les) ?[\w' -]{3,40}$)")
#: A word that the end of a printed line cut in two.
_HYPHENATED = re.compile(r"(?<=[a-zà-ÿ])-\s+(?=[a-zà-ÿ])")
_LEFT_OVER = re.compile(r"\s*(?:,|;|\bou\b|\bet\b|\bni\b|:)*\s*$")


def reword(
    passage: Passage, detections: Sequence[Detection], findings: Sequence[Finding], lang: Lang, check: Check
) -> Rewording:
    """Return what to do with a question: keep it, replace it by the wordings proposed, or remove it.

    ``detections`` and ``findings`` are all those of ``passage``.
    """
    known = load()
    situations = {situation.id for situation in known.situations.situations if situation.legal_state == "forbidden"}
    labels = {detection.label for detection in detections}

    def remove(reason: str) -> Rewording:
        return Rewording(action="remove", why=known.rewordings.why[f"remove_{reason}"].get(lang))

    if any(finding.case in situations for finding in findings):
        return remove("situation")
    if labels == {PRECISE}:
        return Rewording(action="keep", why=known.rewordings.why["keep"].get(lang))
    if "genetic" in labels:
        return remove("genetic")
    anatomy = next(detection.anatomy for detection in detections if detection.anatomy)
    question = _Question(passage, detections, anatomy, known.rewordings)
    lines = question.proposed(check)
    if not lines:
        return remove(question.no_proposal())
    reasons = [label for label in _TOLD if label in labels]
    if "over_five_years" in anatomy.facts and "forgotten_disease" not in labels:
        reasons.append("over_long")
    why = " ".join(known.rewordings.why[reason].get(lang) for reason in reasons[:_MOST_REASONS])
    return Rewording(action="replace", lines=tuple(lines), why=why)


class _Question:
    """A question, and the wordings that may stand for it."""

    def __init__(
        self, passage: Passage, detections: Sequence[Detection], anatomy: Anatomy, rewordings: Rewordings
    ) -> None:
        self._texts = rewordings
        self._labels = frozenset(detection.label for detection in detections)
        self._patterns = frozenset().union(*(detection.patterns for detection in detections))
        self._anatomy = anatomy
        self._past = "past" in anatomy.facts
        self._source: Source = source(passage, detections, anatomy)
        self._topics = topics(self._source, load().medical, rewordings, self._past)
        if "hiv_status" in self._labels:
            self._topics = [topic for topic in self._topics if "hiv" not in topic.names]
        self._flat = flat(f"{passage.context} {passage.text}")
        self._window = self._window_words()
        #: Wordings about one's state of mind, and what they name.
        self._minds: dict[str, tuple[Noun, ...]] = {}

    def proposed(self, check: Check) -> list[str]:
        """Return the lines of the first wording of each topic that passes; none where some topic has none."""
        choices = list(self._choices(check))
        if not choices or len(choices) > _MOST_LINES:
            return []
        wordings = list(dict.fromkeys(line for choice in choices for text in choice for line in text.split("\n")))
        precise = dict(zip(wordings, check(wordings), strict=True))
        lines: list[str] = []
        for choice in choices:
            passed = next((text for text in choice if all(precise[line] for line in text.split("\n"))), None)
            if passed is None:
                return []
            lines += passed.split("\n")
        return self._minds_together(list(dict.fromkeys(lines)), check)

    def _minds_together(self, lines: list[str], check: Check) -> list[str]:
        """Return the lines with those about one's state of mind made one, where that passes: few questions."""
        found = [line for line in lines if line in self._minds]
        together = Topic("illness", nouns=tuple(one for line in found for one in self._minds[line]))
        for text in self._worded("minds_past", together) if len(found) > 1 else ():
            if all(check([text])):
                at = lines.index(found[0])
                return [*lines[:at], text, *(line for line in lines[at:] if line not in found)]
        return lines

    def no_proposal(self) -> str:
        """Return why there is nothing to propose."""
        if "partner" in self._anatomy.facts and "intimate_life" not in self._labels:
            return "family_history"
        for label in ("intimate_life", "family_history", "insurance_history", "document_demand"):
            if label in self._labels:
                return label
        if "banal_care" in self._labels:
            return "banal_care"
        if not self._topics and self._labels & {"catch_all", "subjective"}:
            return "catch_all"
        return "no_proposal"

    def _choices(self, check: Check) -> Iterator[list[str]]:
        """Yield, for each line that is needed, the wordings to try in order."""
        if "insurance_history" in self._labels:
            if _PAID.search(self._flat):
                yield self._worded("disability_now")
            return
        if "partner" in self._anatomy.facts and _PARTNER.match(self._source.flat[self._source.own :]):
            return
        if "document_demand" in self._labels and "?" not in self._source.text[self._source.own :]:
            return
        if "hiv_status" in self._labels and "intimate_life" not in self._labels:
            yield self._worded("hiv_now")
        if "family_history" in self._labels:
            for topic in self._topics:
                if topic.about == "illness" and not topic.vague:
                    yield self._illness(replace(topic, ask="diagnosed", past=True))
            return
        own_words = [] if self._labels & _REBUILT or self._too_short() or self._forgotten() else self._edited()
        if own_words and self._topics and any(check(own_words)):
            yield own_words
        elif self._topics:
            if "subjective" in self._labels and _HEALTHY.search(self._source.flat):
                yield self._worded("health_past" if self._past else "health_now")
            for topic in self._topics:
                yield self._for(topic)
        elif "mental_health_broad" in self._labels:
            yield self._worded("mind_past", Topic("illness", nouns=(self._mind(),)))
        elif "hiv_status" not in self._labels and "intimate_life" not in self._labels:
            yield from self._on_subject(own_words)

    def _mind(self) -> Noun:
        return noun(self._texts.mind, self._texts.grammar)

    def _for(self, topic: Topic) -> list[str]:
        if topic.about == "illness":
            return self._illness(topic)
        if topic.about in _HABITS:
            return self._worded(f"{topic.about}_{'past' if topic.past else 'now'}", topic) or self._worded(
                f"{topic.about}_now", topic
            )
        tense = "planned" if topic.planned else "past" if topic.past else "now"
        if topic.about == "status":
            if _LONG_TERM.search(topic.word):
                return self._worded("long_term_illness_now")
            return self._worded("disability_now") if _PENSION.search(topic.word) else []
        about = {
            "act_imaging": "exam",
            "act_surgery": "had",
            "act_status": "had",
            "act_hospital_stay": "stayed",
            "act_transfusion": "received",
            "act_care": "received",
            "care": "treatment",
        }.get(topic.about, topic.about)
        if about == "exam" and topic.nouns and re.match(r"examens?\b|analyse", topic.nouns[0].text):
            return self._worded("examined_planned" if topic.planned else "examined_past", topic)
        if topic.about == "care" and topic.nouns:
            return self._illness(replace(topic, about="illness", ask="treated"))
        if topic.nouns and topic.about in ("surgery", "hospital_stay", "sick_leave"):
            wordings = self._worded(f"{about}_{tense}_for", topic)
            if "mental_health_broad" in self._labels and "mind" in topic.names:
                found = self._mind()
                wordings += self._worded(f"{about}_{tense}_for", replace(topic, nouns=(found.found(),)))
            # One is operated on "de la hanche", but "pour une maladie du cœur".
            return wordings if not any(_GENERAL.match(one.text) for one in topic.nouns) else wordings[::-1]
        return next(filter(None, (self._worded(f"{about}_{one}", topic) for one in (tense, "now", "past"))), [])

    def _illness(self, topic: Topic) -> list[str]:
        tense = "past" if topic.past else "now"
        forgotten = "cancer" in topic.names or any(_HEPATITIS_C.search(flat(one.text)) for one in topic.nouns)
        ask = topic.ask
        if forgotten:
            ask = "forgotten"
        elif topic.vague:
            ask = "vague"
        elif not topic.past:
            ask = "treated" if ask == "treated" else "suffered"
        wordings = [*self._worded(f"illness_{ask}_{tense}", topic), *self._worded(f"illness_vague_{tense}", topic)]
        if "mental_health_broad" in self._labels and "mind" in topic.names:
            plain = replace(topic, nouns=(self._mind(),), examples=())
            own = self._worded(f"mind_{tense}", topic)
            self._minds |= dict.fromkeys(own, topic.nouns)
            wordings += [*own, *self._worded(f"mind_{tense}", plain)]
        return wordings

    def _on_subject(self, own_words: list[str]) -> Iterator[list[str]]:
        """Yield the wordings for a question that names nothing."""
        if "banal_care" in self._labels and ("routine-care" in self._patterns or "subjective" in self._labels):
            return
        said = self._source.flat
        about = next(
            (
                subject.about
                for subject in self._texts.subjects
                if re.search(rf"\b(?:{'|'.join(map(flat, subject.words))})\b", said)
            ),
            None,
        )
        if "catch_all" in self._labels and about == "health":
            return
        tense = "past" if self._past else "now"
        if "subjective" in self._labels and is_planned(said):
            tense = "planned"
        if about is None:
            if own_words:
                yield own_words
            return
        topic = Topic(about, past=self._past)
        if about == "sport":
            if (named := _SPORT.search(said)) or (named := _LISTING.search(said)):
                sports = self._source.text[named.start("sports") : named.end("sports")].rstrip(" .…")
            else:
                sports = self._texts.sports
            yield self._worded("sport_now", bare=sports)
            return
        wanted = self._worded(f"{about}_{tense}", topic)
        yield [*own_words, *(wanted or self._worded(f"{about}_past", topic) or self._worded(f"{about}_now", topic))]

    def _too_short(self) -> bool:
        """Whether the question asks about sick leave shorter than is worth asking for."""
        days = self._texts.shortest["sick_leave"].days
        return any(topic.about == "sick_leave" and topic.lasting and topic.lasting[0] < days for topic in self._topics)

    def _forgotten(self) -> bool:
        """Whether the question asks for an illness that may be forgotten otherwise than by its treatment."""
        return "forgotten_disease" in self._labels and any(
            topic.about == "illness" and topic.ask != "treated" for topic in self._topics
        )

    def _edited(self) -> list[str]:
        """Return the question in its own words, without what is too much; nothing where it cannot be edited."""
        words = self._source.flat[self._source.own :]
        kept = self._source.text[self._source.own :]
        gone = [
            index
            for index, char in enumerate(words)
            if char == " " and not kept[index].isspace() and kept[index] not in "-‐‑"
        ]
        end = kept.find("?")
        if end < 0:
            return []
        for first, last in self._source.spans.get("catch_all", ()):
            joined = list(re.finditer(r",|;|\bou\b|\bet\b|\bni\b", words[: first - self._source.own]))
            begin = joined[-1].start() if joined else first - self._source.own
            if not joined:
                return []
            gone += range(begin, max(last - self._source.own, _piece_end(words, last - self._source.own)))
            if joined[-1].group() != "," and len(joined) > 1 and joined[-2].group() == ",":
                kept = f"{kept[: joined[-2].start()]}\0{kept[joined[-2].end() :]}"
        blank = set(gone)
        edited = "".join(" " if index in blank else char for index, char in enumerate(kept[:end]))
        edited = edited.translate(APOSTROPHES)
        edited = re.sub(r"\s+([,)])", r"\1", " ".join(edited.replace("\0", " ou ").split()))
        edited = re.sub(r"^[\W\d]*(?:[a-z]\s?\)\s*)?", "", edited, flags=re.IGNORECASE)
        edited = _LEFT_OVER.sub("", re.sub(r"\s*,\s*,\s*", " ", edited)).replace("()", "").strip(" ,;:")
        idle = re.compile(rf"\s*\b(?:{'|'.join(self._texts.idle)})\b(?!\s*\))", re.IGNORECASE)
        if "vague_terms" in self._labels and idle.search(edited):
            return []  # "souvent essoufflé" without "souvent" would ask more
        edited = idle.sub("", edited)
        plain = flat(edited)
        if not _ASKS_ITSELF.match(plain) or "antecedent" in plain:
            return []
        if both := _PRESENT_OR.search(plain):
            edited = edited[: both.start()] + edited[both.end() :]
        edited = re.sub(r"\s+", " ", edited)
        if not re.search(r"\b(?:ou|et|ni)\b", plain) and (item := _LAST_ITEM.search(edited)):
            edited = f"{edited[: item.start()]} ou {edited[item.end() :]}"
        exempt = ""
        if len(self._topics) == 1 and not self._topics[0].nouns and self._topics[0].about != "care":
            exempt = self._exempt(self._topics[0].about)
        if self._past:
            return self._worded("edited_past", question=edited[:1].lower() + edited[1:], exempt=exempt)
        return self._worded("edited_now", question=edited[:1].upper() + edited[1:], exempt=exempt)

    def _worded(self, key: str, topic: Topic | None = None, **given: str) -> list[str]:
        """Return the wordings of ``key`` with everything filled in; those that lack something are left out."""
        filled = {
            "window": self._window,
            "lasting": self._lasting(key, topic),
            "exempt": self._exempt(topic.about if topic else key.rpartition("_")[0]),
            **given,
        }
        if topic is not None and topic.nouns:
            filled |= self._named(topic.nouns[:_MOST_NOUNS], topic.examples)
        wordings = []
        for wording in self._texts.wordings.get(key, ()):
            try:
                text = wording.format_map(filled)
            except KeyError:
                continue
            mended = _HYPHENATED.sub("", text)
            wordings.append("\n".join(" ".join(line.split()) for line in mended.split("\n")))
        return wordings

    def _exempt(self, about: str) -> str:
        """Return, in brackets, what must not be counted: what the question itself sets aside, or the usual."""
        for first, last in self._anatomy.aside_spans:
            words = self._source.text[first + self._source.own : last + self._source.own].strip(" ().?;:,")
            if _SET_ASIDE.match(flat(words)):
                return f"({words[:1].lower()}{words[1:]})"
        if about == "sick_leave" and not all(
            _STOPS.match(topic.word) for topic in self._topics if topic.about == "sick_leave"
        ):
            return ""
        return self._texts.exempt.get(about, "")

    def _named(self, nouns: Sequence[Noun], examples: Sequence[str]) -> dict[str, str]:
        illustrated = f" ({', '.join(examples)})" if examples else ""
        filled = {
            "bare": listed([one.text for one in nouns]),
            "diagnosed": agreeing("diagnostiqué", nouns),
            "fixed": agreeing("fixé", nouns[:1]),
            "pronoun": "elle" if nouns[0].gender == "f" else "il",
        }
        nouns = _affections(nouns)
        ones = [one.one() for one in nouns]
        ofs = [one.of() for one in nouns]
        if all(ones):
            filled["one"] = listed([one for one in ones if one]) + illustrated
        if all(ofs):
            filled["of"] = listed([one for one in ofs if one]) + illustrated
        return filled

    def _lasting(self, key: str, topic: Topic | None) -> str:
        """Return how long an event lasted: in the question's own words, unless that is too short to be asked for."""
        kind = "sick_leave" if key.startswith(("sick_leave", "accident", "mind")) else "treatment"
        shortest = self._texts.shortest[kind]
        own = topic.lasting if topic else None
        if key.startswith("hospital_stay"):
            return own[1] if own else ""
        return own[1] if own and own[0] >= shortest.days else shortest.words

    def _window_words(self) -> str:
        """Return the window at the beginning of a line: the question's own, unless it is longer than is needed."""
        months = self._texts.longest_months
        if (window := self._anatomy.window) is not None:
            if window.months is not None:
                months = min(months, window.months)
            elif "depuis" not in window.words:
                months = self._texts.lately_months
        if months == 1:
            return self._texts.windows["month"]
        if months % 12 == 0 and months > 12:
            return self._texts.windows["years"].format(count=months // 12)
        return self._texts.windows["months"].format(count=months)


def _piece_end(words: str, start: int) -> int:
    """Return where the piece of a question ends in which ``start`` stands."""
    found = re.compile(r"[,;?:.)]|\bou\b|\bet\b").search(words, start)
    return found.start() if found else len(words)


def _affections(nouns: Sequence[Noun]) -> list[Noun]:
    """Return the nouns with the illnesses of one head made one: "une affection du nez ou de la gorge"."""
    merged: dict[str, list[Noun]] = {}
    for one in nouns:
        head = _SHARED_HEAD.match(one.text)
        merged.setdefault(head.group("head") if head and not one.plural else one.text, []).append(one)
    return [
        replace(same[0], text=f"{head} {listed([one.text.partition(' ')[2] for one in same])}")
        if len(same) > 1
        else same[0]
        for head, same in merged.items()
    ]
