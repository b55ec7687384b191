"""Headers of every answer: what the browser may load, and how long it may keep the page."""

from __future__ import annotations

from flask import Flask, Response, request, session

POLICY = "; ".join((
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "font-src 'self'",
    "connect-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'", "manifest-src 'self'",
))  # fmt: skip
SECURITY = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
STRICT_TRANSPORT = "max-age=31536000"
FILE = "no-cache"  # what Flask says of a file that a view sends
PUBLIC = "public, max-age=0, must-revalidate"
VARY = ("Accept-Language", "Cookie")


def setup(app: Flask) -> None:
    """Set the headers of every answer, after what views have set and before compression."""
    app.after_request(_secure)
    app.after_request(_cache)


def _secure(response: Response) -> Response:
    for name, value in SECURITY.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", STRICT_TRANSPORT)
    return response


def _cache(response: Response) -> Response:
    """Pages are public and change with an import: kept, but asked for each time, which costs one 304."""
    if response.headers.get("Cache-Control", FILE) == FILE:
        response.headers["Cache-Control"] = "no-store" if _private(response) else PUBLIC
        response.vary.update(VARY)
    if (
        response.status_code == 200
        and request.method in {"GET", "HEAD"}
        and not (response.is_streamed or response.direct_passthrough)
    ):
        _answer_condition(response)
    return response


def _private(response: Response) -> bool:
    """Whether an answer is for one reader: signed in, given a cookie (the session's comes later), or holding a secret link."""
    cookie = "Set-Cookie" in response.headers or "_user_id" in session or session.modified
    return cookie or response.status_code >= 400 or any(name.startswith("token") for name in request.view_args or ())


def _answer_condition(response: Response) -> None:
    """304 where the browser has this very content; its tag may carry the name of a compression."""
    response.add_etag()
    tag, _weak = response.get_etag()
    for known in request.if_none_match.as_set():
        if tag and known.partition(":")[0] == tag:
            response.set_etag(known)
            response.status_code = 304
            response.set_data(b"")
            return
