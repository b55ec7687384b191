"""Gaps: recommendations that a report should speak of and on which nobody has reported; and asking whoever should."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session
from uptake.toolkit import (
    N_,
    Card,
    Institution,
    Invalid,
    Person,
    informed,
    institutions_named,
    leads,
    load_cards,
    people_reaching,
    record_event,
    require,
    tell,
    transaction,
)

from uptake_reports.access import MANAGE, managed
from uptake_reports.models import Asked, Project, Section
from uptake_reports.scope import everything

AGAIN = datetime.timedelta(days=7)
MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Gap:
    """A recommendation without information, and when its institution was last asked."""

    card: Card
    asked: datetime.datetime | None
    again: bool


@dataclass(frozen=True, slots=True)
class Group:
    """The gaps of one institution; None where nobody answers for them."""

    institution: Institution | None
    gaps: list[Gap]


@dataclass(frozen=True, slots=True)
class Gaps:
    """All gaps of a report by institution; ``count`` counts those beyond what is shown as well, ``of`` all that it is about."""

    groups: list[Group]
    count: int
    of: int


def missing(session: Session, project: Project, sections: list[Section] | None = None) -> tuple[list[int], int]:
    """The recommendations without information, and how many the report is about."""
    wanted = everything(session, project, sections)
    there = informed(session, wanted)
    return [id_ for id_ in wanted if id_ not in there], len(wanted)


def gaps(session: Session, project: Project) -> Gaps:
    """The gaps of a report, by institution: a constant number of queries."""
    ids, of = missing(session, project)
    responsible = leads(session, ids)
    named = institutions_named(session, responsible.values())
    asked = {
        (row.recommendation_id, row.actor_id): row.at
        for row in session.scalars(select(Asked).where(Asked.project_id == project.id))
    }
    by_actor: defaultdict[int, list[Gap]] = defaultdict(list)
    now = datetime.datetime.now(datetime.UTC)
    for card in load_cards(session, ids[:MOST_SHOWN]):
        actor = responsible.get(card.id, 0)
        at = asked.get((card.id, actor))
        at = at if at is None or at.tzinfo else at.replace(tzinfo=datetime.UTC)
        by_actor[actor].append(Gap(card, at, at is None or at + AGAIN <= now))
    groups = [Group(named.get(actor), listed) for actor, listed in by_actor.items()]
    order = sorted(groups, key=lambda one: (one.institution is None, one.institution.name if one.institution else ""))
    return Gaps(order, len(ids), of)


def ask(project_id: int, recommendations: Collection[int], *, person: Person) -> int:
    """Ask the institutions that answer for these recommendations to report; how many requests went out.

    Whoever was asked for the same report within a week is not asked again; where nobody reports, nobody is asked.
    """
    require(person, MANAGE)
    with transaction() as session:
        project = managed(session, project_id, person)
        open_ones, _of = missing(session, project)
        wanted = [id_ for id_ in open_ones if id_ in set(recommendations)]
        if not wanted:
            raise Invalid(N_("Choose recommendations on which information is missing."))
        responsible = leads(session, wanted)
        people = {actor: _people(session, actor) for actor in set(responsible.values())}
        by_actor: defaultdict[int, list[int]] = defaultdict(list)
        for id_, actor in responsible.items():
            if people[actor] and _may_ask(session, project_id, id_, actor):
                by_actor[actor].append(id_)
        for actor, ids in by_actor.items():
            _tell(session, project, actor, ids, people[actor])
        count = sum(map(len, by_actor.values()))
        if count:
            said = {str(actor): ids for actor, ids in by_actor.items()}
            record_event(session, person.mark, "reports.ask", f"reports.project/{project_id}", {"asked": said})
        return count


def _people(session: Session, actor: int) -> set[int]:
    """Who reports for an institution, or else for the nearest one above it."""
    return people_reaching(session, actor, "focal_point") | people_reaching(session, actor, "alternate")


def _may_ask(session: Session, project_id: int, recommendation: int, actor: int) -> bool:
    now = datetime.datetime.now(datetime.UTC)
    row = session.get(Asked, (project_id, recommendation, actor))
    if row is None:
        session.add(Asked(project_id=project_id, recommendation_id=recommendation, actor_id=actor, at=now))
        return True
    at = row.at if row.at.tzinfo else row.at.replace(tzinfo=datetime.UTC)
    if at + AGAIN > now:
        return False
    row.at = now
    return True


def _tell(session: Session, project: Project, actor: int, ids: list[int], people: set[int]) -> None:
    card = load_cards(session, ids[:1])[0]
    values = {"actor": actor, "recommendation": ids[0], "count": len(ids), "name": project.title}
    path = f"/recommendations/{card.uuid}" if len(ids) == 1 else "/work"
    tell(session, people, "reports.asked", path, values=values)
