"""Puts the web together: languages, headers, errors, what templates know, and the blueprints, in one readable order."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

from flask import Flask, current_app, request

from uptake import __version__, i18n
from uptake.db import session
from uptake.search.engine import NONE, Engine
from uptake.services.names import VALUES
from uptake.services.pages import Counts
from uptake.settings import Settings
from uptake.texts import fold
from uptake.web import assets, exports, failures, feeds, headers, lists, marks, middleware, pages
from uptake.web.addresses import root
from uptake.web.links import list_of, path_to, site
from uptake.web.middleware import LOCALE


def setup(app: Flask) -> None:
    """Everything that answers requests."""
    i18n.use_folders([Path(str(files("uptake.translations")))])
    app.before_request(_choose_language)
    middleware.setup_compression(app)
    headers.setup(app)
    failures.setup(app)
    _setup_templates(app)
    for module in (assets, pages, lists, exports, feeds):
        app.register_blueprint(module.blueprint)
    middleware.setup(app, _settings(app).languages)


def _choose_language() -> None:
    settings = _settings(current_app)
    wanted = [code for code, _quality in request.accept_languages]
    i18n.set_locale(request.environ.get(LOCALE) or i18n.choose(wanted, settings.languages, settings.default_language))


def _setup_templates(app: Flask) -> None:
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        _=i18n.gettext, ngettext=i18n.ngettext, number=i18n.number, percent=i18n.percent, day=i18n.day,
        moment=i18n.moment, listing=i18n.listing, direction=i18n.direction, language_name=i18n.language_name,
        pick=i18n.pick, static_url=assets.static_url, path_to=path_to, list_of=list_of, site=site, VALUES=VALUES,
        shorten=marks.shorten, names=pages.names, version=__version__, about_site=_about_site,
    )  # fmt: skip
    app.jinja_env.filters.update(
        state_name=_state_name, source_name=_source_name, by_state_name=_by_state_name, ucfirst=_ucfirst
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


def _by_state_name(counts: Counts) -> Counts:
    """In the order of the names, accents not counting."""
    return sorted(counts, key=lambda row: fold(_state_name(row[0])))


def _unprefixed() -> str:
    named = request.environ.get(LOCALE)
    return request.script_root.removesuffix(f"/{named}") if named else request.script_root


def _settings(app: Flask) -> Settings:
    found: Settings = app.extensions["uptake"]
    return found
