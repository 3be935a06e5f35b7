"""PDF files: the process that reads them is started, bounded and, if need be, stopped here.

Text comes from pdfium; where it cannot open a file or finds no text on a page, pdfplumber tries. Boxes to tick, form
fields and ruled tables are looked for only on pages that may be a form (``forms.py``). pdfium writes notes, too.
"""

from __future__ import annotations

import atexit
import marshal
import os
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from analyzer import errors
from analyzer.reading.forms import Drawing, find_form
from analyzer.reading.limits import LIMITS, Limits
from analyzer.reading.lines import build_lines
from analyzer.schema import Page

Answer = tuple[Any, ...]

#: A4, for pages whose size nobody could tell (points).
_WIDTH, _HEIGHT = 595.0, 842.0


#: What the process ends with when it is refused memory: it gives up by one of these signals (4, 5 and 6 on POSIX).
_OUT_OF_MEMORY = {-4, -5, -6}


class _StoppedError(Exception):
    """The process ended before it had answered; ``costly`` tells whether it took too much time or memory."""

    def __init__(self, costly: bool) -> None:
        super().__init__()
        self.costly = costly


class _Worker:
    """A running ``pdf_worker.py``, for one caller at a time."""

    def __init__(self, memory_bytes: int) -> None:
        # The worker is started by its path, so it is told where this process finds its packages.
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        script = Path(__file__).with_name("pdf_worker.py")
        self.process = subprocess.Popen(
            [sys.executable, "-P", str(script), str(memory_bytes)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
        )
        self.owner = os.getpid()
        self.busy = False

    def ask(self, request: Answer, data: bytes, seconds: Callable[[], float]) -> Iterator[Answer]:
        """Yield the answers to ``request``, each awaited for ``seconds()``; raise ``_StoppedError`` if one fails."""
        assert self.process.stdin and self.process.stdout
        self.busy = True
        sent = marshal.dumps(request)
        late = threading.Event()

        def stop() -> None:
            late.set()
            self.process.kill()

        while True:
            timer = threading.Timer(seconds(), stop)
            timer.daemon = True
            timer.start()
            try:
                if sent:
                    self.process.stdin.write(struct.pack("<I", len(sent)) + sent + struct.pack("<I", len(data)))
                    self.process.stdin.write(data)
                    self.process.stdin.flush()
                    sent = b""
                head = self.process.stdout.read(4)
                body = self.process.stdout.read(struct.unpack("<I", head)[0]) if len(head) == 4 else b""
            except OSError:
                body = b""
            finally:
                timer.cancel()
            if not body:
                raise _StoppedError(late.is_set() or self.process.wait() in _OUT_OF_MEMORY)
            answer: Answer = marshal.loads(body)
            if answer[0] not in ("pages", "page"):
                self.busy = False
                if answer[0] != "end":
                    yield answer
                return
            yield answer

    def close(self) -> None:
        """End the process."""
        if self.owner == os.getpid():
            self.process.kill()
            self.process.communicate()


_lock = threading.Lock()
_worker: _Worker | None = None


def _ready_worker(limits: Limits) -> _Worker:
    """Return a worker that waits for a request; the lock is held."""
    global _worker
    # A worker inherited through a fork belongs to the parent; one that is still busy was left in the middle.
    if _worker is None or _worker.owner != os.getpid() or _worker.busy or _worker.process.poll() is not None:
        close_worker()
        _worker = _Worker(limits.memory_bytes)
    return _worker


def close_worker() -> None:
    """Stop the process that reads PDF files, if one runs; the next file starts another."""
    global _worker
    if _worker is not None:
        _worker.close()
        _worker = None


atexit.register(close_worker)


def read_pdf(data: bytes, name: str, limits: Limits = LIMITS) -> tuple[Page, ...]:
    """Return the pages of a PDF file, in order, each read or with the reason why not.

    Reasons: ``no_text_layer`` (a picture of a page), ``mostly_image`` (a picture with a stamp or a page number as its
    only text, which is kept), ``garbled_text``, ``page_too_dense``, ``limit_reached``, ``unreadable``.

    Raises FileLocked, FileDamaged, FileEmpty, NoTextLayer, GarbledText or LimitReached where nothing could be read.
    """
    with _lock:
        pages, count = _read_pages(data, name, limits)
    listed = min(count, limits.listed_pages)
    pages += [_unread(number, "limit_reached") for number in range(len(pages) + 1, listed + 1)]
    if not any(page.lines for page in pages if page.read_by != "unread"):
        raise _nothing_read(name, pages)
    return tuple(pages)


def _read_pages(data: bytes, name: str, limits: Limits) -> tuple[list[Page], int]:
    """Return the pages that were looked at, and how many the file has; the lock is held."""
    deadline = time.monotonic() + limits.seconds
    pages: list[Page] = []
    count: int | None = None
    characters = 0

    def patience() -> float:
        return max(min(limits.page_seconds, deadline - time.monotonic()), 0.01)

    while count is None or len(pages) < min(count, limits.pages):
        bounds = (
            *(limits.pages, limits.page_characters, limits.page_objects),
            *(limits.second_reader_objects, limits.form_objects),
        )
        answers = _ready_worker(limits).ask(("read", len(pages) + 1, *bounds), data, patience)
        try:
            for answer in answers:
                if answer[0] == "refused":
                    raise _REFUSALS[answer[1]](name)
                if answer[0] == "pages":
                    count = answer[1]
                    continue
                pages.append(_page(*answer[1:]))
                characters += sum(len(line.text) for line in pages[-1].lines)
                if characters > limits.characters or time.monotonic() > deadline:
                    return pages, count or 0
        except _StoppedError as stopped:
            if count is None:
                raise errors.LimitReached(name) if stopped.costly else errors.FileDamaged(name) from None
            # This page stopped the worker: leave it aside and go on with the next one.
            pages.append(_unread(len(pages) + 1, "limit_reached" if stopped.costly else "unreadable"))
        if time.monotonic() > deadline:
            break
    return pages, count or 0


_REFUSALS: dict[str, type[errors.SceauError]] = {kind.code: kind for kind in (errors.FileLocked, errors.FileDamaged)}


def _page(
    number: int,
    width: float,
    height: float,
    reason: str | None,
    runs: list[Any],
    styles: list[Any],
    fields: Sequence[Any] = (),
    drawing: Drawing = ((), (), ()),
) -> Page:
    """Return the page that the worker's answer describes."""
    marks, cells = find_form(runs, fields, drawing)
    return Page(
        number=number,
        width=width,
        height=height,
        read_by="unread" if reason else "text layer",
        reason=reason,
        lines=build_lines(runs, styles),
        marks=marks,
        cells=cells,
    )


def _unread(number: int, reason: str) -> Page:
    """Return a page that nobody looked at."""
    return Page(number=number, width=_WIDTH, height=_HEIGHT, read_by="unread", reason=reason)


def _nothing_read(name: str, pages: list[Page]) -> errors.SceauError:
    """Return the error that says best why no page has text."""
    reasons = {page.reason for page in pages} - {None}
    if reasons & {"limit_reached", "page_too_dense"}:
        return errors.LimitReached(name)
    if reasons & {"no_text_layer", "mostly_image"}:
        return errors.NoTextLayer(name)
    if "garbled_text" in reasons:
        return errors.GarbledText(name)
    return errors.FileDamaged(name) if reasons else errors.FileEmpty(name)


def render_page(source: Path | bytes, page_number: int, scale: float = 2.0, limits: Limits = LIMITS) -> bytes:
    """Return a page as a PNG picture, ``scale`` pixels a point, less if that would make it too large.

    Raises FileMissing where there is no such file, FileDamaged where the page cannot be drawn, or not in time.
    """
    if isinstance(source, Path):
        try:
            data = source.read_bytes()
        except OSError:
            raise errors.FileMissing(source.name) from None
        name = source.name
    else:
        data, name = source, ""
    with _lock:
        request = ("render", page_number, scale, limits.render_pixels)
        try:
            answer = next(_ready_worker(limits).ask(request, data, lambda: limits.page_seconds))
        except _StoppedError:
            raise errors.FileDamaged(name) from None
    if answer[0] != "image":
        raise errors.FileDamaged(name)
    picture: bytes = answer[1]
    return picture


class Mark(NamedTuple):
    """A highlight, or an ``underline``, to put on a page: over ``boxes`` of it as it is shown, with a note.

    ``colour`` is red, green and blue, 0 to 255; ``name`` tells it from the other marks of the page.
    """

    page: int
    boxes: Sequence[tuple[float, float, float, float]]
    underline: bool
    colour: tuple[int, int, int]
    title: str
    text: str
    name: str


def annotate_pdf(
    data: bytes,
    name: str,
    marks: Sequence[Mark],
    note: tuple[str, str],
    note_if_signed: tuple[str, str],
    limits: Limits = LIMITS,
) -> bytes:
    """Return the file with ``marks`` as highlights, and on its first page a note: its title and text.

    What the file held is kept. A signature cannot be verified any more; then ``note_if_signed`` stands instead.

    Raises NotAnnotatable where pdfium cannot write the file, or not in time.
    """
    request = ("annotate", [tuple(mark) for mark in marks], note, note_if_signed)
    with _lock:
        try:
            answer = next(_ready_worker(limits).ask(request, data, lambda: limits.seconds))
        except _StoppedError:
            raise errors.NotAnnotatable(name) from None
    if answer[0] != "annotated":
        raise errors.NotAnnotatable(name)
    annotated: bytes = answer[1]
    return annotated
