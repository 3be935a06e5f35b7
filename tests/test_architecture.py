"""Imports run one way."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "analyzer"

#: A room may import itself and the rooms below it.
BELOW = {
    "schema": set(),
    "errors": set(),
    "version": set(),
    "knowledge": {"schema", "errors"},
    "reading": {"schema", "errors"},
    "segmentation": {"schema", "errors", "knowledge"},
    "detection": {"schema", "errors", "knowledge"},
    "explanation": {"schema", "errors", "knowledge", "detection"},
    "learning": {"schema", "errors", "version", "knowledge", "segmentation", "detection"},
    "privacy": {"schema", "detection"},
    "pipeline": {
        *("schema", "errors", "version", "knowledge", "reading", "segmentation", "detection", "explanation", "privacy"),
    },
    "reporting": {"schema", "errors", "knowledge", "reading", "corpus"},
    "interface": {
        *("comparison", "corpus"),
        *("schema", "errors", "version", "knowledge", "detection", "pipeline", "learning", "reporting", "reading", ""),
    },
    "comparison": {
        *("schema", "errors", "version", "knowledge", "segmentation", "detection", "privacy", "pipeline"),
    },
    "corpus": {
        *("comparison", "schema", "errors", "version", "knowledge", "reading", "segmentation", "detection"),
        *("privacy", "pipeline"),
    },
    "__init__": {"schema", "version", "pipeline"},
}


def imports(path: Path) -> set[str]:
    """Rooms of ``analyzer`` that a file imports; "" stands for the package itself."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        names = []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = (
                [f"{node.module}.{alias.name}" for alias in node.names] if node.module == "analyzer" else [node.module]
            )
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        for name in names:
            if name.split(".")[0] == "analyzer":
                found.add(name.split(".")[1] if "." in name else "")
    return found


@pytest.mark.parametrize("path", sorted(ROOT.rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_run_one_way(path):
    room = path.relative_to(ROOT).parts[0].removesuffix(".py")
    assert imports(path) - {room} <= BELOW[room]


@pytest.mark.parametrize("path", sorted(ROOT.rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_opens_the_network(path):
    """Only the server module talks HTTP, to its own health page on this computer."""
    names = {
        name.split(".")[0]
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        for name in (
            [node.module]
            if isinstance(node, ast.ImportFrom) and node.module
            else [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else []
        )
    }
    allowed = {"urllib"} if path.name in ("server.py", "models.py") else set()
    assert not names & ({"socket", "http", "urllib", "requests", "httpx", "aiohttp", "ftplib", "smtplib"} - allowed)
