"""The menu of those who are signed in: each entry for the people who may do what stands behind it."""

from __future__ import annotations

from dataclasses import dataclass

from uptake.i18n import N_
from uptake.i18n import gettext as _
from uptake.services.permissions import Person, may_somewhere
from uptake.web.extensions import work_menu


@dataclass(frozen=True, slots=True)
class Entry:
    """A place in the menu."""

    path: str
    label: str
    action: str


ENTRIES = (
    Entry("/work", N_("My work"), "work.read"),
    Entry("/updates", N_("Progress updates"), "work.read"),
    Entry("/assessments", N_("Assessments by others"), "work.read"),
    Entry("/assignments", N_("Responsibility"), "assignment.assign"),
    Entry("/clusters", N_("Clusters"), "cluster.edit"),
    Entry("/institutions", N_("Institutions"), "actor.view"),
    Entry("/oversight", N_("Oversight"), "oversight.read"),
    Entry("/imports", N_("Imports"), "import.view"),
    Entry("/translations", N_("Translations"), "content.translate"),
    Entry("/words", N_("Words of the interface"), "interface.translate"),
    Entry("/people", N_("People"), "user.view"),
    Entry("/audit", N_("Audit trail"), "audit.read"),
    Entry("/jobs", N_("Jobs"), "job.view"),
    Entry("/settings", N_("Settings"), "workflow.edit"),
    Entry("/webhooks", N_("Webhooks"), "webhook.manage"),
    Entry("/plugins", N_("Plugins"), "plugin.manage"),
    Entry("/packages", N_("Packages"), "package.make"),
)


def menu(person: Person) -> list[tuple[str, str]]:
    """Path and label of every entry that the person may use."""
    own = [entry for entry in ENTRIES if may_somewhere(person, entry.action)]
    found = [(entry.path, entry.label) for entry in own] + [(entry.path, entry.label) for entry in work_menu()]
    return [(path, _(label)) for path, label in found]
