"""The reviewer's view: findings one by one, decided with the keyboard; saved only in a file that the reviewer names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import streamlit as st

from analyzer.corpus.decisions import Decided, Decision, Decisions, to_decide
from analyzer.errors import SceauError
from analyzer.interface import sentence, told_of
from analyzer.interface.session import Held, Session
from analyzer.interface.widgets import literal, picture, read_with_progress, title
from analyzer.knowledge import load
from analyzer.reporting import Card
from analyzer.reporting.html import to_card_fragment
from analyzer.reporting.review import to_table
from analyzer.schema import Finding, Lang, PassageKind, Report


def show_review(session: Session, lang: Lang, say: dict[str, str]) -> None:
    """Draw the findings of the document that was read, one at a time, and what was decided of them."""
    title(say["app.view.review"])
    st.markdown(say["app.review.lead"])
    held = session.held
    if held is None or held.report is None:
        st.info(say["app.review.needs_document"], icon=":material/info:")
        return
    report = read_with_progress(session, held, held.report.context, lang)
    findings = to_decide(report)
    if not findings:
        st.markdown(say["app.review.none"])
        return
    if session.refusal:
        st.error(sentence(session.refusal, say, literal(session.refusal.name)), icon=":material/warning:")
    reviewer = _file(session, say)
    decided = session.decisions.latest(report) if session.decisions else {}
    done = sum(finding.id in decided for finding in findings)
    st.progress(done / len(findings), text=say["app.review.progress"].format(decided=done, total=len(findings)))
    at = min(st.session_state.setdefault(f"review-at-{held.number}", 0), len(findings) - 1)
    _one(session, held, report, findings, at, decided.get(findings[at].id), reviewer, say)
    st.html(to_table(report, findings, {name: one.decision for name, one in decided.items()}, findings[at].id))
    if session.decisions:
        st.download_button(
            say["app.review.export"],
            session.decisions.export,
            "decisions.jsonl",
            "application/x-ndjson",
            on_click="ignore",
            icon=":material/download:",
        )


def _file(session: Session, say: dict[str, str]) -> str:
    """Ask where decisions are saved and who decides; returns who. Nothing is saved before a file was named."""
    with st.expander(say["app.review.file"], expanded=session.decisions is None, icon=":material/save:"):
        path = st.text_input(
            say["app.review.file"], help=say["app.review.file_help"], key="decisions-file", persist_state="session"
        )
        reviewer: str = st.text_input(say["app.review.reviewer"], key="reviewer", persist_state="session") or ""
        if st.button(say["app.review.open"], disabled=not path, key="decisions-open"):
            if session.decisions:
                session.decisions.close()
                session.decisions = None
            name = Path(path).name
            try:
                with told_of(name):
                    session.decisions = Decisions.open(Path(path).expanduser())
            except SceauError as error:
                st.error(sentence(error, say, literal(error.name)), icon=":material/warning:")
            else:
                st.rerun()
    return reviewer


def _one(
    session: Session,
    held: Held,
    report: Report,
    findings: Sequence[Finding],
    at: int,
    known: Decided | None,
    reviewer: str,
    say: dict[str, str],
) -> None:
    """Draw one finding in place, with the buttons that decide it and those that lead on."""
    finding = findings[at]
    st.markdown(f"**{say['app.review.place'].format(place=at + 1, total=len(findings))}**")
    decision_keys(
        say,
        partial(_decide, session, held, report, finding, reviewer, at, len(findings)),
        partial(_go, held),
        at,
        len(findings),
        disabled=session.decisions is None,
    )
    card = Card(finding.passage, (finding,))
    st.html(to_card_fragment(report, card, [card], picture(held, report, card, say)))
    relabelled = known.labels if known and known.decision == "relabel" else (finding.label,)
    ask_labels(finding.id, finding.passage.kind, relabelled, known.note if known else "", report.lang, say)


def decision_keys(
    say: dict[str, str],
    decide: Callable[[Decision], None],
    go: Callable[[int], None],
    at: int,
    total: int,
    *,
    disabled: bool,
) -> None:
    """Draw the buttons that decide, and those that lead to the place before and after ``at``, each with its key."""
    with st.container(horizontal=True, key="review-keys"):
        single = st.session_state.get("review-single", True)
        verdicts: tuple[tuple[Decision, str, str], ...] = (
            ("accept", "A", "check"),
            ("reject", "X", "close"),
            ("relabel", "E", "edit"),
        )
        for name, shortcut, icon in verdicts:
            st.button(
                say[f"app.review.{name}"],
                shortcut=shortcut if single else f"Alt+{shortcut}",
                icon=f":material/{icon}:",
                disabled=disabled,
                key=f"review-{name}",
                on_click=decide,
                args=(name,),
            )
        for direction, shortcut, step in (("previous", "Left", -1), ("next", "Right", 1)):
            st.button(
                say[f"app.review.{direction}"],
                shortcut=shortcut,
                disabled=not 0 <= at + step < total,
                key=f"review-{direction}",
                on_click=go,
                args=(at + step,),
            )
    st.caption(say["app.review.keys"])
    st.toggle(say["app.review.single"], value=True, key="review-single", persist_state="session")


def ask_labels(name: str, kind: PassageKind, labels: Sequence[str], note: str, lang: Lang, say: dict[str, str]) -> None:
    """Ask which labels are right and for a remark; ``said`` gives the answers to what has that ``name``."""
    titles = {label.label: label.title.get(lang) for label in load().labels.values() if label.kind == kind}
    st.multiselect(
        say["app.review.labels"],
        options=list(titles),
        default=list(labels),
        format_func=lambda label: titles[label],
        placeholder="",
        key=f"labels-{name}",
    )
    st.text_area(say["app.review.note"], value=note, height=80, key=f"note-{name}")


def said(name: str) -> tuple[tuple[str, ...], str]:
    """Return the labels and the remark that were given to ``ask_labels``."""
    return tuple(st.session_state.get(f"labels-{name}") or ()), st.session_state.get(f"note-{name}") or ""


def _decide(
    session: Session,
    held: Held,
    report: Report,
    finding: Finding,
    reviewer: str,
    at: int,
    total: int,
    verdict: Decision,
) -> None:
    """Save a decision and go on to the next finding."""
    if session.decisions is None:
        return
    labels, note = said(finding.id)
    try:
        with told_of(report.document.name):
            session.decisions.record(report, finding, verdict, labels, note, reviewer)
    except SceauError as error:
        session.refusal = error
    else:
        session.refusal = None
        _go(held, min(at + 1, total - 1))


def _go(held: Held, place: int) -> None:
    st.session_state[f"review-at-{held.number}"] = place
