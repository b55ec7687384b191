"""A draft goes round: to chosen institutions and to civil society; they remark, and each remark is answered."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from uptake.toolkit import (
    N_,
    Conflict,
    Invalid,
    NotFound,
    Person,
    actors_of_kinds,
    institution_options,
    may,
    people_of,
    record_event,
    require,
    require_somewhere,
    tell,
    transaction,
)

from uptake_reports import pictures, tables
from uptake_reports.access import MANAGE, REMARK, found, managed, require_version
from uptake_reports.drafts import CANNOT, day_of, wrong_text
from uptake_reports.models import DISPOSITIONS, Circulation, CirculationActor, Project, Remark
from uptake_reports.richtext import ANCHOR
from uptake_reports.sections import depths, ordered

SOCIETY = ("civil_society", "nhri")
LONGEST = 5000
ASKED = ("focal_point", "alternate")


def circulate(
    project_id: int, actors: Collection[int], *, society: bool, until: str, note: str, version: int, person: Person
) -> int:
    """Send the draft as it stands now to institutions, and open it to civil society where wanted; the circulation's id."""
    require(person, MANAGE)
    with transaction() as session:
        project = managed(session, project_id, person)
        require_version(project, version)
        day = _checked(session, set(actors), society, until, note)
        copy = _copy(session, project)
        row = Circulation(
            project_id=project_id, copy=copy, note=note.replace("\r\n", "\n").strip(), society=society, until=day,
            at=datetime.datetime.now(datetime.UTC), user_id=person.id,
        )  # fmt: skip
        session.add(row)
        session.flush()
        session.add_all(CirculationActor(circulation_id=row.id, actor_id=actor) for actor in sorted(set(actors)))
        project.status = "circulated"
        told = set(actors) | (set(actors_of_kinds(session, SOCIETY)) if society else set())
        for actor in sorted(told):
            values = {"name": project.title, "day": day.isoformat(), "actor": actor}
            tell(session, people_of(session, actor, *ASKED), "reports.circulated", _path(row), values=values)
        said = {"circulation": [None, row.id], "actors": [None, sorted(set(actors))], "society": [None, society]}
        record_event(session, person.mark, "reports.circulate", f"reports.project/{project_id}", said)
        return row.id


def remark(
    circulation_id: int, section: int | None, anchor: str, text: str, *, actor: int | None, person: Person
) -> None:
    """Say something to a draft in the name of an institution that was asked."""
    require_somewhere(person, REMARK)
    with transaction() as session:
        row = opened(session, circulation_id, person)
        if datetime.datetime.now(datetime.UTC).date() > row.until:
            raise Conflict(N_("The time for remarks is over."), remedy=N_("Write to the coordinator."))
        mine = voices(session, row, person)
        if actor is None and len(mine) == 1:
            actor = next(iter(mine))
        if actor not in mine:
            raise Invalid(CANNOT, fields={"actor": N_("Choose for whom you speak.")})
        words = text.replace("\r\n", "\n").strip()
        fault = N_("Write what you have to say.") if not words else wrong_text(words, LONGEST)
        if fault:
            raise Invalid(CANNOT, fields={"text": fault})
        if section is not None and section not in {one["id"] for one in row.copy}:
            raise Invalid(CANNOT, fields={"section": N_("Choose one from the list.")})
        anchor = anchor if ANCHOR.fullmatch(anchor) else ""
        now = datetime.datetime.now(datetime.UTC)
        one = Remark(
            circulation_id=row.id, section_id=section, anchor=anchor, actor_id=actor, user_id=person.id, text=words, at=now
        )  # fmt: skip
        session.add(one)
        session.flush()
        record_event(session, person.mark, "reports.remark", f"reports.circulation/{row.id}", {"remark": one.id})


def dispose(remark_id: int, disposition: str, why: str, *, version: int, person: Person) -> int:
    """Say what was done with a remark; why, where it was not wholly taken in. The circulation's id."""
    require(person, MANAGE)
    with transaction() as session:
        one = found(session, Remark, remark_id)
        row = found(session, Circulation, one.circulation_id)
        require_version(one, version)
        words = why.replace("\r\n", "\n").strip()
        if disposition not in DISPOSITIONS:
            raise Invalid(CANNOT, fields={"disposition": N_("Choose one of the answers.")})
        fault = wrong_text(words, LONGEST)
        if disposition != "taken" and not words:
            fault = N_("Say why, so that those who wrote it understand.")
        if fault:
            raise Invalid(CANNOT, fields={"why": fault})
        said = {"disposition": [one.disposition, disposition], "why": [one.why, words]}
        one.disposition, one.why = disposition, words
        if one.user_id:
            project = found(session, Project, row.project_id)
            tell(
                session,
                {one.user_id},
                "reports.answered",
                _path(row),
                values={"name": project.title},
                once=f"reports.answered:{one.id}",
            )
        record_event(session, person.mark, "reports.dispose", f"reports.circulation/{row.id}", said)
        return row.id


def opened(session: Session, circulation_id: int, person: Person) -> Circulation:
    """A circulated draft that the person may read. Nobody else is told that there is one. Raises ``NotFound``."""
    require_somewhere(person, REMARK)
    row = found(session, Circulation, circulation_id)
    if not may(person, MANAGE) and not may(person, "reports.read") and not voices(session, row, person):
        raise NotFound(N_("There is no such draft."))
    return row


def voices(session: Session, row: Circulation, person: Person) -> set[int]:
    """The institutions in whose name the person may remark on this draft."""
    asked = set(session.scalars(select(CirculationActor.actor_id).where(CirculationActor.circulation_id == row.id)))
    if row.society:
        asked |= set(actors_of_kinds(session, SOCIETY))
    return {actor for actor in asked & person.institutions if may(person, REMARK, actor=actor)}


def _checked(session: Session, actors: set[int], society: bool, until: str, note: str) -> datetime.date:
    wrong = {}
    day = day_of(until)
    if day is None or day < datetime.datetime.now(datetime.UTC).date():
        wrong["until"] = N_("Name a day that is still to come, as year-month-day.")
    if not actors and not society:
        wrong["actors"] = N_("Choose at least one institution, or open the draft to civil society.")
    elif actors - {id_ for id_, _name in institution_options(session)}:
        wrong["actors"] = N_("Choose institutions from the list.")
    if fault := wrong_text(note, LONGEST):
        wrong["note"] = fault
    if wrong:
        raise Invalid(CANNOT, fields=wrong)
    assert day is not None
    return day


def _copy(session: Session, project: Project) -> list[dict[str, Any]]:
    """The sections as they stand, with the tables and the pictures that the report itself shows there."""
    rows = ordered(session, project.id)
    deep, numbers = depths(rows), pictures.numbers_of(session, project)
    return [
        {
            "id": row.id, "heading": row.heading, "level": deep[row.id], "counted": row.counted,
            "body": tables.with_table(session, project, row),
            "pictures": {key: held for key, held in numbers.items() if key in row.body},
        }
        for row in rows
    ]  # fmt: skip


def _path(row: Circulation) -> str:
    return f"/reports/circulations/{row.id}"
