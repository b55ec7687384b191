"""What others say of the follow-up: published for everybody, drafts and withdrawn ones for those who wrote them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from uptake.errors import NotFound
from uptake.i18n import N_
from uptake.models.actors import Actor
from uptake.models.mechanisms import Mechanism
from uptake.models.progress import Assessment
from uptake.models.recommendations import Recommendation
from uptake.services.open_data.keyset import Item, Part, day, moment, newest_first
from uptake.services.permissions import Person, may
from uptake.services.progress.assessments import own_institutions
from uptake.services.progress.scales import grade_name, scale_name


def listing(
    session: Session, after: Sequence[int] | None, limit: int, *, person: Person, institution: str = "",
    recommendation: UUID | None = None,
) -> Part:  # fmt: skip
    """Assessments and grades, what was written last first."""
    wanted = _all().where(_visible(session, person))
    if institution:
        wanted = wanted.where(Actor.code == institution)
    if recommendation is not None:
        wanted = wanted.where(Recommendation.uuid == recommendation)
    rows, following = newest_first(session, wanted, Assessment.id, after, limit)
    return Part([_item(*row) for row in rows], following)


def one(session: Session, uuid: UUID, *, person: Person) -> Item:
    """One assessment. Raises ``NotFound``, also where it is not for this reader."""
    row = session.execute(_all().where(Assessment.uuid == uuid, _visible(session, person))).one_or_none()
    if row is None:
        raise NotFound(N_("There is no assessment at this address."), remedy=N_("Check the address."))
    return _item(*row)


def item_of(session: Session, one: Assessment) -> Item:
    """One assessment for whoever has just changed it."""
    return _item(*session.execute(_all().where(Assessment.id == one.id)).one())


def published_by_recommendation(session: Session, ids: Sequence[int]) -> dict[int, list[Item]]:
    """What is published of some recommendations, the newest first."""
    found: defaultdict[int, list[Item]] = defaultdict(list)
    rows = session.execute(
        _all()
        .where(Assessment.recommendation_id.in_(ids), Assessment.state == "published")
        .order_by(Assessment.date.desc(), Assessment.id.desc())
    )
    for row in rows:
        found[row[0].recommendation_id].append(_item(*row))
    return found


def _all() -> Select[Assessment, UUID, str, str]:
    return (
        select(Assessment, Recommendation.uuid, Actor.code, Mechanism.code)
        .join(Recommendation, Recommendation.id == Assessment.recommendation_id)
        .outerjoin(Actor, Actor.id == Assessment.actor_id)
        .outerjoin(Mechanism, Mechanism.id == Assessment.mechanism_id)
    )


def _visible(session: Session, person: Person) -> ColumnElement[bool]:
    """As the list of assessments on the site has it."""
    seen = [Assessment.state == "published", Assessment.actor_id.in_(own_institutions(session, person))]
    if may(person, "assessment.grade"):
        seen.append(Assessment.actor_id.is_(None))
    return or_(*seen)


def _item(one: Assessment, recommendation: UUID, actor: str | None, mechanism: str | None) -> Item:
    return {
        "id": str(one.uuid), "recommendation": str(recommendation), "institution": actor, "mechanism": mechanism,
        "scale": one.scale, "scale_name": scale_name(one.scale), "grade": one.grade,
        "grade_name": grade_name(one.scale, one.grade), "text": one.text, "language": one.language, "date": day(one.date),
        "source": one.source, "state": one.state, "created": moment(one.created), "version": one.version,
    }  # fmt: skip
