"""Uptake plugin: national action plans. Every hook that it takes part in, each with the module behind it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from importlib.resources import files

import click
from flask import Blueprint
from uptake.toolkit import (
    N_,
    Deadline,
    HealthCheck,
    JobSpec,
    Link,
    LinkType,
    MenuEntry,
    NoticeSpec,
    Objection,
    Panel,
    Permission,
    ReportOutline,
    Setting,
    Tables,
    UpdateFacts,
    hookimpl,
    read_outlines,
)

from uptake_plans import answering, commands, demo, panels, reminding, reporting, views

SITE, ACTOR = "site", "actor"
READERS = {"administrator": SITE, "coordinator": SITE, "observer": SITE, "focal_point": ACTOR, "alternate": ACTOR,
           "validator": ACTOR, "member": ACTOR}  # fmt: skip


@hookimpl
def register_tables() -> list[Tables]:
    """Plans, actions, and what these answer; the demo country has two plans."""
    public = {"plans_plan": (), "plans_action": ("budget",), "plans_action_recommendation": ()}
    return [Tables("uptake_plans.migrations", public, demo=demo.fill)]


@hookimpl
def register_permissions() -> list[Permission]:
    """Everybody reads plans; these roles read budget notes, write plans, and report on actions."""
    return [
        Permission("plans.read", READERS),
        Permission("plans.edit", {"coordinator": SITE}),
        Permission("plans.report", {"coordinator": SITE, "focal_point": ACTOR, "alternate": ACTOR}),
    ]


@hookimpl
def register_pages() -> list[Blueprint]:
    """The pages under /plans."""
    return [views.blueprint]


@hookimpl
def register_menu() -> list[MenuEntry]:
    """Plans stand in the main menu, for every visitor."""
    return [MenuEntry("/plans", N_("Plans"))]


@hookimpl
def register_panels() -> list[Panel]:
    """Actions where recommendations, institutions and people's work are shown; plans on the front page."""
    rows, title = "plans/panel_actions.html", N_("Actions of national plans")
    due = N_("Actions of plans that are due")
    return [
        Panel(
            "recommendation", "plans.recommendation", title, "plans/panel_recommendation.html", panels.on_recommendation
        ),
        Panel("institution", "plans.institution", title, rows, panels.on_institution),
        Panel("home", "plans.home", N_("National action plans"), "plans/panel_plans.html", panels.on_home),
        Panel("work", "plans.work", due, rows, panels.on_work, action="plans.report"),
    ]


@hookimpl
def register_link_types() -> list[LinkType]:
    """A recommendation is linked with actions; the panel on its page shows them."""
    return [LinkType("plans.action", N_("Actions of national plans"), listed=False)]


@hookimpl
def lookup_links(recommendations: Sequence[int]) -> Mapping[int, Sequence[Link]]:
    """The actions that answer them."""
    return answering.links_of(recommendations)


@hookimpl
def lookup_deadlines(institutions: Collection[int] | None) -> list[Deadline]:
    """The days on which actions are due: plans are public, so everybody may know them."""
    return answering.deadlines(institutions)


@hookimpl
def register_settings() -> list[Setting]:
    """When to remind, and whether a claim that something is planned needs an action."""
    return [
        Setting("plans.remind_days", "days", 30, N_("Days before its due date on which an action’s focal points are reminded")),
        Setting("plans.planned_needs_action", "yes", False, N_("Who claims “planned” needs an action of a plan"),
                N_("Then such an update cannot be submitted or published before an action answers its recommendations.")),
    ]  # fmt: skip


@hookimpl
def check_submit(facts: UpdateFacts) -> Iterable[Objection]:
    """Nothing is planned where no action plans it."""
    return list(answering.objections(facts))


@hookimpl
def check_publish(facts: UpdateFacts) -> Iterable[Objection]:
    """The same once more: an action may have been dropped meanwhile."""
    return list(answering.objections(facts))


@hookimpl
def on_publish(update: int) -> None:
    """Actions show when their lead last reported."""
    reporting.stamp(update)


@hookimpl
def register_jobs() -> list[JobSpec]:
    """Each day, who leads an action is reminded of what is due."""
    return [JobSpec("plans.remind", N_("Reminders of actions that are due"), reminding.remind, attempts=3, every="day")]


@hookimpl
def register_notices() -> list[NoticeSpec]:
    """What the reminder says; the name is the plan's code and the action's."""
    return [NoticeSpec("plans.due", N_("Action {name} of {institution} is due on {day}."))]


@hookimpl
def register_commands() -> list[click.Command]:
    """uptake plans list."""
    return [commands.list_plans]


@hookimpl
def register_health_checks() -> list[HealthCheck]:
    """Actions that nobody leads."""
    return [HealthCheck("plans.lead", answering.ailments)]


@hookimpl
def register_report_sections() -> list[ReportOutline]:
    """The annex of an implementation plan."""
    return read_outlines(files("uptake_plans.data").joinpath("outlines.json"))
