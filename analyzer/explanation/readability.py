"""How easy a French text is to read.

The measure is that of Kandel and Moles (1958), Flesch's reading ease for French::

    207 - 1.015 * words in a sentence - 73.6 * syllables in a word

What is counted, as Flesch counted it where French leaves a choice:

- a sentence ends with ``.``, ``?``, ``!``, ``…`` or its line, never with a colon or a semicolon;
- a word is what stands between blanks or apostrophes: « l'assureur » is two words, « médecin-conseil » is one, but
  « avez-vous » is two, for its pronoun is only hung on;
- a word cut short adds no syllable for the vowel that it has lost: « l'assureur » has three;
- what is written in figures, references of law (« L. 113-8 ») and what is filled in (``{name}``) are left out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = ["reading_ease", "sentences", "syllables", "words"]

#: Fewer words tell nothing of a text by itself.
_FEW_WORDS = 100

_FILLED_IN = re.compile(r"\{\w*\}")
_REFERENCE = re.compile(r"\b(?:[LRDA]\. ?)?\d[\d\u202f\u00a0 .,/-]*")
_HUNG_ON = re.compile(
    r"-(?:t-)?(?=(?:je|tu|ils?|elles?|on|nous|vous|ce|le|la|les|lui|leur|moi|toi|en|y|ci|là)\b)", re.IGNORECASE
)
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*['’]?")
#: A full stop after one capital letter or a known short form ends nothing.
_SENTENCE_END = re.compile(r"(?<!\b[A-Z])(?<!\bart)(?<!\bp\. ex)[.?!…]+(?: ?[»”\")])*(?=\s|$)|\n+")

_VOWEL = "aeiouyàâäéèêëîïôöùûüœæ"
_VOWELS = re.compile(f"[{_VOWEL}]+")
#: A "u" that only hardens a consonant, and the "ë" of "ambiguë".
_MUTE = (
    (re.compile("qu"), "q"),
    (re.compile("gu(?=[eiyéèê])"), "g"),
    (re.compile("(?<=[gq])uë"), "u"),
)
#: Two vowels in two syllables: after é, before a diaeresis, around y, after a consonant with l or r (as in "oublier").
_SPLIT = (
    (re.compile(f"é(?=[{_VOWEL}])(?!e(?:s|nt)?$)"), "é-"),
    (re.compile(f"(?<=[{_VOWEL}])(?=[ïëü])"), "-"),
    (re.compile(f"(?<=[{_VOWEL}])y(?=[{_VOWEL}])"), "-"),
    (re.compile("(?<=[aoe])é"), "-é"),
    (re.compile("(?<=[bcdfgptv][lr])(i|u|ou)(?=[aeoéè])(?!e(?:s|nt)?$)"), r"\1-"),
    (re.compile("(?<=cl)i(?=ents?$)|(?<=[bcdfgptv][lr]ou)(?=i(?!ll))"), r"\g<0>-"),
    (re.compile("a(?=o[^uû])|o(?=a|opé|ordo)"), r"\g<0>-"),
    (re.compile("^pay(?=s)"), "pa-i"),
)
#: A final "e" after a consonant; "qu" and "gu" are consonants.
_SILENT_E = re.compile(f"(?<=[^{_VOWEL}])es?$|(?<=[gq]u)es?$")
#: After a consonant "-ent" is silent in verbs, and heard in words in "-ment" and in these.
_FINAL_ENT = re.compile(f"(?<=[^{_VOWEL}])ent$")
_VERB_MENT = re.compile("(?:^ai|ani|consom|dor|esti|fer|fir|for|nom|pri|récla|résu|ssu)ment$")
_HEARD_ENT = frozenset(
    "absent accident adhérent adolescent afférent agent antécédent apparent argent cent cohérent compétent concurrent"
    " confident consent conséquent content continent contingent convalescent couvent décent dent différent éminent"
    " équivalent évident excellent fréquent imminent impotent incident inhérent innocent intelligent intermittent lent"
    " négligent occident parent permanent pertinent précédent présent président prudent récent récurrent référent"
    " résident ressent sent sergent serpent somnolent souvent talent torrent transparent urgent vent violent".split()
)


def reading_ease(texts: Sequence[str], few_words: int = _FEW_WORDS) -> float | None:
    """Return the reading ease of French texts together: 0 (very hard) to 100 (very easy).

    ``None`` for fewer than ``few_words`` words: the shorter a text, the more one word weighs.
    """
    counted = [word for text in texts for word in words(text)]
    if not counted or len(counted) < few_words:
        return None
    ends = sum(len(sentences(text)) for text in texts)
    ease = 207 - 1.015 * len(counted) / ends - 73.6 * sum(map(syllables, counted)) / len(counted)
    return round(min(100.0, max(0.0, ease)), 1)


def sentences(text: str) -> list[str]:
    """Cut a text into its sentences, without what ends them; a part without words is none."""
    return [part.strip() for part in _SENTENCE_END.split(text) if words(part)]


def words(text: str) -> list[str]:
    """Return the words of a text, figures left out; an apostrophe stays with the word that it shortens."""
    return _WORD.findall(_HUNG_ON.sub(" ", _REFERENCE.sub(" ", _FILLED_IN.sub(" ", text))))


def syllables(word: str) -> int:
    """Return how many syllables a French word has in careful prose: a final "e" is silent, one inside is not."""
    return sum(map(_of_part, word.lower().split("-")))


def _of_part(part: str) -> int:
    shortened = part.endswith(("'", "’"))
    part = part.rstrip("'’")
    heard = part in _HEARD_ENT or (part.endswith("ment") and not _VERB_MENT.search(part))
    silent = _SILENT_E.search(part) or (_FINAL_ENT.search(part) and not heard)
    for pattern, sound in (*_MUTE, *_SPLIT):
        part = pattern.sub(sound, part)
    return max(not shortened, len(_VOWELS.findall(part)) - bool(silent))
