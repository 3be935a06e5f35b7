"""Two years of a corpus, as they are read: the figures first, what is harsher before the rest, nothing that steers."""

from __future__ import annotations

import csv
import io
import json
import unicodedata

import pytest

from analyzer.corpus.changes import years
from analyzer.reporting.corpus_changes import to_csv, to_html, to_json, to_text
from tests.corpus.build import PLAIN, SEALED, SHARING, WAIVER, Said, file, store
from tests.reporting.build import HOSTILE

ODD = "=cmd() " + " ".join(HOSTILE)
WAIVES = Said(WAIVER, ("secrecy_waiver",))
SHARES = Said(SHARING, ("data_sharing",))
PROTECTS = Said(SEALED, ("safe_medical_officer",), severity=None, legal_state=None)
STRICTER = WAIVES._replace(text=WAIVER.replace("répondre", "répondre sans délai"), severity="high")


@pytest.fixture(scope="module")
def held(tmp_path_factory):
    """Alpha: milder. Beta: harsher in two ways. Gamma: the same. Delta: alone, and full of tricks."""
    said = {
        "Alpha": ((SHARES, PROTECTS), (PROTECTS,)),
        "Beta": ((WAIVES, PROTECTS), (STRICTER, PROTECTS, Said(f"{SHARING} {ODD}", ("data_sharing",)))),
        "Gamma": ((WAIVES,), (WAIVES, Said(PLAIN))),
    }
    files = [
        file(f"{insurer}/{year}.pdf", *editions[year - 2025], insurer=insurer, product="Santé", year=year)
        for insurer, editions in said.items()
        for year in (2025, 2026)
    ]
    # Names stand in the store as they are, but no file is called with a slash.
    odd = ODD.replace("/", "")
    files += [file(f"{number} {odd}.pdf", WAIVES, insurer=odd, product=odd, year=2025) for number in range(30)]
    return store(tmp_path_factory.mktemp("changes") / "s.duckdb", files)


@pytest.fixture(scope="module")
def found(held):
    return years(held, 2025, 2026)


def squeezed(pieces):
    """A text without the breaks of its lines."""
    return " ".join("".join(pieces).split())


def test_the_text_counts_then_tells_what_is_harsher_first(found):
    text = squeezed(to_text(found))
    order = [
        "3 documents ont une édition en 2025 et une en 2026.",
        "1 autre document : aucun changement",
        "Beta · Santé",
        "▲ Reformulé Alerte plus grave : Renoncer au secret médical",
        "[+sans délai+]",
        "Alpha · Santé",
        "▼ Supprimé",
        "Seulement en 2025 : 30",
        "et 10 autres",
    ]
    places = [text.find(words) for words in order]
    assert -1 not in places
    assert places == sorted(places)
    assert "Gamma ·" not in text
    assert "Seuls les passages signalés sont comparés" in text


def test_no_text_steers_the_terminal(found):
    text = "".join(to_text(found))
    assert not [char for char in text if unicodedata.category(char) in ("Cc", "Cf") and char != "\n"]
    assert "[bold red]gras[/bold red]" in squeezed([text])


def test_the_page_is_inert_and_its_marks_are_unique(found):
    page = "".join(to_html(found))
    for words in HOSTILE:
        if "<" in words:
            assert words not in page
    assert "&lt;script&gt;" in page
    assert "<script" not in page
    assert "{{ 7 * 7 }}" in page
    marks = [part.split('"')[0] for part in page.split(' id="')[1:]]
    assert len(marks) == len(set(marks)) > 2


def test_a_spreadsheet_takes_nothing_for_a_formula_and_has_a_line_for_each_turn(tmp_path):
    odd = Said(ODD, ("data_sharing",))
    held = store(
        tmp_path / "s.duckdb",
        [
            file("a2025.pdf", PROTECTS, insurer="@Alpha", product="P", year=2025),
            file("a2026.pdf", odd, insurer="@Alpha", product="P", year=2026),
        ],
    )
    rows = list(csv.reader(io.StringIO("".join(to_csv(years(held, 2025, 2026)))), strict=True))
    assert len(rows) == 3
    assert {len(row) for row in rows} == {13}
    assert all(not cell.startswith(("=", "@", "+", "-")) for row in rows for cell in row)
    assert [row[7] for row in rows[1:]] == ["data_sharing", "safe_medical_officer"]
    assert rows[1][12].startswith("'=cmd()")


def test_the_json_holds_all(found):
    told = json.loads("".join(to_json(found)))
    assert told["years"] == [2025, 2026]
    assert told["documents"] == {"compared": 3, "harsher": 1, "milder": 1, "unclear": 0}
    assert len(told["only_old"]) == 30
    assert [one["new"]["insurer"] for one in told["changed"]] == ["Beta", "Alpha"]
    assert [one["new"]["insurer"] for one in told["unchanged"]] == ["Gamma"]
    beta = told["changed"][0]
    assert (beta["effects"]["harsher"], beta["gained"], beta["lost"]) == (2, ["data_sharing"], [])
    assert {"label": "data_sharing", "polarity": "warning", "insurer": "Alpha"}.items() <= told["labels"][1].items()


def test_where_there_is_nothing_to_compare_it_is_said(held):
    text = squeezed(to_text(years(held, 1999, 2000)))
    assert "Aucun document de 1999 n'a d'autre édition en 2000." in text


def test_it_speaks_english(held):
    text = squeezed(to_text(years(held, 2025, 2026, lang="en")))
    assert "3 documents have an edition in 2025 and one in 2026." in text
    assert "Alerte" not in text
