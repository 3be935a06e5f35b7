"""Charts of a corpus: what they show, in both languages; names of documents are only text in them."""

import csv
import io
import xml.etree.ElementTree as ET

import pytest
from PIL import Image

from analyzer.corpus.statistics import Share, Size, wilson
from analyzer.reporting.charts import heat_map, percent, print_size, severity, to_csv, to_png, to_svg, trend

HOSTILE = [
    "<script>alert(1)</script>",
    "[clic](javascript:alert(1))",
    "${alert(1)}",
    '=HYPERLINK("http://x")',
    " \t=1+1",
    "nul\x00, retour\x07 et \ud800",
    'A\' "B" \\n {{datum}}',
]


def share(group, concerned, documents):
    low, high = wilson(concerned, documents)
    return Share(group, documents, concerned, concerned / documents, low, high, concerned, 0, 0)


def text(svg):
    """All that is written in a picture; it is well-formed, or this fails."""
    return [element.text for element in ET.fromstring(svg).iter() if element.text and element.text.strip()]


def everything():
    """A figure of each kind, with the same hostile insurers where there are any."""
    by_label = [share((name, label), 3, 10) for name in HOSTILE for label in ("secrecy_waiver", "data_sharing")]
    return [
        heat_map(by_label, "fr"),
        trend([share(("secrecy_waiver", year), 3, 10) for year in (2024, 2025, None)], "fr"),
        print_size([Size(6.5, 3, 1), Size(10.0, 1, 20)], "fr"),
        severity({level: [share((name,), 3, 10) for name in HOSTILE] for level in ("high", "medium", "low")}, "fr"),
    ]


def test_a_heat_map_says_its_shares_and_which_groups_are_small():
    shares = [
        share(("Alpha", "secrecy_waiver"), 6, 12),
        share(("Alpha", "data_sharing"), 0, 12),
        share(("Delta", "secrecy_waiver"), 2, 4),
        share(("Delta", "data_sharing"), 0, 4),
    ]
    figure = heat_map(shares, "fr")
    written = text(to_svg(figure.chart))
    assert {"Alpha", "Delta", "Renoncer au secret médical", "50\u00a0%", "0\u00a0%", "12", "4"} <= set(written)
    assert written.count("n\u00a0<\u00a05") == 2, "no share of four documents"
    assert figure.says.replace("\u00a0", " ") == (
        "Sujets : 2. Assureurs : 2. La part la plus haute est de 50 %, chez Alpha, pour « Renoncer au secret médical »."
    )
    assert figure.table.rows[0][:5] == ("Alpha", "Renoncer au secret médical", 12, 6, 0.5)
    assert figure.table.rows[2][2:] == (4, 2, None, None, None)


def test_the_same_chart_in_english():
    figure = trend([share(("secrecy_waiver", year), count, 10) for year, count in ((2025, 1), (2026, 9))], "en")
    written = text(to_svg(figure.chart))
    assert {"Giving up medical secrecy", "2025", "2026", "100%", "From year to year"} <= set(written)
    assert "10% in 2025, 90% in 2026" in figure.says


def test_what_has_no_year_stands_in_the_table_only():
    shares = [share(("secrecy_waiver", year), 5, 10) for year in (2025, None)]
    figure = trend(shares, "fr")
    assert len(figure.table.rows) == 2
    assert "None" not in to_svg(figure.chart)


def test_small_print_is_told_in_points_as_people_write_them():
    figure = print_size([Size(6.5, 30, 1), Size(7.0, 1, 1), Size(10.0, 2, 2000)], "fr")
    assert "6,5 points" in figure.says
    assert {"Passages signalés (33)", "Autres passages (2\u202f002)"} <= {
        one.replace("\u00a0", "\u202f") for one in text(to_svg(figure.chart))
    }
    assert print_size([Size(6.5, 30, 0)], "fr").says.count(".") == 1, "nothing is said of passages that are not stored"


@pytest.mark.parametrize("place", range(4), ids=["heat", "trend", "print", "severity"])
def test_names_of_documents_are_only_text(place):
    figure = everything()[place]
    svg = to_svg(figure.chart, themed=True)
    tree = ET.fromstring(svg)
    names = {element.tag.partition("}")[2] for element in tree.iter()}
    assert names <= {"svg", "g", "path", "rect", "text", "tspan", "line", "title", "style", "defs", "clipPath"}
    attributes = {name for element in tree.iter() for name in element.attrib}
    assert not [name for name in attributes if name.startswith("on") or "href" in name]
    if place in (0, 3):
        assert {"<script>alert(1)</script>", "${alert(1)}", 'A\' "B" \\n {{datum}}'} <= set(text(svg))


def test_a_picture_is_as_large_as_the_chart_and_sharp():
    chart = everything()[2].chart
    width = float(ET.fromstring(to_svg(chart)).attrib["width"])
    with Image.open(io.BytesIO(to_png(chart))) as picture:
        assert picture.width == pytest.approx(2 * width, abs=2)
        assert len(picture.convert("RGB").getcolors(100_000)) > 10, "something is drawn"


def test_no_text_of_a_table_is_a_formula():
    lines = list(csv.reader(io.StringIO(to_csv(everything()[0].table))))
    assert len(lines) == 1 + 2 * len(HOSTILE)
    assert all(len(line) == 7 for line in lines)
    assert not [cell for line in lines for cell in line if cell.lstrip().startswith(("=", "+", "-", "@"))]
    assert lines[1][4] == "0.3", "shares are numbers that programs read"


def test_a_dark_page_has_its_own_colours():
    figure = everything()[0]
    assert "prefers-color-scheme" in to_svg(figure.chart, themed=True)
    assert "prefers-color-scheme" not in to_svg(figure.chart), "what is taken away is for paper"


@pytest.mark.parametrize(
    "share, written", [(0.0, "0\u00a0%"), (0.001, "<\u00a01\u00a0%"), (0.999, ">\u00a099\u00a0%"), (1.0, "100\u00a0%")]
)
def test_a_few_are_not_none(share, written):
    assert percent(share, "fr") == written
