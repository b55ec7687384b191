"""Progress: updates as they are read, and the steps on their way; what writes them stands in ``progress_forms``."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from uptake.db import session
from uptake.errors import Invalid
from uptake.i18n import N_, ngettext
from uptake.i18n import gettext as _
from uptake.services import site_settings
from uptake.services.progress import claims, standing, update_forms, update_pages, updates, workflow
from uptake.services.progress.status_scale import scale
from uptake.services.progress.workflow_moves import STATES, STEPS, held
from uptake.services.responsibility.follow_ups import day_of
from uptake.web.links import site
from uptake.web.params import LAST_PAGE, clean, number_from, version_from
from uptake.web.portal.pages import text_language
from uptake.web.who import allowed, person

blueprint = Blueprint("progress", __name__)
DONE = {
    "submit": N_("The update was submitted."), "confirm": N_("The update was confirmed."),
    "approve": N_("The update was approved."), "publish": N_("The update was published."),
    "return": N_("The update was sent back."), "withdraw": N_("The update was withdrawn. Nothing of it is lost."),
    "restore": N_("The update is a draft again."),
}  # fmt: skip


@blueprint.app_context_processor
def _words() -> dict[str, Any]:
    return {"update_states": STATES, "update_steps": STEPS, "held": held}


@blueprint.get("/updates")
@allowed("work.read")
def listing() -> str:
    """The updates in the person's reach."""
    args = request.args
    states = [clean(state) for state in args.getlist("state")]
    institution, mine = _number("institution"), args.get("mine") == "1"
    number = number_from(args, "page", 1, LAST_PAGE)
    days = {name: day_of(clean(args.get(name, ""))) for name in ("from", "to")}
    found = update_pages.find(
        session(), states, institution, mine, number, person=person(), since=days["from"], until=days["to"]
    )
    asked = {"state": states, "institution": institution, "mine": mine, **days}
    kept = [(name, clean(value)) for name, value in args.items(multi=True) if name != "page" and clean(value)]
    link = f"?{urlencode([*kept, ('page', '')])}"
    return render_template("progress/list.html", page=found, asked=asked, link=link)


@blueprint.get("/updates/<uuid:uuid>")
def show(uuid: UUID) -> str:
    """One update: for everybody once it is published, for those involved before."""
    return _page(uuid)


@blueprint.post("/updates/<uuid:uuid>/<any(submit,confirm,approve,publish,return,withdraw,restore):name>")
@allowed("work.read")
def step(uuid: UUID, name: str) -> Response | tuple[str, int]:
    """One step on its way."""
    form = request.form
    try:
        workflow.take(
            uuid, name, person=person(), version=version_from(form), comment=form.get("comment", ""), hold=_hold(name)
        )
    except Invalid as error:
        return _page(uuid, {name: _(what) for name, what in error.fields.items()} or {"": _(error.message)}), 422
    flash(_(DONE[name]), "success")
    return redirect(site(f"/updates/{uuid}"), 303)


@blueprint.post("/updates/no-change")
@allowed("update.submit")
def no_change() -> Response:
    """Nothing has changed since: one click."""
    recommendation = uuid_from(request.form.get("r", ""))
    actor = _number("actor", request.form) or update_forms.reporting_institution(
        session(), recommendation, person=person()
    )
    update = updates.no_change(recommendation, actor, person=person())
    flash(_("It is noted that nothing has changed."), "success")
    wanted = request.form.get("next", "")
    return redirect(site(wanted if local(wanted) else f"/updates/{update.uuid}"), 303)


@blueprint.get("/updates/sets")
@allowed("update.publish")
def sets() -> str:
    """What is approved and held back."""
    return render_template("progress/sets.html", sets=_sets())


@blueprint.post("/updates/sets/release")
@allowed("update.publish")
def release() -> Response:
    """Publish a set."""
    count = workflow.release_set(request.form.get("set", ""), person=person())
    flash(ngettext("{count} update was released.", "{count} updates were released.", count), "success")
    return redirect(site("/updates/sets"), 303)


@blueprint.get("/about/status-scale")
def status_scale() -> str:
    """The status scale with its written rules, for everybody."""
    return render_template("progress/scale.html", scale=scale(session()).values())


@blueprint.route("/recommendations/<uuid:uuid>/standing", methods=["GET", "POST"])
@allowed("followup.edit")
def set_standing(uuid: UUID) -> Response | str | tuple[str, int]:
    """The status of a compound recommendation, by hand and with a reason."""
    if request.method == "GET":
        return _standing(uuid)
    form = request.form
    status = form.get("status") if form.get("do") != "lift" else None
    try:
        id_ = standing.id_of(session(), uuid)
        standing.set_aside(id_, status, form.get("reason", ""), person=person(), version=version_from(form))
    except Invalid as error:
        return _standing(uuid, {name: _(what) for name, what in error.fields.items()} or {"": _(error.message)}), 422
    flash(_("The status was set."), "success")
    return redirect(site(f"/recommendations/{uuid}"), 303)


def _standing(uuid: UUID, errors: dict[str, str] | None = None) -> str:
    return render_template(
        "progress/standing.html", claim=claims.claim_by_address(session(), uuid), uuid=uuid, errors=errors or {}
    )


def _page(uuid: UUID, errors: dict[str, str] | None = None) -> str:
    found = update_pages.open_one(session(), uuid, person=person())
    known = scale(session())
    return render_template(
        "progress/update.html", page=found, scale=known, errors=errors or {}, given=request.form,
        chosen=site_settings.current(session()) if found.inside else {}, today=date.today(),
        wanted=text_language(),
    )  # fmt: skip


def _sets() -> list[tuple[str, int, list[update_pages.Row]]]:
    found = update_pages.sets(session(), person=person())
    return [(name, count, update_pages.rows_of(session(), held_ones)) for name, count, held_ones in found]


def _hold(name: str) -> workflow.Hold | None:
    """What the coordinator chose on approval; None leaves it to the site's settings."""
    form = request.form
    how = form.get("how", "")
    if name != "approve" or not how:
        return None
    if how == site_settings.BY_SET:
        if not form.get("gate", "").strip():
            raise Invalid(_("The set needs a name."), fields={"gate": _("Give the set a name.")})
        return workflow.Hold(gate=form["gate"])
    if how == site_settings.ON_A_DATE:
        try:
            return workflow.Hold(until=date.fromisoformat(form.get("publish_on", "")))
        except ValueError:
            raise Invalid(
                _("The day is missing."), fields={"publish_on": _("Choose the day of publication.")}
            ) from None
    return workflow.Hold()


def _number(name: str, values: Any = None) -> int | None:
    written = (request.args if values is None else values).get(name, "")
    return int(written) if written.isdecimal() and len(written) < 10 else None


def uuid_from(written: str) -> UUID:
    """The address of a recommendation out of a form. Raises ``Invalid``."""
    try:
        return UUID(written)
    except ValueError:
        raise Invalid(_("There is no such recommendation."), fields={"r": _("Choose a recommendation.")}) from None


def local(path: str) -> bool:
    """Whether a path leads to a page of this site and nowhere else."""
    return path.startswith("/") and not path.startswith("//") and "\\" not in path and path.isprintable()
