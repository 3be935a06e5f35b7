"""What Sceau knows, as data that a lawyer can edit, and its loader.

``load()`` reads and checks every file once. A file that breaks a rule about rules raises
``BadKnowledge`` with the file's name and the fault.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from analyzer.errors import BadKnowledge
from analyzer.knowledge.editions import Editions
from analyzer.knowledge.forms import Forms
from analyzer.knowledge.letters import Frame, Letter
from analyzer.knowledge.models import (
    Guard,
    Guards,
    Label,
    Law,
    LawText,
    Lexicon,
    Medical,
    Notices,
    NoticeWanted,
    Parameter,
    Parameters,
    Rewordings,
    SeverityRules,
    Situations,
    Theme,
    Themes,
)
from analyzer.schema import Jurisdiction, Lang

__all__ = ["Knowledge", "load", "messages"]

Model = TypeVar("Model", bound=BaseModel)

#: The file that holds what all letters share.
_FRAME = "frame.yaml"


@dataclass(frozen=True)
class Knowledge:
    """All knowledge files, checked, by name."""

    labels: dict[str, Label]
    lists: dict[str, tuple[str, ...]]
    subjects: dict[str, tuple[str, ...]]
    medical: Medical
    forms: Forms
    editions: Editions
    guards: tuple[Guard, ...]
    situations: Situations
    notices: tuple[NoticeWanted, ...]
    rewordings: Rewordings
    severity: SeverityRules
    themes: tuple[Theme, ...]
    letters: dict[str, Letter]
    letter_frame: Frame
    laws: dict[Jurisdiction, Law]
    parameters: dict[str, Parameter]

    def law_text(self, text_id: str) -> LawText:
        """Return the legal text ``text_id``; raises ``KeyError`` when there is none."""
        return self._law_texts[text_id]

    @property
    def _law_texts(self) -> dict[str, LawText]:
        return {text.id: text for law in self.laws.values() for text in law.texts}

    def values(self, day: date, lang: Lang) -> dict[str, str]:
        """Return the legal parameters in force on ``day``, as they are written in ``lang``."""
        separator = "\u202f" if lang == "fr" else ","
        return {name: f"{parameter.at(day):,}".replace(",", separator) for name, parameter in self.parameters.items()}


@cache
def load() -> Knowledge:
    """Read and check every knowledge file. Raises ``BadKnowledge`` with the file and the fault."""
    root = files(__package__)
    labels = [
        _read(path, Label)
        for path in sorted(root.joinpath("labels").iterdir(), key=lambda path: path.name)
        if path.name.endswith(".yaml")
    ]
    laws = [_read(path, Law) for path in root.joinpath("law").iterdir() if path.name.endswith(".yaml")]
    letters = [
        _read(path, Letter)
        for path in root.joinpath("letters").iterdir()
        if path.name.endswith(".yaml") and path.name != _FRAME
    ]
    lexicon = _read(root.joinpath("lexicon.yaml"), Lexicon)
    knowledge = Knowledge(
        labels={label.label: label for label in labels},
        lists=lexicon.lists,
        subjects=lexicon.subjects,
        medical=_read(root.joinpath("medical.yaml"), Medical),
        forms=_read(root.joinpath("forms.yaml"), Forms),
        editions=_read(root.joinpath("editions.yaml"), Editions),
        guards=_read(root.joinpath("guards.yaml"), Guards).guards,
        situations=_read(root.joinpath("situations.yaml"), Situations),
        notices=_read(root.joinpath("notices.yaml"), Notices).notices,
        rewordings=_read(root.joinpath("rewordings.yaml"), Rewordings),
        severity=_read(root.joinpath("severity.yaml"), SeverityRules),
        themes=_read(root.joinpath("themes.yaml"), Themes).themes,
        letters={letter.letter: letter for letter in sorted(letters, key=lambda letter: letter.rank)},
        letter_frame=_read(root.joinpath("letters", _FRAME), Frame),
        laws={law.jurisdiction: law for law in laws},
        parameters={
            parameter.name: parameter for parameter in _read(root.joinpath("parameters.yaml"), Parameters).parameters
        },
    )
    _check_references(knowledge)
    return knowledge


@cache
def messages(lang: Lang) -> dict[str, str]:
    """Return the sentences of the interface in ``lang``, by key; ``{name}`` marks what is filled in."""
    content = yaml.load(
        files(__package__).joinpath("messages", f"{lang}.yaml").read_text("utf-8"), Loader=yaml.CSafeLoader
    )
    return {str(key): str(value) for key, value in content.items()}


def _read(path: Traversable, model: type[Model]) -> Model:
    try:
        return model.model_validate(yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader))
    except (yaml.YAMLError, ValidationError) as fault:
        raise BadKnowledge(path.name, problem=str(fault)) from fault


def _check_references(knowledge: Knowledge) -> None:
    """Refuse a label that names a legal text or a word list that does not exist."""
    texts = {text.id for law in knowledge.laws.values() for text in law.texts}
    for label in knowledge.labels.values():
        for case in label.cases:
            if missing := [ground for ground in case.grounds if ground not in texts]:
                raise BadKnowledge(f"{label.label}.yaml", problem=f"case {case.id}: no legal text {missing[0]}")
            for name in (*case.when.mentions, *case.when.mentions_none):
                if name not in knowledge.lists and name not in label.lists:
                    raise BadKnowledge(f"{label.label}.yaml", problem=f"case {case.id}: no word list {name}")
    if unknown := [name for name in knowledge.forms.health_lists if name not in knowledge.medical.lists]:
        raise BadKnowledge("forms.yaml", problem=f"no word list {unknown[0]}")
    if unknown := [name for name in knowledge.situations.health_labels if name not in knowledge.labels]:
        raise BadKnowledge("situations.yaml", problem=f"no label {unknown[0]}")
    for situation in knowledge.situations.situations:
        if missing := [ground for ground in situation.grounds if ground not in texts]:
            raise BadKnowledge("situations.yaml", problem=f"{situation.id}: no legal text {missing[0]}")
    for factor in knowledge.severity.raised_by:
        if factor.mentions not in knowledge.lists:
            raise BadKnowledge("severity.yaml", problem=f"no word list {factor.mentions}")
    for names in (knowledge.severity.answers.keys(), *knowledge.severity.answers.values()):
        for name in names:
            if name not in knowledge.labels:
                raise BadKnowledge("severity.yaml", problem=f"no label {name}")
    for letter in knowledge.letters.values():
        if missing := [ground for ground in letter.grounds if ground not in texts]:
            raise BadKnowledge(f"{letter.letter}.yaml", problem=f"no legal text {missing[0]}")
        if unknown := [name for name in letter.labels if name not in knowledge.labels]:
            raise BadKnowledge(f"{letter.letter}.yaml", problem=f"no label {unknown[0]}")
    themed = sorted(name for theme in knowledge.themes for name in theme.labels)
    if themed != sorted(
        name for name, label in knowledge.labels.items() if (label.kind, label.polarity) == ("clause", "warning")
    ):
        raise BadKnowledge("themes.yaml", problem="every warning on clauses must stand in one theme")
