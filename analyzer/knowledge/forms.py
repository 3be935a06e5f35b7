"""How health questionnaires speak: the model of ``forms.yaml``."""

from __future__ import annotations

from analyzer.schema import Frozen

__all__ = ["Forms"]

Phrases = tuple[str, ...]


class Forms(Frozen):
    """Expressions, in small letters; a star stands for any ending.

    Those of ``…_opens`` are looked for at the beginning of a text, the others anywhere in it. ``health_lists`` names
    lists of the medical words.
    """

    health_lists: Phrases
    also_health: Phrases
    not_health: Phrases
    identity_opens: Phrases
    cover_opens: Phrases
    identity_asks: Phrases
    signature_opens: Phrases
    instruction_opens: Phrases
    instructions: Phrases
    notices: Phrases
    told_always: Phrases
    told_opens: Phrases
    told_unless: Phrases
    told_subjects: Phrases
    heading_opens: Phrases
    declares: Phrases
    consents: Phrases
    admits: Phrases
    demand_opens: Phrases
    filled_by_doctor: Phrases
    fills: Phrases
    tail_opens: Phrases
    tail_words: Phrases
    persons: Phrases
