"""All kinds of things that can be translated, and the way to one of them."""

from __future__ import annotations

from sqlalchemy.orm import Session

from uptake.errors import NotFound
from uptake.i18n import N_
from uptake.services.permissions import Person, require
from uptake.services.translating.items import Item
from uptake.services.translating.kind import Kind
from uptake.services.translating.of_documents import DocumentTitles
from uptake.services.translating.of_labels import Institutions, PageTexts, Terms
from uptake.services.translating.of_recommendations import Recommendations
from uptake.services.translating.of_updates import Updates

ACTION = "content.translate"
KINDS: dict[str, Kind] = {
    kind.name: kind for kind in (Recommendations(), Updates(), DocumentTitles(), Terms(), Institutions(), PageTexts())
}


def find(session: Session, kind: str, key: str, *, person: Person) -> Item:
    """One thing in all its languages. Raises ``NotFound`` for what is not there or not for this person."""
    require(person, ACTION)
    ids = KINDS[kind].ids(session, [key], person) if kind in KINDS else {}
    found = KINDS[kind].load(session, list(ids.values())) if ids else {}
    if not found:
        raise NotFound(N_("There is nothing to translate at this address."))
    return next(iter(found.values()))
