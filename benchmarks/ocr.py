"""How well scans and photos are read: characters, seconds, and how many findings survive.

    python benchmarks/ocr.py characters [tesseract]
    python benchmarks/ocr.py findings [SAMPLE…]

``characters`` compares what is read with the text layer, line by line, on two pages in four states; ``tesseract``
(with its French data, on the path) is measured in the same way where it is named. ``findings`` analyses sample
contracts as PDF, as scans and as photos.
"""

from __future__ import annotations

import csv
import difflib
import io
import os
import subprocess
import sys
import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from analyzer import analyze
from analyzer.interface.samples import samples
from analyzer.reading import ocr_worker, read
from analyzer.reading.lines import build_lines
from analyzer.schema import Finding, Report
from tests import pictures

#: Two columns of small print; one column with a table.
PAGES = (("pret_immobilier_notice", 1), ("mutuelle_reglement", 1))
STATES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "clean": lambda page: page,
    "skewed": lambda page: pictures.skewed(page, 1.5),
    "noisy": lambda page: pictures.scanned(page, noise=25),
    "photo": pictures.photographed,
}
#: A finding is the same if so much of its passage is.
_ALIKE = 0.8


def distance(one: str, other: str) -> int:
    """Return how many characters have to be changed, added or left out to turn one text into the other (Myers)."""
    places: dict[str, int] = {}
    for index, letter in enumerate(one):
        places[letter] = places.get(letter, 0) | 1 << index
    full, last = (1 << len(one)) - 1, 1 << max(len(one) - 1, 0)
    plus, minus, found = full, 0, len(one)
    for letter in other:
        match = places.get(letter, 0)
        level = match | minus
        match |= ((match & plus) + plus) ^ plus
        up, down = minus | ~(match | plus) & full, plus & match
        found += bool(up & last) - bool(down & last)
        up, down = up << 1 | 1, down << 1
        plus, minus = (down | ~(level | up)) & full, up & level
    return found


def plain(text: str) -> str:
    """Return a text as it is compared: spaces as one, quotes and dashes as typed."""
    for odd, usual in (("’", "'"), ("–", "-"), ("—", "-"), ("‑", "-"), ("“", '"'), ("”", '"')):
        text = text.replace(odd, usual)
    return " ".join(unicodedata.normalize("NFKC", text).split())


def character_errors(wanted: Sequence[str], found: Sequence[str]) -> float:
    """Return the share of wrong characters: each wanted line against the found text most like it."""
    whole = plain(" ".join(found))
    texts = [plain(text) for text in found]
    wrong = 0
    for line in map(plain, wanted):
        if line in whole:
            continue
        wrong += min((distance(line, text) for text in texts), default=len(line))
    return wrong / sum(len(plain(line)) for line in wanted)


def by_rapidocr(picture: np.ndarray, photo: bool) -> list[str]:
    """Return the lines that Sceau reads."""
    request = ("photo", 1, 10**8) if photo else ("page", 200.0)
    (answer,) = ocr_worker.answers(request, pictures.image(picture, "JPEG" if photo else "PNG"))
    return [line.text for line in build_lines(*answer[5:7])] if answer[0] == "read" else []


def by_tesseract(picture: np.ndarray, photo: bool) -> list[str]:
    """Return the lines that tesseract reads, one thread, on a photo straightened as for rapidocr."""
    if photo:
        picture = ocr_worker._straight(picture)
    command = ["tesseract", "stdin", "stdout", "-l", "fra", "--psm", "3", "--dpi", "200", "tsv"]
    environment = {**os.environ, "OMP_THREAD_LIMIT": "1"}
    done = subprocess.run(
        command, input=pictures.image(picture, "PNG"), capture_output=True, check=True, env=environment
    )
    lines: dict[tuple[str, ...], list[str]] = {}
    for row in csv.DictReader(io.StringIO(done.stdout.decode("utf-8")), delimiter="\t", quoting=csv.QUOTE_NONE):
        if row["level"] == "5":
            lines.setdefault((row["block_num"], row["par_num"], row["line_num"]), []).append(row["text"])
    return [" ".join(words) for words in lines.values()]


def characters(engines: dict[str, Callable[[np.ndarray, bool], list[str]]]) -> Iterator[str]:
    """Yield the rows of the table of errors (percent of characters) and processor seconds a page."""
    yield "| state | " + " | ".join(f"{name}: errors % | {name}: seconds" for name in engines) + " |"
    yield "|---|" + "---|---|" * len(engines)
    contents = {path.stem: path.read_bytes() for path in samples()}
    by_rapidocr(np.full((200, 200), 255, np.uint8), photo=False)  # loads the models
    for state, change in STATES.items():
        cells = []
        for engine in engines.values():
            errors, spent = [], 0.0
            for name, number in PAGES:
                wanted = [line.text for line in read(contents[name]).pages[number - 1].lines]
                picture = change(pictures.page(contents[name], number, 250 if state == "photo" else 200))
                before = sum(os.times()[:4])
                found = engine(picture, state == "photo")
                spent += sum(os.times()[:4]) - before
                errors.append(character_errors(wanted, found))
            cells += [f"{100 * sum(errors) / len(errors):.1f}", f"{spent / len(PAGES):.1f}"]
        yield f"| {state} | " + " | ".join(cells) + " |"


def as_scan(data: bytes) -> bytes:
    """Return a contract as a scanner gives it: 200 pixels an inch, a little askew, as a PDF of pictures."""
    numbers = range(1, pictures.pages(data) + 1)
    askew = [pictures.skewed(pictures.page(data, number), 0.4 * (-1) ** number) for number in numbers]
    return pictures.several([pictures.scanned(page, number) for number, page in enumerate(askew)])


def as_photos(data: bytes) -> bytes:
    """Return a contract as photos of its pages, in one file."""
    numbers = range(1, pictures.pages(data) + 1)
    return pictures.several([pictures.photographed(pictures.page(data, n, 250), n) for n in numbers], "TIFF")


def told(report: Report) -> list[Finding]:
    """Return the warnings and safeguards of a report."""
    return [finding for finding in report.findings if finding.polarity != "neutral"]


def surviving(wanted: Sequence[Finding], found: Sequence[Finding]) -> list[Finding]:
    """Return which of the wanted findings are found again, with their label and nearly their passage."""
    left = list(found)
    kept = []
    for finding in wanted:
        text = plain(finding.passage.text).lower()
        for other in left:
            if other.label != finding.label:
                continue
            if difflib.SequenceMatcher(None, text, plain(other.passage.text).lower(), False).ratio() >= _ALIKE:
                left.remove(other)
                kept.append(finding)
                break
    return kept


def findings(names: Sequence[str]) -> Iterator[str]:
    """Yield the rows of the table of findings that survive."""
    yield "| sample | findings | on the scan | on the photos | more on scan / photos | seconds a page |"
    yield "|---|---|---|---|---|---|"
    for path in samples():
        if names and path.stem not in names:
            continue
        data = path.read_bytes()
        wanted = told(analyze(data, name="a.pdf"))
        counts, more, started = [], [], time.monotonic()
        for made in (as_scan(data), as_photos(data)):
            found = told(analyze(made, name="a"))
            kept = surviving(wanted, found)
            counts.append(f"{len(kept)}")
            more.append(f"{len(found) - len(kept)}")
            for lost in wanted:
                if lost not in kept:
                    print("  lost:", lost.label, lost.passage.text[:100], file=sys.stderr)
        seconds = (time.monotonic() - started) / pictures.pages(data) / 2
        yield f"| {path.stem} | {len(wanted)} | {counts[0]} | {counts[1]} | {' / '.join(more)} | {seconds:.0f} |"


if __name__ == "__main__":
    if sys.argv[1:2] == ["findings"]:
        rows = findings(sys.argv[2:])
    else:
        rows = characters({"rapidocr": by_rapidocr} | ({"tesseract": by_tesseract} if "tesseract" in sys.argv else {}))
    for row in rows:
        print(row, flush=True)
