"""A list pasted from a report: read, shown row by row for correction, then entered in one step."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4, uuid5

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from uptake.db import session
from uptake.errors import Invalid
from uptake.i18n import N_, language_name, ngettext, sort_key
from uptake.i18n import gettext as _
from uptake.models.recommendations import KINDS
from uptake.services.recommendations import entry_options, manual_entry, paste
from uptake.services.recommendations.manual_entry import Entry
from uptake.web.importing.files import told
from uptake.web.importing.manual import languages, read_day, read_number
from uptake.web.links import list_of, site
from uptake.web.params import number_from
from uptake.web.portal.pages import names
from uptake.web.who import allowed, person

blueprint = Blueprint("pasting", __name__)
View = str | Response | tuple[str, int]
SHARED = ("state", "mechanism", "symbol", "title", "date", "cycle", "session", "language", "kind")


@blueprint.get("/recommendations/paste")
@allowed("recommendation.create")
def start() -> View:
    """The empty form."""
    return _start({"key": str(uuid4()), "language": "en", "kind": "recommendation"}, {})


@blueprint.post("/recommendations/paste")
@allowed("recommendation.create")
def read() -> View:
    """The rows that were recognised, to be looked at."""
    given = _given()
    missing = {name: _("Fill this in.") for name in ("state", "mechanism") if not given[name]}
    if not (given["symbol"] or given["title"]):
        missing["symbol"] = _("Name the document, by symbol or by title.")
    found = paste.read_for(session(), request.form.get("text", ""), person=person())
    if not found.rows:
        missing["text"] = _("No recommendation was recognised. Paste the paragraphs with their numbers.")
    if missing:
        return _start({**given, "text": request.form.get("text", "")}, missing), 422
    rows = [
        {"number": row.number, "text": row.text, "recommenders": ", ".join([*map(names().state, row.recommenders), *row.unknown]),
         "unknown": row.unknown, "doubtful": row.doubtful, "take": not row.text.endswith(":")} for row in found.rows
    ]  # fmt: skip
    return _rows(given, rows, {}, found)


@blueprint.post("/recommendations/paste/enter")
@allowed("recommendation.create")
def enter() -> View:
    """Enter the rows that were confirmed, all or none."""
    given, rows = _given(), list(_typed(request.form))
    try:
        entries = _entries(given, rows)
        made = manual_entry.create_all(entries, person=person(), reason=_("Pasted from a report"))
    except Invalid as error:
        return _rows(given, rows, told(error)), 422
    flash(
        ngettext("{count} recommendation was entered.", "{count} recommendations were entered.", len(made)), "success"
    )
    return redirect(list_of(q=f'symbol:"{given["symbol"]}"') if given["symbol"] else site("/recommendations"), 303)


def _given() -> dict[str, str]:
    return {name: request.form.get(name, "").strip() for name in (*SHARED, "key")}


def _typed(form: MultiDict[str, str]) -> Any:
    for number in range(number_from(form, "count", 0, paste.MOST)):
        row = {name: form.get(f"{name}.{number}", "").strip() for name in ("number", "text", "recommenders")}
        yield {**row, "take": form.get(f"take.{number}") == "1"}


def _entries(given: dict[str, str], rows: list[dict[str, Any]]) -> list[Entry]:
    """What is to be entered; what is wrong names its row."""
    wrong: dict[str, str] = {}
    shared: dict[str, Any] = {
        name: given[name] for name in ("state", "mechanism", "symbol", "title", "session", "kind")
    }
    day, cycle = read_day(request.form), read_number("cycle")
    try:
        key = UUID(given["key"])
    except ValueError:
        key = uuid4()
    entries = []
    for place, row in enumerate(rows):
        if not row["take"]:
            continue
        states, unknown = entry_options.read_states(session(), row["recommenders"]) if row["recommenders"] else ([], [])
        if unknown:
            wrong[f"recommenders.{place}"] = _(
                "Row {number}: no State is known as {names}.", number=place + 1, names=", ".join(unknown)
            )
        if not row["text"]:
            wrong[f"text.{place}"] = _("Row {number} has no text.", number=place + 1)
        entries.append(Entry(
            texts={given["language"] if given["language"] in languages() else "en": row["text"]}, date=day, cycle=cycle,
            paragraph=row["number"], recommenders=states, key=uuid5(key, str(place)), **shared,
        ))  # fmt: skip
    if not entries:
        wrong[""] = _("No row is ticked.")
    if wrong:
        raise Invalid(N_("Some rows cannot be taken."), fields=wrong)
    return entries


def _start(given: dict[str, Any], errors: dict[str, str]) -> str:
    return render_template(
        "memory/paste.html", given=given, errors=errors, choices=entry_options.choices(session()),
        states=sorted(((code, names().state(code)) for code in names().states), key=lambda pair: sort_key(pair[1])),
        mechanisms=sorted(((code, names().mechanism(code)) for code in names().mechanisms), key=lambda pair: sort_key(pair[1])),
        kinds=[(code, names().value("kind", code)) for code in KINDS],
        languages=[(code, language_name(code)) for code in languages()],
    )  # fmt: skip


def _rows(given: dict[str, str], rows: list[dict[str, Any]], errors: dict[str, str], found: Any = None) -> str:
    return render_template("memory/pasted.html", given=given, rows=rows, errors=errors, found=found, shared=SHARED)
