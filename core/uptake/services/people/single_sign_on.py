"""Whom a verified identity of another service stands for: an account or an invitation of this site, never anybody new."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from uptake.db import transaction
from uptake.errors import Refused
from uptake.i18n import N_
from uptake.models.people import User
from uptake.services.audit import record_event
from uptake.services.people.emails import clean_email
from uptake.services.people.invitations import make_account, open_for

UNKNOWN = N_("There is no account for you here.")
UNKNOWN_REMEDY = N_("Ask the coordinator for an invitation to this very address.")


@dataclass(frozen=True, slots=True)
class Claims:
    """What the provider vouches for."""

    issuer: str
    subject: str
    email: str
    verified: bool
    name: str = ""

    @property
    def mark(self) -> str:
        """What the account remembers of the identity: enough to know it again."""
        return sha256(f"{self.issuer}\n{self.subject}".encode()).hexdigest()


def user_for(claims: Claims) -> User:
    """The account of this identity; at the first time found by its verified address. Raises ``Refused``."""
    with transaction() as session:
        user = session.scalar(select(User).where(User.oidc_subject == claims.mark)) or _first_time(session, claims)
        if not user.active or user.erased:
            raise Refused(UNKNOWN, remedy=UNKNOWN_REMEDY)
    return user


def _first_time(session: Session, claims: Claims) -> User:
    email = clean_email(claims.email)
    if email is None or not claims.verified:
        raise Refused(N_("The service did not vouch for your e-mail address."), remedy=UNKNOWN_REMEDY)
    user = session.scalar(select(User).where(func.lower(User.email) == email.lower(), User.erased.is_(None)))
    if user is None:
        invitation = open_for(session, email)
        if invitation is None:
            raise Refused(UNKNOWN, remedy=UNKNOWN_REMEDY)
        user = make_account(session, invitation, claims.name or invitation.name or email.partition("@")[0], None)
    elif user.oidc_subject is not None:
        raise Refused(
            N_("This account belongs to another identity of that service."), remedy=N_("Ask an administrator.")
        )
    user.oidc_subject = claims.mark
    record_event(session, f"user/{user.id}", "user.single_sign_on", f"user/{user.id}", {})
    return user
