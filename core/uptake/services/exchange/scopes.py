"""What each kind of package holds: the public part of a site, everything but secrets, or a backup with all of it.

Public is what a visitor's pages show, named table by table: what nobody has named stays inside.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import Column, ColumnElement, Connection, Table, and_, or_, select, true
from sqlalchemy.orm import Session

from uptake import migrate
from uptake.db import Base
from uptake.hooks.registry import Registry
from uptake.models.actors import Actor
from uptake.models.documents import Document, DocumentTitle
from uptake.models.imports import ImportChange, ImportFinding, ImportRun, Source
from uptake.models.jobs import Job
from uptake.models.mechanisms import Mechanism, MechanismAlias
from uptake.models.progress import (
    Assessment,
    Evidence,
    SiteSetting,
    StatusValue,
    StoredFile,
    Update,
    UpdateItem,
    UpdateText,
)
from uptake.models.recommendations import (
    Alias,
    ExternalId,
    OtherState,
    Position,
    Recommendation,
    RecommendationText,
    Recommender,
    Withdrawal,
)
from uptake.models.responsibility import Assignment, FollowUp
from uptake.models.states import State, StateAlias
from uptake.models.vocabularies import Tag, Term, TermLink, Vocabulary
from uptake.services.exchange.columns import Shape
from uptake.services.exchange.manifest import BACKUP, PUBLIC
from uptake.services.lists import export_jobs
from uptake.services.responsibility.assignment_rows import ACTIVE

NEVER = frozenset({"search_posting", "search_state"})  # built anew from the rest
OF_THIS_MACHINE = frozenset({"job", "plugin_fault", "sign_in", "invitation", "user_passkey"})
PUBLIC_SETTINGS = ("home_text", "stale_after_days")
SECRET = re.compile(r"password|secret|token|recovery_codes|(^|_)(phone_number|user_handle|uniquifier)")
_PERSON = re.compile(r'(\\*")user/\d+(\\*")')
Convert = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Part:
    """What a package holds of one table: some columns of some rows, some of them made nameless."""

    shape: Shape
    where: ColumnElement[bool] | None = None
    masked: Mapping[str, Convert] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Public:
    where: ColumnElement[bool] | None = None
    without: tuple[str, ...] = ()
    masked: Mapping[str, Convert] = field(default_factory=dict)


def tables(registry: Registry) -> list[Table]:
    """The tables of the core and of the plugins that run, each behind those that it refers to."""
    owners = migrate.components(registry)
    return [table for table in Base.metadata.sorted_tables if any(one.owns(table.name) for one in owners)]


def parts(registry: Registry, holds: str, connection: Connection) -> list[Part]:
    """What a package of this kind holds of each table, as ``connection`` sees the site."""
    found = [table for table in tables(registry) if table.name not in NEVER]
    if holds == BACKUP:
        return [Part(Shape.of(table)) for table in found]
    if holds == PUBLIC:
        allowed = _CORE | _of_plugins(registry, found, connection)
        return [_public(table, allowed[table.name]) for table in found if table.name in allowed]
    return [part for table in found if table.name not in OF_THIS_MACHINE and (part := _without_secrets(table))]


def is_secret(table: Table, name: str) -> bool:
    """Whether a column holds what opens a door: said by the model (``info={"secret": …}``), else by its name."""
    told = table.columns[name].info.get("secret")
    return SECRET.search(name) is not None if told is None else bool(told)


def _without_secrets(table: Table) -> Part | None:
    """Everything but secrets and files that wait for their download; a table that is nothing without them is left out."""
    secret = {column.name for column in table.columns if is_secret(table, column.name)}
    needed = [
        column for column in table.columns if column.name in secret and not column.nullable and column.default is None
    ]
    shape = Shape.of(table, [one.name for one in table.columns if one.name not in secret])
    return None if needed else Part(shape, _KEPT if table is _table(StoredFile) else None)


def _of_plugins(registry: Registry, found: Sequence[Table], connection: Connection) -> dict[str, _Public]:
    """What the plugins say of their own tables, each behind those that it refers to."""
    without: dict[str, Iterable[str]] = {}
    rows: dict[str, ColumnElement[bool]] = {}
    with Session(connection) as session:
        for one in registry.tables.values():
            without |= one.public
            rows |= one.public_rows(session) if one.public_rows else {}
    allowed: dict[str, _Public] = {}
    for table in found:
        if table.name in without and table.name not in migrate.CORE_TABLES:
            allowed[table.name] = _of_plugin(table, without[table.name], rows.get(table.name, true()), _CORE | allowed)
    return allowed


def _of_plugin(
    table: Table, without: Iterable[str], rows: ColumnElement[bool], allowed: Mapping[str, _Public]
) -> _Public:
    """What refers to a row that is not public is left out, and columns that refer to what never is."""
    hidden: set[str] = set(without)
    wanted = [rows]
    for key in table.foreign_keys:
        to: Column[Any] = key.column
        if to.table is table:
            continue
        if to.table.name not in allowed:
            hidden.add(key.parent.name)
        elif (where := allowed[to.table.name].where) is not None:
            wanted.append(or_(key.parent.is_(None), key.parent.in_(select(to).where(where))))
    return _Public(and_(*wanted), tuple(hidden))


def _public(table: Table, allowed: _Public) -> Part:
    hidden = {one.name for one in table.columns if one.name in allowed.without or is_secret(table, one.name)}
    names = [one.name for one in table.columns if one.name not in hidden]
    return Part(Shape.of(table, names), allowed.where, allowed.masked)


def _somebody(_mark: str) -> str:
    return "person"


def _nameless(text: str) -> str:
    return _PERSON.sub(r"\1person\2", text)


def _table(model: type[Base]) -> Table:
    return cast("Table", model.__table__)


_GONE = select(Withdrawal.recommendation_id)
_HIDDEN = select(Recommendation.id).where(or_(Recommendation.id.in_(_GONE), Recommendation.parent_id.in_(_GONE)))
_SAID = select(Update.id).where(Update.state == "published")
_MADE = select(Job.result["file"].as_integer()).where(
    Job.kind == export_jobs.KIND, Job.result["file"].as_string().is_not(None)
)
_KEPT = StoredFile.id.not_in(_MADE)
_SHOWN = select(Evidence.file_id).where(Evidence.update_id.in_(_SAID), Evidence.file_id.is_not(None))
_PUBLIC: dict[type[Base], _Public] = {
    State: _Public(),
    StateAlias: _Public(),
    Mechanism: _Public(),
    MechanismAlias: _Public(),
    Source: _Public(),
    StatusValue: _Public(),
    ImportRun: _Public(without=("error",)),
    ImportFinding: _Public(),
    ImportChange: _Public(ImportChange.recommendation_id.not_in(_HIDDEN), masked={"before": _nameless}),
    Vocabulary: _Public(),
    Term: _Public(),
    TermLink: _Public(),
    Document: _Public(),
    DocumentTitle: _Public(),
    Actor: _Public(without=("email", "phone", "mandate", "mandate_file_id")),
    Recommendation: _Public(Recommendation.id.not_in(_HIDDEN)),
    RecommendationText: _Public(RecommendationText.recommendation_id.not_in(_HIDDEN)),
    OtherState: _Public(OtherState.recommendation_id.not_in(_HIDDEN)),
    Recommender: _Public(Recommender.recommendation_id.not_in(_HIDDEN)),
    Position: _Public(Position.recommendation_id.not_in(_HIDDEN)),
    ExternalId: _Public(ExternalId.recommendation_id.not_in(_HIDDEN)),
    Alias: _Public(Alias.recommendation_id.not_in(_HIDDEN)),
    Tag: _Public(Tag.recommendation_id.not_in(_HIDDEN), masked={"confirmed_by": _somebody}),
    FollowUp: _Public(
        FollowUp.recommendation_id.not_in(_HIDDEN), without=("priority", "priority_reason", "priority_note", "due")
    ),
    Assignment: _Public(
        (Assignment.recommendation_id.not_in(_HIDDEN)) & Assignment.state.in_(ACTIVE), without=("reason", "rule_id")
    ),
    Update: _Public(
        Update.state == "published",
        without=("author_id", "returned", "publish_on", "gate", "submitted", "once"),
    ),
    UpdateText: _Public(UpdateText.update_id.in_(_SAID)),
    UpdateItem: _Public(UpdateItem.update_id.in_(_SAID) & UpdateItem.recommendation_id.not_in(_HIDDEN)),
    Evidence: _Public(Evidence.update_id.in_(_SAID)),
    StoredFile: _Public(StoredFile.id.in_(_SHOWN), without=("user_id",)),
    Assessment: _Public(
        (Assessment.state == "published") & Assessment.recommendation_id.not_in(_HIDDEN), without=("author_id",)
    ),
    SiteSetting: _Public(SiteSetting.name.in_(PUBLIC_SETTINGS)),
}
_CORE = {_table(model).name: allowed for model, allowed in _PUBLIC.items()}
