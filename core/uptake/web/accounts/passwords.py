"""A new password that a form sends twice: checked, and turned into what may be stored."""

from __future__ import annotations

from collections.abc import Mapping

from flask import current_app
from flask_security import hash_password

from uptake.errors import Invalid
from uptake.i18n import N_
from uptake.models.people import User


def checked_password(form: Mapping[str, str], *, email: str, name: str) -> str:
    """The hash of ``password``. Raises ``Invalid`` where it is weak or ``password_confirm`` differs."""
    password = form.get("password", "")
    if password != form.get("password_confirm", ""):
        raise Invalid(N_("Please look at this again."), fields={"password_confirm": N_("The two passwords differ.")})
    return hashed(password, email=email, name=name)


def hashed(password: str, *, email: str, name: str) -> str:
    """The hash of a password. Raises ``Invalid`` where it is weak."""
    util = current_app.extensions["security"].password_util
    wrong, plain = util.validate(password, False, user=User(email=email, name=name))
    if wrong:
        raise Invalid(N_("Please look at this again."), remedy=str(wrong[0]), fields={"password": str(wrong[0])})
    found: str = hash_password(plain)
    return found
