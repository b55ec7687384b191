"""Who asks: the owner of the token in the header and nobody else. No cookie counts here, so no other site can borrow it."""

from __future__ import annotations

from flask import g, request

from uptake.db import session
from uptake.services.people import api_tokens
from uptake.services.people.api_tokens import BadToken, Caller
from uptake.services.permissions import NOBODY, Person

PREFIX = "/api/"


def is_api() -> bool:
    """Whether this request is one to the API."""
    return request.path.startswith(PREFIX)


def begin() -> None:
    """Nobody is there until a token has said who: for the very first of all that happens before a request."""
    if is_api():
        g.person = NOBODY


def identify() -> BadToken | None:
    """Read the token; what is wrong with it, where anything is."""
    g.caller = Caller()
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return None
    try:
        g.caller = api_tokens.caller(session(), secret.strip())
    except BadToken as error:
        return error
    return None


def caller() -> Caller:
    """Who asks, and within which scopes."""
    found: Caller = g.get("caller") or Caller()
    return found


def reader() -> Person:
    """The person for what is read."""
    return caller().reads_as()


def owner(*also: str) -> Person:
    """The person for what visitors do not read at all; a token may with the scope ``read``, or with one of those ``also``.

    Raises ``Refused`` where it may not.
    """
    return caller().speaks_as(api_tokens.READ, *also)


def writer(scope: str) -> Person:
    """The person for what is written. Raises ``Refused`` without a token, and where it lacks the scope."""
    return caller().speaks_as(scope)
