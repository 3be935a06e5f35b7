"""Where the sample documents are: inside the package once installed from a wheel, else at the top of the tree."""

from __future__ import annotations

from pathlib import Path

import analyzer

_INSTALLED = Path(analyzer.__file__).parent / "samples"
_IN_TREE = Path(analyzer.__file__).parent.parent / "sample_contracts"
#: How the names of the samples that ask health questions begin.
_FORMS = ("adhesion_", "declaration_", "questionnaire_")


def samples() -> list[Path]:
    """Return the paths of the sample documents, by name."""
    return sorted(_folder().glob("*.pdf"))


def editions() -> tuple[Path, Path]:
    """Return the paths of a sample document and of a later edition of it."""
    return _folder() / "mutuelle_reglement.pdf", _folder() / "editions" / "mutuelle_reglement_2026.pdf"


def _folder() -> Path:
    return _INSTALLED if _INSTALLED.is_dir() else _IN_TREE


def asks(sample: Path) -> bool:
    """Whether a sample asks health questions; the others are contracts."""
    return sample.stem.startswith(_FORMS)
