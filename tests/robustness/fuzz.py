"""What becomes of bad files: each is analysed in another process, and its outcome told.

python -m tests.robustness.fuzz mutants 0 1000      # files made by mutants.py
python -m tests.robustness.fuzz hostile             # those of tests/hostile.py
python -m tests.robustness.fuzz costs               # the same, each by itself: seconds and memory, as a table
python -m tests.robustness.fuzz folder PATH         # any
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from tests.hostile import BOMBS, FILES
from tests.robustness.mutants import mutant

ROOT = Path(__file__).parents[2]
#: A file that has no outcome after this (seconds) hangs: the readers' own bounds are far below.
PATIENCE = 300.0
#: What runs in the process that analyses.
HARNESS = ["-m", "tests.robustness.harness"]
#: Files given to one process; then its peak memory is read, and the next begins.
_AT_ONCE = 50

#: Makes a file: its name and what it holds.
File = Callable[[], tuple[str, bytes]]


@dataclass
class Outcome:
    """What became of one file: ``read``, the code of an error, ``crash`` or ``hang``."""

    name: str
    code: str
    seconds: float = 0.0
    findings: int = 0
    unread: Sequence[str] = ()
    where: str = ""


@dataclass
class Outcomes:
    """What became of many files: in order, what was said on standard error, and peaks of memory (bytes)."""

    files: list[Outcome] = field(default_factory=list)
    said: str = ""
    peak: int = 0
    peak_of_children: int = 0

    @property
    def faults(self) -> list[Outcome]:
        """What must never be."""
        return [one for one in self.files if one.code in ("internal", "crash", "hang")]

    def table(self) -> str:
        """Return the figures as text."""
        counts = Counter(one.code for one in self.files)
        slow = sorted(self.files, key=lambda one: -one.seconds)[:5]
        seconds = sorted(one.seconds for one in self.files) or [0.0]
        lines = [
            *(f"{count:6d}  {code}" for code, count in counts.most_common()),
            f"seconds: median {seconds[len(seconds) // 2]:.2f}, greatest {seconds[-1]:.2f}, sum {sum(seconds):.0f}",
            f"memory: {self.peak / 1e6:.0f} MB, readers {self.peak_of_children / 1e6:.0f} MB",
            *(f"  slow: {one.seconds:.1f} s {one.code} {one.name}" for one in slow),
            *(f"FAULT {one.code} {one.name} {one.where}" for one in self.faults),
        ]
        return "\n".join(lines)


def run(files: Sequence[File], jobs: int = 1, tell: Callable[[Outcome], object] = lambda one: None) -> Outcomes:
    """Analyse ``files`` in ``jobs`` processes side by side; ``tell`` hears of each as it ends."""
    found = Outcomes()
    batches = [files[start : start + _AT_ONCE] for start in range(0, len(files), _AT_ONCE)]
    with ThreadPoolExecutor(jobs) as pool:
        for one in pool.map(lambda batch: _batch(batch, tell), batches):
            found.files += one.files
            found.said += one.said
            found.peak = max(found.peak, one.peak)
            found.peak_of_children = max(found.peak_of_children, one.peak_of_children)
    return found


def _batch(files: Sequence[File], tell: Callable[[Outcome], object]) -> Outcomes:
    """Analyse files one after the other in one process, in another one after each that ended it."""
    found = Outcomes()
    left = list(files)
    with tempfile.TemporaryDirectory() as folder:
        while left:
            with (Path(folder) / "said").open("w+b") as said:
                left = _some(left, Path(folder), said, found, tell)
                said.seek(0)
                found.said += said.read().decode("utf-8", "replace")
    return found


def _some(
    files: Sequence[File], folder: Path, said: object, found: Outcomes, tell: Callable[[Outcome], object]
) -> list[File]:
    """Analyse files in one process; return those that are left when it ended too early."""
    process = subprocess.Popen(
        [sys.executable, *HARNESS],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=said,  # type: ignore[arg-type]
        cwd=ROOT,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert process.stdin and process.stdout
    try:
        for index, make in enumerate(files):
            name, content = make()
            path = folder / name[-200:]
            path.write_bytes(content)
            hangs = threading.Event()
            timer = threading.Timer(PATIENCE, lambda hangs=hangs: (hangs.set(), process.kill()))
            timer.start()
            try:
                process.stdin.write(json.dumps(str(path)) + "\n")
                process.stdin.flush()
                answer = process.stdout.readline()
            except BrokenPipeError:
                answer = ""
            finally:
                timer.cancel()
                path.unlink()
            if not answer:
                one = Outcome(name, "hang" if hangs.is_set() else "crash", where=f"ended with {process.wait()}")
            else:
                one = Outcome(name, **json.loads(answer))
            found.files.append(one)
            tell(one)
            if not answer:
                return list(files[index + 1 :])
        process.stdin.close()
        own, children = json.loads(process.stdout.readline())
        found.peak, found.peak_of_children = max(found.peak, own), max(found.peak_of_children, children)
        return []
    finally:
        process.kill()
        process.stdout.close()
        process.wait()


def mutants(numbers: Iterable[int]) -> list[File]:
    """Return the bad files of these numbers."""
    return [partial(mutant, number) for number in numbers]


def folder(path: Path) -> list[File]:
    """Return the files in a folder and below it."""
    return [lambda one=one: (one.name, one.read_bytes()) for one in sorted(path.rglob("*")) if one.is_file()]


def hostile() -> list[File]:
    """Return the files of ``tests/hostile.py``."""
    return [lambda name=name, make=make: (f"{name}.pdf", make()) for name, make in (FILES | BOMBS).items()]


def costs(files: Iterable[File]) -> Iterator[str]:
    """Yield a table in Markdown: outcome, seconds and memory (of Sceau, of its readers) of files, each by itself."""
    yield "| file | outcome | seconds | MB | MB, readers |\n|---|---|---|---|---|"
    for file in files:
        found = run([file])
        (one,) = found.files
        outcome = ", ".join([one.code, *one.unread])
        yield (
            f"| {one.name} | {outcome} | {one.seconds:.1f}"
            f" | {found.peak / 1e6:.0f} | {found.peak_of_children / 1e6:.0f} |"
        )


def main(kind: str, *arguments: str) -> None:
    """Print what becomes of the files that the arguments name."""
    if kind == "costs":
        for row in costs(hostile()):
            print(row, flush=True)
        return
    if kind == "mutants":
        files = mutants(range(*map(int, arguments)))
    else:
        files = hostile() if kind == "hostile" else folder(Path(arguments[0]))

    def tell(one: Outcome) -> None:
        print(f"{one.seconds:7.2f} {one.code:20} {one.name} {','.join(one.unread)} {one.where}", flush=True)

    outcomes = run(files, tell=tell)
    print(outcomes.table(), outcomes.said, sep="\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
