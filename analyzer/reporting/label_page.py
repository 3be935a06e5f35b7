"""The page of a label, generated from its knowledge file."""

from __future__ import annotations

from datetime import date

from rich.console import Console
from rich.padding import Padding
from rich.rule import Rule
from rich.text import Text

from analyzer.knowledge import load, messages
from analyzer.knowledge.models import Case, Label, When
from analyzer.schema import Lang


def print_label(label: Label, lang: Lang, console: Console) -> None:
    """Print everything there is to say of ``label``: what it looks for, its cases with the law, its examples."""
    say = messages(lang)
    title = f"{label.title.get(lang)} ({label.label}, {say[f'polarity.{label.polarity}']})"
    console.print(Rule(Text(title, style="bold"), align="left"))
    console.print(Text(label.looks_for.get(lang)))
    console.print(Text(f"\n{say['label_page.cases']}", style="bold"))
    for case in label.cases:
        _print_case(case, lang, console)
    if label.how_to_answer:
        console.print(Text(f"\n{say['label_page.answer']}", style="bold"))
        console.print(Text(label.how_to_answer.get(lang)))
    for heading, examples in (("matches", label.examples.match), ("near_misses", label.examples.near_miss)):
        console.print(Text(f"\n{say[f'label_page.{heading}']}", style="bold"))
        for example in examples:
            todo = f"  [{say['label_page.todo']}]" if example.todo else ""
            stem = f"{example.context} " if example.context else ""
            console.print(Padding(Text(f"– {stem}{example.text}{todo}"), (0, 0, 0, 2), expand=False))


def _print_case(case: Case, lang: Lang, console: Console) -> None:
    say = messages(lang)
    knowledge = load()
    values = knowledge.values(date.today(), lang)
    state = say[f"state.{case.legal_state or 'unknown'}"]

    def line(text: Text | str, indent: int = 4) -> None:
        console.print(Padding(Text(text) if isinstance(text, str) else text, (0, 0, 0, indent), expand=False))

    console.print()
    line(Text.assemble("• ", (_situation(case.when, say), "italic"), f"  [{state}]"), 2)
    line(case.text.get(lang).format_map(values))
    for text in map(knowledge.law_text, case.grounds):
        title = say["report.ground"].format(
            citation=text.citation, strength=say[f"strength.{text.strength}"], checked=say[f"checked.{text.checked}"]
        )
        nuance = f" {text.nuance.get(lang)}" if text.nuance else ""
        line(Text(f"§ {title}{say['colon']}{text.says.get(lang)}{nuance}", style="dim"))
    for advice in case.advice.get(lang):
        line(f"→ {advice.format_map(values)}")


def _situation(when: When, say: dict[str, str]) -> str:
    """Return in words when a case is told; the names of patterns and word lists stand as they are."""
    told = [
        say["label_page.or"].join(say[f"{kind}.{value}"] for value in values)
        for kind, values in (
            ("country", when.jurisdiction),
            ("contract", when.contract),
            ("insurer", when.insurer),
            ("stage", when.stage),
        )
        if values
    ]
    told += [
        say[f"label_page.{key}"].format(names=", ".join(names))
        for key, names in (
            ("mentions", when.mentions),
            ("mentions_none", when.mentions_none),
            ("patterns", when.patterns),
            ("facts", when.facts),
            ("facts_none", when.facts_none),
        )
        if names
    ]
    if when.small_home_loan is not None:
        told.append(say["label_page.small_home_loan" if when.small_home_loan else "label_page.no_small_home_loan"])
    return " · ".join(told) or say["label_page.everywhere"]
