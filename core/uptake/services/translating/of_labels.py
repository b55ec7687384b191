"""Short texts that stand in one table with all their languages: labels of terms, names of institutions, page texts."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Mapping, Sequence
from typing import Any, ClassVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from uptake.i18n import N_, pick
from uptake.i18n import gettext as _
from uptake.models.actors import Actor
from uptake.models.progress import SiteSetting
from uptake.models.vocabularies import Term, Vocabulary
from uptake.search import index
from uptake.services.actors import institution_edits
from uptake.services.actors.institution_rules import LONGEST as LONGEST_NAME
from uptake.services.permissions import Person
from uptake.services.portal import page_texts
from uptake.services.site_settings import LONGEST_TEXT, SETTINGS
from uptake.services.translating.items import OFFICIAL, Item, Part, Version
from uptake.services.translating.kind import Change, Kind, Tally, Wanted, tally_of


class InMemory(Kind):
    """A kind of which there are some thousands at the most: read at once, counted and listed here."""

    @abstractmethod
    def all(self, session: Session) -> list[Item]:
        """All of them in order."""

    @abstractmethod
    def write(self, session: Session, change: Change) -> None:
        """Write one change."""

    def put(self, session: Session, changes: Sequence[Change]) -> None:
        """Everything by which things are found has changed with them."""
        for change in changes:
            self.write(session, change)
        session.flush()
        index.touch(session)

    def ids(self, session: Session, keys: Collection[str], person: Person) -> dict[str, int]:
        return {item.key: item.id for item in self.all(session) if item.key in keys}

    def load(self, session: Session, ids: Sequence[int]) -> dict[int, Item]:
        wanted = set(ids)
        return {item.id: item for item in self.all(session) if item.id in wanted}

    def tally(self, session: Session, wanted: Wanted, languages: Collection[str], person: Person) -> Tally:
        return tally_of(self.all(session), languages)

    def listed(self, session: Session, wanted: Wanted, person: Person, offset: int, size: int | None) -> list[int]:
        found = [item.id for item in self.all(session) if item.state(wanted.language) == wanted.state]
        return found[offset:] if size is None else found[offset : offset + size]


class Terms(InMemory):
    """Labels of themes, groups of persons, goals and whatever else recommendations are tagged with."""

    name = "term"
    label = N_("Terms of vocabularies")
    action = "term"
    parts: ClassVar[Mapping[str, Part]] = {"label": Part(N_("Label"), 300)}

    def all(self, session: Session) -> list[Item]:
        rows = session.execute(
            select(Term, Vocabulary.title, Vocabulary.kind)
            .join(Vocabulary, Vocabulary.id == Term.vocabulary_id)
            .order_by(Term.vocabulary_id, Term.id)
            .execution_options(populate_existing=True)
        )
        found = []
        for term, title, kind in rows:
            path = f"/{kind}s/{term.slug}" if kind != "action" else f"/recommendations?action={term.slug}"
            item = Item(self.name, term.id, term.slug, f"term/{term.id}", f"{pick(title)}: {term.code}", path, "en")
            item.versions = _versions({"label": term.labels}, term.unofficial)
            found.append(item)
        return found

    def write(self, session: Session, change: Change) -> None:
        term, version = session.get_one(Term, change.item.id), change.version
        term.labels = _with(term.labels, change.language, version.texts.get("label") if version else None)
        term.unofficial = _with(term.unofficial, change.language, version.origin if version else None)

    def lock(self, session: Session) -> None:
        index.lock(session)


class Institutions(InMemory):
    """Names and short names of institutions."""

    name = "institution"
    label = N_("Institutions")
    action = "actor"
    parts: ClassVar[Mapping[str, Part]] = {
        "name": Part(N_("Name"), LONGEST_NAME["name"]),
        "short_name": Part(N_("Short name"), LONGEST_NAME["short"], optional=True),
    }

    def all(self, session: Session) -> list[Item]:
        found = []
        for one in session.scalars(select(Actor).order_by(Actor.code).execution_options(populate_existing=True)):
            item = Item(self.name, one.id, one.code, f"actor/{one.id}", one.code, f"/institutions/{one.code}", "en")
            item.versions = _versions({"name": one.names, "short_name": one.short_names}, one.unofficial)
            found.append(item)
        return found

    def write(self, session: Session, change: Change) -> None:
        one, language, version = session.get_one(Actor, change.item.id), change.language, change.version
        texts = version.texts if version else {}
        one.names = _with(one.names, language, texts.get("name"))
        one.short_names = _with(one.short_names, language, texts.get("short_name"))
        one.unofficial = _with(one.unofficial, language, version.origin if version else None)

    def lock(self, session: Session) -> None:
        institution_edits.lock(session)


class PageTexts(InMemory):
    """What the administrator has written on the front page."""

    name = "page"
    label = N_("Texts of pages")
    action = "page"
    parts: ClassVar[Mapping[str, Part]] = {"text": Part(N_("Text"), LONGEST_TEXT)}

    def all(self, session: Session) -> list[Item]:
        found = []
        for number, name in enumerate(page_texts.NAMES, 1):
            item = Item(self.name, number, name, f"setting/{name}", _(SETTINGS[name].label), "/", "en")
            for language, (origin, text) in page_texts.versions(session, name).items():
                item.versions[language] = Version(language, origin, {"text": text})
            if item.versions:
                found.append(item)
        return found

    def write(self, session: Session, change: Change) -> None:
        version, name = change.version, page_texts.row_of(change.item.key)
        said = {"text": version.texts["text"], "origin": version.origin} if version else None
        row = session.get(SiteSetting, name) or SiteSetting(name=name, value={})
        row.value = _with(row.value, change.language, said)
        session.add(row)

    def lock(self, session: Session) -> None:
        index.lock(session)


def _versions(
    tables: Mapping[str, Mapping[str, str] | None], unofficial: Mapping[str, str] | None
) -> dict[str, Version]:
    """The languages of some JSON columns; what nobody marked is official."""
    found: dict[str, dict[str, str]] = {}
    for part, texts in tables.items():
        for language, text in (texts or {}).items():
            found.setdefault(language, {})[part] = text
    origins = unofficial or {}
    return {language: Version(language, origins.get(language, OFFICIAL), texts) for language, texts in found.items()}


def _with(table: Mapping[str, Any] | None, language: str, value: Any) -> dict[str, Any]:
    """A JSON column with another value for a language, or without one."""
    rest = {code: kept for code, kept in (table or {}).items() if code != language}
    return {**rest, language: value} if value else rest
