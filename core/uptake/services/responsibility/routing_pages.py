"""What the pages on routing rules show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from uptake.i18n import sort_key
from uptake.models.actors import Actor
from uptake.models.vocabularies import Term, Vocabulary
from uptake.services.actors.institutions import name_of
from uptake.services.lists.cards import Card, load_cards
from uptake.services.names import Names
from uptake.services.permissions import Person, require
from uptake.services.responsibility import routing

ROWS = 50


@dataclass(slots=True)
class RulePage:
    """All rules, the names of their institutions, and the terms that a new one may take."""

    rules: list[routing.Rule]
    actors: dict[int, str]
    terms: dict[str, list[tuple[str, str]]]
    waiting: int


@dataclass(slots=True)
class PreviewPage:
    """What rules would propose: how much to whom, and one page of it."""

    count: int
    number: int
    by_actor: list[tuple[str, int, int]] = field(default_factory=list)
    rows: list[tuple[Card, list[tuple[str, str]]]] = field(default_factory=list)

    @property
    def pages(self) -> int:
        """How many pages, at least one."""
        return max(1, -(-self.count // ROWS))


def rules(session: Session, *, person: Person) -> RulePage:
    """The page of all rules."""
    require(person, "routing.edit")
    found = routing.rules(session)
    names = Names(session)
    terms: dict[str, list[tuple[str, str]]] = {kind: [] for kind in routing.KINDS}
    rows = session.execute(
        select(Vocabulary.kind, Term.slug)
        .join(Vocabulary, Vocabulary.id == Term.vocabulary_id)
        .where(Vocabulary.kind.in_(routing.KINDS))
    )
    for kind, slug in rows:
        terms[kind].append((slug, names.term(slug)))
    for listed in terms.values():
        listed.sort(key=lambda row: row[1].casefold())
    return RulePage(found, _names(session, {rule.actor_id for rule in found}), terms, len(routing.unassigned(session)))


def preview(session: Session, rule_ids: Collection[int] | None, number: int, *, person: Person) -> PreviewPage:
    """What the rules would propose; nothing is written."""
    require(person, "routing.edit")
    found = routing.preview(session, rule_ids)
    actors = _names(session, {actor for parts in found.values() for actor in parts})
    counts = Counter((actor, part.role) for parts in found.values() for actor, part in parts.items())
    page = PreviewPage(len(found), number)
    ordered = sorted(actors.items(), key=lambda row: sort_key(row[1]))
    page.by_actor = [(name, counts[id_, "lead"], counts[id_, "support"]) for id_, name in ordered]
    ids = sorted(found, reverse=True)[(number - 1) * ROWS : number * ROWS]
    for card in load_cards(session, ids):
        page.rows.append((card, [(actors[actor], part.role) for actor, part in found[card.id].items()]))
    return page


def _names(session: Session, ids: Collection[int]) -> dict[int, str]:
    return {actor.id: name_of(actor) for actor in session.scalars(select(Actor).where(Actor.id.in_(ids)))}
