"""Web pages (HTML) as blocks. Nothing is fetched or run; what a page hides by its own words is left out."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from html.parser import HTMLParser

from analyzer.reading.blocks import BODY, EMPTY_FIELD, TYPED, Block, Budget, LimitError, Text, box, paragraph, table
from analyzer.reading.markup import PAGE_PICTURE
from analyzer.reading.numbering import Counter, Level
from analyzer.reading.text import decode

__all__ = ["read_html", "read_markup"]

_VOID = frozenset("br hr img input meta link col area base embed source track wbr frame image".split())
#: Never seen by a reader of the page, or not as text.
_UNSEEN = frozenset(
    "script style head template noscript math object iframe canvas audio video datalist"
    " title defs desc metadata symbol".split()
)
#: What shows another file inside the page, and where it names that.
_INSERTED = {"iframe": ("src", "srcdoc"), "frame": ("src",), "object": ("data",), "embed": ("src",)}
#: Where a picture tells its addresses: some are put in their place when the page is scrolled.
_ADDRESSES = ("src", "srcset", "data-src", "data-srcset", "data-original", "href", "xlink:href")
#: What a head may hold; anything else ends it.
_IN_HEAD = frozenset("title meta link script style base template noscript".split())
#: What stands in the middle of a paragraph.
_INLINE = frozenset(
    "a abbr acronym b bdi bdo big button cite code data del dfn em font i ins kbd label mark o:p option output q rt"
    " ruby s samp select small span strike strong sub sup textarea time tspan tt u var".split()
)
_HEADINGS = {"h1": 20.0, "h2": 16.0, "h3": 14.0, "h4": 12.5, "h5": 12.0, "h6": 11.5}
_NONE: frozenset[str] = frozenset()
#: End tags may be left out: an element closes an open one of the first kinds, unless one of the second stands between.
_CLOSES = {
    "li": ({"li"}, {"ul", "ol"}),
    "tr": ({"tr"}, {"table"}),
    "td": ({"td", "th"}, {"table", "tr"}),
    "th": ({"td", "th"}, {"table", "tr"}),
    "dt": ({"dt", "dd"}, {"dl"}),
    "dd": ({"dt", "dd"}, {"dl"}),
    "option": ({"option"}, {"select"}),
}
_SIZE = re.compile(r"font-size\s*:\s*(\d{1,3}(?:\.\d{1,4})?)\s*(pt|px|em|rem|%)", re.IGNORECASE)
_WEIGHT = re.compile(r"font-weight\s*:\s*(bold|[6-9]00)", re.IGNORECASE)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.IGNORECASE)
_FONT = {"1": 7.5, "2": 10.0, "3": 12.0, "4": 13.5, "5": 18.0, "6": 24.0, "7": 24.0}
#: The address of a picture that is longer than this holds the picture itself, as large as that of a page.
_PAGE_PICTURE = PAGE_PICTURE * 4 // 3
#: A picture, or a frame, that is shown smaller than this (pixels, one way) is an icon or a spacer. Pages cut into
#: slices have low ones, as wide as a line: of those the area tells, and that they are no rule between paragraphs.
_ICON, _SLICE, _RULE = 64, 16_000, 16
_LENGTH = re.compile(r"\s*(\d{1,5})(?:\.\d*)?(?:px)?\s*", re.IGNORECASE)
#: What a level of a list is indented (points).
_STEP = 18.0
_LISTS = {"1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}


class _Element:
    """An open element, and how its text is printed."""

    __slots__ = ("blocks", "bold", "counter", "hidden", "indent", "name", "rows", "size", "span", "typed")

    def __init__(self, name: str, outer: _Element | None) -> None:
        self.name = name
        self.size: float = outer.size if outer else BODY
        self.bold: bool = outer.bold if outer else False
        self.hidden: bool = outer.hidden if outer else False
        self.indent: float = outer.indent if outer else 0.0
        self.typed: bool = outer.typed if outer else False
        self.counter: Counter | None = None
        #: Of a table, its rows; of a cell, its blocks, and how many columns and rows it covers.
        self.rows: list[list[tuple[int, int, list[Block]]]] = []
        self.blocks: list[Block] = []
        self.span = (1, 1)


class _Page(HTMLParser):
    def __init__(self, budget: Budget, held: Container[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self._held = held
        self._budget = budget
        self._open = [_Element("", None)]
        self._parts: list[Text] = []
        self._label = ""
        self._indent = 0.0

    def parse_marked_section(self, i: int, report: bool = True) -> int:
        """Pass over "<![…>" as browsers do; Python's parser would take an unknown one for a fault of the program."""
        return self.rawdata.find(">", i) + 1 or -1

    def handle_starttag(self, name: str, attributes: list[tuple[str, str | None]]) -> None:
        self._budget.build()
        given = {key: value or "" for key, value in attributes}
        self._make_up_ends(name)
        if name in _INSERTED and not self._open[-1].hidden:
            self._inserted(given, _INSERTED[name])
        if name == "br":
            self._write("\n")
            return
        if name == "input":
            self._input(given)
            return
        if name in _VOID:
            if name in ("img", "image") and not self._open[-1].hidden:
                self._picture(given)
            if name == "hr":
                self._end_paragraph()
            return
        if len(self._open) > self._budget.depth:
            raise LimitError
        if name not in _INLINE:
            self._end_paragraph()
        element = _Element(name, self._open[-1])
        self._style(element, given)
        self._open.append(element)
        if name == "li":
            self._item(element)
        elif name in ("ul", "ol"):
            element.indent += _STEP
            if name == "ol":
                kind = _LISTS.get(given.get("type", ""), "decimal")
                start = given.get("start", "")
                element.counter = Counter([Level(kind, "{1}.", int(start) if re.fullmatch(r"\d{1,6}", start) else 1)])
        elif name == "tr":
            inside = self._nearest("table")
            if inside is not None:
                inside.rows.append([])
        elif name in ("td", "th"):
            element.span = _count(given.get("colspan", "")), _count(given.get("rowspan", ""))
            element.bold |= name == "th"
        elif name == "textarea":
            element.typed = True

    def handle_endtag(self, name: str) -> None:
        for depth in range(len(self._open) - 1, 0, -1):
            if self._open[depth].name == name:
                while len(self._open) > depth:
                    self._close()
                return
            if self._open[depth].name in ("td", "th", "table") and name not in ("table", "tr", "tbody", "body", "html"):
                return  # an end tag of something outside the cell
        if name == "p":
            self._end_paragraph()

    def handle_data(self, data: str) -> None:
        self._budget.characters -= len(data)
        if self._budget.characters < 0:
            raise LimitError
        self._write(data if self._nearest("pre") else re.sub(r"[ \t\r\n\f]+", " ", data))

    def finish(self) -> None:
        """Close what is still open, at the end of the page."""
        while len(self._open) > 1:
            self._close()
        self._end_paragraph()

    def _style(self, element: _Element, given: dict[str, str]) -> None:
        style = given.get("style", "")[:2_000]
        element.hidden |= element.name in _UNSEEN or "hidden" in given or _HIDDEN.search(style) is not None
        if element.name in _HEADINGS:
            element.size, element.bold = _HEADINGS[element.name], True
        element.bold |= element.name in ("b", "strong") or _WEIGHT.search(style) is not None
        if element.name == "small":
            element.size *= 0.8
        elif element.name == "font":
            element.size = _FONT.get(given.get("size", ""), element.size)
        found = _SIZE.search(style)
        if found is not None:
            size, unit = float(found[1]), found[2].lower()
            factor = {"pt": 1.0, "px": 0.75, "em": element.size, "rem": BODY, "%": element.size / 100}[unit]
            element.size = size * factor or element.size

    def _nearest(self, name: str) -> _Element | None:
        return next((element for element in reversed(self._open) if element.name == name), None)

    def _item(self, element: _Element) -> None:
        around = next((outer for outer in reversed(self._open) if outer.name in ("ul", "ol")), None)
        self._label = around.counter.next(0) if around is not None and around.counter else "•"
        self._indent = element.indent

    def _picture(self, given: dict[str, str]) -> None:
        """Tell of a picture that may show text: one as large as a page, or one that is not in the file."""
        addresses = [address for key in _ADDRESSES if (address := given.get(key, "").strip())]
        within = [address for address in addresses if address[:5].lower() == "data:"]
        # What a message holds by itself ("cid:") is read as an attachment.
        attached = any(address[:4].lower() == "cid:" or address in self._held for address in addresses)
        if any(len(address) > _PAGE_PICTURE for address in within):
            self.blocks.append(("pictures", 1))
        elif len(within) < len(addresses) and not attached and not _is_small(given):
            self.blocks.append(("unread", "remote_pictures"))

    def _inserted(self, given: dict[str, str], places: tuple[str, ...]) -> None:
        """Tell of another file that the page shows; one that counts visitors has no size."""
        shown = any(given.get(place, "").strip() not in ("", "about:blank") for place in places)
        hidden = "hidden" in given or _HIDDEN.search(given.get("style", "")[:2_000])
        if shown and not hidden and not _is_small(given):
            self.blocks.append(("unread", "inserted_file"))

    def _input(self, given: dict[str, str]) -> None:
        kind = given.get("type", "text").lower()
        if kind == "image" and not self._open[-1].hidden:
            self._picture(given)
        if self._open[-1].hidden or kind in ("hidden", "submit", "button", "reset", "image", "file"):
            return
        if kind in ("checkbox", "radio"):
            self._write(f" {box('checked' in given)} ")
        elif given.get("value", "").strip():
            self._parts.append(Text(f" {given['value']} ", self._open[-1].size, False, TYPED))
        else:
            self._write(f" {EMPTY_FIELD} ")

    def _write(self, text: str) -> None:
        element = self._open[-1]
        if element.hidden or element.name in ("table", "tr", "select", "ul", "ol"):
            return
        self._parts.append(Text(text, element.size, element.bold, TYPED if element.typed else ""))

    def _end_paragraph(self) -> None:
        parts, self._parts = self._parts, []
        if any(part.text.strip() for part in parts):
            if self._label:
                parts.insert(0, Text(f"{self._label} "))
                self._label = ""
            block = paragraph(parts, indent=self._open[-1].indent)
            if block is not None:
                self._add(block)

    def _add(self, block: Block) -> None:
        for element in reversed(self._open):
            if element.name in ("td", "th"):
                element.blocks.append(block)
                return
        self.blocks.append(block)

    def _close(self) -> None:
        element = self._open[-1]
        if element.name not in _INLINE:
            self._end_paragraph()
        self._open.pop()
        if element.name == "li":
            self._label = ""
        elif element.name in ("td", "th"):
            inside = self._nearest("table")
            if inside is not None and not element.hidden:
                if not inside.rows:
                    inside.rows.append([])
                inside.rows[-1].append((*element.span, element.blocks))
            else:
                for block in element.blocks:
                    self._add(block)
        elif element.name == "table":
            for block in table(element.rows):
                self._add(block)

    def _make_up_ends(self, name: str) -> None:
        """Close the elements that cannot hold one of this ``name``, as browsers do."""
        last = self._open[-1].name
        if (last == "p" and name not in _INLINE | _VOID) or (last == "head" and name not in _IN_HEAD):
            self._close()
        closes, barriers = _CLOSES.get(name, (_NONE, _NONE))
        for depth in range(len(self._open) - 1, 0, -1):
            if self._open[depth].name in closes:
                while len(self._open) > depth:
                    self._close()
                return
            if self._open[depth].name in barriers:
                return


def _is_small(given: dict[str, str]) -> bool:
    """Return whether something is shown too small to hold text, by what its attributes say."""
    sides = [int(side[1]) for name in ("width", "height") if (side := _LENGTH.fullmatch(given.get(name, "")))]
    if len(sides) == 2 and min(sides) >= _RULE:
        return min(sides) < _ICON and sides[0] * sides[1] < _SLICE
    return any(side < _ICON for side in sides)


def _count(value: str) -> int:
    return min(max(int(value), 1), 64) if re.fullmatch(r"\d{1,4}", value) else 1


def read_html(data: bytes, budget: Budget) -> Iterator[Block]:
    """Yield the blocks of a web page, in order. Raises LimitError where the budget ends."""
    yield from read_markup(decode(data, _declared(data)), budget)


def _declared(data: bytes) -> str | None:
    """Return the encoding that a page says it is written in."""
    found = re.search(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,30})", data[:4_096], re.IGNORECASE)
    return found[1].decode("ascii") if found else None


def read_markup(text: str, budget: Budget, held: Container[str] = ()) -> Iterator[Block]:
    """Yield the blocks of a web page that was decoded; what was read before a limit comes before the error.

    ``held`` are the addresses of pictures that came with it.
    """
    page = _Page(budget, held)
    try:
        for start in range(0, len(text), _CHUNK):
            page.feed(text[start : start + _CHUNK])
            done, page.blocks = page.blocks, []
            yield from done
        page.close()
        page.finish()
    except LimitError:
        yield from page.blocks
        raise
    yield from page.blocks


#: Characters parsed at once.
_CHUNK = 20_000
