"""A store reviewed in the page and on the command line."""

import pytest
from streamlit.testing.v1 import AppTest

from analyzer.corpus import review
from analyzer.corpus.store import Store
from analyzer.learning.evaluation import read_rows
from tests.corpus.build import small


def page(path):
    """The review of a store, alone; what shows a clause in place is another's."""

    def draw(path):
        from pathlib import Path

        import streamlit as st

        from analyzer.corpus.statistics import Filters
        from analyzer.corpus.store import Store
        from analyzer.interface.corpus_review_view import show_corpus_review
        from analyzer.interface.session import Corpus
        from analyzer.knowledge import messages

        corpus = st.session_state.setdefault("held", Corpus(Store.open(Path(path))))
        show_corpus_review(
            corpus, Filters(), "fr", messages("fr"), lambda document, text_id: st.text(f"clause {text_id}")
        )

    return AppTest.from_function(draw, default_timeout=30, args=(str(path),)).run()


def shown(app):
    return next(one.value for one in app.text if one.value.startswith("clause "))


def test_nothing_is_decided_without_a_name_and_each_key_decides(tmp_path):
    path = tmp_path / "s.duckdb"
    store = small(path)
    app = page(path)
    assert not app.exception
    assert [button.key for button in app.button if button.key.startswith("review-")] == []
    app.text_input(key="reviewer").input("Ada").run()
    first = shown(app)
    app.button(key="review-accept").click().run()
    assert not app.exception
    assert shown(app) != first
    app.button(key="review-reject").click().run()
    app.button(key="review-previous").click().run()
    rows = store.rows("SELECT decision, reviewer, alike, text_id FROM decisions ORDER BY number")
    assert [row[:3] for row in rows] == [("accept", "Ada", False), ("reject", "Ada", False)]
    assert first == f"clause {rows[0][3]}"
    assert shown(app) == f"clause {rows[1][3]}"


def test_the_same_words_elsewhere_are_decided_only_where_asked(tmp_path):
    path = tmp_path / "s.duckdb"
    store = small(path)
    app = page(path)
    app.text_input(key="reviewer").input("Ada").run()
    (box,) = app.checkbox
    assert box.value is False
    others = int("".join(char for char in box.label if char.isdigit()))
    box.check().run()
    app.button(key="review-accept").click().run()
    assert store.rows("SELECT alike, count(*) FROM decisions GROUP BY alike ORDER BY alike") == [
        (False, 1),
        (True, others),
    ]


def test_a_sample_is_drawn_and_reviewed(tmp_path):
    path = tmp_path / "s.duckdb"
    store = small(path)
    app = page(path)
    app.text_input(key="reviewer").input("Ada").run()
    app.number_input(key="corpus-review-size").set_value(2).run()
    app.button(key="corpus-review-drawn").click().run()
    app.selectbox(key="corpus-review-source").select(1).run()
    for _ in range(2):
        app.button(key="review-accept").click().run()
    assert not app.exception
    assert [one.value for one in app.success]
    found = review.precision(store, 1)
    assert (found.right, found.decided, found.left) == (2, 2, 0)


# ---- the command line -------------------------------------------------------------------------------------


@pytest.fixture
def corpus(sceau, tmp_path):
    path = tmp_path / "s.duckdb"
    small(path)

    def run(*arguments):
        return sceau("corpus", *arguments, "--store", path)

    return run


def test_a_sample_is_drawn_the_same_again(corpus, tmp_path):
    code, out, _ = corpus("sample", "--size", "7", "--seed", "3")
    assert code == 0
    assert "7" in out
    corpus("sample", "--size", "7", "--seed", "3")
    rows = Store.open(tmp_path / "s.duckdb").rows(
        "SELECT document, finding FROM sample_findings ORDER BY place, sample"
    )
    assert rows[::2] == rows[1::2]


def test_how_far_the_review_is_and_its_export(corpus, tmp_path):
    store = Store.open(tmp_path / "s.duckdb")
    item, *_ = review.queue(store, reviewer="\x1b[31mAda")
    review.decide(store, item, "accept", reviewer="\x1b[31mAda")
    review.decide(store, item, "accept", reviewer="Bob")
    code, out, _ = corpus("review")
    assert code == 0
    assert "\x1b[31m" not in out
    assert "Bob" in out
    assert corpus("review", "--export", tmp_path / "d.jsonl")[0] == 0
    assert len(read_rows(tmp_path / "d.jsonl")) == 1
    assert corpus("review", "--export", tmp_path / "s.duckdb")[0] == 2
    assert store.rows("SELECT count(*) FROM decisions") == [(2,)]


def test_a_report_is_published_and_misuse_refused(corpus, tmp_path):
    for asked, said in (
        ((), "Aucune personne n'a vérifié ces chiffres"),
        (("--year", "1999"), "aucun chiffre n'est publié"),
    ):
        assert corpus("publish", "--output", tmp_path / "r.html", *asked)[0] == 0
        assert said in (tmp_path / "r.html").read_text("utf-8").replace("&#39;", "'")
    assert corpus("publish", "--output", tmp_path / "r.docx")[0] == 2
    assert corpus("publish", "--output", tmp_path / "r.html", "--label", "no_such")[0] == 2
    code, _, err = corpus("publish", "--output", tmp_path / "r.html", "--sample", "9")
    assert code == 3
    assert "unknown_sample" in err
