"""The process that reads pictures of pages: decoded, straightened and recognised here; words with boxes go out.

Decoders of images have holes, and recognition takes seconds and a gigabyte, so it runs in a process of its own that
``ocr.py`` starts, bounds and kills. ``worker.py`` runs it, with nothing of ``analyzer``. It has one thread: pages are
read side by side by several such processes. The models come inside the package of the engine and are loaded from
there, so that nothing is ever fetched; no picture and no word is written to a file.

``("count", pixels)`` is answered with ``("count", pages)``: an image file may hold several, and what a telephone takes
of a whole web page is cut into several.

``("page", dpi)``, whose data is the picture of a page, and ``("photo", number, pixels)``, whose data is an image file,
are answered with ``("read", width, height, turned, sure, runs, styles, boxes)`` or ``("unread", width, height,
reason)``. A photo is cut to its sheet of paper, flattened and straightened first. ``turned`` says by how many degrees
(a multiple of 90, clockwise) the page was then turned until its text stood upright; all edges are those of the turned
page, in points.
``sure`` is the recogniser's mean confidence, 0 to 1, with 0 for lines that were left out; 0 where a sentence is too
small to be read. Runs and styles are those of ``pdf_worker.py``; ``boxes`` are the boxes to tick, as ``(left, top,
right, bottom, state)``: ``ticked``, ``empty`` or ``unknown``.

``("draw", number, turned, pixels)`` is answered with ``("image", PNG bytes)``: the photo as it was read.

All may be answered with ``("refused", code)``.
"""

from __future__ import annotations

import functools
import io
import math
import statistics
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

Answer = tuple[Any, ...]
Picture = np.ndarray[Any, np.dtype[Any]]
#: The corners of a line of text: top left, top right, bottom right, bottom left, as it is read.
Quad = np.ndarray[Any, np.dtype[Any]]

#: A4, its longer side as a multiple of the shorter one, and how far a sheet may be from it and still be taken for one.
_POINTS, _RATIO, _NEARLY = 842.0, 2**0.5, 0.08
#: Photos are brought down to this longer side (pixels): 220 dots an inch for an A4 page.
_LONGER = 2600
#: A picture higher than so many times its width is cut, at rows of which so many together are plain. One that is
#: narrower than the last (pixels) has no text. The turns with which a camera says that height and width are swapped.
_TALL, _CALM, _NARROW, _ON_ITS_SIDE = 2.5, 5, 200, (5, 6, 7, 8)
#: The sheet is looked for on a copy with this longer side; it covers at least this share of the photo, at most that.
_SMALL, _LEAST_SHEET, _WHOLE_SHEET = 800, 0.25, 0.97
#: Steps of brightness that are an edge (weak ones only beside strong ones), and that are writing; the share of writing
#: that may lie outside the sheet.
_EDGES, _WRITING, _LOST = (20, 50), 24, 0.02
#: A place darker than this part of the paper's brightness there is printed dark.
_PRINTED = 0.7
#: Degrees of slant that are looked for and the steps; less than the last is left as it is.
_SLANT, _COARSE, _FINE, _LEVEL = 12.0, 1.0, 0.1, 0.15
#: Recognition needs letters: below this font size (pixels; 10 points at 65 dots an inch), some are guesses.
_LOWEST = 9.4
#: So many words on a line are a sentence, or a part of one.
_SENTENCE = 4
#: Lines that the recogniser itself doubts more than this are noise.
_NOISE = 0.5
#: Lines are looked for on a copy with this longer side at most (pixels): 6 points are still 11 pixels of an A4 page.
_SEEN = 1600
#: So many lines tell whether the page is upside down; read with this confidence, they stand upright.
_TRIED, _UPRIGHT = 6, 0.93
#: Rows of a line with at least this share of the ink of its fullest rows reach from the foot to the head of small
#: letters (or of capitals and digits, where they are more): so high, as parts of the font size. Measured on Helvetica.
_FULL_ROW, _SMALL_LETTERS, _CAPITALS = 0.45, 0.585, 0.78
#: Font sizes nearer to each other than this part are one. Bold letters leave so many times the ink of the page's usual.
_SAME_FONT, _BOLD = 0.05, 1.28
#: How high a line stands around its middle, as a multiple of its font size.
_LINE_OF_FONT = 1.1
#: Boxes on one row share at least this part of the height of the lower one.
_ROW = 0.5
#: Boxes to tick: the shortest and longest side (millimetres), and how far from square. Below so many pixels an inch
#: they look like letters.
_BOX, _SQUARE, _BOX_DPI = (1.95, 6.2), 1.25, 150.0
#: The border of a box: how much of its side is inside it, how much of the side has ink somewhere across the border, and
#: in its fullest row. Letters are round, or open on one side.
_BORDER, _CLOSED, _STRAIGHT = 0.14, 0.93, 0.8
#: How far a tick may stick out, as a part of the side, where straight strokes alone are left.
_RIM = 0.15
#: What is dark: by so many steps darker than the paper within so many millimetres around.
_INK, _AROUND = 28, 8.0
#: How much of the side is left out around what is inside a box, and from what share of ink on that is a tick. Boxes of
#: one form differ in size by less than the last.
_MARGIN, _TICKED, _ALIKE = 0.24, 0.1, 0.15
#: More boxes than this are a pattern.
_MOST_BOXES = 600
#: Grey in a box that differs by so many steps is no noise of the paper; so far inside nothing is left of its border.
_FAINT, _DEEP = 8.0, 0.32
#: What goes around a box is so many of its sides away from it on all sides at least, and so many high at most.
_GAP, _HIGH = 0.1, 5.0


class _Text(NamedTuple):
    """A recognised line: its corners, its words with where they begin and end (0 to 1 of its length), confidence.

    ``size`` is that of its font, in pixels; ``ink`` is how much of its letters' place is dark.
    """

    quad: Quad
    words: list[tuple[str, float, float]]
    sure: float
    size: float
    ink: float


#: A box: left, top, right and bottom edge (pixels), and whether it is ticked.
_Box = tuple[int, int, int, int, bool]


def answers(request: Answer, data: bytes) -> Iterator[Answer]:
    """Yield the answer to a request."""
    try:
        if request[0] == "count":
            with _opened(data, *request[1:]) as image:
                yield ("count", max(_frames(image), _pieces(image)))
        elif request[0] == "page":
            with _opened(data, None) as image:
                yield _read(np.asarray(image.convert("L")), request[1])
        elif request[0] == "photo":
            picture = _straight(_frame(data, *request[1:]))
            yield _read(picture, 72 * max(picture.shape) / _POINTS)
        else:
            _, number, turned, pixels = request
            picture = _turn(_straight(_frame(data, number, pixels)), turned)
            yield ("image", cv2.imencode(".png", picture)[1].tobytes())
    except (_TooLargeError, MemoryError):
        yield ("refused", "limit_reached")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, cv2.error):
        yield ("refused", "file_damaged")


class _TooLargeError(Exception):
    """The image has more pixels than are read."""


def _opened(data: bytes, pixels: int | None) -> Image.Image:
    """Return an image file, not yet decoded."""
    Image.MAX_IMAGE_PIXELS = None  # our own bound stands below
    _know_heif()
    image = Image.open(io.BytesIO(data), formats=None if pixels is None else ("JPEG", "PNG", "WEBP", "HEIF", "TIFF"))
    if pixels is not None and image.width * image.height > pixels:
        raise _TooLargeError
    return image


@functools.cache
def _know_heif() -> None:
    """Let Pillow read the photos of telephones."""
    from pi_heif import register_heif_opener

    register_heif_opener()


def _frame(data: bytes, number: int, pixels: int) -> Picture:
    """Return a page of an image file in grey, upright as the camera says, no larger than is useful."""
    with _opened(data, pixels) as image:
        pieces = _pieces(image)
        image.seek(number - 1 if pieces == 1 else 0)
        if image.width * image.height > pixels:  # pages may differ
            raise _TooLargeError
        image.draft("L", (_LONGER, _LONGER))
        upright = ImageOps.exif_transpose(image)
        if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
            paper = Image.new("RGBA", upright.size, "white")
            upright = Image.alpha_composite(paper, upright.convert("RGBA"))
        if upright.mode.startswith("I;16") or upright.mode in ("I", "F"):
            upright = ImageOps.autocontrast(Image.fromarray((np.asarray(upright) / 256).astype(np.uint8)))
        grey = np.asarray(upright.convert("L"))
    return _no_larger(grey if pieces == 1 else _piece(grey, number, pieces), 2 * _LONGER)


def _frames(image: Image.Image) -> int:
    """Return how many pictures an image file holds: further ones in a JPEG are previews, in a PNG or WebP a film."""
    return getattr(image, "n_frames", 1) if image.format in ("TIFF", "HEIF") else 1


def _pieces(image: Image.Image) -> int:
    """Return into how many pieces a picture is cut, as its letters would be lost if all of it were made one page."""
    wide, high = image.size[::-1] if image.getexif().get(ExifTags.Base.Orientation, 1) in _ON_ITS_SIDE else image.size
    return 1 if _frames(image) > 1 or wide < _NARROW else math.ceil(high / (_TALL * wide))


def _piece(picture: Picture, number: int, pieces: int) -> Picture:
    """Return a piece of a tall picture, from 1, cut where the rows are plainest: between two lines."""
    step = len(picture) // pieces
    cuts = [0]
    for middle in range(step, step * pieces, step):
        first = middle - step // 10
        busy = picture[first : middle + step // 10].std(axis=1)
        calm = np.convolve(busy, np.ones(_CALM), "valid")
        cuts.append(first + int(calm.argmin()) + _CALM // 2)
    return picture[cuts[number - 1] : [*cuts[1:], len(picture)][number - 1]]


def _no_larger(picture: Picture, longer: int) -> Picture:
    scale = longer / max(picture.shape)
    if scale >= 1:
        return picture
    return cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)


def _straight(picture: Picture) -> Picture:
    """Return a photo as if its sheet had been scanned: cut out, evenly lit, its lines level (or plumb)."""
    flat = _even(_no_larger(_cut_out(picture), _LONGER))
    slant = _slant(flat)
    if abs(slant) < _LEVEL:
        return flat
    high, wide = flat.shape
    matrix = cv2.getRotationMatrix2D((wide / 2, high / 2), slant, 1.0)
    return cv2.warpAffine(flat, matrix, (wide, high), flags=cv2.INTER_CUBIC, borderValue=255)


def _cut_out(picture: Picture) -> Picture:
    """Return the sheet of paper on a photo, its four corners drawn apart to a rectangle; all of it if none is seen."""
    small = cv2.GaussianBlur(_no_larger(picture, _SMALL), (5, 5), 0)
    found = [corners for sheet in (_not_the_table(small), _bright(small)) if (corners := _corners(sheet)) is not None]
    for corners in sorted(found, key=cv2.contourArea, reverse=True):
        if _holds_all(corners, small):
            scale = max(picture.shape) / max(small.shape)
            return _drawn_apart(picture, _in_order(corners.reshape(4, 2) * scale))
    return picture


def _not_the_table(small: Picture) -> Picture:
    """Return, white, what no way leads to from the edge of a photo without crossing an edge in it."""
    edges = cv2.dilate(cv2.Canny(small, *_EDGES), np.ones((3, 3), np.uint8))
    _, parts = cv2.connectedComponents(255 - edges)
    rim = np.concatenate([parts[0], parts[-1], parts[:, 0], parts[:, -1]])
    sheet = np.where(np.isin(parts, np.unique(rim[rim > 0])), 0, 255).astype(np.uint8)
    return cv2.morphologyEx(sheet, cv2.MORPH_OPEN, np.ones((15, 15), np.uint8))


def _bright(small: Picture) -> Picture:
    """Return, white, what is bright on a photo, the letters on it too."""
    closed = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((15, 15), np.uint8))
    return cv2.threshold(closed, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)[1]


def _corners(sheet: Picture) -> Any:
    """Return the four corners of the largest white patch, ``None`` if it has not four or is no likely sheet."""
    contours, _ = cv2.findContours(sheet, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    if not contours:
        return None
    hull = np.asarray(cv2.convexHull(max(contours, key=cv2.contourArea)))
    for tolerance in (0.02, 0.03, 0.05):
        corners = cv2.approxPolyDP(hull, tolerance * cv2.arcLength(hull, True), True)
        if len(corners) == 4 and _LEAST_SHEET < cv2.contourArea(corners) / sheet.size < _WHOLE_SHEET:
            return corners
    return None


def _holds_all(corners: Any, small: Picture) -> bool:
    """Return whether what looks like writing stands inside the corners: a sheet cut too small would lose some."""
    fine = cv2.absdiff(small, cv2.medianBlur(small, 15)) > _WRITING
    inside = cv2.fillConvexPoly(np.zeros_like(small), corners, 255)
    near = cv2.dilate(inside, np.ones((9, 9), np.uint8)) > 0
    return bool(fine[~near].sum() <= _LOST * fine[inside > 0].sum())


def _in_order(corners: Any) -> Quad:
    """Return four corners from the top left one, clockwise."""
    middle = corners.mean(axis=0)
    angles = np.arctan2(corners[:, 1] - middle[1], corners[:, 0] - middle[0])
    around = corners[np.argsort(angles)]
    corners = np.roll(around, -int(np.argmin(around.sum(axis=1))), axis=0)
    return np.asarray(corners, np.float32)


def _drawn_apart(picture: Picture, corners: Quad) -> Picture:
    sides = [float(np.linalg.norm(corners[index] - corners[(index + 1) % 4])) for index in range(4)]
    wide, high = (sides[0] + sides[2]) / 2, (sides[1] + sides[3]) / 2
    if abs(max(wide, high) / min(wide, high) / _RATIO - 1) < 3 * _NEARLY:
        longer = max(wide, high, min(wide, high) * _RATIO)
        wide, high = (longer / _RATIO, longer) if high > wide else (longer, longer / _RATIO)
    size = (round(wide), round(high))
    target = np.array([[0, 0], [size[0], 0], [size[0], size[1]], [0, size[1]]], np.float32)
    matrix = cv2.getPerspectiveTransform(corners, target)
    return cv2.warpPerspective(picture, matrix, size, flags=cv2.INTER_CUBIC, borderValue=255)


def _even(picture: Picture) -> Picture:
    """Return the picture with its light made even: each place is compared with the paper around it."""
    small = _no_larger(picture, _SMALL)
    reach = max(3, max(small.shape) // 40) | 1
    around = cv2.medianBlur(cv2.dilate(small, np.ones((7, 7), np.uint8)), reach)
    # Where all around is much darker than the sheet in this light, it is no shadow but something printed.
    paper = np.maximum(around, _PRINTED * _light(around)).clip(1, 255).astype(np.uint8)
    return cv2.divide(picture, cv2.resize(paper, picture.shape[::-1]), scale=255)


def _light(around: Picture) -> Picture:
    """Return how bright the paper is everywhere: the smooth surface through what is bright on a page."""
    y, x = (axis / max(around.shape) for axis in np.mgrid[0 : around.shape[0], 0 : around.shape[1]])
    terms = np.stack([np.ones_like(x), x, y, x * y, x * x, y * y], axis=-1)
    places, values = terms[::8, ::8].reshape(-1, terms.shape[-1]), around[::8, ::8].reshape(-1).astype(float)
    bright = values >= np.median(values)
    for _ in range(3):
        surface = np.linalg.lstsq(places[bright], values[bright], rcond=None)[0]
        bright = values > 0.85 * (places @ surface)
        if not bright.any():
            break
    return np.asarray(terms @ surface)


def _slant(picture: Picture) -> float:
    """Return by how many degrees, counterclockwise, the lines of a page have to be turned to be level, or plumb."""
    small = cv2.resize(picture, None, fx=1000 / max(picture.shape), fy=1000 / max(picture.shape))
    ink = np.asarray(255 - small, np.float32)
    ink[ink < 64] = 0

    def sharpness(angle: float) -> float:
        high, wide = ink.shape
        matrix = cv2.getRotationMatrix2D((wide / 2, high / 2), angle, 1.0)
        turned = cv2.warpAffine(ink, matrix, (wide, high))
        return max(float((np.diff(turned.sum(axis=axis) / turned.shape[axis]) ** 2).sum()) for axis in (0, 1))

    coarse = max(np.arange(-_SLANT, _SLANT + _COARSE, _COARSE), key=sharpness)
    best = max(np.arange(coarse - _COARSE, coarse + _COARSE + _FINE, _FINE), key=sharpness)
    return float(best) if sharpness(best) > sharpness(0.0) else 0.0


def _turn(picture: Picture, degrees: int) -> Picture:
    """Return the picture turned clockwise by a multiple of 90 degrees."""
    return np.ascontiguousarray(np.rot90(picture, -degrees // 90))


def _read(picture: Picture, dpi: float) -> Answer:
    """Return the answer for the picture of a page that has ``dpi`` pixels an inch."""
    high, wide = picture.shape
    size = (72 * wide / dpi, 72 * high / dpi)
    quads = _find(picture)
    turned = 0
    if quads and statistics.median(_length(quad, 1) / _length(quad, 0) for quad in quads) > 1:
        turned = 90
    if quads:
        turned += _upside_down(_turn(picture, turned), [_turned(quad, picture, turned) for quad in quads])
    if turned:
        quads, picture = [_turned(quad, picture, turned) for quad in quads], _turn(picture, turned)
        size = size if turned == 180 else size[::-1]
    seen = [text for quad in quads if (text := _recognise(picture, quad))]
    texts = [text for text in seen if text.sure > _NOISE]
    if not texts:
        return ("unread", *size, None)
    if statistics.median(text.size for text in texts) < _LOWEST:
        return ("unread", *size, "low_resolution")
    sure = 0.0 if any(map(_is_guessed, seen)) else _trust(seen)
    return ("read", *size, turned, sure, *_runs(texts, 72 / dpi), _boxes(picture, dpi))


def _boxes(picture: Picture, dpi: float) -> list[tuple[float, float, float, float, str]]:
    """Return the boxes to tick: their edges in points, and their state.

    A bold letter may look like a ticked box, but none like an empty one: ticked boxes are believed where the page has
    an empty one of their size; where the tick goes beyond the box, in line with it. A box that is hidden by its tick is
    looked for in the rows and columns of the others.
    """
    if dpi < _BOX_DPI:
        return []
    least, most = (round(side * dpi / 25.4) for side in _BOX)
    around = round(_AROUND * dpi / 25.4) | 1
    soft = cv2.GaussianBlur(picture, (0, 0), 0.8)
    ink = cv2.adaptiveThreshold(soft, 1, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, around, _INK)
    # A tick that goes beyond its box is gone where straight strokes alone are left.
    strokes = [np.ones(shape, np.uint8) for shape in ((1, round(0.7 * least)), (round(0.7 * least), 1))]
    straight = cv2.bitwise_or(*(cv2.morphologyEx(ink, cv2.MORPH_OPEN, stroke) for stroke in strokes))
    found: list[_Box] = []
    for layer, is_ticked in ((ink, False), (straight, False), (straight, True)):
        empty = [box for box in found if not box[4]]
        for x, y, wide, high, _ in cv2.connectedComponentsWithStats(layer)[2][1:].tolist():
            if not (least <= min(wide, high) and max(wide, high) <= most):
                continue
            if is_ticked:
                x, y, wide, high = _without_rim(layer, x, y, wide, high)
                if not any(_in_line((x, y, x + wide, y + high), box) for box in empty):
                    continue
            if not (least <= min(wide, high) and max(wide, high) <= _SQUARE * min(wide, high)):
                continue
            if not _is_frame(layer[y : y + high, x : x + wide]):
                continue
            if any(abs(x - box[0]) < wide / 2 and abs(y - box[1]) < high / 2 for box in found):
                continue
            found.append((x, y, x + wide, y + high, _is_ticked(ink, x, y, x + wide, y + high)))
    if len(found) > _MOST_BOXES:
        return []
    found += _hidden(ink, found)
    found.sort(key=lambda box: (box[1], box[0]))
    sizes = [box[2] - box[0] for box in found if not box[4]]
    scale = 72 / dpi
    boxes = []
    for (left, top, right, bottom, ticked), unsure in zip(found, _uncertain(soft, ink, most, found), strict=True):
        if any(math.isclose(right - left, size, rel_tol=_ALIKE) for size in sizes):
            state = "ticked" if ticked else "unknown" if unsure else "empty"
            boxes.append((left * scale, top * scale, right * scale, bottom * scale, state))
    return boxes


def _hidden(ink: Picture, found: Sequence[_Box]) -> list[_Box]:
    """Return boxes that nothing but their place tells: a tick, or a letter, made one shape of both."""
    hidden: list[_Box] = []
    taken = np.zeros(ink.shape, bool)  # where the corner of another box of this size would overlap one

    def take(left: int, top: int, right: int, bottom: int) -> None:
        taken[max(2 * top - bottom, 0) : bottom, max(2 * left - right, 0) : right] = True

    for box in found:
        take(*box[:4])
    for left, _, right, _, _ in found:
        for _, top, _, bottom, _ in found:
            if taken[top, left] or not math.isclose(right - left, bottom - top, rel_tol=_ALIKE):
                continue
            if _is_frame(ink[top:bottom, left:right]):
                hidden.append((left, top, right, bottom, _is_ticked(ink, left, top, right, bottom)))
                take(left, top, right, bottom)
    return hidden


def _is_ticked(ink: Picture, left: int, top: int, right: int, bottom: int) -> bool:
    return float(ink[_inside(left, top, right, bottom)].mean()) > _TICKED


def _inside(left: int, top: int, right: int, bottom: int, rim: float = _MARGIN) -> tuple[slice, slice]:
    """Return the rows and columns in a box."""
    margin = round(rim * min(right - left, bottom - top))
    return slice(top + margin, bottom - margin), slice(left + margin, right - margin)


def _uncertain(soft: Picture, ink: Picture, longest: int, boxes: Sequence[_Box]) -> list[bool]:
    """Return for each box whether something faint is in it, or one stroke goes around it that is no ruling."""
    rulings = [
        cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones(shape, np.uint8)) for shape in ((1, longest), (longest, 1))
    ]
    shapes = cv2.connectedComponentsWithStats(cv2.subtract(ink, cv2.bitwise_or(*rulings)))[2][1:, :4]
    lefts, tops, wide, high = shapes.T

    def is_so(left: int, top: int, right: int, bottom: int) -> bool:
        gap = round(_GAP * (bottom - top))
        around = (lefts < left - gap) & (tops < top - gap) & (lefts + wide > right + gap) & (tops + high > bottom + gap)
        faint = float(soft[_inside(left, top, right, bottom, _DEEP)].std()) > _FAINT
        return faint or bool((around & (high < _HIGH * (bottom - top))).any())

    return [is_so(*box[:4]) for box in boxes]


def _in_line(one: Sequence[int], other: Sequence[int]) -> bool:
    """Return whether one box has the size of another, and stands beside it or below it."""
    size = other[2] - other[0]
    return (
        math.isclose(one[2] - one[0], size, rel_tol=_ALIKE)
        and math.isclose(one[3] - one[1], size, rel_tol=_ALIKE)
        and min(abs(one[0] - other[0]), abs(one[1] - other[1])) < size / 3
    )


def _without_rim(layer: Picture, x: int, y: int, wide: int, high: int) -> tuple[int, int, int, int]:
    """Return the place of a part without the tip of a tick: a few rows and columns at its edges with little ink."""
    part = layer[y : y + high, x : x + wide]
    rim = round(_RIM * min(wide, high))
    top, bottom, left, right = (
        next((depth for depth, edge in enumerate(edges[:rim]) if edge.mean() >= 0.5), rim)
        for edges in (part, part[::-1], part.T, part.T[::-1])
    )
    return x + left, y + top, wide - left - right, high - top - bottom


def _is_frame(part: Picture) -> bool:
    """Return whether the ink (1) of a part of a page runs along its four edges, and meets in its corners."""
    deep = max(2, round(_BORDER * min(part.shape)))
    borders = (part[:deep], part[-deep:], part[:, :deep].T, part[:, -deep:].T)
    return all(
        border.any(axis=0).mean() >= _CLOSED
        and border.mean(axis=1).max() >= _STRAIGHT
        and border[:, :deep].any()
        and border[:, -deep:].any()
        for border in borders
    )


def _is_guessed(text: _Text) -> bool:
    """Return whether a line is a sentence, or a part of one, in letters that are too small."""
    return text.size < _LOWEST and sum(any(map(str.isalpha, word)) for word, _, _ in text.words) >= _SENTENCE


def _trust(seen: Sequence[_Text]) -> float:
    """Return the mean confidence in the letters of a page; in those of lines that were left out as noise, it is 0."""
    letters = [sum(len(word) for word, _, _ in text.words) for text in seen]
    sure = (text.sure * count for text, count in zip(seen, letters, strict=True) if text.sure > _NOISE)
    return sum(sure) / sum(letters)


def _length(quad: Quad, side: int) -> float:
    """Return the length of the upper edge (``side`` 0) or of the right one (1), in pixels; never nothing."""
    return max(float(np.linalg.norm(quad[side] - quad[side + 1])), 1.0)


def _turned(quad: Quad, picture: Picture, degrees: int) -> Quad:
    """Return where a line stands, with its corners in reading order, once the picture is turned clockwise."""
    high, wide = picture.shape
    for _ in range(degrees // 90):
        quad = np.stack([high - quad[:, 1], quad[:, 0]], axis=1)
        high, wide = wide, high
    return _in_order(quad)


@functools.cache
def _engine() -> Any:
    """Return the engine, its models loaded from its own package, with one thread."""
    import rapidocr

    models = Path(rapidocr.__file__).parent / "models"
    cv2.setNumThreads(1)
    return rapidocr.RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.use_preprocess_img": False,
            "Global.use_vertical_padding": False,
            "Det.limit_type": "max",
            "Det.limit_side_len": _SEEN,
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            # Named, a model is never looked for elsewhere.
            "Det.model_path": str(next(models.glob("*_det_*.onnx"))),
            "Rec.model_path": str(next(models.glob("*_rec_*.onnx"))),
        }
    )


def _find(picture: Picture) -> list[Quad]:
    """Return where lines of text stand, from top to bottom."""
    found = _engine()(cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR), use_det=True, use_cls=False, use_rec=False)
    return [] if found.boxes is None else [np.asarray(quad, np.float32) for quad in found.boxes]


def _crop(picture: Picture, quad: Quad) -> Any:
    """Return a line of text, level, in the colours that the engine expects."""
    wide, high = round(_length(quad, 0)), round(_length(quad, 1))
    target = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float32)
    matrix = cv2.getPerspectiveTransform(quad, target)
    line = cv2.warpPerspective(picture, matrix, (wide, high), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return cv2.cvtColor(line, cv2.COLOR_GRAY2BGR)


def _upside_down(picture: Picture, quads: Sequence[Quad]) -> int:
    """Return 180 if the longest lines are read with more confidence from their other end, else 0."""
    longest = sorted(quads, key=lambda quad: -_length(quad, 0))[:_TRIED]

    def trust(lines: Sequence[Quad]) -> float:
        texts = [_recognise(picture, quad) for quad in lines]
        return statistics.mean(text.sure if text else 0.0 for text in texts)

    upright = trust(longest)
    return 180 if upright < _UPRIGHT and trust([np.roll(quad, 2, axis=0) for quad in longest]) > upright else 0


def _recognise(picture: Picture, quad: Quad) -> _Text | None:
    """Return the words of a line, with no confidence where nobody can tell their places; ``None`` where it is blank."""
    line = _crop(picture, quad)
    found = _engine()(line, use_det=False, use_cls=False, use_rec=True, return_word_box=True)
    text, columns = found.txts[0], found.word_results[0]
    places = [place for word in columns.word_cols for place in word]
    if not text.strip():
        return None
    if len(places) != len("".join(text.split())):
        return _Text(quad, [(text, 0.0, 1.0)], 0.0, *_font(line[:, :, 0], text))
    # The network sees the line in columns, and says in which one the middle of each letter was.
    words = []
    pitch = [after - before for before, after in pairwise(places) if after > before]
    half = statistics.median(pitch) / 2 if pitch else 1.0
    step = 1 / columns.line_txt_len
    for word in text.split():
        inside, places = places[: len(word)], places[len(word) :]
        start, end = (inside[0] + 0.5 - half) * step, (inside[-1] + 0.5 + half) * step
        words.append((word, max(start, 0.0), min(end, 1.0)))
    return _Text(quad, words, float(found.scores[0]), *_font(line[:, :, 0], text))


def _font(line: Picture, text: str) -> tuple[float, float]:
    """Return the font size (pixels) of a line of text and how much of its letters' place is dark (0 to 1)."""
    grey = np.asarray(line, np.float32)
    paper = float(np.median(grey))
    ink = np.clip((paper - grey) if paper > 127 else (grey - paper), 0, None)
    rows = ink.sum(axis=1)
    level = _FULL_ROW * float(np.sort(rows)[-max(2, len(rows) // 6) :].mean())
    full = np.flatnonzero(rows >= level)
    first, last = int(full[0]), int(full[-1])
    height = last - first + 1.0
    # Between two rows of pixels, the edge is where the ink would pass the level.
    if first and rows[first] > rows[first - 1]:
        height += float((rows[first] - level) / (rows[first] - rows[first - 1]))
    if last + 1 < len(rows) and rows[last] > rows[last + 1]:
        height += float((rows[last] - level) / (rows[last] - rows[last + 1]))
    small = sum(letter.islower() for letter in text)
    mostly_small = 2 * small > sum(letter.isalnum() for letter in text)
    size = height / (_SMALL_LETTERS if mostly_small else _CAPITALS)
    place = max(float(ink.max()), 1.0) * height * line.shape[1]
    return size, float(ink[first : last + 1].sum()) / place


def _runs(texts: Sequence[_Text], scale: float) -> tuple[list[Any], list[Any]]:
    """Return rows of words with their boxes in points, and the styles of their fonts."""
    slope = statistics.median(
        float((text.quad[1, 1] - text.quad[0, 1]) / max(text.quad[1, 0] - text.quad[0, 0], 1.0)) for text in texts
    )
    heights = _usual_sizes([text.size for text in texts])
    usual_ink = statistics.median(text.ink for text in texts)
    fonts = [
        (round(height * scale, 1), text.ink > _BOLD * usual_ink) for text, height in zip(texts, heights, strict=True)
    ]
    styles = sorted(set(fonts))
    rows: list[list[int]] = []
    middles = [text.quad.mean(axis=0) for text in texts]
    levels = [float(middle[1] - slope * middle[0]) for middle in middles]
    for index in sorted(range(len(texts)), key=lambda index: levels[index]):
        if rows and abs(levels[index] - statistics.mean(levels[other] for other in rows[-1])) < _ROW * min(
            heights[index], *(heights[other] for other in rows[-1])
        ):
            rows[-1].append(index)
        else:
            rows.append([index])
    runs = []
    for row in rows:
        words = []
        for index in sorted(row, key=lambda index: float(middles[index][0])):
            quad = texts[index].quad
            start, end = (quad[0] + quad[3]) / 2, (quad[1] + quad[2]) / 2
            half = _LINE_OF_FONT * heights[index] / 2
            for word, first, last in texts[index].words:
                left, right = start + first * (end - start), start + last * (end - start)
                y = float(left[1] + right[1]) / 2
                box = (float(left[0]), y - half, float(right[0]), y + half)
                words.append((word, *(edge * scale for edge in box), styles.index(fonts[index])))
        runs.append(words)
    return runs, [(size, bold, True, "") for size, bold in styles]


def _usual_sizes(sizes: Sequence[float]) -> list[float]:
    """Return for each font size measured that of the many lines in the same font: one measure may be a little off."""
    order = list(range(len(sizes)))
    found = list(sizes)
    while order:
        # The size that most of those left are near to.
        best = max(order, key=lambda index: sum(_near(sizes[index], sizes[other]) for other in order))
        group = [index for index in order if _near(sizes[best], sizes[index])]
        usual = statistics.median(sizes[index] for index in group)
        for index in group:
            found[index] = usual
        order = [index for index in order if index not in group]
    return found


def _near(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=_SAME_FONT)
