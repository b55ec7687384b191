"""What all commands share: the instance, one JSON document on standard output, words on standard error, exit codes."""

from __future__ import annotations

import gc
import json
import os
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar, cast

import click
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from uptake import db, migrate
from uptake.app import create_app, registry
from uptake.errors import AppError, Conflict
from uptake.hooks.registry import Registry

REFUSED = 2
F = TypeVar("F", bound=Callable[..., Any])


class Refusal(dict[str, Any]):
    """A result that is to be printed like any other and ends with exit code 2."""


class Context:
    """The options that stand before every command."""

    def __init__(self, instance: str | None) -> None:
        self._instance = instance

    @property
    def instance(self) -> Path:
        """The instance folder: ``--instance``, ``UPTAKE_INSTANCE``, or the current folder."""
        return self.named(".")

    def named(self, otherwise: str) -> Path:
        """The folder that was named by ``--instance`` or ``UPTAKE_INSTANCE``, or else this one."""
        return Path(self._instance or os.environ.get("UPTAKE_INSTANCE") or otherwise)


def as_json(command: F) -> F:
    """Give a command ``--json``: what it returns is printed as the one JSON document on standard output.

    Errors of the application become a message and exit code 2, never a traceback.
    """

    @click.option("--json", "json_wanted", is_flag=True, help="Print one JSON document and nothing else.")
    @click.pass_context  # type: ignore[arg-type]
    @wraps(command)
    def run(context: click.Context, *args: Any, json_wanted: bool, **options: Any) -> None:
        context.meta["json"] = json_wanted
        try:
            result = command(context.obj, *args, **options)
        except AppError as error:
            fail(error, json_wanted)
        except SQLAlchemyError as error:
            fail(_unusable(error), json_wanted)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(0)
        if json_wanted and result is not None:
            print_json(result)
        if isinstance(result, Refusal):
            sys.exit(REFUSED)

    return cast("F", run)


def _unusable(error: SQLAlchemyError) -> Conflict:
    words = str(getattr(error, "orig", error)).strip().splitlines() or [type(error).__name__]
    return Conflict("The database cannot be used: {error}.", remedy="Look with: uptake doctor", error=words[0])


def fail(error: AppError, json_wanted: bool) -> None:
    """Say what was refused and end with exit code 2."""
    say(str(error), bold=True)
    if json_wanted:
        fields = getattr(error, "fields", None)
        print_json({"error": str(error), "kind": type(error).__name__} | ({"fields": fields} if fields else {}))
    sys.exit(REFUSED)


def print_json(document: Any) -> None:
    """The one JSON document of a command."""
    text = json.dumps(document, ensure_ascii=False, indent=1, default=str)
    sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace") + b"\n")
    sys.stdout.flush()


def say(text: str, *, bold: bool = False) -> None:
    """Words for a person, on standard error."""
    click.secho(text, err=True, bold=bold)


def wants_json() -> bool:
    """Whether the running command was asked for JSON."""
    return bool(click.get_current_context().meta.get("json"))


def open_app(context: Context, *, check: bool = True) -> Flask:
    """The application of the instance. Raises ``Conflict`` where its tables are not up to date."""
    app = create_app(context.instance)
    settle()
    if check:
        with app.app_context():
            check_tables(registry(app))
    return app


def settle() -> None:
    """What an application is made of stays: the collector need not walk through it again while rows come and go."""
    if not gc.get_freeze_count():
        gc.freeze()


def check_tables(found: Registry) -> None:
    """Refuse to work on tables of another version."""
    try:
        pending = [status for status in migrate.status(db.db.engine, migrate.components(found)) if status.pending]
    except SQLAlchemyError as error:
        raise _unusable(error) from error
    if pending:
        raise Conflict("The database is not up to date.", remedy="Bring it up to date with: uptake db upgrade")
