"""The document at a glance: a tick for each page, told by a sign and in words."""

import pytest

from analyzer.knowledge import messages
from analyzer.reporting.strip import SIGNS, ticks, to_strip
from analyzer.schema import Page, Unread
from tests.reporting.build import finding, passage, report


def of_pages(*findings, unread=()):
    made = report(*findings)
    pages = tuple(
        Page(number=number, width=595, height=842, read_by="unread", reason="no_text_layer")
        if number in unread
        else Page(number=number, width=595, height=842, read_by="text layer")
        for number in range(1, 6)
    )
    return made.model_copy(update={"document": made.document.model_copy(update={"pages": pages})})


def test_each_page_shows_its_gravest_warning():
    shown = ticks(
        of_pages(
            finding("a", passage(1), severity="low"),
            finding("b", passage(1), severity="high"),
            finding("c", passage(2), severity="high", decision="to_check"),
            finding("d", passage(3), polarity="safeguard"),
            unread=(5,),
        )
    )
    assert [tick.kind for tick in shown] == ["high", "to_check", "quiet", "quiet", "unread"]
    assert shown[0].words == "Page 1 : important, 2 alertes."
    assert shown[2].words == "Page 3 : rien de signalé."


def test_no_two_kinds_share_a_sign():
    assert len(set(SIGNS.values())) == len(SIGNS)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_what_stands_for_sighted_people_stands_in_words_too(lang):
    made = of_pages(finding("a", passage(4), severity="medium"), unread=(2,)).model_copy(update={"lang": lang})
    text = to_strip(made)
    for tick in ticks(made):
        assert tick.words in text
    assert messages(lang)["strip.unread"] in text
    assert text.count("<li") == 5


def test_a_page_in_a_language_that_is_not_read_is_told_as_unread():
    part = Unread(code="language", pages=(2,), message="")
    made = of_pages(finding("a", passage(1))).model_copy(update={"unread": (part,)})
    assert [tick.kind for tick in ticks(made)][:3] == ["medium", "unread", "quiet"]
