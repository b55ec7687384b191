"""Who answers for a recommendation, until when, how urgent it is, and which ones are handled together."""

from __future__ import annotations

import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, DateTime, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from uptake.db import Base

ASSIGNMENT_ROLES = ("lead", "support")
ASSIGNMENT_STATES = ("proposed", "assigned", "accepted", "declined", "ended")
LIVE = ("assigned", "accepted")
RECEIVED = "received"
PRIORITIES = ("low", "normal", "high", "urgent")
PRIORITY_REASONS = ("follow_up_item", "deadline", "group_left_behind", "needs_law", "needs_budget", "other")


class FollowUp(Base):
    """How the State handles one recommendation or component: urgency, due date, and where its progress stands.

    There is no row until somebody handles it; until then it counts as ``received``. ``status`` is the State's own claim
    as it is published (a code of the status scale), ``verified`` whether evidence stands behind it, ``confirmed_on`` the
    day of the last published word, ``override_reason`` why a person set the status of a compound recommendation by hand.
    ``continuous`` marks a duty that never closes.
    """

    __tablename__ = "follow_up"
    __table_args__ = (Index(None, "due"), Index(None, "status"))

    recommendation_id: Mapped[int] = mapped_column(
        ForeignKey("recommendation.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    priority: Mapped[str] = mapped_column(String(10), default="normal")
    priority_reason: Mapped[str | None] = mapped_column(String(30))
    priority_note: Mapped[str | None] = mapped_column(Text)
    due: Mapped[datetime.date | None]
    continuous: Mapped[bool] = mapped_column(default=False)
    status: Mapped[str] = mapped_column(String(30), default="received")
    verified: Mapped[bool] = mapped_column(default=False)
    confirmed_on: Mapped[datetime.date | None]
    override_reason: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class Assignment(Base):
    """One institution's part in one recommendation or component: lead or support."""

    __tablename__ = "assignment"
    __table_args__ = (UniqueConstraint("recommendation_id", "actor_id"), Index(None, "actor_id", "state"))

    id: Mapped[int] = mapped_column(primary_key=True)
    recommendation_id: Mapped[int] = mapped_column(ForeignKey("recommendation.id", ondelete="CASCADE"))
    actor_id: Mapped[int] = mapped_column(ForeignKey("actor.id", ondelete="CASCADE"))
    role: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10), default="assigned")
    reason: Mapped[str | None] = mapped_column(Text)
    rule_id: Mapped[int | None] = mapped_column(ForeignKey("routing_rule.id", ondelete="SET NULL"))
    created: Mapped[datetime.datetime] = mapped_column(DateTime(timezone=True))
    answered: Mapped[datetime.datetime | None] = mapped_column(DateTime(timezone=True))
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class RoutingRule(Base):
    """Proposes an institution for what carries a term (a theme, group or goal)."""

    __tablename__ = "routing_rule"
    __table_args__ = (UniqueConstraint("term_id", "actor_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    term_id: Mapped[int] = mapped_column(ForeignKey("term.id", ondelete="CASCADE"))
    actor_id: Mapped[int] = mapped_column(ForeignKey("actor.id", ondelete="CASCADE"))
    role: Mapped[str] = mapped_column(String(10), default="lead")


class Cluster(Base):
    """Overlapping recommendations that are handled together, with a lead institution of their own."""

    __tablename__ = "cluster"

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(unique=True, default=uuid4)
    title: Mapped[str] = mapped_column(String(300))
    note: Mapped[str | None] = mapped_column(Text)
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("actor.id", ondelete="SET NULL"))
    withdrawn: Mapped[datetime.datetime | None] = mapped_column(DateTime(timezone=True))
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class ClusterMember(Base):
    """A recommendation in a cluster."""

    __tablename__ = "cluster_member"
    __table_args__ = (Index(None, "recommendation_id"),)

    cluster_id: Mapped[int] = mapped_column(ForeignKey("cluster.id", ondelete="CASCADE"), primary_key=True)
    recommendation_id: Mapped[int] = mapped_column(
        ForeignKey("recommendation.id", ondelete="CASCADE"), primary_key=True
    )


class DismissedPair(Base):
    """Two recommendations of which a person said that they are no duplicates; the lower id comes first."""

    __tablename__ = "dismissed_pair"
    __table_args__ = (Index(None, "other_id"),)

    recommendation_id: Mapped[int] = mapped_column(
        ForeignKey("recommendation.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    other_id: Mapped[int] = mapped_column(
        ForeignKey("recommendation.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    at: Mapped[datetime.datetime] = mapped_column(DateTime(timezone=True))


class BulkChange(Base):
    """One change of many recommendations at once, with what was before, so that it can be undone."""

    __tablename__ = "bulk_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    at: Mapped[datetime.datetime] = mapped_column(DateTime(timezone=True))
    what: Mapped[dict[str, Any]] = mapped_column(JSON)
    before: Mapped[dict[str, Any]] = mapped_column(JSON)
    undone: Mapped[datetime.datetime | None] = mapped_column(DateTime(timezone=True))
