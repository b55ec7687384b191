"""Commands about accounts: user create, list, block."""

from __future__ import annotations

import sys
from typing import Any

import click
from flask_security.recoverable import generate_reset_password_token

from uptake.commands.base import Context, as_json, open_app, say
from uptake.db import session
from uptake.models.people import User
from uptake.services.people import accounts
from uptake.services.permissions import SYSTEM
from uptake.settings import load
from uptake.web.accounts.passwords import hashed

EVERYBODY = 10_000


@click.group()
def user() -> None:
    """The accounts: create, list, block."""


@user.command()
@click.option("--email", required=True, help="The address with which the person signs in.")
@click.option("--name", required=True)
@click.option(
    "--role",
    required=True,
    help="administrator, coordinator, observer, translator, focal_point, alternate, validator or member.",
)
@click.option("--institution", metavar="CODE", help="The institution of a focal point, alternate, validator or member.")
@click.option("--language", help="Of the pages and mails; left out: the default of the site.")
@click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input instead of printing a link."
)
@as_json
def create(
    context: Context,
    email: str,
    name: str,
    role: str,
    institution: str | None,
    language: str | None,
    password_stdin: bool,
) -> dict[str, Any]:
    """Make an account; prints a link, good once and for a day, with which the person sets the password."""
    app, settings = open_app(context), load(context.instance)
    with app.app_context():
        secret = hashed(_typed(), email=email, name=name) if password_stdin else None
        made = accounts.create(
            email, name, role, institution=institution, language=language or settings.default_language, password=secret
        )
        found: dict[str, Any] = {"id": made.id, "email": made.email, "role": role}
        say(f"Made the account of {made.email}.")
        if not password_stdin:
            found["link"] = _link(made, settings.base_url)
            say(f"Set the password at: {found['link']}", bold=True)
    return found


@user.command(name="list")
@as_json
def list_users(context: Context) -> dict[str, Any]:
    """Every account with its roles."""
    with open_app(context).app_context():
        found = []
        page, count = 1, 1
        while (page - 1) * accounts.PAGE < min(count, EVERYBODY):
            part, count = accounts.people(session(), person=SYSTEM, page=page)
            found += part
            page += 1
    for one in found:
        roles = ", ".join(role for role, _actor, _names in one.roles) or "no role"
        say(f"{one.email} {one.name} ({roles}){'' if one.active else ' blocked'}")
    return {
        "users": [
            {"id": one.id, "email": one.email, "name": one.name, "active": one.active,
             "roles": [{"role": role, "institution": actor} for role, actor, _names in one.roles]}
            for one in found
        ]
    }  # fmt: skip


@user.command()
@click.argument("email")
@click.option("--undo", is_flag=True, help="Let the account in again.")
@as_json
def block(context: Context, email: str, undo: bool) -> dict[str, Any]:
    """Block an account and sign it out everywhere."""
    with open_app(context).app_context():
        found = accounts.by_email(session(), email)
        found = accounts.set_active(found.id, undo, person=SYSTEM)
        say(f"{found.email} is {'open' if undo else 'blocked'}.")
        return {"id": found.id, "email": found.email, "active": found.active}


def _typed() -> str:
    return sys.stdin.readline().rstrip("\r\n")


def _link(made: User, base_url: str) -> str:
    token = generate_reset_password_token(made)  # type: ignore[no-untyped-call]
    return f"{base_url.rstrip('/') or 'http://localhost:8000'}/{made.language}/reset-password/{token}"
