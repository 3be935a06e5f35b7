"""No finding over the samples appears or vanishes unseen."""

from tests.frozen.freeze import changes, frozen, now


def test_findings_are_the_frozen_ones():
    difference = changes(frozen(), now())
    assert not difference, f"\n{difference}\nIf this is meant: make freeze, and commit the file with the change."


def test_a_change_is_shown_by_document():
    row = '{"document": "d", "page": 1, "label": "l", "decision": "warned", "legal_state": null, "severity": "%s", '
    row += '"patterns": ["p"], "evidence": ["a", "b"]}'
    assert changes([row % "low"], [row % "low"]) == ""
    assert changes([row % "low"], [row % "high"]).splitlines() == [
        "d:",
        "  + p. 1 l (warned/high): « a … b » ['p']",
        "  - p. 1 l (warned/low): « a … b » ['p']",
        "1 appeared (+), 1 vanished (-)",
    ]
