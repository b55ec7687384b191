"""What can go wrong and is told to a person: one family, turned into a page, JSON or a command-line message in one place."""

from __future__ import annotations

from collections.abc import Mapping


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


def fill(template: str, values: Mapping[str, object]) -> str:
    """Fill a template's named placeholders; a template that does not fit its values is returned as it is."""
    try:
        return template.format_map(values) if values else template
    except (KeyError, IndexError, ValueError):
        return template
