"""The imports that there were: what each brought, what it had to say, who did it, and the jobs behind them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from uptake.errors import NotFound, fill
from uptake.i18n import N_
from uptake.models.audit import AuditEntry
from uptake.models.imports import ImportFinding, ImportRun
from uptake.services.authors import Authors
from uptake.services.permissions import Person, require

PAGE = 25
FINDINGS = 200
SEVERITIES = ("refused", "warning", "info")
COLUMNS = ("severity", "code", "message", "count", "places")


@dataclass(slots=True)
class RunRow:
    """One run in the list; ``who`` applied it, ``why`` somebody took it back."""

    run: ImportRun
    who: str = ""
    why: str = ""


@dataclass(slots=True)
class RunPage:
    """One run with what it had to say; ``codes`` and ``severities`` count everything, whatever is shown."""

    row: RunRow
    findings: list[ImportFinding] = field(default_factory=list)
    severities: dict[str, int] = field(default_factory=dict)
    codes: dict[str, int] = field(default_factory=dict)


def runs(session: Session, number: int, *, person: Person) -> tuple[list[RunRow], int]:
    """A page of runs, the newest first, and how many pages there are."""
    require(person, "import.view")
    total = session.scalar(select(func.count()).select_from(ImportRun)) or 0
    rows = session.scalars(select(ImportRun).order_by(ImportRun.id.desc()).limit(PAGE).offset((number - 1) * PAGE))
    return _named(session, list(rows)), max(1, -(-total // PAGE))


def run(session: Session, id_: int, *, person: Person, severity: str = "", code: str = "") -> RunPage:
    """One run, its findings narrowed to a severity or code. Raises ``NotFound``."""
    require(person, "import.view")
    found = session.get(ImportRun, id_)
    if found is None:
        raise NotFound(N_("There is no import {number}."), remedy=N_("Look at the list of imports."), number=id_)
    page = RunPage(_named(session, [found])[0])
    kinds = session.execute(
        select(ImportFinding.severity, ImportFinding.code, func.sum(ImportFinding.count))
        .where(ImportFinding.run_id == id_)
        .group_by(ImportFinding.severity, ImportFinding.code)
    )
    for kind, name, count in kinds:
        page.severities[kind] = page.severities.get(kind, 0) + int(count)
        page.codes[name] = page.codes.get(name, 0) + int(count)
    wanted = select(ImportFinding).where(*_where(id_, severity, code)).order_by(ImportFinding.id).limit(FINDINGS)
    page.findings = list(session.scalars(wanted))
    return page


def findings(session: Session, id_: int, *, person: Person, severity: str = "", code: str = "") -> Iterator[list[Any]]:
    """All findings of a run as rows under ``COLUMNS``."""
    require(person, "import.view")
    for one in session.scalars(select(ImportFinding).where(*_where(id_, severity, code)).order_by(ImportFinding.id)):
        yield [one.severity, one.code, fill(one.message, one.values), one.count, "; ".join(one.places)]


def _where(id_: int, severity: str, code: str) -> list[Any]:
    where = [ImportFinding.run_id == id_]
    if severity:
        where.append(ImportFinding.severity == severity)
    if code:
        where.append(ImportFinding.code == code)
    return where


def _named(session: Session, found: list[ImportRun]) -> list[RunRow]:
    """Who and why, from the audit trail: two queries however many there are."""
    subjects = [f"import_run/{one.id}" for one in found]
    entries = list(session.scalars(select(AuditEntry).where(AuditEntry.subject.in_(subjects)).order_by(AuditEntry.id)))
    authors = Authors(session, [entry.actor for entry in entries])
    applied = {entry.subject: authors.name(entry.actor) for entry in entries if entry.action == "import.apply"}
    why = {entry.subject: entry.reason or "" for entry in entries if entry.action == "import.undo"}
    return [RunRow(one, applied.get(s, ""), why.get(s, "")) for one, s in zip(found, subjects, strict=True)]
