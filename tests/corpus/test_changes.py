"""Editions of two years over a corpus: which documents belong together, and what changed from one to the other."""

from __future__ import annotations

from datetime import datetime

import pytest

from analyzer.comparison import compare_documents
from analyzer.corpus.changes import Balance, changes, compared, pairs
from analyzer.corpus.records import Fact
from analyzer.corpus.statistics import Filters
from analyzer.corpus.store import Store
from analyzer.corpus.task import Recipe, engine, read_file
from tests.corpus.build import DEATH, PLAIN, SEALED, SHARING, WAIVER, Said, file, store
from tests.samples import FOLDER

HARMLESS = "Le siège de la mutuelle est ouvert du lundi au vendredi, de neuf heures à dix-sept heures."
WAIVES = Said(WAIVER, ("secrecy_waiver",))
SHARES = Said(SHARING, ("data_sharing",))
PROTECTS = Said(SEALED, ("safe_medical_officer",), severity=None, legal_state=None)


def policy(path, *said, insurer="Alpha", product="Santé", year=2025, **more):
    return file(path, *said, insurer=insurer, product=product, year=year, **more)


def signs(found):
    return [(pair.old.path, pair.new.path, pair.by) for pair in found.pairs]


def alone(papers):
    return [paper.path for paper in papers]


def effects(found):
    return {effect: count for effect, count in found.effects.items() if count}


# ---- which documents are editions of one ------------------------------------------------------------------


def test_editions_are_known_by_a_path_or_a_name_that_differs_by_the_year_alone(tmp_path):
    held = store(
        tmp_path / "s.duckdb",
        [
            policy("2025/alpha/conditions.pdf", WAIVES),
            policy("2026/alpha/conditions.pdf", WAIVES, year=2026),
            policy("Alpha_notice_2025.pdf", WAIVES),
            policy("neuf/alpha notice-20260101.pdf", SHARES, year=2026, insurer="ALPHA"),
        ],
    )
    assert signs(pairs(held, 2025, 2026)) == [
        ("Alpha_notice_2025.pdf", "neuf/alpha notice-20260101.pdf", "name"),
        ("2025/alpha/conditions.pdf", "2026/alpha/conditions.pdf", "path"),
    ]


def test_among_several_the_wordings_they_share_tell(tmp_path):
    held = store(
        tmp_path / "s.duckdb",
        [
            policy("a.pdf", WAIVES, SHARES),
            policy("b.pdf", Said(DEATH, ("posthumous_waiver",)), PROTECTS),
            policy("x.pdf", Said(DEATH, ("posthumous_waiver",)), PROTECTS, year=2026),
            policy("y.pdf", WAIVES, SHARES, year=2026),
            policy("z.pdf", Said(HARMLESS, ("excessive_retention",)), year=2026),
        ],
    )
    found = pairs(held, 2025, 2026)
    assert signs(found) == [("b.pdf", "x.pdf", "texts"), ("a.pdf", "y.pdf", "texts")]
    assert (alone(found.only_old), alone(found.only_new)) == ([], ["z.pdf"])


def test_the_last_two_of_a_product_belong_together(tmp_path):
    held = store(
        tmp_path / "s.duckdb",
        [policy("a.pdf", WAIVES, product="Santé 2025"), policy("b.pdf", SHARES, product="SANTE 2026", year=2026)],
    )
    assert signs(pairs(held, 2025, 2026)) == [("a.pdf", "b.pdf", "product")]


@pytest.mark.parametrize(
    "other",
    [{"insurer": "Beta"}, {"product": "Auto"}, {"kind": "questionnaire"}, {"year": 2024}, {"jurisdiction": "BE"}],
    ids=str,
)
def test_what_is_something_else_is_told_and_not_compared(tmp_path, other):
    held = store(
        tmp_path / "s.duckdb",
        [policy("2025/a.pdf", WAIVES), policy("2026/a.pdf", WAIVES, **{"year": 2026} | other)],
    )
    found = pairs(held, 2025, 2026)
    assert not found.pairs
    assert alone(found.only_old) == ["2025/a.pdf"]
    assert alone(found.only_new) == ([] if "year" in other else ["2026/a.pdf"])


def test_of_an_insurer_that_is_not_known_a_common_name_is_no_sign(tmp_path):
    held = store(
        tmp_path / "s.duckdb",
        [
            policy("2025/un/conditions.pdf", WAIVES, insurer=None),
            policy("2026/autre/conditions.pdf", SHARES, insurer=None, year=2026),
        ],
    )
    assert not pairs(held, 2025, 2026).pairs


def test_filters_choose_documents(tmp_path):
    held = store(
        tmp_path / "s.duckdb",
        [
            policy(f"{insurer}/{year}.pdf", WAIVES, insurer=insurer, year=year)
            for insurer in ("Alpha", "Beta")
            for year in (2025, 2026)
        ],
    )
    assert signs(pairs(held, 2025, 2026, Filters(insurers=("Beta",)))) == [("Beta/2025.pdf", "Beta/2026.pdf", "path")]


# ---- what changed -----------------------------------------------------------------------------------------


def test_what_is_newly_said_is_harsher_and_what_is_gone_is_milder(tmp_path):
    held = store(
        tmp_path / "s.duckdb",
        [
            policy("a/2025.pdf", WAIVES, PROTECTS),
            policy("a/2026.pdf", WAIVES, SHARES, year=2026),
            policy("b/2025.pdf", WAIVES, SHARES),
            policy("b/2026.pdf", WAIVES, year=2026),
        ],
    )
    first, second = changes(held, 2025, 2026)
    assert effects(first) == {"harsher": 2}
    assert [(change.kind, [turn.turn for turn in change.turns]) for change in first.changes] == [
        ("removed", ["vanished"]),
        ("added", ["appeared"]),
    ]
    assert (first.gained, first.lost) == (("data_sharing",), ("safe_medical_officer",))
    assert effects(second) == {"milder": 1}
    assert not first.whole


def test_a_harmless_clause_that_turns_bad_is_reworded_where_the_full_text_is_there_else_added(tmp_path):
    was, now = Said(f"{SHARING[:-1]}, si vous le voulez."), SHARES
    for full_text, kind in ((True, "reworded"), (False, "added")):
        held = store(
            tmp_path / f"{full_text}.duckdb",
            [
                # Without full text, a scan stores no passage without a finding.
                policy("a/2025.pdf", *((was, WAIVES) if full_text else (WAIVES,)), full_text=full_text),
                policy("a/2026.pdf", now, WAIVES, year=2026, full_text=full_text),
            ],
        )
        [found] = changes(held, 2025, 2026)
        assert [change.kind for change in found.changes] == [kind]
        assert found.whole is full_text


def test_where_one_edition_lacks_its_full_text_what_the_other_has_more_is_not_added(tmp_path):
    held = store(
        tmp_path / "s.duckdb",
        [
            policy("a/2025.pdf", WAIVES),
            policy("a/2026.pdf", WAIVES, Said(PLAIN), Said(HARMLESS), year=2026, full_text=True),
        ],
    )
    [found] = changes(held, 2025, 2026)
    assert (found.kinds["added"], found.kinds["same"], found.whole) == (0, 1, False)


def decide(held, path, label, *decisions):
    """What reviewers say of a finding: the labels that are right."""
    with held.writing() as connection:
        for reviewer, labels in enumerate(decisions):
            connection.execute(
                "INSERT INTO decisions (document, finding, label, text_id, decision, labels, note, reviewer, alike,"
                " decided_at, sceau_version)"
                " SELECT findings.document, finding, label, '', 'accept', ?, '', ?, false, ?, '0'"
                " FROM findings JOIN parts USING (document) WHERE path = ? AND label = ?",
                [labels, str(reviewer), datetime(2026, 1, 1), path, label],
            )


@pytest.mark.parametrize(
    ("decisions", "expected", "gained"),
    [
        ([], {"harsher": 1}, ("data_sharing",)),
        ([["data_sharing"]], {"harsher": 1}, ("data_sharing",)),
        ([[]], {}, ()),
        ([["secondary_use"]], {"harsher": 1}, ("secondary_use",)),
        ([[], ["data_sharing"]], {"unclear": 1}, ()),
    ],
    ids=["nobody looked", "confirmed", "rejected", "another label", "disputed"],
)
def test_what_reviewers_decided_counts(tmp_path, decisions, expected, gained):
    held = store(
        tmp_path / "s.duckdb",
        [policy("a/2025.pdf", WAIVES), policy("a/2026.pdf", WAIVES, SHARES, year=2026)],
    )
    decide(held, "a/2026.pdf", "data_sharing", *decisions)
    [found] = changes(held, 2025, 2026)
    assert effects(found) == expected
    assert found.gained == gained


def test_filters_choose_changes(tmp_path):
    held = store(
        tmp_path / "s.duckdb",
        [
            policy("a/2025.pdf", PROTECTS),
            policy("a/2026.pdf", SHARES._replace(small_print=True), WAIVES._replace(severity="high"), year=2026),
        ],
    )

    def told(**filters):
        [found] = changes(held, 2025, 2026, Filters(**filters))
        return {turn.label for change in found.changes for turn in change.turns}, found.gained

    assert told() == ({"safe_medical_officer", "data_sharing", "secrecy_waiver"}, ("data_sharing", "secrecy_waiver"))
    assert told(labels=("data_sharing",)) == ({"data_sharing"}, ("data_sharing",))
    assert told(severities=("high",)) == ({"secrecy_waiver"}, ("secrecy_waiver",))
    assert told(small_print=True) == ({"data_sharing"}, ("data_sharing",))
    assert told(reviewed_only=True) == (set(), ())


def test_figures_over_all_count_documents_insurer_by_insurer(tmp_path):
    held = store(
        tmp_path / "s.duckdb",
        [
            *(policy(f"a{number}/2025.pdf", PROTECTS) for number in range(3)),
            *(policy(f"a{number}/2026.pdf", PROTECTS, *[SHARES] * number, year=2026) for number in range(3)),
            policy("b/2025.pdf", SHARES, insurer="Beta"),
            policy("b/2026.pdf", WAIVES, insurer="Beta", year=2026),
        ],
    )
    balance = Balance()
    for found in changes(held, 2025, 2026):
        balance.add(found)
    assert [row[:1] + row[2:] for row in balance.labels()] == [
        ("data_sharing", "Alpha", 3, 2, 0),
        ("data_sharing", "Beta", 1, 0, 1),
        ("secrecy_waiver", "Beta", 1, 1, 0),
    ]
    assert balance.touched["harsher"] == 3
    assert balance.documents == {"Alpha": 3, "Beta": 1}


def test_many_pairs_come_in_their_order_each_with_its_own_texts(tmp_path):
    held = store(
        tmp_path / "s.duckdb",
        [
            policy(f"{number:02}/{year}.pdf", Said(f"{SHARING} {number}", ("data_sharing",)), PROTECTS, year=year)
            for number in range(40)
            for year in (2025, 2026)
        ],
    )
    found = pairs(held, 2025, 2026).pairs
    compared_pairs = list(compared(held, found))
    assert [one.pair for one in compared_pairs] == list(found)
    assert len(found) == 40
    assert all(one.kinds["same"] == 2 and not one.changes for one in compared_pairs)


def test_readings_by_different_versions_or_for_different_situations_are_told(tmp_path):
    held = store(
        tmp_path / "s.duckdb",
        [policy("a/2025.pdf", WAIVES), policy("a/2026.pdf", WAIVES, year=2026)],
    )
    [found] = changes(held, 2025, 2026)
    assert found.alike
    held.add([policy("a/2026.pdf", WAIVES, year=2026)], "another engine")
    [found] = changes(held, 2025, 2026)
    assert not found.alike


# ---- a real pair --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def editions():
    """The sample that has two editions, and what ``sceau compare`` says of them."""
    old, new = FOLDER / "mutuelle_reglement.pdf", FOLDER / "editions" / "mutuelle_reglement_2026.pdf"
    return old, new, compare_documents(old, new)


@pytest.mark.long
def test_with_the_full_text_it_says_what_sceau_compare_says(editions, tmp_path):
    old, new, told = editions
    [found] = changes(scanned(tmp_path, old, new, full_text=True), 2025, 2026)
    assert found.whole
    assert found.kinds == told.counts
    assert list(map(in_order, found.changes)) == [in_order(change) for change in told.changes if change.turns]
    assert effects(found)["harsher"] == told.effects["harsher"] > 1


def in_order(change):
    """A change, whatever the order in which the findings of one passage are told."""
    told = change.model_dump()
    for side in filter(None, (told["old"], told["new"])):
        side["findings"] = sorted(side["findings"], key=lambda finding: finding["id"])
    return told


@pytest.mark.long
def test_without_it_harsher_and_milder_are_the_same_by_what_is_newly_or_no_longer_said(editions, tmp_path):
    old, new, told = editions
    [found] = changes(scanned(tmp_path, old, new, full_text=False), 2025, 2026)
    assert not found.whole

    def turns(some):
        return sorted((change.effect, turn.label, turn.turn, turn.severity) for change in some for turn in change.turns)

    assert turns(found.changes) == turns(told.changes)


def scanned(tmp_path, old, new, **recipe):
    """A store of two files, read as a scan reads them."""
    made, by = Store.create(tmp_path / "s.duckdb"), Recipe(**recipe)
    known = {"insurer": Fact("Mutuelle", "table"), "product": Fact("Santé", "table")}
    made.add(
        [
            read_file(path.name, path.read_bytes(), known | {"year": Fact(str(year), "table")}, by)
            for path, year in ((old, 2025), (new, 2026))
        ],
        engine(by).engine,
    )
    return made
