"""Settings in a form: what it says of them, and how a value is shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import current_app, request

from uptake.i18n import gettext as _
from uptake.i18n import language_name
from uptake.services.site_settings import SETTINGS, Known


def typed(known: Iterable[Known]) -> dict[str, Any]:
    """What the form says of these settings."""
    form = request.form
    found: dict[str, Any] = {}
    for one in known:
        if one.kind == "yes":
            found[one.name] = form.get(one.name) == "1"
        elif one.kind == "texts":
            found[one.name] = {
                code: form.get(f"{one.name}.{code}", "").replace("\r\n", "\n") for code, _name in languages()
            }
        else:
            found[one.name] = form.get(one.name, "")
    return found


def seen(known: Iterable[Known]) -> dict[str, int]:
    """The versions that the form was made from."""
    versions = {one.name: request.form.get(f"version.{one.name}", "") for one in known}
    return {name: int(value) for name, value in versions.items() if value.isdecimal()}


def shown(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as their fields show them."""
    return {name: _shown(SETTINGS[name], value) for name, value in values.items()}


def _shown(known: Known, value: Any) -> Any:
    return ", ".join(map(str, value)) if known.kind == "delays" and isinstance(value, (list, tuple)) else value


def words(known: Known, value: Any) -> str:
    """A value in words for people."""
    if known.kind == "yes":
        return _("Yes") if value else _("No")
    if known.kind == "choice":
        return _(dict(known.choices).get(value, ""))
    if known.kind == "texts":
        return "\n".join(f"{language_name(code)}: {text}" for code, text in value.items() if text)
    return str(_shown(known, value) or "")


def languages() -> list[tuple[str, str]]:
    """The languages of the site, by name."""
    return [(code, language_name(code)) for code in current_app.extensions["uptake"].languages]
