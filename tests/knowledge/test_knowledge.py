"""The knowledge files: what may be written in them, and how the texts that users read are worded."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from analyzer.detection import Detection, detect
from analyzer.detection.phrases import parse
from analyzer.errors import BadKnowledge
from analyzer.explanation import explain
from analyzer.knowledge import Knowledge, load
from analyzer.knowledge.models import Bilingual, Case, Label, Law, LawText, Parameter, Situation
from analyzer.schema import Context, Passage
from analyzer.segmentation import passage_from_text

ROOT = Path(__file__).parents[2]

#: Texts known from memory alone, or whose reading left a gap: they may support research, never a report.
NOT_FOR_USERS = {
    "fr-cass-2002-99-17187",
    "fr-cass-2020-25-juin",
    "fr-cass-2016-retournement",
    "fr-cca-17-01",
    "eu-rgpd-44-49",
    "eu-ccd2-14",
    "eu-oviedo-10",
}
#: Words that few fourteen-year-olds know; each may stand only beside words that explain it (None: never).
JARGON = {
    r"médecin-conseil": r"médecin de l'assureur",
    r"\bAERAS\b": r"emprunter avec un problème de santé",
    r"\bCNIL\b": r"qui protège",
    r"\bACPR\b": r"qui contrôle les assureurs",
    r"\bDPO\b": r"charg[ée]e? de vos données",
    r"profilage": r"portrait de vous",
    r"réassureur": r"l'assureur de l'assureur",
    r"\bSNDS\b": r"base nationale",
    r"contre-expertise": r"avis d'un autre médecin",
    r"ayants? droit|\bRGPD\b|\bDMP\b|déchéance|réticence|\bforclu|stipul|nonobstant|subséquent|susvisé": None,
    r"opposable|susdit|idoine|souscripteur|préjudice|afférent|le cas échéant|sous réserve|en vertu de|ci-après": None,
}
#: What the last case of a label may never name: it is told where the law is not known to Sceau.
FRENCH_LAW = re.compile(
    r"\b[LRD]\. ?\d|\bCNIL\b|\bACPR\b|\bCode\b|\bAERAS\b|Lemoine|ameli|Défenseur|Cour de cassation"
    r"|français|France|French|RGPD|GDPR"
)


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load()


def told(knowledge: Knowledge) -> Iterator[tuple[str, Bilingual]]:
    """Yield every text that users read, with the place where it is written; each line of advice by itself."""
    for label in knowledge.labels.values():
        yield f"{label.label}/title", label.title
        yield f"{label.label}/looks_for", label.looks_for
        if label.absent:
            yield f"{label.label}/absent", label.absent
        if label.how_to_answer:
            yield f"{label.label}/how_to_answer", label.how_to_answer
        for case in label.cases:
            yield from told_of_case(label.label, case)
    for situation in knowledge.situations.situations:
        yield from told_of_case("situations", situation)
        yield f"situations/{situation.id}/how_to_answer", situation.how_to_answer
    for notice in knowledge.notices:
        yield f"notices/{notice.id}/title", notice.title
        yield f"notices/{notice.id}/missing", notice.text
    for law in knowledge.laws.values():
        for fr, en in zip(law.common_advice.fr, law.common_advice.en, strict=True):
            yield f"law/{law.jurisdiction}/common_advice", Bilingual(fr=fr, en=en)
        for text in law.texts:
            yield f"law/{text.id}/says", text.says
            if text.nuance:
                yield f"law/{text.id}/nuance", text.nuance


def told_of_case(owner: str, case: Case | Situation) -> Iterator[tuple[str, Bilingual]]:
    yield f"{owner}/{case.id}/text", case.text
    for fr, en in zip(case.advice.fr, case.advice.en, strict=True):
        yield f"{owner}/{case.id}/advice", Bilingual(fr=fr, en=en)


def sentences(text: str) -> list[str]:
    """Cut a text of ours into sentences. A colon or semicolon does not end one."""
    return [part for part in re.split(r"(?<=[.?!])(?: »)?\s+(?=[A-ZÀÉÊÎ«“€\d])", text) if part.strip()]


def words(text: str) -> int:
    return len(re.findall(r"[^\W_]+(?:[-'’][^\W_]+)*", text))


# ---- rules about rules: what a file may not say --------------------------------------------------------


def label_with(**changes: Any) -> dict[str, Any]:
    """Return a sound label as a file would give it, with ``changes``."""
    examples = {
        "match": [{"text": f"exemple {number}"} for number in range(20)],
        "near_miss": [{"text": f"contre-exemple {number}"} for number in range(20)],
        "pairs": [{"warned": f"oui {number}", "spared": f"non {number}"} for number in range(20)],
    }
    return {
        "label": "sample",
        "polarity": "warning",
        "kind": "clause",
        "title": {"fr": "Titre", "en": "Title"},
        "looks_for": {"fr": "Quoi.", "en": "What."},
        "patterns": [{"id": "one", "match": "mot"}],
        "cases": [france(), elsewhere()],
        "examples": examples,
        **changes,
    }


def france(**changes: Any) -> dict[str, Any]:
    return {
        "id": "france",
        "when": {"jurisdiction": ["FR"]},
        "legal_state": "contestable",
        "text": {"fr": "Peut être contesté.", "en": "Can be contested."},
        "grounds": ["some-text"],
        "advice": {"fr": ["Écrire."], "en": ["Write."]},
        **changes,
    }


def elsewhere(**changes: Any) -> dict[str, Any]:
    return {
        "id": "elsewhere",
        "text": {"fr": "Voici.", "en": "Here."},
        "advice": {"fr": ["Écrire."], "en": ["Write."]},
        **changes,
    }


def test_a_sound_label_is_accepted() -> None:
    assert Label.model_validate(label_with()).label == "sample"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"patterns": [{"id": "one", "match": "a"}, {"id": "one", "match": "b"}]}, "duplicate pattern: one"),
        ({"cases": [france(), france(), elsewhere()]}, "duplicate case: france"),
        ({"patterns": []}, "at least one pattern"),
        ({"title": {"fr": "Titre", "en": "  "}}, "title.en"),
        ({"title": {"fr": "Titre"}}, "title.en"),
        ({"cases": [elsewhere()]}, "grounds for France"),
        ({"cases": [france()]}, "last case must apply everywhere"),
        ({"cases": [france(grounds=[]), elsewhere()]}, "needs at least one ground"),
        ({"cases": [france(text={"fr": "C'est interdit.", "en": "No."}), elsewhere()]}, "only where the law forbids"),
        ({"cases": [france(when={}), elsewhere()]}, "needs a jurisdiction"),
        ({"cases": [france(), elsewhere(grounds=["some-text"])]}, "needs a jurisdiction"),
        ({"cases": [france(when={"jurisdiction": ["FR"], "patterns": ["two"]}), elsewhere()]}, "unknown patterns: two"),
        ({"cases": [france(when={"jurisdiction": ["ES"]}), elsewhere()]}, "jurisdiction"),
        ({"cases": [france(advice={"fr": ["Un.", "Deux."], "en": ["One."]}), elsewhere()]}, "same, non-zero length"),
        ({"cases": [france(advice={"fr": [], "en": []}), elsewhere()]}, "same, non-zero length"),
        ({"polarity": "safeguard"}, "when it is not found"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_label_that_breaks_a_rule_is_refused(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValidationError, match=re.escape(reason)):
        Label.model_validate(label_with(**changes))


@pytest.mark.parametrize("missing", ["match", "near_miss", "pairs"])
def test_a_warning_needs_enough_examples(missing: str) -> None:
    label = label_with()
    label["examples"][missing] = label["examples"][missing][:1]
    with pytest.raises(ValidationError, match="at least"):
        Label.model_validate(label)


def test_an_example_stands_once() -> None:
    label = label_with()
    label["examples"]["near_miss"].append(label["examples"]["match"][0])
    with pytest.raises(ValidationError, match="duplicate example"):
        Label.model_validate(label)


def law_text(**changes: Any) -> dict[str, Any]:
    return {
        "id": "some-text",
        "citation": "Un texte",
        "says": {"fr": "Il dit.", "en": "It says."},
        "strength": "statute",
        "date": {"fr": "2026", "en": "2026"},
        "checked": "verbatim",
        **changes,
    }


@pytest.mark.parametrize(
    "url", ["https://example.org/loi", "https://notcnil.fr/x", "https://cnil.fr.example.org/x", "cnil.fr/x"]
)
def test_an_address_on_another_host_is_refused(url: str) -> None:
    with pytest.raises(ValidationError, match="official host"):
        LawText.model_validate(law_text(url=url))


@pytest.mark.parametrize("url", ["https://www.legifrance.gouv.fr/x", "https://cnil.fr/fr/x", None])
def test_an_official_address_is_accepted(url: str | None) -> None:
    assert LawText.model_validate(law_text(url=url)).url == url


@pytest.mark.parametrize("changes", [{"checked": "memory"}, {"strength": "doctrine"}, {"says": {"fr": "", "en": "x"}}])
def test_a_law_text_says_how_strong_it_is_and_how_it_was_checked(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        LawText.model_validate(law_text(**changes))


def test_a_law_text_stands_once() -> None:
    law = {
        "jurisdiction": "FR",
        "name": {"fr": "France", "en": "France"},
        "common_advice": {"fr": ["Écrire."], "en": ["Write."]},
        "texts": [law_text(), law_text()],
    }
    with pytest.raises(ValidationError, match="duplicate text: some-text"):
        Law.model_validate(law)


@pytest.mark.parametrize("days", [["2022-01-01", "2020-01-01"], ["2022-01-01", "2022-01-01"], []])
def test_dated_values_are_in_order(days: list[str]) -> None:
    values = [{"since": day, "value": 1, "reference": "texte"} for day in days]
    with pytest.raises(ValidationError, match="in order"):
        Parameter.model_validate({"name": "some_years", "unit": "years", "values": values})


def test_every_reference_between_files_is_checked(knowledge: Knowledge, monkeypatch: pytest.MonkeyPatch) -> None:
    from analyzer import knowledge as room

    label = next(iter(knowledge.labels.values()))
    case = label.cases[0]
    for broken, reason in [
        (case.model_copy(update={"grounds": ("no-such-text",)}), "no legal text no-such-text"),
        (
            case.model_copy(update={"when": case.when.model_copy(update={"mentions": ("no_such_list",)})}),
            "no word list",
        ),
    ]:
        bad = label.model_copy(update={"cases": (broken, *label.cases[1:])})
        monkeypatch.setitem(knowledge.labels, label.label, bad)
        with pytest.raises(BadKnowledge) as fault:
            room._check_references(knowledge)
        assert fault.value.name == f"{label.label}.yaml"
        assert reason in str(fault.value.facts["problem"])


# ---- what stands in the files --------------------------------------------------------------------------


def test_no_text_from_memory_reaches_users(knowledge: Knowledge) -> None:
    known = {text.id for law in knowledge.laws.values() for text in law.texts}
    assert not known & NOT_FOR_USERS


def test_every_law_text_serves_a_label(knowledge: Knowledge) -> None:
    known = {text.id for law in knowledge.laws.values() for text in law.texts}
    cited = {ground for label in knowledge.labels.values() for case in label.cases for ground in case.grounds}
    cited |= {ground for situation in knowledge.situations.situations for ground in situation.grounds}
    assert cited == known


def test_forbidden_rests_on_statute(knowledge: Knowledge) -> None:
    for label in knowledge.labels.values():
        for case in label.cases:
            if case.legal_state == "forbidden":
                strengths = {knowledge.law_text(ground).strength for ground in case.grounds}
                assert "statute" in strengths, (label.label, case.id)


def test_only_these_situations_are_forbidden(knowledge: Knowledge) -> None:
    forbidden = {
        label.label for label in knowledge.labels.values() for case in label.cases if case.legal_state == "forbidden"
    }
    assert forbidden == {
        "digital_record_access",
        "genetic_data",
        "nullity_unqualified",
        "data_sharing",
        "secondary_use",
        "genetic",
        "forgotten_disease",
    }
    assert {situation.id for situation in knowledge.situations.situations} == {"small-home-loan", "mutual-health-costs"}


def told_of(knowledge: Knowledge, label: str, **situation: Any) -> Case:
    """Return the case told in a situation: what the context says, and the word lists ``mentions`` in the passage."""
    detection = Detection(
        label=label,
        passage=Passage(id="1", text="Un passage."),
        score=0.8,
        decision="warned",
        evidence=(),
        trace=(),
        patterns=frozenset(),
        mentions=frozenset(situation.pop("mentions", ())),
    )
    (finding,) = explain([detection], Context.model_validate(situation), "fr", date(2026, 1, 1))
    return next(case for case in knowledge.labels[label].cases if case.id == finding.case)


@pytest.mark.parametrize(
    ("label", "situation", "state"),
    [
        ("digital_record_access", {"mentions": ["about_shared_record"]}, "forbidden"),
        ("digital_record_access", {}, "contestable"),
        ("genetic_data", {}, "forbidden"),
        ("genetic_data", {"contract": "provident"}, "forbidden"),
        ("genetic_data", {"contract": "travel"}, "contestable"),
        ("genetic_data", {"contract": "travel", "mentions": ["about_death_or_disability"]}, "forbidden"),
        ("nullity_unqualified", {"mentions": ["about_nullity"]}, "forbidden"),
        ("nullity_unqualified", {"mentions": ["about_nullity", "about_claim"]}, "contestable"),
        ("nullity_unqualified", {}, "contestable"),
        ("data_sharing", {"mentions": ["about_reinsurance"]}, "worth_knowing"),
        ("data_sharing", {"mentions": ["about_reinsurance", "about_health"]}, "worth_knowing"),
        ("data_sharing", {"mentions": ["about_reinsurance", "about_open_recipients"]}, "contestable"),
        ("data_sharing", {"mentions": ["about_health", "about_data_sale"]}, "forbidden"),
        ("data_sharing", {"mentions": ["about_data_sale"]}, "contestable"),
        ("secondary_use", {"mentions": ["about_marketing"]}, "worth_knowing"),
        ("secondary_use", {"mentions": ["about_marketing", "about_health"]}, "forbidden"),
        ("secondary_use", {"mentions": ["about_national_data", "about_health"]}, "forbidden"),
        ("secondary_use", {"mentions": ["about_health"]}, "contestable"),
        ("secrecy_waiver", {}, "contestable"),
        ("secrecy_waiver", {"jurisdiction": "CH"}, None),
        ("genetic_data", {"jurisdiction": "BE"}, None),
        ("nullity_unqualified", {"jurisdiction": "CA-QC", "mentions": ["about_nullity"]}, None),
    ],
)
def test_the_state_of_the_law_follows_the_situation(
    knowledge: Knowledge, label: str, situation: dict[str, Any], state: str | None
) -> None:
    assert told_of(knowledge, label, **situation).legal_state == state


@pytest.mark.parametrize(
    ("text", "label", "case"),
    [
        (
            "L'adhérent autorise l'assureur à consulter son dossier médical partagé.",
            "digital_record_access",
            "shared-record",
        ),
        (
            "L'assuré porte la montre connectée fournie et ses mesures nous parviennent.",
            "digital_record_access",
            "france",
        ),
        (
            "Toute inexactitude dans les déclarations entraîne la nullité du contrat.",
            "nullity_unqualified",
            "declaration",
        ),
        (
            "Toute fausse déclaration sur les circonstances du sinistre entraîne la déchéance de la garantie.",
            "nullity_unqualified",
            "claim",
        ),
        ("Vos données personnelles peuvent être transmises à nos partenaires.", "data_sharing", "personal"),
        ("Vos données de santé peuvent être transmises à nos réassureurs.", "data_sharing", "health-named"),
        ("Vos données de santé peuvent être transmises à nos partenaires.", "data_sharing", "health"),
        ("Vos données personnelles sont utilisées à des fins de prospection.", "secondary_use", "personal-marketing"),
        ("Vos données de santé sont utilisées à des fins de prospection.", "secondary_use", "health-marketing"),
    ],
)
def test_a_clause_is_told_by_what_it_names(text: str, label: str, case: str) -> None:
    (detections,) = detect([passage_from_text(text)])
    findings = explain(detections, Context(), "fr", date(2026, 1, 1))
    assert (label, case) in {(finding.label, finding.case) for finding in findings}


@pytest.mark.parametrize("label", ["data_sharing", "secondary_use", "blanket_consent", "excessive_retention"])
@pytest.mark.parametrize("jurisdiction", ["FR", "BE", "CH", "LU", "CA-QC"])
@pytest.mark.parametrize("contract", [None, "health", "travel"])
def test_a_text_that_never_names_health_is_not_told_as_if_it_did(
    knowledge: Knowledge, label: str, jurisdiction: str, contract: str | None
) -> None:
    case = told_of(knowledge, label, jurisdiction=jurisdiction, contract=contract)
    assert "données personnelles" in case.text.fr
    assert "ne dit pas si vos données de santé en font partie" in case.text.fr
    assert "does not say whether your health data are included" in case.text.en


def test_nullity_is_told_as_a_rule_about_declarations(knowledge: Knowledge) -> None:
    label = knowledge.labels["nullity_unqualified"]
    for lang in ("fr", "en"):
        for case in label.cases:
            whole = " ".join([label.title.get(lang), case.text.get(lang), *case.advice.get(lang)])
            assert not re.search(r"santé|médec|médic|malad|health|doctor|illness", whole), case.id


@pytest.mark.parametrize(
    ("insurer", "ground"),
    [
        ("mutual", "fr-mut-L221-14-15"),
        ("provident-institution", "fr-css-L932-7"),
        ("company", "fr-ass-L113-8"),
        (None, "fr-ass-L113-8"),
    ],
)
def test_each_kind_of_insurer_has_its_own_article(knowledge: Knowledge, insurer: str | None, ground: str) -> None:
    assert ground in told_of(knowledge, "nullity_unqualified", insurer=insurer, mentions=["about_nullity"]).grounds
    assert ground in told_of(knowledge, "safe_good_faith", insurer=insurer).grounds


def test_relatives_get_their_own_advice(knowledge: Knowledge) -> None:
    relatives = told_of(knowledge, "posthumous_waiver", stage="after-death")
    assert relatives.advice != told_of(knowledge, "posthumous_waiver", stage="signed").advice
    assert "votre décès" not in relatives.text.fr


def test_where_the_law_is_unknown_no_french_law_is_told(knowledge: Knowledge) -> None:
    for label in knowledge.labels.values():
        for case in label.cases:
            if "FR" in case.when.jurisdiction:
                continue
            for lang in ("fr", "en"):
                whole = " ".join([case.text.get(lang), *case.advice.get(lang)])
                assert not FRENCH_LAW.search(whole), (label.label, case.id)


def test_legal_parameters_have_the_value_of_their_day(knowledge: Knowledge) -> None:
    assert knowledge.parameters["right_to_be_forgotten_years"].at(date(2022, 3, 1)) == 10
    assert knowledge.parameters["right_to_be_forgotten_years"].at(date(2022, 3, 2)) == 5
    assert knowledge.parameters["lemoine_share_eur"].at(date(2022, 6, 1)) == 200_000
    assert knowledge.parameters["lemoine_end_age"].at(date(2026, 1, 1)) == 60
    with pytest.raises(LookupError):
        knowledge.parameters["lemoine_share_eur"].at(date(2022, 5, 31))


def test_only_texts_that_are_filled_name_parameters(knowledge: Knowledge) -> None:
    for place, text in told(knowledge):
        for lang in ("fr", "en"):
            fields = {field for _, field, _, _ in string.Formatter().parse(text.get(lang)) if field is not None}
            assert fields <= set(knowledge.parameters), place
            assert not fields or place.endswith(("/text", "/advice")) or place.startswith("situations/"), place


# ---- how the texts read --------------------------------------------------------------------------------


def test_french_texts_are_easy_to_read(knowledge: Knowledge) -> None:
    """Each text by itself stays at 18 words a sentence or fewer on average; all together, well below."""
    lengths = []
    for place, text in told(knowledge):
        counts = [words(sentence) for sentence in sentences(text.fr)]
        lengths += counts
        if place.endswith("/text"):
            assert sum(counts) / len(counts) <= 18, (place, text.fr)
    assert sum(lengths) / len(lengths) <= 14


def test_texts_are_two_to_five_sentences_and_advice_two_to_four_actions(knowledge: Knowledge) -> None:
    for label in knowledge.labels.values():
        assert words(label.title.fr) <= 8, label.label
        assert words(label.title.en) <= 8, label.label
        for case in label.cases:
            known = bool(case.when.jurisdiction)
            assert (2 if known else 1) <= len(sentences(case.text.fr)) <= 5, (label.label, case.id)
            assert 2 <= len(case.advice.fr) <= 4, (label.label, case.id)


def test_hard_words_are_explained_where_they_stand(knowledge: Knowledge) -> None:
    for label in knowledge.labels.values():
        wholes = [" ".join([case.text.fr, *case.advice.fr]) for case in label.cases]
        wholes += [text.fr for text in (label.title, label.absent, label.looks_for, label.how_to_answer) if text]
        for whole in wholes:
            for hard, explained in JARGON.items():
                if re.search(hard, whole, re.IGNORECASE if hard.islower() else 0):
                    assert explained and re.search(explained, whole), (label.label, hard, whole)


def test_nobody_is_told_to_lie_or_that_a_waiver_is_void(knowledge: Knowledge) -> None:
    """The traps that lawyers warned of."""
    waiver = knowledge.labels["secrecy_waiver"]
    for case in waiver.cases:
        assert not re.search(r"(?<!dit que cette phrase est )\bnulle?\b|sans effet|n'a pas d'effet", case.text.fr), (
            case.id
        )
    for case in waiver.cases[:-1]:
        assert "tenir compte" in case.text.fr, case.id
    for place, text in told(knowledge):
        assert not re.search(r"illégal|scandal|danger|honteu|piège|arnaque", text.fr, re.IGNORECASE), place
    common = " ".join(knowledge.laws["FR"].common_advice.fr)
    assert "honnêtement" in common
    assert "avant la signature" in common


def test_both_languages_say_something_of_their_own(knowledge: Knowledge) -> None:
    for place, text in told(knowledge):
        assert text.fr != text.en, place
        assert 0.5 <= len(text.fr) / len(text.en) <= 2, place


def test_every_word_list_is_used():
    """A list that no phrase, case or severity rule names is dead weight: it still costs time, and bends lemmas."""
    knowledge = load()
    used = {factor.mentions for factor in knowledge.severity.raised_by}
    unused = []
    scopes = [(guard.name, guard.lists, guard.patterns, set()) for guard in knowledge.guards]
    for label in knowledge.labels.values():
        told = {name for case in label.cases for name in (*case.when.mentions, *case.when.mentions_none)}
        scopes.append((label.label, label.lists, label.patterns, told))
    for owner, lists, patterns, told in scopes:
        names = told | {
            name
            for pattern in patterns
            for source in (pattern.match, *pattern.unless, *pattern.unless_passage)
            if source is not None
            for name in parse(source).lists
        }
        used |= names
        unused += [f"{owner}: {name}" for name in set(lists) - names]
    unused += [f"lexicon: {name}" for name in set(knowledge.lists) - used]
    medical = knowledge.medical
    code = "".join(path.read_text("utf-8") for path in (ROOT / "analyzer").rglob("*.py"))
    named = {*medical.systems, *medical.events, *used} | {name for name in medical.lists if f'"{name}"' in code}
    unused += [f"medical: {name}" for name in set(medical.lists) - named]
    assert not unused
