"""Words in pictures: which fonts have their script, where lines break, and how right-to-left lines keep their order."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from unicodedata import bidirectional

FONTS = {
    "ar": ("DejaVu Sans", "Noto Sans Arabic", "Noto Naskh Arabic"),
    "zh": ("Noto Sans CJK SC", "Noto Sans SC", "WenQuanYi Zen Hei"),
}
FONT = ("Noto Sans", "DejaVu Sans", "Liberation Sans", "sans-serif")
RIGHT_TO_LEFT, BACK = "\u202b", "\u202c"
NOTHING = "\u200b"


def font_of(language: str) -> str:
    """Fonts, those first that have the language's own script: another would be drawn in whatever face comes first."""
    return ", ".join((*FONTS.get(language.split("_")[0], ()), *FONT))


def labels(texts: Iterable[str], width: int, most: int) -> list[str]:
    """Each text in at most so many lines; what is longer is cut. No two are the same, for a picture would make them one."""
    found: list[str] = []
    for text in texts:
        label = _wrapped(text, width, most)
        while label in found:
            label += NOTHING
        found.append(label)
    return found


def wrapped(text: str, width: int, most: int) -> list[str]:
    """A text in lines; of scripts without spaces half as many letters fill one."""
    wide = any("\u3040" <= letter <= "\uffdc" for letter in text)
    size = width // 2 if wide else width
    return textwrap.wrap(text, size, max_lines=most, placeholder="…", break_long_words=wide) or [text]


def _wrapped(text: str, width: int, most: int) -> str:
    return "\n".join(marked_line(line) for line in wrapped(text, width, most))


def marked_line(line: str) -> str:
    """A line of a right-to-left script, embedded as such: what draws it takes every line for left-to-right."""
    rtl = any(bidirectional(letter) in {"R", "AL"} for letter in line)
    return f"{RIGHT_TO_LEFT}{line}{BACK}" if rtl else line
