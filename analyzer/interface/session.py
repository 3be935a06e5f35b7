"""What one visit holds. No cache and no file does: what is erased here is gone."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from threading import Event
from typing import Any, TypeVar, cast

from analyzer import pipeline
from analyzer.corpus.clause import Clause
from analyzer.corpus.decisions import Decisions
from analyzer.corpus.store import Store
from analyzer.errors import SceauError
from analyzer.interface import told_of
from analyzer.reading import read_all, render_page
from analyzer.schema import Comparison, Report

T = TypeVar("T")


#: Pictures of pages kept for a document: so many that going back and forth draws none anew.
_PICTURES = 24
#: What is kept of a corpus: charts and lists, so many that going back and forth makes none anew.
_MADE = 60
#: More documents than anybody gives at once.
_MOST_AT_ONCE = 10_000
#: Seconds between two looks at work that goes on in the background.
_LOOK = 0.1


class _GivenUpError(Exception):
    """Nobody waits for the work any more."""


@dataclass
class Held:
    """A document of the visit, what was seen in it and its report once made, and the pages drawn last."""

    name: str
    content: bytes
    #: Tells its widgets from those of another document.
    number: int = 0
    examined: pipeline.Examined | None = None
    report: Report | None = None
    pictures: dict[int, bytes] = field(default_factory=dict)
    #: Passages in place, as they were shown last.
    figures: dict[tuple[str, ...], str] = field(default_factory=dict)

    @property
    def shown_name(self) -> str:
        """Its name as it is shown: masked as its report is, once there is one."""
        return self.report.document.name if self.report else self.name

    def draw(self, page: int) -> bytes:
        """Return a page as a PNG picture. Raises ``SceauError`` where it cannot be drawn."""
        if page not in self.pictures:
            while len(self.pictures) >= _PICTURES:
                del self.pictures[next(iter(self.pictures))]
            assert self.report is not None
            (wanted,) = (one for one in self.report.document.pages if one.number == page)
            self.pictures[page] = render_page(self.content, wanted)
        return self.pictures[page]


@dataclass
class Corpus:
    """A store that is looked at, and what was made of it as it stands."""

    store: Store
    stamp: int = 0
    made: dict[Hashable, Any] = field(default_factory=dict)
    #: The clause that is shown, by its document and wording, and its document where it can be drawn.
    shown: tuple[tuple[str, str, str], Clause | None, Held | SceauError] | None = None

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what ``make`` returns, made anew only where the store has changed."""
        try:
            stamp = self.store.path.stat().st_mtime_ns
        except OSError:
            stamp = 0
        if stamp != self.stamp:
            self.made.clear()
            self.stamp, self.shown = stamp, None
        if key not in self.made:
            while len(self.made) >= _MADE:
                del self.made[next(iter(self.made))]
            self.made[key] = make()
        return cast(T, self.made[key])


@dataclass
class Session:
    """What one visit holds."""

    documents: list[Held] = field(default_factory=list)
    #: Which document is shown.
    current: int = 0
    errors: list[SceauError] = field(default_factory=list)
    #: How many times documents were taken. Each upload has a widget of its own: the former one forgets its files.
    taken: int = 0
    #: The two editions that are compared, and what came of it.
    editions: tuple[Held, Held] | None = None
    comparison: Comparison | None = None
    decisions: Decisions | None = None
    corpus: Corpus | None = None
    #: Whether the store that the command line named was opened: once closed, it stays so.
    offered: bool = False
    #: Why the last decision could not be saved.
    refusal: SceauError | None = None

    @property
    def held(self) -> Held | None:
        """The document that is shown."""
        return self.documents[self.current] if self.documents else None

    def take(self, documents: list[Held]) -> None:
        """Hold ``documents`` in place of those held, and show the first."""
        self.forget()
        for number, held in enumerate(documents):
            held.number = self.taken * _MOST_AT_ONCE + number
        self.documents = documents

    def receive(self, files: Sequence[tuple[str, bytes]]) -> None:
        """Hold the documents in ``files`` (names and bytes), those of archives and e-mails too.

        What cannot be had is told in ``errors``.
        """
        documents: list[Held] = []
        faults: list[SceauError] = []
        for name, content in files:
            try:
                with told_of(name):
                    parts = read_all(content, name)
            except SceauError as error:
                faults.append(error)
                continue
            faults += (part.error for part in parts if part.error is not None)
            documents += (Held(part.name, part.data) for part in parts if part.error is None)
        self.take(documents)
        self.errors = faults

    def drop(self, held: Held, error: SceauError) -> None:
        """Let go of a document that cannot be read, and keep its error to be shown."""
        self.cancel(held)
        self.errors.append(error)

    def cancel(self, held: Held) -> None:
        """Let go of a document whose reading somebody cancelled."""
        self.documents = [other for other in self.documents if other is not held]
        self.current = 0
        self.taken += 1

    def forget(self) -> None:
        """Let go of everything that was read, and of what was made of it; a file of decisions is closed."""
        if self.decisions is not None:
            self.decisions.close()
        self.documents, self.errors, self.current = [], [], 0
        self.decisions = self.refusal = self.corpus = None
        self.forget_comparison()

    def forget_comparison(self) -> None:
        """Let go of the two editions and of their comparison."""
        self.editions = self.comparison = None
        self.taken += 1


def examined(held: Held, *, use_encoder: bool, progress: pipeline.Progress) -> pipeline.Examined:
    """Return what was seen in a document, which is read only once. Raises ``SceauError``."""
    with told_of(held.name):
        if held.examined is None:
            held.examined = pipeline.examine(held.content, name=held.name, use_encoder=use_encoder, progress=progress)
        return held.examined


def in_background(work: Callable[[Callable[[str], object]], T], show: Callable[[str], object]) -> T:
    """Return what ``work`` returns, done in a thread of its own; it is given a function that tells of a step.

    ``show`` is called with the last step, again and again: whoever calls may be interrupted there (somebody cancelled).
    The work then ends at its next step. Raises what ``work`` raises.
    """
    steps = ["read"]
    given_up = Event()

    def tell(step: str) -> None:
        if given_up.is_set():
            raise _GivenUpError
        steps.append(step)

    workers = ThreadPoolExecutor(1)
    try:
        future = workers.submit(work, tell)
        show(steps[-1])
        while not wait([future], timeout=_LOOK).done:
            show(steps[-1])
        return future.result()
    finally:
        given_up.set()
        workers.shutdown(wait=False, cancel_futures=True)
