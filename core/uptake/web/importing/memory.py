"""Memory: the history of everything, two moments of it compared, and earlier values brought back."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from uptake.db import session
from uptake.errors import Conflict, Invalid
from uptake.i18n import N_
from uptake.i18n import gettext as _
from uptake.services.permissions import may
from uptake.services.recommendations import history, restoring
from uptake.services.recommendations.history import History
from uptake.web.importing.files import told
from uptake.web.links import site
from uptake.web.params import version_from
from uptake.web.portal.facts import fact_name, fact_value, worded
from uptake.web.portal.pages import names
from uptake.web.running import audit_words
from uptake.web.who import allowed, person

blueprint = Blueprint("memory", __name__)
TRANSLATED = {
    "translate": N_("Translation written"), "translate_machine": N_("Translated by machine"),
    "confirm_translation": N_("Translation confirmed"), "remove_translation": N_("Translation taken away"),
}  # fmt: skip
ACTIONS = {
    "import.apply": N_("File imported"), "import.undo": N_("Import taken back"), "user.erase": N_("Personal data erased"),
    "document.create": N_("Document entered"),
    "import.add": N_("Imported for the first time"), "import.change": N_("Changed by an import"),
    "recommendation.create": N_("Entered by hand"), "recommendation.edit": N_("Edited"),
    "recommendation.position": N_("Position entered"), "recommendation.tag": N_("Tags changed"),
    "recommendation.text": N_("Translation written"), "recommendation.split": N_("Split into parts"),
    "recommendation.withdraw": N_("Withdrawn"), "recommendation.restore": N_("Brought back"),
    "followup.edit": N_("Follow-up changed"), "followup.override": N_("Status set by hand"),
    "duplicate.dismiss": N_("Said to be no duplicate"), "update.create": N_("Begun"), "update.edit": N_("Edited"),
    "update.submit": N_("Submitted"), "update.confirm": N_("Confirmed"), "update.approve": N_("Approved"),
    "update.publish": N_("Published"), "update.return": N_("Sent back"), "update.withdraw": N_("Withdrawn"),
    "evidence.add": N_("Evidence added"), "evidence.remove": N_("Evidence removed"), "actor.edit": N_("Edited"),
    "actor.create": N_("Entered"), "membership.give": N_("Role given"), "membership.end": N_("Role ended"),
    "membership.hand_over": N_("Handed over"), "membership.take_over": N_("Taken over"), "assignment.assign": N_("Assigned"),
    "assignment.accepted": N_("Accepted by the institution"), "assignment.declined": N_("Declined by the institution"),
    "assignment.end": N_("Responsibility ended"), "bulk.apply": N_("Changed together with others"),
    "bulk.undo": N_("Change of many undone"), "cluster.create": N_("Cluster made"), "cluster.edit": N_("Cluster changed"),
    "cluster.withdraw": N_("Cluster withdrawn"), "cluster.restore": N_("Cluster brought back"),
    "routing.add": N_("Routing rule added"), "routing.remove": N_("Routing rule removed"),
}  # fmt: skip
View = str | Response | tuple[str, int]


@blueprint.get("/recommendations/<uuid:uuid>/history")
def of_recommendation(uuid: UUID) -> View:
    """What happened to a recommendation."""
    return _page(history.of_recommendation(session(), uuid, person=person()), {})


@blueprint.post("/recommendations/<uuid:uuid>/history")
@allowed("recommendation.edit")
def restore(uuid: UUID) -> View:
    """Bring an earlier value back."""
    asked = {name: request.form.get(name, "") for name in ("key", "field", "reason")}
    try:
        restoring.restore_value(
            uuid,
            asked["key"],
            asked["field"],
            version=version_from(request.form),
            person=person(),
            reason=asked["reason"],
        )
    except Invalid as error:
        return _page(history.of_recommendation(session(), uuid, person=person()), told(error)), 422
    except Conflict as error:
        shown = {"": f"{_(error.message)} {_(error.remedy)}"}
        return _page(history.of_recommendation(session(), uuid, person=person()), shown), 409
    flash(_("The earlier value is back."), "success")
    return redirect(site(f"/recommendations/{uuid}/history"), 303)


@blueprint.get("/history/<any(update,institution,term,page,document):kind>/<int:id_>")
def of_thing(kind: str, id_: int) -> View:
    """What happened to an update, an institution, a term, a page's text or a document's title."""
    return _page(history.of_thing(session(), kind, id_, person=person()), {})


def action_name(action: str) -> str:
    """What was done, in words."""
    verb = action.partition(".")[2]
    words = (
        ACTIONS.get(action) or audit_words.ACTIONS.get(action) or TRANSLATED.get(verb) or audit_words.VERBS.get(verb)
    )
    return _(words) if words else action


def fact(field: str) -> str:
    """The name of a fact in a history: a single term is named itself."""
    return names().term(field.removeprefix("term.")) if field.startswith("term.") else fact_name(field)


def fact_of_update(field: str) -> str:
    """The name of a fact of an update, whose state is no country."""
    return _("Stage") if field == "state" else fact(field)


def _page(found: History, errors: dict[str, str]) -> str:
    compared = history.compare(found, request.args.get("from", ""), request.args.get("to", ""))
    return render_template(
        "memory/history.html", page=compared, errors=errors, fact_value=fact_value, worded=worded,
        fact_name=fact_of_update if found.kind == "update" else fact,
        action_name=action_name, restorable=restoring.restorable,
        editable=found.kind == "recommendation" and may(person(), "recommendation.edit"),
    )  # fmt: skip
