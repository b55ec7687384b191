"""What the pages on clusters show: the list, one cluster, and what might belong together."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from uptake.models.responsibility import Cluster
from uptake.search.engine import Engine, Query
from uptake.services.lists.cards import Card, load_cards
from uptake.services.permissions import Person, may_somewhere, require, require_somewhere
from uptake.services.recommendations import duplicates
from uptake.services.recommendations.duplicates import Suggestion
from uptake.services.responsibility import clusters
from uptake.services.responsibility.responsibility_pages import Responsible, of_many

SIZE = 50
LOOKED_AT = 20
BASIS = 12


@dataclass(slots=True)
class ClusterList:
    """All clusters, or those that were withdrawn."""

    rows: list[clusters.ClusterRow]
    withdrawn: bool


@dataclass(slots=True)
class ClusterPage:
    """One cluster: a page of its recommendations with who answers for them, and what resembles them."""

    cluster: Cluster
    count: int
    number: int
    cards: list[Card]
    parts: dict[int, list[Responsible]] = field(default_factory=dict)
    unled: int = 0
    alike: list[tuple[Suggestion, Card]] = field(default_factory=list)

    @property
    def pages(self) -> int:
        """How many pages, at least one."""
        return max(1, -(-self.count // SIZE))


@dataclass(slots=True)
class SuggestionPage:
    """A stretch of the register, and what in it might belong together."""

    number: int
    pages: int
    pairs: list[tuple[Card, list[tuple[Suggestion, Card]]]] = field(default_factory=list)
    clusters: list[clusters.ClusterRow] = field(default_factory=list)


def cluster_list(session: Session, *, withdrawn: bool, person: Person) -> ClusterList:
    """The clusters by title."""
    require_somewhere(person, "work.read")
    return ClusterList(clusters.clusters(session, withdrawn=withdrawn), withdrawn)


def cluster_page(session: Session, cluster_id: int, number: int, *, person: Person) -> ClusterPage:
    """One cluster. What resembles its first recommendations is there for those who may put it in."""
    require_somewhere(person, "work.read")
    found = clusters.cluster(session, cluster_id)
    ids = clusters.members(session, cluster_id)
    shown = ids[(number - 1) * SIZE : number * SIZE]
    page = ClusterPage(found, len(ids), number, load_cards(session, shown))
    for part in of_many(session, ids, person):
        page.parts.setdefault(part.recommendation_id, []).append(part)
    page.unled = sum(not any(_leads(part, found.lead_id) for part in page.parts.get(id_, ())) for id_ in ids)
    if found.withdrawn is None and may_somewhere(person, "cluster.edit"):
        page.alike = _alike(session, ids)
    return page


def _leads(part: Responsible, lead: int | None) -> bool:
    return part.actor_id == lead and part.role == "lead" and part.state in {"assigned", "accepted"}


def _alike(session: Session, ids: list[int]) -> list[tuple[Suggestion, Card]]:
    best: dict[int, Suggestion] = {}
    for listed in duplicates.suggest(session, ids[:BASIS]).values():
        for one in listed:
            if one.id not in ids and (one.id not in best or best[one.id].score < one.score):
                best[one.id] = one
    nearest = sorted(best.values(), key=lambda one: -one.score)[:BASIS]
    cards = {card.id: card for card in load_cards(session, [one.id for one in nearest])}
    return [(one, cards[one.id]) for one in nearest if one.id in cards]


def suggestions(session: Session, number: int, *, person: Person) -> SuggestionPage:
    """A stretch of the register, the newest first, with what says nearly the same: each pair stands once on a page."""
    require(person, "cluster.edit")
    engine = Engine(session)
    answer = engine.answer(Query())
    ids = engine.page(answer, "newest", (number - 1) * LOOKED_AT, LOOKED_AT)
    found = duplicates.suggest(session, ids, 3)
    met: set[frozenset[int]] = set()
    wanted: list[tuple[int, list[Suggestion]]] = []
    for id_ in ids:
        new = [one for one in found.get(id_, ()) if frozenset((id_, one.id)) not in met]
        met |= {frozenset((id_, one.id)) for one in new}
        if new:
            wanted.append((id_, new))
    cards = {
        card.id: card
        for card in load_cards(
            session, list({id_ for one, listed in wanted for id_ in (one, *(two.id for two in listed))})
        )
    }
    page = SuggestionPage(number, max(1, -(-answer.count // LOOKED_AT)), clusters=clusters.clusters(session))
    page.pairs = [(cards[id_], [(one, cards[one.id]) for one in listed]) for id_, listed in wanted]
    return page
