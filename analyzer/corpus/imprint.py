"""What a contract says of itself on its first two pages and its last: who insures, what it is called, of when it is.

Nothing is said where the words leave a doubt: two insurers, a broker, a form filled in by somebody. The wordings stand
in ``knowledge/editions.yaml``.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property, lru_cache

from analyzer.corpus.records import Fact, Field
from analyzer.detection.normalise import fold
from analyzer.knowledge import load
from analyzer.privacy import personal_data
from analyzer.schema import Document, Line, Page

__all__ = ["clean_name", "from_document", "year_of"]

#: Contracts of an earlier year are not on computers; a document of the year after next is none.
_FIRST_YEAR = 1990
_LONGEST_NAME, _MOST_WORDS = 80, 9
_UNSEEN = re.compile(r"[^\S ]|[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffd®™©℠•]+")
_YEAR = re.compile(r"(?:19|20)\d\d")

#: A title is larger than the text by so much; a line under it that belongs to it, not smaller than this part of it.
_TITLE, _BESIDE_TITLE = 1.2, 0.75
#: A line is wrapped if it reaches this part of the widest of its block.
_WRAPPED = 0.85
#: Characters between a phrase and what tells against it; and in a block that gives a date, not a chapter.
_AROUND, _SHORT_BLOCK = 200, 400
#: Characters beside a phrase in which a name may stand.
_REACH = 300
#: A reference stands on a short line, in another size (points) than the text or by itself.
_LONGEST_REFERENCE, _OTHER_SIZE = 120, 0.3

_WORD = re.compile(r"\S+")
_STOP = re.compile(r"[.!?]\s|[;:|•·\n]")
_SEPARATORS = " ,–—-:(\n\t«»\"'"
#: Behind a company's form: number and street, postal code and town.
_ADDRESS = re.compile(r"(?<=\w)[ ,–-]{1,3}(?:sa|s\.a\.?)[ ,–-]{1,3}\d{1,4}[ ,][^\n;:]{3,60}?\b\d{4,5} [a-z]")
_JOINT = re.compile(r"(?:\s|[–—-]|\b(?:et|du|de votre|de|valant)\b|de l')*")
_PART = re.compile(r"\s[–—|•-]\s|\s?:\s|\n|[()«»“”]|,\s")
_NUMBER = re.compile(r"n°|\bno\b|\d{2,}")
_ENDING = re.compile(r"\.[a-z]{3,4}$|_")
_CREATION = re.compile(r"(?:D:)?(?P<year>\d{4})(?P<rest>\d*)")
_COPYRIGHT = re.compile(r"(?:©|\(c\)|copyright)[^\n]{0,60}")
_CODE = r"(?<![\w.-])(?P<code>(?=[A-Z0-9]{0,8}-?[A-Z]{2})[A-Z0-9]+(?:[-. /–(]{1,3}[A-Z0-9]{1,6}){0,5})"
_MONTH_YEAR = r"(?:0[1-9]|1[0-2])[/.-](?P<year1>(?:19|20)\d\d)|(?P<year2>(?:19|20)\d\d)(?:[-/](?:0[1-9]|1[0-2]))?"
_REFERENCE = re.compile(_CODE + rf"[-. /–(]{{1,3}}(?<!\d[/.])(?:{_MONTH_YEAR})(?![\w/]|[-.]\d)")


def year_of(text: str) -> str | None:
    """Return a year of four digits, from 1990 to next year; ``None`` for anything else."""
    return text if _YEAR.fullmatch(text) and _FIRST_YEAR <= int(text) <= date.today().year + 1 else None


def clean_name(text: str) -> str:
    """Return a name without needless spaces, trademark and unseen signs, at most 80 characters."""
    return " ".join(_UNSEEN.sub(" ", text).split())[:_LONGEST_NAME].strip()


def from_document(document: Document) -> dict[Field, Fact]:
    """Return what a document says of itself, on its first two pages and its last, and in the properties of the file."""
    pages = [*document.pages[:2], *document.pages[2:][-1:]]
    found: dict[Field, Fact] = {}
    blocks = [block for page in pages for block in _blocks(page)]
    somebody = personal_data(document.model_copy(update={"pages": tuple(pages)}))
    body = _body_size(pages)
    insurer = _insurer(blocks, body, filled=bool(somebody.words or somebody.phrases))
    told: dict[Field, str | None] = {
        "insurer": insurer,
        "product": _product(blocks, body, insurer),
        "year": _edition(blocks, body),
        "country": _country(blocks),
    }
    weaker: dict[Field, str | None] = {
        "insurer": _of_company(document.properties.get("Company", "")),
        "product": _of_title(document.properties.get("Title", ""), insurer),
        "year": _of_creation(document.properties.get("CreationDate", "")),
    }
    for field, value in told.items():
        if value and not somebody.spans(value):
            found[field] = Fact(value, "document")
        elif (guess := weaker.get(field)) and not somebody.spans(guess):
            found[field] = Fact(guess, "properties")
    return found


# ---- words -------------------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def _plain_sign(sign: str) -> str:
    plain = fold(sign)
    return {"’": "'", "ʼ": "'", "\u00a0": " ", "\u202f": " "}.get(sign) or (plain if len(plain) == 1 else sign)


def _plain(text: str) -> str:
    """Return a text as long as it was: lower case, no accents, plain apostrophes and spaces."""
    return "".join(map(_plain_sign, text))


@cache
def _words(name: str) -> frozenset[str]:
    """Return a list of single words of the knowledge."""
    return frozenset(_plain(word) for word in getattr(load().editions, name))


@cache
def _phrases(*names: str) -> re.Pattern[str]:
    """Return what finds an expression of some lists in a plain text, the longest that stands there."""
    phrases = {_plain(phrase) for name in names for phrase in getattr(load().editions, name)}
    return _any_of(phrases)


def _any_of(phrases: Iterable[str]) -> re.Pattern[str]:
    gap = r"\b[^,.;:]{0,90}?\b"
    wordings = (
        gap.join(r"\s+".join(map(re.escape, piece.split())) for piece in phrase.split("…"))
        for phrase in sorted(phrases, key=len, reverse=True)
    )
    return re.compile(rf"(?<!\w)(?:{'|'.join(wordings)})(?!\w)")


@cache
def _signs() -> dict[str, re.Pattern[str]]:
    """Return what tells each country."""
    return {code: _any_of(map(_plain, country.signs)) for code, country in load().editions.countries.items()}


@cache
def _dates() -> re.Pattern[str]:
    """Return what finds a date right behind an expression of an edition."""
    months = "|".join(_plain(month) for month in load().editions.months)
    day = r"(?:(?:0?[1-9]|[12]\d|3[01])(?:er)?[ /.-]{1,2})?"
    month = rf"(?:(?:{months})\s|(?:0?[1-9]|1[0-2])[/.-])?"
    backwards = r"(?:[-/](?:0[1-9]|1[0-2])){0,2}"
    return re.compile(
        rf"(?:\s?n°\s?\S{{1,8}})?[\s:–-]{{0,3}}(?:de |du |d'|au |en |le )?{day}{month}"
        rf"(?P<year>(?:19|20)\d\d){backwards}(?![\w/]|[-.]\d)"
    )


@dataclass(frozen=True)
class _Block:
    """Lines of one size that stand close under one another, joined by line breaks; a word cut at a hyphen is whole."""

    page: int
    lines: tuple[Line, ...]
    form: bool

    @cached_property
    def _joined(self) -> tuple[str, list[int]]:
        text = ""
        starts: list[int] = []
        for line in self.lines:
            if text.endswith("-") and line.text[:1].isalpha():
                text = text[:-1] if line.text[0].islower() else text
            elif starts:
                text += "\n"
            starts.append(len(text))
            text += line.text
        return text, starts

    @property
    def text(self) -> str:
        """What the block says."""
        return self._joined[0]

    @cached_property
    def plain(self) -> str:
        """The same, as expressions are looked for."""
        return _plain(self.text)

    @property
    def size(self) -> float:
        """The size of its type, in points."""
        return self.lines[0].font_size

    def line_at(self, offset: int) -> tuple[int, int]:
        """Return the index of the line at ``offset`` of the text, and where it begins."""
        starts = self._joined[1]
        index = bisect_right(starts, offset) - 1
        return index, starts[index]

    @cached_property
    def _edges(self) -> tuple[float, float]:
        return min(line.x0 for line in self.lines), max(line.x1 for line in self.lines)

    def wraps(self, index: int) -> bool:
        """Return whether the line goes on in the next one."""
        left, right = self._edges
        return self.lines[index].x1 - left >= _WRAPPED * (right - left)


def _blocks(page: Page) -> Iterator[_Block]:
    """Yield the blocks of a page, in the order of the file."""
    run: list[Line] = []
    for line in page.lines:
        if run and not _goes_on(run[-1], line):
            yield _Block(page.number, tuple(run), bool(page.marks))
            run = []
        run.append(line)
    if run:
        yield _Block(page.number, tuple(run), bool(page.marks))


def _goes_on(before: Line, line: Line) -> bool:
    same = abs(before.font_size - line.font_size) <= 0.6 and before.bold == line.bold
    near = -0.5 * line.font_size < line.top - before.bottom < 0.8 * max(line.font_size, 1.0)
    return same and near and before.x0 < line.x1 and line.x0 < before.x1


def _body_size(pages: Iterable[Page]) -> float:
    """Return the size in which most of the pages is printed; a first page may be a cover."""
    sizes: Counter[float] = Counter()
    for page in pages:
        for line in page.lines:
            sizes[round(line.font_size, 1)] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


# ---- names -------------------------------------------------------------------------------------------------


def _core(token: str) -> str:
    """Return a token without the signs around it, plain."""
    return _plain(token).strip(' ,;:–—()«»"®™©').rstrip(".'")


def _is_particle(token: str) -> bool:
    return _plain(token) in _words("particles")


def _like_name(token: str) -> bool:
    """Return whether a token can be part of a name: it opens with a capital (as does "d'Assurance"), or is small."""
    bare = token.strip('«»"()®™©,.;')
    if not bare:
        return False
    opened = bare[2:] if _plain(bare[:2]) in ("d'", "l'") else bare
    starts = opened[:1].isupper() or (bare[:1].isdigit() and any(sign.isupper() for sign in bare))
    return starts or _is_particle(bare)


def _insurer_name(tokens: Sequence[str], *, told: bool) -> str | None:
    """Return the name that the tokens make, ``None`` where it is none, or not surely that of an insurer.

    It is ``told`` by its status that the company insures; else its name must tell so.
    """
    words = [token for token in tokens if _core(token) or token == "&"]
    while words and ((_is_particle(words[0]) and words[0][0].islower()) or not _like_name(words[0])):
        words = words[1:]
    while words and (_is_particle(words[-1]) or _plain(words[-1]).strip(",;") in _words("legal_forms")):
        words = words[:-1]
    name = clean_name(" ".join(words).strip(_SEPARATORS + ".;&"))
    cores = [_core(word) for word in words]
    if len(name) < 2 or len(" ".join(words)) > _LONGEST_NAME or len(words) > _MOST_WORDS:
        return None
    if not all(map(_like_name, words)) or any(core.isdigit() for core in cores):
        return None
    opens = next((core for core in cores if core not in _words("particles")), "")
    if opens in _words("not_insurer_opens") and not set(cores) & _words("insurer_words"):
        return None
    if set(cores) & (_words("persons") | _words("not_insurer")) or _titles().match(_plain(name)):
        return None
    if all(core in _words("generic") | _words("subjects") | _words("particles") for core in cores):
        return None
    return name if told or set(cores) & _words("insurer_words") else None


def _key(name: str) -> str:
    return re.sub(r"^(?:la|le|les|l') ?|\W", "", _plain(name))


# ---- who insures -------------------------------------------------------------------------------------------


def _insurer(blocks: Sequence[_Block], body: float, *, filled: bool) -> str | None:
    """Return who insures, as the surest kind of wording names it; ``None`` where it names several, or nobody.

    In a form, and in a document ``filled`` in, "assureur : X" may be somebody's answer.
    """
    #: By an expression such as "souscrit auprès de"; by a status; by a company's form and address.
    surest: tuple[dict[str, str], ...] = ({}, {}, {})
    forms = (
        _before(block, form.start(), told=True) for block in blocks for form in _phrases("forms").finditer(block.plain)
    )
    companies = {_key(company) for company in forms if company}
    nameless = False
    for index, block in enumerate(blocks):
        if not (block.form or filled):
            for told in _named_after(block):
                surest[0].setdefault(_key(told), told)
        for name in _named_before(block):
            if name is None:  # the status opens its line: the name may stand above
                nameless |= block.page == 1
                above = _alone(blocks[index - 1], block, companies) if index and block.page == 1 else None
                if above:
                    surest[1].setdefault(_key(above), above)
            else:
                surest[1].setdefault(_key(name), name)
        for match in _ADDRESS.finditer(block.plain):
            if not _tells_against(block.plain, match.start(), match.end()):
                found = _before(block, match.start(), told=False)
                if found:
                    surest[2].setdefault(_key(found), found)
    for names in surest:
        if names:
            only = next(iter(names.values()))
            return only if len(names) == 1 and _insures_all(only, blocks, body) else None
    return _head(blocks[0], body) if nameless else None


def _insures_all(name: str, blocks: Sequence[_Block], body: float) -> bool:
    """Return whether a company insures the whole contract; one for assistance may only serve another insurer's."""
    if _words("partial").isdisjoint(map(_core, name.split())):
        return True
    return any(_key(name) in _key(block.text) for block in blocks if block.page == 1 and block.size >= _TITLE * body)


def _named_after(block: _Block) -> Iterator[str]:
    """Yield the names that expressions such as "souscrit auprès de" introduce."""
    ends = [
        match.end()
        for match in _phrases("named_after").finditer(block.plain)
        if _words("not_cover").isdisjoint(re.findall(r"\w+", re.split("souscri|conclu", match[0])[0]))
    ]
    for match in _openings().finditer(block.plain):
        before = block.plain[block.line_at(match.start())[1] : match.start()].rstrip()
        if not before or before.endswith((".", "–", "•", "-")):
            ends.append(match.end())
    for end in ends:
        name = _after(block, end)
        if name:
            yield name


@cache
def _openings() -> re.Pattern[str]:
    """Return what finds the expressions that open a line; they end with a colon, which may follow a space."""
    words = (re.escape(_plain(phrase).rstrip(" :")) for phrase in load().editions.named_at_line_start)
    return re.compile(rf"(?<![\w'])(?:{'|'.join(words)}) ?:")


def _after(block: _Block, end: int) -> str | None:
    """Return the name that stands right after offset ``end``."""
    tokens: list[str] = []
    kinds = _words("kinds")
    follows, start = "", end
    for match in _WORD.finditer(block.text, end, end + _REACH):
        token = match[0]
        index, _ = block.line_at(match.start())
        broken = "\n" in block.text[end : match.start()] and not block.wraps(index - 1)
        if broken or (tokens and tokens[-1][-1] in ",.;:)"):
            break
        small = token[0].islower()
        if not tokens and small and (_core(token) in kinds or _is_particle(token)):
            end = match.end()
            continue
        if not _like_name(token):
            follows = _plain(token)
            break
        tokens.append(token)
        end = match.end()
    while tokens and _is_particle(tokens[-1]):
        follows = _plain(tokens.pop())
    # One of several insurers, or the insurer of some of the risks.
    if follows in ("et", "ou", "pour") or _tells_against(block.plain, end, end) or _of_a_part(block.plain, start):
        return None
    if tokens and _plain(tokens[0][:2]) in ("d'", "l'"):
        tokens[0] = tokens[0][2:]
    return _insurer_name(tokens, told=True)


def _named_before(block: _Block) -> Iterator[str | None]:
    """Yield the names before a status or the form of a company; ``None`` for a status that opens its line."""
    statuses = [(match.start(), match.end()) for match in _phrases("status").finditer(block.plain)]
    forms = [(match.start(), match.end()) for match in _phrases("forms").finditer(block.plain)]
    taken = -1
    for start, end in sorted({*statuses, *forms}):
        if start < taken or _tells_against(block.plain, start, end):
            continue
        told = (start, end) in statuses or any(
            end <= other <= end + _AROUND and _same_company(block, end, other) for other, _ in statuses
        )
        opening = _without_kinds(block, start)
        # A name on the line before must itself tell an insurer: that line may be a title.
        line, begins = block.line_at(opening)
        name = _before(block, opening, told=told and bool(block.text[begins:opening].strip()))
        if name:
            taken = end
            yield name
        elif (start, end) in statuses and (line, begins) == (0, opening):
            yield None


def _same_company(block: _Block, form: int, status: int) -> bool:
    """Return whether the status at one offset is still said of the company whose form ends at another."""
    between = block.plain[form:status]
    names_another = _before(block, _without_kinds(block, status), told=True) is not None
    return not (re.search(r"\.\s", between) or names_another or set(between.split()) & _words("introducers"))


def _without_kinds(block: _Block, start: int) -> int:
    """Return where the words before a status begin that say what the company is: "X, mutuelle soumise au …"."""
    while True:
        line_start = block.line_at(max(start - 1, 0))[1]
        before = block.text[max(line_start, start - _REACH) : start].rstrip(" ,")
        word = re.split(r"[\s,–—]", before)[-1]
        if not word or _plain(word) not in _words("kinds"):
            return start
        ahead = before[: -len(word)].rstrip(" ")
        if word[0].isupper() and ahead and not ahead.endswith((",", "–", "—", "-", "(")):
            return start
        start = max(line_start, start - _REACH) + len(before) - len(word)


def _before(block: _Block, start: int, *, told: bool) -> str | None:
    """Return the name that stands right before offset ``start``."""
    reach = max(0, start - _REACH)
    head = block.text[reach:start].rstrip(" ,–—-:(\n")
    stops = [reach + match.end() for match in _STOP.finditer(head)]
    first = stops[-1] if stops else reach
    tokens = block.text[first : reach + len(head)].split()
    at = len(tokens)
    while at and _like_name(tokens[at - 1]) and not (at < len(tokens) and tokens[at - 1].endswith((",", "–"))):
        at -= 1
    name = tokens[at:]
    if at and (_core(tokens[at - 1]) not in _words("introducers") or _of_a_part(block.plain, start)):
        return None
    if not at and first and block.text[first - 1] == "\n":
        # The line before may hold the beginning of the name.
        index, _ = block.line_at(first)
        words = block.lines[index - 1].text.split()
        if words and block.wraps(index - 1) and _like_name(words[-1]) and not words[-1].endswith((".", ",", ";")):
            return None
    return _insurer_name(name, told=told)


def _of_a_part(plain: str, start: int) -> bool:
    """Return whether the sentence up to ``start`` tells of one service only: "l'assistance est assurée par"."""
    lead = re.split(r"[.;]\s", plain[max(0, start - _AROUND) : start])[-1]
    verb = re.search(r"\b(?:par|aupres|chez)\b", lead)
    return verb is not None and not _words("partial").isdisjoint(re.findall(r"\w+", lead[: verb.start()]))


def _tells_against(plain: str, start: int, end: int) -> bool:
    """Return whether the sentence around ``plain[start:end]`` speaks of a broker, a manager, another insurer."""
    before = re.split(r"[.;\n]\s|\n", plain[max(0, start - _AROUND) : start])[-1]
    after = re.split(r"\.\s|;", plain[end : end + _AROUND])[0]
    return not _words("not_insurer").isdisjoint(re.findall(r"\w+", f"{before} {after}"))


def _alone(above: _Block, block: _Block, companies: set[str]) -> str | None:
    """Return the name that stands alone, and larger or bolder, on the line above a status.

    Where it does not itself tell an insurer, it must be one of the ``companies`` that the document names elsewhere.
    """
    line, under = above.lines[-1], block.lines[0]
    larger = line.font_size >= 1.15 * under.font_size or (line.bold and not under.bold)
    close = 0 <= under.top - line.top <= 4 * line.font_size
    if not (larger and close and len(above.lines) == 1):
        return None
    return _insurer_name(line.text.split(), told=_key(line.text) in companies)


def _head(block: _Block, body: float) -> str | None:
    """Return the name that opens the first page in large type, if it tells an insurer."""
    if len(block.lines) > 1 or block.size < _TITLE * body:
        return None
    return _insurer_name(block.text.split(), told=False)


# ---- what it is called -------------------------------------------------------------------------------------


def _product(blocks: Sequence[_Block], body: float, insurer: str | None) -> str | None:
    """Return the name of the product, which stands in the title of the first page or right beside it."""
    large = [block for block in blocks if block.page == 1 and block.size >= _TITLE * body]
    titles = [(block.size, -at) for at, block in enumerate(large) if _titles().match(block.plain)]
    if not titles:
        return _above_title(large, insurer)
    at = -max(titles)[1]
    title = large[at]
    if not _is_only_title(title.text):
        return _name_in_title(title.text, insurer)
    under = large[at + 1] if at + 1 < len(large) else None
    named = None
    if under and under.size >= _BESIDE_TITLE * title.size and not under.form:
        named = _product_name(under.text, insurer, sure=False)
    return named or _above_title(large[: at + 1], insurer)


def _above_title(large: Sequence[_Block], insurer: str | None) -> str | None:
    """Return the product whose name stands right above the title, in the same block or in type as large."""
    for at, block in enumerate(large):
        first, *others = block.text.split("\n")
        if others and _is_only_title(" ".join(others)):
            return _product_name(first, insurer, sure=False)
        under = large[at + 1] if at + 1 < len(large) else None
        if under and not others and under.size <= block.size and not block.form and _is_only_title(under.text):
            return _product_name(block.text, insurer, sure=False)
    return None


def _titles() -> re.Pattern[str]:
    return _phrases("titles", "filled_titles")


def _behind_titles(text: str) -> str:
    """Return what stands behind the words that say what the document is."""
    while match := _titles().match(_JOINT.sub("", _plain(text), count=1)):
        text = text[len(text) - len(match.string) + match.end() :]
    return text


def _is_only_title(text: str) -> bool:
    """Return whether nothing stands there but what the document is."""
    rest = _behind_titles(text)
    return rest != text and not re.search(r"\w", _JOINT.sub("", _plain(rest), count=1))


def _name_in_title(text: str, insurer: str | None) -> str | None:
    """Return the product that a title names behind what the document is."""
    rest = _behind_titles(text)
    parts = [part for part in _PART.split(rest) if re.search(r"\w", part)]
    if rest == text or not parts:
        return None
    if not _PART.match(rest) and _is_particle(rest.split()[0]):  # "of co-borrowers" goes on with the title
        return None
    return _product_name(parts[0], insurer, sure=_phrases("titles").match(_plain(text)) is not None)


def _product_name(text: str, insurer: str | None, *, sure: bool) -> str | None:
    """Return the name of a product, ``None`` where it is none.

    Where it is not ``sure`` that a name stands there, it must begin with what the product is about.
    """
    words = clean_name(text).split()
    while words and (_YEAR.fullmatch(words[-1]) or words[-1] in "–-"):
        words.pop()
    name = " ".join(words).strip(_SEPARATORS)
    cores = [_core(word) for word in words]
    if len(words) > _MOST_WORDS or not re.search(r"[^\W\d_]{3}", name) or not (name[0].isupper() or name[0].isdigit()):
        return None
    plain = _plain(name)
    if _NUMBER.search(plain) or _ENDING.search(plain) or set(cores) & _words("persons"):
        return None
    if _phrases("edition").match(plain) or cores[0] in _words("months") or _REFERENCE.search(text):
        return None
    about = cores[0] in _words("subjects") | {"assurance"}
    if not (sure or about) or _is_company(cores) or (insurer and _key(insurer) in _key(name)):
        return None
    return name


def _is_company(cores: Sequence[str]) -> bool:
    """Return whether a name may be that of a company and not of what it sells: "Mutuelle des …", "… Prévoyance"."""
    about = set(cores[:-1]) & (_words("subjects") | {"assurance"})
    ends_as_one = cores[-1] in _words("insurer_words") | _words("legal_forms") and not about
    return ends_as_one or cores[0] in _words("company_opens")


# ---- of when, of which country -----------------------------------------------------------------------------


def _edition(blocks: Sequence[_Block], body: float) -> str | None:
    """Return the year of the edition: as it is said, else from the reference of the print, else of the copyright."""
    said = (year for block in blocks if len(block.text) <= _SHORT_BLOCK for year in _said_years(block.plain))
    referred = (
        year
        for block in blocks
        for line in block.lines
        if len(block.lines) == 1 or abs(line.font_size - body) > _OTHER_SIZE
        for year in _reference_years(line.text)
    )
    protected = (
        years[-1]
        for block in blocks
        for match in _COPYRIGHT.finditer(block.plain)
        if (years := [year for digits in _YEAR.findall(match[0]) if (year := year_of(digits))])
    )
    for found in map(set, (said, referred, protected)):
        if found:
            return found.pop() if len(found) == 1 else None
    return None


def _said_years(plain: str) -> Iterator[str]:
    """Yield the years that follow words such as "édition" in a text."""
    for match in _phrases("edition").finditer(plain):
        before = re.split(r"[.;\n–—]", plain[max(0, match.start() - _AROUND) : match.start()])[-1]
        day = _dates().match(plain, match.end())
        if day and _words("not_edition").isdisjoint(re.findall(r"\w+", before)) and (year := year_of(day["year"])):
            yield year


def _reference_years(text: str) -> Iterator[str]:
    """Yield the years in what looks like the reference of a print: "CG HAB 14 B – 09/2024"."""
    if len(text) > _LONGEST_REFERENCE:
        return
    for match in _REFERENCE.finditer(text):
        before = _plain(text[: match.start()])
        codes = set(re.findall(r"\w+", _plain(match["code"])))
        year = year_of(match["year1"] or match["year2"])
        if year and codes.isdisjoint(_words("not_reference")) and (":" not in before or re.search(r"\bref", before)):
            yield year


def _country(blocks: Sequence[_Block]) -> str | None:
    """Return the country that the signs tell, ``None`` where there is none or they tell several."""
    found = {code for code, signs in _signs().items() if any(signs.search(block.plain) for block in blocks)}
    return found.pop() if len(found) == 1 else None


# ---- the properties of the file ----------------------------------------------------------------------------


def _of_company(company: str) -> str | None:
    return _insurer_name(clean_name(company).split(), told=False)


def _of_title(title: str, insurer: str | None) -> str | None:
    return _name_in_title(clean_name(title), insurer)


def _of_creation(day: str) -> str | None:
    """Return the year in which the file was made; a program that hides it says the first second of a year."""
    match = _CREATION.match(day)
    return year_of(match["year"]) if match and not match["rest"].startswith("0101000000") else None
