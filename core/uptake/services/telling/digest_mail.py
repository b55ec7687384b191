"""The words of a mail with notices, and the link in it that ends such mails without a sign-in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import select
from sqlalchemy.orm import Session

from uptake.errors import NotFound
from uptake.i18n import N_, ngettext
from uptake.i18n import gettext as _
from uptake.models.notices import Notice
from uptake.models.people import User
from uptake.services.instance import settings_of
from uptake.services.telling.notice_words import sentences
from uptake.settings import Settings

KEY_FILE = "secret.key"
MOST = 40


@dataclass(frozen=True, slots=True)
class Digest:
    """One mail, ready to go, and what it tells of. ``before`` is the day of the reader's last one."""

    user: int
    to: str
    language: str
    subject: str
    text: str
    headers: Mapping[str, str]
    notices: Sequence[int]
    urgent: bool
    before: str | None


def compose(session: Session, user: User, notices: list[Notice], urgent: bool, before: str | None) -> Digest:
    """The mail in the language that is being spoken; the urgent first, then the newest."""
    settings = settings_of(session)
    base = f"{settings.base_url.rstrip('/')}/{user.language if user.language in settings.languages else settings.default_language}"
    ordered = sorted(notices, key=lambda one: (not one.urgent, -one.id))
    said = sentences(session, ordered[:MOST])
    parts = [f"{sentence}\n{base}{one.path}" for one, sentence in zip(ordered, said, strict=False)]
    if len(ordered) > MOST:
        parts.append(_("And {count} more:", count=len(ordered) - MOST) + f"\n{base}/notices")
    stop = f"{base}/unsubscribe/{token_for(settings, user)}"
    parts.append(_("You choose how often such mails come, or that they end:") + f"\n{stop}")
    subject = ngettext("{site}: one thing for you", "{site}: {count} things for you", len(ordered), site=settings.title)
    if urgent:
        subject = _("Urgent") + " · " + subject
    headers = {"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    ids = [one.id for one in ordered]
    return Digest(user.id, user.email, user.language, subject, "\n\n".join(parts) + "\n", headers, ids, urgent, before)


def token_for(settings: Settings, user: User) -> str:
    """What the link of a person holds: good for choosing the rhythm of mails and for nothing else."""
    return _signer(settings).dumps(user.uuid.hex)


def user_behind(session: Session, token: str) -> User:
    """The account behind a link. Raises ``NotFound`` where it was not made here, or the account is gone."""
    try:
        uuid = UUID(_signer(settings_of(session)).loads(token))
    except (BadSignature, ValueError, TypeError, AttributeError):
        uuid = None
    user = session.scalar(select(User).where(User.uuid == uuid, User.erased.is_(None))) if uuid else None
    if user is None:
        raise NotFound(
            N_("This link is not complete."), remedy=N_("Copy the whole link, or sign in and change it there.")
        )
    return user


def _signer(settings: Settings) -> URLSafeSerializer:
    secret = settings.secret_key or (settings.instance / KEY_FILE).read_text("ascii").strip()
    return URLSafeSerializer(secret, salt="uptake/unsubscribe")
