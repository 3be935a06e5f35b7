"""PDF files for tests: drawn with reportlab, or written byte by byte where a file has to be odd."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Sequence

from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

A4 = (595.0, 842.0)


def drawn(*pages: Callable[[Canvas], None], size: tuple[float, float] = A4, password: str | None = None) -> bytes:
    """Return a file with one page for each function, which draws on the canvas (origin bottom left, Helvetica 10).

    With a ``password`` the file is encrypted; the empty one opens without asking.
    """
    encryption = None if password is None else StandardEncryption(password, ownerPassword="owner", strength=128)
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=size, encrypt=encryption, invariant=1)
    for draw in pages:
        canvas.setFont("Helvetica", 10)
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def text_page(*lines: str, x: float = 50.0, top: float = 100.0, leading: float = 14.0) -> Callable[[Canvas], None]:
    """Return a function that draws ``lines`` one below the other."""

    def draw(canvas: Canvas) -> None:
        for index, line in enumerate(lines):
            canvas.drawString(x, A4[1] - top - index * leading, line)

    return draw


def columns_page(
    columns: Sequence[Sequence[str]],
    lefts: Sequence[float],
    size: float = 8.0,
    leading: float = 10.0,
    width: float | None = None,
    interleaved: bool = False,
) -> Callable[[Canvas], None]:
    """Return a function that draws ``columns`` of lines side by side, from 60 points below the top edge.

    ``width`` justifies every line but a column's last one; ``interleaved`` writes row by row, as some programs do.
    """
    cells = [(c, r, line) for c, column in enumerate(columns) for r, line in enumerate(column)]
    if interleaved:
        cells.sort(key=lambda cell: cell[1])

    def draw(canvas: Canvas) -> None:
        for c, r, line in cells:
            text = canvas.beginText(lefts[c], A4[1] - 60 - r * leading)
            text.setFont("Helvetica", size)
            if width is not None and r < len(columns[c]) - 1 and " " in line:
                text.setWordSpace((width - stringWidth(line, "Helvetica", size)) / line.count(" "))
            text.textOut(line)
            canvas.drawText(text)

    return draw


def written(
    content: bytes,
    *more: bytes,
    page: bytes = b"",
    resources: bytes = b"/Font << /F 5 0 R >>",
    filters: bytes = b"",
    kids: bytes = b"[3 0 R]",
    count: bytes = b"1",
    mediabox: bytes = b"[0 0 595 842]",
) -> bytes:
    """Return a one-page file: 1 catalogue, 2 page tree, 3 page, 4 its content, 5 Helvetica as ``/F``, 6... ``more``."""
    return assembled(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids " + kids + b" /Count " + count + b" >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox " + mediabox + b" /Contents 4 0 R /Resources << " + resources
        + b" >> " + page + b" >>",
        stream(content, filters),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        *more,
    )  # fmt: skip


def stream(content: bytes, filters: bytes = b"", dictionary: bytes = b"") -> bytes:
    """Return a stream object whose ``content`` is already encoded as ``filters`` say."""
    entry = b"/Filter " + filters if filters else b""
    head = b"<< " + dictionary + b" " + entry + b" /Length %d >>\nstream\n" % len(content)
    return head + content + b"\nendstream"


def deflated(content: bytes, times: int = 1) -> bytes:
    """Return ``content`` compressed as ``/FlateDecode`` expects it, ``times`` over."""
    for _ in range(times):
        content = zlib.compress(content, 1 if len(content) > 1_000_000 else 9)
    return content


def assembled(*objects: bytes) -> bytes:
    """Return a file made of ``objects``, numbered from 1; the first one is the catalogue."""
    out = b"%PDF-1.7\n"
    offsets = []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    head = b"xref\n0 %d\n0000000000 65535 f \n" % size
    return out + head + table + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(out))
