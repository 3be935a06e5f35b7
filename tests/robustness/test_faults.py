"""What goes wrong around a document, not in it: each is a sentence with a code; nothing is left behind."""

from __future__ import annotations

import errno
import io
import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path

import pytest

from analyzer import errors
from analyzer.errors import SceauError, told_of
from analyzer.interface import sentence
from analyzer.interface.options import write_file
from analyzer.knowledge import messages
from tests.pdfs import drawn, text_page
from tests.samples import FOLDER

ROOT = Path(__file__).parents[2]
WARNED = FOLDER / "habitation_vie_reelle.pdf"
posix = pytest.mark.skipif(os.name != "posix", reason="POSIX only")

#: Each situation of a reader, and how it is told: by an error, or (``unread``) in a report on the rest.
SITUATIONS = {
    "locked": "error.file_locked",
    "damaged": "error.file_damaged",
    "empty": "error.file_empty",
    "missing": "error.file_missing",
    "changed while it is read": "error.file_changed",
    "too large": "error.file_too_large",
    "unsupported": "error.unsupported_format",
    "a scan that cannot be read": "error.no_text_layer",
    "a scan with letters too small": "error.low_resolution",
    "letters without meaning": "error.garbled_text",
    "LibreOffice missing": "error.office_missing",
    "a limit reached": "error.limit_reached",
    "a limit reached on the way": "unread.limit_reached",
    "another language": "unread.language",
    "disk full": "error.disk_full",
    "a fault of ours": "error.internal",
}


def sceau(*arguments: object, **more: object) -> subprocess.CompletedProcess[bytes]:
    """Run the command line as people do."""
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "cwd": ROOT, "timeout": 300, **more}
    done = subprocess.run([sys.executable, "-m", "analyzer.interface", *map(str, arguments)], **options)
    assert b"Traceback" not in (done.stdout or b"") + (done.stderr or b"")
    return done


@pytest.mark.parametrize("situation", SITUATIONS)
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_each_situation_has_a_sentence_that_says_what_to_do(situation, lang):
    key = SITUATIONS[situation]
    assert len(messages(lang)[key].split(". ")) >= 2
    if key.startswith("error."):
        codes = {kind.code for kind in vars(errors).values() if isinstance(kind, type)}
        assert key.removeprefix("error.") in codes


def test_every_error_stands_for_one_situation():
    codes = [kind.code for kind in vars(errors).values() if isinstance(kind, type)]
    assert len(codes) == len(set(codes))


# ---- the name and the place of a file ------------------------------------------------------------------


@posix
@pytest.mark.parametrize(
    "name",
    ["deux\nlignes.pdf", "à l'envers \u202efdp.exe", "\x1b[31mrouge.pdf", "moitié \udce9.pdf", "x" * 250 + ".pdf"],
    ids=["lines", "bidi", "escape", "surrogate", "long"],
)
def test_any_name_is_shown_on_one_line_that_steers_nothing(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(b"%PDF-1.7 rien")
    done = sceau("check", path)
    said = done.stderr.decode()
    assert (done.returncode, done.stdout) == (3, b"")
    assert said.strip().endswith("[file_damaged]")
    assert said.strip().count("\n") == 0
    assert not {"\x1b", "\u202e", "\udce9"} & set(said)


@posix
@pytest.mark.parametrize("path", ["/dev/zero", "/dev/null", "/dev/tty", "/", "/proc/self/mem", "/nulle/part.pdf"])
def test_what_is_no_file_is_refused_at_once(path):
    done = sceau("check", path)
    assert done.returncode == 3
    assert done.stderr.strip().endswith((b"[file_missing]", b"[file_empty]", b"[unsupported_format]"))


@posix
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "tuyau.pdf")
    done = sceau("check", tmp_path / "tuyau.pdf")
    assert (done.returncode, done.stderr.strip().endswith(b"[file_missing]")) == (3, True)


def test_a_file_that_changes_while_it_is_read_is_not_annotated(tmp_path, monkeypatch, capsysbinary):
    """Highlights would stand on other words."""
    from analyzer.interface import cli

    path = tmp_path / "contrat.pdf"
    path.write_bytes(WARNED.read_bytes())
    wanted = cli._analyze

    def analyze(*arguments: object) -> object:
        report = wanted(*arguments)
        path.write_bytes(drawn(text_page("Autre chose.")))
        return report

    monkeypatch.setattr(cli, "_analyze", analyze)
    command = ["sceau", "check", str(path), "--no-encoder", "--format", "annotated-pdf", "--output", str(path) + ".out"]
    monkeypatch.setattr(sys, "argv", command)
    with pytest.raises(SystemExit) as end:
        cli.main()
    assert end.value.code == 3
    assert b"[file_changed]" in capsysbinary.readouterr().err
    assert not Path(str(path) + ".out").exists()


def test_a_file_that_is_gone_is_a_sentence(tmp_path):
    done = sceau("check", tmp_path / "parti.pdf")
    assert (done.returncode, done.stderr.strip().endswith(b"[file_missing]")) == (3, True)


# ---- where the result goes -----------------------------------------------------------------------------


full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="no disk that is always full")


@full
@pytest.mark.parametrize(
    "arguments",
    [
        ("check", WARNED, "--no-encoder"),
        pytest.param(("check", WARNED, "--no-encoder", "--format", "json"), marks=pytest.mark.long),
        pytest.param(("check", WARNED, "--no-encoder", "--format", "pdf"), marks=pytest.mark.long),
        ("check", WARNED, "--no-encoder", "--format", "html", "--output", "/dev/full"),
        ("labels",),
        ("--version",),
    ],
    ids=["text", "json", "pdf", "file", "labels", "version"],
)
def test_a_full_disk_is_a_sentence(arguments):
    with Path("/dev/full").open("wb") as nowhere:
        done = sceau(*arguments, stdout=nowhere)
    assert (done.returncode, done.stderr.strip().endswith(b"[disk_full]")) == (3, True)


@pytest.mark.parametrize("older", [None, b"an older report"], ids=["new", "replaced"])
def test_a_disk_that_fills_up_on_the_way_leaves_no_half_file(tmp_path, monkeypatch, older):
    target = tmp_path / "rapport.html"
    if older:
        target.write_bytes(older)
    whole = Path.write_bytes

    def half(path: Path, content: bytes) -> int:
        whole(path, content[: len(content) // 2])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", half)
    with pytest.raises(errors.CannotWrite) as caught:
        write_file(target, b"a report")
    assert caught.value.name == "rapport.html"
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == ({"rapport.html": older} if older else {})


@posix
def test_a_file_that_is_replaced_keeps_its_rights_and_the_links_to_it(tmp_path):
    target, link = tmp_path / "rapport.html", tmp_path / "lien.html"
    target.write_bytes(b"an older report")
    target.chmod(0o640)
    link.symlink_to(target)
    write_file(link, b"a report")
    assert (link.is_symlink(), target.read_bytes(), target.stat().st_mode & 0o777) == (True, b"a report", 0o640)
    assert len(list(tmp_path.iterdir())) == 2


def test_a_report_in_a_folder_where_nothing_may_be_added_is_written_over(tmp_path, monkeypatch):
    target = tmp_path / "rapport.html"
    target.write_bytes(b"an older report")
    whole = Path.write_bytes

    def guarded(path: Path, content: bytes) -> int:
        if path != target:
            raise PermissionError(errno.EACCES, "Permission denied")
        return whole(path, content)

    monkeypatch.setattr(Path, "write_bytes", guarded)
    write_file(target, b"a report")
    assert target.read_bytes() == b"a report"


@posix
def test_a_link_that_leads_in_a_circle_gives_way_to_the_report(tmp_path):
    link = tmp_path / "rapport.json"
    link.symlink_to(link)
    done = sceau("check", WARNED, "--no-encoder", "--format", "json", "--output", link)
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(link.read_text())["document"]["name"] == WARNED.name


def test_long_names_of_parts_stop_no_other_report(tmp_path):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name in (f"{'é' * 120}.txt", "z.txt"):
            file.writestr(name, "L'assuré délie son médecin du secret médical.\n" * 3)
    archive = tmp_path / f"{'dossier ' * 10}.zip"
    archive.write_bytes(buffer.getvalue())
    done = sceau("check", archive, "--no-encoder", "--format", "json", "--output", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert len(list((tmp_path / "out").iterdir())) == 2


@posix
def test_standard_output_may_be_named_as_a_file():
    done = sceau("check", WARNED, "--no-encoder", "--format", "json", "--output", "/dev/stdout")
    assert (done.returncode, json.loads(done.stdout)["document"]["name"]) == (0, WARNED.name)


@full
def test_where_nobody_can_be_told_the_exit_code_still_tells():
    with Path("/dev/full").open("wb") as nowhere:
        assert sceau("check", "rien.pdf", stderr=nowhere).returncode == 3


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (OSError(28, "No space left on device", "/tmp/x"), "disk_full"),
        (OSError(5, "Input/output error"), "internal"),
        (MemoryError(), "limit_reached"),
        (ValueError("words of a document"), "internal"),
    ],
)
def test_a_fault_on_the_way_is_told_without_its_words(fault, code):
    with pytest.raises(SceauError) as caught, told_of("contrat.pdf"):
        raise fault
    assert caught.value.code == code
    assert "words" not in sentence(caught.value, messages("en"))


@posix
@pytest.mark.parametrize("arguments", [("check", WARNED, "--no-encoder"), ("labels",)], ids=["check", "labels"])
def test_a_reader_who_goes_away_is_no_error(arguments):
    read, write = os.pipe()
    os.close(read)
    try:
        done = sceau(*arguments, stdout=write)
    finally:
        os.close(write)
    assert (done.returncode, done.stderr) == (0, b"")


# ---- Ctrl-C --------------------------------------------------------------------------------------------


def is_gone(ask):
    """Return whether there is no such process any more; whoever clears away the last of one may be a moment late."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            ask()
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


@posix
@pytest.mark.parametrize("after", [0.1, 0.5, 1.5, 4.0])
def test_ctrl_c_ends_at_once_and_leaves_no_process(after):
    """Whether everything is being loaded, or a document read: no traceback, no output, no process."""
    process = subprocess.Popen(
        [sys.executable, "-m", "analyzer.interface", "check", *[str(WARNED)] * 400, "--format", "json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        start_new_session=True,  # Ctrl-C reaches the processes of a terminal together
    )
    timer = threading.Timer(after, os.killpg, (process.pid, signal.SIGINT))
    timer.start()
    out, said = process.communicate(timeout=60)
    assert process.returncode in (130, -signal.SIGINT)
    assert b"Traceback" not in said
    assert out == b""
    assert is_gone(lambda: os.killpg(process.pid, 0))


@posix
def test_ctrl_c_while_libreoffice_works_leaves_neither_it_nor_its_folder(tmp_path):
    folder, programs, pipe = tmp_path / "temporary", tmp_path / "programs", tmp_path / "pipe"
    folder.mkdir()
    programs.mkdir()
    os.mkfifo(pipe)
    office = programs / "soffice"
    office.write_text(f"#!/bin/sh\necho $$ > '{pipe}'\nexec sleep 600\n")
    office.chmod(0o700)
    document = tmp_path / "ancien.rtf"
    document.write_text("{\\rtf1 Secret.}")
    told = os.open(pipe, os.O_RDWR)
    process = subprocess.Popen(
        [sys.executable, "-m", "analyzer.interface", "check", str(document)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(folder), "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"},
        start_new_session=True,
    )
    try:
        assert select.select([told], [], [], 60)[0], "LibreOffice was not started"
        office_process = int(os.read(told, 20))
        assert [path.name.startswith("sceau-office-") for path in folder.iterdir()] == [True]
    finally:
        os.close(told)
        os.killpg(process.pid, signal.SIGINT)
        process.communicate(timeout=60)
    assert list(folder.iterdir()) == []
    assert is_gone(lambda: os.kill(office_process, 0))
