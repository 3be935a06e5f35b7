"""The phrases of the knowledge files, parsed. ``knowledge/README.md`` explains them to their authors.

    "{insurer} {may} ... {request} ... {any_document}"     one ordered run
    "{refuse} ... {exam} & {lose} {benefit}"               two runs, in either order

A run is a sequence of elements. An element is a word list in braces (``{a|b}``: either), or a plain
word. Between two elements a space allows up to ``NEAR`` other words, dots up to ``FAR``. ``!`` before
an element: the words must be negated; ``~``: negated or not; nothing: they must not be negated.
``{doctor-insurer_doctor}``: words of the first list that are no part of an expression of the second
("médecin", but not that of "médecin-conseil").
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

#: Other words allowed between two elements written side by side: a determiner, an adverb, an adjective.
NEAR = 3
#: Other words allowed where the phrase has dots.
FAR = 14

Negation = Literal["absent", "required", "any"]

_TOKEN = re.compile(
    r"\s*(?:(?P<dots>\.\.\.|…)|(?P<mark>[!~]?)"
    r"(?:\{(?P<names>[a-z0-9_| ]+)(?:-(?P<without>[a-z0-9_| ]+))?\}|(?P<word>[^\s{}&!~.]+)))"
)


@dataclass(frozen=True)
class Element:
    """Words to find: any of the ``lists``, negated or not, at most ``gap`` words after the element before.

    Words that overlap an expression of the lists ``without`` do not count.
    """

    lists: tuple[str, ...]
    negation: Negation
    gap: int
    without: tuple[str, ...] = ()


@dataclass(frozen=True)
class Phrase:
    """Runs of elements that must all be found, in any order of the runs."""

    runs: tuple[tuple[Element, ...], ...]

    @property
    def lists(self) -> set[str]:
        """Names of all lists that the phrase uses."""
        return {name for run in self.runs for element in run for name in (*element.lists, *element.without)}


def parse(source: str) -> Phrase:
    """Parse a phrase. Raises ``ValueError`` with what is wrong.

    A plain word becomes a list of its own, named by the word in quotes.
    """
    return Phrase(tuple(_parse_run(part) for part in source.split("&")))


def _parse_run(source: str) -> tuple[Element, ...]:
    elements: list[Element] = []
    gap = NEAR
    position = 0
    source = source.strip()
    if not source:
        raise ValueError("empty phrase")
    while position < len(source):
        token = _TOKEN.match(source, position)
        if not token:
            raise ValueError(f"cannot read the phrase at {source[position : position + 20]!r}")
        position = token.end()
        if token["dots"]:
            gap = FAR
            continue
        lists = _names(token["names"]) if token["names"] else (f'"{token["word"]}"',)
        negation: Negation = {"!": "required", "~": "any"}.get(token["mark"], "absent")  # type: ignore[assignment]
        elements.append(Element(lists, negation, gap, _names(token["without"]) if token["without"] else ()))
        gap = NEAR
    if not elements:
        raise ValueError("a phrase needs at least one element")
    return tuple(elements)


def _names(source: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in source.split("|"))
