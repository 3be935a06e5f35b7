"""The page of a label, generated from its knowledge file."""

from __future__ import annotations

from datetime import date

from rich.console import Console
from rich.padding import Padding
from rich.rule import Rule
from rich.text import Text

from analyzer.knowledge import load, messages
from analyzer.knowledge.models import Case, Label
from analyzer.schema import Lang


def print_label(label: Label, lang: Lang, console: Console) -> None:
    """Print everything there is to say of ``label``: what it looks for, its cases with the law, its examples."""
    say = messages(lang)
    console.print(Rule(f"{label.title.get(lang)} ({label.label}, {say[f'polarity.{label.polarity}']})", align="left"))
    console.print(Text(label.looks_for.get(lang)))
    console.print(Text(f"\n{say['label_page.cases']}", style="bold"))
    for case in label.cases:
        _print_case(case, lang, console)
    for heading, examples in (("matches", label.examples.match), ("near_misses", label.examples.near_miss)):
        console.print(Text(f"\n{say[f'label_page.{heading}']}", style="bold"))
        for example in examples:
            todo = f"  [{say['label_page.todo']}]" if example.todo else ""
            stem = f"{example.context} " if example.context else ""
            console.print(Padding(Text(f"– {stem}{example.text}{todo}"), (0, 0, 0, 2)))


def _print_case(case: Case, lang: Lang, console: Console) -> None:
    say = messages(lang)
    knowledge = load()
    values = knowledge.values(date.today(), lang)
    given = {name: value for name, value in case.when.model_dump().items() if value}
    conditions = " ; ".join(f"{name} = {', '.join(value)}" for name, value in given.items())
    when = say["label_page.when"].format(conditions=conditions) if given else say["label_page.everywhere"]
    state = say[f"state.{case.legal_state or 'unknown'}"]
    console.print(Padding(Text.assemble("• ", (when, "italic"), f"  [{state}]"), (0, 0, 0, 2)))
    console.print(Padding(Text(case.text.get(lang).format_map(values)), (0, 0, 0, 4)))
    for text in map(knowledge.law_text, case.grounds):
        strength = say[f"strength.{text.strength}"]
        console.print(Padding(Text(f"{text.citation} ({strength}) : {text.says.get(lang)}", style="dim"), (0, 0, 0, 4)))
    for line in case.advice.get(lang):
        console.print(Padding(Text(f"→ {line.format_map(values)}"), (0, 0, 0, 4)))
