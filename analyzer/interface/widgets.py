"""Pieces that several views are made of."""

from __future__ import annotations

import html
import sys
from collections.abc import Callable
from typing import TypeVar, get_args

import streamlit as st
from streamlit import runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

from analyzer import pipeline
from analyzer.errors import SceauError, UnsupportedFormat
from analyzer.interface import sentence, told_of
from analyzer.interface.server import NO_ENCODER
from analyzer.interface.session import Held, Session, examined, in_background
from analyzer.knowledge import messages
from analyzer.reporting import Card
from analyzer.reporting.picture import to_picture
from analyzer.schema import Context, Contract, Insurer, Jurisdiction, Lang, Report, Stage

T = TypeVar("T")

#: Passages in place kept for a document: so many that looking around cuts none anew.
_FIGURES = 60
#: What each kind of file that is taken away is called.
MEDIA = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "html": "text/html",
    "json": "application/json",
}
#: How far the bar is when a step begins.
_STEPS = {"read": 0.1, "segment": 0.4, "detect": 0.6, "explain": 0.8, "reword": 0.9}


def literal(name: str) -> str:
    """Return a file's name so that Markdown shows it as it is."""
    return "".join(f"\\{char}" if char in r"\`*_{}[]()<>#+-!|~$:.@/" else char for char in name)


def erase(session: Session) -> None:
    """Let go of every document, and of all that was chosen or typed in; only the language and the view stay."""
    session.forget()
    for key in [key for key in st.session_state if key not in ("session", "lang", "view")]:
        del st.session_state[key]
    context = get_script_run_ctx()
    if context is not None and runtime.exists():  # what was downloaded, and pictures, which the framework still holds
        context.uploaded_file_mgr.remove_session_files(context.session_id)
        media = runtime.get_instance().media_file_mgr
        media.clear_session_refs(context.session_id)
        media.remove_orphaned_files()


def taken(file: UploadedFile) -> bytes:
    """Return the bytes of an upload, which the framework then holds no longer."""
    content = file.getvalue()
    context = get_script_run_ctx()
    if context is not None and isinstance(context.uploaded_file_mgr, MemoryUploadedFileManager):
        context.uploaded_file_mgr.remove_file(context.session_id, file.file_id)
    return content


def title(text: str) -> None:
    """Draw the heading of a view."""
    st.html(f'<h1 class="sceau-title">{html.escape(text)}</h1>')


def show_errors(session: Session, say: dict[str, str]) -> None:
    """Say which documents could not be read, and why."""
    for error in session.errors:
        st.error(sentence(error, say, literal(error.name)), icon=":material/warning:")


def uses_encoder() -> bool:
    """Return whether the page was started with the encoder."""
    return NO_ENCODER not in sys.argv


def read_with_progress(session: Session, held: Held, context: Context, lang: Lang) -> Report:
    """Return the report of a document, made anew if the situation or the language changed, with visible progress.

    A document that cannot be read is dropped, its error shown on the first view. A click on the button that cancels
    lets go of it too.
    """
    if held.report is not None and (held.report.lang, held.report.context) == (lang, context):
        return held.report
    say = messages(lang)

    def work(tell: Callable[[str], object]) -> Report:
        seen = examined(held, use_encoder=uses_encoder(), progress=tell)
        with told_of(held.name):
            return pipeline.tell(seen, context, lang, progress=tell)

    try:
        # What was read once is told anew in a moment: there is nothing to cancel.
        cancel = session.cancel if held.examined is None else None
        held.report = with_progress(work, held.name, say, cancel, held)
    except SceauError as error:
        session.drop(held, error)
        st.rerun()
    return held.report


def with_progress(
    work: Callable[[Callable[[str], object]], T],
    name: str,
    say: dict[str, str],
    cancel: Callable[..., None] | None,
    *given: object,
) -> T:
    """Return what ``work`` makes, with a bar for its steps and, if there is one, a button that calls ``cancel``.

    Raises what ``work`` raises.
    """
    bar, button = st.empty(), st.empty()
    if cancel is not None:
        button.button(say["app.cancel"], on_click=cancel, args=given, icon=":material/close:", key="cancel")
    try:
        return in_background(
            work, lambda step: bar.progress(_STEPS[step], text=say[f"progress.{step}"].format(name=literal(name)))
        )
    finally:
        bar.empty()
        button.empty()


def picture(held: Held, report: Report, card: Card, say: dict[str, str]) -> str:
    """Return the passage of a card in place, as HTML: a sentence where it cannot be drawn, nothing without pages."""
    key = (report.lang, *(finding.id for finding in card.findings))
    try:
        if key not in held.figures:
            while len(held.figures) >= _FIGURES:
                del held.figures[next(iter(held.figures))]
            held.figures[key] = to_picture(report, card, held.draw)
        return held.figures[key]
    except UnsupportedFormat:  # a format without pages
        return ""
    except SceauError:
        return f'<p class="where">{html.escape(say["app.no_picture"])}</p>'


def ask_situation(say: dict[str, str]) -> Context:
    """Ask what changes the law and the advice; every answer is optional."""
    with st.expander(say["app.situation"], icon=":material/tune:", key="situation"):
        st.caption(say["app.situation_lead"])
        stage = _ask("stage", get_args(Stage), say)
        left, right = st.columns(2)
        with left:
            contract = _ask("contract", get_args(Contract), say)
            country = st.selectbox(
                say["page.country"],
                options=get_args(Jurisdiction),
                format_func=lambda value: say[f"country.{value}"],
                key="country",
                persist_state="session",
            )
        with right:
            insurer = _ask("insurer", get_args(Insurer), say)
            loan_share = loan_end_age = None
            if contract == "home-loan":
                loan_share = st.number_input(
                    say["page.loan_share"],
                    min_value=0.0,
                    step=1000.0,
                    value=None,
                    format="%.0f",
                    key="loan_share",
                    persist_state="session",
                )
                loan_end_age = st.number_input(
                    say["page.loan_end_age"],
                    min_value=0,
                    max_value=130,
                    step=1,
                    value=None,
                    key="loan_end_age",
                    persist_state="session",
                )
    return Context.model_validate(
        {
            "jurisdiction": country,
            "contract": contract,
            "insurer": insurer,
            "loan_share": loan_share,
            "loan_end_age": loan_end_age,
            "stage": stage,
        }
    )


def _ask(name: str, options: tuple[str, ...], say: dict[str, str]) -> str | None:
    return st.selectbox(
        say[f"page.{name}"],
        options=options,
        format_func=lambda value: say[f"{name}.{value}"],
        index=None,
        placeholder=say["page.unknown"],
        key=name,
        persist_state="session",
    )
