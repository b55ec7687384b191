"""What the pages of a change of many show: what is there now, what would change, and what has been done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from uptake.db import chunks
from uptake.errors import NotFound
from uptake.i18n import N_, sort_key
from uptake.models.people import User
from uptake.models.responsibility import Assignment, BulkChange, Cluster, ClusterMember, FollowUp
from uptake.models.vocabularies import Tag, Term, Vocabulary
from uptake.services.lists.cards import Card, load_cards
from uptake.services.names import Names
from uptake.services.permissions import Person, require
from uptake.services.recommendations import bulk
from uptake.services.recommendations.bulk_names import KeyNames
from uptake.services.recommendations.bulk_values import Value, kind_of
from uptake.services.recommendations.bulk_wishes import Wishes, check
from uptake.services.responsibility.assignment_rows import ACTIVE, LARGE, LEAD

ROWS = 50
LATEST = 50
NAMED = 4
_TERMS = ("theme", "group", "sdg", "action")


@dataclass(slots=True)
class Held:
    """Something that some or all of the chosen recommendations have."""

    key: str
    name: str
    count: int
    leads: int = 0


@dataclass(slots=True)
class Present:
    """What the chosen recommendations have now: what a three-state form starts from."""

    count: int
    tags: dict[str, list[Held]] = field(default_factory=dict)
    clusters: list[Held] = field(default_factory=list)
    institutions: list[Held] = field(default_factory=list)
    dues: list[tuple[date | None, int]] = field(default_factory=list)
    priorities: list[tuple[str, int]] = field(default_factory=list)


@dataclass(slots=True)
class Line:
    """One kind of change: what, from, to, and how many."""

    name: str
    before: str
    after: str
    count: int = 1


@dataclass(slots=True)
class Shown:
    """A change as a page shows it, planned or done: its kinds with their numbers, and one page of its rows."""

    chosen: int
    count: int
    digest: str = ""
    lines: list[Line] = field(default_factory=list)
    rows: list[tuple[Card, list[Line]]] = field(default_factory=list)
    number: int = 1
    change: BulkChange | None = None
    by: str = ""
    refused: list[Card] = field(default_factory=list)

    @property
    def pages(self) -> int:
        """How many pages of rows, at least one."""
        return max(1, -(-self.count // ROWS))


def present(session: Session, ids: Collection[int], *, person: Person) -> Present:
    """What the chosen ones have now, the most frequent first: a constant number of queries."""
    require(person, "bulk.edit")
    counts: Counter[str] = Counter()
    leads: Counter[str] = Counter()
    dues: Counter[date | None] = Counter()
    priorities: Counter[str] = Counter()
    for chunk in chunks(ids, LARGE):
        _count(session, chunk, counts, leads, dues, priorities)
    dues[None] += len(ids) - dues.total()
    priorities["normal"] += len(ids) - priorities.total()
    names = KeyNames(session, counts)
    found = Present(len(ids), {kind: [] for kind in _TERMS}, dues=[row for row in dues.most_common(8) if row[1]])
    found.priorities = [row for row in priorities.most_common() if row[1]]
    for key, count in counts.most_common():
        held = Held(key, names.key(key), count, leads[key])
        kind = kind_of(key)[0]
        if kind == "tag":
            found.tags.setdefault(names.kinds.get(key, "theme"), []).append(held)
        else:
            (found.clusters if kind == "cluster" else found.institutions).append(held)
    return found


def _count(
    session: Session, ids: list[int], counts: Counter[str], leads: Counter[str], dues: Counter[date | None],
    priorities: Counter[str],
) -> None:  # fmt: skip
    number = func.count()
    tags = select(Tag.term_id, func.count(Tag.recommendation_id.distinct())).where(
        Tag.recommendation_id.in_(ids), Tag.rejected.is_(False)
    )
    for term, count in session.execute(tags.group_by(Tag.term_id)):
        counts[f"tag/{term}"] += count
    member = ClusterMember
    clusters = (
        select(member.cluster_id, number)
        .join(Cluster, Cluster.id == member.cluster_id)
        .where(member.recommendation_id.in_(ids), Cluster.withdrawn.is_(None))
    )
    for cluster, count in session.execute(clusters.group_by(member.cluster_id)):
        counts[f"cluster/{cluster}"] += count
    table = Assignment
    parts = select(table.actor_id, table.role, number).where(table.recommendation_id.in_(ids), table.state.in_(ACTIVE))
    for actor, role, count in session.execute(parts.group_by(table.actor_id, table.role)):
        counts[f"actor/{actor}"] += count
        leads[f"actor/{actor}"] += count if role == LEAD else 0
    within = FollowUp.recommendation_id.in_(ids)
    for due, count in session.execute(select(FollowUp.due, number).where(within).group_by(FollowUp.due)):
        dues[due] += count
    for priority, count in session.execute(select(FollowUp.priority, number).where(within).group_by(FollowUp.priority)):
        priorities[priority] += count


def preview(session: Session, ids: Collection[int], wishes: Wishes, number: int, *, person: Person) -> Shown:
    """What would change: nothing is written. Raises ``Invalid`` for wishes that cannot be."""
    require(person, "bulk.edit")
    check(session, wishes)
    found = bulk.plan(session, ids, wishes, person)
    return _shown(session, found, Shown(len(ids), len(found), bulk.digest(found), number=number))


def change(session: Session, change_id: int, number: int, *, person: Person) -> Shown:
    """A change that was made. Raises ``NotFound``."""
    require(person, "bulk.edit")
    row = session.get(BulkChange, change_id)
    if row is None:
        raise NotFound(N_("There is no such change."))
    found = {
        int(id_): {key: (pair[0], pair[1]) for key, pair in changed.items()} for id_, changed in row.before.items()
    }
    shown = _shown(session, found, Shown(len(found), len(found), number=number, change=row))
    shown.refused = load_cards(session, row.what.get("refused", [])[:ROWS])
    shown.by = session.scalar(select(User.name).where(User.id == row.user_id)) or ""
    return shown


def latest(session: Session, *, person: Person) -> list[tuple[BulkChange, str]]:
    """The latest changes, each with the name of whoever made it."""
    require(person, "bulk.edit")
    rows = select(BulkChange, User.name).outerjoin(User, User.id == BulkChange.user_id)
    return [(row, name or "") for row, name in session.execute(rows.order_by(BulkChange.id.desc()).limit(LATEST))]


def _shown(session: Session, found: bulk.Plan, shown: Shown) -> Shown:
    names = KeyNames(session, {key for changed in found.values() for key in changed})
    shown.lines = _lines([words for changed in found.values() for words in _words(names, changed)])
    first = (shown.number - 1) * ROWS
    ids = sorted(found)[first : first + ROWS]
    shown.rows = [
        (card, [Line(*words) for words in _words(names, found[card.id])]) for card in load_cards(session, ids)
    ]
    return shown


def _lines(words: list[tuple[str, str, str]]) -> list[Line]:
    """Each kind of change with its number, the most frequent first; many different values before are not all named."""
    befores: dict[tuple[str, str], Counter[str]] = {}
    for name, before, after in words:
        befores.setdefault((name, after), Counter())[before] += 1
    lines = []
    for (name, after), counts in befores.items():
        shown = list(counts) if len(counts) <= NAMED else [*list(counts)[: NAMED - 1], "…"]
        lines.append(Line(name, ", ".join(shown), after, counts.total()))
    return sorted(lines, key=lambda line: -line.count)


def _words(names: KeyNames, changed: dict[str, tuple[Value, Value]]) -> list[tuple[str, str, str]]:
    return [
        (names.key(key), names.value(key, old), names.value(key, new))
        for key, (old, new) in sorted(changed.items())
    ]  # fmt: skip


def choices(session: Session) -> dict[str, list[tuple[int, str]]]:
    """Every term by kind, and every cluster, for the fields that add one: by name."""
    names = Names(session)
    found: dict[str, list[tuple[int, str]]] = {kind: [] for kind in _TERMS}
    rows = session.execute(
        select(Term.id, Term.slug, Vocabulary.kind).join(Vocabulary, Vocabulary.id == Term.vocabulary_id)
    )
    for id_, slug, kind in rows:
        found.setdefault(kind, []).append((id_, names.term(slug)))
    found["cluster"] = [
        (id_, title)
        for id_, title in session.execute(select(Cluster.id, Cluster.title).where(Cluster.withdrawn.is_(None)))
    ]
    return {kind: sorted(listed, key=lambda row: sort_key(row[1])) for kind, listed in found.items()}
