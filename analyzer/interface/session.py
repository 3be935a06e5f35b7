"""What one visit holds. No cache and no file does: what is erased here is gone."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import TypeVar

from analyzer import pipeline
from analyzer.corpus.decisions import Decisions
from analyzer.errors import SceauError
from analyzer.interface import told_of
from analyzer.reading.pdf import render_page
from analyzer.schema import Comparison, Context, Lang, Report

T = TypeVar("T")

#: Pictures of pages kept for a document: so many that going back and forth draws none anew.
_PICTURES = 24
#: Seconds between two looks at work that goes on in the background.
_LOOK = 0.1


@dataclass
class Held:
    """A document of the visit, what was seen in it and its report once made, and the pages drawn last."""

    name: str
    content: bytes
    examined: pipeline.Examined | None = None
    report: Report | None = None
    pictures: dict[int, bytes] = field(default_factory=dict)

    def draw(self, page: int) -> bytes:
        """Return a page as a PNG picture. Raises ``SceauError`` where it cannot be drawn."""
        if page not in self.pictures:
            while len(self.pictures) >= _PICTURES:
                del self.pictures[next(iter(self.pictures))]
            self.pictures[page] = render_page(self.content, page)
        return self.pictures[page]


@dataclass
class Session:
    """What one visit holds."""

    documents: list[Held] = field(default_factory=list)
    #: Which document is shown.
    current: int = 0
    errors: list[SceauError] = field(default_factory=list)
    #: How many times documents were taken. Each upload has a widget of its own: the former one forgets its files.
    taken: int = 0
    #: The two editions that are compared, each with its name, and what came of it.
    editions: tuple[tuple[str, bytes], tuple[str, bytes]] | None = None
    comparison: Comparison | None = None
    decisions: Decisions | None = None

    @property
    def held(self) -> Held | None:
        """The document that is shown."""
        return self.documents[self.current] if self.documents else None

    def take(self, documents: list[Held]) -> None:
        """Hold ``documents`` in place of those held, and show the first."""
        self.forget()
        self.documents = documents

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
        self.decisions = None
        self.forget_comparison()

    def forget_comparison(self) -> None:
        """Let go of the two editions and of their comparison."""
        self.editions = self.comparison = None
        self.taken += 1


def examined(held: Held, context: Context, lang: Lang, *, use_encoder: bool, progress: pipeline.Progress) -> Report:
    """Return the report of a document, which is read only once. Raises ``SceauError``."""
    with told_of(held.name):
        if held.examined is None:
            held.examined = pipeline.examine(held.content, name=held.name, use_encoder=use_encoder, progress=progress)
        return pipeline.tell(held.examined, context, lang, progress=progress)


def in_background(work: Callable[[Callable[[str], object]], T], show: Callable[[str], object]) -> T:
    """Return what ``work`` returns, done in a thread of its own; it is given a function that tells of a step.

    ``show`` is called with the last step, again and again: whoever calls may be interrupted there (somebody cancelled).
    The work then ends by itself, unseen. Raises what ``work`` raises.
    """
    steps = ["read"]
    workers = ThreadPoolExecutor(1)
    try:
        future = workers.submit(work, steps.append)
        show(steps[-1])
        while not wait([future], timeout=_LOOK).done:
            show(steps[-1])
        return future.result()
    finally:
        workers.shutdown(wait=False, cancel_futures=True)
