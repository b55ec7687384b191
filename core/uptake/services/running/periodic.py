"""What happens by the clock, in one place: whoever runs jobs imports this."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from uptake.db import session, transaction
from uptake.i18n import N_
from uptake.models.progress import Update
from uptake.services.instance import settings_of
from uptake.services.progress import workflow
from uptake.services.responsibility import escalation
from uptake.services.running import jobs, schedules
from uptake.services.telling import digests, follows, mail


@jobs.kind("updates.publish_due", N_("Publication of updates whose day has come"), attempts=3)
def publish_due(job: jobs.RunningJob) -> dict[str, int]:
    """Publish what was held back until today."""
    with transaction() as current:
        count = workflow.publish_due(current, date.today())
        job.complete(current, {"published": count})
    return {"published": count}


def _is_due(current: Session) -> bool:
    waiting = Update.state == "approved", Update.gate.is_(None), Update.publish_on <= datetime.now(UTC).date()
    return bool(current.scalar(select(exists().where(*waiting))))


@jobs.kind("mail.deliver", N_("Mails that waited for the mail server"))
def deliver_mail(job: jobs.RunningJob) -> dict[str, int]:
    """Try again what the mail server did not take when it was posted."""
    return {"sent": mail.deliver_outbox(settings_of(session()))}


def _waits(current: Session) -> bool:
    settings = settings_of(current)
    return bool(settings.smtp_host and mail.waiting(settings))


schedules.hourly("mail.deliver", _waits)
schedules.hourly("updates.publish_due", _is_due)
schedules.daily(escalation.KIND)
schedules.hourly("follows.check", follows.anybody)
schedules.daily("digests.send", digests.has_due)
schedules.minutely("digests.urgent", digests.has_urgent)


def start_due(now: datetime | None = None) -> int:
    """Queue what the clock asks for; how many jobs."""
    return schedules.start_due(now)


def kinds() -> dict[str, jobs.Kind]:
    """Every kind of job that is known, those of the clock among them."""
    return jobs.KINDS
