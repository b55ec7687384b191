"""All that the site holds of one person, as JSON: for the person, and for whoever erases it on request."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from uptake.errors import NotFound
from uptake.i18n import N_
from uptake.models.audit import AuditEntry
from uptake.models.notices import Follow, Notice, SavedView
from uptake.models.people import Invitation, Membership, Passkey, PersonSetting, SignIn, User
from uptake.models.progress import Assessment, Comment, StoredFile, Update, UpdateStep
from uptake.models.tokens import ApiToken
from uptake.services.authors import PREFIX
from uptake.services.permissions import Person, require

ACCOUNT = (
    "id",
    "email",
    "name",
    "language",
    "digest",
    "active",
    "created_at",
    "confirmed_at",
    "last_login_at",
    "oidc_subject",
)
PARTS: tuple[tuple[str, Any, str, tuple[str, ...]], ...] = (
    ("roles", Membership, "user_id", ("role", "actor_id", "since", "until")),
    ("sign_ins", SignIn, "user_id", ("created", "seen", "browser", "ended")),
    ("passkeys", Passkey, "user_id", ("name", "create_datetime", "lastuse_datetime")),
    ("tokens", ApiToken, "user_id", ("name", "scopes", "created", "expires", "used", "revoked")),
    ("settings", PersonSetting, "user_id", ("name", "value")),
    ("notices", Notice, "user_id", ("kind", "values", "path", "created", "read")),
    ("follows", Follow, "user_id", ("kind", "target", "created")),
    ("saved_views", SavedView, "user_id", ("name", "query", "shared", "created")),
    (
        "updates",
        Update,
        "author_id",
        ("uuid", "actor_id", "state", "language", "done", "effect", "obstacles", "next_step", "created"),
    ),
    ("steps", UpdateStep, "user_id", ("update_id", "step", "at", "comment")),
    ("assessments", Assessment, "author_id", ("uuid", "scale", "grade", "text", "language", "date", "created")),
    ("comments", Comment, "user_id", ("text", "at", "withdrawn")),
    ("files", StoredFile, "user_id", ("name", "media_type", "size", "sha256", "created")),
)
DEED = ("id", "at", "action", "subject", "data", "reason")


def own_data(session: Session, user_id: int, *, person: Person) -> dict[str, Any]:
    """Everything by kind, secrets excepted. For the person, and for those who may erase."""
    if person.id != user_id:
        require(person, "user.erase")
    user = session.get(User, user_id)
    if user is None:
        raise NotFound(N_("There is no such account."))
    found: dict[str, Any] = {"written": datetime.now(UTC).isoformat(), "account": _plain(user, ACCOUNT)}
    for name, model, owner, columns in PARTS:
        found[name] = _rows(session, select(model).where(getattr(model, owner) == user_id), columns)
    found["invitations"] = _rows(
        session, select(Invitation).where(Invitation.email == user.email), ("email", "name", "role", "created", "used")
    )
    mine = select(AuditEntry).where(AuditEntry.actor == f"{PREFIX}{user_id}").order_by(AuditEntry.id)
    found["deeds"] = _rows(session, mine, DEED)
    return found


def _rows(session: Session, asked: Select[Any], columns: tuple[str, ...]) -> list[dict[str, Any]]:
    return [_plain(row, columns) for row in session.scalars(asked)]


def _plain(row: Any, columns: tuple[str, ...]) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in columns}
    return {
        name: value if isinstance(value, (dict, list, int, type(None))) else _word(value)
        for name, value in values.items()
    }


def _word(value: Any) -> str:
    return str(value.isoformat()) if hasattr(value, "isoformat") else str(value)
