"""Calls plugins from inside a use case: one try for each, and an error names the plugin."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import cast

from uptake.hooks.kinds import Draft
from uptake.hooks.registry import Registry

log = logging.getLogger(__name__)


def other_symbols(registry: Registry) -> Callable[[Draft], Sequence[str]]:
    """A function that asks every plugin for other symbols of a draft's document."""
    implementations = registry.manager.hook.lookup_documents.get_hookimpls()

    def ask(draft: Draft) -> list[str]:
        found: list[str] = []
        for implementation in implementations:
            try:
                asked = cast("Callable[..., Sequence[str]]", implementation.function)
                found += asked(**dict.fromkeys(implementation.argnames, draft))
            except Exception:
                log.exception("plugin %s failed in lookup_documents", implementation.plugin_name)
        return found

    return ask
