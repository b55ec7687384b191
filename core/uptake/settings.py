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
SMTP_TLS = ("starttls", "tls", "none")
QUEUES = ("redis://", "rediss://", "postgresql://")
LOGO_TYPES = {".svg": "image/svg+xml", ".png": "image/png", ".webp": "image/webp", ".jpg": "image/jpeg"}
LARGEST_LOGO = 100_000
CONTRAST = 6.0  # with white: 4.5 (WCAG 2.2, 1.4.3) also on the tints that are made of the colour
_STATE = re.compile(r"[A-Z]{3}")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_PYTHON: Mapping[str, type] = {"str": str, "int": int}
_MUST_BE = {"str": "must be a text", "int": "must be a whole number"}
TABLES: dict[str, dict[str, type[Any]]] = {
    "s3": {"endpoint": str, "bucket": str, "region": str, "access_key": str, "secret_key": str, "secure": bool},
    "oidc": {"issuer": str, "client_id": str, "client_secret": str, "name": str},
    "limits": {"form_mb": int, "evidence_mb": int, "import_mb": int, "api_per_minute": int, "token_per_minute": int},
    "webhooks": {"private_addresses": bool, "timeout": int},
}
NEEDED = {
    "s3": ("endpoint", "bucket", "access_key", "secret_key"),
    "oidc": ("issuer", "client_id", "client_secret"),
}


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set. ``instance`` is the folder that holds the settings file, the database and the files."""

    instance: Path
    title: str = "Uptake"
    logo: str = ""
    colour: str = ""
    database: str = ""
    states: tuple[str, ...] = ()
    languages: tuple[str, ...] = DEFAULT_LANGUAGES
    default_language: str = DEFAULT_LANGUAGES[0]
    base_url: str = ""
    contact: str = ""
    secret_key: str = field(default="", repr=False)
    queue: str = field(default="", repr=False)
    disabled_plugins: tuple[str, ...] = ()
    plugin_order: tuple[str, ...] = ()
    plugins: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    s3: Mapping[str, Any] = field(default_factory=dict, repr=False)
    limits: Mapping[str, int] = field(default_factory=dict)
    webhooks: Mapping[str, Any] = field(default_factory=dict)
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_user: str = ""
    smtp_password: str = field(default="", repr=False)
    smtp_tls: str = "starttls"
    mail_from: str = ""
    limits_storage: str = field(default="memory://", repr=False)
    trusted_proxies: int = 0
    oidc: Mapping[str, Any] = field(default_factory=dict, repr=False)

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
            folder=str(instance.resolve()),
        )
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Invalid(
            "{path} cannot be read: {error}.", remedy="Correct that line.", path=str(path), error=error
        ) from error
    told = os.environ if environment is None else environment
    raw |= _from_environment(told)
    _tables_from_environment(raw, told)
    return _checked(instance, raw, path)


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    known = {f.name: f for f in fields(Settings) if f.name not in {"instance", "plugins", *TABLES}}
    found: dict[str, Any] = {}
    for name, setting in known.items():
        value = environment.get(PREFIX + name.upper())
        if value is not None:
            several = str(setting.type).startswith("tuple")
            found[name] = [part.strip() for part in value.split(",") if part.strip()] if several else value
            if setting.type == "int" and value.strip().isdigit():
                found[name] = int(value)
    return found


def _tables_from_environment(raw: dict[str, Any], environment: Mapping[str, str]) -> None:
    """``UPTAKE_S3_SECRET_KEY`` and its like go into their tables; what cannot be read is left for the check to name."""
    for table, keys in TABLES.items():
        for key, kind in keys.items():
            value = environment.get(f"{PREFIX}{table}_{key}".upper())
            if value is not None and isinstance(raw.setdefault(table, {}), dict):
                plain: Any = int(value) if kind is int and value.isdecimal() else value
                raw[table][key] = value.lower() in {"1", "true", "yes"} if kind is bool else plain


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
        elif isinstance(value, _PYTHON.get(kind, dict)) and not isinstance(value, bool):
            values[key] = value
        else:
            wrong[key] = _MUST_BE.get(kind, "must be a table")
    for code in values.get("states", ()):
        if not _STATE.fullmatch(code):
            wrong["states"] = f"{code!r} is not an ISO 3166 alpha-3 code"
    languages = values.get("languages", DEFAULT_LANGUAGES)
    if values.get("default_language", DEFAULT_LANGUAGES[0]) not in languages:
        wrong["default_language"] = "must be one of languages"
    wrong |= _wrong_in_look(instance, str(values.get("logo", "")), str(values.get("colour", "")))
    for name in TABLES:
        wrong |= _wrong_in_table(name, values.get(name, {}))
    if values.get("queue") and not values["queue"].startswith(QUEUES):
        wrong["queue"] = f"must begin with one of {', '.join(QUEUES)}"
    if values.get("smtp_tls", SMTP_TLS[0]) not in SMTP_TLS:
        wrong["smtp_tls"] = f"must be one of {', '.join(SMTP_TLS)}"
    if wrong:
        listing = "; ".join(f"{key} {what}" for key, what in sorted(wrong.items()))
        raise Invalid(
            "{path}: {listing}.", remedy="Correct these settings.", fields=wrong, path=str(path), listing=listing
        )
    return Settings(instance=instance, **values)


def _wrong_in_look(instance: Path, logo: str, colour: str) -> dict[str, str]:
    wrong = {}
    if logo and (Path(logo).name != logo or Path(logo).suffix.lower() not in LOGO_TYPES):
        wrong["logo"] = f"must name a file in this folder that ends in one of {', '.join(LOGO_TYPES)}"
    elif logo and not (instance / logo).is_file():
        wrong["logo"] = "names a file that is not in this folder"
    elif logo and (instance / logo).stat().st_size > LARGEST_LOGO:
        wrong["logo"] = f"must be smaller than {LARGEST_LOGO // 1000} kB: every visitor loads it"
    if colour and not _COLOUR.fullmatch(colour):
        wrong["colour"] = "must be written like #0a5563"
    elif colour and contrast_with_white(colour) < CONTRAST:
        wrong["colour"] = (
            f"is too light: its contrast with white is {contrast_with_white(colour):.1f}, {CONTRAST:.0f} is needed"
        )
    return wrong


def contrast_with_white(colour: str) -> float:
    """The contrast of ``#rrggbb`` with white, 1 to 21 (WCAG 2.2, relative luminance)."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    luminance = sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    return 1.05 / (luminance + 0.05)


def _wrong_in_table(name: str, table: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong with a table of settings; a value is never told, since it may be a secret."""
    known = TABLES[name]
    wrong = {f"{name}.{key}": "is not a setting" for key in table.keys() - known.keys()}
    for key in table.keys() & known.keys():
        value, kind = table[key], known[key]
        if not isinstance(value, kind) or (kind is int and (isinstance(value, bool) or int(value) < 1)):
            wrong[f"{name}.{key}"] = {str: "must be a text", bool: "must be true or false"}.get(
                kind, "must be 1 or more"
            )
    if table:
        wrong |= {f"{name}.{key}": "is missing" for key in NEEDED.get(name, ()) if not table.get(key)}
    return wrong
