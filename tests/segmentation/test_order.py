"""Reading order."""

import random

import pytest

from analyzer.segmentation.order import read_order
from tests.segmentation.build import below, column, line

LEFT = [f"colonne gauche ligne {number:02}" for number in range(12)]
MIDDLE = [f"colonne centre ligne {number:02}" for number in range(12)]
RIGHT = [f"colonne droite ligne {number:02}" for number in range(12)]
FULL = "une ligne qui prend toute la largeur de la page, d'une marge à l'autre, sans s'arrêter au milieu de la page"


def order(lines):
    return [row_line.text for region in read_order(lines) for row in region.rows for row_line in row.lines]


def two_columns(top=100.0, shift=0.0):
    return column(LEFT, 50, top) + column(RIGHT, 310, top + shift)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    ("guards", "lines"),
    [
        ("one column", column([*LEFT, FULL])),
        ("two columns", two_columns()),
        ("two columns whose lines stand on different heights", two_columns(shift=5)),
        ("three columns", column(LEFT, 50, size=7) + column(MIDDLE, 210, size=7) + column(RIGHT, 370, size=7)),
        ("a column that ends earlier", column(LEFT, 50) + column(RIGHT[:5], 310)),
        ("a heading over both columns", [line(FULL, top=70), *two_columns()]),
        (
            "text over the full width between columns",
            [*two_columns(), line(FULL, top=260), line(FULL, top=272), *two_columns(300)],
        ),
        (
            "a short heading between columns, at the left",
            [*two_columns(), line("TITRE II", top=270, size=13, bold=True), *two_columns(300)],
        ),
        (
            "a short heading between three columns, over the middle one",
            [
                *column(LEFT, 50, size=7), *column(MIDDLE, 210, size=7), *column(RIGHT, 370, size=7),
                line("TITRE II", 250, top=230, size=13, bold=True),
                *column(LEFT, 50, 260, 7), *column(MIDDLE, 210, 260, 7), *column(RIGHT, 370, 260, 7),
            ],
        ),
        ("the heading of a column", [*column([*LEFT[:6], "", "Article 2", *LEFT[6:]]), *column(RIGHT, 310)]),
    ],
)  # fmt: skip
def test_columns_come_out_one_after_the_other(guards, lines, seed):
    """However the file lists the lines: column by column, row by row, or in no order at all."""
    shuffled = list(lines)
    random.Random(seed).shuffle(shuffled)
    assert order(shuffled) == [one.text for one in lines], guards
    assert order(sorted(lines, key=lambda one: (one.top, one.x0))) == [one.text for one in lines], guards


def test_tables_are_read_row_by_row():
    cells = [("Décès", "100 % du capital"), ("Invalidité", "80 % du capital"), ("Incapacité", "50 € par jour")]
    lines = [
        cell
        for index, row in enumerate(cells)
        for cell in (line(row[0], 50, 100 + 20 * index), line(row[1], 300, 100 + 20 * index))
    ]
    regions = read_order(sorted(lines, key=lambda one: one.x0))
    assert [region.rows[0].lines[0].text for region in regions] == [text for row in cells for text in row]
    assert all(region.is_cell for region in regions)
    headers = [" ".join(one.text for row in region.header for one in row.lines) for region in regions]
    assert headers == ["", "Décès", "", "Invalidité", "", "Incapacité"]


def test_cells_of_several_lines_stay_whole():
    left = column(["Incapacité", "de travail"], 50, 100) + column(["Invalidité"], 50, 150) + column(["Décès"], 50, 200)
    right = (
        column(["À partir du trente et unième jour", "d'arrêt de travail"], 250, 100)
        + column(["Dès la reconnaissance par la", "sécurité sociale"], 250, 150)
        + column(["Sans délai"], 250, 200)
    )
    texts = [" ".join(one.text for row in region.rows for one in row.lines) for region in read_order(left + right)]
    assert texts == [
        "Incapacité de travail", "À partir du trente et unième jour d'arrêt de travail",
        "Invalidité", "Dès la reconnaissance par la sécurité sociale",
        "Décès", "Sans délai",
    ]  # fmt: skip


def test_a_table_inside_a_column():
    table = [line("Décès", 50, 180), line("100 %", 200, 180), line("Invalidité", 50, 200), line("80 %", 200, 200)]
    wide = [f"{text}, qui va jusqu'au bord" for text in LEFT]
    left = [*column(wide[:5]), *table, *column(wide[5:], top=230)]
    assert order(left + column(RIGHT * 2, 310)) == [one.text for one in left] + RIGHT * 2


def test_a_long_column_with_a_table_beside_a_short_one():
    """The gutter of the page comes before that of the table, and the short column does not make a table of them."""
    wide = [f"{text}, qui va jusqu'au bord" for text in LEFT]
    cells = [line(text, x, 260 + 15 * row) for row in range(6) for text, x in ((f"{row} ans", 50), (f"{row} %", 200))]
    left = [*column(wide), *cells]
    assert order(left + column(RIGHT[:4], 310)) == [one.text for one in left] + RIGHT[:4]


def test_bullets_that_stand_alone_keep_their_line():
    lines = [
        one for index in range(6) for one in (line("–", 50, 100 + 12 * index), line(LEFT[index], 80, 100 + 12 * index))
    ]
    assert order(lines) == [one.text for one in lines]
    assert len(read_order(lines)) == 1


def test_wide_spaces_are_no_gutter():
    """Two justified lines of a narrow column, cut at their widest space, are still lines of one paragraph."""
    lines = column(["sont admis au bénéfice du contrat les salariés"])
    lines += [line("qui relèvent d'une", 50, 112), line("catégorie définie", 160, 112)]
    lines += [line("par le contrat et", 50, 124), line("par la notice, dont", 155, 124)]
    lines += column(["le texte est remis à chacun d'entre les salariés"], top=136)
    assert order(lines) == [one.text for one in lines]


def test_every_line_is_read_once_whatever_the_page():
    rng = random.Random(7)
    for _ in range(30):
        lines = [
            line(
                "mot " * rng.randint(1, 12) + str(index),
                rng.uniform(0, 500),
                rng.uniform(0, 800),
                rng.choice([6, 9, 14]),
            )
            for index in range(rng.randint(1, 60))
        ]
        read = [one for region in read_order(lines) for row in region.rows for one in row.lines]
        assert sorted(map(id, read)) == sorted(map(id, lines))


def wrapped(rng, words, width, size):
    vocabulary = "le médecin assuré contrat garantie prestation délai certificat cotisation dossier".split()
    rows = [""]
    for _ in range(words):
        word = rng.choice(vocabulary)
        if (len(rows[-1]) + 1 + len(word)) * size / 2 > width:
            rows.append("")
        rows[-1] = f"{rows[-1]} {word}".strip()
    return rows


def random_page(seed):
    """Return lines in reading order: blocks of one, two or three columns under headings and full-width paragraphs."""
    rng = random.Random(seed)
    size = rng.choice([7, 8, 9])
    top = 60.0
    lines = []
    for block in range(4):
        lines.append(line(f"CHAPITRE {block}", 50 if block % 2 else 250, top, size + 2, bold=True))
        top = below(lines)
        if block % 2:
            for _ in range(rng.randint(1, 2)):
                lines += column(wrapped(rng, rng.randint(30, 70), 495, size), 50, top, size)
                top = below(lines, size)
            continue
        count, gutter = rng.choice([2, 3]), rng.choice([12, 16, 24])
        width = (495 - gutter * (count - 1)) / count
        height = rng.randint(8, 14)
        for number in range(count):
            rows = wrapped(rng, 400, width, size)[: height - rng.randint(0, 2)]
            lines += column(rows, 50 + number * (width + gutter), top + rng.choice([0, 3]) * number, size)
        top = below(lines)
    return lines


def test_random_layouts():
    """On forty pages of mixed columns, shuffled, nearly every line is followed by the one that follows it."""
    right = total = 0
    for seed in range(40):
        lines = random_page(seed)
        shuffled = list(lines)
        random.Random(seed).shuffle(shuffled)
        read = [one for region in read_order(shuffled) for row in region.rows for one in row.lines]
        place = {id(one): index for index, one in enumerate(lines)}
        right += sum(place[id(b)] == place[id(a)] + 1 for a, b in zip(read, read[1:], strict=False))
        total += len(lines) - 1
    assert right / total >= 0.99
