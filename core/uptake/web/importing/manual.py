"""Recommendations entered, edited, split and withdrawn by hand."""

from __future__ import annotations

import datetime
from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, current_app, flash, redirect, render_template, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from uptake.db import session
from uptake.errors import Conflict, Invalid
from uptake.i18n import N_, language_name, sort_key
from uptake.i18n import gettext as _
from uptake.models.recommendations import KINDS, POSITIONS
from uptake.services.recommendations import components, entry_options, history, manual_entry, recommendation_edits
from uptake.services.recommendations.manual_entry import Entry
from uptake.services.recommendations.recommendation_edits import Form, Wanted
from uptake.web.importing.files import told
from uptake.web.links import path_to, site
from uptake.web.portal.facts import fact_name, fact_value
from uptake.web.portal.pages import names
from uptake.web.who import allowed, person

blueprint = Blueprint("manual", __name__)
View = str | Response | tuple[str, int]
FACTS = ("kind", "paragraph", "date", "cycle", "session", "position")


@blueprint.get("/recommendations/new")
@allowed("recommendation.create")
def new() -> View:
    """The empty form."""
    given = MultiDict({"key": str(uuid4()), "state": _only_state(), "kind": "recommendation"})
    return _entry_form(given, {})


@blueprint.post("/recommendations/new")
@allowed("recommendation.create")
def create() -> View:
    """Enter one."""
    try:
        uuid = manual_entry.create(_entry(request.form), person=person())
    except Invalid as error:
        return _entry_form(request.form, told(error)), 422
    flash(_("The recommendation was entered."), "success")
    return redirect(path_to("recommendation", uuid), 303)


@blueprint.get("/recommendations/<uuid:uuid>/edit")
@allowed("recommendation.edit")
def edit(uuid: UUID) -> View:
    """The form of one that is there."""
    form = recommendation_edits.form_of(session(), uuid, person=person())
    return _edit_form(form, _given(form), {})


@blueprint.post("/recommendations/<uuid:uuid>/edit")
@allowed("recommendation.edit")
def change(uuid: UUID) -> View:
    """Change it; where somebody else was faster, show both versions and keep what was typed."""
    version = read_number("version") or 0
    try:
        wanted = _wanted(request.form)
        recommendation_edits.change(
            uuid, wanted, version=version, person=person(), reason=request.form.get("reason") or None
        )
    except Invalid as error:
        form = recommendation_edits.form_of(session(), uuid, person=person())
        return _edit_form(form, request.form, told(error), version), 422
    except Conflict:
        form = recommendation_edits.form_of(session(), uuid, person=person())
        return _edit_form(form, request.form, {}, both=_both(form, wanted)), 409
    flash(_("Saved."), "success")
    return redirect(path_to("recommendation", uuid), 303)


@blueprint.post("/recommendations/<uuid:uuid>/withdraw")
@allowed("recommendation.edit")
def withdraw(uuid: UUID) -> View:
    """Take it out of the register."""
    try:
        recommendation_edits.withdraw(uuid, person=person(), reason=request.form.get("reason", ""))
    except Invalid as error:
        form = recommendation_edits.form_of(session(), uuid, person=person())
        return _edit_form(form, _given(form), told(error)), 422
    flash(_("The recommendation was withdrawn. It can be brought back here."), "success")
    return redirect(site(f"/recommendations/{uuid}/edit"), 303)


@blueprint.post("/recommendations/<uuid:uuid>/restore")
@allowed("recommendation.edit")
def restore(uuid: UUID) -> View:
    """Bring it back."""
    recommendation_edits.restore(uuid, person=person())
    flash(_("The recommendation is back in the register."), "success")
    return redirect(path_to("recommendation", uuid), 303)


@blueprint.post("/recommendations/<uuid:uuid>/split")
@allowed("recommendation.edit")
def split(uuid: UUID) -> View:
    """Split it into its parts."""
    parts = request.form.get("parts", "").replace("\r", "").split("\n\n")
    try:
        components.split(uuid, parts, version=read_number("version") or 0, person=person())
    except Invalid as error:
        form = recommendation_edits.form_of(session(), uuid, person=person())
        return _edit_form(form, _given(form) | {"parts": request.form.get("parts", "")}, told(error)), 422
    flash(_("The recommendation was split."), "success")
    return redirect(path_to("recommendation", uuid), 303)


def _entry(form: MultiDict[str, str]) -> Entry:
    states, unknown = entry_options.read_states(session(), form.get("recommenders", ""))
    if unknown:
        raise Invalid(
            N_("Some recommending States are not known."), fields={"recommenders": N_("No State is known as: {unknown}.")},
            unknown=", ".join(unknown)[:200],
        )  # fmt: skip
    return Entry(
        texts=_texts(form), state=form.get("state", ""), mechanism=form.get("mechanism", ""),
        symbol=form.get("symbol", "").strip(), title=form.get("title", "").strip(), date=read_day(form),
        paragraph=form.get("paragraph", "").strip(), kind=form.get("kind", ""), cycle=read_number("cycle"),
        session=form.get("session", "").strip(), position=form.get("position", ""), recommenders=states,
        terms=form.getlist("terms"), parts=form.get("parts", "").replace("\r", "").split("\n\n"), key=_key(form),
        anyway=form.get("anyway") == "1",
    )  # fmt: skip


def _wanted(form: MultiDict[str, str]) -> Wanted:
    facts: dict[str, Any] = {name: form.get(name, "").strip() or None for name in ("paragraph", "session")}
    facts |= {"kind": form.get("kind", ""), "date": read_day(form), "cycle": read_number("cycle")}
    if form.get("position"):
        facts["position"] = form["position"]
    return Wanted(facts, form.getlist("terms"), _texts(form))


def _texts(form: MultiDict[str, str]) -> dict[str, str]:
    return {code: form[f"text.{code}"] for code in languages() if form.get(f"text.{code}", "").strip()}


def languages() -> tuple[str, ...]:
    """The languages that texts may be written in: the site's, and those of the United Nations."""
    return tuple(dict.fromkeys([*current_app.extensions["uptake"].languages, "en", "fr", "es", "ar", "ru", "zh"]))


def _key(form: MultiDict[str, str]) -> UUID:
    try:
        return UUID(form.get("key", ""))
    except ValueError:
        return uuid4()


def read_day(form: MultiDict[str, str]) -> datetime.date | None:
    """The day of a form."""
    written = form.get("date", "").strip()
    try:
        return datetime.date.fromisoformat(written) if written else None
    except ValueError:
        raise Invalid(N_("The date cannot be read."), fields={"date": N_("Write the day as 2025-12-31.")}) from None


def read_number(name: str) -> int | None:
    """A whole number of the form."""
    written = request.form.get(name, "").strip()
    if not written:
        return None
    if not written.isdecimal() or len(written) > 9:
        raise Invalid(N_("This is no number."), fields={name: N_("Write a number such as 4.")})
    return int(written)


def _only_state() -> str:
    states = current_app.extensions["uptake"].states
    return str(states[0]) if len(states) == 1 else ""


def _given(form: Form) -> dict[str, Any]:
    """What the form is filled with when it is opened."""
    facts = {name: value if value is not None else "" for name, value in form.facts.items()}
    return {**facts, "terms": form.terms, **{f"text.{code}": text for code, text in form.texts.items()}}


def _both(form: Form, wanted: Wanted) -> list[tuple[str, str, str]]:
    mine = {**wanted.facts, "term": wanted.terms, **{f"text.{code}": text for code, text in wanted.texts.items()}}
    theirs = {**form.facts, "term": form.terms, **{f"text.{code}": text for code, text in form.texts.items()}}
    return [
        (fact_name(name), fact_value(name, theirs.get(name)), fact_value(name, value)) for name, value in mine.items()
    ]


def _entry_form(given: Any, errors: dict[str, str]) -> str:
    states = sorted(((code, names().state(code)) for code in names().states), key=lambda pair: sort_key(pair[1]))
    mechanisms = sorted(
        ((code, names().mechanism(code)) for code in names().mechanisms), key=lambda pair: sort_key(pair[1])
    )
    return render_template(
        "memory/enter.html", given=given, errors=errors, states=states, mechanisms=mechanisms, **_options(given)
    )


def _edit_form(form: Form, given: Any, errors: dict[str, str], version: int = 0, both: Any = None) -> str:
    who = history.last_change(session(), "recommendation", form.id) if both else None
    return render_template(
        "memory/edit.html", form=form, given=given, errors=errors, both=both, who=who, version=version or form.version,
        **_options(given),
    )  # fmt: skip


def _options(given: Any) -> dict[str, Any]:
    chosen = given.getlist("terms") if isinstance(given, MultiDict) else given.get("terms", [])
    return {
        "choices": entry_options.choices(session()), "kinds": [(code, names().value("kind", code)) for code in KINDS],
        "positions": [(code, names().value("position", code)) for code in POSITIONS], "chosen": set(chosen),
        "kind_names": entry_options.KIND_NAMES, "languages": [(code, language_name(code)) for code in languages()],
    }  # fmt: skip
