"""Figures: over which documents, of which findings, with which interval, and the same each time."""

from datetime import UTC, datetime

import pytest

from analyzer.corpus.statistics import (
    Filters,
    Size,
    prevalence,
    print_sizes,
    ranking,
    severity_table,
    summary,
    values,
    wilson,
)
from tests.corpus.build import DEATH, PLAIN, QUESTION, SEALED, SHARING, WAIVER, Said, file, small, store

WAIVES = Said(WAIVER, ("secrecy_waiver",))


@pytest.fixture(scope="module")
def held(tmp_path_factory):
    return small(tmp_path_factory.mktemp("corpus") / "small.duckdb")


def shares(held, by, **filters):
    return {share.group: (share.concerned, share.documents) for share in prevalence(held, by, Filters(**filters))}


def decide(held, label, decision, labels=(), reviewer="A", insurer=None):
    """Take the same decision on all findings of a label."""
    with held.writing() as connection:
        connection.execute(
            "INSERT INTO decisions (document, finding, label, text_id, decision, labels, note, reviewer, alike,"
            " decided_at, sceau_version) SELECT document, finding, label, text_id, ?, ?, '', ?, false, ?, '0'"
            " FROM findings JOIN passages USING (document, passage) JOIN documents USING (document)"
            " WHERE label = ? AND (? IS NULL OR insurer = ?)",
            [decision, list(labels), reviewer, datetime.now(UTC).replace(tzinfo=None), label, insurer, insurer],
        )


# ---- intervals -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "count, of, low, high",
    [
        # R. G. Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17, 1998,
        # table I, method 3.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_intervals_are_those_of_the_literature(count, of, low, high):
    assert wilson(count, of) == pytest.approx((low, high), abs=5e-5)


def test_nothing_known_is_everything_possible():
    assert wilson(0, 0) == (0, 1)
    assert wilson(7, 7)[1] == 1


# ---- what is counted -----------------------------------------------------------------------------------


def test_a_label_is_counted_over_the_documents_that_could_have_it(held):
    found = shares(held, ("label",))
    assert found[("secrecy_waiver",)] == (14, 29)
    assert found[("vague_terms",)] == (1, 1)
    assert found[("genetic_data",)] == (0, 29)
    assert ("precise",) not in found


def test_without_a_label_any_warning_counts_and_a_protection_does_not(held):
    assert shares(held, ()) == {(): (21, 30)}
    assert shares(held, ("insurer",)) == {
        ("Alpha",): (12, 12),
        ("Beta",): (6, 10),
        ("Gamma",): (0, 5),
        ("Delta",): (2, 2),
        (None,): (1, 1),
    }


def test_groups_keep_the_order_of_what_was_asked_for(held):
    found = shares(held, ("year", "label", "insurer"), labels=("data_sharing",))
    assert found[(2025, "data_sharing", "Beta")] == (3, 5)
    assert found[(2026, "data_sharing", "Alpha")] == (0, 6)


def test_small_groups_come_last_and_say_so(held):
    found = prevalence(held, ("insurer",))
    assert [share.small for share in found] == [False, False, False, True, True]
    assert found[0].group == ("Alpha",)


@pytest.mark.parametrize(
    "filters, expected",
    [
        ({"insurers": ("Alpha",)}, (12, 12)),
        ({"years": (2025,)}, (6, 11)),
        ({"products": ("Santé",), "years": (2026,)}, (8, 13)),
        ({"countries": ("BE",)}, None),
        ({"kinds": ("questionnaire",)}, None),
        ({"small_print": True}, (6, 29)),
        ({"small_print": False}, (8, 29)),
        ({"severities": ("high",)}, (6, 29)),
        ({"reviewed_only": True}, (0, 29)),
    ],
)
def test_filters_choose_documents_or_findings(held, filters, expected):
    assert shares(held, ("label",), labels=("secrecy_waiver",), **filters).get(("secrecy_waiver",)) == expected


def test_what_is_in_another_language_or_unread_or_doubtful_counts_nowhere(tmp_path):
    held = store(
        tmp_path / "s.duckdb",
        [
            file("a.pdf", WAIVES),
            file("b.pdf", WAIVES, language="nl"),
            file("c.pdf", WAIVES, pages=3, pages_unread=3),
            file("d.pdf", Said(WAIVER, ("secrecy_waiver",), decision="to_check"), pages=3, pages_unread=2),
            file("e.txt", WAIVES, pages=0),
            file("f.pdf", WAIVES, kind="questionnaire", questions=4),
            file("g.pdf", Said(QUESTION, ("vague_terms",), kind="question"), kind="mixed"),
        ],
    )
    assert shares(held, ("label",), labels=("secrecy_waiver", "vague_terms")) == {
        ("secrecy_waiver",): (2, 4),
        ("vague_terms",): (1, 2),
    }


def test_one_content_in_several_files_is_one_document_and_a_label_twice_is_one(tmp_path):
    one = file("a.pdf", WAIVES, Said(f"{WAIVER} Encore.", ("secrecy_waiver",)))
    held = store(tmp_path / "s.duckdb", [one])
    held.add([type(one)(**{**vars(one), "path": "copie/a.pdf"})], "e")
    (share,) = prevalence(held, ("label",), Filters(labels=("secrecy_waiver",)))
    assert (share.concerned, share.documents, share.findings) == (1, 1, 2)


def test_decisions_of_people_change_the_figures(tmp_path):
    held = small(tmp_path / "s.duckdb")
    decide(held, "secrecy_waiver", "reject", insurer="Alpha")
    decide(held, "posthumous_waiver", "accept", ["posthumous_waiver"], insurer="Alpha")
    decide(held, "data_sharing", "relabel", ["secondary_use"])
    found = shares(held, ("label",))
    assert found[("secrecy_waiver",)] == (2, 29)
    assert found[("posthumous_waiver",)] == (4, 29)
    assert found[("data_sharing",)] == (0, 29)
    assert found[("secondary_use",)] == (6, 29)
    assert shares(held, ("label",), reviewed_only=True)[("posthumous_waiver",)] == (2, 29)
    told = summary(held)
    assert (told.reviewed, told.confirmed, told.rejected, told.to_check) == (20, 2, 18, 0)
    assert [one.unrated for one in severity_table(held, ("label",), Filters(labels=("secondary_use",)))] == [6]


def test_a_label_that_one_of_three_gave_counts_nowhere_and_one_that_is_there_counts_once(tmp_path):
    held = small(tmp_path / "s.duckdb")
    for reviewer, labels in (("Ada", []), ("Bo", []), ("Cy", ["secondary_use"])):
        decide(held, "secrecy_waiver", "relabel", labels, insurer="Delta", reviewer=reviewer)
    assert ("secondary_use",) not in {key for key, (count, _) in shares(held, ("label",)).items() if count}
    decide(held, "vague_terms", "relabel", ["no_time_limit"])
    (share,) = prevalence(held, ("label",), Filters(labels=("no_time_limit",)))
    assert (share.concerned, share.findings) == (1, 1)


def test_what_is_said_of_a_finding_itself_goes_before_a_label_that_was_given_to_its_passage(tmp_path):
    held = store(tmp_path / "s.duckdb", [file("a.pdf", Said(WAIVER, ("secrecy_waiver", "data_sharing")))])
    counted = "SELECT label, verdict FROM counted ORDER BY label"
    decide(held, "secrecy_waiver", "relabel", ["data_sharing"])
    assert held.rows(counted) == [("data_sharing", "confirmed")]
    for reviewer in ("A", "B", "C"):
        decide(held, "data_sharing", "reject", reviewer=reviewer)
    assert held.rows(counted) == []


def test_protections_are_no_warnings_whoever_asks_for_them(tmp_path):
    held = small(tmp_path / "s.duckdb")
    safe = Filters(labels=("safe_medical_officer",))
    assert [share.concerned for share in prevalence(held, ("label",), safe)] == [15]
    assert prevalence(held, (), safe) == [] and ranking(held, safe) == [] and severity_table(held, (), safe) == []


# ---- the whole -----------------------------------------------------------------------------------------


def test_a_summary_tells_what_is_read_what_is_not_and_what_was_found(held):
    told = summary(held)
    assert (told.files, told.failed, told.documents, told.population) == (31, {"file_damaged": 1}, 30, 30)
    assert (told.pages, told.pages_unread, told.partly_unread) == (60, 6, 6)
    assert (told.kinds, told.languages) == ({"contract": 29, "questionnaire": 1}, {"fr": 30})
    assert list(told.years.items()) == [(2025, 11), (2026, 18), (None, 1)]
    assert (told.insurers, told.without_insurer) == (4, 1)
    assert (told.concerned, told.warnings, told.small_print, told.safeguards, told.to_check) == (21, 24, 6, 15, 2)
    assert told.severities == {"high": 8, "medium": 8, "low": 8}
    assert told.legal_states == {"contestable": 18, "forbidden": 6}


def test_a_summary_of_some_documents_counts_those(held):
    told = summary(held, Filters(insurers=("Beta",), years=(2026,)))
    assert (told.documents, told.warnings, told.safeguards, told.partly_unread) == (5, 3, 5, 0)


def test_an_empty_store_has_empty_figures(tmp_path):
    held = store(tmp_path / "s.duckdb", [])
    assert summary(held).documents == summary(held).warnings == 0
    assert prevalence(held, ("insurer", "label")) == prevalence(held) == []
    assert ranking(held) == severity_table(held) == print_sizes(held) == []


def test_severity_is_counted_by_group(held):
    found = {one.group: one for one in severity_table(held, ("insurer",))}
    alpha = found[("Alpha",)]
    assert (alpha.findings, alpha.high, alpha.medium, alpha.low) == (12, 6, 6, 0)
    assert (alpha.forbidden, alpha.contestable, alpha.small_print) == (6, 6, 6)
    assert ("Gamma",) not in found


def test_print_sizes_compare_with_documents_whose_text_is_whole(held):
    assert print_sizes(held) == [Size(6.5, 6, 0), Size(9.0, 6, 0), Size(10.0, 11, 7)]
    assert print_sizes(held, Filters(labels=("secrecy_waiver",), years=(2026,))) == [Size(6.5, 6, 0), Size(10.0, 2, 7)]


def test_print_sizes_are_rounded_to_half_points(tmp_path):
    said = [Said(f"{WAIVER} {size}", ("secrecy_waiver",), font_size=size) for size in (7.7, 8.2, 8.26, None)]
    assert print_sizes(store(tmp_path / "s.duckdb", [file("a.pdf", *said)])) == [
        Size(7.5, 1, 0),
        Size(8.0, 1, 0),
        Size(8.5, 1, 0),
    ]


def test_there_is_to_choose_what_the_store_holds(held):
    found = values(held)
    assert found["insurers"] == ["Alpha", "Beta", "Delta", "Gamma"]
    assert (found["years"], found["countries"]) == ([2025, 2026], ["FR"])
    assert "secrecy_waiver" in found["labels"] and "genetic_data" not in found["labels"]


# ---- ranking -------------------------------------------------------------------------------------------


def test_insurers_are_ranked_by_what_their_documents_weigh(held):
    first, *others = ranking(held)
    assert (first.insurer, first.documents, first.score) == ("Alpha", 12, 2.5)
    assert (first.place_low, first.place_high) == (1, 1)
    assert [(one.insurer, one.score, one.place_low, one.place_high) for one in others] == [
        ("Beta", 0.6, 2, 3),
        ("Gamma", 0.0, 2, 3),
    ]
    assert all(one.low <= one.score <= one.high and one.low < one.high for one in (first, *others))
    assert ranking(held) == [first, *others]


def test_each_label_weighs_once_a_document_at_its_gravest(tmp_path):
    said = (
        Said(WAIVER, ("secrecy_waiver",), severity="low"),
        Said(DEATH, ("secrecy_waiver", "posthumous_waiver"), severity="high"),
        Said(SHARING, ("data_sharing",), severity="medium", decision="to_check"),
        Said(SEALED, ("safe_medical_officer",), severity=None),
        Said(PLAIN),
    )
    held = store(tmp_path / "s.duckdb", [file(f"{number}.pdf", *said, insurer="A") for number in range(5)])
    assert [one.score for one in ranking(held)] == [6.0]
    assert [one.score for one in ranking(held, Filters(labels=("posthumous_waiver",)))] == [3.0]


def test_questions_are_weighed_only_where_asked_for(tmp_path):
    asks = Said(QUESTION, ("vague_terms",), kind="question")
    forms = [file(f"{number}.pdf", asks, insurer="A", kind="questionnaire") for number in range(5)]
    held = store(tmp_path / "s.duckdb", forms)
    assert ranking(held) == []
    assert [one.score for one in ranking(held, Filters(labels=("vague_terms",)))] == [2.0]
