"""The roles in words, and who may give which."""

from __future__ import annotations

from uptake.i18n import N_
from uptake.i18n import gettext as _
from uptake.models.people import ACTOR_ROLES, SITE_ROLES
from uptake.services.permissions import Person

NAMES = {
    "administrator": N_("Administrator"),
    "coordinator": N_("Coordinator"),
    "observer": N_("Observer"),
    "translator": N_("Translator"),
    "focal_point": N_("Focal point"),
    "alternate": N_("Alternate"),
    "validator": N_("Validator"),
    "member": N_("Member"),
}
HINTS = {
    "administrator": N_("Settings, accounts and rights of the site; sees everything."),
    "coordinator": N_("Runs the work: imports, assigns, approves and publishes."),
    "observer": N_("Reads everything internal, writes nothing: parliament, NHRI."),
    "translator": N_(
        "Translates recommendations, published updates, names and the words of the interface; sees nothing else that is internal."
    ),
    "focal_point": N_("Answers for an institution and reports its progress."),
    "alternate": N_("Stands in for the focal point, with the same rights."),
    "validator": N_("Confirms what the institution reports before it goes to the coordinator."),
    "member": N_("Drafts reports in the institution; the focal point submits them."),
}


def role_name(code: str) -> str:
    """A role in the reader's language."""
    return _(NAMES[code]) if code in NAMES else code


def role_hint(code: str) -> str:
    """What somebody with the role does."""
    return _(HINTS.get(code, ""))


def grantable(person: Person) -> tuple[str, ...]:
    """The roles that this person may give to others: only administrators make administrators."""
    roles = (*SITE_ROLES, *ACTOR_ROLES)
    may_all = person.system or "administrator" in person.site_roles
    return roles if may_all else tuple(role for role in roles if role != "administrator")
