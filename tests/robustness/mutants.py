"""Bad files made from good ones: bytes, objects, streams, tables, parts and tags are spoilt.

``mutant(number)`` is always the same file for the same number and the same seeds.
"""

from __future__ import annotations

import base64
import io
import random
import re
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress

from tests.robustness.seeds import seeds

Mutation = Callable[[random.Random, bytes], bytes]

#: No mutant is larger than this (bytes).
_LARGEST = 4_000_000
#: Numbers that programs stumble over.
_NUMBERS = (
    *(b"0", b"-1", b"1", b"255", b"65536", b"2147483647", b"2147483648", b"-2147483648", b"4294967296"),
    *(b"9223372036854775807", b"18446744073709551616", b"-99999999999999999999999", b"1e308", b"-1e999", b"nan"),
    *(b"0.00000000001", b"3.4028236e38", b"-0.0", b"+-1", b"00000000000000000000001"),
)
_FILTERS = (
    *(b"/FlateDecode", b"/ASCII85Decode", b"/ASCIIHexDecode", b"/LZWDecode", b"/RunLengthDecode", b"/DCTDecode"),
    *(b"/CCITTFaxDecode", b"/JBIG2Decode", b"/JPXDecode", b"/Crypt", b"/Nothing"),
)
_OBJECT = re.compile(rb"(\d+) (\d+) obj\b(.*?)endobj", re.DOTALL)
_STREAM = re.compile(rb"(<<.*?>>)\s*stream\r?\n(.*?)\r?\n?endstream", re.DOTALL)
_NUMBER = re.compile(rb"(?<![\w.+-])[+-]?\d+(?:\.\d+)?(?![\w.])")
_REFERENCE = re.compile(rb"\b\d+ \d+ R\b")
_NAME = re.compile(rb"/[A-Za-z][\w+-]*")
_TAG = re.compile(rb"<[^<>]{1,400}>")
#: Entities that are not declared, characters that no text has.
_ODD = (b"&a;", b"&#x0;", b"&#xd800;", b"\x00", b"\xff\xfe")
#: What a page draws, spoilt: nesting that never ends, text without font, operators without operands.
_OPERATORS = (
    *(b" q" * 5_000, b" Q" * 5_000, b" BT BT BT ", b" ET ET ", b" /Missing 12 Tf ", b" 0 0 0 0 0 0 cm ", b" Tj "),
    *(b" 1e30 0 0 1e30 0 0 Tm ", b" [(" + b"a" * 10_000 + b")] TJ ", b" /F1 Do ", b" 1e-30 Tz ", b" -5000 Tc "),
    *(b" BI /W 9999999 /H 9999999 /BPC 8 /CS /G ID xx EI ", b" (" * 500, b" [" * 5_000, b" << " * 3_000),
    *(b" 0 0 1 1 re f" * 5_000, b" 3 Tr ", b" /F1 -12 Tf ", b" /F1 1e38 Tf ", b" nan nan Td "),
)


# ---- bytes ---------------------------------------------------------------------------------------------


def _place(rng: random.Random, data: bytes) -> tuple[int, int]:
    """Return where a piece of ``data`` begins and ends; short ones are more frequent."""
    start = rng.randrange(len(data) + 1)
    return start, min(len(data), start + int(2 ** rng.uniform(0, 13)))


def flip(rng: random.Random, data: bytes) -> bytes:
    out = bytearray(data)
    for _ in range(rng.choice((1, 4, 16, 64, 400)) if out else 0):
        out[rng.randrange(len(out))] ^= 1 << rng.randrange(8)
    return bytes(out)


def truncate(rng: random.Random, data: bytes) -> bytes:
    place = rng.randrange(len(data) + 1)
    return data[:place] if rng.random() < 0.8 else data[place:]


def splice(rng: random.Random, data: bytes) -> bytes:
    other = rng.choice(list(seeds().values()))
    start, end = _place(rng, data)
    first, last = _place(rng, other)
    return data[:start] + other[first:last] + data[end:]


def repeat(rng: random.Random, data: bytes) -> bytes:
    start, end = _place(rng, data)
    return data[:start] + data[start:end] * rng.choice((2, 10, 300)) + data[end:]


def blank(rng: random.Random, data: bytes) -> bytes:
    start, end = _place(rng, data)
    filling = rng.choice((bytes(end - start), b"\xff" * (end - start), rng.randbytes(end - start)))
    return data[:start] + filling + data[end:]


def shuffle(rng: random.Random, data: bytes) -> bytes:
    size = max(1, len(data) // rng.randrange(2, 40))
    pieces = [data[start : start + size] for start in range(0, len(data), size)]
    rng.shuffle(pieces)
    return b"".join(pieces)


BYTES: tuple[Mutation, ...] = (flip, truncate, splice, repeat, blank, shuffle)


# ---- PDF -----------------------------------------------------------------------------------------------


def _swap(rng: random.Random, data: bytes, pattern: re.Pattern[bytes], new: Callable[[bytes], bytes]) -> bytes:
    """Return ``data`` with one to eight of the places that ``pattern`` finds replaced."""
    places = list(pattern.finditer(data))
    for match in sorted(rng.sample(places, min(len(places), rng.choice((1, 2, 8)))), key=re.Match.start, reverse=True):
        data = data[: match.start()] + new(match[0]) + data[match.end() :]
    return data


def _objects(data: bytes) -> dict[int, bytes]:
    return {int(match[1]): match[3] for match in _OBJECT.finditer(data)}


def _written(data: bytes, objects: dict[int, bytes]) -> bytes:
    """Return a file of ``objects`` with a right table, and the trailer of ``data``."""
    out = bytearray(b"%PDF-1.7\n")
    table = b""
    for number, body in objects.items():
        table += b"%d 1\n%010d 00000 n \n" % (number, len(out))
        out += b"%d 0 obj" % number + body + b"endobj\n"
    trailer = re.search(rb"trailer(.*?)startxref", data, re.DOTALL)
    entries = trailer[1] if trailer else b" << /Root 1 0 R >> "
    return bytes(out) + b"xref\n" + table + b"trailer" + entries + b"startxref\n%d\n%%%%EOF\n" % len(out)


def _around_streams(data: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """Return the file with ``change`` applied to each object but what its stream holds."""

    def spoilt(body: bytes) -> bytes:
        head, found, stream = body.partition(b"stream\n")
        return change(head) + found + stream

    return _written(data, {number: spoilt(body) for number, body in _objects(data).items()})


def pdf_numbers(rng: random.Random, data: bytes) -> bytes:
    chosen = rng.random() * 0.3
    return _around_streams(
        data,
        lambda head: _swap(rng, head, _NUMBER, lambda old: rng.choice(_NUMBERS)) if rng.random() < chosen else head,
    )


def pdf_references(rng: random.Random, data: bytes) -> bytes:
    """Point at other objects, at oneself, at nothing."""
    numbers = [*_objects(data), 99_999]
    return _around_streams(
        data,
        lambda head: (
            _swap(rng, head, _REFERENCE, lambda old: b"%d 0 R" % rng.choice(numbers)) if rng.random() < 0.2 else head
        ),
    )


def pdf_names(rng: random.Random, data: bytes) -> bytes:
    names = _NAME.findall(data) or [b"/Type"]
    return _around_streams(
        data,
        lambda head: _swap(rng, head, _NAME, lambda old: rng.choice(names)) if rng.random() < 0.1 else head,
    )


def pdf_objects(rng: random.Random, data: bytes) -> bytes:
    """Leave out, exchange or double objects."""
    objects = _objects(data)
    for _ in range(rng.choice((1, 2, 5)) if objects else 0):
        one, other = rng.choice(list(objects)), rng.choice(list(objects))
        kind = rng.randrange(3)
        if kind == 0 and len(objects) > 1:
            del objects[one]
        elif kind == 1:
            objects[one], objects[other] = objects[other], objects[one]
        else:
            objects[one] = objects[other]
    return _written(data, objects)


def pdf_filters(rng: random.Random, data: bytes) -> bytes:
    """Say that streams are encoded in another way, or many times over."""

    def other(old: bytes) -> bytes:
        return rng.choice((rng.choice(_FILTERS), b" ".join([old] * 40), b" ".join(rng.choices(_FILTERS, k=3)), b""))

    pattern = re.compile(b"|".join(re.escape(name) for name in _FILTERS))
    return _around_streams(data, lambda head: _swap(rng, head, pattern, other) if rng.random() < 0.3 else head)


def pdf_lengths(rng: random.Random, data: bytes) -> bytes:
    return _swap(rng, data, re.compile(rb"(?<=/Length )\d+"), lambda old: rng.choice(_NUMBERS))


def _decoded(dictionary: bytes, content: bytes) -> bytes | None:
    """Return what a stream of the samples holds, ``None`` where it is of another sort."""
    with suppress(ValueError, zlib.error):
        if b"ASCII85Decode" in dictionary:
            content = base64.a85decode(content.strip().removesuffix(b"~>"))
        return zlib.decompress(content) if b"FlateDecode" in dictionary else None
    return None


def pdf_streams(rng: random.Random, data: bytes) -> bytes:
    """Spoil what streams hold: pages, fonts, tables of characters, pictures."""
    objects = _objects(data)
    streams = [number for number, body in objects.items() if _STREAM.search(body)]
    for number in rng.sample(streams, min(len(streams), rng.choice((1, 3, 10)))):
        match = _STREAM.search(objects[number])
        content = _decoded(match[1], match[2]) if match else None
        if not match or content is None:
            continue
        if b" Tf" in content and rng.random() < 0.8:
            place = rng.randrange(len(content) + 1)
            content = content[:place] + rng.choice(_OPERATORS) * rng.choice((1, 1, 20)) + content[place:]
            if rng.random() < 0.5:
                content = _swap(rng, content, _NUMBER, lambda old: rng.choice(_NUMBERS))
        else:
            content = rng.choice(BYTES)(rng, content)
        packed = zlib.compress(content[:_LARGEST])
        keys = re.sub(rb"/Filter\s*(\[[^\]]*\]|/\w+)|/Length\s+\d+(\s+\d+\s+R)?", b"", match[1][2:-2])
        head = b"<<" + keys + b" /Filter /FlateDecode /Length %d >>" % len(packed)
        objects[number] = b"\n" + head + b"\nstream\n" + packed + b"\nendstream\n"
    return _written(data, objects)


def pdf_tables(rng: random.Random, data: bytes) -> bytes:
    """Spoil the table of objects and the trailer."""
    start = data.rfind(b"xref\n", 0, data.rfind(b"startxref"))
    body, tail = data[:start], data[start:]
    kind = rng.randrange(6)
    if kind == 0:
        tail = _swap(rng, tail, _NUMBER, lambda old: rng.choice(_NUMBERS))
    elif kind == 1:
        tail = re.sub(rb"(?<=startxref\n)\d+", lambda match: b"%d" % rng.randrange(len(data)), tail)
    elif kind == 2:  # earlier tables: itself, for ever
        tail = tail.replace(b"/Root", b"/Prev %d /XRefStm %d /Root" % (start, start))
    elif kind == 3:
        tail = tail.replace(b"/Root", b"/Encrypt << /Filter /Standard /V 5 /R 6 /O (x) /U (y) /P -1 >> /Root")
    elif kind == 4:
        tail = tail[: rng.randrange(len(tail) + 1)]
    else:
        tail = re.sub(rb"\d{10}", lambda match: b"%010d" % rng.randrange(10**10), tail)
    return body + tail


PDF: tuple[Mutation, ...] = (
    *(pdf_numbers, pdf_references, pdf_names, pdf_objects, pdf_filters, pdf_lengths, pdf_streams, pdf_streams),
    pdf_tables,
)


# ---- marked-up text and archives -----------------------------------------------------------------------


def tags(rng: random.Random, data: bytes) -> bytes:
    """Drop, double, nest and exchange tags; slip in entities and characters that no text has."""
    found = _TAG.findall(data) or [b"<p>"]
    kind = rng.randrange(5)
    if kind == 0:
        return _swap(rng, data, _TAG, lambda old: b"")
    if kind == 1:
        return _swap(rng, data, _TAG, lambda old: old * rng.choice((2, 300)))
    if kind == 2:
        return _swap(rng, data, _TAG, lambda old: rng.choice(found))
    if kind == 3:
        return _swap(rng, data, _TAG, lambda old: old + rng.choice(_ODD))
    entities = b"".join(b'<!ENTITY e%d "%s">' % (n, b"&e%d;" % (n - 1) * 10 if n else b"x" * 100) for n in range(9))
    head = b"<!DOCTYPE d [" + entities + b'<!ENTITY f SYSTEM "file:///etc/hostname">]>'
    declaration = re.match(rb"\s*<\?xml[^>]*\?>", data)
    cut = declaration.end() if declaration else 0
    return data[:cut] + head + _swap(rng, data[cut:], _TAG, lambda old: old + rng.choice((b"&e8;", b"&f;")))


def numbers(rng: random.Random, data: bytes) -> bytes:
    return _swap(rng, data, _NUMBER, lambda old: rng.choice(_NUMBERS))


def members(rng: random.Random, data: bytes) -> bytes:
    """Spoil parts of an archive: what they hold, what they are called, how large they say they are."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = [(info.filename, archive.read(info)) for info in archive.infolist()]
    except (zipfile.BadZipFile, OSError, ValueError, RuntimeError, NotImplementedError, zlib.error):
        return flip(rng, data)  # spoilt already
    for _ in range(rng.choice((1, 1, 3))):
        if not parts:
            break
        index = rng.randrange(len(parts))
        name, content = parts[index]
        kind = rng.randrange(8)
        if kind == 0:
            name = rng.choice(("../" * 8 + "etc/passwd", "/" + name, "a" * 60_000, "\udcff", "", name + "/" * 300))
        elif kind == 1:
            content = rng.choice(list(seeds().values()))
        elif kind == 2:
            content = b" " * 30_000_000
        elif kind == 3 and len(parts) > 1:
            del parts[index]
            continue
        elif kind == 4:
            parts.append((f"{name}.{len(parts)}", content))
        elif content[:1] == b"<" or b"<" in content[:200]:
            content = rng.choice((tags, tags, numbers, flip))(rng, content)
        else:
            content = rng.choice(BYTES)(rng, content)
        parts[index] = (name, content)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts:
            archive.writestr(
                zipfile.ZipInfo(name.encode("utf-8", "replace").decode()), content, zipfile.ZIP_DEFLATED, 1
            )
    made = out.getvalue()
    if rng.random() < 0.2:  # sizes that lie
        at = made.rfind(b"PK\x01\x02")
        made = made[: at + 20] + rng.randbytes(8) + made[at + 28 :]
    return made


#: What else is done to a file, by what it begins with.
_BY_START: tuple[tuple[bytes, tuple[Mutation, ...]], ...] = (
    (b"%PDF", PDF),
    (b"PK\x03\x04", (members, members, members)),
    (b"<", (tags, tags, numbers)),
    (b"From", (tags, numbers)),
    (b"{\\rtf", (numbers,)),
)


def mutant(number: int) -> tuple[str, bytes]:
    """Return the name and the content of a bad file; the name tells the number, what was done, and to what."""
    rng = random.Random(number)
    # Half of them are PDF files: that is what people hold.
    names = [name for name in seeds() if name.endswith(".pdf") == (number % 2 == 0)]
    name = rng.choice(names)
    data = seeds()[name]
    done = []
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        own = next((more for start, more in _BY_START if data.startswith(start)), ())
        change = rng.choice((*own, rng.choice(BYTES), rng.choice(BYTES)))
        data = change(rng, data)[:_LARGEST]
        done.append(change.__name__)
    return f"{number:05d}_{'+'.join(done)}_{name}", data
