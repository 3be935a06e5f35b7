from hypothesis import given
from hypothesis import strategies as st

from analyzer.detection.normalise import fold, normalise


def test_hyphens_apostrophes_and_capitals_are_one_wording():
    assert normalise("L’Assuré(e), au MÉDECIN-CONSEIL")[0] == "l'assuré, au médecin conseil"


def test_hyphenation_is_mended():
    assert normalise("secret mé-\ndical")[0] == "secret médical"


def test_ligatures_are_resolved():
    assert normalise("con\ufb01dentiel, cœur")[0] == "confidentiel, coeur"


def test_soft_hyphens_and_odd_spaces():
    assert normalise("mé\u00addecin\u00a0\u2009conseil")[0] == "médecin conseil"


@given(st.text(max_size=400))
def test_every_character_leads_back_into_the_text(text):
    plain, offsets = normalise(text)
    assert len(offsets) == len(plain) + 1
    assert offsets[-1] == len(text)
    assert all(0 <= offset <= len(text) for offset in offsets)
    assert list(offsets) == sorted(offsets)


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyzéàç .,;'", max_size=200))
def test_plain_text_keeps_its_letters_in_place(text):
    plain, offsets = normalise(text)
    for char, offset in zip(plain, offsets, strict=False):
        assert text[offset].lower() == char or text[offset].isspace() == char.isspace()


def test_fold():
    assert fold("Œuvre Médicale") == "oeuvre medicale"
