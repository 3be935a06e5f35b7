"""The first view: the promise, an upload, and samples to try."""

from __future__ import annotations

import html

import streamlit as st

from analyzer.interface.samples import asks, samples
from analyzer.interface.session import Held, Session
from analyzer.interface.widgets import show_errors, taken, title
from analyzer.reading import ENDINGS

#: The samples that show most, offered first.
_FIRST = ("pret_immobilier_notice", "questionnaire_emprunteur", "mutuelle_reglement")


def show_welcome(session: Session, say: dict[str, str]) -> None:
    """Offer an upload and the samples; what is chosen becomes the session's documents."""
    title(say["app.lead"])
    st.markdown(say["page.what"])
    promises = "".join(_promise(name, say) for name in ("local", "kept", "honest"))
    st.html(f'<ul class="sceau-promises">{promises}</ul>')
    show_errors(session, say)
    uploaded = st.file_uploader(
        say["app.upload_several"],
        type=[*ENDINGS],
        accept_multiple_files=True,
        help=say["page.upload_help"],
        key=f"upload-{session.taken}",
    )
    if uploaded:
        session.receive([(file.name, taken(file)) for file in uploaded])
        st.rerun()
    st.markdown(say["app.try"])
    known = {path.stem: path for path in samples()}
    _buttons(session, [name for name in _FIRST if name in known], say)
    with st.expander(say["app.more_samples"]):
        for forms in (False, True):
            st.markdown(f"**{say['app.samples.forms' if forms else 'app.samples.contracts']}**")
            _buttons(session, [n for n, path in known.items() if asks(path) == forms and n not in _FIRST], say)


def _promise(name: str, say: dict[str, str]) -> str:
    lead, text = (html.escape(say[f"app.promise.{name}{part}"]) for part in ("", "_text"))
    return f"<li><strong>{lead}</strong> {text}</li>"


def _buttons(session: Session, names: list[str], say: dict[str, str]) -> None:
    """Draw a button for each sample, three a row."""
    known = {path.stem: path for path in samples()}
    columns = st.columns(3)
    for number, name in enumerate(names):
        label = say.get(f"sample.{name}", name)
        if columns[number % 3].button(label, key=name, width="stretch", icon=":material/description:"):
            session.take([Held(known[name].name, known[name].read_bytes())])
            st.rerun()
