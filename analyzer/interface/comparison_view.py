"""Two editions side by side: what changed, and whether it is harsher or milder for the reader."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from analyzer.comparison import compare_examined
from analyzer.errors import SceauError
from analyzer.interface import sentence
from analyzer.interface.samples import editions
from analyzer.interface.session import Held, Session, examined
from analyzer.interface.widgets import MEDIA, ask_situation, literal, taken, title, uses_encoder, with_progress
from analyzer.reading import ENDINGS
from analyzer.reporting.comparison import to_fragment, to_html, to_json
from analyzer.schema import Comparison, Context, Lang


def show_comparison(session: Session, lang: Lang, say: dict[str, str]) -> None:
    """Draw the comparison of two editions, or ask for them."""
    title(say["app.view.compare"])
    st.markdown(say["app.compare.lead"])
    context = ask_situation(say)
    known = session.comparison
    if known is None or (known.lang, known.context) != (lang, context):
        pair = session.editions or _ask(session, say)
        if pair is None:
            return
        session.editions = pair
        if not _compare(session, pair, context, lang, say):
            return
        st.rerun()
    with st.container(horizontal=True, key="comparison-tools"):
        st.button(say["app.compare.again"], on_click=session.forget_comparison, icon=":material/restart_alt:")
        for name, make in (("html", to_html), ("json", to_json)):
            st.download_button(
                say[f"app.compare.{name}"],
                partial(make, known),
                f"comparaison.sceau.{name}",
                MEDIA[name],
                on_click="ignore",
                icon=":material/download:",
                key=f"comparison-{name}",
            )
    st.html(to_fragment(known))


def _ask(session: Session, say: dict[str, str]) -> tuple[Held, Held] | None:
    """Ask for both editions; returns them once both are there."""
    left, right = st.columns(2)
    old, new = (
        column.file_uploader(say[f"app.compare.{name}"], type=[*ENDINGS], key=f"{name}-{session.taken}")
        for column, name in ((left, "old"), (right, "new"))
    )
    go = st.button(say["app.compare.go"], type="primary", disabled=not (old and new), icon=":material/compare_arrows:")
    if go and old and new:
        return Held(old.name, taken(old)), Held(new.name, taken(new))
    if st.button(say["app.compare.sample"], key="compare-sample", icon=":material/description:"):
        older, newer = editions()
        return Held(older.name, older.read_bytes()), Held(newer.name, newer.read_bytes())
    return None


def _compare(session: Session, pair: tuple[Held, Held], context: Context, lang: Lang, say: dict[str, str]) -> bool:
    """Compare two editions with visible progress; returns whether that could be done."""

    def work(tell: Callable[[str], object]) -> Comparison:
        old, new = (examined(held, use_encoder=uses_encoder(), progress=tell) for held in pair)
        return compare_examined(old, new, context=context, lang=lang)

    try:
        names = say["list"].join(held.name for held in pair)
        session.comparison = with_progress(work, names, say, session.forget_comparison)
    except SceauError as error:
        session.forget_comparison()
        st.error(sentence(error, say, literal(error.name)), icon=":material/warning:")
        return False
    return True
