"""A folder of documents becomes a store: what is there already is left as it is, what is not is read, side by side.

This process reads the bytes and fills the store; others (``crew.py``) make of a file what there is to store. Finished
files are stored every few seconds, all or nothing: whatever stops a scan, the next one goes on where it was.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple

import duckdb

from analyzer.corpus import clusters
from analyzer.corpus.crew import Crew
from analyzer.corpus.metadata import Table, from_path
from analyzer.corpus.records import Copy, Fact, Failure, Field, FileResult, Part, Stored
from analyzer.corpus.store import LOCKED, Store, surest
from analyzer.corpus.task import Given, Recipe, engine, name_of, read_files
from analyzer.corpus.walk import Found, shown_root, tops, walk
from analyzer.errors import CannotWrite, ReaderDied, ScanRunning, SceauError, told_of

__all__ = ["Stage", "Tally", "scan"]

#: Files that are looked up in the store together: so many, or of so many bytes.
_CHUNK_FILES, _CHUNK_BYTES = 256, 64_000_000
#: Bytes that are read or wait to be at most, beyond the file that passes them.
_BYTES_IN_FLIGHT = 256_000_000
#: Bytes of a task of several files.
_TASK_BYTES = 8_000_000
#: Results are stored when there are so many, or after so many seconds.
_STORE_FILES, _STORE_SECONDS = 64, 5.0
#: Seconds between two looks at whether anybody still works, and in which a broken executor gives up its tasks.
_LOOK, _BREAKING = 0.5, 10.0

#: What a scan is at.
Stage = Literal["count", "ready", "read", "tidy"]


@dataclass
class Tally:
    """How far a scan is. ``files`` and ``bytes`` are all there are; of those that are ``done``, some were ``read`` now.

    The others were ``skipped``, because the store has them, or ``failed``, now or before. ``seconds`` and
    ``bytes_read`` are those of reading.
    """

    files: int = 0
    bytes: int = 0
    done: int = 0
    bytes_done: int = 0
    read: int = 0
    skipped: int = 0
    failed: int = 0
    pages: int = 0
    bytes_read: int = 0
    seconds: float = 0.0
    failures: list[Failure] = field(default_factory=list)


Progress = Callable[[Stage, Tally], object]


def scan(
    roots: Sequence[str],
    path: Path,
    recipe: Recipe,
    crew: Crew,
    *,
    table: Table | None = None,
    pattern: str | None = None,
    retry_failed: bool = False,
    progress: Progress = lambda stage, tally: None,
) -> Tally:
    """Read the documents in ``roots`` (folders, files, patterns, addresses) into the store at ``path``.

    ``table`` and ``pattern`` tell of documents by their path. What failed before is tried again only if asked.

    Raises what the store, ``walk`` and the crew raise: ``ScanRunning``, ``FileMissing``, ``CannotWrite``,
    ``ClusterLost``… and whatever ``progress`` raises to stop it. What was read by then is stored.
    """
    store = Store.open(path) if path.exists() or path.is_symlink() else None
    tally = Tally()
    for found in walk(roots):
        tally.files += 1
        tally.bytes += found.size
        progress("count", tally)
    with _alone(path):
        store = store or Store.create(path)
        number, cut = store.begin([shown_root(root) for root in roots], *engine(recipe))
        run = _Run(store, recipe, crew, table, pattern, tops(roots), retry_failed, progress, tally)
        try:
            run.all(walk(roots))
        except BaseException:
            with suppress(SceauError):
                run.store()
                store.tidy()  # else figures would count what stood in the place of what was read
            raise
        finally:
            crew.stop()
        if run.changed or cut:
            progress("tidy", tally)
            store.tidy()
            clusters.build(store)
        store.finish(number, files=tally.done, read=tally.read, failed=tally.failed, skipped=tally.skipped)
    return tally


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Keep other scans from the store. A file beside it, which is held open, tells them; it goes away with this one."""
    sign = path.with_name(f"{path.name}.scan")
    try:
        held = duckdb.connect(str(sign))  # it locks its files, on every system, and lets go of them whatever happens
    except duckdb.IOException as fault:
        raise (ScanRunning if LOCKED in str(fault) else CannotWrite)(path.name) from fault
    except duckdb.Error as fault:
        raise CannotWrite(sign.name) from fault
    try:
        yield
    finally:
        try:
            sign.unlink()
            held.close()
        except OSError:  # Windows removes nothing that is open
            held.close()
            sign.unlink(missing_ok=True)


class _File(NamedTuple):
    """A file whose bytes are here, or the reason why not."""

    found: Found
    data: bytes
    sha256: str
    error: SceauError | None = None


class _Run:
    """One scan, while it lasts."""

    def __init__(
        self,
        store: Store,
        recipe: Recipe,
        crew: Crew,
        table: Table | None,
        pattern: str | None,
        tops: Sequence[str],
        retry_failed: bool,
        progress: Progress,
        tally: Tally,
    ) -> None:
        self._store, self._recipe, self._crew = store, recipe, crew
        self._table, self._pattern, self._tops = table, pattern, tops
        self._retry_failed, self._progress, self.tally = retry_failed, progress, tally
        self._engine = engine(recipe).engine
        self.changed = False
        self._executor: Executor | None = None
        self._began = 0.0
        #: Files of the next task, and of those at work.
        self._next: list[Given] = []
        self._at_work: dict[Future[list[FileResult]], list[Given]] = {}
        #: By bytes and recipe, what is being read: the files that have the same, and wait for the result.
        self._same: dict[tuple[str, str], list[tuple[Found, dict[Field, Fact]]]] = {}
        #: By bytes and recipe, what was read since the store was last asked what it has.
        self._fresh: dict[tuple[str, str], Stored] = {}
        #: What failed before, and was tried again now.
        self._tried: set[tuple[str, str]] = set()
        #: What is to be stored next.
        self._results: list[FileResult] = []
        self._copies: list[Copy] = []
        self._learned: list[Copy] = []
        self._stored_at = time.monotonic()

    def all(self, found: Iterable[Found]) -> None:
        """Read and store all files."""
        for chunk in self._chunks(found):
            self._take(chunk)
        self._hand_in()
        while self._at_work:
            self._gather()
        self.store()

    def store(self) -> None:
        """Store what is finished."""
        if self._results or self._copies:
            self._store.add(self._results, self._engine, self._copies)
            self.changed = True
        if self._learned:
            self.changed |= self._store.learn(self._learned)
        self._results, self._copies, self._learned = [], [], []
        self._stored_at = time.monotonic()

    def _chunks(self, found: Iterable[Found]) -> Iterator[list[_File]]:
        """Yield the files with their bytes, some at a time."""
        chunk: list[_File] = []
        size = 0
        for one in found:
            self._report()
            try:
                with told_of(one.path):
                    data = one.read()
                chunk.append(_File(one, data, hashlib.sha256(data).hexdigest()))
                size += len(data)
            except SceauError as error:
                chunk.append(_File(one, b"", "", error))
            if len(chunk) >= _CHUNK_FILES or size >= _CHUNK_BYTES:
                yield chunk
                chunk, size = [], 0
        if chunk:
            yield chunk

    # ---- what the store has --------------------------------------------------------------------------

    def _take(self, chunk: Sequence[_File]) -> None:
        """Leave aside what the store has, and hand in the rest."""
        self.store()  # so that it can be asked for all that is finished
        self._fresh = {}
        unread = [file.found.path for file in chunk if file.error]
        stored = self._store.stored(unread, [file.sha256 for file in chunk if not file.error])
        at = {one.path: one for one in stored}
        like = {(one.sha256, one.recipe): one for one in sorted(stored, key=lambda one: not one.failed)}
        for file in chunk:
            path = file.found.path
            known = self._known(path)
            recipe = self._recipe.of(known).digest
            key = (file.sha256, recipe)
            there = at.get(path)
            if file.error:
                self._unread(file, known, recipe, there)
                continue
            if there is None or (there.sha256, there.recipe) != key or there.failed:
                there = self._fresh.get(key) or like.get(key)
            if there and there.failed and self._retry_failed and (key in self._same or key not in self._tried):
                self._tried.add(key)
                there = None
            if there:
                self._have(file.found, known, there)
            elif key in self._same:
                self._same[key].append((file.found, known))
            else:
                self._same[key] = []
                self._give(Given(path, file.data, known))
        self._store_if_due()

    def _known(self, path: str) -> dict[Field, Fact]:
        told = from_path(path, self._tops, self._pattern)
        return surest(self._table.of(path), told) if self._table else told

    def _unread(self, file: _File, known: dict[Field, Fact], recipe: str, there: Stored | None) -> None:
        """Note a file that cannot be had now; what is stored of it stays."""
        assert file.error is not None
        part = Part(name_of(file.found.path), code=file.error.code, facts=file.error.facts)
        result = FileResult(file.found.path, "", file.found.size, recipe, (part,), known)
        stored = result.stored(self._engine)
        if there is None or (there.failed and there.parts != stored.parts):
            self._results.append(result)
        self._count(file.found.path, file.found.size, stored, now=True)

    def _have(self, found: Found, known: dict[Field, Fact], there: Stored) -> None:
        """Note a file of which the store has the result."""
        files = self._learned if there.path == found.path else self._copies
        files.append(Copy(found.path, found.size, known, there))
        self._count(found.path, found.size, there, now=False)

    def _count(self, path: str, size: int, stored: Stored, *, now: bool) -> None:
        self.tally.done += 1
        self.tally.bytes_done += size
        if stored.failed:
            self.tally.failed += 1
            self.tally.failures += stored.failures(path)
        elif now:
            self.tally.read += 1
        else:
            self.tally.skipped += 1
        self._report()

    def _report(self) -> None:
        if self._executor is not None:
            self.tally.seconds = time.monotonic() - self._began
        self._progress("read", self.tally)

    # ---- work ----------------------------------------------------------------------------------------

    def _give(self, given: Given) -> None:
        """Put a file into the next task, and hand that in when it is full."""
        self._next.append(given)
        if len(self._next) >= self._crew.files_a_task or sum(len(one.data) for one in self._next) >= _TASK_BYTES:
            self._hand_in()

    def _hand_in(self) -> None:
        if not self._next:
            return
        if self._executor is None:
            self._progress("ready", self.tally)
            self._executor = self._crew.start(self._recipe)
            self._began = time.monotonic()
        while len(self._at_work) >= self._crew.tasks or self._weight() > _BYTES_IN_FLIGHT:
            self._gather()
        given, self._next = self._next, []
        future = self._submit(given)
        self._at_work[future] = given

    def _weight(self) -> int:
        return sum(len(one.data) for given in self._at_work.values() for one in given)

    def _submit(self, given: list[Given]) -> Future[list[FileResult]]:
        while True:
            assert self._executor is not None
            try:
                return self._executor.submit(read_files, given, self._recipe)
            except BrokenExecutor:  # somebody died, and nobody has looked yet
                self._one_by_one(self._start_anew())

    def _gather(self) -> None:
        """Take what is finished; wait for it, but not for long."""
        done, _ = wait(self._at_work, _LOOK, FIRST_COMPLETED)
        lost: list[Given] = []
        broken = False
        for future in done:
            given = self._at_work.pop(future)
            fault = self._collect(future)
            if fault is not None:
                lost += given
                broken |= isinstance(fault, BrokenExecutor)
        if broken:
            lost += self._start_anew()
        if lost:
            self._one_by_one(lost)
        if not done:
            self._crew.check()
            self._report()
        self._store_if_due()

    def _collect(self, future: Future[list[FileResult]]) -> Exception | None:
        """Take the results of a task that ended; return why there are none."""
        try:
            results = future.result(timeout=0)
        except Exception as fault:
            self._crew.judge(fault)
            return fault
        for result in results:
            self._finish(result)
        return None

    def _start_anew(self) -> list[Given]:
        """Get another executor for one that broke; return the files that went with it."""
        lost = []
        wait(self._at_work, _BREAKING)
        for future, given in self._at_work.items():
            if self._collect(future) is not None:
                lost += given
        self._at_work.clear()
        self._executor = self._crew.start(self._recipe)
        return lost

    def _one_by_one(self, given: Sequence[Given]) -> None:
        """Read files again of which one was the death of its process: each by itself, to know which.

        One of several that dies now has another chance: the first death may have been another's.
        """
        for one in given:
            if self._by_itself(one) is not None and (len(given) == 1 or self._by_itself(one) is not None):
                part = Part(name_of(one.path), code=ReaderDied.code)
                sha256 = hashlib.sha256(one.data).hexdigest()
                recipe = self._recipe.of(one.known).digest
                self._finish(FileResult(one.path, sha256, len(one.data), recipe, (part,), one.known))
            self._store_if_due()

    def _by_itself(self, one: Given) -> Exception | None:
        """Read one file while no other is read; return why there is no result."""
        future = self._submit([one])
        while not wait([future], _LOOK).done:
            self._crew.check()
            self._report()
        return self._collect(future)

    def _finish(self, result: FileResult) -> None:
        self._results.append(result)
        stored = result.stored(self._engine)
        self.tally.bytes_read += result.size
        self.tally.pages += sum(part.document.pages for part in result.parts if part.document)
        self._count(result.path, result.size, stored, now=True)
        key = (result.sha256, result.recipe)
        self._fresh[key] = stored
        for found, known in self._same.pop(key, ()):
            self._have(found, known, stored)

    def _store_if_due(self) -> None:
        waiting = len(self._results) + len(self._copies) + len(self._learned)
        if waiting >= _STORE_FILES or (waiting and time.monotonic() - self._stored_at > _STORE_SECONDS):
            self.store()
