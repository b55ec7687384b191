"""The one normaliser: the same words for texts, labels and queries, whatever the language and the database.

Case, accents, Arabic vowel marks and letter variants are folded; Chinese is cut into single characters, so that a word
of two characters is a phrase; each word has its stem in the language of the text, irregular English plurals included.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache

from snowballstemmer import stemmer

NORMALISER = "1"
STEMMERS = {
    "en": "english", "fr": "french", "es": "spanish", "ar": "arabic", "ru": "russian", "pt": "portuguese",
    "de": "german", "it": "italian", "nl": "dutch", "sv": "swedish", "da": "danish", "no": "norwegian", "nb": "norwegian",
    "fi": "finnish", "hu": "hungarian", "ro": "romanian", "tr": "turkish", "el": "greek", "ca": "catalan",
    "hy": "armenian", "id": "indonesian", "ne": "nepali", "sr": "serbian", "ta": "tamil", "lt": "lithuanian", "ga": "irish",
}  # fmt: skip
IRREGULAR = {
    "women": "woman", "men": "man", "children": "child", "people": "person", "feet": "foot", "teeth": "tooth",
    "mice": "mouse", "geese": "goose", "lives": "life", "wives": "wife", "knives": "knife", "leaves": "leaf",
    "halves": "half", "selves": "self", "shelves": "shelf", "thieves": "thief", "loaves": "loaf", "wolves": "wolf",
    "criteria": "criterion", "phenomena": "phenomenon", "crises": "crisis", "bases": "basis", "analyses": "analysis",
    "policemen": "policeman", "policewomen": "policewoman", "fishermen": "fisherman", "servicemen": "serviceman",
    "indices": "index", "curricula": "curriculum", "media": "medium", "fora": "forum", "memoranda": "memorandum",
    "grandchildren": "grandchild", "stepchildren": "stepchild", "schoolchildren": "schoolchild",
}  # fmt: skip
_WORD = re.compile(r"[^\W_]{1,60}")
_POSSESSIVE = re.compile(r"['’]s\b")
_CJK = re.compile(r"([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002ffff])")
_ARABIC = str.maketrans(
    {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ئ": "ي", "ؤ": "و", "ة": "ه", "ء": None, "ـ": None}
    | {char: str(value) for block in ("٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹") for value, char in enumerate(block)}
)
_LETTERS = str.maketrans({"ı": "i", "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l", "ħ": "h"})


def fold(text: str) -> str:
    """Lower case without accents and vowel marks; Chinese characters stand alone."""
    if "'" in text or "’" in text:
        text = _POSSESSIVE.sub("", text)
    text = text.lower()
    if text.isascii():
        return text
    text = unicodedata.normalize("NFKC", text).translate(_ARABIC).translate(_LETTERS)
    text = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    return _CJK.sub(r" \1 ", unicodedata.normalize("NFC", text.lower()))


def words(text: str) -> list[str]:
    """The unstemmed words of a text, in order; what is longer than any word is cut into pieces."""
    return _WORD.findall(fold(text))


@cache
def stem_of(language: str) -> Callable[[str], str]:
    """The function that gives a folded word its stem in a language; words of unknown languages stay as they are."""
    return _Stems(STEMMERS.get(language.split("_")[0].split("-")[0])).__getitem__


class _Stems(dict[str, str]):
    """Remembers the stem of every word it has seen; a language has some ten thousand of them."""

    def __init__(self, algorithm: str | None) -> None:
        super().__init__()
        self._stem = stemmer(algorithm).stemWord if algorithm else None
        self._irregular = IRREGULAR if algorithm == "english" else {}

    def __missing__(self, word: str) -> str:
        if len(self) > 500_000:
            self.clear()
        plain = self._irregular.get(word, word)
        found = plain if self._stem is None or plain.isdigit() else fold(self._stem(plain)).strip() or plain
        self[word] = found
        return found
