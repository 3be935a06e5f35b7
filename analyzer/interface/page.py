"""The Streamlit page: one document in, its report in plain French out. All logic is the command line's own."""

from __future__ import annotations

import streamlit as st

from analyzer.errors import SceauError
from analyzer.interface.samples import samples
from analyzer.knowledge import messages
from analyzer.pipeline import analyze
from analyzer.reporting import by_importance
from analyzer.reporting.html import card, card_style, to_html
from analyzer.reporting.json import to_json
from analyzer.schema import Finding, Lang, Report

#: Where the session keeps its one report; it goes with the session.
_REPORT = "report"
_SOURCE = "source"
_ERROR = "error"


def main() -> None:
    """Draw the page."""
    st.set_page_config(page_title="Sceau", page_icon="🔏", layout="centered")
    lang = _language()
    say = messages(lang)
    st.title(say["page.title"])
    st.markdown(say["page.what"])
    st.info(say["page.promise"], icon="🔒")
    _choose(say)
    source = st.session_state.get(_SOURCE)
    if source is None:
        return
    name, content = source
    report = st.session_state.get(_REPORT)
    if report is None or report.lang != lang:
        report = _analyze(name, content, lang, say)
    if report is None:
        return
    _show(report, say)


def _language() -> Lang:
    chosen: Lang = st.segmented_control(
        "Langue / Language",
        options=("fr", "en"),
        format_func=lambda code: {"fr": "Français", "en": "English"}[code],
        default="fr",
        required=True,
        label_visibility="collapsed",
        key="lang",
    )
    return chosen


def _choose(say: dict[str, str]) -> None:
    """Offer an upload and the samples; what is chosen becomes the session's document."""
    uploaded = st.file_uploader(say["page.upload"], type=["pdf"], help=say["page.upload_help"], key="upload")
    if uploaded is not None and st.session_state.get("upload_id") != uploaded.file_id:
        st.session_state["upload_id"] = uploaded.file_id
        _take(uploaded.name, uploaded.getvalue())
    st.markdown(say["page.or_sample"])
    columns = st.columns(3)
    for number, path in enumerate(samples()):
        label = say.get(f"sample.{path.stem}", path.stem)
        if columns[number % 3].button(label, key=f"sample-{path.stem}", width="stretch"):
            _take(path.name, path.read_bytes())


def _take(name: str, content: bytes) -> None:
    st.session_state[_SOURCE] = (name, content)
    st.session_state.pop(_REPORT, None)


def _forget() -> None:
    """Drop the document and everything made of it."""
    for key in (_SOURCE, _REPORT):
        st.session_state.pop(key, None)


def _analyze(name: str, content: bytes, lang: Lang, say: dict[str, str]) -> Report | None:
    """Analyse with visible progress; an error becomes its sentence."""
    steps = {"read": 0.1, "segment": 0.4, "detect": 0.6, "explain": 0.9}
    bar = st.progress(0.0, text=say["progress.read"].format(name=name))
    try:
        report = analyze(
            content,
            name=name,
            lang=lang,
            progress=lambda step: bar.progress(steps[step], text=say[f"progress.{step}"].format(name=name)),
        )
    except SceauError as error:
        facts = {"name": name, **error.facts}
        st.error(say[f"error.{error.code}"].format_map(facts), icon="⚠️")
        return None
    finally:
        bar.empty()
    st.session_state[_REPORT] = report
    return report


def _show(report: Report, say: dict[str, str]) -> None:
    st.divider()
    st.header(report.document.name)
    read = sum(page.read_by != "unread" for page in report.document.pages)
    st.caption(say["report.pages_read"].format(read=read, total=len(report.document.pages)))
    st.subheader(report.summary.sentence)
    for part in report.unread:
        st.warning(part.message, icon="⚠️")
    st.html(f"<style>{card_style()}</style>")
    warned = by_importance(report, "warning", "warned")
    _cards(say["report.warnings"], warned, report.lang)
    if doubtful := by_importance(report, "warning", "to_check"):
        _cards(say["report.to_check"], doubtful, report.lang, say["report.to_check_lead"])
    if warned and report.common_advice:
        with st.container(border=True):
            st.subheader(say["report.common"])
            for line in report.common_advice:
                st.markdown(f"- {line}")
    _cards(say["report.safeguards"], by_importance(report, "safeguard", "warned"), report.lang)
    if report.safeguards_absent:
        st.subheader(say["report.absent"])
        for absent in report.safeguards_absent:
            st.markdown(f"- **{absent.title}** : {absent.text}")
    _take_away(report, say)


def _cards(title: str, findings: list[Finding], lang: Lang, lead: str = "") -> None:
    if not findings:
        return
    st.subheader(title)
    if lead:
        st.markdown(lead)
    for finding in findings:
        st.html(card(finding, lang))


def _take_away(report: Report, say: dict[str, str]) -> None:
    st.divider()
    stem = report.document.name.rsplit(".", 1)[0]
    left, middle, right = st.columns(3)
    left.download_button(say["page.html"], to_html(report), f"{stem}.sceau.html", "text/html", width="stretch", on_click="ignore")
    middle.download_button(
        say["page.json"], to_json(report), f"{stem}.sceau.json", "application/json", width="stretch", on_click="ignore"
    )
    right.button(say["page.forget"], on_click=_forget, width="stretch")
    for note in report.notes:
        st.caption(note)


if __name__ == "__main__":
    main()
