"""SARIF: what other programs rely on. Rules are labels, levels severities, places pages and boxes."""

import json

from analyzer.knowledge import messages
from analyzer.reporting.sarif import to_sarif
from tests.reporting.build import finding, form, passage, report, small


def run(whole):
    return json.loads(to_sarif([whole]))["runs"][0]


def test_it_has_what_the_schema_requires():
    log = json.loads(to_sarif([small(), form()]))
    assert log["version"] == "2.1.0"
    assert len(log["runs"]) == 2
    for made in log["runs"]:
        rules = made["tool"]["driver"]["rules"]
        assert made["tool"]["driver"]["name"]
        assert len({rule["id"] for rule in rules}) == len(rules)
        assert made["invocations"][0]["executionSuccessful"] is True
        for result in made["results"]:
            assert result["message"]["text"]
            assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
            place = result["locations"][0]["physicalLocation"]["artifactLocation"]
            assert made["artifacts"][place["index"]]["location"]["uri"] == place["uri"]


def test_levels_are_severities():
    where = passage(1)
    made = run(
        report(
            finding("a", where, severity="high"),
            finding("b", where, severity="medium"),
            finding("c", where, severity="low"),
            finding("d", where, severity="high", decision="to_check"),
            finding("e", where, polarity="safeguard", severity=None),
            finding("precise", where, polarity="neutral", severity=None),
        )
    )
    assert [(item["ruleId"], item["kind"], item["level"]) for item in made["results"]] == [
        ("a", "fail", "error"),
        ("b", "fail", "warning"),
        ("c", "fail", "note"),
        ("d", "fail", "note"),
        ("e", "informational", "none"),
    ]


def test_where_it_stands_and_what_it_says():
    whole = report(finding("a", passage(2), "déliez", text="Voir [ici](1)."))
    whole = whole.model_copy(update={"document": whole.document.model_copy(update={"name": "mon contrat é.pdf"})})
    (result,) = run(whole)["results"]
    (place,) = result["locations"]
    assert place["physicalLocation"]["artifactLocation"]["uri"] == "mon%20contrat%20%C3%A9.pdf"
    assert place["properties"]["page"] == 2
    assert result["message"]["text"] == "Titre de a. Voir \\[ici\\](1)."
    assert result["properties"]["evidence"] == ["déliez"]


def test_what_was_not_read_is_told():
    (told,) = run(small())["invocations"][0]["toolExecutionNotifications"]
    assert told["message"]["text"] == "Partie en anglais, page 2."
    assert run(small())["tool"]["driver"]["name"] == messages("fr")["page.title"]
