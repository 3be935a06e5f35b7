"""How people reach Sceau: the command line and the page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from analyzer.errors import SceauError, told_of

if TYPE_CHECKING:
    from analyzer.pipeline import Progress
    from analyzer.schema import Context, Lang, Report

__all__ = ["checked", "sentence", "told_of"]


def checked(
    source: Path | bytes,
    name: str,
    context: Context,
    lang: Lang,
    progress: Progress,
    *,
    model: Path | None = None,
    use_encoder: bool = True,
    show_personal_data: bool = False,
) -> Report:
    """Return the report of a document. Every fault, foreseen or not, becomes a ``SceauError`` that names the file."""
    from analyzer.pipeline import analyze  # "sceau --version" need not wait for spaCy

    with told_of(name):
        return analyze(
            source,
            name=name,
            context=context,
            lang=lang,
            progress=progress,
            model=model,
            use_encoder=use_encoder,
            show_personal_data=show_personal_data,
        )


def sentence(error: SceauError, say: dict[str, str], name: str | None = None) -> str:
    """Return what happened, to which file (shown as ``name``), and what to do."""
    return say[f"error.{error.code}"].format(name=error.name if name is None else name, **error.facts)
