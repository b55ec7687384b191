"""Clusters: overlapping recommendations that are handled together, under a title and a lead institution of their own."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from uptake.db import transaction
from uptake.errors import Conflict, Invalid, NotFound
from uptake.i18n import N_
from uptake.models.actors import Actor
from uptake.models.recommendations import Recommendation
from uptake.models.responsibility import Cluster, ClusterMember
from uptake.search import index
from uptake.services.audit import record_event
from uptake.services.permissions import Person, require
from uptake.services.recommendations import bulk
from uptake.services.responsibility.assignments import LONGEST_REASON

LONGEST_TITLE = 300


@dataclass(frozen=True, slots=True)
class ClusterRow:
    """A cluster in a list."""

    id: int
    title: str
    lead_id: int | None
    count: int
    withdrawn: datetime | None


def create(
    title: str, *, person: Person, note: str = "", lead_id: int | None = None, recommendations: Collection[int] = ()
) -> int:
    """A new cluster, with recommendations in it from the start where they are given; its number."""
    require(person, "cluster.edit")
    with transaction() as session:
        index.lock(session)
        _check(session, title, note, lead_id)
        cluster = Cluster(title=title.strip(), note=note.strip() or None, lead_id=lead_id)
        session.add(cluster)
        session.flush()
        number = cluster.id
        said = {"title": [None, cluster.title], "lead": [None, lead_id]}
        record_event(session, person.mark, "cluster.create", f"cluster/{number}", said)
        if recommendations:
            bulk.apply(recommendations, {f"cluster/{number}": "on"}, person=person, origin=f"cluster/{number}")
    return number


def edit(
    cluster_id: int, title: str, *, person: Person, version: int, note: str = "", lead_id: int | None = None
) -> None:
    """Change title, note and lead. Raises ``Conflict`` (``now`` is the cluster as it stands) for a stale version."""
    require(person, "cluster.edit")
    with transaction() as session:
        cluster = _found(session, cluster_id)
        _check(session, title, note, lead_id)
        wanted = {"title": title.strip(), "note": note.strip() or None, "lead_id": lead_id}
        said = {name: [getattr(cluster, name), new] for name, new in wanted.items() if getattr(cluster, name) != new}
        if not said:
            return
        if cluster.version != version:
            raise Conflict(
                N_("Somebody has changed this cluster meanwhile."),
                remedy=N_("Compare both versions, then save again."),
                now={name: getattr(cluster, name) for name in wanted} | {"version": cluster.version},
            )
        for name, value in wanted.items():
            setattr(cluster, name, value)
        session.flush()
        record_event(session, person.mark, "cluster.edit", f"cluster/{cluster_id}", said)


def add(cluster_id: int, recommendations: Collection[int], *, person: Person) -> int | None:
    """Put recommendations into a cluster; the number of the change, None where all of them are there."""
    return _put(cluster_id, recommendations, "on", person)


def remove(cluster_id: int, recommendations: Collection[int], *, person: Person) -> int | None:
    """Take recommendations out of a cluster; the number of the change, None where none of them was there."""
    return _put(cluster_id, recommendations, "off", person)


def _put(cluster_id: int, recommendations: Collection[int], on: str, person: Person) -> int | None:
    require(person, "cluster.edit")
    with transaction() as session:
        index.lock(session)
        if _found(session, cluster_id).withdrawn and on == "on":
            raise Conflict(N_("This cluster has been withdrawn."), remedy=N_("Bring it back first."))
        return bulk.apply(recommendations, {f"cluster/{cluster_id}": on}, person=person, origin=f"cluster/{cluster_id}")


def set_withdrawn(cluster_id: int, withdrawn: bool, *, person: Person, reason: str = "") -> bool:
    """Withdraw a cluster, or bring it back; nothing of it is lost. False where it is so already."""
    require(person, "cluster.edit")
    with transaction() as session:
        cluster = _found(session, cluster_id)
        if bool(cluster.withdrawn) == withdrawn:
            return False
        cluster.withdrawn = datetime.now(UTC).replace(microsecond=0) if withdrawn else None
        session.flush()
        action = "cluster.withdraw" if withdrawn else "cluster.restore"
        record_event(session, person.mark, action, f"cluster/{cluster_id}", {}, reason.strip() or None)
    return True


def assign_all(cluster_id: int, *, person: Person) -> int | None:
    """Make the cluster's lead the lead of each of its recommendations; the number of the change, None where it is."""
    require(person, "assignment.assign")
    with transaction() as session:
        index.lock(session)
        cluster = _found(session, cluster_id)
        if cluster.lead_id is None:
            message = N_("Choose the institution that leads the cluster.")
            raise Invalid(N_("This cluster has no lead."), fields={"lead_id": message})
        wish = {f"actor/{cluster.lead_id}": "lead"}
        return bulk.apply(members(session, cluster_id), wish, person=person, origin=f"cluster/{cluster_id}")


def members(session: Session, cluster_id: int) -> list[int]:
    """What is in a cluster, the newest first, then in the order of the documents."""
    table = Recommendation
    return list(
        session.scalars(
            select(table.id)
            .join(ClusterMember, ClusterMember.recommendation_id == table.id)
            .where(ClusterMember.cluster_id == cluster_id)
            .order_by(table.date.desc().nulls_last(), table.document_id, table.order_key, table.id)
        )
    )


def cluster(session: Session, cluster_id: int) -> Cluster:
    """One cluster. Raises ``NotFound``."""
    return _found(session, cluster_id)


def clusters(session: Session, *, withdrawn: bool = False) -> list[ClusterRow]:
    """All clusters by their titles, with how many recommendations each holds."""
    size = func.count(ClusterMember.recommendation_id)
    rows = session.execute(
        select(Cluster.id, Cluster.title, Cluster.lead_id, size, Cluster.withdrawn)
        .outerjoin(ClusterMember, ClusterMember.cluster_id == Cluster.id)
        .where(Cluster.withdrawn.is_not(None) if withdrawn else Cluster.withdrawn.is_(None))
        .group_by(Cluster.id)
        .order_by(func.lower(Cluster.title), Cluster.id)
    )
    return [ClusterRow(*row) for row in rows]


def clusters_of(session: Session, ids: Collection[int]) -> dict[int, list[tuple[int, str]]]:
    """The clusters that recommendations are in: number and title."""
    found: dict[int, list[tuple[int, str]]] = {}
    rows = session.execute(
        select(ClusterMember.recommendation_id, Cluster.id, Cluster.title)
        .join(Cluster, Cluster.id == ClusterMember.cluster_id)
        .where(ClusterMember.recommendation_id.in_(ids), Cluster.withdrawn.is_(None))
        .order_by(Cluster.title)
    )
    for id_, number, title in rows:
        found.setdefault(id_, []).append((number, title))
    return found


def _found(session: Session, cluster_id: int) -> Cluster:
    row = session.get(Cluster, cluster_id)
    if row is None:
        raise NotFound(N_("There is no such cluster."))
    return row


def _check(session: Session, title: str, note: str, lead_id: int | None) -> None:
    wrong: dict[str, Any] = {}
    if not title.strip():
        wrong["title"] = N_("Give the cluster a title, such as what all of its recommendations ask for.")
    elif len(title.strip()) > LONGEST_TITLE:
        wrong["title"] = N_("This is longer than 300 characters.")
    if len(note) > LONGEST_REASON:
        wrong["note"] = N_("This is longer than 2,000 characters.")
    if lead_id is not None:
        actor = session.get(Actor, lead_id)
        if actor is None or actor.closed_on is not None:
            wrong["lead_id"] = N_("Choose an institution from the list.")
    if wrong:
        raise Invalid(N_("This cannot be saved yet."), fields=wrong)
