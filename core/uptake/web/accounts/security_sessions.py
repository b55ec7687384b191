"""Between Flask-Security and our own rows: who a cookie belongs to, and what happens at sign-in, sign-out and changes."""

from __future__ import annotations

import time
from typing import Any

from flask import Flask, Response, g, request
from flask import session as cookie
from flask_login import user_logged_out
from flask_security import (
    password_changed,
    password_reset,
    tf_disabled,
    tf_profile_changed,
    user_authenticated,
    wan_deleted,
    wan_registered,
)
from flask_security.utils import set_request_attr

from uptake.db import session, transaction
from uptake.models.people import User
from uptake.services.people import sign_ins
from uptake.services.people.accounts import note
from uptake.services.permissions import load_person
from uptake.web.accounts.browsers import browser_name

TOKEN = "sign_in"  # noqa: S105


def setup(app: Flask) -> None:
    """Our own look-up of who is signed in, without tokens in addresses or headers, and the signals."""
    app.login_manager.user_loader(_load)  # type: ignore[attr-defined]
    app.login_manager.request_loader(lambda _request: None)  # type: ignore[attr-defined]
    app.after_request(_note_sight)
    user_authenticated.connect(_began, app)
    user_logged_out.connect(_ended, app)
    for signal in (password_changed, password_reset):
        signal.connect(_new_password, app)
    for signal, action in (
        (tf_profile_changed, "second_factor_on"),
        (tf_disabled, "second_factor_off"),
        (wan_registered, "passkey_add"),
        (wan_deleted, "passkey_remove"),
    ):
        signal.connect(_noting(action), app, weak=False)


def token() -> str:
    """The secret of this browser; empty where nobody is signed in."""
    return str(cookie.get(TOKEN, ""))


def _load(uniquifier: str) -> User | None:
    found = sign_ins.user_behind(session(), uniquifier, token()) if token() else None
    if found is None:
        return None
    user, place = found
    g.due_sight = place.id if sign_ins.is_due(place) else None
    set_request_attr("fs_authn_via", "session")
    set_request_attr("fs_paa", cookie.get("fs_paa", 0))
    return user


def _note_sight(response: Response) -> Response:
    due = g.pop("due_sight", None)
    if due is not None:
        sign_ins.saw(due)
    return response


def _began(_app: Flask, user: User, **_more: Any) -> None:
    cookie.permanent = True
    cookie[TOKEN] = sign_ins.begin(user.id, browser_name(request.user_agent.string))
    cookie["fs_paa"] = time.time()
    cookie.pop("csrf_token", None)
    g.pop("csrf_token", None)
    g.pop("person", None)


def _ended(_app: Flask, **_more: Any) -> None:
    sign_ins.end(str(cookie.pop(TOKEN, "")))
    g.pop("person", None)


def _new_password(_app: Flask, user: User, **_more: Any) -> None:
    with transaction() as current:
        user.failed_logins, user.locked_until = 0, None
        current.flush()
        note(user, "password", current)
        sign_ins.end_all(user.id, person=load_person(current, user.id), keep=token())


def _noting(action: str) -> Any:
    def run(_app: Flask, user: User, **_more: Any) -> None:
        with transaction() as current:
            current.flush()
            note(user, action, current)

    return run
