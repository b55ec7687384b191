"""How much one caller may ask for: counted for each token, and for each address where there is none."""

from __future__ import annotations

import time

from flask import Flask, Response, current_app, g
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from limits import RateLimitItemPerMinute

from uptake.api.who import caller
from uptake.errors import AppError
from uptake.i18n import N_
from uptake.settings import Settings

VISITORS, TOKENS = 120, 600
EXTENSION = "uptake_api_limiter"


class TooMany(AppError):
    """Somebody asks too often."""

    status = 429


def setup(app: Flask, limiter: Limiter) -> None:
    """Count with what counts tries to sign in: in memory, or in a store that several servers share."""
    app.extensions[EXTENSION] = limiter


def count() -> None:
    """Count this request. Raises ``TooMany``."""
    settings: Settings = current_app.extensions["uptake"]
    token = caller().token_id
    name, standard = ("token_per_minute", TOKENS) if token else ("api_per_minute", VISITORS)
    item = RateLimitItemPerMinute(settings.limits.get(name, standard))
    key = ("api", f"token/{token}" if token else f"address/{get_remote_address()}")
    counting = current_app.extensions[EXTENSION].limiter
    fits = counting.hit(item, *key)
    window = counting.get_window_stats(item, *key)
    g.api_limit = (item.amount, window.remaining, max(1, round(window.reset_time - time.time())))
    if not fits:
        raise TooMany(N_("These are more than {count} requests in a minute."), count=item.amount,
                      remedy=N_("Wait as long as Retry-After says; ask for more at once with limit."))  # fmt: skip


def tell(response: Response) -> None:
    """Say how much is left."""
    if "api_limit" not in g:
        return
    most, left, seconds = g.api_limit
    response.headers["RateLimit-Limit"], response.headers["RateLimit-Remaining"] = str(most), str(left)
    response.headers["RateLimit-Reset"] = str(seconds)
    if response.status_code == 429:
        response.headers["Retry-After"] = str(seconds)
