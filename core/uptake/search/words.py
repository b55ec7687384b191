"""The one normaliser: the same words for texts, labels and queries, whatever the language and the database.

Case, accents, Arabic vowel marks and letter variants are folded; Chinese is cut into single characters, so that a word
of two characters is a phrase; each word has its stem in the language of the text, irregular English plurals included.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache
from importlib.metadata import version
from threading import Lock

from snowballstemmer import stemmer

from uptake.search.forms import english, french

NORMALISER = f"4-{version('snowballstemmer')}"[:20]
STEMMERS = {
    "en": "english", "fr": "french", "es": "spanish", "ar": "arabic", "ru": "russian", "pt": "portuguese",
    "de": "german", "it": "italian", "nl": "dutch", "sv": "swedish", "da": "danish", "no": "norwegian",
    "nb": "norwegian", "fi": "finnish", "hu": "hungarian", "ro": "romanian", "tr": "turkish", "el": "greek",
    "ca": "catalan", "hy": "armenian", "id": "indonesian", "ne": "nepali", "sr": "serbian", "ta": "tamil",
    "lt": "lithuanian", "ga": "irish",
}  # fmt: skip
_FORMS: dict[str, Callable[[str], str]] = {"english": english, "french": french}
_WORD = re.compile(r"[^\W_]{1,60}")
_APOSTROPHES = re.compile("[’‘ʼʻ`´＇]")
_POSSESSIVE = re.compile(r"'s\b")
_ELISION = re.compile(r"\b(?:[cdjlmnst]|(?:jus|lors|puis|quoi)?qu)'(?=\w)")
_CJK = re.compile(r"([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002ffff])")
_ARABIC = str.maketrans(
    {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ئ": "ي", "ؤ": "و", "ة": "ه", "ک": "ك"}
    | {char: str(value) for block in ("٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹") for value, char in enumerate(block)}
    | dict.fromkeys("ءـ\u00ad\u200b\u200e\u200f\ufeff")
)
_LETTERS = str.maketrans({"ı": "i", "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l", "ħ": "h"})


def fold(text: str) -> str:
    """Lower case without accents, vowel marks, elisions and possessives; Chinese characters stand alone."""
    plain = text.isascii()
    text = text.replace("`", "'").lower() if plain else _APOSTROPHES.sub("'", text).lower()
    if "'" in text:
        text = _ELISION.sub("", _POSSESSIVE.sub("", text))
    if plain:
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
    """Remembers the stem of every word it has seen; a language has some ten thousand of them.

    Outside English a stem is stemmed again until it stays: accents that were folded hide a suffix from the first round
    (``discriminée``), and Snowball's Spanish takes ``mujeres`` only to ``mujer``, whose own stem is ``muj``.
    """

    def __init__(self, algorithm: str | None) -> None:
        super().__init__()
        self._stem = stemmer(algorithm).stemWord if algorithm else None
        self._form = _FORMS.get(algorithm or "", str)
        self._one_at_a_time = Lock()
        self._rounds = {"english": 1, "arabic": 2}.get(algorithm or "", 3)

    def __missing__(self, word: str) -> str:
        if len(self) > 500_000:
            self.clear()
        if self._stem is None or word.isdigit():
            found = word
        else:
            with self._one_at_a_time:  # Snowball keeps the word that it works on in the stemmer itself
                found = self._stemmed(self._form(word))
        self[word] = found
        return found

    def _stemmed(self, word: str) -> str:
        assert self._stem is not None
        for _ in range(self._rounds):
            stem = "".join(_WORD.findall(fold(self._stem(word)))) or word
            if stem == word:
                break
            word = stem
        return word
