"""Time and memory of the whole analysis, against pdfplumber's own ``extract_text`` on the same file in the same run.

    python benchmarks/run.py [--pages 60] [--runs 3] [--json FILE]

Every measurement runs in a process of its own, so that peak memory is that of the one thing measured. Medians are
printed; ratios say more than seconds, which depend on the machine and on what else it does.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))


def pdfplumber_text(path: str) -> float:
    """Seconds that pdfplumber needs to extract the text, pages closed as they are read."""
    import pdfplumber

    begin = time.perf_counter()
    with pdfplumber.open(path) as pdf:
        for page in pdf.pages:
            page.extract_text()
            page.close()
    return time.perf_counter() - begin


def warm(path: str) -> float:
    """Seconds of the whole analysis once everything is loaded (a short sample first)."""
    from analyzer import analyze
    from analyzer.interface.samples import samples

    for sample in samples()[:2]:
        analyze(sample)
    begin = time.perf_counter()
    analyze(path)
    return time.perf_counter() - begin


def cold(path: str) -> float:
    """Seconds of ``sceau check`` from a cold start."""
    begin = time.perf_counter()
    subprocess.run(
        [sys.executable, "-c", "from analyzer.interface.cli import main; main()", "check", path, "--format", "json"],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return time.perf_counter() - begin


MEASURES = {"pdfplumber": pdfplumber_text, "warm": warm, "cold": cold}


def measure(name: str, path: Path, runs: int) -> tuple[float, float]:
    """Return the median seconds and the largest peak memory (MB) of ``runs`` processes."""
    seconds, peaks = [], []
    for _ in range(runs):
        done = subprocess.run(
            [sys.executable, __file__, "--one", name, str(path)], check=True, capture_output=True, text=True
        )
        answer = json.loads(done.stdout.splitlines()[-1])
        seconds.append(answer["seconds"])
        peaks.append(answer["peak_mb"])
    return statistics.median(seconds), max(peaks)


def one(name: str, path: str) -> None:
    """Measure once, in this process; print the answer as JSON."""
    seconds = MEASURES[name](path)
    who = resource.RUSAGE_CHILDREN if name == "cold" else resource.RUSAGE_SELF
    print(json.dumps({"seconds": seconds, "peak_mb": resource.getrusage(who).ru_maxrss / 1024}))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=60)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        one(*options.one)
        return
    from documents import dense_pdf

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "dense.pdf"
        density = dense_pdf(path, options.pages)
        results = {name: measure(name, path, options.runs) for name in MEASURES}
        scale = {}
        for pages in (10, 60, 150, 300):
            grown = Path(folder) / f"dense-{pages}.pdf"
            dense_pdf(grown, pages)
            scale[pages] = measure("warm", grown, 1)
    base = results["pdfplumber"][0]
    print(f"{options.pages} pages, {density:.0f} characters a page, median of {options.runs}")
    print(f"{'':12}{'seconds':>10}{'of pdfplumber':>16}{'peak MB':>10}")
    for name, (seconds, peak) in results.items():
        print(f"{name:12}{seconds:10.2f}{seconds / base:16.3f}{peak:10.0f}")
    print(f"{'pages':12}{'seconds':>10}{'ms a page':>16}{'peak MB':>10}")
    for pages, (seconds, peak) in scale.items():
        print(f"{pages:<12}{seconds:10.2f}{1000 * seconds / pages:16.1f}{peak:10.0f}")
    if options.json:
        content = {"pages": options.pages, "density": density, "results": results, "scale": scale}
        options.json.write_text(json.dumps(content, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
