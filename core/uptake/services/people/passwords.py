"""Passwords that everybody tries first. Length does the rest; rules on kinds of characters make people write them down."""

from __future__ import annotations

from collections.abc import Iterable

from uptake.i18n import N_
from uptake.texts import fold

COMMON = frozenset({
    "password", "passwort", "motdepasse", "contrasena", "senha", "parola", "kalimatalmurur", "qwerty", "qwertyuiop",
    "azerty", "azertyuiop", "asdfghjkl", "zxcvbnm", "letmein", "welcome", "bienvenue", "iloveyou", "monkey",
    "dragon", "football", "baseball", "superman", "sunshine", "princess", "admin", "administrator",
    "administrateur", "changeme", "secret", "default", "master", "login", "access", "abc", "abcdef", "uptake",
    "humanrights", "government", "ministry", "minister", "president", "coordinator",
})  # fmt: skip
FEW = 5
SHORTEST_OF_OTHERS = 4
TOO_COMMON = N_(
    "This is one of the first passwords that anybody tries. Take several words that do not belong together."
)
TOO_NEAR = N_("This is too near to your name or address. Take several words that do not belong together.")


def weakness(password: str, about: Iterable[str] = ()) -> str:
    """What is wrong with a password of sufficient length; empty where nothing is."""
    plain = fold(password).replace(" ", "")
    letters = "".join(char for char in plain if char.isalpha())
    bare = letters
    for word in sorted(COMMON, key=len, reverse=True):
        bare = bare.replace(word, "")
    if len(set(plain)) < FEW or (len(bare) < SHORTEST_OF_OTHERS and _in_order(plain, bare)):
        return TOO_COMMON
    for told in about:
        for part in fold(told.replace("@", " ").replace(".", " ")).split():
            if len(part) >= SHORTEST_OF_OTHERS and part in plain and len(plain) - len(part) < SHORTEST_OF_OTHERS + 2:
                return TOO_NEAR
    return ""


def _in_order(plain: str, bare: str) -> bool:
    """Whether hardly anything but common words, years and runs of digits is left."""
    digits = "".join(char for char in plain if char.isdigit())
    runs = "01234567890123456789 98765432109876543210"
    return len(digits) <= 4 or digits in runs or len(set(digits)) <= 2 or bare == ""
