"""The warnings as SARIF 2.1.0, the format in which checkers hand their results to other programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath
from typing import Any

from analyzer.knowledge import messages
from analyzer.schema import Finding, Report, Severity

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"
_LEVELS: dict[Severity | None, str] = {"high": "error", "medium": "warning", "low": "note", None: "note"}


def to_sarif(reports: Sequence[Report]) -> str:
    """Return the findings of ``reports`` as one SARIF log, a run for each report.

    Rules are labels. A warning's level tells its severity, ``note`` where it is to check; what protects is
    ``informational``. Precise questions are no result. Where a passage stands is told in the properties of its
    location: the page, and boxes in points from the top left.
    """
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [_run(report) for report in reports]}
    return json.dumps(log, indent=2, ensure_ascii=False)


def _run(report: Report) -> dict[str, Any]:
    shown = [finding for finding in report.findings if finding.polarity != "neutral"]
    rules = {finding.label: finding.title for finding in shown}
    places = {label: place for place, label in enumerate(rules)}
    document = {"uri": PurePosixPath("/", report.document.name).as_uri().removeprefix("file:///")}
    unread = [{"level": "warning", "message": {"text": part.message}} for part in report.unread]
    return {
        "tool": {
            "driver": {
                "name": messages(report.lang)["page.title"],
                "version": report.sceau_version,
                "rules": [{"id": label, "shortDescription": {"text": title}} for label, title in rules.items()],
            }
        },
        "language": report.lang,
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": unread}],
        "artifacts": [{"location": document, "hashes": {"sha-256": report.document.sha256}}],
        "results": [_result(finding, places[finding.label], document) for finding in shown],
    }


def _result(finding: Finding, rule: int, document: dict[str, str]) -> dict[str, Any]:
    warning = finding.polarity == "warning"
    level = "note" if finding.decision == "to_check" else _LEVELS[finding.severity]
    return {
        "ruleId": finding.label,
        "ruleIndex": rule,
        "kind": "fail" if warning else "informational",
        "level": level if warning else "none",
        "message": {"text": _sentences((finding.title, finding.text))},
        "locations": [
            {
                "physicalLocation": {"artifactLocation": {**document, "index": 0}},
                "properties": {
                    "page": finding.passage.boxes[0].page if finding.passage.boxes else None,
                    "boxes": [box.model_dump() for part in finding.evidence for box in part.boxes],
                },
            }
        ],
        "partialFingerprints": {"finding/v1": finding.id},
        "properties": {
            "decision": finding.decision,
            "severity": finding.severity,
            "legalState": finding.legal_state,
            "score": finding.score,
            "passage": finding.passage.text,
            "evidence": [part.text for part in finding.evidence],
        },
    }


def _sentences(parts: Iterable[str]) -> str:
    """Return the texts as sentences, with the brackets that SARIF would take for a link kept as they are."""
    whole = " ".join(part if part.endswith((".", "?", "!")) else f"{part}." for part in parts if part)
    return whole.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
