"""What each broken or hostile file gets: a document, or one of our own errors; in time, and never a traceback."""

from __future__ import annotations

import os
import time
from collections import Counter
from pathlib import Path

import pytest

from analyzer.errors import SceauError
from analyzer.reading import read
from analyzer.reading.limits import LIMITS
from tests.hostile import FILES
from tests.pdfs import drawn, text_page

REFUSED = {
    "empty": "file_empty",
    "not_a_pdf": "unsupported_format",
    "truncated": "file_damaged",
    "random_after_header": "file_damaged",
    "user_password": "file_locked",
    "image_only": "no_text_layer",
    "blank_pages": "file_empty",
    "dense_page": "limit_reached",
    "garbled_font": "garbled_text",
    "deep_page_tree": "file_damaged",
}
READ = {
    "three_thousand_pages": {"text layer": 1000, "limit_reached": 2000},
    "looped_page_tree": {"text layer": 1, "unreadable": 2},
    "false_page_count": {"text layer": 1},
    "form_that_draws_itself": {"text layer": 1},
    "negative_mediabox": {"text layer": 1},
    "huge_mediabox": {"text layer": 1},
    "flat_mediabox": {"text layer": 1},
}
#: Where the system bounds the memory of a process these end early, elsewhere when their time is over.
COSTLY = {"zip_bomb", "zip_bomb_in_a_zip_bomb", "drawing_bomb", "nested_forms"}
BOUND = LIMITS.seconds + 5


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_files_that_cannot_be_read_get_their_own_error(name: str) -> None:
    started = time.monotonic()
    with pytest.raises(SceauError) as caught:
        read(FILES[name](), f"{name}.pdf")
    assert (caught.value.code, caught.value.name) == (REFUSED[name], f"{name}.pdf")
    assert time.monotonic() - started < BOUND


@pytest.mark.parametrize("name", sorted(READ))
def test_files_that_can_be_read_in_part_are(name: str) -> None:
    pages = read(FILES[name](), name).pages
    assert Counter(page.reason or page.read_by for page in pages) == READ[name]
    assert [page.number for page in pages] == list(range(1, len(pages) + 1))
    assert all(page.width > 0 and page.height > 0 for page in pages)


@pytest.mark.skipif(os.name != "posix", reason="memory is bounded on POSIX only")
@pytest.mark.parametrize("name", sorted(COSTLY))
def test_bombs_are_stopped_and_the_next_file_is_read(name: str) -> None:
    data = FILES[name]()
    started = time.monotonic()
    with pytest.raises(SceauError) as caught:
        read(data, name)
    assert caught.value.code == "limit_reached"
    assert time.monotonic() - started < BOUND
    assert read(drawn(text_page("Bonjour"))).pages[0].lines[0].text == "Bonjour"


def test_a_hostile_page_costs_only_itself() -> None:
    pages = read(FILES["hostile_page_among_others"](), "mixte.pdf").pages
    assert [(page.read_by, page.reason) for page in pages] == [
        ("text layer", None),
        ("unread", "limit_reached"),
        ("text layer", None),
    ]


def test_every_file_is_tried() -> None:
    assert {*REFUSED, *READ, *COSTLY, "hostile_page_among_others"} == set(FILES)


THIRD_PARTY = sorted((Path(__file__).parents[3] / "shared" / "robustness").rglob("*.pdf"))


@pytest.mark.long  # many are scans
@pytest.mark.skipif(not THIRD_PARTY, reason="the files of other projects are not here")
def test_files_of_other_projects_are_read_or_refused() -> None:
    outcomes: Counter[str] = Counter()
    for path in THIRD_PARTY:
        started = time.monotonic()
        try:
            outcomes["read"] += any(page.lines for page in read(path).pages)
        except SceauError as error:
            outcomes[error.code] += 1
        assert time.monotonic() - started < BOUND + LIMITS.ocr_seconds, path.name
    assert outcomes["read"] >= 80
    assert outcomes["limit_reached"] == 0
