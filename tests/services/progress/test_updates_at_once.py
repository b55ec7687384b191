"""Several people at the same moment: no update twice, no step twice, no word lost, the chain of the trail whole."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import func, select
from uptake.db import db, session
from uptake.errors import AppError, Conflict
from uptake.models.progress import Update, UpdateStep
from uptake.services.audit import verify
from uptake.services.progress import updates, workflow
from uptake.services.progress.updates import Beginning
from uptake.testing.reporting import Scene

AT_ONCE = 6


@pytest.fixture
def scene(app: Flask) -> Scene:
    return Scene()


def at_once(app: Flask, *tasks: Callable[[], object]) -> list[object]:
    """What each task gave, or the error that it ended with."""

    def run(task: Callable[[], object]) -> object:
        with app.app_context():
            try:
                return task()
            except AppError as error:
                return error
            finally:
                db.session.remove()

    session().rollback()
    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(run, tasks))


def steps(name: str) -> int:
    session().rollback()
    return session().scalar(select(func.count(UpdateStep.id)).where(UpdateStep.step == name)) or 0


def test_the_same_form_sent_many_times_at_once_makes_one_update(app: Flask, scene: Scene) -> None:
    start = Beginning(scene.health, (scene.one,), "token")
    task = lambda: updates.create(start, {"done": "Built"}, person=scene.focal, submit=True).id  # noqa: E731
    found = at_once(app, *[task] * AT_ONCE)
    assert len(set(found)) == 1
    assert session().scalar(select(func.count(Update.id))) == 1
    assert steps("submitted") == 1


def test_two_who_approve_at_once_publish_once(app: Flask, scene: Scene) -> None:
    update = scene.take(scene.take(scene.draft(claim="planned"), "submit", scene.focal), "confirm", scene.validator)
    uuid, version = update.uuid, update.version
    task = lambda: workflow.take(uuid, "approve", person=scene.coordinator, version=version).state  # noqa: E731
    assert at_once(app, *[task] * AT_ONCE) == ["published"] * AT_ONCE
    assert (steps("approved"), steps("published")) == (1, 1)


def test_one_who_confirms_and_one_who_sends_back_at_once_do_not_both_win(app: Flask, scene: Scene) -> None:
    update = scene.take(scene.draft(), "submit", scene.focal)
    uuid, version = update.uuid, update.version
    found = at_once(
        app,
        lambda: workflow.take(uuid, "confirm", person=scene.validator, version=version).state,
        lambda: workflow.take(uuid, "return", person=scene.coordinator, version=version, comment="No").state,
    )
    assert len([one for one in found if isinstance(one, Conflict)]) == 1
    assert steps("confirmed") + steps("returned") == 1


def test_many_who_file_at_once_lose_nothing(app: Flask, scene: Scene) -> None:
    starts = [Beginning(scene.health, (scene.one,), f"token {number}") for number in range(AT_ONCE)]

    def file(start: Beginning) -> int:
        return updates.create(start, {"done": start.once, "claim": "planned"}, person=scene.focal, submit=True).id

    found = at_once(app, *[lambda start=start: file(start) for start in starts])  # type: ignore[misc]
    assert len(set(found)) == AT_ONCE
    assert set(session().scalars(select(Update.done))) == {start.once for start in starts}
    assert verify(session()) is None
