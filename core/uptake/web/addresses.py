"""Where this instance stands, for whatever leaves it: feeds, sitemaps, exports."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import current_app, request

from uptake.settings import Settings
from uptake.web.middleware import LOCALE

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def root(*, with_language: bool = True) -> str:
    """The absolute address of the front page without its slash: the setting's, else as the request came.

    A language that the address names stays in it.
    """
    settings: Settings = current_app.extensions["uptake"]
    named = request.environ.get(LOCALE)
    prefix = f"/{named}" if named else ""
    base = settings.base_url or request.host_url.rstrip("/") + request.script_root.removesuffix(prefix)
    return base.rstrip("/") + (prefix if with_language else "")


def mail_root() -> str:
    """The same for links in mails that any stranger can cause. Without the setting it is empty, but on one's own machine:

    a request can claim to ask any host, and the secret in the link would go there.
    """
    settings: Settings = current_app.extensions["uptake"]
    here = urlsplit(request.host_url).hostname in LOOPBACK
    return root(with_language=False) if settings.base_url or here else ""
