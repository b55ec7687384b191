"""What plugins did wrong while the site ran: written down so that an administrator and ``uptake doctor`` can see it."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from uptake.db import transaction
from uptake.errors import Busy
from uptake.hooks.registry import Registry
from uptake.models.plugins import PluginFault
from uptake.services.audit import record_event
from uptake.services.permissions import Person, require

PATIENCE = 1.0
KEPT = 200


def write_down(session: Session, registry: Registry) -> None:
    """Write what has been noted; what cannot be written now, because somebody else writes, stays in the log alone."""
    if not (found := registry.faults.take()):
        return
    session.rollback()
    now = datetime.now(UTC)
    try:
        with transaction(PATIENCE) as current:
            for fault, count in found.items():
                where = (
                    PluginFault.plugin == fault.plugin,
                    PluginFault.place == fault.place,
                    PluginFault.message == fault.message,
                )
                known = current.scalar(select(PluginFault).where(*where).limit(1))
                if known is None:
                    current.add(PluginFault(plugin=fault.plugin, place=fault.place[:200], message=fault.message, count=count,
                                            first=now, last=now))  # fmt: skip
                else:
                    known.count, known.last = known.count + count, now
            _keep_newest(current)
    except Busy:
        return


def _keep_newest(current: Session) -> None:
    current.flush()
    oldest = current.scalar(
        select(PluginFault.id).order_by(PluginFault.last.desc(), PluginFault.id.desc()).offset(KEPT).limit(1)
    )
    if oldest is not None:
        keep = select(PluginFault.id).order_by(PluginFault.last.desc(), PluginFault.id.desc()).limit(KEPT)
        current.execute(delete(PluginFault).where(PluginFault.id.not_in(list(current.scalars(keep)))))


def recent(session: Session, plugin: str | None = None) -> list[PluginFault]:
    """What went wrong, the newest first."""
    wanted = select(PluginFault).order_by(PluginFault.last.desc(), PluginFault.id.desc())
    return list(session.scalars(wanted.where(PluginFault.plugin == plugin) if plugin else wanted))


def counts(session: Session) -> dict[str, int]:
    """How often each plugin failed."""
    rows = session.execute(select(PluginFault.plugin, func.sum(PluginFault.count)).group_by(PluginFault.plugin))
    return {plugin: int(count) for plugin, count in rows}


def forget(plugin: str, *, person: Person) -> None:
    """Clear what a plugin did wrong, once it has been mended."""
    require(person, "plugin.manage")
    with transaction() as session:
        session.execute(delete(PluginFault).where(PluginFault.plugin == plugin))
        record_event(session, person.mark, "plugin.forget", f"plugin/{plugin}", {})
