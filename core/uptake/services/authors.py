"""Who is behind a mark of the audit trail: names are looked up, never stored there, so that they can be erased."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from uptake.db import chunks
from uptake.i18n import gettext as _
from uptake.models.people import User

PREFIX = "user/"


def user_number(mark: str) -> int | None:
    """The account behind a mark such as ``user/7``."""
    number = mark.removeprefix(PREFIX)
    return int(number) if mark.startswith(PREFIX) and number.isdecimal() and len(number) < 10 else None


class Authors:
    """The names behind some marks, in one query for 500 of them."""

    def __init__(self, session: Session, marks: Iterable[str]) -> None:
        wanted = sorted({number for mark in marks if (number := user_number(mark)) is not None})
        self._names: dict[int, str] = {}
        for chunk in chunks(wanted):
            rows = session.execute(select(User.id, User.name, User.erased).where(User.id.in_(chunk)))
            self._names |= {id_: _("erased person") if erased else name for id_, name, erased in rows}

    def name(self, mark: str) -> str:
        """A name for people; marks that are no account speak for themselves."""
        number = user_number(mark)
        if number is None:
            return _("the system") if mark == "system" else mark
        return self._names.get(number) or _("a person who is no longer here")
