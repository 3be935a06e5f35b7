"""A corpus: a store that the person names, and what its figures say. Nothing is uploaded, nothing of it is kept."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Literal, NamedTuple, TypeVar, get_args

import streamlit as st
from PIL import Image

from analyzer.corpus import clusters as same
from analyzer.corpus.clause import clause, content, spots
from analyzer.corpus.search import search
from analyzer.corpus.statistics import Dimension, Filters, Share, prevalence, print_sizes, summary, values
from analyzer.corpus.store import Store
from analyzer.errors import FileChanged, FileMissing, SceauError, UnsupportedFormat
from analyzer.interface import sentence, told_of
from analyzer.interface.corpus_review_view import show_corpus_review
from analyzer.interface.server import STORE
from analyzer.interface.session import Corpus, Held, Session
from analyzer.interface.widgets import MEDIA, literal, title
from analyzer.knowledge import load
from analyzer.reporting.charts import (
    Figure,
    count,
    heat_map,
    plain,
    print_size,
    severity,
    to_csv,
    to_png,
    to_svg,
    trend,
)
from analyzer.reporting.corpus_html import (
    card_of,
    to_clause_fragment,
    to_figure_fragment,
    to_summary_fragment,
    to_table_fragment,
    to_wording_fragment,
)
from analyzer.reporting.picture import to_picture
from analyzer.reporting.publication import Publication, gather, to_html, to_pdf
from analyzer.schema import Lang, Severity

T = TypeVar("T")

Section = Literal["heat", "trend", "print", "severity", "clusters", "search", "review"]
About = Literal["clauses", "questions", "safeguards"]

#: Insurers in a chart, panels of a trend, clauses in a list, at once.
_INSURERS, _PANELS, _CLAUSES = 10, 12, 10
#: Clusters, and passages found, at most.
_MOST = 100
#: How far the sides of a page and of its picture may differ (relative) for boxes to stand right.
_SKEW = 0.03


class _Drawn(NamedTuple):
    """A chart as it is shown."""

    figure: Figure
    svg: str


class _Look(NamedTuple):
    """What is looked at: the store, its filters as chosen, and those of figures, which are about some labels."""

    corpus: Corpus
    chosen: Filters
    figures: Filters
    lang: Lang
    say: dict[str, str]

    @property
    def store(self) -> Store:
        return self.corpus.store


def named_store() -> Path | None:
    """Return the store that the command line named."""
    return Path(sys.argv[sys.argv.index(STORE) + 1]) if STORE in sys.argv else None


def show_corpus(session: Session, lang: Lang, say: dict[str, str]) -> None:
    """Draw the figures of a store."""
    with st.container(key="corpus"):
        title(say["app.view.corpus"])
        st.markdown(say["app.corpus.lead"])
        _file(session, say)
        if session.corpus is None:
            return
        try:
            with told_of(session.corpus.store.path.name):
                _corpus(session.corpus, lang, say)
        except SceauError as error:
            _tell(error, say)


def _tell(error: SceauError, say: dict[str, str]) -> None:
    st.error(sentence(error, say, literal(error.name)), icon=":material/warning:")


def _file(session: Session, say: dict[str, str]) -> None:
    """Ask which store to open; one that the command line named is opened at once."""
    named = named_store()
    if named is not None and not session.offered:
        session.offered = True
        st.session_state["store-file"] = str(named)
        if _open(session, str(named), say):
            st.rerun()
    with st.expander(say["app.corpus.file"], expanded=session.corpus is None, icon=":material/database:"):
        path = st.text_input(
            say["app.corpus.file"], help=say["app.corpus.file_help"], key="store-file", persist_state="session"
        )
        if st.button(say["app.corpus.open"], disabled=not path, key="store-open") and _open(session, path or "", say):
            st.rerun()


def _open(session: Session, path: str, say: dict[str, str]) -> bool:
    session.corpus = None
    name = Path(path).name
    try:
        with told_of(name):
            session.corpus = Corpus(Store.open(Path(path).expanduser()))
    except SceauError as error:
        _tell(error, say)
    _leave()
    return session.corpus is not None


def _leave() -> None:
    """Go back to the list from a clause."""
    for key in ("corpus-cluster", "corpus-text", "corpus-count"):
        st.session_state.pop(key, None)


def _corpus(corpus: Corpus, lang: Lang, say: dict[str, str]) -> None:
    present = corpus.once("values", lambda: values(corpus.store))
    whole = corpus.once("whole", lambda: summary(corpus.store))
    if not whole.documents:
        st.info(say["app.corpus.empty"], icon=":material/info:")
        st.html(to_summary_fragment(whole, lang))
        return
    chosen, labels = _filters(present, lang, say)
    figures = replace(chosen, labels=chosen.labels or tuple(labels))
    look = _Look(corpus, chosen, figures, lang, say)
    # Protections are no warnings: beside them, the summary counts all warnings.
    warned = any(load().labels[name].polarity == "warning" for name in figures.labels)
    about = figures if warned else replace(figures, labels=())
    told = corpus.once(("summary", about), lambda: summary(corpus.store, about))
    st.html(to_summary_fragment(told, lang))
    if not figures.labels:
        st.info(say["app.corpus.none"], icon=":material/info:")
        return
    section: Section = st.segmented_control(
        say["app.corpus.section"],
        options=get_args(Section),
        format_func=lambda name: say[f"app.corpus.section.{name}"],
        default="heat",
        required=True,
        label_visibility="collapsed",
        key="corpus-section",
        on_change=_leave,
        persist_state="session",
        width="stretch",
        wrap=True,
    )
    _SECTIONS[section](look)
    _report(look)


def _filters(present: dict[str, list[str]], lang: Lang, say: dict[str, str]) -> tuple[Filters, list[str]]:
    """Ask what the figures are about; returns the answer, and the labels that there are to choose from."""
    known = load().labels
    groups: dict[About, list[str]] = {"clauses": [], "questions": [], "safeguards": []}
    for name in present["labels"]:
        label = known.get(name)
        if label is not None and label.polarity != "neutral":
            groups[_about(label.polarity, label.kind)].append(name)
    about: About = st.segmented_control(
        say["app.corpus.about"],
        options=get_args(About),
        format_func=lambda name: say[f"app.corpus.about.{name}"],
        default="clauses",
        required=True,
        key="corpus-about",
        on_change=_leave,
        persist_state="session",
    )
    with st.expander(say["app.corpus.filter"], icon=":material/filter_list:", key="corpus-filters"):
        labels = _several("labels", groups[about], say, lambda name: known[name].title.get(lang), about)
        left, right = st.columns(2)
        with left:
            insurers = _several("insurers", present["insurers"], say)
            years = _several("years", present["years"], say)
        with right:
            products = _several("products", present["products"], say)
            countries = _several("countries", present["countries"], say, lambda code: say.get(f"country.{code}", code))
        small = st.selectbox(
            say["app.corpus.filter.small"],
            options=("only", "not"),
            format_func=lambda name: say[f"app.corpus.filter.small.{name}"],
            index=None,
            placeholder=say["app.corpus.filter.all"],
            key="corpus-small",
            persist_state="session",
        )
        reviewed = st.toggle(say["app.corpus.filter.reviewed"], key="corpus-reviewed", persist_state="session")
    return (
        Filters(
            labels=labels,
            insurers=insurers,
            products=products,
            years=tuple(int(year) for year in years),
            countries=countries,
            small_print={"only": True, "not": False}.get(small or ""),
            reviewed_only=bool(reviewed),
        ),
        groups[about],
    )


def _about(polarity: str, kind: str) -> About:
    if polarity == "safeguard":
        return "safeguards"
    return "clauses" if kind == "clause" else "questions"


def _several(
    name: str,
    options: Sequence[str],
    say: dict[str, str],
    shown: Callable[[str], str] = lambda value: plain(str(value)),
    part: str = "",
) -> tuple[str, ...]:
    return tuple(
        st.multiselect(
            say[f"app.corpus.filter.{name}"],
            options=options,
            format_func=shown,
            placeholder=say["app.corpus.filter.all"],
            key=f"corpus-{name}{part}",
            persist_state="session",
        )
    )


# ---- charts -----------------------------------------------------------------------------------------------


def _heat(look: _Look) -> None:
    by: tuple[Dimension, ...] = ("insurer", "label")

    def make(insurers: tuple[str, ...]) -> Figure:
        return heat_map(prevalence(look.store, by, replace(look.figures, insurers=insurers)), look.lang)

    _by_insurer(look, "heat", make)


def _severity(look: _Look) -> None:
    def make(insurers: tuple[str, ...]) -> Figure:
        chosen = replace(look.figures, insurers=insurers)
        return severity(
            {
                level: prevalence(look.store, ("insurer",), replace(chosen, severities=(level,)))
                for level in get_args(Severity)
            },
            look.lang,
        )

    _by_insurer(look, "severity", make)


def _by_insurer(look: _Look, name: str, make: Callable[[tuple[str, ...]], Figure]) -> None:
    """Draw a chart of some insurers at once, those with most documents first."""
    by: tuple[Dimension, ...] = ("insurer", "label")
    shares = look.corpus.once(("insurers", look.figures), lambda: prevalence(look.store, by, look.figures))
    documents: dict[str, int] = {}
    for share in shares:
        if share.group[0] is not None:
            insurer = str(share.group[0])
            documents[insurer] = max(share.documents, documents.get(insurer, 0))
    part = _part("pages", sorted(documents, key=lambda name: (-documents[name], name)), _INSURERS, look)
    if not part:
        st.info(look.say["app.corpus.none"], icon=":material/info:")
        return
    _draw(look, name, lambda: make(part), part)


def _trend(look: _Look) -> None:
    shares = look.corpus.once(("trend", look.figures), lambda: prevalence(look.store, ("label", "year"), look.figures))
    part = _part("panels", _labels(shares), _PANELS, look)
    if not part:
        st.info(look.say["app.corpus.none"], icon=":material/info:")
        return
    _draw(look, "trend", lambda: trend([share for share in shares if share.group[0] in part], look.lang), part)


def _labels(shares: Sequence[Share]) -> list[str]:
    """Return the labels that some document has, the most frequent first."""
    weights: dict[str, int] = {}
    for share in shares:
        weights[str(share.group[0])] = weights.get(str(share.group[0]), 0) + share.concerned
    return sorted((name for name in weights if weights[name]), key=lambda name: (-weights[name], name))


def _print(look: _Look) -> None:
    sizes = look.corpus.once(("sizes", look.figures), lambda: print_sizes(look.store, look.figures))
    if not sizes:
        st.info(look.say["app.corpus.none"], icon=":material/info:")
        return
    _draw(look, "print", lambda: print_size(sizes, look.lang), ())


def _part(name: str, whole: Sequence[str], size: int, look: _Look) -> tuple[str, ...]:
    """Ask which of many to show at once."""
    starts = range(0, len(whole), size)
    if len(starts) < 2:
        return tuple(whole)
    start = st.selectbox(
        look.say[f"app.corpus.{name}"],
        options=starts,
        format_func=lambda start: look.say["app.corpus.range"].format(
            first=start + 1, last=min(start + size, len(whole)), total=count(len(whole), look.say)
        ),
        key=f"corpus-{name}-{len(whole)}",
    )
    return tuple(whole[start : start + size])


def _draw(look: _Look, name: str, make: Callable[[], Figure], part: tuple[str, ...]) -> None:
    """Draw a chart, its table, and the buttons that take it away; files are made when asked for."""

    def drawn() -> _Drawn:
        figure = make()
        return _Drawn(figure, to_svg(figure.chart, themed=True))

    figure, svg = look.corpus.once((name, look.figures, look.lang, part), drawn)
    heading = look.say[f"charts.{name}.title"]
    st.html(to_figure_fragment(figure, heading, svg, look.lang))
    offers: tuple[tuple[str, str, Callable[[], bytes | str]], ...] = (
        ("svg", "image/svg+xml", partial(to_svg, figure.chart)),
        ("png", "image/png", partial(to_png, figure.chart)),
        ("csv", "text/csv", lambda: to_csv(figure.table).encode("utf-8-sig")),
    )
    with st.container(horizontal=True, key="corpus-files"):
        for ending, media, file in offers:
            st.download_button(
                look.say[f"app.corpus.{ending}"],
                file,
                f"sceau.{name}.{ending}",
                media,
                key=f"corpus-{ending}",
                on_click="ignore",
                icon=":material/download:",
            )
    with st.expander(look.say["app.corpus.table"], icon=":material/table:", key="corpus-table"):
        st.html(to_table_fragment(figure.table, heading, look.lang))


def _report(look: _Look) -> None:
    """Offer the report to publish; it is made when it is asked for."""
    makers: tuple[tuple[str, Callable[[Publication], bytes | str]], ...] = (("pdf", to_pdf), ("html", to_html))
    with st.expander(look.say["app.corpus.report"], icon=":material/newspaper:", key="corpus-report"):
        st.markdown(look.say["app.corpus.report.lead"])
        with st.container(horizontal=True):
            for ending, make in makers:
                st.download_button(
                    look.say[f"app.files.{ending}"],
                    partial(_published, make, look),
                    f"sceau.{ending}",
                    MEDIA[ending],
                    key=f"corpus-report-{ending}",
                    on_click="ignore",
                    icon=":material/download:",
                )


def _published(make: Callable[[Publication], bytes | str], look: _Look) -> bytes | str:
    with told_of(look.store.path.name):
        if same.outdated(look.store):
            same.build(look.store)
        return make(gather(look.store, look.chosen, lang=look.lang))


# ---- clauses ----------------------------------------------------------------------------------------------


def _clusters(look: _Look) -> None:
    if _clause(look):
        return
    say, store = look.say, look.store
    if look.corpus.once("outdated", lambda: same.outdated(store)):
        if st.button(say["app.corpus.clusters.build"], icon=":material/join:", key="corpus-build"):
            with st.spinner(say["app.corpus.clusters.building"]):
                same.build(store)
            st.rerun()
        if not look.corpus.once("clusters?", lambda: bool(store.rows("SELECT 1 FROM clusters LIMIT 1"))):
            return
    found = look.corpus.once(("clusters", look.figures), lambda: same.clusters(store, look.figures, _MOST))
    opened = next((one for one in found if one.cluster == st.session_state.get("corpus-cluster")), None)
    if opened is not None:
        st.button(say["app.corpus.back"], on_click=_leave, icon=":material/arrow_back:", key="corpus-back")
        st.html(to_wording_fragment(opened.text, opened.context, _about_cluster(opened, look), look.lang))
        st.markdown(f"**{say['app.corpus.wordings']}**")
        members = look.corpus.once(
            ("members", opened.cluster, look.figures), lambda: same.members(store, opened.cluster, look.figures)
        )
        for number, member in enumerate(members[:_MOST]):
            _wording(look, member.text_id, member.text, "", _where(member, look), number)
        return
    st.markdown(say["app.corpus.clusters.lead"] if found else say["app.corpus.none"])
    for number, cluster in enumerate(_some(found)):
        with st.container(border=True):
            st.html(to_wording_fragment(cluster.text, cluster.context, _about_cluster(cluster, look), look.lang))
            st.button(
                say["app.corpus.clusters.open"],
                key=f"corpus-open-{number}",
                icon=":material/search:",
                on_click=partial(st.session_state.update, {"corpus-cluster": cluster.cluster}),
            )
    _more(look, found)


def _about_cluster(cluster: same.Cluster, look: _Look) -> list[str]:
    known = load().labels
    return [
        " · ".join(known[name].title.get(look.lang) for name in cluster.labels if name in known),
        look.say["app.corpus.clusters.facts"].format(
            documents=count(cluster.documents, look.say),
            insurers=count(len(cluster.insurers), look.say),
            wordings=count(cluster.wordings, look.say),
            year=cluster.first_year or look.say["charts.no_year"],
        ),
    ]


def _where(member: same.Member, look: _Look) -> list[str]:
    lines = [
        look.say["app.corpus.member"].format(
            insurer=member.insurer or look.say["charts.no_insurer"],
            year=member.year or look.say["charts.no_year"],
            name=member.name,
            page=member.page or "–",
        )
    ]
    if member.documents > 1:
        lines.append(look.say["app.corpus.more.documents"].format(count=count(member.documents - 1, look.say)))
    return lines


def _wording(
    look: _Look,
    text_id: str,
    text: str,
    context: str,
    lines: Sequence[str],
    number: int,
    spans: Sequence[tuple[int, int]] = (),
) -> None:
    """Draw a wording, and the button that shows it in place."""
    with st.container(border=True):
        st.html(to_wording_fragment(text, context, lines, look.lang, spans))
        st.button(
            look.say["app.corpus.clusters.open"],
            key=f"corpus-place-{number}",
            icon=":material/find_in_page:",
            on_click=partial(st.session_state.update, {"corpus-text": text_id}),
        )


def _some(rows: Sequence[T]) -> Sequence[T]:
    """Return as many of a list as were asked for."""
    return rows[: st.session_state.setdefault("corpus-count", _CLAUSES)]


def _more(look: _Look, rows: Sequence[object]) -> None:
    shown = st.session_state["corpus-count"]
    if len(rows) > shown:
        st.button(
            look.say["app.more"].format(count=len(rows) - shown),
            key="corpus-more",
            icon=":material/expand_more:",
            on_click=lambda: st.session_state.update({"corpus-count": shown + _CLAUSES}),
        )


def _search(look: _Look) -> None:
    if _clause(look):
        return
    words = st.text_input(
        look.say["app.corpus.search.words"],
        help=look.say["app.corpus.search.help"],
        key="corpus-words",
        persist_state="session",
    )
    if not (words or "").strip():
        return
    hits = look.corpus.once(("search", words, look.chosen), lambda: search(look.store, words, look.chosen, _MOST))
    if not hits:
        st.info(look.say["app.corpus.search.none"], icon=":material/info:")
    known = load().labels
    for number, hit in enumerate(_some(hits)):
        lines = [
            " · ".join(known[name].title.get(look.lang) for name in hit.labels if name in known),
            look.say["app.corpus.search.facts"].format(
                documents=count(hit.documents, look.say),
                insurers=", ".join(hit.insurers) or look.say["charts.no_insurer"],
            ),
        ]
        _wording(look, hit.text_id, hit.text, hit.context, [line for line in lines if line], number, hit.spans)
    _more(look, hits)


def _clause(look: _Look) -> bool:
    """Draw the wording that was chosen on the page of a document; returns whether one was."""
    text_id = st.session_state.get("corpus-text")
    if text_id is None:
        return False
    say = look.say
    st.button(
        say["app.corpus.back"],
        on_click=lambda: st.session_state.pop("corpus-text", None),
        icon=":material/arrow_back:",
        key="corpus-back",
    )
    places = look.corpus.once(("spots", text_id, look.chosen), lambda: spots(look.store, text_id, look.chosen))
    if not places:
        st.info(say["app.corpus.none"], icon=":material/info:")
        return True
    number = 0
    if len(places) > 1:
        number = st.selectbox(
            say["app.corpus.member_which"],
            options=range(len(places)),
            format_func=lambda number: plain(
                say["app.corpus.member"].format(
                    insurer=places[number].insurer or say["charts.no_insurer"],
                    year=places[number].year or say["charts.no_year"],
                    name=places[number].name,
                    page=places[number].page or "–",
                )
            ),
            key=f"corpus-spot-{text_id}",
        )
    _in_place(look, places[number].document, text_id)
    return True


def _in_place(look: _Look, document: str, text_id: str, *, blind: bool = False) -> None:
    """Draw a clause on the page of its document, or say why it cannot be drawn.

    To be ``blind`` to what others said of it makes the next reviewer's word their own.
    """
    key = (document, text_id, look.lang)
    shown = look.corpus.shown
    if shown is None or shown[0] != key:
        found = clause(look.store, document, text_id, look.lang)
        held: Held | SceauError = FileMissing()
        if found is not None:
            try:
                name = found.report.document.name
                with told_of(name):
                    held = Held(name, content(found), report=found.report)
            except SceauError as error:
                held = error
        shown = look.corpus.shown = (key, found, held)
    _, found, held = shown
    if found is None:
        st.info(look.say["app.corpus.none"], icon=":material/info:")
        return
    drawn, why = "", ""
    try:
        if isinstance(held, SceauError):
            raise held
        drawn = to_picture(found.report, card_of(found), partial(_upright, held))
        why = "" if drawn else look.say["app.corpus.clause.no_page"]
    except FileMissing:
        why = look.say["app.corpus.clause.text_only"]
    except FileChanged:
        why = look.say["app.corpus.clause.changed"]
    except UnsupportedFormat:
        why = look.say["app.corpus.clause.no_page"]
    except SceauError:
        why = look.say["app.no_picture"]
    st.html(to_clause_fragment(replace(found, verdicts={}) if blind else found, drawn, why, look.lang))


def _upright(held: Held, page: int) -> bytes:
    """Return the picture of a page, if it lies as it did when it was read: boxes would stand wrong on another."""
    assert held.report is not None
    (wanted,) = (one for one in held.report.document.pages if one.number == page)
    picture = held.draw(page)
    with Image.open(io.BytesIO(picture)) as opened:
        if abs(opened.width / opened.height * wanted.height / wanted.width - 1) > _SKEW:
            raise UnsupportedFormat(held.name)
    return picture


def _review(look: _Look) -> None:
    show_corpus_review(look.corpus, look.chosen, look.lang, look.say, partial(_in_place, look, blind=True))


_SECTIONS: dict[Section, Callable[[_Look], None]] = {
    "heat": _heat,
    "trend": _trend,
    "print": _print,
    "severity": _severity,
    "clusters": _clusters,
    "search": _search,
    "review": _review,
}
