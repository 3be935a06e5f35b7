"""The rules as a whole: the screen loses nothing, evidence points at words, hostile text stays bounded."""

import dataclasses
import json
import time
from pathlib import Path

import pytest

from analyzer.detection import detect
from analyzer.detection.rules import Rules
from analyzer.errors import BadKnowledge
from analyzer.knowledge import load
from analyzer.segmentation import passage_from_text

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"


@pytest.fixture(scope="module")
def rules() -> Rules:
    return Rules(load(), "clause")


def outcome(readings):
    return [
        sorted((owner, match.pattern) for owner, matches in reading.matches.items() for match in matches)
        for reading in readings
    ]


def own_examples() -> list[str]:
    return [
        example.text
        for label in load().labels.values()
        if label.kind == "clause"
        for example in (*label.examples.match, *label.examples.near_miss)
    ]


def test_the_screen_loses_nothing_of_our_examples(rules):
    passages = [passage_from_text(text) for text in own_examples()]
    assert outcome(rules.read(passages)) == outcome(rules.read(passages, screened=False))


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the development corpus is not here")
def test_the_screen_loses_nothing_of_the_corpus(rules):
    texts = [
        json.loads(line)["text"]
        for name in ("dev_clauses", "authored_clauses", "authored_contrast", "dev_commentary")
        for line in (CORPUS / f"{name}.jsonl").read_text("utf-8").splitlines()
    ]
    passages = [passage_from_text(text) for text in texts]
    assert outcome(rules.read(passages)) == outcome(rules.read(passages, screened=False))


def test_evidence_is_words_of_the_text_as_it_was_given():
    text = "Article 4 —  L’ASSURÉ(E) délie\u00a0ses mé-\ndecins du secret."
    (found,) = detect([passage_from_text(text)])
    waiver = next(detection for detection in found if detection.label == "secrecy_waiver")
    words = [text[start:end] for start, end in waiver.evidence]
    assert "délie" in " ".join(words)
    assert "secret" in " ".join(words)


def test_a_stem_alone_is_no_finding():
    stem = "L'assuré délie ses médecins du secret médical et communique :"
    assert detect([passage_from_text("une copie de sa pièce d'identité ;", context=stem)]) == [[]]


def test_an_item_is_read_with_its_stem():
    (found,) = detect([passage_from_text("de tout secret médical ;", context="L'assuré délie son médecin")])
    assert "secrecy_waiver" in {detection.label for detection in found}


@pytest.mark.parametrize(
    "text",
    [
        "secret " * 40_000,
        "l'assuré délie ses médecins du secret, " * 8_000,
        "a" * 1_000_000,
        "ne pas " * 50_000,
        "((((" * 100_000,
        "-\n" * 100_000,
    ],
    ids=["one word", "a clause", "no space", "negations", "brackets", "hyphens"],
)
def test_hostile_lines_cost_no_more_than_their_length(text):
    # Not a benchmark: without a bound these take minutes or never end.
    begin = time.monotonic()
    detect([passage_from_text(text)])
    assert time.monotonic() - begin < 60


@pytest.mark.parametrize("match", ["{no_such_list} secret", "{secret", "& secret"])
def test_a_pattern_that_cannot_be_read_is_named(match):
    """A lawyer's slip is told with the label and the pattern, not as a fault of the program."""
    label = load().labels["secrecy_waiver"]
    broken = label.model_copy(update={"patterns": (label.patterns[0].model_copy(update={"match": match}),)})
    knowledge = dataclasses.replace(load(), labels={"secrecy_waiver": broken}, guards=())
    with pytest.raises(BadKnowledge) as caught:
        Rules(knowledge, "clause")
    assert label.patterns[0].id in str(caught.value.facts["problem"])
    assert caught.value.name == "secrecy_waiver"
