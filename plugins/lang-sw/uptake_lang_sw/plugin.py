"""Uptake plugin: the interface in Swahili."""

from __future__ import annotations

from pathlib import Path

from uptake.toolkit import LanguageSpec, hookimpl

HERE = Path(__file__).parent


@hookimpl
def register_languages() -> list[LanguageSpec]:
    """Swahili; native speakers have yet to read it."""
    return [LanguageSpec("sw", HERE / "translations", needs_review=True, glossary=HERE / "glossary.json")]
