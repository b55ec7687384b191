"""Runs an importer over a file: one transaction, all of it or nothing, in flat memory."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, select, text, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from uptake.db import is_sqlite, transaction
from uptake.errors import AppError, Busy, Conflict, Invalid
from uptake.hooks.calls import objections
from uptake.hooks.contributions import ImportFacts
from uptake.hooks.kinds import FileInfo, Importer, ReadOptions
from uptake.hooks.registry import Registry
from uptake.models.imports import ImportFinding, ImportRun
from uptake.models.recommendations import ExternalId
from uptake.search import index
from uptake.services.audit import record_event
from uptake.services.importing.batches import Batches
from uptake.services.importing.findings import Findings
from uptake.services.importing.reading import Reading
from uptake.services.importing.report import ImportOptions, ImportReport
from uptake.services.importing.source_file import Progress, checksum, choose_importer, inspect_file
from uptake.services.importing.sources import source_code, source_id
from uptake.services.importing.vanished import Scope, mark_vanished
from uptake.services.labels import Labels, StateLabels
from uptake.services.telling.webhooks import announce

PATIENCE = 2.0
LOCK = 0x75707461
Look = Callable[[Session, ImportReport, int], None]


def run_import(
    registry: Registry,
    path: Path,
    *,
    importer_name: str | None = None,
    options: ImportOptions | None = None,
    actor: str = "system",
    progress: Progress | None = None,
    look: Look | None = None,
) -> ImportReport:
    """Import a file. ``look`` sees what was written and the number of the run before the transaction ends, either way.

    Raises ``NotFound`` for a missing file or importer, ``Invalid`` for a file that cannot be read as a whole, and
    ``Conflict`` while another import is writing. Where records are refused and ``skip_refused`` is off, nothing is
    applied and the report says which and why.
    """
    options = options or ImportOptions()
    file = inspect_file(path)
    importer = registry.importer(importer_name) if importer_name else choose_importer(registry, file)
    report = ImportReport(file.name, importer.name)
    run_id = None if options.dry_run else _open_run(importer, file, options)
    try:
        with _write(file) as current:
            run = current.get(ImportRun, run_id) if run_id else _new_run(current, importer, file, options)
            assert run is not None
            _fill(current, registry, importer, file, options, run, report, progress)
            report.applied = _is_wanted(options, report.refused)
            if report.applied:
                report.run = run.id
                _close_run(current, run, report, actor)
            if look:
                look(current, report, run.id)
            if not report.applied:
                raise _Undecided
    except _Undecided:
        _note_failure(run_id, "" if options.dry_run else f"{report.refused} records were refused")
    except BaseException as error:
        _note_failure(run_id, str(error) or type(error).__name__)
        raise
    return report


def _is_wanted(options: ImportOptions, refused: int) -> bool:
    """Whether the run is to be kept."""
    return not options.dry_run and (not refused or options.skip_refused)


class _Undecided(Exception):
    """Leaves the transaction without keeping anything."""


def _fill(
    current: Session,
    registry: Registry,
    importer: Importer,
    file: FileInfo,
    options: ImportOptions,
    run: ImportRun,
    report: ImportReport,
    progress: Progress | None,
) -> None:
    labels, findings = Labels(current), Findings()
    wanted = _wanted(labels, options.states)
    read_options = ReadOptions(file.path, options.mapping, options.language, _Wants(labels, wanted) if wanted else None)
    edition = importer.edition(file, read_options)
    batches = Batches(current, importer, run, edition, labels, findings, registry, wanted)
    patience = None if registry.origins.get(("register_importers", importer.name)) == "core" else options.patience
    reading = Reading(
        importer, read_options, file.size, contents=batches.first and not options.dry_run, patience=patience
    )
    scope = Scope(importer, run, edition, file, wanted, options.complete)
    with _collector_paused():
        for items in reading.batches(progress):
            batches.take(items)
            items.clear()  # before the next batch comes
        report.vanished = mark_vanished(current, scope, batches.seen, batches.touched, findings)
        _tell(report, batches, read_options.skipped, findings)
        _ask_plugins(current, registry, report, run, findings)
        if _is_wanted(options, findings.refused):
            index.add(current, batches.touched, batches.written)
    _tell(report, batches, read_options.skipped, findings)
    current.add_all(
        ImportFinding(run_id=run.id, severity=entry.severity, code=entry.code, message=entry.message,
                      values=entry.values, count=entry.count, places=entry.places)
        for entry in findings.entries()
    )  # fmt: skip


def _ask_plugins(
    current: Session, registry: Registry, report: ImportReport, run: ImportRun, findings: Findings
) -> None:
    """Take in what plugins have against the import as a whole: what stops it counts as refused."""
    known = select(func.count()).select_from(ExternalId).where(ExternalId.source_id == run.source_id)
    facts = ImportFacts(
        report.importer, source_code(current, run.source_id), report.file, run.options["states"], report.read, report.new,
        report.changed, report.same, findings.refused, report.vanished, current.scalar(known) or 0,
    )  # fmt: skip
    for one in objections(registry, "check_import", facts):
        words = f"{one.message} {one.remedy}".strip()
        values = {name: str(value) for name, value in one.values.items()}
        findings.add(report.file, "plugin", words, "refused" if one.stops else "warning", **values)


def _tell(report: ImportReport, batches: Batches, skipped: int, findings: Findings) -> None:
    """Fill the report with what was counted and found."""
    report.skipped = skipped + batches.skipped
    report.read, report.rows = batches.read + skipped, batches.rows + skipped
    report.new, report.changed = batches.new, batches.changed
    report.same, report.matched = batches.same, batches.matched
    report.refused = findings.refused
    report.findings = [entry.as_json() for entry in findings.entries()]


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Millions of short-lived rows and no cycles: walking through them again and again takes a quarter of the time."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def _wanted(labels: Labels, codes: Sequence[str]) -> frozenset[int]:
    unknown = [code for code in codes if code not in labels.codes]
    if unknown:
        raise Invalid(
            "There is no State with the code {code}.", remedy="Use an ISO 3166 alpha-3 code.", code=", ".join(unknown)
        )
    return frozenset(labels.codes[code] for code in codes)


class _Wants:
    """Whether a record is of a wanted State; another process can be given it."""

    def __init__(self, labels: Labels, wanted: frozenset[int]) -> None:
        self._states, self._wanted = StateLabels(labels.states, labels.codes), wanted

    def __call__(self, states: Sequence[str], symbol: str | None) -> bool:
        found = {self._states.state(label) for label in states} - {None}
        return not self._wanted.isdisjoint(found or {self._states.state_in_symbol(symbol)})


@contextmanager
def _write(file: FileInfo) -> Iterator[Session]:
    try:
        with transaction(patience=PATIENCE) as current:
            if not is_sqlite(current):
                if not current.scalar(text("select pg_try_advisory_xact_lock(:key)"), {"key": LOCK}):
                    raise _busy()
                current.execute(
                    text("set local lock_timeout = 0")
                )  # it waits for people, who write one thing at a time
            yield current
    except Busy as error:
        raise _busy() from error
    except OperationalError as error:
        raise _explain(error, file.name) from error


def _explain(error: OperationalError, file: str) -> AppError:
    words = str(error.orig)
    if "locked" in words or "busy" in words:
        return _busy()
    if "full" in words or "No space left" in words:
        return Conflict(
            "The disk is full: {file} was not imported.", remedy="Make room and import it again.", file=file
        )
    return Conflict("The database failed while {file} was imported: {error}.", remedy="Nothing was kept; try again.",
                    file=file, error=words)  # fmt: skip


def _busy() -> Conflict:
    return Conflict("Another import is writing to this database.", remedy="Wait until it has ended and import again.")


def _open_run(importer: Importer, file: FileInfo, options: ImportOptions) -> int:
    """Leave a trace before the work begins, so that an import that was killed shows; older such traces end here."""
    with _write(file) as current:
        if is_sqlite(current):
            current.execute(text("select 1"))
        interrupted = (
            update(ImportRun).where(ImportRun.status == "running").values(status="failed", error="interrupted")
        )
        current.execute(interrupted)
        return _new_run(current, importer, file, options).id


def _new_run(current: Session, importer: Importer, file: FileInfo, options: ImportOptions) -> ImportRun:
    source = importer.source if not options.mapping_name else f"{importer.source}:{options.mapping_name}"
    run = ImportRun(
        importer=importer.name,
        source_id=source_id(current, source),
        file_name=file.name,
        checksum=checksum(file.path),
        size=file.size,
        options={"states": list(options.states), "mapping": options.mapping_name, "language": options.language},
        status="running",
        started=datetime.now(UTC),
    )
    current.add(run)
    current.flush()
    return run


def _close_run(current: Session, run: ImportRun, report: ImportReport, actor: str) -> None:
    run.status, run.error, run.finished = "applied", None, datetime.now(UTC)
    run.counts = {name: getattr(report, name) for name in ImportReport.COUNTS}
    record_event(current, actor, "import.apply", f"import_run/{run.id}", {"file": run.file_name, "checksum": run.checksum,
                 "importer": run.importer, **run.counts})  # fmt: skip
    announce(current, "import.applied", {"import": run.id, "importer": run.importer, "counts": run.counts})


def _note_failure(run_id: int | None, error: str) -> None:
    if run_id is None:
        return
    error = error[:2000].replace("\0", "").encode("utf-8", "replace").decode("utf-8")
    try:
        with transaction() as current:
            current.execute(
                update(ImportRun)
                .where(ImportRun.id == run_id)
                .values(status="failed", error=error, finished=datetime.now(UTC))
            )
    except (OperationalError, Busy):
        return
