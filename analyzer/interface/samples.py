"""Where the sample contracts are: inside the package once installed from a wheel, else at the top of the tree."""

from __future__ import annotations

from pathlib import Path

import analyzer

_INSTALLED = Path(analyzer.__file__).parent / "samples"
_IN_TREE = Path(analyzer.__file__).parent.parent / "sample_contracts"


def samples() -> list[Path]:
    """Return the paths of the sample contracts, by name."""
    folder = _INSTALLED if _INSTALLED.is_dir() else _IN_TREE
    return sorted(folder.glob("*.pdf"))
