"""Two editions side by side: what changed, and whether it is harsher or milder for the reader."""

from __future__ import annotations

from functools import partial

import streamlit as st

from analyzer.comparison import compare_documents
from analyzer.errors import SceauError
from analyzer.interface import sentence
from analyzer.interface.samples import editions
from analyzer.interface.session import Session, in_background
from analyzer.interface.widgets import STEPS, ask_situation, literal, taken, title, uses_encoder
from analyzer.reading import ENDINGS
from analyzer.reporting.comparison import to_fragment, to_html, to_json
from analyzer.schema import Context, Lang

Named = tuple[str, bytes]


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
    with st.container(horizontal=True, key="tools"):
        st.button(say["app.compare.again"], on_click=session.forget_comparison, icon=":material/restart_alt:")
        for name, make, media in (("html", to_html, "text/html"), ("json", to_json, "application/json")):
            st.download_button(
                say[f"app.compare.{name}"],
                partial(make, known),
                f"comparaison.sceau.{name}",
                media,
                on_click="ignore",
                icon=":material/download:",
                key=f"comparison-{name}",
            )
    st.html(to_fragment(known))


def _ask(session: Session, say: dict[str, str]) -> tuple[Named, Named] | None:
    """Ask for both editions; returns them once both are there."""
    left, right = st.columns(2)
    old, new = (
        column.file_uploader(say[f"app.compare.{name}"], type=[*ENDINGS], key=f"{name}-{session.taken}")
        for column, name in ((left, "old"), (right, "new"))
    )
    go = st.button(say["app.compare.go"], type="primary", disabled=not (old and new), icon=":material/compare_arrows:")
    if go and old and new:
        return (old.name, taken(old)), (new.name, taken(new))
    if st.button(say["app.compare.sample"], key="compare-sample", icon=":material/description:"):
        older, newer = editions()
        return (older.name, older.read_bytes()), (newer.name, newer.read_bytes())
    return None


def _compare(session: Session, pair: tuple[Named, Named], context: Context, lang: Lang, say: dict[str, str]) -> bool:
    """Compare two editions with visible progress; returns whether that could be done."""
    (old, old_content), (new, new_content) = pair
    bar, cancel = st.empty(), st.empty()
    cancel.button(say["app.cancel"], on_click=session.forget_comparison, icon=":material/close:", key="cancel")
    try:
        session.comparison = in_background(
            lambda tell: compare_documents(
                old_content,
                new_content,
                names=(old, new),
                context=context,
                lang=lang,
                use_encoder=uses_encoder(),
                progress=lambda step, name: tell(step),
            ),
            lambda step: bar.progress(
                STEPS.get(step, 0.95), text=say[f"progress.{step}"].format(name=literal(f"{old}, {new}"))
            ),
        )
    except SceauError as error:
        session.forget_comparison()
        st.error(sentence(error, say, literal(error.name)), icon=":material/warning:")
        return False
    return True
