"""What stands between the server and the application: the language in the address, and compression."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from flask import Flask
from flask_compress import Compress

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LOCALE = "uptake.locale"
TOO_LONG = "uptake.too_long"
LONGEST_PATH = 2_000
COMPRESSED = [
    "text/html", "text/css", "text/plain", "text/csv", "text/xml", "text/javascript", "application/javascript",
    "application/json", "application/x-ndjson", "application/xml", "application/atom+xml",
    "application/manifest+json", "image/svg+xml",
]  # fmt: skip


class LocalePrefix:
    """Takes a leading language (``/fr/…``) off the path, so that every page has one address in each language.

    ``environ["uptake.locale"]`` holds it; where the address names none the key is absent.
    """

    def __init__(self, app: WSGIApplication, languages: Collection[str]) -> None:
        self._app = app
        self._languages = frozenset(languages)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ.pop(LOCALE, None)
        path = environ.get("PATH_INFO") or "/"
        first, _, rest = path[1:].partition("/")
        if path.startswith("/") and first in self._languages:
            environ[LOCALE] = first
            environ["SCRIPT_NAME"] = f"{environ.get('SCRIPT_NAME', '')}/{first}"
            environ["PATH_INFO"] = f"/{rest}"
        return self._app(environ, start_response)


class ShortPaths:
    """Cuts a path that no page has, before a converter of the router chokes on it; ``failures`` refuses it."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO") or ""
        if len(path) > LONGEST_PATH:
            environ[TOO_LONG] = True
            environ["PATH_INFO"] = "/"
        return self._app(environ, start_response)


def setup(app: Flask, languages: Collection[str]) -> None:
    """Put the middleware around the application."""
    app.wsgi_app = LocalePrefix(ShortPaths(app.wsgi_app), languages)  # type: ignore[method-assign]


def setup_compression(app: Flask) -> None:
    """Compress what gets smaller by it. Register before anything that sets an ETag: Flask runs the last one first."""
    app.config.update(
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_ALGORITHM_STREAMING=["br", "gzip"],
        COMPRESS_MIMETYPES=COMPRESSED,
        COMPRESS_MIN_SIZE=800,
        COMPRESS_STREAMING_ENDPOINT_CONDITIONAL=["assets.static"],
        COMPRESS_BR_LEVEL=5,
        COMPRESS_LEVEL=6,
    )
    Compress(app)
