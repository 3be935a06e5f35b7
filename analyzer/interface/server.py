"""Starts Streamlit on this computer only, with everything that talks to the outside switched off."""

from __future__ import annotations

import sys
import threading
import time
import urllib.error
import urllib.request
import webbrowser
from importlib.resources import as_file, files
from pathlib import Path

from streamlit.web import cli as streamlit

#: The look: fonts of the reader's own system (none is fetched), light or dark as the system is.
THEME = {
    "font": "system-ui, 'Segoe UI', 'Liberation Sans', sans-serif",
    "baseRadius": "0.4rem",
    "light.primaryColor": "#1f4f8f",
    "light.backgroundColor": "#ffffff",
    "light.secondaryBackgroundColor": "#f4f6f9",
    "light.textColor": "#1c2430",
    "light.linkColor": "#1f4f8f",
    "dark.primaryColor": "#93bcf5",
    "dark.backgroundColor": "#12161c",
    "dark.secondaryBackgroundColor": "#1a2029",
    "dark.textColor": "#e7eaf0",
    "dark.linkColor": "#93bcf5",
}
#: What the page is told to leave the encoder out.
NO_ENCODER = "--no-encoder"
#: What the page is told to open a store at once; its path follows.
STORE = "--store"


def arguments(page: str, *, port: int) -> list[str]:
    """Return the arguments of ``streamlit run``.

    By default Streamlit calls a statistics host and looks up its own public address; with these
    settings neither happens. ``headless`` also keeps it from asking for an e-mail address; we open the
    browser ourselves.
    """
    return [
        "run",
        page,
        f"--server.port={port}",
        "--server.headless=true",
        "--server.address=127.0.0.1",
        "--server.fileWatcherType=none",
        "--server.maxUploadSize=100",
        "--browser.gatherUsageStats=false",
        "--browser.serverAddress=127.0.0.1",
        "--client.toolbarMode=minimal",
        "--client.showErrorDetails=none",
        "--global.developmentMode=false",
        *(f"--theme.{name}={value}" for name, value in THEME.items()),
    ]


def serve(*, port: int, open_browser: bool, use_encoder: bool = True, store: Path | None = None) -> None:
    """Serve the page until it is stopped; without ``use_encoder`` the rules decide alone.

    With a ``store``, the page opens it and shows the corpus first.
    """
    if open_browser:
        threading.Thread(target=_open_when_ready, args=(f"http://127.0.0.1:{port}",), daemon=True).start()
    told = [*(() if use_encoder else (NO_ENCODER,)), *((STORE, str(store)) if store else ())]
    with as_file(files("analyzer.interface").joinpath("page.py")) as page:
        sys.argv = ["streamlit", *arguments(str(page), port=port), "--", *told]
        streamlit.main()


def _open_when_ready(address: str, patience: float = 60.0) -> None:
    """Open the browser once the server answers; gives up after ``patience`` seconds."""
    give_up = time.monotonic() + patience
    while time.monotonic() < give_up:
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=1):
                webbrowser.open(address)
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
