"""Review at scale: what to look at next, decisions of several people, how far they agree, and how often Sceau is right.

A decision is on one finding of one document. Who wants to may decide the same words in other documents with it: each
gets a row of its own, marked ``alike``, as nobody looked at it in its place. Such rows count as decisions, but neither
for the agreement nor for the precision: hundreds of copies of one glance would make both look surer than they are.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from math import sqrt
from statistics import NormalDist
from typing import Any, NamedTuple

from analyzer.corpus.decisions import Decision, labelled, right_labels
from analyzer.corpus.statistics import Filters, findings_where, labels_of, population, wilson
from analyzer.corpus.store import Store
from analyzer.errors import FindingGone, NothingToSample, UnknownSample
from analyzer.schema import PassageKind
from analyzer.version import __version__

__all__ = [
    "LEAST",
    "Agreement",
    "Confirmed",
    "Decided",
    "Item",
    "Place",
    "Precision",
    "Right",
    "Sample",
    "State",
    "agreement",
    "confirmed",
    "decide",
    "draw",
    "drawn_from",
    "export",
    "known",
    "members",
    "precision",
    "queue",
    "same_words",
    "samples",
    "state",
]

#: A label's precision, and the interval of an agreement, are told from so many decisions on; below, they say nothing.
LEAST = 10
#: What a 95 % interval is made with.
_Z = NormalDist().inv_cdf(0.975)

#: The latest word of each reviewer on each finding that they looked at in its place.
_LATEST = """
latest AS (
    SELECT document, finding, label, reviewer, arg_max(labels, number) AS labels
    FROM decisions WHERE NOT alike GROUP BY document, finding, label, reviewer
)"""
#: As the view ``verdicts``, of what somebody looked at: with as many for as against, it is disputed.
_LOOKED = f"""{_LATEST},
looked AS (
    SELECT document, finding, label,
        2 * count(*) FILTER (WHERE list_contains(labels, label)) > count(*) AS is_right,
        2 * count(*) FILTER (WHERE list_contains(labels, label)) = count(*) AS disputed
    FROM latest GROUP BY document, finding, label
)"""
#: What a reviewer decided; without a name, what anybody did.
_SEEN = "(SELECT DISTINCT document, finding FROM decisions WHERE reviewer = coalesce(nullif(?, ''), reviewer)) AS seen"
_ALL = """
    findings JOIN passages USING (document, passage) JOIN texts USING (text_id) JOIN documents USING (document)"""
_ITEM = """
    findings.document, finding, findings.label, text_id, texts.kind, text, context, evidence, page, small_print,
    documents.name, insurer, product, year, title, severity, legal_state, findings.decision, score, calibrated"""


class Item(NamedTuple):
    """A finding to decide on, with its passage and what is known of its document.

    ``evidence`` are spans of ``text``; ``kind`` and ``context`` are those of the passage.
    """

    document: str
    finding: str
    label: str
    text_id: str
    kind: PassageKind
    text: str
    context: str
    evidence: tuple[tuple[int, int], ...]
    page: int | None
    small_print: bool
    name: str
    insurer: str | None
    product: str | None
    year: int | None
    title: str
    severity: str | None
    legal_state: str | None
    decision: str
    score: float
    calibrated: bool


class Place(NamedTuple):
    """Where the same words, with the same label, stand in another document."""

    document: str
    finding: str
    name: str
    insurer: str | None
    year: int | None
    page: int | None


class Decided(NamedTuple):
    """The latest decision of a reviewer on a finding."""

    decision: Decision
    labels: tuple[str, ...]
    note: str


class State(NamedTuple):
    """How far the review is: findings in all, those that somebody decided, those still open, wordings still open."""

    findings: int
    decided: int
    undecided: int
    wordings: int
    reviewers: int


class Confirmed(NamedTuple):
    """A finding that ``confirming`` of ``reviewers`` found right, the last of them on the day ``decided`` (UTC).

    ``opened`` of those confirming looked at it in its place; the others decided for the same words elsewhere.
    """

    document: str
    finding: str
    insurer: str | None
    product: str | None
    year: int | None
    name: str
    page: int | None
    small_print: bool
    label: str
    severity: str | None
    legal_state: str | None
    text_id: str
    text: str
    context: str
    evidence: tuple[tuple[int, int], ...]
    confirming: int
    opened: int
    reviewers: int
    decided: date


class Agreement(NamedTuple):
    """How far two reviewers say the same; ``reviewers`` is empty for all ``pairs`` together.

    Of ``both`` findings that both looked at, ``same`` are those of which both or neither said that the label is right;
    together, a finding counts there once a pair, and once in ``findings``. ``kappa`` is absent where it has no meaning:
    both said the same of everything. ``low`` and ``high`` are the ends of its 95 % interval, which needs ``LEAST``
    findings, and one pair: what several pairs say of the same findings is not independent. It has no width where two
    never differ.
    """

    reviewers: tuple[str, ...]
    pairs: int
    findings: int
    both: int
    same: int
    observed: float
    kappa: float | None
    low: float | None
    high: float | None


class Sample(NamedTuple):
    """A random sample: ``size`` findings of ``population``, among those that ``filters`` let through."""

    sample: int
    drawn_at: datetime
    seed: int
    size: int
    population: int
    filters: Filters


class Right(NamedTuple):
    """Of ``decided`` findings, ``right`` are right: a share and its 95 % interval; of none, the share is unknown."""

    right: int
    decided: int
    share: float | None
    low: float
    high: float


class Precision(NamedTuple):
    """How often Sceau is right, from a random sample of its findings.

    People looked at ``looked`` members; at ``left`` nobody did yet, ``gone`` are no longer in the store. While some are
    left, only what was drawn before the first of them counts: who goes on to easy ones, or meets members in another
    queue, picks by hand. ``labels`` has those with enough decisions.
    """

    sample: int
    right: int
    decided: int
    share: float | None
    low: float
    high: float
    population: int
    disputed: int
    looked: int
    left: int
    gone: int
    labels: dict[str, Right]


def queue(store: Store, filters: Filters = Filters(), limit: int = 50, reviewer: str = "") -> list[Item]:
    """Return the findings that ``reviewer`` did not decide (without a name: that nobody did), the best to ask first.

    What a decision would teach is taken to be ``doubt x spread x width / (1 + decided)``:

    - *doubt*: the binary entropy of the score, in bits, where it is a probability; else 1 for a finding to check and
      1/2 for a warning;
    - *spread*: log2(1 + documents in which the same words, or nearly the same where clusters were built, carry the
      same label and are still to decide);
    - *width*: of the Wilson 95 % interval of how often the label is right, 1 where nothing was decided;
    - *decided*: decisions already taken, by anybody, on the very same words with the same label.

    A wording comes once for each of its labels. Labels take turns, so that one does not fill the queue.
    """
    widths = _widths(store)
    wanted, given = _wanted(filters)
    query = f"""
    WITH {wanted},
    told AS (SELECT text_id, label, count(*) AS times FROM decisions GROUP BY text_id, label),
    undecided AS (
        SELECT document, finding, label, text_id, coalesce(cluster, text_id) AS words,
            CASE
                WHEN NOT calibrated THEN if(decision = 'to_check', 1.0, 0.5)
                WHEN score <= 0 OR score >= 1 THEN 0.0
                ELSE -score * log2(score) - (1 - score) * log2(1 - score)
            END AS doubt
        FROM wanted ANTI JOIN {_SEEN} USING (document, finding) LEFT JOIN clusters USING (text_id)
    ),
    spread AS (SELECT words, label, count(DISTINCT document) AS documents FROM undecided GROUP BY words, label),
    widths AS (SELECT unnest(?::VARCHAR[]) AS label, unnest(?::DOUBLE[]) AS width),
    wordings AS (
        SELECT text_id, label, any_value(words) AS words,
            max({{'doubt': doubt, 'document': document, 'finding': finding}}) AS best
        FROM undecided GROUP BY text_id, label
    ),
    gains AS (
        SELECT best.document, best.finding, label, text_id,
            best.doubt * log2(1 + documents) * coalesce(width, 1) / (1 + coalesce(times, 0)) AS gain
        FROM wordings JOIN spread USING (words, label) LEFT JOIN widths USING (label)
        LEFT JOIN told USING (text_id, label)
    ),
    turns AS (
        SELECT document, finding, gain, row_number() OVER (PARTITION BY label ORDER BY gain DESC, text_id) AS turn
        FROM gains ORDER BY turn, gain DESC, label LIMIT ?
    )
    SELECT {_ITEM} FROM {_ALL} JOIN turns USING (document, finding) ORDER BY turn, gain DESC, findings.label
    """
    return _items(store, query, [*given, reviewer, list(widths), list(widths.values()), limit])


def members(store: Store, sample: int, reviewer: str) -> list[Item]:
    """Return the findings of a sample that ``reviewer`` did not look at yet, in the order in which they were drawn."""
    query = f"""
    SELECT {_ITEM} FROM {_ALL} JOIN sample_findings USING (document, finding)
    ANTI JOIN (SELECT document, finding FROM decisions WHERE reviewer = ? AND NOT alike) AS seen
        USING (document, finding)
    WHERE sample = ? ORDER BY place
    """
    return _items(store, query, [reviewer, sample])


def same_words(store: Store, item: Item, reviewer: str) -> list[Place]:
    """Return where the words of ``item`` carry the same label in other documents, and ``reviewer`` did not decide."""
    rows = store.rows(
        f"""
        SELECT findings.document, finding, documents.name, insurer, year, page FROM {_ALL}
        ANTI JOIN {_SEEN} USING (document, finding)
        WHERE text_id = ? AND findings.label = ? AND findings.document <> ?
        ORDER BY insurer, year, documents.name, findings.document, page, finding
        """,
        [reviewer, item.text_id, item.label, item.document],
    )
    return [Place(*row) for row in rows]


def decide(
    store: Store,
    item: Item,
    decision: Decision,
    labels: Sequence[str] = (),
    note: str = "",
    reviewer: str = "",
    also: Sequence[Place] = (),
) -> int:
    """Save a decision on a finding, and on the ``same_words`` given; returns on how many it was saved.

    ``labels`` are the right ones where it is relabelled; none, where nothing is. Raises ``BadLabel`` for a label that
    its kind of passage cannot have, ``FindingGone`` where another scan replaced the finding, ``ValueError`` without
    a reviewer.
    """
    if not reviewer.strip():
        raise ValueError("a decision is somebody's")
    right = right_labels(store.path.name, item.kind, item.label, decision, labels)
    with store.writing() as connection:
        inserted = connection.execute(
            """
            INSERT INTO decisions (
                document, finding, label, text_id, decision, labels, note, reviewer, alike, decided_at, sceau_version
            )
            SELECT document, finding, findings.label, text_id, $decision, $labels::VARCHAR[], $note, $reviewer,
                document <> $document OR finding <> $finding, $now, $version
            FROM findings JOIN passages USING (document, passage)
            WHERE findings.label = $label AND text_id = $text
                AND list_contains($chosen::VARCHAR[], document || ' ' || finding)
            ORDER BY 9, document, finding
            """,
            {
                **{"decision": decision, "labels": right, "note": note, "reviewer": reviewer.strip()},
                **{"document": item.document, "finding": item.finding, "label": item.label, "text": item.text_id},
                "now": datetime.now(UTC).replace(tzinfo=None),
                "version": __version__,
                "chosen": [f"{document} {finding}" for document, finding in [item[:2], *(place[:2] for place in also)]],
            },
        ).fetchone()
        looked_at = connection.execute(
            "SELECT 1 FROM findings JOIN passages USING (document, passage)"
            " WHERE document = ? AND finding = ? AND label = ? AND text_id = ?",
            [item.document, item.finding, item.label, item.text_id],
        ).fetchone()
        if inserted is None or looked_at is None:
            raise FindingGone(item.finding)
    return int(inserted[0])


def known(store: Store, item: Item, reviewer: str) -> Decided | None:
    """Return what ``reviewer`` decided last on a finding."""
    rows = store.rows(
        "SELECT decision, labels, note FROM decisions WHERE document = ? AND finding = ? AND reviewer = ?"
        " ORDER BY number DESC LIMIT 1",
        [item.document, item.finding, reviewer],
    )
    return Decided(rows[0][0], tuple(rows[0][1]), rows[0][2]) if rows else None


def state(store: Store, filters: Filters = Filters(), reviewer: str = "") -> State:
    """Return how far the review of what ``filters`` let through is: by ``reviewer``; without a name, by all."""
    wanted, given = _wanted(filters)
    ((findings, decided, wordings),) = store.rows(
        f"""
        WITH {wanted}
        SELECT count(*), count(seen.finding), count(DISTINCT text_id || label) FILTER (WHERE seen.finding IS NULL)
        FROM wanted LEFT JOIN {_SEEN} USING (document, finding)
        """,
        [*given, reviewer],
    )
    ((reviewers,),) = store.rows("SELECT count(DISTINCT reviewer) FROM decisions")
    return State(findings, decided, findings - decided, wordings, reviewers)


def agreement(store: Store) -> list[Agreement]:
    """Return how far reviewers agree on whether a label is right: all pairs together, then pair by pair.

    Cohen's kappa is ``(po - pe) / (1 - pe)``: what they share beyond what chance would give (J. Cohen, "A coefficient
    of agreement for nominal scales", Educational and Psychological Measurement 20, 1960). Its interval comes from the
    large-sample variance (J. L. Fleiss, J. Cohen, B. S. Everitt, "Large sample standard errors of kappa and weighted
    kappa", Psychological Bulletin 72, 1969). Together, the tables of all pairs are added up, names in alphabetical
    order. Only findings count that both looked at in their place.
    """
    tables = store.rows(
        f"""
        WITH {_LATEST},
        said AS (SELECT document, finding, reviewer, list_contains(labels, label) AS is_right FROM latest)
        SELECT one.reviewer, other.reviewer,
            count(*) FILTER (WHERE one.is_right AND other.is_right),
            count(*) FILTER (WHERE one.is_right AND NOT other.is_right),
            count(*) FILTER (WHERE NOT one.is_right AND other.is_right),
            count(*) FILTER (WHERE NOT one.is_right AND NOT other.is_right)
        FROM said AS one JOIN said AS other USING (document, finding)
        WHERE one.reviewer < other.reviewer GROUP BY ALL ORDER BY ALL
        """
    )
    if not tables:
        return []
    pairs = [_agreement((one, other), *counts) for one, other, *counts in tables]
    whole = _agreement((), *(sum(column) for column in zip(*(counts for _, _, *counts in tables), strict=True)))
    if len(pairs) > 1:
        ((findings,),) = store.rows(
            f"WITH {_LATEST}, twice AS (SELECT 1 FROM latest GROUP BY document, finding HAVING count(*) > 1)"
            " SELECT count(*) FROM twice"
        )
        whole = whole._replace(pairs=len(pairs), findings=findings, low=None, high=None)
    return [whole, *pairs]


def _agreement(reviewers: tuple[str, ...], right: int, first: int, second: int, wrong: int) -> Agreement:
    """Return the agreement on a table: both, only the first, only the second, neither says that the label is right."""
    both = right + first + second + wrong
    of = (reviewers, 1, both, both, right + wrong)
    observed = (right + wrong) / both
    rows = ((right + first) / both, (second + wrong) / both)
    columns = ((right + second) / both, (first + wrong) / both)
    chance = rows[0] * columns[0] + rows[1] * columns[1]
    if chance == 1:
        return Agreement(*of, observed, None, None, None)
    kappa = (observed - chance) / (1 - chance)
    same = sum(
        count / both * (1 - (rows[at] + columns[at]) * (1 - kappa)) ** 2 for at, count in enumerate((right, wrong))
    )
    apart = (1 - kappa) ** 2 * (
        first / both * (columns[0] + rows[1]) ** 2 + second / both * (columns[1] + rows[0]) ** 2
    )
    variance = (same + apart - (kappa - chance * (1 - kappa)) ** 2) / (both * (1 - chance) ** 2)
    if both < LEAST:
        return Agreement(*of, observed, kappa, None, None)
    half = _Z * sqrt(max(0.0, variance))
    return Agreement(*of, observed, kappa, max(-1.0, kappa - half), min(1.0, kappa + half))


def confirmed(store: Store, filters: Filters = Filters()) -> list[Confirmed]:
    """Return the findings of which more than half of their reviewers say that the label is right, insurer by insurer.

    These alone may be published with the name of an insurer. A wording is among them with all its places at an insurer
    if somebody who confirms it looked at one of these places.
    """
    tables, bound = population(filters, labels_of(filters, "warning", "safeguard"))
    of_findings, given = findings_where(filters)
    rows = store.rows(
        f"""
        WITH {tables},
        latest AS (
            SELECT document, finding, reviewer, arg_max(labels, number) AS labels, arg_max(alike, number) AS alike,
                max(decided_at) AS decided_at
            FROM decisions GROUP BY document, finding, reviewer
        ),
        right_ones AS (
            SELECT document, finding, passage, label, severity, legal_state, text_id, page, small_print
            FROM found WHERE verdict = 'confirmed' AND {of_findings}
        ),
        told AS (
            SELECT document, finding, insurer, product, year, name, page, small_print, right_ones.label,
                right_ones.severity, right_ones.legal_state, text_id, text, context, evidence,
                count(*) FILTER (WHERE list_contains(latest.labels, right_ones.label)) AS confirming,
                count(*) FILTER (WHERE list_contains(latest.labels, right_ones.label) AND NOT alike) AS opened,
                count(*) AS reviewers,
                max(latest.decided_at) FILTER (WHERE list_contains(latest.labels, right_ones.label)) AS decided
            FROM right_ones JOIN latest USING (document, finding) JOIN findings USING (document, finding)
            JOIN texts USING (text_id) JOIN documents USING (document)
            GROUP BY ALL HAVING 2 * confirming > count(*)
        )
        SELECT * FROM told QUALIFY max(opened) OVER (PARTITION BY insurer, label, text_id) > 0
        ORDER BY insurer NULLS LAST, label, text_id, year, product, name, page, document, finding
        """,
        [*bound, *given],
    )
    return [
        one._replace(evidence=_spans(kept), decided=decided_at.date())
        for one, kept, decided_at in ((Confirmed(*row), row[14], row[18]) for row in rows)
    ]


def draw(store: Store, size: int, seed: int, filters: Filters = Filters()) -> int:
    """Draw a simple random sample, without replacement, of the findings that count without review; returns its number.

    Those are the ones of which Sceau warned; what it only asks to check is in no figure. They are put in the order of
    a digest (MD5) of the seed and their name, and the first are taken: the same seed draws the same from the same
    findings. Raises ``NothingToSample`` where there is none.
    """
    wanted, given = _wanted(filters)
    with store.writing() as connection:
        connection.execute(
            f"""
            CREATE TEMP TABLE drawn AS
            WITH {wanted}
            SELECT document, finding, count(*) OVER () AS population,
                row_number() OVER (ORDER BY md5(? || ' ' || document || ' ' || finding)) AS place
            FROM wanted WHERE decision = 'warned' QUALIFY place <= ?
            """,
            [*given, str(seed), size],
        )
        ((taken, population),) = connection.execute("SELECT count(*), any_value(population) FROM drawn").fetchall()
        if not taken:
            raise NothingToSample(store.path.name)
        ((sample,),) = connection.execute(
            "INSERT INTO samples (drawn_at, seed, size, population, filters) VALUES (?, ?, ?, ?, ?) RETURNING sample",
            [datetime.now(UTC).replace(tzinfo=None), seed, taken, population, json.dumps(asdict(drawn_from(filters)))],
        ).fetchall()
        connection.execute("INSERT INTO sample_findings SELECT ?, place, document, finding FROM drawn", [sample])
        connection.execute("DROP TABLE drawn")
    return int(sample)


def drawn_from(filters: Filters) -> Filters:
    """Return the filters of the samples that tell how right Sceau is on what ``filters`` let through."""
    return replace(filters, reviewed_only=False)


def samples(store: Store) -> list[Sample]:
    """Return the samples that were drawn, the latest first."""
    rows = store.rows("SELECT sample, drawn_at, seed, size, population, filters FROM samples ORDER BY sample DESC")
    return [
        Sample(sample, drawn_at.replace(tzinfo=UTC), seed, size, population, _filters(filters))
        for sample, drawn_at, seed, size, population, filters in rows
    ]


def precision(store: Store, sample: int) -> Precision:
    """Return how often Sceau is right, from what people decided on the members of a sample.

    Only what they looked at in its place counts. What they dispute (as many for as against) is not right. The interval
    is Wilson's, without the correction for a finite population: it is a little too wide rather than too narrow. Raises
    ``UnknownSample``.
    """
    found = [one for one in samples(store) if one.sample == sample]
    if not found:
        raise UnknownSample(store.path.name, sample=sample)
    rows = store.rows(
        f"""
        WITH {_LOOKED}
        SELECT looked.label, is_right, disputed, findings.finding IS NULL
        FROM sample_findings LEFT JOIN looked USING (document, finding) LEFT JOIN findings USING (document, finding)
        WHERE sample = ? ORDER BY place
        """,
        [sample],
    )
    first = next((place for place, (label, _, _, gone) in enumerate(rows) if label is None and not gone), len(rows))
    decided = [(label, is_right) for label, is_right, _, _ in rows[:first] if label is not None]
    by_label: dict[str, list[bool]] = {}
    for label, is_right in decided:
        by_label.setdefault(label, []).append(is_right)
    whole = _right([is_right for _, is_right in decided])
    return Precision(
        sample,
        *whole,
        population=found[0].population,
        disputed=sum(bool(disputed) for _, _, disputed, _ in rows[:first]),
        looked=sum(label is not None for label, *_ in rows),
        left=sum(label is None and not gone for label, _, _, gone in rows),
        gone=sum(label is None and gone for label, _, _, gone in rows),
        labels={label: _right(said) for label, said in sorted(by_label.items()) if len(said) >= LEAST},
    )


def export(store: Store) -> str:
    """Return the decisions as labelled passages, in the JSON Lines that ``sceau evaluate`` and ``train`` read.

    As ``Decisions.export``: only passages of which every warning and protection is decided, with the labels that most
    of its reviewers find right; where as many say yes as no, nothing is decided. A wording stands once a country,
    however many documents have it; one that was decided in two ways is left out.
    """
    rows = store.rows(
        """
        WITH latest AS (
            SELECT document, finding, reviewer, arg_max(labels, number) AS labels
            FROM decisions GROUP BY document, finding, reviewer
        ),
        reviewed AS (SELECT document, finding, count(*) AS reviewers FROM latest GROUP BY document, finding),
        votes AS (
            SELECT document, finding, vote, count(*) AS votes
            FROM (SELECT document, finding, unnest(labels) AS vote FROM latest) GROUP BY document, finding, vote
        ),
        decided AS (
            SELECT document, finding,
                list(vote) FILTER (WHERE 2 * votes > reviewers) AS labels,
                count(*) FILTER (WHERE 2 * votes = reviewers) AS ties
            FROM reviewed LEFT JOIN votes USING (document, finding) GROUP BY document, finding
        ),
        whole AS (
            SELECT text_id, jurisdiction,
                coalesce(list_sort(list_distinct(flatten(list(labels) FILTER (WHERE labels IS NOT NULL)))), [])
                    AS labels
            FROM findings JOIN passages USING (document, passage) JOIN documents USING (document)
            LEFT JOIN decided USING (document, finding)
            WHERE findings.polarity <> 'neutral'
            GROUP BY document, passage, text_id, jurisdiction
            HAVING count(*) = count(*) FILTER (WHERE ties = 0)
        )
        SELECT kind, text, context, jurisdiction, any_value(labels) FROM whole JOIN texts USING (text_id)
        GROUP BY text_id, kind, text, context, jurisdiction HAVING count(DISTINCT labels) = 1
        ORDER BY text_id, jurisdiction
        """
    )
    return "".join(labelled(*row) for row in rows)


def _wanted(filters: Filters) -> tuple[str, list[object]]:
    """Return a table to be named after WITH, of the findings that ``filters`` let through, and the values bound to it.

    As in figures: of documents in French, and of those whose kind fits the label. What people confirmed is no choice
    here: a sample of it would say that Sceau is always right.
    """
    tables, bound = population(filters, labels_of(filters, "warning", "safeguard"))
    of_findings, given = findings_where(drawn_from(filters))
    return (
        f"{tables}, wanted AS (SELECT document, finding, label, text_id, decision, score, calibrated"
        " FROM findings JOIN labels USING (label) JOIN chosen USING (document) JOIN passages USING (document, passage)"
        " LEFT JOIN verdicts USING (document, finding)"
        f" WHERE (clauses AND asked = 'clause' OR asks AND asked = 'question') AND {of_findings})",
        [*bound, *given],
    )


def _widths(store: Store) -> dict[str, float]:
    """Return, for each label of which somebody decided something, how wide the interval of its precision is."""
    rows = store.rows(
        f"WITH {_LOOKED} SELECT label, count(*) FILTER (WHERE is_right), count(*) FROM looked GROUP BY label"
    )
    intervals = {label: wilson(right, decided) for label, right, decided in rows}
    return {label: high - low for label, (low, high) in intervals.items()}


def _items(store: Store, query: str, values: Sequence[object]) -> list[Item]:
    return list(map(_item, store.rows(query, values)))


def _item(row: Sequence[Any]) -> Item:
    item = Item(*row)
    return item._replace(evidence=_spans(row[7]))


def _spans(kept: str) -> tuple[tuple[int, int], ...]:
    """Return spans as they were kept in the store."""
    return tuple((start, end) for start, end in json.loads(kept))


def _right(said: Sequence[bool]) -> Right:
    right, decided = sum(said), len(said)
    return Right(right, decided, right / decided if decided else None, *wilson(right, decided))


def _filters(kept: str) -> Filters:
    """Return filters as they were kept in the store."""
    read: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in json.loads(kept).items()
    }
    return Filters(**read)
