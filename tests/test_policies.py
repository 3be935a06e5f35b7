"""The policies that the benchmarks are run on: made alike from the same seed, readable, with the clauses they say."""

from __future__ import annotations

import csv
from collections import Counter

import pytest

from analyzer.reading import read
from benchmarks.policies import CLAUSES, FEWEST, make_policies

DOCUMENTS, PAGES = 4, 46


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("policies")
    return folder, make_policies(folder, DOCUMENTS, PAGES, seed=7)


def words(text):
    return "".join(text.split())


def test_the_same_seed_makes_the_same_bytes(made, tmp_path):
    folder, policies = made
    assert make_policies(tmp_path, DOCUMENTS, PAGES, seed=7) == policies
    for path in [*(policy.path for policy in policies), "metadata.csv"]:
        assert (tmp_path / path).read_bytes() == (folder / path).read_bytes()


def test_another_seed_makes_others(made, tmp_path):
    _, policies = made
    assert make_policies(tmp_path, DOCUMENTS, PAGES, seed=8) != policies


def test_each_has_its_pages_and_prints_its_clauses(made):
    folder, policies = made
    assert sum(policy.pages for policy in policies) == PAGES
    for policy in policies:
        document = read(folder / policy.path)
        assert len(document.pages) == policy.pages >= FEWEST
        # In columns, a clause may go on at the head of the next page: what stands at heads and feet is left out.
        text = words(" ".join(line.text for page in document.pages for line in page.lines if 58 < line.top < 786))
        for clause in policy.clauses:
            assert words(clause.text) in text
        assert CLAUSES[0] <= len(policy.clauses) <= CLAUSES[1]


def test_labels_are_spread(made):
    _, policies = made
    labels = Counter(label for policy in policies for clause in policy.clauses for label in clause.labels)
    assert len(labels) > 8
    assert max(labels.values()) < sum(labels.values()) / 3


def test_editions_of_a_line_are_nearly_the_same(made):
    _, policies = made
    first, second, third, other = ({clause.text for clause in policy.clauses} for policy in policies)
    assert [policy.year for policy in policies] == [2024, 2025, 2026, 2024]
    assert len(first & second) > len(first) / 2 and len(second & third) > len(second) / 2
    assert first != third
    assert len(first & other) < len(first) / 2


def test_the_table_says_what_each_is(made):
    folder, policies = made
    with (folder / "metadata.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [(row["path"], row["insurer"], row["product"], int(row["year"])) for row in rows] == [
        (policy.path.as_posix(), policy.insurer, policy.product, policy.year) for policy in policies
    ]


@pytest.mark.parametrize(("documents", "pages"), [(0, 0), (4, 39), (4, 361), (100_000, 3_000_000)])
def test_what_cannot_be_made_is_refused(documents, pages, tmp_path):
    with pytest.raises(ValueError):
        make_policies(tmp_path, documents, pages)
    assert not list(tmp_path.iterdir())
