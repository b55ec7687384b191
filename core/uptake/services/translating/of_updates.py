"""Progress updates in other languages than the one that they were written in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import ClassVar

from sqlalchemy import ColumnElement, and_, case, func, or_, select, text, update
from sqlalchemy.orm import Session

from uptake.db import chunks, is_sqlite
from uptake.i18n import N_, pick
from uptake.models.actors import Actor
from uptake.models.progress import Update, UpdateItem, UpdateText
from uptake.models.recommendations import Recommendation
from uptake.services.permissions import Person, reach
from uptake.services.progress.update_fields import LABELS, LONGEST, TEXTS
from uptake.services.translating.items import MISSING, OFFICIAL, OUTDATED, Item, Part, Version
from uptake.services.translating.kind import Change, Kind, Tally, Wanted, with_missing
from uptake.services.translating.of_recommendations import Statement, narrowed, uuids

PARTS = (*TEXTS, "claim_reason")
UNDER_WAY = ("submitted", "confirmed", "approved")


class Updates(Kind):
    """What an institution reports, once it is handed in; translators outside see what is published."""

    name = "update"
    label = N_("Progress updates")
    action = "update"
    parts: ClassVar[Mapping[str, Part]] = {name: Part(LABELS[name], LONGEST) for name in PARTS}
    filters = ("mechanism", "document", "priority", "public")

    def ids(self, session: Session, keys: Collection[str], person: Person) -> dict[str, int]:
        found: dict[str, int] = {}
        for chunk in chunks(uuids(keys)):
            rows = select(Update.uuid, Update.id).where(Update.uuid.in_(chunk), *_seen(person))
            found |= {str(uuid): id_ for uuid, id_ in session.execute(rows)}
        return found

    def load(self, session: Session, ids: Sequence[int]) -> dict[int, Item]:
        found: dict[int, Item] = {}
        for chunk in chunks(ids):
            rows = select(Update, Actor.names).join(Actor, Actor.id == Update.actor_id).where(Update.id.in_(chunk))
            for one, names in session.execute(rows.execution_options(populate_existing=True)):
                title = " · ".join((pick(names), (one.published or one.changed).date().isoformat()))
                item = Item(
                    self.name, one.id, str(one.uuid), f"update/{one.id}", title, f"/updates/{one.uuid}", one.language
                )
                item.versions[one.language] = Version(one.language, OFFICIAL, words_of(one))
                found[one.id] = item
            texts = select(UpdateText).where(UpdateText.update_id.in_(chunk))
            for row in session.scalars(texts.execution_options(populate_existing=True)):
                version = Version(row.language, row.origin, row.texts, row.outdated)
                found[row.update_id].versions.setdefault(row.language, version)
        return found

    def put(self, session: Session, changes: Sequence[Change]) -> None:
        for change in changes:
            row = session.get(UpdateText, (change.item.id, change.language))
            version = change.version
            if version is not None:
                row = row or UpdateText(update_id=change.item.id, language=change.language)
                row.texts, row.origin, row.outdated = dict(version.texts), version.origin, version.outdated
                session.add(row)
            elif row is not None:
                session.delete(row)
        session.flush()

    def lock(self, session: Session) -> None:
        if not is_sqlite(session):
            session.execute(text("lock table progress_update_text in share row exclusive mode"))

    def tally(self, session: Session, wanted: Wanted, languages: Collection[str], person: Person) -> Tally:
        written = _within(select(Update.language, func.count()), wanted, person).group_by(Update.language)
        own: dict[str, int] = dict(session.execute(written).all())
        there = select(UpdateText.language, _state().label("standing"), func.count()).select_from(Update)
        there = there.join(UpdateText, UpdateText.update_id == Update.id).where(
            UpdateText.language.in_(languages), UpdateText.language != Update.language
        )
        found: Tally = {language: Counter({OFFICIAL: own.get(language, 0)}) for language in languages}
        for language, state, count in session.execute(
            _within(there, wanted, person).group_by(UpdateText.language, "standing")
        ):
            found[language][state] += count
        return with_missing(found, dict.fromkeys(languages, sum(own.values())))

    def listed(self, session: Session, wanted: Wanted, person: Person, offset: int, size: int | None) -> list[int]:
        """What the public reads first, then the latest."""
        there = (UpdateText.update_id == Update.id) & (UpdateText.language == wanted.language)
        rows = _within(select(Update.id), wanted, person).outerjoin(UpdateText, there)
        rows = rows.where(Update.language != wanted.language, _state() == wanted.state)
        order = ((Update.state != "published"), Update.changed.desc(), Update.id.desc())
        return list(session.scalars(rows.order_by(*order).limit(size).offset(offset)))


def translations_of(session: Session, ids: Collection[int]) -> dict[int, dict[str, Version]]:
    """Update → language → what it says in a language other than its own: one query."""
    found: dict[int, dict[str, Version]] = {id_: {} for id_ in ids}
    rows = select(UpdateText, Update.language).join(Update, Update.id == UpdateText.update_id)
    for row, own in session.execute(rows.where(UpdateText.update_id.in_(ids)).order_by(UpdateText.language)):
        if row.language != own:
            found[row.update_id][row.language] = Version(row.language, row.origin, row.texts, row.outdated)
    return found


def shown_in(own: str, texts: Mapping[str, Version], wanted: str) -> Version | None:
    """The translation for a reader who wants a language; None where the original serves or there is none."""
    base = wanted.split("_")[0]
    if wanted == own or (base == own and wanted not in texts):
        return None
    return texts.get(wanted) or texts.get(base)


def words_of(one: Update) -> dict[str, str]:
    """What an update says in its own language, part by part."""
    return {name: said for name in PARTS if (said := getattr(one, name))}


def outdate(session: Session, update_id: int) -> None:
    """The words of an update have changed: its translations have to be looked at again."""
    session.execute(update(UpdateText).where(UpdateText.update_id == update_id).values(outdated=True))


def _seen(person: Person) -> list[ColumnElement[bool]]:
    """What is published, and what is under way where the person may read it; without words there is nothing to do."""
    within = reach(person, "internal.read")
    reached = [] if within is None else [Update.actor_id.in_(within)]
    inside = and_(Update.state.in_(UNDER_WAY), *reached)
    words = or_(Update.done != "", Update.effect != "", Update.obstacles != "", Update.next_step != "",
                func.coalesce(Update.claim_reason, "") != "")  # fmt: skip
    return [or_(Update.state == "published", inside), words]


def _state() -> ColumnElement[str]:
    return case(
        (UpdateText.language.is_(None), MISSING), (UpdateText.outdated.is_(True), OUTDATED), else_=UpdateText.origin
    )


def _within(statement: Statement, wanted: Wanted, person: Person) -> Statement:
    statement = statement.where(*_seen(person))
    if wanted.public:
        statement = statement.where(Update.state == "published")
    if wanted.mechanism or wanted.document or wanted.priority:
        answered = select(UpdateItem.update_id).join(Recommendation, Recommendation.id == UpdateItem.recommendation_id)
        statement = statement.where(Update.id.in_(narrowed(answered, wanted)))
    return statement
