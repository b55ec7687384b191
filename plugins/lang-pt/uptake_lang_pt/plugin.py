"""Uptake plugin: the interface in Portuguese."""

from __future__ import annotations

from pathlib import Path

from uptake.toolkit import LanguageSpec, hookimpl

HERE = Path(__file__).parent


@hookimpl
def register_languages() -> list[LanguageSpec]:
    """Portuguese, for Portugal, Brazil and the African countries alike."""
    return [LanguageSpec("pt", HERE / "translations", glossary=HERE / "glossary.json")]
