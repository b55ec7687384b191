"""Invitations: an account with a role for somebody who proves the address by the mailed link, which works once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from uptake.db import after_commit, transaction
from uptake.errors import Invalid, NotFound, Refused
from uptake.i18n import N_
from uptake.models.actors import Actor
from uptake.models.people import ACTOR_ROLES, SITE_ROLES, Invitation, Membership, User
from uptake.services.audit import record_event
from uptake.services.instance import settings_of
from uptake.services.people import handover_items, letters
from uptake.services.people.emails import clean_email
from uptake.services.people.roles import grantable
from uptake.services.people.tokens import hash_of, new_token
from uptake.services.permissions import Person, require

LASTS = timedelta(days=7)
MOMENT = timedelta(seconds=30)
LONGEST_NAME = 200
GONE = N_("This invitation was used already, is too old, or was taken back.")
GONE_REMEDY = N_("Ask the coordinator for a new one, or sign in if you have an account.")


@dataclass(frozen=True, slots=True)
class Draft:
    """An invitation as a form sends it."""

    email: str = ""
    name: str = ""
    role: str = ""
    actor: int | None = None
    language: str = "en"


def invite(draft: Draft, *, person: Person, root: str) -> Invitation:
    """Invite somebody. ``root`` is the address of the site, for the link. Raises ``Invalid`` and ``Refused``."""
    require(person, "user.invite", actor=draft.actor)
    with transaction() as session:
        email = _check(session, draft, person)
        if sent := _just_sent(session, email, draft):
            return sent
        _replace(session, email, person)
        invitation = Invitation(
            email=email,
            name=draft.name.strip(),
            language=draft.language,
            role=draft.role,
            actor_id=draft.actor,
            invited_by=person.id,
            created=datetime.now(UTC),
        )
        _send(session, invitation, person, root)
        said = {"role": [None, draft.role], "actor": [None, draft.actor]}
        record_event(session, person.mark, "user.invite", f"invitation/{invitation.id}", said)
    return invitation


def resend(invitation_id: int, *, person: Person, root: str) -> Invitation:
    """Send an invitation anew; the link sent before works no more."""
    require(person, "user.invite")
    with transaction() as session:
        invitation = _unused(session, invitation_id, person)
        _send(session, invitation, person, root)
        record_event(session, person.mark, "user.invite_again", f"invitation/{invitation.id}", {})
    return invitation


def take_back(invitation_id: int, *, person: Person) -> None:
    """Make an invitation worthless."""
    require(person, "user.invite")
    with transaction() as session:
        invitation = _unused(session, invitation_id, person)
        record_event(session, person.mark, "user.invite_withdraw", f"invitation/{invitation.id}", {})
        handover_items.forget(session, [invitation.id])
        session.delete(invitation)


def open_invitation(session: Session, token: str) -> Invitation:
    """The invitation behind a link. Raises ``NotFound`` for one that was used, is too old or never was."""
    return _valid(session.scalar(select(Invitation).where(Invitation.token == hash_of(token))))


def open_for(session: Session, email: str) -> Invitation | None:
    """The open invitation to an address, for somebody whose address another service vouches for."""
    return session.scalar(
        select(Invitation)
        .where(
            func.lower(Invitation.email) == email.lower(),
            Invitation.used.is_(None),
            Invitation.expires > datetime.now(UTC),
        )
        .order_by(Invitation.id.desc())
        .limit(1)
        .with_for_update()
    )


def accept(token: str, name: str, password: str | None) -> User:
    """Open the account with its role; ``password`` is a hash. The link is used up even where two press it at once."""
    with transaction() as session:
        session.execute(select(Invitation.id).where(Invitation.token == hash_of(token)).with_for_update())
        return make_account(session, open_invitation(session, token), name, password)


def make_account(session: Session, invitation: Invitation, name: str, password: str | None) -> User:
    """The account and membership that an invitation promises, inside the running transaction."""
    named = " ".join(name.split())
    if not named or len(named) > LONGEST_NAME:
        raise Invalid(N_("Please look at this again."), fields={"name": N_("Write your name.")})
    if session.scalar(select(User.id).where(func.lower(User.email) == invitation.email.lower())):
        raise NotFound(GONE, remedy=GONE_REMEDY)
    now = datetime.now(UTC)
    user = User(
        email=invitation.email, name=named, language=invitation.language, password=password,
        fs_uniquifier=uuid4().hex, fs_webauthn_user_handle=uuid4().hex, confirmed_at=now, created_at=now,
    )  # fmt: skip
    session.add(user)
    session.flush()
    session.add(Membership(user_id=user.id, actor_id=invitation.actor_id, role=invitation.role, since=date.today()))
    invitation.used = now
    said = {
        "role": [None, invitation.role],
        "actor": [None, invitation.actor_id],
        "invited_by": [None, invitation.invited_by],
    }
    record_event(session, f"user/{user.id}", "user.create", f"user/{user.id}", said)
    handover_items.complete(session, invitation, user.id)
    return user


def _check(session: Session, draft: Draft, person: Person) -> str:
    wrong: dict[str, str] = {}
    email = clean_email(draft.email)
    if email is None:
        wrong["email"] = N_("Write an e-mail address, such as name@example.org.")
    elif session.scalar(select(User.id).where(func.lower(User.email) == email.lower())):
        wrong["email"] = N_("There is an account with this address. Give it the role on the page of the institution.")
    if len(draft.name) > LONGEST_NAME:
        wrong["name"] = N_("This is too long.")
    if draft.role not in (*SITE_ROLES, *ACTOR_ROLES):
        wrong["role"] = N_("Choose a role.")
    elif draft.role in ACTOR_ROLES and (draft.actor is None or session.get(Actor, draft.actor) is None):
        wrong["actor"] = N_("Choose the institution of this role.")
    elif draft.role in SITE_ROLES and draft.actor is not None:
        wrong["actor"] = N_("This role is for the whole site: leave the institution empty.")
    if draft.language not in settings_of(session).languages:
        wrong["language"] = N_("Choose a language of this site.")
    if wrong or email is None:
        raise Invalid(N_("Please look at this again."), fields=wrong)
    _may_grant(person, draft.role)
    return email


def _just_sent(session: Session, email: str, draft: Draft) -> Invitation | None:
    """The same invitation of a moment ago: the form was sent twice."""
    return session.scalar(
        select(Invitation).where(
            Invitation.email == email,
            Invitation.role == draft.role,
            Invitation.actor_id.is_(None) if draft.actor is None else Invitation.actor_id == draft.actor,
            Invitation.used.is_(None),
            Invitation.created > datetime.now(UTC) - MOMENT,
        )
    )


def _replace(session: Session, email: str, person: Person) -> None:
    """A new invitation ends those to the same address, which somebody else may have had the right to send."""
    waiting = session.scalars(
        select(Invitation).where(func.lower(Invitation.email) == email.lower(), Invitation.used.is_(None))
    ).all()
    for one in waiting:
        _may_grant(person, one.role)
    handover_items.forget(session, [one.id for one in waiting])
    for one in waiting:
        session.delete(one)
    session.flush()


def _may_grant(person: Person, role: str) -> None:
    if role not in grantable(person):
        raise Refused(N_("Only an administrator makes administrators."), remedy=N_("Ask an administrator."))


def _unused(session: Session, invitation_id: int, person: Person) -> Invitation:
    invitation = session.get(Invitation, invitation_id)
    if invitation is None or invitation.used:
        raise NotFound(GONE)
    _may_grant(person, invitation.role)
    return invitation


def _valid(invitation: Invitation | None) -> Invitation:
    if invitation is None or invitation.used:
        raise NotFound(GONE, remedy=GONE_REMEDY)
    expires = invitation.expires if invitation.expires.tzinfo else invitation.expires.replace(tzinfo=UTC)
    if expires < datetime.now(UTC):
        raise NotFound(GONE, remedy=GONE_REMEDY)
    return invitation


def _send(session: Session, invitation: Invitation, person: Person, root: str) -> None:
    token = new_token()
    invitation.token, invitation.expires = hash_of(token), datetime.now(UTC) + LASTS
    session.add(invitation)
    session.flush()
    link = f"{root}/{invitation.language}/invitation/{token}"
    site = settings_of(session).title
    after_commit(lambda: letters.send_invitation(invitation, person.name or site, site, link))
