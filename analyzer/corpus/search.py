"""Words looked for in the passages of a store.

Every word must stand in the passage; ``"words between quotes"`` must follow each other; ``secret*`` is any word that
begins so. Accents, capitals, hyphens and apostrophes make no difference.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from analyzer.corpus.statistics import Filters, documents_where, findings_where
from analyzer.corpus.store import Store, folded
from analyzer.detection.normalise import fold, normalise

__all__ = ["Hit", "Place", "search", "spans", "terms"]

#: A phrase between quotes of any kind (the last may be missing), or a word.
_GIVEN = re.compile(r"[\"«“](?P<phrase>[^\"»”]*)[\"»”]?|(?P<word>[^\s\"«“]+)")
_WORD = re.compile(r"\w+")
#: What stands before and after a word: no letter, no figure. (RE2, which the store searches with, has no other \b than
#: that of English.)
_EDGE = r"[^\p{L}\p{N}_]"


@dataclass(frozen=True)
class Place:
    """Where a wording stands: in a document, by its name, on a page where it has pages, in a file by its path."""

    document: str
    name: str
    page: int | None
    path: str


@dataclass(frozen=True)
class Hit:
    """A wording that holds what was looked for, with the ``[start, end)`` of each find in its text.

    ``documents`` counts those that hold it; ``labels`` are those found in it that count; ``first`` is the earliest of
    its places, by year, then by scan.
    """

    text_id: str
    text: str
    context: str
    spans: tuple[tuple[int, int], ...]
    documents: int
    insurers: tuple[str, ...]
    labels: tuple[str, ...]
    first: Place


def terms(words: str) -> list[tuple[tuple[str, ...], bool]]:
    """Return what is looked for: words that follow each other, folded, and whether the last is only a beginning."""
    found = []
    for given in _GIVEN.finditer(words):
        said = (given["word"] if given["phrase"] is None else given["phrase"]).strip()
        parts = tuple(_WORD.findall(folded(said)))
        if parts:
            found.append((parts, said.endswith("*")))
    return found


def search(store: Store, words: str, filters: Filters = Filters(), limit: int = 20) -> list[Hit]:
    """Return the wordings that hold all ``words``: those of most documents first, of these the shortest.

    Without words, there are none. Where ``filters`` choose findings, a finding that counts must stand in the wording.
    """
    sought = terms(words)
    if not sought:
        return []
    conditions = " AND ".join(["contains(folded, ?) AND regexp_matches(folded, ?)"] * len(sought))
    given = [value for parts, begins in sought for value in (max(parts, key=len), _pattern(parts, begins))]
    where, of_documents = documents_where(filters)
    chosen, of_findings = findings_where(filters)
    counted = ""
    if of_findings or filters.reviewed_only:
        counted = f" JOIN (SELECT * FROM counted JOIN passages USING (document, passage) WHERE {chosen}) AS wanted"
        counted += " USING (document, passage)"
    else:
        of_findings = []
    rows = store.rows(
        f"""
        WITH hits AS (SELECT text_id, length(text) AS size FROM texts WHERE {conditions}),
        held AS (
            SELECT DISTINCT passages.text_id, size, document, passages.page, passages.ordinal, insurer, name,
                coalesce(year, 9999) AS year, scanned_at
            FROM hits JOIN passages USING (text_id) JOIN documents USING (document){counted} WHERE {where}
        ),
        best AS (
            SELECT text_id, any_value(size) AS size, count(DISTINCT document) AS documents,
                list_sort(list(DISTINCT insurer) FILTER (WHERE insurer IS NOT NULL)) AS insurers,
                arg_min(
                    struct_pack(document := document, name := name, page := page),
                    (year, scanned_at, name, document, ordinal)
                ) AS first
            FROM held GROUP BY text_id ORDER BY documents DESC, size, text_id LIMIT ?
        ),
        named AS (
            SELECT text_id, list_sort(list(DISTINCT label)) AS labels
            FROM counted JOIN passages USING (document, passage) WHERE text_id IN (SELECT text_id FROM best)
            GROUP BY text_id
        ),
        paths AS (SELECT document, min(path) AS path FROM parts WHERE document IS NOT NULL GROUP BY document)
        SELECT text_id, text, context, documents, insurers, labels,
            first.document, first.name, first.page, coalesce(path, '')
        FROM best JOIN texts USING (text_id) LEFT JOIN named USING (text_id)
            LEFT JOIN paths ON paths.document = first.document
        ORDER BY documents DESC, size, text_id
        """,
        [*given, *of_findings, *of_documents, limit],
    )
    return [
        Hit(
            text_id=text_id,
            text=text,
            context=context,
            spans=spans(text, sought),
            documents=documents,
            insurers=tuple(insurers or ()),
            labels=tuple(labels or ()),
            first=Place(*first),
        )
        for text_id, text, context, documents, insurers, labels, *first in rows
    ]


def spans(text: str, sought: Sequence[tuple[tuple[str, ...], bool]]) -> tuple[tuple[int, int], ...]:
    """Return where in ``text``, as it is shown, the ``terms`` stand, in order; what overlaps is one."""
    plain, offsets = normalise(text)
    chars: list[str] = []
    places: list[int] = []
    for char, offset in zip(plain, offsets, strict=False):
        whole = fold(char)
        chars.append(whole)
        places += [offset] * len(whole)
    places.append(len(text))
    searched = "".join(chars)
    found = sorted(
        (match.start(), match.end()) for parts, begins in sought for match in _shown(parts, begins).finditer(searched)
    )
    merged: list[tuple[int, int]] = []
    for start, end in found:
        begin, finish = places[start], max(places[end], places[end - 1] + 1)  # part of a ligature is all of it
        if merged and begin <= merged[-1][1]:
            begin, finish = merged[-1][0], max(finish, merged.pop()[1])
        merged.append((begin, finish))
    return tuple(merged)


def _pattern(parts: tuple[str, ...], begins: bool) -> str:
    """Return a term as the store looks for it. Its words hold letters, figures and _ alone: nothing is special."""
    words = f"{_EDGE}+".join(parts)
    return f"(^|{_EDGE}){words}" if begins else f"(^|{_EDGE}){words}({_EDGE}|$)"


def _shown(parts: tuple[str, ...], begins: bool) -> re.Pattern[str]:
    """Return a term as it is looked for to show where it stands."""
    return re.compile(r"(?<!\w)" + r"\W+".join(parts) + (r"\w*" if begins else r"(?!\w)"))
