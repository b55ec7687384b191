"""The way of an update to its publication: the one place where steps are taken and passed over."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from uptake.db import after_commit, transaction
from uptake.errors import Conflict, Invalid, NotFound, Refused
from uptake.hooks.calls import objections, tell
from uptake.hooks.contributions import UpdateFacts
from uptake.i18n import N_
from uptake.models.progress import Evidence, Update, UpdateItem, UpdateStep
from uptake.models.recommendations import Recommendation
from uptake.search import index
from uptake.services import site_settings
from uptake.services.audit import record_event
from uptake.services.permissions import SYSTEM, Person, may, require
from uptake.services.plugins.extensions import registry_of
from uptake.services.progress import standing
from uptake.services.progress.submission import check_content
from uptake.services.progress.workflow_moves import FORWARD, MOVES, Move
from uptake.services.progress.workflow_told import tell_of_step
from uptake.services.telling.webhooks import announce
from uptake.texts import unprintable

LONGEST_COMMENT = 4000
LONGEST_SET = 100
TWICE = datetime.timedelta(minutes=1)
CHECKS = {"submit": "check_submit", "approve": "check_publish"}


@dataclass(frozen=True, slots=True)
class Hold:
    """The political gate: how long an approved update waits, until a day or until its set is released."""

    until: datetime.date | None = None
    gate: str | None = None


def moves_for(person: Person, update: Update) -> list[Move]:
    """What this person may do with this update, the step forward first."""
    return [move for move in MOVES if move.source == update.state and _may(person, move, update)]


def take(uuid: UUID, name: str, *, person: Person, version: int, comment: str = "", hold: Hold | None = None) -> Update:
    """Take one step with an update.

    ``hold`` counts on approval only; without one the site's settings say when it is published. Raises ``NotFound``,
    ``Refused``, ``Conflict`` where the update has changed since ``version`` or stands elsewhere on its way, ``Invalid``
    where a comment is missing.
    """
    with transaction() as session:
        index.lock(session)
        update = load(session, uuid)
        _ask(update, name, person)
        if update.version != version and _just_done(session, update, name, person):
            return update
        _same(update, version)
        move_on(session, update, name, person, comment, hold)
    return update


def _just_done(session: Session, update: Update, name: str, person: Person) -> bool:
    """Whether this is the same form once more: the person's own last step, taken a moment ago."""
    last = session.scalar(
        select(UpdateStep)
        .where(UpdateStep.update_id == update.id, UpdateStep.user_id.is_not(None))
        .order_by(UpdateStep.id.desc())
        .limit(1)
    )
    if last is None or last.user_id != person.id or last.step not in {move.step for move in MOVES if move.name == name}:
        return False
    at = last.at if last.at.tzinfo else last.at.replace(tzinfo=datetime.UTC)
    return datetime.datetime.now(datetime.UTC) - at < TWICE


def load(session: Session, uuid: UUID) -> Update:
    """The update as it is now."""
    update = session.scalar(select(Update).where(Update.uuid == uuid).execution_options(populate_existing=True))
    if update is None:
        raise NotFound(N_("There is no update at this address."))
    return update


def _same(update: Update, version: int) -> None:
    if update.version != version:
        raise Conflict(
            N_("Somebody has changed this update meanwhile."), remedy=N_("Look at it again, then repeat the step.")
        )


def move_on(
    session: Session, update: Update, name: str, person: Person, comment: str = "", hold: Hold | None = None
) -> None:
    """The step, and those behind it that are switched off, inside the running transaction (which holds the index)."""
    if name == "submit":
        check_content(session, update)
    move = _move(update, name, person)
    words = _comment(move, comment)
    if name in CHECKS:
        _ask_plugins(session, update, CHECKS[name])
    if name == "approve":
        _hold(session, update, hold)
    _make(session, update, move, person, words)
    _pass_on(session, update)


def _ask(update: Update, name: str, person: Person) -> None:
    """Refuse whoever may never take such a step with this update, wherever it stands."""
    if not any(_may(person, move, update) for move in MOVES if move.name == name):
        raise Refused(N_("Your role does not allow this."), remedy=N_("Ask the coordinator."))


def _move(update: Update, name: str, person: Person) -> Move:
    found = next((move for move in MOVES if move.name == name and move.source == update.state), None)
    if found is None:
        raise Conflict(
            N_("The update stands elsewhere on its way by now."), remedy=N_("Look at it again, then decide.")
        )
    if not _may(person, found, update):
        require(person, found.actions[0], actor=update.actor_id, owner=update.author_id)
    return found


def _may(person: Person, move: Move, update: Update) -> bool:
    return any(may(person, action, actor=update.actor_id, owner=update.author_id) for action in move.actions)


def _ask_plugins(session: Session, update: Update, hook: str) -> None:
    """Refuse the step where a plugin has something against it."""
    for one in objections(registry_of(session), hook, facts_of(session, update.id)):
        raise Invalid(one.message, remedy=one.remedy, fields=None, **dict(one.values))


def facts_of(session: Session, update_id: int) -> UpdateFacts:
    """What an update claims of which recommendations: the facts on which plugins judge it."""
    update = session.get_one(Update, update_id)
    evidence = select(func.count()).select_from(Evidence).where(Evidence.update_id == update_id)
    return UpdateFacts(
        update_id,
        update.actor_id,
        update.claim,
        items_of(session, update),
        session.scalar(evidence) or 0,
        update.no_change,
    )


def _comment(move: Move, comment: str) -> str | None:
    words = comment.replace("\r\n", "\n").strip()
    if move.comment and not words:
        raise Invalid(
            N_("Say what has to be changed."),
            fields={"comment": N_("Write what has to be changed, so that the author can do it.")},
        )
    if len(words) > LONGEST_COMMENT or unprintable(words):
        raise Invalid(
            N_("The comment cannot be taken."), fields={"comment": N_("This is too long, or holds odd characters.")}
        )
    return words or None


def _make(session: Session, update: Update, move: Move, person: Person, comment: str | None) -> None:
    now = datetime.datetime.now(datetime.UTC)
    before, was_public = update.state, update.state == "published"
    update.state, update.changed, update.returned = move.target, now, move.name == "return"
    if move.target == "submitted":
        update.submitted = now
    if move.target == "published":
        update.published = now
        after_commit(partial(tell, registry_of(session), "on_publish", update=update.id))
        announce(
            session, "update.published", {"update": str(update.uuid), "recommendations": _addresses(session, update)}
        )
    if move.name in {"return", "restore"}:
        update.publish_on = update.gate = None
    step = UpdateStep(update_id=update.id, step=move.step, user_id=person.id, at=now, comment=comment)
    session.add(step)
    session.flush()
    said: dict[str, object] = {"state": [before, update.state]}
    if move.target == "submitted":
        said["words"] = words_of(update)
    if was_public or move.target == "published":
        changes = standing.refresh(session, items_of(session, update))
        said |= {f"status of recommendation/{id_}": change for id_, change in changes.items()}
    tell_of_step(session, update, move, person, step.id)
    record_event(session, person.mark, f"update.{move.name}", f"update/{update.id}", said, comment)


def _pass_on(session: Session, update: Update) -> None:
    """Steps that nobody has to take, because the site has switched them off or the time has come, are taken here."""
    while move := FORWARD.get(update.state):
        if move.switch and not site_settings.get(session, move.switch):
            if move.name == "approve":
                _hold(session, update, None)
        elif move.name != "publish" or update.gate or (update.publish_on and update.publish_on > _today()):
            return
        _make(session, update, move, SYSTEM, None)


def pass_waiting(*, person: Person) -> int:
    """Take the steps that have been switched off for all updates that still wait there; how many moved."""
    require(person, "workflow.edit")
    with transaction() as session:
        index.lock(session)
        waiting = [
            move.source for move in FORWARD.values() if move.switch and not site_settings.get(session, move.switch)
        ]
        found = list(session.scalars(select(Update).where(Update.state.in_(waiting)).order_by(Update.id)))
        for update in found:
            _pass_on(session, update)
    return len(found)


def publish_due(session: Session, today: datetime.date) -> int:
    """Publish what has waited for its day, inside the running transaction; how many. For the scheduler."""
    index.lock(session)
    due = select(Update).where(
        Update.state == "approved", Update.gate.is_(None), Update.publish_on.is_not(None), Update.publish_on <= today
    )
    found = list(session.scalars(due.order_by(Update.id)))
    for update in found:
        _make(session, update, FORWARD["approved"], SYSTEM, None)
    return len(found)


def release_set(name: str, *, person: Person) -> int:
    """Publish all approved updates of a set; how many. A day that lies ahead still holds what has one."""
    require(person, "update.publish")
    with transaction() as session:
        index.lock(session)
        found = list(
            session.scalars(select(Update).where(Update.state == "approved", Update.gate == name).order_by(Update.id))
        )
        for update in found:
            if update.publish_on and update.publish_on > _today():
                update.gate = None
            else:
                _make(session, update, FORWARD["approved"], person, None)
        record_event(
            session, person.mark, "set.release", "updates", {"set": name, "updates": [one.id for one in found]}
        )
    return len(found)


def words_of(update: Update) -> dict[str, object]:
    """What an update says, for the audit trail."""
    names = ("language", "done", "effect", "obstacles", "next_step", "claim", "claim_reason", "no_change")
    said: dict[str, object] = {name: getattr(update, name) for name in names}
    for name in ("period_from", "period_to"):
        day = getattr(update, name)
        said[name] = day.isoformat() if day else None
    return said


def items_of(session: Session, update: Update) -> list[int]:
    """The recommendations that an update answers."""
    rows = select(UpdateItem.recommendation_id).where(UpdateItem.update_id == update.id)
    return list(session.scalars(rows.order_by(UpdateItem.recommendation_id)))


def _addresses(session: Session, update: Update) -> list[str]:
    rows = (
        select(Recommendation.uuid).where(Recommendation.id.in_(items_of(session, update))).order_by(Recommendation.id)
    )
    return [str(uuid) for uuid in session.scalars(rows)]


def _hold(session: Session, update: Update, hold: Hold | None) -> None:
    """Keep an approved update back, as the coordinator says or as the site is set."""
    if hold is None:
        chosen = site_settings.current(session)
        how = chosen["publish_updates"]
        hold = Hold(
            chosen["publish_on"] if how == site_settings.ON_A_DATE else None,
            chosen["publish_set"] or N_("Next set") if how == site_settings.BY_SET else None,
        )
    update.publish_on = hold.until
    update.gate = (hold.gate or "").strip()[:LONGEST_SET] or None


def _today() -> datetime.date:
    return datetime.datetime.now(datetime.UTC).date()
