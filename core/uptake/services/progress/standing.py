"""Where a recommendation stands by the State's own published word: the claim, whether evidence is behind it, and its age."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import cast

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from uptake.db import chunks, transaction
from uptake.errors import Conflict, Invalid, NotFound
from uptake.i18n import N_
from uptake.models.progress import Evidence, Update, UpdateItem, stands
from uptake.models.recommendations import Recommendation
from uptake.models.responsibility import FollowUp
from uptake.search import index
from uptake.services.audit import record_event
from uptake.services.permissions import Person, require
from uptake.services.progress.status_scale import CONTINUOUS, RECEIVED, Scale, scale

Changes = dict[int, list[str]]
LONGEST_REASON = 2000


@dataclass(frozen=True, slots=True)
class Word:
    """What one published update says of a recommendation."""

    claim: str | None
    evidence: bool
    at: datetime.datetime

    @property
    def day(self) -> datetime.date:
        """The day of its publication."""
        return self.at.date()


@dataclass(frozen=True, slots=True)
class Stand:
    """What follows from all the words."""

    status: str = RECEIVED
    verified: bool = False
    confirmed_on: datetime.date | None = None


@dataclass(slots=True)
class Family:
    """Recommendations that are judged together: compound ones and their components."""

    parents: dict[int, int | None] = field(default_factory=dict)
    children: defaultdict[int, list[int]] = field(default_factory=lambda: defaultdict(list))

    def add(self, id_: int, parent: int | None) -> None:
        """One more of them."""
        if id_ not in self.parents:
            self.parents[id_] = parent
            if parent is not None:
                self.children[parent].append(id_)


def refresh(session: Session, ids: Iterable[int]) -> Changes:
    """Compute anew where these recommendations stand, those they are components of, and their components.

    To be called in the transaction that has published or withdrawn something, before its audit entry is written. The
    answer maps each recommendation whose status is another one now to the old and the new value.
    """
    index.lock(session)
    session.flush()
    changes: Changes = {}
    known = scale(session)
    for chunk in chunks(sorted(set(ids))):
        family = _family(session, chunk)
        changes |= _write(session, family, _words(session, list(family.parents)), known)
        index.refresh_facts(session, family.parents)
    return changes


def stand(words: Sequence[Word]) -> Stand:
    """The newest claim counts (words come oldest first); evidence behind an earlier word with the same claim still does."""
    if not words:
        return Stand()
    claims = [word for word in reversed(words) if word.claim]
    if not claims:
        return Stand(confirmed_on=words[-1].day)
    verified = False
    for word in claims:
        if word.claim != claims[0].claim:
            break
        verified = verified or word.evidence
    return Stand(claims[0].claim or RECEIVED, verified, words[-1].day)


def compound(parts: Sequence[Stand], own: Sequence[Word], known: Scale) -> Stand:
    """The least advanced component counts; values without a rank stand aside."""
    ranked = [(known[part.status].rank, part) for part in parts if part.status in known]
    counted = [(rank, part) for rank, part in ranked if rank is not None]
    days = [part.confirmed_on for part in parts if part.confirmed_on] + [word.day for word in own]
    status = min(counted, key=lambda one: one[0])[1].status if counted else parts[0].status
    verified = all(part.verified for part in ([part for _, part in counted] or parts))
    return Stand(status, verified, max(days, default=None))


def set_aside(recommendation_id: int, status: str | None, reason: str, *, person: Person, version: int) -> None:
    """Set the status of a compound recommendation by hand, with a reason; ``status`` None lets its components count again.

    Raises ``Invalid`` for one that has no components, a value that is not on the scale, or a missing reason.
    """
    require(person, "followup.edit")
    with transaction() as session:
        index.lock(session)
        if not session.scalar(select(exists().where(Recommendation.parent_id == recommendation_id))):
            raise Invalid(N_("This recommendation has no parts; its status follows from what is published."))
        row = session.get(FollowUp, recommendation_id, populate_existing=True) or FollowUp(
            recommendation_id=recommendation_id, status=RECEIVED, version=0
        )
        if row.version != version:
            raise Conflict(
                N_("Somebody has changed this meanwhile."), remedy=N_("Look at it again, then repeat the change.")
            )
        before = [row.status, row.override_reason]
        _override(session, row, status, reason.strip())
        changes = refresh(session, [recommendation_id])
        after = [changes.get(recommendation_id, ["", row.status])[1], row.override_reason]
        said = {"status": [before[0], after[0]], "override_reason": [before[1], after[1]]}
        record_event(
            session, person.mark, "followup.override", f"recommendation/{recommendation_id}", said, reason or None
        )


def _override(session: Session, row: FollowUp, status: str | None, reason: str) -> None:
    if status is not None:
        wrong = {}
        if status not in scale(session):
            wrong["status"] = N_("Choose a value of the status scale.")
        if not reason or len(reason) > LONGEST_REASON:
            wrong["reason"] = N_("Say why the parts do not decide here.")
        if wrong:
            raise Invalid(N_("The status cannot be set like this."), fields=wrong)
        row.status = status
    row.override_reason = reason if status is not None else None
    if row.version == 0:
        row.version = 1
        session.add(row)
    session.flush()


def _family(session: Session, ids: Sequence[int]) -> Family:
    """These, what they are components of, and all components of those."""
    table = Recommendation
    roots = select(func.coalesce(table.parent_id, table.id)).where(table.id.in_(ids))
    rows = session.execute(
        select(table.id, table.parent_id)
        .where(or_(table.id.in_(roots), table.parent_id.in_(roots)))
        .order_by(table.order_key, table.id)
    )
    family = Family()
    for id_, parent in rows:
        family.add(id_, parent)
    return family


def _words(session: Session, ids: Sequence[int]) -> dict[int, list[Word]]:
    """What is published of each, oldest first."""
    evidence = exists().where(Evidence.update_id == Update.id)
    found: defaultdict[int, list[Word]] = defaultdict(list)
    for chunk in chunks(ids):
        rows = session.execute(
            select(UpdateItem.recommendation_id, Update.claim, evidence, Update.published)
            .join(Update, Update.id == UpdateItem.update_id)
            .where(UpdateItem.recommendation_id.in_(chunk), stands("published"))
            .order_by(Update.published, Update.id)
        )
        for id_, claim, has_evidence, published in rows:
            found[id_].append(Word(claim, bool(has_evidence), cast("datetime.datetime", published)))
    return found


def _write(session: Session, family: Family, words: dict[int, list[Word]], known: Scale) -> Changes:
    """Judge components before what they belong to, and keep what has changed."""
    rows = {
        row.recommendation_id: row
        for chunk in chunks(family.parents)
        for row in session.scalars(
            select(FollowUp).where(FollowUp.recommendation_id.in_(chunk)).execution_options(populate_existing=True)
        )
    }
    judged: dict[int, Stand] = {}
    changes: Changes = {}
    for id_ in sorted(family.parents, key=lambda one: bool(family.children.get(one))):
        row = rows.get(id_)
        parts = family.children.get(id_)
        below = [judged[part] for part in parts or ()]
        found = compound(below, words.get(id_, ()), known) if below else stand(_said(family, words, id_))
        found = judged[id_] = _bounded(found, row, known, overriding=bool(parts))
        if row is None and found == Stand():
            continue
        if row is None:
            row = FollowUp(recommendation_id=id_, status=RECEIVED)
            session.add(row)
        if row.status != found.status:
            changes[id_] = [row.status, found.status]
        row.status, row.verified, row.confirmed_on = found.status, found.verified, found.confirmed_on
    session.flush()
    return changes


def _said(family: Family, words: dict[int, list[Word]], id_: int) -> list[Word]:
    """A word on the whole speaks for each component, until one on the component is newer."""
    parent = family.parents[id_]
    above = words.get(parent, []) if parent is not None else []
    return sorted([*above, *words.get(id_, [])], key=lambda word: word.at)


def _bounded(found: Stand, row: FollowUp | None, known: Scale, *, overriding: bool) -> Stand:
    """What a person has decided of it: a status by hand, or a duty that never closes."""
    if row is None:
        return found
    if overriding and row.override_reason:
        return Stand(row.status, found.verified and found.status == row.status, found.confirmed_on)
    if row.continuous and found.status in known and known[found.status].closes:
        return Stand(CONTINUOUS, found.verified, found.confirmed_on)
    return found


def id_of(session: Session, uuid: object) -> int:
    """The number of a recommendation by its address. Raises ``NotFound``."""
    found = session.scalar(select(Recommendation.id).where(Recommendation.uuid == uuid))
    if found is None:
        raise NotFound(N_("There is no recommendation at this address."))
    return found
