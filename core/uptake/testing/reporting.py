"""A scene for tests of reporting: two institutions, somebody in each role, and what the first answers for."""

from __future__ import annotations

import datetime
import re
from typing import Any
from uuid import UUID, uuid4

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from uptake.db import session, transaction
from uptake.models.progress import Evidence, Update
from uptake.models.recommendations import Recommendation, RecommendationText
from uptake.models.responsibility import Assignment, FollowUp
from uptake.search import index
from uptake.services.importing.sources import HUMAN, source_id
from uptake.services.permissions import Person
from uptake.services.progress import updates, workflow
from uptake.services.progress.updates import Beginning
from uptake.testing.people import make_actor, make_person, token_of

TEXT = "Amend the law so that every child is registered at birth."


class Scene:
    """``health`` answers for all recommendations of the scene, ``justice`` for none."""

    def __init__(self) -> None:
        self.health, self.justice = make_actor("health").id, make_actor("justice").id
        self.focal = make_person("focal_point", actor=self.health)
        self.member = make_person("member", actor=self.health)
        self.validator = make_person("validator", actor=self.health)
        self.coordinator = make_person("coordinator")
        self.observer = make_person("observer")
        self.other = make_person("focal_point", actor=self.justice)
        self.one = self.recommendation()

    def recommendation(self, *, parent: int | None = None, assigned: bool = True) -> UUID:
        """A recommendation that the health ministry answers for."""
        uuid = uuid4()
        now = datetime.datetime.now(datetime.UTC)
        with transaction() as current:
            index.lock(current)
            source = source_id(current, HUMAN)
            row = Recommendation(uuid=uuid, source_id=source, kind="recommendation", parent_id=parent)
            current.add(row)
            current.flush()
            current.add(
                RecommendationText(recommendation_id=row.id, language="en", source_id=source, raw=TEXT, cleaned=TEXT)
            )
            if assigned:
                current.add(
                    Assignment(
                        recommendation_id=row.id, actor_id=self.health, role="lead", state="accepted", created=now
                    )
                )
            current.flush()
            if parent is None:
                index.add(current, [row.id])
        return uuid

    def number(self, uuid: UUID) -> int:
        """The id of a recommendation."""
        found = session().scalar(select(Recommendation.id).where(Recommendation.uuid == uuid))
        assert found is not None
        return found

    def draft(self, *on: UUID, person: Person | None = None, **values: Any) -> Update:
        """A draft of the focal point."""
        start = Beginning(self.health, on or (self.one,), uuid4().hex)
        said = {"done": "The law was passed.", "language": "en", **values}
        return updates.create(start, said, person=person or self.focal)

    def published(self, *on: UUID, evidence: bool = False, **values: Any) -> Update:
        """An update that has gone all the way."""
        update = self.draft(*on, **values)
        if evidence:
            self.prove(update)
        update = self.take(update, "submit", self.focal)
        return self.take(self.take(update, "confirm", self.validator), "approve", self.coordinator)

    def take(self, update: Update, name: str, person: Person, **more: Any) -> Update:
        """One step, with the version that stands now."""
        now = workflow.load(session(), update.uuid)
        return workflow.take(update.uuid, name, person=person, version=now.version, **more)

    def prove(self, update: Update) -> None:
        """Put a link behind an update."""
        id_, now = update.id, datetime.datetime.now(datetime.UTC)
        with transaction() as current:
            current.add(
                Evidence(
                    update_id=id_, kind="link", title="The gazette", address="https://example.org/gazette", created=now
                )
            )

    def stand(self, uuid: UUID) -> FollowUp | None:
        """Where a recommendation stands."""
        id_ = self.number(uuid)
        session().rollback()
        return session().get(FollowUp, id_, populate_existing=True)

    def fresh(self, update: Update) -> Update:
        """The update as it is saved."""
        uuid = update.uuid
        session().rollback()
        return workflow.load(session(), uuid)


def hidden(page: str, name: str) -> str:
    """What a page's form sends back unseen."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, name
    return found[1]


def post(browser: FlaskClient, path: str, **values: Any) -> TestResponse:
    """Send a form with its token."""
    return browser.post(path, data={"csrf_token": token_of(browser), **values})
