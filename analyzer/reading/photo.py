"""Image files: photos and scans of pages, one or several in a file. ``ocr_worker.py`` opens them, nobody else."""

from __future__ import annotations

from analyzer import errors
from analyzer.reading.limits import LIMITS, Limits
from analyzer.reading.ocr import Job, recognise
from analyzer.reading.process import Answer, StoppedError, Worker
from analyzer.reading.unread import nothing_read
from analyzer.schema import Page

#: The media types that are read here.
IMAGES = ("image/jpeg", "image/png", "image/webp", "image/heic", "image/tiff")
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1"}


def image_type(data: bytes) -> str | None:
    """Return the media type of an image file that is read here, by its first bytes; ``None`` for any other file."""
    if data.startswith((b"II*\0", b"MM\0*")):
        return "image/tiff"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC_BRANDS:
        return "image/heic"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    return "image/png" if data.startswith(b"\x89PNG\r\n\x1a\n") else None


def read_photo(data: bytes, name: str, limits: Limits = LIMITS) -> tuple[Page, ...]:
    """Return the pages of an image file (JPEG, PNG, WebP, HEIC, TIFF), in order, each read or with the reason why not.

    A tall picture, of a whole web page say, has several pages. The boxes are those of the page as ``draw_photo`` shows
    it. Reasons: ``no_text_layer`` (no word was found), ``low_resolution``, ``limit_reached``, ``unreadable``;
    ``ocr_unsure`` on a page that was read.

    Raises FileDamaged, NoTextLayer, LowResolution or LimitReached where nothing could be read.
    """
    count = int(_ask(("count", limits.image_pixels), data, name, limits)[1])
    wanted = range(1, min(count, limits.pages) + 1)
    jobs = {number: Job(("photo", number, limits.image_pixels), lambda: data) for number in wanted}
    pages = [
        page if page.read_by == "ocr" or page.reason else page.model_copy(update={"reason": "no_text_layer"})
        for page in recognise(jobs, limits).values()
    ]
    if not any(page.lines for page in pages):
        raise nothing_read(name, (page.reason for page in pages))
    beyond = range(len(pages) + 1, min(count, limits.listed_pages) + 1)
    pages += [
        Page(number=number, width=pages[0].width, height=pages[0].height, read_by="unread", reason="limit_reached")
        for number in beyond
    ]
    return tuple(pages)


def draw_photo(data: bytes, number: int, turned: int = 0, limits: Limits = LIMITS) -> bytes:
    """Return a page of an image file as it was read, as a PNG picture: cut out, straightened, turned clockwise.

    Raises FileDamaged or LimitReached where it cannot be drawn.
    """
    picture: bytes = _ask(("draw", number, turned, limits.image_pixels), data, "", limits)[1]
    return picture


def _ask(request: Answer, data: bytes, name: str, limits: Limits) -> Answer:
    """Return the answer of a process that is started for this request alone."""
    worker = Worker("ocr_worker.py", limits.ocr_memory_bytes)
    try:
        answer = next(worker.ask(request, data, lambda: limits.ocr_page_seconds))
    except StoppedError as stopped:
        raise (errors.LimitReached if stopped.costly else errors.FileDamaged)(name) from None
    finally:
        worker.close()
    if answer[0] == "refused":
        raise (errors.LimitReached if answer[1] == "limit_reached" else errors.FileDamaged)(name)
    return answer
