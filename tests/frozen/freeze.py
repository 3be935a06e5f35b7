"""Every finding over the samples, kept in ``findings.jsonl`` so that a change shows what it gained and lost.

``python -m tests.frozen.freeze`` writes the file; with ``--show`` it prints the gains and losses instead.
"""

import json
import sys
from collections import Counter
from itertools import groupby
from pathlib import Path

from analyzer.schema import Finding
from tests.samples import NAMES, report

FILE = Path(__file__).with_name("findings.jsonl")


def now() -> list[str]:
    """The findings as they are, one line of JSON each, in the order of names and of reading."""
    return [json.dumps(row(name, finding), ensure_ascii=False) for name in NAMES for finding in report(name).findings]


def frozen() -> list[str]:
    """The findings as they were kept."""
    return FILE.read_text("utf-8").splitlines()


def row(name: str, finding: Finding) -> dict[str, object]:
    fired = {step.rule.partition("/")[2] for step in finding.trace if step.effect == "fired"}
    return {
        "document": name,
        "page": finding.passage.boxes[0].page,
        "label": finding.label,
        "decision": finding.decision,
        "legal_state": finding.legal_state,
        "severity": finding.severity,
        "patterns": sorted(fired),
        "evidence": [part.text for part in finding.evidence],
    }


def changes(before: list[str], after: list[str]) -> str:
    """The gains (+) and losses (-), by document; empty when there are none."""
    lost, gained = Counter(before) - Counter(after), Counter(after) - Counter(before)
    rows = [(json.loads(line), sign) for sign, lines in (("-", lost), ("+", gained)) for line in lines.elements()]
    rows.sort(key=lambda pair: (pair[0]["document"], pair[0]["page"], pair[0]["label"], pair[1]))
    out = []
    for document, group in groupby(rows, key=lambda pair: pair[0]["document"]):
        out.append(f"{document}:")
        for content, sign in group:
            kind = "/".join(str(content[key]) for key in ("decision", "severity", "legal_state") if content[key])
            quoted = " … ".join(content["evidence"])
            out.append(f"  {sign} p. {content['page']} {content['label']} ({kind}): « {quoted} » {content['patterns']}")
    if rows:
        out.append(f"{gained.total()} appeared (+), {lost.total()} vanished (-)")
    return "\n".join(out)


if __name__ == "__main__":
    if "--show" in sys.argv:
        print(changes(frozen(), now()) or f"no change in {len(frozen())} findings")
    else:
        FILE.write_text("".join(f"{line}\n" for line in now()), "utf-8")
