"""The page's view of a questionnaire: for those who fill it in, and for those who examine it before it is used."""

from __future__ import annotations

from typing import get_args

import streamlit as st

from analyzer.interface.session import Held
from analyzer.interface.widgets import MEDIA
from analyzer.reporting.html import Audience, to_form_fragment, to_questions_fragment
from analyzer.reporting.questionnaire import SIGNS, VERDICTS, Row, counted, labels, rows
from analyzer.reporting.workbook import to_workbook
from analyzer.schema import Questionnaire, Report


def show_questionnaire(held: Held, report: Report, form: Questionnaire, say: dict[str, str]) -> None:
    """Draw the questions of a document that asks some: the reader's role, the form as a whole, the questions."""
    role: Audience = st.segmented_control(
        say["form.view"],
        options=get_args(Audience),
        format_func=lambda name: say[f"form.view.{name}"],
        default="insured",
        required=True,
        key=f"role-{held.number}",
    )
    st.html(to_form_fragment(report, advise=role == "insured"))
    st.subheader(say[f"form.{role}.title"], anchor=False)
    st.markdown(say[f"form.{role}.lead"])
    asked = rows(report)
    if role == "examiner":
        stem = report.document.name.rsplit(".", 1)[0]
        st.download_button(
            say["page.xlsx"],
            to_workbook(report),
            f"{stem}.sceau.xlsx",
            MEDIA["xlsx"],
            width="stretch",
            on_click="ignore",
        )
        asked = _filtered(held, asked, form, say)
    st.html(to_questions_fragment(report, asked, role))


def _filtered(held: Held, asked: list[Row], form: Questionnaire, say: dict[str, str]) -> list[Row]:
    """Ask which questions to show; without an answer, all of them."""
    verdicts = st.pills(
        say["form.filter.verdict"],
        options=[verdict for verdict in VERDICTS if form.counts.get(verdict)],
        format_func=lambda verdict: f"{SIGNS[verdict]} {say[f'verdict.{verdict}']} ({form.counts[verdict]})",
        selection_mode="multi",
        key=f"verdicts-{held.number}",
    )
    names = labels(asked)
    label = st.selectbox(
        say["form.filter.label"],
        options=list(names),
        format_func=lambda name: names[name],
        index=None,
        placeholder=say["form.filter.all"],
        key=f"label-{held.number}",
    )
    shown = [
        row
        for row in asked
        if (not verdicts or row.question.verdict in verdicts) and (label is None or label in row.question.labels)
    ]
    st.caption(counted("form.shown", len(shown), say, total=len(asked)))
    return shown
