"""The files of a corpus are found: all of them, in a stable order, and nothing else."""

import os
import sys
from pathlib import Path

import fsspec
import pytest

from analyzer.corpus import walk as walking
from analyzer.corpus.walk import shown_root, tops, walk
from analyzer.errors import FileMissing, FileTooLarge, RemoteFailed, RemoteMissing
from analyzer.reading import LIMITS, Limits, load


@pytest.fixture
def folder(tmp_path):
    for name in (
        *("b/2025/contrat.pdf", "b/2024/Contrat.PDF", "a.docx", "a.tar", "notes", "pdf", ".hidden.pdf"),
        *(".cache/x.pdf", "b/.x/y.pdf", "c[1].pdf"),
    ):
        path = tmp_path / "corpus" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return tmp_path / "corpus"


def below(folder, *roots):
    return [found.path.removeprefix(f"{folder}/") for found in walk(roots)]


ALL = ["a.docx", "c[1].pdf", "b/2024/Contrat.PDF", "b/2025/contrat.pdf"]


def test_a_folder_is_walked_in_a_stable_order_without_what_is_hidden_or_no_document(folder):
    assert below(folder, str(folder)) == ALL
    assert [found.size for found in walk([str(folder)])] == list(map(len, ALL))
    assert [found.read().decode() for found in walk([str(folder)])] == ALL


def test_patterns_and_single_files(folder):
    assert below(folder, f"{folder}/**/*.pdf") == ["b/2025/contrat.pdf", "c[1].pdf"]
    assert below(folder, f"{folder}/b/*") == ["b/2024/Contrat.PDF", "b/2025/contrat.pdf"]
    assert sorted(below(folder, f"{folder}/**")) == sorted(below(folder, f"{folder}/**/*")) == sorted(ALL)
    assert below(folder, f"{folder}/c[1].pdf", f"{folder}/notes") == ["c[1].pdf", "notes"]  # as they are called
    with pytest.raises(FileMissing) as told:
        list(walk([f"{folder}/nothing"]))
    assert told.value.name.endswith("nothing")
    assert list(walk([f"{folder}/*.rtf"])) == []


def test_links_to_folders_are_not_followed_and_links_to_files_are(folder):
    (folder / "b" / "again").symlink_to(folder)
    (folder / "z.pdf").symlink_to(folder / "b" / "2025" / "contrat.pdf")
    (folder / "zz.pdf").symlink_to(folder / "nowhere")
    found = list(walk([str(folder)]))
    assert [one.path.removeprefix(f"{folder}/") for one in found] == [*ALL[:2], "z.pdf", "zz.pdf", *ALL[2:]]
    with pytest.raises(FileMissing):
        found[3].read()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is closed to root")
def test_a_folder_that_cannot_be_opened_is_told_of(folder):
    (folder / "b" / "2024").chmod(0)
    try:
        found = list(walk([str(folder)]))
        assert found[-1].path.endswith("2024")
        with pytest.raises(FileMissing):
            found[-1].read()
    finally:
        (folder / "b" / "2024").chmod(0o700)


def test_a_folder_that_the_system_refuses_is_told_of(folder, monkeypatch):
    def refuse(top, onerror):
        onerror(PermissionError(13, "no", f"{top}/closed"))
        return iter(())

    monkeypatch.setattr(walking.os, "walk", refuse)
    (found,) = walk([str(folder)])
    assert found.path == f"{folder}/closed"
    with pytest.raises(FileMissing):
        found.read()


def test_what_is_too_large_or_no_file_is_not_read(folder):
    os.mkfifo(folder / "pipe.pdf")
    pipe = next(found for found in walk([str(folder)]) if found.path.endswith("pipe.pdf"))
    with pytest.raises(FileMissing):
        pipe.read()
    with pytest.raises(FileTooLarge):
        load(folder / "a.docx", "a.docx", Limits(file_bytes=3))


@pytest.mark.skipif(sys.platform != "linux", reason="names of files are text elsewhere")
def test_a_name_that_is_no_text_can_be_stored_and_read(folder):
    (folder / os.fsdecode(b"caf\xe9.pdf")).write_bytes(b"x")
    found = next(found for found in walk([str(folder)]) if "caf" in found.path)
    assert found.path.endswith(r"/caf\xe9.pdf")
    assert found.path.encode("utf-8")
    assert found.read() == b"x"


def test_what_is_elsewhere_is_read_through_fsspec(folder):
    files = fsspec.filesystem("memory")
    for name, data in (("d/2025/a.pdf", b"aa"), ("d/.b/c.pdf", b"c"), ("d/e.bin", b"e"), ("d/B.PDF", b"b")):
        files.pipe(f"/corpus/{name}", data)
    try:
        assert [(one.path, one.size, one.read()) for one in walk(["memory://corpus"])] == [
            ("memory:///corpus/d/2025/a.pdf", 2, b"aa"),
            ("memory:///corpus/d/B.PDF", 1, b"b"),
        ]
        assert [one.path for one in walk(["memory://corpus/**/*.pdf"])] == ["memory:///corpus/d/2025/a.pdf"]
        assert [one.path for one in walk([f"file://{folder}/b/2025"])] == [f"file://{folder}/b/2025/contrat.pdf"]
        gone = next(walk(["memory://corpus"]))
        files.rm("/corpus", recursive=True)
        with pytest.raises(FileMissing):
            gone.read()
    finally:
        files.store.clear()
    with pytest.raises(RemoteFailed):
        list(walk(["memory://corpus"]))
    with pytest.raises(RemoteMissing):
        list(walk(["nosuchplace://corpus"]))


def test_what_is_elsewhere_and_too_large_is_not_fetched():
    with pytest.raises(FileTooLarge):
        walking._fetch(None, "x/y.pdf", LIMITS.file_bytes + 1)


def test_without_fsspec_a_sentence_says_what_is_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    with pytest.raises(RemoteMissing) as told:
        list(walk(["s3://bucket/folder"]))
    assert told.value.name == "s3://bucket/folder"


def test_the_folders_that_roots_stand_for(folder):
    assert tops([str(folder), f"{folder}/b/*/x?.pdf", f"{folder}/a.docx", f"{folder}/b/../b"]) == [
        *(str(folder), f"{folder}/b", str(folder), f"{folder}/b"),
    ]
    assert tops(["memory://b/a/b", "memory://b/a/**/*.pdf", "memory://b/a/c.pdf", "memory://b/"]) == [
        *("memory:///b/a/b", "memory:///b/a", "memory:///b/a", "memory:///b"),
    ]


def test_roots_that_lie_in_one_another_give_each_file_once(tmp_path):
    (tmp_path / "2025").mkdir()
    (tmp_path / "2025" / "a.pdf").write_text("a")
    found = list(walk([str(tmp_path), str(tmp_path / "2025"), str(tmp_path / "2025" / "a.pdf")]))
    assert [Path(one.path).name for one in found] == ["a.pdf"]


def test_no_password_is_stored_or_shown():
    assert shown_root("ftp://ada:secret@host/a@b") == "ftp://host/a@b"
    assert shown_root("s3://bucket/a") == "s3://bucket/a"
