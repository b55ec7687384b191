"""Uptake plugin: the interface in Arabic."""

from __future__ import annotations

from pathlib import Path

from uptake.toolkit import LanguageSpec, hookimpl

HERE = Path(__file__).parent


@hookimpl
def register_languages() -> list[LanguageSpec]:
    """Arabic, with the UN's own terms."""
    return [LanguageSpec("ar", HERE / "translations", glossary=HERE / "glossary.json")]
