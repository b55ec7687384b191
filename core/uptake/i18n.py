"""Languages: layered catalogues, the reader's choice, direction, numbers, dates, and names of States and languages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from contextvars import ContextVar
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.dates import format_date as babel_date
from babel.dates import format_datetime as babel_datetime
from babel.dates import format_skeleton
from babel.lists import format_list as babel_list
from babel.numbers import format_decimal, format_percent

from uptake.errors import N_ as N_
from uptake.errors import NC_ as NC_
from uptake.errors import AppError, fill
from uptake.languages import pseudo
from uptake.languages.collation import Key as Key
from uptake.languages.collation import key_function
from uptake.languages.layers import Catalogue, Layers
from uptake.languages.layers import chain as chain
from uptake.languages.noting import Notes, bare

PSEUDO = frozenset(pseudo.NAMES)
CONTENT_LANGUAGES = ("en", "fr", "es", "ar", "ru", "zh")
_RIGHT_TO_LEFT = frozenset({"Adlm", "Arab", "Hebr", "Mand", "Nkoo", "Rohg", "Syrc", "Thaa"})
_COMMAS = {"ar": "، ", "fa": "، ", "ur": "، ", "ja": "、", "zh": "，"}
_current: ContextVar[str] = ContextVar("uptake_locale", default="en")
_notes: ContextVar[Notes | None] = ContextVar("uptake_notes", default=None)
_layers = Layers()
_own_names: dict[str, str] = {}


def use_folders(folders: Iterable[Path], site: Path | None = None, names: Mapping[str, str] | None = None) -> None:
    """Set the layers of catalogues, lowest first (core, plugins, language packs), and the site's own above them.

    ``names`` are those of languages in themselves, for languages that CLDR does not know.
    """
    global _layers
    _layers = Layers(folders, site)
    _own_names.clear()
    _own_names.update(pseudo.NAMES | dict(names or {}))


def layers() -> Layers:
    """The layers in use."""
    return _layers


def catalogue(code: str) -> Catalogue:
    """The catalogue of a language, falling back ``pt_BR`` → ``pt`` → English."""
    return _layers.catalogue(code)


def can_speak(code: str) -> bool:
    """Whether some layer holds the language, or one that it falls back to; and the pseudo-locales, for developers."""
    known = _layers.languages()
    return code == "en" or code in pseudo.NAMES or any(each in known for each in chain(code)[:-1])


def set_locale(code: str) -> None:
    """Choose the language of everything that is said from here on in this context."""
    _layers.look_again(code)
    _current.set(code)
    _notes.set(None)


def take_notes() -> Notes:
    """Mark all that is said from here on in this context, until the language is chosen anew: a mail is never marked."""
    notes = Notes()
    _notes.set(notes)
    return notes


def get_locale() -> str:
    """The language in use."""
    return _current.get()


def gettext(message: str, /, **values: object) -> str:
    """The message in the reader's language, its placeholders filled."""
    text = fill(_layers.catalogue(_current.get()).gettext(message), values)
    notes = _notes.get()
    return text if notes is None else notes.note(message, text)


def pgettext(context: str, message: str, /, **values: object) -> str:
    """A message that means several things in English, for the meaning that the context names."""
    return gettext(NC_(context, message), **values)


def ngettext(one: str, many: str, count: int, /, **values: object) -> str:
    """The form of the message that fits the count; ``{count}`` is filled with it, written in the reader's way."""
    text = fill(_layers.catalogue(_current.get()).ngettext(one, many, count), {"count": number(count), **values})
    notes = _notes.get()
    return text if notes is None else notes.note(one, text)


def told(error: AppError) -> str:
    """What an error says, and what to do about it, in the reader's language."""
    return " ".join(gettext(words, **error.values) for words in (error.message, error.remedy) if words)


def choose(wanted: Sequence[str], offered: Sequence[str], default: str) -> str:
    """The first wanted language that is offered, also by its base (``fr-CA`` takes ``fr``)."""
    for code in wanted:
        plain = code.replace("-", "_")
        for candidate in (plain, plain.split("_")[0]):
            if candidate in offered:
                return candidate
    return default


def cldr_name() -> str:
    """The language in use as other libraries know it: one that CLDR knows."""
    return str(_locale(_current.get()))


def direction(code: str) -> str:
    """``rtl`` or ``ltr``; of a language that CLDR does not know by the script that it is likely written in."""
    found = _known(code)
    if found is not None:
        return found.text_direction
    script = str(get_global("likely_subtags").get(code.split("_")[0], "")).split("_")[1:2]
    return "rtl" if _RIGHT_TO_LEFT.intersection(script) else "ltr"


def number(value: float) -> str:
    """A number as the reader writes it."""
    return str(format_decimal(value, locale=_locale(_current.get())))


def percent(value: float) -> str:
    """A share of one as a percentage."""
    return str(format_percent(value, locale=_locale(_current.get())))


def day(value: date | None, style: str = "long") -> str:
    """A day in words; empty where unknown."""
    return str(babel_date(value, style, locale=_locale(_current.get()))) if value else ""


def month(value: date) -> str:
    """A month of a year in words."""
    return str(format_skeleton("yMMM", value, locale=_locale(_current.get())))


def moment(value: datetime | None) -> str:
    """A moment in words, in universal time; empty where unknown."""
    return str(babel_datetime(value, "medium", UTC, locale=_locale(_current.get()))) if value else ""


def listing(items: Sequence[str]) -> str:
    """``a, b and c`` in the reader's language."""
    return str(babel_list(list(items), locale=_locale(_current.get())))


def sort_key(text: str) -> Key:
    """A key by which names are sorted as the reader's language does: ``sorted(names, key=sort_key)``."""
    return key_function(_current.get())(bare(text))


def language_name(code: str, reader: str | None = None) -> str:
    """The name of a language in the reader's language; with ``reader=code`` in its own."""
    reader = reader or _current.get()
    if code in _own_names and (reader == code or code in pseudo.NAMES):
        return _own_names[code]
    known = _known(code)
    name = known.get_display_name(_locale(reader)) if known else _locale(reader).languages.get(code)
    return name or _own_names.get(code) or code


def territory_name(iso2: str | None, names: dict[str, str] | None, code: str, reader: str | None = None) -> str:
    """The name of a State: the UN's own where the table has one, else CLDR's, else its code."""
    language = (reader or _current.get()).split("_")[0]
    if names and language in names:
        return names[language]
    found = _locale(language).territories.get(iso2) if iso2 else None
    return found or (names or {}).get("en") or code


def comma() -> str:
    """What stands between two parts of a line, in the script of the reader's language."""
    return _COMMAS.get(_current.get().split("_")[0], ", ")


def pick(labels: dict[str, str] | None, reader: str | None = None) -> str:
    """The label in the reader's language, in English, or in whatever there is."""
    if not labels:
        return ""
    language = reader or _current.get()
    return labels.get(language) or labels.get(language.split("_")[0]) or labels.get("en") or next(iter(labels.values()))


def _locale(code: str) -> Locale:
    """What CLDR knows of a language; of English where it knows nothing."""
    return _known(code) or Locale("en")


@cache
def _known(code: str) -> Locale | None:
    plain = code.replace("-", "_")
    for each in chain(plain):
        if each != "en" or plain.split("_")[0] == "en":
            with suppress(ValueError, UnknownLocaleError):
                return Locale.parse(each)
    return None
