"""Many recommendations at once: chosen in the list, changed in three states, looked at first, applied, undone."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import flash, redirect, render_template, request
from werkzeug.datastructures import MultiDict

from uptake.db import session
from uptake.errors import Conflict, Invalid
from uptake.i18n import gettext as _
from uptake.models.responsibility import PRIORITIES, PRIORITY_REASONS
from uptake.search.engine import Engine
from uptake.services.actors.institutions import options
from uptake.services.recommendations import bulk, bulk_pages, bulk_wishes
from uptake.services.responsibility.follow_ups import PRIORITY_NAMES, REASON_NAMES
from uptake.web.links import NAMES, site
from uptake.web.params import LAST_PAGE, number_from, query_from
from uptake.web.responsibility.assignments import View, blueprint, errors_of, numbers_of
from uptake.web.who import allowed, person

ALL = "all"
_OWN = frozenset({"pick", "scope"})


@blueprint.get("/bulk")
@allowed("bulk.edit")
def choose_change() -> View:
    """What the chosen ones have, and what to change of it."""
    return _form(request.args)


@blueprint.get("/bulk/preview")
@allowed("bulk.edit")
def preview_change() -> View:
    """What would change; nothing is written."""
    return _preview(request.args)


@blueprint.post("/bulk/apply")
@allowed("bulk.edit")
def apply_change() -> View:
    """Change it."""
    form = request.form
    try:
        wishes = bulk_wishes.read(form.items(multi=True))
        bulk_wishes.check(session(), wishes)
        change = bulk.apply(_chosen(form), wishes, person=person(), seen=form.get("seen"), reason=form.get("reason", ""),
                            origin=_selection(form))  # fmt: skip
    except Invalid as error:
        return _answer_422(form, errors_of(error))
    except Conflict as error:
        flash(_(error.message), "error")
        return _preview(form, 409)
    flash(_("Done.") if change else _("Nothing was left to change."), "success" if change else "info")
    return redirect(site(f"/bulk/{change}" if change else f"/recommendations?{_query(form)}"), 303)


@blueprint.get("/bulk/changes")
@allowed("bulk.edit")
def changes() -> View:
    """The latest changes of many."""
    return render_template("responsibility/bulk_changes.html", rows=bulk_pages.latest(session(), person=person()))


@blueprint.get("/bulk/<int:id_>")
@allowed("bulk.edit")
def one_change(id_: int) -> View:
    """What a change did."""
    number = number_from(request.args, "page", 1, LAST_PAGE)
    return render_template(
        "responsibility/bulk_change.html", page=bulk_pages.change(session(), id_, number, person=person())
    )


@blueprint.post("/bulk/<int:id_>/undo")
@allowed("bulk.edit")
def undo_change(id_: int) -> View:
    """Put back what was before."""
    undone = bulk.undo(id_, person=person())
    said = _("Undone, except for what has changed since.") if undone.refused else _("Undone.")
    flash(said, "error" if undone.refused else "success")
    return redirect(site(f"/bulk/{id_}"), 303)


def _chosen(args: MultiDict[str, str]) -> list[int]:
    """The chosen recommendations: those that were ticked, or all that the search finds."""
    if args.get("scope") == ALL:
        return list(Engine(session()).answer(query_from(args)[0]).ids)
    return numbers_of(args, "pick")


def _query(args: MultiDict[str, str]) -> str:
    return urlencode([(name, value) for name, value in args.items(multi=True) if name in NAMES])


def _selection(args: MultiDict[str, str]) -> str:
    return f"/recommendations?{_query(args)}" if args.get("scope") == ALL else "/recommendations"


def _kept(args: MultiDict[str, str], *, all_: bool = False) -> list[tuple[str, str]]:
    """The fields that carry the choice (with ``all_`` the wishes too) from page to page."""
    unwanted = {"csrf_token", "seen", "page", "reason"}
    return [
        (name, value)
        for name, value in args.items(multi=True)
        if value and name not in unwanted and (all_ or name in _OWN or name in NAMES)
    ]


def _form(args: MultiDict[str, str], errors: dict[str, str] | None = None) -> View:
    ids = _chosen(args)
    if not ids:
        flash(_("Choose at least one recommendation in the list."), "error")
        return redirect(site(f"/recommendations?{_query(args)}"), 303)
    return render_template("responsibility/bulk.html", **_around(args, ids), errors=errors or {}, form=args)


def _around(args: MultiDict[str, str], ids: list[int]) -> dict[str, Any]:
    return {
        "page": bulk_pages.present(session(), ids, person=person()),
        "choices": bulk_pages.choices(session()),
        "institutions": options(session()),
        "kept": _kept(args),
        "most": bulk.MOST,
        "priorities": [(code, _(PRIORITY_NAMES[code])) for code in PRIORITIES],
        "reasons": [(code, _(REASON_NAMES[code])) for code in PRIORITY_REASONS],
    }


def _preview(args: MultiDict[str, str], status: int = 200) -> View:
    number = number_from(args, "page", 1, LAST_PAGE)
    try:
        wishes = bulk_wishes.read(args.items(multi=True))
        if not wishes:
            return _answer_422(args, {"": _("Choose what to change.")})
        page = bulk_pages.preview(session(), _chosen(args), wishes, number, person=person())
    except Invalid as error:
        return _answer_422(args, errors_of(error))
    kept = _kept(args, all_=True)
    return render_template("responsibility/bulk_preview.html", page=page, kept=kept, link=urlencode(kept),
                           reason=args.get("reason", "")), status  # fmt: skip


def _answer_422(args: MultiDict[str, str], errors: dict[str, str]) -> View:
    found = _form(args, errors)
    return (found, 422) if isinstance(found, str) else found
