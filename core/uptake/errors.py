"""What can go wrong and is told to a person: one family, turned into a page, JSON or a command-line message in one place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

BETWEEN = "\4"  # what gettext puts between a context and its message


def N_(message: str) -> str:  # noqa: N802
    """Mark a message for translation where it is not yet to be translated."""
    return message


def NC_(context: str, message: str) -> str:  # noqa: N802
    """The same for one that means several things in English: ``context`` says which one, and is never shown."""
    return f"{context}{BETWEEN}{message}"


def bare_message(message: str) -> str:
    """A message without the context that it may have."""
    return message.rpartition(BETWEEN)[2]


class AppError(Exception):
    """An error with words for a person.

    ``message`` is a translatable template with named placeholders, ``values`` fills it. ``remedy`` says what to do.
    """

    status = 500

    def __init__(self, message: str, *, remedy: str = "", **values: object) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.values = values

    def __reduce__(self) -> tuple[Any, ...]:
        """An error may come from another process."""
        return _rebuilt, (type(self), self.__dict__, self.args)

    def __str__(self) -> str:
        return " ".join(part for part in (fill(self.message, self.values), fill(self.remedy, self.values)) if part)


class NotFound(AppError):
    """Nothing stands at this address or under this name."""

    status = 404


class Refused(AppError):
    """The person may not do this."""

    status = 403


class Conflict(AppError):
    """Somebody or something else is in the way; nothing was changed."""

    status = 409


class Busy(Conflict):
    """Another writer holds the database longer than anybody should wait."""


class Invalid(AppError):
    """The input cannot be taken as it stands. ``fields`` maps a field to what is wrong with it."""

    status = 422

    def __init__(
        self, message: str, *, remedy: str = "", fields: Mapping[str, str] | None = None, **values: object
    ) -> None:
        super().__init__(message, remedy=remedy, **values)
        self.fields = dict(fields or {})


class PluginFault(AppError):
    """A plugin broke its contract; the message names the plugin."""


def _rebuilt(kind: type[AppError], state: dict[str, Any], args: tuple[Any, ...]) -> AppError:
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(state)
    return error


def fill(template: str, values: Mapping[str, object]) -> str:
    """Fill a template's named placeholders; a template that does not fit its values is returned as it is."""
    try:
        return template.format_map(values) if values else template
    except (KeyError, IndexError, ValueError):
        return template
