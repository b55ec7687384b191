"""What plugins did wrong while the site runs: kept in memory until it is written down, told to the log at once."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from threading import Lock

log = logging.getLogger(__name__)
LONGEST = 500


@dataclass(frozen=True, slots=True)
class Fault:
    """One plugin, where it failed (a hook, a panel, a page, a job), and what it said."""

    plugin: str
    place: str
    message: str


@dataclass(slots=True)
class Faults:
    """Counts equal faults until ``take`` hands them over. ``apart`` is what keeps a plugin's questions to the database, when
    they fail, from those of all others."""

    apart: Callable[[], AbstractContextManager[None]] = nullcontext
    _waiting: dict[Fault, int] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def note(self, plugin: str, place: str, error: BaseException) -> None:
        """Remember a fault and write it to the log, with its traceback."""
        log.error("The plugin %s failed in %s", plugin, place, exc_info=error)
        said = f"{type(error).__name__}: {error}"[:LONGEST].replace("\0", "")
        fault = Fault(plugin, place, said.encode("utf-8", "replace").decode("utf-8"))
        with self._lock:
            self._waiting[fault] = self._waiting.get(fault, 0) + 1

    def take(self) -> dict[Fault, int]:
        """What has been noted since it was last asked, with how often."""
        with self._lock:
            found, self._waiting = self._waiting, {}
        return found

    @contextmanager
    def guard(self, plugin: str, place: str) -> Iterator[None]:
        """Whatever a plugin raises inside is noted and goes no further, a wish to end the program as well."""
        try:
            with self.apart():
                yield
        except (Exception, SystemExit) as error:
            self.note(plugin, place, error)
