"""Puts the web together: languages, headers, errors, what templates know, and the blueprints, in one readable order."""

from __future__ import annotations

from typing import Any

from flask import Flask, current_app, request

from uptake import __version__, i18n
from uptake.api import limits as api_limits
from uptake.api import setup as api_setup
from uptake.api.who import is_api
from uptake.db import session
from uptake.search.engine import NONE, Engine
from uptake.services.names import VALUES
from uptake.services.permissions import may, may_somewhere
from uptake.services.portal.pages import Counts
from uptake.settings import Settings
from uptake.web import assets, extensions, failures, headers, look, marks, middleware, uploads
from uptake.web.accounts import account, institution_people, people, security, security_sessions, single_sign_on, tokens
from uptake.web.addresses import root
from uptake.web.importing import files, import_results, manual, memory, pasting
from uptake.web.links import list_of, path_to, site
from uptake.web.menu import menu
from uptake.web.middleware import LOCALE
from uptake.web.params import Number
from uptake.web.portal import (
    api_page,
    calendars,
    document_files,
    embedding,
    export_forms,
    exports,
    feeds,
    lists,
    pages,
    pictures,
    sharing,
)
from uptake.web.progress import (
    assessments,
    comments,
    evidence,
    follows,
    notices,
    roundtrip,
    update_forms,
    updates,
    work,
    work_files,
)
from uptake.web.responsibility import (
    assignment_desk,
    assignments,
    bulk,
    clusters,
    institution_tables,
    institutions,
    oversight,
    routing,
)
from uptake.web.rules import LateRule
from uptake.web.running import audit, erasing, jobs, packages, plugin_pages, settings_pages, webhooks
from uptake.web.translating import in_place, translation_editor, translations, words
from uptake.web.who import person

# on the blueprints of others
MORE_ROUTES = (
    document_files,
    export_forms,
    institution_people,
    institution_tables,
    assignment_desk,
    bulk,
    clusters,
    routing,
    work_files,
)


def setup(app: Flask) -> None:
    """Everything that answers requests."""
    app.url_rule_class = LateRule
    app.url_map.converters["int"] = Number
    api_setup.begin(app)
    app.before_request(_choose_language)
    middleware.setup_compression(app)
    headers.setup(app)
    in_place.setup(app)
    failures.setup(app)
    uploads.setup(app)
    security.setup(app, _settings(app))
    _setup_templates(app)
    for module in (assets, look, pages, lists, exports, feeds, pictures, embedding, sharing, calendars, account,
                   institutions, assignments, updates, update_forms, settings_pages, work, roundtrip, follows, oversight,
                   files, import_results, manual, pasting, memory, audit, erasing, people, single_sign_on, evidence,
                   assessments, comments, notices, jobs, plugin_pages, words, translations, translation_editor,
                   tokens, webhooks, packages, api_page):  # fmt: skip
        app.register_blueprint(module.blueprint)
    api_setup.setup(app)
    extensions.setup(app)
    single_sign_on.setup(app, _settings(app))
    api_limits.setup(app, security.limit(app, _settings(app)))
    middleware.setup(app, _settings(app).languages)


def _choose_language() -> None:
    settings = _settings(current_app)
    wanted = [code for code, _quality in request.accept_languages]
    if LOCALE not in request.environ and _may_be_known():
        wanted.insert(0, person().language)
    i18n.set_locale(request.environ.get(LOCALE) or i18n.choose(wanted, settings.languages, settings.default_language))
    in_place.begin()


def _may_be_known() -> bool:
    """Whether a cookie may say who reads: it does for pages, not for files and not in the API."""
    return bool(security_sessions.token()) and request.endpoint != "assets.static" and not is_api()


def _setup_templates(app: Flask) -> None:
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        _=i18n.gettext, ngettext=i18n.ngettext, pgettext=i18n.pgettext, number=i18n.number, percent=i18n.percent, day=i18n.day,
        moment=i18n.moment, listing=i18n.listing, comma=i18n.comma, direction=i18n.direction, language_name=i18n.language_name,
        pick=i18n.pick, static_url=assets.static_url, logo_url=look.logo_url,
        colours_url=look.colours_url, path_to=path_to, list_of=list_of, site=site, VALUES=VALUES,
        shorten=marks.shorten, names=pages.names, uptake_version=__version__, about_site=_about_site, person=person,
        menu=lambda: menu(person()), may=lambda action, **subject: may(person(), action, **subject),
        site_root=root,
        may_somewhere=lambda action: may_somewhere(person(), action),
    )  # fmt: skip
    app.jinja_env.filters.update(
        state_name=_state_name,
        source_name=_source_name,
        by_state_name=_by_state_name,
        importer_name=_importer_name,
        ucfirst=_ucfirst,
    )
    app.context_processor(_about_request)


def _about_request() -> dict[str, Any]:
    settings = _settings(current_app)
    query = request.query_string.decode("utf-8", "replace")
    rest = f"{request.path}?{query}".rstrip("?")
    base = root(with_language=False)
    return {
        "settings": settings,
        "locale": i18n.get_locale(),
        "tag": i18n.get_locale().replace("_", "-"),
        "rtl": i18n.direction(i18n.get_locale()) == "rtl",
        "switch": [(code, f"{_unprefixed()}/{code}{rest}") for code in settings.languages],
        "canonical": base + request.path,
        "alternates": [(code.replace("_", "-"), f"{base}/{code}{request.path}") for code in settings.languages],
    }


def _about_site() -> dict[str, Any]:
    """What every page says of the register: whether it holds several States, and which one where it holds one."""
    engine = Engine(session())
    states = sorted(engine.postings("state").keys() - {NONE})
    sources = engine.postings("source").keys()
    only = _settings(current_app).states or states
    return {"several": len(states) > 1, "state": only[0] if len(only) == 1 else None, "uhri": "uhri" in sources}


def _state_name(code: str) -> str:
    return pages.names().state(code)


def _ucfirst(text: str) -> str:
    return text[:1].upper() + text[1:]


def _source_name(code: str) -> str:
    return pages.names().value("source", code.split(":")[0])


def _importer_name(name: str) -> str:
    """What an importer calls itself; its bare name where its plugin has gone."""
    found = current_app.extensions["uptake_registry"].importers.get(name)
    return i18n.gettext(found.title) if found else name


def _by_state_name(counts: Counts) -> Counts:
    """In the order of the names, as the reader's language has it."""
    return sorted(counts, key=lambda row: i18n.sort_key(_state_name(row[0])))


def _unprefixed() -> str:
    named = request.environ.get(LOCALE)
    return request.script_root.removesuffix(f"/{named}") if named else request.script_root


def _settings(app: Flask) -> Settings:
    found: Settings = app.extensions["uptake"]
    return found
