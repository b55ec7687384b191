"""How a recommendation is cited."""

from __future__ import annotations

from uptake.i18n import comma, day, listing
from uptake.i18n import gettext as _
from uptake.services.addresses import path_of
from uptake.services.names import Names
from uptake.services.portal.pages_recommendation import RecommendationPage
from uptake.web.addresses import root


def cite(page: RecommendationPage, names: Names) -> str:
    """Who said it, where, when, and the permanent address."""
    card = page.card
    place = comma().join(part for part in (card.place, _paragraph(card.paragraph)) if part)
    date = card.date or page.document_date
    parts = [names.mechanism(card.mechanism), place, listing([names.state(code) for code in card.recommenders])]
    told = comma().join(part for part in parts if part) + (f" ({day(date)})" if date else "")
    return f"{told}. {permanent(page)}"


def permanent(page: RecommendationPage) -> str:
    """The permanent address, the same in every language."""
    return root(with_language=False) + path_of("recommendation", page.card.uuid)


def _paragraph(number: str | None) -> str:
    return _("para. {number}", number=number) if number else ""
