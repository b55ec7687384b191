"""Pictures for links to this site in other places (Open Graph)."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, current_app

from uptake.db import session
from uptake.i18n import get_locale, language_name
from uptake.i18n import gettext as _
from uptake.search.engine import Engine
from uptake.services.charts import pictures_render
from uptake.services.charts.share_pictures import Share, png_of
from uptake.services.portal import pages_recommendation
from uptake.web.assets import FOLDER
from uptake.web.portal.pages import names, text_language

blueprint = Blueprint("sharing", __name__)
FALLBACK = "share.png"


@blueprint.get("/share/home.png")
def home() -> Response:
    """The whole register."""
    states = Engine(session()).postings("state").keys() - {"none"}
    said = _("Human-rights recommendations")
    if len(states) == 1:
        said = _("What was {state} told about human rights?", state=names().state(next(iter(states))))
    return _drawn(said, language_name(get_locale(), get_locale()), get_locale())


@blueprint.get("/share/recommendations/<uuid:uuid>.png")
def recommendation(uuid: UUID) -> Response:
    """One recommendation: its words, and who said them where."""
    card = pages_recommendation.recommendation(session(), uuid, text_language()).card
    parts = (names().mechanism(card.mechanism), card.symbol, card.paragraph)
    return _drawn(card.text, " · ".join(part for part in parts if part), card.language or get_locale())


def _drawn(text: str, foot: str, language: str) -> Response:
    if pictures_render.available():
        settings = current_app.extensions["uptake"]
        made = png_of(Share(settings.title, text, foot, language, settings.colour))
    else:
        made = (FOLDER / FALLBACK).read_bytes()
    return Response(made, mimetype="image/png")
