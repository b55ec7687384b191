"""The words of the interface: a list to find them in, a form for one of them, and the site's own as a file."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request
from werkzeug.wrappers import Response as Redirect

from uptake.db import session
from uptake.errors import Conflict, Invalid
from uptake.i18n import get_locale
from uptake.i18n import gettext as _
from uptake.languages import po_write
from uptake.services.translating import interface_list, interface_words, languages
from uptake.services.translating.interface_list import Words
from uptake.web.extensions import registry
from uptake.web.links import site
from uptake.web.params import clean, number_from
from uptake.web.progress.updates import local
from uptake.web.translating import in_place
from uptake.web.who import allowed, person

blueprint = Blueprint("words", __name__)
View = str | Redirect | tuple[str, int]


@blueprint.get("/words")
@allowed("interface.translate")
def listing() -> str:
    """All messages, or those that are looked for."""
    asked = {"q": clean(request.args.get("q", ""))[:200], "only": request.args.get("only", "")}
    page = number_from(request.args, "page", 1, 1000)
    found = interface_list.find(session(), get_locale(), asked["q"], asked["only"], page, person=person())
    (standing,) = languages.standings(registry(), [get_locale()])
    return render_template("words/list.html", found=found, asked=asked, standing=standing)


@blueprint.get("/words.po")
@allowed("interface.translate")
def export() -> Response:
    """The site's own words in a language, to be sent upstream."""
    language = _language()
    answer = Response(
        po_write.write(interface_list.own_file(language, person=person())), mimetype="text/x-gettext-translation"
    )
    answer.headers.set("Content-Disposition", "attachment", filename=f"{language}.po")
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.post("/words/mode")
@allowed("interface.translate")
def mode() -> Redirect:
    """Begin to translate in place, or stop."""
    in_place.switch(request.form.get("on") == "1")
    return redirect(_back(), 303)


@blueprint.get("/words/<key>")
@allowed("interface.translate")
def one(key: str) -> str:
    """The form for one message."""
    return _form(interface_list.words_of(session(), _language(), key, person=person()))


@blueprint.post("/words/<key>")
@allowed("interface.translate")
def save(key: str) -> View:
    """Say it in the site's own words from now on."""
    forms, was = ([text.replace("\r\n", "\n") for text in request.form.getlist(name)] for name in ("forms", "was"))
    try:
        interface_words.save(_language(), key, forms, was=was, person=person())
    except Invalid as error:
        errors = {name: _(what) for name, what in error.fields.items()} or {"": f"{_(error.message)} {_(error.remedy)}"}
        return _form(interface_list.words_of(session(), _language(), key, person=person()), forms, errors), 422
    except Conflict as error:
        shown = {"": f"{_(error.message)} {_(error.remedy)}"}
        return _form(interface_list.words_of(session(), _language(), key, person=person()), forms, shown), 409
    flash(_("The words are saved and shown."), "success")
    return redirect(_back(), 303)


def _form(words: Words, typed: list[str] | None = None, errors: dict[str, str] | None = None) -> str:
    """The form alone for a dialog, else on a page of its own."""
    values: dict[str, Any] = {
        "words": words, "typed": typed or _begun(words), "errors": errors or {}, "language": _language(), "back": _back(),
        "terms": languages.terms(registry(), _language(), words.text),
    }  # fmt: skip
    return render_template("words/part.html" if request.values.get("part") else "words/page.html", **values)


def _begun(words: Words) -> list[str]:
    """What the form begins with; of English that nobody has worded anew, the words as they are."""
    if _language() == "en" and not any(words.forms):
        return [words.text] if words.plural is None else [words.text, words.plural]
    return words.forms


def _language() -> str:
    wanted = request.values.get("language", "")
    return wanted if wanted in current_app.extensions["uptake"].languages else get_locale()


def _back() -> str:
    """The page where the reader was."""
    wanted = request.values.get("back", "")
    return wanted if local(wanted) else site("/words")
