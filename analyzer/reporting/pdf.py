"""The report as a tagged PDF (PDF/UA-1): made by typst from a fixed template, to which the report is mere data."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from functools import cache
from importlib.resources import files
from typing import Any

import typst

from analyzer.knowledge import messages
from analyzer.reporting.paper import blocks, inert
from analyzer.schema import Report

#: What typst's own fonts can show, from the scripts that may stand in such documents; anything else is replaced.
_NOT_SHOWN = re.compile(
    "[^\x20-\x7e\xa0-\xac\xae-\u0377\u0384-\u038a\u038c\u038e-\u03a1\u03a3-\u04ff\u1e00-\u1eff\u2000-\u200a\u2010-\u2027"
    "\u202f-\u2040\u2044-\u2052\u2070\u2071\u2074-\u208e\u20a0-\u20c0\u2116\u2122\u2126-\u2151\u2153-\u2184"
    "\u2190-\u23ff\u2460-\u262f\u2638-\u268b\u270c-\u2727\u2798-\u27af\ufb00-\ufb06\ufffd]"
)
#: The name is cut to so many characters above each page.
_HEADER = 60
#: A run of characters without a space is broken after so many, where a line could not hold it.
_UNBROKEN = re.compile(r"(\S{40})(?=\S)")


def to_pdf(report: Report) -> bytes:
    """Return ``report`` as the bytes of a PDF file; the same report gives the same bytes."""
    say = messages(report.lang)
    name = inert(report.document.name)
    content = {
        "title": say["report.title"].format(name=name),
        "header": say["report.title"].format(name=name if len(name) <= _HEADER else f"{name[:_HEADER]}…"),
        "name": name,
        "brand": say["page.title"],
        "lang": report.lang,
        "page": say["export.page"],
        "blocks": [asdict(block) for block in blocks(report)],
    }
    return typeset("report.typ", content)


def typeset(template: str, content: dict[str, Any]) -> bytes:
    """Return a tagged PDF: a template of this room that shows ``content``, which it finds in ``sys.inputs.content``."""
    source = files("analyzer.reporting").joinpath("templates", template).read_bytes()
    compiled = typst.Compiler(source, font_paths=_fonts(), ignore_system_fonts=True).compile(
        sys_inputs={"content": json.dumps(_shown(content))}, format="pdf", pdf_standards=["ua-1"]
    )
    assert isinstance(compiled, bytes)
    return compiled


@cache
def _fonts() -> typst.Fonts:
    """Return the fonts that typst carries: the same everywhere."""
    return typst.Fonts(include_system_fonts=False)


def _shown(content: Any) -> Any:
    """Return ``content`` with every text such that the fonts can show it and lines can break."""
    if isinstance(content, str):
        return _UNBROKEN.sub("\\1\u200b", _NOT_SHOWN.sub("\ufffd", content))
    if isinstance(content, dict):
        return {name: _shown(value) for name, value in content.items()}
    if isinstance(content, list | tuple):
        return [_shown(value) for value in content]
    return content
