"""Whether a document asks questions. Reading them is another work; this only tells that they are there."""

from __future__ import annotations

import re
from collections.abc import Iterable

from analyzer.schema import Passage

_ANSWERS = re.compile(r"\b(?:oui\W{1,10}non|o\s?/\s?n)\b", re.IGNORECASE)


def questions(passages: Iterable[Passage]) -> list[Passage]:
    """Return the passages that ask something: a question mark at the end, or a yes and a no to tick."""
    return [
        passage for passage in passages if passage.text.rstrip(" .…_").endswith("?") or _ANSWERS.search(passage.text)
    ]
