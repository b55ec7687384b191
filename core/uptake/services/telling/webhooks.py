"""Webhooks: addresses that are told when something is published or imported; who enters them, and what was sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from uptake.db import transaction
from uptake.errors import Conflict, Invalid, NotFound
from uptake.i18n import N_
from uptake.models.webhooks import DELIVERY_STATES, Webhook, WebhookDelivery
from uptake.services.audit import record_event
from uptake.services.instance import secret_of, settings_of
from uptake.services.people.tokens import new_token
from uptake.services.permissions import Person, require
from uptake.services.progress.evidence import checked_address
from uptake.services.telling.webhook_sending import check_target, secret_from, start

EVENTS = {
    "update.published": N_("A progress update is published"),
    "assessment.published": N_("An assessment is published"),
    "import.applied": N_("An import is applied"),
    "import.undone": N_("An import is taken back"),
}
PAGE = 50
MOST = 50
STATE_NAMES = {"waiting": N_("Waits for its next try"), "delivered": N_("Delivered"), "failed": N_("Given up")}


@dataclass(slots=True)
class Row:
    """A webhook with how many of its messages stand where."""

    hook: Webhook
    counts: dict[str, int]


@dataclass(slots=True)
class Log:
    """One page of what was sent, the newest first."""

    hook: Webhook
    deliveries: list[WebhookDelivery]
    number: int
    pages: int


def announce(session: Session, event: str, about: Mapping[str, Any]) -> int:
    """Queue a message to everybody who wants this event, inside the running transaction; how many. Sent after the commit."""
    hooks = [hook for hook in session.scalars(select(Webhook).where(Webhook.active)) if event in hook.events]
    now = datetime.now(UTC)
    for hook in hooks:
        delivery = WebhookDelivery(webhook_id=hook.id, event=event, created=now, body=dict(about))
        session.add(delivery)
        session.flush()
        start(session, delivery)
    return len(hooks)


def add(address: str, events: Sequence[str], *, person: Person) -> tuple[UUID, str]:
    """Enter an address; what is returned beside its number is the secret, shown once. Raises ``Invalid`` by field."""
    require(person, "webhook.manage")
    if not events or set(events) - EVENTS.keys():
        raise Invalid(N_("The webhook was not entered."), fields={"events": N_("Choose what it is told of.")})
    with transaction() as session:
        checked = checked_address(address)
        check_target(checked, settings_of(session))
        if (session.scalar(select(func.count()).select_from(Webhook)) or 0) >= MOST:
            raise Conflict(N_("There are {count} webhooks already."), remedy=N_("Remove one first."), count=MOST)
        hook = Webhook(
            address=checked, events=[event for event in EVENTS if event in events], nonce=new_token(), user_id=person.id,
            created=datetime.now(UTC),
        )  # fmt: skip
        session.add(hook)
        session.flush()
        said = {"address": [None, hook.address], "events": [None, hook.events]}
        record_event(session, person.mark, "webhook.add", f"webhook/{hook.id}", said)
        return hook.uuid, secret_for(session, hook)


def renew(uuid: UUID, *, person: Person) -> str:
    """Give a webhook a new secret, which is returned and shown once; the old one signs nothing any more."""
    require(person, "webhook.manage")
    with transaction() as session:
        hook = find(session, uuid, person=person)
        hook.nonce = new_token()
        record_event(session, person.mark, "webhook.renew", f"webhook/{hook.id}", {})
        return secret_for(session, hook)


def switch(uuid: UUID, active: bool, *, person: Person) -> None:
    """Tell an address nothing more, or tell it again."""
    require(person, "webhook.manage")
    with transaction() as session:
        hook = find(session, uuid, person=person)
        if hook.active != active:
            record_event(
                session, person.mark, "webhook.switch", f"webhook/{hook.id}", {"active": [hook.active, active]}
            )
            hook.active = active


def remove(uuid: UUID, *, person: Person) -> None:
    """Forget an address with all that was sent to it; the audit trail keeps that it was there."""
    require(person, "webhook.manage")
    with transaction() as session:
        hook = find(session, uuid, person=person)
        record_event(session, person.mark, "webhook.remove", f"webhook/{hook.id}", {"address": [hook.address, None]})
        session.delete(hook)


def send_again(uuid: UUID, *, person: Person) -> UUID:
    """Send a message once more; the webhook that it belongs to."""
    require(person, "webhook.manage")
    with transaction() as session:
        row = session.execute(
            select(WebhookDelivery, Webhook.uuid)
            .join(Webhook, Webhook.id == WebhookDelivery.webhook_id)
            .where(WebhookDelivery.uuid == uuid)
        ).one_or_none()
        if row is None:
            raise NotFound(N_("There is no such message."))
        delivery, hook = row
        if delivery.state != "waiting":
            delivery.state, delivery.error = "waiting", None
            start(session, delivery)
    return UUID(str(hook))


def rows(session: Session, *, person: Person) -> list[Row]:
    """All webhooks, in the order in which they were entered."""
    require(person, "webhook.manage")
    counted = select(WebhookDelivery.webhook_id, WebhookDelivery.state, func.count()).group_by(
        WebhookDelivery.webhook_id, WebhookDelivery.state
    )
    counts: dict[int, dict[str, int]] = {}
    for id_, state, count in session.execute(counted):
        counts.setdefault(id_, dict.fromkeys(DELIVERY_STATES, 0))[state] = count
    none = dict.fromkeys(DELIVERY_STATES, 0)
    return [Row(hook, counts.get(hook.id, none)) for hook in session.scalars(select(Webhook).order_by(Webhook.id))]


def log(session: Session, uuid: UUID, number: int, *, person: Person) -> Log:
    """What was sent to one address, and what became of it."""
    hook = find(session, uuid, person=person)
    mine = WebhookDelivery.webhook_id == hook.id
    pages = max(1, -(-(session.scalar(select(func.count()).select_from(WebhookDelivery).where(mine)) or 0) // PAGE))
    number = min(number, pages)
    newest = select(WebhookDelivery).where(mine).order_by(WebhookDelivery.id.desc())
    return Log(hook, list(session.scalars(newest.limit(PAGE).offset((number - 1) * PAGE))), number, pages)


def find(session: Session, uuid: UUID, *, person: Person) -> Webhook:
    """One webhook. Raises ``NotFound``."""
    require(person, "webhook.manage")
    hook = session.scalar(select(Webhook).where(Webhook.uuid == uuid))
    if hook is None:
        raise NotFound(N_("There is no such webhook."), remedy=N_("Look at the list."))
    return hook


def secret_for(session: Session, hook: Webhook) -> str:
    """The secret that signs what is sent to it: derived, so that neither a backup nor a dump of the database holds it."""
    return secret_from(secret_of(settings_of(session)), hook)
