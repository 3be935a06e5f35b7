"""The Streamlit page: one document in, its report in plain words out. All logic is the command line's own.

The session holds the document and its report, nothing else does: no cache, no file. Both go when they
are erased or the session ends.
"""

from __future__ import annotations

import html
import sys
from dataclasses import dataclass
from typing import get_args

import streamlit as st

from analyzer.errors import SceauError
from analyzer.interface import checked, sentence
from analyzer.interface.questionnaire_view import show_questionnaire
from analyzer.interface.samples import asks, samples
from analyzer.interface.server import NO_ENCODER
from analyzer.knowledge import messages
from analyzer.reporting.html import to_fragment, to_html
from analyzer.reporting.json import to_json
from analyzer.schema import Context, Contract, Insurer, Jurisdiction, Lang, Report, Stage

_NAMES = {"fr": "Français", "en": "English"}
#: How far the bar is when a step begins.
_STEPS = {"read": 0.1, "segment": 0.4, "detect": 0.6, "explain": 0.8, "reword": 0.9}


@dataclass
class _Session:
    """What one visit holds."""

    document: tuple[str, bytes] | None = None
    report: Report | None = None
    error: SceauError | None = None
    #: How many documents were taken. Each upload has a widget of its own: the former one forgets its file.
    taken: int = 0


def main() -> None:
    """Draw the page."""
    st.set_page_config(page_title="Sceau", page_icon="🔏", layout="centered")
    session: _Session = st.session_state.setdefault("session", _Session())
    lang = _language()
    say = messages(lang)
    st.title(say["page.title"], anchor=False)
    if session.document is None:
        st.markdown(say["page.what"])
    st.info(say["page.promise"], icon="🔒")
    if session.document is None:
        if session.error:
            st.error(sentence(session.error, say, _literal(session.error.name)), icon="⚠️")
        _choose(session, say)
        return
    name, content = session.document
    title = st.empty()
    context = _situation(say)
    if session.report is None or (session.report.lang, session.report.context) != (lang, context):
        session.report = _analyze(session, name, content, context, lang, say)
    report = session.report
    title.html(f'<h2 style="margin: 0; padding: 0">{html.escape(report.document.name)}</h2>')  # as masked as the rest
    _take_away(session, report, say)
    if report.questionnaire:
        show_questionnaire(report, report.questionnaire, say)
    else:
        st.html(to_fragment(report))


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


def _choose(session: _Session, say: dict[str, str]) -> None:
    """Offer an upload and the samples; what is chosen becomes the session's document."""
    # Streamlit words its upload button in English only; the style sheet puts our words in its place.
    button = html.escape(say["page.upload_button"])
    st.html(
        "<style>[data-testid=stFileUploaderDropzone] button * { display: none; }"
        f'[data-testid=stFileUploaderDropzone] button::after {{ content: "{button}"; }}'
        "[data-testid=stFileUploaderDropzoneInstructions] { display: none; }</style>"
    )
    uploaded = st.file_uploader(
        say["page.upload"], type=["pdf"], help=say["page.upload_help"], key=f"upload-{session.taken}"
    )
    if uploaded is not None:
        _take(session, uploaded.name, uploaded.getvalue())
    for forms, lead in ((False, "page.or_sample"), (True, "page.or_sample_form")):
        st.markdown(say[lead])
        columns = st.columns(2)
        for number, path in enumerate(path for path in samples() if asks(path) == forms):
            if columns[number % 2].button(say.get(f"sample.{path.stem}", path.stem), key=path.stem, width="stretch"):
                _take(session, path.name, path.read_bytes())


def _take(session: _Session, name: str, content: bytes) -> None:
    """Keep the document for this session and draw the page anew, without the upload that brought it."""
    session.document, session.report, session.error = (name, content), None, None
    session.taken += 1
    st.rerun()


def _situation(say: dict[str, str]) -> Context:
    """Ask what changes the law and the advice; every answer is optional."""

    def ask(name: str, options: tuple[str, ...]) -> str | None:
        return st.selectbox(
            say[f"page.{name}"],
            options=options,
            format_func=lambda value: say[f"{name}.{value}"],
            index=None,
            placeholder=say["page.unknown"],
            key=name,
        )

    with st.expander(say["page.situation"]):
        country = st.selectbox(
            say["page.country"],
            options=get_args(Jurisdiction),
            format_func=lambda value: say[f"country.{value}"],
            key="country",
        )
        contract = ask("contract", get_args(Contract))
        loan_share = loan_end_age = None
        if contract == "home-loan":
            loan_share = st.number_input(
                say["page.loan_share"], min_value=0.0, step=1000.0, value=None, format="%.0f", key="loan_share"
            )
            loan_end_age = st.number_input(
                say["page.loan_end_age"], min_value=0, max_value=130, step=1, value=None, key="loan_end_age"
            )
        return Context.model_validate(
            {
                "jurisdiction": country,
                "contract": contract,
                "insurer": ask("insurer", get_args(Insurer)),
                "loan_share": loan_share,
                "loan_end_age": loan_end_age,
                "stage": ask("stage", get_args(Stage)),
            }
        )


def _analyze(session: _Session, name: str, content: bytes, context: Context, lang: Lang, say: dict[str, str]) -> Report:
    """Analyse with visible progress. A document that cannot be read is dropped, and its error shown."""
    bar = st.progress(0.0, text=say["progress.read"].format(name=_literal(name)))
    try:
        return checked(
            content,
            name,
            context,
            lang,
            lambda step: bar.progress(_STEPS[step], text=say[f"progress.{step}"].format(name=_literal(name))),
            use_encoder=NO_ENCODER not in sys.argv,
        )
    except SceauError as error:
        session.document, session.error = None, error
        st.rerun()
    finally:
        bar.empty()


def _literal(name: str) -> str:
    """Return a file's name so that Markdown shows it as it is."""
    return "".join(f"\\{char}" if char in r"\`*_{}[]()<>#+-!|~$:" else char for char in name)


def _take_away(session: _Session, report: Report, say: dict[str, str]) -> None:
    """Offer the report as files, and the way back, which erases everything."""
    stem = report.document.name.rsplit(".", 1)[0]
    left, middle, right = st.columns(3)
    left.download_button(
        say["page.html"], to_html(report), f"{stem}.sceau.html", "text/html", width="stretch", on_click="ignore"
    )
    middle.download_button(
        say["page.json"], to_json(report), f"{stem}.sceau.json", "application/json", width="stretch", on_click="ignore"
    )
    right.button(say["page.forget"], on_click=_forget, args=(session,), width="stretch")


def _forget(session: _Session) -> None:
    """Drop the document and everything made of it."""
    session.document = session.report = session.error = None


if __name__ == "__main__":
    main()
