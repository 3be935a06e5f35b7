"""What a letter may say: the types that the files under ``letters/`` are checked against.

A letter asks. It says of a passage what the state of the law lets it say, and cites only texts by their ids.
"""

from __future__ import annotations

import re
from string import Formatter
from typing import Self

from pydantic import Field, model_validator

from analyzer.knowledge.models import Bilingual, Name, NonEmpty
from analyzer.schema import Frozen, Jurisdiction, LegalState, Stage

#: A citation written by hand: texts are cited by id, so that they stand once and with their strength.
_CITATION = re.compile(r"\b[LRDA]\. ?\d|\bart(?:icle|\.)|\bCode\b|\bRGPD\b|\bn° ?\d")
_FRAME_BLANKS = {
    "subject": {"subject"},
    "clause_named": {"number"},
    "question_named": {"number"},
    "on_page": {"page"},
    "quote": {"text"},
    "clause_doubtful": set(),
    "question_doubtful": set(),
    "cited": {"texts"},
    "one_text": {"numbers"},
    "many_texts": {"numbers"},
    "text": {"citation", "strength"},
}


class Frame(Frozen):
    """What all letters share, in French: how they begin and end, how a passage is shown, how a text is cited."""

    sender: tuple[NonEmpty, ...]
    date: NonEmpty
    subject: NonEmpty
    contract: NonEmpty
    greeting: NonEmpty
    closing: NonEmpty
    signature: NonEmpty
    clause_named: NonEmpty
    question_named: NonEmpty
    clause: NonEmpty
    question: NonEmpty
    on_page: str
    colon: str
    quote: NonEmpty
    left_out: str
    replace: NonEmpty
    ask_instead: NonEmpty
    remove: NonEmpty
    clause_states: dict[LegalState, NonEmpty]
    clause_doubtful: NonEmpty
    question_states: dict[LegalState, NonEmpty]
    question_doubtful: NonEmpty
    cited: str
    one_text: NonEmpty
    many_texts: NonEmpty
    and_: str = Field(alias="and")
    texts: NonEmpty
    text: NonEmpty

    @model_validator(mode="after")
    def _fills_in_what_is_known(self) -> Self:
        for name, wanted in _FRAME_BLANKS.items():
            if blanks(getattr(self, name)) != wanted:
                raise ValueError(f"{name} must fill in: {', '.join(sorted(wanted))}")
        for states in (self.clause_states, self.question_states):
            if set(states) != {"forbidden", "contestable", "worth_knowing"}:
                raise ValueError("every state of the law needs its sentence")
            for state, sentence in states.items():
                if blanks(sentence) != {"cited"}:
                    raise ValueError(f"{state} must fill in: cited")
                if state != "forbidden" and "interdi" in sentence.lower():
                    raise ValueError(f"{state}: « interdit » is said only where the law forbids")
        return self


class Paragraph(Frozen):
    """A paragraph of a letter. ``many`` is said in its place of several passages.

    With ``grounds`` it is said only where that law applies, and names its texts where ``{texts}`` stands; in other
    countries ``elsewhere`` is said, or nothing.
    """

    text: NonEmpty
    many: NonEmpty | None = None
    grounds: tuple[str, ...] = ()
    elsewhere: NonEmpty | None = None

    @model_validator(mode="after")
    def _asserts_no_more_than_it_may(self) -> Self:
        for text in filter(None, (self.text, self.many, self.elsewhere)):
            if unknown := blanks(text) - {"document", "items", "texts"}:
                raise ValueError(f"nothing is filled in for: {', '.join(sorted(unknown))}")
            if "interdi" in text.lower():
                raise ValueError("« interdit » is said only by the state of the law")
            if _CITATION.search(text):
                raise ValueError(f"a law is cited by id, under grounds: {text}")
            if ("texts" in blanks(text)) != (bool(self.grounds) and text != self.elsewhere):
                raise ValueError(f"{{texts}} stands where there are grounds, and only there: {text}")
        if self.elsewhere and not self.grounds:
            raise ValueError("elsewhere is said in place of what rests on a law")
        return self


class Letter(Frozen):
    """A letter: what it is for, what may follow, which findings and stages it suits, and its words in French.

    Letters are proposed in the order of their ``rank``. ``wordings`` are what may stand in the place of a clause, by
    label; with ``rewordings``, what Sceau proposes in the place of a question is shown.
    """

    letter: Name
    rank: int
    title: Bilingual
    purpose: Bilingual
    may_follow: Bilingual
    labels: tuple[Name, ...] = Field(min_length=1)
    #: Whether it says what only a decided finding bears: not one that Sceau hesitates about.
    decided_only: bool = False
    stages: tuple[Stage, ...] = Field(min_length=1)
    jurisdictions: tuple[Jurisdiction, ...] = Field(min_length=1)
    wordings: dict[Name, NonEmpty] = Field(default_factory=dict)
    rewordings: bool = False
    recipient: tuple[NonEmpty, ...]
    subject: NonEmpty
    body: tuple[Paragraph, ...]

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if sum(paragraph.text == "{items}" for paragraph in self.body) != 1:
            raise ValueError("one paragraph, and only one, must be {items}: the passages that the letter is about")
        if unknown := set(self.wordings) - set(self.labels):
            raise ValueError(f"wordings for labels that the letter does not suit: {', '.join(sorted(unknown))}")
        return self

    @property
    def grounds(self) -> tuple[str, ...]:
        """The ids of all texts of law that the letter itself names."""
        return tuple(ground for paragraph in self.body for ground in paragraph.grounds)


def blanks(text: str) -> set[str]:
    """Return the names of what is filled in."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}
