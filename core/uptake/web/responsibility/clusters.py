"""Clusters of overlapping recommendations, and what might belong together."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request
from werkzeug.wrappers import Response

from uptake.db import session
from uptake.errors import Conflict, Invalid
from uptake.i18n import gettext as _
from uptake.services.actors.institutions import options
from uptake.services.recommendations import duplicates
from uptake.services.responsibility import cluster_pages, clusters
from uptake.web.links import site
from uptake.web.params import LAST_PAGE, number_from
from uptake.web.progress.updates import local
from uptake.web.responsibility.assignments import View, blueprint, errors_of, number_of, numbers_of
from uptake.web.who import allowed, person


@blueprint.get("/clusters")
@allowed("work.read")
def cluster_list() -> View:
    """All clusters."""
    return _list()


@blueprint.post("/clusters")
@allowed("cluster.edit")
def create_cluster() -> View:
    """A new cluster, empty or with what was chosen."""
    try:
        made = clusters.create(
            **_typed(), recommendations=numbers_of(request.form, "pick"), person=person()
        )  # fmt: skip
    except Invalid as error:
        return _list(errors_of(error)), 422
    flash(_("The cluster is there."), "success")
    return _to(made)


@blueprint.get("/clusters/<int:id_>")
@allowed("work.read")
def cluster(id_: int) -> View:
    """One cluster with its recommendations."""
    return _one(id_)


@blueprint.post("/clusters/<int:id_>")
@allowed("cluster.edit")
def edit_cluster(id_: int) -> View:
    """Change title, note and lead."""
    try:
        clusters.edit(id_, **_typed(), person=person(), version=number_of(request.form, "version"))
    except Invalid as error:
        return _one(id_, errors_of(error)), 422
    except Conflict as error:
        if "now" not in error.values:
            raise
        return _one(id_, both=error.values["now"]), 409
    flash(_("Saved."), "success")
    return _to(id_)


@blueprint.post("/clusters/<int:id_>/members")
@allowed("cluster.edit")
def cluster_members(id_: int) -> View:
    """Put recommendations into the cluster, or take them out."""
    form = request.form
    change = clusters.remove if form.get("do") == "remove" else clusters.add
    change(id_, numbers_of(form, "pick"), person=person())
    flash(_("Taken out of the cluster.") if form.get("do") == "remove" else _("Put into the cluster."), "success")
    return _to(id_)


@blueprint.post("/clusters/<int:id_>/assign")
@allowed("cluster.edit")
def assign_cluster(id_: int) -> View:
    """Make the cluster's lead the lead of everything in it."""
    try:
        change = clusters.assign_all(id_, person=person())
    except Invalid as error:
        return _one(id_, errors_of(error)), 422
    if change is None:
        flash(_("The lead of the cluster leads all of them already."), "info")
        return _to(id_)
    flash(_("Done. Here you see what changed and can undo it."), "success")
    return redirect(site(f"/bulk/{change}"), 303)


@blueprint.post("/clusters/<int:id_>/<any(withdraw,restore):what>")
@allowed("cluster.edit")
def withdraw_cluster(id_: int, what: str) -> View:
    """Withdraw a cluster, or bring it back."""
    clusters.set_withdrawn(id_, what == "withdraw", person=person(), reason=request.form.get("reason", ""))
    flash(_("Withdrawn; it can be brought back.") if what == "withdraw" else _("It is back."), "success")
    return _to(id_)


@blueprint.get("/clusters/suggestions")
@allowed("cluster.edit")
def suggestions() -> View:
    """What might belong together, page by page through the register."""
    number = number_from(request.args, "page", 1, LAST_PAGE)
    return render_template(
        "responsibility/suggestions.html", page=cluster_pages.suggestions(session(), number, person=person())
    )


@blueprint.post("/clusters/suggestions/dismiss")
@allowed("cluster.edit")
def dismiss() -> View:
    """Say that two are no duplicates."""
    form = request.form
    duplicates.dismiss(number_of(form, "one"), number_of(form, "other"), person=person())
    flash(_("It will not be suggested again."), "success")
    back = form.get("back", "")
    return redirect(site(back if local(back) else "/clusters/suggestions"), 303)


def _typed() -> dict[str, Any]:
    form = request.form
    lead = number_of(form, "lead_id") or None
    return {"title": form.get("title", ""), "note": form.get("note", ""), "lead_id": lead}


def _to(id_: int) -> Response:
    return redirect(site(f"/clusters/{id_}"), 303)


def _list(errors: dict[str, str] | None = None) -> str:
    page = cluster_pages.cluster_list(session(), withdrawn=request.args.get("show") == "withdrawn", person=person())
    return render_template(
        "responsibility/clusters.html", page=page, institutions=options(session()), errors=errors or {}, form=request.form,
        picked=numbers_of(request.form, "pick"),
    )  # fmt: skip


def _one(id_: int, errors: dict[str, str] | None = None, both: Any = None) -> str:
    number = number_from(request.args, "page", 1, LAST_PAGE)
    page = cluster_pages.cluster_page(session(), id_, number, person=person())
    typed = _typed() if errors or both else None
    names = dict(options(session()))
    return render_template(
        "responsibility/cluster.html", page=page, institutions=list(names.items()), names_of=names, errors=errors or {},
        typed=typed, both=both,
    )  # fmt: skip
