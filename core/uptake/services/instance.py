"""The settings of the instance that a session belongs to, for services: nothing below the web knows of an application."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from uptake.db import session
from uptake.settings import Settings

KEY_FILE = "secret.key"
_by_engine: WeakKeyDictionary[Engine, Settings] = WeakKeyDictionary()


def remember(engine: Engine, settings: Settings) -> None:
    """Tell services the settings that go with this database; the composition root does it once."""
    _by_engine[engine] = settings


def settings_of(session: Session) -> Settings:
    """The settings of the instance behind this session."""
    bind = session.get_bind()
    return _by_engine[bind if isinstance(bind, Engine) else bind.engine]


def secret_of(settings: Settings) -> str:
    """The key of an instance, from which all that it signs and seals is derived: the setting, or a file made once."""
    return settings.secret_key or _kept(settings.instance)


def _kept(instance: Path) -> str:
    """The key in a file of the instance that only its owner may read."""
    path = instance / KEY_FILE
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text("ascii").strip()
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(48))
    return path.read_text("ascii").strip()


def languages_of(session: Session) -> tuple[str, ...]:
    """The languages of the site, in its order."""
    return settings_of(session).languages


def plugin_options(plugin: str) -> Mapping[str, Any]:
    """What the table ``[plugins.<plugin>]`` of ``uptake.toml`` says: for what only the deployer may set, secrets among it."""
    return settings_of(session()).plugins.get(plugin, {})
