"""Documents and passages made again from the rows of a store, as the other rooms know them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from analyzer.corpus.store import sha256_of
from analyzer.schema import Box, Context, Document, Finding, Lang, Page, Passage, Report, Summary, Unread
from analyzer.version import __version__

__all__ = ["DOCUMENT", "PASSAGE", "passage_of", "report_of"]

#: The columns that ``report_of`` and ``passage_of`` take, of ``documents``, and of ``passages`` and ``texts``.
DOCUMENT = "document, name, media_type, documents.kind, language, jurisdiction, unread, page_sizes"
PASSAGE = "passage, texts.kind, text, context, section, font_size, small_print, number, answer, boxes"


def report_of(row: Sequence[Any], findings: Iterable[Finding], lang: Lang) -> Report:
    """Return a report with these findings, without law and advice, on the document of a row (``DOCUMENT``)."""
    document, name, media_type, kind, language, jurisdiction, unread, page_sizes = row
    return Report(
        sceau_version=__version__,
        lang=lang,
        document=Document(
            name=name,
            sha256=sha256_of(document),
            media_type=media_type,
            kind=kind,
            language=language,
            pages=tuple(
                Page(number=number, width=width, height=height, turned=turned, read_by="text layer")
                for number, width, height, turned in json.loads(page_sizes)
            ),
        ),
        context=Context(jurisdiction=jurisdiction),
        summary=Summary(sentence=""),
        findings=tuple(findings),
        unread=tuple(
            Unread(code=part["code"], pages=tuple(part["pages"]), message=part["message"])
            for part in json.loads(unread)
        ),
        law_covered=True,
    )


def passage_of(row: Sequence[Any]) -> Passage:
    """Return the passage of a row (``PASSAGE``)."""
    id, kind, text, context, section, font_size, small_print, number, answer, boxes = row
    return Passage(
        id=id,
        kind=kind,
        text=text,
        context=context,
        section=tuple(section),
        boxes=tuple(
            Box(page=page, x0=x0, top=top, x1=x1, bottom=bottom) for page, x0, top, x1, bottom in json.loads(boxes)
        ),
        font_size=font_size,
        small_print=small_print,
        number=number,
        answer=answer,
    )
