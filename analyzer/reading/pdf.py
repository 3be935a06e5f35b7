"""PDF files: what is asked of the process that reads them (``pdf_worker.py``), and what becomes of its answers.

Text comes from pdfium; where it cannot open a file or finds no text on a page, pdfplumber tries. Boxes to tick, form
fields and ruled tables are looked for only on pages that may be a form (``forms.py``). pdfium writes notes, too.
"""

from __future__ import annotations

import atexit
import math
import os
import re
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from analyzer import errors
from analyzer.reading.forms import Drawing, find_form
from analyzer.reading.limits import LIMITS, Limits
from analyzer.reading.lines import build_lines
from analyzer.reading.ocr import Job, garbled_parts, looks_garbled, recognise, says_the_same
from analyzer.reading.process import StoppedError, Worker
from analyzer.reading.unread import nothing_read, unread_page
from analyzer.schema import Line, Page

#: Why a page is read from its picture, and how many pixels an inch that picture has.
_TO_RECOGNISE = {"no_text_layer", "mostly_image", "garbled_text"}
_DPI = 200.0
#: The reason of a page whose text is good, until somebody has looked at its pictures.
_PICTURE = "picture_unread"
#: The longer side of A4 (points): pages that are too large to be drawn as they are take pixels of a photo for points.
_PAPER = 842.0
#: In a picture, so many words of two letters and more may say something; fewer are the name of a firm, or noise.
_FEWEST_WORDS, _LONG_WORD = 5, re.compile(r"[^\W\d_]{2,}")
#: Printed text stands within so many font sizes, and is no larger than this part of the page's longer side; what is
#: larger or askew lies over other text. A recognised line with more than this part in printed text is there already.
_UPRIGHT, _LARGE, _THERE = 2.5, 0.05, 0.25

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

    A page without a text layer, or with a garbled one, is read from its picture; so is, beside its text, what a page
    shows in a picture or as letters drawn as curves.

    Reasons: ``no_text_layer`` (a picture in which no word was found), ``mostly_image`` (one with a stamp or a page
    number as its only text, which is kept), ``garbled_text``, ``low_resolution``, ``page_too_dense``,
    ``limit_reached``, ``unreadable``. On a page that was read: ``ocr_unsure``, or ``text_unsure`` (its text layer looks
    garbled, and nobody could compare it with the picture), or ``picture_unread`` (nobody could read what stands beside
    its text).

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
        read_by="unread" if reason and reason != _PICTURE else "text layer",
        reason=reason,
        lines=build_lines(runs, styles),
        marks=marks,
        cells=cells,
    )


def _with_pictures_read(pages: Sequence[Page], data: bytes, limits: Limits) -> list[Page]:
    """Return the pages, read from their pictures where there is no text layer, or more than it says may stand there."""
    jobs = {page.number: _job(page, (), data, limits) for page in pages if _is_doubtful(page)}
    # What nobody has read comes first: the time may not do for all.
    for page in pages:
        if page.reason == _PICTURE and page.number not in jobs:
            known = [
                (word.x0 - 1, line.top, word.x1 + 1, line.bottom) for line in _printed(page) for word in line.words
            ]
            # An answer that was typed into a field is not read from its picture, either.
            known += [mark[1:5] for mark in page.marks if mark.kind == "text"]
            jobs[page.number] = _job(page, known, data, limits)
    found = recognise(jobs, limits)
    return [
        _better(page, _magnified(found[page.number], _magnification(page, limits))) if page.number in found else page
        for page in pages
    ]


def _is_doubtful(page: Page) -> bool:
    return page.reason in _TO_RECOGNISE or bool(garbled_parts(page.lines))


def _printed(page: Page) -> list[Line]:
    """Return the lines of ordinary print: not a word over the whole page, say, behind which something else stands."""
    return [
        line
        for line in page.lines
        if line.font_size < _LARGE * max(page.width, page.height)
        and min(line.x1 - line.x0, line.bottom - line.top) < _UPRIGHT * line.font_size
    ]


def _job(page: Page, known: Sequence[tuple[float, ...]], data: bytes, limits: Limits) -> Job:
    """Return what reads a page from its picture, all of it but the boxes that are ``known``."""
    scale = _scale(page, limits)
    dpi = 72 * scale * _magnification(page, limits)
    return Job(("page", dpi), lambda: _drawn(data, "", limits, page.number, scale, hidden=known, grey=True))


def _scale(page: Page, limits: Limits) -> float:
    """Return how many pixels a point the picture of a page has from which it is read."""
    return min(_DPI / 72, math.sqrt(limits.render_pixels / max(page.width * page.height, 1.0)))


def _magnification(page: Page, limits: Limits) -> float:
    """Return how many times larger a page is than its paper was."""
    return max(page.width, page.height) / _PAPER if _scale(page, limits) < _DPI / 72 else 1.0


def _magnified(page: Page, times: float) -> Page:
    """Return a recognised page whose size, boxes and print are so many times larger."""
    if times == 1.0:
        return page
    lines = tuple(
        line._replace(
            x0=line.x0 * times,
            top=line.top * times,
            x1=line.x1 * times,
            bottom=line.bottom * times,
            font_size=line.font_size * times,
            words=tuple(word._replace(x0=word.x0 * times, x1=word.x1 * times) for word in line.words),
        )
        for line in page.lines
    )
    marks = tuple(
        mark._replace(x0=mark.x0 * times, top=mark.top * times, x1=mark.x1 * times, bottom=mark.bottom * times)
        for mark in page.marks
    )
    size = {"width": page.width * times, "height": page.height * times}
    return page.model_copy(update={"lines": lines, "marks": marks, **size})


def _better(page: Page, recognised: Page) -> Page:
    """Return what is known of a page, now that its picture was read, or should have been."""
    if page.reason in ("no_text_layer", "mostly_image"):
        # The stamp on a picture may be all that was recognised, too.
        if _letters(recognised) > 2 * _letters(page):
            return recognised
        return page.model_copy(update={"reason": recognised.reason}) if recognised.reason else page
    known = _believed(page, recognised) if _is_doubtful(page) else page
    return _with_more(known, recognised) if known.reason == _PICTURE else known


def _with_more(page: Page, recognised: Page) -> Page:
    """Return a page with the lines that were recognised where its text layer has none."""
    if recognised.read_by == "unread" and recognised.reason:  # nobody could look
        return page
    printed = _printed(page)
    more = tuple(line for line in recognised.lines if not any(_is_there(line, other) for other in printed))
    if sum(len(_LONG_WORD.findall(line.text)) for line in more) < _FEWEST_WORDS:
        return page.model_copy(update={"reason": None})
    if recognised.turned:  # its lines stand on another page than the others
        return page
    return page.model_copy(update={"read_by": "ocr", "reason": recognised.reason, "lines": page.lines + more})


def _is_there(line: Line, printed: Line) -> bool:
    """Return whether a good part of a recognised ``line`` lies in a printed one."""
    wide = min(line.x1, printed.x1) - max(line.x0, printed.x0)
    high = min(line.bottom, printed.bottom) - max(line.top, printed.top)
    return min(wide, high) > 0 and wide * high > _THERE * (line.x1 - line.x0) * (line.bottom - line.top)


def _believed(page: Page, recognised: Page) -> Page:
    """Return what can be believed of a page with an odd text layer; it has a reason unless all of it can."""
    parts = garbled_parts(page.lines)
    if parts and all(says_the_same(words, recognised.lines) for words in parts):  # lists of names, say: so printed
        return page
    if recognised.read_by == "unread" and recognised.reason:  # nobody could look
        return page.model_copy(update={"reason": "text_unsure" if page.lines else recognised.reason})
    if recognised.read_by == "unread" or looks_garbled(recognised.lines):
        return page.model_copy(update={"read_by": "unread", "reason": "garbled_text"})
    whole = 2 * _letters(recognised) > _letters(page) and not garbled_parts(recognised.lines)
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


def _drawn(
    data: bytes,
    name: str,
    limits: Limits,
    number: int,
    scale: float,
    turned: int = 0,
    hidden: Sequence[tuple[float, ...]] = (),
    *,
    grey: bool,
) -> bytes:
    """Return a page as a picture: PNG, or PGM for a ``grey`` one; the boxes ``hidden`` are painted over."""
    with _lock:
        request = ("render", number, scale, turned, limits.render_pixels, grey, list(hidden))
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
