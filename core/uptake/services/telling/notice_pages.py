"""A person's notices: how many are unread, what they say, and what becomes of them once they are read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from uptake.db import transaction
from uptake.errors import NotFound, Refused
from uptake.i18n import N_
from uptake.models.notices import Notice
from uptake.services.permissions import Person
from uptake.services.telling.notice_words import sentences

PAGE = 30


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """A notice as a page shows it."""

    id: int
    sentence: str
    created: datetime
    urgent: bool
    is_read: bool


@dataclass(frozen=True, slots=True)
class NoticePage:
    """One page of a person's notices."""

    lines: list[NoticeLine]
    unread: int
    number: int
    pages: int


def unread_count(session: Session, person: Person) -> int:
    """How many notices the person has not read: one look at an index; none for a visitor."""
    if not person.id:
        return 0
    mine = select(func.count()).select_from(Notice).where(Notice.user_id == person.id, Notice.read.is_(None))
    return session.scalar(mine) or 0


def listing(session: Session, number: int = 1, *, person: Person) -> NoticePage:
    """The person's own notices, the newest first."""
    mine = _mine(person)
    count = session.scalar(select(func.count()).select_from(Notice).where(mine)) or 0
    pages = max(1, -(-count // PAGE))
    number = min(max(number, 1), pages)
    newest = select(Notice).where(mine).order_by(Notice.created.desc(), Notice.id.desc())
    found = session.scalars(newest.limit(PAGE).offset((number - 1) * PAGE)).all()
    lines = [
        NoticeLine(one.id, said, one.created, one.urgent, one.read is not None)
        for one, said in zip(found, sentences(session, found), strict=True)
    ]
    return NoticePage(lines, unread_count(session, person), number, pages)


def open_notice(notice_id: int, *, person: Person) -> str:
    """Mark one's own notice as read; the page that it leads to. Raises ``NotFound`` for anybody else's."""
    mine = _mine(person)
    with transaction() as session:
        notice = session.scalar(select(Notice).where(Notice.id == notice_id, mine))
        if notice is None:
            raise NotFound(N_("There is no such notice."))
        if notice.read is None:
            notice.read = datetime.now(UTC)
        return notice.path if notice.path.startswith("/") and not notice.path.startswith(("//", "/\\")) else "/work"


def read_all(until: int, *, person: Person) -> int:
    """Mark one's own notices up to the newest that the page showed as read; how many."""
    mine = _mine(person)
    with transaction() as session:
        unread = update(Notice).where(mine, Notice.read.is_(None), Notice.id <= until)
        return int(session.execute(unread.values(read=datetime.now(UTC))).rowcount)  # type: ignore[attr-defined]


def _mine(person: Person) -> ColumnElement[bool]:
    if not person.id:
        raise Refused(N_("This needs a sign-in."), remedy=N_("Sign in and try again."))
    return Notice.user_id == person.id
