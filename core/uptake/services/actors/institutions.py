"""Institutions as they are shown: their names, the tree that they form, and where somebody is missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from pyroaring import BitMap
from sqlalchemy import select
from sqlalchemy.orm import Session

from uptake.errors import NotFound
from uptake.i18n import N_, Key, pick, sort_key
from uptake.i18n import gettext as _
from uptake.models.actors import Actor
from uptake.models.progress import StatusValue
from uptake.search.engine import Engine
from uptake.services.people.memberships import vacancies
from uptake.services.permissions import Person, may_somewhere

KIND_NAMES = {
    "ministry": N_("Ministry"), "agency": N_("Agency"), "parliament": N_("Parliament"), "judiciary": N_("Judiciary"),
    "statistics_office": N_("Statistics office"), "nhri": N_("National human rights institution"),
    "province": N_("Province or region"), "municipality": N_("Municipality"),
    "civil_society": N_("Civil-society organisation"), "united_nations": N_("United Nations entity"),
    "donor": N_("Donor"), "other": N_("Other institution"),
}  # fmt: skip
LEVEL_NAMES = {"national": N_("National"), "regional": N_("Regional"), "local": N_("Local")}


@dataclass(frozen=True, slots=True)
class Named:
    """An institution as other pages name it: its code, which makes its address, and its name in the reader's language."""

    id: int
    code: str
    name: str


@dataclass(slots=True)
class Node:
    """An institution in the tree; ``open`` counts recommendations that it answers for and that are not closed.

    ``vacant`` is None for visitors, who are not told.
    """

    code: str
    name: str
    short: str
    kind: str
    level: str
    closed: bool
    open: int
    vacant: bool | None
    below: list[Node] = field(default_factory=list)


def kind_name(code: str) -> str:
    """A kind of institution in the reader's language."""
    return _(KIND_NAMES[code]) if code in KIND_NAMES else code


def level_name(code: str) -> str:
    """A level of government in the reader's language."""
    return _(LEVEL_NAMES[code]) if code in LEVEL_NAMES else code


def name_of(actor: Actor, language: str | None = None) -> str:
    """The name of an institution in a language, in English, or in whatever there is."""
    return pick(actor.names, language) or actor.code


def options(session: Session, language: str | None = None) -> list[tuple[int, str]]:
    """Every institution that is not closed, by name: what a form offers."""
    rows = session.execute(select(Actor.id, Actor.names, Actor.code).where(Actor.closed_on.is_(None)))
    named = [(id_, pick(names, language) or code) for id_, names, code in rows]
    return sorted(named, key=lambda row: sort_key(row[1]))


def named(session: Session, ids: Iterable[int]) -> dict[int, Named]:
    """Institutions by their ids: one query, however many."""
    rows = session.execute(select(Actor.id, Actor.code, Actor.names).where(Actor.id.in_(set(ids))))
    return {id_: Named(id_, code, pick(names) or code) for id_, code, names in rows}


def find(session: Session, code: str) -> Actor:
    """An institution by its code, in capital letters or not. Raises ``NotFound``."""
    found = session.scalar(select(Actor).where(Actor.code == code))
    if found is None:
        found = next((one for one in session.scalars(select(Actor)) if one.code.casefold() == code.casefold()), None)
    if found is None:
        raise NotFound(N_("There is no institution {code}."), remedy=N_("Look for it in the list."), code=code)
    return found


def tree(session: Session, *, person: Person) -> list[Node]:
    """All institutions, each below the one that it belongs to; five queries, whatever their number."""
    columns = (
        Actor.id,
        Actor.parent_id,
        Actor.code,
        Actor.names,
        Actor.short_names,
        Actor.kind,
        Actor.level,
        Actor.closed_on,
    )
    rows = session.execute(select(*columns)).all()
    vacant = vacancies(session) if may_somewhere(person, "actor.view") else None
    counts = open_counts(session)
    nodes: dict[int, Node] = {}
    parents: dict[int, int | None] = {}
    for id_, parent, code, names, short, kind, level, closed in rows:
        missing = None if vacant is None else id_ in vacant
        nodes[id_] = Node(
            code, pick(names) or code, pick(short), kind, level, closed is not None, counts.get(code, 0), missing
        )
        parents[id_] = parent
    return _hung(nodes, parents)


def _hung(nodes: Mapping[int, Node], parents: Mapping[int, int | None]) -> list[Node]:
    tops = []
    for id_, node in nodes.items():
        parent = parents[id_]
        if parent is not None and parent in nodes and not _in_a_circle(id_, parents):
            nodes[parent].below.append(node)
        else:
            tops.append(node)
    for node in nodes.values():
        node.below.sort(key=_by_name)
    return sorted(tops, key=_by_name)


def _in_a_circle(id_: int, parents: Mapping[int, int | None]) -> bool:
    """Two edits at the same moment could close a circle; the tree then still shows everybody."""
    at, met = parents[id_], set()
    while at is not None and at not in met:
        if at == id_:
            return True
        met.add(at)
        at = parents.get(at)
    return False


def _by_name(node: Node) -> tuple[bool, Key]:
    return node.closed, sort_key(node.name)


def walk(nodes: list[Node], depth: int = 0) -> Iterator[tuple[int, Node]]:
    """The tree from top to bottom, each with how deep it stands."""
    for node in nodes:
        yield depth, node
        yield from walk(node.below, depth + 1)


def open_counts(session: Session) -> dict[str, int]:
    """How many recommendations each institution answers for that no status closes: as many as the list behind shows."""
    engine = Engine(session)
    closed: BitMap = BitMap()
    statuses = engine.postings("status")
    for code in closing(session):
        closed |= statuses.get(code, BitMap())
    return {code: len(bits - closed) for code, bits in engine.postings("institution").items()}


def closing(session: Session) -> list[str]:
    """The statuses that close a recommendation."""
    return sorted(session.scalars(select(StatusValue.code).where(StatusValue.closes.is_(True))))
