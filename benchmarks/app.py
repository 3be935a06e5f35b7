"""The page in a real browser: seconds from upload to the first card, and memory after ten uploads.

    python benchmarks/app.py [--pages 14 60] [--uploads 10]

Needs Chromium. The documents are those of ``run.py``. The first upload of all also loads the models.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from documents import dense_pdf
from playwright.sync_api import Page, sync_playwright

from analyzer.knowledge import messages

PORT = 8599
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
SAY = messages("fr")


def resident_mb(process: int) -> float:
    """Memory of a process that is not shared out to disk, in MB."""
    fields = Path(f"/proc/{process}/status").read_text().split()
    return int(fields[fields.index("VmRSS:") + 1]) / 1024


def upload(page: Page, path: Path) -> float:
    """Seconds from an upload to its first card; the document is erased afterwards."""
    page.wait_for_function("document.querySelectorAll('input[type=file]').length === 1")
    chooser = page.locator("input[type=file]")
    begin = time.perf_counter()
    chooser.set_input_files(path)
    page.locator("article.card").first.wait_for()
    seconds = time.perf_counter() - begin
    page.get_by_role("button", name=SAY["app.forget"]).click()
    page.get_by_text(SAY["app.try"]).wait_for()
    return seconds


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--pages", type=int, nargs="*", default=[14, 60])
    parser.add_argument("--uploads", type=int, default=10)
    options = parser.parse_args()
    command = [sys.executable, "-c", "from analyzer.interface.cli import main; main()"]
    with tempfile.TemporaryDirectory() as folder:
        server = subprocess.Popen(
            [*command, "app", "--port", str(PORT), "--no-browser"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            for _ in range(200):
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{PORT}/_stcore/health", timeout=1)
                    break
                except OSError:
                    time.sleep(0.2)
            with sync_playwright() as play:
                browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
                page = browser.new_page()
                page.set_default_timeout(180_000)
                page.goto(f"http://127.0.0.1:{PORT}")
                for pages in options.pages:
                    path = Path(folder) / f"dense-{pages}.pdf"
                    dense_pdf(path, pages)
                    print(f"{pages} pages, first time: {upload(page, path):.1f} s", flush=True)
                    print(f"{pages} pages, again:      {upload(page, path):.1f} s", flush=True)
                small = Path(folder) / f"dense-{options.pages[0]}.pdf"
                for number in range(options.uploads):
                    upload(page, small)
                    if number in (0, options.uploads - 1):
                        print(f"after {number + 1} more uploads: {resident_mb(server.pid):.0f} MB", flush=True)
                browser.close()
        finally:
            server.kill()
            server.wait()


if __name__ == "__main__":
    main()
