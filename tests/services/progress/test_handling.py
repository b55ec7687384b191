"""How recommendations are handled, as files and matrices say it: only what is published, components counted in."""

from __future__ import annotations

import csv
import io
import json

from flask import Flask
from sqlalchemy import event
from uptake.db import db, session
from uptake.services.lists import exporting, searching
from uptake.services.names import Names
from uptake.services.progress.handling import handling_of
from uptake.testing.reporting import Scene

WANTED = ("id", "status", "confirmed", "lead", "support", "latest")


def written(format: str) -> str:
    stream = io.BytesIO()
    cards = searching.everything(session(), searching.build_query())
    exporting.write(cards, Names(session()), format, stream, columns=WANTED)
    return stream.getvalue().decode("utf-8-sig")


def test_the_last_published_word_of_each_institution_and_no_draft(app: Flask) -> None:
    scene = Scene()
    scene.published(done="The first step.", claim="planned")
    scene.published(done="The law was passed.", next_step="It enters into force.", claim="in_progress")
    scene.draft(done="Not for the public.")
    silent = scene.recommendation(assigned=False)
    part = scene.recommendation(parent=scene.number(silent))
    scene.published(part, done="A part was done.")
    one, whole = scene.number(scene.one), scene.number(silent)
    found = handling_of(session(), [one, whole])
    assert [(word.text, word.claim) for word in found[one].said] == [
        ("The law was passed.\nIt enters into force.", "In progress")
    ]
    assert (found[one].status, found[one].status_name) == ("in_progress", "In progress")
    assert [code for _id, code, _name in found[one].lead] == ["health"]
    assert [word.text for word in found[whole].said] == ["A part was done."]
    assert [code for _id, code, _name in found[whole].lead] == ["health"]


def test_files_say_it_as_well(app: Flask) -> None:
    scene = Scene()
    scene.published(done="=The law was passed.", claim="in_progress")
    (row,) = csv.DictReader(io.StringIO(written("csv"), newline=""))
    line = json.loads(written("jsonl"))
    assert list(row) == list(WANTED)
    assert (row["status"], row["latest"]) == ("in_progress", "'=The law was passed.")
    assert (line["lead"], line["latest"], line["confirmed"]) == (["health"], "=The law was passed.", row["confirmed"])


def test_it_takes_as_many_queries_for_many_as_for_one(app: Flask) -> None:
    scene = Scene()
    ids = [scene.number(scene.one), *(scene.number(scene.recommendation()) for _ in range(5))]
    scene.published()
    seen: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *given: seen.append(given[2]))
    counts = []
    for some in (ids[:1], ids):
        session().rollback()
        seen.clear()
        handling_of(session(), some)
        counts.append(len(seen))
    assert counts[0] == counts[1]
