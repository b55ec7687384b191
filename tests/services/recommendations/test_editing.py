"""What people change on a recommendation is checked, recorded and searchable at once; nobody overwrites a colleague."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from uptake.db import session, transaction
from uptake.errors import AppError, Conflict, Invalid, NotFound
from uptake.models.audit import AuditEntry
from uptake.models.recommendations import Position, Recommendation, RecommendationText
from uptake.models.vocabularies import Tag, Term
from uptake.search import index
from uptake.services.audit import verify
from uptake.services.lists import searching
from uptake.services.recommendations.editing import edit_facts, set_position, set_tag, set_text
from uptake.testing.dumps import dump, index_dump

ANA: dict[str, Any] = {"actor": "Ana", "version": 1}
DAY = datetime.date(2020, 2, 29)


@pytest.fixture
def one(demo: Flask) -> int:
    """The id of a recommendation of the demo country with a version of 1 and a position."""
    found = select(Recommendation.id).where(Recommendation.version == 1, Recommendation.position == "supported")
    return int(session().scalars(found.order_by(Recommendation.id)).first() or 0)


def read(id_: int) -> Recommendation:
    session().rollback()
    return session().get_one(Recommendation, id_)


def count(query: str) -> int:
    session().rollback()
    return searching.find(session(), searching.build_query(query))[0].count


def last_entry() -> AuditEntry:
    return session().scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()


def test_an_edit_is_kept_locked_versioned_and_recorded(one: int) -> None:
    edit_facts(one, {"kind": "concern", "date": DAY, "cycle": 2, "paragraph": "7"}, reason="misprint", **ANA)
    found = read(one)
    assert (found.kind, found.date, found.cycle, found.order_key, found.version) == ("concern", DAY, 2, "00007", 2)
    assert found.locked == ["cycle", "date", "kind", "order_key", "paragraph"]
    entry = last_entry()
    assert (entry.actor, entry.action, entry.subject, entry.reason) == (
        "Ana",
        "recommendation.edit",
        f"recommendation/{one}",
        "misprint",
    )
    assert entry.data["kind"] == ["recommendation", "concern"]
    assert entry.data["date"][1] == "2020-02-29"
    assert verify(session()) is None


def test_every_edit_is_searchable_at_once(one: int) -> None:
    before = count("kind:pledge")
    edit_facts(one, {"kind": "pledge"}, **ANA)
    assert count("kind:pledge") == before + 1
    set_text(one, "sl", "Povsem slovensko besedilo", actor="Ana", version=2)
    assert count("slovensko language:sl") == 1
    set_position(one, "pending", actor="Ana", version=3)
    assert count("position:pending kind:pledge") == 1


def change(what: str) -> Callable[[int, dict[str, Any]], Recommendation]:
    return {
        "facts": lambda id_, given: edit_facts(id_, {"kind": "concern"}, **given),
        "position": lambda id_, given: set_position(id_, "noted", **given),
        "tag": lambda id_, given: set_tag(id_, "death-penalty", on=True, **given),
        "text": lambda id_, given: set_text(id_, "sl", "Besedilo", **given),
    }[what]


@pytest.mark.parametrize("what", ["facts", "position", "tag", "text"])
def test_a_stale_version_is_a_conflict_and_changes_nothing(one: int, what: str) -> None:
    change(what)(one, ANA)
    before = dump(session(), ())
    with pytest.raises(Conflict, match="Somebody has changed this recommendation meanwhile"):
        change(what)(one, ANA)
    session().rollback()
    assert dump(session(), ()) == before
    change(what)(one, {"actor": "Ana", "version": 2})
    assert read(one).version == 3


@pytest.mark.parametrize("what", ["facts", "position", "tag", "text"])
def test_a_recommendation_that_is_not_there_is_not_found(one: int, what: str) -> None:
    with pytest.raises(NotFound, match="no recommendation 99999"):
        change(what)(99999, ANA)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"uuid": "x"}, "uuid"),
        ({"locked": []}, "locked"),
        ({"kind": "wish"}, "kind"),
        ({"kind": None}, "kind"),
        ({"date": "2025-02-31"}, "date"),
        ({"cycle": "four"}, "cycle"),
        ({"cycle": 10**30}, "cycle"),
        ({"cycle": True}, "cycle"),
        ({"paragraph": "9" * 61}, "paragraph"),
        ({"session": "x" * 61}, "session"),
        ({"session": "a\0b"}, "session"),
    ],
)
def test_a_wrong_value_is_told_by_its_field_and_nothing_changes(one: int, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as caught:
        edit_facts(one, {"paragraph": "1", **changes}, **ANA)
    assert set(caught.value.fields) == {field}
    assert read(one).version == 1


def test_every_fact_but_the_kind_may_be_emptied(one: int) -> None:
    edit_facts(one, dict.fromkeys(("paragraph", "date", "cycle", "session")), **ANA)
    found = read(one)
    assert (found.paragraph, found.date, found.cycle, found.session) == (None, None, None, None)


def test_an_unknown_position_or_term_is_refused(one: int) -> None:
    with pytest.raises(Invalid, match="Positions: supported"):
        set_position(one, "perhaps", **ANA)
    with pytest.raises(NotFound, match="no term of-nothing"):
        set_tag(one, "of-nothing", on=True, **ANA)
    assert read(one).version == 1


def test_a_position_joins_the_history(one: int) -> None:
    set_position(one, "noted", day=DAY, symbol="A/HRC/1/Add.1", paragraph="4", **ANA)
    values = list(
        session().scalars(select(Position.value).where(Position.recommendation_id == one).order_by(Position.id))
    )
    assert (values, read(one).position) == (["supported", "noted"], "noted")


def test_a_tag_is_put_on_confirmed_and_taken_off(one: int) -> None:
    term = select(Tag.rejected, Tag.confirmed_by).join(Term, Term.id == Tag.term_id)
    mine = term.where(Tag.recommendation_id == one, Term.slug == "death-penalty")
    before = count("theme:death-penalty")
    set_tag(one, "death-penalty", on=True, **ANA)
    assert session().execute(mine).all() == [(False, "Ana")]
    assert count("theme:death-penalty") == before + 1
    set_tag(one, "death-penalty", on=False, actor="Ben", version=2)
    assert session().execute(mine).all() == [(True, "Ben")]
    assert count("theme:death-penalty") == before


def test_an_official_text_is_never_edited(one: int) -> None:
    with pytest.raises(Conflict, match="is official"):
        set_text(one, "en", "Mine", **ANA)


@pytest.mark.parametrize(("language", "text"), [("sl", "  "), ("sl", "a\0b"), ("x" * 13, "Besedilo"), ("", "Besedilo")])
def test_a_text_that_cannot_be_kept_is_refused(one: int, language: str, text: str) -> None:
    with pytest.raises(Invalid):
        set_text(one, language, text, **ANA)
    assert read(one).version == 1


def test_a_translation_is_replaced_by_the_next(one: int) -> None:
    set_text(one, "sl", "Prvo", **ANA)
    set_text(one, "sl", "Drugo", actor="Ana", version=2)
    row = session().get_one(RecommendationText, (one, "sl"))
    assert (row.cleaned, row.origin) == ("Drugo", "human")
    assert (count("Prvo"), count("Drugo")) == (0, 1)


def in_threads(app: Flask, jobs: list[Callable[[], object]]) -> list[AppError]:
    refused: list[AppError] = []
    failures: list[BaseException] = []
    start = threading.Barrier(len(jobs))

    def run(job: Callable[[], object]) -> None:
        with app.app_context():
            start.wait(10)
            try:
                job()
            except AppError as error:
                refused.append(error)
            except BaseException as error:
                failures.append(error)

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    return refused


def test_of_two_people_who_edit_at_once_one_is_told_of_the_conflict(demo: Flask, one: int) -> None:
    session().rollback()
    jobs = [lambda kind=kind: edit_facts(one, {"kind": kind}, **ANA) for kind in ("concern", "pledge")]  # type: ignore[misc]
    [refusal] = in_threads(demo, jobs)
    assert isinstance(refusal, Conflict)
    assert read(one).version == 2


def test_people_who_edit_different_recommendations_at_once_do_not_disturb_each_other(demo: Flask) -> None:
    rows = (
        session().execute(select(Recommendation.id, Recommendation.version).order_by(Recommendation.id).limit(24)).all()
    )
    session().rollback()

    def job(mine: list[Any]) -> Callable[[], None]:
        def run() -> None:
            for id_, version in mine:
                edit_facts(id_, {"kind": "concern", "cycle": 1 + id_ % 5}, actor="Ana", version=version)

        return run

    assert in_threads(demo, [job(rows[at::4]) for at in range(4)]) == []
    session().rollback()
    kept = index_dump(session())
    assert verify(session()) is None
    session().rollback()
    with transaction() as current:
        index.rebuild(current)
    assert index_dump(session()) == kept
