"""What plugins add to the site beside data: frozen, typed facts, each under a name that begins with its plugin's."""

from __future__ import annotations

from uptake.hooks.contributions.exporting import Exporter, ExportRecord, Progress
from uptake.hooks.contributions.pages import PLACES, LanguageSpec, MenuEntry, Panel, PanelContext
from uptake.hooks.contributions.running import (
    PERIODS,
    SETTING_KINDS,
    Ailment,
    DemoCountry,
    HealthCheck,
    JobSpec,
    NoticeSpec,
    Permission,
    Setting,
    Tables,
    TokenScope,
)
from uptake.hooks.contributions.work import Deadline, GradeScale, ImportFacts, Link, LinkType, Objection, UpdateFacts

__all__ = [
    "PERIODS", "PLACES", "SETTING_KINDS", "Ailment", "Deadline", "DemoCountry", "ExportRecord", "Exporter",
    "GradeScale", "HealthCheck", "ImportFacts", "JobSpec", "LanguageSpec", "Link", "LinkType", "MenuEntry",
    "NoticeSpec", "Objection", "Panel", "PanelContext", "Permission", "Progress", "Setting", "Tables", "TokenScope",
    "UpdateFacts",
]  # fmt: skip
