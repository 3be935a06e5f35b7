"""The examples of the knowledge files: what must be found is found, what must not be is not."""

from functools import cache

import pytest

from analyzer.knowledge import load
from analyzer.knowledge.models import Label
from analyzer.pipeline import classify

Item = tuple[str, str]


@cache
def labels_of(kind: str) -> dict[Item, set[str]]:
    """The labels of all examples of a kind at once: batches are read faster than single texts."""
    items = [item for label in load().labels.values() if label.kind == kind for item in items_of(label)]
    found = classify(items, kind, use_encoder=False)
    return {item: {detection.label for detection in labels} for item, labels in zip(items, found, strict=True)}


def items_of(label: Label) -> list[Item]:
    examples = (*label.examples.match, *label.examples.near_miss)
    return [(example.text, example.context) for example in examples] + [
        (text, pair.context) for pair in label.examples.pairs for text in (pair.warned, pair.spared)
    ]


@pytest.mark.parametrize("name", sorted(load().labels))
def test_examples(name):
    found = labels_of(load().labels[name].kind)
    examples = load().labels[name].examples
    missed = [e.text for e in examples.match if not e.todo and name not in found[e.text, e.context]]
    wrong = [e.text for e in examples.near_miss if not e.todo and name in found[e.text, e.context]]
    assert not missed, f"{name}: must match"
    assert not wrong, f"{name}: must not match"


@pytest.mark.parametrize("name", sorted(load().labels))
def test_what_is_said_to_be_missed_is_missed(name):
    """An example that works now must lose its ``todo``."""
    found = labels_of(load().labels[name].kind)
    examples = load().labels[name].examples
    mended = [e.text for e in examples.match if e.todo and name in found[e.text, e.context]]
    mended += [e.text for e in examples.near_miss if e.todo and name not in found[e.text, e.context]]
    assert not mended, f"{name}: remove todo"


@pytest.mark.parametrize("name", sorted(load().labels))
def test_minimal_pairs(name):
    found = labels_of(load().labels[name].kind)
    broken = [
        pair.warned
        for pair in load().labels[name].examples.pairs
        if not pair.todo and (name not in found[pair.warned, pair.context] or name in found[pair.spared, pair.context])
    ]
    assert not broken, f"{name}: pairs"


def test_few_examples_are_given_up():
    """Known misses stand in the open, but they stay the exception."""
    examples = [e for label in load().labels.values() for e in (*label.examples.match, *label.examples.near_miss)]
    assert sum(example.todo for example in examples) <= 0.1 * len(examples)
