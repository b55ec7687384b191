"""Uptake plugin: the interface in Chinese."""

from __future__ import annotations

from pathlib import Path

from uptake.toolkit import LanguageSpec, hookimpl

HERE = Path(__file__).parent


@hookimpl
def register_languages() -> list[LanguageSpec]:
    """Chinese in simplified characters, with the UN's own terms."""
    return [LanguageSpec("zh", HERE / "translations", glossary=HERE / "glossary.json")]
