"""A document that was read: what matters first, each passage in place, what protects, letters, files to take away."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator, Sequence
from typing import Literal, get_args

import streamlit as st

from analyzer.interface.letters_view import show_letters
from analyzer.interface.questionnaire_view import show_questionnaire
from analyzer.interface.session import Held, Session
from analyzer.interface.widgets import MEDIA, ask_situation, picture, read_with_progress, show_errors
from analyzer.knowledge import load
from analyzer.reporting import Card, cards, place
from analyzer.reporting.annotated_pdf import to_annotated_pdf
from analyzer.reporting.docx import to_docx
from analyzer.reporting.html import (
    to_absent_fragment,
    to_card_fragment,
    to_end_fragment,
    to_head_fragment,
    to_html,
)
from analyzer.reporting.json import to_json
from analyzer.reporting.pdf import to_pdf
from analyzer.reporting.questionnaire import counted
from analyzer.reporting.strip import SIGNS, to_strip
from analyzer.reporting.workbook import to_workbook
from analyzer.schema import Lang, Report, Severity

Section = Literal["warnings", "questions", "protections", "letters", "files"]

#: Passages shown at once: each brings the picture of its page.
_AT_ONCE = 10


def show_document(session: Session, held: Held, lang: Lang, say: dict[str, str]) -> None:
    """Draw the report of the document that is shown."""
    if len(session.documents) > 1:
        held = _choose(session, say)
    show_errors(session, say)
    title = st.empty()
    context = ask_situation(say)
    report = read_with_progress(session, held, context, lang)
    name = html.escape(report.document.name)  # as masked as the rest of the report
    title.html(f'<h1 class="sceau-document">{name}</h1>')
    st.html(to_head_fragment(report))
    st.html(to_strip(report))
    section = _section(held, report, say)
    if section == "warnings":
        _warnings(held, report, say)
    elif section == "questions" and report.questionnaire:
        show_questionnaire(held, report, report.questionnaire, say)
    elif section == "protections":
        _protections(held, report, say)
    elif section == "letters":
        show_letters(held, report, say)
    else:
        _files(held, report, say)


def _choose(session: Session, say: dict[str, str]) -> Held:
    """Ask which of several documents to show."""
    session.current = st.selectbox(
        say["app.document"],
        options=range(len(session.documents)),
        format_func=lambda number: session.documents[number].shown_name,
        index=session.current,
        key=f"document-{session.taken}",
        label_visibility="collapsed",
    )
    return session.documents[session.current]


def _section(held: Held, report: Report, say: dict[str, str]) -> Section:
    """Ask which part of the report to show: what the document is for comes first."""
    counts = {
        "warnings": len(cards(report, "warning")),
        "questions": len(report.questionnaire.questions) if report.questionnaire else 0,
    }
    names = [name for name in get_args(Section) if name != "questions" or report.questionnaire]
    if report.questionnaire and report.document.kind != "contract":
        names.insert(0, names.pop(names.index("questions")))
    chosen: Section = st.segmented_control(
        say["app.section"],
        options=names,
        format_func=lambda name: say[f"app.section.{name}"].format(count=counts.get(name, 0)),
        default=names[0],
        required=True,
        label_visibility="collapsed",
        key=f"section-{held.number}",
        width="stretch",
        wrap=True,
    )
    return chosen


def _warnings(held: Held, report: Report, say: dict[str, str]) -> None:
    """Draw the passages with warnings, the most serious first; those to check apart."""
    decided = cards(report, "warning", "warned")
    doubtful = cards(report, "warning", "to_check")
    if not decided and not doubtful:
        st.markdown(say["app.no_warnings"])
    else:
        chosen = _filter(held, [*decided, *doubtful], report.lang, say)
        shown = [card for card in decided if card in chosen]
        if shown:
            _heading(say["report.warnings"])
        _cards(held, report, shown, "warned", say)
        unsure = [card for card in doubtful if card in chosen]
        if unsure:
            _heading(say["report.to_check"])
            st.markdown(say["report.to_check_lead"])
            _cards(held, report, unsure, "to_check", say)
    st.html(to_end_fragment(report))


def _protections(held: Held, report: Report, say: dict[str, str]) -> None:
    found = cards(report, "safeguard")
    if not found:
        st.markdown(say["app.no_protections"])
    else:
        _heading(say["report.safeguards"])
    _cards(held, report, found, "safeguards", say)
    if report.safeguards_absent:
        st.html(to_absent_fragment(report))


def _filter(held: Held, all_cards: Sequence[Card], lang: Lang, say: dict[str, str]) -> list[Card]:
    """Ask which warnings to show: by importance, subject and page. Without an answer, all of them."""
    if len(all_cards) < 2:
        return list(all_cards)
    themes = {theme.id: theme for theme in load().themes}
    subject = {label: theme.id for theme in load().themes for label in theme.labels}
    with st.expander(say["app.filter"], icon=":material/filter_list:", key="filters"):
        levels: list[Severity] = st.pills(
            say["app.filter.severity"],
            options=[level for level in get_args(Severity) if any(level in _levels(card) for card in all_cards)],
            format_func=lambda level: f"{SIGNS[level]} {say[f'severity.{level}']}",
            selection_mode="multi",
            key=f"levels-{held.number}",
        )
        chosen = st.pills(
            say["app.filter.theme"],
            options=[name for name in themes if any(name in _subjects(card, subject) for card in all_cards)],
            format_func=lambda name: themes[name].title.get(lang),
            selection_mode="multi",
            key=f"themes-{held.number}",
        )
        page = st.selectbox(
            say["app.filter.page"],
            options=sorted({number for card in all_cards if (number := place(card.passage))}),
            index=None,
            placeholder=say["app.filter.all"],
            key=f"page-{held.number}",
        )
        shown = [
            card
            for card in all_cards
            if (not levels or _levels(card).intersection(levels))
            and (not chosen or _subjects(card, subject).intersection(chosen))
            and page in (None, place(card.passage))
        ]
        st.caption(counted("app.filter.shown", len(shown), say, total=len(all_cards)))
    return shown


def _heading(text: str) -> None:
    st.html(f'<div class="sceau"><h2>{html.escape(text)}</h2></div>')


def _levels(card: Card) -> set[str | None]:
    return {finding.severity for finding in card.findings}


def _subjects(card: Card, subject: dict[str, str]) -> set[str]:
    return {subject[finding.label] for finding in card.findings if finding.label in subject}


def _cards(held: Held, report: Report, shown: Sequence[Card], name: str, say: dict[str, str]) -> None:
    """Draw some cards with the pictures of their passages, and a button for those that follow."""
    key = f"count-{name}-{held.number}"
    count = st.session_state.setdefault(key, _AT_ONCE)
    for card in shown[:count]:
        st.html(to_card_fragment(report, card, shown, picture(held, report, card, say)))
    left = len(shown) - count
    if left > 0:
        st.button(
            say["app.more"].format(count=left),
            key=f"more-{name}-{held.number}",
            icon=":material/expand_more:",
            on_click=lambda: st.session_state.update({key: count + _AT_ONCE}),
        )


def _files(held: Held, report: Report, say: dict[str, str]) -> None:
    """Offer the report as files; each is made when it is asked for."""
    st.markdown(say["app.files.lead"])
    stem = report.document.name.rsplit(".", 1)[0]
    for name, extension, make in _offers(held, report):
        left, right = st.columns([2, 3], vertical_alignment="center")
        left.download_button(
            say[f"app.files.{name}"],
            make,
            f"{stem}.sceau.{'annotated.' if name == 'annotated' else ''}{extension}",
            MEDIA[extension],
            key=f"file-{name}",
            on_click="ignore",
            icon=":material/download:",
            width="stretch",
        )
        right.markdown(say[f"app.files.{name}_about"])


def _offers(held: Held, report: Report) -> Iterator[tuple[str, str, Callable[[], bytes | str]]]:
    """Yield the files that can be made: a name, the ending, and what makes it."""
    if report.document.media_type == "application/pdf":
        yield "annotated", "pdf", lambda: to_annotated_pdf(report, held.content)
    yield "pdf", "pdf", lambda: to_pdf(report)
    yield "html", "html", lambda: to_html(report)
    yield "docx", "docx", lambda: to_docx(report)
    yield "xlsx", "xlsx", lambda: to_workbook(report)
    yield "json", "json", lambda: to_json(report)
