"""What a report is made of: what the register holds on some recommendations that may stand in a text of the State.

Those are the recommendations themselves, what institutions have reported of them, what others have said, the evidence behind
it, and whatever plugins link them with. Each piece says where it comes from and carries a fingerprint of its words.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from uptake.db import chunks
from uptake.hooks.calls import links_of
from uptake.i18n import day, get_locale, pick
from uptake.i18n import gettext as _
from uptake.models.actors import Actor
from uptake.models.mechanisms import Mechanism
from uptake.models.progress import Assessment, Update, UpdateItem, stands
from uptake.models.recommendations import Withdrawal
from uptake.services.addresses import path_of
from uptake.services.lists.cards import Card, load_cards
from uptake.services.plugins.extensions import registry_of
from uptake.services.progress import evidence
from uptake.services.progress.scales import grade_name
from uptake.services.translating.items import Version
from uptake.services.translating.of_updates import shown_in, translations_of

READY = ("approved", "published")
UPDATE_PARTS = ("done", "effect", "obstacles", "next_step")


@dataclass(frozen=True, slots=True)
class Material:
    """One piece: its ``kind`` (recommendation, update, assessment, evidence or action) and ``ref`` name it for good.

    ``label`` is how a note names it, ``text`` its words, ``path`` where it stands on this site (or an address outside of it),
    ``public`` whether everybody may read it there already.
    """

    kind: str
    ref: str
    recommendation: int
    label: str
    text: str
    path: str = ""
    public: bool = True
    fingerprint: str = field(init=False)

    def __post_init__(self) -> None:
        made = hashlib.sha256(f"{self.label}\n{self.text}\n{self.path}".encode()).hexdigest()
        object.__setattr__(self, "fingerprint", made)


def material_of(session: Session, ids: Sequence[int], *, unpublished: bool) -> dict[int, list[Material]]:
    """All pieces on these recommendations, in the language that is spoken now.

    Updates that were approved and wait for their publication are among them only where ``unpublished`` is wanted.
    """
    found: dict[int, list[Material]] = {id_: [] for id_ in ids}
    for chunk in chunks(ids):
        gone = set(session.scalars(select(Withdrawal.recommendation_id).where(Withdrawal.recommendation_id.in_(chunk))))
        there = [id_ for id_ in chunk if id_ not in gone]
        for card in load_cards(session, there):
            found[card.id].append(_recommendation(card))
        for piece in (*_updates(session, there, unpublished), *_assessments(session, there), *_links(session, there)):
            found[piece.recommendation].append(piece)
    return found


def informed(session: Session, ids: Collection[int]) -> set[int]:
    """Those of these recommendations of which an institution has reported something that was approved."""
    found: set[int] = set()
    for chunk in chunks(ids):
        found |= set(
            session.scalars(
                select(UpdateItem.recommendation_id)
                .join(Update, Update.id == UpdateItem.update_id)
                .where(UpdateItem.recommendation_id.in_(chunk), stands(*READY))
            )
        )
    return found


def place_of(card: Card) -> str:
    """How a note names a recommendation: document and paragraph."""
    place = card.place or card.mechanism or ""
    return _("{document}, para. {paragraph}", document=place, paragraph=card.paragraph) if card.paragraph else place


def _recommendation(card: Card) -> Material:
    label = place_of(card) or _("Recommendation")
    return Material("recommendation", str(card.uuid), card.id, label, card.text, path_of("recommendation", card.uuid))


def _updates(session: Session, ids: Sequence[int], unpublished: bool) -> list[Material]:
    states = READY if unpublished else ("published",)
    rows = session.execute(
        select(UpdateItem.recommendation_id, Update, Actor.names)
        .join(Update, Update.id == UpdateItem.update_id)
        .join(Actor, Actor.id == Update.actor_id)
        .where(UpdateItem.recommendation_id.in_(ids), stands(*states), Update.no_change.is_(False))
        .order_by(Update.published.desc(), Update.id.desc())
    ).all()
    updates = {update.id: update for _id, update, _names in rows}
    texts, behind = translations_of(session, updates), evidence.of(session, updates)
    found = []
    for id_, update, names in rows:
        when = day((update.published or update.changed).date())
        public = update.state == "published"
        label = _("{institution}, report of {day}", institution=pick(names), day=when)
        said = _words(update, texts[update.id])
        found.append(Material("update", str(update.uuid), id_, label, said, f"/updates/{update.uuid}", public))
        found += [
            Material("evidence", str(item.id), id_, item.title, item.title, item.href, public)
            for item in behind[update.id]
        ]
    return found


def _words(update: Update, texts: Mapping[str, Version]) -> str:
    shown = shown_in(update.language, texts, get_locale())
    parts = shown.texts if shown else {name: getattr(update, name) for name in UPDATE_PARTS}
    return "\n\n".join(parts[name] for name in UPDATE_PARTS if parts.get(name))


def _assessments(session: Session, ids: Sequence[int]) -> list[Material]:
    rows = session.execute(
        select(Assessment, Actor.names, Mechanism.names)
        .outerjoin(Actor, Actor.id == Assessment.actor_id)
        .outerjoin(Mechanism, Mechanism.id == Assessment.mechanism_id)
        .where(Assessment.recommendation_id.in_(ids), Assessment.state == "published")
        .order_by(Assessment.date.desc(), Assessment.id.desc())
    )
    found = []
    for one, actor, mechanism in rows:
        label = _("{institution}, assessment of {day}", institution=pick(actor or mechanism), day=day(one.date))
        text = "\n\n".join(filter(None, (grade_name(one.scale, one.grade), one.text)))
        found.append(Material("assessment", str(one.uuid), one.recommendation_id, label, text, one.source or ""))
    return found


def _links(session: Session, ids: Sequence[int]) -> list[Material]:
    registry = registry_of(session)
    found = []
    for id_, links in links_of(registry, ids).items():
        for link in links:
            label = f"{_(registry.link_types[link.type].label)}: {link.title}"
            ref = link.path if link.path and len(link.path) <= 80 else hashlib.sha256(label.encode()).hexdigest()
            found.append(Material("action", ref, id_, label, link.title, link.path))
    return found
