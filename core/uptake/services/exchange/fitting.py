"""Whether a package fits a site: made by the same tables, and nothing here that it would write over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import Table, func, inspect, select
from sqlalchemy.orm import Session

from uptake import migrate
from uptake.db import Base
from uptake.errors import Conflict, Invalid
from uptake.hooks.registry import Registry
from uptake.services.exchange import scopes
from uptake.services.exchange.archive import Package
from uptake.services.exchange.columns import Shape, may_lack
from uptake.services.exchange.manifest import TablePart
from uptake.services.exchange.writing import UNKNOWABLE

REFERENCE = frozenset({
    "state", "state_alias", "mechanism", "mechanism_alias", "vocabulary", "term", "term_link", "status_value", "source",
    "search_state", "search_posting",
})  # fmt: skip
ACCOUNTS = frozenset({
    "user_account", "user_passkey", "sign_in", "invitation", "membership", "person_setting", "audit_entry", "job", "notice",
    "plugin_fault",
})  # fmt: skip


@dataclass(slots=True)
class Plan:
    """What is to be written: each table with its part of the package. ``skipped`` are tables that nobody here owns."""

    filled: list[tuple[Shape, TablePart]] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)


def fit(package: Package, session: Session, registry: Registry) -> Plan:
    """Which tables take which part. Raises ``Invalid`` where the package was made by other versions of the tables."""
    here = {one.component: one for one in migrate.status(session.get_bind().engine, migrate.components(registry))}
    known = {table.name: table for table in scopes.tables(registry) if table.name not in scopes.NEVER}
    _check_revisions(package, {name: one.current or "" for name, one in here.items()})
    plan = Plan()
    given = {part.table: part for part in package.manifest.tables}
    plan.skipped = sorted(given.keys() - known.keys())
    if strange := [name for name in plan.skipped if _is_core(name, package)]:
        raise _not_ours(package, strange[0])
    for name, table in known.items():
        if name in given:
            plan.filled.append((_shape(package, table, given[name]), given[name]))
    return plan


def check_empty(session: Session, plan: Plan) -> None:
    """Raise ``Conflict`` where the site holds anything that would be written over, or refers to what would."""
    written = {shape.table.name for shape, _part in plan.filled}
    watched = [
        Base.metadata.tables[name]
        for name in sorted(migrate.CORE_TABLES - REFERENCE)
        if name in written or name not in ACCOUNTS
    ]
    held = {table.name: count for table in watched if (count := _count(session, table))}
    if held:
        raise Conflict(
            "This site is not empty: {held}.",
            remedy="Make a new instance with uptake init. Or let a backup take the place of all that is here, with: "
            "uptake restore FILE --replace",
            held=", ".join(f"{name} {count}" for name, count in held.items()),
        )  # fmt: skip


def check_leftovers(session: Session, registry: Registry) -> None:
    """Raise ``Conflict`` where a plugin that does not run has left tables, which may refer to what would go."""
    known = {table.name for table in scopes.tables(registry)}
    names = [name for name in inspect(session.connection()).get_table_names() if not name.startswith(UNKNOWABLE)]
    if left := sorted(set(names) - known):
        raise Conflict(
            "Here are tables of plugins that do not run: {names}.",
            remedy="Enable these plugins, or take their tables away with: uptake plugin purge NAME",
            names=", ".join(left),
        )


def _check_revisions(package: Package, here: dict[str, str]) -> None:
    for name, revision in package.manifest.components.items():
        if name in here and here[name] != revision:
            raise Invalid(
                "{file} was made by Uptake {uptake} with the tables of {component} at {theirs}; here they are at {ours}.",
                remedy="Nothing was changed. Bring it into an instance of that version, then upgrade it with: uptake db upgrade",
                file=package.name, uptake=package.manifest.uptake, component=name, theirs=revision or "-",
                ours=here[name] or "-",
            )  # fmt: skip
    if "core" not in package.manifest.components:
        raise Invalid("{file} does not say which tables it was made with.", file=package.name)


def _is_core(name: str, package: Package) -> bool:
    """Whether a table belongs to no plugin that the package names."""
    return not any(name.startswith(f"{one}_") for one in package.manifest.components if one != "core")


def _shape(package: Package, table: Table, part: TablePart) -> Shape:
    if unknown := sorted(set(part.columns) - set(table.columns.keys())):
        raise _not_ours(package, f"{table.name}.{unknown[0]}")
    shape = Shape.of(table, part.columns)
    for column in table.columns:
        if column.name not in part.columns and not may_lack(column):
            raise Invalid("{file} lacks {name}.", file=package.name, name=f"{table.name}.{column.name}")
    return shape


def _not_ours(package: Package, name: str) -> Invalid:
    return Invalid("{file} holds {name}, which no table here has.", file=package.name, name=name)


def _count(session: Session, table: Table) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def names_of(tables: Iterable[Table]) -> str:
    """Tables as SQL lists them."""
    return ", ".join(f'"{table.name}"' for table in tables)
