"""The Streamlit page: what frames every view, and which view is drawn. All logic is the command line's own."""

from __future__ import annotations

import base64
import html
import json
from importlib.resources import files
from typing import Literal, get_args

import streamlit as st

from analyzer.interface.comparison_view import show_comparison
from analyzer.interface.corpus_view import named_store, show_corpus
from analyzer.interface.document_view import show_document
from analyzer.interface.review_view import show_review
from analyzer.interface.session import Session
from analyzer.interface.welcome_view import show_welcome
from analyzer.interface.widgets import erase
from analyzer.knowledge import messages
from analyzer.reporting.html import stylesheet
from analyzer.schema import Lang

View = Literal["read", "compare", "review", "corpus"]

_NAMES = {"fr": "Français", "en": "English"}


def main() -> None:
    """Draw the page."""
    st.set_page_config(page_title="Sceau", page_icon="🔏", layout="centered")
    session: Session = st.session_state.setdefault("session", Session())
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", key="top"):
        brand = st.empty()
        lang = _language()
    say = messages(lang)
    brand.html(f'<p class="sceau-brand">{_seal()}<span>{html.escape(say["page.title"])}</span></p>')
    st.html(stylesheet())
    _frame(lang, say)
    view = _view(say)
    if session.documents or session.editions or session.corpus:
        with st.container(horizontal=True, horizontal_alignment="right", key="tools"):
            st.button(
                say["app.forget" if session.documents or session.editions else "app.corpus.close"],
                on_click=erase,
                args=(session,),
                icon=":material/delete:",
                key="forget",
            )
    if view == "compare":
        show_comparison(session, lang, say)
    elif view == "review":
        show_review(session, lang, say)
    elif view == "corpus":
        show_corpus(session, lang, say)
    elif session.held is None:
        show_welcome(session, say)
    else:
        show_document(session, session.held, lang, say)


def _language() -> Lang:
    chosen: Lang = st.segmented_control(
        "Langue / Language",
        options=get_args(Lang),
        format_func=lambda code: _NAMES[code],
        default="fr",
        required=True,
        label_visibility="collapsed",
        key="lang",
    )
    return chosen


def _view(say: dict[str, str]) -> View:
    chosen: View = st.segmented_control(
        say["app.view"],
        options=get_args(View),
        format_func=lambda name: say[f"app.view.{name}"],
        default="corpus" if named_store() else "read",
        required=True,
        label_visibility="collapsed",
        key="view",
        width="stretch",
    )
    return chosen


def _frame(lang: Lang, say: dict[str, str]) -> None:
    """Give the page its look and its language.

    What the framework says in English only is put in the reader's words: its upload button by the style sheet, the
    names that screen readers say by a script of a few lines, which reads nothing of the document.
    """
    folder = files("analyzer.interface")
    words = {key.removeprefix("app.framework."): text for key, text in say.items() if key.startswith("app.framework.")}
    style = folder.joinpath("page.css").read_text("utf-8")
    for mark, key in (("UPLOAD", "page.upload_button"), ("REFUSED", "app.upload_refused")):
        style = style.replace(mark, json.dumps(say[key], ensure_ascii=False))
    script = folder.joinpath("page.js").read_text("utf-8")
    st.html(f"<style>{style}</style>")
    given = ", ".join(json.dumps(one) for one in (lang, words, say["page.upload_button"], say["app.upload_refused"]))
    st.html(f"<script>({script})({given})</script>", unsafe_allow_javascript=True)


def _seal() -> str:
    """Return the mark of the product, as a picture: the framework lets no drawing stand in HTML."""
    drawn = files("analyzer.interface").joinpath("seal.svg").read_bytes()
    return f'<img alt="" width="32" height="32" src="data:image/svg+xml;base64,{base64.b64encode(drawn).decode()}">'


if __name__ == "__main__":
    main()
