"""Progress updates: what is published for everybody, and what is on its way for those who may read it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from uptake.errors import Invalid, NotFound
from uptake.i18n import N_
from uptake.models.actors import Actor
from uptake.models.progress import UPDATE_STATES, Evidence, StoredFile, Update, UpdateItem, stands
from uptake.models.recommendations import Recommendation
from uptake.services.open_data.keyset import Item, Part, day, moment, newest_first
from uptake.services.permissions import Person, reach
from uptake.services.progress import evidence
from uptake.services.progress.update_fields import DAYS, FIELDS
from uptake.services.translating.of_updates import translations_of

COLUMNS = ("id", "uuid", "state", "returned", "no_change", "created", "changed", "published", "version", *FIELDS)
WORDS = tuple(name for name in FIELDS if name not in DAYS)


def listing(
    session: Session, after: Sequence[int] | None, limit: int, *, person: Person, state: str = "", institution: str = "",
    recommendation: UUID | None = None,
) -> Part:  # fmt: skip
    """Updates, what was begun last first."""
    wanted = _all().where(_visible(person))
    if state:
        if state not in UPDATE_STATES:
            raise Invalid(N_("There is no such state."), fields={"state": N_("Choose one of the states of an update.")})
        wanted = wanted.where(Update.state == state)
    if institution:
        wanted = wanted.where(Actor.code == institution)
    if recommendation is not None:
        items = select(UpdateItem.update_id).join(Recommendation, Recommendation.id == UpdateItem.recommendation_id)
        wanted = wanted.where(Update.id.in_(items.where(Recommendation.uuid == recommendation)))
    rows, following = newest_first(session, wanted, Update.id, after, limit)
    return Part(_load(session, rows), following)


def one(session: Session, uuid: UUID, *, person: Person) -> Item:
    """One update. Raises ``NotFound``, also where it is not for this reader."""
    rows = list(session.execute(_all().where(_visible(person), Update.uuid == uuid)))
    if not rows:
        raise NotFound(N_("There is no update at this address."))
    return _load(session, rows)[0]


def evidence_of(session: Session, uuid: UUID, *, person: Person) -> list[Item]:
    """What stands behind an update. Raises ``NotFound``, also where the update is not for this reader."""
    id_ = seen(session, uuid, person=person)
    return [evidence_item(one) for one in evidence.of(session, [id_])[id_]]


def evidence_file(session: Session, uuid: UUID, number: int, *, person: Person) -> tuple[StoredFile, bool]:
    """A file behind an update, and whether it is public. Raises ``NotFound``, also where it is not for this reader."""
    id_ = seen(session, uuid, person=person)
    wanted = select(StoredFile.uuid).join(Evidence, Evidence.file_id == StoredFile.id)
    file = session.scalar(wanted.where(Evidence.id == number, Evidence.update_id == id_))
    if file is None:
        raise NotFound(N_("There is no such file behind this update."), remedy=N_("Look at the list of its evidence."))
    return evidence.file_for(session, file, person=person)


def evidence_item(one: evidence.Item) -> Item:
    """One piece of evidence."""
    return {
        "id": one.id, "kind": one.kind, "title": one.title, "href": one.href, "media_type": one.media_type or None,
        "size": one.size, "created": moment(one.created),
    }  # fmt: skip


def seen(session: Session, uuid: UUID, *, person: Person) -> int:
    """The number of an update that this reader may see. Raises ``NotFound``."""
    found = session.scalar(select(Update.id).where(_visible(person), Update.uuid == uuid))
    if found is None:
        raise NotFound(N_("There is no update at this address."))
    return found


def published_by_recommendation(session: Session, ids: Sequence[int]) -> dict[int, list[Item]]:
    """What is published on some recommendations, the newest first."""
    links = session.execute(
        _all()
        .add_columns(UpdateItem.recommendation_id)
        .join(UpdateItem, UpdateItem.update_id == Update.id)
        .where(UpdateItem.recommendation_id.in_(ids), stands("published"))
        .order_by(Update.published.desc(), Update.id.desc())
    ).all()
    rows = list({row.id: row for row in links}.values())
    ready = dict(zip((row.id for row in rows), _load(session, rows), strict=True))
    found: defaultdict[int, list[Item]] = defaultdict(list)
    for row in links:
        found[row.recommendation_id].append(ready[row.id])
    return found


def _all() -> Select[*tuple[Any, ...]]:
    """Updates with their institutions as plain rows: a list may hold hundreds."""
    columns = (getattr(Update, name) for name in COLUMNS)
    return select(*columns, Actor.code).join(Actor, Actor.id == Update.actor_id)


def _visible(person: Person) -> ColumnElement[bool]:
    reached = reach(person, "internal.read")
    return Update.id.is_not(None) if reached is None else or_(Update.state == "published", Update.actor_id.in_(reached))


def _load(session: Session, rows: Sequence[Any]) -> list[Item]:
    ids = [row.id for row in rows]
    items: defaultdict[int, list[str]] = defaultdict(list)
    links = session.execute(
        select(UpdateItem.update_id, Recommendation.uuid)
        .join(Recommendation, Recommendation.id == UpdateItem.recommendation_id)
        .where(UpdateItem.update_id.in_(ids))
        .order_by(Recommendation.id)
    )
    for id_, uuid in links:
        items[id_].append(str(uuid))
    behind, texts = evidence.of(session, ids), translations_of(session, ids)
    return [_item(row, items[row.id], behind[row.id], texts[row.id]) for row in rows]


def _item(update: Any, items: list[str], behind: list[evidence.Item], texts: Any) -> Item:
    said: Item = {name: getattr(update, name) for name in WORDS}
    return {
        "id": str(update.uuid), "institution": update.code, "state": update.state, "returned": update.returned,
        "recommendations": items, **said, **{name: day(getattr(update, name)) for name in DAYS},
        "no_change": update.no_change, "created": moment(update.created), "changed": moment(update.changed),
        "published": moment(update.published), "version": update.version,
        "evidence": [evidence_item(one) for one in behind],
        "translations": [
            {"language": version.language, "origin": version.origin, "outdated": version.outdated, "texts": dict(version.texts)}
            for version in texts.values() if version.origin != "official"
        ],
    }  # fmt: skip
