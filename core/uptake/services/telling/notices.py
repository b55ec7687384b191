"""Tells people what concerns them: a notice in the app at once, by mail in their rhythm."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from uptake.models.notices import Notice
from uptake.models.people import Membership, User
from uptake.services.telling.notice_words import register

__all__ = ["people_of", "register", "tell"]


def tell(
    session: Session,
    users: Iterable[int],
    kind: str,
    path: str,
    *,
    values: dict[str, Any] | None = None,
    urgent: bool = False,
    once: str | None = None,
) -> None:
    """Leave a notice for each of these people, inside the running transaction.

    ``kind`` names the sentence (``register`` adds one), ``values`` fill it as ``notice_words`` says, ``path`` is the page
    that it leads to. With ``once`` the same thing is told to one person a single time.
    """
    wanted = set(users)
    if once:
        wanted -= set(session.scalars(select(Notice.user_id).where(Notice.once == once, Notice.user_id.in_(wanted))))
    now = datetime.now(UTC)
    session.add_all(
        Notice(user_id=user, kind=kind, path=path, values=values or {}, urgent=urgent, once=once, created=now)
        for user in sorted(wanted)
    )


def people_of(session: Session, actor_id: int | None, *roles: str) -> set[int]:
    """The accounts that hold one of these roles today, in the institution or (None) on the site."""
    today = date.today()
    where = Membership.actor_id == actor_id if actor_id is not None else Membership.actor_id.is_(None)
    return set(
        session.scalars(
            select(Membership.user_id)
            .join(User, User.id == Membership.user_id)
            .where(
                where,
                Membership.role.in_(roles),
                Membership.since <= today,
                or_(Membership.until.is_(None), Membership.until >= today),
                User.active.is_(True),
            )
        )
    )
