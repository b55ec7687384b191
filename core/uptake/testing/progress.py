"""Recommendations, updates and assignments for tests, put straight into the database."""

from __future__ import annotations

import datetime
from uuid import uuid4

from sqlalchemy import select

from uptake.db import transaction
from uptake.models.actors import Actor
from uptake.models.mechanisms import Mechanism
from uptake.models.progress import Update, UpdateItem
from uptake.models.recommendations import Recommendation, RecommendationText
from uptake.models.responsibility import Assignment
from uptake.services.importing.sources import HUMAN, source_id
from uptake.services.permissions import Person


def make_recommendation(
    text: str = "Ratify the treaty.", *, mechanism: str = "", parent: int | None = None
) -> Recommendation:
    """A recommendation that is not in the search index; ``mechanism`` is the code of one that exists."""
    with transaction() as session:
        source = source_id(session, HUMAN)
        whose = session.scalar(select(Mechanism.id).where(Mechanism.code == mechanism)) if mechanism else None
        one = Recommendation(
            uuid=uuid4(), source_id=source, kind="recommendation", mechanism_id=whose, parent_id=parent
        )
        session.add(one)
        session.flush()
        session.add(RecommendationText(
            recommendation_id=one.id, language="en", source_id=source, raw=text, cleaned=text, untranslated=False,
        ))  # fmt: skip
    return one


def make_update(
    actor: Actor,
    author: Person | None = None,
    *recommendations: Recommendation,
    state: str = "draft",
    done: str = "Done.",
) -> Update:
    """An update of an institution in any state."""
    now = datetime.datetime.now(datetime.UTC)
    with transaction() as session:
        one = Update(
            actor_id=actor.id, author_id=author.id if author else None, language="en", state=state, done=done, created=now,
            changed=now, published=now if state == "published" else None,
        )  # fmt: skip
        session.add(one)
        session.flush()
        session.add_all(UpdateItem(update_id=one.id, recommendation_id=each.id) for each in recommendations)
    return one


def make_assignment(
    recommendation: Recommendation, actor: Actor, role: str = "lead", state: str = "accepted"
) -> Assignment:
    """An institution's part in a recommendation."""
    with transaction() as session:
        one = Assignment(
            recommendation_id=recommendation.id, actor_id=actor.id, role=role, state=state,
            created=datetime.datetime.now(datetime.UTC),
        )  # fmt: skip
        session.add(one)
    return one
