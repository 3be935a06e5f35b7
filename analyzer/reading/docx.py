"""Word documents (DOCX) as blocks: what Word shows, with changes accepted and list numbers counted."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzer.reading.blocks import (
    BODY,
    EMPTY_FIELD,
    TYPED,
    Block,
    Budget,
    DamagedError,
    Text,
    box,
    break_page,
    paragraph,
    table,
)
from analyzer.reading.markup import Node, Package
from analyzer.reading.numbering import Counter, Level

__all__ = ["read_docx"]

#: Deeper lists are numbered as this.
_LEVELS = 9
#: Twentieths of a point; what a level of a list is indented (points) where the file does not say.
_TWIPS, _STEP = 20, 18.0
#: Styles based on styles, as far as they are followed.
_DEEPEST_STYLE = 20
#: Removed by a change that is taken for accepted, drawn for old programs, or not text of the document.
_UNSEEN = {
    "del",
    "moveFrom",
    "Fallback",
    "instrText",
    "delText",
    "delInstrText",
    "pPr",
    "rPr",
    "sdtPr",
    "tblPr",
    "annotationRef",
}
_WRAPPED = {
    *("ins", "moveTo", "hyperlink", "smartTag", "customXml", "fldSimple", "sdtContent", "AlternateContent", "Choice"),
    *("bdo", "dir", "ruby", "rubyBase", "oMath", "oMathPara"),
}
#: Other files that Word shows as part of this one.
_INSERTED = {"altChunk", "subDoc"}
#: So many notes wait for the next heading, at most.
_MOST_NOTES = 1_000
_SYMBOL_FONTS = re.compile("symbol|wingdings|webdings", re.IGNORECASE)
#: Content controls that are there to be filled in.
_FIELDS = ("text", "date", "comboBox", "dropDownList")


class _Look:
    """What styles say of a paragraph or a run; ``None`` where they say nothing."""

    __slots__ = ("bold", "hidden", "indent", "level", "list", "outline", "size")

    def __init__(self) -> None:
        self.size: float | None = None
        self.bold: bool | None = None
        self.hidden: bool | None = None
        self.list: str | None = None
        self.level: int | None = None
        self.outline: int | None = None
        self.indent: float | None = None

    def over(self, node: Node | None) -> None:
        """Take over what a ``pPr`` and an ``rPr`` inside ``node`` (a style or the like) say."""
        if node is None:
            return
        self.of_paragraph(node.child("pPr"))
        self.of_run(node.child("rPr"))

    def of_paragraph(self, node: Node | None) -> None:
        """Take over what a ``pPr`` says."""
        if node is None:
            return
        self.list = node.value("numPr", "numId") or self.list
        self.level = _number(node.value("numPr", "ilvl"), self.level)
        self.outline = _number(node.value("outlineLvl"), self.outline)
        indent = node.child("ind")
        if indent is not None:
            left = _number(indent.get("left") or indent.get("start") or None, None)
            self.indent = left / _TWIPS if left is not None else self.indent

    def of_run(self, node: Node | None) -> None:
        """Take over what an ``rPr`` says."""
        if node is None:
            return
        half = _number(node.value("sz"), None)
        self.size = half / 2 if half else self.size
        self.bold = _switch(node, "b", self.bold)
        self.hidden = _switch(node, "vanish", self.hidden)


def _number(value: str | None, otherwise: int | None) -> int | None:
    try:
        return int(float(value)) if value is not None else otherwise
    except (ValueError, OverflowError):
        return otherwise


def _switch(node: Node, name: str, otherwise: bool | None) -> bool | None:
    found = node.child(name)
    return otherwise if found is None else found.get("val", "1") not in ("0", "false", "off", "none")


def read_docx(data: bytes, budget: Budget) -> Iterator[Block]:
    """Yield the blocks of a Word document, in order; headers and footers come last.

    Raises DamagedError where it has no main part, LimitError where the budget ends.
    """
    package = Package(data, budget)
    yield from _Reader(package).blocks()


def _main_part(package: Package) -> str:
    for node in package.tree("_rels/.rels").children("Relationship"):
        if node.get("Type").endswith("/officeDocument"):
            return node.get("Target").lstrip("/")
    if "word/document.xml" not in package.names:
        raise DamagedError
    return "word/document.xml"


class _Reader:
    def __init__(self, package: Package) -> None:
        self._package = package
        self._main = _main_part(package)
        folder, _, name = self._main.rpartition("/")
        relations = package.tree(f"{folder}/_rels/{name}.rels" if folder else f"_rels/{name}.rels")
        self._parts: dict[str, list[str]] = {}
        for node in relations.children("Relationship"):
            kind, target = node.get("Type").rpartition("/")[2], node.get("Target")
            if node.get("TargetMode") != "External":
                path = target.lstrip("/") if target.startswith("/") else f"{folder}/{target}".lstrip("/")
                self._parts.setdefault(kind, []).append(path)
        self._styles: dict[str, Node] = {}
        self._default_style: dict[str, str] = {}
        self._known: dict[tuple[str, str], _Look] = {}
        self._read_styles()
        self._lists = _Lists(self._part("numbering"))
        self._notes: dict[str, dict[str, Node]] = {}
        for kind in ("footnotes", "endnotes"):
            self._notes[kind] = {node.get("id"): node for node in self._part(kind).children("footnote", "endnote")}
        #: Notes that were called and stand not yet in the text.
        self._called: list[Node] = []
        #: The beginning of a paragraph whose end was removed by a change: the next one goes on with it.
        self._joined: list[Text] = []
        #: Fields of the older kind that are open: what they are, and whether their result has begun.
        self._fields: list[list[object]] = []
        self._page_ends = False
        self._depth = 0
        #: Why something of the document is not among the blocks.
        self._unread: set[str] = set()

    def _part(self, kind: str) -> Node:
        return next((self._package.tree(path) for path in self._parts.get(kind, ())), Node("", {}))

    def _read_styles(self) -> None:
        styles = self._part("styles")
        self._defaults = _Look()
        self._defaults.of_paragraph(styles.child("docDefaults", "pPrDefault", "pPr"))
        self._defaults.of_run(styles.child("docDefaults", "rPrDefault", "rPr"))
        for node in styles.children("style"):
            self._styles[node.get("styleId")] = node
            if node.get("default") in ("1", "true"):
                self._default_style[node.get("type")] = node.get("styleId")

    def _look(self, style: str, kind: str) -> _Look:
        """Return what a style says, with those that it is based on."""
        known = self._known.get((style, kind))
        if known is not None:
            return known
        chain: list[Node] = []
        name: str | None = style
        while name in self._styles and len(chain) < _DEEPEST_STYLE:
            chain.append(self._styles[name])
            name = chain[-1].value("basedOn")
        look = _Look()
        for node in reversed(chain):
            look.over(node)
        if look.outline is None and (found := re.fullmatch(r"(?:heading|titre)\s?(\d)", style, re.IGNORECASE)):
            look.outline = int(found[1]) - 1
        self._known[style, kind] = look
        return look

    def blocks(self) -> Iterator[Block]:
        """Yield all blocks."""
        for node in self._package.elements(self._main, "document", "body"):
            yield from self._block(node)
        yield from self._left_notes()
        yield ("pictures", self._package.pictures("media/"))
        furniture = [path for kind in ("header", "footer") for path in self._parts.get(kind, ())]
        content = {*furniture, *self._parts.get("footnotes", ()), *self._parts.get("endnotes", ())}
        seen: set[str] = set()
        found: list[Block] = []
        for path in furniture:
            for node in self._package.tree(path).children():
                for block in self._block(node):
                    if repr(block) not in seen:
                        seen.add(repr(block))
                        found.append(block)
        if found:
            yield break_page()
            yield from found
        if content & self._package.lost:
            self._unread.add("unreadable")
        yield from (("unread", reason) for reason in sorted(self._unread))

    def _left_notes(self) -> Iterator[Block]:
        called, self._called = self._called, []
        for note in called:
            for node in note.children():
                yield from self._block(node)

    def _block(self, node: Node) -> Iterator[Block]:
        """Yield the blocks of an element of the body, a cell, a note or a text box."""
        if node.name == "p":
            yield from self._paragraph(node)
        elif node.name == "tbl":
            yield from self._table(node)
        elif node.name == "sdt":
            for inner in node.children("sdtContent"):
                yield from self._blocks_in(inner)
        elif node.name in _WRAPPED:
            yield from self._blocks_in(node)
        elif node.name in _INSERTED:
            self._unread.add("inserted_file")

    def _blocks_in(self, node: Node) -> Iterator[Block]:
        for inner in node.children():
            yield from self._block(inner)

    def _paragraph(self, node: Node) -> Iterator[Block]:
        properties = node.child("pPr")
        style = (properties.value("pStyle") if properties else None) or self._default_style.get("paragraph", "")
        look = _Look()
        for source in (self._defaults, self._look(style, "paragraph")):
            for name in _Look.__slots__:
                value = getattr(source, name)
                if value is not None:
                    setattr(look, name, value)
        look.of_paragraph(properties)
        boxes: list[Node] = []
        parts = [*self._joined, *self._runs(node, look, boxes, "")]
        self._joined = []
        if self._page_ends:
            yield break_page()
            self._page_ends = False
        if properties is not None and (properties.child("rPr", "del") or properties.child("rPr", "moveFrom")):
            self._joined = parts
        else:
            if look.outline is not None and look.outline < _LEVELS:
                yield from self._left_notes()
            yield from self._text(parts, look, properties)
        for inner in boxes:
            yield from self._blocks_in(inner)

    def _text(self, parts: list[Text], look: _Look, properties: Node | None) -> Iterator[Block]:
        size, bold, indent = look.size or BODY, bool(look.bold), look.indent or 0.0
        if any(part.text.strip() for part in parts) and look.list not in (None, "0"):
            own = properties is None or properties.child("ind") is None
            level = min(max(look.level or 0, 0), _LEVELS - 1)
            label, left = self._lists.next(look.list or "", level)
            indent = left if own and left is not None else indent or _STEP * (level + 1)
            if label:
                parts = [Text(f"{label} "), *parts]
        if look.outline is not None and look.outline < _LEVELS and not bold and size <= (self._defaults.size or BODY):
            bold = True
        block = paragraph(parts, size=size, bold=bold, indent=indent)
        if block is not None:
            yield block

    def _runs(self, node: Node, look: _Look, boxes: list[Node], family: str) -> Iterator[Text]:
        """Yield the words of a paragraph; text boxes that hang on it are put into ``boxes``."""
        for item in node.children():
            name = item.name
            if name in _UNSEEN:
                continue
            if name == "r":
                yield from self._run(item, look, boxes, family)
            elif name == "sdt":
                yield from self._control(item, look, boxes, family)
            elif name in _WRAPPED:
                yield from self._runs(item, look, boxes, family)

    def _control(self, node: Node, look: _Look, boxes: list[Node], family: str) -> Iterator[Text]:
        """Yield the words of a content control; what was typed into one is of a family of its own."""
        properties = node.child("sdtPr")
        fills = properties is not None and any(properties.child(name) is not None for name in _FIELDS)
        if fills and properties is not None and properties.child("showingPlcHdr") is not None:
            yield Text(EMPTY_FIELD)
            return
        for inner in node.children("sdtContent"):
            yield from self._runs(inner, look, boxes, TYPED if fills else family)

    def _run(self, node: Node, look: _Look, boxes: list[Node], family: str) -> Iterator[Text]:
        own = _Look()
        properties = node.child("rPr")
        style = properties.value("rStyle") if properties else None
        if style:
            own.over(self._styles.get(style))
        own.of_run(properties)
        if own.hidden if own.hidden is not None else look.hidden:
            return
        size = own.size or look.size
        bold = bool(look.bold if own.bold is None else own.bold)

        def words(text: str) -> Text:
            typed = any(field == ["text", True] for field in self._fields)
            return Text(text, size, bold, TYPED if typed else family)

        for item in node.inside:
            if isinstance(item, str):
                continue
            name = item.name
            if name == "t":
                yield words(item.text)
            elif name == "tab":
                yield words(" ")
            elif name in ("br", "cr"):
                if item.get("type") == "page":
                    self._page_ends = True
                elif item.get("type") != "column":
                    yield words("\n")
            elif name == "lastRenderedPageBreak":
                self._page_ends = True
            elif name == "noBreakHyphen":
                yield words("-")
            elif name == "sym":
                yield words(_symbol(item))
            elif name in ("footnoteReference", "endnoteReference"):
                note = self._notes["footnotes" if name[0] == "f" else "endnotes"].get(item.get("id"))
                if note is not None and len(self._called) < _MOST_NOTES:
                    self._called.append(note)
                elif note is not None:
                    self._unread.add("limit_reached")
            elif name == "fldChar":
                yield from (words(text) for text in self._field(item))
            elif name in ("drawing", "pict", "object", "AlternateContent"):
                boxes.extend(_text_boxes(item))

    def _field(self, item: Node) -> Iterator[str]:
        """Yield what a mark of a field of the older kind shows: a box to tick, a line to fill in."""
        kind = item.get("fldCharType")
        if kind == "begin":
            data = item.child("ffData")
            tick = data.child("checkBox") if data else None
            if tick is not None:
                state = _switch(tick, "checked", None)
                yield box(bool(_switch(tick, "default", False) if state is None else state))
            self._fields.append(["text" if data is not None and data.child("textInput") is not None else "", False])
            if len(self._fields) > 100:
                raise DamagedError
        elif kind == "separate" and self._fields:
            self._fields[-1][1] = True
        elif kind == "end" and self._fields and self._fields.pop()[0] == "text":
            yield " "

    def _table(self, node: Node) -> Iterator[Block]:
        rows: list[list[tuple[int, int, list[Block]]]] = []
        #: For each column, the row and place of the cell that goes on downwards from it.
        tall: dict[int, tuple[int, int]] = {}
        for line in node.walk("tr"):
            row: list[tuple[int, int, list[Block]]] = []
            column = 0
            for cell in line.walk("tc"):
                properties = cell.child("tcPr")
                span = max(1, min(_number(properties.value("gridSpan") if properties else None, 1) or 1, 64))
                merged = properties.child("vMerge") if properties else None
                if merged is not None and merged.get("val") != "restart" and column in tall:
                    above, place = tall[column]
                    columns, high, blocks = rows[above][place]
                    rows[above][place] = (columns, high + 1, blocks)
                    row.append((span, 0, []))
                else:
                    row.append((span, 1, list(self._blocks_in(cell))))
                    tall.pop(column, None)
                    if merged is not None:
                        tall[column] = (len(rows), len(row) - 1)
                column += span
            rows.append(row)
        yield from table(rows)


def _symbol(node: Node) -> str:
    """Return a sign of a symbol font: signs that word processors leave in private use are known to the lines."""
    try:
        code = int(node.get("char"), 16)
    except ValueError:
        return ""
    if _SYMBOL_FONTS.search(node.get("font")) and code < 0x100:
        code += 0xF000
    return chr(code) if 0x20 <= code < 0xFFFE and not 0xD800 <= code < 0xE000 else ""


def _text_boxes(node: Node) -> Iterator[Node]:
    """Yield what text boxes hold; a box that is written twice, for newer and older programs, comes once."""
    for item in node.children():
        if item.name == "txbxContent":
            yield item
        elif item.name != "Fallback":
            yield from _text_boxes(item)


class _Lists:
    """The lists of a document, each with its levels and where they have come to."""

    def __init__(self, part: Node) -> None:
        shapes = {node.get("abstractNumId"): node for node in part.children("abstractNum")}
        self._lists: dict[str, Counter] = {}
        self._indents: dict[tuple[str, int], float] = {}
        shared: dict[str, Counter] = {}
        for node in part.children("num"):
            key = node.value("abstractNumId") or ""
            shape = shapes.get(key)
            if shape is None:
                continue
            overrides = {item.get("ilvl"): item for item in node.children("lvlOverride")}
            levels = {item.get("ilvl"): item for item in shape.children("lvl")}
            levels |= {at: inner for at, item in overrides.items() if (inner := item.child("lvl")) is not None}
            number = node.get("numId")
            for at, level in levels.items():
                left = _number(level.value("pPr", "ind", of="left") or level.value("pPr", "ind", of="start"), None)
                if left is not None:
                    self._indents[number, _number(at, 0) or 0] = left / _TWIPS
            built = [_level(levels.get(str(at)), overrides.get(str(at))) for at in range(_LEVELS)]
            if overrides:
                self._lists[number] = Counter(built)
            else:
                self._lists[number] = shared.setdefault(key, Counter(built))

    def next(self, number: str, level: int) -> tuple[str, float | None]:
        """Return the label of the next item of a list, and how far it is indented where the file says so."""
        counter = self._lists.get(number)
        return (counter.next(level) if counter else "•"), self._indents.get((number, level))


def _level(node: Node | None, override: Node | None) -> Level:
    if node is None:
        return Level("bullet", "•", 1)
    start = _number(override.value("startOverride") if override else None, None)
    if start is None:
        start = _number(node.value("start"), 1)
    kind = node.value("numFmt") or "decimal"
    pattern = node.value("lvlText") or ""
    if kind == "bullet":
        pattern = "•" if len(pattern) != 1 else pattern
    plain = node.child("isLgl") is not None
    return Level(kind, re.sub(r"%(\d)", r"{\1}", pattern.replace("{", "").replace("}", "")), start or 0, plain)
