"""The State's own claim on one recommendation, as its page shows it: value, rule, evidence, and how old the word is."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from uptake.models.recommendations import Recommendation
from uptake.models.responsibility import FollowUp
from uptake.services import site_settings
from uptake.services.progress.standing import id_of
from uptake.services.progress.status_scale import RECEIVED, Scale, Status, scale
from uptake.services.progress.update_fields import FIELDS
from uptake.services.progress.update_pages import Published, published_on

FRESH, OLD, STALE = "fresh", "old", "stale"


@dataclass(slots=True)
class Claim:
    """What the State says. ``unverified`` where the value needs evidence and none stands behind it; ``age`` of the last
    word is fresh, old or stale, and empty where there is none."""

    status: Status
    unverified: bool
    confirmed_on: datetime.date | None
    age: str
    days: int
    override_reason: str | None
    continuous: bool
    components: int
    version: int
    scale: Scale
    updates: list[Published]

    @property
    def said(self) -> bool:
        """Whether the State has said anything at all."""
        return self.status.code != RECEIVED or bool(self.updates)


def claim_of(session: Session, recommendation_id: int, today: datetime.date | None = None) -> Claim:
    """The claim on a recommendation, with what is published of it."""
    known = scale(session)
    row = session.get(FollowUp, recommendation_id) or FollowUp(status=RECEIVED, verified=False, version=0)
    status = known.get(row.status) or known[RECEIVED]
    day = today or datetime.datetime.now(datetime.UTC).date()
    days = (day - row.confirmed_on).days if row.confirmed_on else 0
    limit = site_settings.get(session, "stale_after_days")
    below = select(func.count(Recommendation.id)).where(Recommendation.parent_id == recommendation_id)
    return Claim(
        status,
        status.needs_evidence and not row.verified,
        row.confirmed_on,
        age_of(days, limit) if row.confirmed_on else "",
        days,
        row.override_reason,
        bool(row.continuous),
        session.scalar(below) or 0,
        row.version,
        known,
        published_on(session, recommendation_id),
    )


def claim_by_address(session: Session, uuid: UUID) -> Claim:
    """The same by the recommendation's address. Raises ``NotFound``."""
    return claim_of(session, id_of(session, uuid))


def age_of(days: int, stale_after: int) -> str:
    """How old a word of so many days is."""
    return FRESH if days <= stale_after else OLD if days <= 2 * stale_after else STALE


def as_json(claim: Claim) -> dict[str, Any]:
    """The claim and what is published, for machines; nothing of it is about persons."""
    return {
        "status": claim.status.code,
        "unverified": claim.unverified,
        "confirmed_on": claim.confirmed_on,
        "override_reason": claim.override_reason,
        "continuous": claim.continuous,
        "updates": [_published(one) for one in claim.updates],
    }


def _published(one: Published) -> dict[str, Any]:
    update = one.update
    said = {name: getattr(update, name) for name in FIELDS}
    head = {"id": update.uuid, "institution": one.institution, "published": update.published}
    return {**head, "no_change": update.no_change, **said, "translations": one.texts}
