"""Texts that the site's administrator has written for pages, with the translations made of them."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from uptake.i18n import pick
from uptake.models.progress import SiteSetting
from uptake.services import site_settings

NAMES = ("home_text",)


def row_of(name: str) -> str:
    """The row that keeps the translations of a text; the administrator's own languages stand in the setting itself."""
    return f"{name}.translations"


def versions(session: Session, name: str) -> dict[str, tuple[str, str]]:
    """Language → origin and text; an official text goes before a translation."""
    kept = session.scalar(select(SiteSetting.value).where(SiteSetting.name == row_of(name))) or {}
    found = {language: (said["origin"], said["text"]) for language, said in kept.items()}
    return found | {language: ("official", text) for language, text in site_settings.get(session, name).items()}


def shown(session: Session, name: str) -> tuple[str, str]:
    """The text for the reader, in the language of the page or the nearest, and its origin."""
    found = versions(session, name)
    origin, text = found.get(pick({code: code for code in found}), ("official", ""))
    return text, origin
