"""Two editions: what is recovered of what was done to the text, and what it does to the reader."""

import json
import random
import time
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.comparison import compare, compare_documents
from analyzer.errors import FileMissing, SceauError
from analyzer.schema import Context, Edition
from tests.reporting.build import finding, report
from tests.reporting.build import passage as built
from tests.samples import FOLDER

WAIVER = "Vous déliez vos médecins du secret médical pour l'étude de votre dossier."
SEALED = "Vous pouvez envoyer vos documents sous pli fermé au médecin-conseil."
RENT = "Le loyer est dû le premier jour de chaque mois, sans rappel de notre part."
THEFT = "Le vol est garanti après effraction, sauf si la porte n'était pas fermée à clé."
STORM = "Les dégâts de la tempête sont réparés par une entreprise que nous choisissons."
WATER = "Une fuite se déclare dans les cinq jours, par lettre ou par téléphone."


def edition(*texts, findings=(), **more):
    """An edition with a passage for each text, with its findings by the place of the text."""
    passages = tuple(
        built(1, text, id=f"p{place}", section=()) if isinstance(text, str) else text
        for place, text in enumerate(texts)
    )
    told = [finding(label, passages[place], **facts) for place, label, facts in findings]
    return Edition(report(*told, **more), passages)


def kinds(comparison):
    return [change.kind for change in comparison.changes]


def marked(side, mark):
    return [side.text[part.start : part.end] for part in side.words if part.mark == mark]


def places(side):
    return [int(name[1:]) for name in side.passages] if side else None


# ---- alignment -----------------------------------------------------------------------------------------

WORDS = [
    a + b for a in ("ba", "co", "di", "fu", "gle", "pra", "ri", "sto") for b in ("len", "mar", "nis", "tou", "ver")
]
#: Sentences that look alike no more than chance will have it.
SENTENCES = [" ".join(random.Random(seed).choices(WORDS, k=12)) for seed in range(40)]


@given(st.lists(st.sampled_from([*SENTENCES, "100 %", "Oui", "", "***", "a) Oui"]), max_size=40))
def test_a_document_against_itself_is_the_same(texts):
    found = compare(edition(*texts), edition(*texts))
    assert kinds(found) == ["same"] * len(texts)
    assert [places(change.old) for change in found.changes] == [[place] for place in range(len(texts))]
    assert found.sentence == "Aucune clause n'a changé entre les deux éditions."


@given(st.permutations(range(40)), st.integers(0, 40), st.integers(0, 40))
def test_what_was_removed_and_added_is_found(order, removed, added):
    """Sentences, those before ``first`` in the old edition only, those from ``last`` on in the new one only."""
    first, last = sorted((removed, added))
    old = [place for place in sorted(order) if order.index(place) < last]
    new = [place for place in sorted(order) if order.index(place) >= first]
    found = compare(edition(*(SENTENCES[place] for place in old)), edition(*(SENTENCES[place] for place in new)))
    by_kind = {kind: [] for kind in ("same", "added", "removed")}
    for change in found.changes:
        by_kind[change.kind].append(SENTENCES.index((change.new or change.old).text))
    assert by_kind == {
        "same": [place for place in old if place in new],
        "added": [place for place in new if place not in old],
        "removed": [place for place in old if place not in new],
    }


@given(st.permutations(range(12)))
def test_what_was_moved_is_found(order):
    found = compare(edition(*SENTENCES[:12]), edition(*(SENTENCES[place] for place in order)))
    assert set(kinds(found)) <= {"same", "moved"}
    assert [places(change.old) for change in found.changes] == [[place] for place in order]
    stayed = [places(change.old)[0] for change in found.changes if change.kind == "same"]
    assert stayed == sorted(stayed)
    assert not any(marked(change.new, "added") for change in found.changes)


@given(st.lists(st.sampled_from(["x y", "x", "x y z x", "y x"]), max_size=30), st.data())
@settings(max_examples=50)
def test_whatever_is_compared_every_passage_stands_once(texts, data):
    other = data.draw(st.permutations([*texts, "x x x", "y"]))
    found = compare(edition(*texts), edition(*other))
    assert sorted(place for change in found.changes for place in places(change.old) or ()) == list(range(len(texts)))
    assert [place for change in found.changes for place in places(change.new) or ()] == list(range(len(other)))
    assert sum(found.counts.values()) == sum(found.effects.values()) == len(found.changes)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("3° " + THEFT, "4° " + THEFT),
        ("a) " + THEFT, "- " + THEFT),
        ("Article 12 – " + THEFT, "Article 13.1 – " + THEFT),
        (THEFT, THEFT.replace("effraction", "effrac-\ntion")),
        (WATER, WATER.replace("Une fuite", "UNE FUITE")),
        (THEFT, THEFT.replace("'", "’").replace(",", "")),
    ],
    ids=["number", "sign", "article", "hyphenation", "capitals", "typography"],
)
def test_how_a_text_is_set_changes_nothing(old, new):
    assert kinds(compare(edition(RENT, old, WATER), edition(RENT, new, WATER))) == ["same"] * 3


@pytest.mark.parametrize(
    ("new", "removed", "added"),
    [
        (THEFT.replace("effraction", "éffractoin"), ["effraction"], ["éffractoin"]),
        (THEFT.replace("fermée à clé", "blindée"), ["fermée à clé"], ["blindée"]),
        (THEFT.replace("Le vol est garanti", "Le vol de vos bijoux est garanti"), [], ["de vos bijoux"]),
        (
            THEFT.replace(", sauf si la porte n'était pas fermée à clé", ""),
            ["sauf si la porte n'était pas fermée à clé"],
            [],
        ),
    ],
)
def test_the_words_that_changed_are_marked(new, removed, added):
    found = compare(edition(RENT, THEFT, STORM), edition(RENT, new, STORM))
    assert kinds(found) == ["same", "reworded", "same"]
    change = found.changes[1]
    assert (marked(change.old, "removed"), marked(change.new, "added")) == (removed, added)
    for side in (change.old, change.new):
        assert "".join(side.text[part.start : part.end] for part in side.words) == side.text


def test_a_figure_or_a_unit_is_a_word():
    found = compare(edition("Une aide de 15 € par jour est versée."), edition("Une aide de 15 % par jour est versée."))
    assert marked(found.changes[0].new, "added") == ["%"]


def test_a_clause_moved_and_reworded_is_both():
    found = compare(
        edition(THEFT, RENT, STORM, WATER), edition(RENT, STORM, WATER, THEFT.replace("effraction", "violence"))
    )
    assert kinds(found) == ["same", "same", "same", "moved"]
    assert marked(found.changes[3].new, "added") == ["violence"]


def test_a_section_moves_with_its_short_lines():
    table = ["Garantie", "Oui", "Non", THEFT, "Oui", "Non"]
    found = compare(edition(*table, RENT, STORM, WATER), edition(RENT, STORM, WATER, *table))
    assert kinds(found) == ["same"] * 3 + ["moved"] * 6 or kinds(found) == ["moved"] * 3 + ["same"] * 6


def test_removed_clauses_stand_where_they_stood():
    found = compare(edition(RENT, THEFT, STORM, WATER), edition(RENT, WATER))
    assert [(change.kind, (change.old or change.new).text) for change in found.changes] == [
        ("same", RENT),
        ("removed", THEFT),
        ("removed", STORM),
        ("same", WATER),
    ]


def test_cells_are_told_apart_by_their_row():
    def row(name, *cells):
        return [built(1, cell, id=f"{name}{place}", context=name, section=()) for place, cell in enumerate(cells)]

    old = [*row("Consultation chez un généraliste", "100 %", "125 %"), *row("Prothèse dentaire", "100 %", "225 %")]
    new = [*row("Prothèse dentaire", "100 %", "225 %")]
    found = compare(edition(*old), edition(*new))
    assert [(change.kind, change.old.passages[0][:6]) for change in found.changes] == [
        ("removed", "Consul"),
        ("removed", "Consul"),
        ("same", "Prothè"),
        ("same", "Prothè"),
    ]


def test_an_accent_may_matter_but_not_in_capitals():
    found = compare(edition("Il est délié du secret.", THEFT), edition("Il est délie du secret.", THEFT.upper()))
    assert kinds(found) == ["reworded", "same"]
    assert marked(found.changes[0].new, "added") == ["délie"]


def test_what_hangs_on_a_stem_is_no_version_of_what_hangs_on_another():
    stem = "Au cours des 10 dernières années, avez-vous eu"
    old = edition(RENT, built(1, "une hépatite C ?", id="p1", context=stem, section=()), THEFT)
    new = edition(RENT, built(1, "un cancer ?", id="p1", context=stem.replace("10", "5"), section=()), THEFT)
    assert kinds(compare(old, new)) == ["same", "removed", "added", "same"]


@pytest.mark.parametrize("swap", [False, True], ids=["split", "merged"])
def test_a_clause_split_or_merged_is_one_change(swap):
    whole, parts = edition(RENT, f"{THEFT} {STORM}", WATER), edition(RENT, THEFT, STORM, WATER)
    found = compare(parts, whole) if swap else compare(whole, parts)
    assert kinds(found) == ["same"] * 3
    joined = found.changes[1].old if swap else found.changes[1].new
    assert joined.text == f"{THEFT}\n{STORM}"
    assert len(joined.passages) == 2


def test_a_long_paragraph_cut_elsewhere_shows_only_what_is_new():
    old = edition(f"{RENT} {THEFT}", f"{STORM} {WATER}")
    new = edition(f"{SEALED} {RENT}", f"{THEFT} {STORM}", WATER)
    found = compare(old, new)
    assert kinds(found) == ["reworded"]
    assert marked(found.changes[0].old, "removed") == []
    assert " ".join(marked(found.changes[0].new, "added")) + "." == SEALED


def test_a_clause_written_anew_is_no_version_of_the_old_one():
    assert kinds(compare(edition(RENT, WAIVER), edition(RENT, STORM))) == ["same", "removed", "added"]


# ---- harsher, milder -----------------------------------------------------------------------------------

HIGH, MEDIUM, LOW = ({"severity": level} for level in ("high", "medium", "low"))
DOUBT = {"decision": "to_check"}
SAFE = {"polarity": "safeguard", "severity": None, "legal_state": "worth_knowing"}


@pytest.mark.parametrize(
    ("old", "new", "effect", "turns"),
    [
        ([], [], "neutral", []),
        ([("a", MEDIUM)], [("a", MEDIUM)], "neutral", []),
        ([], [("a", LOW)], "harsher", ["appeared"]),
        ([("a", LOW)], [], "milder", ["vanished"]),
        ([("a", LOW)], [("a", HIGH)], "harsher", ["graver"]),
        ([("a", {"legal_state": "forbidden"})], [("a", {"legal_state": "contestable"})], "milder", ["lighter"]),
        ([("s", SAFE)], [], "harsher", ["vanished"]),
        ([], [("s", SAFE)], "milder", ["appeared"]),
        ([("a", HIGH)], [("b", LOW)], "milder", ["vanished", "appeared"]),
        ([("a", LOW)], [("b", MEDIUM), ("s", SAFE)], "harsher", ["appeared", "vanished", "appeared"]),
        ([("a", MEDIUM)], [("b", MEDIUM)], "unclear", ["vanished", "appeared"]),
        ([], [("a", DOUBT)], "unclear", ["appeared"]),
        ([("a", DOUBT)], [("a", {})], "unclear", ["graver"]),
        ([("a", DOUBT)], [("a", DOUBT)], "neutral", []),
        ([], [("a", HIGH), ("b", DOUBT)], "harsher", ["appeared", "appeared"]),
        ([("b", DOUBT)], [("a", HIGH)], "unclear", ["appeared", "vanished"]),
    ],
)
def test_the_findings_say_what_a_change_does(old, new, effect, turns):
    before = edition(THEFT, findings=[(0, label, facts) for label, facts in old])
    after = edition(THEFT.replace("Le vol", "Le larcin"), findings=[(0, label, facts) for label, facts in new])
    change = compare(before, after).changes[0]
    assert (change.kind, change.effect, [turn.turn for turn in change.turns]) == ("reworded", effect, turns)


def test_a_clause_added_or_removed_counts_with_its_warnings():
    warned, plain = edition(RENT, WAIVER, findings=[(1, "secrecy_waiver", HIGH)]), edition(RENT)
    added, removed = compare(plain, warned), compare(warned, plain)
    assert [(change.kind, change.effect) for change in added.changes] == [("same", "neutral"), ("added", "harsher")]
    assert [(change.kind, change.effect) for change in removed.changes] == [("same", "neutral"), ("removed", "milder")]
    assert added.sentence == "1 passage a changé. 1 changement est plus dur pour vous."
    assert added.changes[1].new.findings[0].severity == "high"


def test_the_same_words_may_be_harsher():
    """In small print, for one."""
    found = compare(edition(WAIVER, findings=[(0, "a", MEDIUM)]), edition(WAIVER, findings=[(0, "a", HIGH)]))
    assert [(change.kind, change.effect) for change in found.changes] == [("same", "harsher")]
    assert found.sentence.startswith("1 passage a changé.")


def test_what_was_not_read_is_said():
    unread = (*report().unread, {"code": "no_text_layer", "pages": (2,), "message": "Page 2."})
    found = compare(edition(RENT), edition(RENT, unread=unread))
    assert found.new.unread[0].pages == (2,)
    assert "ne peut pas conclure" in found.sentence


def test_editions_told_for_different_readers_are_refused():
    with pytest.raises(ValueError, match="same situation"):
        compare(edition(RENT), edition(RENT, context=Context(jurisdiction="BE")))


# ---- two documents -------------------------------------------------------------------------------------


def test_the_two_editions_of_the_sample():
    found = compare_documents(
        FOLDER / "mutuelle_reglement.pdf", FOLDER / "editions" / "mutuelle_reglement_2026.pdf", use_encoder=False
    )
    assert found.old.document.name == "mutuelle_reglement.pdf"
    assert [
        (
            change.kind,
            change.effect,
            " ".join((change.new or change.old).text.split()[:4]),
            [f"{turn.turn} {turn.label}" for turn in change.turns],
        )
        for change in found.changes
        if change.kind != "same"
    ] == [
        ("reworded", "neutral", "RM 2026 – adopté", []),
        ("added", "neutral", "La mutuelle envoie chaque", []),
        ("reworded", "neutral", "79,90 €", []),
        ("reworded", "neutral", "La cotisation est annuelle.", []),
        (
            *("reworded", "harsher", "Pour le remboursement des"),
            ["appeared secrecy_waiver", "appeared third_party_disclosure", "vanished safe_secrecy_reminder"],
        ),
        ("removed", "milder", "La fiche d’entrée mentionne,", ["vanished genetic_data"]),
        (
            *("added", "harsher", "Le membre fournit à"),
            ["appeared non_medical_recipient", "appeared unlimited_documents"],
        ),
        ("moved", "neutral", "Les enfants restent inscrits", []),
        ("moved", "neutral", "Le nouveau-né inscrit dans", []),
        ("reworded", "milder", "Les fiches d’entrée et", ["vanished excessive_retention"]),
    ]
    expected = (FOLDER / "editions" / "mutuelle_reglement_2026.expected.jsonl").read_text("utf-8").splitlines()
    assert [
        sorted({told.label for told in change.new.findings})
        for change in found.changes
        if change.new and change.new.findings
    ] == [sorted(json.loads(line)["labels"]) for line in expected]
    split = next(change for change in found.changes if len(change.new.passages if change.new else ()) > 1)
    assert (split.kind, split.new.text.count("\n")) == ("same", 1)


def test_bytes_are_compared_under_their_names_and_masked_like_a_report():
    content = (FOLDER / "adhesion_remplie.pdf").read_bytes()
    steps = []
    found = compare_documents(
        content,
        content,
        names=("un.pdf", "deux.pdf"),
        use_encoder=False,
        progress=lambda step, name: steps.append((step, name)),
    )
    assert set(kinds(found)) == {"same"}
    assert found.without_answers
    assert (found.old.document.name, found.new.document.name) == ("un.pdf", "deux.pdf")
    assert ("read", "un.pdf") in steps and ("detect", "deux.pdf") in steps
    strings = json.loads((FOLDER / "adhesion_remplie.personal.json").read_text("utf-8"))
    shown = found.model_dump_json()
    assert "•" in shown
    assert not [value for value in strings if value in shown]


def test_a_fault_names_its_document(tmp_path):
    with pytest.raises(FileMissing) as missing:
        compare_documents(FOLDER / "mutuelle_reglement.pdf", tmp_path / "absent.pdf", use_encoder=False)
    assert missing.value.name == "absent.pdf"
    with pytest.raises(SceauError) as damaged:
        compare_documents(b"%PDF-1.7 rien", b"", names=("un.pdf", "deux.pdf"))
    assert damaged.value.name == "un.pdf"


# ---- time ----------------------------------------------------------------------------------------------


def three_hundred_pages():
    """Clauses of every length, of words that contracts repeat."""
    words = random.Random(1).choices([*WORDS, "le", "la", "de", "du", "à", "et"], k=20_000)
    places = random.Random(2)
    return [" ".join(words[at : at + places.randint(8, 80)]) for at in (places.randrange(19_900) for _ in range(3_600))]


@pytest.mark.long
def test_three_hundred_pages_take_seconds():
    texts = three_hundred_pages()
    chance = random.Random(3)
    edited, deleted = [], 0
    for text in [*texts[:1000], *texts[1200:3000], *texts[1000:1200], *texts[3000:]]:
        if chance.random() < 0.05:
            deleted += 1
            continue
        cut = text.split()
        if chance.random() < 0.1:
            cut[chance.randrange(len(cut))] = "nouveauté"
        edited.append(" ".join(cut))
    started = time.process_time()
    same, found = compare(edition(*texts), edition(*texts)), compare(edition(*texts), edition(*edited))
    assert time.process_time() - started < 40
    assert same.counts["same"] == len(texts)
    assert abs(found.counts["removed"] - deleted) <= 0.02 * len(texts)
    assert found.counts["added"] <= 0.02 * len(texts)
    assert 150 <= found.counts["moved"] <= 250


@pytest.mark.parametrize(
    "texts",
    [
        ["oui non"] * 2000,
        ["a b " * 400] * 200,
        [" ".join("ab"[(seed >> bit) & 1] for bit in range(60)) for seed in range(1000)],
        ["mot " * 40_000],
    ],
    ids=["short", "long", "two words", "endless"],
)
def test_hostile_repetition_takes_bounded_time(texts):
    """Seconds, where a quadratic alignment takes minutes."""
    started = time.process_time()
    found = compare(edition(*texts), edition("début", *texts[: len(texts) // 2], "a c", *texts[len(texts) // 2 + 1 :]))
    assert time.process_time() - started < 20
    assert Counter(kinds(found))["removed"] <= 1
