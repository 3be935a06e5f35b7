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
from analyzer.knowledge import messages
from analyzer.reporting.corpus_review import precision_words
from analyzer.reporting.publication import gather, to_html, to_pdf
from tests.corpus.build import DEATH, PLAIN, QUESTION, SEALED, SHARING, WAIVER, Said, file, small, store
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
            file(name, *said, insurer=insurer, product=f"{insurer} Santé", year=2024 + number // 4 % 2, full_text=True)
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


def test_letters_are_the_same_in_one_report_and_others_in_another(tmp_path):
    held = small(tmp_path / "s.duckdb")
    names = ("Alpha", "Beta", "Gamma", "Delta")
    assert letters(held, Filters(), names) == letters(held, Filters(), names[::-1])
    assert set(letters(held, Filters(), names).values()) == {"A", "B", "C", "D"}

    def another_store():
        with held.writing() as connection:
            connection.execute("UPDATE sceau SET secret = gen_random_uuid()")
        return letters(held, Filters(), names)

    def another_state():
        review.decide(held, review.queue(held)[0], "accept", reviewer="Ada")
        return letters(held, Filters(), names)

    assert len({tuple(letters(held, Filters(years=(year,)), names)) for year in range(9)}) > 1
    for change in (another_store, another_state):
        assert len({tuple(change()) for _ in range(5)}) > 1


def share(*group, documents=9, concerned=1, insurers=1):
    return Share(group, documents, concerned, concerned / documents, 0, 1, concerned, 0, 0, insurers)


def test_small_groups_are_put_together():
    shares = [share("a", concerned=3), share("b", documents=4), share("c", documents=3, concerned=2)]
    shares += [share(None, documents=2, concerned=2, insurers=0), share("d", documents=1), share("e"), share("f")]
    found = merged(shares, {"e": "Lettre A", "a": "Lettre B", "f": "Lettre C"}, "Autres", "Inconnu")
    assert [(one.group[0], one.documents, one.concerned) for one in found] == [
        *(("Lettre A", 9, 1), ("Lettre B", 9, 3), ("Lettre C", 9, 1), ("Autres", 10, 6)),
    ]
    assert all(one.documents >= SMALL for one in found)


def test_who_has_no_letter_is_never_alone_among_the_others():
    """Whoever takes all letters from the whole would get the figures of the one that is left."""
    shares = [share(name, documents=10 + place) for place, name in enumerate("abcdef")]
    shown = {name: name.upper() for name in "bcdef"}  # a has none
    found = merged(shares, shown, "Autres", "Inconnu")
    assert [(one.group[0], one.insurers) for one in found] == [("D", 1), ("E", 1), ("F", 1), ("Autres", 3)]
    assert merged(shares[:2], shown, "Autres", "Inconnu") == []


def test_who_has_a_letter_is_one_of_several():
    """Else naming all the others would name it."""
    shares = [share(name, documents=10) for name in "abcdef"]
    for lettered, count in (("abc", 4), ("ab", 0), ("a", 0)):
        assert len(merged(shares, {name: name.upper() for name in lettered}, "Autres", "Inconnu")) == count


def test_a_product_of_one_insurer_is_masked_whole_and_a_common_one_stays():
    names = Names(
        ["Alpha", "Beta"],
        [
            *(("Sérénia Plus", "Alpha"), ("Prévoyance", "Beta")),
            *(("Complémentaire santé", insurer) for insurer in ("Alpha", "Beta")),
        ],
    )
    text = "La complémentaire santé SERENIA-PLUS, plus de prévoyance ; voir Prévoyance."
    assert names.masked(text, "[…]") == "La complémentaire santé […], plus de prévoyance ; voir […]."
    assert names.masked(text, "[…]", "Alpha") == text.replace("Prévoyance", "[…]")


# ---- what could be put to a name ------------------------------------------------------------------------


def market(path, *files):
    """Six insurers with eight documents each, four a year; each waives secrecy in half of them."""
    return store(
        path,
        [
            file(
                f"{insurer}/{number}.pdf",
                *[Said(WAIVER, ("secrecy_waiver",), small_print=True)] * (number % 2),
                Said(SEALED, ("safe_medical_officer",), severity=None, legal_state=None),
                insurer=f"Maison {insurer}",
                year=2025 + number // 4,
                product="Santé",
            )
            for insurer in "KLMNOP"
            for number in range(8)
        ]
        + list(files),
    )


def confirm(held, insurer, label="secrecy_waiver"):
    item = review.queue(held, Filters(insurers=(insurer,), labels=(label,)))[0]
    review.decide(held, item, "accept", reviewer="Ada")


@pytest.mark.parametrize(
    "chosen",
    [Filters(insurers=("Seule",)), Filters(years=(2031,)), Filters(products=("Rare",)), Filters(countries=("BE",))],
    ids=lambda chosen: next(name for name, value in vars(chosen).items() if value),
)
def test_a_selection_of_one_insurer_shows_only_what_people_confirmed(tmp_path, chosen):
    said = [Said(DEATH, ("posthumous_waiver",)), Said(SHARING, ("data_sharing",), decision="to_check")]
    alone = [
        file(f"{number}.pdf", *said, insurer="Seule", year=2031, product="Rare", country="BE") for number in range(7)
    ]
    held = market(tmp_path / "s.duckdb", *alone)
    clusters.build(held)
    confirm(held, "Seule", "posthumous_waiver")
    number = review.draw(held, 3, 1, chosen)
    for item in review.members(held, number, "Ada"):
        review.decide(held, item, "accept", reviewer="Ada")
    made = gather(held, chosen)
    assert made.thin
    assert not (made.overall or made.labels or made.years or made.trend or made.insurers or made.heat or made.sizes)
    assert not (made.alike or made.small_print or made.precision)
    text = words(unescape(to_html(made)))
    assert "aucun chiffre n'est publié" in text
    assert "Seule" in text[text.index("Passages confirmés") :]
    assert "%" not in text[text.index("Ce qui a été lu") : text.index("La méthode et ses limites")]
    assert "hésite" not in text


def test_a_year_that_one_insurer_fills_is_not_shown_and_cannot_be_taken_from_the_whole(tmp_path):
    alone = [
        file(f"{n}.pdf", Said(WAIVER, ("secrecy_waiver",)), insurer="Maison K", year=2024 + n // 6) for n in range(12)
    ]
    made = gather(market(tmp_path / "s.duckdb", *alone))
    assert [one.group for one in made.labels]
    assert [one.group[0] for one in made.years] == [2025]  # 2026 hides 2024: K alone is in no sum
    assert {one.group[1] for one in made.trend} <= {2025}


def test_small_print_of_one_insurer_is_not_told(tmp_path):
    alone = [file(f"{n}.pdf", Said(DEATH, ("posthumous_waiver",), small_print=True), insurer="Seule") for n in range(7)]
    held = market(tmp_path / "s.duckdb", *alone)
    made = gather(held, Filters(labels=("posthumous_waiver",)))
    assert not made.thin
    assert (made.small_print, made.sizes) == (None, ())
    assert gather(held).small_print == (31, 31)


def test_who_is_named_has_no_letter_and_a_label_of_few_is_in_no_map(tmp_path):
    """What is confirmed of K only, and found at one letter only, would name that letter."""
    alone = [file(f"{n}.pdf", Said(DEATH, ("posthumous_waiver",)), insurer="Maison K") for n in range(6)]
    held = market(tmp_path / "s.duckdb", *alone)
    before = gather(held)
    assert [one.group[0] for one in before.insurers] == [f"Assureur {letter}" for letter in "ABCDEF"]
    assert {one.group[1] for part in before.heat for one in part} == {"secrecy_waiver", "safe_medical_officer"}
    confirm(held, "Maison K", "posthumous_waiver")
    made = gather(held)
    lettered = [one for one in made.insurers if one.group[0] != "Autres assureurs"]
    assert (len(lettered), {one.documents for one in lettered}) == (3, {8})  # K has 14
    assert [(one.insurers, one.documents) for one in made.insurers if one not in lettered] == [(3, 30)]
    assert {one.group[1] for part in made.heat for one in part} == {"secrecy_waiver", "safe_medical_officer"}


def test_a_report_on_what_is_reviewed_has_no_letters(tmp_path):
    held = market(tmp_path / "s.duckdb")
    confirm(held, "Maison K")
    made = gather(held, Filters(reviewed_only=True))
    assert (made.insurers, made.heat) == ((), ())
    assert "Assureur A" not in to_html(made)


def test_wordings_that_only_two_insurers_have_are_not_quoted(tmp_path):
    two = [file(f"{n}.pdf", Said(DEATH, ("posthumous_waiver",)), insurer=f"Maison {'KL'[n % 2]}") for n in range(8)]
    held = market(tmp_path / "s.duckdb", *two)
    clusters.build(held)
    assert {one.text for one in gather(held).alike} == {WAIVER, SEALED}


def test_each_heat_map_is_of_one_kind_of_document(tmp_path):
    asks = Said(QUESTION, ("vague_terms",), kind="question")
    forms = [
        file(f"{insurer}{n}.pdf", asks, insurer=f"Maison {insurer}", kind="questionnaire")
        for insurer in "KLMNO"
        for n in range(5)
    ]
    made = gather(market(tmp_path / "s.duckdb", *forms))
    assert [{(one.group[1], one.documents) for one in part} for part in made.heat] == [
        {("secrecy_waiver", 8)},
        {("vague_terms", 5)},
        {("safe_medical_officer", 8)},
    ]
    assert "Les alertes dans les questions" in to_html(made)


def test_a_place_that_nobody_opened_is_told_and_documents_count_once(tmp_path):
    waiver = Said(WAIVER, ("secrecy_waiver",))
    files = [file(f"{n}/a.pdf", waiver, *[waiver] * (n == 2), insurer="Seule", year=2026) for n in range(3)]
    held = store(tmp_path / "s.duckdb", files)
    (item,) = review.queue(held)
    ((document,),) = held.rows("SELECT min(document) FROM findings GROUP BY document HAVING count(*) = 1 LIMIT 1")
    item = item._replace(document=document, finding="secrecy_waiver-p0")
    also = review.same_words(held, item, "Ada")
    assert len(also) == 3  # two of them in one document
    review.decide(held, item, "accept", reviewer="Ada", also=also)
    text = words(unescape(to_html(gather(held))))
    told = "d'après les mêmes mots, lus dans un autre document"
    lines = re.findall(r"a\.pdf · [^<]*confirmé par 1 personne sur 1[^<]*", text)
    opened, rest = sorted(lines, key=lambda line: told in line)
    assert told not in opened
    assert f"{told} · 2 documents" in rest


# ---- what was checked -----------------------------------------------------------------------------------


def test_the_first_lines_say_how_often_sceau_is_right(seen):
    first = words(seen)
    assert first.index("il a raison 0 % du temps") < first.index("Ce qui a été lu")
    assert "4 alertes et protections, tirées au hasard parmi 30" in first
    assert "autre choix de contrats" in first


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_where_nobody_checked_the_first_line_says_so(tmp_path, lang):
    made = gather(market(tmp_path / "s.duckdb"), lang=lang)
    words = {"fr": "Aucune personne n'a vérifié ces chiffres.", "en": "Nobody has checked these figures."}[lang]
    for text in (unescape(to_html(made)), shown_in_pdf(to_pdf(made))):
        assert words in re.sub(r"\s+", " ", text)[:20_000]
        assert text.index(words.split()[0]) < text.index({"fr": "Ce qui a été lu", "en": "What was read"}[lang])


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_reading_that_was_begun_is_told_also_where_it_gives_no_figure_yet(tmp_path, lang):
    held = market(tmp_path / "s.duckdb")
    number = review.draw(held, 9, 1)
    first, *rest = review.members(held, number, "Ada")
    for item in rest[:3]:
        review.decide(held, item, "accept", reviewer="Ada")

    def told():
        (sample,) = review.samples(held)
        return to_html(gather(held, lang=lang)), precision_words(sample, review.precision(held, number), lang)

    begun, said = messages(lang)["publication.begun"], messages(lang)["corpus.review.sample_begun"].format(looked=3)
    page, line = told()
    assert begun in unescape(page) and line.endswith(said)
    assert messages(lang)["publication.unchecked"] not in unescape(page)
    review.decide(held, first, "accept", reviewer="Ada")
    review.decide(held, rest[5], "reject", reviewer="Ada")
    page, line = told()
    assert begun not in unescape(page)
    assert messages(lang)["publication.sample_first"].format(looked=5) in unescape(page)
    assert line.endswith(messages(lang)["corpus.review.sample_first"].format(looked=5))


def test_documents_that_were_all_read_on_one_day_are_dated_once(tmp_path):
    held = market(tmp_path / "s.duckdb")
    for day, told in (("2026-03-02", "lus par Sceau le 02/03/2026."), ("2026-03-05", "du 02/03/2026 au 05/03/2026.")):
        with held.writing() as connection:
            where = "true" if day.endswith("02") else "document = (SELECT min(document) FROM documents)"
            connection.execute(f"UPDATE documents SET scanned_at = '{day}' WHERE {where}")
        assert told in unescape(to_html(gather(held)))


def test_the_latest_sample_that_people_judged_is_taken_its_own_selection_first(tmp_path):
    held = market(tmp_path / "s.duckdb")
    chosen = Filters(labels=("secrecy_waiver",))

    def judged(filters):
        number = review.draw(held, 1, 1, filters)
        (item,) = review.members(held, number, "")
        review.decide(held, item, "accept", reviewer="Ada")
        return number

    def taken(filters, sample=None):
        made = gather(held, filters, sample)
        return made.precision and (made.precision.sample, made.same_selection)

    judged(Filters(insurers=("Maison K",)))
    assert taken(Filters()) is None  # it would tell how much there is at K
    whole = judged(Filters())
    other = judged(Filters(labels=("safe_medical_officer",)))
    review.draw(held, 30, 2)  # nobody judged it, nor the next
    review.draw(held, 10, 2, chosen)
    assert taken(Filters()) == (whole, True)
    assert taken(chosen) == (other, False)
    own = judged(chosen)
    assert taken(chosen) == (own, True)
    assert taken(chosen, whole) == (whole, False)
    assert "autre choix de contrats" in to_html(gather(held, chosen, whole))


def test_what_has_no_language_is_not_said_to_be_in_another(tmp_path):
    more = [file(f"{n}.pdf", Said(PLAIN), language=None) for n in range(3)]
    text = words(unescape(to_html(gather(market(tmp_path / "s.duckdb", *more, file("e.pdf", language="en"))))))
    assert "3 documents n'ont pas de langue connue" in text
    assert "1 document n'est pas en français" in text


def test_agreement_tells_pairs_and_findings_apart(tmp_path):
    held = market(tmp_path / "s.duckdb")
    number = review.draw(held, 6, 1)
    for place, name in enumerate("ABC"):
        for item in review.members(held, number, name)[place:]:
            review.decide(held, item, "accept" if item.label == "secrecy_waiver" else "reject", reviewer=name)
    text = words(unescape(to_html(gather(held))))
    assert "Dans toute la base, 3 paires de personnes ont relu en commun 5 alertes et protections" in text
    assert "aucune marge d'erreur ne peut être donnée" in text


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
