"""Review at scale: findings of a whole store one by one, decided with the keyboard; saved in the store itself."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from analyzer.corpus import review
from analyzer.corpus.decisions import Decision
from analyzer.corpus.review import Item, Place
from analyzer.corpus.statistics import Filters
from analyzer.errors import SceauError
from analyzer.interface import sentence, told_of
from analyzer.interface.review_view import ask_labels, decision_keys, said
from analyzer.interface.session import Corpus
from analyzer.interface.widgets import literal
from analyzer.knowledge import load
from analyzer.reporting.charts import count, plain
from analyzer.reporting.corpus_review import agreement_rows, in_words, precision_words
from analyzer.schema import Lang

#: Findings of the queue fetched at once; documents with the same words listed at most.
_BATCH, _LISTED = 50, 100
#: What a sample has where nobody asks for another size, and at most.
_SIZE, _LARGEST = 200, 10_000


def show_corpus_review(
    corpus: Corpus, filters: Filters, lang: Lang, say: dict[str, str], in_place: Callable[[str, str], object]
) -> None:
    """Draw the findings to decide, one at a time, and how far the review is.

    ``in_place`` draws a clause, given its document and wording.
    """
    st.markdown(say["app.review.corpus.lead"])
    refusal: SceauError | None = st.session_state.pop("corpus-review-refusal", None)
    if refusal is not None:
        st.error(sentence(refusal, say, literal(refusal.name)), icon=":material/warning:")
    name: str = st.text_input(say["app.review.reviewer"], key="reviewer", persist_state="session") or ""
    reviewer = name.strip()
    source = _source(corpus, filters, say)
    _figures(corpus, filters, reviewer, lang, say)
    if not reviewer:
        st.info(say["app.review.corpus.needs_name"], icon=":material/info:")
        return
    items = _items(corpus, filters, reviewer, source)
    if not items:
        st.success(say["app.review.corpus.done"], icon=":material/check:")
        return
    at = min(st.session_state.setdefault("corpus-review-at", 0), len(items) - 1)
    _one(corpus, items, at, reviewer, lang, say, in_place)


def _source(corpus: Corpus, filters: Filters, say: dict[str, str]) -> int | None:
    """Ask what to review: the queue, or a sample; another one can be drawn."""
    drawn = {one.sample: one for one in corpus.once("samples", lambda: review.samples(corpus.store))}
    source: int | None = st.selectbox(
        say["app.review.corpus.source"],
        options=[None, *drawn],
        format_func=lambda number: (
            say["app.review.corpus.queue"]
            if number is None
            else say["app.review.corpus.sample"].format(sample=number, size=count(drawn[number].size, say))
        ),
        key="corpus-review-source",
        persist_state="session",
    )
    with st.expander(say["app.review.corpus.draw"], icon=":material/casino:", key="corpus-review-draw"):
        size = st.number_input(
            say["app.review.corpus.draw_size"], 1, _LARGEST, _SIZE, key="corpus-review-size", persist_state="session"
        )
        if st.button(say["app.review.corpus.draw"], key="corpus-review-drawn"):
            review.draw(corpus.store, int(size), len(drawn) + 1, filters)
            st.rerun()
    return source


def _figures(corpus: Corpus, filters: Filters, reviewer: str, lang: Lang, say: dict[str, str]) -> None:
    """Draw how far the review is, how far reviewers agree, and what samples say of the precision."""
    store = corpus.store
    state = corpus.once(("state", filters, reviewer), lambda: review.state(store, filters, reviewer))
    if state.findings:
        st.progress(state.decided / state.findings, text=in_words(state, say))
    with st.expander(say["app.review.corpus.figures"], icon=":material/query_stats:", key="corpus-review-figures"):
        for row in agreement_rows(corpus.once("agreement", lambda: review.agreement(store)), lang):
            names = ("pair", "both", "same", "kappa", "margin")
            parts = (
                f"{say[f'corpus.review.{name}']}{say['colon']}{plain(value)}"
                for name, value in zip(names, row, strict=True)
            )
            st.text(" · ".join(parts))
        drawn = corpus.once("samples", lambda: review.samples(store))
        for sample in drawn:
            found = corpus.once(("precision", sample.sample), partial(review.precision, store, sample.sample))
            st.text(precision_words(sample, found, lang))
        if not drawn:
            st.text(say["corpus.review.no_sample"])


def _items(corpus: Corpus, filters: Filters, reviewer: str, source: int | None) -> list[Item]:
    """Return what is left to decide, as it was fetched last: what is decided meanwhile keeps its place."""
    key = (str(corpus.store.path), filters, reviewer, source)
    held: tuple[object, list[Item]] | None = st.session_state.get("corpus-review")
    if held is None or held[0] != key:
        store = corpus.store
        items = (
            review.queue(store, filters, _BATCH, reviewer)
            if source is None
            else review.members(store, source, reviewer)
        )
        held = st.session_state["corpus-review"] = (key, items)
        st.session_state["corpus-review-at"] = 0
    return held[1]


def _one(
    corpus: Corpus,
    items: list[Item],
    at: int,
    reviewer: str,
    lang: Lang,
    say: dict[str, str],
    in_place: Callable[[str, str], object],
) -> None:
    """Draw one finding in place, with the buttons that decide it and those that lead on."""
    item = items[at]
    name = f"{item.document}-{item.finding}-{reviewer}"
    also = corpus.once(("also", name, reviewer), lambda: review.same_words(corpus.store, item, reviewer))
    st.markdown(f"**{say['app.review.place'].format(place=at + 1, total=len(items))}**")
    keys = st.container()
    st.markdown(f"**{literal(load().labels[item.label].title.get(lang))}**")
    st.text(_where(item.insurer, item.year, item.name, item.page, say))
    if also:
        key = "app.review.corpus.also.one" if len(also) == 1 else "app.review.corpus.also.many"
        st.checkbox(say[key].format(count=count(len(also), say)), key=f"also-{name}")
        with st.expander(say["app.review.corpus.also_which"], key=f"also-which-{name}"):
            for place in also[:_LISTED]:
                st.text(_where(place.insurer, place.year, place.name, place.page, say))
    in_place(item.document, item.text_id)
    known = review.known(corpus.store, item, reviewer)
    right = known.labels if known and known.decision == "relabel" else (item.label,)
    ask_labels(name, item.kind, right, known.note if known else "", lang, say)
    with keys:  # a key decides a clause only once that is on the screen
        decision_keys(
            say,
            partial(_decide, corpus, item, name, also, reviewer, at, len(items)),
            _go,
            at,
            len(items),
            disabled=False,
        )


def _where(insurer: str | None, year: int | None, name: str, page: int | None, say: dict[str, str]) -> str:
    return plain(
        say["app.review.corpus.place"].format(
            insurer=insurer or say["charts.no_insurer"],
            year=year or say["charts.no_year"],
            name=name,
            page=page or "–",
        )
    )


def _decide(
    corpus: Corpus,
    item: Item,
    name: str,
    also: list[Place],
    reviewer: str,
    at: int,
    total: int,
    verdict: Decision,
) -> None:
    """Save a decision and go on to the next finding; after the last, what is left is fetched anew."""
    labels, note = said(name)
    chosen = also if st.session_state.get(f"also-{name}") else []
    try:
        with told_of(corpus.store.path.name):
            review.decide(corpus.store, item, verdict, labels, note, reviewer, chosen)
    except SceauError as error:
        st.session_state["corpus-review-refusal"] = error
        return
    if at + 1 < total:
        _go(at + 1)
    else:
        del st.session_state["corpus-review"]


def _go(place: int) -> None:
    st.session_state["corpus-review-at"] = place
