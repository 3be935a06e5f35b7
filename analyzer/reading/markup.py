"""XML from strangers: no entity is resolved, nothing is fetched, and neither depth nor number is without bound."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import IO
from xml.parsers import expat

from analyzer.reading.blocks import Budget, DamagedError, LimitError, LockedError

__all__ = ["ENCRYPTED", "PAGE_PICTURE", "Node", "Package", "elements"]

_CHUNK = 65_536
#: The flag of a file in an archive that needs a password.
ENCRYPTED = 0x1
#: The picture of a page has more bytes than this, a logo fewer.
PAGE_PICTURE = 100_000


class Node:
    """An element: its name and attributes without their namespaces, its elements and texts in order."""

    __slots__ = ("attributes", "inside", "name")

    def __init__(self, name: str, attributes: dict[str, str]) -> None:
        self.name = name
        self.attributes = attributes
        self.inside: list[Node | str] = []

    def get(self, name: str, default: str = "") -> str:
        """Return an attribute."""
        return self.attributes.get(name, default)

    def children(self, *names: str) -> Iterator[Node]:
        """Yield the elements right inside, only those of the ``names`` given, if any."""
        for item in self.inside:
            if isinstance(item, Node) and (not names or item.name in names):
                yield item

    def child(self, *path: str) -> Node | None:
        """Return the first element at ``path``, name after name, ``None`` where there is none."""
        node: Node | None = self
        for name in path:
            node = next(node.children(name), None) if node else None
        return node

    def value(self, *path: str, of: str = "val") -> str | None:
        """Return an attribute of the element at ``path``, ``None`` where there is none."""
        node = self.child(*path)
        return node.attributes.get(of) if node else None

    def walk(self, *names: str) -> Iterator[Node]:
        """Yield all elements of the ``names`` inside, in order, but none inside one of them."""
        waiting = [iter(self.inside)]
        while waiting:
            item = next(waiting[-1], None)
            if item is None:
                waiting.pop()
            elif isinstance(item, Node):
                if item.name in names:
                    yield item
                else:
                    waiting.append(iter(item.inside))

    @property
    def text(self) -> str:
        """All text inside."""
        return "".join(item if isinstance(item, str) else item.text for item in self.inside)


def elements(source: IO[bytes], parent: tuple[str, ...], budget: Budget) -> Iterator[Node]:
    """Yield, as they are read, the elements right inside the one whose last ancestors and name are ``parent``.

    Without a ``parent``, those right inside the outermost.

    Raises LimitError where the budget ends, DamagedError where this is no XML, or one that declares entities.
    """
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    path: list[str] = []
    open_: list[Node] = []
    ready: list[Node] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition("}")[2]
        budget.build()
        if open_ or (tuple(path[-len(parent) :]) == parent if parent else len(path) == 1):
            node = Node(local, {key.rpartition("}")[2]: value for key, value in attributes.items()})
            if open_:
                open_[-1].inside.append(node)
            open_.append(node)
        path.append(local)
        if len(path) > budget.depth:
            raise LimitError

    def end(name: str) -> None:
        path.pop()
        if open_:
            node = open_.pop()
            if not open_:
                ready.append(node)

    def text(data: str) -> None:
        if open_:
            budget.characters -= len(data)
            if budget.characters < 0:
                raise LimitError
            open_[-1].inside.append(data)

    def entity(*_: object) -> None:
        raise DamagedError

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.EntityDeclHandler = entity
    more = True
    while more:
        fault: Exception | None = None
        try:
            chunk = source.read(_CHUNK)
            budget.unpack(len(chunk))
            more = bool(chunk)
            parser.Parse(chunk, not more)
        except (expat.ExpatError, zlib.error, zipfile.BadZipFile, EOFError, OSError, ValueError):
            fault = DamagedError()
        except (LimitError, DamagedError) as found:
            fault = found
        yield from ready  # what was read before the fault
        ready.clear()
        if fault is not None:
            raise fault


class Package:
    """A ZIP file of known parts (DOCX, ODT), of which no more is unpacked than the budget allows."""

    def __init__(self, data: bytes, budget: Budget) -> None:
        try:
            self._zip = zipfile.ZipFile(BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
            raise DamagedError from None
        self._budget = budget
        self.names = set(self._zip.namelist())
        #: Parts that ``tree`` could not give, or not whole.
        self.lost: set[str] = set()

    def open(self, name: str) -> IO[bytes]:
        """Return a part, to be read. Raises DamagedError where it is missing, LockedError where it is encrypted."""
        try:
            if self._zip.getinfo(name).flag_bits & ENCRYPTED:
                raise LockedError
            return self._zip.open(name)
        except (KeyError, zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, ValueError):
            raise DamagedError from None

    def pictures(self, folder: str) -> int:
        """Return how many files of ``folder`` are as large as the picture of a page."""
        files = (info for info in self._zip.infolist() if folder in info.filename)
        return sum(info.compress_size > PAGE_PICTURE for info in files)

    def tree(self, name: str) -> Node:
        """Return a part as an element without a name, which holds what stands right inside the outermost one.

        Where it is missing or damaged, it holds what came before, and the part is among those ``lost``.
        """
        whole = Node("", {})
        try:
            for node in self.elements(name):
                whole.inside.append(node)
        except DamagedError:
            self.lost.add(name)
        return whole

    def elements(self, name: str, *parent: str) -> Iterator[Node]:
        """Yield the elements of a part that stand right inside ``parent``."""
        with self.open(name) as part:
            yield from elements(part, parent, self._budget)
