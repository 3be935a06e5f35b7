"""The editions of two years, compared over a corpus: which clauses are harsher, milder, newly said, no longer said.

Documents of two years are taken for editions of one where they are of one kind, one country, one insurer and one
product. Among several of them, the surest sign decides, in this order:

1. the same path, or else the same name, but for the years in it;
2. the wordings they share, of those that few other documents have, the likest first; of equals, the likest names;
3. that they are the last of both years, where insurer and product are known.

Of an insurer that is not known, a name is no sign: many files are called the same. What has no other edition is told.

Both editions are then compared as ``sceau compare`` does, with what reviewers decided: a finding that they rejected is
none, one that they confirmed is sure, one that they disagree on is to check. Of documents stored without their full
text, only the passages with a finding can be compared: a clause reworded until there is nothing left to say of it
counts as removed, and one of which something is newly said as added.

Documents are read and compared a few at a time, so that memory does not grow with the texts of a corpus.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

from analyzer.comparison import compare_masked
from analyzer.corpus.rebuilt import DOCUMENT, PASSAGE, passage_of, report_of
from analyzer.corpus.statistics import Filters, documents_where
from analyzer.corpus.store import Store, folded
from analyzer.knowledge import load
from analyzer.schema import (
    Change,
    ChangeKind,
    Edition,
    Effect,
    Finding,
    Lang,
    Passage,
    Polarity,
    Turn,
)
from analyzer.version import __version__

__all__ = [
    "Balance",
    "EditionChange",
    "LabelBalance",
    "Pair",
    "Pairing",
    "Paper",
    "Row",
    "Years",
    "changes",
    "compared",
    "pairs",
    "years",
]

#: Why two documents were taken for editions of one.
Sign = Literal["path", "name", "texts", "product"]
#: From this share of common wordings on (0 to 1), two documents may be editions of one; and a wording in more documents
#: of two years than this tells none apart.
_SHARED, _RARE = 0.2, 40
#: Pairs of documents that are read from the store at once.
_AT_ONCE = 16
#: A year, or a date that begins with one, and what parts words; none of it tells two names apart.
_YEAR = re.compile(r"(?:[\W_]|(?<!\d)(?:19|20)\d\d(?:[01]\d(?:[0-3]\d)?)?(?!\d))+")


class Paper(NamedTuple):
    """A document of a corpus: what it is known by, and how it was read."""

    document: str
    name: str
    #: Where its first file stands.
    path: str
    insurer: str | None
    product: str | None
    kind: str
    jurisdiction: str
    engine: str
    recipe: str
    full_text: bool


class Pair(NamedTuple):
    """Two documents taken for editions of one, and by which sign."""

    old: Paper
    new: Paper
    by: Sign


@dataclass(frozen=True)
class Pairing:
    """The documents of two years: those that are editions of one, and those that stand in one year alone."""

    pairs: tuple[Pair, ...]
    only_old: tuple[Paper, ...]
    only_new: tuple[Paper, ...]


@dataclass(frozen=True)
class EditionChange:
    """What changed from one edition to the other.

    ``changes`` are those that touch a warning or a protection; ``effects`` counts them, ``kinds`` counts passages.
    ``gained`` and ``lost`` are the labels that, decided, stand in one edition alone. ``whole``: all passages were
    compared, and not only those with a finding. ``alike``: one version of Sceau read both, for one situation.
    ``without_answers``: of a form that may be filled in, what may be an answer was left out.
    """

    pair: Pair
    kinds: dict[ChangeKind, int]
    effects: dict[Effect, int]
    changes: tuple[Change, ...]
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    whole: bool
    alike: bool
    without_answers: bool


class LabelBalance(NamedTuple):
    """Of the documents compared of an insurer (``None``: not known), how many gained a label, and how many lost it."""

    label: str
    polarity: Polarity
    insurer: str | None
    documents: int
    gained: int
    lost: int


class Row(NamedTuple):
    """What changed in a pair, in figures."""

    pair: Pair
    kinds: dict[ChangeKind, int]
    effects: dict[Effect, int]


@dataclass
class Balance:
    """The figures over all pairs; ``add`` them one by one. Nothing of the texts is kept."""

    documents: Counter[str | None] = field(default_factory=Counter)
    effects: Counter[Effect] = field(default_factory=Counter)
    #: Documents with at least one change of an effect.
    touched: Counter[Effect] = field(default_factory=Counter)
    gained: Counter[tuple[str, str | None]] = field(default_factory=Counter)
    lost: Counter[tuple[str, str | None]] = field(default_factory=Counter)
    #: Each pair with its counts.
    rows: list[Row] = field(default_factory=list)
    whole: bool = True
    alike: bool = True
    without_answers: bool = False

    def add(self, found: EditionChange) -> None:
        """Count one pair."""
        insurer = found.pair.new.insurer
        self.documents[insurer] += 1
        self.effects.update(found.effects)
        self.touched.update({effect: 1 for effect, count in found.effects.items() if count})
        self.gained.update((label, insurer) for label in found.gained)
        self.lost.update((label, insurer) for label in found.lost)
        self.rows.append(Row(found.pair, found.kinds, found.effects))
        self.whole &= found.whole
        self.alike &= found.alike
        self.without_answers |= found.without_answers

    def labels(self) -> list[LabelBalance]:
        """Return who gained and lost what: warnings first, most gained first; a label's insurers together."""
        known = load().labels
        total: Counter[str] = Counter()
        for (label, _), count in self.gained.items():
            total[label] += count
        return sorted(
            (
                LabelBalance(
                    label,
                    known[label].polarity,
                    insurer,
                    self.documents[insurer],
                    self.gained[label, insurer],
                    self.lost[label, insurer],
                )
                for label, insurer in {*self.gained, *self.lost}
                if label in known
            ),
            key=lambda row: (
                *(row.polarity != "warning", -total[row.label], row.label),
                *(-row.gained, -row.lost, row.insurer or ""),
            ),
        )


@dataclass(frozen=True)
class Years:
    """Two years compared: who stands beside whom, the figures, and what changed.

    The texts are read again when ``details`` is asked for them, so that a whole corpus is never held in memory.
    """

    store: Store
    old: int
    new: int
    filters: Filters
    lang: Lang
    pairing: Pairing
    balance: Balance
    sceau_version: str = __version__

    def details(self) -> Iterator[EditionChange]:
        """Yield the pairs in which a warning or a protection is touched, those with most that is harsher first."""
        rows = [row for row in self.balance.rows if any(row.effects.values())]
        rows.sort(key=lambda row: (-row.effects["harsher"], -row.effects["unclear"], -row.effects["milder"]))
        yield from compared(self.store, [row.pair for row in rows], self.filters, self.lang)


def years(store: Store, year1: int, year2: int, filters: Filters = Filters(), lang: Lang = "fr") -> Years:
    """Compare all editions of ``year1`` with those of ``year2``; see ``pairs`` and ``compared``."""
    pairing, balance = pairs(store, year1, year2, filters), Balance()
    for found in compared(store, pairing.pairs, filters, lang):
        balance.add(found)
    return Years(store, year1, year2, filters, lang, pairing, balance)


def pairs(store: Store, year1: int, year2: int, filters: Filters = Filters()) -> Pairing:
    """Return which documents of ``year1`` have another edition in ``year2``; the head of this module says how.

    Of ``filters``, those on insurers, products, countries and kinds choose documents.
    """
    olds, news = (_papers(store, year, filters) for year in (year1, year2))
    families: dict[Hashable, tuple[list[Paper], list[Paper]]] = defaultdict(lambda: ([], []))
    for side, papers in enumerate((olds, news)):
        for paper in papers:
            families[_family(paper)][side].append(paper)
    found: list[Pair] = []
    for old, new in families.values():
        found += _by_key(old, new, "path", lambda paper: _undated(paper.path))
        if old and old[0].insurer:
            found += _by_key(old, new, "name", lambda paper: _undated(paper.name))
    found += _by_texts(store, [sides for sides in families.values() if all(sides)])
    for old, new in families.values():
        if len(old) == len(new) == 1 and new[0].insurer and new[0].product:
            found.append(Pair(old.pop(), new.pop(), "product"))
    return Pairing(
        tuple(sorted(found, key=lambda pair: _order(pair.new))),
        tuple(sorted((paper for old, _ in families.values() for paper in old), key=_order)),
        tuple(sorted((paper for _, new in families.values() for paper in new), key=_order)),
    )


def changes(
    store: Store, year1: int, year2: int, filters: Filters = Filters(), lang: Lang = "fr"
) -> Iterator[EditionChange]:
    """Yield what changed from ``year1`` to ``year2``, document by document. See ``pairs`` and ``compared``."""
    yield from compared(store, pairs(store, year1, year2, filters).pairs, filters, lang)


def compared(
    store: Store, found: Sequence[Pair], filters: Filters = Filters(), lang: Lang = "fr"
) -> Iterator[EditionChange]:
    """Yield what changed in each pair, in their order, told in ``lang``.

    Of ``filters``, those on labels, severities and small print choose changes and labels; with ``reviewed_only``, only
    findings that a reviewer confirmed count.
    """
    for start in range(0, len(found), _AT_ONCE):
        some = found[start : start + _AT_ONCE]
        editions = _editions(store, some, filters, lang)
        for pair in some:
            old, new = editions.get(pair.old.document), editions.get(pair.new.document)
            if old is None or new is None:  # a scan has let go of one meanwhile
                continue
            comparison = compare_masked(old, new)
            kept = tuple(change for change in comparison.changes if change.turns and _wanted(change, filters))
            effects = Counter(change.effect for change in kept)
            before, after = (
                {finding.label for finding in edition.report.findings if _chosen(finding, filters)}
                for edition in (old, new)
            )
            yield EditionChange(
                pair=pair,
                kinds=comparison.counts,
                effects={effect: effects[effect] for effect in comparison.effects},
                changes=kept,
                gained=tuple(sorted(after - before)),
                lost=tuple(sorted(before - after)),
                whole=_whole(pair),
                alike=pair.old.engine == pair.new.engine
                and (pair.old.recipe == pair.new.recipe or pair.old.full_text != pair.new.full_text),
                without_answers=comparison.without_answers,
            )


def _wanted(change: Change, filters: Filters) -> bool:
    return any(_told(turn, filters) for turn in change.turns) and any(
        filters.small_print in (None, side.small_print) for side in (change.old, change.new) if side
    )


def _chosen(finding: Finding, filters: Filters) -> bool:
    return (
        finding.decision == "warned"
        and _told(finding, filters)
        and filters.small_print in (None, finding.passage.small_print)
    )


def _told(one: Turn | Finding, filters: Filters) -> bool:
    return (not filters.labels or one.label in filters.labels) and (
        not filters.severities or one.severity in filters.severities
    )


# ---- which documents are editions of one ------------------------------------------------------------------


def _papers(store: Store, year: int, filters: Filters) -> list[Paper]:
    where, given = documents_where(replace(filters, years=(year,)))
    rows = store.rows(
        "SELECT document, documents.name, coalesce(min(parts.path), ''), insurer, product, kind, jurisdiction, engine,"
        f" recipe, full_text FROM documents LEFT JOIN parts USING (document) WHERE {where}"
        " GROUP BY ALL ORDER BY document",
        given,
    )
    return [Paper(*row) for row in rows]


def _family(paper: Paper) -> Hashable:
    """Return what editions of one document have in common."""
    return (
        *(paper.kind, paper.jurisdiction, folded(paper.insurer or "").strip()),
        _undated(paper.product or ""),
    )


def _undated(name: str) -> str:
    """Return a name, or a path, as it is in every year."""
    return _YEAR.sub(" ", folded(name)).strip()


def _order(paper: Paper) -> tuple[str, ...]:
    return (folded(paper.insurer or "\uffff"), folded(paper.product or ""), paper.name, paper.document)


def _by_key(old: list[Paper], new: list[Paper], by: Sign, key: Callable[[Paper], str]) -> list[Pair]:
    """Take out of both years, and return, those that alone have a key."""
    sides = []
    for papers in (old, new):
        held = defaultdict(list)
        for paper in papers:
            held[key(paper)].append(paper)
        sides.append({name: some[0] for name, some in held.items() if len(some) == 1})
    found = [Pair(paper, sides[1][name], by) for name, paper in sides[0].items() if name in sides[1]]
    _take(old, new, found)
    return found


def _take(old: list[Paper], new: list[Paper], found: Iterable[Pair]) -> None:
    taken = {paper.document for pair in found for paper in pair[:2]}
    for papers in (old, new):
        papers[:] = [paper for paper in papers if paper.document not in taken]


def _by_texts(store: Store, families: Sequence[tuple[list[Paper], list[Paper]]]) -> list[Pair]:
    """Take out of each family, and return, those that share wordings, the likest first."""
    papers = {paper.document: paper for sides in families for side in sides for paper in side}
    given = [
        (paper.document, family, side)
        for family, sides in enumerate(families)
        for side, some in enumerate(sides)
        for paper in some
    ]
    if not given:
        return []
    rows = store.rows(
        "WITH given AS (SELECT unnest(?::VARCHAR[]) AS document, unnest(?::INTEGER[]) AS family,"
        " unnest(?::INTEGER[]) AS side),"
        " said AS (SELECT DISTINCT document, family, side, text_id FROM passages JOIN given USING (document)),"
        " telling AS (SELECT * FROM said QUALIFY count(*) OVER (PARTITION BY family, text_id) <= ?),"
        " sizes AS (SELECT document, count(*) AS size FROM telling GROUP BY document)"
        " SELECT old.document, new.document, 2 * count(*) / any_value(old_sizes.size + new_sizes.size) AS share"
        " FROM telling AS old JOIN telling AS new USING (family, text_id)"
        " JOIN sizes AS old_sizes ON old_sizes.document = old.document"
        " JOIN sizes AS new_sizes ON new_sizes.document = new.document"
        " WHERE old.side = 0 AND new.side = 1 GROUP BY ALL HAVING share >= ?",
        [*(list(column) for column in zip(*given, strict=True)), _RARE, _SHARED],
    )
    candidates = [(share, papers[old], papers[new]) for old, new, share in rows]
    found: list[Pair] = []
    taken: set[str] = set()
    for _, old, new in sorted(candidates, key=lambda one: (-one[0], -_alike(one[1], one[2]), one[1:])):
        if not {old.document, new.document} & taken:
            taken |= {old.document, new.document}
            found.append(Pair(old, new, "texts"))
    for sides in families:
        _take(*sides, found)
    return found


def _alike(old: Paper, new: Paper) -> float:
    """Return how alike two names are, 0 to 1."""
    return SequenceMatcher(None, _undated(old.name), _undated(new.name), autojunk=False).ratio()


# ---- editions, made again from the store ------------------------------------------------------------------


def _whole(pair: Pair) -> bool:
    return pair.old.full_text and pair.new.full_text


def _editions(store: Store, found: Sequence[Pair], filters: Filters, lang: Lang) -> dict[str, Edition]:
    """Return the documents of some pairs, as they are to be compared. Texts are masked in the store."""
    named = [paper.document for pair in found for paper in pair[:2]]
    whole = {paper.document for pair in found if _whole(pair) for paper in pair[:2]}
    chosen = "IN (SELECT unnest($documents::VARCHAR[]))"
    with store.reading() as connection:
        documents = connection.execute(
            f"SELECT {DOCUMENT} FROM documents WHERE document {chosen}",
            {"documents": named},
        ).fetchall()
        passages = connection.execute(
            f"SELECT document, {PASSAGE} FROM passages JOIN texts USING (text_id)"
            f" WHERE passages.document {chosen} AND (list_contains($whole, passages.document)"
            f" OR (passages.document, passages.passage) IN (SELECT (document, passage) FROM findings WHERE document"
            f" {chosen})) ORDER BY passages.document, ordinal",
            {"documents": named, "whole": list(whole)},
        ).fetchall()
        findings = connection.execute(
            "SELECT document, finding, passage, label, severity, legal_state, score, 'warned' AS decision"
            f" FROM counted WHERE document {chosen} AND (verdict = 'confirmed' OR NOT $reviewed)"
            " UNION ALL SELECT document, finding, passage, label, severity, legal_state, score, 'to_check'"
            f" FROM findings LEFT JOIN verdicts USING (document, finding) WHERE document {chosen}"
            " AND NOT $reviewed AND polarity <> 'neutral'"
            " AND (verdict = 'disputed' OR (verdict IS NULL AND findings.decision = 'to_check'))"
            " ORDER BY document, finding, label",
            {"documents": named, "reviewed": filters.reviewed_only},
        ).fetchall()
    by_document: dict[str, dict[str, Passage]] = {name: {} for name in named}
    for document, *row in passages:
        passage = passage_of(row)
        by_document[document][passage.id] = passage
    told: dict[str, list[Finding]] = {name: [] for name in named}
    known = load().labels
    for document, id, place, label, severity, state, score, decision in findings:
        if label in known:  # not one of an earlier version, or one that a reviewer made up
            told[document].append(
                Finding(
                    id=id,
                    label=label,
                    polarity=known[label].polarity,
                    passage=by_document[document][place],
                    score=score,
                    decision=decision,
                    evidence=(),
                    trace=(),
                    legal_state=state,
                    severity=severity,
                    title=known[label].title.get(lang),
                )
            )
    return {
        row[0]: Edition(report_of(row, told[row[0]], lang), tuple(by_document[row[0]].values())) for row in documents
    }
