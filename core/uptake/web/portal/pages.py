"""The pages of the portal: each reads its address, asks one service, and says what its template shows."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from flask import Blueprint, g, redirect, request
from werkzeug.wrappers import Response

from uptake.db import session
from uptake.i18n import get_locale
from uptake.services.names import VALUES
from uptake.services.portal import page_texts, pages, pages_documents, pages_recommendation, pages_sources, pages_topics
from uptake.web.links import list_of, path_to
from uptake.web.naming import PageNames
from uptake.web.params import LAST_PAGE, clean, number_from
from uptake.web.portal.beside import beside
from uptake.web.portal.citing import cite
from uptake.web.render import page
from uptake.web.who import person

blueprint = Blueprint("pages", __name__)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}([_-][A-Za-z0-9]{2,8})?")


def names() -> PageNames:
    """The names of this request."""
    if "names" not in g:
        g.names = PageNames(session())
    found: PageNames = g.names
    return found


def text_language() -> str:
    """The language in which texts are wanted: the one chosen for texts, else the reader's."""
    chosen = request.args.get("text", "")
    return chosen if _LANGUAGE.fullmatch(chosen) else get_locale()


@page(blueprint, "/", "home.html", "/home.json")
def home() -> dict[str, Any]:
    """The front page."""
    welcome, origin = page_texts.shown(session(), "home_text")
    return {"page": pages.home(session()), "welcome": welcome, "welcome_origin": origin}


@page(blueprint, "/recommendations/<uuid:uuid>", "recommendation.html")
def recommendation(uuid: UUID) -> dict[str, Any]:
    """One recommendation."""
    found = pages_recommendation.recommendation(session(), uuid, text_language())
    shown = next((text for text in found.texts if text.language == found.card.language), None)
    return {
        "page": found,
        "text": shown,
        "wanted": text_language(),
        "citation": cite(found, names()),
        "work": beside(found, person()),
    }


@page(blueprint, "/documents", "documents.html")
def documents() -> dict[str, Any]:
    """Documents, the newest first."""
    asked = {name: clean(request.args.get(name, ""))[:200] for name in ("q", "mechanism", "state")}
    number = number_from(request.args, "page", 1, LAST_PAGE)
    found = pages_documents.documents(session(), asked["q"], asked["mechanism"], asked["state"], number)
    return {"page": found, "asked": {name: value for name, value in asked.items() if value}}


@page(blueprint, "/documents/<uuid:uuid>", "document.html")
def document(uuid: UUID) -> dict[str, Any]:
    """One document."""
    number = number_from(request.args, "page", 1, LAST_PAGE)
    return {"page": pages_documents.document(session(), uuid, text_language(), number)}


@page(blueprint, "/mechanisms", "mechanisms.html")
def mechanisms() -> dict[str, Any]:
    """All mechanisms."""
    return {"page": pages_topics.mechanisms(session(), names())}


@page(blueprint, "/themes", "themes.html")
def themes() -> dict[str, Any]:
    """All themes and groups."""
    return {"page": pages_topics.themes(session())}


@page(blueprint, "/sdgs", "sdgs.html")
def sdgs() -> dict[str, Any]:
    """The goals and their targets."""
    return {"page": pages_topics.sdgs(session())}


@page(blueprint, "/states", "states.html")
def states() -> dict[str, Any]:
    """All States that something is addressed to."""
    return {"page": pages_topics.states(session())}


@page(blueprint, "/mechanisms/<value>", "topic.html")
def mechanism(value: str) -> dict[str, Any]:
    """One mechanism."""
    return _topic("mechanism", value)


@page(blueprint, "/themes/<value>", "topic.html")
def theme(value: str) -> dict[str, Any]:
    """One theme."""
    return _topic("theme", value)


@page(blueprint, "/groups/<value>", "topic.html")
def group(value: str) -> dict[str, Any]:
    """One group of persons."""
    return _topic("group", value)


@page(blueprint, "/sdgs/<value>", "topic.html")
def sdg(value: str) -> dict[str, Any]:
    """One goal or target."""
    return _topic("sdg", value)


@page(blueprint, "/states/<value>", "topic.html")
def state(value: str) -> dict[str, Any]:
    """One State."""
    return _topic("state", value)


def _topic(kind: str, value: str) -> dict[str, Any]:
    return {"page": pages_topics.topic(session(), kind, value, names(), get_locale())}


@page(blueprint, "/sources", "sources.html")
def sources() -> dict[str, Any]:
    """Where everything comes from, and how fresh it is."""
    return {"page": pages_sources.sources(session())}


@page(blueprint, "/help/search", "help.html")
def help_on_search() -> dict[str, Any]:
    """How to search."""
    return {"page": {"values": VALUES}}


@page(blueprint, "/about", "about.html")
def about() -> dict[str, Any]:
    """What this data is."""
    return {"page": pages_sources.sources(session()).sources}


@blueprint.get("/search")
def search() -> Response:
    """The search under the address that people guess."""
    return redirect(list_of(*request.args.items(multi=True)), 301)


@blueprint.get("/r/<uuid:uuid>")
def short(uuid: UUID) -> Response:
    """The short address of a recommendation."""
    return redirect(path_to("recommendation", uuid), 301)
