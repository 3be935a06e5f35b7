"""What a knowledge file may say: the types that every YAML file under ``knowledge/`` is checked against.

The rules about rules stand here too: a file that breaks one is refused when it is loaded, with a
sentence that names the file and the fault.
"""

from __future__ import annotations

from datetime import date
from string import Formatter
from typing import Annotated, Literal, Self
from urllib.parse import urlparse

from pydantic import Field, StringConstraints, model_validator

from analyzer.schema import Contract, Frozen, Insurer, Jurisdiction, Lang, LegalState, PassageKind, Polarity, Stage

NonEmpty = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
RuleId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*$")]

#: What a wording proposed may leave to be filled in.
_BRACES = {"window", "one", "of", "bare", "diagnosed", "fixed", "pronoun", "lasting", "question", "exempt"}

MIN_MATCHES = 12
MIN_NEAR_MISSES = 8
MIN_PAIRS = 8

#: A public address is shown only when it stands on one of these official hosts (or below one).
OFFICIAL_HOSTS = (
    "legifrance.gouv.fr",
    "courdecassation.fr",
    "conseil-etat.fr",
    "cnil.fr",
    "defenseurdesdroits.fr",
    "eur-lex.europa.eu",
    "coe.int",
    "conseil-national.medecin.fr",
    "service-public.fr",
    "aeras-infos.fr",
    "senat.fr",
    "assemblee-nationale.fr",
    "economie.gouv.fr",
    "clauses-abusives.fr",
)


class Bilingual(Frozen):
    """A text that users read, in both languages."""

    fr: NonEmpty
    en: NonEmpty

    def get(self, lang: Lang) -> str:
        """Return the text in ``lang``."""
        return self.fr if lang == "fr" else self.en


class BilingualList(Frozen):
    """A list of short texts that users read, in both languages, line for line."""

    fr: tuple[NonEmpty, ...]
    en: tuple[NonEmpty, ...]

    @model_validator(mode="after")
    def _same_length(self) -> Self:
        if len(self.fr) != len(self.en) or not self.fr:
            raise ValueError("the French and English lists must have the same, non-zero length")
        return self

    def get(self, lang: Lang) -> tuple[str, ...]:
        """Return the lines in ``lang``."""
        return self.fr if lang == "fr" else self.en


#: What is known of a question's build, beside its words. ``knowledge/README.md`` explains them to their authors.
Fact = Literal[
    "past",  # asks about what was
    "bounded",  # says how far back it asks, itself or through its stem
    "unbounded",  # asks about what was, and does not say how far back
    "over_five_years",  # the window is longer than five years
    "declaration",  # a sentence to sign rather than a question
    "relative",  # asks about the health of a relative
    "partner",  # asks about the partner
    "several_facts",  # joins facts that have nothing to do with each other under one answer
    "measured",  # gives a quantity, a duration, a degree or a rate to answer against
    "health",  # touches the body, the mind, care
    "named",  # names an illness, an organ, an event or an act of care
    "qualified",  # says of which kind an illness or accident is ("maladie de …", "maladie infectieuse")
    "in_progress",  # asks about today only
]


class Pattern(Frozen):
    """One way in which a label is worded. ``knowledge/README.md`` explains the phrases.

    For a question, ``facts`` must all hold and none of ``facts_none``; with ``facts``, ``match`` may be left out. Where
    ``in_brackets`` is false, words in brackets that only illustrate something named before do not count.
    """

    id: RuleId
    match: NonEmpty | None = None
    where: Literal["sentence", "passage"] = "sentence"
    facts: tuple[Fact, ...] = ()
    facts_none: tuple[Fact, ...] = ()
    in_brackets: bool = True
    unless: tuple[NonEmpty, ...] = ()
    unless_passage: tuple[NonEmpty, ...] = ()
    strength: Literal["strong", "weak"] = "strong"
    note: str = ""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.match is None and not self.facts:
            raise ValueError(f"pattern {self.id}: a phrase or a fact is needed")
        return self


class When(Frozen):
    """The situations in which a case applies; every condition that is given must hold.

    ``mentions`` and ``mentions_none`` name word lists looked for in the passage and its stem;
    ``patterns`` names patterns of the label, at least one of which must have fired. ``facts`` and ``facts_none``
    are those of a question. ``small_home_loan``: whether French law lets no health question be asked for the home loan.
    """

    contract: tuple[Contract, ...] = ()
    insurer: tuple[Insurer, ...] = ()
    jurisdiction: tuple[Jurisdiction, ...] = ()
    stage: tuple[Stage, ...] = ()
    mentions: tuple[Name, ...] = ()
    mentions_none: tuple[Name, ...] = ()
    patterns: tuple[RuleId, ...] = ()
    facts: tuple[Fact, ...] = ()
    facts_none: tuple[Fact, ...] = ()
    small_home_loan: bool | None = None


class Case(Frozen):
    """What there is to say of a label in one situation. The first case that applies is told."""

    id: RuleId
    when: When = When()
    legal_state: LegalState | None = None
    text: Bilingual
    grounds: tuple[str, ...] = ()
    advice: BilingualList

    @model_validator(mode="after")
    def _law_needs_a_jurisdiction(self) -> Self:
        if not self.when.jurisdiction and (self.legal_state or self.grounds):
            raise ValueError(f"case {self.id}: a state of the law or a ground needs a jurisdiction")
        if self.legal_state != "forbidden" and "interdit" in self.text.fr.lower():
            raise ValueError(f"case {self.id}: « interdit » is said only where the law forbids")
        if self.legal_state and not self.grounds:
            raise ValueError(f"case {self.id}: a state of the law needs at least one ground")
        return self


class Example(Frozen):
    """A wording that must (or must not) give the label. ``todo``: known to fail, in the open."""

    text: NonEmpty
    context: str = ""
    todo: bool = False


class Pair(Frozen):
    """A minimal pair: two wordings that differ little, one warned and one not."""

    warned: NonEmpty
    spared: NonEmpty
    context: str = ""
    todo: bool = False


class Examples(Frozen):
    """The examples of a label; they are run as tests."""

    match: tuple[Example, ...]
    near_miss: tuple[Example, ...]
    pairs: tuple[Pair, ...] = ()


class Label(Frozen):
    """Everything there is to say of one label."""

    label: Name
    polarity: Polarity
    kind: PassageKind
    title: Bilingual
    looks_for: Bilingual
    absent: Bilingual | None = None
    guards: tuple[Name, ...] = ("commentary", "other_domain")
    lists: dict[Name, tuple[NonEmpty, ...]] = Field(default_factory=dict)
    patterns: tuple[Pattern, ...]
    cases: tuple[Case, ...]
    examples: Examples
    how_to_answer: Bilingual | None = None

    @model_validator(mode="after")
    def _rules_about_rules(self) -> Self:
        _no_duplicates("pattern", [pattern.id for pattern in self.patterns])
        _no_duplicates("case", [case.id for case in self.cases])
        examples = (*self.examples.match, *self.examples.near_miss)
        _no_duplicates("example", [f"{example.context} {example.text}".strip() for example in examples])
        if not self.patterns and self.polarity != "neutral":
            raise ValueError("a label needs at least one pattern")
        if self.kind == "question" and self.how_to_answer is None:
            raise ValueError("a label of questions needs a text on how to answer honestly")
        conditions: list[Pattern | When] = [*self.patterns, *(case.when for case in self.cases)]
        if self.kind == "clause" and any(part.facts or part.facts_none for part in conditions):
            raise ValueError("facts are known of questions only")
        known = {pattern.id for pattern in self.patterns}
        for case in self.cases:
            if unknown := set(case.when.patterns) - known:
                raise ValueError(f"case {case.id} names unknown patterns: {', '.join(sorted(unknown))}")
        if not self.cases or self.cases[-1].when != When():
            raise ValueError("the last case must apply everywhere: no condition, no state of the law")
        if not any("FR" in case.when.jurisdiction and case.grounds for case in self.cases):
            raise ValueError("a label needs a case with grounds for France")
        if len(self.examples.match) < MIN_MATCHES:
            raise ValueError(f"a label needs at least {MIN_MATCHES} matching examples")
        if len(self.examples.near_miss) < MIN_NEAR_MISSES:
            raise ValueError(f"a label needs at least {MIN_NEAR_MISSES} near-misses")
        if self.polarity == "warning" and len(self.examples.pairs) < MIN_PAIRS:
            raise ValueError(f"a warning needs at least {MIN_PAIRS} minimal pairs")
        if self.polarity == "safeguard" and self.absent is None:
            raise ValueError("a safeguard needs a text for when it is not found")
        return self


class Lexicon(Frozen):
    """The word lists that labels share. An entry is a word or expression, its words in the dictionary form.

    ``subjects`` hold beginnings of words that tell what a document is about.
    """

    lists: dict[Name, tuple[NonEmpty, ...]]
    subjects: dict[Name, tuple[NonEmpty, ...]]


class Medical(Frozen):
    """The words of medicine that questions are made of.

    ``systems`` names the lists that hold the illnesses, signs and organs of one system of the body each: a question
    that joins two of them asks two things. ``events`` names the lists that hold one kind of event each (a stay in
    hospital, an operation, sick leave); those of ``indefinite`` name nothing by themselves ("un traitement").
    """

    lists: dict[Name, tuple[NonEmpty, ...]]
    systems: tuple[Name, ...]
    events: tuple[Name, ...]
    indefinite: tuple[Name, ...]

    @model_validator(mode="after")
    def _known(self) -> Self:
        if unknown := {*self.systems, *self.events, *self.indefinite} - set(self.lists):
            raise ValueError(f"no word list {', '.join(sorted(unknown))}")
        return self


class Situation(Frozen):
    """A situation in which no question on health may be asked, however worded; told instead of the label's case."""

    id: RuleId
    when: When
    legal_state: LegalState
    text: Bilingual
    grounds: tuple[str, ...]
    advice: BilingualList
    how_to_answer: Bilingual


class Situations(Frozen):
    """The situations file; a question with one of ``health_labels`` is on health, whatever its words."""

    health_labels: tuple[Name, ...]
    situations: tuple[Situation, ...]


class Shortest(Frozen):
    """The shortest duration of an event worth asking for, in days and in words."""

    days: int
    words: NonEmpty


class Subject(Frozen):
    """What a question is about that names nothing of the word lists: the ``words`` that tell."""

    about: Name
    words: tuple[NonEmpty, ...]


class Grammar(Frozen):
    """Gender and number of the words of medicine, where their endings do not tell."""

    feminine: tuple[NonEmpty, ...]
    masculine: tuple[NonEmpty, ...]
    feminine_endings: tuple[NonEmpty, ...]
    masculine_endings: tuple[NonEmpty, ...]
    singular: tuple[NonEmpty, ...]
    plural: tuple[NonEmpty, ...]
    definite: tuple[NonEmpty, ...]
    aspirated: tuple[NonEmpty, ...]


class Rewordings(Frozen):
    """The wordings proposed for questions, in French, and the reasons given for them.

    ``wordings`` holds, by what is asked, the wordings to try in order; the file explains what their braces stand for.
    """

    longest_months: int
    lately_months: int
    windows: dict[Name, NonEmpty]
    shortest: dict[Name, Shortest]
    wordings: dict[Name, tuple[NonEmpty, ...]]
    exempt: dict[Name, str]
    sports: NonEmpty
    idle: tuple[NonEmpty, ...]
    vague_heads: tuple[NonEmpty, ...]
    instead_of_vague: NonEmpty
    heads: dict[str, NonEmpty]
    persons: dict[str, NonEmpty]
    mind: NonEmpty
    places: tuple[NonEmpty, ...]
    drugs: tuple[NonEmpty, ...]
    devices: tuple[NonEmpty, ...]
    therapies: tuple[NonEmpty, ...]
    subjects: tuple[Subject, ...]
    grammar: Grammar
    why: dict[Name, Bilingual]

    @model_validator(mode="after")
    def _known_braces(self) -> Self:
        for name, wordings in self.wordings.items():
            for wording in wordings:
                if unknown := {field for _, field, _, _ in Formatter().parse(wording) if field} - _BRACES:
                    raise ValueError(f"wording {name}: nothing is known of {{{min(unknown)}}}")
        return self


class NoticeWanted(Frozen):
    """Something that a health questionnaire should tell its reader.

    It is found where one passage holds an expression of each of the groups of ``needs``. ``text`` says why it matters
    and what to write where it is missing.
    """

    id: Name
    title: Bilingual
    text: Bilingual
    needs: tuple[tuple[NonEmpty, ...], ...] = Field(min_length=1)


class Notices(Frozen):
    """The notices file."""

    notices: tuple[NoticeWanted, ...]


class Guard(Frozen):
    """A kind of text in which warnings are not given, and the phrases that betray it."""

    name: Name
    note: Bilingual
    lists: dict[Name, tuple[NonEmpty, ...]] = Field(default_factory=dict)
    patterns: tuple[Pattern, ...]


class Guards(Frozen):
    """The guards file."""

    guards: tuple[Guard, ...]


class SeverityFactor(Frozen):
    """Words in a passage that raise its severity by one step, and the reason that the trace gives.

    ``not_for`` names labels that say the same by themselves.
    """

    mentions: Name
    note: Bilingual
    not_for: tuple[Name, ...] = ()


class Theme(Frozen):
    """What several labels are about, to choose among warnings by."""

    id: RuleId
    title: Bilingual
    labels: tuple[Name, ...]


class Themes(Frozen):
    """The themes, in the order in which they are offered."""

    themes: tuple[Theme, ...]


class SeverityRules(Frozen):
    """How severity follows from the state of the law and the passage.

    ``answers`` names, for a warning, the safeguards that lower it when they stand in the same section.
    """

    raised_by: tuple[SeverityFactor, ...]
    small_print: Bilingual
    lowered_by_safeguard: Bilingual
    answers: dict[Name, tuple[Name, ...]]


class LawText(Frozen):
    """A legal text in our own words."""

    id: NonEmpty
    citation: NonEmpty
    says: Bilingual
    strength: Literal["statute", "case_law", "regulator", "professional_code", "industry_agreement"]
    date: Bilingual
    checked: Literal["verbatim", "secondary", "general"]
    nuance: Bilingual | None = None
    url: str | None = None

    @model_validator(mode="after")
    def _official_host(self) -> Self:
        if self.url is not None:
            host = (urlparse(self.url).hostname or "").removeprefix("www.")
            if not any(host == official or host.endswith("." + official) for official in OFFICIAL_HOSTS):
                raise ValueError(f"{self.id}: an address is shown only on an official host")
        return self


class Law(Frozen):
    """The law of one jurisdiction."""

    jurisdiction: Jurisdiction
    name: Bilingual
    common_advice: BilingualList
    texts: tuple[LawText, ...]

    @model_validator(mode="after")
    def _unique(self) -> Self:
        _no_duplicates("text", [text.id for text in self.texts])
        return self


class DatedValue(Frozen):
    """The value of a legal parameter from a day on, until the next one."""

    since: date
    value: int | float
    reference: NonEmpty


class Parameter(Frozen):
    """A figure that the law sets, as a series of dated values, oldest first."""

    name: Name
    unit: NonEmpty
    values: tuple[DatedValue, ...]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        days = [value.since for value in self.values]
        if not days or days != sorted(set(days)):
            raise ValueError(f"{self.name}: dated values must be in order, without repeats")
        return self

    def at(self, day: date) -> int | float:
        """Return the value in force on ``day``; raises ``LookupError`` before the first one."""
        in_force = [value.value for value in self.values if value.since <= day]
        if not in_force:
            raise LookupError(f"{self.name} has no value on {day}")
        return in_force[-1]


class Parameters(Frozen):
    """The parameters file."""

    parameters: tuple[Parameter, ...]


def _no_duplicates(what: str, names: list[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ValueError(f"duplicate {what}: {name}")
        seen.add(name)
