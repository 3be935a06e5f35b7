"""How contracts say who insures, what they are called, of when they are: the model of ``editions.yaml``."""

from __future__ import annotations

from analyzer.schema import Frozen, Jurisdiction

__all__ = ["Country", "Editions", "Told"]

Phrases = tuple[str, ...]


class Country(Frozen):
    """How a country is written in a table, and what tells that a contract is one of that country."""

    names: Phrases
    signs: Phrases


class Told(Frozen):
    """First lines of a document, and what they tell; nothing without ``says``. ``# `` opens a line in large type."""

    text: str
    says: str | None = None


class Editions(Frozen):
    """Expressions, without regard to capitals and accents; "…" stands for some words of the same sentence."""

    status: Phrases
    forms: Phrases
    legal_forms: Phrases
    named_after: Phrases
    named_at_line_start: Phrases
    not_cover: Phrases
    kinds: Phrases
    introducers: Phrases
    particles: Phrases
    generic: Phrases
    insurer_words: Phrases
    not_insurer: Phrases
    not_insurer_opens: Phrases
    partial: Phrases
    persons: Phrases
    titles: Phrases
    filled_titles: Phrases
    company_opens: Phrases
    subjects: Phrases
    edition: Phrases
    not_edition: Phrases
    not_reference: Phrases
    months: Phrases
    countries: dict[Jurisdiction, Country]
    examples: dict[str, tuple[Told, ...]]
