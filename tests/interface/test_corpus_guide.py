"""docs/corpus.md: its commands, run one after the other as a reader would, do what the page says."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "corpus.md").read_text("utf-8")
COMMANDS = [
    line for block in re.findall(r"^```sh\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE) for line in block.splitlines()
]


@pytest.mark.long
def test_every_command_of_the_guide_works(tmp_path):
    programs = {"python": [sys.executable], "sceau": [sys.executable, "-m", "analyzer.interface"]}
    told = {}
    for line in COMMANDS:
        program, *words = shlex.split(line)
        words = [str(ROOT / word) if word.startswith("benchmarks/") else word for word in words]
        done = subprocess.run(
            [*programs[program], *words],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(ROOT), "SCEAU_LANG": "fr", "COLUMNS": "120"},
            capture_output=True,
            encoding="utf-8",
            timeout=600,
        )
        assert done.returncode == 0, f"{line}\n{done.stderr}"
        told[line] = done.stdout
    assert "6 lus" in told["sceau scan contrats --store base.duckdb --metadata contrats/metadata.csv"]
    assert "Tous les fichiers de la base ont été lus." in told["sceau scan --store base.duckdb --failed"]
    changes = told["sceau corpus changes 2025 2026 --store base.duckdb"]
    assert "2 documents ont une édition en 2025 et une en 2026." in " ".join(changes.split())
    words = {word for line in COMMANDS for word in shlex.split(line)} - {"contrats/metadata.csv"}
    written = {word for word in words if Path(word).suffix in (".html", ".csv", ".pdf")}
    assert len(written) >= 4
    for name in [*written, "export/documents.csv", "export/findings.csv"]:
        assert (tmp_path / name).stat().st_size > 500, name
