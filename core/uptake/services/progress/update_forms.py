"""What the form of an update starts from: whose word it may be, on what, the defaults, and what else the text may answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from uptake.errors import NotFound
from uptake.i18n import N_, pick, sort_key
from uptake.models.actors import Actor
from uptake.models.progress import Update, UpdateItem, stands
from uptake.models.recommendations import Recommendation
from uptake.models.responsibility import Assignment
from uptake.services.lists.cards import Card, load_cards
from uptake.services.permissions import Person, may, may_somewhere, reach, require_somewhere
from uptake.services.progress import workflow
from uptake.services.progress.status_scale import Status, claimable, scale
from uptake.services.progress.update_fields import FIELDS, content_of, plain
from uptake.services.progress.update_pages import names_of
from uptake.services.progress.updates import MOST_ITEMS, REPORTING, today

MOST_OTHERS = 50


@dataclass(slots=True)
class Form:
    """All that the page shows. ``institutions`` are those for which the person may write; ``others`` what the same text
    may answer as well; ``last`` is the newest published update of the institution on the first of them."""

    cards: list[Card]
    institutions: list[tuple[int, str]]
    actor_id: int | None
    values: dict[str, Any]
    statuses: list[Status]
    others: list[Card]
    last: Update | None
    update: Update | None = None

    @property
    def choices(self) -> list[tuple[str, str]]:
        """The scale as the choices of a field."""
        return [(status.code, status.name) for status in self.statuses]


def beginning(session: Session, recommendations: Sequence[UUID], actor_id: int | None, *, person: Person) -> Form:
    """The form of a new update, filled as far as can be known: the period since the last one, its claim, the language."""
    require_somewhere(person, "update.draft")
    ids = _ids(session, recommendations)
    institutions = _institutions(session, ids, person)
    chosen = actor_id if actor_id in dict(institutions) else (institutions[0][0] if institutions else None)
    last = _last(session, ids, chosen)
    values: dict[str, Any] = dict.fromkeys(FIELDS, "")
    values |= {"language": person.language, "period_to": today().isoformat()}
    if last:
        since = last.period_to or (last.published.date() if last.published else None)
        values |= {
            "period_from": plain(since) or "",
            "claim": last.claim or "",
            "claim_reason": last.claim_reason or "",
        }
    return Form(
        load_cards(session, ids), institutions, chosen, values, claimable(scale(session)),
        _others(session, chosen, ids), last,
    )  # fmt: skip


def editing(session: Session, uuid: UUID, *, person: Person) -> Form:
    """The form of a draft. Raises ``NotFound`` for those who may not write it."""
    update = workflow.load(session, uuid)
    if not may(person, "update.draft", actor=update.actor_id, owner=update.author_id):
        require_somewhere(person, "update.draft")
        raise NotFound(N_("There is no update at this address."))
    ids = workflow.items_of(session, update)
    values = {name: plain(value) if value is not None else "" for name, value in content_of(update).items()}
    name = pick(session.scalar(select(Actor.names).where(Actor.id == update.actor_id)) or {})
    return Form(
        load_cards(session, ids), [(update.actor_id, name)], update.actor_id, values, claimable(scale(session)),
        _others(session, update.actor_id, ids), _last(session, ids, update.actor_id), update,
    )  # fmt: skip


def may_report(session: Session, recommendation_id: int, *, person: Person) -> bool:
    """Whether the person may begin an update on this recommendation."""
    return may_somewhere(person, "update.draft") and bool(_institutions(session, [recommendation_id], person))


def reporting_institution(session: Session, recommendation: UUID, *, person: Person) -> int:
    """The institution for which the person may say that nothing has changed: one that answers and has published before."""
    ids = _ids(session, [recommendation])
    found = [id_ for id_, _name in _institutions(session, ids, person, "update.submit")]
    published = select(Update.actor_id).join(UpdateItem, UpdateItem.update_id == Update.id)
    spoken = set(session.scalars(published.where(UpdateItem.recommendation_id.in_(ids), stands("published"))))
    first = next((id_ for id_ in found if id_ in spoken), found[0] if found else None)
    if first is None:
        raise NotFound(N_("No institution of yours answers for this recommendation."))
    return first


def _ids(session: Session, recommendations: Sequence[UUID]) -> list[int]:
    wanted = list(dict.fromkeys(recommendations))[:MOST_ITEMS]
    rows = session.execute(select(Recommendation.uuid, Recommendation.id).where(Recommendation.uuid.in_(wanted)))
    known = dict(rows.all())
    if not wanted or len(known) < len(wanted):
        raise NotFound(
            N_("There is no recommendation at this address."), remedy=N_("Choose what you want to report on.")
        )
    return [known[uuid] for uuid in wanted]


def _institutions(
    session: Session, ids: Sequence[int], person: Person, action: str = "update.draft"
) -> list[tuple[int, str]]:
    """Those that answer for all of these, leads first, as far as the person may write for them; all for the coordinator
    where nobody answers yet."""
    within = reach(person, action)
    answering = _answering(session, ids)
    names = names_of(session)
    found = [(id_, names[id_]) for id_ in answering if within is None or id_ in within]
    if not found and may(person, "assignment.assign"):
        found = sorted(names.items(), key=lambda one: sort_key(one[1]))
    return found


def _answering(session: Session, ids: Sequence[int]) -> list[int]:
    parents = dict(
        session.execute(select(Recommendation.id, Recommendation.parent_id).where(Recommendation.id.in_(ids))).all()
    )
    near = {*ids, *(parent for parent in parents.values() if parent)}
    rows = session.execute(
        select(Assignment.actor_id, Assignment.recommendation_id)
        .where(Assignment.recommendation_id.in_(near), Assignment.state.in_(REPORTING))
        .order_by(Assignment.role, Assignment.id)
    ).all()
    answered: dict[int, set[int]] = {}
    for actor, recommendation in rows:
        answered.setdefault(actor, set()).add(recommendation)
    return [actor for actor, known in answered.items() if all(id_ in known or parents.get(id_) in known for id_ in ids)]


def _last(session: Session, ids: Sequence[int], actor_id: int | None) -> Update | None:
    if not ids or actor_id is None:
        return None
    return session.scalar(
        select(Update)
        .join(UpdateItem, UpdateItem.update_id == Update.id)
        .where(UpdateItem.recommendation_id == ids[0], Update.actor_id == actor_id, Update.state == "published")
        .order_by(Update.published.desc(), Update.id.desc())
        .limit(1)
    )


def _others(session: Session, actor_id: int | None, ids: Sequence[int]) -> list[Card]:
    """What else the institution answers for: first what stands in the same documents."""
    if actor_id is None:
        return []
    documents = set(session.scalars(select(Recommendation.document_id).where(Recommendation.id.in_(ids)))) - {None}
    same = Recommendation.document_id.in_(documents).desc()
    rows = session.scalars(
        select(Assignment.recommendation_id)
        .join(Recommendation, Recommendation.id == Assignment.recommendation_id)
        .where(
            Assignment.actor_id == actor_id,
            Assignment.state.in_(REPORTING),
            Assignment.recommendation_id.not_in(ids),
        )
        .order_by(same, Recommendation.order_key, Recommendation.id)
        .limit(MOST_OTHERS)
    )
    return load_cards(session, list(rows))
