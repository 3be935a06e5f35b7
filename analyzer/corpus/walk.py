"""The files of a corpus: folders with all that is in them, patterns, single files, and what is elsewhere.

Folders are walked in a stable order. Hidden files and folders are left aside, and what does not end like a document;
links to folders are not followed, so that nothing is walked for ever. An address (``s3://…``, ``memory://…``) is read
through fsspec, an extra: Sceau opens no network unless such an address is given.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from analyzer import errors
from analyzer.reading import ENDINGS, LIMITS, load

__all__ = ["Found", "shown_root", "tops", "walk"]

#: Where a folder ends and a pattern begins.
_MAGIC = ("*", "?", "[")
#: Who reads an address, and the password.
_USER = re.compile("://[^/]*@")


class Found(NamedTuple):
    """A file: what names it in the store, its size in bytes, and what gives its bytes (it may raise ``SceauError``)."""

    path: str
    size: int
    read: Callable[[], bytes]


def tops(roots: Sequence[str]) -> list[str]:
    """Return the folders that roots stand for, as they begin the names of the files found there."""
    return [_top(root) for root in roots]


def walk(roots: Sequence[str]) -> Iterator[Found]:
    """Yield the files in folders, patterns, single files or addresses, root by root.

    A single file is taken whatever its ending. A folder that cannot be opened comes as a file that cannot.

    Raises FileMissing where nothing stands at a root, RemoteMissing or RemoteFailed where it is elsewhere.
    """
    seen: set[str] = set()
    for root in roots:
        for found in _remote(root) if "://" in root else _local(root):
            if found.path not in seen:  # roots may lie in one another
                yield found
            if len(roots) > 1:
                seen.add(found.path)


def shown_root(root: str) -> str:
    """Return a root as it may be stored and shown: without the name and the password that an address may hold."""
    return _USER.sub("://", root)


def _local(root: str) -> Iterator[Found]:
    path = _absolute(root)
    kept, matched = _cut(path.parts)
    if path.is_dir():
        yield from _folder(path)
    elif path.exists():
        yield _file(path)
    elif matched:
        top = Path(*kept)
        for match in sorted(top.glob("/".join([*matched, "*"] if matched[-1] == "**" else matched))):
            if any(part.startswith(".") for part in match.relative_to(top).parts):
                continue
            if not match.is_dir():
                if _wanted(match.name):
                    yield _file(match)
            elif "**" not in matched:  # else what is in it matches, too
                yield from _folder(match)
    else:
        raise errors.FileMissing(_shown(root))


def _folder(root: Path) -> Iterator[Found]:
    closed: list[OSError] = []
    for folder, folders, names in os.walk(root, onerror=closed.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if _wanted(name):
                yield _file(Path(folder, name))
    for fault in closed:
        name = _shown(Path(fault.filename).name)
        yield Found(_shown(fault.filename), 0, partial(_refuse, name))


def _file(path: Path) -> Found:
    try:
        size = path.stat().st_size
    except OSError:  # it went away, or is a link to nowhere: to read it tells
        size = 0
    return Found(_shown(str(path)), size, partial(load, path, _shown(path.name)))


def _refuse(name: str) -> bytes:
    raise errors.FileMissing(name)


def _wanted(name: str) -> bool:
    return not name.startswith(".") and name.rsplit(".", 1)[-1].lower() in ENDINGS and "." in name


def _absolute(root: str) -> Path:
    # Path has the same, but fails at links in a circle and at homes of nobody.
    return Path(os.path.realpath(os.path.expanduser(root)))  # noqa: PTH111


def _shown(path: str) -> str:
    r"""Return a path as text: what is no character in it (names of files are bytes) is written as ``\xe9``."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _top(root: str) -> str:
    if "://" in root:
        system, path = _system(root)
        kept, matched = _cut(path.split("/"))
        own = not matched and _wanted(kept[-1])  # a single document, as far as an address tells
        return _shown(system.unstrip_protocol("/".join(kept[:-1] if own else kept)))
    path_given = _absolute(root)
    if path_given.exists():
        return _shown(str(path_given if path_given.is_dir() else path_given.parent))
    return _shown(str(Path(*_cut(path_given.parts)[0])))


def _cut(parts: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the parts of a path before the first with a pattern, and the others."""
    for place, part in enumerate(parts):
        if any(sign in part for sign in _MAGIC):
            return list(parts[:place]), list(parts[place:])
    return list(parts), []


# ---- what is elsewhere -----------------------------------------------------------------------------------


def _system(root: str) -> tuple[Any, str]:
    """Return what reads an address, and the path in it. Raises RemoteMissing, RemoteFailed."""
    try:
        from fsspec.core import url_to_fs

        system, path = url_to_fs(root)
    except (ImportError, ValueError) as fault:  # no fsspec, no module for this kind of address, no such kind
        raise errors.RemoteMissing(shown_root(root)) from fault
    except Exception as fault:  # each service has its own
        raise errors.RemoteFailed(shown_root(root)) from fault
    return system, path.rstrip("/")


def _remote(root: str) -> Iterator[Found]:
    system, top = _system(root)
    find = system.glob if any(sign in top for sign in _MAGIC) else system.find
    try:
        listed = find(top, detail=True)
    except Exception as fault:
        raise errors.RemoteFailed(shown_root(root)) from fault
    if not listed:
        raise errors.RemoteFailed(shown_root(root))
    for path, about in sorted(listed.items()):
        inside = path.removeprefix(top).strip("/").split("/")
        hidden = any(part.startswith(".") for part in inside)
        if about.get("type") == "file" and not hidden and (path == top or _wanted(path.rsplit("/", 1)[-1])):
            size = int(about.get("size") or 0)
            yield Found(_shown(system.unstrip_protocol(path)), size, partial(_fetch, system, path, size))


def _fetch(system: Any, path: str, size: int) -> bytes:
    """Return the bytes of a file elsewhere. Raises FileTooLarge, FileMissing."""
    name = path.rsplit("/", 1)[-1]
    if size > LIMITS.file_bytes:
        raise errors.FileTooLarge(name, size_mb=round(size / 1e6), limit_mb=round(LIMITS.file_bytes / 1e6))
    try:
        data: bytes = system.cat_file(path, start=0, end=LIMITS.file_bytes + 1)  # it may have grown
    except Exception as fault:
        raise errors.FileMissing(name) from fault
    return data
