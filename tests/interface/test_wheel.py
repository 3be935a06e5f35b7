"""A wheel built from the tree works by itself: knowledge, samples, templates and schema travel inside."""

import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.long
ROOT = Path(__file__).parents[2]


def run(*command: object, cwd: Path, **environment: str) -> str:
    ended = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    pytest.importorskip("hatchling", reason="building needs the build backend here: nothing is fetched")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    """A virtual environment with the wheel alone; what it depends on is seen in this one's folder."""
    folder = tmp_path_factory.mktemp("installed")
    run(sys.executable, "-m", "venv", "--without-pip", folder, cwd=folder)
    python = folder / "bin" / "python"
    site = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder).strip())
    run(sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", wheel, cwd=folder)
    # Named in a .pth file, the other folder comes after this one, and the link to the tree that it holds is not read.
    (site / "dependencies.pth").write_text(f"{sysconfig.get_path('purelib')}\n", "utf-8")
    return folder


def test_everything_is_inside(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder, pattern, target in (
        ("analyzer", "**/*.py", "analyzer"),
        ("analyzer/knowledge", "**/*.yaml", "analyzer/knowledge"),
        ("analyzer/reporting/templates", "*", "analyzer/reporting/templates"),
        ("analyzer/reporting", "*.json", "analyzer/reporting"),
        ("sample_contracts", "*.pdf", "analyzer/samples"),
    ):
        wanted = {f"{target}/{path.relative_to(ROOT / folder).as_posix()}" for path in (ROOT / folder).glob(pattern)}
        assert wanted
        assert wanted <= names
    assert not any(name.startswith("tests/") or "__pycache__" in name for name in names)


def test_the_installed_commands_work(installed, tmp_path):
    python, sceau = installed / "bin" / "python", installed / "bin" / "sceau"
    where = Path(run(python, "-c", "import analyzer; print(analyzer.__file__)", cwd=tmp_path).strip())
    assert installed in where.parents, "the tree hides what was installed"
    sample = where.parent / "samples" / "habitation_vie_reelle.pdf"
    content = json.loads(run(sceau, "check", sample, "--format", "json", cwd=tmp_path))
    assert {finding["label"] for finding in content["findings"]} >= {"data_sharing", "nullity_unqualified"}
    run(sceau, "check", sample, "--format", "html", "--output", tmp_path / "report.html", cwd=tmp_path)
    assert "<article" in (tmp_path / "report.html").read_text("utf-8")
    assert "secrecy_waiver" in run(sceau, "labels", cwd=tmp_path, COLUMNS="120")
    found = run(python, "-c", "from analyzer.interface.samples import samples; print(len(samples()))", cwd=tmp_path)
    assert int(found) >= 6


def test_the_installed_page_works(installed, tmp_path):
    script = (
        "from importlib.resources import files; from streamlit.testing.v1 import AppTest; "
        "page = AppTest.from_file(str(files('analyzer.interface').joinpath('page.py')), default_timeout=120).run(); "
        "page.button(key='voyage_conditions').click().run(); "
        "assert not page.exception; assert any('<article' in part.proto.body for part in page.get('html'))"
    )
    run(installed / "bin" / "python", "-c", script, cwd=tmp_path)
