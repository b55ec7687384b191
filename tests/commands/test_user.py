"""The accounts from the command line: the first administrator, the list, and blocking."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner
from uptake.app import create_app
from uptake.cli import main
from uptake.testing.people import Browser, token_of

Run = Callable[..., Any]
GOOD = "three green lamps on the stair"


@pytest.fixture
def run(instance: Path) -> Run:
    """Runs a command in the instance, with text on its standard input."""

    def run(*arguments: str, stdin: str = "") -> Ran:
        found = CliRunner().invoke(main, ["--instance", str(instance), *arguments], input=stdin)
        if found.exception is not None and not isinstance(found.exception, SystemExit):
            raise found.exception
        return Ran(found.exit_code, found.stdout, found.stderr)

    return run


class Ran:
    """How a command ended and what it said."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def json(self) -> Any:
        """The one JSON document on standard output."""
        return json.loads(self.out)


def sign_in(instance: Path, email: str, password: str) -> int:
    app = create_app(instance)
    app.test_client_class = Browser
    with app.app_context():
        client = app.test_client()
        data = {"csrf_token": token_of(client), "email": email, "password": password}
        return client.post("/sign-in", data=data).status_code


def make(run: Run, *more: str, email: str = "first@example.org", role: str = "administrator", **given: Any) -> Any:
    return run("user", "create", "--email", email, "--name", "First One", "--role", role, "--json", *more, **given)


def test_the_first_administrator_sets_the_password_by_a_link_that_works_once(run: Run, instance: Path) -> None:
    ran = make(run)
    assert (ran.code, ran.json["role"]) == (0, "administrator")
    path = urlsplit(ran.json["link"]).path
    app = create_app(instance)
    app.test_client_class = Browser
    with app.app_context():
        client = app.test_client()
        data = {"csrf_token": token_of(client), "password": GOOD, "password_confirm": GOOD}
        assert client.post(path, data=data).location.endswith("/sign-in")
        assert client.post(path, data=data).location.endswith("/reset-password")
    assert sign_in(instance, "first@example.org", GOOD) == 302


def test_a_password_comes_from_standard_input_and_is_printed_nowhere(run: Run, instance: Path) -> None:
    ran = make(run, "--password-stdin", stdin=f"{GOOD}\n")
    assert (ran.code, "link" in ran.json) == (0, False)
    assert GOOD not in ran.out + ran.err
    assert sign_in(instance, "first@example.org", GOOD) == 302


@pytest.mark.parametrize(
    ("given", "more"),
    [
        ({"email": "nothing"}, ()),
        ({"role": "king"}, ()),
        ({"role": "focal_point"}, ()),
        ({"role": "focal_point"}, ("--institution", "NONE")),
        ({"role": "administrator"}, ("--institution", "NONE")),
        ({}, ("--language", "xx")),
        ({"stdin": "short\n"}, ("--password-stdin",)),
    ],
)
def test_what_is_wrong_is_said_and_nothing_made(
    run: Run, instance: Path, given: dict[str, Any], more: tuple[str, ...]
) -> None:
    ran = make(run, *more, **given)
    assert ran.code == 2
    assert ran.json["error"]
    assert run("user", "list", "--json").json == {"users": []}


def test_one_address_has_one_account(run: Run) -> None:
    assert make(run).code == 0
    assert make(run, email="FIRST@example.org").code == 2


def test_accounts_are_listed_with_their_roles(run: Run, instance: Path) -> None:
    with sqlite3.connect(instance / "uptake.db") as database:
        database.execute(
            "insert into actor (id, uuid, code, kind, level, names, short_names, version)"
            " values (7, '0123456789abcdef0123456789abcdef', 'MOH', 'ministry', 'national', '{}', '{}', 1)"
        )
    make(run)
    make(run, "--institution", "MOH", email="second@example.org", role="focal_point")
    found = {one["email"]: one["roles"] for one in run("user", "list", "--json").json["users"]}
    assert found == {
        "first@example.org": [{"role": "administrator", "institution": None}],
        "second@example.org": [{"role": "focal_point", "institution": 7}],
    }


def test_blocking_and_opening_again(run: Run, instance: Path) -> None:
    make(run, "--password-stdin", stdin=f"{GOOD}\n")
    assert run("user", "block", "First@Example.org", "--json").json["active"] is False
    assert sign_in(instance, "first@example.org", GOOD) == 200
    assert run("user", "block", "first@example.org", "--undo", "--json").json["active"] is True
    assert sign_in(instance, "first@example.org", GOOD) == 302
    assert run("user", "block", "nobody@example.org", "--json").code == 2
