"""All that an insured person is shown, and how easy it is to read: ``python -m tests.knowledge.readability``.

Texts are gathered by walking the models of the knowledge files, so a new file, label, case or message is measured
without a line changed here. Three things are measured:

- every sentence, in both languages: its words, « l'assureur » being two, a figure or a reference of law one;
- every French text of ten words or more, by itself;
- every unit, that is what is read together: a case with its title, advice, way to answer and the law that it rests on;
  a file's other object (a legal text, a notice, a letter …); the messages of one group. Small ones are joined.

In fewer than ten words one long word weighs too much: titles, buttons and the like are measured in their unit only.
Outside the measure stand the names and dates of legal texts, and the questions that are proposed to examiners.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields

from pydantic import BaseModel

from analyzer.explanation.readability import reading_ease, sentences, words
from analyzer.knowledge import load, messages
from analyzer.knowledge.letters import Frame, Letter
from analyzer.knowledge.models import Bilingual, BilingualList, Case, Situation

EASY = 60
LONGEST = 25
#: A text of fewer words is measured only together with what stands around it.
ALONE = 10
#: Of fewer words there is no unit: the small ones of one area (all short messages, say) are measured together.
SMALL = 40
#: Parts of the knowledge whose texts nobody reads in a report: notes to those who write rules.
NOT_SHOWN = {"guards"}
#: Messages that an insured person does not meet: the help of the command line, what is told to those who measure,
#: train or write rules, and the screens and sheets of examiners and reviewers.
FOR_OTHERS = re.compile(
    r"(?:.*\.)?cli\b|(?:evaluate|train|problem|review|labels|label_page|app\.review|form\.(?:method|decision|examiner))\b"
    r"|error\.(?:bad_|training_|unknown_|no_such_|no_model_|model_|decisions_|not_decisions)"
)
_ONE_WORD = re.compile(r"\{[^}]*\}|(?:\b[LRDA]\. ?)?\d[\d\u202f\u00a0.,/-]*")
_ENGLISH_WORD = re.compile(r"[^\W_]+(?:[-'’.,][^\W_]+)*")


@dataclass(frozen=True)
class Text:
    """A text shown, where it is written, and its English, which letters do not have."""

    place: str
    fr: str
    en: str = ""


def texts() -> list[Text]:
    """Return every text that an insured person is shown, each line of a list by itself."""
    knowledge = load()
    found = [
        text
        for field in fields(knowledge)
        if field.name not in NOT_SHOWN
        for text in _walk(field.name, getattr(knowledge, field.name))
    ]
    french, english = messages("fr"), messages("en")
    found += [Text(f"messages/{key}", french[key], english[key]) for key in french if not FOR_OTHERS.match(key)]
    return found


def units() -> dict[str, list[str]]:
    """Return what is read together, in French, by name."""
    knowledge = load()
    together: dict[str, list[str]] = {}
    for text in texts():
        area, name, *_ = text.place.split("/")
        if area == "messages":
            name = name.split(".")[0]
        elif area == "laws":
            name = "/".join(text.place.split("/")[1:4])
        together.setdefault(f"{area}/{name}", []).append(text.fr)
    for name in [name for name, parts in together.items() if sum(len(words(part)) for part in parts) < SMALL]:
        together.setdefault(f"{name.split('/')[0]}: short ones", []).extend(together.pop(name))
    for label in knowledge.labels.values():
        for case in label.cases:
            together[f"{label.label}: {case.id}"] = _told(case, [label.title, label.how_to_answer])
    for situation in knowledge.situations.situations:
        together[f"situation: {situation.id}"] = _told(situation, [situation.how_to_answer])
    return together


def length(sentence: str) -> int:
    """Return how many words a French sentence has."""
    return len(words(_ONE_WORD.sub("x", sentence)))


def english_length(sentence: str) -> int:
    """Return how many words an English sentence has."""
    return len(_ENGLISH_WORD.findall(sentence))


def _told(told: Case | Situation, beside: list[Bilingual | None]) -> list[str]:
    law = [load().law_text(ground) for ground in told.grounds]
    single = [*beside, told.text, *(says for text in law for says in (text.says, text.nuance))]
    return [*told.advice.fr, *(text.fr for text in single if text)]


def _walk(place: str, value: object) -> Iterator[Text]:
    if isinstance(value, Bilingual):
        yield Text(place, value.fr, value.en)
    elif isinstance(value, BilingualList):
        for number, (fr, en) in enumerate(zip(value.fr, value.en, strict=True), 1):
            yield Text(f"{place}/{number}", fr, en)
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _walk(f"{place}/{name}", getattr(value, name))
        if isinstance(value, Letter | Frame):
            yield from _of_letter(place, value)
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from _walk(f"{place}/{key}", part)
    elif isinstance(value, tuple):
        for number, part in enumerate(value, 1):
            yield from _walk(f"{place}/{getattr(part, 'id', number)}", part)


def _of_letter(place: str, letter: Letter | Frame) -> Iterator[Text]:
    """The words of a letter, which are in French alone."""
    if isinstance(letter, Frame):
        said = [*letter.clause_states.values(), *letter.question_states.values()]
        said += [letter.clause_doubtful, letter.question_doubtful, letter.replace, letter.ask_instead, letter.closing]
    else:
        said = [text for part in letter.body for text in (part.text, part.many, part.elsewhere) if text]
        said += [letter.subject, *letter.wordings.values()]
    for number, text in enumerate(said, 1):
        yield Text(f"{place}/words/{number}", text)


def main() -> None:
    """Print, for each unit, its score, its words, the worst score of a text alone and its longest sentence."""
    rows = []
    for name, parts in units().items():
        alone = [reading_ease([part], ALONE) for part in parts]
        longest = max((length(sentence) for part in parts for sentence in sentences(part)), default=0)
        count = sum(len(words(part)) for part in parts)
        rows.append(
            (reading_ease(parts, 1) or 0.0, count, min((ease for ease in alone if ease), default=None), longest, name)
        )
    print("score  words  hardest text  longest sentence  unit")
    for ease, count, hardest, longest, name in sorted(rows):
        print(f"{ease:5.1f}  {count:5}  {hardest if hardest is not None else '-':>12}  {longest:16}  {name}")


if __name__ == "__main__":
    main()
