"""Sceau reads insurance documents and says which clauses give medical secrecy away.

    >>> from analyzer import analyze
    >>> report = analyze("contrat.pdf")
    >>> print(report.summary.sentence)

Nothing leaves the computer: there is no network call anywhere in this package.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from analyzer.version import __version__

if TYPE_CHECKING:
    from analyzer.pipeline import analyze
    from analyzer.schema import Context, Report

# ONNX Runtime reports its use to its maker unless it is told not to before it is loaded, here or in a child process.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

__all__ = ["Context", "Report", "__version__", "analyze"]


def __getattr__(name: str) -> Any:
    """Load the front door only when somebody knocks: ``sceau --version`` need not wait for spaCy."""
    if name == "analyze":
        from analyzer.pipeline import analyze

        return analyze
    if name in ("Context", "Report"):
        from analyzer import schema

        return getattr(schema, name)
    raise AttributeError(f"module 'analyzer' has no attribute {name!r}")
