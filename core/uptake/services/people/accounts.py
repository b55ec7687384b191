"""Accounts: one's own profile, the people of the site, blocking, and the first administrator."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from uptake.db import after_commit, transaction
from uptake.errors import Conflict, Invalid, NotFound, Refused
from uptake.i18n import N_
from uptake.models.actors import Actor
from uptake.models.people import ACTOR_ROLES, SITE_ROLES, Invitation, Membership, Passkey, User
from uptake.services.audit import record_event
from uptake.services.instance import settings_of
from uptake.services.people import letters
from uptake.services.people.emails import clean_email
from uptake.services.permissions import SYSTEM, Person, require

DIGESTS = ("never", "daily", "weekly")
PAGE = 50
LONGEST_NAME = 200
TAKEN = N_("There is an account with this address already.")
NO_ADDRESS = N_("Write an e-mail address, such as name@example.org.")


@dataclass(frozen=True, slots=True)
class Listed:
    """An account in the list of people."""

    id: int
    name: str
    email: str
    active: bool
    second_factor: bool
    last_sign_in: datetime | None
    roles: tuple[tuple[str, int | None, dict[str, str]], ...]


def people(session: Session, *, person: Person, words: str = "", page: int = 1) -> tuple[list[Listed], int]:
    """One page of the accounts by name, with the roles in force, and how many there are in all."""
    require(person, "user.view")
    wanted = select(User).where(User.erased.is_(None))
    if words:
        like = f"%{words.lower().replace('%', '').replace('_', '')}%"
        wanted = wanted.where(or_(func.lower(User.name).like(like), func.lower(User.email).like(like)))
    count = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    users = list(session.scalars(wanted.order_by(func.lower(User.name), User.id).limit(PAGE).offset((page - 1) * PAGE)))
    roles = _roles_of(session, [user.id for user in users])
    return [_listed(user, roles.get(user.id, ())) for user in users], count


def one(session: Session, user_id: int, *, person: Person) -> Listed:
    """An account of the list. Raises ``NotFound``."""
    require(person, "user.view")
    user = _get(session, user_id)
    return _listed(user, _roles_of(session, [user_id]).get(user_id, ()))


def invited(session: Session, *, person: Person) -> list[Invitation]:
    """The invitations that wait for an answer, or were too old for one, newest first."""
    require(person, "user.view")
    return list(
        session.scalars(select(Invitation).where(Invitation.used.is_(None)).order_by(Invitation.id.desc()).limit(200))
    )


def set_active(user_id: int, active: bool, *, person: Person) -> User:
    """Block an account, which signs it out everywhere, or let it in again."""
    require(person, "user.manage")
    with transaction() as session:
        user = _get(session, user_id)
        if user.id == person.id:
            raise Refused(N_("You cannot block your own account."), remedy=N_("Ask another administrator."))
        if user.active != active:
            record_event(session, person.mark, "user.unblock" if active else "user.block", f"user/{user.id}",
                         {"active": [user.active, active]})  # fmt: skip
            user.active = active
            if not active:
                user.fs_uniquifier = uuid4().hex
    return user


def take_off_second_factor(user_id: int, *, person: Person) -> User:
    """Let somebody in who has lost phone and codes: the password alone counts again, and every sign-in ends."""
    require(person, "user.manage")
    with transaction() as session:
        user = _get(session, user_id)
        user.tf_primary_method = user.tf_totp_secret = None
        user.mf_recovery_codes = []
        session.execute(delete(Passkey).where(Passkey.user_id == user.id, Passkey.usage == "secondary"))
        user.fs_uniquifier = uuid4().hex
        record_event(session, person.mark, "user.second_factor_off", f"user/{user.id}", {})
    return user


def change_email(user_id: int, typed: str, *, person: Person) -> User:
    """Give an account another address; both are told. Links sent to the old one work no more."""
    require(person, "user.manage")
    with transaction() as session:
        user = _get(session, user_id)
        email, old = _free_address(session, typed, user.id), user.email
        if email != old:
            user.email, user.fs_uniquifier, user.oidc_subject = email, uuid4().hex, None
            record_event(session, person.mark, "user.email", f"user/{user.id}", {})
            site = settings_of(session).title
            after_commit(lambda: letters.send_email_changed(user, old, site))
    return user


def change_profile(values: dict[str, str], *, person: Person) -> User:
    """Change one's own name, language and rhythm of mails. Raises ``Invalid``."""
    with transaction() as session:
        user = _get(session, person.id or 0)
        _check_profile(values, settings_of(session).languages)
        said: dict[str, Any] = {}
        for name in ("language", "digest"):
            if getattr(user, name) != values[name]:
                said[name] = [getattr(user, name), values[name]]
                setattr(user, name, values[name])
        named = " ".join(values["name"].split())
        if named != user.name:
            user.name, said["name"] = named, [None, None]
        if said:
            record_event(session, person.mark, "user.profile", f"user/{user.id}", said)
    return user


def create(
    email: str, name: str, role: str, *, institution: str | None = None, language: str = "en",
    password: str | None = None, person: Person = SYSTEM,
) -> User:  # fmt: skip
    """Make an account with a role, from the command line. ``password`` is a hash, ``institution`` a code."""
    require(person, "user.manage")
    with transaction() as session:
        address = _free_address(session, email)
        actor = _actor(session, role, institution)
        if not name.strip() or len(name) > LONGEST_NAME:
            raise Invalid("The name is empty or too long.", remedy="Give it with --name.", fields={"name": "is wrong"})
        if language not in settings_of(session).languages:
            raise Invalid("This site has no language {language}.", language=language)
        now = datetime.now(UTC)
        user = User(email=address, name=name.strip(), language=language, password=password, fs_uniquifier=uuid4().hex,
                    fs_webauthn_user_handle=uuid4().hex, created_at=now, confirmed_at=now)  # fmt: skip
        session.add(user)
        session.flush()
        session.add(Membership(user_id=user.id, actor_id=actor, role=role, since=date.today()))
        said = {"role": [None, role], "actor": [None, actor]}
        record_event(session, person.mark, "user.create", f"user/{user.id}", said)
    return user


def by_email(session: Session, typed: str) -> User:
    """The account with this address. Raises ``NotFound``."""
    user = session.scalar(select(User).where(func.lower(User.email) == typed.strip().lower(), User.erased.is_(None)))
    if user is None:
        raise NotFound("There is no account with this address.", remedy="List them with: uptake user list")
    return user


def note(user: User, action: str, session: Session, **said: Any) -> None:
    """Write what people did to their own account into the audit trail, inside the running transaction; never a secret."""
    record_event(session, f"user/{user.id}", f"user.{action}", f"user/{user.id}", said)


def _roles_of(session: Session, users: list[int]) -> dict[int, tuple[tuple[str, int | None, dict[str, str]], ...]]:
    today = date.today()
    found: dict[int, list[tuple[str, int | None, dict[str, str]]]] = {}
    rows = session.execute(
        select(Membership.user_id, Membership.role, Membership.actor_id, Actor.names)
        .outerjoin(Actor, Actor.id == Membership.actor_id)
        .where(
            Membership.user_id.in_(users),
            Membership.since <= today,
            or_(Membership.until.is_(None), Membership.until >= today),
        )
        .order_by(Membership.id)
    )
    for user, role, actor, names in rows:
        found.setdefault(user, []).append((role, actor, names or {}))
    return {user: tuple(roles) for user, roles in found.items()}


def _listed(user: User, roles: tuple[tuple[str, int | None, dict[str, str]], ...]) -> Listed:
    return Listed(user.id, user.name, user.email, user.active, bool(user.tf_primary_method), user.last_login_at, roles)


def _get(session: Session, user_id: int) -> User:
    user = session.get(User, user_id)
    if user is None or user.erased:
        raise NotFound(N_("There is no such account."))
    return user


def _free_address(session: Session, typed: str, but: int = 0) -> str:
    email = clean_email(typed)
    if email is None:
        raise Invalid(N_("Please look at this again."), fields={"email": NO_ADDRESS}, remedy=NO_ADDRESS)
    if session.scalar(select(User.id).where(func.lower(User.email) == email.lower(), User.id != but)):
        raise Conflict(TAKEN)
    return email


def _actor(session: Session, role: str, code: str | None) -> int | None:
    if role not in (*SITE_ROLES, *ACTOR_ROLES):
        raise Invalid(
            "There is no role {role}.",
            remedy="Roles: {roles}.",
            role=role,
            roles=", ".join((*SITE_ROLES, *ACTOR_ROLES)),
        )
    if (role in ACTOR_ROLES) != (code is not None):
        raise Invalid(
            "The role {role} needs an institution." if code is None else "The role {role} is for the whole site.",
            remedy="Say which: --institution CODE" if code is None else "Leave --institution out.",
            role=role,
        )
    found = session.scalar(select(Actor.id).where(Actor.code == code)) if code else None
    if code and found is None:
        raise NotFound("There is no institution with the code {code}.", code=code)
    return found


def _check_profile(values: dict[str, str], languages: tuple[str, ...]) -> None:
    wrong: dict[str, str] = {}
    if not values.get("name", "").strip() or len(values["name"]) > LONGEST_NAME:
        wrong["name"] = N_("Write your name.")
    if values.get("language") not in languages:
        wrong["language"] = N_("Choose a language of this site.")
    if values.get("digest") not in DIGESTS:
        wrong["digest"] = N_("Choose how often you want mail.")
    if wrong:
        raise Invalid(N_("Please look at this again."), fields=wrong)
