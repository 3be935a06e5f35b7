"""The store: filled all or nothing, brought up to date, never written over; others may look while it is filled."""

import subprocess
import sys
from dataclasses import replace

import duckdb
import pytest

from analyzer.corpus import store as storing
from analyzer.corpus.records import Copy, Fact
from analyzer.corpus.store import FORMAT, Store, surest
from analyzer.corpus.task import Given, Recipe
from analyzer.errors import CannotWrite, NotStore, StoreInUse, StoreMissing, StoreNewer
from tests.corpus import readers

RULES = Recipe(use_encoder=False)


@pytest.fixture
def store(tmp_path):
    return Store.create(tmp_path / "contrats.duckdb")


def file(name, text, **known):
    facts = {field: Fact(value, source) for field, (value, source) in known.items()}
    return readers.read([Given(f"/corpus/{name}", text.encode(), facts)], RULES)[0]


def hold(path):
    """Another program that reads the file."""
    script = f"import duckdb, sys; held = duckdb.connect({str(path)!r}, read_only=True); print(); sys.stdin.read()"
    held = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    held.stdout.readline()
    return held


# ---- what is stored --------------------------------------------------------------------------------------


def test_a_wording_stands_once_however_many_documents_have_it(store):
    one, other = file("a.pdf", "Même clause."), file("b.pdf", "Autre clause.")
    (part,) = other.parts
    same = replace(part, passages=(part.passages[0]._replace(text="Même clause."),))
    store.add([one, replace(other, parts=(same,))], "e")
    assert store.rows("SELECT text, folded FROM texts") == [("Même clause.", "meme clause.")]
    assert store.rows("SELECT count(*), count(DISTINCT document) FROM passages") == [(2, 2)]


def test_a_file_stored_again_replaces_what_was_stored_of_it(store):
    store.add([file("a.pdf", "Une clause.")], "e")
    store.add([file("a.pdf", "Une clause.")], "f")
    assert store.rows("SELECT engine, tries FROM files") == [("f", 2)]
    assert [store.rows(f"SELECT count(*) FROM {name}")[0][0] for name in ("parts", "documents", "findings")] == [1] * 3
    store.add([file("a.pdf", "Autre clause.")], "f")
    store.tidy()
    assert store.rows("SELECT tries FROM files") == [(1,)]
    assert store.rows("SELECT text FROM texts JOIN passages USING (text_id) JOIN findings USING (document)") == [
        ("Autre clause.",)
    ]


def test_a_copy_has_the_documents_of_the_other_file(store):
    store.add([file("a.pdf", "Une clause."), file("bad.pdf", "illisible")], "e")
    (there,) = store.stored(["/corpus/a.pdf"], [])
    copies = [
        Copy("/corpus/c.pdf", 9, {"product": Fact("Santé", "path")}, there),
        Copy("/corpus/d.pdf", 9, {}, store.stored(["/corpus/bad.pdf"], [])[0]),
    ]
    store.add([], "other engine", copies)
    assert store.rows("SELECT path, engine, tries FROM files ORDER BY path") == [
        *(("/corpus/a.pdf", "e", 1), ("/corpus/bad.pdf", "e", 1), ("/corpus/c.pdf", "e", 0), ("/corpus/d.pdf", "e", 0)),
    ]
    assert store.rows("SELECT product FROM documents") == [("Santé",)]
    assert [one.path for one in store.failures()] == ["/corpus/bad.pdf", "/corpus/d.pdf"]
    assert {one.path for one in store.stored([], [there.sha256])} == {"/corpus/a.pdf", "/corpus/c.pdf"}


def test_all_or_nothing(store):
    store.add([file("a.pdf", "Une clause.")], "e")
    broken = file("b.pdf", "Autre clause.")
    (part,) = broken.parts
    unfit = replace(part, findings=(part.findings[0]._replace(label=None),))
    with pytest.raises(NotStore):
        store.add([replace(broken, parts=(unfit,))], "e")
    assert store.rows("SELECT path FROM files") == [("/corpus/a.pdf",)]
    assert store.rows("SELECT count(*) FROM texts") == [(1,)]


def told(store, path, **known):
    """What the table and the path now tell of a file that is stored."""
    (there,) = [one for one in store.stored([f"/corpus/{path}"], []) if one.path == f"/corpus/{path}"]
    store.learn([Copy(there.path, 9, {field: Fact(*fact) for field, fact in known.items()}, there)])


def test_what_is_surer_of_a_document_stays(store):
    store.add([file("a.pdf", "Une clause.", insurer=("Alpha", "path"), year=("2025", "path"))], "e")
    told(store, "a.pdf", insurer=("Bêta", "path"), year=("2024", "table"))
    store.tidy()
    about = "SELECT insurer, insurer_source, year, year_source FROM documents"
    assert store.rows(about) == [("Bêta", "path", 2024, "table")]
    told(store, "a.pdf", insurer=("Bêta", "path"), year=("2025", "path"))  # the table is not given this time
    store.add([file("a.pdf", "Une clause.", year=("2025", "path"))], "e")
    store.tidy()
    assert store.rows(about) == [(None, None, 2024, "table")]
    assert surest({}, {"year": Fact("1", "path")}, {"year": Fact("2", "path")}) == {"year": Fact("1", "path")}


def test_a_country_is_the_one_whose_law_was_looked_at(store):
    store.add([file("a.pdf", "Une clause.", country=("BE", "table"), year=("2025", "table"))], "e")
    store.add([file("a.pdf", "Une clause.")], "e")  # the table is not given this time: French law
    store.tidy()
    assert store.rows("SELECT country, year FROM documents") == [(None, 2025)]


def test_what_a_document_says_of_itself_goes_when_it_is_read_otherwise(store):
    def said(**known):
        one = file("a.pdf", "Une clause.")
        return replace(one, parts=(replace(one.parts[0], known=known),))

    store.add([said(insurer=Fact("Mauvais", "document"))], "e")
    store.add([said(product=Fact("Santé", "document"))], "f")
    assert store.rows("SELECT insurer, product FROM documents") == [(None, "Santé")]


def editions(store):
    return store.rows(
        "SELECT path, insurer, year, count(finding) FROM parts JOIN documents USING (document)"
        " JOIN findings USING (document) GROUP BY ALL ORDER BY path"
    )


def filed(store, *paths, engine="e", recipe=None):
    """Store a file of each year as a scan would: one read, the others copies; it says itself who insures."""
    first, *others = paths
    one = file(first, "Une clause.", year=(first[:4], "path"))
    one = replace(one, parts=(replace(one.parts[0], known={"insurer": Fact("Alpha", "document")}),))
    if recipe:
        (part,) = one.parts
        one = replace(one, recipe=recipe, parts=(replace(part, document=part.document._replace(recipe=recipe)),))
    copies = [Copy(f"/corpus/{path}", 9, {"year": Fact(path[:4], "path")}, one.stored(engine)) for path in others]
    store.add([one], engine, copies)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0)])
def test_a_policy_that_did_not_change_stands_in_both_years(store, order):
    """The same bytes filed twice are two editions, whichever is read first, also when all is read anew."""
    paths = [("2025/a.pdf", "2026/a.pdf", "2026/again.pdf")[place] for place in order]
    found = [(f"/corpus/{path}", "Alpha", int(path[:4]), 1) for path in sorted(paths)]
    filed(store, *paths)
    assert editions(store) == found
    for path in paths:
        told(store, path, year=(path[:4], "path"))
    filed(store, *paths, engine="f", recipe="other")
    assert editions(store) == found
    assert store.rows("SELECT count(*), count(DISTINCT left(document, 64)) FROM documents") == [(2, 1)]
    assert store.rows("SELECT DISTINCT recipe FROM documents") == [("other",)]


def test_what_is_told_of_a_copy_that_comes_with_it_is_known_at_once(store):
    one = file("a/x.pdf", "Une clause.", year=("2025", "table"))
    copy = Copy(
        "/corpus/b/x.pdf", 9, {"year": Fact("2025", "table"), "product": Fact("Santé", "table")}, one.stored("e")
    )
    store.add([one], "e", [copy])
    assert store.rows("SELECT year, product FROM documents") == [(2025, "Santé")]


def test_a_document_that_is_filed_anew_keeps_its_decisions_and_its_old_edition_goes(store):
    store.add([file("a.pdf", "Une clause.")], "e")
    with store.writing() as connection:
        connection.execute(
            "INSERT INTO decisions (document, finding, label, text_id, decision, labels, note, reviewer, alike,"
            " decided_at, sceau_version) SELECT document, finding, label, text_id, 'accept', [label], '', 'Ada', false,"
            " '2026-01-01', '1' FROM findings JOIN passages USING (document, passage)"
        )
    told(store, "a.pdf", year=("2025", "table"))
    store.tidy()
    assert editions(store) == [("/corpus/a.pdf", None, 2025, 1)]
    assert store.rows("SELECT verdict, count(*) FROM verdicts JOIN documents USING (document) GROUP BY ALL") == [
        ("confirmed", 1)
    ]
    assert store.rows("SELECT count(*) FROM documents") == [(1,)]


def test_a_rejection_stays_with_each_part_of_a_document_that_the_table_parts(store):
    one = file("a.pdf", "Une clause.")
    store.add([one], "e", [Copy("/corpus/b.pdf", 9, {}, one.stored("e"))])
    with store.writing() as connection:
        connection.execute(
            "INSERT INTO decisions (document, finding, label, text_id, decision, labels, note, reviewer, alike,"
            " decided_at, sceau_version) SELECT document, finding, label, text_id, 'reject', [], '', 'Ada', false,"
            " '2026-01-01', '1' FROM findings JOIN passages USING (document, passage)"
        )
        connection.execute("INSERT INTO sample_findings SELECT 1, 1, document, finding FROM findings")
    told(store, "b.pdf", insurer=("Bêta", "table"))
    told(store, "a.pdf", insurer=("Alpha", "table"))
    store.tidy()
    assert editions(store) == [("/corpus/a.pdf", "Alpha", None, 1), ("/corpus/b.pdf", "Bêta", None, 1)]
    assert store.rows("SELECT verdict FROM verdicts JOIN documents USING (document)") == [("rejected",)] * 2
    assert store.rows("SELECT insurer, alike FROM decisions JOIN documents USING (document) ORDER BY insurer") == [
        *(("Alpha", False), ("Bêta", True)),
    ]
    assert store.rows("SELECT insurer FROM sample_findings JOIN documents USING (document)") == [("Alpha",)]


def test_editions_that_become_one_hold_a_decision_and_a_member_of_a_sample_once(store):
    filed(store, "2025/a.pdf", "2026/a.pdf")
    with store.writing() as connection:
        connection.execute(
            "INSERT INTO decisions (document, finding, label, text_id, decision, labels, note, reviewer, alike,"
            " decided_at, sceau_version) SELECT document, finding, label, text_id, 'accept', [label], '', 'Ada', false,"
            " '2026-01-01', '1' FROM findings JOIN passages USING (document, passage)"
        )
        connection.execute(
            "INSERT INTO sample_findings"
            " SELECT 1, row_number() OVER (ORDER BY document), document, finding FROM findings"
        )
    for path in ("2025/a.pdf", "2026/a.pdf"):
        told(store, path, year=("2024", "table"))
    store.tidy()
    assert store.rows("SELECT year, count(*) FROM documents GROUP BY year") == [(2024, 1)]
    for table in ("decisions", "sample_findings", "verdicts"):
        assert store.rows(f"SELECT count(*) FROM {table} JOIN documents USING (document)") == [(1,)]
        assert store.rows(f"SELECT count(*) FROM {table}") == [(1,)]


def test_what_a_table_told_of_a_file_stays_when_a_copy_of_it_comes(store):
    one = file("a.pdf", "Une clause.", product=("Santé Plus", "table"))
    store.add([one], "e")
    store.add([], "e", [Copy("/corpus/b.pdf", 9, {"product": Fact("dossier", "path")}, one.stored("e"))])
    assert store.rows("SELECT product, product_source FROM documents") == [("Santé Plus", "table")]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_what_a_document_says_itself_is_known_of_each_of_its_editions(store, order):
    """Also where the path of the one that was read said something else."""
    files = [("2024/a.pdf", {"year": Fact("2024", "path")}), ("divers/a.pdf", {})]
    (first, known), (second, of_second) = [files[place] for place in order]
    one = replace(file(first, "Une clause."), known=known)
    one = replace(one, parts=(replace(one.parts[0], known={"year": Fact("2025", "document")}),))
    store.add([one], "e")
    store.add([], "e", [Copy(f"/corpus/{second}", 9, of_second, one.stored("e"))])
    assert [(path, year) for path, _, year, _ in editions(store)] == [
        *(("/corpus/2024/a.pdf", 2024), ("/corpus/divers/a.pdf", 2025)),
    ]


def test_what_a_table_told_of_one_file_is_not_told_of_another_with_the_same_bytes(store):
    one = file("a.pdf", "Une clause.", insurer=("Alpha", "table"), year=("2025", "table"))
    copy = Copy("/corpus/b.pdf", 9, {"insurer": Fact("Alpha", "table"), "year": Fact("2025", "table")}, one.stored("e"))
    store.add([one], "e", [copy])
    told(store, "b.pdf", insurer=("Bêta", "table"))
    store.tidy()
    assert [row[:3] for row in editions(store)] == [("/corpus/a.pdf", "Alpha", 2025), ("/corpus/b.pdf", "Bêta", 2025)]
    told(store, "a.pdf")
    assert [row[:3] for row in editions(store)] == [("/corpus/a.pdf", "Alpha", 2025), ("/corpus/b.pdf", "Bêta", 2025)]


def test_a_path_that_comes_twice_is_stored_once(store):
    bad = file("bad.pdf", "illisible")
    store.add([bad, bad], "e", [Copy("/corpus/bad.pdf", 9, {}, bad.stored("e"))])
    assert len(store.failures()) == 1


def test_whoever_is_killed_while_making_a_store_leaves_none_behind(tmp_path):
    path = tmp_path / "contrats.duckdb"
    (tmp_path / "contrats.duckdb.new").write_bytes(b"half")
    assert Store.create(path).rows("SELECT count(*) FROM documents") == [(0,)]
    assert [one.name for one in tmp_path.iterdir()] == ["contrats.duckdb"]


def test_scans_are_noted(store):
    number, cut = store.begin(["/corpus"], "e", "1.0", "k", None)
    assert not cut
    again, cut = store.begin(["/corpus"], "e", "1.0", "k", None)
    assert cut and again > number
    store.finish(again, files=3, read=1, failed=1, skipped=1)
    assert not store.begin(["/corpus"], "e", "1.0", "k", None)[1]
    assert store.rows("SELECT count(*) FROM engines") == [(1,)]


# ---- the file --------------------------------------------------------------------------------------------


def test_a_store_of_the_first_format_is_brought_up_to_date(tmp_path):
    path = tmp_path / "old.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(storing._STEPS[0])
        connection.execute("UPDATE sceau SET store_format = 1")
        connection.execute("INSERT INTO texts VALUES ('t', 'clause', 'Une clause.', '', 'une clause.')")
    store = Store.open(path)
    assert store.rows("SELECT store_format FROM sceau") == [(FORMAT,)]
    assert store.rows("SELECT text FROM texts") == [("Une clause.",)]
    assert store.rows("SELECT * FROM counted") == []


def test_a_store_of_a_later_version_is_left_alone(store):
    with store.writing() as connection:
        connection.execute("UPDATE sceau SET store_format = ?", [FORMAT + 1])
    with pytest.raises(StoreNewer) as told:
        Store.open(store.path)
    assert told.value.facts == {"version": FORMAT + 1}


@pytest.mark.parametrize("content", [b"", b"Autre chose.", b"\0" * 8 + b"DUCK" + b"\1" * 5000])
def test_another_file_is_never_written_over(tmp_path, content):
    path = tmp_path / "autre.duckdb"
    path.write_bytes(content)
    for way in (Store.open, Store.create):
        with pytest.raises(NotStore):
            way(path)
    assert path.read_bytes() == content


def test_another_database_is_no_store(tmp_path):
    path = tmp_path / "autre.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE t (a INTEGER)")
    with pytest.raises(NotStore):
        Store.create(path)


def test_no_store_and_no_place_for_one(tmp_path):
    with pytest.raises(StoreMissing):
        Store.open(tmp_path / "nothing.duckdb")
    with pytest.raises(CannotWrite):
        Store.create(tmp_path / "nowhere" / "contrats.duckdb")


def test_several_programs_read_and_one_writes_when_they_let_go(store, monkeypatch):
    monkeypatch.setattr(storing, "_PATIENCE", 0.2)
    store.add([file("a.pdf", "Une clause.")], "e")
    reader = hold(store.path)
    try:
        assert store.rows("SELECT count(*) FROM files") == [(1,)]
        with pytest.raises(StoreInUse):
            store.tidy()
    finally:
        reader.kill()
        reader.communicate()
    store.tidy()
    assert store.rows("SELECT count(*) FROM files") == [(1,)]
