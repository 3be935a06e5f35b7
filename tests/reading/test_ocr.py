"""Scans and photos: the words are found, with their accents, where they stand; what cannot be read is said so."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from analyzer import analyze, errors
from analyzer.interface.samples import samples
from analyzer.knowledge import messages
from analyzer.reading import ocr, ocr_worker, pdf, read, render_page
from analyzer.reading.limits import Limits
from analyzer.reading.lines import build_lines
from analyzer.reading.process import StoppedError, Worker
from analyzer.schema import Line, Mark, Page
from tests import pictures
from tests.pdfs import A4, drawn, text_page

SENTENCES = (
    "Le médecin-conseil reçoit les pièces sous pli fermé.",
    "L'assuré délie ses médecins du secret à l'égard de",
    "l'assureur, et cette clause s'applique après son décès.",
)
SIZE = (300.0, 150.0)


def small_page(*lines: str) -> bytes:
    def draw(canvas: Canvas) -> None:
        for index, line in enumerate(lines):
            canvas.drawString(20, SIZE[1] - 50 - 16 * index, line)

    return drawn(draw, size=SIZE)


PRINTED = small_page(*SENTENCES)


def pdf_of(*sheets: np.ndarray | bytes | str) -> bytes:
    """Return a PDF with a page for each picture; a text is a page with an ordinary text layer."""

    def page(sheet: np.ndarray | str):
        def draw(canvas: Canvas) -> None:
            if isinstance(sheet, str):
                canvas.setPageSize(SIZE)
                canvas.drawString(20, 60, sheet)
            else:
                size = (sheet.shape[1] * 0.36, sheet.shape[0] * 0.36)  # 200 pixels an inch
                canvas.setPageSize(size)
                canvas.drawInlineImage(Image.fromarray(sheet), 0, 0, *size)

        return draw

    return drawn(*map(page, sheets))


def texts(page: Page) -> list[str]:
    return [line.text.replace("’", "'") for line in page.lines]


def ink(png: bytes, page: Page, line: Line) -> float:
    """Return the share of the dark pixels of a drawn page that lie in the box of ``line``."""
    picture = np.asarray(Image.open(io.BytesIO(png)).convert("L")) < 128
    x, y = picture.shape[1] / page.width, picture.shape[0] / page.height
    inside = picture[round(line.top * y) : round(line.bottom * y), round(line.x0 * x) : round(line.x1 * x)]
    return inside.sum() / picture.sum()


@pytest.fixture(scope="module")
def scan() -> tuple[bytes, tuple[Page, ...]]:
    sheet = pictures.scanned(pictures.page(PRINTED))
    data = pdf_of("Page tapée", pictures.skewed(sheet, 1.0), np.rot90(sheet, 2), np.rot90(sheet))
    return data, read(data, "scan.pdf").pages


def test_pages_without_text_are_read_from_their_pictures(scan):
    _, pages = scan
    assert [(page.read_by, page.reason) for page in pages] == [("text layer", None), *[("ocr", None)] * 3]
    for page in pages[1:]:
        assert texts(page) == list(SENTENCES)


def test_words_stand_where_they_are_printed(scan):
    _, pages = scan
    page = pages[2]
    assert (page.width, page.height) == pytest.approx(SIZE, abs=1)
    for line, printed in zip(page.lines, read(PRINTED).pages[0].lines, strict=True):
        assert line.font_size == pytest.approx(printed.font_size, rel=0.1)
        assert (line.top + line.bottom) / 2 == pytest.approx((printed.top + printed.bottom) / 2, abs=1.5)
        assert [word.x0 for word in line.words] == pytest.approx([word.x0 for word in printed.words], abs=4)
        assert [word.x1 for word in line.words] == pytest.approx([word.x1 for word in printed.words], abs=4)


def test_a_page_that_lay_on_its_side_is_drawn_upright(scan):
    data, pages = scan
    assert [page.turned for page in pages] == [0, 0, 180, 90]
    for page in pages[1:]:
        png = render_page(data, page)
        assert sum(ink(png, page, line) for line in page.lines) > 0.9


def test_a_photo_is_cut_out_and_straightened():
    lines = [f"{sentence} Article {number}." for number, sentence in enumerate(SENTENCES * 3, 1)]
    photo = pictures.image(pictures.photographed(pictures.page(drawn(text_page(*lines, leading=60)), dpi=250)))
    document = read(photo, "photo.jpg")
    (page,) = document.pages
    assert (document.media_type, page.read_by, page.reason) == ("image/jpeg", "ocr", None)
    assert (page.width, page.height) == pytest.approx(A4, abs=2)
    assert texts(page) == lines
    assert [line.x0 for line in page.lines] == pytest.approx([50] * len(lines), abs=6)
    png = render_page(photo, page)
    assert sum(ink(png, page, line) for line in page.lines) > 0.75  # a rim of the table may be left


def test_each_page_of_an_image_file_is_read():
    sheet = pictures.page(PRINTED)
    pages = read(pictures.several([sheet, np.full_like(sheet, 255), sheet], "TIFF"), "fax.tif").pages
    assert [(page.number, page.read_by, page.reason) for page in pages] == [
        (1, "ocr", None),
        (2, "unread", "no_text_layer"),
        (3, "ocr", None),
    ]


def test_photos_of_telephones_are_read():
    page = read((Path(__file__).parent / "phone.heic").read_bytes(), "IMG_0001.HEIC").pages[0]
    assert texts(page) == ["Le secret médical est levé."]


def test_letters_that_are_too_small_are_said_to_be():
    with pytest.raises(errors.LowResolution) as caught:
        read(pictures.image(pictures.page(PRINTED, dpi=45), "PNG"), "vignette.png")
    assert caught.value.name == "vignette.png"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_pictures_without_words_are_refused(kind):
    noise = np.random.default_rng(1).integers(0, 256, (200, 150), np.uint8)
    with pytest.raises(errors.NoTextLayer):
        read(pictures.image(noise, kind), "chat")


def test_broken_and_huge_images_are_refused():
    whole = pictures.image(pictures.page(PRINTED), "PNG")
    with pytest.raises(errors.FileDamaged):
        read(whole[: len(whole) // 2], "coupé.png")
    with pytest.raises(errors.LimitReached):
        read(whole, "grand.png", Limits(image_pixels=10_000))


#: Longer than what a stamp says.
FOOTER = (
    "Document signé électroniquement le 12 mars 2026 à 14:02 par l'assureur et l'adhérent, "
    "enveloppe 3F2504E0-4F89-11D3-9A0C, page 1 sur 12"
)


def beside(*draw, size: tuple[float, float] = SIZE):
    """Return what draws, on a page with a long printed footer, what the functions draw."""

    def page(canvas: Canvas) -> None:
        canvas.setPageSize(size)
        for one in draw:
            one(canvas)
        canvas.setFont("Helvetica", 4.5)
        canvas.drawString(10, 8, FOOTER)

    return page


def photo_of(sheet: np.ndarray, x: float = 0, y: float = 0, width: float = SIZE[0], height: float = SIZE[1]):
    return lambda canvas: canvas.drawInlineImage(Image.fromarray(sheet), x, y, width, height)


def in_curves(canvas: Canvas) -> None:
    """Draw the outlines of the sentences as one filled shape."""
    scale = 72 / 400
    path = canvas.beginPath()
    ink = (pictures.page(PRINTED, dpi=400) < 128).astype(np.uint8)
    for outline in cv2.findContours(ink, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_TC89_L1)[0]:
        (x, y), *others = outline.reshape(-1, 2) * scale
        path.moveTo(x, SIZE[1] - y)
        for x, y in others:
            path.lineTo(x, SIZE[1] - y)
        path.close()
    canvas.drawPath(path, stroke=0, fill=1, fillMode=0)


def test_what_stands_beside_the_text_in_pictures_and_curves_is_read():
    """A scan with a footer, letters as curves, a picture of one clause."""
    sheet = pictures.page(PRINTED)
    clause = sheet[60:280]  # the sentences, and no more
    part = photo_of(clause, y=40, height=clause.shape[0] * 0.36)
    pages = read(drawn(beside(photo_of(sheet)), beside(in_curves), beside(part))).pages
    assert [(page.read_by, page.reason) for page in pages] == [("ocr", None)] * 3
    assert [texts(page) for page in pages] == [[FOOTER, *SENTENCES]] * 3
    for page in pages:
        assert all(line.x0 == pytest.approx(20, abs=3) for line in page.lines[1:])
        assert page.lines[0].font_size == 4.5


def test_pictures_without_a_sentence_and_scans_whose_text_is_known_change_nothing():
    def known(canvas: Canvas) -> None:
        photo_of(pictures.page(PRINTED))(canvas)
        for index, line in enumerate(SENTENCES):
            hidden = canvas.beginText(20, SIZE[1] - 51 - 16 * index)  # a little off, as they are
            hidden.setTextRenderMode(3)
            hidden.textOut(line)
            canvas.drawText(hidden)

    noise = np.random.default_rng(1).integers(0, 256, (200, 400), np.uint8)
    logo = pictures.page(small_page("AXONA mutuelle"))
    pages = read(drawn(beside(known), beside(photo_of(noise, y=40, height=100)), beside(photo_of(logo)))).pages
    assert [(page.read_by, page.reason) for page in pages] == [("text layer", None)] * 3
    assert [texts(page) for page in pages] == [[*SENTENCES, FOOTER], [FOOTER], [FOOTER]]


@pytest.mark.parametrize(
    "limits", [Limits(ocr_seconds=0.0), Limits(ocr_page_seconds=0.01), Limits(render_pixels=0)], ids=repr
)
def test_a_picture_beside_text_that_nobody_could_read_is_told(limits):
    (page,) = read(drawn(beside(photo_of(pictures.page(PRINTED)))), limits=limits).pages
    assert (page.read_by, page.reason, texts(page)) == ("text layer", "picture_unread", [FOOTER])


def test_a_banner_that_stands_on_every_page_is_looked_at_once():
    banner = pictures.page(PRINTED)[60:280]
    other = banner[:, ::-1].copy()
    draws = [beside(photo_of(sheet, y=60, height=60)) for sheet in (banner, banner, other, banner)]
    pages, _, _ = pdf._read_pages(drawn(*draws), "x.pdf", Limits())
    assert [page.reason for page in pages] == ["picture_unread", None, "picture_unread", None]


def test_a_word_over_the_whole_page_hides_nothing_from_the_recogniser():
    def watermark(canvas: Canvas) -> None:
        photo_of(pictures.page(PRINTED))(canvas)
        canvas.saveState()
        canvas.setFillAlpha(0.07)
        canvas.rotate(25)
        canvas.setFont("Helvetica", 40)
        canvas.drawString(70, 0, "SPECIMEN")
        canvas.restoreState()

    (page,) = read(drawn(beside(watermark))).pages
    assert set(SENTENCES) <= set(texts(page))


def test_a_picture_with_typed_answers_beside_it_gives_none_of_them_away():
    def form_on_a_scan(canvas: Canvas) -> None:
        photo_of(pictures.page(PRINTED))(canvas)
        canvas.acroForm.textfield(name="n", value="MARTINEAU", x=20, y=25, width=120, height=20, fontSize=11)

    (page,) = read(drawn(beside(form_on_a_scan))).pages
    assert texts(page) == [FOOTER, *SENTENCES]


def test_a_page_too_large_to_be_drawn_as_it_is_keeps_its_measure():
    """Some programs take the pixels of a photo for points."""
    sheet = pictures.page(drawn(text_page(*SENTENCES)), dpi=150)
    high, wide = sheet.shape
    data = drawn(photo_of(sheet, width=wide, height=high), size=(wide, high))
    (page,) = read(data, limits=Limits(render_pixels=2_000_000)).pages
    assert (page.width, page.height) == pytest.approx((wide, high), abs=2)
    assert texts(page) == list(SENTENCES)
    assert sum(ink(pictures.image(sheet, "PNG"), page, line) for line in page.lines) > 0.95


SCRAMBLED = "Mf nêefdjo dpotfjm sfçpju mft qjèdft tpvt qmj gfsné"


def lying(sheet: np.ndarray | None, lines: int = 5):
    """Return what draws a picture of a page under a text layer that says something else."""

    def draw(canvas: Canvas) -> None:
        canvas.setPageSize(SIZE)
        if sheet is not None:
            canvas.drawInlineImage(Image.fromarray(sheet), 0, 0, *SIZE)
        hidden = canvas.beginText(20, 100)
        hidden.setTextRenderMode(3)
        for _ in range(lines):
            hidden.textLine(SCRAMBLED)
        canvas.drawText(hidden)

    return draw


def test_a_text_layer_that_lies_is_not_believed():
    sheet = pictures.page(PRINTED)
    (page,) = read(drawn(lying(sheet), size=SIZE)).pages
    assert (page.read_by, page.reason, texts(page)) == ("ocr", None, list(SENTENCES))
    (page,) = read(drawn(lying(sheet, 20), size=SIZE)).pages  # most of what it says is nowhere on the page
    assert (page.read_by, page.reason, texts(page)) == ("ocr", "garbled_text", list(SENTENCES))


def test_a_text_layer_of_which_nothing_is_printed_is_not_read():
    honest, page = read(drawn(text_page("Lisible"), lying(None))).pages
    assert (honest.read_by, honest.reason) == ("text layer", None)
    assert (page.read_by, page.reason) == ("unread", "garbled_text")


@pytest.mark.parametrize(
    "limits", [Limits(ocr_seconds=0.0), Limits(ocr_page_seconds=0.01), Limits(render_pixels=0)], ids=repr
)
def test_an_odd_text_layer_that_nobody_could_compare_with_its_picture_is_kept_and_never_clean(limits):
    """A list of names, say, after the time for scans is over."""
    data = drawn(text_page("Lisible"), lying(pictures.page(PRINTED)))
    honest, page = read(data, limits=limits).pages
    assert (honest.read_by, honest.reason) == ("text layer", None)
    assert (page.read_by, page.reason) == ("text layer", "text_unsure")
    assert {line.text for line in page.lines} == {SCRAMBLED}


def test_a_page_that_is_kept_in_doubt_is_told_in_the_report(monkeypatch):
    monkeypatch.setattr(pdf, "recognise", lambda jobs, limits: {n: ocr.unread_page(n, "limit_reached") for n in jobs})
    told = {unread.code: unread.message for unread in analyze(drawn(text_page(*NAMES)), name="liste.pdf").unread}
    assert told["text_unsure"] == messages("fr")["unread.text_unsure"].format(pages="page 1")


def test_a_picture_whose_words_are_scrambled_too_makes_no_page_clean():
    sheet = pictures.page(small_page(*["Xjhkw qzvbp fghwx kjvqz wxbcd pfghj zkqm vbxw"] * 6))
    _, page = read(drawn(text_page("Lisible"), lying(sheet))).pages
    assert (page.read_by, page.reason) == ("unread", "garbled_text")


def judged(text: str) -> bool:
    """Return whether a page on which this text stands ten times would be taken for scrambled."""
    assert len(text.split()) >= 4
    return ocr.looks_garbled(
        build_lines([[(word, 0, 0, 1, 10, 0) for word in text.split()]] * 10, [(10, False, True, "")])
    )


@pytest.mark.parametrize(
    "text",
    [
        "Article Assurance Avenant Bénéficiaire Capital Cotisation Délai Exclusion Franchise Garantie",
        "Hospital treatment Dental care Maternity cover Emergency transport Vaccinations Prescriptions",
        "Krankenhaus Zahnersatz Brillengläser Vorsorgeuntersuchung Schutzimpfungen Reiseversicherung",
        "Ziekenhuis Tandarts Brillen Vaccinaties Spoedvervoer Kraamzorg Geneesmiddelen Huisarts",
        "Ricovero Odontoiatria Occhiali Vaccinazioni Trasporto Maternità Farmaci Specialista",
        "Martin Bernard Thomas Petit Robert Richard Durand Dubois Moreau Laurent Lefebvre Girard",
        "Chambre particulière 45,00 € Prothèse dentaire 300 % BR Lit accompagnant 20,00 € Cure 150 €",
        "if found is None: return [], list(rulings) for row, column in sorted(cells): print(row.at)",
        "The doctor may tell the insurer what the insured person has said.",
        "Der Arzt darf dem Versicherer sagen, was die versicherte Person ihm mitgeteilt hat.",
        "De arts mag de verzekeraar vertellen wat de verzekerde hem heeft gezegd.",
        "Il medico può dire all'assicuratore quello che l'assicurato gli ha detto.",
    ],
)
def test_lists_prices_programs_and_other_languages_are_not_taken_for_scrambled_letters(text):
    assert not judged(text)


def test_scrambled_letters_are_known_whatever_stands_for_what():
    """Elisions leave single letters, which stand for words in one language or another by chance."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    text = " ".join(SENTENCES).lower()
    for step in range(1, 26):
        assert judged(text.translate(str.maketrans(letters, letters[step:] + letters[:step])))
    assert judged(" ".join(text.replace(" ", "")))  # each letter by itself
    assert judged("".join(chr(ord(letter) - 29) if letter > "=" else letter for letter in text))  # no map to Unicode


HONEST = ["Le présent contrat a pour objet de garantir le remboursement du prêt en cas de décès."] * 12
LIE = [sentence.translate(str.maketrans("aeilnorstu", "xqzkwvjhgb")) for sentence in SENTENCES] * 2


def set_in(lines: list[str], family: str = "") -> tuple[Line, ...]:
    style = [(10, False, True, family)]
    return build_lines(
        [[(word, 30 * at, 0, 30 * at + 28, 10, 0) for at, word in enumerate(t.split())] for t in lines], style
    )


def test_scrambled_lines_are_seen_inside_an_honest_page():
    assert ocr.garbled_parts(set_in(HONEST)) == []
    lines = set_in(HONEST[:6] + LIE + HONEST[6:])
    assert not ocr.looks_garbled(lines)
    assert ocr.garbled_parts(lines)


def test_a_font_that_lies_is_seen_though_its_words_stand_between_others():
    styles = [(10, False, True, "honest"), (10, False, True, "lying")]
    lies = " ".join(LIE).split()
    runs = [
        [(word, 30 * at, 0, 30 * at + 28, 10, 0) for at, word in enumerate([*line.split()])]
        + [(lie, 600, 0, 628, 10, 1)]
        for line, lie in zip(HONEST * 5, lies, strict=False)
    ]
    assert ocr.garbled_parts(build_lines(runs, styles))
    assert not ocr.garbled_parts(build_lines(runs, [styles[0]] * 2))


def test_the_honest_half_of_a_page_does_not_vouch_for_the_other():
    page = Page(number=1, width=595, height=842, read_by="text layer", lines=set_in(HONEST + LIE))
    seen = page.model_copy(update={"read_by": "ocr", "lines": set_in(HONEST + list(SENTENCES) * 2)})
    assert pdf._believed(page, seen) is seen
    # What is printed there is as odd: so says the text layer, too; else nobody knows.
    assert pdf._believed(page, page.model_copy(update={"read_by": "ocr"})) is page
    other = seen.model_copy(update={"lines": set_in(HONEST + ["Xjhkw qzvbp fghwx kjvqz wxbcd pfghj zkqm vbxw"] * 5)})
    assert pdf._believed(page, other).reason == "garbled_text"


def test_lines_that_were_left_out_as_noise_lower_the_trust_in_a_page():
    quad = np.zeros((4, 2), np.float32)
    good, bad = (ocr_worker._Text(quad, [("secret", 0.0, 1.0)], sure, 10.0, 0.2) for sure in (0.98, 0.3))
    assert ocr_worker._trust([good, good]) == pytest.approx(0.98)
    assert ocr_worker._trust([good, bad]) == pytest.approx(0.49)


def test_a_sentence_in_letters_that_are_too_small_makes_a_page_doubtful():
    def small_print(size: float) -> tuple:
        def draw(canvas: Canvas) -> None:
            for index, (line, points) in enumerate([(SENTENCES[0], 12), (SENTENCES[1], 12), (SENTENCES[2], size)]):
                canvas.setFont("Helvetica", points)
                canvas.drawString(10, 110 - 20 * index, line)

        return ocr_worker._read(pictures.page(drawn(draw, size=SIZE), dpi=75), 75.0)

    fine, poor = small_print(12), small_print(6)
    assert (fine[0], poor[0]) == ("read", "read")
    assert fine[4] > poor[4] == 0.0


def test_a_tall_picture_is_cut_between_its_lines():
    picture = np.full((2000, 300), 255, np.uint8)
    for top in range(3, 2000, 20):
        picture[top : top + 13, 10:290:3] = 0
    data = pictures.image(picture, "PNG")
    pixels = Limits().image_pixels
    (count,) = ocr_worker.answers(("count", pixels), data)
    pieces = [ocr_worker._frame(data, number, pixels) for number in range(1, count[1] + 1)]
    assert len(pieces) == 3
    assert np.array_equal(np.concatenate(pieces), picture)
    assert all((piece[0] == 255).all() for piece in pieces)
    assert all(600 < len(piece) < 750 for piece in pieces)


def test_a_picture_that_lies_on_its_side_is_cut_as_it_is_shown():
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter
    file = io.BytesIO()
    Image.fromarray(np.full((300, 2000), 255, np.uint8)).save(file, "PNG", exif=exif)
    assert list(ocr_worker.answers(("count", 10**8), file.getvalue())) == [("count", 3)]
    wide = pictures.image(np.full((300, 2000), 255, np.uint8), "PNG")
    assert list(ocr_worker.answers(("count", 10**8), wide)) == [("count", 1)]


@pytest.mark.skipif(os.name != "posix", reason="signals are POSIX only")
def test_a_process_that_the_system_kills_took_too_much():
    worker = Worker("pdf_worker.py", Limits().memory_bytes)
    worker.process.kill()  # as the system does where memory runs out
    with pytest.raises(StoppedError) as stopped:
        next(worker.ask(("read",), b"", lambda: 20.0))
    worker.close()
    assert stopped.value.costly


NAMES = ["Kowalczyk Brzezinski Wojciechowski Szczepanski Grzegorz"] * 10


def test_odd_words_that_stand_on_the_page_are_kept():
    (page,) = read(drawn(text_page(*NAMES))).pages
    assert (page.read_by, page.reason, len(page.lines)) == ("text layer", None, 10)


def test_what_was_read_before_a_limit_is_kept():
    sheet = pictures.page(PRINTED)
    for limits in (Limits(ocr_page_seconds=0.01), Limits(ocr_seconds=0.0)):
        pages = read(pdf_of("Lisible", sheet), limits=limits).pages
        assert [(page.read_by, page.reason) for page in pages] == [
            ("text layer", None),
            ("unread", "limit_reached"),
        ]


def test_nothing_is_fetched_and_nothing_is_written(tmp_path):
    script = """
import socket, sys

def refuse(*_, **__):
    raise AssertionError

socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse
from analyzer.reading import ocr_worker
print([answer[0] for answer in ocr_worker.answers(("page", 200.0), sys.stdin.buffer.read())])
"""
    places = {"HOME": str(tmp_path), "TMPDIR": str(tmp_path), "PYTHONPATH": str(Path(__file__).parents[2])}
    picture = pictures.image(pictures.page(PRINTED), "PNG")
    done = subprocess.run(
        [sys.executable, "-c", script], input=picture, stdout=subprocess.PIPE, cwd=tmp_path, env=os.environ | places
    )
    assert done.stdout.decode().strip() == "['read']"
    assert list(tmp_path.iterdir()) == []


def test_the_report_says_what_was_read_from_a_picture_and_what_badly(monkeypatch):
    data = pdf_of(pictures.page(PRINTED))
    say = messages("fr")
    report = analyze(data, name="scan.pdf")
    assert report.unread == ()
    assert say["note.ocr"].format(pages="page 1") in report.notes
    monkeypatch.setattr(ocr, "_SURE", 1.1)
    (unsure,) = analyze(data, name="scan.pdf").unread
    assert (unsure.code, unsure.message) == ("ocr_unsure", say["unread.ocr_unsure"].format(pages="page 1"))


QUESTIONS = (
    "1. Avez-vous été hospitalisé au cours des cinq dernières années ?",
    "2. Suivez-vous un traitement médical prescrit par un médecin ?",
    "3. Avez-vous été opéré au cours des cinq dernières années ?",
)


def form(canvas: Canvas) -> None:
    """Draw questions, each with two boxes; the first is ticked with No, the second with Yes, the third with nothing."""
    canvas.setFont("Helvetica", 10)
    for row, question in enumerate(QUESTIONS):
        y = 760 - 26 * row
        canvas.drawString(50, y, question)
        for column, answer in enumerate(("Oui", "Non")):
            x = 430 + 60 * column
            canvas.rect(x, y - 1, 8, 8)
            canvas.drawString(x + 12, y, answer)
            if (row, column) == (0, 1):
                canvas.line(x + 1, y, x + 7, y + 6)
                canvas.line(x + 1, y + 6, x + 7, y)
            elif (row, column) == (1, 0):  # by hand, beyond the box
                canvas.line(x + 2, y + 2, x + 4, y - 1)
                canvas.line(x + 4, y - 1, x + 11, y + 11)


@pytest.mark.parametrize(
    "change",
    [
        pictures.scanned,
        lambda page: pictures.skewed(pictures.scanned(page), 1.0),
        lambda page: 255 - 0.6 * (255 - page),
    ],
    ids=["scanned", "askew", "pale"],
)
def test_boxes_of_a_picture_are_found_with_their_state(change):
    found = ocr_worker._boxes(change(pictures.page(drawn(form))).astype(np.uint8), 200.0)
    assert [box[4] for box in sorted(found, key=lambda box: ((box[1] - 60) // 26, box[0]))] == [
        *("empty", "ticked"),
        *("ticked", "empty"),
        *("empty", "empty"),
    ]
    assert all(box[2] - box[0] == pytest.approx(9, abs=1.5) for box in found)


def thick(canvas: Canvas, x: float, y: float) -> None:
    canvas.setLineWidth(2)
    canvas.line(x - 5, y - 5, x + 13, y + 13)
    canvas.line(x - 5, y + 13, x + 13, y - 5)


def pale(canvas: Canvas, x: float, y: float) -> None:
    canvas.setStrokeGray(0.8)
    canvas.line(x + 1, y + 1, x + 7, y + 7)
    canvas.line(x + 1, y + 7, x + 7, y + 1)


@pytest.mark.parametrize(
    ("draw", "state"),
    [(thick, "ticked"), (pale, "unknown"), (lambda canvas, x, y: canvas.circle(x + 4, y + 4, 8), "unknown")],
    ids=["a cross that hides its box", "a pale cross", "a circle around the box"],
)
def test_a_box_that_may_be_ticked_is_not_told_to_be_empty(draw, state):
    def page(canvas: Canvas) -> None:
        for row in range(3):
            for x in (430, 490):
                canvas.rect(x, 700 - 26 * row, 8, 8)
        draw(canvas, 430, 700)

    found = ocr_worker._boxes(pictures.scanned(pictures.page(drawn(page))), 200.0)
    assert [box[4] for box in sorted(found, key=lambda box: (round(box[1] / 26), box[0]))] == [state, *["empty"] * 5]


def test_a_figure_in_a_frame_is_no_ticked_box():
    frame = Mark("tick", 50.0, 10.0, 62.0, 22.0, "ticked")
    yes, no = (Mark("tick", x, 10.0, x + 12, 22.0, "empty") for x in (400.0, 460.0))
    answers = [("Oui", 416.0, 10.0, 436.0, 22.0, 0), ("Non", 476.0, 10.0, 496.0, 22.0, 0)]
    figure, cross = ((text, 53.0, 10.0, 59.0, 22.0, 0) for text in ("1", "X"))
    assert ocr._marks([frame, yes, no], [figure, *answers]) == [yes, no]
    assert ocr._marks([frame, yes, no], [("1.Avez-vous", 53.0, 10.0, 120.0, 22.0, 0), *answers]) == [yes, no]
    assert ocr._marks([frame, yes, no], [cross, *answers]) == [frame, yes, no]
    assert ocr._beside([yes, no], [figure]) == [figure]


def test_squares_for_the_letters_of_a_date_are_no_boxes():
    squares = [Mark("tick", 300.0 + 16 * at, 10.0, 312.0 + 16 * at, 22.0, "ticked") for at in range(8)]
    apart = [Mark("tick", 300.0 + 40 * at, 40.0, 312.0 + 40 * at, 52.0, "empty") for at in range(3)]
    assert ocr._marks([*squares, *apart], []) == apart


def test_a_box_is_empty_only_where_the_box_of_the_other_answer_was_found():
    yes, no = (Mark("tick", x, 10.0, x + 8, 18.0, "empty") for x in (430.0, 490.0))
    words = [("Oui", 442.0, 8.0, 460.0, 20.0, 0), ("□Non", 490.0, 8.0, 520.0, 20.0, 0)]
    assert [mark.state for mark in ocr._marks([yes, no], words)] == ["empty", "empty"]
    for seen in (words, words[1:]):
        assert [mark.state for mark in ocr._marks([no], seen)] == ["unknown"]
    circled = [yes._replace(state="unknown"), no]
    assert [mark.state for mark in ocr._marks(circled, words)] == ["unknown", "unknown"]
    ticked = [yes._replace(state="ticked"), no]
    assert ocr._marks(ticked, words) == ticked


@pytest.mark.parametrize("bold", [False, True])
@pytest.mark.parametrize("size", [8, 10, 12, 16])
def test_letters_are_no_boxes(bold, size):
    def letters(canvas: Canvas) -> None:
        canvas.setFont("Helvetica-Bold" if bold else "Helvetica", size)
        for row, text in enumerate(
            ["ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz", "0123456789 8B0DOQ [] ()"]
        ):
            canvas.drawString(50, 700 - 30 * row, text)

    for dpi in (150, 200, 300):
        assert ocr_worker._boxes(pictures.page(drawn(letters), dpi=dpi), dpi) == []


def test_what_looks_ticked_is_no_box_where_none_of_its_size_is_empty():
    def squares(canvas: Canvas) -> None:
        for column in range(3):
            canvas.rect(50 + 30 * column, 700, 8, 8, fill=1)
        canvas.rect(50, 600, 12, 12)

    (only,) = ocr_worker._boxes(pictures.page(drawn(squares)), 200.0)
    assert (only[2] - only[0], only[4]) == (pytest.approx(13, abs=1), "empty")


def test_the_boxes_of_a_scanned_questionnaire_answer_its_questions():
    report = analyze(pdf_of(pictures.scanned(pictures.page(drawn(form)))), name="scan.pdf", use_encoder=False)
    (page,) = report.document.pages
    assert [line.text for line in page.lines if "?" in line.text] == list(QUESTIONS)
    assert not any(ocr._BOXES & set(line.text) for line in page.lines)
    states = {finding.passage.number: finding.passage.answer for finding in report.findings}
    assert states == {"1": "ticked", "2": "ticked", "3": "empty"}


def test_a_box_that_was_taken_for_a_letter_is_none():
    marks = [Mark("tick", 100.0, 10.0, 110.0, 20.0, "empty")]
    run = [
        ("santé ?", 10.0, 9.0, 60.0, 21.0, 0),
        ("□Oui", 99.0, 9.0, 130.0, 21.0, 0),
        ("□Non", 150.0, 9.0, 180.0, 21.0, 0),
    ]
    assert ocr._beside(marks, run) == [run[0], ("Oui", 110.0, 9.0, 130.0, 21.0, 0), run[2]]
    assert ocr._beside(marks, [("X", 101.0, 9.0, 109.0, 21.0, 0), ("O□", 90.0, 9.0, 111.0, 21.0, 0)]) == [
        ("O", 90.0, 9.0, 100.0, 21.0, 0)
    ]


@pytest.mark.long
@pytest.mark.parametrize("name", ["pret_immobilier_notice", "questionnaire_emprunteur"])
def test_findings_survive_the_scanner_and_the_telephone(name):
    from benchmarks.ocr import as_photos, as_scan, surviving, told

    (path,) = (path for path in samples() if path.stem == name)
    data = path.read_bytes()
    wanted = told(analyze(data, name="a.pdf"))
    for made, share in ((as_scan(data), 0.9), (as_photos(data), 0.75)):
        assert len(surviving(wanted, told(analyze(made, name="a")))) >= share * len(wanted)
