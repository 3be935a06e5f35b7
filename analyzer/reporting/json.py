"""The report as JSON, for programs. ``report.schema.json`` beside this file is its published schema."""

from __future__ import annotations

import json
from typing import Any

from analyzer.schema import REPORT_FORMAT, Report


def to_json(report: Report) -> str:
    """Return the report as indented JSON; its ``format`` names the version of the schema."""
    return report.model_dump_json(indent=2)


def schema() -> dict[str, Any]:
    """Return the JSON Schema of the report."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:sceau:report:{REPORT_FORMAT}",
        **Report.model_json_schema(mode="serialization"),
    }


def schema_text() -> str:
    """Return the schema as it is published."""
    return json.dumps(schema(), indent=2, ensure_ascii=False, sort_keys=True) + "\n"


if __name__ == "__main__":
    print(schema_text(), end="")
