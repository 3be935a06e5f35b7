"""Broken and hostile files, made by script: ``FILES[name]()`` is the bytes of one."""

from __future__ import annotations

import random
from collections.abc import Callable

from reportlab.pdfgen.canvas import Canvas

from tests.pdfs import assembled, deflated, drawn, stream, text_page, written

SENTENCE = "Le médecin-conseil reçoit les pièces sous pli fermé."
_LINE = b"BT /F 9 Tf 50 %d Td (Le medecin-conseil de l'assureur) Tj ET\n"


def empty() -> bytes:
    return b""


def not_a_pdf() -> bytes:
    return b"Bonjour, ceci est une lettre.\n" * 50


def truncated() -> bytes:
    whole = drawn(*[text_page(*[SENTENCE] * 20)] * 3)
    return whole[: len(whole) // 3]


def random_after_header() -> bytes:
    return b"%PDF-1.7\n" + random.Random(7).randbytes(20_000)


def user_password() -> bytes:
    return drawn(text_page(SENTENCE), password="secret")


def _photograph(canvas: Canvas) -> None:
    canvas.drawInlineImage(_noise(), 0, 0, 595, 842)


def _noise() -> object:
    from PIL import Image

    return Image.frombytes("L", (64, 64), random.Random(3).randbytes(64 * 64))


def image_only() -> bytes:
    return drawn(_photograph, _photograph)


def blank_pages() -> bytes:
    return drawn(*[text_page()] * 5)


def three_thousand_pages() -> bytes:
    page = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 3 0 R /Resources << /Font << /F 4 0 R >> >> >>"
    )
    kids = b" ".join(b"%d 0 R" % number for number in range(5, 3005))
    return assembled(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [" + kids + b"] /Count 3000 >>",
        stream(_LINE % 700),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        *[page] * 3000,
    )


def dense_page() -> bytes:
    rows = b"".join(b"BT /F 1 Tf 1 0 0 1 %d %d Tm (%d secret medical) Tj ET\n" % (x, y, x * y)
                    for x in range(0, 590, 12) for y in range(0, 840))  # fmt: skip
    return written(deflated(rows), filters=b"/FlateDecode")


def garbled_font() -> bytes:
    codes = b"1 begincodespacerange <00> <ff> endcodespacerange "
    cmap = b"begincmap " + codes + b"1 beginbfrange <20> <7e> <e020> endbfrange endcmap"
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 7 0 R >>"
    return written(_LINE % 700, font, stream(cmap), resources=b"/Font << /F 6 0 R >>")


def looped_page_tree() -> bytes:
    return written(_LINE % 700, kids=b"[2 0 R 3 0 R 2 0 R]", count=b"3")


def deep_page_tree() -> bytes:
    depth = 5_000
    levels = [b"<< /Type /Pages /Kids [%d 0 R] /Count 1 >>" % (number + 3) for number in range(depth)]
    leaf = b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 595 842] >>" % (depth + 1)
    return assembled(b"<< /Type /Catalog /Pages 2 0 R >>", *levels, leaf)


def false_page_count() -> bytes:
    return written(_LINE % 700, count=b"50000000")


def zip_bomb() -> bytes:
    return written(deflated(b" " * 600_000_000), filters=b"/FlateDecode")


def zip_bomb_in_a_zip_bomb() -> bytes:
    return written(deflated(b" " * 900_000_000, times=3), filters=b"[/FlateDecode /FlateDecode /FlateDecode]")


def drawing_bomb() -> bytes:
    return written(deflated(b"0 0 1 1 re f " * 8_000_000), filters=b"/FlateDecode")


def nested_forms() -> bytes:
    """Eight forms, each drawing the next one ten times over: a hundred million drawings in two kilobytes."""
    forms = []
    for level in range(8):
        inner = level < 7
        used = b"/XObject << /X %d 0 R >>" % (level + 7) if inner else b"/Font << /F 5 0 R >>"
        body = b"/X Do " * 10 if inner else _LINE % 700
        head = b"/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources << " + used + b" >>"
        forms.append(stream(body, dictionary=head))
    return written(b"/X Do " * 10, *forms, resources=b"/XObject << /X 6 0 R >>")


def form_that_draws_itself() -> bytes:
    head = b"/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources << /XObject << /X 6 0 R >> >>"
    content = _LINE % 700 + b"/X Do"
    return written(
        content, stream(b"/X Do", dictionary=head), resources=b"/Font << /F 5 0 R >> /XObject << /X 6 0 R >>"
    )


def negative_mediabox() -> bytes:
    return written(_LINE % 700, mediabox=b"[595 842 0 0]")


def huge_mediabox() -> bytes:
    return written(_LINE % 700, mediabox=b"[-1e30 -1e30 1e30 1e30]")


def flat_mediabox() -> bytes:
    return written(_LINE % 700, mediabox=b"[0 0 0 0]")


def hostile_page_among_others() -> bytes:
    """A page that never ends between two ordinary ones."""
    resources = b"/Resources << /Font << /F 8 0 R >> >>"
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R " + resources + b" >>"
    good = stream(_LINE % 700)
    return assembled(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R 4 0 R 5 0 R] /Count 3 >>",
        page % 6,
        page % 7,
        page % 6,
        good,
        stream(deflated(b"0 0 1 1 re f " * 8_000_000), b"/FlateDecode"),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )


FILES: dict[str, Callable[[], bytes]] = {
    make.__name__: make
    for make in (
        empty,
        not_a_pdf,
        truncated,
        random_after_header,
        user_password,
        image_only,
        blank_pages,
        three_thousand_pages,
        dense_page,
        garbled_font,
        looped_page_tree,
        deep_page_tree,
        false_page_count,
        zip_bomb,
        zip_bomb_in_a_zip_bomb,
        drawing_bomb,
        nested_forms,
        form_that_draws_itself,
        negative_mediabox,
        huge_mediabox,
        flat_mediabox,
        hostile_page_among_others,
    )
}
