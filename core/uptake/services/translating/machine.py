"""Translations by machine: asked for one thing at a time, where the site allows it, and marked until a person confirms them."""

from __future__ import annotations

from sqlalchemy.orm import Session

from uptake.db import session as current_session
from uptake.db import transaction
from uptake.errors import Conflict, Invalid, Refused
from uptake.hooks.calls import machine_translation
from uptake.hooks.registry import Registry
from uptake.i18n import N_
from uptake.services import site_settings
from uptake.services.permissions import Person, require
from uptake.services.translating import desk
from uptake.services.translating.items import HUMAN, MACHINE, Item, Texts, Version, known_language
from uptake.services.translating.kind import Change
from uptake.services.translating.kinds import ACTION, KINDS, find


def offered(session: Session, registry: Registry) -> bool:
    """Whether the site allows it, and a plugin for it runs."""
    there = registry.manager.hook.lookup_translation.get_hookimpls()
    return bool(there) and bool(site_settings.get(session, "machine_translation"))


def translate(
    registry: Registry, kind: str, key: str, language: str, *, source: str, stamps: str, person: Person
) -> None:  # fmt: skip
    """Have a machine translate what no person has translated.

    Nothing is locked while the machine thinks. Raises ``Refused`` where the site does not allow it, ``Conflict`` where there is
    a translation by a person or one has come meanwhile, ``Invalid`` where no plugin has an answer.
    """
    require(person, ACTION)
    known_language(language)
    if not offered(current_session(), registry):
        raise Refused(
            N_("This site does not ask machines for translations."), remedy=N_("The administrator switches it on.")
        )
    item = find(current_session(), kind, key, person=person)
    _refuse(item, language)
    texts = item.source(source).texts
    plugin, found = _answer(registry, kind, texts, item.source(source).language, language)
    version = Version(language, MACHINE, found)
    with transaction() as session:
        item = desk.locked(session, kind, key, person)
        _refuse(item, language)
        if stamps != item.stamps(language, source):
            raise Conflict(
                N_("Somebody has changed this translation meanwhile."), remedy=N_("Look at it again before you go on.")
            )
        desk.put(session, [Change(item, language, version)], person, desk.BY_MACHINE, plugin)


def _answer(registry: Registry, kind: str, texts: Texts, source: str, target: str) -> tuple[str, dict[str, str]]:
    """Which plugin has an answer that can be kept, and the answer by part."""
    answer = machine_translation(registry, list(texts.values()), source, target)
    try:
        if answer is not None:
            return answer[0], desk.checked(KINDS[kind], texts, dict(zip(texts, answer[1], strict=True)))
    except Invalid:
        pass
    raise Invalid(
        N_("No machine had an answer."),
        remedy=N_("Try again later, or write the translation. What went wrong stands on the page of the plugin."),
    )


def _refuse(item: Item, language: str) -> None:
    desk.refuse_official(item, language)
    if item.state(language) == HUMAN:
        raise Conflict(
            N_("A person has translated this already."), remedy=N_("A machine never writes over what a person wrote.")
        )
