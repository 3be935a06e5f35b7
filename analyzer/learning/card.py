"""The model card, written with the figures of the training that made the model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from analyzer.detection.encoder import MAX_TOKENS
from analyzer.version import __version__


def write_card(output: Path, name: str, figures: dict[str, Any]) -> None:
    """Write ``README.md`` beside the model in ``output``, which will be called ``name``."""
    loader = FileSystemLoader(Path(__file__).parent)
    # A card is Markdown, and nothing in it comes from a document: there is nothing to escape.
    templates = Environment(loader=loader, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    text = templates.get_template("card.md.j2").render(name=name, version=__version__, max_tokens=MAX_TOKENS, **figures)
    (output / "README.md").write_text(text, "utf-8")
