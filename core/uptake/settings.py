"""The settings of one instance: defaults < ``uptake.toml`` < environment, checked at once, without code."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from uptake.errors import Invalid

FILE = "uptake.toml"
PREFIX = "UPTAKE_"
DEFAULT_LANGUAGES = ("en", "fr", "ar")
_STATE = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set. ``instance`` is the folder that holds the settings file, the database and the files."""

    instance: Path
    title: str = "Uptake"
    database: str = ""
    states: tuple[str, ...] = ()
    languages: tuple[str, ...] = DEFAULT_LANGUAGES
    default_language: str = DEFAULT_LANGUAGES[0]
    base_url: str = ""
    contact: str = ""
    disabled_plugins: tuple[str, ...] = ()
    plugin_order: tuple[str, ...] = ()
    plugins: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def database_url(self) -> str:
        """The database's address; the embedded default is ``uptake.db`` in the instance folder."""
        return self.database or f"sqlite:///{self.instance.resolve() / 'uptake.db'}"


def load(instance: Path, environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings of an instance folder.

    Raises ``Invalid`` that names every wrong key at once, or says that the folder is no instance.
    """
    path = instance / FILE
    if not path.is_file():
        raise Invalid(
            "There is no Uptake instance in {folder}.",
            remedy="Make one with: uptake init {folder} --state XXX",
            folder=str(instance),
        )
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Invalid(
            "{path} cannot be read: {error}.", remedy="Correct that line.", path=str(path), error=error
        ) from error
    raw |= _from_environment(os.environ if environment is None else environment)
    return _checked(instance, raw, path)


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    known = {f.name: f for f in fields(Settings) if f.name not in {"instance", "plugins"}}
    found: dict[str, Any] = {}
    for name, setting in known.items():
        value = environment.get(PREFIX + name.upper())
        if value is not None:
            several = str(setting.type).startswith("tuple")
            found[name] = [part.strip() for part in value.split(",") if part.strip()] if several else value
    return found


def _checked(instance: Path, raw: dict[str, Any], path: Path) -> Settings:
    wrong: dict[str, str] = {}
    values: dict[str, Any] = {}
    known = {f.name: str(f.type) for f in fields(Settings) if f.name != "instance"}
    for key, value in raw.items():
        kind = known.get(key)
        if kind is None:
            wrong[key] = "is not a setting"
        elif kind.startswith("tuple"):
            if isinstance(value, list) and all(isinstance(item, str) for item in value):
                values[key] = tuple(value)
            else:
                wrong[key] = "must be a list of texts"
        elif isinstance(value, str if kind == "str" else dict):
            values[key] = value
        else:
            wrong[key] = "must be a text" if kind == "str" else "must be a table"
    for code in values.get("states", ()):
        if not _STATE.fullmatch(code):
            wrong["states"] = f"{code!r} is not an ISO 3166 alpha-3 code"
    languages = values.get("languages", DEFAULT_LANGUAGES)
    if values.get("default_language", DEFAULT_LANGUAGES[0]) not in languages:
        wrong["default_language"] = "must be one of languages"
    if wrong:
        listing = "; ".join(f"{key} {what}" for key, what in sorted(wrong.items()))
        raise Invalid(
            "{path}: {listing}.", remedy="Correct these settings.", fields=wrong, path=str(path), listing=listing
        )
    return Settings(instance=instance, **values)
