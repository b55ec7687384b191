"""Fills an instance with a country's daily work: 70 institutions, 170 people, assignments, 20,000 updates.

Run as ``python -m tests.bench.work_data INSTANCE``; prints a session cookie for each person as JSON.
"""

from __future__ import annotations

import datetime
import json
import random
import sys
from pathlib import Path
from uuid import uuid4

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from uptake.app import create_app
from uptake.db import session, transaction
from uptake.models.actors import Actor
from uptake.models.people import Membership, User
from uptake.models.progress import Update, UpdateItem, UpdateStep
from uptake.models.recommendations import Recommendation
from uptake.models.responsibility import Assignment, FollowUp
from uptake.search import index
from uptake.services.permissions import load_person
from uptake.testing.people import signed_in

INSTITUTIONS, PEOPLE, UPDATES = 70, 170, 20_000
NOW = datetime.datetime.now(datetime.UTC)
CLAIMS = ("not_started", "planned", "in_progress", "substantially_done", "implemented", "stalled")
STATES = ("draft", "submitted", "confirmed", "approved", "published", "published", "published", "published")


def main(instance: Path) -> None:
    """Fill the instance and print the cookies of its people."""
    app = create_app(instance)
    rng = random.Random(5)
    with app.app_context():
        with transaction() as current:
            actors = [
                Actor(code=f"I{n:02d}", kind="ministry", names={"en": f"Institution {n}"}, short_names={})
                for n in range(INSTITUTIONS)
            ]
            current.add_all(actors)
            current.flush()
            people = _people(current, [actor.id for actor in actors])
            _work(current, rng, [actor.id for actor in actors])
        print(json.dumps({"people": [_cookie(app, user, *role) for user, *role in people], "work": _reports()}))


def _people(current: Session, actors: list[int]) -> list[tuple[int, str, int | None]]:
    found: list[tuple[int, str, int | None]] = []
    for n in range(PEOPLE):
        user = User(email=f"p{n}@example.org", name=f"Person {n}", fs_uniquifier=uuid4().hex, created_at=NOW)
        current.add(user)
        current.flush()
        role, actor = ("coordinator", None) if n < 10 else (("focal_point", "validator")[n % 2], actors[n // 2 % 70])
        current.add(Membership(user_id=user.id, actor_id=actor, role=role, since=datetime.date(2024, 1, 1)))
        found.append((user.id, role, actor))
    return found


def _work(current: Session, rng: random.Random, actors: list[int]) -> None:
    ids = list(current.scalars(select(Recommendation.id).where(Recommendation.parent_id.is_(None))))
    today = datetime.date.today()
    lead = {}
    for id_ in ids:
        first, second = rng.sample(actors, 2)
        lead[id_] = first
        current.add(
            FollowUp(recommendation_id=id_, due=today + datetime.timedelta(days=rng.randint(-200, 700)),
                     status=rng.choice(CLAIMS), confirmed_on=today - datetime.timedelta(days=rng.randint(0, 400)))
        )  # fmt: skip
        for actor, role in ((first, "lead"), (second, "support")):
            current.add(
                Assignment(recommendation_id=id_, actor_id=actor, role=role, state=rng.choice(("assigned", "accepted")),
                           created=NOW)
            )  # fmt: skip
    current.flush()
    for _ in range(UPDATES):
        id_ = rng.choice(ids)
        when = NOW - datetime.timedelta(days=rng.randint(0, 900))
        state = rng.choice(STATES)
        update = Update(actor_id=lead[id_], language="en", done="The law was sent to Parliament. " * rng.randint(1, 12),
                        effect="More people were reached.", claim=rng.choice(CLAIMS), state=state, created=when,
                        changed=when, submitted=when, published=when if state == "published" else None)  # fmt: skip
        current.add(update)
        current.flush()
        current.add(UpdateItem(update_id=update.id, recommendation_id=id_))
        current.add(UpdateStep(update_id=update.id, step="submit", at=when))
    current.flush()
    index.refresh_facts(current, ids)


def _cookie(app: Flask, user: int, role: str, actor: int | None) -> dict[str, object]:
    client = signed_in(app, load_person(session(), user))
    cookie = client.get_cookie("uptake")
    assert cookie is not None
    return {"role": role, "actor": actor, "cookie": f"uptake={cookie.value}"}


def _reports() -> dict[int, list[str]]:
    """The recommendations that each institution leads."""
    found: dict[int, list[str]] = {}
    rows = session().execute(
        select(Assignment.actor_id, Recommendation.uuid)
        .join(Recommendation, Recommendation.id == Assignment.recommendation_id)
        .where(Assignment.role == "lead")
    )
    for actor, uuid in rows:
        found.setdefault(actor, []).append(str(uuid))
    return found


if __name__ == "__main__":
    main(Path(sys.argv[1]))
