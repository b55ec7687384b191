"""The order of words in a language: by ICU where it is installed, else by keys of our own that get the usual cases right."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from uptake.texts import fold

try:
    import icu
except ImportError:
    icu = None

Key = bytes | str
LAST = "龥"  # sorts behind every letter that stands before it
_LETTERS = {
    "es": {"ñ": f"n{LAST}"},
    "ru": {"й": f"и{LAST}"},
}
_EVERYWHERE = {"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ı": "i"}


@cache
def key_function(code: str) -> Callable[[str], Key]:
    """The function that gives the keys by which words of a language are sorted: all of one kind."""
    if icu is not None:
        collator = icu.Collator.createInstance(icu.Locale(code))
        return lambda text: bytes(collator.getSortKey(text))
    language = code.split("_")[0]
    return _pinyin if language == "zh" else _alphabetical(str.maketrans(_EVERYWHERE | _letters(language)))


def _letters(language: str) -> dict[str, Any]:
    """Letters of their own, small and capital: other accents do not count."""
    return {form: key for letter, key in _LETTERS.get(language, {}).items() for form in (letter, letter.upper())}


def _alphabetical(letters: dict[int, Any]) -> Callable[[str], Key]:
    return lambda text: fold(text.translate(letters))


def _pinyin(text: str) -> Key:
    """GB 2312 has its 3,755 common characters in the order of their pinyin; rarer ones follow by radical."""
    return fold(text).encode("gb18030", "replace")
