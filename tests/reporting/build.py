"""Small reports, built by hand."""

from __future__ import annotations

from typing import Any

from analyzer.schema import (
    Absent,
    Box,
    Context,
    Document,
    Evidence,
    Finding,
    Ground,
    Page,
    Passage,
    Report,
    Summary,
    TraceStep,
    Unread,
)

#: What a document may hold to reach past the report.
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</style><b>",
    "\x1b[31mrouge\x1b]0;titre\x07",
    "\u202egauche",
    "[bold red]gras[/bold red] [link=http://example.org]",
    "{{ 7 * 7 }} {% raw %} {name}",
)
GROUND = Ground(
    id="fr-x",
    citation="Code imaginaire, art. 1",
    says="Le secret reste dû.",
    strength="loi ou règlement",
    date="texte en vigueur au 1er janvier 2026",
    checked="texte lu",
    url="https://www.legifrance.gouv.fr/x",
)


def passage(number: int = 1, text: str = "Vous déliez vos médecins du secret médical.", **more: Any) -> Passage:
    box = Box(page=number, x0=50, top=100, x1=300, bottom=112)
    return Passage(**{"id": f"p{number}", "text": text, "section": ("Titre II", "Article 7"), "boxes": (box,)} | more)


def finding(label: str, where: Passage, *words: str, **more: Any) -> Finding:
    """A warning of middling severity on ``words`` of a passage."""
    spans = [(where.text.index(word), where.text.index(word) + len(word)) for word in words]
    return Finding(
        **{
            "id": f"{label}-{where.id}",
            "label": label,
            "polarity": "warning",
            "passage": where,
            "score": 0.8,
            "decision": "warned",
            "evidence": tuple(Evidence(start=start, end=end, text=where.text[start:end]) for start, end in spans),
            "trace": (TraceStep(effect="fired", rule=f"{label}/rule", words=words, score=0.8),),
            "case": "general",
            "legal_state": "contestable",
            "severity": "medium",
            "title": f"Titre de {label}",
            "text": f"Ce que {label} veut dire.",
            "grounds": (GROUND,),
            "advice": (f"Demandez pour {label}.",),
        }
        | more
    )


def report(*findings: Finding, **more: Any) -> Report:
    return Report(
        **{
            "sceau_version": "0.0.0",
            "document": Document(
                name="contrat_exemple.pdf",
                sha256="0" * 64,
                media_type="application/pdf",
                kind="contract",
                language="fr",
                pages=tuple(Page(number=number, width=595, height=842, read_by="text layer") for number in (1, 2, 3)),
            ),
            "context": Context(),
            "summary": Summary(sentence="Sceau signale des passages de ce document."),
            "findings": findings,
            "law_covered": True,
            "common_advice": ("Répondez honnêtement.",),
            "notes": ("Sceau informe.",),
        }
        | more
    )


def small() -> Report:
    """One of everything that a report shows."""
    first = passage(1, "Vous déliez vos médecins du secret médical, même après votre décès.")
    second = passage(2, "Vos données vont à nos partenaires.", small_print=True, context="Vous acceptez ceci :")
    third = passage(3, "Vous pouvez joindre un pli fermé.")
    small_print = TraceStep(effect="raised", rule="severity/small_print", note="écrit en petits caractères")
    shared = finding("data_sharing", second, "à nos partenaires", severity="high", legal_state="forbidden")
    findings = (
        finding("secrecy_waiver", first, "déliez", "secret médical"),
        finding("posthumous_waiver", first, "après votre décès", severity="low", legal_state="worth_knowing"),
        shared.model_copy(update={"trace": (*shared.trace, small_print)}),
        finding("secrecy_waiver", third, "pli", decision="to_check", id="secrecy_waiver-again"),
        finding(
            "safe_medical_officer", third, "pli fermé", polarity="safeguard", severity=None, legal_state="worth_knowing"
        ),
    )
    unread = Unread(code="language", pages=(2,), message="Partie en anglais, page 2.", extract="The insured shall")
    absent = Absent(label="safe_rights", title="Vos droits", text="Sceau ne les a pas trouvés.")
    return report(*findings, unread=(unread,), safeguards_absent=(absent,))


def hostile() -> Report:
    """A report in which everything that comes from the document is hostile."""
    text = " ".join(HOSTILE)
    where = passage(1, text, context=text, section=HOSTILE)
    warned = finding("secrecy_waiver", where, *HOSTILE)
    safe = finding("safe_rights", where, *HOSTILE, polarity="safeguard", severity=None)
    plain = report(warned, safe, unread=(Unread(code="language", message="Partie en anglais.", extract=text),))
    return plain.model_copy(update={"document": plain.document.model_copy(update={"name": f"{text}.pdf"})})
