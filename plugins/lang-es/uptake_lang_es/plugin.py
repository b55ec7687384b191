"""Uptake plugin: the interface in Spanish."""

from __future__ import annotations

from pathlib import Path

from uptake.toolkit import LanguageSpec, hookimpl

HERE = Path(__file__).parent


@hookimpl
def register_languages() -> list[LanguageSpec]:
    """Spanish, with the UN's own terms."""
    return [LanguageSpec("es", HERE / "translations", glossary=HERE / "glossary.json")]
