"""Nothing leaves the computer: with the network cut the result is the same, and no process even tries."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import pictures
from tests.hostile import BOMBS
from tests.pdfs import drawn, text_page
from tests.robustness.seeds import seeds
from tests.samples import FOLDER

ROOT = Path(__file__).parents[1]
SAMPLES = [FOLDER / "pret_immobilier_notice.pdf", FOLDER / "questionnaire_emprunteur.pdf"]
#: Runs a program in a network of its own, which has no interface but a loopback that is down.
CUT = ["unshare", "--map-root-user", "--net", "--"]
#: Python runs this at the start of every process that finds it, the readers' processes too: it writes down whom the
#: process talks to or looks up. (To open or bind a socket reaches nobody: one library asks so whether there is IPv6.)
WATCH = """
import sys
log = open({log!r}, "a", buffering=1)
print("started", *sys.orig_argv[-1:], file=log)
watched = {{"socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo", "socket.gethostbyname",
           "socket.gethostbyaddr", "urllib.Request"}}
sys.addaudithook(lambda event, args: event in watched and print(event, args, file=log))
"""
#: Documents that name things elsewhere: pictures, scripts, forms, programs, entities.
ASKING = {
    "programmes.pdf": BOMBS["programs"],
    "contrat.html": lambda: seeds()["contrat.html"],
    "contrat.eml": lambda: seeds()["contrat.eml"],
    "contrat.docx": lambda: seeds()["contrat.docx"],
    "photo.png": lambda: pictures.image(pictures.page(drawn(text_page("Le secret médical est levé."))), "PNG"),
}


def can_cut() -> bool:
    return bool(shutil.which("unshare")) and subprocess.run([*CUT, "true"], capture_output=True).returncode == 0


def run(command: list[str], *more_path: str) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((*more_path, str(ROOT)))}
    return subprocess.run([sys.executable, *command], capture_output=True, env=environment, cwd=ROOT)


@pytest.mark.skipif(not can_cut(), reason="this system lets nobody cut the network of a program")
def test_with_the_network_cut_the_result_is_the_same():
    def cut(*command: str) -> subprocess.CompletedProcess[bytes]:
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        return subprocess.run([*CUT, sys.executable, *command], capture_output=True, env=environment, cwd=ROOT)

    reached = cut("-c", "import socket; socket.create_connection(('127.0.0.1', 9), 1)")
    assert b"unreachable" in reached.stderr, "not even this computer can be reached"
    check = ["-m", "analyzer.interface", "check", *map(str, SAMPLES), "--format", "json"]
    one, other = cut(*check), run(check)
    assert one.returncode == other.returncode == 0
    assert one.stdout == other.stdout
    assert one.stdout.startswith(b"[")


@pytest.fixture
def watched(tmp_path):
    """Run a program under watch; gives what the processes that started were told last, and what they said to others."""
    log, place = tmp_path / "log", tmp_path / "place"
    place.mkdir()
    (place / "sitecustomize.py").write_text(WATCH.format(log=str(log)), "utf-8")

    def watch(*command: str) -> tuple[set[str], list[str]]:
        done = run(list(command), str(place))
        lines = log.read_text("utf-8").splitlines()
        assert b"Traceback" not in done.stderr
        started = {line.rpartition("/")[2] for line in lines if line.startswith("started")}
        return started, [line for line in lines if not line.startswith("started")]

    return watch


def test_an_analysis_talks_to_nobody(watched, tmp_path):
    documents = tmp_path / "documents"
    documents.mkdir()
    for name, make in ASKING.items():
        (documents / name).write_bytes(make())
    paths = [*SAMPLES, *sorted(documents.iterdir())]
    processes, talked = watched("-m", "analyzer.interface", "check", *map(str, paths), "--format", "json")
    assert talked == []
    assert processes > {"pdf_worker.py", "format_worker.py", "ocr_worker.py"}, "those that read are watched, too"


def test_the_watch_sees_who_talks(watched):
    """What the test above relies on."""
    _, talked = watched("-c", "import socket; socket.socket(type=socket.SOCK_DGRAM).connect(('127.0.0.1', 9))")
    assert len(talked) == 1 and talked[0].startswith("socket.connect")
