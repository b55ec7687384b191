"""The queue that wakes workers: huey over a file beside the database, over PostgreSQL, or over Redis.

A message says "there is work" and no more: which, and whose it is, the rows say. A lost message costs at most the
minute until a worker looks by itself; a message too many finds nothing to do. huey brings the drivers of Redis and
PostgreSQL with it (17 MB), so it is loaded with the first message.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from uptake.db import after_commit
from uptake.services.instance import settings_of
from uptake.services.running.job_pulse import folder_of

if TYPE_CHECKING:
    from huey import Huey

NAME = "uptake"
_log = logging.getLogger(__name__)


class Queue:
    """The queue of one instance. ``look`` is what a message makes a worker do, ``tick`` what it
    does each minute; only a worker sets them."""

    def __init__(self, engine: Engine, address: str) -> None:
        from huey import crontab

        self.huey = _huey(engine, address)
        self.working = False
        self.look: Callable[[], object] = lambda: None
        self.tick: Callable[[], object] = lambda: None
        self._message = self.huey.task(name="look")(self._look)
        self.huey.periodic_task(crontab(minute="*"), name="tick")(self._tick)

    def _look(self) -> None:
        self.look()

    def _tick(self) -> None:
        self.tick()

    def serve(self, look: Callable[[], object], tick: Callable[[], object]) -> None:
        """Let this process do what messages ask for."""
        self.look, self.tick, self.working = look, tick, True

    @property
    def address(self) -> str:
        """Where the queue is, without a password, for words to a person."""
        storage = self.huey.storage
        return str(getattr(storage, "filename", "")) or type(storage).__name__.removesuffix("Storage")

    def wake(self, at: datetime | None = None) -> None:
        """Send a message, now or for a moment to come."""
        delay = (at - datetime.now(UTC)).total_seconds() if at else 0
        if delay > 0:
            self._message.schedule(delay=delay)
        else:
            self._message()


_queues: WeakKeyDictionary[Engine, Queue] = WeakKeyDictionary()


def queue_of(session: Session) -> Queue:
    """The queue of the instance behind a session, opened when it is first needed: the setting ``queue``, or the one that
    comes with the database."""
    engine = session.get_bind().engine
    found = _queues.get(engine)
    if found is None:
        found = _queues[engine] = Queue(engine, settings_of(session).queue)
    return found


def wake(session: Session, at: datetime | None = None) -> None:
    """Tell the workers that there is work. A queue that cannot be reached is logged: the rows keep the work."""
    try:
        queue = queue_of(session)
        queue.wake(at)
        if not queue.working:
            queue.huey.storage.close()
    except Exception as error:
        _log.warning("The queue cannot be reached (%s); a worker finds the job within a minute", error)


def wake_after_commit(session: Session, at: datetime | None = None) -> None:
    """Wake the workers once the running transaction is committed."""
    after_commit(lambda: wake(session, at))


def _huey(engine: Engine, address: str) -> Huey:
    from huey import PostgresHuey, RedisHuey, SqliteHuey

    options: dict[str, Any] = {"results": False, "utc": True}
    if address.startswith("postgresql://") or (not address and engine.dialect.name == "postgresql"):
        url = (make_url(address) if address else engine.url).set(drivername="postgresql+psycopg")
        _, connect = url.get_dialect()().create_connect_args(url)
        return PostgresHuey(NAME, **connect, **options)
    if address:
        return RedisHuey(NAME, url=address, **options)
    folder = folder_of(engine)
    folder.mkdir(exist_ok=True)
    return SqliteHuey(NAME, filename=str(folder / "queue.db"), **options)
