"""Who insures, under which product, in which year and country: from a table, the path, or the document itself.

What is not plain is left unsaid: a publication that names the wrong insurer does harm.
"""

from __future__ import annotations

import csv
import os
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import NamedTuple, get_args

from analyzer import errors
from analyzer.corpus.imprint import clean_name, from_document, year_of
from analyzer.corpus.records import FIELDS, Fact, Field
from analyzer.detection.normalise import fold
from analyzer.knowledge import load
from analyzer.reading.text import decode
from analyzer.schema import Jurisdiction

__all__ = ["Table", "check_pattern", "from_document", "from_path"]

#: Names of columns, without accents and in lower case.
_FILE_COLUMNS = {"path", "file", "fichier", "chemin"}
_COLUMNS: dict[str, Field] = {
    **{"insurer": "insurer", "assureur": "insurer", "product": "product", "produit": "product"},
    **{"year": "year", "annee": "year", "country": "country", "pays": "country"},
}
_DELIMITERS = ",;\t"
_DIGITS = re.compile(r"\d+")
#: What is filled in, in a pattern, and what does not matter.
_HOLE = re.compile(r"\{([^{}]*)\}|\*")
_WILD = re.compile(r"[*?\[]")


class _Row(NamedTuple):
    """A line of a table: its number, and what it says."""

    line: int
    facts: dict[Field, Fact]


class Table:
    """What a table says of documents, by the file that each line names."""

    def __init__(self, rows: dict[str, _Row], bases: Sequence[str]) -> None:
        """Remember the ``rows`` by path; they may be relative to the folders ``bases``."""
        self._rows = rows
        self._bases = bases

    @classmethod
    def load(cls, source: Path, roots: Sequence[str] = ()) -> Table:
        """Read a table: comma, semicolon or tab between columns; UTF-8, or as Windows writes it.

        A column ``path`` (or ``file``, ``fichier``, ``chemin``) names files: by their whole path, by that from the
        folder of the table or from one of the scanned ``roots``, or by name alone, for all files of that name. Others
        say what they are: ``insurer``, ``product``, ``year``, ``country`` (or in French). Empty cells say nothing.

        Raises FileMissing, TableColumns, TableNoFile, TableYear, TableCountry, or TableTwice for two lines that do not
        agree on a file.
        """
        try:
            text = decode(source.read_bytes()).lstrip("\ufeff")
        except OSError:
            raise errors.FileMissing(source.name) from None
        rows: dict[str, _Row] = {}
        for path, row in _rows(text, source.name):
            before = rows.setdefault(path, row)
            if before.facts != row.facts:
                raise errors.TableTwice(source.name, line=row.line, first=before.line)
        return cls(rows, _bases([str(source.parent), *map(_fixed, roots)]))

    def of(self, path: str) -> dict[Field, Fact]:
        """Return what the table says of the file at ``path``, nothing where it does not name it."""
        whole = _absolute(path)
        inside = [whole[len(base) + 1 :] for base in self._bases if whole.startswith(f"{base.rstrip('/')}/")]
        for name in (_plain(path), whole, *inside, PurePosixPath(whole).name):
            if name in self._rows:
                return dict(self._rows[name].facts)
        return {}


def _rows(text: str, name: str) -> Iterator[tuple[str, _Row]]:
    """Yield the lines of a table: which file each names, and what it says."""
    header = next(iter(text.splitlines()), "")
    for delimiter in _DELIMITERS:
        columns = [fold(cell).strip() for cell in next(csv.reader([header], delimiter=delimiter), [])]
        file_at = next((at for at, column in enumerate(columns) if column in _FILE_COLUMNS), None)
        fields = {_COLUMNS[column]: at for at, column in reversed([*enumerate(columns)]) if column in _COLUMNS}
        if file_at is not None and fields:
            break
    else:
        raise errors.TableColumns(name)
    reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter)
    next(reader)
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        cells += [""] * (len(columns) - len(cells))
        if not cells[file_at].strip():
            raise errors.TableNoFile(name, line=reader.line_num)
        said = {field: cells[at].strip() for field, at in fields.items()}
        yield _plain(cells[file_at].strip()), _Row(reader.line_num, _checked(said, name, reader.line_num))


def _checked(said: dict[Field, str], name: str, line: int) -> dict[Field, Fact]:
    """Return what a line of a table says, refused where it cannot be."""
    facts: dict[Field, Fact] = {}
    for field in FIELDS:
        value = said.get(field, "")
        if not value:
            continue
        known = _value(field, value)
        if known is None and field == "year":
            raise errors.TableYear(name, line=line)
        if known is None and field == "country":
            raise errors.TableCountry(name, line=line, countries=", ".join(get_args(Jurisdiction)))
        if known:
            facts[field] = Fact(known, "table")
    return facts


def _value(field: Field, value: str) -> str | None:
    """Return a value as it is stored, ``None`` for a year or a country that is none."""
    if field == "year":
        return year_of(value)
    if field == "country":
        return _country(value)
    return clean_name(value) or None


def _country(value: str) -> str | None:
    """Return the country that a word names."""
    wanted = fold(value).strip()
    for code, country in load().editions.countries.items():
        if wanted in map(fold, country.names):
            return code
    return None


def from_path(path: str, roots: Sequence[str], pattern: str | None) -> dict[Field, Fact]:
    """Return what the folders and the name of a file say.

    A ``pattern`` such as ``{insurer}/{year}/{product}`` is laid on the last folders and the name without its ending; it
    says nothing of a file that it does not fit. Without one, a year in the name or in a folder at or below the scanned
    ``roots`` is taken (the name before the folders, the innermost folder first, nothing where one has two), and a
    folder named after a country's code. Raises BadPattern.
    """
    whole = _absolute(path)
    pieces = PurePosixPath(whole)
    if pattern is not None:
        parts = [*pieces.parent.parts, pieces.stem]
        return {field: Fact(value, "path") for field, value in _fit(check_pattern(pattern), parts).items()}
    found: dict[Field, Fact] = {}
    below = [pieces.stem, *reversed(_below(pieces, roots))]
    for part in below:
        years = {year for digits in _DIGITS.findall(part) if (year := year_of(digits))}
        if len(years) == 1:
            found["year"] = Fact(years.pop(), "path")
            break
    countries = {part for part in below[1:] if part in get_args(Jurisdiction)}
    if len(countries) == 1:
        found["country"] = Fact(countries.pop(), "path")
    return found


def _below(path: PurePosixPath, roots: Sequence[str]) -> Sequence[str]:
    """Return the folders of a path from the scanned folder on; the last one, where it is in none of ``roots``."""
    folder = f"{path.parent}/"
    within = [root for root in _bases(map(_fixed, roots)) if folder.startswith(f"{root.rstrip('/')}/")]
    if not within:
        return path.parent.parts[-1:]
    return path.parent.parts[len(PurePosixPath(max(within, key=len)).parts) - 1 :]


Hole = Field | None
Segment = list[str | tuple[Hole]]


def check_pattern(pattern: str) -> list[Segment]:
    """Return the segments of a pattern, each made of signs as they are, and of holes: a field, or what does not matter.

    Raises BadPattern where a field is unknown or stands twice, none is there, or nothing parts two holes.
    """
    segments = [_segment(piece, pattern) for piece in pattern.strip("/").split("/")]
    fields = [piece[0] for segment in segments for piece in segment if isinstance(piece, tuple) and piece[0]]
    if not fields or len(set(fields)) < len(fields):
        raise errors.BadPattern(pattern=pattern)
    return segments


def _segment(text: str, pattern: str) -> Segment:
    """Return the pieces of one folder's part of a pattern."""
    segment: Segment = []
    position = 0
    for hole in _HOLE.finditer(text):
        if literal := text[position : hole.start()]:
            segment.append(literal)
        name = hole[1]
        if name is not None and name not in FIELDS:
            raise errors.BadPattern(pattern=pattern)
        segment.append((next((field for field in FIELDS if field == name), None),))
        position = hole.end()
    if literal := text[position:]:
        segment.append(literal)
    holes_touch = any(isinstance(one, tuple) and isinstance(other, tuple) for one, other in pairwise(segment))
    if not segment or holes_touch or any(isinstance(piece, str) and set(piece) & set("{}") for piece in segment):
        raise errors.BadPattern(pattern=pattern)
    return segment


def _fit(segments: list[Segment], parts: Sequence[str]) -> dict[Field, str]:
    """Return what the holes of a pattern hold, laid on the last ``parts`` of a path; nothing if it does not fit."""
    if len(segments) > len(parts):
        return {}
    found: dict[Field, str] = {}
    for segment, part in zip(segments, parts[-len(segments) :], strict=True):
        held = _held(segment, part)
        if held is None:
            return {}
        for field, text in held.items():
            value = _value(field, text if " " in text else text.replace("_", " "))
            if value is None:
                return {}
            found[field] = value
    return found


def _held(segment: Segment, part: str) -> dict[Field, str] | None:
    """Return what the holes of a segment hold in ``part``, each as little as it can; ``None`` if it does not fit."""
    held: dict[Field, str] = {}
    rest = part
    hole: tuple[Hole] | None = None
    for at, piece in enumerate(segment):
        if isinstance(piece, tuple):
            hole = piece
            continue
        last = at == len(segment) - 1
        found = (len(rest) - len(piece) if rest.endswith(piece) else -1) if last else rest.find(piece)
        # What stands before the sign fills the hole before it; without a hole, nothing may stand there.
        if (found < 1) if hole else (found != 0):
            return None
        if hole and hole[0]:
            held[hole[0]] = rest[:found]
        rest, hole = rest[found + len(piece) :], None
    if hole:
        if not rest:
            return None
        if hole[0]:
            held[hole[0]] = rest
    elif rest:
        return None
    return held


def _plain(path: str) -> str:
    """Return a path written one way: slashes, no needless points, accents as one character."""
    path = unicodedata.normalize("NFC", path).replace("\\", "/")
    return path if "://" in path else PurePosixPath(path).as_posix()


def _absolute(path: str) -> str:
    """Return a whole path; an address of object storage is one already."""
    return _plain(path if "://" in path else str(Path(os.path.normpath(path)).absolute())).rstrip("/") or "/"


def _bases(folders: Iterable[str]) -> list[str]:
    """Return whole paths of folders, as they are named and as the system names them."""
    bases: dict[str, None] = {}
    for folder in folders:
        here = folder if "://" in folder else os.path.expanduser(folder)  # noqa: PTH111 (as in walk.py)
        bases[_absolute(here)] = None
        if "://" not in folder:
            bases[_plain(os.path.realpath(here))] = None
    return list(bases)


def _fixed(root: str) -> str:
    """Return the folder in which what a root names is looked for: that before the first wildcard."""
    wild = _WILD.search(root)
    return root if wild is None else root[: wild.start()].rpartition("/")[0] or "."
