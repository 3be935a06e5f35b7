"""The patterns of the knowledge files, run over passages."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise

from spacy.tokens import Doc

from analyzer.detection.anatomy import Anatomy, Named, dissect
from analyzer.detection.negation import negated_tokens
from analyzer.detection.normalise import normalise
from analyzer.detection.phrases import Element, Phrase, parse
from analyzer.detection.screen import Place, Screen, Steps
from analyzer.detection.vocabulary import Hit, Vocabulary
from analyzer.errors import BadKnowledge
from analyzer.knowledge import Knowledge
from analyzer.knowledge.models import Fact, Pattern
from analyzer.schema import Passage, PassageKind

#: A sentence shows at most this many places of one list to a pattern: bounds the work on hostile text.
_MOST_HITS = 40
#: Characters analysed at once; longer passages are cut at a sentence, or failing that anywhere.
_CHUNK = 4_000
#: So much of a stem (characters) is read with a passage: its end, which stands nearest.
_STEM = 600


@dataclass(frozen=True)
class Match:
    """A pattern found: its id, and the spans of the passage's text (not of its stem) that matched."""

    pattern: str
    strength: str
    spans: tuple[tuple[int, int], ...]


@dataclass
class Reading:
    """What the rules saw in one passage, and where in it guards hold; the screen may have spared it their reading."""

    matches: dict[str, list[Match]] = field(default_factory=dict)
    mentions: set[str] = field(default_factory=set)
    anatomy: Anatomy | None = None
    was_read: bool = False
    guarded: dict[str, list[tuple[int, int]]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Compiled:
    owner: str
    pattern: Pattern
    phrase: Phrase | None
    unless: tuple[Phrase, ...]
    unless_passage: tuple[Phrase, ...]
    steps: Steps
    wanted: tuple[int, ...]
    lists: frozenset[str]


@dataclass(frozen=True)
class _Text:
    """A stretch of a passage with its stem, ready for the rules."""

    passage: int
    plain: str
    offsets: Sequence[int]
    stem: int
    cuts: tuple[int, ...]


class Rules:
    """All patterns of the labels of one kind and of the guards, compiled together.

    Clauses pass a screen first, for they are many; questions are few, and each is dissected.
    """

    def __init__(self, knowledge: Knowledge, kind: PassageKind) -> None:
        """Compile the knowledge's patterns. Raises ``BadKnowledge`` naming a pattern that cannot be read."""
        labels = [label for label in knowledge.labels.values() if label.kind == kind]
        owners: list[tuple[str, dict[str, tuple[str, ...]], tuple[Pattern, ...]]] = [
            (f"guard:{guard.name}", guard.lists, guard.patterns) for guard in knowledge.guards if kind == "clause"
        ]
        owners += [(label.label, label.lists, label.patterns) for label in labels]
        self._guards = {label.label: label.guards for label in labels}
        self._medical = knowledge.medical if kind == "question" else None
        lists = {**knowledge.lists, **(knowledge.medical.lists if kind == "question" else {})}
        self._compiled: list[_Compiled] = []
        drafts = []
        for owner, local, patterns in owners:
            scoped = {name: f"{owner}.{name}" for name in local}
            lists |= {scoped[name]: entries for name, entries in local.items()}
            for pattern in patterns:
                try:
                    phrases = [
                        [_scope(parse(source), scoped) for source in sources]
                        for sources in (filter(None, (pattern.match,)), pattern.unless, pattern.unless_passage)
                    ]
                except ValueError as fault:
                    raise BadKnowledge(owner, problem=f"pattern {pattern.id}: {fault}") from fault
                for phrase in (phrase for group in phrases for phrase in group):
                    for name in phrase.lists:
                        if name.startswith('"'):
                            lists[name] = (name.strip('"'),)
                        elif name not in lists:
                            raise BadKnowledge(owner, problem=f"pattern {pattern.id}: no word list {name}")
                drafts.append((owner, pattern, phrases))
        self.vocabulary = Vocabulary(lists)
        self._screen = Screen(lists)
        for owner, pattern, (match, unless, unless_passage) in drafts:
            self._compiled.append(
                _Compiled(
                    owner=owner,
                    pattern=pattern,
                    phrase=match[0] if match else None,
                    unless=tuple(unless),
                    unless_passage=tuple(unless_passage),
                    steps=self._screen.prepare(match[0]) if match else (),
                    wanted=self._screen.wanted(match[0]) if match else (),
                    lists=frozenset().union(*(phrase.lists for phrase in (*match, *unless, *unless_passage))),
                )
            )
        self._label_rules = [rule for rule in self._compiled if not rule.owner.startswith("guard:")]
        self._guard_rules = [rule for rule in self._compiled if rule.owner.startswith("guard:")]
        #: The labels' patterns by the rarest thing that they need.
        by_rarest: dict[int, list[_Compiled]] = {}
        for rule in self._label_rules if kind == "clause" else ():
            by_rarest.setdefault(rule.wanted[0], []).append(rule)
        self._by_rarest = list(by_rarest.items())
        #: Lists looked for in every passage that is read: those of the guards, and those that choose what is told.
        self._always = _told(knowledge).union(*(rule.lists for rule in self._guard_rules))
        if self._medical is not None:
            self._always |= self._medical.lists.keys()

    def read(self, passages: Sequence[Passage], *, screened: bool = True) -> list[Reading]:
        """Run the patterns over ``passages``; returns one reading each, in order.

        ``screened=False`` shows every passage to every pattern (the tests compare the two).
        """
        readings = [Reading() for _ in passages]
        texts = []
        candidates = []
        for index, passage in enumerate(passages):
            for text in _texts(index, passage):
                chosen = self._label_rules
                if screened and self._medical is None and not (chosen := self._possible(text)):
                    continue
                texts.append(text)
                candidates.append([*self._guard_rules, *chosen])
        docs = self.vocabulary.read(text.plain for text in texts)
        for text, chosen, doc in zip(texts, candidates, docs, strict=True):
            self._match(text, passages[text.passage], chosen, doc, readings[text.passage])
        return readings

    def _possible(self, text: _Text) -> list[_Compiled]:
        """Return the labels' patterns that could match ``text``."""
        sentences = [self._screen.read(part) for part in _sentences(text)]
        whole = sentences[0] if len(sentences) == 1 else _joined(sentences)
        present = 0
        for _, _, bits in whole:
            present |= bits
        possible = []
        for rarest, rules in self._by_rarest:
            if not present & rarest:
                continue
            for rule in rules:
                # Written out: this is tried for many patterns on every passage.
                for wanted in rule.wanted:
                    if not present & wanted:
                        break
                else:
                    areas = [whole] if rule.pattern.where == "passage" else sentences
                    if any(self._screen.may_match(rule.steps, area) for area in areas):
                        possible.append(rule)
        return possible

    def _match(self, text: _Text, passage: Passage, chosen: list[_Compiled], doc: Doc, reading: Reading) -> None:
        hits = self.vocabulary.find(doc, self._always.union(*(rule.lists for rule in chosen)))
        first_own = next((token.i for token in doc if token.idx >= text.stem), len(doc))
        negated: Sequence[bool]
        if self._medical is None:
            negated = negated_tokens(doc)
            bounds = _sentence_bounds(doc, text)
        else:
            # A question is one thing, however it is written; what it sets aside counts as negated, a "ne" does not:
            # "n'avoir jamais souffert de" asks about the same as "avez-vous souffert de".
            anatomy = dissect(doc, first_own, hits, self._medical, date.today())
            reading.anatomy = replace(
                anatomy,
                spans=_own_spans(anatomy, text),
                named=_own_named(anatomy, text, passage.context),
                aside_spans=_own_aside(anatomy, text),
            )
            negated = reading.anatomy.aside
            outside = [a or b for a, b in zip(negated, reading.anatomy.illustrating, strict=True)]
            bounds = [(0, len(doc))]
        reading.was_read = True
        reading.mentions |= {name for name in hits if not name.startswith('"')}
        whole = (0, len(doc))
        guarded: dict[str, list[tuple[int, int]]] = {}
        for rule in chosen:  # guards stand first
            guard = rule.owner.removeprefix("guard:") if rule.owner.startswith("guard:") else None
            if reading.anatomy:
                if not _facts_hold(rule.pattern, reading.anatomy):
                    continue
                negated = reading.anatomy.aside if rule.pattern.in_brackets else outside
            for area in [whole] if rule.pattern.where == "passage" else bounds:
                found: list[list[Hit]] | None = []
                if rule.phrase is not None:
                    found = _find(rule.phrase, hits, negated, area, 0 if guard else first_own)
                if found is None or any(_find(phrase, hits, negated, area, 0) for phrase in rule.unless):
                    continue
                if any(_find(phrase, hits, negated, whole, 0) for phrase in rule.unless_passage):
                    break
                if guard is not None:
                    guarded.setdefault(guard, []).append(area)
                    if (covered := _span(doc, text, [Hit(*area)])) is not None:
                        reading.guarded.setdefault(guard, []).append(covered)
                    continue
                words = [hit for run in found for hit in run]
                spared = [place for name in self._guards[rule.owner] for place in guarded.get(name, ())]
                if any(start <= hit.start < end for start, end in spared for hit in words):
                    continue
                spans = tuple(span for run in found if (span := _span(doc, text, run)) is not None)
                if reading.anatomy and not spans:
                    spans = _fact_spans(rule.pattern, reading.anatomy, passage)
                match = Match(rule.pattern.id, rule.pattern.strength, spans)
                reading.matches.setdefault(rule.owner, []).append(match)


def _facts_hold(pattern: Pattern, anatomy: Anatomy) -> bool:
    return anatomy.facts.issuperset(pattern.facts) and anatomy.facts.isdisjoint(pattern.facts_none)


def _own_spans(anatomy: Anatomy, text: _Text) -> dict[Fact, tuple[tuple[int, int], ...]]:
    """Return the spans of the facts in the passage's own text; what only the stem tells has none."""
    return {
        fact: tuple(
            (text.offsets[max(0, start - text.stem)], text.offsets[end - text.stem - 1] + 1)
            for start, end in places
            if end > text.stem
        )
        for fact, places in anatomy.spans.items()
    }


def _own_named(anatomy: Anatomy, text: _Text, context: str) -> tuple[Named, ...]:
    """Return what is named, each in the passage's own text or in its stem."""
    stem = context.strip()[-_STEM:]
    offsets = [context.rindex(stem) + offset for offset in normalise(stem)[1]] if stem else []
    named = []
    for one in anatomy.named:
        start, end = one.start - text.stem, one.end - text.stem
        if start >= 0:
            named.append(replace(one, start=text.offsets[start], end=text.offsets[end - 1] + 1))
        elif end <= 0:
            named.append(replace(one, start=offsets[one.start], end=offsets[one.end - 1] + 1, own=False))
    return tuple(named)


def _own_aside(anatomy: Anatomy, text: _Text) -> tuple[tuple[int, int], ...]:
    """Return the characters of the passage's own text that are set aside, neighbouring words together."""
    joined: list[tuple[int, int]] = []
    for start, end in anatomy.aside_spans:
        if start < text.stem:
            continue
        first, last = text.offsets[start - text.stem], text.offsets[end - text.stem - 1] + 1
        if joined and first - joined[-1][1] <= 1:
            joined[-1] = (joined[-1][0], last)
        else:
            joined.append((first, last))
    return tuple(joined)


def _fact_spans(pattern: Pattern, anatomy: Anatomy, passage: Passage) -> tuple[tuple[int, int], ...]:
    """Return the characters of the passage that tell the pattern's facts; all of it where only its stem does."""
    places = [place for fact in pattern.facts for place in anatomy.spans.get(fact, ())]
    return tuple(places) or ((0, len(passage.text.rstrip())),)


def _told(knowledge: Knowledge) -> frozenset[str]:
    """Return the lists on which cases and severity depend, by their compiled names."""
    names = {factor.mentions for factor in knowledge.severity.raised_by}
    for label in knowledge.labels.values():
        for case in label.cases:
            for name in (*case.when.mentions, *case.when.mentions_none):
                names.add(f"{label.label}.{name}" if name in label.lists else name)
    return frozenset(names)


def _scope(phrase: Phrase, scoped: dict[str, str]) -> Phrase:
    """Return the phrase with the names of its owner's own lists made unique."""
    return Phrase(
        tuple(
            tuple(
                replace(
                    element,
                    lists=tuple(scoped.get(name, name) for name in element.lists),
                    without=tuple(scoped.get(name, name) for name in element.without),
                )
                for element in run
            )
            for run in phrase.runs
        )
    )


def _texts(index: int, passage: Passage) -> Iterator[_Text]:
    """Yield the passage, after its stem, in stretches that can be analysed at once."""
    stem = passage.context.strip()
    prefix = normalise(stem[-_STEM:])[0] + " " if stem else ""
    for start, end in _chunks(passage):
        plain, offsets = normalise(passage.text[start:end])
        cuts = tuple(sentence[0] - start for sentence in passage.sentences if start < sentence[0] < end)
        yield _Text(
            passage=index,
            plain=prefix + plain,
            offsets=[offset + start for offset in offsets] if start else offsets,
            stem=len(prefix),
            cuts=cuts,
        )


def _sentences(text: _Text) -> list[str]:
    """Return the sentences of a stretch as the rules read them; the stem belongs to the first one."""
    if not text.cuts:
        return [text.plain]
    base = text.offsets[0]
    edges = [0, *(text.stem + bisect_left(text.offsets, base + cut) for cut in text.cuts), len(text.plain)]
    return [text.plain[start:end] for start, end in pairwise(edges)]


def _joined(sentences: list[list[Place]]) -> list[Place]:
    """Return the places of several sentences as those of one text."""
    places: list[Place] = []
    for sentence in sentences:
        after = max((end for _, end, _ in places), default=0)
        places += [(start + after, end + after, bits) for start, end, bits in sentence]
    return places


def _chunks(passage: Passage) -> Iterator[tuple[int, int]]:
    length = len(passage.text)
    if length <= _CHUNK:
        yield 0, length
        return
    starts = [start for start, _ in passage.sentences] or [0]
    begin = 0
    while begin < length:
        limit = begin + _CHUNK
        end = max((start for start in starts if begin < start <= limit), default=limit) if limit < length else length
        yield begin, min(end, length)
        begin = end


def _sentence_bounds(doc: Doc, text: _Text) -> list[tuple[int, int]]:
    """Return the token ranges of the sentences; the stem belongs to the first one."""
    base = text.offsets[0] if text.offsets else 0
    edges = [0]
    cuts = iter(text.cuts)
    cut = next(cuts, None)
    for token in doc:
        if cut is None:
            break
        place = token.idx - text.stem
        if place >= 0 and text.offsets[place] - base >= cut:
            edges.append(token.i)
            cut = next(cuts, None)
    edges.append(len(doc))
    return [(start, end) for start, end in pairwise(edges) if start < end]


def _find(
    phrase: Phrase, hits: dict[str, list[Hit]], negated: Sequence[bool], area: tuple[int, int], first_own: int
) -> list[list[Hit]] | None:
    """Return the hits of each run of ``phrase`` inside ``area``, or ``None``.

    At least one hit must stand at or after ``first_own``: a stem alone is no finding.
    """
    found = []
    for run in phrase.runs:
        sequence = _find_run(run, hits, negated, area, first_own)
        if sequence is None:
            return None
        found.append(sequence)
    if not any(hit.start >= first_own for run in found for hit in run):
        return None
    return found


def _find_run(
    run: tuple[Element, ...], hits: dict[str, list[Hit]], negated: Sequence[bool], area: tuple[int, int], first_own: int
) -> list[Hit] | None:
    """Return the tightest sequence of hits for the run's elements; sequences in the text itself come first."""
    columns = []
    for element in run:
        places = [
            hit for name in element.lists for hit in hits.get(name, ()) if area[0] <= hit.start and hit.end <= area[1]
        ]
        if element.without:
            taken = {index for name in element.without for hit in hits.get(name, ()) for index in range(*hit)}
            places = [hit for hit in places if taken.isdisjoint(range(*hit))]
        if element.negation != "any":
            wanted = element.negation == "required"
            # By its first word: an entry's own negation ("jamais couvert", "sans réserve") does not count.
            places = [hit for hit in places if negated[hit.start] == wanted]
        if not places:
            return None
        columns.append(sorted(set(places))[:_MOST_HITS])
    # chains[i] = hit of the current element with the best chain that ends in it
    chains: list[list[Hit]] = [[hit] for hit in columns[0]]
    for element, places in zip(run[1:], columns[1:], strict=True):
        longer = []
        for hit in places:
            before = [chain for chain in chains if 0 <= hit.start - chain[-1].end <= element.gap]
            if before:
                longer.append([*max(before, key=lambda chain: chain[0].start), hit])
        chains = longer
        if not chains:
            return None
    return min(chains, key=lambda chain: (chain[-1].start < first_own, chain[-1].end - chain[0].start, chain[0].start))


def _span(doc: Doc, text: _Text, run: list[Hit]) -> tuple[int, int] | None:
    """Return the characters of the passage that a run covers, leaving out what stands in the stem."""
    start = doc[run[0].start].idx - text.stem
    last = doc[run[-1].end - 1]
    end = last.idx + len(last) - text.stem
    if end <= 0:
        return None
    start = max(0, start)
    return text.offsets[start], text.offsets[end - 1] + 1
