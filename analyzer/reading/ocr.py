"""Pictures of pages become lines: several processes read them side by side, each page bounded in time.

The engine is rapidocr, whose models travel in its package: it reads French with its accents, needs nothing of the
system and fetches nothing. See ``benchmarks/README.md`` for what it was measured against.
"""

from __future__ import annotations

import os
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import NamedTuple

from analyzer.errors import LimitReached, SceauError
from analyzer.reading.limits import LIMITS, Limits
from analyzer.reading.lines import WordBox, build_lines
from analyzer.reading.process import Answer, StoppedError, Worker
from analyzer.reading.unread import unread_page
from analyzer.schema import Line, Mark, Page

#: Below this mean confidence some words are wrong: the page is read, and said to be doubtful.
_SURE = 0.9

_WORD = re.compile(r"[^\W\d_]+")
#: A page with fewer words than this is not judged. In any language of Latin letters, in lists without sentences and in
#: programs, 0.2 or more of the pairs of letters are common ones; where letters stand for others, 0.12 at most (1,665
#: scrambled pages). Names from afar and abbreviations have as few; full words between them tell that nothing is wrong.
_FEW_WORDS, _LEAST_PAIRS, _LEAST_COMMON = 40, 0.15, 0.05
_PAIRS = frozenset("es en re er on an in ti de te nt le or st ar al la is ne it".split())
_LATIN = re.compile(r"[a-z\u00df-\u024f]+")
#: The words that any page of text is full of: French, then English, Dutch, German, Italian and Spanish. Scrambled
#: letters hit upon shorter ones by chance.
_COMMON = frozenset(
    "les des une aux est que qui dans par pour sur pas vous votre son"
    " the and for this you your with"
    " het een van zijn voor met niet"
    " der die das und ist mit von den nicht sie"
    " che per non con del della dei las los por".split()
)
#: What the recogniser writes where it sees a box, and how many letters a tick may look like.
_BOXES, _TICK = frozenset("□☐■☑☒口回区"), 2


class Job(NamedTuple):
    """A picture to read: the request for ``ocr_worker.py``, and what gives its data (it may raise ``SceauError``)."""

    request: Answer
    data: Callable[[], bytes]


def looks_garbled(lines: Sequence[Line]) -> bool:
    """Return whether what stands on a page is letters, but no language: a text layer that lies, or a list of names."""
    words = _words(lines)
    if len(words) < _FEW_WORDS or sum(word in _COMMON for word in words) >= _LEAST_COMMON * len(words):
        return False
    pairs = [first + second for word in words if _LATIN.fullmatch(word) for first, second in pairwise(word)]
    return not pairs or sum(pair in _PAIRS for pair in pairs) < _LEAST_PAIRS * len(pairs)


def says_the_same(lines: Sequence[Line], others: Sequence[Line]) -> bool:
    """Return whether most words of ``lines`` are among those of ``others``, so often."""
    words = Counter(_words(lines))
    return 2 * (words & Counter(_words(others))).total() > words.total()


def _words(lines: Sequence[Line]) -> list[str]:
    return [word for line in lines for word in _WORD.findall(line.text.lower())]


def recognise(jobs: Mapping[int, Job], limits: Limits = LIMITS) -> dict[int, Page]:
    """Return the pages that the jobs, by page number, read; in any case one for each job.

    A page in which nothing was found has no reason; otherwise, unread, it has one: ``limit_reached``,
    ``low_resolution``, ``unreadable``. One that was read may have the reason ``ocr_unsure``.
    """
    if not jobs:
        return {}
    deadline = time.monotonic() + limits.ocr_seconds
    side_by_side = min(len(jobs), limits.ocr_processes, _cores())
    idle: list[Worker] = []
    lock = threading.Lock()

    def do(number: int, job: Job) -> Page:
        if time.monotonic() > deadline:
            return unread_page(number, "limit_reached")
        with lock:
            worker = idle.pop() if idle else None
        try:
            data = job.data()
            worker = worker or Worker("ocr_worker.py", limits.ocr_memory_bytes)
            seconds = max(min(limits.ocr_page_seconds, deadline - time.monotonic()), 0.01)
            answer = next(worker.ask(job.request, data, lambda: seconds))
        except SceauError as error:  # the page could not be drawn
            return unread_page(number, "limit_reached" if isinstance(error, LimitReached) else "unreadable")
        except StoppedError as stopped:
            return unread_page(number, "limit_reached" if stopped.costly else "unreadable")
        finally:
            # One that was stopped, or whose page could not be drawn, is not asked again.
            if worker is not None:
                with lock:
                    if worker.busy or worker.process.poll() is not None:
                        worker.close()
                    else:
                        idle.append(worker)
        return _page(number, answer)

    try:
        with ThreadPoolExecutor(side_by_side) as pool:
            return dict(zip(jobs, pool.map(do, jobs.keys(), jobs.values()), strict=True))
    finally:
        for worker in idle:
            worker.close()


def _cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _page(number: int, answer: Answer) -> Page:
    """Return the page that the worker's answer describes."""
    if answer[0] == "refused":
        return unread_page(number, "limit_reached" if answer[1] == "limit_reached" else "unreadable")
    if answer[0] == "unread":
        _, width, height, reason = answer
        return Page(number=number, width=width, height=height, read_by="unread", reason=reason)
    _, width, height, turned, sure, runs, styles, boxes = answer
    marks = tuple(
        Mark("tick", x0, top, x1, bottom, "ticked" if ticked else "empty") for x0, top, x1, bottom, ticked in boxes
    )
    return Page(
        number=number,
        width=width,
        height=height,
        turned=turned,
        read_by="ocr",
        reason=None if sure >= _SURE else "ocr_unsure",
        lines=build_lines([_beside(marks, run) for run in runs], styles),
        marks=marks,
    )


def _beside(marks: Sequence[Mark], run: Sequence[WordBox]) -> list[WordBox]:
    """Return the words of a line without the boxes, and the ticks in them, that were taken for letters."""
    words = []
    for word in run:
        text, x0, top, x1, bottom, style = word
        middle = (top + bottom) / 2
        for mark in marks:
            if not (mark.top < middle < mark.bottom and mark.x0 < x1 and x0 < mark.x1):
                continue
            slack = (mark.x1 - mark.x0) / 3
            if len(text) <= _TICK and mark.x0 - slack < x0 and x1 < mark.x1 + slack:
                text = ""
            elif text[0] in _BOXES and (mark.x0 + mark.x1) / 2 < (x0 + x1) / 2:
                text, x0 = text[1:], mark.x1
            elif text[-1] in _BOXES and (mark.x0 + mark.x1) / 2 > (x0 + x1) / 2:
                text, x1 = text[:-1], mark.x0
            if not text:
                break
        if text and x0 < x1:
            words.append((text, x0, top, x1, bottom, style))
    return words
