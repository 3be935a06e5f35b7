"""The page in a real browser, served as ``sceau app`` serves it; neither side talks to anything but 127.0.0.1."""

import io
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from docx import Document
from openpyxl import load_workbook
from pypdf import PdfReader

from analyzer.knowledge import messages
from tests.corpus.build import WAIVER, Said, file, standing, store
from tests.pdfs import drawn, text_page
from tests.samples import FOLDER, report

sync_api = pytest.importorskip("playwright.sync_api")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here")

FR, EN = messages("fr"), messages("en")
PATIENCE = 60.0
ROOT = Path(__file__).parents[2]
#: Chromium itself calls home unless told not to; the sandbox needs rights that containers lack.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
#: Serves the page, and writes down whom the process talks to or looks up.
SERVER = """
import sys, threading, time
place = sys.argv[2] + ".held"
def count():
    from streamlit import runtime
    while True:
        time.sleep(0.2)
        if runtime.exists():
            one = runtime.get_instance()
            uploads = sum(len(files) for files in one.uploaded_file_mgr.file_storage.values())
            media = len(one.media_file_mgr._storage._files_by_id)
            with open(place, "w") as held:
                held.write(f"{uploads} {media}")
threading.Thread(target=count, daemon=True).start()
log = open(sys.argv[2], "a", buffering=1)
watched = {"socket.connect": 1, "socket.sendto": 1, "socket.sendmsg": 1, "socket.getaddrinfo": 0,
           "socket.gethostbyname": 0, "socket.gethostbyaddr": 0, "socket.bind": 1}
sys.addaudithook(lambda event, args: event in watched and print(event, repr(args[watched[event]]), file=log))
from analyzer.interface.server import serve
serve(port=int(sys.argv[1]), open_browser=False)
"""


#: The same, with a document that asks four questions.
ASKING = """
import analyzer.pipeline
from tests.reporting.build import form
analyzer.pipeline.tell = lambda examined, context, lang, **more: form(context=context, lang=lang)
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Serve the page; gives its address, the log of its sockets and its output."""
    yield from serving(tmp_path_factory.mktemp("server"), SERVER)


@pytest.fixture(scope="module")
def asking(tmp_path_factory):
    """Serve the page for a document that asks four questions; gives its address."""
    for address, _, _ in serving(tmp_path_factory.mktemp("asking"), ASKING + SERVER):
        yield address


def serving(folder: Path, script: str):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    talked, said = folder / "talked", folder / "said"
    with said.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-c", script, str(port), str(talked)],
            stdout=output,
            stderr=output,
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        try:
            wait_for(f"http://127.0.0.1:{port}/_stcore/health", process)
            yield f"http://127.0.0.1:{port}", talked, said
        finally:
            process.kill()
            process.wait(10)


def wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    give_up = time.monotonic() + PATIENCE
    while time.monotonic() < give_up:
        try:
            with urllib.request.urlopen(address, timeout=1):
                return
        except OSError:
            pass
        try:
            pytest.fail(f"the server ended with {process.wait(0.2)}")
        except subprocess.TimeoutExpired:
            continue
    pytest.fail("the server did not answer")


@pytest.fixture
def page(server):
    """A fresh visit, and every address that it asks for."""
    with sync_api.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            page = browser.new_page()
            page.set_default_timeout(PATIENCE * 1000)
            asked: list[str] = []
            page.on("request", lambda request: asked.append(request.url))
            page.on("websocket", lambda wire: asked.append(wire.url))
            page.goto(server[0])
            yield page, asked
        finally:
            browser.close()


def upload(page, *paths: Path) -> None:
    """Give documents to the first view, and wait for the report of the first one."""
    chooser = page.locator("input[type=file]")
    chooser.wait_for(state="attached")
    chooser.set_input_files(list(paths))
    page.get_by_role("heading", level=1, name=paths[0].name).wait_for()


def go(page, name: str) -> None:
    """Go to a view or a part of the report, and wait until it is drawn."""
    page.get_by_role("radio", name=name).click()
    settled(page)


def settled(page) -> None:
    """Wait until the page has been drawn to its end."""
    page.wait_for_function("!document.querySelector('[data-stale=true]')")
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()


def download(page, name: str, folder: Path) -> bytes:
    """Take a file away, as a person does; returns what was saved."""
    with page.expect_download() as waiting:
        page.get_by_role("button", name=name, exact=True).click()
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path.read_bytes()


def test_from_worry_to_a_letter(page, server, tmp_path):
    """Upload, read, see in place, choose, take every file away, write a letter, erase; nothing leaves the computer."""
    page, asked = page
    _, talked, said = server
    name = "mutuelle_reglement"
    upload(page, FOLDER / f"{name}.pdf")
    page.get_by_text(report(name).summary.sentence).wait_for()
    card = page.locator("article.card").first
    card.wait_for()
    settled(page)
    assert card.locator("mark").count() > 0
    assert card.get_by_text(FR["report.advice"]).first.is_visible()
    sheet = card.locator(".picture img").bounding_box()
    for frame in card.locator(".picture .words").all():
        box = frame.bounding_box()
        assert sheet["x"] <= box["x"] + 3 and box["y"] + box["height"] <= sheet["y"] + sheet["height"] + 3

    everything = page.locator("article.card").count()
    page.get_by_text(FR["app.filter"]).click()
    page.get_by_role("button", name=f"▲ {FR['severity.high']}").click()
    sync_api.expect(page.locator("article.card")).not_to_have_count(everything)
    settled(page)
    assert page.locator("article.card").count() > 0

    go(page, FR["app.section.files"])
    annotated = PdfReader(io.BytesIO(download(page, FR["app.files.annotated"], tmp_path)))
    notes = [note.get_object() for leaf in annotated.pages for note in leaf.get("/Annots", ())]
    assert sum(note["/Subtype"] == "/Highlight" for note in notes) >= 9
    told = PdfReader(io.BytesIO(download(page, FR["app.files.pdf"], tmp_path)))
    assert FR["report.warnings"] in " ".join(leaf.extract_text() for leaf in told.pages)
    assert "<html" in download(page, FR["app.files.html"], tmp_path).decode()
    assert any(
        FR["report.warnings"] in paragraph.text
        for paragraph in Document(io.BytesIO(download(page, FR["app.files.docx"], tmp_path))).paragraphs
    )
    assert load_workbook(io.BytesIO(download(page, FR["app.files.xlsx"], tmp_path))).worksheets[0].max_row > 9
    content = json.loads(download(page, FR["app.files.json"], tmp_path))
    assert content["document"]["name"] == f"{name}.pdf"

    go(page, FR["app.section.letters"])
    text = page.get_by_label(FR["app.letters.text"])
    sync_api.expect(text).to_have_value(re.compile("Madame, Monsieur,"))
    # Straight from the field to the file: the first click hands over what was typed, the second has it in the file.
    text.fill(text.input_value().replace("[Votre nom]", "Camille Roux"))
    button = page.get_by_role("button", name=FR["app.letters.docx"]).bounding_box()
    page.mouse.click(button["x"] + button["width"] / 2, button["y"] + button["height"] / 2)
    letter = Document(io.BytesIO(download(page, FR["app.letters.docx"], tmp_path)))
    assert any("Camille Roux" in paragraph.text for paragraph in letter.paragraphs)
    written = PdfReader(io.BytesIO(download(page, FR["app.letters.pdf"], tmp_path))).pages[0].extract_text()
    assert "Camille Roux" in written

    page.get_by_role("button", name=FR["app.forget"]).click()
    page.get_by_text(FR["app.try"]).wait_for()
    assert page.locator("article.card").count() == 0
    wait_until(lambda: talked.with_name("talked.held").read_text() == "0 0", "the framework holds something still")

    hosts = {urlsplit(url).hostname for url in asked if urlsplit(url).scheme not in ("data", "blob")}
    assert hosts == {"127.0.0.1"}
    assert any(url.startswith("ws:") for url in asked), "the log sees the connection that carries the document"
    events = talked.read_text().splitlines()
    assert any(line.startswith("socket.bind ('127.0.0.1'") for line in events), "the log sees the server's own socket"
    assert not [line for line in events if not mentions_only_this_computer(line)]
    assert "médic" not in said.read_text("utf-8"), "the document is not in the log"
    assert "Roux" not in said.read_text("utf-8")


def wait_until(condition, otherwise: str) -> None:
    give_up = time.monotonic() + PATIENCE / 3
    while not condition():
        if time.monotonic() > give_up:
            pytest.fail(otherwise)
        threading.Event().wait(0.1)


def mentions_only_this_computer(line: str) -> bool:
    """Whether an event of the log names a loopback address, no address, or a path (a Unix socket)."""
    return any(name in line for name in ("'127.0.0.1'", "'localhost'", "'::1'", " None", " '/", " b'\\x00", " ''"))


def test_an_upload_is_erased_with_its_error(page):
    page, _ = page
    chooser = page.locator("input[type=file]")
    chooser.wait_for(state="attached")
    chooser.set_input_files({"name": "faux.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 rien"})
    page.get_by_text("« faux.pdf »").wait_for()
    page.get_by_role("button", name=FR["sample.mutuelle_reglement"]).click()
    page.get_by_text(report("mutuelle_reglement").summary.sentence).wait_for()
    assert page.get_by_text("« faux.pdf »").count() == 0


def test_what_is_no_pdf_or_too_large_is_refused_with_a_sentence(page, tmp_path):
    page, _ = page
    path = tmp_path / "enorme.pdf"
    with path.open("wb") as file:
        file.truncate(101 * 1024 * 1024)
    chooser = page.locator("input[type=file]")
    chooser.wait_for(state="attached")
    for given in (path, {"name": "jeu.exe", "mimeType": "application/octet-stream", "buffer": b"rien"}):
        chooser.set_input_files(given)
    sentences = page.locator("[data-testid=stFileChip] [role=alert]")
    sync_api.expect(sentences).to_have_text([FR["app.upload_refused"]] * 2)


def test_reading_can_be_cancelled(page):
    """A click lets go of the document at once, and the next one is read."""
    page, _ = page
    chooser = page.locator("input[type=file]")
    chooser.wait_for(state="attached")
    chooser.set_input_files(FOLDER / "prevoyance_groupe_notice.pdf")
    page.get_by_role("button", name=FR["app.cancel"]).click()
    page.get_by_text(FR["app.try"]).wait_for()
    page.get_by_role("button", name=FR["sample.mutuelle_reglement"]).click()
    page.get_by_text(report("mutuelle_reglement").summary.sentence).wait_for()


def test_a_reviewer_decides_with_the_keyboard(page, tmp_path):
    page, _ = page
    upload(page, FOLDER / "mutuelle_reglement.pdf")
    settled(page)
    go(page, FR["app.view.review"])
    page.get_by_role("textbox", name=FR["app.review.file"]).fill(str(tmp_path / "decisions.duckdb"))
    page.keyboard.press("Tab")
    settled(page)
    page.get_by_role("button", name=FR["app.review.open"], exact=True).click()
    findings = [finding for finding in report("mutuelle_reglement").findings if finding.polarity != "neutral"]
    total = len(findings)
    page.get_by_text(FR["app.review.progress"].format(decided=0, total=total)).wait_for()
    sync_api.expect(page.get_by_role("button", name=FR["app.review.accept"])).to_be_enabled()
    settled(page)
    for number in range(total):
        page.mouse.click(3, 3)
        page.keyboard.press("x" if number == 1 else "a")
        page.get_by_text(FR["app.review.progress"].format(decided=number + 1, total=total)).wait_for()
        settled(page)
    assert page.locator("table.review").get_by_text(FR["app.review.decision.reject"]).count() == 1
    lines = download(page, FR["app.review.export"], tmp_path).decode().splitlines()
    rows = [json.loads(line) for line in lines]
    assert {row["text"] for row in rows} == {finding.passage.text for finding in findings}
    rejected = findings[1]
    (row,) = [row for row in rows if row["text"] == rejected.passage.text]
    assert rejected.label not in row["labels"]


def test_two_editions_stand_side_by_side(page):
    page, _ = page
    go(page, FR["app.view.compare"])
    page.get_by_role("button", name=FR["app.compare.sample"]).click()
    page.locator("ins").first.wait_for()
    assert page.locator("del").count() > 0
    page.get_by_role("button", name=FR["app.compare.again"]).click()
    page.get_by_role("button", name=FR["app.compare.sample"]).wait_for()
    assert page.locator("ins").count() == 0


def test_from_a_store_to_the_clause_on_its_page(page, tmp_path):
    """A store is named; its chart is taken away; a clause is found and shown on the page where it stands."""
    page, asked = page
    paper = FOLDER / "mutuelle_reglement.pdf"
    others = [file(f"{number}.pdf", Said(WAIVER, ("secrecy_waiver",)), insurer="Alpha") for number in range(6)]
    store(tmp_path / "s.duckdb", [standing(paper, Said(WAIVER, ("secrecy_waiver",)), insurer="<i>Aa"), *others])
    go(page, FR["app.view.corpus"])
    page.get_by_role("textbox", name=FR["app.corpus.file"]).fill(str(tmp_path / "s.duckdb"))
    page.keyboard.press("Tab")
    settled(page)
    page.get_by_role("button", name=FR["app.corpus.open"], exact=True).click()
    drawn = page.locator("figure.chart img")
    drawn.wait_for()
    settled(page)
    assert drawn.evaluate("image => image.complete && image.naturalWidth") > 300, "the browser can draw it"
    svg = download(page, FR["app.corpus.svg"], tmp_path)
    assert b"&lt;i&gt;Aa" in svg
    assert download(page, FR["app.corpus.png"], tmp_path).startswith(b"\x89PNG")
    assert "Alpha" in download(page, FR["app.corpus.csv"], tmp_path).decode("utf-8-sig")
    page.get_by_text(FR["app.corpus.table"]).click()
    page.get_by_text(FR["app.corpus.filter"]).click()
    found = barriers(page, "heat")

    go(page, FR["app.corpus.section.search"])
    page.get_by_role("textbox", name=FR["app.corpus.search.words"]).fill("secret medical")
    page.keyboard.press("Enter")
    page.locator("blockquote.wording mark").first.wait_for()
    settled(page)
    page.get_by_role("button", name=FR["app.corpus.clusters.open"]).focus()
    page.keyboard.press("Enter")
    page.locator("article.card .picture img").wait_for()
    settled(page)
    sheet = page.locator(".picture img").bounding_box()
    mark = page.locator(".picture .passage").first.bounding_box()
    assert sheet["y"] <= mark["y"] <= sheet["y"] + sheet["height"]
    found += barriers(page, "clause")
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    go(page, FR["app.corpus.section.heat"])
    drawn.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert not found
    assert {urlsplit(url).hostname for url in asked if urlsplit(url).scheme not in ("data", "blob")} == {"127.0.0.1"}


def test_everything_speaks_english(page):
    page, _ = page
    page.get_by_role("radio", name="English").click()
    page.get_by_role("button", name=EN["sample.mutuelle_reglement"]).click()
    page.locator("article.card").first.wait_for()
    settled(page)
    assert page.evaluate("document.documentElement.lang") == "en"
    french = {text for key, text in FR.items() if text != EN[key]}
    for name in ("warnings", "protections", "letters", "files"):
        go(page, EN[f"app.section.{name}"].partition("{")[0])
        own = page.evaluate(
            "[...document.querySelectorAll('button, label, summary')].map(e => e.innerText.trim()).filter(Boolean)"
        )
        assert own
        assert not french.intersection(own), name


VIEWS = ("warnings", "protections", "letters", "files")


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_no_view_keeps_anybody_out(server, colours):
    """What axe-core finds serious or critical: none, on every view, in the light and in the dark."""
    with sync_api.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            page = browser.new_page(color_scheme=colours)
            page.set_default_timeout(PATIENCE * 1000)
            page.goto(server[0])
            page.get_by_text(FR["app.try"]).wait_for()
            found = barriers(page, "welcome")
            upload(page, FOLDER / "mutuelle_reglement.pdf")
            page.get_by_text(FR["app.situation"], exact=True).click()
            for view in VIEWS:
                go(page, FR[f"app.section.{view}"].partition("{")[0])
                found += barriers(page, view)
            go(page, FR["app.view.review"])
            found += barriers(page, "review")
            go(page, FR["app.view.compare"])
            found += barriers(page, "compare")
            page.get_by_role("button", name=FR["app.compare.sample"]).click()
            page.locator("ins").first.wait_for()
            settled(page)
            found += barriers(page, "compared")
        finally:
            browser.close()
    assert not found


def barriers(page, view: str) -> list[str]:
    """What axe-core finds serious or critical on the page as it is."""
    settled(page)
    return [
        f"{view}: {rule['id']}: {rule['nodes'][0]['html'][:120]}"
        for rule in Axe().run(page).response["violations"]
        if rule["impact"] in ("serious", "critical")
    ]


def test_every_view_fits_a_phone(page):
    page, _ = page
    page.set_viewport_size({"width": 360, "height": 740})
    upload(page, FOLDER / "mutuelle_reglement.pdf")
    for view in VIEWS:
        go(page, FR[f"app.section.{view}"].partition("{")[0])
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), view
    go(page, FR["app.view.review"])
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_text_of_a_document_is_only_text(page, tmp_path):
    """A clause made of HTML and script stands on the page as its characters, and does nothing."""
    page, _ = page
    line = "L'assuré délie ses médecins du secret <img src=x onerror='window.owned=1'>, **tous**."
    path = tmp_path / "<b>piege.pdf"
    path.write_bytes(drawn(text_page(line)))
    chooser = page.locator("input[type=file]")
    chooser.wait_for(state="attached")
    chooser.set_input_files(path)
    page.locator("article.card blockquote").first.wait_for()
    settled(page)
    assert line in page.locator("article.card blockquote").first.inner_text()
    assert page.evaluate("window.owned") is None
    assert page.get_by_role("heading", level=1).inner_text() == path.name


def test_the_report_opens_from_a_file_and_fits_a_phone(tmp_path):
    from analyzer.reporting.html import to_html

    path: Path = tmp_path / "report.html"
    path.write_text(to_html(report("accident_individuel")), "utf-8")
    with sync_api.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            page = browser.new_page(viewport={"width": 360, "height": 740})
            asked: list[str] = []
            page.on("request", lambda request: asked.append(request.url))
            page.goto(path.as_uri())
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
            page.locator("summary").first.click()
            assert page.locator("details[open] p").first.is_visible()
            assert asked == [path.as_uri()]
        finally:
            browser.close()


def test_a_questionnaire_is_examined_with_the_keyboard_alone(asking, tmp_path):
    with sync_api.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            page = browser.new_page()
            page.set_default_timeout(PATIENCE * 1000)
            page.goto(asking)
            page.get_by_role("button", name=FR["sample.mutuelle_reglement"]).click()
            questions = page.locator("article.question")
            questions.first.wait_for()
            assert page.get_by_text(FR["form.answer"]).count() == 4

            examine = page.get_by_role("radio", name=FR["form.view.examiner"])
            examine.focus()
            page.keyboard.press("Space")
            page.get_by_text("4 questions affichées sur 4").wait_for()
            assert page.get_by_role("img", name="1 × Non autorisée").is_visible()
            first = questions.nth(1)
            quote, proposal = first.locator("blockquote").bounding_box(), first.locator(".proposal").bounding_box()
            assert proposal["x"] > quote["x"] + quote["width"], "the proposal stands beside the question"

            page.get_by_role("button", name="Non autorisée (1)").focus()
            page.keyboard.press("Enter")
            page.get_by_text("1 question affichée sur 4").wait_for()
            sync_api.expect(questions).to_have_count(1)
            assert "À supprimer." in questions.first.inner_text()

            download = page.get_by_role("button", name=FR["page.xlsx"])
            download.focus()
            with page.expect_download() as waiting:
                page.keyboard.press("Enter")
            waiting.value.save_as(tmp_path / "table.xlsx")
            assert load_workbook(tmp_path / "table.xlsx").worksheets[0].max_row == 5

            page.set_viewport_size({"width": 360, "height": 740})
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        finally:
            browser.close()
