"""What institutions report: drafts that save themselves, the same text for several recommendations, "no change since"."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from uptake.db import transaction
from uptake.errors import Conflict, Invalid, Refused
from uptake.i18n import N_
from uptake.models.progress import Update, UpdateItem, UpdateStep
from uptake.models.recommendations import Recommendation
from uptake.models.responsibility import Assignment
from uptake.search import index
from uptake.services.audit import record_event
from uptake.services.permissions import Person, may, require
from uptake.services.progress import workflow
from uptake.services.progress.update_fields import FIELDS, checked, content_of, plain
from uptake.services.translating.of_updates import PARTS, outdate

MOST_ITEMS = 200
LONGEST_TOKEN = 64
REPORTING = ("assigned", "accepted")


@dataclass(frozen=True, slots=True)
class Beginning:
    """Whose word it is and on what: an institution, recommendations by address, and the token of the form."""

    actor_id: int
    recommendations: tuple[UUID, ...]
    once: str


def create(beginning: Beginning, values: Mapping[str, Any], *, person: Person, submit: bool = False) -> Update:
    """Begin an update. The same token a second time gives the update that it made, changed by nobody.

    Raises ``Refused`` where the institution does not answer for one of the recommendations, ``Invalid``, and ``Conflict``
    where the token has made an update that says something else.
    """
    require(person, "update.draft", actor=beginning.actor_id)
    taken = checked(values)
    once = token_of(beginning.once, person)
    try:
        with transaction() as session:
            index.lock(session)
            update = begun(session, beginning.once, person)
            if update is None:
                update = _new(session, beginning, taken, once, person)
            elif content_of(update) != {**content_of(update), **taken}:
                raise _stale()
            if submit and update.state == "draft":
                _submit(session, update, person)
    except IntegrityError:
        with transaction() as session:
            found = begun(session, beginning.once, person)
        if found is None:
            raise
        return found
    return update


def token_of(once: str, person: Person) -> str | None:
    """A form's token as it is kept: each person's own."""
    return f"{person.id}:{once}"[:LONGEST_TOKEN] if once else None


def begun(session: Session, once: str, person: Person) -> Update | None:
    """The update that a form's token has made for this person."""
    kept = token_of(once, person)
    return session.scalar(select(Update).where(Update.once == kept, Update.author_id == person.id)) if kept else None


def save(
    uuid: UUID, values: Mapping[str, Any], *, person: Person, version: int,
    recommendations: Sequence[UUID] | None = None, submit: bool = False, quietly: bool = False,
) -> Update:  # fmt: skip
    """Write a draft anew; ``submit`` sends it on its way as well.

    ``quietly`` is for what saves itself while somebody types: the trail then gets the whole text with the next step.
    Raises ``Conflict`` where somebody else has written since ``version`` and says something else.
    """
    taken = checked(values)
    with transaction() as session:
        index.lock(session)
        update = workflow.load(session, uuid)
        require(person, "update.draft", actor=update.actor_id, owner=update.author_id)
        changed = {name: [plain(old), plain(taken[name])] for name, old in content_of(update).items()
                   if name in taken and taken[name] != old}  # fmt: skip
        if update.version != version and changed:
            raise _stale()
        if update.state != "draft":
            if not changed and submit:
                return update
            raise Conflict(N_("This update is no longer a draft."), remedy=N_("Ask for it to be sent back to you."))
        _write(update, taken, changed)
        if changed.keys() & {*PARTS}:
            outdate(session, update.id)
        if recommendations is not None:
            changed |= _set_items(session, update, recommendations, person)
        if changed and not quietly:
            record_event(session, person.mark, "update.edit", f"update/{update.id}", changed)
        if submit:
            _submit(session, update, person)
    return update


def no_change(recommendation: UUID, actor_id: int, *, person: Person) -> Update:
    """Say in one step that nothing has changed since the last published update; a second click says nothing more."""
    require(person, "update.submit", actor=actor_id)
    with transaction() as session:
        index.lock(session)
        last = last_published(session, recommendation, actor_id)
        if last is None:
            raise Invalid(
                N_("Nothing has been published here since when nothing could have changed."),
                remedy=N_("Write a first update instead."),
            )
        once = f"no-change:{actor_id}:{recommendation.hex[:12]}:{last.id}"
        found = session.scalar(select(Update).where(Update.once == once).execution_options(populate_existing=True))
        if found is not None and found.state != "withdrawn":
            return found
        if found is not None:
            found.once = None
            session.flush()
        said = {"language": person.language, "claim": last.claim, "claim_reason": last.claim_reason,
                "period_from": last.period_to, "period_to": today()}  # fmt: skip
        update = _new(session, Beginning(actor_id, (recommendation,), once), said, once, person, no_change=True)
        _submit(session, update, person)
    return update


def last_published(session: Session, recommendation: UUID, actor_id: int) -> Update | None:
    """The institution's newest published update on a recommendation."""
    return session.scalar(
        select(Update)
        .join(UpdateItem, UpdateItem.update_id == Update.id)
        .join(Recommendation, Recommendation.id == UpdateItem.recommendation_id)
        .where(Recommendation.uuid == recommendation, Update.actor_id == actor_id, Update.state == "published")
        .order_by(Update.published.desc(), Update.id.desc())
        .limit(1)
    )


def today() -> datetime.date:
    """The day, in universal time."""
    return datetime.datetime.now(datetime.UTC).date()


def _new(
    session: Session, beginning: Beginning, values: Mapping[str, Any], once: str | None, person: Person,
    *, no_change: bool = False,
) -> Update:  # fmt: skip
    now = datetime.datetime.now(datetime.UTC)
    wanted = {name: value for name, value in values.items() if name in FIELDS}
    wanted.setdefault("language", person.language)
    update = Update(
        actor_id=beginning.actor_id,
        author_id=person.id,
        created=now,
        changed=now,
        once=once,
        no_change=no_change,
        **wanted,
    )
    session.add(update)
    session.flush()
    _set_items(session, update, beginning.recommendations, person)
    session.add(UpdateStep(update_id=update.id, step="drafted", user_id=person.id, at=now))
    session.flush()
    said = {"actor": [None, update.actor_id], "recommendations": [None, workflow.items_of(session, update)]}
    record_event(session, person.mark, "update.create", f"update/{update.id}", said)
    return update


def _write(update: Update, taken: Mapping[str, Any], changed: Mapping[str, Any]) -> None:
    for name in changed:
        setattr(update, name, taken[name])
    if changed:
        update.changed = datetime.datetime.now(datetime.UTC)
        update.no_change = update.no_change and not update.done


def _set_items(session: Session, update: Update, wanted: Sequence[UUID], person: Person) -> dict[str, Any]:
    """Make the update answer these; the institution must answer for each, unless the coordinator writes."""
    if not wanted or len(set(wanted)) > MOST_ITEMS:
        raise Invalid(
            N_("Choose what the update answers."), fields={"r": N_("Choose from one to 200 recommendations.")}
        )
    rows = session.execute(
        select(Recommendation.id, Recommendation.parent_id).where(Recommendation.uuid.in_(set(wanted)))
    ).all()
    before, after = set(workflow.items_of(session, update)), {row.id for row in rows}
    if len(after) != len(set(wanted)):
        raise Invalid(
            N_("Choose what the update answers."), fields={"r": N_("One of these recommendations is not there.")}
        )
    if not may(person, "assignment.assign"):
        answered = _answered(session, update.actor_id, {id_ for row in rows for id_ in row if id_ is not None})
        if any(row.id not in answered and row.parent_id not in answered for row in rows if row.id not in before):
            raise Refused(
                N_("The institution does not answer for this recommendation."),
                remedy=N_("Ask the coordinator to assign it."),
            )
    if before == after:
        return {}
    if before - after:
        session.execute(
            delete(UpdateItem).where(
                UpdateItem.update_id == update.id, UpdateItem.recommendation_id.in_(before - after)
            )
        )
    session.add_all(UpdateItem(update_id=update.id, recommendation_id=id_) for id_ in sorted(after - before))
    update.changed = datetime.datetime.now(datetime.UTC)
    session.flush()
    return {"recommendations": [sorted(before), sorted(after)]}


def _answered(session: Session, actor_id: int, ids: set[int]) -> set[int]:
    rows = select(Assignment.recommendation_id).where(
        Assignment.actor_id == actor_id, Assignment.state.in_(REPORTING), Assignment.recommendation_id.in_(ids)
    )
    return set(session.scalars(rows))


def _submit(session: Session, update: Update, person: Person) -> None:
    """Send it on its way, once it says enough."""
    require(person, "update.submit", actor=update.actor_id, owner=update.author_id)
    workflow.move_on(session, update, "submit", person)


def _stale() -> Conflict:
    return Conflict(
        N_("Somebody has changed this update meanwhile."), remedy=N_("Compare both versions, then save again.")
    )
