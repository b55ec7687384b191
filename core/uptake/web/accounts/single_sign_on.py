"""Single sign-on by OpenID Connect: code with PKCE and nonce, for people who have an account or an invitation here."""

from __future__ import annotations

from typing import Any

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import OAuth
from flask import Blueprint, Flask, abort, current_app, flash, redirect, request
from flask import session as cookie
from flask_security import login_user
from flask_security.utils import validate_redirect_url
from joserfc.errors import JoseError
from werkzeug.wrappers import Response

from uptake.errors import AppError
from uptake.i18n import gettext as _
from uptake.services.people import single_sign_on
from uptake.settings import Settings
from uptake.web.addresses import root
from uptake.web.links import site

blueprint = Blueprint("single_sign_on", __name__)
NEXT = "sso_next"
SECONDS = 15
KEY = "uptake_oidc"


def setup(app: Flask, settings: Settings) -> None:
    """Make the provider of the settings known, where there is one. It is first asked when somebody signs in."""
    if not settings.oidc:
        return
    oauth = OAuth(app)
    app.extensions[KEY] = oauth.register(
        "oidc",
        client_id=settings.oidc["client_id"],
        client_secret=settings.oidc["client_secret"],
        server_metadata_url=settings.oidc["issuer"].rstrip("/") + "/.well-known/openid-configuration",
        client_kwargs={"scope": "openid email profile", "code_challenge_method": "S256", "default_timeout": SECONDS},
    )


@blueprint.get("/sign-in/sso")
def start() -> Response:
    """Go to the provider."""
    wanted = request.args.get("next", "")
    cookie[NEXT] = wanted if validate_redirect_url(wanted) else ""
    try:
        answer: Response = _provider().authorize_redirect(f"{root(with_language=False)}/sign-in/sso/answer")
    except (AuthlibBaseError, requests.RequestException, ValueError) as error:
        return _failed("start", error)
    return answer


@blueprint.get("/sign-in/sso/answer")
def answer() -> Response:
    """Come back from the provider."""
    try:
        told = _provider().authorize_access_token()
        who = _who(told.get("userinfo") or {})
        user = single_sign_on.user_for(who)
    except AppError as error:
        flash(" ".join(_(part) for part in (error.message, error.remedy) if part), "error")
        return redirect(site("/sign-in"))
    except (AuthlibBaseError, JoseError, requests.RequestException, ValueError, KeyError) as error:
        return _failed("answer", error)
    wanted = cookie.pop(NEXT, "")
    plugins = current_app.extensions["security"].two_factor_plugins
    second: Response | None = plugins.tf_enter(user, False, "oidc", next_loc=wanted or None)
    if second:
        return second
    login_user(user, authn_via=["oidc"])
    return redirect(wanted or site("/signed-in"))


def _provider() -> Any:
    found = current_app.extensions.get(KEY)
    return found if found is not None else abort(404)


def _who(claims: dict[str, Any]) -> single_sign_on.Claims:
    settings: Settings = current_app.extensions["uptake"]
    if str(claims.get("iss", "")).rstrip("/") != settings.oidc["issuer"].rstrip("/"):
        raise ValueError("another issuer")
    return single_sign_on.Claims(
        issuer=str(claims["iss"]),
        subject=str(claims["sub"]),
        email=str(claims.get("email") or ""),
        verified=claims.get("email_verified") is True or claims.get("email_verified") == "true",
        name=str(claims.get("name") or ""),
    )


def _failed(where: str, error: Exception) -> Response:
    """Say so kindly; the log names the kind of error and never what the provider sent."""
    current_app.logger.warning("Single sign-on failed at %s: %s", where, type(error).__name__)
    flash(_("Signing in there did not work, or was cancelled. Try again, or sign in with your password."), "error")
    return redirect(site("/sign-in"))
