"""What a process remembers of the index: the postings, by field, as long as the index has not changed."""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Callable, Sequence
from threading import Lock
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from pyroaring import BitMap, FrozenBitMap
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from uptake.models.search import Posting, SearchState
from uptake.search.facts import WORK

REMEMBERED = 500
EMPTY = FrozenBitMap()
Kept = TypeVar("Kept")
Version = tuple[int, int]


class Snapshot:
    """The index at one version. What it keeps is shared between threads and never changed."""

    def __init__(self, version: Version) -> None:
        self.version = version
        self._fields: dict[str, dict[str, FrozenBitMap]] = {}
        self._kept: dict[str, Any] = {}
        self._recent: OrderedDict[object, Any] = OrderedDict()
        self._lock = Lock()

    def after_work(self, version: Version) -> Snapshot:
        """What of it still holds where only status and institutions have changed."""
        found = Snapshot(version)
        found._fields = {name: sets for name, sets in self._fields.copy().items() if name not in WORK}
        found._kept = {key: kept for key, kept in self._kept.copy().items() if key.split(":")[-1] not in WORK}
        with self._lock:
            found._recent = self._recent.copy()
        return found

    def field(self, session: Session, field: str) -> dict[str, FrozenBitMap]:
        """All values of a field, each with those that carry it."""
        found = self._fields.get(field)
        if found is None:
            rows = session.connection().execute(select(Posting.value, Posting.bits).where(Posting.field == field))
            found = self._fields[field] = {value: FrozenBitMap.deserialize(bytes(bits)) for value, bits in rows}
        return found

    def all(self, session: Session) -> FrozenBitMap:
        """Everything there is."""
        return self.keep("all", lambda: FrozenBitMap(BitMap.union(BitMap(), *self.field(session, "kind").values())))

    def keep(self, key: str, compute: Callable[[], Kept]) -> Kept:
        """The result of a computation, kept as long as the snapshot."""
        found: Kept | None = self._kept.get(key)
        if found is None:
            found = self._kept[key] = compute()
        return found

    def remember(self, key: object, compute: Callable[[], BitMap]) -> FrozenBitMap:
        """A set, kept with the results used last."""
        return self._last_used(key, lambda: FrozenBitMap(compute()))

    def keep_recent(self, key: object, compute: Callable[[], list[int]]) -> Sequence[int]:
        """A list of ids, kept with the results used last."""
        return self._last_used(key, lambda: array("L", compute()))

    def _last_used(self, key: object, compute: Callable[[], Kept]) -> Kept:
        with self._lock:
            if key in self._recent:
                self._recent.move_to_end(key)
                found: Kept = self._recent[key]
                return found
        computed = compute()
        with self._lock:
            self._recent[key] = computed
            while len(self._recent) > REMEMBERED:
                self._recent.popitem(last=False)
        return computed


_snapshots: WeakKeyDictionary[Engine, Snapshot] = WeakKeyDictionary()


def snapshot(session: Session) -> Snapshot:
    """The snapshot of the index as the running transaction sees it."""
    bind = session.get_bind()
    engine = bind if isinstance(bind, Engine) else bind.engine
    asked = select(SearchState.version, SearchState.work).where(SearchState.id == 1)
    row = session.connection().execute(asked).first()
    version: Version = (row[0], row[1]) if row else (0, 0)
    found = _snapshots.get(engine)
    if found is None or found.version != version:
        same = found is not None and found.version[0] == version[0]
        found = found.after_work(version) if found is not None and same else Snapshot(version)
        if not session.info.get("writing"):
            _snapshots[engine] = found
    return found
