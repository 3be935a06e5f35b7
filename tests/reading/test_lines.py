"""From words with boxes to lines: offsets, cleaning, cuts."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.reading import pdf_worker
from analyzer.reading.lines import WordBox, build_lines, clean

STYLES = [(10.0, False, True, "arial"), (6.0, True, True, "arial")]


@pytest.mark.parametrize(
    ("printed", "seen"),
    [
        ("con\ufb01dentiel", "confidentiel"),
        ("e\ufb00ectif", "effectif"),
        ("a\ufb03rmer", "affirmer"),
        ("mé\ufffe", "mé-"),
        ("mé\xad", "mé-"),
        ("mé\xaddical", "médical"),
        ("me\u0301dical", "médical"),
        ("mé\u200bdical\ufeff", "médical"),
        ("mé\x02dical", "médical"),
        ("\uf0b7", "•"),
        ("\uf0a8", "☐"),
        ("\ue123", "•"),
        ("a\ue123b", "a\ufffdb"),
        ("l’œuvre", "l’œuvre"),
        ("\u200b", ""),
    ],
)
def test_words_are_cleaned(printed: str, seen: str) -> None:
    assert clean(printed) == seen


ODD = "aéz-'’œ1%\xad\u0301\u200b\ufb01\ufb03\ufffe\uf0b7\ue000\ufffd\x02日"
words = st.text(st.sampled_from(ODD), min_size=1, max_size=8)
placed = st.tuples(words, st.floats(0, 500), st.floats(1, 60), st.floats(0, 3), st.integers(0, 1)).map(
    lambda drawn: (drawn[0], drawn[1], 100 + drawn[3], drawn[1] + drawn[2], 110 + drawn[3], drawn[4])
)


@given(st.lists(st.lists(placed, max_size=12), max_size=6))
def test_words_tile_the_visible_characters_of_their_line(runs: list[list[WordBox]]) -> None:
    lines = build_lines(runs, STYLES)
    for line in lines:
        assert [line.text[word.start : word.end] for word in line.words] == line.text.split(" ")
        assert line.words[0].start == 0
        assert line.words[-1].end == len(line.text)
        assert all(after.start == before.end + 1 for before, after in zip(line.words, line.words[1:], strict=False))
        assert line.x0 == min(word.x0 for word in line.words)
        assert line.x1 == max(word.x1 for word in line.words)
        assert unicodedata.is_normalized("NFC", line.text)
    # No word is lost and none changes place.
    kept = [(clean(word[0]), word[1]) for run in runs for word in run if clean(word[0])]
    assert [(line.text[word.start : word.end], word.x0) for line in lines for word in line.words] == kept


def test_words_on_another_height_begin_a_line() -> None:
    run = [("haut", 0.0, 100.0, 30.0, 110.0, 0), ("bas", 33.0, 108.5, 60.0, 118.5, 0)]
    assert [line.text for line in build_lines([run], STYLES)] == ["haut", "bas"]


def test_an_exponent_stays_in_its_line() -> None:
    run = [
        ("1", 0.0, 100.0, 6.0, 110.0, 0),
        ("er", 7.0, 98.0, 12.0, 104.0, 1),
        ("janvier", 15.0, 100.0, 50.0, 110.0, 0),
    ]
    (line,) = build_lines([run], STYLES)
    assert (line.text, line.font_size, line.bold) == ("1 er janvier", 10.0, False)


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("ABCDEF+Arial-BoldMT", "arial"),
        ("Arial,Italic", "arial"),
        ("ArialMT", "arial"),
        ("TimesNewRomanPS-BoldItalicMT", "timesnew"),
        ("Helvetica-Oblique", "helvetica"),
        ("CamptonBook", "campton"),
        ("CamptonLight", "campton"),
        ("Courier", "courier"),
        ("", ""),
    ],
)
def test_weights_and_slants_of_a_font_are_one_family(name: str, family: str) -> None:
    assert pdf_worker._family(name) == family
