"""Uptake plugin: the interface in Samoan."""

from __future__ import annotations

from pathlib import Path

from uptake.toolkit import LanguageSpec, hookimpl

HERE = Path(__file__).parent


@hookimpl
def register_languages() -> list[LanguageSpec]:
    """Samoan; native speakers have yet to read it."""
    return [
        LanguageSpec(
            "sm",
            HERE / "translations",
            own_name="Gagana Sāmoa",
            needs_review=True,
            glossary=HERE / "glossary.json",
        )
    ]
