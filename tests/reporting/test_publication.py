"""The report for publication: who is named and who is not, what was checked, and what documents cannot do to it."""

import io
import re
import unicodedata
from html import unescape

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.corpus import clusters, review
from analyzer.corpus.anonymous import Names, letters, merged
from analyzer.corpus.statistics import SMALL, Filters, Share
from analyzer.reporting.publication import gather, to_html, to_pdf
from tests.corpus.build import DEATH, PLAIN, SEALED, SHARING, WAIVER, Said, file, small, store
from tests.reporting.test_hostile_text import LONG, TEXTS, TURNED

#: Insurers of whom nothing is confirmed, and how documents may write them.
HIDDEN = ("Orphée Mutuelle", "Zélandia & Fils", "KRYPTO", "Bérénice-Vie")
WRITTEN = (
    *HIDDEN,
    *("ORPHÉE MUTUELLE", "orphee mutuelle", "Orphée", "www.zelandia-fils.fr", "contact@zelandia.fr", "Zélandia"),
    *("Krypto", "krypto", "Bérénice", "BERENICE VIE", "Béré\u00adnice Vie", "Orphe\u0301e", "berenicevie.com"),
)
#: Their names as they would be found, however written.
STEMS = ("orphee", "zelandia", "krypto", "berenice")
NAMED = "Hespéria"
REVIEWERS = ("Ada Lovelace", "Émilie du Châtelet")


def plain(text):
    """A text as somebody looks for a name in it: no accents, no capitals, nothing without width, no line breaks."""
    kept = unicodedata.normalize("NFKD", text)
    return re.sub(r"\s", "", "".join(char for char in kept if unicodedata.category(char) not in ("Mn", "Cf"))).lower()


def words(text):
    """A text without marks of style, on one line."""
    return re.sub(r"\s+", " ", re.sub(r"</?(?:mark|span|strong)[^>]*>", "", text))


def shown_in_pdf(content):
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)


def filled(path):
    """A store with one insurer of whom a person confirmed something, four of whom nobody did, and hostile words."""
    files = []
    hostile = " ".join((*TEXTS, TURNED, LONG[:200]))
    for number in range(30):
        insurer = HIDDEN[number % 4]
        words = " ".join(WRITTEN[number % len(WRITTEN) :] + WRITTEN[: number % len(WRITTEN)])
        said = [
            Said(f"{WAIVER} {words}", ("secrecy_waiver",), context=f"{insurer} :", font_size=7.5, small_print=True),
            Said(SHARING, ("data_sharing",), severity="low"),
            Said(PLAIN),
        ]
        name = f"{insurer}/{insurer} contrat {number}.pdf"
        files.append(
            file(name, *said, insurer=insurer, product=f"{insurer} Santé", year=2024 + number % 2, full_text=True)
        )
    for number in range(6):
        said = [
            Said(f"{DEATH} Voir aussi {HIDDEN[0]} et {NAMED}. {hostile}", ("posthumous_waiver",), page=12),
            Said(SHARING, ("data_sharing",), severity="low"),
        ]
        product = f"{NAMED} Plus {hostile} avec {HIDDEN[1]}"
        files.append(file(f"h{number}.pdf", *said, insurer=NAMED, product=product, year=2025))
    files.append(file("seul.pdf", Said(SEALED, ("safe_medical_officer",)), insurer="Unique", year=2025))
    held = store(path, files)
    clusters.build(held)
    return held


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """Both forms of a report on that store, as text, after a person confirmed two findings of one insurer."""
    held = filled(tmp_path_factory.mktemp("publication") / "s.duckdb")
    items = review.queue(held, Filters(insurers=(NAMED,), labels=("posthumous_waiver",)))
    review.decide(held, items[0], "accept", note="secret", reviewer=REVIEWERS[0])
    review.decide(held, items[0], "accept", reviewer=REVIEWERS[1])
    number = review.draw(held, 4, 1, Filters(labels=("secrecy_waiver",)))
    for item in review.members(held, number, REVIEWERS[0]):
        review.decide(held, item, "reject", reviewer=REVIEWERS[0])
    made = gather(held, sample=number)
    return to_html(made), to_pdf(made)


@pytest.fixture(params=["html", "pdf"])
def seen(request, published):
    page, paper = published
    return unescape(page) if request.param == "html" else shown_in_pdf(paper)


# ---- names ----------------------------------------------------------------------------------------------


def test_insurers_of_whom_nothing_is_confirmed_are_named_nowhere(seen):
    text = plain(seen)
    assert not [stem for stem in STEMS if stem in text]
    assert "Assureur A" in seen
    assert "[assureur]" in seen


def test_a_confirmed_finding_is_named_with_its_extract_page_edition_date_and_reviewers(seen):
    part = words(seen[seen.index("Passages confirmés") :])
    assert NAMED in part
    for told in (
        "Après le décès, les héritiers autorisent",
        "édition 2025",
        "page 12",
        "confirmé par 2 personnes sur 2",
    ):
        assert told in part
    assert re.search(r"le \d\d/\d\d/\d{4}", part)
    assert NAMED not in seen[: seen.index("Passages confirmés")]


def test_reviewers_and_their_notes_are_published_nowhere(seen):
    text = plain(seen)
    assert not [name for name in REVIEWERS if plain(name) in text]
    assert "lovelace" not in text
    assert " secret " not in seen.replace("secret médical", "")


def test_few_documents_are_not_shown_alone(seen):
    assert "Unique" not in seen
    assert "Autres assureurs" not in seen  # alone among the others it would be shown after all


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_no_way_of_writing_a_name_escapes(data):
    name = data.draw(st.sampled_from(HIDDEN))
    how = data.draw(st.sampled_from([str.upper, str.lower, str.title, str]))
    form = data.draw(st.sampled_from(["NFC", "NFD"]))
    inside = data.draw(st.sampled_from(["", "\u00ad", "\u200b", "\u2060"]))
    joint = data.draw(st.sampled_from([" ", "-", "\u00a0", "_", ""]))
    written = inside.join(unicodedata.normalize(form, how(name).replace(" ", joint)))
    before, after = (
        data.draw(st.sampled_from(["", "chez ", "www.", "("])),
        data.draw(st.sampled_from(["", ".", ".fr", ")"])),
    )
    masked = Names(HIDDEN).masked(f"{before}{written}{after} suite", "[…]")
    assert not [stem for stem in STEMS if stem in plain(masked)]
    assert masked.endswith(" suite")


def test_a_short_name_is_masked_only_by_itself_and_words_stay():
    names = Names(["Axa", "Alpha Santé", "  "])
    text = "Taxable selon AXA ; vos données de santé, Axa."
    assert names.masked(text, "[…]") == "Taxable selon […] ; vos données de santé, […]."
    assert names.masked(text, "[…]", "Axa") == text


def test_marked_words_stay_marked_around_a_mask():
    pieces = Names(["Alpha"]).pieces("Le groupe Alpha sait tout.", [(3, 20)], "[…]")
    assert pieces == [("Le ", False), ("groupe ", True), ("[…]", True), (" sait", True), (" tout.", False)]


def test_letters_are_stable_and_follow_neither_name_nor_store(tmp_path):
    held = small(tmp_path / "s.duckdb")
    assert letters(held) == letters(held)
    assert set(letters(held).values()) == {"A", "B", "C"}  # Delta has too few documents
    orders = set()
    for _ in range(6):
        with held.writing() as connection:
            connection.execute("UPDATE sceau SET secret = gen_random_uuid()")
        orders.add(tuple(letters(held)))
    assert len(orders) > 1


def test_small_groups_are_put_together():
    def share(name, documents, concerned):
        return Share((name,), documents, concerned, concerned / documents, 0, 1, concerned, 0, 0)

    shares = [share("a", 9, 3), share("b", 4, 1), share("c", 3, 2), share(None, 2, 2)]
    found = merged(shares, {"a": "Lettre A"}, "Autres", "Inconnu")
    assert [(one.group, one.documents, one.concerned) for one in found] == [(("Lettre A",), 9, 3), (("Autres",), 9, 5)]
    assert all(one.documents >= SMALL for one in found)


# ---- what was checked -----------------------------------------------------------------------------------


def test_the_first_lines_say_how_often_sceau_is_right(seen):
    first = words(seen)
    assert first.index("il a raison 0 % du temps") < first.index("Ce qui a été lu")
    assert "4 passages signalés, tirés au hasard parmi 30" in first
    assert "autre choix de contrats" in first


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_where_nobody_checked_the_first_line_says_so(tmp_path, lang):
    held = store(tmp_path / "s.duckdb", [file("a.pdf", Said(PLAIN))])
    made = gather(held, lang=lang)
    words = {"fr": "Aucune personne n'a vérifié ces chiffres.", "en": "Nobody has checked these figures."}[lang]
    for text in (unescape(to_html(made)), shown_in_pdf(to_pdf(made))):
        assert words in re.sub(r"\s+", " ", text)[:20_000]
        assert text.index(words.split()[0]) < text.index({"fr": "Ce qui a été lu", "en": "What was read"}[lang])


def test_a_sample_that_nobody_judged_is_no_check_and_one_of_another_selection_is_not_taken(tmp_path):
    held = small(tmp_path / "s.duckdb")
    chosen = Filters(labels=("posthumous_waiver",))
    number = review.draw(held, 5, 1)
    assert gather(held, chosen).precision is None
    made = gather(held)
    assert (made.precision.sample, made.precision.decided, made.same_selection) == (number, 0, True)
    assert gather(held, chosen, number).same_selection is False


# ---- what documents cannot do ---------------------------------------------------------------------------


def test_the_page_holds_nothing_that_acts(published):
    page, _ = published
    assert not re.search(r"<(?:script|img|iframe|object|embed|link|form|foreignObject)\b", page)
    assert not re.search(r"<[^>]*\s(?:on\w+|href|src)\s*=", page)
    assert "default-src 'none'" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert page.count("<svg") == 3  # insurers, years, print


def test_the_paper_is_tagged_and_has_no_links(published):
    reader = pypdf.PdfReader(io.BytesIO(published[1]))
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert reader.trailer["/Root"]["/Lang"] == "fr"
    assert not [page for page in reader.pages if "/Annots" in page]
    text = shown_in_pdf(published[1])
    assert "{{7*7}}" in re.sub(r"\s", "", text)
