"""Where people are signed in: one row for each browser, ended one by one or all at once; and attempts that failed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Update, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from uptake.db import transaction
from uptake.errors import NotFound
from uptake.i18n import N_
from uptake.models.people import SignIn, User
from uptake.services.audit import record_event
from uptake.services.people.tokens import hash_of, new_token
from uptake.services.permissions import Person

LASTS = timedelta(days=14)
SEEN_EVERY = timedelta(minutes=5)
LITTLE_PATIENCE = 0.2
FAILURES = 10
LOCKED_MINUTES = 15


@dataclass(frozen=True, slots=True)
class Place:
    """A browser in which a person is signed in, as the account page shows it."""

    id: int
    browser: str
    created: datetime
    seen: datetime
    here: bool


def begin(user_id: int, browser: str) -> str:
    """Note that a person has signed in; the secret for the cookie. It forgets earlier failures."""
    token, now = new_token(), datetime.now(UTC)
    with transaction() as session:
        user = session.get_one(User, user_id)
        user.failed_logins, user.locked_until, user.last_login_at = 0, None, now
        session.add(SignIn(user_id=user_id, token=hash_of(token), created=now, seen=now, browser=browser[:300]))
    return token


def user_behind(session: Session, uniquifier: str, token: str) -> tuple[User, SignIn] | None:
    """The account whose cookie this is, in one query; None where it was signed out, blocked or has lasted too long."""
    row = session.execute(
        select(User, SignIn)
        .join(SignIn, SignIn.user_id == User.id)
        .where(
            SignIn.token == hash_of(token),
            SignIn.ended.is_(None),
            SignIn.created > datetime.now(UTC) - LASTS,
            User.fs_uniquifier == uniquifier,
            User.active.is_(True),
            User.erased.is_(None),
        )
    ).one_or_none()
    return (row[0], row[1]) if row else None


def is_due(place: SignIn) -> bool:
    """Whether the last sight of this browser is long enough ago to be written anew."""
    return datetime.now(UTC) - _aware(place.seen) > SEEN_EVERY


def saw(sign_in_id: int) -> None:
    """Note that the browser is still in use; never worth waiting for another writer."""
    try:
        with transaction(patience=LITTLE_PATIENCE) as session:
            session.execute(update(SignIn).where(SignIn.id == sign_in_id).values(seen=datetime.now(UTC)))
    except OperationalError:
        return


def places(session: Session, person: Person, token: str) -> list[Place]:
    """Where the person is signed in, this browser first."""
    rows = session.scalars(
        select(SignIn)
        .where(SignIn.user_id == person.id, SignIn.ended.is_(None), SignIn.created > datetime.now(UTC) - LASTS)
        .order_by(SignIn.seen.desc(), SignIn.id.desc())
        .limit(50)
    )
    here = hash_of(token)
    found = [Place(row.id, row.browser, row.created, row.seen, row.token == here) for row in rows]
    return sorted(found, key=lambda place: not place.here)


def end(token: str) -> None:
    """Sign this browser out."""
    with transaction() as session:
        session.execute(_ending().where(SignIn.token == hash_of(token)))


def end_one(sign_in_id: int, *, person: Person) -> None:
    """Sign one of the person's own browsers out. Raises ``NotFound`` for anybody else's."""
    with transaction() as session:
        row = session.get(SignIn, sign_in_id)
        if row is None or row.user_id != person.id:
            raise NotFound(N_("There is no such sign-in."))
        row.ended = row.ended or datetime.now(UTC)
        record_event(session, person.mark, "user.sign_out", f"user/{person.id}", {"sign_in": [sign_in_id, None]})


def end_all(user_id: int, *, person: Person, keep: str = "") -> None:
    """Sign an account out everywhere, but for the browser with the secret ``keep``."""
    with transaction() as session:
        session.execute(_ending().where(SignIn.user_id == user_id, SignIn.token != hash_of(keep)))
        record_event(session, person.mark, "user.sign_out_everywhere", f"user/{user_id}", {})


def count_failure(user_id: int) -> bool:
    """Count a wrong password or code; True where this closed the account for a while."""
    with transaction() as session:
        user = session.get_one(User, user_id, with_for_update=True)
        if user.is_locked():
            return False
        user.failed_logins += 1
        if user.failed_logins < FAILURES:
            return False
        user.failed_logins = 0
        user.locked_until = datetime.now(UTC) + timedelta(minutes=LOCKED_MINUTES)
        record_event(session, "system", "user.lock", f"user/{user_id}", {"minutes": [None, LOCKED_MINUTES]})
    return True


def _ending() -> Update:
    return update(SignIn).where(SignIn.ended.is_(None)).values(ended=datetime.now(UTC))


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
