"""Figures over a store: how many documents have a label, how grave it is, how small it is printed, insurer by insurer.

What is counted. Findings: those of the view ``counted`` (confirmed by a person, or decided by Sceau and seen by no
one); what Sceau hesitates on counts nowhere here. Documents: each content once, however many files hold it, unless it
is filed as two years' or two insurers'; only those in French of which something could be read, and whose kind fits the
label: contracts (also mixed and other documents) for labels of clauses, documents that ask something for labels of
questions. A document read in part stands among them: it may hide more than what was found, so that every share is, if
anything, too low; ``summary`` says how many there are.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

import numpy as np

from analyzer.corpus.store import Store
from analyzer.knowledge import load
from analyzer.schema import DocumentKind, PassageKind, Polarity, Severity

__all__ = [
    "DIMENSIONS",
    "SMALL",
    "WEIGHTS",
    "Dimension",
    "Filters",
    "Ranked",
    "Severities",
    "Share",
    "Size",
    "Summary",
    "documents_where",
    "findings_where",
    "labels_of",
    "population",
    "prevalence",
    "print_sizes",
    "ranking",
    "severity_table",
    "summary",
    "values",
    "wilson",
]

#: What figures can be told apart by.
Dimension = Literal["label", "insurer", "product", "year", "country"]
DIMENSIONS: tuple[Dimension, ...] = get_args(Dimension)
#: With fewer documents than this, a share says little: it is marked, and an insurer is not ranked.
SMALL = 5
#: What a warning weighs in the ranking.
WEIGHTS: dict[Severity, int] = {"high": 3, "medium": 2, "low": 1}
#: The 97.5th percentile of the normal distribution: what a 95 % interval is made with.
_Z = 1.959964
#: How often the documents of an insurer are drawn again, and from which start: the same store gives the same interval.
_DRAWS, _SEED = 2000, 20261128
#: Kinds of documents that hold clauses.
_WITH_CLAUSES = "('contract', 'mixed', 'other')"


@dataclass(frozen=True)
class Filters:
    """What figures are about; an empty tuple sets no limit.

    ``kinds`` are kinds of documents. ``labels``, ``severities``, ``small_print`` and ``reviewed_only`` (only findings
    that a person confirmed) choose findings, the others choose documents.
    """

    labels: tuple[str, ...] = ()
    insurers: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    countries: tuple[str, ...] = ()
    kinds: tuple[DocumentKind, ...] = ()
    severities: tuple[Severity, ...] = ()
    small_print: bool | None = None
    reviewed_only: bool = False


@dataclass(frozen=True)
class Share:
    """Of the ``documents`` of a group, ``concerned`` have the label, or one of the labels.

    ``group`` holds a value for each dimension asked for, in that order; ``None`` where it is not known. ``low`` and
    ``high`` bound the share with 95 % confidence. ``findings``, of them ``small_print`` and ``confirmed`` by a person,
    count passages. ``insurers`` are those that the documents are known to be of.
    """

    group: tuple[str | int | None, ...]
    documents: int
    concerned: int
    share: float
    low: float
    high: float
    findings: int
    small_print: int
    confirmed: int
    insurers: int = 0

    @property
    def small(self) -> bool:
        """Whether the group is too small to say much."""
        return self.documents < SMALL


@dataclass(frozen=True)
class Summary:
    """A store as a whole. ``files`` and ``failed`` (by error code) know no filter: what is not read has no insurer.

    ``population`` are the ``documents`` that figures count, ``concerned`` those of them with a warning. ``to_check``
    are findings on which Sceau hesitates and nobody decided.
    """

    files: int
    failed: dict[str, int]
    documents: int
    population: int
    partly_unread: int
    pages: int
    pages_unread: int
    kinds: dict[str, int]
    languages: dict[str | None, int]
    years: dict[int | None, int]
    insurers: int
    without_insurer: int
    concerned: int
    warnings: int
    small_print: int
    safeguards: int
    severities: dict[str | None, int]
    legal_states: dict[str | None, int]
    to_check: int
    reviewed: int
    confirmed: int
    rejected: int
    disputed: int


@dataclass(frozen=True)
class Size:
    """Passages printed in ``points`` (rounded to half a point): with a warning, and without.

    ``others`` come from documents whose full text is in the store, since elsewhere only passages with findings are.
    """

    points: float
    warned: int
    others: int


@dataclass(frozen=True)
class Severities:
    """How grave the warnings of a group are: numbers of findings.

    ``unrated``: no severity, because a person put this label in place of another.
    """

    group: tuple[str | int | None, ...]
    findings: int
    high: int
    medium: int
    low: int
    unrated: int
    forbidden: int
    contestable: int
    worth_knowing: int
    small_print: int


@dataclass(frozen=True)
class Ranked:
    """An insurer among the others: 1 is the place of the one whose documents weigh most.

    ``score`` is a mean over its ``documents``, ``low`` to ``high`` its 95 % interval; the true place lies, as far as
    the documents can tell, between ``place_low`` and ``place_high``.
    """

    insurer: str
    documents: int
    score: float
    low: float
    high: float
    place_low: int
    place_high: int


def wilson(count: int, of: int) -> tuple[float, float]:
    """Return the 95 % interval of a share, from 0 to 1; the whole range for nothing at all.

    Wilson's score interval (E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
    Journal of the American Statistical Association 22, 1927, 209-212), which holds for few documents and for shares
    near 0 and 1.
    """
    if not of:
        return 0.0, 1.0
    share, square = count / of, _Z * _Z
    middle = share + square / (2 * of)
    reach = _Z * math.sqrt(share * (1 - share) / of + square / (4 * of * of))
    low, high = (middle - reach) / (1 + square / of), (middle + reach) / (1 + square / of)
    return (0.0 if count == 0 else low), (1.0 if count == of else high)


def documents_where(filters: Filters) -> tuple[str, list[object]]:
    """Return the condition that ``filters`` set on rows of ``documents``, and the values bound to it."""
    return _conditions(
        ("list_contains(?::VARCHAR[], insurer)", filters.insurers),
        ("list_contains(?::VARCHAR[], product)", filters.products),
        ("list_contains(?::INTEGER[], year)", filters.years),
        ("list_contains(?::VARCHAR[], country)", filters.countries),
        ("list_contains(?::VARCHAR[], kind)", filters.kinds),
    )


def findings_where(filters: Filters) -> tuple[str, list[object]]:
    """Return the condition that ``filters`` set on findings joined with ``passages``, and the values bound to it."""
    where, given = _conditions(
        ("list_contains(?::VARCHAR[], label)", filters.labels),
        ("list_contains(?::VARCHAR[], severity)", filters.severities),
    )
    if filters.small_print is not None:
        where, given = f"{where} AND small_print = ?", [*given, filters.small_print]
    if filters.reviewed_only:
        where = f"{where} AND verdict = 'confirmed'"
    return where, given


def _conditions(*conditions: tuple[str, tuple[object, ...]]) -> tuple[str, list[object]]:
    """Return the conditions that have values, joined; a value for each."""
    held = [(where, list(given)) for where, given in conditions if given]
    return " AND ".join(["true", *(where for where, _ in held)]), [given for _, given in held]


def prevalence(store: Store, by: Sequence[Dimension] = (), filters: Filters = Filters()) -> list[Share]:
    """Return how many documents have a label, a ``Share`` for each group of documents (and label).

    The highest share comes first, small groups last. Without labels in ``filters`` or ``by``, it is about having any
    warning at all.
    """
    of_label = "label" in by
    labels = labels_of(filters, "warning", "safeguard") if of_label else labels_of(filters, "warning")
    groups = [name for name in by if name != "label"]
    chosen, bound = population(filters, labels)
    where, given = findings_where(filters)
    keys = ", ".join(groups)
    key = f"{keys}, " if keys else ""
    label = "label, " if of_label else ""
    same = " AND ".join(["true", *(f"wide.{name} IS NOT DISTINCT FROM counts.{name}" for name in by)])
    shown = ", ".join(f"wide.{name}" for name in by)
    if of_label:
        wide = (
            f"SELECT {key}label, count(*) AS documents, count(DISTINCT whose) AS insurers FROM ("
            f" SELECT {key}insurer AS whose, 'clause' AS asked FROM chosen WHERE clauses UNION ALL"
            f" SELECT {key}insurer, 'question' FROM chosen WHERE asks) JOIN labels USING (asked) GROUP BY ALL"
        )
    else:
        wide = f"SELECT {key}count(*) AS documents, count(DISTINCT insurer) AS insurers FROM chosen GROUP BY ALL"
    rows = store.rows(
        f"""
        WITH {chosen},
        counts AS (
            SELECT {key}{label}count(DISTINCT document) AS concerned, count(*) AS findings,
                count(*) FILTER (WHERE small_print) AS small_print,
                count(*) FILTER (WHERE verdict = 'confirmed') AS confirmed
            FROM found WHERE {where} GROUP BY ALL
        ),
        wide AS ({wide})
        SELECT {f"{shown}, " if shown else ""}documents, coalesce(concerned, 0), coalesce(findings, 0),
            coalesce(small_print, 0), coalesce(confirmed, 0), insurers
        FROM wide LEFT JOIN counts ON {same} WHERE documents > 0
        """,
        [*bound, *given],
    )
    shares = []
    for *group, documents, concerned, findings, small_print, confirmed, insurers in rows:
        low, high = wilson(concerned, documents)
        counts = (findings, small_print, confirmed, insurers)
        shares.append(Share(tuple(group), documents, concerned, concerned / documents, low, high, *counts))
    return sorted(shares, key=lambda one: (one.small, -one.share, -one.documents, _order(one.group)))


def summary(store: Store, filters: Filters = Filters()) -> Summary:
    """Return what the store holds, as far as ``filters`` reach."""
    known = load().labels
    labels = labels_of(filters, "warning", "safeguard")
    chosen, bound = population(filters, [name for name in labels if known[name].polarity == "warning"])
    safe, safe_bound = population(filters, [name for name in labels if known[name].polarity == "safeguard"])
    of_documents, of_given = documents_where(filters)
    where, given = findings_where(filters)
    # What Sceau said before anybody decided: being confirmed chooses nothing there.
    plain, plain_given = findings_where(replace(filters, reviewed_only=False))
    with store.reading() as connection:

        def ask(query: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
            return connection.execute(query, values).fetchall()

        def by(column: str) -> dict[Any, int]:
            return dict(
                ask(
                    f"SELECT {column}, count(*) FROM documents WHERE {of_documents} GROUP BY 1 ORDER BY 2 DESC, 1",
                    of_given,
                )
            )

        def found(shown: str, rest: str = "") -> list[tuple[Any, ...]]:
            return ask(f"WITH {chosen} SELECT {shown} FROM found WHERE {where}{rest}", [*bound, *given])

        documents, partly, pages, pages_unread, insurers, without = ask(
            "SELECT count(*), count(*) FILTER (WHERE unread <> '[]'), coalesce(sum(pages), 0)::BIGINT,"
            " coalesce(sum(pages_unread), 0)::BIGINT, count(DISTINCT insurer), count(*) FILTER (WHERE insurer IS NULL)"
            f" FROM documents WHERE {of_documents}",
            of_given,
        )[0]
        concerned, warnings, small_print = found(
            "count(DISTINCT document), count(*), count(*) FILTER (WHERE small_print)"
        )[0]
        to_check, reviewed, confirmed, rejected, disputed = ask(
            "SELECT count(*) FILTER (WHERE verdict IS NULL AND decision = 'to_check'), count(verdict),"
            " count(*) FILTER (WHERE verdict = 'confirmed'), count(*) FILTER (WHERE verdict = 'rejected'),"
            " count(*) FILTER (WHERE verdict = 'disputed')"
            " FROM findings LEFT JOIN verdicts USING (document, finding) JOIN passages USING (document, passage)"
            f" WHERE polarity <> 'neutral' AND {plain} AND document IN"
            f" (SELECT document FROM documents WHERE {of_documents})",
            [*plain_given, *of_given],
        )[0]
        return Summary(
            files=ask("SELECT count(*) FROM files")[0][0],
            failed=dict(ask("SELECT code, count(*) FROM parts WHERE code IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1")),
            documents=documents,
            population=ask(f"WITH {chosen} SELECT count(*) FROM chosen", bound)[0][0],
            partly_unread=partly,
            pages=pages,
            pages_unread=pages_unread,
            kinds=by("kind"),
            languages=by("language"),
            years=dict(sorted(by("year").items(), key=lambda item: (item[0] is None, item[0] or 0))),
            insurers=insurers,
            without_insurer=without,
            concerned=concerned,
            warnings=warnings,
            small_print=small_print,
            safeguards=ask(f"WITH {safe} SELECT count(*) FROM found WHERE {where}", [*safe_bound, *given])[0][0],
            severities=dict(found("severity, count(*)", " GROUP BY 1 ORDER BY 2 DESC, 1")),
            legal_states=dict(found("legal_state, count(*)", " GROUP BY 1 ORDER BY 2 DESC, 1")),
            to_check=to_check,
            reviewed=reviewed,
            confirmed=confirmed,
            rejected=rejected,
            disputed=disputed,
        )


def print_sizes(store: Store, filters: Filters = Filters()) -> list[Size]:
    """Return how small passages are printed, smallest first; passages whose size is not known are left out."""
    chosen, bound = population(filters, labels_of(filters, "warning"))
    where, given = findings_where(filters)
    rows = store.rows(
        f"""
        WITH {chosen},
        warned AS (
            SELECT DISTINCT document, passage
            FROM found WHERE {where}
        )
        SELECT round(font_size * 2) / 2 AS points, count(*) FILTER (WHERE warned.passage IS NOT NULL),
            count(*) FILTER (WHERE warned.passage IS NULL AND full_text)
        FROM passages JOIN chosen USING (document) LEFT JOIN warned USING (document, passage)
        WHERE font_size IS NOT NULL AND (warned.passage IS NOT NULL OR full_text) GROUP BY 1 ORDER BY 1
        """,
        [*bound, *given],
    )
    return [Size(*row) for row in rows]


def severity_table(store: Store, by: Sequence[Dimension] = (), filters: Filters = Filters()) -> list[Severities]:
    """Return how grave the warnings of each group are, most findings first; groups without a warning are left out."""
    chosen, bound = population(filters, labels_of(filters, "warning"))
    where, given = findings_where(filters)
    graded = ", ".join(f"count(*) FILTER (WHERE severity = '{severity}')" for severity in WEIGHTS)
    states = ", ".join(
        f"count(*) FILTER (WHERE legal_state = '{state}')" for state in ("forbidden", "contestable", "worth_knowing")
    )
    rows = store.rows(
        f"""
        WITH {chosen}
        SELECT {"".join(f"{name}, " for name in by)}count(*), {graded}, count(*) FILTER (WHERE severity IS NULL),
            {states}, count(*) FILTER (WHERE small_print)
        FROM found WHERE {where} GROUP BY ALL HAVING count(*) > 0
        """,
        [*bound, *given],
    )
    cut = len(by)
    table = [Severities(tuple(row[:cut]), *row[cut:]) for row in rows]
    return sorted(table, key=lambda one: (-one.findings, _order(one.group)))


def ranking(store: Store, filters: Filters = Filters()) -> list[Ranked]:
    """Return the insurers whose documents weigh most first; those with fewer than ``SMALL`` documents are not ranked.

    The method. A document weighs the sum of its warnings that count: 3 for a high severity, 2 for a medium, 1 for a low
    one or none, each label once a document, at its gravest. Without labels in ``filters``, these are the labels of
    clauses, over documents with clauses: contracts and forms are not weighed against each other. An insurer's score is
    the mean over its documents. Its 95 % interval is the percentile bootstrap (B. Efron, "Bootstrap methods: another
    look at the jackknife", The Annals of Statistics 7, 1979, 1-26): as many documents as it has are drawn from them
    again and again, from a fixed start, so that the same store gives the same figures. One document drawn from all
    insurers stands among them: five documents that are all alike do not prove that the sixth is. Two insurers whose
    intervals overlap are not told apart: the place of an insurer runs from behind those that lie wholly above it to
    before those that lie wholly below. Documents of one insurer copy each other, so that its interval is, if anything,
    too narrow.
    """
    known = load().labels
    labels = [name for name in labels_of(filters, "warning") if filters.labels or known[name].kind == "clause"]
    chosen, bound = population(filters, labels)
    where, given = findings_where(filters)
    weights = " ".join(f"WHEN '{severity}' THEN {weight}" for severity, weight in WEIGHTS.items())
    rows = store.rows(
        f"""
        WITH {chosen},
        gravest AS (
            SELECT document, label, max(CASE severity {weights} ELSE 1 END) AS weight FROM found WHERE {where}
            GROUP BY ALL
        ),
        weighed AS (
            SELECT insurer, document, coalesce(sum(weight), 0) AS weight FROM chosen LEFT JOIN gravest USING (document)
            WHERE insurer IS NOT NULL GROUP BY ALL
        )
        SELECT insurer, weight::INTEGER, count(*) FROM weighed
        WHERE insurer IN (SELECT insurer FROM chosen GROUP BY 1 HAVING count(*) >= {SMALL}) GROUP BY ALL ORDER BY ALL
        """,
        [*bound, *given],
    )
    if not rows:
        return []
    insurers = sorted({insurer for insurer, _, _ in rows})
    weight = np.array(sorted({weight for _, weight, _ in rows}))
    counts = np.zeros((len(insurers), len(weight)))
    for insurer, one, count in rows:
        counts[insurers.index(insurer), np.searchsorted(weight, one)] = count
    anybody = counts.sum(axis=0) / counts.sum()
    means = []
    for insurer, held in zip(insurers, counts, strict=True):
        documents = int(held.sum())
        shares = (held + anybody) / (documents + 1)
        drawn = np.random.default_rng(_SEED).multinomial(documents, shares, _DRAWS) @ weight / documents
        low, high = np.percentile(drawn, [2.5, 97.5])
        means.append((insurer, documents, float(held @ weight / documents), float(low), float(high)))
    means.sort(key=lambda one: (-one[2], one[0]))
    return [
        Ranked(
            *one,
            place_low=1 + sum(other[3] > one[4] for other in means),
            place_high=len(means) - sum(other[4] < one[3] for other in means),
        )
        for one in means
    ]


def values(store: Store) -> dict[str, list[Any]]:
    """Return what there is to choose from: insurers, products, years, countries, kinds, labels, each in order."""
    with store.reading() as connection:
        found: dict[str, list[Any]] = {
            key: [
                row[0]
                for row in connection.execute(
                    f"SELECT DISTINCT {column} FROM documents WHERE {column} IS NOT NULL ORDER BY 1"
                ).fetchall()
            ]
            for key, column in (
                ("insurers", "insurer"),
                ("products", "product"),
                ("years", "year"),
                ("countries", "country"),
                ("kinds", "kind"),
            )
        }
        found["labels"] = [
            row[0] for row in connection.execute("SELECT DISTINCT label FROM counted ORDER BY 1").fetchall()
        ]
    return found


def labels_of(filters: Filters, *polarities: Polarity) -> list[str]:
    """Return the labels of some polarities that figures are about: all of them, or those asked for."""
    known = load().labels
    return [name for name in filters.labels or known if name in known and known[name].polarity in polarities]


def population(filters: Filters, labels: Sequence[str]) -> tuple[str, list[object]]:
    """Return tables to stand after WITH, and the values bound to them.

    ``labels`` (label, asked: clause or question); ``chosen``, the documents that count for one of them, with whether
    they count for labels of ``clauses`` and whether for those of questions (``asks``); ``found``, their findings of
    these labels, with the columns of ``counted``, ``chosen`` and ``passages``.
    """
    known = load().labels
    kinds: list[PassageKind] = [known[name].kind for name in labels]
    where, given = documents_where(filters)
    clauses = f"kind IN {_WITH_CLAUSES}" if "clause" in kinds else "false"
    asks = "questions > 0" if "question" in kinds else "false"
    return (
        "labels AS (SELECT unnest(?::VARCHAR[]) AS label, unnest(?::VARCHAR[]) AS asked),"
        " chosen AS (SELECT document, insurer, product, year, country, full_text, name, scanned_at,"
        f" {clauses} AS clauses, {asks} AS asks FROM documents"
        f" WHERE language = 'fr' AND (pages = 0 OR pages_unread < pages) AND {where} AND ({clauses} OR {asks})),"
        " found AS (SELECT * FROM counted JOIN labels USING (label) JOIN chosen USING (document)"
        " JOIN passages USING (document, passage)"
        " WHERE (clauses AND asked = 'clause' OR asks AND asked = 'question'))",
        [list(labels), kinds, *given],
    )


def _order(group: tuple[str | int | None, ...]) -> tuple[tuple[bool, str], ...]:
    """Return what sorts groups: unknown last."""
    return tuple((value is None, str(value)) for value in group)
