"""The process that touches files other than PDF: blocks or the files inside go out, nothing else.

Such a file can be small and unpack to gigabytes, or nest a million times. So it is read here, in a process of its own
that ``worker.py`` runs and ``flow.py`` starts for each file. It loads nothing of ``analyzer`` but the readers, so that
it starts at once.

``("read", kind, unpacked, elements, characters, depth)`` is answered with ``("blocks", list)``, time and again.
``("parts", kind, unpacked, elements, characters, depth, most, each)`` is answered with ``("part", name, bytes, code)``
for each file inside; one that cannot be had comes without bytes (``None``) and with an error code.

The last answer is ``("end",)``; ``("stopped",)`` where a bound was met; or ``("refused", code)``.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analyzer.reading.blocks import Block, Budget

Answer = tuple[Any, ...]

#: Blocks sent at once.
_AT_ONCE = 40


def _alone() -> None:
    """Stand in for ``analyzer`` and this package, whose own code would load all that Sceau is."""
    here = Path(__file__).parent
    for name, folder in (("analyzer", here.parent), ("analyzer.reading", here)):
        package = types.ModuleType(name)
        package.__path__ = [str(folder)]
        sys.modules[name] = package


def _reader(kind: str) -> Callable[[bytes, Budget], Iterator[Block]]:
    """Return the reader of a kind of file; only that one is loaded."""
    if kind == "docx":
        from analyzer.reading.docx import read_docx as read
    elif kind == "odt":
        from analyzer.reading.odt import read_odt as read
    elif kind == "html":
        from analyzer.reading.web import read_html as read
    elif kind == "eml":
        from analyzer.reading.mail import read_eml as read
    elif kind == "msg":
        from analyzer.reading.mail import read_msg as read
    else:
        from analyzer.reading.text import read_text as read
    return read


def _blocks(data: bytes, kind: str, budget: Budget) -> Iterator[Answer]:
    """Yield the answers to a ``read`` request; what was read before a bound is sent before the bound is told."""
    ready: list[Block] = []
    try:
        for block in _reader(kind)(data, budget):
            ready.append(block)
            if len(ready) >= _AT_ONCE:
                yield ("blocks", ready)
                ready = []
    finally:
        if ready:
            yield ("blocks", ready)


def _parts(data: bytes, kind: str, budget: Budget, most: int, each: int) -> Iterator[Answer]:
    """Yield the answers to a ``parts`` request."""
    if kind == "zip":
        from analyzer.reading.archive import members

        yield from (("part", *member) for member in members(data, most, each, budget))
        return
    from analyzer.reading.mail import eml_attachments, msg_attachments

    attachments = eml_attachments if kind == "eml" else msg_attachments
    for number, (name, content, code) in enumerate(attachments(data, budget)):
        if number >= most:
            yield ("part", "…", None, "limit_reached")
            return
        fits = content is None or len(content) <= each
        yield ("part", name, content, code) if fits else ("part", name, None, "limit_reached")


def answers(request: Answer, data: bytes) -> Iterator[Answer]:
    """Yield the answers to a request."""
    from analyzer.reading.blocks import Budget, DamagedError, LimitError, LockedError

    kind, bounds, more = request[1], request[2:6], request[6:]
    budget = Budget(*bounds)
    try:
        yield from (_blocks if request[0] == "read" else _parts)(data, kind, budget, *more)
        yield ("end",)
    except (LimitError, MemoryError, RecursionError):
        yield ("stopped",)
    except LockedError:
        yield ("refused", "file_locked")
    except DamagedError:
        yield ("refused", "file_damaged")
    except Exception:
        # A reader that a broken file has taken by surprise: its message may quote the document.
        yield ("refused", "file_damaged")


_alone()
