"""Words looked for: what is found, where it stands in the text as it is shown, and nothing that is only like it."""

import pytest

from analyzer.corpus.search import Place, search, spans, terms
from analyzer.corpus.statistics import Filters
from tests.corpus.build import PLAIN, WAIVER, Said, file, small, store


@pytest.fixture(scope="module")
def held(tmp_path_factory):
    return small(tmp_path_factory.mktemp("corpus") / "small.duckdb")


def found(held, words, **filters):
    return {part for hit in search(held, words, Filters(**filters)) for part in (hit.text[a:b] for a, b in hit.spans)}


@pytest.mark.parametrize(
    "words, expected",
    [
        ("SECRET medical", {"secret", "médical"}),
        ("secr*", {"secret"}),
        ("secre", set()),
        ("ecret", set()),
        ("secret cotisation", set()),
        ('"secret médical"', {"secret médical"}),
        ('"médical secret"', set()),
        ("« pli confid* »", {"pli confidentiel"}),
        ("médecin-conseil", {"médecin-conseil"}),
        ('"medecin conseil', {"médecin-conseil"}),
        ("l’assuré", {"L'assuré"}),
        ("n° 1", {"n", "1"}),
        ("cotisation", {"cotisation"}),
        (".* (", set()),
        ("s.cret", set()),
        ("%", set()),
        ("", set()),
    ],
)
def test_all_words_are_found_whatever_their_accents_and_capitals(held, words, expected):
    assert found(held, words) == expected


def test_a_hit_tells_how_far_it_spread_and_where_it_stands_first(held):
    (hit,) = search(held, "délie secret")
    assert (hit.documents, hit.insurers, hit.labels) == (14, ("Alpha", "Delta"), ("secrecy_waiver",))
    assert hit.first == Place(hit.first.document, "contrat 0.pdf", 1, "alpha/2025/contrat 0.pdf")
    assert [one.documents for one in search(held, "l*")] == sorted(
        (one.documents for one in search(held, "l*")), reverse=True
    )
    assert len(search(held, "l*", limit=2)) == 2


def test_filters_choose_documents_and_findings(held):
    assert [hit.documents for hit in search(held, "secret", Filters(insurers=("Delta",)))] == [2]
    assert [hit.documents for hit in search(held, "secret", Filters(small_print=True))] == [6]
    assert search(held, "secret", Filters(labels=("data_sharing",))) == []
    assert search(held, "cotisation", Filters(labels=("data_sharing",))) == []
    assert [hit.labels for hit in search(held, "cotisation")] == [()]


def test_finds_stand_in_the_text_as_it_is_shown():
    text = "Le mé\u00addecin\u2011conseil e\u0301crit ses œuvres  à  l’ﬁn"
    for words, expected in (
        ("medecin", "mé\u00addecin"),
        ("ecrit", "e\u0301crit"),
        ('"medecin conseil"', "mé\u00addecin\u2011conseil"),
        ("oeuvres", "œuvres"),
        ("fin", "ﬁn"),
    ):
        ((start, end),) = spans(text, terms(words))
        assert text[start:end] == expected


def test_finds_that_overlap_are_one():
    assert spans("du secret médical", terms('secret "secret medical"')) == ((3, 17),)


def test_long_and_strange_words_are_harmless(tmp_path):
    text = f"{'a' * 3000} \x00 \ud800? {WAIVER}".replace("\ud800", "")
    held = store(tmp_path / "s.duckdb", [file("a.pdf", Said(text), Said(PLAIN))])
    for words in ("a" * 3000, "(a+)+$", "\\", "'; DROP TABLE texts; --", "\x00", "*", '""', "[[:alpha:]]"):
        assert isinstance(search(held, words), list)
    assert len(search(held, "a" * 3000)) == 1
