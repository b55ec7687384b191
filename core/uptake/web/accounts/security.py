"""Signing in: Flask-Security over our own tables, sessions that last, rate limits, and a token in every form."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import wraps
from hashlib import sha256
from typing import Any

from flask import Flask, redirect, request
from flask_babel import Babel
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import current_user
from flask_security import Security, SQLAlchemyUserDatastore
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from uptake.db import db, transaction
from uptake.i18n import cldr_name
from uptake.models.people import Passkey, SiteRole, User
from uptake.services.instance import secret_of
from uptake.services.people.sign_ins import LASTS
from uptake.settings import Settings
from uptake.web.accounts import security_forms, security_sessions, security_words
from uptake.web.links import site

SHORTEST_PASSWORD = 10
GUESSES = "30 per minute; 200 per hour"
LIMITED = ("security.login", "security.forgot_password", "security.reset_password", "security.verify",
           "security.two_factor_token_validation", "security.mf_recovery", "security.wan_signin",
           "security.wan_signin_response", "account.accept")  # fmt: skip
CODE = "security.two_factor_token_validation"
OWN_TRANSACTION = frozenset({"security.login", "security.verify", "security.forgot_password", "security.wan_signin"})


def setup(app: Flask, settings: Settings) -> None:
    """Give the application accounts and protected forms."""
    secret = secret_of(settings)
    app.config.update(
        _sessions(secret, settings), **_passwords(secret), **_second_factors(secret, settings), **_addresses()
    )
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    Babel(app, locale_selector=cldr_name)
    CSRFProtect(app)
    security = Security(
        app,
        SQLAlchemyUserDatastore(db, User, SiteRole, Passkey),
        register_blueprint=True,
        **security_forms.FORMS,
        **security_forms.TOOLS,
    )
    security_words.setup(app, security)
    security.want_json(lambda _request: False)
    security_sessions.setup(app)
    for endpoint, view in app.view_functions.items():
        if endpoint.startswith("security.") and endpoint not in OWN_TRANSACTION:
            app.view_functions[endpoint] = _as_one(view)


def limit(app: Flask, settings: Settings) -> Limiter:
    """Slow down whoever guesses: so many tries for each address. Call it when every view is registered."""
    app.config.update(RATELIMIT_STORAGE_URI=settings.limits_storage, RATELIMIT_HEADERS_ENABLED=False)
    limiter = Limiter(get_remote_address, app=app, strategy="moving-window")
    shared = limiter.shared_limit(GUESSES, scope="guesses", methods=["POST"])
    for endpoint in LIMITED:
        view: Any = app.view_functions[endpoint]
        app.view_functions[endpoint] = shared(view)
    return limiter


def _as_one(view: Callable[..., Any]) -> Callable[..., Any]:
    """What a form of Flask-Security changes is read and written in one transaction of ours."""

    @wraps(view)
    def run(**values: Any) -> Any:
        if request.endpoint == CODE and current_user.is_authenticated:
            return redirect(site("/account"))
        if request.method != "POST":
            return view(**values)
        with transaction():
            return view(**values)

    return run


def _sessions(secret: str, settings: Settings) -> dict[str, Any]:
    return {
        "SECRET_KEY": secret,
        "SESSION_COOKIE_NAME": "uptake",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.base_url.startswith("https:"),
        "PERMANENT_SESSION_LIFETIME": LASTS,
        "SESSION_REFRESH_EACH_REQUEST": False,
        "WTF_CSRF_TIME_LIMIT": None,
        "BABEL_DEFAULT_LOCALE": settings.default_language,
        "SECURITY_TRACKABLE": False,
        "SECURITY_JOIN_USER_ROLES": False,
        "SECURITY_API_ENABLED_METHODS": ["session"],
        "SECURITY_STATIC_FOLDER": None,
        "SECURITY_DATETIME_FACTORY": lambda: datetime.now(UTC),
        "SECURITY_FRESHNESS": timedelta(hours=1),
        "SECURITY_FRESHNESS_GRACE_PERIOD": timedelta(minutes=10),
    }


def _passwords(secret: str) -> dict[str, Any]:
    return {
        "SECURITY_PASSWORD_SALT": secret[::-1],
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_LENGTH_MIN": SHORTEST_PASSWORD,
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_REGISTERABLE": False,
        "SECURITY_RECOVERABLE": True,
        "SECURITY_CHANGEABLE": True,
        "SECURITY_RESET_PASSWORD_WITHIN": timedelta(hours=security_forms.RESET_HOURS),
        "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False},
        "SECURITY_EMAIL_PLAINTEXT": False,
        "SECURITY_EMAIL_HTML": False,
    }


def _second_factors(secret: str, settings: Settings) -> dict[str, Any]:
    return {
        "SECURITY_TWO_FACTOR": True,
        "SECURITY_TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "SECURITY_TWO_FACTOR_RESCUE_EMAIL": False,
        "SECURITY_TWO_FACTOR_AUTHENTICATOR_VALIDITY": 30,
        "SECURITY_TOTP_SECRETS": {"1": _derived(secret, "totp")},
        "SECURITY_TOTP_ISSUER": settings.title.replace(":", " "),
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES": True,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_N": 8,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_KEYS": [_derived(secret, "recovery").encode()],
        "SECURITY_WEBAUTHN": True,
        "SECURITY_WAN_RP_NAME": settings.title,
        "SECURITY_WAN_ALLOW_USER_HINTS": False,
    }


def _addresses() -> dict[str, Any]:
    return {
        "SECURITY_LOGIN_URL": "/sign-in",
        "SECURITY_LOGOUT_URL": "/sign-out",
        "SECURITY_LOGOUT_METHODS": ["POST"],
        "SECURITY_POST_LOGIN_VIEW": "account.signed_in",
        "SECURITY_POST_LOGOUT_VIEW": "pages.home",
        "SECURITY_RESET_URL": "/reset-password",
        "SECURITY_CHANGE_URL": "/account/password",
        "SECURITY_POST_CHANGE_VIEW": "account.mine",
        "SECURITY_VERIFY_URL": "/account/verify",
        "SECURITY_TWO_FACTOR_SETUP_URL": "/account/second-factor",
        "SECURITY_TWO_FACTOR_POST_SETUP_VIEW": "account.mine",
        "SECURITY_TWO_FACTOR_TOKEN_VALIDATION_URL": "/sign-in/code",
        "SECURITY_TWO_FACTOR_RESCUE_URL": "/sign-in/rescue",
        "SECURITY_TWO_FACTOR_SELECT_URL": "/sign-in/method",
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_URL": "/account/recovery-codes",
        "SECURITY_MULTI_FACTOR_RECOVERY_URL": "/sign-in/recovery",
        "SECURITY_WAN_REGISTER_URL": "/account/passkeys",
        "SECURITY_WAN_DELETE_URL": "/account/passkeys/delete",
        "SECURITY_WAN_SIGNIN_URL": "/sign-in/passkey",
        "SECURITY_WAN_VERIFY_URL": "/account/verify/passkey",
    }


def _derived(secret: str, use: str) -> str:
    """A key for one use, from the secret of the instance."""
    return base64.urlsafe_b64encode(sha256(f"uptake/{use}/{secret}".encode()).digest()).decode()
