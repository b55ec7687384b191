"""One translation: the text beside it, what was typed before, and how the same was translated elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from uptake.db import session
from uptake.errors import Conflict, Invalid
from uptake.i18n import N_
from uptake.i18n import gettext as _
from uptake.services.recommendations import history
from uptake.services.translating import desk, drafts, machine
from uptake.services.translating.drafts import Draft
from uptake.services.translating.editor import Editor, open_editor
from uptake.services.translating.kinds import KINDS
from uptake.web.importing.files import registry, told
from uptake.web.links import site
from uptake.web.who import allowed, person

blueprint = Blueprint("translation_editor", __name__)
PATH = f"/translations/<any({','.join(KINDS)}):kind>/<key>/<language>"
Answer = Response | str | tuple[str, int]
DONE = {
    "save": N_("The translation is saved."), "confirm": N_("The translation is confirmed: it is a person's now."),
    "remove": N_("The translation is taken away. The history keeps it."), "discard": N_("Your draft is thrown away."),
    "machine": N_("A machine has translated it. Correct it and save, or confirm it as it stands."),
}  # fmt: skip
STAYS = ("machine", "discard")


@blueprint.get(PATH)
@allowed("content.translate")
def edit(kind: str, key: str, language: str) -> Answer:
    """The form."""
    return _page(open_editor(session(), kind, key, language, request.args.get("from", ""), person=person()))


@blueprint.post(PATH)
@allowed("content.translate")
def write(kind: str, key: str, language: str) -> Answer:
    """Save it, keep a draft, confirm what a machine wrote, ask a machine, or take it away."""
    how = request.form.get("do", "save")
    if how == "autosave":
        return _autosave(kind, key, language)
    try:
        _do(how, kind, key, language)
    except Invalid as error:
        return _refused(kind, key, language, error)
    except Conflict as error:
        return _both(kind, key, language, error)
    done = DONE.get(how, DONE["save"])
    flash(_(done), "success")
    if how in STAYS:
        return redirect(site(request.full_path.rstrip("?")), 303)
    return redirect(site(f"/translations?{_worklist(kind, language)}"), 303)


def _do(how: str, kind: str, key: str, language: str) -> None:
    given: dict[str, Any] = {"source": request.form.get("source", ""), "stamps": request.form.get("stamps", ""),
                             "person": person()}  # fmt: skip
    if how == "discard":
        drafts.discard(kind, key, language, person=person())
    elif how == "machine":
        machine.translate(registry(), kind, key, language, **given)
    else:
        steps: dict[str, Callable[..., Any]] = {"confirm": desk.confirm, "remove": desk.remove}
        if how in steps:
            steps[how](kind, key, language, **given)
        else:
            desk.save(kind, key, language, _typed(kind), **given)


def _autosave(kind: str, key: str, language: str) -> str:
    draft = Draft(_typed(kind), request.form.get("source", ""), request.form.get("stamps", ""))
    error = ""
    try:
        drafts.keep(kind, key, language, draft, person=person())
    except Invalid as failed:
        error = _(failed.message)
    return render_template("translations/saved.html", error=error, saved=datetime.now(UTC))


def _refused(kind: str, key: str, language: str, error: Invalid) -> Answer:
    found = _reopened(kind, key, language)
    found.stamps = request.form.get("stamps", "")
    errors = told(error)
    if error.remedy and "" in errors:
        errors = {"": f"{errors['']} {_(error.remedy, **error.values)}"}
    return _page(found, errors), 422


def _both(kind: str, key: str, language: str, error: Conflict) -> Answer:
    """Both versions above a form that still holds all that was typed and knows the version saved by now."""
    found = _reopened(kind, key, language)
    theirs = found.item.texts(language)
    both = [(_(part.label), theirs.get(name, ""), found.texts.get(name, "")) for name, part in found.parts]
    last = history.last_change(session(), *_subject(found))
    return _page(found, both=both, message=f"{_(error.message)} {_(error.remedy)}", last=last), 409


def _subject(found: Editor) -> tuple[str, Any]:
    kind, _slash, id_ = found.item.subject.partition("/")
    return kind, id_


def _reopened(kind: str, key: str, language: str) -> Editor:
    """The form as it is now, with what was typed into it."""
    session().rollback()
    found = open_editor(session(), kind, key, language, request.form.get("source", ""), person=person())
    found.stamps = found.item.stamps(language, found.source.language)
    found.texts, found.draft = _typed(kind), False
    return found


def _typed(kind: str) -> dict[str, str]:
    return {name: request.form.get(name, "") for name in KINDS[kind].parts}


def _worklist(kind: str, language: str) -> str:
    """The list that the translator came from, which the address carries along."""
    query = request.query_string.decode("utf-8", "replace")
    return query if "kind=" in query else f"kind={kind}&language={language}"


def _page(found: Editor, errors: dict[str, str] | None = None, **more: Any) -> str:
    return render_template(
        "translations/edit.html", found=found, errors=errors or {}, action=request.full_path.rstrip("?"),
        worklist=_worklist(found.item.kind, found.language), machine=machine.offered(session(), registry()), **more,
    )  # fmt: skip
