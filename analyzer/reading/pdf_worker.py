"""The process that touches PDF files: words with their boxes go out, nothing else.

A file of two kilobytes can make pdfium ask for gigabytes, loop for hours or crash, and a call into it cannot be
interrupted. So it runs here, in a process of its own that ``pdf.py`` starts, bounds and kills. pdfium is not
thread-safe: this process has one thread. ``worker.py`` runs it, without ``analyzer``, so that it starts at once.

``("read", first, pages, page_characters, page_objects, second_reader_objects, form_objects)`` is answered with
``("pages", count, properties)``, then, from page ``first`` to the last one to be read, ``("page", number, width,
height, reason, runs, styles)``, with ``fields, drawing`` at its end for a page that may be a form, then ``("end",)``;
or with ``("refused", code)``. ``reason`` is an error code or ``None``; ``picture_unread`` for a page whose text is
good, and whose pictures nobody has looked at yet. A run is what the reader takes for one printed line, a list of
``(text, x0, top, x1, bottom, style)``, in points from the top left corner of the page as it is shown; a style is
``(font size, bold, upright, family)``, the family being the font's name without weight and slant. A field is
``(kind, x0, top, x1, bottom, state, name)``: ``tick`` or ``text``, ``ticked`` or ``empty``.
A drawing is ``(boxes, rulings, strokes)``: small frames ``(x0, top, x1, bottom, fill)``, filled ``dark``, ``light`` or
not (an empty text), straight lines across or down, and short lines that are neither, ``(x0, top, x1, bottom)``.

``("render", number, scale, turned, pixels, grey, hidden)`` is answered with ``("image", bytes)`` or ``("refused",
code)``: a PNG picture, or a grey one as it is (PGM), which takes no time to pack. The boxes ``hidden`` (of a page that
is not turned) are painted over.

``("annotate", marks, note, note_if_signed)`` is answered with ``("annotated", PDF bytes)`` or ``("refused", code)``. A
mark is ``(number, boxes, underline, colour, title, text, name, turned)``: boxes ``(x0, top, x1, bottom)`` of page
``number`` as it is shown, turned clockwise by so many degrees, a colour of three numbers from 0 to 255. A note is
``(title, text)``, and stands on the first page.
"""

from __future__ import annotations

import ctypes
import functools
import io
import math
import re
import textwrap
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import ImageDraw

if TYPE_CHECKING:
    import pdfplumber.page
    import pdfplumber.pdf

WordBox = tuple[str, float, float, float, float, int]
Run = list[WordBox]
Style = tuple[float, bool, bool, str]
Answer = tuple[Any, ...]
#: Fields of a form: boxes, and what is written or chosen.
_TICKED = (pdfium.FPDF_FORMFIELD_CHECKBOX, pdfium.FPDF_FORMFIELD_RADIOBUTTON)
_WRITTEN = (pdfium.FPDF_FORMFIELD_TEXTFIELD, pdfium.FPDF_FORMFIELD_COMBOBOX, pdfium.FPDF_FORMFIELD_LISTBOX)
#: A small frame and how it is filled: ``dark``, ``light`` or not (an empty text).
Frame = tuple[float, float, float, float, str]
#: How an object is put on what holds it.
Matrix = tuple[float, float, float, float, float, float]
#: What tells a picture from others.
Fingerprint = tuple[int, int]
#: Turns the edges of a box on the page into those of the page as it is shown.
Place = Callable[[float, float, float, float], tuple[float, float, float, float]]

#: pdfium ends a line that was cut at a hyphen with U+FFFE, and runs straight on into the next one.
_HYPHEN = re.compile("\ufffe")
_TOKEN = re.compile(r"[^\s\ufffe]*\S|\n")
#: Characters that stand for none: the replacement character, control codes, private use.
_UNKNOWN = re.compile("[\ufffd\x00-\x08\x0e-\x1b\x7f-\x9f\ue000-\uf8ff]")
_CID = re.compile(r"\(cid:\d{1,6}\)")
_BOLD_NAME = re.compile("bold|black|heavy|demi|gras", re.IGNORECASE)
#: What a font's name says beside its family: the mark of a subset, weight, slant, width, maker.
_NOT_FAMILY = re.compile(
    r"^[A-Z]{6}\+|(?:extra|ultra|semi|demi)?(?:bold|black|heavy|light|thin|medium|regular|roman|book|gras|italic|oblique"
    r"|italique|narrow|cond(?:ensed)?)|PS(?=-|MT|$)|MT\b|Std\b|Pro\b|(?<=[a-z])It\b|\d|[\W_]",
    re.IGNORECASE,
)
#: pdfium derives a weight from the thickness of the stems; a regular face stays below 600, a bold one begins at 690.
_BOLD_WEIGHT = 680
#: Text below this size (points) is there to be found by machines, not to be read.
_VISIBLE_SIZE = 0.5
#: A page with fewer visible characters than this and a picture over most of it is a scan with a stamp or a page number.
_STAMP_CHARACTERS = 100
_PICTURE_SHARE = 0.6
#: Pictures over more of a page than this may show a clause beside its text: three lines of print. Logos are smaller.
_PICTURE_BESIDE = 0.05
#: Frames, rules and backgrounds are drawn with few strokes; a single word drawn as outlines takes more.
_PLAIN_STROKES = 60
#: A picture that stands on every page (a banner, a background) is looked at once, if it has no more bytes than this.
_EMBLEM = 2_000_000
#: Filled shapes of more strokes than a rectangle has may be letters. One letter takes 30: so many are a short line, and
#: more than the tables and emblems of an ordinary page.
_RECTANGLE, _OUTLINES = 5, 1_000
#: Share of glyphs without a known character beyond which a page is not text any more.
_GARBLED_SHARE = 0.3
#: What a form says somewhere (in lower case): a question, a box, a yes and a no, a line to fill in, a declaration.
#: Every branch begins with a character, not with a condition: that halves the time on pages that say none of it.
_FORM = re.compile(
    r"[?☐☑☒□■▢❏❑❒\uf06f\uf071\uf0a8\uf0a3\uf0fe\uf0fd\uf052]|-vous(?<=[zs]-vous)"
    r"|o(?<!\wo)(?:ui\W{1,12}non|\s{0,3}/?\s{0,3}n)\b|non(?<!\wnon)\W{1,12}oui\b|\|_\||_{6}|\.{12}|…{4}"
    r"|coch|(?:certifi|attest|déclar)(?:e|ons)\b"
)
#: Nothing more of a form is looked at than this: fields; lines and frames; segments of one drawn object, of the page.
_MOST_FIELDS, _MOST_SHAPES, _MOST_SEGMENTS, _MOST_PAGE_SEGMENTS = 2_000, 8_000, 400, 40_000
#: Edges of a box to tick (points), and how far it may be from square.
_SMALLEST_BOX, _GREATEST_BOX, _OBLONG = 4.0, 17.0, 1.6
#: A line is no thicker than this, a ruling no shorter than the second, a stroke of a cross no longer than the third.
_THIN, _SHORT, _STROKE = 2.0, 3.0, 30.0
#: Brightness (0 to 255) below which a colour is dark; what is more transparent than this is no fill.
_DARK, _OPAQUE = 140, 140
#: A hole at least this part of what it is cut from leaves but an outline.
_HOLE = 0.6
#: Drawings inside drawings, as far as they are followed.
_DEEPEST = 4
#: Text typed into a field or onto a page that asks nothing is read from so many words on: a sentence. Fewer may be a
#: name or an address. Its size is seldom told: it is this, or what lets it fit, no smaller than the second (points).
_TYPED_WORDS, _TYPED, _SMALLEST_TYPED = 8, 10.0, 4.0
#: Width of a letter and height of a line of such text (font sizes).
_LETTER, _LEADING = 0.5, 1.2
#: A tool tip is cut to this many characters.
_NAME = 300
#: And a property of the file.
_PROPERTY = 300
#: How much of a highlight's colour is laid on (of 255), and where the note stands on the first page (points).
_TINT, _NOTE_BOX = 130, (8.0, 8.0, 28.0, 28.0)


def _read(data: bytes, first: int, pages: int, *bounds: int) -> Iterator[Answer]:
    """Yield the answers to a ``read`` request."""
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if error.err_code in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY):
            yield ("refused", "file_locked")
            return
        document = None
    second = _SecondReader(data)
    if document is None or not len(document):
        yield from _read_again(second, first, pages)
        return
    with closing(document):
        if document.get_formtype() != pdfium.FORMTYPE_NONE:
            with suppress(pypdfium2.PdfiumError):
                document.init_forms()
        yield ("pages", len(document), _properties(document))
        known: set[Fingerprint] = set()
        for number in range(first, min(pages, len(document)) + 1):
            yield ("page", number, *_read_page(document, number, second, known, *bounds))
    yield ("end",)


def _properties(document: pypdfium2.PdfDocument) -> dict[str, str]:
    """Return what the file says of itself, cut short. Its author is left out: that is mostly a person."""
    told: dict[str, str] = {}
    for name in ("Title", "Company", "CreationDate"):
        with suppress(pypdfium2.PdfiumError, UnicodeDecodeError):
            told[name] = document.get_metadata_value(name)[:_PROPERTY]
    return {name: value for name, value in told.items() if value}


def _read_page(
    document: pypdfium2.PdfDocument,
    number: int,
    second: _SecondReader,
    known: set[Fingerprint],
    page_characters: int,
    page_objects: int,
    second_reader_objects: int,
    form_objects: int,
) -> Answer:
    """Return width, height, reason, runs and styles of a page; and fields and drawing, where it may be a form.

    The pictures on it are added to those ``known`` from other pages.
    """
    try:
        page = document[number - 1]
    except pypdfium2.PdfiumError:
        width, height = document.get_page_size(number - 1)
        return second.page(number) or (width, height, "unreadable", [], [])
    with closing(page):
        width, height = page.get_size()
        objects = pdfium.FPDFPage_CountObjects(page.raw)
        if objects > page_objects:
            return (width, height, "page_too_dense", [], [])
        with closing(page.get_textpage()) as textpage:
            if pdfium.FPDFText_CountChars(textpage.raw) > page_characters:
                return (width, height, "page_too_dense", [], [])
            runs, styles, garbled = _words(textpage.raw, page)
        if garbled:
            return (width, height, "garbled_text", [], [])
        asks = _FORM.search(" ".join(word[0] for run in runs for word in run).lower())
        if not asks:  # else it is an answer, which is nobody's business
            _add_typed(document, page, runs, styles)
        visible = sum(len(word[0]) for run in runs for word in run)
        if visible > page_characters:
            return (width, height, "page_too_dense", [], [])
        seen = _sight(page, page_objects, known)
        if not visible:
            again = second.page(number) if objects <= second_reader_objects else None
            return again or (width, height, "no_text_layer" if seen.anything else None, [], [])
        scanned = visible < _STAMP_CHARACTERS and seen.pictures > _PICTURE_SHARE and not _has_ocr_layer(page)
        beside = seen.new_pictures > _PICTURE_BESIDE or seen.outlines > _OUTLINES
        answer = (width, height, "mostly_image" if scanned else "picture_unread" if beside else None, runs, styles)
        fields = _fields(document, page) if document.formenv else []
        if not (fields or asks):
            return answer
        return (*answer, fields, _Drawing(page).shapes() if objects <= form_objects else ([], [], []))


def _placement(page: pypdfium2.PdfPage) -> Place:
    """Return how boxes of the page are turned into boxes of the page as it is shown (cropped and rotated)."""
    left, bottom, right, top = page.get_bbox()
    turns: dict[int, Place] = {
        0: lambda x0, y0, x1, y1: (x0 - left, top - y1, x1 - left, top - y0),
        90: lambda x0, y0, x1, y1: (y0 - bottom, x0 - left, y1 - bottom, x1 - left),
        180: lambda x0, y0, x1, y1: (right - x1, y0 - bottom, right - x0, y1 - bottom),
        270: lambda x0, y0, x1, y1: (top - y1, right - x1, top - y0, right - x0),
    }
    return turns[page.get_rotation()]


def _text(textpage: Any) -> str:
    """Return one character for each that pdfium counts, so that offsets in it are pdfium's own indices."""
    count = pdfium.FPDFText_CountChars(textpage)
    buffer = (ctypes.c_ushort * (2 * count + 2))()
    written = pdfium.FPDFText_GetText(textpage, 0, count, buffer)
    text = bytes(memoryview(buffer)[: max(written - 1, 0)]).decode("utf-16-le", errors="replace")
    if len(text) != count:  # some characters are counted but left out: ask for each
        text = "".join(_character(textpage, index) for index in range(count))
    # U+FFFE stands for a glyph without a character, too.
    return _HYPHEN.sub(
        lambda found: found[0] if pdfium.FPDFText_IsHyphen(textpage, found.start()) == 1 else "\ufffd", text
    )


def _character(textpage: Any, index: int) -> str:
    """Return a character, U+FFFE where there is none or it is a hyphen at the end of a line."""
    code = pdfium.FPDFText_GetUnicode(textpage, index)
    known = code not in (0, 2) and code <= 0x10FFFF and not 0xD800 <= code < 0xE000
    return chr(code) if known else _HYPHEN.pattern


def _words(textpage: Any, page: pypdfium2.PdfPage) -> tuple[list[Run], list[Style], bool]:
    """Return the runs of words that stand on the page, their styles, and whether they are garbage."""
    width, height = page.get_size()
    place = _placement(page)
    text = _text(textpage)
    tokens = [match.span() for match in _TOKEN.finditer(text)]
    rectangles = (pdfium.FS_RECTF * (2 * len(tokens)))()
    loose_box = pdfium.FPDFText_GetLooseCharBox
    for index, (start, end) in enumerate(tokens):
        if text[start] != "\n":
            loose_box(textpage, start, rectangles[2 * index])
            loose_box(textpage, end - 1, rectangles[2 * index + 1])
    edges = memoryview(rectangles).cast("B").cast("f").tolist()

    styles = _Styles(textpage, turned=page.get_rotation() in (90, 270))
    runs: list[Run] = []
    run: Run = []
    for index, (start, end) in enumerate(tokens):
        word = text[start:end]
        if word == "\n":
            runs.append(run)
            run = []
            continue
        left, top, right, bottom, left_, top_, right_, bottom_ = edges[8 * index : 8 * index + 8]
        style = styles.number(start, end - start)
        box = place(min(left, left_), min(bottom, bottom_), max(right, right_), max(top, top_))
        if styles.seen[style][0] >= _VISIBLE_SIZE and _inside(box, width, height):
            run.append((word, *box, style))
        if word[-1] == _HYPHEN.pattern:
            runs.append(run)
            run = []
    runs.append(run)
    return [run for run in runs if run], styles.seen, styles.garbled(text)


def _inside(box: tuple[float, float, float, float], width: float, height: float) -> bool:
    """Return whether the middle of ``box`` is on the page."""
    x0, top, x1, bottom = box
    return 0 <= x0 + x1 <= 2 * width and 0 <= top + bottom <= 2 * height


def _family(name: str) -> str:
    """Return the family that a font's name tells: "ABCDEF+Arial-BoldMT" and "Arial,Italic" are "arial"."""
    return _NOT_FAMILY.sub("", name).lower()


class _Styles:
    """The styles of a page's words; those of one text object are asked for once."""

    def __init__(self, textpage: Any, turned: bool) -> None:
        self.seen: list[Style] = []
        self._turned = turned
        self._textpage = textpage
        self._number: dict[Style, int] = {}
        self._of_object: dict[int | None, tuple[int, bool]] = {}
        self._matrix = pdfium.FS_MATRIX()
        self._flags = ctypes.c_int()
        self._name = ctypes.create_string_buffer(128)
        self._unmapped = 0

    def number(self, index: int, length: int) -> int:
        """Return the number of the style of the word of ``length`` characters at ``index``."""
        pointer = pdfium.FPDFText_GetTextObject(self._textpage, index)
        address = ctypes.addressof(pointer.contents) if pointer else None
        known = self._of_object.get(address)
        if known is None:
            style = self._ask(index)
            number = self._number.setdefault(style, len(self.seen))
            if number == len(self.seen):
                self.seen.append(style)
            known = (number, pdfium.FPDFText_HasUnicodeMapError(self._textpage, index) == 1)
            self._of_object[address] = known
        if known[1]:
            self._unmapped += length
        return known[0]

    def _ask(self, index: int) -> Style:
        matrix = self._matrix
        pdfium.FPDFText_GetMatrix(self._textpage, index, matrix)
        # The font size alone ignores the text matrix: size 1 scaled by 8 would pass for size 1.
        size = pdfium.FPDFText_GetFontSize(self._textpage, index) * math.hypot(matrix.c, matrix.d)
        length = pdfium.FPDFText_GetFontInfo(self._textpage, index, self._name, len(self._name), self._flags)
        name = self._name.value.decode("utf-8", errors="replace") if 0 < length <= len(self._name) else ""
        bold = bool(_BOLD_NAME.search(name)) or pdfium.FPDFText_GetFontWeight(self._textpage, index) >= _BOLD_WEIGHT
        upright = (abs(matrix.a) >= abs(matrix.b)) != self._turned
        return (round(size, 2) if math.isfinite(size) else 0.0, bold, upright, _family(name))

    def garbled(self, text: str) -> bool:
        """Return whether too many glyphs of the page's ``text`` have no known character."""
        visible = sum(map(len, text.split()))
        unknown = len(_UNKNOWN.findall(text))
        return visible > 0 and max(unknown, self._unmapped) > _GARBLED_SHARE * visible


class _Sight(NamedTuple):
    """What a page shows beside its text.

    The share of it that pictures cover (more than once where they overlap), and those that no page before has; the
    strokes of shapes that may be letters; and whether there is anything at all.
    """

    pictures: float
    new_pictures: float
    outlines: int
    anything: bool


def _sight(page: pypdfium2.PdfPage, most: int, known: set[Fingerprint]) -> _Sight:
    """Return what the page shows; beyond ``most`` objects, those in drawings counted, it is taken for a picture.

    Its pictures are added to the ``known`` ones.
    """
    width, height = page.get_size()
    place = _placement(page)
    area = again = 0.0
    strokes = outlines = count = 0
    shaded = False
    for thing, kind, outer in islice(_objects(page), most):
        count += 1
        if kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            covered = _shown(place(*_bounds(thing, outer)), width, height)
            area += covered
            if covered > _PICTURE_BESIDE / 2 * width * height and (print_of := _fingerprint(thing)):
                again += covered * (print_of in known)
                known.add(print_of)
        elif kind == pdfium.FPDF_PAGEOBJ_SHADING:
            shaded = True
        elif kind == pdfium.FPDF_PAGEOBJ_PATH:
            segments = pdfium.FPDFPath_CountSegments(thing)
            strokes += segments
            if segments > _RECTANGLE and _is_filled(thing):
                outlines += segments
    noted = False
    for annotation, box in _annotations(page):
        kind = pdfium.FPDFAnnot_GetSubtype(annotation)
        noted |= kind not in (pdfium.FPDF_ANNOT_LINK, pdfium.FPDF_ANNOT_POPUP)
        if kind == pdfium.FPDF_ANNOT_STAMP:
            area += _shown(box, width, height)
    share, new = (1.0, 1.0) if count == most else (part / max(width * height, 1.0) for part in (area, area - again))
    return _Sight(share, new, outlines, share > 0 or shaded or noted or strokes > _PLAIN_STROKES)


def _fingerprint(picture: Any) -> Fingerprint | None:
    """Return what tells a picture from others: the size of its data, packed, and a sum over it; none if it is large."""
    size = pdfium.FPDFImageObj_GetImageDataRaw(picture, None, 0)
    if not 0 < size <= _EMBLEM:
        return None
    buffer = (ctypes.c_ubyte * size)()
    pdfium.FPDFImageObj_GetImageDataRaw(picture, buffer, size)
    return size, zlib.crc32(buffer)


def _objects(page: pypdfium2.PdfPage) -> Iterator[tuple[Any, int, tuple[Matrix, ...]]]:
    """Yield what is drawn on the page: object, kind, and the matrices (innermost first) of the drawings around it."""

    def inside(count: int, get: Callable[[int], Any], outer: tuple[Matrix, ...]) -> Iterator[Any]:
        for index in range(count):
            thing = get(index)
            kind = pdfium.FPDFPageObj_GetType(thing)
            yield thing, kind, outer
            if kind == pdfium.FPDF_PAGEOBJ_FORM and len(outer) < _DEEPEST:
                inner = functools.partial(pdfium.FPDFFormObj_GetObject, thing)
                yield from inside(pdfium.FPDFFormObj_CountObjects(thing), inner, (_matrix(thing), *outer))

    get = functools.partial(pdfium.FPDFPage_GetObject, page.raw)
    return inside(pdfium.FPDFPage_CountObjects(page.raw), get, ())


def _bounds(thing: Any, outer: tuple[Matrix, ...]) -> tuple[float, float, float, float]:
    """Return left, bottom, right and top of an object on the page."""
    edges = [ctypes.c_float() for _ in range(4)]
    pdfium.FPDFPageObj_GetBounds(thing, *edges)
    left, bottom, right, top = (edge.value for edge in edges)
    corners = [_on_page(x, y, outer) for x in (left, right) for y in (bottom, top)]
    xs, ys = zip(*corners, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def _on_page(x: float, y: float, matrices: tuple[Matrix, ...]) -> tuple[float, float]:
    for a, b, c, d, e, f in matrices:
        x, y = a * x + c * y + e, b * x + d * y + f
    return x, y


def _shown(box: tuple[float, float, float, float], width: float, height: float) -> float:
    """Return the area of the part of ``box`` that is on the page."""
    x0, top, x1, bottom = box
    return max(min(x1, width) - max(x0, 0.0), 0.0) * max(min(bottom, height) - max(top, 0.0), 0.0)


def _is_filled(path: Any) -> bool:
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    return bool(pdfium.FPDFPath_GetDrawMode(path, fill, stroke)) and fill.value != pdfium.FPDF_FILLMODE_NONE


def _annotations(page: pypdfium2.PdfPage) -> Iterator[tuple[Any, tuple[float, float, float, float]]]:
    """Yield notes, stamps, fields and the like that are seen on the page, with their boxes."""
    place = _placement(page)
    width, height = page.get_size()
    unseen = pdfium.FPDF_ANNOT_FLAG_HIDDEN | pdfium.FPDF_ANNOT_FLAG_NOVIEW
    rectangle = pdfium.FS_RECTF()
    for index in range(min(pdfium.FPDFPage_GetAnnotCount(page.raw), _MOST_FIELDS)):
        annotation = pdfium.FPDFPage_GetAnnot(page.raw, index)
        try:
            hidden = pdfium.FPDFAnnot_GetFlags(annotation) & unseen
            if hidden or not pdfium.FPDFAnnot_GetRect(annotation, rectangle):
                continue
            box = place(rectangle.left, rectangle.bottom, rectangle.right, rectangle.top)
            if _inside(box, width, height):
                yield annotation, box
        finally:
            pdfium.FPDFPage_CloseAnnot(annotation)


def _add_typed(document: pypdfium2.PdfDocument, page: pypdfium2.PdfPage, runs: list[Run], styles: list[Style]) -> None:
    """Add the sentences that stand in fields and in notes on the page, unless its own text says them there."""
    words = [word for run in runs for word in run]
    for annotation, box in _annotations(page):
        text = _typed(document, annotation).split()
        if len(text) < _TYPED_WORDS:
            continue
        x0, top, x1, bottom = box
        there = {
            word[0]
            for word in words
            if x0 <= (word[1] + word[3]) / 2 <= x1 and top <= (word[2] + word[4]) / 2 <= bottom
        }
        if 2 * len(there.intersection(text)) <= len(set(text)):
            found, size = _set_in(" ".join(text), box, len(styles))
            runs += found
            styles.append((size, False, True, ""))


def _typed(document: pypdfium2.PdfDocument, annotation: Any) -> str:
    """Return the text of a field to write in, or of a note that stands open on the page."""
    if pdfium.FPDFAnnot_GetSubtype(annotation) == pdfium.FPDF_ANNOT_FREETEXT:
        return _string(functools.partial(pdfium.FPDFAnnot_GetStringValue, annotation, b"Contents"))
    if document.formenv:
        form = document.formenv.raw
        if pdfium.FPDFAnnot_GetFormFieldType(form, annotation) in _WRITTEN:
            return _string(functools.partial(pdfium.FPDFAnnot_GetFormFieldValue, form, annotation))
    return ""


def _set_in(text: str, box: tuple[float, float, float, float], style: int) -> tuple[list[Run], float]:
    """Return lines of ``text`` that fill ``box`` from its top, as it may be printed there, and their size of print."""
    x0, top, x1, bottom = box
    fits = math.sqrt(max((x1 - x0) * (bottom - top), 0.0) / (_LETTER * _LEADING * len(text)))
    size = max(min(_TYPED, fits), _SMALLEST_TYPED)
    wide = _LETTER * size
    rows = textwrap.wrap(text, max(int((x1 - x0) / wide), 1), break_long_words=False, break_on_hyphens=False)
    high = min(_LEADING * size, (bottom - top) / len(rows))
    return [
        [
            (word[0], x0 + wide * word.start(), top + high * row, x0 + wide * word.end(), top + high * (row + 1), style)
            for word in re.finditer(r"\S+", line)
        ]
        for row, line in enumerate(rows)
    ], size


def _has_ocr_layer(page: pypdfium2.PdfPage) -> bool:
    """Return whether some text of the page is drawn invisibly, as text recognition puts it under a scan."""
    return any(
        pdfium.FPDFTextObj_GetTextRenderMode(item.raw) == pdfium.FPDF_TEXTRENDERMODE_INVISIBLE
        for item in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT], max_depth=4)
    )


def _fields(document: pypdfium2.PdfDocument, page: pypdfium2.PdfPage) -> list[Answer]:
    """Return the form fields that are seen on the page: where, whether ticked or filled in, and their tool tips."""
    form = document.formenv.raw
    fields: list[Answer] = []
    for annotation, box in _annotations(page):
        kind = pdfium.FPDFAnnot_GetFormFieldType(form, annotation)
        if kind in _TICKED:
            filled = pdfium.FPDFAnnot_IsChecked(form, annotation)
        elif kind in _WRITTEN:  # two bytes of an empty text are its end
            filled = pdfium.FPDFAnnot_GetFormFieldValue(form, annotation, None, 0) > 2
        else:
            continue
        name = _name(pdfium.FPDFAnnot_GetFormFieldAlternateName, form, annotation)
        name = name or _name(pdfium.FPDFAnnot_GetFormFieldName, form, annotation)
        fields.append(("tick" if kind in _TICKED else "text", *box, "ticked" if filled else "empty", name))
    return fields


def _name(ask: Callable[..., int], form: Any, annotation: Any) -> str:
    """Return what ``ask`` (a function of pdfium) calls a form field."""
    return _string(functools.partial(ask, form, annotation), _NAME)


def _string(ask: Callable[[Any, int], int], most: int | None = None) -> str:
    """Return the text that ``ask`` (a function of pdfium) puts into a buffer; none if it is longer than ``most``."""
    length = ask(None, 0)
    if length <= 2 or (most is not None and length > 2 * most):
        return ""
    buffer = (ctypes.c_ushort * (length // 2))()
    ask(buffer, length)
    return bytes(memoryview(buffer)[:-1]).decode("utf-16-le", errors="replace")


class _Drawing:
    """What is drawn on a page that matters in a form: small frames, straight lines, strokes."""

    def __init__(self, page: pypdfium2.PdfPage) -> None:
        self._page = page
        self._place = _placement(page)
        self._size = page.get_size()
        self._boxes: list[Frame] = []
        self._rulings: list[tuple[float, float, float, float]] = []
        self._strokes: list[tuple[float, float, float, float]] = []
        self._segments = 0
        self._x, self._y = ctypes.c_float(), ctypes.c_float()

    def shapes(self) -> Answer:
        """Return boxes, rulings and strokes."""
        for thing, kind, outer in _objects(self._page):
            if self._segments > _MOST_PAGE_SEGMENTS or self._found() > _MOST_SHAPES:
                break
            if kind == pdfium.FPDF_PAGEOBJ_PATH:
                self._path(thing, outer)
        return (self._boxes, self._rulings, self._strokes)

    def _found(self) -> int:
        return len(self._boxes) + len(self._rulings) + len(self._strokes)

    def _path(self, path: Any, outer: tuple[Matrix, ...]) -> None:
        count = pdfium.FPDFPath_CountSegments(path)
        if count > _MOST_SEGMENTS:  # a picture
            return
        self._segments += count
        matrices = (_matrix(path), *outer)
        fill = _fill(path)
        first = len(self._boxes)
        points: list[tuple[float, float]] = []
        curved = False
        for index in range(count):
            segment = pdfium.FPDFPath_GetPathSegment(path, index)
            kind = pdfium.FPDFPathSegment_GetType(segment)
            if kind == pdfium.FPDF_SEGMENT_MOVETO and points:
                self._figure(points, curved, fill)
                points, curved = [], False
            curved |= kind == pdfium.FPDF_SEGMENT_BEZIERTO
            points.append(self._point(segment, matrices))
            if pdfium.FPDFPathSegment_GetClose(segment):
                points.append(points[0])
        if points:
            self._figure(points, curved, fill)
        self._boxes[first:] = _without_holes(self._boxes[first:])

    def _point(self, segment: Any, matrices: tuple[Matrix, ...]) -> tuple[float, float]:
        pdfium.FPDFPathSegment_GetPoint(segment, self._x, self._y)
        x, y = _on_page(self._x.value, self._y.value, matrices)
        left, top, _, _ = self._place(x, y, x, y)
        return left, top

    def _figure(self, points: list[tuple[float, float]], curved: bool, fill: str) -> None:
        """Sort what the ``points`` draw."""
        xs, ys = [point[0] for point in points], [point[1] for point in points]
        x0, top, x1, bottom = min(xs), min(ys), max(xs), max(ys)
        width, height = x1 - x0, bottom - top
        if not all(map(math.isfinite, (width, height))):
            return
        closed = len(points) > 3 and math.dist(points[0], points[-1]) < 1.0
        framed = closed and (
            curved or all(min(x - x0, x1 - x) < 0.6 and min(y - top, bottom - y) < 0.6 for x, y in points)
        )
        if framed and min(width, height) > _THIN:
            edges = (min(width, height), max(width, height))
            if edges[0] >= _SMALLEST_BOX / 2 and edges[1] <= _GREATEST_BOX and edges[1] <= _OBLONG * edges[0]:
                if _inside((x0, top, x1, bottom), *self._size):
                    self._boxes.append((x0, top, x1, bottom, fill))
            elif not curved:
                self._rulings += ((x0, top, x1, top), (x0, bottom, x1, bottom))
                self._rulings += ((x0, top, x0, bottom), (x1, top, x1, bottom))
        elif curved:
            if max(width, height) <= _STROKE:
                self._strokes.append((x0, top, x1, bottom))
        elif framed or len(points) < 3:
            self._line(x0, top, x1, bottom)
        else:
            for (ax, ay), (bx, by) in pairwise(points):
                self._line(min(ax, bx), min(ay, by), max(ax, bx), max(ay, by))

    def _line(self, x0: float, top: float, x1: float, bottom: float) -> None:
        if min(x1 - x0, bottom - top) <= _THIN:
            if max(x1 - x0, bottom - top) >= _SHORT:
                self._rulings.append((x0, top, x1, bottom))
        elif max(x1 - x0, bottom - top) <= _STROKE:
            self._strokes.append((x0, top, x1, bottom))


def _matrix(thing: Any) -> Matrix:
    """Return how an object is put on what holds it."""
    matrix = pdfium.FS_MATRIX()
    if not pdfium.FPDFPageObj_GetMatrix(thing, matrix):
        return (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    return (matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f)


def _fill(path: Any) -> str:
    """Return whether a drawn object is filled with a ``dark`` or a ``light`` colour; an empty text for neither."""
    if not _is_filled(path):
        return ""
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not pdfium.FPDFPageObj_GetFillColor(path, red, green, blue, alpha) or alpha.value <= _OPAQUE:
        return ""
    # The eye sees little of blue: a tick in blue ink is dark.
    return "dark" if 0.3 * red.value + 0.59 * green.value + 0.11 * blue.value < _DARK else "light"


def _without_holes(boxes: list[Frame]) -> list[Frame]:
    """Return the frames of one drawn object; one with a hole in it is an outline that many programs fill, not empty."""
    kept = list(boxes)
    for index, (before, after) in enumerate(pairwise(boxes)):
        outer, inner = sorted((before, after), key=lambda box: box[0] - box[2])
        nested = outer[0] <= inner[0] and outer[1] <= inner[1] and inner[2] <= outer[2] and inner[3] <= outer[3]
        if nested and inner[2] - inner[0] > _HOLE * (outer[2] - outer[0]):
            kept[index], kept[index + 1] = (*before[:4], ""), (*after[:4], "")
    return kept


class _SecondReader:
    """pdfplumber, for what pdfium cannot open or finds nothing in. Opened when first needed."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._pdf: pdfplumber.pdf.PDF | None = None
        self._failed = False

    def pages(self) -> list[pdfplumber.page.Page]:
        """Return the pages, none if the file cannot be opened."""
        if self._pdf is None and not self._failed:
            import pdfplumber

            # A broken file makes pdfminer raise errors of any kind.
            try:
                self._pdf = pdfplumber.open(io.BytesIO(self._data))
                return self._pdf.pages
            except Exception:
                self._failed = True
        return [] if self._failed or self._pdf is None else self._pdf.pages

    def page(self, number: int) -> Answer | None:
        """Return width, height, reason, runs and styles of a page, ``None`` if it has no text or cannot be read."""
        with suppress(Exception):
            page = self.pages()[number - 1]
            try:
                return _page_of_words(page)
            finally:
                page.close()
        return None


def _page_of_words(page: pdfplumber.page.Page) -> Answer | None:
    """Return what pdfplumber reads on a page, in the form of ``_read_page``."""
    left, top, right, bottom = page.cropbox
    numbers: dict[Style, int] = {}
    runs: list[Run] = []
    line = None
    for word in page.extract_words(extra_attrs=["fontname", "size"], keep_blank_chars=False, use_text_flow=False):
        font = word["fontname"]
        style = (round(float(word["size"]), 2), bool(_BOLD_NAME.search(font)), bool(word["upright"]), _family(font))
        x0, x1 = float(word["x0"] - left), float(word["x1"] - left)
        box = (x0, float(word["top"] - top), x1, float(word["bottom"] - top))
        if style[0] < _VISIBLE_SIZE or not _inside(box, right - left, bottom - top):
            continue
        if line is None or abs(box[3] - line) > 0.3 * style[0]:
            runs.append([])
        line = box[3]
        runs[-1].append((word["text"], *box, numbers.setdefault(style, len(numbers))))
    text = " ".join(word[0] for run in runs for word in run)
    if not text:
        return None
    width, height = float(right - left), float(bottom - top)
    # pdfminer writes (cid:12) for a glyph without a known character.
    unknown = len(_UNKNOWN.findall(text)) + len(_CID.findall(text))
    if unknown > _GARBLED_SHARE * len(_CID.sub("?", text)):
        return (width, height, "garbled_text", [], [])
    pictures = sum(
        _shown((x["x0"] - left, x["top"] - top, x["x1"] - left, x["bottom"] - top), width, height) for x in page.images
    )
    beside = pictures > _PICTURE_BESIDE * width * height
    return (width, height, "picture_unread" if beside else None, runs, list(numbers))


def _read_again(second: _SecondReader, first: int, pages: int) -> Iterator[Answer]:
    """Yield the answers to a ``read`` request for a file that pdfium cannot open."""
    found = second.pages()
    if not found:
        yield ("refused", "file_damaged")
        return
    yield ("pages", len(found), {})
    for number in range(first, min(pages, len(found)) + 1):
        page = found[number - 1]
        unread: Answer = (float(page.width), float(page.height), "no_text_layer", [], [])
        yield ("page", number, *(second.page(number) or unread))
    yield ("end",)


def _render(
    data: bytes,
    number: int,
    scale: float,
    turned: int,
    pixels: int,
    grey: bool,
    hidden: list[tuple[float, float, float, float]],
) -> Answer:
    """Return the answer to a ``render`` request."""
    try:
        with closing(pypdfium2.PdfDocument(data)) as document:
            document.init_forms()
            with closing(document[number - 1]) as page:
                width, height = page.get_size()
                scale = min(scale, math.sqrt(pixels / max(width * height, 1.0)))
                picture = io.BytesIO()
                drawn = page.render(scale=scale, rotation=turned, grayscale=grey).to_pil()
                brush = ImageDraw.Draw(drawn)
                for box in hidden:
                    brush.rectangle([scale * edge for edge in box], fill="white")
                drawn.save(picture, "PPM" if grey else "PNG")
                return ("image", picture.getvalue())
    except pypdfium2.PdfiumError:
        return ("refused", "file_damaged")


def _annotate(data: bytes, marks: list[Answer], note: tuple[str, str], note_if_signed: tuple[str, str]) -> Answer:
    """Return the answer to an ``annotate`` request: the file with highlights and a note, all else kept."""
    try:
        with closing(pypdfium2.PdfDocument(data)) as document:
            signed = pdfium.FPDF_GetSignatureCount(document.raw) > 0
            by_page: dict[int, list[Answer]] = {1: []}
            for mark in marks:
                by_page.setdefault(mark[0], []).append(mark[1:])
            for number, found in by_page.items():
                with closing(document[number - 1]) as page:
                    for boxes, underline, *look in found:
                        kind = pdfium.FPDF_ANNOT_UNDERLINE if underline else pdfium.FPDF_ANNOT_HIGHLIGHT
                        _put(page, kind, boxes, *look)
                    if number == 1:
                        title, text = note_if_signed if signed else note
                        _put(page, pdfium.FPDF_ANNOT_TEXT, [_NOTE_BOX], (255, 255, 255), title, text, "sceau", 0)
                    # Drawing the page, however small, makes pdfium write the appearance that other readers show.
                    page.render(scale=0.05, may_draw_forms=False)
            out = io.BytesIO()
            document.save(out)
            return ("annotated", out.getvalue())
    except (pypdfium2.PdfiumError, IndexError):
        return ("refused", "not_annotatable")


def _put(
    page: pypdfium2.PdfPage,
    kind: int,
    boxes: list[tuple[float, float, float, float]],
    colour: tuple[int, int, int],
    title: str,
    text: str,
    name: str,
    turned: int,
) -> None:
    """Put one annotation over ``boxes`` of the page as it is shown, or of that page turned."""
    on_page = _points(page, turned)
    corners = [
        [on_page(x, y) for x, y in ((x0, top), (x1, top), (x0, bottom), (x1, bottom))] for x0, top, x1, bottom in boxes
    ]
    xs, ys = zip(*(point for quad in corners for point in quad), strict=True)
    annotation = pdfium.FPDFPage_CreateAnnot(page.raw, kind)
    if not annotation:
        raise pypdfium2.PdfiumError("no annotation")
    try:
        pdfium.FPDFAnnot_SetRect(annotation, pdfium.FS_RECTF(min(xs), max(ys), max(xs), min(ys)))
        if kind != pdfium.FPDF_ANNOT_TEXT:
            for quad in corners:
                points = pdfium.FS_QUADPOINTSF(*(edge for point in quad for edge in point))
                pdfium.FPDFAnnot_AppendAttachmentPoints(annotation, points)
            tint = _TINT if kind == pdfium.FPDF_ANNOT_HIGHLIGHT else 255
            pdfium.FPDFAnnot_SetColor(annotation, pdfium.FPDFANNOT_COLORTYPE_Color, *colour, tint)
        pdfium.FPDFAnnot_SetFlags(annotation, pdfium.FPDF_ANNOT_FLAG_PRINT)
        for key, value in ((b"T", title), (b"Contents", text), (b"NM", name)):
            wide = (value + "\0").encode("utf-16-le", errors="replace")
            buffer = (ctypes.c_ushort * (len(wide) // 2)).from_buffer_copy(wide)
            pdfium.FPDFAnnot_SetStringValue(annotation, key, buffer)
    finally:
        pdfium.FPDFPage_CloseAnnot(annotation)


def _points(page: pypdfium2.PdfPage, turned: int) -> Callable[[float, float], tuple[float, float]]:
    """Return how a point of the page as shown, and ``turned``, becomes one of the page: ``_placement`` undone."""
    left, bottom, right, top = page.get_bbox()
    turns: dict[int, Callable[[float, float], tuple[float, float]]] = {
        0: lambda x, y: (left + x, top - y),
        90: lambda x, y: (left + y, bottom + x),
        180: lambda x, y: (right - x, bottom + y),
        270: lambda x, y: (right - y, top - x),
    }
    return turns[(page.get_rotation() + turned) % 360]


def answers(request: Answer, data: bytes) -> Iterator[Answer]:
    """Yield the answers to a request."""
    if request[0] == "read":
        yield from _read(data, *request[1:])
    elif request[0] == "annotate":
        yield _annotate(data, *request[1:])
    else:
        yield _render(data, *request[1:])
