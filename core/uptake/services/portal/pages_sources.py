"""What the page on sources shows: each source's freshness, and what every import brought and found."""

from __future__ import annotations

import datetime
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from uptake.models.imports import ImportFinding, ImportRun, Source
from uptake.services.portal.pages import Freshness, everything, freshness

RUNS = 50
FINDINGS = 12


@dataclass(slots=True)
class Finding:
    """Something that a run had to say, and how often."""

    severity: str
    code: str
    message: str
    values: dict[str, Any]
    count: int


@dataclass(slots=True)
class Run:
    """One import."""

    number: int
    source: str
    importer: str
    file: str
    status: str
    started: datetime.datetime
    counts: dict[str, int]
    found: int = 0
    findings: list[Finding] = field(default_factory=list)


@dataclass(slots=True)
class Sources:
    """Where everything comes from."""

    sources: list[Freshness]
    runs: list[Run]


def sources(session: Session) -> Sources:
    """The sources, and the latest imports with what they found."""
    engine, whole = everything(session)
    runs = _runs(session)
    _add_findings(session, runs)
    return Sources(freshness(session, engine, whole), list(runs.values()))


def _runs(session: Session) -> dict[int, Run]:
    rows = session.execute(
        select(ImportRun.id, Source.code, ImportRun.importer, ImportRun.file_name, ImportRun.status, ImportRun.started,
               ImportRun.counts)
        .join(Source, Source.id == ImportRun.source_id)
        .order_by(ImportRun.id.desc())
        .limit(RUNS)
    )  # fmt: skip
    return {row[0]: Run(*row[:6], row[6] or {}) for row in rows}


def _add_findings(session: Session, runs: dict[int, Run]) -> None:
    table = ImportFinding
    merged: dict[tuple[int, str, str], Finding] = {}
    rank = func.row_number().over(partition_by=(table.run_id, table.code), order_by=table.count.desc()).label("rank")
    total = func.sum(table.count).over(partition_by=(table.run_id, table.code)).label("total")
    inner = (
        select(table.run_id, table.severity, table.code, table.message, table.values, total, rank)
        .where(table.run_id.in_(runs))
        .subquery()
    )
    for run, severity, code, message, values, count in session.execute(
        select(*inner.c[:6]).where(inner.c.rank == 1).order_by(inner.c.total.desc())
    ):
        merged[run, code, message] = Finding(severity, code, message, values, int(count))
    by_run: defaultdict[int, list[Finding]] = defaultdict(list)
    for (run, _code, _message), finding in merged.items():
        by_run[run].append(finding)
    for number, listed in by_run.items():
        runs[number].findings = listed[:FINDINGS]
        runs[number].found = sum(finding.count for finding in listed)
