"""Notes which messages a page says, and marks them in its text, so that they can be found again and translated there.

The marks are characters for private use, which no font shows and no markup knows; whoever sends the page takes them out.
"""

from __future__ import annotations

import re

OPEN, BEGIN, END = "\ue000", "\ue001", "\ue002"
_ZERO = 0xE010  # digits of our own: a sorted list of marked words stays in the order of its words
MARKS = re.compile(f"[{OPEN}{BEGIN}{END}\ue010-\ue019]|%EE%80%(?:8[012]|9[0-9])")  # as they are, and in addresses


class Notes:
    """The messages of one page in the order in which they are said first."""

    def __init__(self) -> None:
        self.said: dict[str, int] = {}

    def note(self, msgid: str, text: str) -> str:
        """The text with marks around it."""
        number = self.said.setdefault(msgid, len(self.said))
        digits = "".join(chr(_ZERO + int(digit)) for digit in str(number))
        return f"{OPEN}{digits}{BEGIN}{text}{END}"


def number_of(mark: str) -> int:
    """The number in an opening mark."""
    return int("".join(str(ord(digit) - _ZERO) for digit in mark.strip(OPEN + BEGIN)) or "0")


def bare(text: str) -> str:
    """The text without marks."""
    return MARKS.sub("", text)
