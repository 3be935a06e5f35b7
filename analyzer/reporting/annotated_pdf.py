"""The reader's own PDF with a highlight over each passage, and in its note what Sceau has to say of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from analyzer.errors import NotAnnotatable
from analyzer.knowledge import messages
from analyzer.reading.pdf import Mark, annotate_pdf
from analyzer.reporting import SEVERITIES, SIGNS, confidence
from analyzer.schema import Finding, Report

#: The colour of a highlight by severity, and of what protects (``None``): the note's title says the same in words.
_COLOURS = {"high": (235, 60, 70), "medium": (255, 170, 0), "low": (70, 140, 240), None: (60, 180, 90)}

#: A gap between highlights that is no wider than this is none (points).
_NARROW = 1.0

Edges = tuple[float, float, float, float]


def to_annotated_pdf(report: Report, data: bytes) -> bytes:
    """Return ``data``, the file that ``report`` is about, with a highlight and a note for each finding.

    A finding that stands on two pages has a highlight on each; one whose words a more serious one has already
    highlighted underlines them. Precise questions have none. What the file held is kept. A note on the first page says
    what the highlights are, and that a signature, if there is one, can no longer be verified.

    Raises NotAnnotatable where the document is no PDF, or one that cannot be written.
    """
    name = report.document.name
    if report.document.media_type != "application/pdf":
        raise NotAnnotatable(name)
    say = messages(report.lang)
    cover = say["export.note.cover"]
    title = say["page.title"]
    return annotate_pdf(
        data, name, list(_marks(report)), (title, cover), (title, f"{cover}\n\n{say['export.note.signed']}")
    )


def _marks(report: Report) -> Iterator[Mark]:
    """Yield a mark for each finding and page, the most serious last: what is put last lies on top."""
    say = messages(report.lang)
    told = [finding for finding in report.findings if finding.polarity != "neutral"]
    marks = []
    taken: dict[int, list[Edges]] = {}
    turned = {page.number: page.turned for page in report.document.pages}
    for finding in sorted(told, key=lambda finding: SEVERITIES[finding.severity]):
        boxes = [box for part in finding.evidence for box in part.boxes] or list(finding.passage.boxes)
        for page in sorted({box.page for box in boxes}):
            edges = [(box.x0, box.top, box.x1, box.bottom) for box in boxes if box.page == page]
            # Two colours over the same words would make a third one that means nothing.
            free = _free(edges, taken.setdefault(page, []))
            marks.append(
                Mark(
                    page=page,
                    boxes=free or edges,
                    underline=not free,
                    colour=_COLOURS[finding.severity if finding.polarity == "warning" else None],
                    title=_title(finding, say),
                    text=_note(finding, say),
                    name=f"sceau-{finding.id}-{page}",
                    turned=turned.get(page, 0),
                )
            )
    return reversed(marks)


def _free(boxes: Iterable[Edges], taken: list[Edges]) -> list[Edges]:
    """Return the parts of ``boxes`` that are not ``taken`` yet, and take them."""
    found = []
    for x0, top, x1, bottom in boxes:
        same_line = [other for other in taken if min(bottom, other[3]) - max(top, other[1]) > (bottom - top) / 2]
        left = x0
        for start, _, end, _ in sorted(same_line):
            if start - left > _NARROW:
                found.append((left, top, min(start, x1), bottom))
            left = max(left, end)
            if left >= x1:
                break
        if x1 - left > _NARROW:
            found.append((left, top, x1, bottom))
        taken.append((x0, top, x1, bottom))
    return found


def _title(finding: Finding, say: dict[str, str]) -> str:
    """Return what a reader shows above the note: how serious it is, in words and by a shape."""
    if finding.polarity == "warning":
        words = f"{SIGNS[finding.severity]} {say[f'severity.{finding.severity}']}"
    else:
        words = f"{SIGNS[None]} {say['export.note.safeguard']}"
    if finding.decision == "to_check":
        words += f" · {say['report.to_check']}"
    return say["export.note.title"].format(words=words)


def _note(finding: Finding, say: dict[str, str]) -> str:
    """Return the note: what it is, the state of the law, what it means, what to do, how sure Sceau is."""
    parts = [finding.title, finding.text]
    if finding.polarity == "warning":
        parts.insert(1, say[f"state.{finding.legal_state or 'unknown'}"])
        if finding.advice:
            heading = say["report.advice"] + say["colon"].rstrip()
            parts.append("\n".join([heading, *(f"– {line}" for line in finding.advice)]))
        parts.append(confidence(finding, say))
    return "\n\n".join(part for part in parts if part)
