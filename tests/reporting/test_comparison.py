"""A comparison as it is read: side by side, words marked by more than colour, nothing of a document let loose."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import jsonschema
import pytest
from rich.console import Console

from analyzer.comparison import compare
from analyzer.reporting import comparison as room
from analyzer.reporting.comparison import print_comparison, schema, schema_text, to_fragment, to_html, to_json, to_text
from analyzer.schema import Edition
from tests.reporting.build import HOSTILE, finding, passage, report

WAIVER = "Vous déliez vos médecins du secret médical pour l'étude de votre dossier."
RENT = "Le loyer est dû le premier jour de chaque mois, sans rappel de notre part."
THEFT = "Le vol est garanti après effraction, sauf si la porte n'était pas fermée à clé."


def edition(*texts, findings=(), **more):
    places = tuple(passage(1, text, id=f"p{place}") for place, text in enumerate(texts))
    found = [finding(label, places[place], **facts) for place, label, facts in findings]
    return Edition(report(*found, **more), places)


def small(lang="fr"):
    """One of everything."""
    old = edition(
        "Rien de neuf ici, ni demain, ni après.",
        THEFT,
        WAIVER,
        "Vos droits : accès, rectification, opposition.",
        findings=[(2, "secrecy_waiver", {}), (3, "safe_rights", {"polarity": "safeguard", "severity": None})],
        lang=lang,
    )
    new = edition(
        "Rien de neuf ici, ni demain, ni après.",
        RENT,
        THEFT.replace("effraction", "violence"),
        "Vos données vont à nos partenaires, où qu'ils soient.",
        "Vos droits : accès, rectification, opposition.",
        findings=[
            (1, "other", {"decision": "to_check"}),
            (3, "data_sharing", {"severity": "high"}),
            (4, "safe_rights", {"polarity": "safeguard", "severity": None}),
        ],
        unread=({"code": "no_text_layer", "pages": (2,), "message": "Page 2."},),
        lang=lang,
    )
    return compare(old, new)


class Page(HTMLParser):
    """What stands in a page: tags, links, headings, words by the tag around them."""

    def __init__(self, content):
        super().__init__()
        self.tags, self.links, self.headings, self.within, self.open = [], [], [], {}, []
        self.words = ""
        self.feed(content)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name in ("href", "src", "style") or name.startswith("on")]
        if tag not in ("br", "meta", "wbr"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words += data
        for tag in set(self.open):
            self.within[tag] = self.within.get(tag, "") + data
        if self.open and re.fullmatch("h[1-3]", self.open[-1]):
            self.headings.append(data.strip())


def test_what_is_harsher_comes_first():
    shown = to_text(small())
    order = [
        *("Plus dur pour vous", "Nouvelle alerte : Titre de data_sharing (Important)"),
        *("À vérifier : Sceau hésite", "Nouvelle alerte : Titre de other (À regarder, à vérifier)"),
        *("Plus doux pour vous", "Alerte qui disparaît : Titre de secrecy_waiver (À regarder)"),
        *("Autres changements", "[−effraction−]"),
    ]
    assert sorted(order, key=shown.index) == order
    headings = Page(to_html(small())).headings
    wanted = [line for line in order if not line.startswith("[")]
    assert [line for line in headings if line in wanted] == wanted


@pytest.mark.parametrize("show", [to_text, to_html, to_fragment])
def test_everything_that_changed_is_shown_and_what_did_not_is_not(show):
    content = show(small())
    words = Page(content).words if show is not to_text else content
    for shown in ("contrat_exemple.pdf", "Page 2.", "1 × Reformulé", "2 × Ajouté", "1 × Supprimé"):
        assert shown in words
    assert "Rien de neuf" not in words
    assert "Ce passage n'existe pas dans cette édition." in words


def test_words_are_told_by_sign_and_element():
    page = Page(to_html(small()))
    assert "−" in page.within["del"] and "effraction" in page.within["del"]
    assert "+" in page.within["ins"] and "violence" in page.within["ins"]
    assert "effraction" not in page.within["ins"]
    assert "[−effraction−]" in to_text(small())
    assert "[+violence+]" in to_text(small())


@pytest.mark.parametrize("show", [to_html, to_fragment])
def test_the_page_needs_nothing_and_runs_nothing(show):
    page = Page(show(small()))
    assert page.links == []
    assert not set(page.tags) & {"script", "img", "link", "iframe", "form"}
    assert page.open == []


def test_a_page_with_no_change_says_so():
    same = compare(edition(RENT), edition(RENT))
    for content in (to_text(same), to_html(same)):
        assert "Aucune clause n&#39;a changé" in content or "Aucune clause n'a changé" in content


def test_english():
    shown = to_text(small("en"))
    for words in ("Harsher for you", "New warning: ", "[+violence+]", "This passage is not in this edition."):
        assert words in shown


# ---- hostile documents ---------------------------------------------------------------------------------


def hostile():
    """All that comes from the documents is hostile."""
    text = " ".join(HOSTILE)
    editions = []
    for words in ("avant", "après"):
        place = passage(1, f"{words} {text}", context=text, section=HOSTILE)
        made = report(finding("secrecy_waiver", place), unread=({"code": "language", "message": text},))
        name = made.document.model_copy(update={"name": f"{text}.pdf"})
        editions.append(Edition(made.model_copy(update={"document": name}), (place,)))
    return compare(*editions)


@pytest.mark.parametrize("show", [to_html, to_fragment])
def test_hostile_text_is_escaped(show):
    plain, page = Page(show(small())), Page(show(hostile()))
    assert set(page.tags) <= {*plain.tags, "blockquote", "span"}
    assert page.links == []
    assert all(part in page.words for part in HOSTILE)


def test_hostile_text_does_not_steer_the_terminal():
    console = Console(record=True, width=200, force_terminal=True)
    with console.capture() as captured:
        print_comparison(hostile(), console)
    shown = captured.get()
    assert "\x1b]0;" not in shown
    assert "\u202e" not in shown
    assert "[bold red]gras[/bold red]" in re.sub(r"\x1b\[[0-9;]*m", "", shown)


# ---- JSON ----------------------------------------------------------------------------------------------


def test_json_keeps_to_the_published_schema():
    content = json.loads(to_json(small()))
    jsonschema.Draft202012Validator(schema()).validate(content)
    assert content["format"] == "1.0"
    change = next(change for change in content["changes"] if change["kind"] == "reworded")
    words = [change["new"]["text"][part["start"] : part["end"]] for part in change["new"]["words"]]
    assert "".join(words) == change["new"]["text"]


def test_the_schema_is_the_one_that_is_published():
    """After a change that is meant: make golden, and raise the version of the format."""
    assert schema_text() == Path(room.__file__).with_name("comparison.schema.json").read_text("utf-8")
