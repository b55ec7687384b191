"""What was made for the public of a report that no longer changes: kept as long as it is asked for, made by one at a time."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Any, TypeVar

from uptake.toolkit import N_, Busy

MOST, PATIENCE = 40, 20.0
Made = TypeVar("Made")


class Kept:
    """The last things that were asked for, by their keys."""

    def __init__(self) -> None:
        self._held: OrderedDict[str, Any] = OrderedDict()
        self._keeping, self._making = Lock(), Lock()

    def get(self, key: str, make: Callable[[], Made]) -> Made:
        """What was made under this key before, or is made now. Raises ``Busy`` for whoever would wait too long."""
        if (held := self._find(key)) is not None:
            return held  # type: ignore[no-any-return]
        if not self._making.acquire(timeout=PATIENCE):
            raise Busy(N_("Too many files are being made at the moment."), remedy=N_("Try again in a moment."))
        try:
            if (held := self._find(key)) is not None:
                return held  # type: ignore[no-any-return]
            made = make()
        finally:
            self._making.release()
        with self._keeping:
            self._held[key] = made
            while len(self._held) > MOST:
                self._held.popitem(last=False)
        return made

    def _find(self, key: str) -> Any:
        with self._keeping:
            if key in self._held:
                self._held.move_to_end(key)
            return self._held.get(key)
