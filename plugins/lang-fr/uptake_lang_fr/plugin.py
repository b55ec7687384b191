"""Uptake plugin: the interface in French."""

from __future__ import annotations

from pathlib import Path

from uptake.toolkit import LanguageSpec, hookimpl

HERE = Path(__file__).parent


@hookimpl
def register_languages() -> list[LanguageSpec]:
    """French, with the UN's own terms."""
    return [LanguageSpec("fr", HERE / "translations", glossary=HERE / "glossary.json")]
