"""The worklist of translators, and the files in which it goes out and comes back."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, current_app, render_template, request, send_file
from werkzeug.wrappers import Response as WerkzeugResponse

from uptake.db import session
from uptake.i18n import N_, get_locale, language_name, listing, ngettext
from uptake.i18n import gettext as _
from uptake.models.responsibility import PRIORITIES
from uptake.services.responsibility.follow_ups import PRIORITY_NAMES
from uptake.services.translating import exchange, exchange_apply, worklist
from uptake.services.translating.items import STATES
from uptake.services.translating.kind import Wanted
from uptake.services.translating.kinds import KINDS
from uptake.services.translating.of_updates import shown_in
from uptake.web.params import LAST_PAGE, clean, number_from
from uptake.web.progress import files_back
from uptake.web.uploads import takes_files
from uptake.web.who import allowed, person

blueprint = Blueprint("translations", __name__)
FILTERS = ("kind", "language", "state", "mechanism", "document", "priority")
STATE_NAMES = {
    "missing": N_("Not translated"), "outdated": N_("Outdated: the text has changed since"),
    "machine": N_("By machine, to be confirmed"), "human": N_("Translated by people"), "official": N_("Official"),
}  # fmt: skip


@blueprint.app_context_processor
def _words() -> dict[str, Any]:
    return {"translation_states": STATE_NAMES, "shown_in": shown_in}


@blueprint.get("/translations")
@allowed("content.translate")
def worklist_page() -> str:
    """What waits for translators."""
    targets = worklist.languages(session(), _offered())
    number = number_from(request.args, "page", 1, LAST_PAGE)
    found = worklist.page(session(), _wanted(), targets, number, person=person())
    mechanisms, documents = worklist.choices(session())
    return render_template(
        "translations/list.html", page=found, kinds=KINDS, targets=targets, states=STATES, link=_link,
        query=urlencode(_pairs(found.wanted)), languages=_named([*targets, found.wanted.language]), mechanisms=mechanisms,
        documents=documents, priorities=[(code, _(PRIORITY_NAMES[code])) for code in reversed(PRIORITIES)],
    )  # fmt: skip


@blueprint.get("/translations/export.<any(xlf,xlsx):form>")
@allowed("content.translate")
def export(form: str) -> Response:
    """The worklist as a file to translate."""
    wanted, stream = _wanted(), BytesIO()
    exchange.write(session(), stream, wanted, form, source=clean(request.args.get("source", "")), person=person())
    stream.seek(0)
    name = f"uptake-{wanted.kind}-{wanted.language}-{date.today().isoformat()}.{form}"
    return send_file(stream, exchange.FORMATS[form], as_attachment=True, download_name=name)


@blueprint.get("/translations/import")
@allowed("content.translate")
def file_page() -> str:
    """Where a translated file is uploaded."""
    return _upload({})


@blueprint.post("/translations/import")
@takes_files("evidence_mb")
@allowed("content.translate")
def upload() -> WerkzeugResponse | tuple[str, int]:
    """Read the file, and lead to what it would do."""
    return files_back.received(
        lambda stream, name: exchange_apply.receive(stream, name, person=person()),
        _upload, _("Choose the file that you have translated."), "/translations/import",
    )  # fmt: skip


@blueprint.get("/translations/import/<token>")
@allowed("content.translate")
def preview(token: str) -> str:
    """What the uploaded file would do, row by row."""
    return files_back.shown("translations/preview.html", exchange_apply.waiting(session(), token, person=person()))


@blueprint.post("/translations/import/<token>")
@allowed("content.translate")
def apply(token: str) -> WerkzeugResponse:
    """Take it."""
    done = exchange_apply.apply(token, person=person())
    said = [
        ngettext("{count} new translation", "{count} new translations", done["new"]),
        ngettext("{count} translation changed", "{count} translations changed", done["change"]),
        ngettext("{count} row refused", "{count} rows refused", done["refused"]),
    ]
    return files_back.taken(_("The file was taken: {what}.", what=listing(said)), f"/translations/import/{token}")


def _wanted() -> Wanted:
    asked = {name: clean(request.args.get(name, ""))[:200] for name in FILTERS}
    others = [code for code in _offered() if code != "en"]
    default = get_locale() if get_locale() != "en" else next(iter(others), "en")
    return worklist.wanted_from(**asked, public=request.args.get("public") == "1", default=default)


def _pairs(wanted: Wanted) -> list[tuple[str, str]]:
    """A worklist as an address has it."""
    pairs = [(name, getattr(wanted, name)) for name in FILTERS if getattr(wanted, name)]
    return [*pairs, ("public", "1")] if wanted.public else pairs


def _link(wanted: Wanted, **changed: str) -> str:
    """The address of another worklist with the same filters."""
    return f"?{urlencode([*(pair for pair in _pairs(wanted) if pair[0] not in changed), *changed.items()])}"


def _named(codes: list[str]) -> list[tuple[str, str]]:
    return [(code, language_name(code)) for code in dict.fromkeys(codes)]


def _offered() -> tuple[str, ...]:
    languages: tuple[str, ...] = current_app.extensions["uptake"].languages
    return languages


def _upload(errors: dict[str, str]) -> str:
    return render_template("translations/import.html", errors=errors)
