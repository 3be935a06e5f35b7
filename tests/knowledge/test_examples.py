"""The examples of the knowledge files: what must be found is found, what must not be is not."""

from functools import cache

import pytest

from analyzer.detection import detect
from analyzer.knowledge import load
from analyzer.segmentation import passage_from_text


@cache
def labels_of(items: tuple[tuple[str, str], ...]) -> list[set[str]]:
    """Detect all examples at once: the pipeline reads batches faster than single texts."""
    found = detect([passage_from_text(text, context=context) for text, context in items])
    return [{detection.label for detection in detections if detection.decision == "warned"} for detections in found]


def all_examples():
    return tuple(
        (example.text, example.context)
        for label in load().labels.values()
        for example in (*label.examples.match, *label.examples.near_miss)
    )


def all_pairs():
    return tuple(
        (text, "")
        for label in load().labels.values()
        for pair in label.examples.pairs
        for text in (pair.warned, pair.spared)
    )


@pytest.mark.parametrize("name", sorted(load().labels))
def test_examples(name):
    found = dict(zip(all_examples(), labels_of(all_examples()), strict=True))
    examples = load().labels[name].examples
    missed = [e.text for e in examples.match if not e.todo and name not in found[e.text, e.context]]
    wrong = [e.text for e in examples.near_miss if not e.todo and name in found[e.text, e.context]]
    assert not missed, f"{name}: must match"
    assert not wrong, f"{name}: must not match"


@pytest.mark.parametrize("name", sorted(load().labels))
def test_what_is_said_to_be_missed_is_missed(name):
    """An example that works now must lose its ``todo``."""
    found = dict(zip(all_examples(), labels_of(all_examples()), strict=True))
    examples = load().labels[name].examples
    mended = [e.text for e in examples.match if e.todo and name in found[e.text, e.context]]
    mended += [e.text for e in examples.near_miss if e.todo and name not in found[e.text, e.context]]
    assert not mended, f"{name}: remove todo"


@pytest.mark.parametrize("name", sorted(load().labels))
def test_minimal_pairs(name):
    found = dict(zip(all_pairs(), labels_of(all_pairs()), strict=True))
    pairs = load().labels[name].examples.pairs
    broken = [
        pair.warned
        for pair in pairs
        if not pair.todo and (name not in found[pair.warned, ""] or name in found[pair.spared, ""])
    ]
    assert not broken, f"{name}: pairs"


def test_few_examples_are_given_up():
    """Known misses stand in the open, but they stay the exception."""
    examples = [e for label in load().labels.values() for e in (*label.examples.match, *label.examples.near_miss)]
    assert sum(example.todo for example in examples) <= 0.1 * len(examples)
