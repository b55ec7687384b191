"""Where this instance stands, for whatever leaves it: feeds, sitemaps, exports."""

from __future__ import annotations

from flask import current_app, request

from uptake.settings import Settings
from uptake.web.middleware import LOCALE


def root(*, with_language: bool = True) -> str:
    """The absolute address of the front page without its slash: the setting's, else as the request came.

    A language that the address names stays in it.
    """
    settings: Settings = current_app.extensions["uptake"]
    named = request.environ.get(LOCALE)
    prefix = f"/{named}" if named else ""
    base = settings.base_url or request.host_url.rstrip("/") + request.script_root.removesuffix(prefix)
    return base.rstrip("/") + (prefix if with_language else "")
