"""A scan reads what the store lacks, once, and whatever stops it costs no more than what was being read."""

import signal
import subprocess
import sys
from pathlib import Path

import fsspec
import pytest
from typer.testing import CliRunner

from analyzer.corpus import crew
from analyzer.corpus import scan as scanning
from analyzer.corpus.metadata import Table
from analyzer.corpus.scan import scan
from analyzer.corpus.store import Store
from analyzer.corpus.task import Recipe, engine
from analyzer.errors import CannotWrite, ClusterLost, ClusterMissing, FileMissing, NotStore, ScanRunning
from analyzer.interface.cli import app
from analyzer.interface.options import say
from analyzer.schema import Context
from tests.corpus import readers
from tests.corpus.readers import BAD, DEADLY, DEADLY_ONCE, Alone, content

RULES = Recipe(use_encoder=False)


@pytest.fixture(autouse=True)
def clustered(monkeypatch):
    """Nothing is read or clustered here: files are made up, and stores that would be clustered are noted."""
    noted = []
    monkeypatch.setattr(scanning, "read_files", readers.read)
    monkeypatch.setattr(scanning.clusters, "build", lambda store: noted.append(store.path))
    return noted


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "corpus").mkdir()
    for number in range(6):
        (tmp_path / "corpus" / f"{number}.pdf").write_text(f"Clause numéro {number}.")
    return tmp_path / "corpus"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "contrats.duckdb"


def run(folder, path, crew=None, recipe=RULES, **more):
    """Scan, and say who was read."""
    crew = crew or Alone()
    tally = scan([str(folder)], path, recipe, crew, **more)
    assert crew.stopped == 1
    return tally, crew.handed_in


def counts(tally):
    return tally.read, tally.skipped, tally.failed


def rows(path, query):
    return Store.open(path).rows(query)


# ---- nothing twice ---------------------------------------------------------------------------------------


def test_a_scan_stores_everything_and_the_next_one_reads_nothing(folder, path, clustered):
    tally, read = run(folder, path)
    assert counts(tally) == (6, 0, 0) and (tally.files, tally.pages, tally.bytes_done) == (6, 18, tally.bytes)
    assert read == [f"{number}.pdf" for number in range(6)]
    before = content(path)
    assert len(before["findings"]) == len(before["texts"]) == 6
    tally, read = run(folder, path)
    assert (counts(tally), read) == ((0, 6, 0), [])
    assert content(path) == before
    assert clustered == [path]
    assert rows(path, "SELECT files, read, failed, skipped, ended IS NULL FROM scans ORDER BY scan") == [
        *((6, 6, 0, 0, False), (6, 0, 0, 6, False)),
    ]
    assert rows(path, "SELECT engine, sceau_version FROM engines") == [engine(RULES)[:2]]
    assert not path.with_name("contrats.duckdb.scan").exists()


def test_a_changed_file_is_read_again_and_its_old_content_let_go(folder, path):
    run(folder, path)
    (folder / "2.pdf").write_text("Une autre clause.")
    tally, read = run(folder, path)
    assert (counts(tally), read) == ((1, 5, 0), ["2.pdf"])
    assert rows(path, "SELECT count(*) FROM documents") == [(6,)]
    assert rows(path, "SELECT text FROM texts JOIN passages USING (text_id) JOIN parts USING (document)"
                      " WHERE name = '2.pdf'") == [("Une autre clause.",)]  # fmt: skip
    assert rows(path, "SELECT count(*) FROM texts") == [(6,)]


def test_a_moved_file_and_a_copy_are_not_read(folder, path):
    (folder / "copy.pdf").write_bytes((folder / "1.pdf").read_bytes())
    tally, read = run(folder, path)
    assert counts(tally) == (6, 1, 0) and read.count("1.pdf") == 1 and "copy.pdf" not in read
    (folder / "moved").mkdir()
    (folder / "3.pdf").rename(folder / "moved" / "trois.pdf")
    tally, read = run(folder, path)
    assert (counts(tally), read) == ((0, 7, 0), [])
    assert rows(path, "SELECT regexp_extract(path, '[^/]*$'), tries FROM files ORDER BY 1") == [
        *(("0.pdf", 1), ("1.pdf", 1), ("2.pdf", 1), ("3.pdf", 1), ("4.pdf", 1), ("5.pdf", 1)),
        *(("copy.pdf", 0), ("trois.pdf", 0)),
    ]
    assert rows(path, "SELECT count(*), count(DISTINCT document) FROM parts") == [(8, 6)]


def test_files_that_changed_places_keep_their_results(folder, path):
    run(folder, path)
    a, b = folder / "0.pdf", folder / "1.pdf"
    one, other = a.read_bytes(), b.read_bytes()
    a.write_bytes(other)
    b.write_bytes(one)
    tally, read = run(folder, path)
    assert (counts(tally), read) == ((0, 6, 0), [])
    assert rows(path, "SELECT text FROM texts JOIN passages USING (text_id) JOIN parts USING (document)"
                      " WHERE path LIKE '%/0.pdf'") == [(other.decode(),)]  # fmt: skip


def test_content_that_is_replaced_and_comes_back_elsewhere_is_not_lost(folder, path, monkeypatch):
    """Also when what replaces it is stored before its new place is looked at."""
    monkeypatch.setattr(scanning, "_STORE_FILES", 1)
    run(folder, path)
    before = (folder / "0.pdf").read_bytes()
    (folder / "0.pdf").write_text("Une autre clause.")
    (folder / "9.pdf").write_bytes(before)
    tally, read = run(folder, path, Alone(tasks=1))
    assert (counts(tally), read) == ((1, 6, 0), ["0.pdf"])
    assert rows(path, "SELECT text FROM texts JOIN passages USING (text_id) JOIN parts USING (document)"
                      " WHERE path LIKE '%/9.pdf'") == [(before.decode(),)]  # fmt: skip
    assert rows(path, "SELECT count(*) FROM documents") == [(7,)]


def test_another_recipe_reads_all_again(folder, path):
    run(folder, path)
    tally, _ = run(folder, path, recipe=Recipe(use_encoder=False, full_text=True))
    assert counts(tally) == (6, 0, 0)
    tally, _ = run(folder, path, recipe=Recipe(use_encoder=False, context=Context(contract="health")))
    assert counts(tally) == (6, 0, 0)
    assert rows(path, "SELECT DISTINCT tries FROM files") == [(3,)]


def test_a_file_given_twice_is_read_once(folder, path):
    crew = Alone()
    scan([str(folder), str(folder / "0.pdf")], path, RULES, crew)
    assert crew.handed_in.count("0.pdf") == 1
    assert rows(path, "SELECT count(*) FROM parts") == [(6,)]


def test_several_files_a_task(folder, path):
    crew = Alone(files_a_task=4)
    run(folder, path, crew)
    assert crew.started[0].handed_in == [["0.pdf", "1.pdf", "2.pdf", "3.pdf"], ["4.pdf", "5.pdf"]]


def test_results_are_stored_while_the_scan_goes_on_and_can_be_looked_at(folder, path, monkeypatch):
    monkeypatch.setattr(scanning, "_STORE_FILES", 2)
    monkeypatch.setattr(scanning, "_CHUNK_FILES", 1)
    seen = []
    run(
        folder,
        path,
        Alone(tasks=1),
        progress=lambda stage, tally: stage == "read" and seen.append(rows(path, "SELECT count(*) FROM files")[0][0]),
    )
    assert {2, 4} <= set(seen) and seen == sorted(seen)


def test_what_is_elsewhere_is_scanned(path):
    files = fsspec.filesystem("memory")
    files.pipe("/assureurs/Alpha/2025/a.pdf", b"Une clause.")
    try:
        tally = scan(["memory://assureurs"], path, RULES, Alone(), pattern="{insurer}/{year}/*")
        assert counts(tally) == (1, 0, 0)
        about = "SELECT path, insurer, year FROM parts JOIN documents USING (document)"
        assert rows(path, about) == [("memory:///assureurs/Alpha/2025/a.pdf", "Alpha", 2025)]
    finally:
        files.store.clear()


# ---- what is known of documents --------------------------------------------------------------------------


def test_a_table_and_the_path_tell_of_documents_also_of_those_that_are_there(folder, path, tmp_path):
    (folder / "Mutuelle Alpha").mkdir()
    (folder / "0.pdf").rename(folder / "Mutuelle Alpha" / "0.pdf")
    run(folder, path)
    about = "SELECT insurer, insurer_source FROM documents JOIN parts USING (document) WHERE parts.name = '0.pdf'"
    assert rows(path, about) == [(None, None)]
    tally, read = run(folder, path, pattern="{insurer}/*")
    assert (counts(tally), read) == ((0, 6, 0), [])
    assert rows(path, about) == [("Mutuelle Alpha", "path")]
    csv = tmp_path / "table.csv"
    csv.write_text("file,insurer\nMutuelle Alpha/0.pdf,Alpha\n")
    tally, read = run(folder, path, table=Table.load(csv, [str(folder)]), pattern="{insurer}/*")
    assert (counts(tally), read) == ((0, 6, 0), [])
    assert rows(path, about) == [("Alpha", "table")]
    run(folder, path)  # without both: the table was right then, a pattern is only a way to read the path
    assert rows(path, about) == [("Alpha", "table")]


def test_what_a_pattern_read_goes_with_the_pattern(folder, path):
    run(folder, path, pattern="{product}")
    assert rows(path, "SELECT count(product) FROM documents") == [(6,)]
    run(folder, path)
    assert rows(path, "SELECT count(product) FROM documents") == [(0,)]


def test_the_law_is_that_of_the_country_that_the_path_tells(folder, path):
    (folder / "BE").mkdir()
    (folder / "0.pdf").rename(folder / "BE" / "0.pdf")
    run(folder, path, pattern="{country}/*")
    assert rows(path, "SELECT name, jurisdiction FROM documents ORDER BY jurisdiction, name LIMIT 2") == [
        *(("0.pdf", "BE"), ("1.pdf", "FR")),
    ]


# ---- what cannot be read ---------------------------------------------------------------------------------


def test_a_bad_file_fails_alone_and_is_tried_again_when_asked(folder, path):
    (folder / "2.pdf").write_bytes(BAD)
    (folder / "bad too.pdf").write_bytes(BAD)
    tally, _ = run(folder, path)
    assert counts(tally) == (5, 0, 2)
    assert [(Path(one.path).name, one.code) for one in tally.failures] == [
        *(("2.pdf", "file_damaged"), ("bad too.pdf", "file_damaged")),
    ]
    tally, read = run(folder, path)
    assert (counts(tally), read) == ((0, 5, 2), [])
    tally, read = run(folder, path, retry_failed=True)
    assert (counts(tally), read) == ((0, 5, 2), ["2.pdf"])  # its copy with it
    assert [Path(one.path).name for one in Store.open(path).failures()] == ["2.pdf", "bad too.pdf"]


def test_a_file_that_cannot_be_opened_fails_and_what_was_read_of_it_before_stays(folder, path):
    run(folder, path)
    before = content(path)
    (folder / "1.pdf").unlink()
    (folder / "1.pdf").symlink_to("nowhere")
    (folder / "new.pdf").symlink_to("nowhere")
    tally, read = run(folder, path)
    assert (counts(tally), read) == ((0, 5, 2), [])
    assert {one.code for one in tally.failures} == {"file_missing"}
    assert [name for (name,) in rows(path, "SELECT name FROM parts WHERE code IS NOT NULL")] == ["new.pdf"]
    assert content(path)["documents"] == before["documents"]
    (folder / "new.pdf").unlink()
    (folder / "new.pdf").write_text("Une clause de plus.")
    assert counts(run(folder, path)[0]) == (1, 5, 1)


def test_a_file_that_kills_its_reader_twice_is_recorded_and_the_others_are_read(folder, path):
    (folder / "3.pdf").write_bytes(DEADLY)
    crew = Alone()
    tally, _ = run(folder, path, crew)
    assert counts(tally) == (5, 0, 1)
    assert [(one.name, one.code) for one in tally.failures] == [("3.pdf", "reader_died")]
    assert crew.handed_in.count("3.pdf") == 2
    assert rows(path, "SELECT DISTINCT tries FROM files") == [(1,)]
    tally, read = run(folder, path)
    assert (counts(tally), read) == ((0, 5, 1), [])


@pytest.mark.long
def test_processes_that_die_are_replaced(folder, path, tmp_path):
    (folder / "1.pdf").write_bytes(DEADLY_ONCE + str(tmp_path / "died").encode())
    (folder / "3.pdf").write_bytes(DEADLY)
    tally = scan([str(folder)], path, RULES, crew.Processes(2))
    assert counts(tally) == (5, 0, 1) and (tmp_path / "died").exists()
    assert [(one.name, one.code) for one in tally.failures] == [("3.pdf", "reader_died")]


# ---- what stops a scan -----------------------------------------------------------------------------------


@pytest.mark.parametrize("after", [0, 4])
def test_a_scan_that_is_stopped_keeps_what_was_read_and_goes_on(folder, path, tmp_path, after):
    def stop(stage, tally):
        if stage == "read" and tally.read >= after:
            raise KeyboardInterrupt

    crew = Alone()
    with pytest.raises(KeyboardInterrupt):
        scan([str(folder)], path, RULES, crew, progress=stop)
    assert crew.stopped
    assert rows(path, "SELECT count(*) FROM files") == [(after,)]
    assert rows(path, "SELECT ended IS NULL FROM scans") == [(True,)]
    tally, _ = run(folder, path)
    assert counts(tally) == (6 - after, after, 0)
    other = tmp_path / "undisturbed.duckdb"
    run(folder, other)
    assert content(path) == content(other)


def test_a_scan_that_was_cut_short_at_its_end_is_tidied_by_the_next(folder, path, clustered):
    def stop(stage, tally):
        if stage == "tidy":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        scan([str(folder)], path, RULES, Alone(), progress=stop)
    assert clustered == []
    run(folder, path)
    assert clustered == [path]


def test_a_full_disk_stops_the_scan_and_leaves_the_store_whole(folder, path, monkeypatch):
    run(folder, path)
    before = content(path)
    (folder / "new.pdf").write_text("Une clause de plus.")

    def full(*_):
        raise CannotWrite(path.name)

    with monkeypatch.context() as patched, pytest.raises(CannotWrite):
        patched.setattr(Store, "add", full)
        run(folder, path)
    assert content(path) == before
    assert counts(run(folder, path)[0]) == (1, 6, 0)


def test_nothing_is_made_where_there_is_nothing_to_scan(path, tmp_path):
    with pytest.raises(FileMissing):
        run(tmp_path / "nowhere", path)
    assert not path.exists()


def test_another_file_is_never_overwritten(folder, path):
    path.write_text("autre chose")
    with pytest.raises(NotStore):
        run(folder, path)
    assert path.read_text() == "autre chose"


def test_two_scans_do_not_fill_one_store(folder, path):
    sign = path.with_name("contrats.duckdb.scan")
    other = subprocess.Popen(
        [sys.executable, "-c", f"import duckdb, sys; held = duckdb.connect({str(sign)!r}); print(); sys.stdin.read()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        other.stdout.readline()
        with pytest.raises(ScanRunning):
            scan([str(folder)], path, RULES, Alone())
    finally:
        other.kill()
        other.communicate()
    assert counts(run(folder, path)[0]) == (6, 0, 0)  # a scan that was killed keeps nobody out
    assert not sign.exists()


# ---- the command -----------------------------------------------------------------------------------------


def command(*words):
    return CliRunner().invoke(app, ["scan", *map(str, words)], catch_exceptions=False)


@pytest.fixture
def here(monkeypatch):
    monkeypatch.setattr(crew, "Processes", lambda jobs: Alone())


def test_the_command_sums_up_and_lists_what_failed(folder, path, here):
    (folder / "mauvais\x1b[31m.pdf").write_bytes(BAD)
    result = command(folder, "--store", path, "--no-encoder")
    assert result.exit_code == 3
    shown = " ".join(result.stdout.split())
    assert say["scan.done"].split("{")[0] in shown and "[file_damaged]" in shown and say["scan.retry"] in shown
    assert "\x1b" not in result.stdout
    listed = command("--store", path, "--failed")
    assert listed.exit_code == 0 and "[file_damaged]" in listed.stdout


def test_the_command_without_failures(folder, path, here):
    assert command(folder, "--store", path, "--no-encoder").exit_code == 0
    assert say["scan.failures.none"] in command("--store", path, "--failed").stdout
    assert command("--store", path).exit_code == 2  # nothing to read
    empty = folder / "vide"
    empty.mkdir()
    assert say["scan.done.none"] in command(empty, "--store", path, "--no-encoder").stdout


def test_ctrl_c_ends_the_command_with_a_sentence(folder, path, here, monkeypatch):
    def interrupt(given, recipe):
        results = readers.read(given, recipe)
        if given[0].path.endswith("3.pdf"):
            signal.raise_signal(signal.SIGINT)
        return results

    monkeypatch.setattr(scanning, "read_files", interrupt)
    result = command(folder, "--store", path, "--no-encoder")
    assert result.exit_code == 130
    stored = rows(path, "SELECT count(*) FROM files")[0][0]
    assert 0 < stored < 6
    assert say["scan.interrupted.many" if stored > 1 else "scan.interrupted.one"].format(count=stored) in result.stderr
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    monkeypatch.setattr(scanning, "read_files", readers.read)
    assert command(folder, "--store", path, "--no-encoder").exit_code == 0
    assert rows(path, "SELECT DISTINCT tries FROM files") == [(1,)]


# ---- a cluster -------------------------------------------------------------------------------------------


def test_without_dask_a_sentence_says_what_is_missing(folder, path, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ClusterMissing):
        scan([str(folder)], path, RULES, crew.Cluster("tcp://127.0.0.1:1"))


@pytest.mark.long
def test_a_cluster_gives_the_same_store_also_when_a_worker_is_killed(folder, path, tmp_path):
    import dask
    from distributed import LocalCluster

    for number in range(6, 40):
        (folder / f"{number}.pdf").write_text(f"Clause numéro {number}.")
    (folder / "11.pdf").write_bytes(DEADLY_ONCE + str(tmp_path / "died").encode())
    (folder / "33.pdf").write_bytes(DEADLY)
    once = dask.config.set({"distributed.scheduler.allowed-failures": 0})  # else four workers die of one file
    with (
        once,
        LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
        ) as cluster,
    ):
        tally = scan([str(folder)], path, RULES, crew.Cluster(cluster.scheduler_address))
    assert counts(tally) == (39, 0, 1)
    assert [(one.name, one.code) for one in tally.failures] == [("33.pdf", "reader_died")]
    other = tmp_path / "processes.duckdb"
    scan([str(folder)], other, RULES, crew.Processes(2))
    assert content(path) == content(other)


@pytest.mark.long
def test_a_cluster_that_goes_away_stops_the_scan_and_the_next_goes_on_here(folder, path):
    from distributed import LocalCluster

    for number in range(6, 60):  # more than are on their way at once
        (folder / f"{number}.pdf").write_text(f"Clause numéro {number}.")
    cluster = LocalCluster(
        n_workers=1, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
    )  # fmt: skip

    def close(stage, tally):
        if tally.read >= 4:
            cluster.close()

    with cluster, pytest.raises(ClusterLost):
        scan([str(folder)], path, RULES, crew.Cluster(cluster.scheduler_address), progress=close)
    assert 0 < counts(run(folder, path)[0])[0] < 60
    assert rows(path, "SELECT DISTINCT tries FROM files") == [(1,)]


@pytest.mark.long
def test_nobody_at_the_address(folder, path):
    with pytest.raises(ClusterLost):
        scan([str(folder)], path, RULES, crew.Cluster("tcp://127.0.0.1:1"))
