"""The plugin's tables: plans, their actions, and the recommendations that an action answers."""

from __future__ import annotations

import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column
from uptake.toolkit import Base


class Plan(Base):
    """A national action plan. ``titles`` maps a language to a title; ``code`` is short and unique."""

    __tablename__ = "plans_plan"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    titles: Mapped[dict[str, str]] = mapped_column(JSON)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class Action(Base):
    """One action of a plan. ``reported`` is the day on which its lead last published an update on what it answers.

    An action outlives the institution that led it: then nobody leads it, and the health check says so.
    """

    __tablename__ = "plans_action"
    __table_args__ = (UniqueConstraint("plan_id", "code"), Index(None, "lead_id"), Index(None, "due"))

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans_plan.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(40))
    titles: Mapped[dict[str, str]] = mapped_column(JSON)
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("actor.id", ondelete="SET NULL"))
    due: Mapped[datetime.date | None]
    state: Mapped[str] = mapped_column(String(12), default="not_started")
    budget: Mapped[str | None] = mapped_column(Text)
    reported: Mapped[datetime.date | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


class ActionRecommendation(Base):
    """A recommendation that an action answers."""

    __tablename__ = "plans_action_recommendation"
    __table_args__ = (Index(None, "recommendation_id"),)

    action_id: Mapped[int] = mapped_column(ForeignKey("plans_action.id", ondelete="CASCADE"), primary_key=True)
    recommendation_id: Mapped[int] = mapped_column(
        ForeignKey("recommendation.id", ondelete="CASCADE"), primary_key=True
    )
