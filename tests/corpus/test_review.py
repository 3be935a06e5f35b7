"""Review at scale: what is asked first, whose word counts, how far people agree, how often Sceau is right."""

import json
from collections import Counter
from datetime import UTC, datetime

import pytest

from analyzer.corpus import review
from analyzer.corpus.statistics import Filters
from analyzer.errors import BadLabel, FindingGone, NothingToSample, UnknownSample
from analyzer.learning.evaluation import read_rows
from analyzer.reporting.corpus_review import agreement_rows, precision_words
from tests.corpus.build import DEATH, PLAIN, QUESTION, SHARING, WAIVER, Said, file, small, store


def waivers(path, count, **more):
    """A store of documents that say the same, each with one finding."""
    return store(
        path,
        [file(f"{number}.pdf", Said(WAIVER, ("secrecy_waiver",), **more), insurer="Alpha") for number in range(count)],
    )


def different(path, count, label="secrecy_waiver", decision="warned"):
    """A store of documents that say each something else."""
    return store(
        path,
        [file(f"{number}.pdf", Said(f"{WAIVER} N° {number}.", (label,), decision=decision)) for number in range(count)],
    )


def decided(held, said):
    """Save many decisions at once: items, by whom, and whether the label is right."""
    with held.writing() as connection:
        connection.executemany(
            "INSERT INTO decisions (document, finding, label, text_id, decision, labels, note, reviewer, alike,"
            " decided_at, sceau_version) VALUES (?, ?, ?, ?, '', ?, '', ?, false, now()::TIMESTAMP, '0')",
            [
                [item.document, item.finding, item.label, item.text_id, [item.label] if right else [], name]
                for item, name, right in said
            ],
        )


# ---- the queue ------------------------------------------------------------------------------------------


def test_what_is_doubtful_and_what_many_documents_say_comes_first(tmp_path):
    said = [
        Said(f"{WAIVER} Sûr.", ("secrecy_waiver",)),
        Said(f"{WAIVER} Douteux.", ("secrecy_waiver",), decision="to_check"),
    ]
    files = [file("a.pdf", *said)]
    files += [file(f"b{number}.pdf", Said(f"{WAIVER} Copié.", ("secrecy_waiver",))) for number in range(7)]
    held = store(tmp_path / "s.duckdb", files)
    # 1/2 x log2(8), 1 x log2(2), 1/2 x log2(2)
    assert [item.text.split()[-1] for item in review.queue(held)] == ["Copié.", "Douteux.", "Sûr."]


def test_a_probability_near_one_half_is_asked_before_a_sure_one(tmp_path):
    held = different(tmp_path / "s.duckdb", 3)
    with held.writing() as connection:
        for number, score in enumerate((0.99, 0.55, 1.0)):
            connection.execute(
                "UPDATE findings SET calibrated = true, score = ? WHERE document IN"
                " (SELECT document FROM documents WHERE name = ?)",
                [score, f"{number}.pdf"],
            )
    assert [item.name for item in review.queue(held)] == ["1.pdf", "0.pdf", "2.pdf"]


def test_a_wording_comes_once_for_each_label_and_labels_take_turns(tmp_path):
    items = review.queue(small(tmp_path / "s.duckdb"))
    pairs = [(item.text_id, item.label) for item in items]
    assert len(set(pairs)) == len(pairs)
    labels = [item.label for item in items]
    first = labels[: len(set(labels))]
    assert sorted(first) == sorted(set(labels))


def test_nearly_the_same_words_count_together(tmp_path):
    held = different(tmp_path / "s.duckdb", 4)
    texts = [text for (text,) in held.rows("SELECT text_id FROM texts ORDER BY text")]
    with held.writing() as connection:
        for text in texts[2:]:
            connection.execute("INSERT INTO clusters VALUES (?, ?)", [text, texts[2]])
    assert {item.text_id for item in review.queue(held, limit=2)} == set(texts[2:])


def test_a_label_of_which_much_is_known_waits(tmp_path):
    files = [file(f"w{number}.pdf", Said(f"{WAIVER} {number}", ("secrecy_waiver",))) for number in range(9)]
    files += [file(f"d{number}.pdf", Said(f"{DEATH} {number}", ("posthumous_waiver",))) for number in range(9)]
    held = store(tmp_path / "s.duckdb", files)
    for item in review.queue(held, Filters(labels=("posthumous_waiver",)), limit=6):
        review.decide(held, item, "accept", reviewer="Ada")
    assert review.queue(held, limit=1)[0].label == "secrecy_waiver"


def test_the_queue_is_of_a_reviewer_and_of_a_selection(tmp_path):
    held = small(tmp_path / "s.duckdb")
    before = review.queue(held, reviewer="Ada")
    review.decide(held, before[0], "accept", reviewer="Ada", also=review.same_words(held, before[0], "Ada"))
    key = (before[0].text_id, before[0].label)
    assert key not in [(item.text_id, item.label) for item in review.queue(held, reviewer="Ada")]
    assert key not in [(item.text_id, item.label) for item in review.queue(held)]
    assert key in [(item.text_id, item.label) for item in review.queue(held, reviewer="Bob")]
    assert {item.insurer for item in review.queue(held, Filters(insurers=("Beta",)))} == {"Beta"}


# ---- decisions ------------------------------------------------------------------------------------------


def test_a_decision_is_on_one_finding_of_one_document(tmp_path):
    held = waivers(tmp_path / "s.duckdb", 5)
    (item,) = review.queue(held)
    assert review.decide(held, item, "reject", note="non", reviewer=" Ada ") == 1
    assert held.rows("SELECT document, finding, label, labels, note, reviewer, alike FROM decisions") == [
        (item.document, item.finding, "secrecy_waiver", [], "non", "Ada", False)
    ]
    assert review.state(held) == review.State(findings=5, decided=1, undecided=4, wordings=1, reviewers=1)
    assert review.known(held, item, "Ada") == review.Decided("reject", (), "non")
    assert review.known(held, item, "Bob") is None


def test_the_same_words_are_decided_only_where_asked_each_with_its_row(tmp_path):
    held = waivers(tmp_path / "s.duckdb", 5)
    (item,) = review.queue(held)
    others = review.same_words(held, item, "Ada")
    assert len(others) == 4
    assert review.decide(held, item, "accept", reviewer="Ada", also=others[:2]) == 3
    rows = held.rows("SELECT document, alike FROM decisions")
    assert dict(rows) == {item.document: False, **{place.document: True for place in others[:2]}}
    assert review.same_words(held, item, "Ada") == others[2:]


def test_other_words_are_never_decided_with_it(tmp_path):
    held = store(
        tmp_path / "s.duckdb",
        [file("a.pdf", Said(WAIVER, ("secrecy_waiver",))), file("b.pdf", Said(SHARING, ("data_sharing",)))],
    )
    waiver, sharing = sorted(review.queue(held), key=lambda item: item.name)
    place = review.Place(sharing.document, sharing.finding, "b.pdf", None, None, 1)
    assert review.decide(held, waiver, "accept", reviewer="Ada", also=[place]) == 1


def test_what_cannot_be_decided_is_refused_and_nothing_is_kept(tmp_path):
    held = waivers(tmp_path / "s.duckdb", 1)
    (item,) = review.queue(held)
    for labels in (["no_such_label"], ["vague_terms"]):
        with pytest.raises(BadLabel):
            review.decide(held, item, "relabel", labels, reviewer="Ada")
    with pytest.raises(ValueError, match="one of"):
        review.decide(held, item, "maybe", reviewer="Ada")
    with pytest.raises(ValueError, match="somebody"):
        review.decide(held, item, "accept", reviewer="  ")
    with pytest.raises(FindingGone):
        review.decide(held, item._replace(document="0" * 64), "accept", reviewer="Ada")
    assert held.rows("SELECT count(*) FROM decisions") == [(0,)]


def test_only_what_most_reviewers_confirm_may_be_published_with_a_name(tmp_path):
    held = waivers(tmp_path / "s.duckdb", 4)
    items = [
        review.queue(held)[0]._replace(document=document, finding=finding)
        for document, finding in held.rows("SELECT document, finding FROM findings ORDER BY document")
    ]
    review.decide(held, items[0], "accept", reviewer="Ada")
    for name, decision in (("Ada", "accept"), ("Bob", "reject")):
        review.decide(held, items[1], decision, reviewer=name)
    for name, decision, labels in (("A", "accept", ()), ("B", "accept", ()), ("C", "relabel", ("data_sharing",))):
        review.decide(held, items[2], decision, labels, reviewer=name)
    for name, labels in (("A", ("data_sharing",)), ("B", ()), ("C", ())):  # one alone proposes another label
        review.decide(held, items[3], "relabel", labels, reviewer=name)
    found = review.confirmed(held)
    assert sorted((one.label, one.confirming, one.reviewers) for one in found) == [
        ("secrecy_waiver", 1, 1),
        ("secrecy_waiver", 2, 3),
    ]


def test_places_that_look_the_same_each_have_their_own_reviewers(tmp_path):
    """Two documents with the same name, words, page and year, and a wording that stands twice in one of them."""
    waiver = Said(WAIVER, ("secrecy_waiver",))
    held = store(
        tmp_path / "s.duckdb", [file(f"{place}/a.pdf", *[waiver] * (1 + place), insurer="Alpha") for place in range(2)]
    )
    (item,) = review.queue(held)
    others = held.rows("SELECT document, finding FROM findings WHERE (document, finding) <> (?, ?)", item[:2])
    review.decide(held, item, "accept", reviewer="Ada")
    for document, finding in others:
        review.decide(held, item._replace(document=document, finding=finding), "accept", reviewer="Bob")
    found = review.confirmed(held)
    assert [(one.confirming, one.reviewers) for one in found] == [(1, 1)] * 3
    assert len({(one.document, one.finding) for one in found}) == 3


def test_an_insurer_is_named_only_where_somebody_opened_one_of_its_documents(tmp_path):
    waiver = Said(WAIVER, ("secrecy_waiver",))
    held = store(
        tmp_path / "s.duckdb",
        [file(f"{number}.pdf", waiver, insurer="Alpha" if number < 2 else "Beta") for number in range(4)],
    )
    (item,) = review.queue(held, Filters(insurers=("Alpha",)))
    assert review.decide(held, item, "accept", reviewer="Ada", also=review.same_words(held, item, "Ada")) == 4
    assert sorted((one.insurer, one.confirming, one.opened) for one in review.confirmed(held)) == [
        ("Alpha", 1, 0),
        ("Alpha", 1, 1),
    ]
    review.decide(held, item, "reject", reviewer="Ada")  # what was decided with it has nobody's eyes behind it any more
    assert review.confirmed(held) == []


# ---- agreement ------------------------------------------------------------------------------------------


def agreed(path, right, first, second, wrong):
    """A store on which Ada and Bob say: both right, only Ada, only Bob, neither."""
    held = different(path, right + first + second + wrong)
    items = review.queue(held, limit=1000)
    cells = ["aa"] * right + ["ar"] * first + ["ra"] * second + ["rr"] * wrong
    said = [
        (item, name, char == "a")
        for item, cell in zip(items, cells, strict=True)
        for name, char in zip(("Ada", "Bob"), cell, strict=True)
    ]
    decided(held, said)
    return held


def test_kappa_is_that_of_an_example_worked_out_by_hand(tmp_path):
    """20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no: po = 0.7, pe = 0.5, kappa = 0.4; variance 0.2016 / 12.5."""
    whole, pair = review.agreement(agreed(tmp_path / "s.duckdb", 20, 5, 10, 15))
    assert pair.reviewers == ("Ada", "Bob")
    assert whole == pair._replace(reviewers=())
    assert (whole.pairs, whole.findings) == (1, 50)
    assert (pair.both, pair.same) == (50, 35)
    assert (pair.observed, pair.kappa) == (pytest.approx(0.7), pytest.approx(0.4))
    half = 1.959964 * (0.2016 / 12.5) ** 0.5
    assert (pair.low, pair.high) == (pytest.approx(0.4 - half), pytest.approx(0.4 + half))


def test_agreement_that_cannot_be_measured_says_so(tmp_path):
    assert review.agreement(waivers(tmp_path / "none.duckdb", 2)) == []
    whole, _ = review.agreement(agreed(tmp_path / "same.duckdb", 12, 0, 0, 0))
    assert (whole.observed, whole.kappa, whole.low, whole.high) == (1, None, None, None)
    few, _ = review.agreement(agreed(tmp_path / "few.duckdb", 2, 0, 1, 2))
    assert few.kappa is not None
    assert (few.low, few.high) == (None, None)


def test_several_pairs_on_the_same_findings_are_not_taken_for_independent(tmp_path):
    held = different(tmp_path / "s.duckdb", 20)
    items = review.queue(held, limit=20)
    decided(held, [(item, name, place % 3 > 0) for name in ("A", "B", "C") for place, item in enumerate(items)])
    review.decide(held, items[0], "accept", reviewer="A")  # once they differ
    whole, *pairs = review.agreement(held)
    assert (whole.pairs, whole.both, whole.findings) == (3, 60, 20)
    assert whole.kappa is not None
    assert (whole.low, whole.high) == (None, None)
    assert [(pair.pairs, pair.both, pair.findings) for pair in pairs] == [(1, 20, 20)] * 3
    assert all(pair.low is not None for pair in pairs)
    assert [row[1] for row in agreement_rows([whole, *pairs], "fr")] == ["20"] * 4


def test_a_share_below_everything_is_not_said_to_be_everything():
    sample = review.Sample(1, datetime.now(UTC), 1, 400, 400, Filters())
    told = precision_words(sample, review.Precision(1, 399, 400, 0.9975, 0.986, 0.9996, 400, 0, 400, 0, 0, {}), "fr")
    assert "soit >\u00a099\u00a0%" in told
    assert "100\u00a0%" not in told


def test_what_nobody_looked_at_tells_nothing_of_the_agreement(tmp_path):
    held = waivers(tmp_path / "s.duckdb", 5)
    (item,) = review.queue(held)
    for name in ("Ada", "Bob"):
        review.decide(held, item, "accept", reviewer=name, also=review.same_words(held, item, name))
    assert review.agreement(held)[0].both == 1


# ---- samples --------------------------------------------------------------------------------------------


def test_a_sample_is_the_same_for_a_seed_whatever_the_order_of_rows(tmp_path):
    held = different(tmp_path / "s.duckdb", 30)
    samples = [review.draw(held, 8, seed) for seed in (1, 1, 2)]
    with held.writing() as connection:
        connection.execute("CREATE TABLE turned AS SELECT * FROM findings ORDER BY document DESC")
        connection.execute("DELETE FROM findings")
        connection.execute("INSERT INTO findings SELECT * FROM turned")
    samples.append(review.draw(held, 8, 1))
    first, again, other, later = ([item.document for item in review.members(held, one, "Ada")] for one in samples)
    assert first == again == later
    assert first != other
    assert len(set(first)) == 8


def test_every_finding_is_drawn_as_often_as_any_other(tmp_path):
    held = different(tmp_path / "s.duckdb", 240)
    for seed in range(12):
        review.draw(held, 80, seed)
    times = Counter(name for (name,) in held.rows("SELECT document FROM sample_findings"))
    # 12 draws of one in three: the number of times follows a binomial law with mean 4 and variance 8/3.
    counts = [times[document] for (document,) in held.rows("SELECT document FROM documents")]
    assert sum(counts) / len(counts) == 4
    assert 1.9 < sum((count - 4) ** 2 for count in counts) / len(counts) < 3.6


def test_only_what_counts_without_review_is_drawn(tmp_path):
    said = [
        Said(WAIVER, ("secrecy_waiver",)),
        Said(DEATH, ("posthumous_waiver",), decision="to_check"),
        Said(PLAIN),
        Said(QUESTION, ("precise",), kind="question"),
    ]
    held = store(
        tmp_path / "s.duckdb",
        [file("a.pdf", *said), file("b.pdf", said[0], language="en"), file("c.pdf", said[0], insurer="Beta")],
    )
    number = review.draw(held, 10, 1)
    assert {(item.name, item.label) for item in review.members(held, number, "")} == {
        ("a.pdf", "secrecy_waiver"),
        ("c.pdf", "secrecy_waiver"),
    }
    (drawn,) = review.samples(held)
    assert (drawn.size, drawn.population, drawn.filters) == (2, 2, Filters())
    chosen = Filters(insurers=("Beta",), years=(), small_print=False)
    review.draw(held, 10, 1, chosen)
    assert review.samples(held)[0].filters == chosen
    with pytest.raises(NothingToSample):
        review.draw(held, 10, 1, Filters(insurers=("Nobody",)))
    with pytest.raises(UnknownSample):
        review.precision(held, 99)


def test_precision_is_the_share_of_what_was_looked_at(tmp_path):
    """45 of 50: Wilson's interval is 0.7864 to 0.9565 (known value)."""
    held = different(tmp_path / "s.duckdb", 55)
    number = review.draw(held, 52, 1)
    items = review.members(held, number, "Ada")
    assert review.precision(held, number).share is None
    decided(held, [(item, "Ada", place >= 4) for place, item in enumerate(items[:50])])
    review.decide(held, items[4], "reject", reviewer="Bob")  # disputed: not right
    found = review.precision(held, number)
    assert (found.right, found.decided, found.left, found.disputed, found.population) == (45, 50, 2, 1, 55)
    assert found.share == pytest.approx(0.9)
    assert (found.low, found.high) == (pytest.approx(0.7864, abs=1e-4), pytest.approx(0.9565, abs=1e-4))
    assert found.labels["secrecy_waiver"] == review.Right(45, 50, found.share, found.low, found.high)
    assert [item.finding for item in review.members(held, number, "Ada")] == [item.finding for item in items[50:]]


def test_members_picked_out_of_their_order_do_not_count_while_others_are_left(tmp_path):
    held = different(tmp_path / "s.duckdb", 6)
    number = review.draw(held, 6, 1)
    items = review.members(held, number, "Ada")
    for item, decision in zip(items, ("accept", "accept", None, "reject", "reject", "reject"), strict=True):
        if decision:
            review.decide(held, item, decision, reviewer="Ada")
    found = review.precision(held, number)
    assert (found.right, found.decided, found.left) == (2, 2, 1)
    review.decide(held, items[2], "accept", reviewer="Ada")
    found = review.precision(held, number)
    assert (found.right, found.decided, found.left) == (3, 6, 0)


def test_decisions_taken_elsewhere_are_no_part_of_a_sample(tmp_path):
    held = waivers(tmp_path / "s.duckdb", 6)
    number = review.draw(held, 6, 1)
    first, *rest = review.members(held, number, "Ada")
    review.decide(held, first, "accept", reviewer="Ada", also=review.same_words(held, first, "Ada"))
    found = review.precision(held, number)
    assert (found.decided, found.left) == (1, 5)
    assert review.members(held, number, "Ada") == rest


def test_members_that_are_gone_are_told(tmp_path):
    held = different(tmp_path / "s.duckdb", 3)
    number = review.draw(held, 3, 1)
    review.decide(held, review.members(held, number, "Ada")[0], "accept", reviewer="Ada")
    with held.writing() as connection:
        connection.execute("DELETE FROM findings")
    found = review.precision(held, number)
    assert (found.right, found.decided, found.left, found.gone) == (1, 1, 0, 2)


# ---- what is exported -----------------------------------------------------------------------------------


def test_only_passages_of_which_all_is_decided_are_exported_each_wording_once(tmp_path):
    both = Said(WAIVER, ("secrecy_waiver", "posthumous_waiver"))
    held = store(
        tmp_path / "s.duckdb",
        [
            *(file(f"{number}.pdf", both) for number in range(2)),
            file("q.pdf", Said(QUESTION, ("vague_terms",), kind="question"), kind="questionnaire"),
            file("d.pdf", Said(f"{DEATH}\u2028", ("posthumous_waiver",))),
        ],
    )
    items = {item.label: item for item in review.queue(held, Filters(labels=("secrecy_waiver",)))}
    waiver = items["secrecy_waiver"]
    review.decide(held, waiver, "accept", reviewer="Ada", also=review.same_words(held, waiver, "Ada"))
    assert review.export(held) == ""
    for item in review.queue(held):
        for place in [item, *review.same_words(held, item, "Ada")]:
            one = item._replace(document=place.document, finding=place.finding)
            review.decide(held, one, "reject" if one.label != "posthumous_waiver" else "accept", reviewer="Ada")
    review.decide(held, waiver, "accept", reviewer="Ada")
    (tmp_path / "d.jsonl").write_text(review.export(held), "utf-8")
    rows = [json.loads(line) for line in (tmp_path / "d.jsonl").read_text("utf-8").splitlines()]
    assert sorted((row["kind"], row["labels"]) for row in rows) == [
        ("clause", ["posthumous_waiver"]),
        ("clause", ["posthumous_waiver", "secrecy_waiver"]),
        ("question", ["precise"]),
    ]
    assert len(read_rows(tmp_path / "d.jsonl")) == 3


def test_what_is_disputed_or_decided_in_two_ways_is_not_exported(tmp_path):
    held = waivers(tmp_path / "s.duckdb", 2)
    (item,) = review.queue(held)
    review.decide(held, item, "accept", reviewer="Ada")
    assert review.export(held).count("\n") == 1
    review.decide(held, item, "reject", reviewer="Bob")
    assert review.export(held) == ""
    (place,) = review.same_words(held, item, "Ada")
    other = item._replace(document=place.document, finding=place.finding)
    review.decide(held, other, "reject", reviewer="Ada")
    review.decide(held, item, "accept", reviewer="Bob")
    assert review.export(held) == ""
