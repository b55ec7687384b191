"""Locks that die with the process that holds them: single bytes of a file, on every system that Python runs on."""

from __future__ import annotations

import os
import threading
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]


class ByteLocks:
    """The locks that this process holds on one file.

    The system keeps one set of locks per process and file, and drops all of them when any handle of the file is closed:
    hence one handle per file, which counts within this process itself.
    """

    _known: dict[Path, ByteLocks] = {}  # noqa: RUF012 (one for the process, on purpose)
    _guard = threading.Lock()

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle = -1
        self._held: set[int] = set()

    @classmethod
    def of(cls, path: Path) -> ByteLocks:
        """The one object of this process for a file."""
        with cls._guard:
            return cls._known.setdefault(path, cls(path))

    def take(self, number: int) -> bool:
        """Take the lock with this number; False where another process, or this one, holds it."""
        with self._guard:
            if number in self._held:
                return False
            if self._handle < 0:
                self._handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            taken = _lock(self._handle, number)
            if taken:
                self._held.add(number)
            self._close_if_unused()
            return taken

    def free(self, number: int) -> None:
        """Give the lock back."""
        with self._guard:
            if number in self._held:
                _unlock(self._handle, number)
                self._held.discard(number)
            self._close_if_unused()

    def _close_if_unused(self) -> None:
        if not self._held and self._handle >= 0:
            os.close(self._handle)
            self._handle = -1
            self._known.pop(self._path, None)


def _lock(handle: int, number: int) -> bool:
    try:
        if fcntl is not None:
            fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, number)
        else:
            _msvcrt(handle, number, "LK_NBLCK")
    except OSError:
        return False
    return True


def _unlock(handle: int, number: int) -> None:
    if fcntl is not None:
        fcntl.lockf(handle, fcntl.LOCK_UN, 1, number)
    else:
        _msvcrt(handle, number, "LK_UNLCK")


def _msvcrt(handle: int, number: int, mode: str) -> None:
    import msvcrt

    os.lseek(handle, number, os.SEEK_SET)
    msvcrt.locking(handle, getattr(msvcrt, mode), 1)  # type: ignore[attr-defined]
