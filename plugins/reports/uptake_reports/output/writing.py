"""What every format needs of a text: what no file can hold taken out, and the way it runs, piece by piece."""

from __future__ import annotations

import re

_R = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc"
_L = rf"(?:(?![{_R}])[^\W\d_])"
_RIGHT = re.compile(f"[{_R}]")
_LEFT = re.compile(_L)
_LEFT_SPAN = re.compile(rf"{_L}(?:[^{_R}]*(?![{_R}])\w)?")
_RIGHT_SPAN = re.compile(rf"[{_R}](?:(?:(?!{_L}).)*[{_R}])?", re.DOTALL)
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_EAST = re.compile("[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")
SENTENCE = 4
SIDE = "\u200f"  # keeps what follows on the side of the right-to-left text before it


def writable(text: str) -> str:
    """The text without the characters that XML cannot hold."""
    return _UNWRITABLE.sub("", text)


def tag(language: str) -> str:
    """The language as files name it: ``pt_BR`` is ``pt-BR``."""
    return language.replace("_", "-")


def eastern(text: str) -> bool:
    """Whether a text holds Chinese, Japanese or Korean letters: its quotation marks and dashes are as wide as they."""
    return _EAST.search(text) is not None


def runs_right(text: str, by_default: bool) -> bool:
    """Whether a paragraph runs from right to left: as the document does, unless it is a sentence of the other script."""
    right, left = len(_RIGHT.findall(text)), len(_LEFT.findall(text))
    return by_default if right == left or len(text.split()) < SENTENCE else right > left


def pieces(text: str, right: bool) -> list[tuple[str, bool]]:
    """The text cut where its script changes sides; each piece with whether it is of a right-to-left script."""
    if not (_LEFT if right else _RIGHT).search(text):
        return [(text, right)]
    found, end = [], 0
    for span in (_LEFT_SPAN if right else _RIGHT_SPAN).finditer(text):
        found += [(text[end : span.start()], right), (span.group(), not right)]
        end = span.end()
    return [one for one in (*found, (text[end:], right)) if one[0]]
