"""Stand-ins for what reads documents: they make up what comes of a file from its bytes, and are as quick as can be."""

from __future__ import annotations

import hashlib
import os
import signal
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future
from pathlib import Path

from analyzer.corpus.records import DocumentRow, FileResult, FindingRow, Part, PassageRow
from analyzer.corpus.store import Store
from analyzer.corpus.task import Given, Recipe, name_of

#: A file with these bytes cannot be read.
BAD = b"illisible"
#: A file with these bytes is the death of whoever reads it; one that begins so, only the first time.
DEADLY, DEADLY_ONCE = b"mortel", b"mortel une fois : "


def read(given: list[Given], recipe: Recipe) -> list[FileResult]:
    """Make up what comes of files, one document each, with one finding."""
    return [_read(one, recipe) for one in given]


def _read(given: Given, recipe: Recipe) -> FileResult:
    if given.data == DEADLY:
        os.kill(os.getpid(), signal.SIGKILL)
    if given.data.startswith(DEADLY_ONCE):
        died = Path(given.data.removeprefix(DEADLY_ONCE).decode())
        if not died.exists():
            died.touch()
            os.kill(os.getpid(), signal.SIGKILL)
    recipe = recipe.of(given.known)
    sha256, name = hashlib.sha256(given.data).hexdigest(), name_of(given.path)
    if given.data == BAD:
        part = Part(name, code="file_damaged")
    else:
        document = DocumentRow(
            *(sha256, name, "text/plain", "contract", "fr", recipe.context.jurisdiction, 3, 0, "[]", "[]", 0),
            *(recipe.digest, recipe.full_text, 0.1, 0.2),
        )
        text = given.data.decode()
        passage = PassageRow(sha256, "p1", 0, "clause", text, "", 1, [], 9.0, False, "", None, "[]")
        finding = FindingRow(
            *(sha256, "f1", "p1", "secrecy_waiver", "warning", "warned", 0.9, True, "high", "contestable", "Titre"),
            *("[[0,1]]", "[]", []),
        )
        part = Part(name, document, {}, (passage,), (finding,))
    return FileResult(given.path, sha256, len(given.data), recipe.digest, (part,), given.known)


class Here(Executor):
    """Does its tasks right here, one after the other; breaks, as a pool does, when one is deadly."""

    def __init__(self) -> None:
        self.broken = False
        self.handed_in: list[list[str]] = []

    def submit(self, task: Callable, /, *args, **kwargs) -> Future:
        if self.broken:
            raise BrokenExecutor
        self.handed_in.append([name_of(one.path) for one in args[0]])
        future: Future = Future()
        if any(one.data == DEADLY for one in args[0]):
            self.broken = True
            future.set_exception(BrokenExecutor())
        else:
            future.set_result(task(*args, **kwargs))
        return future


class Alone:
    """A crew of one."""

    def __init__(self, tasks: int = 3, files_a_task: int = 1) -> None:
        self.tasks, self.files_a_task = tasks, files_a_task
        self.started: list[Here] = []
        self.stopped = 0

    def start(self, recipe: Recipe) -> Executor:
        self.started.append(Here())
        return self.started[-1]

    def judge(self, fault: Exception) -> None:
        assert isinstance(fault, BrokenExecutor)

    def check(self) -> None:
        pass

    def stop(self) -> None:
        self.stopped += 1

    @property
    def handed_in(self) -> list[str]:
        """Names of the files that were read, in order."""
        return [name for here in self.started for task in here.handed_in for name in task]


#: What of a store does not depend on when it was filled, how fast, or in how many goes.
_LASTING = {
    "files": "path, sha256, bytes, recipe, engine, tries, told",
    "parts": "*",
    "documents": "* EXCLUDE (seconds_reading, seconds_detecting, scanned_at)",
    "texts": "*",
    "passages": "*",
    "findings": "*",
    "clusters": "*",
    "engines": "*",
}


def content(path: Path) -> dict[str, list[tuple]]:
    """What a store holds, table by table, in an order of its own."""
    store = Store.open(path)
    return {
        table: sorted(store.rows(f"SELECT {columns} FROM {table}"), key=repr) for table, columns in _LASTING.items()
    }
