"""Takes an import back: afterwards the database holds what it held before."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from pyroaring import BitMap
from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session

from uptake.db import chunks, transaction
from uptake.errors import Conflict, NotFound
from uptake.models.audit import AuditEntry
from uptake.models.documents import Document
from uptake.models.imports import ImportChange, ImportRun
from uptake.models.progress import Assessment, Comment, UpdateItem
from uptake.models.recommendations import ExternalId, Recommendation
from uptake.models.responsibility import Assignment, BulkChange, ClusterMember, FollowUp
from uptake.models.vocabularies import Tag, Term, Vocabulary
from uptake.search import index
from uptake.services.audit import record_event
from uptake.services.importing import aggregates
from uptake.services.importing.aggregates import Aggregate, from_json
from uptake.services.telling.webhooks import announce

FOLLOWED_UP = (Assignment.recommendation_id, FollowUp.recommendation_id, ClusterMember.recommendation_id,
               UpdateItem.recommendation_id, Assessment.recommendation_id, Comment.recommendation_id)  # fmt: skip


def undo_import(run_id: int, actor: str = "system", reason: str | None = None) -> dict[str, int]:
    """Undo a run; how many recommendations were removed and put back.

    Raises ``NotFound`` for an unknown run, ``Conflict`` for one that was not applied, and where a later run or a person
    has gone on working with what it brought: that has to be undone first.
    """
    with transaction() as session:
        index.lock(session)
        run = session.get(ImportRun, run_id)
        if run is None:
            raise NotFound("There is no import run {run}.", run=run_id)
        if run.status != "applied":
            raise Conflict("Run {run} is {status}; only an applied run can be undone.", run=run_id, status=run.status)
        created = BitMap(session.scalars(select(Recommendation.id).where(Recommendation.run_id == run_id)))
        before = _journal(session, run_id)
        marked = _marked(session, run)
        _refuse_later_work(session, run, created | BitMap(before), marked)
        _refuse_follow_up(session, run, created)
        index.remove(session, _top_level(session, created) | BitMap(before) | marked)
        _put_back(session, before)
        _remove(session, run, created)
        index.add(session, (BitMap(before) | marked) - created)
        run.status, run.finished = "undone", datetime.now(UTC)
        counts = {"removed": len(created), "restored": len(before)}
        record_event(session, actor, "import.undo", f"import_run/{run_id}", counts, reason)
        announce(session, "import.undone", {"import": run_id, "counts": counts})
    return counts


def _journal(session: Session, run_id: int) -> dict[int, Aggregate]:
    rows = session.execute(
        select(ImportChange.recommendation_id, ImportChange.before).where(ImportChange.run_id == run_id)
    )
    return {id_: from_json(data if isinstance(data, dict) else json.loads(data)) for id_, data in rows}


def _marked(session: Session, run: ImportRun) -> BitMap:
    """The recommendations whose feed records this run marked as vanished, or as back."""
    journal: dict[str, Any] = run.journal or {}
    found = BitMap()
    for chunk in chunks([*journal.get("vanished", ()), *map(int, journal.get("back") or {})]):
        found.update(session.scalars(select(ExternalId.recommendation_id).where(ExternalId.id.in_(chunk))))
    return found


def _top_level(session: Session, ids: BitMap) -> BitMap:
    children = BitMap(session.scalars(select(Recommendation.id).where(Recommendation.parent_id.is_not(None))))
    return ids - children


def _refuse_later_work(session: Session, run: ImportRun, touched: BitMap, marked: BitMap) -> None:
    later = _changing_later(session, run, touched | marked) | _marking_later(session, run, touched | marked)
    if later:
        raise Conflict(
            "Later runs changed what run {run} brought.",
            remedy="Undo these first, the newest first: {later}.",
            run=run.id,
            later=", ".join(map(str, sorted(later, reverse=True))),
        )
    people = touched & _changed_by_people(session, run)
    if people:
        raise Conflict(
            "People have since changed {count} recommendations that run {run} brought; undoing it would lose their work.",
            remedy="Take those changes back first.",
            count=len(people),
            run=run.id,
        )


def _refuse_follow_up(session: Session, run: ImportRun, created: BitMap) -> None:
    """What institutions have been given or have said is not lost with the recommendation that it hangs on."""
    used = BitMap()
    for column in FOLLOWED_UP:
        asked = select(column).where(column.is_not(None)).distinct()
        if column.class_ is Assignment:
            asked = asked.where(Assignment.state != "proposed")
        used.update(session.scalars(asked))
    used &= created
    if used:
        raise Conflict(
            "People work on {count} recommendations that run {run} brought: they are assigned, clustered or reported on.",
            remedy="Withdraw those that should not be there one by one, with a reason.",
            count=len(used),
            run=run.id,
        )


def _changing_later(session: Session, run: ImportRun, touched: BitMap) -> set[int]:
    rows = select(ImportChange.run_id, ImportChange.recommendation_id).join(
        ImportRun, ImportRun.id == ImportChange.run_id
    )
    applied = rows.where(ImportChange.run_id > run.id, ImportRun.status == "applied")
    return {other for other, id_ in session.execute(applied) if id_ in touched}


def _marking_later(session: Session, run: ImportRun, touched: BitMap) -> set[int]:
    later = select(ImportRun).where(
        ImportRun.id > run.id, ImportRun.status == "applied", ImportRun.source_id == run.source_id
    )
    return {other.id for other in session.scalars(later) if touched & _marked(session, other)}


def _changed_by_people(session: Session, run: ImportRun) -> BitMap:
    """The recommendations that people have edited since the run, as the audit trail has it."""
    applied = select(AuditEntry.id).where(
        AuditEntry.action == "import.apply", AuditEntry.subject == f"import_run/{run.id}"
    )
    since = session.scalar(applied.order_by(AuditEntry.id.desc()).limit(1)) or 0
    edits = select(AuditEntry.subject).where(AuditEntry.id > since, AuditEntry.action.startswith("recommendation."))
    found = BitMap(int(subject.partition("/")[2]) for subject in session.scalars(edits))
    return found | _tagged_in_bulk(session, since)


def _tagged_in_bulk(session: Session, since: int) -> BitMap:
    """Those of which a change of many has changed a tag, unless it was undone."""
    applied = select(AuditEntry.subject).where(AuditEntry.id > since, AuditEntry.action == "bulk.apply")
    numbers = [int(subject.partition("/")[2]) for subject in session.scalars(applied)]
    found = BitMap()
    for chunk in chunks(numbers):
        kept = select(BulkChange.before).where(BulkChange.id.in_(chunk), BulkChange.undone.is_(None))
        for journal in session.scalars(kept):
            found.update(int(id_) for id_, keys in journal.items() if any(key.startswith("tag/") for key in keys))
    return found


def _put_back(session: Session, before: dict[int, Aggregate]) -> None:
    for chunk in chunks(before):
        now = aggregates.load(session, chunk)
        aggregates.replace(session, now, {id_: before[id_] for id_ in chunk})


def _remove(session: Session, run: ImportRun, created: BitMap) -> None:
    journal: dict[str, Any] = run.journal or {}
    for chunk in chunks(journal.get("vanished", ())):
        session.execute(update(ExternalId).where(ExternalId.id.in_(chunk)).values(missing_since=None))
    for id_, earlier in (journal.get("back") or {}).items():
        session.execute(update(ExternalId).where(ExternalId.id == int(id_)).values(missing_since=earlier))
    for chunk in chunks(created):
        for part in aggregates.CHILDREN:
            session.execute(delete(part.table).where(part.table.c[part.owner].in_(chunk)))
    session.execute(
        delete(Recommendation).where(Recommendation.run_id == run.id, Recommendation.parent_id.is_not(None))
    )
    session.execute(delete(Recommendation).where(Recommendation.run_id == run.id))
    session.execute(delete(ImportChange).where(ImportChange.run_id == run.id))
    _remove_unused(session, run)


def _remove_unused(session: Session, run: ImportRun) -> None:
    """Remove what this run, or one undone before it, brought along for its recommendations and nobody else uses."""
    gone = select(ImportRun.id).where((ImportRun.id == run.id) | (ImportRun.status == "undone"))
    for model, used in (
        (Document, exists().where(Recommendation.document_id == Document.id)),
        (Term, exists().where(Tag.term_id == Term.id)),
        (Vocabulary, exists().where(Term.vocabulary_id == Vocabulary.id)),
    ):
        session.execute(delete(model).where(model.run_id.in_(gone), ~used))
