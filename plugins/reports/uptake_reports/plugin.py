"""Uptake plugin: reports to mechanisms, parliament and the public. Every hook that it takes part in."""

from __future__ import annotations

from importlib.resources import files

from flask import Blueprint
from uptake.toolkit import (
    N_,
    JobSpec,
    MenuEntry,
    NoticeSpec,
    Panel,
    Permission,
    ReportFormat,
    ReportOutline,
    Tables,
    TokenScope,
    hookimpl,
    read_outlines,
)

from uptake_reports import (
    api_views,
    api_writing,
    circulation_views,
    demo,
    output_views,
    panels,
    picture_views,
    public_views,
    publishing,
    section_views,
    views,
    watching,
)
from uptake_reports.blueprint import blueprint
from uptake_reports.formats import FORMATS

__all__ = [
    "api_writing",
    "circulation_views",
    "output_views",
    "picture_views",
    "public_views",
    "section_views",
    "views",
]
SITE, ACTOR = "site", "actor"
WRITERS = {"coordinator": SITE, "focal_point": ACTOR, "alternate": ACTOR, "member": ACTOR}
INVOLVED = WRITERS | {"validator": ACTOR}
PUBLIC = {
    "reports_project": ("document_id", "deadline", "words", "created", "version"),
    "reports_section": ("guidance", "wants", "share", "actor_id", "due", "changed", "version"),
    "reports_source": ("text", "fingerprint", "state", "taken"),
    "reports_publication": ("withdrawn", "why"),
}


@hookimpl
def register_tables() -> list[Tables]:
    """Report projects with their sections, sources, comments and circulation."""
    return [Tables("uptake_reports.migrations", PUBLIC, demo=demo.fill, public_rows=publishing.public_rows)]


@hookimpl
def register_permissions() -> list[Permission]:
    """Who has a part in a report reads and writes it; the coordinator keeps its frame and publishes it; who is asked remarks
    on a draft."""
    return [
        Permission("reports.read", INVOLVED | {"administrator": SITE, "observer": SITE}),
        Permission("reports.write", WRITERS),
        Permission("reports.comment", INVOLVED),
        Permission("reports.manage", {"coordinator": SITE}),
        Permission("reports.publish", {"coordinator": SITE}),
        Permission("reports.remark", INVOLVED | {"observer": SITE}),
    ]


@hookimpl
def register_token_scopes() -> list[TokenScope]:
    """Programs write reports with a scope of their own."""
    return [TokenScope("reports:write", N_("Begin and write reports"))]


@hookimpl
def register_report_sections() -> list[ReportOutline]:
    """Reports inside the country: the briefing for parliament and the public progress report."""
    return read_outlines(files("uptake_reports.data").joinpath("outlines.json"))


@hookimpl
def register_report_formats() -> list[ReportFormat]:
    """Word, PDF, HTML and text; and the report as data."""
    return FORMATS


@hookimpl
def register_pages() -> list[Blueprint]:
    """The pages under /reports, and their part of the API."""
    return [blueprint, api_views.blueprint]


@hookimpl
def register_menu() -> list[MenuEntry]:
    """Reports stand in the menu of those who work here."""
    return [MenuEntry("/reports", N_("Reports"), "reports.read")]


@hookimpl
def register_panels() -> list[Panel]:
    """Where a recommendation is used in reports; what somebody has to write; what everybody may read."""
    used, mine, public = N_("Used in reports"), N_("Reports that wait for you"), N_("Reports of the State")
    return [
        Panel(
            "recommendation", "reports.used", used, "reports/panel_used.html", panels.on_recommendation, "reports.read"
        ),
        Panel("work", "reports.work", mine, "reports/panel_work.html", panels.on_work, "reports.read"),
        Panel("mechanism", "reports.public", public, "reports/panel_public.html", panels.on_mechanism),
        Panel("home", "reports.newest", public, "reports/panel_public.html", panels.on_home),
    ]


@hookimpl
def register_notices() -> list[NoticeSpec]:
    """What is said to those who are asked to write, to report, or to remark; the name is the report's."""
    return [
        NoticeSpec("reports.section", N_("You are asked to write: {name}")),
        NoticeSpec("reports.section_due", N_("You are asked to write until {day}: {name}")),
        NoticeSpec(
            "reports.asked",
            N_("Information by {institution} is missing in “{name}”: {recommendation}"),
            N_("Information by {institution} on {count} recommendations is missing in “{name}”."),
        ),
        NoticeSpec("reports.circulated", N_("A draft waits for remarks of {institution} until {day}: {name}")),
        NoticeSpec("reports.answered", N_("Your remark on a draft was answered: {name}")),
    ]


@hookimpl
def register_jobs() -> list[JobSpec]:
    """Each day, sources of reports are compared with the register."""
    return [
        JobSpec("reports.watch", N_("Sources of reports that have changed"), watching.daily, attempts=3, every="day")
    ]


@hookimpl
def on_publish(update: int) -> None:
    """What was taken from the same recommendations may say something else now."""
    watching.published(update)
