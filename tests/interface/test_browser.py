"""The page in a real browser, served as ``sceau app`` serves it; neither side talks to anything but 127.0.0.1."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from openpyxl import load_workbook

from analyzer.knowledge import messages
from tests.samples import report

sync_api = pytest.importorskip("playwright.sync_api")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here")

FR = messages("fr")
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
import sys
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
analyzer.pipeline.analyze = lambda source, *, context, lang, **more: form(context=context, lang=lang)
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


def test_a_sample_from_click_to_download(page, server, tmp_path):
    page, asked = page
    _, talked, said = server
    page.get_by_role("button", name=FR["sample.mutuelle_reglement"], exact=True).click()
    page.get_by_text(report("mutuelle_reglement").summary.sentence).wait_for()
    card = page.locator("article.card").first
    assert card.locator("mark").count() > 0
    assert card.get_by_text(FR["report.advice"]).first.is_visible()

    page.locator("nav a").first.click()
    assert page.url.rpartition("#")[2] == card.get_attribute("id")

    with page.expect_download() as waiting:
        page.get_by_role("button", name=FR["page.json"]).click()
    waiting.value.save_as(tmp_path / "report.json")
    content = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert content["document"]["name"] == "mutuelle_reglement.pdf"

    page.get_by_role("button", name=FR["page.forget"]).click()
    page.get_by_text(FR["page.or_sample"]).wait_for()
    assert page.locator("article.card").count() == 0

    hosts = {urlsplit(url).hostname for url in asked if urlsplit(url).scheme not in ("data", "blob")}
    assert hosts == {"127.0.0.1"}
    assert any(url.startswith("ws:") for url in asked), "the log sees the connection that carries the document"
    events = talked.read_text().splitlines()
    assert any(line.startswith("socket.bind ('127.0.0.1'") for line in events), "the log sees the server's own socket"
    assert not [line for line in events if not mentions_only_this_computer(line)]
    assert "médic" not in said.read_text("utf-8"), "the document is not in the log"


def mentions_only_this_computer(line: str) -> bool:
    """Whether an event of the log names a loopback address, no address, or a path (a Unix socket)."""
    return any(name in line for name in ("'127.0.0.1'", "'localhost'", "'::1'", " None", " '/", " b'\\x00", " ''"))


def test_an_upload_is_erased_with_its_error(page):
    page, _ = page
    chooser = page.locator("input[type=file]")
    chooser.wait_for(state="attached")
    chooser.set_input_files({"name": "faux.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 rien"})
    page.get_by_text("« faux.pdf »").wait_for()
    page.get_by_role("button", name=FR["sample.habitation_conditions"], exact=True).click()
    page.get_by_text(report("habitation_conditions").summary.sentence).wait_for()
    assert page.get_by_text("« faux.pdf »").count() == 0


def test_the_page_fits_a_phone(page):
    page, _ = page
    page.set_viewport_size({"width": 360, "height": 740})
    page.get_by_role("button", name=FR["sample.accident_individuel"], exact=True).click()
    page.locator("article.card").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


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
            page.get_by_role("button", name=FR["sample.mutuelle_reglement"], exact=True).click()
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
