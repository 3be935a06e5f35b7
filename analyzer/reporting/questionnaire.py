"""A questionnaire as people read it, whatever the output: a row for each question, and the form as a whole in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from analyzer.schema import Finding, Ground, Notice, Passage, Question, Questionnaire, Report, Verdict

__all__ = [
    "SIGNS",
    "VERDICTS",
    "Row",
    "advice",
    "asked",
    "counted",
    "facts",
    "grounds",
    "how_to_answer",
    "labels",
    "name",
    "needs_law",
    "notices",
    "proposal",
    "reasons",
    "recalled",
    "rows",
    "titles",
    "told_before",
    "window",
    "without",
]

#: A shape for each verdict: never the colour alone.
SIGNS: dict[Verdict, str] = {"precise": "✓", "overbroad": "◆", "forbidden": "✕", "to_check": "?"}
#: The gravest first: the order of the picture, of filters and of counts.
VERDICTS: tuple[Verdict, ...] = ("forbidden", "overbroad", "to_check", "precise")
#: From this reading ease on, a text is as easy as the word says (Flesch's bands, harder ones joined).
_EASE = ((70.0, "easy"), (50.0, "medium"), (30.0, "hard"), (0.0, "very_hard"))


@dataclass(frozen=True)
class Row:
    """A question with its passage and its findings, in the order in which they count."""

    position: int
    question: Question
    passage: Passage
    findings: tuple[Finding, ...]

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """The findings that say something against the question."""
        return tuple(finding for finding in self.findings if finding.polarity == "warning")


def rows(report: Report) -> list[Row]:
    """Return the questions of a report in reading order; none where nothing is asked."""
    if report.questionnaire is None:
        return []
    found = {finding.id: finding for finding in report.findings}
    return [
        Row(position, question, found[question.findings[0]].passage, tuple(found[name] for name in question.findings))
        for position, question in enumerate(report.questionnaire.questions, 1)
    ]


def told_before(shown: Iterable[Row]) -> dict[str, Row]:
    """Return, by the id of a finding, the earlier row among ``shown`` that already tells the same of a question.

    Findings of different labels can say the same: where no health question is allowed at all, each says just that.
    """
    first: dict[tuple[str, str | None, tuple[Ground, ...]], Row] = {}
    earlier = {}
    for row in shown:
        for finding in row.findings:
            told = first.setdefault((finding.text, finding.how_to_answer, finding.grounds), row)
            if told is not row:
                earlier[finding.id] = told
    return earlier


def without(row: Row, told: Mapping[str, Row]) -> Row:
    """Return the row with only those findings that no earlier row tells of."""
    return replace(row, findings=tuple(finding for finding in row.findings if finding.id not in told))


def recalled(row: Row, told: Mapping[str, Row], say: dict[str, str]) -> list[str]:
    """Return what an earlier row tells of, each with where: "Une question fourre-tout (question 12i)".

    What forbids whatever is asked goes by the verdict's name. A precise question that may be asked needs no reminder.
    """
    lines = []
    for finding in row.findings:
        forbidden = finding.legal_state == row.question.verdict == "forbidden"
        if finding.id in told and (forbidden or finding.polarity == "warning"):
            title = say["verdict.forbidden"] if forbidden else finding.title
            lines.append(say["form.again"].format(title=title, question=name(told[finding.id], say, inside=True)))
    return list(dict.fromkeys(lines))


def asked(row: Row) -> str:
    """Return the question with the stem that it inherits."""
    return f"{row.passage.context} {row.passage.text}".strip()


def name(row: Row, say: dict[str, str], *, inside: bool = False) -> str:
    """Return how a question is called, ``inside`` a sentence or not: by its number on the form, else by its place."""
    form = "form.inside" if inside else "form"
    if row.question.number:
        return say[f"{form}.named"].format(number=row.question.number)
    return say[f"{form}.position"].format(position=row.position)


def needs_law(row: Row) -> bool:
    """Whether what is told of a question calls for its texts of law: something is said against it."""
    return bool(row.findings) and (bool(row.warnings) or row.question.verdict == "forbidden")


def advice(row: Row) -> list[str]:
    """Return what the reader can do about a question, each piece of advice once."""
    told = row.findings if row.question.verdict == "forbidden" else row.warnings
    return list(dict.fromkeys(line for finding in told for line in finding.advice))


def reasons(row: Row) -> list[str]:
    """Return why a question got its verdict, each reason once."""
    return list(dict.fromkeys(finding.text for finding in row.findings if finding.text))


def titles(row: Row) -> list[str]:
    """Return in words what Sceau found in a question, each once."""
    return list(dict.fromkeys(finding.title for finding in row.findings))


def grounds(row: Row) -> list[Ground]:
    """Return the texts of law that a question's verdict rests on, each once."""
    return list({ground.id: ground for finding in row.findings for ground in finding.grounds}.values())


def proposal(row: Row, say: dict[str, str]) -> list[str]:
    """Return what Sceau proposes for a question: one wording a line, or that it be kept or removed, and why."""
    rewording = row.question.rewording
    if rewording.action == "keep":
        return [say["form.keep"]]
    if rewording.action == "remove":
        return [say["rewording.remove"].format(why=rewording.why)]
    return list(rewording.lines)


def how_to_answer(row: Row) -> list[str]:
    """Return how to answer a question honestly, each piece of advice once."""
    return list(dict.fromkeys(finding.how_to_answer for finding in row.findings if finding.how_to_answer))


def window(months: int | None, say: dict[str, str]) -> str:
    """Return a length of time in words, in years where it is whole years; empty for none."""
    if not months:
        return ""
    unit, count = ("years", months // 12) if months % 12 == 0 else ("months", months)
    return counted(f"form.{unit}", count, say)


def counted(key: str, count: int, say: dict[str, str], **more: int) -> str:
    """Return the sentence ``key`` for so many, with whatever else it fills in."""
    return say[f"{key}.one" if count == 1 else f"{key}.many"].format(count=count, **more)


def facts(form: Questionnaire, say: dict[str, str]) -> list[tuple[str, str]]:
    """Return what there is to say of the form as a whole: names and values, in words."""
    counts = [
        say["form.count"].format(verdict=say[f"verdict.{verdict}"], count=form.counts.get(verdict, 0))
        for verdict in VERDICTS
        if form.counts.get(verdict)
    ]
    ease = say["form.ease.unknown"]
    if form.reading_ease is not None:
        word = next(word for least, word in _EASE if form.reading_ease >= least)
        ease = say["form.ease.value"].format(word=say[f"form.ease.{word}"], value=round(form.reading_ease))
    return [
        (say["form.questions"], str(len(form.questions))),
        (say["form.verdicts"], say["list"].join(counts)),
        (say["form.share_precise"], say["percent"].format(value=round(100 * form.share_precise))),
        (say["form.longest_window"], window(form.longest_window_months, say) or say["form.none"]),
        (say["form.without_window"], str(form.without_window)),
        (say["form.reading_ease"], ease),
    ]


def notices(form: Questionnaire, found: bool) -> list[Notice]:
    """Return what the form tells its reader, or with ``found`` false what it fails to tell."""
    return [notice for notice in form.notices if notice.found == found]


def labels(rows: Iterable[Row]) -> dict[str, str]:
    """Return the labels of the questions with their titles, in the order in which they come."""
    return {finding.label: finding.title for row in rows for finding in row.findings}
