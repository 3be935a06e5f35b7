"""Clauses that are nearly the same: what is put together, what is not, under which name, and how far it spread."""

import hashlib
import random

from analyzer.corpus.clusters import build, clusters, members, outdated
from analyzer.corpus.statistics import Filters
from tests.corpus.build import DEATH, SEALED, SHARING, WAIVER, Said, file, small, store


def grouped(held):
    """The texts of each cluster, in the order of nothing."""
    found = {}
    for cluster, text in held.rows("SELECT cluster, text FROM clusters JOIN texts USING (text_id)"):
        found.setdefault(cluster, set()).add(text)
    return {frozenset(texts) for texts in found.values()}


def one_each(path, *texts, label="secrecy_waiver", **more):
    return store(path, [file(f"{number}.pdf", Said(text, (label,)), **more) for number, text in enumerate(texts)])


def test_small_changes_figures_and_insurers_keep_clauses_together(tmp_path):
    changed = WAIVER.replace("toute question", "toute demande")
    figures = [f"{SHARING[:-1]} pendant {years} ans." for years in ("10", "25")]
    held = store(
        tmp_path / "s.duckdb",
        [
            file("a.pdf", Said(WAIVER, ("secrecy_waiver",))),
            file("b.pdf", Said(changed, ("secrecy_waiver",))),
            *(file(f"{text}.pdf", Said(text, ("data_sharing",))) for text in figures),
            *(
                file(f"{name}.pdf", Said(DEATH.replace("l'assureur", name), ("posthumous_waiver",)), insurer=name)
                for name in ("Alpha Vie", "Société Générale d'Assistance", "Ô")
            ),
            file("c.pdf", Said(SEALED, ("safe_medical_officer",))),
        ],
    )
    assert build(held) == 4
    assert {len(texts) for texts in grouped(held)} == {1, 2, 3}
    assert frozenset({WAIVER, changed}) in grouped(held)


def test_other_clauses_short_ones_and_questions_stay_apart(tmp_path):
    long = "Avez-vous été hospitalisé plus de trois jours au cours des cinq dernières années ?"
    said = [
        Said("Secret médical levé.", ("secrecy_waiver",)),
        Said("Secret médical levé ici.", ("secrecy_waiver",)),
        Said("Le tabac ?", ("vague_terms",), kind="question", context="Fumez-vous ?"),
        Said("Le tabac ?", ("vague_terms",), kind="question", context="Buvez-vous ?"),
        Said(long, ("vague_terms",), kind="question"),
        Said(long, ("secrecy_waiver",)),
        Said(WAIVER, ("secrecy_waiver",)),
        Said(" ".join(reversed(WAIVER.split())), ("secrecy_waiver",)),
    ]
    held = store(tmp_path / "s.duckdb", [file("a.pdf", *said)])
    assert build(held) == len(said)


def test_many_variants_of_few_clauses_are_found_again(tmp_path):
    """A larger share of common runs than the limit: together; a much smaller one: apart."""
    chance = random.Random(1)
    words = ["".join(chance.choices("aeioulmnrst", k=6)) for _ in range(2000)]
    clauses = [[chance.choice(words) for _ in range(60)] for _ in range(40)]
    texts = set()
    for clause in clauses:
        for _ in range(5):
            variant = list(clause)
            variant[chance.randrange(60)] = chance.choice(words)
            texts.add(" ".join(variant))
    held = one_each(tmp_path / "s.duckdb", *sorted(texts))
    assert build(held) == len(clauses)
    first = grouped(held)
    build(held)
    assert grouped(held) == first


def test_a_cluster_keeps_its_name_when_documents_come(tmp_path):
    held = one_each(tmp_path / "s.duckdb", WAIVER)
    build(held)
    ((name,),) = held.rows("SELECT cluster FROM clusters")
    variants = (f"{WAIVER[:-1]}, article {'x' * number}." for number in range(100))
    earlier = next(text for text in variants if hashlib.sha256(f"clause\n\n{text}".encode()).hexdigest() < name)
    assert not outdated(held)
    held.add([file("plus.pdf", Said(earlier, ("secrecy_waiver",)))], "e")
    assert outdated(held)
    assert build(held) == 1
    first, second = held.rows("SELECT text_id, cluster FROM clusters ORDER BY text_id")
    assert first[0] < second[0] == name == first[1] == second[1]


def test_what_does_not_count_is_in_no_cluster(tmp_path):
    doubtful = Said(WAIVER, ("secrecy_waiver",), decision="to_check")
    held = store(tmp_path / "s.duckdb", [file("a.pdf", doubtful, Said(SHARING))])
    assert not outdated(held)
    assert build(held) == 0
    assert clusters(held) == []


def test_a_cluster_tells_its_spread_and_where_it_came_first(tmp_path):
    held = small(tmp_path / "s.duckdb")
    build(held)
    sealed, waiver, *_ = clusters(held)
    assert (sealed.label, sealed.documents, sealed.insurers) == ("safe_medical_officer", 15, ("Beta", "Gamma"))
    assert (sealed.years, sealed.first_year, sealed.first_insurer) == ((2025, 2026), 2025, "Beta")
    assert (waiver.text, waiver.documents, waiver.insurers, waiver.wordings) == (WAIVER, 14, ("Alpha", "Delta"), 1)
    assert waiver.small_print_share == 6 / 14
    assert [one.documents for one in clusters(held, limit=1)] == [15]
    (late,) = clusters(held, Filters(labels=("secrecy_waiver",), years=(2026,), insurers=("Delta",)))
    assert (late.documents, late.first_year, late.first_insurer, late.cluster) == (2, 2026, "Delta", waiver.cluster)


def test_members_are_the_wordings_of_a_cluster(tmp_path):
    held = small(tmp_path / "s.duckdb")
    build(held)
    heirs = next(one for one in clusters(held) if one.label == "posthumous_waiver")
    found = members(held, heirs.cluster)
    assert heirs.wordings == len(found) == 2
    assert {(one.insurer, one.year, one.documents, one.page) for one in found} == {("Delta", 2026, 1, 1)}
    assert {one.name for one in found} == {"0.pdf", "1.pdf"}
    assert members(held, "nothing") == []
