"""Assessments by others and grades by the mechanism: the list, the form, publishing and withdrawing."""

from __future__ import annotations

import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, request
from werkzeug.wrappers import Response as Answer

from uptake.db import session
from uptake.errors import Conflict, Invalid
from uptake.i18n import CONTENT_LANGUAGES, get_locale, language_name, pick
from uptake.i18n import gettext as _
from uptake.models.progress import Assessment
from uptake.services.lists.cards import load_cards
from uptake.services.permissions import may
from uptake.services.progress import assessment_pages, assessments, scales
from uptake.web.links import path_to, site
from uptake.web.params import LAST_PAGE, number_from
from uptake.web.who import allowed, person

blueprint = Blueprint("assessments", __name__)
FIELDS = ("by", "grade", "text", "language", "date", "source")


@blueprint.get("/assessments")
@allowed("work.read")
def index() -> str:
    """What others have said, and the drafts of one's own."""
    state = request.args.get("state", "")
    number = number_from(request.args, "page", 1, LAST_PAGE)
    found = assessment_pages.listing(session(), number, get_locale(), state=state, person=person())
    return render_template("assessments/index.html", page=found, state=state)


@blueprint.get("/recommendations/<uuid:uuid>/assess")
@allowed("work.read")
def new(uuid: UUID) -> str:
    """The form for a new one."""
    typed = {
        "date": datetime.date.today().isoformat(),
        "language": get_locale(),
        "grade": request.args.get("grade", ""),
    }
    return _form(uuid, typed)


@blueprint.post("/recommendations/<uuid:uuid>/assess")
@allowed("work.read")
def write(uuid: UUID) -> Answer | tuple[str, int]:
    """Save a new one, as a draft or published."""
    publish = "publish" in request.form
    try:
        assessments.write(uuid, _given(), publish=publish, person=person())
    except Invalid as error:
        return _form(uuid, _typed(), error), 422
    return _done(uuid, publish)


@blueprint.get("/assessments/<uuid:uuid>/edit")
@allowed("work.read")
def change(uuid: UUID) -> str:
    """The form of a draft."""
    one = assessments.to_edit(session(), uuid, person=person())
    return _form(_about(one), _stored(one), one=one)


@blueprint.post("/assessments/<uuid:uuid>/edit")
@allowed("work.read")
def save(uuid: UUID) -> Answer | tuple[str, int]:
    """Save a draft, and publish it where wanted."""
    publish, version = "publish" in request.form, number_from(request.form, "version", 0, 2**31 - 1)
    try:
        done = assessments.edit(uuid, _given(), version=version, publish=publish, person=person())
    except (Invalid, Conflict) as error:
        session().rollback()
        one = assessments.to_edit(session(), uuid, person=person())
        if isinstance(error, Invalid):
            return _form(_about(one), _typed(), error, one, version), 422
        return _form(_about(one), _typed(), one=one, conflict=True), 409
    return _done(_about(done), publish)


@blueprint.get("/assessments/<uuid:uuid>/withdraw")
@allowed("assessment.withdraw")
def ask(uuid: UUID) -> str:
    """Ask for the reason."""
    return render_template("assessments/withdraw.html", uuid=uuid, errors={}, typed="")


@blueprint.post("/assessments/<uuid:uuid>/withdraw")
@allowed("assessment.withdraw")
def withdraw(uuid: UUID) -> Answer | tuple[str, int]:
    """Take one back."""
    reason = request.form.get("reason", "")
    try:
        assessments.withdraw(uuid, reason, person=person())
    except Invalid as error:
        return render_template("assessments/withdraw.html", uuid=uuid, errors=error.fields, typed=reason), 422
    flash(_("It was withdrawn. It is kept, and no longer shown to the public."), "success")
    return redirect(site("/assessments"), 303)


def _given() -> assessments.Draft:
    return assessments.Draft(**_typed())


def _typed() -> dict[str, str]:
    return {name: request.form.get(name, "") for name in FIELDS}


def _stored(one: Assessment) -> dict[str, str]:
    by = str(one.actor_id) if one.actor_id else assessments.MECHANISM
    return {
        "by": by, "grade": f"{one.scale}:{one.grade}", "text": one.text, "language": one.language,
        "date": one.date.isoformat(), "source": one.source or "",
    }  # fmt: skip


def _about(one: Assessment) -> UUID:
    return assessment_pages.recommendation_of(session(), one.recommendation_id)


def _form(
    uuid: UUID, typed: dict[str, str], error: Invalid | None = None, one: Assessment | None = None,
    version: int | None = None, conflict: bool = False,
) -> str:  # fmt: skip
    target, mechanism, own = assessments.for_form(uuid, person=person())
    values: dict[str, Any] = {
        "card": load_cards(session(), [target.id], get_locale())[0],
        "typed": typed,
        "errors": error.fields if error else {},
        "own": [(actor.id, pick(actor.names)) for actor in own.values()],
        "grades": _grades(mechanism, bool(own)),
        "languages": _languages(),
        "one": one,
        "version": version if version is not None else one.version if one else None,
        "stored": _stored(one) if one and conflict else None,
        "uuid": uuid,
    }
    return render_template("assessments/form.html", **values)


def _grades(mechanism: str | None, own: bool) -> list[tuple[str, list[tuple[str, str]]]]:
    """Scale by scale what may be chosen."""
    by = [*(["others"] if own else []), *([assessments.MECHANISM] if may(person(), "assessment.grade") else [])]
    codes = dict.fromkeys(one.code for each in by for one in scales.fitting(each, mechanism))
    found = [scales.scales()[code] for code in codes]
    return [
        (pick(one.names), [(f"{one.code}:{code}", pick(names)) for code, names in one.grades.items()]) for one in found
    ]


def _languages() -> list[tuple[str, str]]:
    codes = dict.fromkeys((*current_app.extensions["uptake"].languages, *CONTENT_LANGUAGES))
    return [(code, language_name(code)) for code in codes]


def _done(recommendation: UUID, publish: bool) -> Answer:
    if publish:
        flash(_("It is published."), "success")
        return redirect(f"{path_to('recommendation', recommendation)}#five", 303)
    flash(_("The draft is saved. Only you and your colleagues see it."), "success")
    return redirect(site("/assessments?state=draft"), 303)
