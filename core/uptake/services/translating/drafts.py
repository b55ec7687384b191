"""What a translator is still typing: kept for this person alone until it is saved or thrown away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from sqlalchemy.orm import Session

from uptake.db import transaction
from uptake.errors import Invalid
from uptake.i18n import N_
from uptake.models.people import PersonSetting
from uptake.services.permissions import Person, require
from uptake.services.translating.items import Item, known_language
from uptake.services.translating.kinds import ACTION, KINDS, find
from uptake.texts import unprintable


@dataclass(frozen=True, slots=True)
class Draft:
    """The texts as typed, the language beside them, and the stamps that the form was made from."""

    texts: Mapping[str, str]
    source: str
    stamps: str


def keep(kind: str, key: str, language: str, draft: Draft, *, person: Person) -> None:
    """Keep what has been typed so far; emptied, it is forgotten."""
    require(person, ACTION)
    known_language(language)
    for name, text in draft.texts.items():
        if name not in KINDS[kind].parts or len(text) > KINDS[kind].parts[name].longest or unprintable(text):
            raise Invalid(N_("This is too long, or holds a character that no document can hold."))
    with transaction() as session:
        item = find(session, kind, key, person=person)
        if not any(draft.texts.values()):
            forget(session, item, language, person)
            return
        session.merge(PersonSetting(user_id=person.id, name=_name(item, language), value=asdict(draft)))


def discard(kind: str, key: str, language: str, *, person: Person) -> None:
    """Throw it away."""
    require(person, ACTION)
    with transaction() as session:
        forget(session, find(session, kind, key, person=person), language, person)


def draft_of(session: Session, item: Item, language: str, person: Person) -> Draft | None:
    """What this person has typed before."""
    kept = session.get(PersonSetting, (person.id, _name(item, language)))
    return Draft(**kept.value) if kept else None


def forget(session: Session, item: Item, language: str, person: Person) -> None:
    """It is saved, or no longer wanted."""
    kept = session.get(PersonSetting, (person.id, _name(item, language)))
    if kept is not None:
        session.delete(kept)


def _name(item: Item, language: str) -> str:
    return f"translation:{item.subject}:{language}"
