"""Two editions of a document: what was added, removed, reworded or moved, and whether it is harsher or milder.

Passages are aligned by their words alone: their number on the list, the number of their article, hyphenation, accents
and punctuation do not count. First those whose words stand once in each edition; between those, in order, the likest;
then, anywhere, what is left. Neighbours are joined where words crossed the line between them: a clause was split,
merged, or cut elsewhere. Each step takes time in proportion to the passages: a passage is measured against a few others
only, chosen by their place and by the rare pairs of words they share.

What a change does to the reader follows from Sceau's findings on both sides, never from the wording alone:

- A warning that appears, or is graver (by severity, then by the state of the law), makes it harsher, and so does a
  protection that vanishes; the other way round, it is milder.
- With both, the graver side decides; a protection weighs as a warning for information. Where both weigh the same, it is
  unclear.
- Where Sceau hesitates on one side, and nothing decided says the same, it is unclear.
- Where the findings are the same, it is neutral, whatever the words.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple, get_args

from analyzer.detection.normalise import fold, normalise
from analyzer.errors import told_of
from analyzer.knowledge import messages
from analyzer.schema import (
    Change,
    ChangeKind,
    Compared,
    Comparison,
    Context,
    Edition,
    Effect,
    Finding,
    Lang,
    Passage,
    Side,
    Told,
    Turn,
    Words,
)
from analyzer.segmentation.markers import MARKER
from analyzer.version import __version__

__all__ = ["Comparison", "compare", "compare_documents"]

#: Two passages are versions of one, from this likeness on (0 to 1): in the same place, or elsewhere in the document.
_LIKE, _LIKE_ELSEWHERE = 0.4, 0.6
#: A passage of fewer words ("100 %", "Essentiel") is told apart by the stem it depends on, and by its place.
_FEW_WORDS = 4
#: Passages on either side of the place expected that are measured.
_NEAR = 6
#: A pair of words in more passages than this tells none apart; and so many of those that share most are measured.
_RARE, _LIKELIEST = 20, 4
#: Neighbours are joined where at least so many pairs of words crossed the line between them, and this share of those
#: that could have; never more than so many passages on a side.
_CROSSED, _CROSSED_SHARE, _MOST_JOINED = 3, 0.6, 6
#: Words of a passage that are measured.
_MEASURED = 400
#: Above this product of lengths (words), what stands between the common beginning and end is marked as a whole.
_MARKED = 4_000_000
#: The edge of a page (a share of its height), and how far apart one place on it may be in two editions (points).
_EDGE, _SAME_PLACE = 0.06, 2.0
#: A word, or the sign of a unit.
_WORD = re.compile(r"\w+|[%€$£‰°]")
_NUMBERED = re.compile(
    r"(?:article|art\.|chapitre|titre|section|annexe)\s{1,3}[\divxl]{1,6}(?:[.\-]\d{1,3}){0,3}\b", re.I
)
_SEVERITY = {"high": 3, "medium": 2, "low": 1, None: 1}
_STATE = {"forbidden": 3, "contestable": 2, "worth_knowing": 1, None: 0}
#: How words are marked, and what becomes of a label.
if TYPE_CHECKING:
    from analyzer.pipeline import Examined

Mark = Literal["kept", "removed", "added"]
TurnKind = Literal["appeared", "vanished", "graver", "lighter"]
#: How grave a finding is: by severity, then by the state of the law.
Weight = tuple[int, int]


def compare_documents(
    old: Path | str | bytes,
    new: Path | str | bytes,
    *,
    names: tuple[str | None, str | None] = (None, None),
    context: Context | None = None,
    lang: Lang = "fr",
    show_personal_data: bool = False,
    model: Path | None = None,
    use_encoder: bool = True,
    progress: Callable[[str, str], object] = lambda step, name: None,
) -> Comparison:
    """Read two editions, paths or bytes (then ``names`` are shown), and compare them.

    ``progress`` is called with each step and the name of the document. The other parameters are those of ``analyze``.
    Of a form that somebody may have filled in, answers are left out, as in a report, unless ``show_personal_data``.
    Every fault becomes a ``SceauError`` that names its document.
    """
    from analyzer import pipeline  # loads the French pipeline, which ``compare`` does without

    seen = []
    for source, given in zip((old, new), names, strict=True):
        name = given or (Path(source).name if isinstance(source, Path | str) else "")

        def step(begins: str, name: str = name) -> None:
            progress(begins, name)

        with told_of(name):
            seen.append(pipeline.examine(source, name=given, model=model, use_encoder=use_encoder, progress=step))
    return compare_examined(seen[0], seen[1], context=context, lang=lang, show_personal_data=show_personal_data)


def compare_examined(
    old: Examined,
    new: Examined,
    *,
    context: Context | None = None,
    lang: Lang = "fr",
    show_personal_data: bool = False,
) -> Comparison:
    """Compare two editions that were read (``pipeline.examine``); the other parameters are those of ``analyze``.

    Every fault becomes a ``SceauError`` that names its document.
    """
    from analyzer import pipeline
    from analyzer.privacy import mask_passages

    editions = []
    for examined in (old, new):
        with told_of(examined.document.name):
            report = pipeline.tell(examined, context, lang, show_personal_data=show_personal_data)
            passages = examined.passages
            editions.append(
                Edition(report, passages if show_personal_data else mask_passages(passages, examined.document))
            )
    return compare(*editions) if show_personal_data else compare_masked(*editions)


def compare_masked(old: Edition, new: Edition) -> Comparison:
    """Compare two editions whose personal data are masked; of a form that may be filled in, answers are left out.

    Raises ``ValueError`` as ``compare`` does.
    """
    if not (may_be_filled(old) or may_be_filled(new)):
        return compare(old, new)
    return compare(without_answers(old), without_answers(new)).model_copy(update={"without_answers": True})


def may_be_filled(edition: Edition) -> bool:
    """Whether somebody may have answered its questions."""
    return any(passage.kind == "question" and passage.answer != "empty" for passage in edition.passages)


def without_answers(edition: Edition) -> Edition:
    """Leave out, on pages that ask questions, what is no question and of which nothing is said: it may be an answer."""
    asking = {box.page for passage in edition.passages if passage.kind == "question" for box in passage.boxes}
    told = {finding.passage.id for finding in edition.report.findings}
    kept = (
        passage
        for passage in edition.passages
        if passage.kind == "question" or passage.id in told or asking.isdisjoint(box.page for box in passage.boxes)
    )
    return edition._replace(passages=tuple(kept))


def compare(old: Edition, new: Edition) -> Comparison:
    """Return what changed from ``old`` to ``new``, both told for one reader, in one language.

    Raises ``ValueError`` when they were told for different readers: their findings cannot be held against each other.
    """
    if (old.report.context, old.report.lang) != (new.report.context, new.report.lang):
        raise ValueError("both editions must be told for the same situation and in the same language")
    before, after = [_Unit(part) for part in old.passages], [_Unit(part) for part in new.passages]
    told_before, told_after = _by_passage(old), _by_passage(new)
    pairs = _align(before, after)
    in_order = _heaviest_chain([(i, j, before[i].size + 1) for i, j in pairs.items()])
    changes = []
    for number, (olds, news) in enumerate(_joined(_in_reading_order(pairs, in_order, before, after), before, after), 1):
        moved = (
            bool(olds and news)
            and not any((i, j) in in_order for i in olds for j in news)
            and not _on_one_edge(old, before[olds[0]].passage, new, after[news[0]].passage)
        )
        changes.append(
            _change(
                f"c{number:04}",
                _Text([before[i] for i in olds], told_before),
                _Text([after[j] for j in news], told_after),
                moved,
            )
        )
    kinds, effects = Counter(change.kind for change in changes), Counter(change.effect for change in changes)
    return Comparison(
        sceau_version=__version__,
        lang=new.report.lang,
        context=new.report.context,
        old=Compared(document=old.report.document, unread=old.report.unread),
        new=Compared(document=new.report.document, unread=new.report.unread),
        sentence=_sentence(changes, bool(old.report.unread or new.report.unread), new.report.lang),
        counts={kind: kinds[kind] for kind in get_args(ChangeKind)},
        effects={effect: effects[effect] for effect in get_args(Effect)},
        changes=tuple(changes),
    )


def _on_one_edge(old: Edition, was: Passage, new: Edition, now: Passage) -> bool:
    """Whether a passage stands at the same place on the edge of a page in both editions.

    It runs along with the pages and not with the text: it did not move when the text before it grew.
    """
    places = []
    for edition, passage in ((old, was), (new, now)):
        if not passage.boxes:
            return False
        box = passage.boxes[0]
        height = edition.report.document.pages[box.page - 1].height
        if _EDGE < box.top / height < 1 - _EDGE:
            return False
        places.append((box.x0, box.top))
    (x0, top), (new_x0, new_top) = places
    return abs(x0 - new_x0) <= _SAME_PLACE and abs(top - new_top) <= _SAME_PLACE


def _by_passage(edition: Edition) -> dict[str, list[Finding]]:
    found = defaultdict(list)
    for finding in edition.report.findings:
        if finding.polarity != "neutral":
            found[finding.passage.id].append(finding)
    return found


# ---- passages as words -----------------------------------------------------------------------------------


class _Token(NamedTuple):
    """A word as passages are aligned by; it stands at ``text[start:end]``. ``accented`` is "" where all is capitals."""

    word: str
    start: int
    end: int
    accented: str


def _tokens(text: str) -> list[_Token]:
    """Return the words of a text, without the number or sign that it begins with."""
    plain, offsets = normalise(text)
    begin = 0
    if mark := MARKER.match(text) or _NUMBERED.match(text):
        begin = mark.end()
    found = []
    for match in _WORD.finditer(plain):
        word = match.group()
        start, end = offsets[match.start()], offsets[match.end() - 1] + 1
        # Capitals often lack their accents, the first letter too; elsewhere, "délie" is not "délié".
        accented = "" if text[start:end].isupper() else fold(word[0]) + word[1:]
        found.append(_Token(fold(word), start, end, accented))
    return [token for token in found if token.start >= begin] or found


class _Unit:
    """A passage, with its words."""

    def __init__(self, passage: Passage) -> None:
        self.passage = passage
        self.tokens = _tokens(passage.text)
        words = [token.word for token in self.tokens]
        #: What tells it from others: its words, and those of its stem where it has few.
        self.key = tuple(words)
        if len(words) < _FEW_WORDS and passage.context:
            self.key = (*(token.word for token in _tokens(passage.context)), "", *words)
        self.words = frozenset(words)
        self.size = len(words)

    @cached_property
    def pairs_of_words(self) -> list[tuple[str, str]]:
        words = self.key[:_MEASURED]
        return list(zip(words, words[1:], strict=False))

    @cached_property
    def features(self) -> Counter[object]:
        """Words and pairs of words."""
        return Counter([*self.key[:_MEASURED], *self.pairs_of_words])

    @cached_property
    def weight(self) -> int:
        return self.features.total()


def _likeness(one: _Unit, other: _Unit) -> float:
    """Return which share of their words and pairs of words two passages have in common, 0 to 1."""
    if one.key == other.key:
        return 1.0
    if one.passage.context != other.passage.context and one.words.isdisjoint(other.words):
        return 0.0  # only a stem is like something
    total = one.weight + other.weight
    return 2 * (one.features & other.features).total() / total if total else 0.0


# ---- alignment -------------------------------------------------------------------------------------------


def _align(old: Sequence[_Unit], new: Sequence[_Unit]) -> dict[int, int]:
    """Return which old passage became which new one, by their places."""
    once = _unique_pairs(old, new)
    chain = _heaviest_chain([(i, j, old[i].size + 1) for i, j in once])
    pairs = dict(sorted(chain))
    taken = set(pairs.values())
    for i, j in once:
        if (i, j) not in chain and old[i].size >= _FEW_WORDS:
            pairs[i] = j
            taken.add(j)
    likely = _likely(old, new, [i for i in range(len(old)) if i not in pairs], taken)
    candidates = list(_candidates(old, new, sorted(chain), pairs, taken, likely))
    for i, j in _heaviest_chain(candidates):
        pairs[i] = j
        taken.add(j)
    elsewhere = sorted(
        (
            (likeness, i, j)
            for j, found in likely.items()
            for i in found
            if old[i].size >= _FEW_WORDS and (likeness := _likeness(old[i], new[j])) >= _LIKE_ELSEWHERE
        ),
        key=lambda found: (-found[0], found[1:]),
    )
    for _, i, j in elsewhere:
        if i not in pairs and j not in taken:
            pairs[i] = j
            taken.add(j)
    _follow(pairs, taken, old, new)
    return pairs


def _unique_pairs(old: Sequence[_Unit], new: Sequence[_Unit]) -> list[tuple[int, int]]:
    """Return the places of what stands once in each edition, in old order."""
    counts = [Counter(unit.key for unit in units) for units in (old, new)]
    places = {unit.key: j for j, unit in enumerate(new)}
    return [
        (i, places[unit.key])
        for i, unit in enumerate(old)
        if unit.key and counts[0][unit.key] == counts[1][unit.key] == 1
    ]


def _heaviest_chain(candidates: Sequence[tuple[int, int, float]]) -> set[tuple[int, int]]:
    """Return, of candidates ``(old, new, weight)``, those of the heaviest set that keeps both orders."""
    ranked = sorted(candidates, key=lambda candidate: (candidate[0], -candidate[1]))
    width = max((candidate[1] for candidate in ranked), default=0) + 2
    # A Fenwick tree of the heaviest chain that ends up to a new place: its weight, and its last candidate.
    best: list[tuple[float, int]] = [(0.0, -1)] * width
    before = []
    for number, (_, j, weight) in enumerate(ranked):
        heaviest = (0.0, -1)
        at = j
        while at > 0:
            heaviest = max(heaviest, best[at])
            at -= at & -at
        before.append(heaviest[1])
        total = (heaviest[0] + weight, number)
        at = j + 1
        while at < width:
            best[at] = max(best[at], total)
            at += at & -at
    last = max(best)[1]
    chain = set()
    while last >= 0:
        chain.add(ranked[last][:2])
        last = before[last]
    return chain


def _likely(old: Sequence[_Unit], new: Sequence[_Unit], free: Iterable[int], taken: set[int]) -> dict[int, list[int]]:
    """Return, for each new passage not taken, the free old ones that share most rare pairs of words with it."""
    holders: dict[tuple[str, str], list[int]] = defaultdict(list)
    for i in free:
        for pair in set(old[i].pairs_of_words):
            holders[pair].append(i)
    likely = {}
    for j, unit in enumerate(new):
        if j not in taken:
            votes = Counter(
                i for pair in set(unit.pairs_of_words) if len(found := holders.get(pair, ())) <= _RARE for i in found
            )
            likely[j] = sorted(votes, key=lambda i: (-votes[i], i))[:_LIKELIEST]
    return likely


def _candidates(
    old: Sequence[_Unit],
    new: Sequence[_Unit],
    chain: Sequence[tuple[int, int]],
    pairs: dict[int, int],
    taken: set[int],
    likely: dict[int, list[int]],
) -> Iterator[tuple[int, int, float]]:
    """Yield pairs of passages that may be versions of one, between the same two of ``chain``, with their weight."""
    start_old = start_new = 0
    for end_old, end_new in [*chain, (len(old), len(new))]:
        olds = [i for i in range(start_old, end_old) if i not in pairs]
        news = [j for j in range(start_new, end_new) if j not in taken]
        start_old, start_new = end_old + 1, end_new + 1
        alike: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for i in olds:
            alike[old[i].key].append(i)
        seen: Counter[tuple[str, ...]] = Counter()
        more = Counter(new[j].key for j in news)
        inside = set(olds)
        for place, j in enumerate(news):
            same = alike.get(new[j].key, [])
            if same:
                # The first with the first; where one side has more of them, also the last with the last.
                nth = seen[new[j].key]
                seen[new[j].key] += 1
                from_end = nth - more[new[j].key] + len(same)
                yield from ((same[at], j, new[j].weight + 1) for at in {nth, from_end} if 0 <= at < len(same))
                continue
            expected = place * len(olds) // len(news)
            near = olds[max(0, expected - _NEAR) : expected + _NEAR + 1]
            for i in {*near, *(i for i in likely[j] if i in inside)}:
                likeness = _likeness(old[i], new[j])
                if likeness >= _LIKE:
                    yield i, j, likeness * (old[i].weight + new[j].weight) / 2


def _follow(pairs: dict[int, int], taken: set[int], old: Sequence[_Unit], new: Sequence[_Unit]) -> None:
    """Match what stands beside matched passages and is like: what is short or often repeated moves with its section."""
    todo = list(pairs.items())
    while todo:
        i, j = todo.pop()
        for step in (-1, 1):
            a, b = i + step, j + step
            if (
                0 <= a < len(old)
                and 0 <= b < len(new)
                and a not in pairs
                and b not in taken
                and _likeness(old[a], new[b]) >= _LIKE
            ):
                pairs[a] = b
                taken.add(b)
                todo.append((a, b))


#: Places of old and of new passages that belong together; one of both may be empty.
Group = tuple[tuple[int, ...], tuple[int, ...]]


def _in_reading_order(
    pairs: dict[int, int], in_order: set[tuple[int, int]], old: Sequence[_Unit], new: Sequence[_Unit]
) -> Iterator[Group]:
    """Yield the pairs and what is alone, in new order; what was removed follows what it followed."""
    removed_after: dict[int, list[int]] = defaultdict(list)
    anchor = -1
    for i in range(len(old)):
        if i not in pairs:
            removed_after[anchor].append(i)
        elif (i, pairs[i]) in in_order:
            anchor = pairs[i]
    partner = {j: i for i, j in pairs.items()}
    yield from (((i,), ()) for i in removed_after[-1])
    for j in range(len(new)):
        yield ((partner[j],) if j in partner else (), (j,))
        yield from (((i,), ()) for i in removed_after[j])


def _joined(groups: Iterable[Group], old: Sequence[_Unit], new: Sequence[_Unit]) -> list[Group]:
    """Return the groups, neighbours joined where words crossed the line between them."""
    done: list[Group] = []
    for group in groups:
        if done and _crossed(done[-1], group, old, new):
            group = (done[-1][0] + group[0], done[-1][1] + group[1])
            done.pop()
        done.append(group)
    return done


def _crossed(one: Group, other: Group, old: Sequence[_Unit], new: Sequence[_Unit]) -> bool:
    whole = (one[0] + other[0], one[1] + other[1])
    if any([old[i].key for i in group[0]] == [new[j].key for j in group[1]] for group in (one, other)):
        return False  # all its words have their place
    if not all(whole) or max(map(len, whole)) > _MOST_JOINED:
        return False
    if any(b != a + 1 for side in whole for a, b in zip(side, side[1:], strict=False)):
        return False
    apart = [_shared(group, old, new) for group in (one, other)]
    together = _shared(whole, old, new)
    gained = together.shared - apart[0].shared - apart[1].shared
    possible = min(together.old, together.new) - apart[0].shared - apart[1].shared
    return gained >= _CROSSED and gained >= _CROSSED_SHARE * possible


class _Sharing(NamedTuple):
    """How many pairs of words stand on the old side, on the new side, on both."""

    old: int
    new: int
    shared: int


def _shared(group: Group, old: Sequence[_Unit], new: Sequence[_Unit]) -> _Sharing:
    sides = []
    for units in ([old[i] for i in group[0]], [new[j] for j in group[1]]):
        words = [token.word for unit in units for token in unit.tokens[:_MEASURED]]
        sides.append(Counter(zip(words, words[1:], strict=False)))
    return _Sharing(sides[0].total(), sides[1].total(), (sides[0] & sides[1]).total())


# ---- one change ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Text:
    """What stands on one side of a change."""

    units: Sequence[_Unit]
    findings_of: dict[str, list[Finding]]

    @cached_property
    def text(self) -> str:
        return "\n".join(unit.passage.text for unit in self.units)

    @cached_property
    def tokens(self) -> list[_Token]:
        found, shift = [], 0
        for unit in self.units:
            found += [token._replace(start=token.start + shift, end=token.end + shift) for token in unit.tokens]
            shift += len(unit.passage.text) + 1
        return found

    @cached_property
    def findings(self) -> list[Finding]:
        return [finding for unit in self.units for finding in self.findings_of.get(unit.passage.id, ())]


def _change(id: str, old: _Text, new: _Text, moved: bool) -> Change:
    old_alone, new_alone = _alone(old.tokens, new.tokens)
    kind: ChangeKind = "same"
    if not old.units:
        kind = "added"
    elif not new.units:
        kind = "removed"
    elif moved:
        kind = "moved"
    elif any(old_alone) or any(new_alone):
        kind = "reworded"
    turns = _turns(old.findings, new.findings)
    return Change(
        id=id,
        kind=kind,
        effect=_effect(old.findings, new.findings, turns),
        old=_side(old, _words(old, old_alone, "removed" if old.tokens or not new.units else "kept")),
        new=_side(new, _words(new, new_alone, "added" if new.tokens or not old.units else "kept")),
        turns=turns,
    )


def _side(side: _Text, words: tuple[Words, ...]) -> Side | None:
    if not side.units:
        return None
    first = side.units[0].passage
    return Side(
        passages=tuple(unit.passage.id for unit in side.units),
        kind=first.kind,
        text=side.text,
        context=first.context,
        section=first.section,
        page=first.boxes[0].page if first.boxes else None,
        small_print=any(unit.passage.small_print for unit in side.units),
        words=words,
        findings=tuple(
            Told(
                id=finding.id,
                label=finding.label,
                polarity=finding.polarity,
                title=finding.title,
                decision=finding.decision,
                severity=finding.severity,
                legal_state=finding.legal_state,
            )
            for finding in side.findings
        ),
    )


def _words(side: _Text, alone: Sequence[bool], mark: Mark) -> tuple[Words, ...]:
    """Return the text of a side in runs, what is on this side alone with ``mark``."""
    if all(alone):
        return (Words(mark=mark, start=0, end=len(side.text)),)
    runs: list[tuple[Mark, int, int]] = []
    position = 0
    for number, token in enumerate(side.tokens):
        if not alone[number]:
            continue
        if number and alone[number - 1]:
            runs[-1] = (mark, runs[-1][1], token.end)
        else:
            if token.start > position:
                runs.append(("kept", position, token.start))
            runs.append((mark, token.start, token.end))
        position = token.end
    if position < len(side.text):
        runs.append(("kept", position, len(side.text)))
    return tuple(Words(mark=name, start=start, end=end) for name, start, end in runs)


def _alone(old_tokens: Sequence[_Token], new_tokens: Sequence[_Token]) -> tuple[list[bool], list[bool]]:
    """Return, word by word, what stands on one side alone."""
    old, new = [token.word for token in old_tokens], [token.word for token in new_tokens]
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    rows, columns = old[head : len(old) - tail], new[head : len(new) - tail]
    kept = _common(rows, columns) if len(rows) * len(columns) <= _MARKED else []
    pairs = [
        *((at, at) for at in range(head)),
        *((head + row, head + column) for run in _telling(kept, len(rows), len(columns)) for row, column in run),
        *((len(old) - at, len(new) - at) for at in range(tail, 0, -1)),
    ]
    alone = ([True] * len(old), [True] * len(new))
    for i, j in pairs:
        one, other = old_tokens[i].accented, new_tokens[j].accented
        alone[0][i] = alone[1][j] = bool(one and other and one != other)
    return alone


def _common(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Return the places of a longest common subsequence.

    Rows of the table are bits of one whole number each (Hyyrö 2004): no text makes it slow.
    """
    where: dict[str, int] = defaultdict(int)
    for column, word in enumerate(new):
        where[word] |= 1 << column
    mask = (1 << len(new)) - 1
    state, states = mask, []
    for word in old:
        matched = state & where.get(word, 0)
        state = ((state + matched) | (state - matched)) & mask
        states.append(state)
    found = []
    row, column = len(old), len(new)
    while row and column:
        if states[row - 1] >> (column - 1) & 1:
            column -= 1
        else:
            row -= 1
            if not row or states[row - 1] >> (column - 1) & 1:
                column -= 1
                found.append((row, column))
    return found[::-1]


def _telling(kept: Sequence[tuple[int, int]], rows: int, columns: int) -> Iterator[list[tuple[int, int]]]:
    """Yield the runs of common words that help a reader; a word or two lost among more that changed does not."""
    runs: list[list[tuple[int, int]]] = []
    for row, column in kept:
        if runs and runs[-1][-1] == (row - 1, column - 1):
            runs[-1].append((row, column))
        else:
            runs.append([(row, column)])
    ends = [(-1, -1), *(run[-1] for run in runs)]
    starts = [*(run[0] for run in runs), (rows, columns)]
    changed = [max(start[0] - end[0], start[1] - end[1]) - 1 for end, start in zip(ends, starts, strict=True)]
    for number, run in enumerate(runs):
        if len(run) > 2 or len(run) >= min(changed[number], changed[number + 1]):
            yield run


# ---- what it does to the reader --------------------------------------------------------------------------


def _weight(finding: Finding) -> Weight:
    return _SEVERITY[finding.severity], _STATE[finding.legal_state]


def _gravest(findings: Sequence[Finding]) -> dict[str, Finding]:
    """Return, for each label, its finding that counts: decided before to check, then the gravest."""
    best: dict[str, Finding] = {}
    for finding in sorted(findings, key=lambda finding: (finding.decision == "warned", _weight(finding))):
        best[finding.label] = finding
    return best


def _turns(old: Sequence[Finding], new: Sequence[Finding]) -> tuple[Turn, ...]:
    """Return what is not the same on both sides: warnings before protections, the gravest first."""
    before, after = _gravest(old), _gravest(new)
    turns = []
    for label in sorted({*before, *after}):
        had, has = before.get(label), after.get(label)
        shown = max((finding for finding in (had, has) if finding), key=_weight)
        turn = _turn(had, has)
        if turn:
            turns.append(
                Turn(
                    label=label,
                    polarity=shown.polarity,
                    title=shown.title,
                    turn=turn,
                    severity=shown.severity,
                    doubtful=any(part is not None and part.decision == "to_check" for part in (had, has)),
                )
            )
    return tuple(sorted(turns, key=lambda turn: (turn.polarity != "warning", -_SEVERITY[turn.severity])))


def _turn(had: Finding | None, has: Finding | None) -> TurnKind | None:
    """Return what became of a label; one decided after having been to check, or graver, is graver."""
    if had is None or has is None:
        return "appeared" if had is None else "vanished"
    order = [((part.decision == "warned"), *_weight(part)) for part in (had, has)]
    if order[0] == order[1]:
        return None
    return "graver" if order[1] > order[0] else "lighter"


def _effect(old: Sequence[Finding], new: Sequence[Finding], turns: Sequence[Turn]) -> Effect:
    """Return what the turns do to the reader; the rule stands at the head of this module."""
    before, after = _gravest(old), _gravest(new)
    worse: list[Weight] = []
    better: list[Weight] = []
    doubts = set()
    for turn in turns:
        is_warning = turn.polarity == "warning"
        harms = (turn.turn in ("appeared", "graver")) == is_warning
        if turn.doubtful:
            doubts.add(harms)
        else:
            weights = [_weight(found[turn.label]) for found in (before, after) if turn.label in found]
            (worse if harms else better).append(max(weights) if is_warning else (1, 0))
    if not worse and not better:
        return "unclear" if doubts else "neutral"
    worse.sort(reverse=True)
    better.sort(reverse=True)
    if worse == better or (worse > better) not in (doubts or {worse > better}):
        return "unclear"
    return "harsher" if worse > better else "milder"


def _sentence(changes: Sequence[Change], unread: bool, lang: Lang) -> str:
    """Return what changed, counted; it never says that nothing did of what was not read."""
    say = messages(lang)

    def counted(key: str, number: int) -> str:
        return say[f"compare.sentence.{key}.{'one' if number == 1 else 'many'}"].format(count=number)

    changed = [change for change in changes if change.kind != "same" or change.effect != "neutral"]
    if not changed:
        return say["compare.sentence.none_unread" if unread else "compare.sentence.none"]
    effects = Counter(change.effect for change in changed)
    parts = [counted("changed", len(changed))]
    parts += [counted(effect, effects[effect]) for effect in ("harsher", "milder", "unclear") if effects[effect]]
    if effects["neutral"] == len(changed):
        parts.append(say["compare.sentence.neutral"])
    if unread:
        parts.append(say["compare.sentence.unread"])
    return " ".join(parts)
