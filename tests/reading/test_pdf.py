"""What the reader of PDF promises for ordinary files: the words, where they stand, how large and how bold."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest
from PIL import Image
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from analyzer import errors
from analyzer.reading import read
from analyzer.reading.limits import Limits
from analyzer.reading.pdf import render_page
from analyzer.schema import Line
from tests.pdfs import A4, columns_page, drawn, stream, text_page, written


def lines_of(data: bytes, page: int = 1) -> tuple[Line, ...]:
    return read(data, "essai.pdf").pages[page - 1].lines


def texts(data: bytes, page: int = 1) -> list[str]:
    return [line.text for line in lines_of(data, page)]


def dark_part(data: bytes, line: Line) -> float:
    """Return the share of the dark pixels of the rendered page that lie in the box of ``line``."""
    picture = Image.open(io.BytesIO(render_page(data, 1, scale=2))).convert("L").point(lambda value: value < 128)
    box = tuple(round(2 * edge) for edge in (line.x0 - 1, line.top - 1, line.x1 + 1, line.bottom + 1))
    return picture.crop(box).histogram()[1] / picture.histogram()[1]


def test_a_document_says_what_it_is(tmp_path: Path) -> None:
    data = drawn(text_page("Article 1"), text_page("Article 2"))
    path = tmp_path / "contrat"  # no extension: what counts is what the file holds
    path.write_bytes(data)
    document = read(path)
    assert (document.name, document.media_type) == ("contrat", "application/pdf")
    assert document.sha256 == hashlib.sha256(data).hexdigest()
    assert [(page.number, page.width, page.height) for page in document.pages] == [(1, *A4), (2, *A4)]
    assert {(page.read_by, page.reason) for page in document.pages} == {("text layer", None)}
    assert read(path, name="Mon contrat").name == "Mon contrat"


def test_words_stand_where_they_were_drawn() -> None:
    text = "Le secret médical est levé"
    (line,) = lines_of(drawn(text_page(text, x=50, top=100)))
    assert line.text == text
    assert line.font_size == 10
    assert line.top < 100 - 7 < 100 < line.bottom  # the baseline is 100 points below the top edge
    assert line.bottom - line.top < 15
    for word in line.words:
        before = stringWidth(text[: word.start], "Helvetica", 10)
        through = stringWidth(text[: word.end], "Helvetica", 10)
        assert word.x0 == pytest.approx(50 + before, abs=0.5)
        assert word.x1 == pytest.approx(50 + through, abs=0.5)


LEFT = ["L'assuré autorise le médecin", "à communiquer les pièces de", "son dossier médical complet."]
RIGHT = ["La garantie cesse de plein", "droit au jour du terme fixé", "par les conditions du prêt."]


@pytest.mark.parametrize("interleaved", [False, True])
@pytest.mark.parametrize("gutter", [10, 30])
def test_a_line_stays_in_its_column(interleaved: bool, gutter: int) -> None:
    width = 110.0
    page = columns_page([LEFT * 2, RIGHT * 2], [50, 50 + width + gutter], width=width, interleaved=interleaved)
    assert sorted(texts(drawn(page))) == sorted(LEFT * 2 + RIGHT * 2)


def test_cells_of_a_table_are_lines_of_their_own() -> None:
    page = columns_page([["Garantie", "Décès"], ["Franchise", "Néant"], ["Plafond", "1 000 €"]], [50, 150, 250],
                        interleaved=True)  # fmt: skip
    assert texts(drawn(page)) == ["Garantie", "Franchise", "Plafond", "Décès", "Néant", "1 000 €"]


@pytest.mark.parametrize("marker", ["•", "1.", "a)", "2.1", "-"])
def test_a_marker_keeps_its_text(marker: str) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(50, 700, marker)
        canvas.drawString(78, 700, "les pièces du dossier")

    assert texts(drawn(draw)) == [f"{marker} les pièces du dossier"]


def test_wide_spaces_of_a_justified_line_do_not_cut_it() -> None:
    line = "la levée du secret médical"
    assert texts(drawn(columns_page([[line, "fin"]], [50], size=8, width=stringWidth(line, "Helvetica", 8) + 30))) == [
        line,
        "fin",
    ]


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_boxes_fit_the_page_as_it_is_shown(rotation: int) -> None:
    text = {0: b"1 0 0 1 120 150", 90: b"0 1 -1 0 470 150", 180: b"-1 0 0 -1 470 700", 270: b"0 -1 1 0 120 700"}
    content = b"BT /F 12 Tf %s Tm (Le secret medical) Tj ET" % text[rotation]
    data = written(content, page=b"/Rotate %d /CropBox [100 100 500 742]" % rotation)
    page = read(data).pages[0]
    assert (page.width, page.height) == ((642, 400) if rotation % 180 else (400, 642))
    (line,) = page.lines
    assert (line.text, line.font_size) == ("Le secret medical", 12)
    assert line.x1 - line.x0 > 3 * (line.bottom - line.top)
    assert [word.x0 for word in line.words] == sorted(word.x0 for word in line.words)
    assert dark_part(data, line) == 1.0


def test_text_up_the_margin_is_one_line() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.rotate(90)
        canvas.drawString(300, -30, "Réf. 1234    édition de janvier")

    (line,) = lines_of(drawn(draw))
    assert line.text == "Réf. 1234 édition de janvier"
    assert line.x1 - line.x0 < 15 < 100 < line.bottom - line.top


@pytest.mark.parametrize(
    "content",
    [
        b"BT /F 8 Tf 50 700 Td (Petits caracteres) Tj ET",
        b"BT /F 1 Tf 8 0 0 8 50 700 Tm (Petits caracteres) Tj ET",
        b"q 8 0 0 8 50 700 cm BT /F 1 Tf (Petits caracteres) Tj ET Q",
        b"q 2 0 0 2 0 0 cm BT /F 2 Tf 2 0 0 2 25 350 Tm (Petits caracteres) Tj ET Q",
    ],
)
def test_font_size_is_the_printed_one(content: bytes) -> None:
    (line,) = lines_of(written(content))
    assert line.font_size == pytest.approx(8, abs=0.05)


def test_bold_is_told_from_regular() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(50, 700, "Texte courant")
        canvas.setFont("Helvetica-Bold", 10)
        canvas.drawString(50, 650, "Exclusions de garantie")
        canvas.setFont("Helvetica", 10)
        canvas.drawString(50, 600, "Sont exclus, sauf accord, les frais de ")
        canvas.setFont("Helvetica-Bold", 10)
        canvas.drawString(50 + stringWidth("Sont exclus, sauf accord, les frais de ", "Helvetica", 10), 600, "cure")

    assert [(line.text[:5], line.bold) for line in lines_of(drawn(draw))] == [
        ("Texte", False),
        ("Exclu", True),
        ("Sont ", False),
    ]


def test_a_hyphen_at_the_end_of_a_line_stays_a_hyphen() -> None:
    assert texts(drawn(text_page("la levée du secret mé-", "dical de l'assuré"))) == [
        "la levée du secret mé-",
        "dical de l'assuré",
    ]


def test_ligatures_are_resolved() -> None:
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding << /Differences [1 /fi /fl] >> >>"
    content = b"BT /F 10 Tf 50 700 Td (Con\\001rmer le \\002ux) Tj ET"
    (line,) = lines_of(written(content, font, resources=b"/Font << /F 6 0 R >>"))
    assert line.text == "Confirmer le flux"


@pytest.mark.parametrize("code", [b"0000", b"D800", b"0007"])
def test_glyphs_without_a_character_do_not_shift_the_others(code: bytes) -> None:
    codes = b"1 begincodespacerange <00> <ff> endcodespacerange "
    cmap = b"begincmap " + codes + b"1 beginbfchar <01> <" + code + b"> endbfchar endcmap"
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 7 0 R >>"
    data = written(
        b"BT /F 10 Tf 50 700 Td (\\001\\001\\001 le secret medical) Tj ET BT /G 10 Tf 50 600 Td (suite) Tj ET",
        font,
        stream(cmap),
        resources=b"/Font << /F 6 0 R /G 5 0 R >>",
    )
    lines = lines_of(data)
    assert lines[0].text in ("\ufffd\ufffd\ufffd le secret medical", "le secret medical")
    assert (lines[-1].text, lines[-1].x0) == ("suite", pytest.approx(50, abs=0.5))
    assert lines[-1].top < 242 < lines[-1].bottom


def test_what_is_not_on_the_page_is_not_read() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(50, 700, "visible")
        canvas.drawString(-400, 650, "à gauche de la page")
        canvas.drawString(50, 2000, "au-dessus de la page")
        canvas.setFont("Helvetica", 0.1)
        canvas.drawString(50, 600, "trop petit pour un œil")

    assert texts(drawn(draw)) == ["visible"]


def test_text_recognised_under_a_scan_is_read() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawInlineImage(Image.new("L", (60, 85), 240), 0, 0, *A4)
        text = canvas.beginText(50, 700)
        text.setTextRenderMode(3)
        text.textOut("texte reconnu")
        canvas.drawText(text)

    page = read(drawn(draw)).pages[0]
    assert (page.read_by, [line.text for line in page.lines]) == ("text layer", ["texte reconnu"])


def test_an_empty_password_is_no_obstacle() -> None:
    assert texts(drawn(text_page("Lisible"), password="")) == ["Lisible"]


def photograph(canvas: Canvas) -> None:
    canvas.drawInlineImage(Image.new("L", (60, 85), 200), 0, 0, *A4)


def stamped_photograph(canvas: Canvas) -> None:
    photograph(canvas)
    canvas.drawString(50, 20, "Page 3 sur 12")


def framed(canvas: Canvas) -> None:
    canvas.rect(20, 20, 555, 802)


def test_pages_of_pictures_are_unread_and_blank_ones_are_not() -> None:
    pages = read(drawn(text_page("Article 1"), photograph, text_page(), framed, stamped_photograph)).pages
    assert [(page.read_by, page.reason) for page in pages] == [
        ("text layer", None),
        ("unread", "no_text_layer"),
        ("text layer", None),
        ("text layer", None),
        ("unread", "mostly_image"),
    ]
    assert [[line.text for line in page.lines] for page in pages] == [["Article 1"], [], [], [], ["Page 3 sur 12"]]


def test_outlines_of_letters_are_unread() -> None:
    outlines = b"".join(b"%d 700 m %d 710 l %d 705 l h f " % (x, x + 3, x + 5) for x in range(50, 500, 6))
    data = written(b"BT /F 10 Tf 50 600 Td (Ok) Tj ET")
    with pytest.raises(errors.NoTextLayer):
        read(written(outlines))
    assert texts(data) == ["Ok"]


def test_pages_beyond_the_limits_are_listed_as_unread() -> None:
    data = drawn(*[text_page("Une clause de trente caractères")] * 6)
    for limits in (Limits(pages=4), Limits(characters=100)):
        pages = read(data, limits=limits).pages
        assert [page.read_by for page in pages] == ["text layer"] * 4 + ["unread"] * 2
        assert {page.reason for page in pages[4:]} == {"limit_reached"}
    assert read(data, limits=Limits()).pages[5].read_by == "text layer"  # nothing is left over from the file before


def test_a_page_that_is_too_dense_does_not_hide_the_others() -> None:
    data = drawn(text_page("Courte"), text_page(*["Une ligne bien plus longue que les autres"] * 5))
    pages = read(data, limits=Limits(page_characters=100)).pages
    assert [page.reason for page in pages] == [None, "page_too_dense"]


def test_the_second_reader_reads_what_pdfium_cannot_open() -> None:
    data = drawn(text_page("Le secret médical", "est levé"))
    # Without a catalogue that says what it is, nor a way to it, the file is nothing to pdfium.
    broken = data.replace(b"/Type /Catalog", b"/Type /Katalog").replace(b"startxref", b"startxxxx")
    page = read(broken).pages[0]
    assert [line.text for line in page.lines] == ["Le secret médical", "est levé"]
    first = page.lines[0]
    assert (first.x0, first.font_size) == (pytest.approx(50, abs=0.5), pytest.approx(10, abs=0.5))
    assert first.top < 100 < first.bottom


def test_missing_files_and_folders(tmp_path: Path) -> None:
    for path in (tmp_path / "absent.pdf", tmp_path):
        with pytest.raises(errors.FileMissing) as caught:
            read(path)
        assert caught.value.name == path.name


def test_too_large_a_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "lourd.pdf"
    path.write_bytes(b"%PDF-1.7\n" + b" " * 2_000_000)
    with pytest.raises(errors.FileTooLarge) as caught:
        read(path, limits=Limits(file_bytes=1_000_000))
    assert caught.value.facts == {"size_mb": 2, "limit_mb": 1}


def test_a_rendered_page_is_bounded() -> None:
    data = drawn(text_page("Image"))
    assert Image.open(io.BytesIO(render_page(data, 1, scale=1))).size == (595, 842)
    width, height = Image.open(io.BytesIO(render_page(data, 1, scale=500))).size
    assert width * height <= 1.01 * Limits().render_pixels
    with pytest.raises(errors.FileDamaged):
        render_page(b"%PDF-1.7 rien", 1)
    with pytest.raises(errors.FileDamaged):
        render_page(data, 2)


CLAUSE = "L'assuré autorise tout médecin à communiquer à l'assureur son dossier, et le délie du secret."


def field(canvas: Canvas, value: str, y: float = 600, **options: object) -> None:
    canvas.acroForm.textfield(name=f"f{y}", value=value, x=50, y=y, width=300, height=40, maxlen=500, **options)


def test_sentences_in_fields_and_on_notes_are_read_where_they_stand() -> None:
    for draw in (
        lambda canvas: field(canvas, CLAUSE, fieldFlags="multiline readOnly"),
        lambda canvas: canvas.freeTextAnnotation(CLAUSE, DA="/Helv 9 Tf", Rect=(50, 600, 350, 640)),
    ):
        lines = lines_of(drawn(text_page("Article 1"), lambda canvas, draw=draw: draw(canvas)), 2)
        assert " ".join(line.text for line in lines) == CLAUSE
        assert len(lines) > 1
        assert all(50 <= line.x0 < line.x1 <= 352 and 201 <= line.top < line.bottom <= 243 for line in lines)


def test_short_answers_hidden_fields_and_what_is_printed_already_are_not_read_again() -> None:
    def draw(canvas: Canvas) -> None:
        field(canvas, "Opérée du genou en mars", 700)
        field(canvas, CLAUSE, 650, annotationFlags="hidden", fieldFlags="multiline")
        field(canvas, CLAUSE, 600, fieldFlags="multiline")
        canvas.setFont("Helvetica", 6)
        canvas.drawString(52, 620, CLAUSE)

    assert texts(drawn(draw)) == [CLAUSE]


@pytest.mark.parametrize(
    "question", ["Avez-vous été opéré ?", "Antécédents : ______", "Je certifie être en bonne santé."]
)
def test_what_is_typed_on_a_page_that_asks_is_not_read(question: str) -> None:
    def draw(canvas: Canvas) -> None:
        field(canvas, "J'ai été opérée du genou en mars 2019 après une chute de ski.", fieldFlags="multiline readOnly")
        note = "Je prends depuis ce jour un traitement pour le dos."
        canvas.freeTextAnnotation(note, DA="/Helv 9 Tf", Rect=(50, 500, 350, 540))

    assert texts(drawn(text_page(question), draw)) == [question]
