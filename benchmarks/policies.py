"""Many varied policies to try a corpus on, made from the sample contracts' own articles.

    python benchmarks/policies.py FOLDER --documents 400 --pages 12000 [--seed 1]

Insurers, products and wordings are invented. Each line of business of an insurer has three yearly editions: most of an
edition is that of the year before, some paragraphs are reworded, a few clauses come, go or change. Some clauses stand
in the same words at several insurers, as those that are copied from one another. The same seed makes the same bytes.
"""

from __future__ import annotations

import argparse
import csv
import random
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product as pairs
from pathlib import Path
from typing import NamedTuple

from reportlab.lib.colors import Color, HexColor, white
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

SAMPLES = Path(__file__).parents[1] / "sample_contracts"
sys.path.append(str(SAMPLES))

from make import Block, parse  # noqa: E402

WIDTH, HEIGHT = A4
#: Pages that a policy may have.
FEWEST, MOST = 10, 90
YEARS = (2024, 2025, 2026)
#: Warned clauses that a policy may have.
CLAUSES = (5, 25)

INSURERS = (
    *("Mutuelle du Val Corbin", "Mutuelle des Trois Meuniers", "Mutuelle Fraternelle de Sauvagnat"),
    *("Mutuelle Basse-Lande", "Mutuelle du Grand Peyrol", "Mutuelle Santé Mirebrune"),
    *("Prévoyance Solmeray", "Prévoyance du Haut-Brennoy", "Prévoyance Les Charmilles", "Prévoyance Vauclaire"),
    *("Tournebois Assurances", "Beauregain Assurances", "Montfauvel Assurances", "Port-Lisle Assurances"),
    *("Courtemine Assurances", "Valserine-Dornay Assurances", "Rochegrise Assurances", "Belcastre Assurances"),
    *("Pontarlet Vie", "Lormaison Vie", "Clairefond Vie", "Serrebrune Vie"),
    *("La Fidèle du Morvanet", "La Sentinelle des Causses", "La Vaillante de Kerivel"),
)


class Product(NamedTuple):
    """A kind of contract: its file name, its title, the samples whose articles it is made of."""

    name: str
    title: str
    samples: tuple[str, ...]


PRODUCTS = (
    Product("emprunteur", "Assurance emprunteur", ("pret_immobilier_notice",)),
    Product("prevoyance", "Prévoyance", ("prevoyance_groupe_notice",)),
    Product("sante", "Complémentaire santé", ("mutuelle_reglement",)),
    Product("accidents", "Individuelle accidents", ("accident_individuel",)),
    Product("voyage", "Assurance voyage", ("voyage_conditions",)),
    Product("habitation", "Multirisque habitation", ("habitation_conditions", "habitation_vie_reelle")),
    Product("dependance", "Assurance dépendance", ("dependance_bulletin",)),
)
RANGES = ("Essentiel", "Confort", "Étendue")


@dataclass(frozen=True)
class Clause:
    """A passage that carries labels."""

    labels: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class Policy:
    """A policy that was made; ``clauses`` are the warned ones, in reading order, ``path`` is below the folder."""

    path: Path
    insurer: str
    product: str
    year: int
    pages: int
    clauses: tuple[Clause, ...]


def make_policies(folder: Path, documents: int, pages: int, seed: int = 1) -> list[Policy]:
    """Write policies as ``insurer/year/product.pdf``, and ``metadata.csv`` that says what they are.

    They have ``pages`` pages in all, 10 to 90 each. Raises ``ValueError`` where that cannot be.
    """
    lines = list(pairs(INSURERS, PRODUCTS, RANGES))
    if not 0 < documents <= len(lines) * len(YEARS):
        raise ValueError(f"1 to {len(lines) * len(YEARS)} documents, not {documents}")
    if not FEWEST * documents <= pages <= MOST * documents:
        raise ValueError(f"{FEWEST} to {MOST} pages a document")
    random.Random(f"{seed} lines").shuffle(lines)
    wanted = [(line, year) for line in lines for year in YEARS][:documents]
    made = []
    for ((insurer, product, range_), year), length in zip(wanted, _lengths(documents, pages, seed), strict=True):
        path = Path(_slug(insurer)) / str(year) / f"{product.name}-{_slug(range_)}.pdf"
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        edition = Edition(insurer, product, range_, year, seed)
        clauses = edition.print(folder / path, length)
        made.append(Policy(path, insurer, f"{product.title} {range_}", year, length, clauses))
    with (folder / "metadata.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(("path", "insurer", "product", "year", "country"))
        table.writerows((one.path.as_posix(), one.insurer, one.product, one.year, "FR") for one in made)
    return made


def _lengths(documents: int, pages: int, seed: int) -> list[int]:
    """Draw the number of pages of each: most are short, a few long; editions of one line are about alike."""
    draw = random.Random(f"{seed} lengths")
    mean = pages / documents
    lengths: list[int] = []
    for number in range(documents):
        guess = lengths[-1] * draw.uniform(0.95, 1.08) if number % len(YEARS) else draw.lognormvariate(0, 0.5) * mean
        lengths.append(max(FEWEST, min(MOST, round(guess))))
    while (short := pages - sum(lengths)) != 0:
        step = 1 if short > 0 else -1
        place = draw.randrange(documents)
        if FEWEST <= lengths[place] + step <= MOST:
            lengths[place] += step
    return lengths


def _slug(name: str) -> str:
    plain_letters = name.lower().translate(str.maketrans("éèêàçôî", "eeeacoi"))
    return re.sub(r"[^a-z]+", "-", plain_letters).strip("-")


# --- The material ----------------------------------------------------------------------------------------------------


class Article(NamedTuple):
    """An article of a sample: its title, and its blocks that carry no warning."""

    title: str
    blocks: tuple[Block, ...]


class Material(NamedTuple):
    """What a sample is made of; ``sentences`` are those of its blocks."""

    articles: tuple[Article, ...]
    sentences: tuple[str, ...]
    clauses: tuple[Clause, ...]


_NUMBERING = re.compile(r"^(article \d+( bis)?|titre [ivx]+|chapitre [ivx]+|annexe|\d+(\.\d+)*\.?)\s*[–.:]?\s*", re.I)
#: Blocks that are printed as paragraphs or tables; forms and signatures belong to no conditions.
_PARAGRAPHS = ("text", "item", "box_empty", "box_ticked")


@cache
def material(sample: str) -> Material:
    """Return the articles, sentences and warned clauses of a sample."""
    articles: list[tuple[str, list[Block]]] = [("Préambule", [])]
    clauses: list[Clause] = []
    for block in _flat(parse((SAMPLES / "texts" / f"{sample}.txt").read_text("utf-8"))):
        if block.kind in ("heading", "subheading"):
            articles.append((_NUMBERING.sub("", _bare(block.text)), []))
        elif any(not label.startswith("safe_") for label in block.labels):
            clauses.append(Clause(block.labels, re.sub(r"^(-|[a-z]\)|\d°) ", "", _bare(block.text))))
        elif "☐" not in block.text:
            articles[-1][1].append(block)
    kept = tuple(Article(title, tuple(blocks)) for title, blocks in articles if blocks)
    sentences = [
        sentence
        for article in kept
        for block in article.blocks
        if block.kind == "text" and not block.labels and "**" not in block.text
        for sentence in re.split(r"(?<=[.!?]) (?=[A-ZÉÀ«])", _bare(block.text))
        if len(sentence) > 40
    ]
    return Material(kept, tuple(sentences), tuple(clauses))


def _bare(text: str) -> str:
    return text.replace("**", "").replace("==", "")


def _flat(blocks: list[Block]) -> Iterator[Block]:
    """Yield headings, paragraphs and tables; what stands at the foot of a page or in small print says so."""
    for block in blocks:
        if block.kind in ("small", "foot", "box"):
            for inner in _flat(block.inside):
                small = inner.kind in _PARAGRAPHS and (block.kind != "box" or block.text == "small")
                yield Block("small", inner.text, inner.labels) if small else inner
        elif block.kind in (*_PARAGRAPHS, "heading", "subheading", "table"):
            yield block


@cache
def _everything() -> tuple[tuple[Clause, ...], tuple[str, ...]]:
    """Return the warned clauses and the sentences of all samples."""
    samples = [material(sample) for product in PRODUCTS for sample in product.samples]
    return tuple(one for each in samples for one in each.clauses), tuple(
        one for each in samples for one in each.sentences
    )


# --- Wording ---------------------------------------------------------------------------------------------------------

#: Ways to say the same; each insurer has its own.
_ALIKE = tuple(
    tuple(line.split(" | "))
    for line in """\
afin que | pour que
s’il y a lieu | le cas échéant | au besoin
toutefois | néanmoins
en outre | de plus
à partir du | à compter du
pendant | durant
chaque année | tous les ans
lorsque | quand
au plus tard | au maximum
cotisation | prime
cotisations | primes
personne assurée | personne couverte
prise en charge | couverte
notifiée | signifiée
figure sur | est indiquée sur
en entier | intégralement | en totalité
sans frais | gratuitement
par lettre recommandée | par envoi recommandé | par courrier recommandé
dans les trente jours | dans le mois
quinze jours | deux semaines | vingt jours
deux mois | trois mois | soixante jours
six mois | un semestre""".splitlines()
)
_GROUP = {phrase: group for group in _ALIKE for phrase in group}
_PHRASES = re.compile(r"\b(" + "|".join(sorted(map(re.escape, _GROUP), key=len, reverse=True)) + r")\b")
_DAYS = re.compile(r"\b\d+(?= jours\b(?! sur))")
_EUROS = re.compile(r"\d{1,3}(?: \d{3})*(?:,\d+)?(?=[ \u00a0]€)")
#: The samples' own names, which become that of the insurer.
_NAMES = re.compile(
    r"«[ \u00a0]?(Val Fauvet|Aurelline)[^»]*»|\b(Clairval Vie|Escale Bleue Assistance|Toitclair Assurances|"
    r"Brévenne Dommages|Aurelline Prévoyance|Aurelline|Crédit de l’Orvanne|groupe Clairval|Ateliers Morvane)\b"
)


def worded(text: str, voice: str, scale: float, name: str) -> str:
    """Return a text as somebody would put it: ``voice`` chooses among what says the same, ``scale`` times the euros."""
    text = re.sub(r"\S+@\S+\.example", "protection@courrier.example", text)
    text = re.sub(r"d’(?=Aurelline)", "de ", text).replace("le Crédit", "Crédit").replace("du Crédit", "de Crédit")
    text = _NAMES.sub(name, text)
    draw = random.Random(voice)
    choice = {group: draw.choice(group) for group in _ALIKE}
    text = _PHRASES.sub(lambda found: choice[_GROUP[found[0]]], text)
    text = _DAYS.sub(lambda found: str(draw.choice((8, 10, 15, 20, 30, 45, 60, 90, 120, 180))), text)
    return _EUROS.sub(lambda found: _euros(float(found[0].replace(" ", "").replace(",", ".")) * scale), text)


def _euros(amount: float) -> str:
    """Write an amount as a tariff does: two digits that count, thousands apart."""
    step = 10 ** max(0, len(str(int(amount))) - 2)
    return f"{max(1, round(amount / step)) * step:,}".replace(",", "\u00a0")


# --- An edition ------------------------------------------------------------------------------------------------------


class Piece(NamedTuple):
    """What is printed next: ``kind`` as in the samples' blocks, or ``heading``."""

    kind: str
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()


class Edition:
    """One year's edition of an insurer's policy."""

    def __init__(self, insurer: str, product: Product, range_: str, year: int, seed: int) -> None:
        """Choose what it says; ``print`` makes the file."""
        self.insurer, self.product, self.range, self.year, self.seed = insurer, product, range_, year, seed
        self.line = f"{seed} {insurer} {product.name} {range_}"
        self.scale = random.Random(f"{self.line} scale").uniform(0.6, 1.6) * 1.03 ** (year - YEARS[0])

    def happened(self, what: str, chance: float) -> int:
        """Return in how many of the years since the first edition something befell a passage."""
        return sum(
            random.Random(f"{self.line} {year} {what}").random() < chance
            for year in YEARS
            if YEARS[0] < year <= self.year
        )

    def say(self, text: str, what: str, chance: float = 0.08) -> str:
        """Return a passage in the insurer's words; another year may have reworded it."""
        times = self.happened(f"reworded {what}", chance)
        return worded(
            text, f"{self.line} {what} {times}" if times else f"{self.seed} {self.insurer}", self.scale, self.insurer
        )

    def clauses(self) -> list[tuple[float, bool, Clause]]:
        """Return the warned clauses: where each stands (0 first page, 1 end), whether in small print, its words."""
        pool, _ = _everything()
        draw = random.Random(f"{self.line} clauses")
        # An insurer is harder on some matters than on others.
        severity = {
            label: random.Random(f"{self.seed} {self.insurer} {label}").random() for one in pool for label in one.labels
        }
        order = sorted(
            range(len(pool)), key=lambda place: draw.random() ** (1 / (0.1 + severity[pool[place].labels[0]]))
        )
        count = round(draw.triangular(CLAUSES[0] + 1, CLAUSES[1] - 3, 9))
        ways = {place: (draw.uniform(0.02, 0.93), draw.random() < 0.3, draw.random() < 0.4) for place in order}
        dropped = [place for place in order[-count:] if self.happened(f"dropped {place}", 0.07)]
        kept = [place for place in order[-count:] if place not in dropped]
        come = [place for place in order[:-count] if self.happened(f"came {place}", 0.03)]
        missing = max(0, CLAUSES[0] - len(kept) - len(come))
        clauses = []
        for place in [*kept, *come, *dropped[:missing]][: CLAUSES[1]]:
            where, small, copied = ways[place]
            if copied:  # in the words of the market, up to the name
                text = worded(pool[place].text, f"{self.seed} market {place}", 1, "l’assureur")
            else:
                text = self.say(pool[place].text, f"clause {place}", 0.1)
            clauses.append((where, small, Clause(pool[place].labels, text[0].upper() + text[1:])))
        return sorted(clauses, key=lambda one: one[0])

    def story(self) -> Iterator[Piece]:
        """Yield what stands around the clauses, without end: the product's own articles, then special conventions."""
        samples = [material(sample) for sample in self.product.samples]
        own = [article for sample in samples for article in sample.articles]
        number = 0
        for article in own:
            number += 1
            yield Piece("heading", f"Article {number} – {article.title}")
            for place, block in enumerate(article.blocks):
                yield from self._block(block, f"{number} {place}")
        _, others = _everything()
        draw = random.Random(f"{self.line} story")
        deck: list[str] = []
        while True:
            number += 1
            yield Piece("heading", f"Article {number} – {draw.choice(own).title} : {draw.choice(_MATTERS)}")
            for place in range(draw.randint(2, 6)):
                what = f"{number} {place}"
                if len(deck) < 5:
                    deck = [sentence for sample in samples for sentence in sample.sentences * 2] + list(others)
                    draw.shuffle(deck)
                kind = draw.choices(("text", "item", "small"), (80, 14, 6))[0]
                text = " ".join(deck.pop() for _ in range(1 if kind == "item" else draw.randint(1, 4)))
                if not self.happened(f"removed {what}", 0.03):
                    yield Piece(kind, self.say(text, what))
            if draw.random() < 0.15:
                tables = [block for article in own for block in article.blocks if block.kind == "table"]
                if tables:
                    yield from self._block(draw.choice(tables), f"{number} table")

    def _block(self, block: Block, what: str) -> Iterator[Piece]:
        if self.happened(f"removed {what}", 0.03):
            return
        if block.kind == "table":
            rows = tuple(tuple(self.say(_bare(cell), what) for cell in row) for row in block.rows if any(row))
            yield Piece("table", block.text, rows)
        else:
            yield Piece(block.kind, self.say(block.text, what))

    def print(self, path: Path, pages: int) -> tuple[Clause, ...]:
        """Write the PDF; returns its warned clauses."""
        press = Press(path, self, pages)
        clauses = self.clauses()
        waiting = list(clauses)
        for piece in self.story():
            while waiting and waiting[0][0] * pages <= press.progress() and piece.kind in ("text", "small", "table"):
                _, small, clause = waiting.pop(0)
                press.add(Piece("small" if small else "text", clause.text))
            if press.full:
                break
            press.add(piece)
        press.close()
        return tuple(clause for _, _, clause in clauses)


_MATTERS = (
    *("dispositions communes", "convention spéciale", "modalités", "cas particuliers", "limites et plafonds"),
    *("formalités", "délais", "dispositions complémentaires", "calcul", "justificatifs", "règles de gestion"),
)


# --- Print -----------------------------------------------------------------------------------------------------------

_FONTS = (("Helvetica", "Helvetica-Bold"), ("Times-Roman", "Times-Bold"))
_COLOURS = ("#1f4e79", "#2f6b4f", "#5b1a1a", "#6a4c93", "#b3541e", "#37474f", "#0b6e8a", "#7a3e65")
_GUTTER = 18.0


@cache
def _unit(word: str, font: str) -> float:
    return float(stringWidth(word, font, 1))


class Press:
    """Sets pieces in columns, page after page, straight onto the canvas."""

    def __init__(self, path: Path, edition: Edition, pages: int) -> None:
        """Begin the first page."""
        draw = random.Random(f"{edition.seed} {edition.insurer} style")
        self.edition, self.pages = edition, pages
        self.regular, self.bold = draw.choice(_FONTS)
        self.columns = draw.choice((1, 2, 2))
        self.size = draw.uniform(9.8, 10.8) if self.columns == 1 else draw.uniform(8.8, 9.6)
        self.size += 0.6 if self.regular == "Times-Roman" else 0
        self.small = draw.uniform(5.6, 6.9)
        self.leading = draw.uniform(1.28, 1.42)
        self.margin = draw.uniform(52, 66) if self.columns == 1 else draw.uniform(40, 50)
        self.colour = HexColor(draw.choice(_COLOURS))
        self.band = draw.random() < 0.6
        self.capitals = draw.random() < 0.25
        self.justified = draw.random() < 0.7
        self.reference = f"{edition.product.name[:3].upper()} {draw.randint(100, 999)} – {edition.year}"
        self.width = (WIDTH - 2 * self.margin - (self.columns - 1) * _GUTTER) / self.columns
        self.canvas = Canvas(str(path), pagesize=A4, pageCompression=1, invariant=1)
        self.canvas.setTitle(f"{edition.product.title} {edition.range} – Conditions générales")
        self.canvas.setAuthor(edition.insurer)
        self.page, self.column, self.full = 1, 0, False
        self.top = self.y = self._cover()

    # Where things go.

    def progress(self) -> float:
        """Return how many pages are filled."""
        into = (self.top - self.y) / (self.top - self.bottom)
        return self.page - 1 + (self.column + into) / self.columns

    @property
    def bottom(self) -> float:
        """Where the columns end, in points from the foot."""
        return 58.0

    def _need(self, height: float) -> None:
        """Go on to the next column or page where less than ``height`` is left."""
        if self.y - height >= self.bottom or self.full:
            return
        if self.column + 1 < self.columns:
            self.column += 1
        else:
            self._end_page()
            if self.page == self.pages:
                self.full = True
                return
            self.page, self.column = self.page + 1, 0
            self.top = self._head()
        self.y = self.top

    @property
    def _left(self) -> float:
        return self.margin + self.column * (self.width + _GUTTER)

    def close(self) -> None:
        """Write the file."""
        self.canvas.save()

    # What stands on every page.

    def _cover(self) -> float:
        canvas, edition = self.canvas, self.edition
        if self.band:
            canvas.setFillColor(self.colour)
            canvas.rect(0, HEIGHT - 120, WIDTH, 120, 0, 1)
        canvas.setFillColor(white if self.band else self.colour)
        canvas.setFont(self.bold, 15)
        canvas.drawString(self.margin, HEIGHT - 46, edition.insurer)
        canvas.setFont(self.bold, 17)
        canvas.drawString(self.margin, HEIGHT - 82, f"{edition.product.title} {edition.range}")
        canvas.setFont(self.regular, 9.5)
        canvas.drawString(self.margin, HEIGHT - 102, f"Conditions générales – édition de janvier {edition.year}")
        canvas.drawRightString(WIDTH - self.margin, HEIGHT - 46, f"Réf. {self.reference}")
        return HEIGHT - 146

    def _head(self) -> float:
        canvas, edition = self.canvas, self.edition
        canvas.setFillColor(HexColor("#444444"))
        canvas.setFont(self.bold, 7.5)
        canvas.drawString(self.margin, HEIGHT - 36, edition.insurer)
        canvas.setFont(self.regular, 7.5)
        canvas.drawRightString(
            WIDTH - self.margin, HEIGHT - 36, f"{edition.product.title} {edition.range} – {self.reference}"
        )
        canvas.setStrokeColor(self.colour)
        canvas.setLineWidth(0.8)
        canvas.line(self.margin, HEIGHT - 42, WIDTH - self.margin, HEIGHT - 42)
        return HEIGHT - 60

    def _end_page(self) -> None:
        canvas = self.canvas
        canvas.setStrokeColor(HexColor("#bbbbbb"))
        canvas.setLineWidth(0.5)
        canvas.line(self.margin, 46, WIDTH - self.margin, 46)
        canvas.setFillColor(HexColor("#555555"))
        canvas.setFont(self.regular, 6.3)
        canvas.drawString(self.margin, 36, f"{self.edition.insurer}, entreprise imaginaire, 99000 Beaurenard")
        canvas.drawString(self.margin, 28, "Spécimen : la société, le contrat et les personnes sont imaginaires.")
        canvas.setFont(self.regular, 7.5)
        canvas.drawRightString(WIDTH - self.margin, 28, f"Page {self.page} / {self.pages}")
        canvas.showPage()

    # Pieces.

    def add(self, piece: Piece) -> None:
        """Print a piece where the last one ended; what comes after the last page is cut off."""
        if piece.kind == "table":
            self._table(piece)
        elif piece.kind == "heading":
            self._need(self.size * 7)
            self.y -= self.size * 0.7
            text = piece.text.upper() if self.capitals else piece.text
            self._paragraph(f"**{text}**", self.size + 1.2, self.colour, justified=False)
        elif piece.kind == "small":
            self._paragraph(piece.text, self.small, HexColor("#333333"), justified=self.justified)
        elif piece.kind in ("item", "box_empty", "box_ticked"):
            text = piece.text if re.match(r"-|\w\)|\d°", piece.text) else f"- {piece.text}"
            self._paragraph(text, self.size, HexColor("#000000"), justified=False, indent=10)
        else:
            self._paragraph(piece.text, self.size, HexColor("#000000"), justified=self.justified)

    def _paragraph(self, text: str, size: float, colour: Color, *, justified: bool, indent: float = 0) -> None:
        leading = size * self.leading
        lines = list(self._lines(text, size, self.width - indent))
        self._need(leading * min(2, len(lines)))
        for number, (words, room) in enumerate(lines):
            self._need(leading)
            if self.full:
                return
            self.y -= leading
            blanks = len(words) - 1 + sum(word.count("\u00a0") for word, _ in words)  # both are printed as blanks
            spread = room / blanks if justified and number + 1 < len(lines) and blanks else 0.0
            self._line(words, self._left + indent, self.y, size, colour, spread)
        self.y -= leading * 0.5

    def _lines(self, text: str, size: float, width: float) -> Iterator[tuple[list[tuple[str, str]], float]]:
        """Yield the words of each printed line, with their fonts, and the room left on it."""
        line: list[tuple[str, str]] = []
        used = 0.0
        for part, run in enumerate(text.split("**")):
            font = self.bold if part % 2 else self.regular
            blank = _unit(" ", font) * size
            for word in re.findall("[^ ]+", run.strip("\u00a0")):
                long = _unit(word, font) * size
                if line and used + blank + long > width:
                    yield line, width - used
                    line, used = [], 0.0
                used += long + (blank if line else 0)
                line.append((word, font))
        if line:
            yield line, width - used

    def _line(
        self, words: list[tuple[str, str]], x: float, y: float, size: float, colour: Color, spread: float
    ) -> None:
        text = self.canvas.beginText(x, y)
        text.setFillColor(colour)
        text.setWordSpace(spread)
        runs: list[tuple[str, list[str]]] = []
        for word, font in words:
            if not runs or runs[-1][0] != font:
                runs.append((font, []))
            runs[-1][1].append(word)
        for number, (font, run) in enumerate(runs):
            text.setFont(font, size)
            text.textOut((" " if number else "") + " ".join(run))
        self.canvas.drawText(text)

    def _table(self, piece: Piece) -> None:
        shares = [float(share) / 100 * self.width for share in piece.text.split()]
        size, pad = self.size - 0.8, 3.0
        leading = size * 1.25
        rows = []
        for number, row in enumerate(piece.rows):
            mark = "" if number else "**"
            cells = [
                list(self._lines(f"{mark}{cell}{mark}", size, share - 2 * pad))
                for cell, share in zip(row, shares, strict=True)
            ]
            rows.append((cells, max(map(len, cells)) * leading + 2 * pad))
        self._need(sum(height for _, height in rows) + 10)
        if self.full:
            return
        self.canvas.setLineWidth(0.5)
        self.canvas.setStrokeColor(HexColor("#9a9a9a"))
        for number, (cells, height) in enumerate(rows):
            x = self._left
            for cell, share in zip(cells, shares, strict=True):
                self.canvas.setFillColor(white if number else self.colour)
                self.canvas.rect(x, self.y - height, share, height, 1, 1)
                for place, (words, _) in enumerate(cell):
                    colour = HexColor("#000000") if number else white
                    self._line(words, x + pad, self.y - pad - (place + 0.8) * leading, size, colour, 0)
                x += share
            self.y -= height
        self.y -= self.size


def main() -> None:
    """Make policies, and say how many."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--documents", type=int, default=400)
    parser.add_argument("--pages", type=int, default=12_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    made = make_policies(options.folder, options.documents, options.pages, options.seed)
    print(
        f"{len(made)} policies, {sum(one.pages for one in made)} pages, {sum(len(one.clauses) for one in made)} clauses"
    )


if __name__ == "__main__":
    main()
