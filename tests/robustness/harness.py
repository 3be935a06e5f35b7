"""The process that analyses bad files for ``fuzz.py``: a path a line comes in, an outcome as JSON a line goes out.

At the end it says the peak memory (bytes) of itself and of its greatest child.
"""

from __future__ import annotations

import atexit
import json
import resource
import sys
import time
import traceback
from pathlib import Path
from typing import Any

from analyzer.errors import SceauError
from analyzer.interface import checked, told_of
from analyzer.schema import Context

#: Linux counts in kilobytes, macOS in bytes.
_UNIT = 1 if sys.platform == "darwin" else 1024


def outcome(path: Path) -> dict[str, Any]:
    """Return what became of a file and of those in it, as the command line opens them.

    ``code`` is ``read`` where a report came of each, else that of the first error, one that nobody foresaw before all
    others; of such, ``where`` tells more.
    """
    from analyzer.reading import read_all
    from analyzer.reporting.json import to_json

    started = time.monotonic()
    found: dict[str, Any] = {"code": "read", "findings": 0, "unread": []}
    faults: list[SceauError] = []
    parts = []
    try:
        with told_of(path.name):
            parts = read_all(path)
    except SceauError as error:
        faults.append(error)
    for part in parts:
        try:
            if part.error is not None:
                raise part.error
            report = checked(part.data, part.name, Context(), "fr", lambda step: None, use_encoder=False)
            to_json(report)
            found["findings"] += len(report.findings)
            found["unread"] = sorted({*found["unread"], *(unread.code for unread in report.unread)})
        except SceauError as error:
            faults.append(error)
    for error in sorted(faults, key=lambda error: error.code != "internal")[:1]:
        found["code"] = error.code
        if error.code == "internal":
            fault = error.__cause__
            frames = traceback.extract_tb(fault.__traceback__)[-5:] if fault else []
            places = " > ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames)
            found["where"] = f"{type(fault).__name__}: {fault} at {places}"[:600]
    return found | {"seconds": round(time.monotonic() - started, 2)}


def _tell_peaks() -> None:
    """Print the peaks; its own without that of the process that started it, which Linux counts in otherwise."""
    own, children = (
        resource.getrusage(who).ru_maxrss * _UNIT for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    status = Path("/proc/self/status")
    if status.exists():
        own = next(int(line.split()[1]) * 1024 for line in status.read_text().splitlines() if line[:5] == "VmHWM")
    print(json.dumps([own, children]), flush=True)


def main() -> None:
    """Answer until there are no more paths."""
    # Registered before any reader is loaded, so that it comes after they have ended their processes.
    atexit.register(_tell_peaks)
    for line in sys.stdin:
        print(json.dumps(outcome(Path(json.loads(line)))), flush=True)


if __name__ == "__main__":
    main()
