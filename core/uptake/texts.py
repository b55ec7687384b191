"""Official texts: cleaned beside the raw text, with heading and paragraph number cut out of it, and labels folded."""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")
_BREAK = re.compile(r"</?(?:br|p|li|div|h\d)\b[^<>]*>", re.IGNORECASE)
_SPACES = re.compile(r"\s+")
_ESCAPED = re.compile(r"%u(?![dD][89a-fA-F])([0-9a-fA-F]{4})")
_INVISIBLE = dict.fromkeys([*range(0x00, 0x09), 0x0E, *range(0x0F, 0x20), *range(0x7F, 0xA0), 0xAD, 0xFEFF, 0x200B])
_UNPRINTABLE = re.compile("[\x00-\x08\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_DIGITS = {ord(char): str(value) for block in ("٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹") for value, char in enumerate(block)}
_D = "0-9٠-٩۰-۹"
_NUMBER = re.compile(rf"([{_D}]{{1,3}}(?:\s?[.\-–]\s?[{_D}]{{1,3}}){{0,3}})(?![{_D}])\s*[.\-–)]?\s*(?=\S)")
_QUOTED_NUMBER = re.compile(
    r"Recommendation No\.?\s*(?P<item>\d{1,3})?[^:]{0,40}?para\.?\s*(?P<para>\d{1,3})\s*:\s*(?:(?P<late>\d{1,3})\.\s*)?",
    re.IGNORECASE,
)
_ARTICLES = r"\s?\((?:[^()]|\([^()]*\)){2,120}\)"
_GLUED = re.compile(
    rf"(?P<heading>(?:[A-Z]{{1,4}}\.\s?)?[\"“«]?[^\W\d_][^.;!?(){_D}]{{2,140}}?(?:{_ARTICLES}(?:[^.;!?(){_D}]{{3,80}}?)?)?)"
    rf"(?P<gap>\s*)(?P<number>[{_D}]{{1,3}})\s?[.\-–]\s?(?=[^\W\d_a-z]|[\"“«(])"
)
_UNNUMBERED = re.compile(
    r"(?P<heading>(?:[A-Z]{1,4}\.\s?)?[A-Z][^.;:!?]{3,140}?[a-z)])(?=The (?:Committee|State party) |While )"
)
_NOT_A_HEADING = re.compile(
    r"(?:\b(?:articles?|arts?|paragraphs?|paras?|goals?|targets?|no|nos|recommendation|protocols?|resolutions?|and|or|"
    r"of|to|in|by|chapters?|sections?|rules?|act|law|decree|comments?|age|aged|least|than|the|cycle|phase|level)"
    r"|[-/(,])\s*$",
    re.IGNORECASE,
)
_FOLD_DROP = re.compile(r"['’‘`´ʻ*]")
_FOLD_SPACE = re.compile(r"[\W_]+")


class Cut(NamedTuple):
    """A text cut apart: its section heading, its normalised paragraph number (``132.90``), and the clean text."""

    heading: str | None
    number: str | None
    text: str


def unprintable(text: str) -> str | None:
    """The first character that no document can hold (a control character or half a surrogate pair), as ``U+0000``."""
    found = _UNPRINTABLE.search(text)
    return f"U+{ord(found[0]):04X}" if found else None


def clean(raw: str) -> str:
    """Plain text of a raw text: tags, entities and escapes (``%u2019``) resolved, invisible characters gone, blanks
    folded."""
    text = raw
    if "%u" in text:
        text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    if "<" in text:
        text = _TAG.sub("", _BREAK.sub(" ", text))
    if "&" in text:
        text = html.unescape(text)
    if not text.isprintable():
        text = _SPACES.sub(" ", text).translate(_INVISIBLE)
    elif "  " in text:
        text = _SPACES.sub(" ", text)
    return text.strip()


def cut(raw: str) -> Cut:
    """Cut a raw text into heading, number and clean text. Nothing is lost: what is no number or heading stays text."""
    text = clean(raw)
    quoted = _QUOTED_NUMBER.match(text)
    if quoted:
        item = quoted["late"] or quoted["item"]
        return Cut(None, f"{quoted['para']}.{item}" if item else quoted["para"], _rest(text, quoted.end()))
    number = _NUMBER.match(text)
    if number and _is_number(text, number):
        return Cut(None, normalise_number(number[1]), _rest(text, number.end()))
    glued = _GLUED.match(text)
    if glued and not (glued["gap"] and _NOT_A_HEADING.search(glued["heading"])):
        return Cut(glued["heading"].strip(" ,"), normalise_number(glued["number"]), _rest(text, glued.end()))
    heading = _UNNUMBERED.match(text)
    if heading and " " not in text[heading.end() - 1 : heading.end() + 1]:
        return Cut(heading["heading"], None, _rest(text, heading.end()))
    return Cut(None, None, _rest(text, 0))


def _is_number(text: str, found: re.Match[str]) -> bool:
    """A lone ``12`` needs its full stop, dash or bracket; ``132.90`` stands for itself."""
    return not found[1].translate(_DIGITS).isdigit() or found[0].rstrip()[-1] in ".-–)"


def _rest(text: str, start: int) -> str:
    rest = text[start:].rstrip()
    return rest[:-1].rstrip() if rest[-1:] in {";", "؛", "；"} and len(rest) > 1 else rest


@lru_cache(maxsize=65536)
def normalise_number(number: str) -> str:
    """``١٣٢-٩٠``, ``132–90`` and ``132. 90`` are all ``132.90``."""
    return re.sub(r"\s*[.\-–]+\s*", ".", number.translate(_DIGITS).strip()).strip(".")


@lru_cache(maxsize=65536)
def order_key(number: str | None) -> str:
    """A key that sorts paragraph numbers as people count: 2 before 10, 118.9 before 118.21."""
    if not number:
        return "~"
    return ".".join(part.zfill(5) if part.isdigit() else part for part in re.split(r"[.\s]+", number.lower()))[:80]


@lru_cache(maxsize=65536)
def fold(label: str) -> str:
    """A label for matching: case, accents, apostrophes, asterisks, dashes and blanks do not count."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", _FOLD_DROP.sub("", label)).casefold())
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    return _FOLD_SPACE.sub(" ", plain).strip()


def slugify(label: str, limit: int = 50) -> str:
    """A readable name for addresses: ``Right to health`` becomes ``right-to-health``."""
    words = fold(label).split()
    slug = ""
    for word in words:
        if slug and len(slug) + 1 + len(word) > limit:
            break
        slug = f"{slug}-{word}" if slug else word[:limit]
    return slug or "x"
