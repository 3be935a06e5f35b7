"""Small reports, built by hand."""

from __future__ import annotations

from typing import Any

from analyzer.reporting import cards
from analyzer.reporting.html import (
    to_absent_fragment,
    to_card_fragment,
    to_end_fragment,
    to_form_fragment,
    to_head_fragment,
    to_questions_fragment,
)
from analyzer.reporting.questionnaire import rows
from analyzer.reporting.strip import to_strip
from analyzer.schema import (
    Absent,
    Box,
    Context,
    Document,
    Evidence,
    Finding,
    Ground,
    Notice,
    Page,
    Passage,
    Question,
    Questionnaire,
    Report,
    Rewording,
    Summary,
    TraceStep,
    Unread,
    Verdict,
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


def question(number: str, text: str, verdict: Verdict, *labels: str, **more: Any) -> tuple[Question, list[Finding]]:
    """A question of page 1 with its findings; the first words are what the labels see."""
    where = passage(
        1, text, kind="question", id=f"q{number}", context=more.pop("context", ""), answer="empty", section=()
    )
    where = where.model_copy(update={"number": number})
    rewording = more.pop("rewording", Rewording(action="keep", why="Elle nomme un fait."))
    found = [
        finding(
            label,
            where,
            text.split()[0],
            polarity="neutral" if label == "precise" else "warning",
            severity=None if label == "precise" else "medium",
            legal_state="forbidden" if verdict == "forbidden" else None if label == "precise" else "contestable",
            decision="to_check" if verdict == "to_check" else "warned",
            grounds=() if label == "precise" else (GROUND,),
            how_to_answer=f"Répondez oui ou non à {label}.",
            rewording="\n".join(rewording.lines) or None,
        )
        for label in labels
    ]
    asked = Question(
        passage=where.id,
        number=number,
        page=1,
        verdict=verdict,
        labels=labels,
        legal_state=found[0].legal_state,
        findings=tuple(part.id for part in found),
        rewording=rewording,
        **more,
    )
    return asked, found


def form(**more: Any) -> Report:
    """A questionnaire with a question of each verdict, among the clauses of ``small``."""
    stem = "Au cours des 10 dernières années :"
    asked = [
        question("1", "Êtes-vous diabétique ?", "precise", "precise"),
        question(
            "2a",
            "Avez-vous souffert d'une maladie ou été opéré ?",
            "overbroad",
            "compound",
            "vague_terms",
            context=stem,
            window_months=120,
            rewording=Rewording(
                action="replace",
                lines=(
                    "Au cours des 5 dernières années, avez-vous été opéré ?",
                    "Au cours des 5 dernières années, avez-vous été hospitalisé plus de 10 jours ?",
                ),
                why="Une question par fait, sur cinq ans.",
            ),
        ),
        question(
            "2b",
            "Un test génétique a-t-il été fait ?",
            "forbidden",
            "genetic",
            context=stem,
            rewording=Rewording(action="remove", why="La loi interdit cette question."),
        ),
        question("3", "Avez-vous eu des ennuis de santé ?", "to_check", "no_time_limit"),
    ]
    counts: dict[Verdict, int] = {"precise": 1, "overbroad": 1, "forbidden": 1, "to_check": 1}
    whole = Questionnaire(
        questions=tuple(part for part, _ in asked),
        counts=counts,
        share_precise=0.25,
        longest_window_months=120,
        without_window=1,
        notices=(
            Notice(id="aeras", title="Le droit à l'oubli", text="Écrivez ceci.", found=False),
            Notice(id="good_faith", title="Erreur et mensonge", text="Pour rassurer.", found=True, pages=(1, 2)),
        ),
        reading_ease=61.4,
    )
    base = small()
    findings = (*base.findings, *(part for _, found in asked for part in found))
    kind = base.document.model_copy(update={"kind": "mixed"})
    return base.model_copy(update={"findings": findings, "questionnaire": whole, "document": kind} | more)


def hostile_form() -> Report:
    """A questionnaire in which everything that comes from the document is hostile."""
    text = " ".join(HOSTILE)
    formulas = ("=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\t=1")
    asked = [
        question(
            start,
            f"{start} {text}",
            "overbroad",
            "vague_terms",
            context=f"{start} {text}",
            rewording=Rewording(action="replace", lines=(f"{start} {text}",), why=text),
        )
        for start in formulas
    ]
    whole = Questionnaire(questions=tuple(part for part, _ in asked), counts={"overbroad": len(asked)}, share_precise=0)
    return report(*(part for _, found in asked for part in found), questionnaire=whole)


def in_app(report: Report) -> str:
    """All that the page shows of a report, in its order, without the pictures of its pages."""
    form = report.questionnaire
    shown = [*cards(report, "warning", "warned"), *cards(report, "warning", "to_check")]
    return "".join(
        [
            to_head_fragment(report),
            to_strip(report),
            *((to_form_fragment(report), to_questions_fragment(report, rows(report), "examiner")) if form else ()),
            *(to_card_fragment(report, card, shown) for card in shown),
            to_end_fragment(report),
            *(to_card_fragment(report, card, ()) for card in cards(report, "safeguard")),
            to_absent_fragment(report),
        ]
    )
