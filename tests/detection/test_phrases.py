import pytest

from analyzer.detection.phrases import FAR, NEAR, Element, parse


def test_a_space_is_near_and_dots_are_far():
    (run,) = parse("{insurer} {may} ... {request|demand}").runs
    assert run == (
        Element(("insurer",), "absent", NEAR),
        Element(("may",), "absent", NEAR),
        Element(("request", "demand"), "absent", FAR),
    )


def test_marks_say_whether_words_must_be_negated():
    (run,) = parse("!{bound} ~{secrecy}").runs
    assert [element.negation for element in run] == ["required", "any"]


def test_ampersand_joins_runs_in_any_order():
    assert len(parse("{a} {b} & {c}").runs) == 2


def test_a_list_may_leave_out_the_words_of_another():
    phrase = parse("{doctor-insurer_doctor} {tell}")
    assert phrase.runs[0][0] == Element(("doctor",), "absent", NEAR, ("insurer_doctor",))
    assert phrase.lists == {"doctor", "insurer_doctor", "tell"}


def test_a_plain_word_is_a_list_of_its_own():
    assert parse("{a} juger").lists == {"a", '"juger"'}


@pytest.mark.parametrize("source", ["", "{a} &", "{a", "{A}", "& {a}"])
def test_what_cannot_be_read_is_refused(source):
    with pytest.raises(ValueError, match="phrase"):
        parse(source)
