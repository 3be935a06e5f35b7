"""What the items of a list begin with: bullets, letters, numbers."""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = ["BULLETS", "MARKER", "Marker", "is_marker", "marker_of"]

#: Signs that stand nowhere but before an item.
BULLETS = frozenset("•▪■□●◦○◆❑❖☐☑☒➢➔►‣✓✔")
_SIGNS = "".join(sorted(BULLETS)) + "*·§"
#: A marker with the white space after it. "L. 113-8" and "M. Dupont" begin no item.
MARKER = re.compile(
    rf"(?P<bullet>[{_SIGNS}])\s{{0,3}}(?=\S)"
    r"|(?P<ring>o)\s{1,3}(?=[^\W\d_])"
    r"|(?P<dash>[-–—―]{1,3})\s{1,3}(?=\S)"
    r"|(?P<number>\(?\d{1,2}[)°]|\(\d{1,2}\)|\d{1,2}[°.](?=\s{1,3}\D)|\d{1,2}\s?[-–](?=\s{1,3}\D))\s{0,3}(?=\S)"
    r"|(?P<decimal>\d{1,2}(?:\.\d{1,2}){1,3}\.?)\s{1,3}(?=[^\W\d_«])"
    r"|(?P<roman>\(?[ivx]{1,5}[.)]|\(?[IVX]{1,5}[.)])\s{1,3}(?=\S)"
    r"|(?P<letter>\(?[a-z]\)|\([A-Z]\)|[A-Z]\)|[a-ln-zA-LN-Z]\.(?=\s{1,3}[^\s\d]))\s{1,3}(?=\S)"
)


class Marker(NamedTuple):
    """The marker that a text begins with.

    ``kind`` tells the levels of nested lists apart: the bullet itself, or ``number``, ``decimal``, ``roman``,
    ``letter`` with its brackets. ``length`` counts the characters up to the item's own text. ``sure`` is false for
    what may also stand at the beginning of any printed line: a dash, a figure with a full stop.
    """

    kind: str
    length: int
    sure: bool


def marker_of(text: str) -> Marker | None:
    """Return the marker that ``text`` begins with, if any."""
    if text[:1].isalpha() and text[1:2].isalpha() and text[0] not in "ivxIVX":  # nearly every line
        return None
    match = MARKER.match(text)
    if match is None:
        return None
    group = match.lastgroup or ""
    shape = match[group]
    if group == "bullet":
        return Marker(shape, match.end(), True)
    if group in ("dash", "ring"):
        return Marker("-" if group == "dash" else "o", match.end(), False)
    if group == "decimal":
        return Marker(group, match.end(), shape.count(".") > 1)
    return Marker(group + ("(" if shape[0] == "(" else "") + shape[-1], match.end(), shape[-1] == ")")


def is_marker(text: str) -> bool:
    """Return whether ``text`` is a marker with nothing after it."""
    match = MARKER.match(text + " xx")
    return match is not None and match.end() == len(text) + 1
