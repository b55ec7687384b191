"""People who sign in, where they are signed in, and the roles that they hold in institutions and on the site."""

from __future__ import annotations

import datetime
from typing import Any
from uuid import UUID, uuid4

from flask_security import AsaList, RoleMixin, UserMixin, WebAuthnMixin
from sqlalchemy import JSON, DateTime, ForeignKey, Index, LargeBinary, String
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Mapped, mapped_column, relationship

from uptake.db import Base

SITE_ROLES = ("administrator", "coordinator", "observer", "translator")
ACTOR_ROLES = ("focal_point", "alternate", "validator", "member")


class User(Base, UserMixin):
    """A person with an account. ``fs_uniquifier`` is what a session holds: a new one signs the person out everywhere.

    ``erased`` is when the personal data was erased on request; the row stays, so that what was said keeps an author.
    """

    __tablename__ = "user_account"

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    email: Mapped[str] = mapped_column(String(255), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(12), default="en")
    digest: Mapped[str] = mapped_column(String(10), default="daily")
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True, default=lambda: uuid4().hex)
    confirmed_at: Mapped[datetime.datetime | None] = mapped_column(DateTime(timezone=True))
    created_at: Mapped[datetime.datetime] = mapped_column(DateTime(timezone=True))
    last_login_at: Mapped[datetime.datetime | None] = mapped_column(DateTime(timezone=True))  # type: ignore[assignment]
    failed_logins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime.datetime | None] = mapped_column(DateTime(timezone=True))
    tf_primary_method: Mapped[str | None] = mapped_column(String(64))
    tf_totp_secret: Mapped[str | None] = mapped_column(String(255))
    tf_phone_number: Mapped[str | None] = mapped_column(String(128))
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(MutableList.as_mutable(AsaList()))
    fs_webauthn_user_handle: Mapped[str | None] = mapped_column(String(64), unique=True)  # type: ignore[assignment]
    oidc_subject: Mapped[str | None] = mapped_column(String(255), unique=True)
    erased: Mapped[datetime.datetime | None] = mapped_column(DateTime(timezone=True))

    webauthn: Mapped[list[Passkey]] = relationship(back_populates="user", cascade="all, delete")  # type: ignore[assignment]
    memberships: Mapped[list[Membership]] = relationship(back_populates="user", order_by="Membership.id")

    @property
    def roles(self) -> list[RoleMixin]:  # type: ignore[override]
        """None in Flask-Security's own sense: what a person may do follows from memberships."""
        return []

    def is_locked(self, form_error: list[str] | None = None) -> bool:
        """Whether signing in is closed for a while after too many failures."""
        return self.locked_until is not None and _aware(self.locked_until) > datetime.datetime.now(datetime.UTC)


def _aware(moment: datetime.datetime) -> datetime.datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)


class SiteRole(RoleMixin):
    """Flask-Security asks for a kind of role; ours are memberships."""


class Passkey(Base, WebAuthnMixin):
    """A passkey or security key of a person (WebAuthn)."""

    __tablename__ = "user_passkey"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    credential_id: Mapped[bytes] = mapped_column(LargeBinary(1024), unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(default=0)
    transports: Mapped[list[str] | None] = mapped_column(MutableList.as_mutable(AsaList()))
    backup_state: Mapped[bool]
    device_type: Mapped[str] = mapped_column(String(64))
    extensions: Mapped[str | None] = mapped_column(String(255))
    create_datetime: Mapped[datetime.datetime] = mapped_column(
        DateTime(timezone=True), default=lambda: datetime.datetime.now(datetime.UTC)
    )
    lastuse_datetime: Mapped[datetime.datetime] = mapped_column(DateTime(timezone=True))
    name: Mapped[str] = mapped_column(String(64))
    usage: Mapped[str] = mapped_column(String(64))

    user: Mapped[User] = relationship(back_populates="webauthn")

    def get_user_mapping(self) -> dict[str, Any]:
        """How Flask-Security finds the owner."""
        return {"id": self.user_id}


class SignIn(Base):
    """One browser in which a person is signed in. ``token`` is a hash of what the session cookie holds."""

    __tablename__ = "sign_in"
    __table_args__ = (Index(None, "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    token: Mapped[str] = mapped_column(String(64), unique=True)
    created: Mapped[datetime.datetime] = mapped_column(DateTime(timezone=True))
    seen: Mapped[datetime.datetime] = mapped_column(DateTime(timezone=True))
    browser: Mapped[str] = mapped_column(String(300), default="")
    ended: Mapped[datetime.datetime | None] = mapped_column(DateTime(timezone=True))


class Invitation(Base):
    """An invitation to open an account with a role. ``token`` is a hash of what the mailed link holds; it works once."""

    __tablename__ = "invitation"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(255))
    name: Mapped[str] = mapped_column(String(200), default="")
    language: Mapped[str] = mapped_column(String(12), default="en")
    role: Mapped[str] = mapped_column(String(20))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("actor.id", ondelete="CASCADE"))
    token: Mapped[str] = mapped_column(String(64), unique=True)
    invited_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    created: Mapped[datetime.datetime] = mapped_column(DateTime(timezone=True))
    expires: Mapped[datetime.datetime] = mapped_column(DateTime(timezone=True))
    used: Mapped[datetime.datetime | None] = mapped_column(DateTime(timezone=True))


class Membership(Base):
    """A role of a person, in an institution or (``actor_id`` None) on the site, from a day until a day, both included."""

    __tablename__ = "membership"
    __table_args__ = (Index(None, "user_id"), Index(None, "actor_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("actor.id", ondelete="CASCADE"))
    role: Mapped[str] = mapped_column(String(20))
    since: Mapped[datetime.date]
    until: Mapped[datetime.date | None]
    version: Mapped[int] = mapped_column(default=1)

    user: Mapped[User] = relationship(back_populates="memberships")

    __mapper_args__ = {"version_id_col": version}


class PersonSetting(Base):
    """What a person has chosen or left behind on a page (a draft form, a folded panel), by name."""

    __tablename__ = "person_setting"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)
