"""The questions of a form: paragraphs of pages that ask, with their numbers, their stems and their answers.

A question is taken for one by its words (``questions.py``) together with what stands around it: boxes, a dotted line,
a number, a stem whose item it is. All other paragraphs stay what they are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from analyzer.schema import AnswerState, Piece
from analyzer.segmentation.answers import BOXES, Number, answer_spans, answer_state, number_of
from analyzer.segmentation.form_layout import Answer
from analyzer.segmentation.headings import in_capitals
from analyzer.segmentation.hyphens import Hyphens
from analyzer.segmentation.order import Row
from analyzer.segmentation.paragraphs import Paragraph, Placed, compose
from analyzer.segmentation.questions import (
    Reading,
    announces,
    asking,
    declares,
    denies,
    has_window,
    is_own,
    is_stem,
    is_tail,
    names_only,
    read,
    said_spans,
)

__all__ = ["Asked", "find_questions", "unanswered"]

#: A document with fewer whole questions and no answer to tick asks nothing.
_QUESTIONS = 3
#: A field, or the wish for a paper, is a question where one stands at most so many paragraphs before.
_NEAR = 4
#: An item without a box that is no illness known is shorter (characters).
_ITEM = 120
#: A heading is printed larger than what it stands over, by this factor.
_LARGER = 1.05
#: No question without a box is longer (characters).
_LONGEST = 700
#: No heading or stem is longer (characters).
_LONGEST_STEM = 300


@dataclass(slots=True)
class Asked:
    """A question: its printed rows with those of its tails, its number, what it hangs on, the state of its answer."""

    rows: list[Placed]
    number: str
    context: str
    answer: AnswerState | None


@dataclass(slots=True)
class _Unit:
    """A paragraph of a page that asks, as it is looked at."""

    paragraph: Paragraph
    text: str
    words: str
    number: Number | None
    reading: Reading
    answers: list[Answer]
    state: AnswerState | None
    header: str
    is_title: bool

    @property
    def answered(self) -> bool:
        """Whether there is something to tick, to circle or to fill in."""
        return self.state is not None

    @property
    def fills(self) -> bool:
        """Whether a line or a field is there to be filled in."""
        return any(answer.kind == "text" for answer in self.answers) or any(
            end - start > 3 for start, end in answer_spans(self.text) if self.text[start] in "._…|"
        )


@dataclass(slots=True)
class _Stem:
    """What items hang on: its words, its number, and the item that came last."""

    text: str
    number: str
    declares: bool
    last_item: str = ""
    sleeps: bool = False
    shape: str = ""


def find_questions(
    paragraphs: Sequence[Paragraph], asking_pages: Mapping[int, Mapping[int, Sequence[Answer]]], hyphens: Hyphens
) -> list[Paragraph | Asked]:
    """Return the paragraphs, those that are questions replaced, with their tails joined to them.

    ``asking_pages`` gives, for each page that asks something, the answers beside its rows (by ``id``).
    """
    if not asking_pages:
        return list(paragraphs)
    units: list[_Unit | Paragraph] = []
    cut: dict[int, list[Paragraph | Asked]] = {}  # the parts of a paragraph, by the first of them
    for paragraph in paragraphs:
        answers = asking_pages.get(paragraph.rows[0].page)
        if answers is None:
            units.append(paragraph)
            continue
        parts = _parted(paragraph, answers)
        units += (_unit(part, answers, hyphens) for part in parts)
        if len(parts) > 1:
            cut[id(parts[0])] = [paragraph, *parts]
    known = [unit for unit in units if isinstance(unit, _Unit)]
    whole = sum(unit.reading.kind == "asks" and asking(unit.words) for unit in known)
    ticked = any(unit.answered and unit.reading.kind in ("asks", "names", "declares") for unit in known)
    found = _Finder(units, whole >= _QUESTIONS or ticked).run()
    asked = {id(part.rows[0]) for part in found if isinstance(part, Asked)}
    if not any(unit.reading.health for unit in known if id(unit.paragraph.rows[0]) in asked):
        return list(paragraphs)  # a survey on something else
    return _mended(found, cut)


def _mended(
    found: Sequence[Paragraph | Asked], cut: Mapping[int, Sequence[Paragraph | Asked]]
) -> list[Paragraph | Asked]:
    """Return what was found, with the paragraphs whole again that were cut and hold no question."""
    mended: list[Paragraph | Asked] = []
    index = 0
    while index < len(found):
        paragraph, *parts = cut.get(id(found[index]), [found[index]])
        if parts and list(map(id, parts)) == list(map(id, found[index : index + len(parts)])):
            mended.append(paragraph)
            index += len(parts)
        else:
            mended.append(found[index])
            index += 1
    return mended


def _cut(
    text: str, pieces: Sequence[Piece], regions: Sequence[int], spans: Sequence[tuple[int, int]]
) -> tuple[str, list[Piece], list[int]]:
    """Return ``text`` without ``spans`` (in order), and the pieces and regions of what is left."""
    kept: list[tuple[int, int]] = []
    position = 0
    for start, end in [*spans, (len(text), len(text))]:
        while position < start and text[position].isspace():
            position += 1
        last = max(start, position)
        while last > position and text[last - 1].isspace():
            last -= 1
        if last > position:
            kept.append((position, last))
        position = max(end, position)
    parts: list[str] = []
    left: list[Piece] = []
    places: list[int] = []
    length = 0
    for start, end in kept:
        if parts and text[start] not in ".,;)":
            parts.append(" ")
            length += 1
        for piece, region in zip(pieces, regions, strict=True):
            first, last = max(piece.start, start), min(piece.end, end)
            if first < last:
                moved = length - start
                left.append(
                    piece._replace(start=first + moved, end=last + moved, offset=piece.offset + first - piece.start)
                )
                places.append(region)
        parts.append(text[start:end])
        length += end - start
    return "".join(parts), left, places


def unanswered(rows: Sequence[Placed], hyphens: Hyphens) -> tuple[str, list[Piece], list[int]]:
    """Return the text of a question's rows without its number and its answers, its pieces and their regions."""
    text, pieces, regions = compose(rows, hyphens)
    number = number_of(text, _apart(rows[0].row))
    spans = answer_spans(text)
    if number and number.length:
        spans = [(0, number.length), *(span for span in spans if span[0] >= number.length)]
    elif text[0] in BOXES:
        spans = spans or [(0, 1)]
    left = _cut(text, pieces, regions, _joined([*spans, *_typed(text, pieces, spans), *said_spans(text)]))
    # What stood on both sides of an answer typed may now read as a yes and a no.
    while again := [span for span in answer_spans(left[0]) if span[1] - span[0] > 3]:
        left = _cut(*left, again)
    return left


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return ``spans`` in order, those that touch or overlap made one."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _typed(text: str, pieces: Sequence[Piece], answers: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the spans of what somebody typed in answer: words of another font, where an answer is due.

    That is after a question mark, a colon or something to tick. What asks for more is printed, in any font.
    """
    words = [
        (piece.start + word.start - piece.offset, piece.start + word.end - piece.offset, word.family)
        for piece in pieces
        for word in piece.line.words
    ]
    marks = (text.find("?"), text.find(":"), *(start for start, _ in answers))
    due = min((at for at in marks if at > 0), default=-1)
    families: Counter[str] = Counter()
    for start, end, family in words:
        families[family] += (end - start) * (start < due)
    if not families or len(families) < 2:
        return []
    printed = families.most_common(1)[0][0]
    spans = []
    for (family, late), run in groupby(words, key=lambda word: (word[2], word[0] > due)):
        placed = list(run)
        start, end = placed[0][0], placed[-1][1]
        if late and family != printed and "?" not in text[start:end] and not is_tail(text[start:end]):
            spans.append((start, end))
    return spans


def _family(rows: Sequence[Placed]) -> str:
    """Return the family of the font in which rows begin, empty where it is not known."""
    return next((word.family for placed in rows for line in placed.row.lines for word in line.words), "")


def _apart(row: Row) -> bool:
    """Return whether the first word of a row is printed apart from the others."""
    return len(row.lines) > 1 and len(row.lines[0].text) <= 8


def _parted(paragraph: Paragraph, answers: Mapping[int, Sequence[Answer]]) -> list[Paragraph]:
    """Return a paragraph cut where one of its rows begins another question."""
    parts: list[list[Placed]] = [[]]
    has_answer = False
    for placed in paragraph.rows:
        row = placed.row
        beside = [answer for answer in answers.get(id(row), ()) if answer.choice is None and answer.kind != "text"]
        answered = bool(beside) or answer_state(_text(row)) is not None
        if parts[-1]:
            before = _text(parts[-1][-1].row).rstrip(" ._…")
            number = number_of(_text(row), _apart(row))
            begins = (
                (answered and has_answer)
                or (_apart(row) and number is not None and (number.own or number.item))
                or (number is not None and number.own and before.endswith(("?", "n", "N", ":")))
                or (before.endswith("?") and _text(row)[0].isupper() and not is_tail(_text(row)))
                or (before.rstrip().endswith(":") and _text(row)[0].isupper())
            )
            if begins:
                parts.append([])
                has_answer = False
        parts[-1].append(placed)
        has_answer |= answered
    if len(parts) == 1:
        return [paragraph]
    return [
        Paragraph(
            rows,
            paragraph.style,
            paragraph.marker if index == 0 else None,
            paragraph.edge,
            paragraph.is_cell,
            paragraph.header,
        )
        for index, rows in enumerate(parts)
    ]


def _text(row: Row) -> str:
    return " ".join(line.text for line in row.lines)


def _unit(paragraph: Paragraph, beside: Mapping[int, Sequence[Answer]], hyphens: Hyphens) -> _Unit:
    text = compose(paragraph.rows, hyphens)[0]
    number = number_of(text, _apart(paragraph.rows[0].row))
    words = unanswered(paragraph.rows, hyphens)[0]
    answers = [answer for placed in paragraph.rows for answer in beside.get(id(placed.row), ())]
    header = unanswered(paragraph.header, hyphens)[0] if paragraph.header else ""
    is_title = bool(paragraph.header) and paragraph.header[0].row.lines[0] is paragraph.rows[0].row.lines[0]
    if is_title:
        paragraph.header = ()
    # What is longer and has nothing to answer with is a clause.
    reading = read(words) if len(text) <= _LONGEST or answers else Reading(words[:1], "other", False)
    return _Unit(paragraph, text, words, number, reading, answers, _state(text, answers), header, is_title)


def _state(text: str, answers: Sequence[Answer]) -> AnswerState | None:
    """Return the state of a question's answer: of its boxes, else of its letters, else of its fields."""
    states = {answer.state for answer in answers if answer.kind != "text"}
    printed = answer_state(text)
    if printed is not None:
        states.add(printed)
    if not states:
        states = {answer.state for answer in answers}
    for state in ("ticked", "empty", "unknown"):
        if state in states:
            return state
    return None


def _both(first: _Unit, second: _Unit) -> AnswerState | None:
    """Return the state of a question and its tail together."""
    boxes = [answer for answer in first.answers if answer.kind != "text"]
    if boxes or answer_state(first.text) is not None:
        return first.state
    return _state(f"{first.text} {second.text}", [*first.answers, *second.answers])


class _Finder:
    """Goes through the paragraphs in reading order and remembers what later ones hang on."""

    def __init__(self, units: Sequence[_Unit | Paragraph], asks: bool) -> None:
        self._units = units
        self._asks = asks
        self._out: list[Paragraph | Asked] = []
        self._stems: list[_Stem] = []
        self._heading = ""
        self._last: tuple[Asked, _Unit] | None = None
        self._since = _NEAR + 1

    def run(self) -> list[Paragraph | Asked]:
        """Return the paragraphs and the questions among them."""
        for index, unit in enumerate(self._units):
            if isinstance(unit, Paragraph):
                self._out.append(unit)
                self._since += 1
            else:
                self._take(unit, self._following(index))
        return self._out

    def _following(self, index: int) -> _Unit | None:
        """Return the next paragraph that says something."""
        for unit in self._units[index + 1 : index + 4]:
            if isinstance(unit, _Unit) and unit.reading.plain and not unit.is_title:
                return unit
        return None

    def _take(self, unit: _Unit, following: _Unit | None) -> None:
        if unit.is_title:
            self._out.append(unit.paragraph)
            return
        if not unit.reading.plain:
            if unit.words.strip(" .:;,-") or self._last is None or self._since:  # else it is a line to fill in
                self._out.append(unit.paragraph)
            return
        if self._last is not None and self._since <= _NEAR and is_tail(unit.text) and not self._is_numbered(unit):
            asked, first = self._last
            asked.answer = _both(first, unit)
            asked.rows += [*unit.paragraph.rows, *_choices(unit)]
            self._since = 0
            return
        if self._is_typed(unit):
            unit.paragraph.is_cell = True  # no heading, whatever it looks like, and the stem of no list
            self._out.append(unit.paragraph)
            return
        self._close(unit)
        stem = self._stem_of(unit)
        if self._opens(unit, following):
            self._open(unit, stem)
            self._out.append(unit.paragraph)
            self._since += 1
            return
        if self._is_question(unit, stem):
            self._ask(unit, stem)
            return
        self._note_heading(unit, following)
        self._out.append(unit.paragraph)
        self._since += 1

    def _is_numbered(self, unit: _Unit) -> bool:
        return unit.number is not None and bool(unit.number.own or unit.number.item)

    def _is_typed(self, unit: _Unit) -> bool:
        """Return whether the unit is what somebody typed under or beside the last question.

        It is of another font than the question; or printed no larger, where the question waits for words and its boxes
        are not all empty.
        """
        if self._last is None or self._since or self._is_numbered(unit) or unit.answered or unit.fills:
            return False
        if unit.reading.kind not in ("heading", "names", "other") or unit.words.rstrip(" .").endswith((":", "?")):
            return False
        asked, first = self._last
        if _family(asked.rows[:1]) != _family(unit.paragraph.rows):
            return True
        style, printed = unit.paragraph.style, first.paragraph.style
        waits = asked.answer != "empty" and _text(asked.rows[-1].row).rstrip(" ._…").endswith(":")
        return waits and style.size <= _LARGER * printed.size and style.bold <= printed.bold

    def _close(self, unit: _Unit) -> None:
        """Forget the stems that the unit does not hang on, by its number or its shape."""
        number = unit.number
        if number is not None and number.own:
            while (
                self._stems
                and not (number.item and self._stems[-1].number == number.own)
                and not (self._stems[-1].number and number.own.startswith(self._stems[-1].number + "."))
            ):
                if self._stems[-1].shape in ("", "number") and not self._stems[-1].number and not asking(unit.words):
                    break
                self._stems.pop()
            return
        shape = _shape(number)
        while len(self._stems) > 1 and self._stems[-1].shape not in ("", shape) and self._stems[-2].shape == shape:
            self._stems.pop()
        if number is not None and number.item:
            while self._stems and self._stems[-1].sleeps and not _goes_on(self._stems[-1].last_item, number.item):
                self._stems.pop()
            if self._stems:
                self._stems[-1].sleeps = False

    def _stem_of(self, unit: _Unit) -> _Stem | None:
        """Return the stem that the unit is an item of."""
        stem = self._stems[-1] if self._stems else None
        if stem is None or stem.sleeps:
            return None
        marked = unit.number is not None
        if marked or unit.words[:1].islower():
            return stem
        if unit.reading.kind in ("identity", "told"):
            return None
        if stem.declares:
            return stem if unit.reading.kind == "declares" and not declares(unit.words) else None
        if unit.reading.kind == "asks" and asking(unit.words) and asking(stem.text):
            return None
        return stem if unit.answered or unit.reading.kind in ("names", "asks") else None

    def _opens(self, unit: _Unit, following: _Unit | None) -> bool:
        """Return whether the unit is a stem: it waits for items, and one follows."""
        if unit.state is not None or following is None or len(unit.words) > _LONGEST_STEM:
            return False
        if unit.reading.kind in ("identity", "told") or unit.fills:
            return False
        ends = unit.words.rstrip(" .…").endswith(":")
        item = following.number is not None and (bool(following.number.item) or not following.number.own)
        # "Pour les femmes :" asks nothing by itself.
        part = item and self._asks and unit.number is not None and unit.reading.kind == "other"
        health = unit.reading.health and unit.reading.kind in ("names", "demands")
        if not (is_stem(unit.words) or (ends and (health or part))):
            return False
        own = following.number is not None and unit.number is not None and following.number.own == unit.number.own
        small = following.words[:1].islower()
        if ends:
            if item or own or small:
                return True
            named = following.answered and not self._is_numbered(following) and not asking(following.words)
            return named or (has_window(unit.words) and not asking(unit.words))
        named = following.answered and following.reading.kind == "names" and not self._is_numbered(following)
        if named and announces(unit.words):
            return True
        if unit.words.rstrip().endswith(("?", ".", ";")) and not (item and unit.words.rstrip().endswith("?")):
            return False
        short = following.answered and not self._is_numbered(following) and not asking(following.words)
        return item or own or short

    def _open(self, unit: _Unit, outer: _Stem | None) -> None:
        if outer is None:
            self._stems.clear()
        else:
            outer.shape = _shape(unit.number)
            outer.last_item = unit.number.item if unit.number else ""
        number = unit.number
        own = self._full_number(unit, outer)
        words = unit.words.strip()
        is_declared = unit.reading.kind == "declares" or (
            not asking(words) and not has_window(words) and declares(words)
        )
        self._stems.append(_Stem(words[-_LONGEST_STEM:], own if number else "", is_declared))
        if number is None and outer is not None:
            self._stems[-1].number = outer.number

    def _full_number(self, unit: _Unit, stem: _Stem | None) -> str:
        number = unit.number
        if number is None:
            return ""
        if number.own:
            return number.own + number.item
        parent = stem.number if stem is not None else ""
        if number.item:
            return parent + number.item
        return parent

    def _is_question(self, unit: _Unit, stem: _Stem | None) -> bool:
        kind = unit.reading.kind
        if kind in ("identity", "told", "consents"):
            return False
        if kind == "heading" and not (stem is not None and unit.answered):
            return False
        if kind == "declares":
            if unit.answered or (stem is not None and stem.declares):
                return True
            return is_own(unit.words) or (self._asks and len(unit.words) < _LONGEST_STEM and denies(unit.words))
        if stem is not None and stem.declares:
            return kind == "names" and (unit.number is not None or unit.words[:1].islower())
        if stem is not None and (self._asks or asking(stem.text)):
            if unit.answered or kind == "asks":
                return True
            listed = unit.number is not None and not unit.number.own
            listed &= unit.reading.health or read(stem.text).health
            return listed and (asking(stem.text) or unit.fills) and (kind == "names" or len(unit.words) < _ITEM)
        if not self._asks:
            return False
        if kind == "asks":
            return unit.answered or unit.fills or self._is_numbered(unit) or asking(unit.words)
        near = self._since <= _NEAR or self._is_numbered(unit)
        if kind == "demands":
            return unit.fills or (near and len(unit.words) < 250)
        if kind == "names":
            if unit.fills or _is_choice(unit) or (unit.answered and read(self._heading).health):
                return True
            filled = self._since <= _NEAR and self._is_numbered(unit) and ":" in unit.words and len(unit.words) < _ITEM
            return near and (unit.words.rstrip().endswith(":") or filled) and unit.reading.health
        return unit.answered and bool(unit.header) and is_stem(unit.header)

    def _ask(self, unit: _Unit, stem: _Stem | None) -> None:
        context = self._context(unit, stem)
        number = self._full_number(unit, stem)
        asked = Asked([*unit.paragraph.rows, *_choices(unit)], number, context, unit.state)
        if stem is not None:
            stem.shape = _shape(unit.number)
            stem.last_item = unit.number.item if unit.number else ""
        elif not self._is_numbered(unit) and asking(unit.words) and self._stems and not self._stems[-1].sleeps:
            self._stems.clear()
        self._out.append(asked)
        self._last = (asked, unit)
        self._since = 0

    def _context(self, unit: _Unit, stem: _Stem | None) -> str:
        """Return what the question hangs on: its stems, the heading of its row or column, a heading with a window."""
        parts = []
        if stem is not None:
            parts = [above.text for above in self._stems]
        elif " " in unit.header and (is_stem(unit.header) or (names_only(unit.words) and read(unit.header).health)):
            parts = [unit.header]
        bare = not parts and unit.reading.kind == "names" and names_only(unit.words)
        if self._heading and (
            (bare and (read(self._heading).health or is_stem(self._heading)))
            or (has_window(self._heading) and not has_window(" ".join((*parts, unit.words))))
        ):
            parts.insert(0, self._heading)
        return " ".join(parts)

    def _note_heading(self, unit: _Unit, following: _Unit | None) -> None:
        """Remember a heading; one closes the lists above it, unless they go on below (over the end of a page)."""
        short = len(unit.words.split()) <= 14 and not unit.answered and not unit.fills
        if not short or unit.reading.kind in ("identity", "told", "consents"):
            return
        if unit.number is not None and not unit.number.own and not unit.text[0].isupper():
            return
        item = following.number.item if following is not None and following.number is not None else ""
        if self._stems and _goes_on(self._stems[-1].last_item, item):
            return
        turned = self._last is not None and self._last[0].rows[-1].page != unit.paragraph.rows[0].page
        bullet = following is not None and _shape(following.number) == "bullet"
        if turned and bullet and self._stems and self._stems[-1].shape == "bullet":
            return  # the head of a page, in the middle of a list
        style = unit.paragraph.style
        larger = following is not None and style.size > _LARGER * following.paragraph.style.size
        if style.bold or larger or in_capitals(unit.words) or unit.words.rstrip().endswith(":"):
            self._heading = unit.words.strip()
            for stem in self._stems:
                stem.sleeps = True


def _is_choice(unit: _Unit) -> bool:
    """Return whether there is more than one thing to choose from, as yes and no."""
    printed = answer_state(unit.text)
    boxes = [answer for answer in unit.answers if answer.kind != "text"]
    return len(boxes) > 1 or any(answer.kind == "word" for answer in boxes) or printed is not None


def _shape(number: Number | None) -> str:
    """Return what the items of a list begin with."""
    if number is None:
        return "nothing"
    return "letter" if number.item else "number" if number.own else "bullet"


def _goes_on(last: str, item: str) -> bool:
    """Return whether a letter follows another in a list."""
    return len(last) == len(item) == 1 and ord(item) == ord(last) + 1


def _choices(unit: _Unit) -> list[Placed]:
    """Return the rows that say what the boxes of a question stand for, other than yes and no."""
    place = unit.paragraph.rows[0]
    choices = sorted(
        (answer for answer in unit.answers if answer.choice is not None),
        key=lambda answer: (round(answer.top / 4), answer.x0),
    )
    rows: list[Placed] = []
    for answer in choices:
        line = answer.choice
        if line is not None and all(line is not row.row.lines[0] for row in rows):
            rows.append(Placed(Row((line,), line.x0, line.top, line.x1, line.bottom), place.page, place.region))
    return rows
