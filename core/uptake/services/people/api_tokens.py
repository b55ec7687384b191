"""Personal tokens: a program speaks for a person, within scopes that only narrow what the person may do, until a day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from uptake.db import transaction
from uptake.errors import AppError, Busy, Invalid, NotFound, Refused
from uptake.hooks.contributions import TokenScope
from uptake.i18n import N_
from uptake.models.tokens import ApiToken
from uptake.services.audit import record_event
from uptake.services.people.tokens import hash_of, new_token
from uptake.services.permissions import NOBODY, Person, load_person
from uptake.texts import unprintable

BEGINNING = "upt_"
READ = "read"
SCOPES = {
    READ: N_("Read what you may read on the site, also what is not published"),
    "recommendations:write": N_("Enter and change recommendations"),
    "updates:write": N_("Write progress updates and move them on"),
    "assessments:write": N_("Write assessments and grades"),
    "assignments:write": N_("Assign recommendations, and answer assignments"),
    "institutions:write": N_("Enter, change and close institutions"),
    "imports:write": N_("Upload files, try and make imports, take them back"),
}
DAYS = (7, 30, 90, 365)
MOST = 50
LONGEST_NAME = 100
SEEN_EVERY = timedelta(minutes=1)
LITTLE_PATIENCE = 0.2


class BadToken(AppError):
    """The token is none, was revoked, or is past its day."""

    status = 401


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks through the API: a person within scopes; nobody at all without a token."""

    person: Person = NOBODY
    scopes: frozenset[str] = frozenset()
    token_id: int | None = None

    def reads_as(self) -> Person:
        """The person for what is read: a visitor where the token may not read for its owner."""
        return self.person if READ in self.scopes else NOBODY

    def speaks_as(self, scope: str, *others: str) -> Person:
        """The person for what needs a scope, or one of others. Raises ``Refused`` without a token, and where it lacks it."""
        if self.token_id is None:
            raise Refused(
                N_("This needs a token."), remedy=N_("Make one in your account, and send it as a bearer token.")
            )
        if self.scopes.isdisjoint((scope, *others)):
            raise Refused(
                N_("This token lacks the scope {scope}."), remedy=N_("Make a token that has it."), scope=scope
            )
        return self.person


@dataclass(frozen=True, slots=True)
class Row:
    """A token as its owner sees it. ``state`` is valid, expired or revoked."""

    id: int
    name: str
    hint: str
    scopes: list[str]
    created: datetime
    expires: datetime
    used: datetime | None
    state: str


def extend(scopes: Iterable[TokenScope]) -> None:
    """Take in for what plugins let tokens be made."""
    SCOPES.update({one.name: one.about for one in scopes})


def make(name: str, scopes: Sequence[str], days: int, *, person: Person) -> str:
    """A new token of the person's own; what is returned is shown once and kept nowhere. Raises ``Invalid`` by field."""
    if person.id is None:
        raise Refused(N_("This needs a sign-in."), remedy=N_("Sign in and try again."))
    named = " ".join(name.split())
    wrong = {}
    if not named or len(named) > LONGEST_NAME or unprintable(named):
        wrong["name"] = N_("Give the token a name of up to 100 letters, such as that of the program.")
    if not scopes or set(scopes) - SCOPES.keys():
        wrong["scopes"] = N_("Choose what the token may do.")
    if days not in DAYS:
        wrong["days"] = N_("Choose how long it is valid.")
    if wrong:
        raise Invalid(N_("The token was not made."), fields=wrong)
    secret, now = BEGINNING + new_token(), datetime.now(UTC)
    with transaction() as session:
        if len([row for row in mine(session, person=person) if row.state == "valid"]) >= MOST:
            raise Invalid(
                N_("You have {count} tokens already."), remedy=N_("Revoke those that nobody uses."), count=MOST
            )
        token = ApiToken(
            user_id=person.id, name=named, token=hash_of(secret), hint=secret[-4:], created=now,
            scopes=[scope for scope in SCOPES if scope in scopes], expires=now + timedelta(days=days),
        )  # fmt: skip
        session.add(token)
        session.flush()
        said = {"scopes": [None, token.scopes], "until": [None, token.expires.date().isoformat()]}
        record_event(session, person.mark, "user.token_make", f"user/{person.id}", {"token": [None, token.id], **said})
    return secret


def revoke(token_id: int, *, person: Person) -> None:
    """End one of the person's own tokens at once. Raises ``NotFound`` for anybody else's."""
    with transaction() as session:
        token = session.get(ApiToken, token_id)
        if token is None or person.id is None or token.user_id != person.id:
            raise NotFound(N_("There is no such token."))
        if token.revoked is None:
            token.revoked = datetime.now(UTC)
            record_event(session, person.mark, "user.token_revoke", f"user/{person.id}", {"token": [token_id, None]})


def mine(session: Session, *, person: Person) -> list[Row]:
    """The person's tokens, the newest first."""
    rows = session.scalars(
        select(ApiToken).where(ApiToken.user_id == person.id).order_by(ApiToken.id.desc()).limit(200)
    )
    return [
        Row(row.id, row.name, row.hint, row.scopes, row.created, row.expires, row.used, _state(row)) for row in rows
    ]


def caller(session: Session, secret: str) -> Caller:
    """Who speaks with this token. Raises ``BadToken`` that says whether it is unknown, revoked or past its day."""
    token = session.scalar(select(ApiToken).where(ApiToken.token == hash_of(secret)))
    if token is None:
        raise BadToken(N_("This token is not known."), remedy=N_("Check it, or make a new one in your account."))
    state = _state(token)
    if state == "revoked":
        raise BadToken(N_("This token was revoked."), remedy=N_("Make a new one in your account."))
    if state == "expired":
        raise BadToken(
            N_("This token was valid until {day}."), remedy=N_("Make a new one in your account."),
            day=_aware(token.expires).date().isoformat(),
        )  # fmt: skip
    person = load_person(session, token.user_id)
    if person.id is None:
        raise BadToken(N_("The account of this token is closed."), remedy=N_("Ask an administrator."))
    return Caller(person, frozenset(token.scopes), token.id)


def saw(session: Session, token_id: int) -> None:
    """Note that a token was used, once a minute; never worth waiting for another writer."""
    now = datetime.now(UTC)
    used = session.scalar(select(ApiToken.used).where(ApiToken.id == token_id))
    if used is not None and now - _aware(used) < SEEN_EVERY:
        return
    try:
        with transaction(patience=LITTLE_PATIENCE) as current:
            current.execute(update(ApiToken).where(ApiToken.id == token_id).values(used=now))
    except (OperationalError, Busy):
        return


def _state(token: ApiToken) -> str:
    if token.revoked is not None:
        return "revoked"
    return "expired" if _aware(token.expires) <= datetime.now(UTC) else "valid"


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
