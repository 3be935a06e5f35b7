"""``sceau``, with a note of what its main process does to the store: ``python benchmarks/timed.py FILE scan …``.

Each line of the file is a JSON list: what was done, when it ended (seconds since 1970), files stored, seconds it took.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def noted(what: str, act: Callable[..., Any], file: Path) -> Callable[..., Any]:
    """Return ``act``, with a line in ``file`` for each call."""

    def run(*given: Any, **named: Any) -> Any:
        begin = time.perf_counter()
        done = act(*given, **named)
        line = [what, time.time(), len(given[1]) if what == "add" else 0, time.perf_counter() - begin]
        with file.open("a") as notes:
            notes.write(json.dumps(line) + "\n")
        return done

    return run


def main() -> None:
    """Be ``sceau``."""
    from analyzer.corpus import clusters
    from analyzer.corpus.store import Store
    from analyzer.interface.__main__ import main as sceau

    file = Path(sys.argv[1])
    for name in ("add", "stored", "learn", "tidy"):
        setattr(Store, name, noted(name, getattr(Store, name), file))
    clusters.build = noted("clusters", clusters.build, file)
    sys.argv[:2] = ["sceau"]
    sceau()


# Processes that the scan starts import this file: it does nothing there.
if __name__ == "__main__":
    main()
