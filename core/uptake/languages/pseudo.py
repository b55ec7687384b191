"""The pseudo-locales: English with every translatable word marked, so that eyes and tests find what is not translatable.

``en_XA`` runs from left to right and ``ar_XB`` from right to left; both are a third longer than English.
"""

from __future__ import annotations

import re

NAMES = {"en_XA": "⟦English⟧", "ar_XB": "⟦English, from right to left⟧"}
OPEN, CLOSE = "⟦", "⟧"
_PLAIN = "AaBbCcDdEeFfGgHhIiJjKkLlMmNnOoPpQqRrSsTtUuVvWwXxYyZz"
_ACCENTED = str.maketrans(_PLAIN, "ÁáḂḃĆćĎďÉéḞḟĜĝĤĥÍíĴĵĶķĹĺḾḿŃńÓóṔṕɊɋŔŕŚśŤťÚúṼṽŴŵẌẍÝýŹź")
_KEPT = re.compile(r"(\{[^{}]*\}|</?\w[^<>]*>)")


def pseudo(message: str) -> str:
    """The message with marks, accents and a third more length; placeholders and markup stay as they are."""
    parts = _KEPT.split(message)
    parts[::2] = [part.translate(_ACCENTED) for part in parts[::2]]
    words = sum(len(part) for part in parts[::2])
    return f"{OPEN}{''.join(parts)}{'~' * (words * 3 // 10)}{CLOSE}"
