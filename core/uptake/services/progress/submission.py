"""What an update must say before it goes on its way, whichever page or program sends it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from uptake.errors import Invalid
from uptake.i18n import N_
from uptake.models.progress import Update
from uptake.services.progress.status_scale import claimable, scale


def check_content(session: Session, update: Update) -> None:
    """Raises ``Invalid`` with the fields that are missing or do not fit."""
    known = scale(session)
    wrong: dict[str, str] = {}
    if not update.no_change and not update.done.strip():
        wrong["done"] = N_("Write what was done.")
    status = known.get(update.claim or "")
    if update.claim and (status is None or status not in claimable(known)):
        wrong["claim"] = N_("Choose a value of the status scale.")
    elif status and status.needs_reason and not (update.claim_reason or "").strip():
        wrong["claim_reason"] = N_("Give the reason: this value needs one.")
    if update.period_from and update.period_to and update.period_to < update.period_from:
        wrong["period_to"] = N_("The period ends before it begins.")
    if wrong:
        raise Invalid(N_("The update cannot be submitted yet."), fields=wrong)
