"""Sends one message to a webhook: signed, as a job that tries again later and is never held up by who receives it."""

from __future__ import annotations

import hmac
import json
import time
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from uptake import __version__
from uptake.db import session as current_session
from uptake.db import transaction
from uptake.errors import AppError, Invalid
from uptake.i18n import N_
from uptake.models.webhooks import Webhook, WebhookDelivery
from uptake.services.instance import secret_of
from uptake.services.running import jobs
from uptake.services.telling.outward import PRIVATE, Answer, is_private_name, post
from uptake.settings import Settings

DELIVER = "webhook.deliver"
ATTEMPTS = 6
BACKOFF = 30
TIMEOUT = 10
OFF = N_("The webhook was switched off.")


class NotDelivered(AppError):
    """The receiver did not take the message; the job tries again later."""


@jobs.kind(DELIVER, N_("Message to a webhook"), attempts=ATTEMPTS, backoff=BACKOFF)
def deliver(job: jobs.RunningJob, *, delivery: str) -> dict[str, Any]:
    """Send one message. No transaction is open while the receiver thinks."""
    found = _load(delivery)
    if found is None:
        _give_up(delivery)
        return {"sent": False}
    hook, row = found
    body = body_of(row)
    headers = {**_headers(row), **signature(secret_from(secret_of(job.settings), hook), body, int(time.time()))}
    chosen = job.settings.webhooks
    seconds = chosen.get("timeout", TIMEOUT)
    answer = post(hook.address, headers, body, seconds=seconds, private=bool(chosen.get("private_addresses")))
    _note(job, delivery, answer)
    if not answer.good:
        raise NotDelivered(answer.error)
    return {"sent": True, "status": answer.status}


def start(session: Session, row: WebhookDelivery) -> None:
    """Queue a message inside the running transaction. Numbers may be given anew where rows were removed; its id is not."""
    once = f"{DELIVER}/{row.uuid.hex}/{row.attempts}"
    jobs.start(session, DELIVER, {"delivery": row.uuid.hex}, once=once)


def body_of(row: WebhookDelivery) -> bytes:
    """What is sent, the same in every try."""
    at = row.created if row.created.tzinfo else row.created.replace(tzinfo=UTC)
    said = {"id": str(row.uuid), "event": row.event, "created": at.isoformat(), "data": row.body}
    return json.dumps(said, ensure_ascii=False).encode()


def signature(secret: str, body: bytes, now: int) -> dict[str, str]:
    """The headers by which a receiver knows that a message is ours, and how old it is."""
    signed = hmac.new(secret.encode(), f"{now}.".encode() + body, sha256).hexdigest()
    return {"Uptake-Timestamp": str(now), "Uptake-Signature": f"v1={signed}"}


def secret_from(key: str, hook: Webhook) -> str:
    """The secret of a webhook, derived from the key of the instance."""
    return "whs_" + hmac.new(key.encode(), f"webhook/{hook.uuid}/{hook.nonce}".encode(), sha256).hexdigest()


def check_target(address: str, settings: Settings) -> None:
    """Refuse an address that is plainly inside; what a name leads to is looked at with each message."""
    if is_private_name(address) and not settings.webhooks.get("private_addresses"):
        raise Invalid(
            N_("The webhook was not entered."), fields={"address": PRIVATE},
            remedy=N_("Use a public address, or let the deployer set webhooks.private_addresses."),
        )  # fmt: skip


def _load(delivery: str) -> tuple[Webhook, WebhookDelivery] | None:
    """The message and where it goes; None where that is gone or switched off by now."""
    session = current_session()
    row = session.scalar(_one(delivery))
    hook = session.get(Webhook, row.webhook_id) if row is not None else None
    if row is None or hook is None or not hook.active or row.state == "delivered":
        session.rollback()
        return None
    session.expunge_all()
    session.rollback()
    return hook, row


def _give_up(delivery: str) -> None:
    """What waits for an address that is told nothing any more is not sent when it is told again."""
    waiting = (WebhookDelivery.uuid == UUID(hex=delivery), WebhookDelivery.state == "waiting")
    with transaction() as session:
        session.execute(update(WebhookDelivery).where(*waiting).values(state="failed", error=OFF))


def _one(delivery: str) -> Select[WebhookDelivery]:
    return select(WebhookDelivery).where(WebhookDelivery.uuid == UUID(hex=delivery))


def _headers(row: WebhookDelivery) -> dict[str, str]:
    return {
        "Content-Type": "application/json", "User-Agent": f"Uptake/{__version__}", "Uptake-Event": row.event,
        "Uptake-Delivery": str(row.uuid),
    }  # fmt: skip


def _note(job: jobs.RunningJob, delivery: str, answer: Answer) -> None:
    with transaction() as session:
        job.check(session)
        row = session.scalar(_one(delivery))
        if row is not None:
            row.state = "delivered" if answer.good else "failed" if job.attempt >= ATTEMPTS else "waiting"
            row.attempts, row.tried = row.attempts + 1, datetime.now(UTC)
            row.status, row.error, row.milliseconds = answer.status, answer.error or None, answer.milliseconds
