"""Who asks: the person behind this request, and views that only somebody signed in may see."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import g
from flask_login import current_user

from uptake.db import session
from uptake.services.permissions import NOBODY, Person, load_person, require_somewhere

View = TypeVar("View", bound=Callable[..., Any])


def person() -> Person:
    """The person behind this request with the roles in force; ``NOBODY`` for a visitor."""
    if "person" not in g:
        g.person = load_person(session(), current_user.id) if current_user.is_authenticated else NOBODY
    found: Person = g.person
    return found


def allowed(action: str) -> Callable[[View], View]:
    """A view for people who may do ``action`` somewhere. The service behind it asks again, and about the very thing.

    ``needs`` on the view says which action: the test that walks every role to every address reads it.
    """

    def guard(view: View) -> View:
        @wraps(view)
        def run(*args: Any, **values: Any) -> Any:
            require_somewhere(person(), action)
            return view(*args, **values)

        run.needs = action  # type: ignore[attr-defined]
        return cast("View", run)

    return guard
