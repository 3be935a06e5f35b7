"""PDF files: what is asked of the process that reads them (``pdf_worker.py``), and what becomes of its answers.

Text comes from pdfium; where it cannot open a file or finds no text on a page, pdfplumber tries. Boxes to tick, form
fields and ruled tables are looked for only on pages that may be a form (``forms.py``). pdfium writes notes, too.
"""

from __future__ import annotations

import atexit
import os
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from analyzer import errors
from analyzer.reading.forms import Drawing, find_form
from analyzer.reading.limits import LIMITS, Limits
from analyzer.reading.lines import build_lines
from analyzer.reading.ocr import Job, looks_garbled, recognise, says_the_same
from analyzer.reading.process import StoppedError, Worker
from analyzer.reading.unread import nothing_read, unread_page
from analyzer.schema import Page

#: Why a page is read from its picture, and how many pixels an inch that picture has.
_TO_RECOGNISE = {"no_text_layer", "mostly_image", "garbled_text"}
_DPI = 200.0

_lock = threading.Lock()
_worker: Worker | None = None


def _ready_worker(limits: Limits) -> Worker:
    """Return a worker that waits for a request; the lock is held."""
    global _worker
    # A worker inherited through a fork belongs to the parent; one that is still busy was left in the middle.
    if _worker is None or _worker.owner != os.getpid() or _worker.busy or _worker.process.poll() is not None:
        close_worker()
        _worker = Worker("pdf_worker.py", limits.memory_bytes)
    return _worker


def close_worker() -> None:
    """Stop the process that reads PDF files, if one runs; the next file starts another."""
    global _worker
    if _worker is not None:
        _worker.close()
        _worker = None


atexit.register(close_worker)


def read_pdf(data: bytes, name: str, limits: Limits = LIMITS) -> tuple[tuple[Page, ...], dict[str, str]]:
    """Return the pages of a PDF file, in order, each read or with the reason why not; and the file's properties.

    A page without a text layer, or with a garbled one, is read from its picture.

    Reasons: ``no_text_layer`` (a picture in which no word was found), ``mostly_image`` (one with a stamp or a page
    number as its only text, which is kept), ``garbled_text``, ``low_resolution``, ``page_too_dense``,
    ``limit_reached``, ``unreadable``. On a page that was read: ``ocr_unsure``, or ``text_unsure`` (its text layer looks
    garbled, and nobody could compare it with the picture).

    Raises FileLocked, FileDamaged, FileEmpty, NoTextLayer, LowResolution, GarbledText or LimitReached where nothing
    could be read.
    """
    with _lock:
        pages, count, properties = _read_pages(data, name, limits)
    pages = _with_pictures_read(pages, data, limits)
    listed = min(count, limits.listed_pages)
    pages += [unread_page(number, "limit_reached") for number in range(len(pages) + 1, listed + 1)]
    if not any(page.lines for page in pages if page.read_by != "unread"):
        raise nothing_read(name, (page.reason for page in pages))
    return tuple(pages), properties


def _read_pages(data: bytes, name: str, limits: Limits) -> tuple[list[Page], int, dict[str, str]]:
    """Return the pages that were looked at, how many the file has, and its properties; the lock is held."""
    deadline = time.monotonic() + limits.seconds
    pages: list[Page] = []
    count: int | None = None
    properties: dict[str, str] = {}
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
                    count, properties = answer[1:]
                    continue
                pages.append(_page(*answer[1:]))
                characters += sum(len(line.text) for line in pages[-1].lines)
                if characters > limits.characters or time.monotonic() > deadline:
                    return pages, count or 0, properties
        except StoppedError as stopped:
            if count is None:
                raise errors.LimitReached(name) if stopped.costly else errors.FileDamaged(name) from None
            # This page stopped the worker: leave it aside and go on with the next one.
            pages.append(unread_page(len(pages) + 1, "limit_reached" if stopped.costly else "unreadable"))
        if time.monotonic() > deadline:
            break
    return pages, count or 0, properties


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


def _with_pictures_read(pages: Sequence[Page], data: bytes, limits: Limits) -> list[Page]:
    """Return the pages, those without a text layer that can be trusted read from their pictures where that helps."""
    doubtful = [page for page in pages if page.reason in _TO_RECOGNISE or looks_garbled(page.lines)]
    scale = _DPI / 72

    def job(number: int) -> Job:
        return Job(("page", _DPI), lambda: _drawn(data, "", limits, number, scale, grey=True))

    found = recognise({page.number: job(page.number) for page in doubtful}, limits)
    return [_better(page, found[page.number]) if page.number in found else page for page in pages]


def _better(page: Page, recognised: Page) -> Page:
    """Return what was recognised on a page, if that is more than what its text layer says."""
    if page.read_by == "text layer" or page.reason == "garbled_text":
        return _believed(page, recognised)
    # The stamp on a picture may be all that was recognised, too.
    if _letters(recognised) > 2 * _letters(page):
        return recognised
    return page.model_copy(update={"reason": recognised.reason}) if recognised.reason else page


def _believed(page: Page, recognised: Page) -> Page:
    """Return what can be believed of a page with an odd text layer; it has a reason unless all of it can."""
    if says_the_same(page.lines, recognised.lines):  # a list of names, say: so it is printed
        return page
    if recognised.read_by == "unread" and recognised.reason:  # nobody could look
        return page.model_copy(update={"reason": "text_unsure" if page.lines else recognised.reason})
    if recognised.read_by == "unread" or looks_garbled(recognised.lines):
        return page.model_copy(update={"read_by": "unread", "reason": "garbled_text"})
    whole = 2 * _letters(recognised) > _letters(page)
    return recognised if whole else recognised.model_copy(update={"reason": "garbled_text"})


def _letters(page: Page) -> int:
    return sum(len(line.text) for line in page.lines)


def render_page(
    source: Path | bytes, page_number: int, scale: float = 2.0, limits: Limits = LIMITS, *, turned: int = 0
) -> bytes:
    """Return a page as a PNG picture, ``scale`` pixels a point, less if that would make it too large.

    It is ``turned`` clockwise by so many degrees, a multiple of 90.

    Raises FileMissing where there is no such file, FileDamaged where the page cannot be drawn, LimitReached where
    it takes too much time or memory.
    """
    if isinstance(source, Path):
        try:
            data = source.read_bytes()
        except OSError:
            raise errors.FileMissing(source.name) from None
        name = source.name
    else:
        data, name = source, ""
    return _drawn(data, name, limits, page_number, scale, turned, grey=False)


def _drawn(data: bytes, name: str, limits: Limits, number: int, scale: float, turned: int = 0, *, grey: bool) -> bytes:
    """Return a page as a picture: PNG, or PGM for a ``grey`` one."""
    with _lock:
        request = ("render", number, scale, turned, limits.render_pixels, grey)
        try:
            answer = next(_ready_worker(limits).ask(request, data, lambda: limits.page_seconds))
        except StoppedError as stopped:
            raise (errors.LimitReached if stopped.costly else errors.FileDamaged)(name) from None
    if answer[0] != "image":
        raise errors.FileDamaged(name)
    picture: bytes = answer[1]
    return picture


class Mark(NamedTuple):
    """A highlight, or an ``underline``, to put on a page: over ``boxes`` of it as it is shown, with a note.

    ``colour`` is red, green and blue, 0 to 255; ``name`` tells it from the other marks of the page. The boxes may be
    those of the page ``turned`` clockwise by so many degrees.
    """

    page: int
    boxes: Sequence[tuple[float, float, float, float]]
    underline: bool
    colour: tuple[int, int, int]
    title: str
    text: str
    name: str
    turned: int = 0


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
        except StoppedError:
            raise errors.NotAnnotatable(name) from None
    if answer[0] != "annotated":
        raise errors.NotAnnotatable(name)
    annotated: bytes = answer[1]
    return annotated
