"""Routing rules: what carries a theme, group or goal is proposed to an institution; the coordinator says yes or no."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from pyroaring import BitMap
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from uptake.db import chunks, transaction
from uptake.errors import Invalid, NotFound
from uptake.i18n import N_
from uptake.models.recommendations import Recommendation
from uptake.models.responsibility import Assignment, RoutingRule
from uptake.models.vocabularies import Term, Vocabulary
from uptake.search import index
from uptake.search.engine import Engine
from uptake.services.audit import record_event
from uptake.services.permissions import Person, require
from uptake.services.recommendations import bulk
from uptake.services.recommendations.bulk_values import as_list
from uptake.services.responsibility import assignment_rows as rows
from uptake.services.responsibility.assignment_rows import LARGE, LEAD, OPEN, SUPPORT, Part, Parts
from uptake.services.responsibility.assignments import check_institution, leads

KINDS = ("theme", "group", "sdg")


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule with what it reaches: ``waiting`` is how many of ``reached`` nobody has been proposed or assigned to."""

    id: int
    kind: str
    slug: str
    actor_id: int
    role: str
    reached: int
    waiting: int


def add_rule(slug: str, actor_id: int, role: str, *, person: Person) -> int:
    """A new rule; the number of the one that says so already, where there is one."""
    require(person, "routing.edit")
    with transaction() as session:
        term = session.execute(
            select(Term.id, Vocabulary.kind).join(Vocabulary, Vocabulary.id == Term.vocabulary_id).where(Term.slug == slug)
        ).one_or_none()  # fmt: skip
        if term is None or term.kind not in KINDS:
            raise Invalid(N_("This cannot be saved yet."), fields={"slug": N_("Choose a theme, group or goal.")})
        check_institution(session, actor_id, role)
        same = (RoutingRule.term_id == term.id, RoutingRule.actor_id == actor_id)
        rule = session.scalars(select(RoutingRule).where(*same)).one_or_none()
        if rule is None:
            rule = RoutingRule(term_id=term.id, actor_id=actor_id, role=role)
            session.add(rule)
        elif rule.role == role:
            return rule.id
        rule.role = role
        session.flush()
        said = {"term": slug, "actor": actor_id, "role": role}
        record_event(session, person.mark, "routing.add", f"routing_rule/{rule.id}", said)
        return rule.id


def remove_rule(rule_id: int, *, person: Person) -> None:
    """Take a rule away; what it proposed and nobody has decided goes with it, what was decided stays."""
    require(person, "routing.edit")
    with transaction() as session:
        index.lock(session)
        rule = session.get(RoutingRule, rule_id)
        if rule is None:
            raise NotFound(N_("There is no such rule."))
        said = {"term": rule.term_id, "actor": rule.actor_id, "role": rule.role}
        open_ = (Assignment.rule_id == rule_id, Assignment.state == "proposed")
        session.execute(delete(Assignment).where(*open_))
        session.delete(rule)
        session.flush()
        record_event(session, person.mark, "routing.remove", f"routing_rule/{rule_id}", said)


def rules(session: Session) -> list[Rule]:
    """All rules by their terms, each with how much it reaches: a constant number of queries."""
    engine, free = Engine(session), unassigned(session)
    found = []
    for rule, kind, slug in _rules(session):
        reached = engine.postings(kind).get(slug) or BitMap()
        found.append(Rule(rule.id, kind, slug, rule.actor_id, rule.role, len(reached), len(reached & free)))
    return found


def unassigned(session: Session) -> BitMap:
    """What nobody has been proposed or assigned to, nor to a component of it; what was declined waits for a person."""
    table = Recommendation
    busy = Assignment.state.in_((*OPEN, "declined"))
    own = session.scalars(select(Assignment.recommendation_id).where(busy).distinct())
    parts = session.scalars(
        select(table.parent_id).join(Assignment, Assignment.recommendation_id == table.id).where(busy).distinct()
    )
    return BitMap(Engine(session).everything) - BitMap(own) - BitMap(id_ for id_ in parts if id_ is not None)


def preview(session: Session, rule_ids: Collection[int] | None = None) -> dict[int, Parts]:
    """What the rules (all by default) would propose, by recommendation.

    Where several rules would give it to several leads, the rule of the rarest term wins, for it says most; the others
    are proposed as support.
    """
    engine, free = Engine(session), unassigned(session)
    reaching = []
    for rule, kind, slug in _rules(session):
        if rule_ids is None or rule.id in rule_ids:
            bits = engine.postings(kind).get(slug)
            if bits:
                reaching.append((len(bits), rule, bits & free))
    found: dict[int, Parts] = {}
    for _size, rule, bits in sorted(reaching, key=lambda row: (row[0], row[1].id)):
        for id_ in bits:
            parts = found.setdefault(id_, {})
            led = any(part.role == LEAD for part in parts.values())
            role = SUPPORT if led else rule.role
            parts.setdefault(rule.actor_id, Part(role, "proposed", None, rule.id))
    return found


def run(rule_ids: Collection[int] | None = None, *, person: Person) -> int | None:
    """Propose what the rules say; the number of the change, which can be undone, None where there was nothing."""
    require(person, "routing.edit")
    with transaction() as session:
        index.lock(session)
        wanted = preview(session, rule_ids)
        before = rows.load(session, wanted)
        changes = rows.changes_between(before, {id_: before[id_] | parts for id_, parts in wanted.items()})
        return bulk.carry_out(session, _plan(changes), person, {"routing": "propose"}) if changes else None


def decide(proposals: Collection[int] | None, yes: bool, *, person: Person) -> int | None:
    """Assign what was proposed (assignment ids; all where None), or end it; the number of the change.

    None where nothing of it is still proposed, so that a second click does nothing.
    """
    require(person, "assignment.assign")
    with transaction() as session:
        index.lock(session)
        wanted = _proposed(session, proposals)
        if not wanted:
            return None
        before = rows.load(session, {id_ for id_, _actor, _role in wanted})
        after = dict(before)
        for id_, actor, role in sorted(wanted, key=lambda row: row[2] == LEAD):
            after[id_] = _accepted(after[id_], actor, role) if yes else rows.take(after[id_], actor)
        changes = rows.changes_between(before, after)
        return bulk.carry_out(session, _plan(changes), person, {"routing": "accept" if yes else "refuse"})


def _accepted(parts: Parts, actor: int, role: str) -> Parts:
    """A proposal takes the lead from nobody: where somebody leads by now, it becomes support."""
    return rows.give(parts, actor, SUPPORT if set(leads(parts)) - {actor} else role)


def _proposed(session: Session, proposals: Collection[int] | None) -> list[tuple[int, int, str]]:
    table = Assignment
    columns = (table.recommendation_id, table.actor_id, table.role)
    statement = select(*columns).where(table.state == "proposed").order_by(table.id)
    if proposals is None:
        return [(id_, actor, role) for id_, actor, role in session.execute(statement)]
    found: list[tuple[int, int, str]] = []
    for chunk in chunks(proposals, LARGE):
        found += [(id_, actor, role) for id_, actor, role in session.execute(statement.where(table.id.in_(chunk)))]
    return found


def _plan(changes: rows.Changes) -> bulk.Plan:
    return {
        id_: {
            f"actor/{actor}": (as_list(old) if old else None, as_list(new) if new else None)
            for actor, (old, new) in by_actor.items()
        }
        for id_, by_actor in changes.items()
    }


def _rules(session: Session) -> list[tuple[RoutingRule, str, str]]:
    found = session.execute(
        select(RoutingRule, Vocabulary.kind, Term.slug)
        .join(Term, Term.id == RoutingRule.term_id)
        .join(Vocabulary, Vocabulary.id == Term.vocabulary_id)
        .order_by(Vocabulary.kind.desc(), Term.slug, RoutingRule.id)
    )
    return [(rule, kind, slug) for rule, kind, slug in found]
