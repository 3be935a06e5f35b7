"""Who does the work of a scan: processes of this computer, or a Dask cluster that is there already.

Both are executors of the standard library's kind and run the same function (``task.read_files``). Nothing else in Sceau
opens the network: ``Cluster`` does, to the address that the user gives, and sends it the bytes of the documents.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, ParamSpec, Protocol, TypeVar

from analyzer.corpus.task import Recipe, made_ready
from analyzer.errors import ClusterLost, ClusterMissing, ClusterUnfit, SceauError

__all__ = ["Cluster", "Crew", "Processes"]

#: Seconds between two looks at the workers of a cluster, and for which there may be none.
_LOOK, _WITHOUT_WORKERS = 5.0, 60.0

P = ParamSpec("P")
T = TypeVar("T")


class Crew(Protocol):
    """Who does the work: ``tasks`` at a time, each of up to ``files_a_task`` files."""

    tasks: int
    files_a_task: int

    def start(self, recipe: Recipe) -> Executor:
        """Return what takes the tasks; called again, another in place of one that broke."""

    def judge(self, fault: Exception) -> None:
        """Raise a ``SceauError`` where a task ended with this for another reason than its files."""

    def check(self) -> None:
        """Raise a ``SceauError`` where nobody works any more."""

    def stop(self) -> None:
        """Let go of everybody, at once: what they are at is given up."""


# ---- this computer ---------------------------------------------------------------------------------------


class Processes:
    """So many processes of this computer."""

    files_a_task = 1

    def __init__(self, jobs: int) -> None:
        """Plan for so many processes; ``start`` starts them."""
        self._jobs = jobs
        self.tasks = 2 * jobs  # one that is read, one that waits for its turn
        self._pool: ProcessPoolExecutor | None = None
        self._lifeline: Connection | None = None

    def start(self, recipe: Recipe) -> Executor:
        """Start the processes. Raises what ``load_encoder`` raises: a model that cannot be loaded is told of here."""
        made_ready(recipe)
        self.stop()
        fresh = get_context("spawn")
        end, self._lifeline = fresh.Pipe(duplex=False)
        self._pool = _Pool(self._jobs, mp_context=fresh, initializer=_begin, initargs=(end, recipe))
        return self._pool

    def judge(self, fault: Exception) -> None:
        """Do nothing: whatever becomes of a process, its file may be the cause."""

    def check(self) -> None:
        """Do nothing: the pool notices a process that dies."""

    def stop(self) -> None:
        """End the processes: they do when the line to this one is cut, as it is too when this one is killed."""
        if self._lifeline is not None:
            self._lifeline.close()
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
        self._lifeline = self._pool = None


class _Pool(ProcessPoolExecutor):
    """A pool whose processes, and theirs in turn, do not hear Ctrl-C: this one does, and tells them to end."""

    def submit(self, task: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Hand in a task; processes are started here, and inherit which signals are held back."""
        with _held_back(signal.SIGINT):
            return super().submit(task, *args, **kwargs)


@contextmanager
def _held_back(signal_number: int) -> Iterator[None]:
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal_number})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin(lifeline: Connection, recipe: Recipe) -> None:
    """Make a process ready for its first file."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(lifeline,), daemon=True).start()
    with suppress(SceauError):  # said of each file that needs what cannot be loaded
        made_ready(recipe)


def _end_with(lifeline: Connection) -> None:
    """End this process when whoever started it has cut the line, or is no more."""
    with suppress(EOFError, OSError):
        lifeline.recv_bytes()
    os._exit(1)


# ---- a cluster -------------------------------------------------------------------------------------------


class Cluster:
    """The workers of a Dask scheduler, by its address (``tcp://…``)."""

    #: A task costs some milliseconds: one a file would be too fine.
    files_a_task = 4

    def __init__(self, address: str) -> None:
        """Name the cluster; ``start`` connects to it."""
        self._address = address
        self.tasks = 1
        self._client: Any = None
        self._looked = self._workers_at = 0.0

    def start(self, recipe: Recipe) -> Executor:
        """Connect to the cluster. Raises ClusterMissing, ClusterLost or ClusterUnfit."""
        try:
            import dask
            from distributed import Client
        except ImportError as fault:
            raise ClusterMissing(self._address) from fault
        wanted = made_ready(recipe)
        self.stop()
        logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what is wrong is said in our own words
        dask.config.set({"distributed.admin.large-graph-warning-threshold": "1 GiB"})  # tasks carry their files
        try:
            make: Any = Client  # without types
            self._client = make(self._address, timeout=10, set_as_default=False)
            self._client.wait_for_workers(1, timeout=30)
        except Exception as fault:
            raise ClusterLost(self._address) from fault
        try:
            judges = self._client.run(made_ready, recipe)
        except Exception as fault:
            raise ClusterUnfit(self._address) from fault
        if set(judges.values()) != {wanted}:
            raise ClusterUnfit(self._address)
        self.tasks = 2 * sum(self._client.nthreads().values())
        self._looked = self._workers_at = time.monotonic()
        executor: Executor = self._client.get_executor(pure=False)
        return executor

    def judge(self, fault: Exception) -> None:
        """Raise ClusterLost unless workers died of a task, one after the other."""
        from distributed.scheduler import KilledWorker

        if not isinstance(fault, KilledWorker):
            raise ClusterLost(self._address) from fault

    def check(self) -> None:
        """Raise ClusterLost where the scheduler does not answer, or has had no workers for a while."""
        if self._client.status != "running":
            raise ClusterLost(self._address)
        if time.monotonic() - self._looked < _LOOK:
            return
        self._looked = time.monotonic()
        if self._client.nthreads():
            self._workers_at = self._looked
        elif self._looked - self._workers_at > _WITHOUT_WORKERS:
            raise ClusterLost(self._address)

    def stop(self) -> None:
        """Let go of the cluster; tasks that nobody waits for any more are given up there."""
        if self._client is not None:
            with suppress(Exception):
                self._client.close(timeout=2)
        self._client = None
