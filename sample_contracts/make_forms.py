"""Make the sample questionnaires: ``python sample_contracts/make_forms.py`` writes the PDFs and what is asked in them.

Texts, blocks and pages are those of ``make.py``. What a questionnaire needs besides:

- ``%questions look``: questions, one a row. ``ruled``: a table with drawn boxes; ``persons``: the same with boxes for
  each of two people; ``circles``: with letters to circle for each; ``fields``: fields of a form; ``inline``: the boxes
  are letters of the text, at its end or where it says ``{}``; ``list``: sentences to sign, without boxes
- ``%split 55 45`` … ``%end``: two columns, 55 and 45 % wide, parted by ``%column``
- ``%fields 50 50``: fields of a form, each with its name
- ``%comb 10 Date : 01012000``, in a cell of ``%form``: one square a character

The rows of ``%questions``:

- ``| ask | 3. | text | labels | answer |``: a question. The answer says how it is given: nothing for two empty boxes,
  ``oui`` or ``non`` for a ticked one, ``-`` for no box, ``lines`` for dots to write on, ``field`` for a form field,
  ``Jamais / *Parfois / Souvent`` for other choices (``*``: ticked). The label ``other`` marks a line to answer that
  asks nothing of health, and is not expected to be found
- ``| stem | 4. | text : |``: the words that the items below inherit
- ``| item | a) | text | labels | answer |``: a question under a stem
- ``| tail | Si oui, … : | words |``: what belongs to the question before it, with room to write or the words typed in
- ``| typed | words |``: what was typed in answer to the question before it, where it has no tail
- ``| head | words |``, ``| note | words |``: a heading between rows; an instruction
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from make import (
    TYPED,
    Block,
    Flowable,
    HexColor,
    Paragraph,
    Recorded,
    Sample,
    Setter,
    Spacer,
    Table,
    TableStyle,
    arch,
    leaf,
    make_all,
    markup,
    plain,
    rings,
    roof,
    shield,
    wave,
)
from reportlab.lib.colors import black, white
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

WIDTH, HEIGHT = A4
RULE = HexColor("#6f6f6f")
SHADE = HexColor("#e4e4e4")
FIELD = HexColor("#eef3fb")


@dataclass(frozen=True)
class Form(Sample):
    """How a questionnaire looks.

    ``office`` is the title of the frame that the insurer keeps for itself: with one, the head of the first page is that
    of an office form. ``edge`` is printed upwards along the left edge, ``running`` at the head of the other pages;
    ``initials`` gives each page a place for the reader's initials.
    """

    office: str = ""
    edge: str = ""
    running: str = ""
    initials: bool = False


@dataclass
class Question:
    """A question as it is expected to be found; its page is known once it is drawn."""

    number: str
    text: str
    context: str
    labels: tuple[str, ...]
    answer: str | None
    page: int = 0


class Choice(NamedTuple):
    """A box to tick: its word, and whether it is ticked."""

    word: str
    ticked: bool = False


# --- What is drawn ---------------------------------------------------------------------------------------------------


class Boxes(Flowable):  # type: ignore[misc]  # reportlab has no types
    """Drawn boxes to tick on one line, each with its word, before it or after it."""

    def __init__(self, choices: list[Choice], font: str, size: float, word_first: bool = False) -> None:
        super().__init__()
        self.choices, self.font, self.size, self.word_first = choices, font, size, word_first
        self.side = size * 0.92
        self.steps = [self.side + stringWidth(choice.word, font, size) + 3 + size * 0.9 for choice in choices]

    def wrap(self, avail_width: float, avail_height: float) -> tuple[float, float]:
        """Return the size of the line, in points."""
        return sum(self.steps), self.size * 1.15

    def draw(self) -> None:
        """Draw the boxes and their words."""
        x = 0.0
        for at, choice in enumerate(self.choices):
            self.canv.setFont(self.font, self.size)
            self.canv.setFillColor(black)
            word_width = stringWidth(choice.word, self.font, self.size)
            self.canv.drawString(x if self.word_first else x + self.side + 3, 1.5, choice.word)
            self.box(at, choice, x + word_width + 3 if self.word_first else x)
            x += self.steps[at]

    def box(self, at: int, choice: Choice, x: float) -> None:
        """Draw one box whose left edge is at ``x``; a ticked one holds a typed cross."""
        self.canv.setStrokeColor(black)
        self.canv.setLineWidth(0.6)
        self.canv.rect(x, 0.3, self.side, self.side)
        if choice.ticked:
            self.canv.setFont("mono-bold", self.size * 1.1)
            self.canv.setFillColor(HexColor(TYPED))
            self.canv.drawCentredString(x + self.side / 2, 1.4, "X")


class FieldBoxes(Boxes):
    """The same as check boxes of a form, or, for more than two choices, as one group of radio buttons."""

    def __init__(self, name: str, tip: str, choices: list[Choice], font: str, size: float) -> None:
        super().__init__(choices, font, size)
        self.name, self.tip = name, tip

    def box(self, at: int, choice: Choice, x: float) -> None:
        """Place the form field of one choice."""
        look = {
            "x": x,
            "y": 0.3,
            "size": self.side,
            "borderWidth": 0.6,
            "borderColor": black,
            "fillColor": white,
            "relative": True,
        }
        if len(self.choices) > 2:
            self.canv.acroForm.radio(
                name=self.name, tooltip=self.tip, value=f"c{at}", selected=choice.ticked, shape="square", **look
            )
        else:
            self.canv.acroForm.checkbox(
                name=f"{self.name}_{choice.word.lower()}",
                tooltip=f"{self.tip} : {choice.word}",
                checked=choice.ticked,
                buttonStyle="cross",
                fieldFlags="",
                **look,
            )


class TextField(Flowable):  # type: ignore[misc]
    """A field of a form to write in, with its printed name before it, as wide as it may be."""

    def __init__(self, name: str, tip: str, label: str, font: str, size: float, typed: str = "") -> None:
        super().__init__()
        self.name, self.tip, self.label, self.typed = name, tip, label, typed
        self.font, self.size = font, size

    def wrap(self, avail_width: float, avail_height: float) -> tuple[float, float]:
        """Return the size of the field, in points."""
        self.room = avail_width
        return avail_width, self.size * 1.7

    def draw(self) -> None:
        """Draw the name and place the field."""
        self.canv.setFont(self.font, self.size)
        self.canv.setFillColor(black)
        self.canv.drawString(0, 4, self.label)
        x = stringWidth(self.label, self.font, self.size) + 5 if self.label else 0
        self.canv.acroForm.textfield(
            name=self.name,
            tooltip=self.tip,
            value=self.typed,
            x=x,
            y=1,
            width=self.room - x,
            height=self.size * 1.5,
            fontSize=self.size,
            borderWidth=0.4,
            borderColor=RULE,
            fillColor=FIELD,
            fieldFlags="",
            relative=True,
        )


class Comb(Flowable):  # type: ignore[misc]
    """A name and a row of squares, one character each."""

    def __init__(self, label: str, places: int, words: str, font: str, size: float) -> None:
        super().__init__()
        self.label, self.places, self.words, self.font, self.size = label, places, words, font, size

    def wrap(self, avail_width: float, avail_height: float) -> tuple[float, float]:
        """Return the size of the row, in points."""
        return avail_width, self.size * 1.5

    def draw(self) -> None:
        """Draw the name, the squares and what they hold."""
        side = self.size * 1.25
        self.canv.setFont(self.font, self.size)
        self.canv.setFillColor(black)
        self.canv.drawString(0, 3, self.label)
        x = stringWidth(self.label, self.font, self.size) + 5
        self.canv.setStrokeColor(RULE)
        self.canv.setLineWidth(0.5)
        for at in range(self.places):
            self.canv.rect(x + at * side, 0, side, side)
        self.canv.setFont("mono", self.size)
        self.canv.setFillColor(HexColor(TYPED))
        for at, character in enumerate(self.words):
            self.canv.drawCentredString(x + (at + 0.5) * side, 3, character)


def dotted(text: str, style: ParagraphStyle, width: float) -> str:
    """Return the text with dots to the end of its line, and a line of dots more where little room was left."""
    dot = stringWidth(".", style.fontName, style.fontSize)
    lines = simpleSplit(plain(text), style.fontName, style.fontSize, width)
    room = width - stringWidth(lines[-1], style.fontName, style.fontSize) - 4 * dot
    filled = f"{text} " + "." * max(0, int(room / dot))
    return filled if room > 110 else filled + " " + "." * int((width - 2 * dot) / dot)


def asked(text: str) -> str:
    """Return the words of a question, without what it is answered with."""
    return " ".join(re.sub(r"\{\}|\.{4,}", "", plain(text)).split())


# --- Setting the forms -----------------------------------------------------------------------------------------------


class FormSetter(Setter):
    """Set one questionnaire, and remember its questions beside its labelled clauses."""

    nesting = (*Setter.nesting, "split")
    sample: Form

    def __init__(self, sample: Form, pages: int) -> None:
        super().__init__(sample, pages)
        self.questions: dict[int, Question] = {}
        base, size = self.styles["cell"], sample.size
        self.styles["ask"] = ParagraphStyle("ask", base, fontSize=size * 0.95, leading=size * 1.16)
        self.styles["stem"] = ParagraphStyle("stem", self.styles["ask"], fontName=f"{sample.family}-bold")
        self.styles["note"] = ParagraphStyle("note", self.styles["ask"], fontName=f"{sample.family}-italic")
        self.styles["typed"] = ParagraphStyle("typed", self.styles["ask"], fontName="mono", textColor=HexColor(TYPED))
        self.styles["bar"] = ParagraphStyle("bar", self.styles["stem"], textColor=white)
        self.styles["mid"] = ParagraphStyle("mid", self.styles["stem"], alignment=1)

    def flowables(self, blocks: list[Block], width: float) -> Iterator[Flowable]:
        """Yield the flowables of ``blocks``, ``width`` points wide."""
        for block in blocks:
            if block.kind == "questions":
                yield Questions(self, block.text, width).table(block.rows)
                yield Spacer(1, self.sample.size * 0.7)
            elif block.kind == "split":
                yield self.split(block, width)
                yield Spacer(1, self.sample.size * 0.7)
            elif block.kind == "fields":
                yield self.fields(block, width)
                yield Spacer(1, self.sample.size * 0.7)
            else:
                yield from super().flowables([block], width)

    def split(self, block: Block, width: float) -> Flowable:
        """Return blocks in two columns."""
        at = next(at for at, inner in enumerate(block.inside) if inner.kind == "column")
        gap = 12.0
        shares = [float(share) / 100 * (width - gap) for share in block.text.split()]
        left = list(self.flowables(block.inside[:at], shares[0]))
        right = list(self.flowables(block.inside[at + 1 :], shares[1]))
        style = [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            *((f"{side}PADDING", (0, 0), (-1, -1), 0) for side in ("LEFT", "RIGHT", "TOP", "BOTTOM")),
        ]
        return Table([[left, "", right]], colWidths=[shares[0], gap, shares[1]], style=TableStyle(style))

    def field(self, cell: str) -> Flowable:
        """Return what stands in a field to fill in: words, or squares for characters."""
        if found := re.match(r"%comb (\d+) (.+?[:\u00a0 ]) ?(\w*)$", cell):
            return Comb(plain(found[2]).strip(), int(found[1]), found[3], self.sample.family, self.sample.size * 0.93)
        return super().field(cell)

    def fields(self, block: Block, width: float) -> Flowable:
        """Return form fields, side by side, each with its name."""
        shares = [float(share) / 100 * width for share in block.text.split()]
        rows = [
            [
                TextField(self.name(), plain(cell).rstrip(" :"), cell, self.sample.family, self.sample.size * 0.93)
                for cell in row
            ]
            for row in block.rows
        ]
        style = [("TOPPADDING", (0, 0), (-1, -1), 1.5), ("BOTTOMPADDING", (0, 0), (-1, -1), 1.5)]
        return Table(rows, colWidths=shares, style=TableStyle(style))

    def name(self) -> str:
        """Return a name for the next form field."""
        self.count += 1
        return f"champ{self.count}"

    # What stands on every page.

    def running_head(self) -> str:
        """Return what stands at the head of each page but the first."""
        return self.sample.running or super().running_head()

    def decorate(self, canvas: Canvas, document: object) -> None:
        """Draw what stands on a page around its text: also the reference on the edge, the place for initials."""
        super().decorate(canvas, document)
        canvas.saveState()
        if self.sample.edge:
            canvas.setFont(self.sample.family, 5.5)
            canvas.setFillColor(RULE)
            canvas.saveState()
            canvas.translate(17, 60)
            canvas.rotate(90)
            canvas.drawString(0, 0, self.sample.edge)
            canvas.restoreState()
        if self.sample.initials:
            canvas.setFont(self.sample.family, 6.5)
            canvas.setFillColor(black)
            canvas.setStrokeColor(RULE)
            canvas.rect(WIDTH - self.sample.margin - 120, 19, 62, 20)
            canvas.drawString(WIDTH - self.sample.margin - 117, 32, "Paraphe")
        canvas.restoreState()

    def first_header(self, canvas: Canvas) -> None:
        """Draw the head of the first page; that of an office form is all frames."""
        sample, left, right = self.sample, self.sample.margin, WIDTH - self.sample.margin
        if not sample.office:
            super().first_header(canvas)
            return
        sample.logo(canvas, left, HEIGHT - 52, self.colour)
        canvas.setFillColor(self.colour)
        canvas.setFont(f"{sample.family}-bold", 13)
        canvas.drawString(left + 40, HEIGHT - 42, sample.company)
        canvas.setFillColor(black)
        canvas.setFont(f"{sample.family}-italic", 7.5)
        canvas.drawString(left + 40, HEIGHT - 53, sample.tagline)
        canvas.setStrokeColor(black)
        canvas.setLineWidth(0.6)
        canvas.rect(right - 190, HEIGHT - 66, 190, 42)
        canvas.setFont(f"{sample.family}-bold", 6.5)
        canvas.drawString(right - 186, HEIGHT - 33, sample.office)
        canvas.setFont(sample.family, 7)
        canvas.drawString(right - 186, HEIGHT - 46, "N° de dossier ................................................")
        canvas.drawString(
            right - 186, HEIGHT - 59, "Reçu le ...............................  Visa ...................."
        )
        canvas.setFillColor(SHADE)
        canvas.rect(left, HEIGHT - 104, right - left, 32, 1, 1)
        canvas.setFillColor(black)
        canvas.setFont(f"{sample.family}-bold", 13.5)
        canvas.drawCentredString(WIDTH / 2, HEIGHT - 86, sample.title.upper())
        canvas.setFont(sample.family, 8)
        canvas.drawCentredString(WIDTH / 2, HEIGHT - 98, f"{sample.subtitle} – {sample.reference}")

    def expected(self) -> list[dict[str, object]]:
        """Return the questions and the labelled clauses, in reading order, once the PDF is built."""
        rows: dict[int, dict[str, object]] = {
            at: {
                "kind": "question",
                "number": question.number,
                "text": question.text,
                "context": question.context,
                "labels": question.labels,
                "page": question.page,
                "answer": question.answer,
            }
            for at, question in self.questions.items()
        }
        for at, passage in self.passages.items():
            clause = {"kind": "clause", "number": "", "text": passage.text, "context": "", "labels": passage.labels}
            rows[at] = {**clause, "page": passage.page, "answer": None}
        return [rows[at] for at in sorted(rows)]


class Questions:
    """Rows of questions, set as one table that may run over the end of a page."""

    def __init__(self, setter: FormSetter, look: str, width: float) -> None:
        self.setter, self.look = setter, look
        self.styles = setter.styles
        answers = {"ruled": [78.0], "persons": [62.0, 62.0], "circles": [42.0, 42.0], "fields": [74.0]}.get(look, [])
        first = 12.0 if look == "list" else 25.0
        self.widths = [first, width - first - sum(answers), *answers]
        self.room = width - first - 8
        self.ruled = look in ("ruled", "persons", "circles")
        self.cells: list[list[object]] = []
        self.style: list[tuple[object, ...]] = [
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE" if self.ruled else "TOP"),
            ("TOPPADDING", (0, 0), (-1, -1), 1.8 if answers else 1),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 2.6 if answers else 1.5),
            ("LEFTPADDING", (0, 0), (-1, -1), 3),
            ("RIGHTPADDING", (0, 0), (-1, -1), 3),
        ]
        if self.ruled:
            self.style.append(("GRID", (0, 0), (-1, -1), 0.5, RULE))
        self.stem = self.question = Question("", "", "", (), None)

    def table(self, rows: list[list[str]]) -> Flowable:
        """Return the table of the rows, as they stand in the text of the sample."""
        heads = 0
        if self.look in ("persons", "circles"):
            heads = 1
            self.add(*(Paragraph(head, self.styles["mid"]) for head in ("", "", "Assuré 1", "Assuré 2")), fill=SHADE)
        for kind, *row in rows:
            getattr(self, f"add_{kind}")(*row)
        return Table(self.cells, colWidths=self.widths, style=TableStyle(self.style), repeatRows=heads)

    def add(self, *cells: object, fill: object = None) -> None:
        """Add a row; its last cell reaches to the right edge of the table."""
        at, missing = len(self.cells), len(self.widths) - len(cells)
        self.cells.append([*cells, *[""] * missing])
        if missing:
            self.style.append(("SPAN", (len(cells) - 1, at), (-1, at)))
        if fill is not None:
            self.style.append(("BACKGROUND", (0, at), (-1, at), fill))

    def add_head(self, words: str) -> None:
        """Add a heading, which ends what a stem governs."""
        self.stem = Question("", "", "", (), None)
        self.add(Paragraph(markup(words), self.styles["bar"]), fill=self.setter.colour)

    def add_note(self, words: str) -> None:
        """Add an instruction."""
        self.add(Paragraph(markup(words), self.styles["note"]))

    def add_stem(self, number: str, words: str) -> None:
        """Add the words that the items below inherit."""
        self.stem = Question(number.rstrip(" .)"), plain(words), "", (), None)
        style = self.styles["stem"]
        self.add(Paragraph(number, style), Paragraph(markup(words), style), fill=SHADE if self.ruled else None)

    def add_ask(self, number: str, words: str, labels: str, answer: str = "") -> None:
        """Add a question that stands for itself."""
        self.stem = Question("", "", "", (), None)
        self.add_item(number, words, labels, answer)

    def add_item(self, number: str, words: str, labels: str, answer: str = "") -> None:
        """Add a question, with what it is answered with."""
        bare = number.rstrip(" .)–-•")
        whole = bare if not self.stem.number or bare.startswith(self.stem.number) else self.stem.number + bare
        choices = self.choices(answer)
        printed_words = [words, *(choice.word for choice in choices if len(choices) > 2)]
        state = None
        if self.look == "circles":
            state = "unknown"
        elif choices or answer == "field":
            state = "ticked" if any(choice.ticked for choice in choices) else "empty"
        question = Question(whole, asked(" ".join(printed_words)), self.stem.text, tuple(labels.split()), state)
        if not question.labels:
            raise ValueError(f"no label: {words}")
        self.question = question
        if labels != "other":
            self.setter.questions[self.setter.count] = question
        self.setter.count += 1
        if self.look == "inline":
            boxes = "".join(f"\u00a0 {'☒' if choice.ticked else '☐'}\u00a0{choice.word}" for choice in choices)
            words = words.replace("{}", boxes) if "{}" in words else words + boxes
        if answer == "lines":
            words = dotted(words, self.styles["ask"], self.room)
        paragraph = Recorded(markup(words), self.styles["ask"])

        def remember(page: int) -> None:
            question.page = question.page or page

        paragraph.on_draw = remember
        self.add(Paragraph(number, self.styles["ask"]), *self.answered(paragraph, choices, answer))

    def answered(self, paragraph: Flowable, choices: list[Choice], answer: str) -> list[object]:
        """Return the cells of a question: its words and the places for its answer, in one cell or side by side."""
        family, size, question = self.setter.sample.family, self.setter.sample.size * 0.9, self.question
        if answer == "field":
            return [[paragraph, TextField(self.setter.name(), question.text.rstrip(" :"), "", family, size)]]
        if self.look in ("inline", "list") or not choices:
            return [paragraph]
        if len(choices) > 2:
            return [[paragraph, FieldBoxes(self.setter.name(), question.text, choices, family, size)]]
        if self.look == "fields":
            tip = f"Question {question.number}"
            return [paragraph, FieldBoxes(self.setter.name(), tip, choices, family, size)]
        if self.look == "circles":
            return [paragraph, *(Paragraph("O / N", self.styles["mid"]) for _ in range(2))]
        if self.look == "persons":
            short = [choice._replace(word=choice.word[0]) for choice in choices]
            return [paragraph, *(Boxes(short, family, size, word_first=True) for _ in range(2))]
        return [paragraph, Boxes(choices, family, size)]

    def choices(self, answer: str) -> list[Choice]:
        """Return the boxes that a question is answered with."""
        if self.look == "list" or answer in ("-", "lines", "field"):
            return []
        if "/" in answer:
            return [Choice(word.strip(" *"), "*" in word) for word in answer.split("/")]
        return [Choice("Oui", answer == "oui"), Choice("Non", answer == "non")]

    def add_typed(self, words: str) -> None:
        """Add what was typed in answer to the question before."""
        self.add("", Paragraph(markup(words), self.styles["typed"]))

    def add_tail(self, words: str, typed: str = "") -> None:
        """Add what belongs to the question before, with room to write or what was typed in answer."""
        self.question.text += " " + plain(words)
        style = self.styles["ask"]
        if self.look == "fields":
            family, size = self.setter.sample.family, self.setter.sample.size * 0.9
            tip = f"Question {self.question.number} : {plain(words).rstrip(' :')}"
            self.add("", TextField(self.setter.name(), tip, words, family, size, typed))
        elif typed:
            self.add("", Paragraph(markup(words), style))
            self.add_typed(typed)
        else:
            self.add("", Paragraph(markup(dotted(words, style, self.room)), style))


FORMS = (
    Form(
        "questionnaire_emprunteur",
        "Lormeraie Vie",
        "L’assurance de ceux qui s’installent",
        "Questionnaire de santé",
        "Assurance emprunteur – prêt immobilier – à remplir par chaque personne à assurer",
        "LMV-QS-07 (03/2025)",
        "Lormeraie Vie, société anonyme régie par le Code des assurances, 12 rue du Vieux-Lavoir, 99060 Lormeraie",
        "#23395d",
        roof,
        size=8.8,
        margin=40,
        head=112,
        office="CADRE RÉSERVÉ AU SERVICE MÉDICAL",
        edge="LMV-QS-07 – imprimé de mars 2025 – annule et remplace les éditions antérieures",
        initials=True,
    ),
    Form(
        "questionnaire_acroform",
        "Solvenne Prévoyance",
        "Indépendants, et couverts",
        "Questionnaire de santé – Prévoyance Pro",
        "Travailleurs non salariés : arrêt de travail, invalidité, décès – à remplir à l’écran",
        "SOL-TNS-QM 2025",
        "Solvenne Prévoyance SA, entreprise régie par le Code des assurances, 8 quai des Forges, 99450 Solvenne",
        "#14635c",
        wave,
        size=9,
        margin=46,
        numbered="{page}/{pages}",
    ),
    Form(
        "questionnaire_deux_assures",
        "Ambrelle Crédit Assurances",
        "Groupe Ambrelle",
        "Déclaration d’état de santé des co-emprunteurs",
        "À joindre à la demande d’adhésion au contrat collectif n° 2 208",
        "Imp. 2208-DES-C – 11/2024",
        "Ambrelle Crédit Assurances, société d’assurance mutuelle, 3 place du Vieux-Marché, 99180 Ambrelle",
        "#7b2d26",
        rings,
        family="narrow",
        size=9,
        margin=34,
        numbered="{page} sur {pages}",
        head=112,
        office="RÉSERVÉ À L’AGENCE",
        edge="Imp. 2208-DES-C – exemplaire assureur (blanc), exemplaire prêteur (jaune), exemplaire assurés (rose)",
    ),
    Form(
        "declaration_bonne_sante",
        "Cap Rivoire Vie",
        "Protéger, simplement",
        "Déclaration de bonne santé",
        "Annexe 2 à la demande d’adhésion – Garantie décès « Relais »",
        "CRV-DBS 2025-A",
        "Cap Rivoire Vie, société anonyme au capital de 8 400 000 €, 21 avenue du Phare, 99350 Cap-Rivoire",
        "#4a4a4a",
        shield,
        family="serif",
        size=9,
        margin=54,
        numbered="– {page} –",
        band=False,
        initials=True,
    ),
    Form(
        "adhesion_remplie",
        "Mutuelle Hautelande",
        "Mutuelle soumise au livre II du Code de la mutualité",
        "Bulletin d’adhésion – Complémentaire santé",
        "Gamme Bruyère – adhésion individuelle",
        "BA-BRU-25",
        "Mutuelle Hautelande, 44 rue des Genêts, 99280 Hautelande",
        "#5f4b8b",
        leaf,
        size=9,
        margin=42,
        head=112,
        office="CADRE RÉSERVÉ À LA MUTUELLE",
        edge="BA-BRU-25 – document à retourner complété, daté et signé",
        running="Adhésion de Mme LEBRANCHU Soizic – n° SS 2 84 07 29 999 117 43 – BA-BRU-25",
    ),
    Form(
        "questionnaire_aeras",
        "Belverane Assurances",
        "Emprunter reste possible",
        "Questionnaire de santé",
        "Assurance emprunteur – conforme aux engagements de la convention AERAS",
        "BV-QS-2025",
        "Belverane Assurances, entreprise régie par le Code des assurances, 6 rue des Remparts, 99520 Belverane",
        "#1c5d8c",
        arch,
        family="wide",
        size=8.8,
        margin=48,
        numbered="Page {page} sur {pages}",
    ),
)


if __name__ == "__main__":
    make_all(FORMS, FormSetter)
