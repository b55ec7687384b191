"""Languages: layered catalogues, the reader's choice, direction, numbers, dates, and names of States and languages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextvars import ContextVar
from datetime import date, datetime
from functools import cache
from gettext import NullTranslations, c2py
from pathlib import Path
from typing import NamedTuple

from babel import Locale, UnknownLocaleError
from babel.dates import format_date as babel_date
from babel.dates import format_datetime as babel_datetime
from babel.lists import format_list as babel_list
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent

from uptake.errors import fill

CONTENT_LANGUAGES = ("en", "fr", "es", "ar", "ru", "zh")
_current: ContextVar[str] = ContextVar("uptake_locale", default="en")
_folders: list[Path] = []


def N_(message: str) -> str:  # noqa: N802
    """Mark a message for translation where it is not yet to be translated."""
    return message


class Catalogue(NullTranslations):
    """The merged messages of one language: a later folder overrides an earlier one, message by message.

    Each plural message keeps the rule of the file that it came from, so that a folder without the language, or one with
    another rule, cannot spoil it.
    """

    def __init__(self, messages: dict[str, Message], fallback: Catalogue | None) -> None:
        super().__init__()
        self._messages = messages
        if fallback is not None:
            self.add_fallback(fallback)

    def gettext(self, message: str) -> str:
        found = self._messages.get(message)
        return found.forms[0] if found else super().gettext(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        found = self._messages.get(msgid1)
        if found is None or found.rule is None:
            return super().ngettext(msgid1, msgid2, n)
        return found.forms[min(found.rule(n), len(found.forms) - 1)]


class Message(NamedTuple):
    """A translation: one form, or all plural forms with the rule that chooses among them."""

    forms: tuple[str, ...]
    rule: Callable[[int], int] | None = None


def use_folders(folders: Iterable[Path]) -> None:
    """Set the layers of catalogues, lowest first (core, plugins, language packs, the site's own)."""
    _folders[:] = list(folders)
    catalogue.cache_clear()


@cache
def catalogue(code: str) -> Catalogue:
    """The catalogue of a language, falling back ``pt_BR`` → ``pt`` → English (the messages themselves)."""
    messages: dict[str, Message] = {}
    for folder in _folders:
        path = folder / code / "LC_MESSAGES" / "messages.po"
        if path.is_file():
            messages |= _read(path, code)
    return Catalogue(messages, catalogue(code.rpartition("_")[0]) if "_" in code else None)


def _read(path: Path, code: str) -> dict[str, Message]:
    """The translated messages of one file; fuzzy and half-translated ones are left out."""
    with path.open("rb") as handle:
        entries = read_po(handle, locale=code)
    rule = c2py(entries.plural_expr)
    found: dict[str, Message] = {}
    for entry in entries:
        if entry.fuzzy or not entry.id:
            continue
        if isinstance(entry.id, str):
            if isinstance(entry.string, str) and entry.string:
                found[entry.id] = Message((entry.string,))
        elif entry.string and all(entry.string):
            found[entry.id[0]] = Message(tuple(entry.string), rule)
    return found


def set_locale(code: str) -> None:
    """Choose the language of everything that is said from here on in this context."""
    _current.set(code)


def get_locale() -> str:
    """The language in use."""
    return _current.get()


def gettext(message: str, /, **values: object) -> str:
    """The message in the reader's language, its placeholders filled."""
    return fill(catalogue(_current.get()).gettext(message), values)


def ngettext(one: str, many: str, count: int, /, **values: object) -> str:
    """The form of the message that fits the count; ``{count}`` is filled with it, written in the reader's way."""
    return fill(catalogue(_current.get()).ngettext(one, many, count), {"count": number(count), **values})


def choose(wanted: Sequence[str], offered: Sequence[str], default: str) -> str:
    """The first wanted language that is offered, also by its base (``fr-CA`` takes ``fr``)."""
    for code in wanted:
        plain = code.replace("-", "_")
        for candidate in (plain, plain.split("_")[0]):
            if candidate in offered:
                return candidate
    return default


def direction(code: str) -> str:
    """``rtl`` or ``ltr``."""
    return _locale(code).text_direction


def number(value: float) -> str:
    """A number as the reader writes it."""
    return str(format_decimal(value, locale=_current.get()))


def percent(value: float) -> str:
    """A share of one as a percentage."""
    return str(format_percent(value, locale=_current.get()))


def day(value: date | None, style: str = "long") -> str:
    """A day in words; empty where unknown."""
    return str(babel_date(value, style, locale=_current.get())) if value else ""


def moment(value: datetime | None) -> str:
    """A moment in words, in universal time; empty where unknown."""
    return str(babel_datetime(value, "medium", locale=_current.get())) if value else ""


def listing(items: Sequence[str]) -> str:
    """``a, b and c`` in the reader's language."""
    return str(babel_list(list(items), locale=_current.get()))


def language_name(code: str, reader: str | None = None) -> str:
    """The name of a language in the reader's language; with ``reader=code`` in its own."""
    return _locale(code).get_display_name(reader or _current.get()) or code


def territory_name(iso2: str | None, names: dict[str, str] | None, code: str, reader: str | None = None) -> str:
    """The name of a State: the UN's own where the table has one, else CLDR's, else its code."""
    language = (reader or _current.get()).split("_")[0]
    if names and language in names:
        return names[language]
    found = _locale(language).territories.get(iso2) if iso2 else None
    return found or (names or {}).get("en") or code


def pick(labels: dict[str, str] | None, reader: str | None = None) -> str:
    """The label in the reader's language, in English, or in whatever there is."""
    if not labels:
        return ""
    language = reader or _current.get()
    return labels.get(language) or labels.get(language.split("_")[0]) or labels.get("en") or next(iter(labels.values()))


@cache
def _locale(code: str) -> Locale:
    try:
        return Locale.parse(code.replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        return Locale("en")
