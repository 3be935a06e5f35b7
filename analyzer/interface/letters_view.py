"""Letters: one is chosen, read again, completed, and taken away. What is typed in goes with the document."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from functools import partial

import streamlit as st

from analyzer.interface.session import Held
from analyzer.interface.widgets import MEDIA
from analyzer.knowledge import load
from analyzer.reporting import place
from analyzer.reporting.letter import suggested, to_docx, to_pdf, write
from analyzer.schema import Finding, Report

#: So many passages a letter is about, unless the reader chooses others.
_AT_FIRST = 5
#: So much of a passage (characters) tells it from others.
_EXTRACT = 40


def show_letters(held: Held, report: Report, say: dict[str, str]) -> None:
    """Draw the letters that suit the report: which, about what, its text to complete, and the files."""
    offers = {offer.letter: offer for offer in suggested(report)}
    if not offers:
        st.markdown(say["app.letters.none"])
        return
    st.markdown(say["app.letters.lead"])
    letters = load().letters
    name = st.selectbox(
        say["app.letters.which"],
        options=list(offers),
        format_func=lambda one: letters[one].title.get(report.lang),
        key=f"letter-{held.number}",
        persist_state="session",
    )
    found = {finding.id: finding for finding in report.findings}
    chosen = st.multiselect(
        say["app.letters.findings"],
        options=list(offers[name].findings),
        default=_at_first([found[one] for one in offers[name].findings]),
        format_func=lambda one: _title(found[one], say),
        placeholder=say["app.letters.choose"],
        key=f"letter-findings-{name}-{held.number}",
        persist_state="session",
    )
    if not chosen:
        st.info(say["app.letters.choose"], icon=":material/info:")
        return
    letter = write(report, name, chosen)
    st.markdown(letters[name].purpose.get(report.lang))
    st.info(letters[name].may_follow.get(report.lang), icon=":material/info:")
    text = st.text_area(
        say["app.letters.text"],
        value=letter,
        height=520,
        persist_state="session",
        # Another letter, other passages, another situation: another text, that nobody has completed yet.
        key=f"letter-text-{held.number}-{zlib.crc32(letter.encode())}",
    )
    st.caption(say["app.letters.kept"])
    if report.lang != "fr":
        st.caption(say["letter.in_french"])
    with st.container(key="letter-files"):
        left, right = st.columns(2)
    for column, extension, make in ((left, "docx", to_docx), (right, "pdf", to_pdf)):
        column.download_button(
            say[f"app.letters.{extension}"],
            partial(make, text or ""),
            f"{name}.{extension}",
            MEDIA[extension],
            key=f"letter-{extension}",
            on_click="ignore",
            width="stretch",
            icon=":material/download:",
        )


def _at_first(findings: Sequence[Finding]) -> list[str]:
    """Return the findings that a letter is about unless the reader chooses others: not those that Sceau doubts."""
    decided = [finding.id for finding in findings if finding.decision == "warned"]
    return decided[:_AT_FIRST] or [finding.id for finding in findings[:1]]


def _title(finding: Finding, say: dict[str, str]) -> str:
    page = place(finding.passage)
    key = "app.letters.finding" if page else "app.letters.finding_nowhere"
    words = finding.passage.text[:_EXTRACT] + ("…" if len(finding.passage.text) > _EXTRACT else "")
    return say[key].format(title=finding.title, page=page, words=words)
