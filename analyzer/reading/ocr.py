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
from collections.abc import Callable, Iterator, Mapping, Sequence
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
#: Inside an honest page, so many words are judged by themselves: 99 of 100 scrambled stretches of 40 words are seen.
_STRETCH = 30
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
#: Letters that people tick with; figures that begin a word only where they are the number of something.
_TICKS, _FIGURES = frozenset("xXvV"), frozenset("123456789")
#: So many boxes, nearer to each other than this part of their side, are one for each letter of a name or a date.
_SQUARES, _TOUCHING = 3, 0.6
#: A yes or a no, as it may be read; it stands within so many points of its box. The boxes of one question stand within
#: so many points of each other on one row, or so many times their height under each other.
_ANSWER = re.compile(r"(?<![^\W\d_])(?:(?P<yes>[o0]u[il1])|n[o0]n)(?![^\W\d_])", re.IGNORECASE)
_BESIDE, _PAIR, _LINE = 14.0, 120.0, 2.0


class Job(NamedTuple):
    """A picture to read: the request for ``ocr_worker.py``, and what gives its data (it may raise ``SceauError``)."""

    request: Answer
    data: Callable[[], bytes]


def looks_garbled(lines: Sequence[Line]) -> bool:
    """Return whether what stands on a page is letters, but no language: a text layer that lies, or a list of names."""
    return _is_no_language([word for row in _rows(lines) for word in row], _FEW_WORDS)


def garbled_parts(lines: Sequence[Line]) -> list[list[str]]:
    """Return the words, in lower case, of each part of a page that is letters, but no language.

    A part is the page as a whole, or some lines of it; or some words in one font, as each font has its own table of
    what its letters stand for. Parts overlap.
    """
    rows = _rows(lines)
    parts = [[word for row in rows for word in row]] if looks_garbled(lines) else []
    for text in (rows, *_by_font(lines)):
        parts += (words for words in _stretches(text) if _is_no_language(words, _STRETCH))
    return parts


def says_the_same(words: Sequence[str], lines: Sequence[Line]) -> bool:
    """Return whether most of ``words`` (in lower case) are among those of ``lines``, so often."""
    others = Counter(word for row in _rows(lines) for word in row)
    return 2 * (Counter(words) & others).total() > len(words)


def _rows(lines: Sequence[Line]) -> list[list[str]]:
    return [_WORD.findall(line.text.lower()) for line in lines]


def _is_no_language(words: Sequence[str], few: int) -> bool:
    if len(words) < few or sum(word in _COMMON for word in words) >= _LEAST_COMMON * len(words):
        return False
    pairs = [first + second for word in words if _LATIN.fullmatch(word) for first, second in pairwise(word)]
    return not pairs or sum(pair in _PAIRS for pair in pairs) < _LEAST_PAIRS * len(pairs)


def _by_font(lines: Sequence[Line]) -> list[list[list[str]]]:
    """Return the words of the lines in each font of a page; none where all are in one."""
    fonts: dict[str, list[list[str]]] = {}
    for line in lines:
        row: dict[str, list[str]] = {}
        for word in line.words:
            row.setdefault(word.family, []).extend(_WORD.findall(line.text[word.start : word.end].lower()))
        for family, words in row.items():
            fonts.setdefault(family, []).append(words)
    return list(fonts.values()) if len(fonts) > 1 else []


def _stretches(rows: Sequence[Sequence[str]]) -> Iterator[list[str]]:
    """Yield the words of a few lines, for each line that as many words follow; formulas have single letters."""
    long = [[word for word in row if len(word) > 1] for row in rows]
    long = [row for row in long if row]
    for first in range(len(long)):
        words: list[str] = []
        for row in long[first:]:
            words += row
            if len(words) >= _STRETCH:
                yield words
                break


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
    marks = _marks([Mark("tick", *box) for box in boxes], [word for run in runs for word in run])
    return Page(
        number=number,
        width=width,
        height=height,
        turned=turned,
        read_by="ocr",
        reason=None if sure >= _SURE else "ocr_unsure",
        lines=build_lines([_beside(marks, run) for run in runs], styles),
        marks=tuple(marks),
    )


def _marks(boxes: Sequence[Mark], words: Sequence[WordBox]) -> list[Mark]:
    """Return the boxes that are there to tick, with a state only where nothing speaks against it."""
    of_letters = {index for row in _side_by_side(boxes) if len(row) >= _SQUARES for index in row}
    marks = [
        box
        for index, box in enumerate(boxes)
        if index not in of_letters and not any(_is_framed(word, box) for word in words)
    ]
    answers = [
        {answer for word in words if _same_height(word, mark) for answer in _answers(word, mark)} for mark in marks
    ]
    mates = [
        [other for other, mark in enumerate(marks) if other != index and _are_near(own, mark)]
        for index, own in enumerate(marks)
    ]

    def is_alone(index: int) -> bool:
        """Return whether the box of the other answer was not found: it may be the one that is ticked."""
        own, others = answers[index], [answers[other] for other in mates[index]]
        return bool(own) and not any(mine != theirs for mine in own for other in others for theirs in other)

    unsure = {
        index
        for index, mark in enumerate(marks)
        if mark.state == "unknown" or (mark.state == "empty" and is_alone(index))
    }
    return [
        mark._replace(state="unknown")
        if mark.state == "empty" and (index in unsure or not unsure.isdisjoint(mates[index]))
        else mark
        for index, mark in enumerate(marks)
    ]


def _side_by_side(boxes: Sequence[Mark]) -> list[list[int]]:
    """Return the indices of boxes row after row; a wide gap ends a row."""
    rows: list[list[int]] = []
    for index in sorted(range(len(boxes)), key=lambda index: boxes[index].x0):
        box = boxes[index]
        side = box.x1 - box.x0
        for row in rows:
            last = boxes[row[-1]]
            if abs(box.top - last.top) < side / 2 and box.x0 - last.x1 < _TOUCHING * side:
                row.append(index)
                break
        else:
            rows.append([index])
    return rows


def _same_height(word: WordBox, mark: Mark) -> bool:
    return mark.top < (word[2] + word[4]) / 2 < mark.bottom


def _is_framed(word: WordBox, box: Mark) -> bool:
    """Return whether what looks like a tick is a letter or a figure in a frame: the number of a question, say."""
    text, x0, _, x1, *_ = word
    if box.state == "empty" or not _same_height(word, box):
        return False
    if len(text) <= _TICK:
        return box.x0 < (x0 + x1) / 2 < box.x1 and any(sign.isalnum() and sign not in _TICKS for sign in text)
    return text[0] in _FIGURES and box.x0 < x0 + (x1 - x0) / len(text) / 2 < box.x1


def _answers(word: WordBox, mark: Mark) -> Iterator[bool]:
    """Yield for each yes (True) and no beside a box which it is; a word may hold several, with their boxes."""
    text, left, _, right, *_ = word
    step = (right - left) / len(text)
    for found in _ANSWER.finditer(text):
        x0, x1 = left + found.start() * step, left + found.end() * step
        if abs(x0 - mark.x1) < _BESIDE or abs(mark.x0 - x1) < _BESIDE:
            yield found["yes"] is not None


def _are_near(one: Mark, other: Mark) -> bool:
    """Return whether two boxes may belong to one question: they stand on one row, or one right under the other."""
    side = one.bottom - one.top
    across, down = abs(one.x0 - other.x0), abs(one.top - other.top)
    return (down < side / 2 and across < _PAIR) or (across < side / 2 and down < _LINE * side)


def _beside(marks: Sequence[Mark], run: Sequence[WordBox]) -> list[WordBox]:
    """Return the words of a line without the boxes, and the ticks in them, that were taken for letters."""
    words = []
    for word in run:
        text, x0, top, x1, bottom, style = word
        for mark in marks:
            if not (_same_height(word, mark) and mark.x0 < x1 and x0 < mark.x1):
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
