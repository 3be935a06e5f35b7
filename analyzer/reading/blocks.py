"""What a format without pages is made of: paragraphs and tables, as plain values that one process hands to another.

Used in the process that touches the file, so nothing else of ``analyzer`` but its like is imported here.
"""

from __future__ import annotations

from typing import Any, NamedTuple

__all__ = [
    "BODY",
    "EMPTY_FIELD",
    "TYPED",
    "Block",
    "Budget",
    "DamagedError",
    "LimitError",
    "LockedError",
    "Text",
    "box",
    "break_page",
    "paragraph",
    "table",
]

#: A block, as it is marshalled: ``("text", …)``, ``("table", …)``, ``("printed", …)`` or ``("page",)``; or what is not
#: among the blocks: ``("pictures", number)`` as large as pages, ``("unread", reason)``.
Block = tuple[Any, ...]
#: The size of print where the file tells none (points).
BODY = 11.0
#: The family that stands for what somebody typed into a field.
TYPED = "typed"
#: What is printed for a field that nobody filled in.
EMPTY_FIELD = "…………"

#: Nothing of a document is longer: one paragraph (characters), one row of a table (cells).
_LONGEST, _MOST_CELLS = 200_000, 64
#: A longer table is cut, so that no more of it is laid out than is read (rows).
_MOST_ROWS = 200
#: A cell printed in more lines than this is running text.
_RUNNING = 8


class LimitError(Exception):
    """The file asks for more than is read."""


class LockedError(Exception):
    """The file needs a password."""


class DamagedError(Exception):
    """The file is not what it says it is."""


class Budget:
    """How many bytes may still be unpacked, and how many elements and characters be kept, in one file."""

    def __init__(self, unpacked: int, elements: int, characters: int, depth: int) -> None:
        self.unpacked, self.elements, self.characters = unpacked, elements, characters
        #: Elements inside elements, at most.
        self.depth = depth

    def unpack(self, size: int) -> None:
        """Count bytes. Raises LimitError beyond the last of them."""
        self.unpacked -= size
        if self.unpacked < 0:
            raise LimitError

    def build(self, elements: int = 1) -> None:
        """Count elements. Raises LimitError beyond the last of them."""
        self.elements -= elements
        if self.elements < 0:
            raise LimitError


class Text(NamedTuple):
    """Words in one hand: the text, its size in points (``None`` as its paragraph), bold, and who wrote it.

    ``family`` is ``TYPED`` for what was typed into a field, else empty. A line break is a newline.
    """

    text: str
    size: float | None = None
    bold: bool = False
    family: str = ""


def paragraph(parts: list[Text], *, size: float = BODY, bold: bool = False, indent: float = 0.0) -> Block | None:
    """Return the block of a paragraph, ``None`` where nothing is seen of it.

    Its size and weight are those of most of its characters; ``indent`` counts points from the left of the text.
    """
    kept = [part for part in parts if part.text]
    if not any(part.text.strip() for part in kept):
        return None
    if sum(len(part.text) for part in kept) > _LONGEST:
        raise LimitError
    sizes: dict[float, int] = {}
    heavy = total = 0
    for part in kept:
        length = len(part.text.strip())
        own = part.size or size
        sizes[own] = sizes.get(own, 0) + length
        heavy += length * (part.bold or bold)
        total += length
    greatest = max(sizes, key=sizes.__getitem__)
    return ("text", [(part.text, part.family) for part in kept], round(greatest, 1), 2 * heavy > total, indent)


def table(rows: list[list[tuple[int, int, list[Block]]]]) -> list[Block]:
    """Return the blocks of a table: its rows of cells (columns and rows that each covers, blocks inside).

    What is laid out in a table without being one (a frame, columns of running text, more cells than a page has) comes
    as its paragraphs, one after the other.
    """
    rows = [row for row in rows if any(blocks for _, _, blocks in row)]
    widths = [sum(columns for columns, _, _ in row) for row in rows]
    busiest = max((sum(map(_lines, blocks)) for row in rows for _, _, blocks in row), default=0)
    nested = any(block[0] != "text" for row in rows for _, _, blocks in row for block in blocks)
    if max(widths, default=0) < 2 or max(widths) > _MOST_CELLS or busiest > _RUNNING or nested:
        return [block for row in rows for _, _, blocks in row for block in blocks]
    return [("table", rows[first : first + _MOST_ROWS]) for first in range(0, len(rows), _MOST_ROWS)]


def _lines(block: Block) -> int:
    """Return how many lines a block is printed in."""
    return 1 + sum(text.count("\n") for text, _ in block[1]) if block[0] == "text" else 1


def break_page() -> Block:
    """Return the block that begins a page."""
    return ("page",)


def box(ticked: bool) -> str:
    """Return the sign for a box to tick."""
    return "☒" if ticked else "☐"
