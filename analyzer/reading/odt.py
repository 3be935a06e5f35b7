"""OpenDocument texts (ODT) as blocks: what LibreOffice shows, with changes accepted and list numbers counted."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzer.reading.blocks import (
    BODY,
    EMPTY_FIELD,
    Block,
    Budget,
    DamagedError,
    LockedError,
    Text,
    box,
    break_page,
    paragraph,
    table,
)
from analyzer.reading.markup import Node, Package
from analyzer.reading.numbering import Counter, Level

__all__ = ["read_odt"]

#: Styles based on styles, as far as they are followed.
_DEEPEST_STYLE = 20
_LEVELS = 10
#: What a level of a list is indented (points).
_STEP = 18.0
_UNSEEN = {
    "tracked-changes",
    "annotation",
    "annotation-end",
    "note-citation",
    "forms",
    "sequence-decls",
    "ruby-text",
    "desc",
    "title",
    "variable-decls",
}
_LENGTH = re.compile(r"(-?\d+(?:\.\d+)?)(pt|cm|mm|in|px|pc|%)")
_POINTS = {"pt": 1.0, "cm": 28.35, "mm": 2.835, "in": 72.0, "px": 0.75, "pc": 12.0}
_KINDS = {"1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman", "": "none"}


class _Style:
    """What a style says: size in points, weight, hidden, list, whether a page begins with it."""

    __slots__ = ("begins_page", "bold", "hidden", "list", "share", "size")

    def __init__(self) -> None:
        self.size: float | None = None
        self.share: float | None = None
        self.bold: bool | None = None
        self.hidden = False
        self.list = ""
        self.begins_page = False


def read_odt(data: bytes, budget: Budget) -> Iterator[Block]:
    """Yield the blocks of an OpenDocument text, in order; headers and footers come last.

    Raises LockedError where it is encrypted, DamagedError where it has no content, LimitError where the budget ends.
    """
    package = Package(data, budget)
    if "encrypted-package" in package.names or any(package.tree("META-INF/manifest.xml").walk("encryption-data")):
        raise LockedError
    if "content.xml" not in package.names:
        raise DamagedError
    yield from _Reader(package).blocks()


class _Reader:
    def __init__(self, package: Package) -> None:
        self._package = package
        self._nodes: dict[tuple[str, str], Node] = {}
        self._defaults: dict[str, Node] = {}
        self._shapes: dict[str, Node] = {}
        self._counters: dict[str, Counter] = {}
        self._known: dict[tuple[str, str], _Style] = {}
        self._outline: Counter | None = None
        self._controls: dict[str, Node] = {}
        self._notes: list[Node] = []
        self._page_ends = False
        self._shared = package.tree("styles.xml")
        for part in self._shared.children("styles", "automatic-styles"):
            self._learn(part)

    def _learn(self, part: Node) -> None:
        for node in part.children():
            if node.name == "style":
                self._nodes[node.get("family"), node.get("name")] = node
            elif node.name == "default-style":
                self._defaults[node.get("family")] = node
            elif node.name == "list-style":
                self._shapes[node.get("name")] = node
            elif node.name == "outline-style":
                self._outline = Counter([_level(item) for item in node.children()] or [Level("none", "", 1)])

    def _style(self, family: str, name: str) -> _Style:
        known = self._known.get((family, name))
        if known is not None:
            return known
        chain: list[Node] = []
        following: str = name
        while (family, following) in self._nodes and len(chain) < _DEEPEST_STYLE:
            chain.append(self._nodes[family, following])
            following = chain[-1].get("parent-style-name")
        if family in self._defaults:
            chain.append(self._defaults[family])
        style = _Style()
        for node in reversed(chain):
            style.list = node.attributes.get("list-style-name", style.list)
            own = node.child("paragraph-properties")
            style.begins_page |= own is not None and own.get("break-before") == "page"
            text = node.child("text-properties")
            if text is None:
                continue
            size, unit = _length(text.get("font-size"))
            if unit == "%":
                style.size, style.share = (style.size * size / 100, None) if style.size else (None, size / 100)
            elif unit:
                style.size, style.share = size, None
            weight = text.get("font-weight")
            if weight:
                style.bold = weight == "bold" or (weight.isdigit() and int(weight) >= 600)
            style.hidden = text.get("display", "none" if style.hidden else "") == "none"
        self._known[family, name] = style
        return style

    def blocks(self) -> Iterator[Block]:
        """Yield all blocks."""
        for node in self._package.elements("content.xml", "document-content", "automatic-styles"):
            part = Node("automatic-styles", {})
            part.inside.append(node)
            self._learn(part)
        for node in self._package.elements("content.xml", "body", "text"):
            if node.name == "forms":
                for control in node.walk("checkbox", "radio", "text", "textarea", "date", "listbox", "combobox"):
                    self._controls[control.get("id")] = control
            yield from self._block(node, [], 0)
        yield from self._left_notes()
        yield ("pictures", self._package.pictures("Pictures/"))
        found: list[Block] = []
        for master in self._shared.walk("master-page"):
            for node in master.children(
                "header", "header-first", "header-left", "footer", "footer-first", "footer-left"
            ):
                for inner in node.children():
                    found += (block for block in self._block(inner, [], 0) if block not in found)
        if found:
            yield break_page()
            yield from found
        if "styles.xml" in self._package.names & self._package.lost:  # headers and footers stand there
            yield ("unread", "unreadable")

    def _left_notes(self) -> Iterator[Block]:
        called, self._notes = self._notes, []
        for note in called:
            for node in note.children():
                yield from self._block(node, [], 0)

    def _block(self, node: Node, label: list[str], level: int) -> Iterator[Block]:
        """Yield the blocks of an element; ``label`` holds the number of the list's item until it is printed."""
        name = node.name
        if name in ("p", "h"):
            yield from self._paragraph(node, label, level)
        elif name == "list":
            yield from self._list(node, "", 1)
        elif name == "table":
            yield from self._table(node)
        elif name not in _UNSEEN:
            for inner in node.children():
                yield from self._block(inner, label, level)

    def _list(self, node: Node, style: str, level: int) -> Iterator[Block]:
        style = node.get("style-name") or style
        counter = self._counters.get(style)
        goes_on = node.get("continue-numbering") == "true" or node.get("continue-list")
        if counter is None or (level == 1 and not goes_on):
            shape = self._shapes.get(style)
            levels = [_level(item) for item in shape.children()] if shape else []
            if levels:
                counter = self._counters[style] = Counter(levels)
        for item in node.children():
            if item.name not in ("list-item", "list-header"):
                continue
            label: list[str] = []
            inner = [child for child in item.children() if child.name != "list"]
            if item.name == "list-item" and inner:
                label.append(counter.next(level - 1) if counter else "•")
            for child in item.children():
                if child.name == "list":
                    yield from self._list(child, style, min(level + 1, _LEVELS))
                else:
                    yield from self._block(child, label, level)

    def _paragraph(self, node: Node, label: list[str], level: int) -> Iterator[Block]:
        style = self._style("paragraph", node.get("style-name"))
        boxes: list[Node] = []
        parts = list(self._words(node, style, None, boxes))
        if style.hidden:
            parts = []
        if self._page_ends or style.begins_page:
            yield break_page()
            self._page_ends = False
        size, bold = style.size or BODY * (style.share or 1.0), bool(style.bold)
        if node.name == "h":
            yield from self._left_notes()
            outline = max(1, int(node.get("outline-level", "1")) if node.get("outline-level", "1").isdigit() else 1)
            if self._outline is not None and not label and node.get("is-list-header") != "true":
                number = self._outline.next(outline - 1)
                if number.strip():
                    parts = [Text(f"{number} "), *parts]
            bold = bold or size <= BODY
        if label and any(part.text.strip() for part in parts):
            number = label.pop()
            if number.strip():
                parts = [Text(f"{number} "), *parts]
        block = paragraph(parts, size=size, bold=bold, indent=_STEP * level)
        if block is not None:
            yield block
        for inner in boxes:
            for child in inner.children():
                yield from self._block(child, [], 0)

    def _words(self, node: Node, style: _Style, span: _Style | None, boxes: list[Node]) -> Iterator[Text]:
        size = style.size if span is None else span.size or (style.size or BODY) * (span.share or 1.0)
        bold = style.bold if span is None or span.bold is None else span.bold
        hidden = span is not None and span.hidden
        for item in node.inside:
            if isinstance(item, str):
                if not hidden:
                    yield Text(re.sub(r"[ \t\r\n]+", " ", item), size, bool(bold))
                continue
            name = item.name
            if name in _UNSEEN:
                continue
            if name == "span":
                yield from self._words(item, style, self._style("text", item.get("style-name")), boxes)
            elif name in ("s", "tab"):
                yield Text(" ", size)
            elif name == "line-break":
                yield Text("\n", size)
            elif name == "soft-page-break":
                self._page_ends = True
            elif name == "note":
                self._notes += item.children("note-body")
            elif name in ("text-box", "list", "table"):
                boxes.append(item)
            elif name == "control":
                yield Text(_shown(self._controls.get(item.get("control"))), size)
            elif name in ("fieldmark", "fieldmark-start") and item.get("type").endswith("FORMCHECKBOX"):
                ticked = any(
                    param.get("name") == "Checkbox_Checked" and param.get("value") == "true"
                    for param in item.children("param")
                )
                yield Text(box(ticked), size)
            elif name == "placeholder":
                yield Text(EMPTY_FIELD, size)
            else:
                yield from self._words(item, style, span, boxes)

    def _table(self, node: Node) -> Iterator[Block]:
        rows: list[list[tuple[int, int, list[Block]]]] = []
        for line in node.walk("table-row"):
            row: list[tuple[int, int, list[Block]]] = []
            covered = 0  # cells to come that the last one covers; others are covered from above
            for cell in line.children("table-cell", "covered-table-cell"):
                if cell.name == "covered-table-cell":
                    if not covered:
                        row.append((1, 0, []))
                    covered = max(covered - 1, 0)
                    continue
                wide, high = _count(cell.get("number-columns-spanned")), _count(cell.get("number-rows-spanned"))
                blocks = [block for inner in cell.children() for block in self._block(inner, [], 0)]
                row.append((wide, high, blocks))
                covered = wide - 1
            rows.append(row)
        yield from table(rows)


def _count(value: str) -> int:
    return min(max(int(value), 1), 64) if value.isdigit() and len(value) < 6 else 1


def _length(value: str) -> tuple[float, str]:
    """Return a length in points or percent, with its unit; an empty unit for none."""
    found = _LENGTH.fullmatch(value)
    if found is None:
        return 0.0, ""
    return float(found[1]) * _POINTS.get(found[2], 1.0), found[2]


def _level(node: Node) -> Level:
    if "bullet" in node.name:
        sign = node.get("bullet-char", "•")
        return Level("bullet", sign if sign.strip() else "•", 1)
    if "number" not in node.name and node.name != "outline-level-style":
        return Level("bullet", "•", 1)
    kind = _KINDS.get(node.get("num-format"), "decimal")
    at = node.get("level", "1")
    level = min(int(at), _LEVELS) if at.isdigit() and len(at) < 3 else 1
    shown = _count(node.get("display-levels", "1"))
    numbers = ".".join(f"{{{number}}}" for number in range(max(level - shown + 1, 1), level + 1))
    around = [node.get(name).replace("{", "").replace("}", "") for name in ("num-prefix", "num-suffix")]
    pattern = "" if kind == "none" else numbers.join(around)
    return Level(kind, pattern or "".join(around), _count(node.get("start-value", "1")))


def _shown(control: Node | None) -> str:
    """Return what a field of a form shows: a box with its label, or a line to fill in."""
    if control is None:
        return ""
    if control.name in ("checkbox", "radio"):
        ticked = control.get("current-state") == "checked" or control.get("current-selected") == "true"
        return f" {box(ticked)} {control.get('label')} "
    return f" {EMPTY_FIELD} "
