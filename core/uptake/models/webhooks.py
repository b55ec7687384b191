"""Webhooks: other systems that are told what was published or imported, and what became of each message."""

from __future__ import annotations

import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, DateTime, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from uptake.db import Base

DELIVERY_STATES = ("waiting", "delivered", "failed")


class Webhook(Base):
    """An address that is told of some events. Its secret is derived from ``nonce`` and the key of the instance: no copy of
    the database gives it away."""

    __tablename__ = "webhook"

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    address: Mapped[str] = mapped_column(String(2000))
    events: Mapped[list[str]] = mapped_column(JSON)
    nonce: Mapped[str] = mapped_column(String(64))
    active: Mapped[bool] = mapped_column(default=True)
    created: Mapped[datetime.datetime] = mapped_column(DateTime(timezone=True))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))


class WebhookDelivery(Base):
    """One message to one address: what it says, how often it was tried, and what the receiver answered last."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (Index(None, "webhook_id"), Index(None, "created"))

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhook.id", ondelete="CASCADE"))
    event: Mapped[str] = mapped_column(String(40))
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    status: Mapped[int | None]
    milliseconds: Mapped[int | None]
    error: Mapped[str | None] = mapped_column(Text)
    created: Mapped[datetime.datetime] = mapped_column(DateTime(timezone=True))
    tried: Mapped[datetime.datetime | None] = mapped_column(DateTime(timezone=True))
