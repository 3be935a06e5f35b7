"""The reader's own PDF with highlights and notes: on the words, over any page, and all else kept."""

import io

import pdfplumber
import pypdf
import pypdfium2
import pytest
from pdfminer.pdftypes import resolve1
from reportlab.pdfgen.canvas import Canvas

from analyzer.errors import NotAnnotatable
from analyzer.knowledge import messages
from analyzer.reporting.annotated_pdf import to_annotated_pdf
from analyzer.schema import Box
from tests.pdfs import assembled, drawn, stream, text_page, written
from tests.reporting.build import finding, passage, report
from tests.samples import FOLDER
from tests.samples import report as sample_report

FR = messages("fr")
#: Words drawn at x 50 to about 230, baseline 100 points below the top.
WORDS = "Vous renoncez au secret de vos données."
BOX = Box(page=1, x0=50, top=90, x1=230, bottom=103)


def marked(*findings, media_type="application/pdf"):
    whole = report(*findings)
    return whole.model_copy(update={"document": whole.document.model_copy(update={"media_type": media_type})})


def on(box, label="a", **more):
    """A finding whose words stand in ``box``."""
    found = finding(label, passage(1, "mots", boxes=(box,)), "mots", **more)
    return found.model_copy(update={"evidence": (found.evidence[0].model_copy(update={"boxes": (box,)}),)})


def annotations(data, page=0):
    found = pypdf.PdfReader(io.BytesIO(data)).pages[page].get("/Annots") or []
    return [item.get_object() for item in found]


def highlights(data, page=0):
    return [item for item in annotations(data, page) if item["/Subtype"] == "/Highlight"]


def coloured(data, page=0, scale=1):
    """The box (pixels) of everything on the page that is neither white, grey nor black; and its picture."""
    picture = pypdfium2.PdfDocument(data)[page].render(scale=scale).to_pil().convert("RGB")
    picture.paste((255, 255, 255), (0, 0, 30, 30))  # the note
    saturation = picture.convert("HSV").getchannel("S").point(lambda value: 255 * (value > 40))
    return saturation.getbbox(), picture


def rectangles(data):
    """What a second library says: by page and name, the rectangle from the top left of each highlight."""
    found = {}
    with pdfplumber.open(io.BytesIO(data)) as made:
        for page in made.pages:
            for item in map(resolve1, resolve1(page.page_obj.attrs.get("Annots")) or ()):
                if "QuadPoints" in item:
                    x0, bottom, x1, top = item["Rect"]
                    name = item["NM"].decode("ascii")
                    found[page.page_number, name] = (x0, page.height - top, x1, page.height - bottom)
    return found


@pytest.mark.parametrize("name", ["pret_immobilier_notice", "questionnaire_emprunteur"])
def test_every_finding_has_a_highlight_on_its_words(name):
    told = sample_report(name)
    data = to_annotated_pdf(told, (FOLDER / f"{name}.pdf").read_bytes())
    wanted = {}
    for part in told.findings:
        for box in (box for proof in part.evidence for box in proof.boxes):
            if part.polarity != "neutral":
                wanted.setdefault((box.page, f"sceau-{part.id}-{box.page}"), []).append(box)
    shown = rectangles(data)
    assert shown.keys() == wanted.keys()
    for where, (x0, top, x1, bottom) in shown.items():
        assert x0 >= min(box.x0 for box in wanted[where]) - 0.1
        assert top >= min(box.top for box in wanted[where]) - 0.1
        assert x1 <= max(box.x1 for box in wanted[where]) + 0.1
        assert bottom <= max(box.bottom for box in wanted[where]) + 0.1
    for number in range(len(told.document.pages)):
        for item in annotations(data, number):
            assert item["/AP"]["/N"].get_object().get_data(), "for readers that draw nothing themselves"


def test_a_note_says_how_serious_it_is_what_the_law_is_and_what_to_do():
    safe = on(BOX.model_copy(update={"top": 300, "bottom": 312}), "c", polarity="safeguard", severity=None)
    low = BOX.model_copy(update={"top": 200, "bottom": 212})
    data = to_annotated_pdf(
        marked(on(BOX, severity="high", legal_state="forbidden"), on(low, "b", decision="to_check"), safe),
        drawn(text_page(WORDS)),
    )
    notes = {item["/T"]: item["/Contents"] for item in annotations(data)}
    assert set(notes) == {
        "Sceau · ▲ Important",
        "Sceau · ◆ À regarder · À vérifier",
        "Sceau · ✓ Ce qui vous protège",
        "Sceau",
    }
    note = notes["Sceau · ▲ Important"]
    for words in ("Titre de a", "Interdit", "Ce que a veut dire.", "– Demandez pour a.", FR["confidence.rule"]):
        assert words in note
    assert notes["Sceau"] == FR["export.note.cover"]
    assert len({tuple(item["/C"]) for item in highlights(data)}) == 3


def test_where_nothing_says_which_words_the_passage_is_highlighted():
    data = to_annotated_pdf(marked(finding("a", passage(1, boxes=(BOX,)))), drawn(text_page(WORDS)))
    (item,) = highlights(data)
    assert [float(edge) for edge in item["/Rect"]] == pytest.approx([50, 842 - 103, 230, 842 - 90])


def test_two_pages_two_highlights_two_lines_one():
    boxes = (BOX, BOX.model_copy(update={"top": 110, "bottom": 122}), BOX.model_copy(update={"page": 2}))
    data = to_annotated_pdf(
        marked(finding("a", passage(1, boxes=boxes))), drawn(text_page(WORDS, "suite"), text_page(WORDS))
    )
    assert [len(item["/QuadPoints"]) for page in (0, 1) for item in highlights(data, page)] == [16, 8]


def test_colours_do_not_mix():
    """The most serious keeps its colour; another has the words left over, or underlines them."""
    wide = BOX.model_copy(update={"x0": 20, "x1": 300})
    data = to_annotated_pdf(
        marked(on(wide, "b", severity="low"), on(BOX, "a", severity="high"), on(BOX, "c", severity="medium")),
        drawn(text_page(WORDS)),
    )
    kinds = {item["/NM"]: (item["/Subtype"], len(item.get("/QuadPoints", ()))) for item in annotations(data)}
    assert kinds["sceau-a-p1-1"] == ("/Highlight", 8)
    assert kinds["sceau-b-p1-1"] == ("/Highlight", 16)
    assert kinds["sceau-c-p1-1"] == ("/Underline", 8)


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
@pytest.mark.parametrize("crop", [b"", b"/CropBox [40 60 500 700]"])
def test_highlights_stand_on_the_words_of_turned_and_cropped_pages(turn, crop):
    """The boxes that Sceau reads are those it highlights: each highlight covers the ink of its words."""
    from analyzer.reading.pdf import read_pdf

    content = b"BT /F 14 Tf 100 400 Td (secret) Tj ET"
    data = written(content, page=b"/Rotate %d %s" % (turn, crop))
    (line,) = read_pdf(data, "x.pdf")[0][0].lines
    box = Box(page=1, x0=line.x0, top=line.top, x1=line.x1, bottom=line.bottom)
    made = to_annotated_pdf(marked(on(box)), data)
    colour, _ = coloured(made)
    ink = (
        pypdfium2.PdfDocument(data)[0].render(scale=1).to_pil().convert("L").point(lambda v: 255 * (v < 128)).getbbox()
    )
    assert colour is not None
    assert colour == pytest.approx((box.x0, box.top, box.x1, box.bottom), abs=2)
    assert colour[0] <= ink[0] + 1 and colour[1] <= ink[1] + 1 and colour[2] >= ink[2] - 1 and colour[3] >= ink[3] - 1


def test_what_the_file_held_is_kept():
    def form(canvas: Canvas) -> None:
        canvas.drawString(50, 742, WORDS)
        canvas.linkURL("https://example.org/", (50, 600, 100, 620))
        canvas.acroForm.checkbox(name="oui", checked=True, x=50, y=500)
        canvas.bookmarkPage("a")
        canvas.addOutlineEntry("Signet", "a")

    made = pypdf.PdfReader(io.BytesIO(to_annotated_pdf(marked(on(BOX)), drawn(form))))
    kinds = [item.get_object()["/Subtype"] for item in made.pages[0]["/Annots"]]
    assert sorted(kinds) == ["/Highlight", "/Link", "/Text", "/Widget"]
    assert made.get_fields()["oui"]["/V"] == "/Yes"
    assert [item.title for item in made.outline] == ["Signet"]
    assert WORDS in made.pages[0].extract_text()


def test_a_file_that_opens_without_a_password_stays_encrypted():
    made = pypdf.PdfReader(io.BytesIO(to_annotated_pdf(marked(on(BOX)), drawn(text_page(WORDS), password=""))))
    assert made.is_encrypted
    assert next(item.get_object()["/Contents"] for item in made.pages[0]["/Annots"]).startswith("Titre de a")


def test_a_signature_is_kept_and_said_to_be_worth_nothing_any_more():
    signed = assembled(
        b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /SigFlags 3 /Fields [5 0 R] >> >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Annots [5 0 R] >>",
        stream(b"0 0 10 10 re f"),
        b"<< /Type /Annot /Subtype /Widget /FT /Sig /T (s) /Rect [0 0 0 0] /V 6 0 R >>",
        b"<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /adbe.pkcs7.detached /Contents <00> /ByteRange [0 1 2 3] >>",
    )
    made = to_annotated_pdf(marked(on(BOX)), signed)
    (note,) = [item["/Contents"] for item in annotations(made) if item["/Subtype"] == "/Text"]
    assert FR["export.note.signed"] in note
    assert pypdf.PdfReader(io.BytesIO(made)).get_fields()["s"]["/FT"] == "/Sig"


@pytest.mark.parametrize(
    ("whole", "data"),
    [
        (marked(on(BOX), media_type="text/html"), drawn(text_page(WORDS))),
        (marked(on(BOX)), b"%PDF-1.7 rien"),
        (marked(on(BOX.model_copy(update={"page": 9}))), drawn(text_page(WORDS))),
        (marked(on(BOX)), drawn(text_page(WORDS), password="mot de passe")),
    ],
    ids=["no PDF", "broken", "another file", "locked"],
)
def test_what_cannot_be_written_on_is_an_error_of_its_own(whole, data):
    with pytest.raises(NotAnnotatable):
        to_annotated_pdf(whole, data)
