"""The site's own logo and colour, as its settings name them."""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from pathlib import Path

from flask import Blueprint, Response, current_app, send_file

from uptake.errors import N_, NotFound
from uptake.settings import LOGO_TYPES, Settings
from uptake.web.assets import YEAR, asset_url

blueprint = Blueprint("look", __name__)
STYLE = """:root, [data-bs-theme="light"] {{ {light} }}
[data-bs-theme="dark"] {{ {dark} }}
@media (prefers-color-scheme: dark) {{ :root:not([data-bs-theme]) {{ {dark} }} }}
"""
LIGHT = "--band: {0}; --band-soft: var(--band-ink); --accent: {0}; --accent-tint: color-mix(in srgb, {0} 9%, #fff);"
DARK = (
    "--band: color-mix(in srgb, {0} 65%, #000); --band-soft: var(--band-ink); --accent: color-mix(in srgb, {0} 40%, #fff);"
    " --accent-tint: color-mix(in srgb, {0} 40%, #12181a);"
)


@blueprint.get("/look/logo")
def logo() -> Response:
    """The logo; an SVG runs no script, whoever opens it by its address."""
    name = _settings().logo
    path = _settings().instance / name
    if not name or not path.is_file():
        raise NotFound(N_("This site has no logo."))
    response = send_file(path.resolve(), mimetype=LOGO_TYPES[path.suffix.lower()], max_age=YEAR)
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response


@blueprint.get("/look/colours.css")
def colours() -> Response:
    """The tokens that the site's colour replaces."""
    response = Response(_style(_settings().colour), mimetype="text/css")
    response.cache_control.max_age = YEAR
    return response


def logo_url() -> str:
    """The address of the logo, empty where there is none."""
    path = _settings().instance / _settings().logo
    return asset_url("look/logo", _hash(path, path.stat().st_mtime_ns)) if path.is_file() else ""


def colours_url() -> str:
    """The address of the style sheet with the site's colour, empty where it has none."""
    colour = _settings().colour
    return asset_url("look/colours.css", colour[1:]) if colour else ""


def _style(colour: str) -> str:
    return STYLE.format(light=LIGHT.format(colour), dark=DARK.format(colour)) if colour else ""


@cache
def _hash(path: Path, _changed: int) -> str:
    return blake2b(path.read_bytes(), digest_size=6).hexdigest()


def _settings() -> Settings:
    found: Settings = current_app.extensions["uptake"]
    return found
