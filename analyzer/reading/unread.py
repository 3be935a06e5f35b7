"""Pages that were not read, and what a file is said to be when none of its pages was."""

from __future__ import annotations

from collections.abc import Iterable

from analyzer import errors
from analyzer.schema import Page

__all__ = ["nothing_read", "unread_page"]

#: A4, for pages whose size nobody could tell (points).
_WIDTH, _HEIGHT = 595.0, 842.0
#: Which error tells best of reasons; the first that applies.
_ERRORS: tuple[tuple[set[str], type[errors.SceauError]], ...] = (
    ({"limit_reached", "page_too_dense"}, errors.LimitReached),
    ({"low_resolution"}, errors.LowResolution),
    ({"no_text_layer", "mostly_image"}, errors.NoTextLayer),
    ({"garbled_text"}, errors.GarbledText),
    ({"inserted_file", "rtf_body"}, errors.UnsupportedFormat),
    ({"remote_pictures"}, errors.NoTextLayer),
)


def unread_page(number: int, reason: str | None) -> Page:
    """Return a page that nobody could look at."""
    return Page(number=number, width=_WIDTH, height=_HEIGHT, read_by="unread", reason=reason)


def nothing_read(name: str, reasons: Iterable[str | None]) -> errors.SceauError:
    """Return the error that says best why no page has text, from the reasons of the pages."""
    given = {*reasons} - {None}
    for known, error in _ERRORS:
        if given & known:
            return error(name)
    return errors.FileDamaged(name) if given else errors.FileEmpty(name)
