"""What a process remembers of the index: the postings, by field, as long as the index has not changed."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from weakref import WeakKeyDictionary

from pyroaring import BitMap, FrozenBitMap
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from uptake.models.search import Posting, SearchState

REMEMBERED = 200
EMPTY = FrozenBitMap()


class Snapshot:
    """The index at one version. Sets are shared between threads and never changed."""

    def __init__(self, version: int) -> None:
        self.version = version
        self._fields: dict[str, dict[str, FrozenBitMap]] = {}
        self._texts: OrderedDict[object, FrozenBitMap] = OrderedDict()
        self.attic: dict[str, object] = {}
        self._lock = Lock()

    def field(self, session: Session, field: str) -> dict[str, FrozenBitMap]:
        """All values of a field, each with those that carry it."""
        found = self._fields.get(field)
        if found is None:
            rows = session.connection().execute(select(Posting.value, Posting.bits).where(Posting.field == field))
            found = self._fields[field] = {value: FrozenBitMap.deserialize(bytes(bits)) for value, bits in rows}
        return found

    def all(self, session: Session) -> FrozenBitMap:
        """Everything there is."""
        return self.remember("all", lambda: BitMap.union(BitMap(), *self.field(session, "kind").values()))

    def remember(self, key: object, compute: Callable[[], BitMap]) -> FrozenBitMap:
        """The result of a computation, kept with the two hundred used last."""
        with self._lock:
            found = self._texts.get(key)
            if found is not None:
                self._texts.move_to_end(key)
                return found
        found = FrozenBitMap(compute())
        with self._lock:
            self._texts[key] = found
            while len(self._texts) > REMEMBERED:
                self._texts.popitem(last=False)
        return found


_snapshots: WeakKeyDictionary[Engine, Snapshot] = WeakKeyDictionary()


def snapshot(session: Session) -> Snapshot:
    """The snapshot of the index as the running transaction sees it."""
    bind = session.get_bind()
    engine = bind if isinstance(bind, Engine) else bind.engine
    version = session.connection().execute(select(SearchState.version).where(SearchState.id == 1)).scalar() or 0
    found = _snapshots.get(engine)
    if found is None or found.version != version:
        found = Snapshot(version)
        if not session.info.get("writing"):
            _snapshots[engine] = found
    return found
