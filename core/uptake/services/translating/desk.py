"""Translations written, confirmed and taken away: official texts are never edited, and two translators never overwrite."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from uptake.db import transaction
from uptake.errors import Conflict, Invalid
from uptake.i18n import N_
from uptake.services.audit import record_event
from uptake.services.permissions import Person, require
from uptake.services.translating import drafts
from uptake.services.translating.items import HUMAN, MACHINE, OFFICIAL, Item, Texts, Version, known_language
from uptake.services.translating.kind import Change, Kind
from uptake.services.translating.kinds import ACTION, KINDS, find
from uptake.texts import fold, unprintable

WRITE, BY_MACHINE, CONFIRM, REMOVE = "translate", "translate_machine", "confirm_translation", "remove_translation"
NAME_WORDS = 4


def save(
    kind: str, key: str, language: str, typed: Mapping[str, str], *, source: str, stamps: str, person: Person
) -> Item:
    """Write a translation by hand, beside the text in the language ``source``; the draft of it is done with.

    ``stamps`` are those of the form. Raises ``Invalid`` by part, and ``Conflict`` where somebody has translated it
    meanwhile, the source has changed, or an official text has come.
    """
    require(person, ACTION)
    known_language(language)
    with transaction() as session:
        item = locked(session, kind, key, person)
        texts = checked(KINDS[kind], item.source(source).texts, typed)
        wanted = Version(language, HUMAN, texts)
        refuse_official(item, language)
        if stamps != item.stamps(language, source) and item.versions.get(language) != wanted:
            raise _stale(stamps, item, source)
        put(session, [Change(item, language, wanted)], person)
        drafts.forget(session, item, language, person)
    return item


def confirm(kind: str, key: str, language: str, *, source: str, stamps: str, person: Person) -> None:
    """Say of a translation by machine that it is right as it stands: from now on it is a person's."""
    require(person, ACTION)
    with transaction() as session:
        item = locked(session, kind, key, person)
        now = item.versions.get(language)
        if now is not None and now.state == HUMAN:
            return
        if now is None or now.origin == OFFICIAL or stamps != item.stamps(language, source):
            raise _stale(stamps, item, source)
        put(session, [Change(item, language, Version(language, HUMAN, now.texts))], person, CONFIRM)
        drafts.forget(session, item, language, person)


def remove(kind: str, key: str, language: str, *, source: str, stamps: str, person: Person) -> None:
    """Take a translation away; the history keeps it."""
    require(person, ACTION)
    with transaction() as session:
        item = locked(session, kind, key, person)
        if language not in item.versions:
            return
        refuse_official(item, language)
        if stamps != item.stamps(language, source):
            raise _stale(stamps, item, source)
        put(session, [Change(item, language, None)], person, REMOVE)
        drafts.forget(session, item, language, person)


def locked(session: Session, kind: str, key: str, person: Person) -> Item:
    """One thing as it is now, which nobody else writes until the end of the transaction."""
    if kind in KINDS:
        KINDS[kind].lock(session)
    return find(session, kind, key, person=person)


def put(
    session: Session, changes: Sequence[Change], person: Person, action: str = WRITE, reason: str | None = None
) -> None:
    """Write versions of one kind of thing with their entries in the audit trail; those that say the same are left alone."""
    wanted = [one for one in changes if one.item.versions.get(one.language) != one.version]
    if not wanted:
        return
    kind = KINDS[wanted[0].item.kind]
    kind.put(session, wanted)
    for one in wanted:
        said = _differences(one.item.versions.get(one.language), one.version, one.language)
        record_event(session, person.mark, f"{kind.action}.{action}", one.item.subject, said, reason)


def checked(kind: Kind, source: Texts, typed: Mapping[str, str]) -> dict[str, str]:
    """The texts as they are kept. Raises ``Invalid`` with what is wrong at each part."""
    texts, wrong = {}, {}
    for name, part in kind.parts.items():
        text = kind.tidy(name, typed.get(name, ""))
        if unprintable(typed.get(name, "")):
            wrong[name] = N_("This holds a character that no document can hold.")
        elif len(text) > part.longest:
            wrong[name] = N_("This is too long.")
        elif is_again(text, source.get(name, "")):
            wrong[name] = N_("This is the same text again, not a translation of it.")
        elif text and source.get(name):
            texts[name] = text
    missing = [name for name in kind.wanting(source, texts) if name not in wrong]
    wrong |= dict.fromkeys(missing, N_("Write the translation."))
    if wrong:
        raise Invalid(N_("The translation cannot be taken as it stands."), fields=wrong)
    return texts


def is_again(text: str, source: str) -> bool:
    """Whether a "translation" is the text itself; names and abbreviations may well be the same."""
    return len(source.split()) > NAME_WORDS and fold(text) == fold(source)


def refuse_official(item: Item, language: str) -> None:
    """Raise ``Conflict`` where there is an official text in that language."""
    found = item.versions.get(language)
    if found is not None and found.origin == OFFICIAL:
        raise Conflict(
            N_("There is an official text in this language, which is never edited."),
            remedy=N_("Nothing is to be translated here any more."),
        )


def _stale(stamps: str, item: Item, source: str) -> Conflict:
    remedy = N_("Compare both versions, then save again.")
    if stamps.partition(".")[2] != item.stamp(source):
        return Conflict(N_("The text that is translated has changed meanwhile."), remedy=remedy)
    return Conflict(N_("Somebody has changed this translation meanwhile."), remedy=remedy)


def _differences(before: Version | None, after: Version | None, language: str) -> dict[str, list[Any]]:
    """``text.fr`` → old and new, and whose words they were and are where that has changed."""
    old, new = (before.texts if before else {}), (after.texts if after else {})
    said: dict[str, list[Any]] = {
        f"{name}.{language}": [old.get(name), new.get(name)]
        for name in dict.fromkeys([*old, *new])
        if old.get(name) != new.get(name)
    }
    origins = [before.origin if before else None, after.origin if after else None]
    if origins[0] != origins[1] and MACHINE in origins:
        said[f"origin.{language}"] = origins
    return said
