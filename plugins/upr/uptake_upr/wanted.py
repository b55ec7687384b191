"""Whether the person who imports wants the records of a State."""

from __future__ import annotations

from uptake.toolkit import ReadOptions


def is_wanted(options: ReadOptions, state: str) -> bool:
    return options.wants is None or options.wants((state,), None)
