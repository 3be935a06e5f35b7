"""What thousands of policies take: time, memory, disk, on one and on two processes, and through Dask.

    python benchmarks/scale.py --documents 400 --pages 12000 [--one-process-documents 100] [--dask] [--json FILE]

The policies are made by ``policies.py``. Each measurement is the real ``sceau scan`` in a process of its own; each
result is printed, and written to ``--json``, as soon as it is there. What is measured more than one way is measured on
the same policies: the first ``--one-process-documents``.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import NamedTuple

import psutil

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from analyzer.corpus import clusters, search  # noqa: E402
from analyzer.corpus import statistics as figures  # noqa: E402
from analyzer.corpus.store import Store  # noqa: E402
from benchmarks.policies import Policy, make_policies  # noqa: E402

#: Seconds between two looks at the memory.
_PAUSE = 1.0
#: Shares of the files at whose end memory is told: the largest since the tenth before.
_STAGES = (0.1, 0.5, 1.0)
#: What is extrapolated to.
MILLION, CORES = 1_000_000, (2, 16, 64)


class Memory(NamedTuple):
    """Resident memory at a moment, in MB: the program, its largest other process, all of them together.

    Memory that processes share counts in each.
    """

    at: float
    program: float
    largest: float
    together: float


class Stored(NamedTuple):
    """What a scan did to its store (``timed.py``): when it ended (seconds since 1970), with how many files."""

    what: str
    at: float
    files: int
    seconds: float


@dataclass(frozen=True)
class Scan:
    """A scan that was run: its store, wall seconds, what it did to the store, and the memory."""

    store: Store
    seconds: float
    noted: tuple[Stored, ...]
    memory: tuple[Memory, ...]

    @property
    def bytes(self) -> int:
        """Return the size of the store."""
        return sum(
            path.stat().st_size
            for path in (self.store.path, self.store.path.with_name(f"{self.store.path.name}.wal"))
            if path.exists()
        )

    @property
    def stored(self) -> list[Stored]:
        """Return when files came to the store."""
        return [one for one in self.noted if one.what == "add" and one.files]

    def seconds_of_work(self) -> dict[str, float]:
        """Return the seconds, of all processes together, spent on reading, detecting, storing and making clusters."""
        ((reading, detecting),) = self.store.rows("SELECT sum(seconds_reading), sum(seconds_detecting) FROM documents")
        making = sum(one.seconds for one in self.noted if one.what == "clusters")
        storing = sum(one.seconds for one in self.noted) - making
        return {"reading": reading, "detecting": detecting, "storing": storing, "clusters": making}

    def peaks(self) -> dict[float, Memory]:
        """Return the largest memory while the tenth of the files before each stage was read."""
        files = sum(one.files for one in self.stored)
        done, ends = 0, [(0.0, self.memory[0].at)]
        for one in self.stored:
            done += one.files
            ends.append((done / files, one.at))
        found = {}
        for stage in _STAGES:
            begin = max(at for share, at in ends if share <= max(0.0, stage - 0.1))
            end = min(at for share, at in ends if share >= stage)
            during = [one for one in self.memory if begin - _PAUSE <= one.at <= end + _PAUSE]
            found[stage] = Memory(end, *(max(values) for values in list(zip(*during, strict=True))[1:]))
        return found


def scan(folder: Path, store: Path, *options: str) -> Scan:
    """Run ``sceau scan`` in a process of its own. Raises ``RuntimeError`` with its last words where it fails."""
    log, notes = store.with_suffix(".log"), store.with_suffix(".notes")
    timed = str(Path(__file__).with_name("timed.py"))
    command = [sys.executable, timed, str(notes), "scan", str(folder), "--store", str(store), *options]
    memory: list[Memory] = []
    stop = Event()
    with log.open("w") as words:
        begin = time.perf_counter()
        process = subprocess.Popen(command, stdout=words, stderr=subprocess.STDOUT, cwd=ROOT)
        watch = Thread(target=_watch, args=(psutil.Process(process.pid), memory, stop))
        watch.start()
        try:
            code = process.wait()
        except BaseException:
            process.terminate()
            raise
        finally:
            seconds = time.perf_counter() - begin
            stop.set()
            watch.join()
    if code:
        raise RuntimeError(f"sceau scan ended with {code}: {log.read_text()[-2000:]}")
    noted = [Stored(*json.loads(line)) for line in notes.read_text().splitlines()]
    notes.unlink()
    return Scan(Store.open(store), seconds, tuple(noted), tuple(memory))


def _watch(program: psutil.Process, memory: list[Memory], stop: Event) -> None:
    while not stop.is_set():
        sizes = []
        try:
            for process in [program, *program.children(recursive=True)]:
                try:
                    sizes.append(process.memory_info().rss / 2**20)
                except psutil.Error:  # it ended meanwhile
                    sizes.append(0.0)
        except psutil.Error:
            return
        memory.append(Memory(time.time(), sizes[0], max(sizes[1:], default=0.0), sum(sizes)))
        stop.wait(_PAUSE)


@contextmanager
def cluster(workers: int, folder: Path) -> Iterator[str]:
    """Run a Dask cluster on this computer, in a process of its own; yields its address."""
    command = [sys.executable, __file__, "--cluster", str(workers), str(folder)]
    with (folder / "cluster.log").open("w") as log:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, cwd=ROOT
        )
        assert process.stdin and process.stdout
        try:
            yield process.stdout.readline().strip()
        finally:
            process.stdin.close()
            process.wait()


def serve(workers: int, folder: str) -> None:
    """Be a Dask cluster until standard input ends."""
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None, local_directory=folder
    ) as served:
        print(served.scheduler_address, flush=True)
        sys.stdin.read()


#: All that is said of documents but when, and how long it took.
_FINDINGS = (
    "SELECT findings.*, passages.page, passages.boxes, passages.small_print, texts.text, texts.context"
    " FROM findings JOIN passages USING (document, passage) JOIN texts USING (text_id)"
)
_DOCUMENTS = "SELECT * EXCLUDE (seconds_reading, seconds_detecting, scanned_at) FROM documents"


def different(one: Store, other: Store) -> int:
    """Return how many rows of findings and documents are in one store only."""
    count = 0
    for query in (_FINDINGS, _DOCUMENTS):
        left, right = (Counter(map(repr, store.rows(query))) for store in (one, other))
        count += ((left - right) + (right - left)).total()
    return count


def subset(folder: Path, policies: Sequence[Policy], into: Path) -> None:
    """Put some of the policies in a folder of their own."""
    for policy in policies:
        (into / policy.path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder / policy.path, into / policy.path)


def seconds_of(ask: Callable[[], object], times: int = 3) -> float:
    """Return the median seconds of a question asked a few times."""
    taken = []
    for _ in range(times):
        begin = time.perf_counter()
        ask()
        taken.append(time.perf_counter() - begin)
    return statistics.median(taken)


class Book:
    """Results: printed and written as soon as they are there."""

    def __init__(self, file: Path | None) -> None:
        """Begin; ``file`` is written anew after each result."""
        self.file = file
        self.results: dict[str, object] = {}
        self.missing = False

    @contextmanager
    def attempt(self, what: str) -> Iterator[None]:
        """Go on with the next measurement where one fails, and say so."""
        try:
            yield
        except Exception as fault:
            self.missing = True
            print(f"\n{what}: not measured: {type(fault).__name__}: {fault}", flush=True)

    def write(
        self, name: str, title: str, head: Sequence[str], rows: Sequence[Sequence[object]], note: str = ""
    ) -> None:
        """Print a result as a table in Markdown, and keep it."""
        print(f"\n## {title}\n")
        print("| " + " | ".join(head) + " |\n|" + "---|" * len(head))
        for row in rows:
            print("| " + " | ".join(map(str, row)) + " |")
        if note:
            print(f"\n{note}")
        sys.stdout.flush()
        self.results[name] = {"title": title, "head": head, "rows": rows, "note": note}
        if self.file:
            self.file.write_text(json.dumps(self.results, indent=1, ensure_ascii=False) + "\n", "utf-8")


def measure(folder: Path, documents: int, pages: int, some: int, with_dask: bool, book: Book) -> None:
    """Measure everything, in the order of its worth."""
    begin = time.perf_counter()
    everything, few = folder / "policies", folder / "some"
    policies = make_policies(everything, documents, pages)
    size = sum((everything / policy.path).stat().st_size for policy in policies)
    few_pages = sum(policy.pages for policy in policies[:some])
    subset(everything, policies[:some], few)
    book.write(
        "policies",
        "Policies",
        ("documents", "pages", "clauses", "MB", "made in, s", "cores", "Python"),
        [
            (
                *(documents, pages, sum(len(policy.clauses) for policy in policies), round(size / 1e6)),
                *(round(time.perf_counter() - begin), os.cpu_count(), platform.python_version()),
            )
        ],
    )
    runs: dict[str, Scan] = {}
    table = ("--metadata", str(everything / "metadata.csv"))
    with book.attempt("The scan of everything"):
        runs["all"] = scan(everything, folder / "all.duckdb", "--jobs", "2", *table)
        _first(runs["all"], documents, pages, book)
    with book.attempt("A second scan"):
        again = scan(everything, folder / "all.duckdb", "--jobs", "2", *table)
        book.write(
            "again",
            "Second scan, nothing new",
            ("first, s", "second, s", "%", "documents read again"),
            [
                (
                    *(f"{runs['all'].seconds:.1f}", f"{again.seconds:.1f}"),
                    *(f"{100 * again.seconds / runs['all'].seconds:.1f}", sum(one.files for one in again.stored)),
                )
            ],
        )
    with book.attempt("Questions"):
        _questions(runs["all"].store, documents, book)
    with book.attempt("One process and two"):
        runs["two"] = scan(few, folder / "two.duckdb", "--jobs", "2")
        one = scan(few, folder / "one.duckdb", "--jobs", "1")
        times = one.seconds / runs["two"].seconds
        book.write(
            "processes",
            f"One process and two, the same {some} documents, {few_pages} pages",
            ("processes", "seconds", "documents/s", "pages/s", "times", "rows that differ"),
            [
                (1, *_rates(one, some, few_pages), "1", ""),
                (2, *_rates(runs["two"], some, few_pages), f"{times:.2f}", different(one.store, runs["two"].store)),
            ],
        )
    if with_dask:
        with book.attempt("Dask"):
            with cluster(2, folder) as address:
                dask = scan(few, folder / "dask.duckdb", "--scheduler", address)
            over = 100 * (dask.seconds / runs["two"].seconds - 1)
            book.write(
                "dask",
                f"Dask with two workers against two processes, the same {some} documents",
                ("", "seconds", "documents/s", "pages/s", "overhead, %", "rows that differ"),
                [
                    ("processes", *_rates(runs["two"], some, few_pages), "", ""),
                    (
                        *("Dask", *_rates(dask, some, few_pages)),
                        *(f"{over:.1f}", different(runs["two"].store, dask.store)),
                    ),
                ],
                "The workers of the cluster run before the scan begins; models are loaded during it, as in processes.",
            )
    with book.attempt("The whole text"):
        runs["full"] = scan(few, folder / "full.duckdb", "--jobs", "2", "--full-text")
        book.write(
            "full_text",
            f"With the whole text, the same {some} documents",
            ("", "seconds", "store, KB a document", "KB a page"),
            [
                (name, f"{run.seconds:.0f}", f"{run.bytes / some / 1e3:.0f}", f"{run.bytes / few_pages / 1e3:.2f}")
                for name, run in (("warnings alone", runs["two"]), ("--full-text", runs["full"]))
            ],
        )
    with book.attempt("A million policies"):
        _million(runs["all"], runs["full"], documents, pages, few_pages, book)


def _rates(run: Scan, documents: int, pages: int) -> tuple[str, str, str]:
    return f"{run.seconds:.1f}", f"{documents / run.seconds:.2f}", f"{pages / run.seconds:.1f}"


def _first(run: Scan, documents: int, pages: int, book: Book) -> None:
    """Tell throughput, where the time goes, memory and the store of the scan of everything."""
    book.write(
        "throughput",
        "The scan of everything, two processes",
        ("documents", "pages", "seconds", "documents/s", "pages/s"),
        [(documents, pages, *_rates(run, documents, pages))],
    )
    work = run.seconds_of_work()
    total = sum(work.values())
    book.write(
        "shares",
        "Where the time goes",
        ("", "seconds, all processes", "%", "ms a page"),
        [
            (name, f"{spent:.0f}", f"{100 * spent / total:.1f}", f"{1000 * spent / pages:.1f}")
            for name, spent in work.items()
        ],
    )
    book.write(
        "memory",
        "Memory, MB: the largest while a tenth of the files was read",
        ("up to", "program", "largest worker", "all processes"),
        [
            (f"{100 * stage:.0f} %", *(f"{value:.0f}" for value in (peak.program, peak.largest, peak.together)))
            for stage, peak in run.peaks().items()
        ],
    )
    tenth = max(1, len(run.stored) // 10)
    parts = (("first tenth", run.stored[:tenth]), ("last tenth", run.stored[-tenth:]))
    ((warned, others),) = run.store.rows("SELECT count(*) FILTER (WHERE decision = 'warned'), count(*) FROM findings")
    book.write(
        "store",
        "The store",
        (
            "MB",
            "KB a document",
            "warned a document",
            "findings a document",
            "ms to store a document: first tenth",
            "last tenth",
        ),
        [
            (
                *(f"{run.bytes / 1e6:.1f}", f"{run.bytes / documents / 1e3:.1f}"),
                *(f"{warned / documents:.1f}", f"{others / documents:.1f}"),
                *(
                    f"{1000 * sum(one.seconds for one in part) / sum(one.files for one in part):.1f}"
                    for _, part in parts
                ),
            )
        ],
    )


def _questions(store: Store, documents: int, book: Book) -> None:
    asked: dict[str, tuple[Callable[[], object], int]] = {
        "summary": (lambda: figures.summary(store), 3),
        "prevalence by label": (lambda: figures.prevalence(store, ["label"]), 3),
        "prevalence by insurer and label": (lambda: figures.prevalence(store, ["insurer", "label"]), 3),
        "clusters, made": (lambda: clusters.build(store), 1),
        "clusters, listed": (lambda: clusters.clusters(store), 3),
        "search": (lambda: search.search(store, "secret médical"), 3),
    }
    book.write(
        "questions",
        f"Questions, over {documents} documents",
        ("question", "seconds"),
        [(name, f"{seconds_of(ask, times):.2f}") for name, (ask, times) in asked.items()],
    )


def _million(run: Scan, full: Scan, documents: int, pages: int, few_pages: int, book: Book) -> None:
    """Extrapolate, linearly in pages. One program writes the store: no number of cores makes that shorter."""
    work = run.seconds_of_work()
    million = MILLION * pages / documents
    a_core = run.seconds * 2 / pages  # of two processes, start and waits included
    storing = million * work["storing"] / pages / 3600
    book.write(
        "million",
        f"A million policies, {million / 1e6:.0f} million pages, from these figures",
        ("cores", "hours", "days", "store, GB", "store with the whole text, GB"),
        [
            (
                *(cores, f"{(hours := max(million * a_core / cores / 3600, storing)):.0f}", f"{hours / 24:.1f}"),
                *(f"{million * run.bytes / pages / 1e9:.0f}", f"{million * full.bytes / few_pages / 1e9:.0f}"),
            )
            for cores in CORES
        ],
        f"Linear in pages; never less than the {storing:.0f} hours that storing takes in one program, as fast as here.",
    )


def main() -> None:
    """Measure and print."""
    if sys.argv[1:2] == ["--cluster"]:
        serve(int(sys.argv[2]), sys.argv[3])
        return
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=400)
    parser.add_argument("--pages", type=int, default=12_000)
    parser.add_argument("--one-process-documents", type=int, default=100, help="documents that are measured both ways")
    parser.add_argument(
        "--dask", action="store_true", help="also measure a Dask cluster of two workers on this computer"
    )
    parser.add_argument("--json", type=Path, help="write the results there, too")
    parser.add_argument("--folder", type=Path, help="work in this new folder, and keep policies and stores")
    options = parser.parse_args()
    some = min(options.one_process_documents, options.documents)
    book = Book(options.json)
    rest = (options.documents, options.pages, some, options.dask, book)
    if options.folder:
        options.folder.mkdir()
        measure(options.folder.absolute(), *rest)
    else:
        with tempfile.TemporaryDirectory() as folder:
            measure(Path(folder), *rest)
    sys.exit(book.missing)


if __name__ == "__main__":
    main()
