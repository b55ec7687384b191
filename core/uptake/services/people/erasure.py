"""Erases a person's data on request. What the person said stays, under a number; the audit trail stays whole."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import String, cast, delete, func, or_, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from uptake.db import after_commit, transaction
from uptake.errors import Conflict, Invalid, NotFound
from uptake.i18n import N_
from uptake.models.audit import AuditEntry
from uptake.models.jobs import Job
from uptake.models.notices import Follow, Notice, SavedView
from uptake.models.people import Invitation, Membership, Passkey, PersonSetting, SignIn, User
from uptake.models.tokens import ApiToken
from uptake.services.audit import record_event
from uptake.services.instance import settings_of
from uptake.services.permissions import Person, require
from uptake.services.telling import mail

NOBODY_HERE = "example.invalid"
ERASED = "…"
OWN_ROWS = (SignIn, Passkey, PersonSetting, Notice, Follow, ApiToken)
EMPTY = ("password", "confirmed_at", "last_login_at", "locked_until", "tf_primary_method", "tf_totp_secret", "tf_phone_number",
         "mf_recovery_codes", "fs_webauthn_user_handle", "oidc_subject")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Erasure:
    """What an erasure leaves: entries of the audit trail in which somebody has written the name into a reason or a text."""

    user_id: int
    mentions: int


def erase(user_id: int, *, person: Person, reason: str) -> Erasure:
    """Erase what is known of a person. It cannot be taken back; the account never opens again.

    Raises ``NotFound``, ``Invalid`` without a reason, ``Conflict`` for oneself and for the last administrator.
    """
    require(person, "user.erase")
    if not reason.strip():
        raise Invalid(N_("Say why."), fields={"reason": N_("Say why, such as: asked for it on this day.")})
    with transaction() as session:
        user = _user(session, user_id)
        _refuse(session, user, person)
        email, name = user.email, user.name
        _end_roles(session, user_id)
        for model in OWN_ROWS:
            session.execute(delete(model).where(model.user_id == user_id))
        session.execute(delete(SavedView).where(SavedView.user_id == user_id, SavedView.shared.is_(False)))
        session.execute(delete(Invitation).where(func.lower(Invitation.email) == email.lower()))
        _empty(user)
        session.flush()
        session.expire(user)
        _scrub(session, email, name)
        mentions = _mentions(session, email, name)
        settings = settings_of(session)
        after_commit(lambda: mail.forget(settings, email))
        record_event(
            session, person.mark, "user.erase", f"user/{user_id}", {"erased": [False, True]}, reason.strip()[:1000]
        )
    return Erasure(user_id, mentions)


def mentions_of(session: Session, user_id: int, *, person: Person) -> int:
    """How many entries of the audit trail hold the person's name or address in somebody's words."""
    require(person, "user.erase")
    user = _user(session, user_id)
    return _mentions(session, user.email, user.name)


def _user(session: Session, user_id: int) -> User:
    user = session.get(User, user_id)
    if user is None or user.erased:
        raise NotFound(N_("There is no such account."))
    return user


def _refuse(session: Session, user: User, person: Person) -> None:
    if user.id == person.id:
        raise Conflict(N_("Nobody erases their own account."), remedy=N_("Ask another administrator."))
    today = date.today()
    others = (
        select(Membership.id)
        .join(User, User.id == Membership.user_id)
        .where(
            Membership.role == "administrator", Membership.user_id != user.id, Membership.since <= today,
            or_(Membership.until.is_(None), Membership.until >= today), User.active.is_(True),
        )
    )  # fmt: skip
    if session.scalar(others.limit(1)) is None and not person.system:
        raise Conflict(N_("This is the last administrator."), remedy=N_("Give somebody else the role first."))


def _end_roles(session: Session, user_id: int) -> None:
    """Roles end yesterday; one that began today never was."""
    yesterday = date.today() - timedelta(days=1)
    for row in session.scalars(select(Membership).where(Membership.user_id == user_id)):
        if row.since > yesterday:
            session.delete(row)
        elif row.until is None or row.until > yesterday:
            row.until = yesterday
    session.flush()


def _empty(user: User) -> None:
    user.email, user.name = f"erased-{user.id}@{NOBODY_HERE}", ERASED
    user.language, user.digest, user.active, user.failed_logins = "en", "never", False, 0
    user.fs_uniquifier = uuid4().hex
    for name in EMPTY:
        setattr(user, name, None)
    user.erased = datetime.now(UTC)


def _scrub(session: Session, email: str, name: str) -> None:
    """Take name and address out of what was prepared for others: notices and jobs."""
    for model, columns in ((Notice, ("values",)), (Job, ("arguments", "result", "error"))):
        like = or_(*(_holds(getattr(model, column), word) for column in columns for word in _words(email, name)))
        for row in session.scalars(select(model).where(like)):
            for column in columns:
                setattr(row, column, _without(getattr(row, column), _words(email, name)))
                flag_modified(row, column)
    session.flush()


def _words(email: str, name: str) -> tuple[str, ...]:
    """What is looked for; a name of one or two letters would be found everywhere."""
    return tuple(word for word in (email, name) if len(word) > 2)


def _holds(column: Any, word: str) -> Any:
    """Whether a text holds the word, as it is or as JSON writes it."""
    text = cast(column, String)
    return or_(text.contains(word, autoescape=True), text.contains(json.dumps(word)[1:-1], autoescape=True))


def _without(value: Any, words: tuple[str, ...]) -> Any:
    if isinstance(value, dict):
        return {key: _without(item, words) for key, item in value.items()}
    if isinstance(value, list):
        return [_without(item, words) for item in value]
    if isinstance(value, str):
        for word in words:
            value = value.replace(word, ERASED)
    return value


def _mentions(session: Session, email: str, name: str) -> int:
    words = _words(email, name)
    like = or_(*(_holds(column, word) for column in (AuditEntry.data, AuditEntry.reason) for word in words))
    return session.scalar(select(func.count()).select_from(AuditEntry).where(like)) or 0 if words else 0
