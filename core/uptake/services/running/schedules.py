"""What is to happen every hour or every day: a table, looked at each minute by every worker.

A period's job carries the period in its ``once``, so that it is queued a single time however many workers look, and also
when none looked for a while.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from uptake.db import session, transaction
from uptake.errors import Busy
from uptake.i18n import N_
from uptake.models.jobs import Job
from uptake.services.running import jobs
from uptake.services.storing import storage

KEPT = timedelta(days=60)
MORNING = 5
PATIENCE = 2.0
Wanted = Callable[[Session], bool]
_table: dict[str, tuple[str, Wanted]] = {}


def _always(_session: Session) -> bool:
    return True


def minutely(kind: str, wanted: Wanted = _always) -> None:
    """Start a job of this kind in each minute in which it is ``wanted``."""
    _table[kind] = "minute", wanted


def hourly(kind: str, wanted: Wanted = _always) -> None:
    """Start a job of this kind once an hour, where it is ``wanted``."""
    _table[kind] = "hour", wanted


def daily(kind: str, wanted: Wanted = _always) -> None:
    """Start a job of this kind once a day, from early in the morning on (universal time), where it is ``wanted``."""
    _table[kind] = "day", wanted


def start_due(now: datetime | None = None) -> int:
    """Queue what this minute, hour and day ask for; how many jobs. It writes nothing where all is queued, and leaves it
    to the next minute where an import is writing."""
    moment = now or datetime.now(UTC)
    periods = {once: kind for kind, (period, _) in _table.items() if (once := _once(kind, period, moment))}
    there = set(session().scalars(select(Job.once).where(Job.once.in_(periods))))
    missing = [(once, kind) for once, kind in periods.items() if once not in there and _table[kind][1](session())]
    session().rollback()
    if not missing:
        return 0
    try:
        with transaction(PATIENCE) as current:
            for once, kind in missing:
                jobs.start(current, kind, once=once)
    except Busy:
        return 0
    return len(missing)


def _once(kind: str, period: str, now: datetime) -> str | None:
    if period == "minute":
        return f"{kind}@{now:%Y-%m-%dT%H:%M}"
    if period == "hour":
        return f"{kind}@{now:%Y-%m-%dT%H}"
    return f"{kind}@{now:%Y-%m-%d}" if now.hour >= MORNING else None


@jobs.kind("jobs.tidy", N_("Tidying up of old jobs"))
def tidy(job: jobs.RunningJob) -> dict[str, int]:
    """Forget what ended well long ago; what failed stays until somebody has looked."""
    old = datetime.now(UTC) - KEPT
    with transaction() as current:
        gone = current.execute(delete(Job).where(Job.state.in_(("done", "cancelled")), Job.finished < old))
    storage.sweep(session())
    return {"removed": gone.rowcount}  # type: ignore[attr-defined]


daily("jobs.tidy")
