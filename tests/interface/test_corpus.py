"""The view of a corpus: a store is named, never uploaded; errors are sentences; closing it leaves nothing."""

import base64
import html
import re
import sys
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from analyzer.interface import server
from analyzer.knowledge import messages
from tests.corpus.build import SHARING, WAIVER, Said, file, small, store

APP = Path(__file__).parents[2] / "app.py"
FR, EN = messages("fr"), messages("en")


@pytest.fixture
def page() -> AppTest:
    page = AppTest.from_file(str(APP), default_timeout=60)
    page.session_state["view"] = "corpus"
    return page.run()


def shown(page: AppTest) -> str:
    assert not page.exception
    return "\n".join(element.proto.body for element in page.get("html"))


def opened(page: AppTest, path: Path) -> AppTest:
    page.text_input(key="store-file").set_value(str(path)).run()
    return page.button(key="store-open").click().run()


def section(page: AppTest, name: str) -> AppTest:
    page.session_state["corpus-section"] = name
    return page.run()


def chart(page: AppTest) -> str:
    (found,) = re.findall(r'<figure class="chart">.*?data:image/svg\+xml;base64,([\w+/=]+)', shown(page), re.S)
    return base64.b64decode(found).decode()


def test_what_is_no_store_is_told_in_a_sentence(page, tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("rien")
    for name in (path, tmp_path / "absent.duckdb"):
        opened(page, name)
        (error,) = page.error
        assert name.name.split(".")[0] in error.value.replace("\\", "")
    assert path.read_text() == "rien"


def test_figures_follow_the_filters(page, tmp_path):
    small(tmp_path / "s.duckdb")
    opened(page, tmp_path / "s.duckdb")
    assert all(name in chart(page) for name in ("Alpha", "Beta", "Delta"))
    assert FR["app.corpus.unread.files"].format(failed=1, files=31) in html.unescape(shown(page))
    page.multiselect(key="corpus-insurers").select("Beta").run()
    assert "Beta" in chart(page)
    assert "Alpha" not in chart(page)
    page.multiselect(key="corpus-insurers").unselect("Beta").run()
    assert ">100\u00a0%<" in chart(page)
    page.toggle(key="corpus-reviewed").set_value(True).run()
    assert ">100\u00a0%<" not in chart(page), "nobody confirmed anything"


def test_protections_have_charts_of_their_own_and_what_is_not_there_none(page, tmp_path):
    small(tmp_path / "s.duckdb")
    opened(page, tmp_path / "s.duckdb")
    page.session_state["corpus-about"] = "safeguards"
    page.run()
    assert "Gamma" in chart(page)
    told = re.sub("<[^>]+>", " ", shown(page))
    assert re.search(rf"{FR['app.corpus.fact.population']}\s+30\b|30\s+{FR['app.corpus.fact.population']}", told), told
    store(tmp_path / "t.duckdb", [file("a.pdf", Said(WAIVER, ("secrecy_waiver",)), insurer="Alpha", year=2026)])
    opened(page, tmp_path / "t.duckdb")
    assert [one.value for one in page.info] == [FR["app.corpus.none"]]
    assert "<figure" not in shown(page)


@pytest.mark.parametrize("name, words", [("trend", "2025"), ("print", "6,5"), ("severity", "Alpha")])
def test_each_part_has_its_chart_with_words_and_a_table(page, tmp_path, name, words):
    small(tmp_path / "s.duckdb")
    opened(page, tmp_path / "s.duckdb")
    section(page, name)
    assert words in chart(page)
    assert '<table class="review figures">' in shown(page)
    assert re.search(r'<img [^>]*alt="[^"]{20,}"', shown(page))
    page.session_state["lang"] = "en"
    page.run()
    assert EN[f"charts.{name}.title"] in chart(page)


def test_from_a_cluster_to_the_clause(page, tmp_path):
    small(tmp_path / "s.duckdb")
    opened(page, tmp_path / "s.duckdb")
    section(page, "clusters")
    page.button(key="corpus-build").click().run()
    page.button(key="corpus-open-0").click().run()
    assert FR["app.corpus.wordings"] in page.markdown[-2].value + page.markdown[-1].value
    page.button(key="corpus-place-0").click().run()
    text = shown(page)
    assert WAIVER[11:].replace("'", "&#39;") in text
    assert FR["app.corpus.clause.text_only"].replace("'", "&#39;") in text
    page.button(key="corpus-back").click().run()
    page.button(key="corpus-back").click().run()
    assert page.button(key="corpus-open-0")


def test_words_are_found_and_marked(page, tmp_path):
    small(tmp_path / "s.duckdb")
    opened(page, tmp_path / "s.duckdb")
    section(page, "search")
    page.text_input(key="corpus-words").set_value("HERITIERS").run()
    assert "<mark>héritiers</mark>" in shown(page)
    page.text_input(key="corpus-words").set_value("licorne").run()
    assert [info.value for info in page.info] == [FR["app.corpus.search.none"]]


def test_names_of_documents_do_nothing(page, tmp_path):
    name = "<img src=x onerror=alert(1)>"
    said = (Said(f"{WAIVER} {name}", ("secrecy_waiver",)), Said(SHARING, ("data_sharing",)))
    store(tmp_path / "s.duckdb", [file(f"{number}/{name}.pdf", *said, insurer=name) for number in range(6)])
    opened(page, tmp_path / "s.duckdb")
    assert name not in shown(page)
    assert name not in chart(page)
    assert "&lt;img src=x" in chart(page)
    section(page, "clusters")
    page.button(key="corpus-build").click().run()
    page.button(key="corpus-open-0").click().run()
    page.button(key="corpus-place-0").click().run()
    assert name not in shown(page)


def test_closing_leaves_nothing(page, tmp_path):
    small(tmp_path / "s.duckdb")
    opened(page, tmp_path / "s.duckdb")
    page.button(key="forget").click().run()
    assert page.session_state["session"].corpus is None
    assert "store-file" not in page.session_state or not page.session_state["store-file"]
    assert "<figure" not in shown(page)


def test_a_store_named_on_the_command_line_is_open_at_once_and_closed_for_good(tmp_path, monkeypatch):
    small(tmp_path / "s.duckdb")
    monkeypatch.setattr(sys, "argv", ["page.py", server.STORE, str(tmp_path / "s.duckdb")])
    page = AppTest.from_file(str(APP), default_timeout=60).run()
    assert "Alpha" in chart(page)
    page.button(key="forget").click().run()
    assert page.session_state["session"].corpus is None


def test_an_empty_store_says_so(page, tmp_path):
    store(tmp_path / "s.duckdb", [])
    opened(page, tmp_path / "s.duckdb")
    assert FR["app.corpus.empty"] in [info.value for info in page.info]
