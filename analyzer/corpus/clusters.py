"""Clauses that are nearly the same: which wordings insurers share, how far they have spread, where they came first.

Two wordings are nearly the same when of the runs of three words that stand in either, at least ``SIMILAR`` stand in
both (Jaccard's coefficient); figures, and the names of the insurers whose documents hold them, do not matter. Wordings
of fewer than ``SHORT`` words must be the same. What is like something is in one cluster with it, and with all that is
like that: the ends of a long chain may differ more.

Comparing each with each would take years. Signatures (MinHash: A. Broder, "On the resemblance and containment of
documents", Compression and Complexity of Sequences, 1997) say which pairs are worth the exact comparison: those that
agree in one of 32 bands of 4 values, which 98 of 100 pairs just as like as ``SIMILAR`` do, and nearly all that are more
alike. The seeds are fixed: the same store gives the same clusters.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from rensa import RMinHash

from analyzer.corpus.statistics import Filters, findings_where, labels_of, population
from analyzer.corpus.store import Store, folded

__all__ = ["SHORT", "SIMILAR", "Cluster", "Member", "build", "clusters", "members", "outdated"]

#: From which share of common runs of words two wordings are nearly the same.
SIMILAR = 0.6
#: Wordings of fewer words than this have too few runs to be compared.
SHORT = 8
#: Values of a signature: so many bands of so many. Seed of the signatures.
_BANDS, _ROWS, _SEED = 32, 4, 7
#: Texts read, and pairs compared, at once.
_BATCH = 20_000
#: In a band, how many wordings in turn the others that agree with them are compared with.
_LEADERS = 8
_WORD = re.compile(r"\w+")
_FIGURES = re.compile(r"\d+")

_Numbers = npt.NDArray[np.int64]
_Runs = npt.NDArray[np.uint32]


@dataclass(frozen=True)
class Cluster:
    """Wordings that are nearly the same, in documents that figures count.

    ``text`` and ``context`` are those of the wording that most documents have, ``label`` the one found most often.
    ``first_year`` is the earliest known year of a document, ``first_insurer`` whose document that is (the first scanned
    of several). ``small_print_share`` is a share of findings, from 0 to 1.
    """

    cluster: str
    text: str
    context: str
    label: str
    labels: tuple[str, ...]
    documents: int
    insurers: tuple[str, ...]
    years: tuple[int, ...]
    first_year: int | None
    first_insurer: str | None
    wordings: int
    small_print_share: float


@dataclass(frozen=True)
class Member:
    """A wording of a cluster: in how many documents, and where it stands first."""

    text_id: str
    text: str
    documents: int
    insurer: str | None
    year: int | None
    document: str
    name: str
    page: int | None


def outdated(store: Store) -> bool:
    """Whether some wording with a finding that counts has no cluster yet."""
    return bool(
        store.rows(
            "SELECT 1 FROM counted JOIN passages USING (document, passage)"
            " WHERE text_id NOT IN (SELECT text_id FROM clusters) LIMIT 1"
        )
    )


def build(store: Store) -> int:
    """Put every wording with a finding that counts into a cluster, and return how many clusters there are.

    A cluster is named after one of its wordings: the one that gave a cluster its name before, so that names last when
    documents are added; else the first by its id. The store is open only to read a batch and to write the result.
    """
    wanted = store.table(
        "SELECT text_id, list(DISTINCT insurer) FILTER (WHERE insurer IS NOT NULL) AS insurers"
        " FROM counted JOIN passages USING (document, passage) JOIN documents USING (document)"
        " GROUP BY text_id ORDER BY text_id"
    )
    parent: _Numbers = np.arange(len(wanted))
    first: dict[bytes, int] = {}
    compared: list[int] = []
    runs: list[_Runs] = []
    lengths: list[_Numbers] = []
    bands: list[_Runs] = []
    for start in range(0, len(wanted), _BATCH):
        words = []
        for place, (key, read) in enumerate(_read(store, wanted.slice(start, _BATCH)), start):
            parent[place] = first.setdefault(key, place)
            if parent[place] == place and len(read) >= SHORT:
                compared.append(place)
                words.append(read)
        if words:
            flat, held = _runs_of_three(words)
            runs.append(flat)
            lengths.append(held)
            bands.append(_bands(flat, held))
    if compared:
        _join(parent, np.array(compared), np.concatenate(runs), np.concatenate(lengths), np.concatenate(bands))
    names: list[str] = wanted["text_id"].to_pylist()
    roots: list[int] = _roots(parent).tolist()
    before = {name for (name,) in store.rows("SELECT DISTINCT cluster FROM clusters")}
    called: dict[int, str] = {}
    for name, root in sorted(zip(names, roots, strict=True), key=lambda one: (one[0] not in before, one[0])):
        called.setdefault(root, name)
    given = pa.table({"text_id": wanted["text_id"], "cluster": [called[root] for root in roots]})
    with store.writing() as connection:
        connection.execute("DELETE FROM clusters")
        connection.register("given", given)
        connection.execute("INSERT INTO clusters SELECT text_id, cluster FROM given")
        connection.unregister("given")
    return len(called)


def clusters(store: Store, filters: Filters = Filters(), limit: int = 50) -> list[Cluster]:
    """Return the clusters that most documents have, with what of them ``filters`` let through."""
    chosen, bound = population(filters, labels_of(filters, "warning", "safeguard"))
    where, given = findings_where(filters)
    rows = store.rows(
        f"""
        WITH {chosen},
        placed AS (
            SELECT cluster, text_id, document, label, insurer, year, small_print,
                (coalesce(year, 9999), scanned_at, name, document) AS rank
            FROM found JOIN clusters USING (text_id) WHERE {where}
        ),
        wordings AS (SELECT cluster, text_id, count(DISTINCT document) AS documents FROM placed GROUP BY ALL),
        widest AS (
            SELECT cluster, count(*) AS wordings, arg_min(text_id, (-documents, text_id)) AS text_id
            FROM wordings GROUP BY ALL
        ),
        labelled AS (SELECT cluster, label, count(*) AS times FROM placed GROUP BY ALL),
        most AS (SELECT cluster, list(label ORDER BY times DESC, label) AS labels FROM labelled GROUP BY ALL),
        spread AS (
            SELECT cluster, count(DISTINCT document) AS documents,
                list_sort(list(DISTINCT insurer) FILTER (WHERE insurer IS NOT NULL)) AS insurers,
                list_sort(list(DISTINCT year) FILTER (WHERE year IS NOT NULL)) AS years,
                arg_min(struct_pack(insurer := insurer), rank).insurer AS insurer, avg(small_print::INTEGER) AS small
            FROM placed GROUP BY ALL ORDER BY documents DESC, cluster LIMIT ?
        )
        SELECT cluster, text, context, labels, documents, insurers, years, insurer, wordings, small
        FROM spread JOIN widest USING (cluster) JOIN most USING (cluster) JOIN texts USING (text_id)
        ORDER BY documents DESC, cluster
        """,
        [*bound, *given, limit],
    )
    return [
        Cluster(
            cluster=cluster,
            text=text,
            context=context,
            label=labels[0],
            labels=tuple(labels),
            documents=documents,
            insurers=tuple(insurers or ()),
            years=tuple(years or ()),
            first_year=years[0] if years else None,
            first_insurer=insurer,
            wordings=wordings,
            small_print_share=small,
        )
        for cluster, text, context, labels, documents, insurers, years, insurer, wordings, small in rows
    ]


def members(store: Store, cluster: str, filters: Filters = Filters()) -> list[Member]:
    """Return the wordings of a cluster, that of most documents first; none for a cluster that is not there."""
    chosen, bound = population(filters, labels_of(filters, "warning", "safeguard"))
    where, given = findings_where(filters)
    rows = store.rows(
        f"""
        WITH {chosen},
        wordings AS (
            SELECT text_id, count(DISTINCT document) AS documents,
                arg_min(
                    struct_pack(insurer := insurer, year := year, document := document, name := name, page := page),
                    (coalesce(year, 9999), scanned_at, name, document, ordinal)
                ) AS first
            FROM found WHERE text_id IN (SELECT text_id FROM clusters WHERE cluster = ?) AND {where} GROUP BY ALL
        )
        SELECT text_id, text, documents, first.insurer, first.year, first.document, first.name, first.page
        FROM wordings JOIN texts USING (text_id) ORDER BY documents DESC, text_id
        """,
        [*bound, cluster, *given],
    )
    return [Member(*row) for row in rows]


def _read(store: Store, wanted: pa.Table) -> Iterator[tuple[bytes, list[str]]]:
    """Yield, for each wording wanted, a key that those which say the same share, and its words."""
    names = wanted["text_id"].to_pylist()
    rows = store.rows(
        "SELECT text_id, kind, context, folded FROM texts WHERE text_id IN (SELECT unnest(?::VARCHAR[]))", [names]
    )
    held = {name: rest for name, *rest in rows}
    for name, insurers in zip(names, wanted["insurers"].to_pylist(), strict=True):
        kind, context, text = held.get(name, ("", "", name))  # a text may have gone since: it is like no other
        words = _words(text)
        for insurer in insurers or ():
            words = _without(words, _insurer(insurer))
        said = words if len(words) >= SHORT else [*_words(folded(context)), "", *words]
        if kind == "question":  # whatever its words, it is like no clause
            words = [f"?{word}" for word in words]
        key = hashlib.blake2b("\n".join([kind, *said]).encode("utf-8", "replace"), digest_size=16).digest()
        yield key, words


def _words(text: str) -> list[str]:
    return _WORD.findall(_FIGURES.sub("0", text))


@lru_cache(maxsize=100_000)
def _insurer(name: str) -> tuple[str, ...]:
    return tuple(_words(folded(name)))


def _without(words: list[str], name: tuple[str, ...]) -> list[str]:
    """Return the words with one sign in place of each mention of a name."""
    if not name or name[0] not in words:
        return words
    whole, sought = f" {' '.join(words)} ", f" {' '.join(name)} "
    return whole.replace(sought, " # ").split()


@lru_cache(maxsize=1_000_000)
def _hash(word: str) -> int:
    """Return a number for a word, the same in every run."""
    return int.from_bytes(hashlib.blake2b(word.encode("utf-8", "replace"), digest_size=8).digest(), "little")


def _runs_of_three(texts: Sequence[list[str]]) -> tuple[_Runs, _Numbers]:
    """Return the different runs of three words of each text (3 words or more), as numbers in order; and how many."""
    lengths = np.array([len(words) for words in texts])
    row = np.repeat(np.arange(len(texts), dtype=np.uint64), lengths)
    word = np.fromiter((_hash(word) for words in texts for word in words), np.uint64, len(row))
    # Each word of a run weighs otherwise, so that their order counts; the products mix all bits.
    mixed = word[:-2] * np.uint64(0x9E3779B97F4A7C15) + word[1:-1] * np.uint64(0xC2B2AE3D27D4EB4F) + word[2:]
    mixed = (mixed ^ (mixed >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)
    within = row[:-2] == row[2:]
    # Number of the text and run in one, so that one sort does for all.
    whole = np.sort((row[:-2] << np.uint64(32) | mixed >> np.uint64(32))[within])
    whole = whole[np.concatenate(([True], whole[1:] != whole[:-1]))]
    counts = np.bincount((whole >> np.uint64(32)).astype(np.int64), minlength=len(texts))
    return whole.astype(np.uint32), counts


def _bands(runs: _Runs, lengths: _Numbers) -> _Runs:
    """Return a number for each band of the signature of each text: (texts, bands)."""
    bounds = np.concatenate(([0], np.cumsum(lengths))).astype(np.uint64)
    matrix = RMinHash.digest_matrix_from_flat_token_hashes(
        runs.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15), bounds, num_perm=_BANDS * _ROWS, seed=_SEED
    )
    signatures = np.array(matrix.to_rows(), dtype=np.uint64).reshape(len(lengths), _BANDS, _ROWS)
    keys = np.zeros((len(lengths), _BANDS), dtype=np.uint64)
    for row in range(_ROWS):
        keys = (keys ^ signatures[:, :, row]) * np.uint64(0x9E3779B97F4A7C15)
    return (keys >> np.uint64(32)).astype(np.uint32)


def _join(parent: _Numbers, places: _Numbers, runs: _Runs, lengths: _Numbers, bands: _Runs) -> None:
    """Unite in ``parent`` the texts (at ``places`` of it) that agree in a band and are nearly the same."""
    ends = np.cumsum(lengths)
    for band in bands.T:
        order = np.argsort(band, kind="stable")
        group = band[order]
        for _ in range(_LEADERS):
            leads = np.concatenate(([True], group[1:] != group[:-1]))
            if leads.all():
                break
            left, right = order[~leads], order[leads][np.cumsum(leads) - 1][~leads]
            apart = parent[places[left]] != parent[places[right]]
            left, right, group = left[apart], right[apart], group[~leads][apart]
            near = _alike(runs, ends - lengths, lengths, left, right)
            _unite(parent, places[left[near]], places[right[near]])
            order, group = left[~near], group[~near]
            if not len(order):
                break


def _alike(runs: _Runs, starts: _Numbers, lengths: _Numbers, left: _Numbers, right: _Numbers) -> npt.NDArray[np.bool_]:
    """Return, for pairs of texts, whether they are nearly the same."""
    near = np.zeros(len(left), dtype=bool)
    for begin in range(0, len(left), _BATCH):
        pairs = slice(begin, begin + _BATCH)
        sides = np.concatenate((left[pairs], right[pairs]))
        count = len(sides) // 2
        sizes = lengths[sides]
        before = np.cumsum(sizes) - sizes
        at = np.arange(int(sizes.sum())) + np.repeat(starts[sides] - before, sizes)
        pair = np.repeat(np.tile(np.arange(count, dtype=np.uint64), 2), sizes)
        whole = np.sort(pair << np.uint64(32) | runs[at])
        twice = whole[1:][whole[1:] == whole[:-1]] >> np.uint64(32)
        common = np.bincount(twice.astype(np.int64), minlength=count)
        near[pairs] = common >= SIMILAR * (sizes[:count] + sizes[count:] - common)
    return near


def _unite(parent: _Numbers, left: _Numbers, right: _Numbers) -> None:
    """Unite pairs; ``parent`` holds roots before and after, the lowest of each set."""
    while True:
        low, high = np.minimum(parent[left], parent[right]), np.maximum(parent[left], parent[right])
        apart = low != high
        if not apart.any():
            return
        left, right = left[apart], right[apart]
        np.minimum.at(parent, high[apart], low[apart])
        parent[:] = _roots(parent)


def _roots(parent: _Numbers) -> _Numbers:
    """Return the root of each, by doubling the steps until nothing moves."""
    while True:
        further = parent[parent]
        if np.array_equal(further, parent):
            return parent
        parent = further
