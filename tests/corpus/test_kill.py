"""A scan that is killed, or stopped by Ctrl-C, loses what was being read and nothing else."""

import os
import random
import signal
import subprocess
import sys
import time

import pytest

from analyzer.corpus.store import Store
from tests.corpus.readers import content

pytestmark = pytest.mark.long

FILES, COPIES, KILLS = 100, 10, 20


@pytest.fixture
def corpus(tmp_path):
    folder = tmp_path / "corpus"
    for year in (2025, 2026):
        (folder / str(year)).mkdir(parents=True)
    for number in range(FILES):
        (folder / "2025" / f"contrat {number:03}.txt").write_text(
            f"Contrat d'assurance santé numéro {number}.\n\n"
            f"L'assuré délie son médecin du secret médical pour le dossier {number}.\n\n"
            "Les informations sur la santé de l'assuré sont adressées au médecin-conseil sous pli confidentiel.\n"
        )
        if number % (FILES // COPIES) == 0:  # filed again the next year as it was
            copied = (folder / "2025" / f"contrat {number:03}.txt").read_bytes()
            (folder / "2026" / f"contrat {number:03}.txt").write_bytes(copied)
    (folder / "vide.txt").write_text("")
    return folder


def scan(corpus, store):
    return subprocess.Popen(
        [*(sys.executable, "-m", "analyzer.interface", "scan", corpus, "--store", store), "--jobs", "2"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        text=True,
    )


def stored(path):
    return Store.open(path).rows("SELECT count(*) FROM files")[0][0] if path.exists() else 0


def test_a_scan_killed_at_random_moments_ends_as_one_that_nobody_disturbed(corpus, tmp_path):
    undisturbed, path = tmp_path / "undisturbed.duckdb", tmp_path / "killed.duckdb"
    begun = time.monotonic()
    process = scan(corpus, undisturbed)
    process.communicate()
    lasted = time.monotonic() - begun
    assert process.returncode == 3  # an empty file
    chance = random.Random(7)
    survived = []
    for _ in range(KILLS):
        process = scan(corpus, path)
        try:
            process.wait(chance.uniform(0, lasted))
        except subprocess.TimeoutExpired:
            os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        survived.append(stored(path))
    assert survived == sorted(survived) and survived[0] < FILES
    process = scan(corpus, path)
    _, err = process.communicate()
    assert process.returncode == 3, err
    assert content(path) == content(undisturbed)
    assert Store.open(path).rows("SELECT tries, count(*) FROM files GROUP BY tries ORDER BY tries") == [
        *((0, COPIES), (1, FILES + 1)),
    ]
    process = scan(corpus, path)
    process.communicate()
    assert content(path) == content(undisturbed)


@pytest.mark.parametrize("whom", ["all", "the scan alone"])
def test_ctrl_c_stops_at_once_and_no_result_is_false(corpus, tmp_path, whom):
    path = tmp_path / "stopped.duckdb"
    process = scan(corpus, path)
    while not stored(path):
        assert process.poll() is None
        time.sleep(0.1)
    # A terminal tells every process in front of it; here too, readers of documents would hear it and fail.
    (os.killpg if whom == "all" else os.kill)(process.pid, signal.SIGINT)
    begun = time.monotonic()
    _, err = process.communicate()
    assert process.returncode == 130, err
    assert time.monotonic() - begun < 20
    assert "Traceback" not in err and "--" not in err.splitlines()[-1]
    count = stored(path)
    assert 0 < count < FILES + COPIES + 1
    assert {one.name for one in Store.open(path).failures()} <= {"vide.txt"}
    process = scan(corpus, path)
    process.communicate()
    assert process.returncode == 3
    assert Store.open(path).rows("SELECT count(*), max(tries) FROM files") == [(FILES + COPIES + 1, 1)]
