"""Takes drafts a batch at a time: what is the same is passed over, the rest resolved, matched, merged and written."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pyroaring import BitMap
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from uptake.db import bulk_insert, chunks, reserve_ids
from uptake.hooks.kinds import Draft, Importer
from uptake.models.imports import ImportChange, ImportRun
from uptake.models.recommendations import ExternalId
from uptake.search import index
from uptake.services.importing import aggregates
from uptake.services.importing.aggregates import EXTERNAL, HEAD, POSITIONS, Aggregate
from uptake.services.importing.components import create_components
from uptake.services.importing.documents import Documents
from uptake.services.importing.findings import Findings
from uptake.services.importing.identity import fingerprint, short_hash
from uptake.services.importing.matching import Matcher
from uptake.services.importing.merging import Ids, Merger, listing
from uptake.services.importing.records import Record, Resolver, refuse_reason
from uptake.services.importing.sources import HUMAN, source_code, source_id
from uptake.services.labels import Labels


class Batches:
    """One run's way from drafts to rows, and what it has counted."""

    def __init__(
        self,
        session: Session,
        importer: Importer,
        run: ImportRun,
        edition: str,
        labels: Labels,
        findings: Findings,
        other_symbols: Callable[[Draft], Sequence[str]],
        wanted: frozenset[int],
    ) -> None:
        self._session, self._importer, self._run, self._edition = session, importer, run, edition
        self._labels, self._findings, self._wanted = labels, findings, wanted
        self._documents = Documents(session, run.id)
        self._resolver = Resolver(labels, self._documents, findings, run.id)
        self._matcher = Matcher(session, run.source_id, findings, other_symbols)
        human = source_id(session, HUMAN)
        self._merger = Merger(run.source_id, human, source_code(session, run.source_id), edition, run.id)
        self._keys: dict[int, int] = {}
        self._repeated: set[str] = set()
        self._first = not session.scalar(select(exists().where(ExternalId.source_id == run.source_id)))
        self._journalled = BitMap()
        self.seen = BitMap()
        self.touched = BitMap()
        self.new = self.changed = self.same = self.matched = self.skipped = 0

    def take(self, drafts: Sequence[Draft]) -> None:
        """Bring a batch into the database."""
        known, fresh = self._compare([self._identify(draft) for draft in self._acceptable(drafts)])
        records = [self._resolver.resolve(*one) for one in fresh]
        records = [record for record in records if self._in_scope(record)]
        targets: dict[int, list[Record]] = {}
        created: list[Record] = []
        for record in records:
            target = known.get(record.key) or self._match(record)
            if target:
                targets.setdefault(target, []).append(record)
            else:
                created.append(record)
        self._documents.flush()
        self._create(created)
        self._change(targets)

    def _acceptable(self, drafts: Sequence[Draft]) -> list[Draft]:
        taken = []
        for draft in drafts:
            reason = refuse_reason(draft)
            if reason:
                code, message, values = reason
                self._findings.add(draft.where, code, message, "refused", **values)
            else:
                taken.append(draft)
        return taken

    def _identify(self, draft: Draft) -> tuple[Draft, str, str]:
        """A draft with its key and fingerprint; an empty or repeated id gets a derived one, and that is said."""
        raw = draft.raw or repr(sorted(draft.texts.items())).encode("utf-8", "surrogatepass")
        mark = fingerprint(raw, self._importer.version)
        key = draft.key or ""
        if not key:
            key = f"~{self._derived(draft)}"
            if self._importer.keyed:
                self._findings.add(draft.where, "empty-id", "The record has no id; it is kept under a derived one.")
        elif self._keys.get(hash(key), hash(mark)) != hash(mark):
            self._findings.add(draft.where, "repeated-id", "The id {id} stands on another record before; this one is kept "
                               "under a derived id.", id=key)  # fmt: skip
            key = f"{key}~{self._derived(draft)[:12]}"
        if hash(key) in self._keys:
            self._repeated.add(key)
        self._keys.setdefault(hash(key), hash(mark))
        return draft, key, mark

    def _derived(self, draft: Draft) -> str:
        place = (draft.symbol, draft.paragraph, *draft.states, draft.session, *sorted(draft.texts.values()))
        return short_hash("|".join(str(part) for part in place))

    def _compare(self, identified: list[tuple[Draft, str, str]]) -> tuple[dict[str, int], list[tuple[Draft, str, str]]]:
        """Pass over what has not changed; return what is known by its key, and the drafts that need work."""
        known: dict[str, int] = {}
        marks: dict[str, tuple[int, str]] = {}
        table = ExternalId
        asked = dict.fromkeys(key for _, key, _ in identified if not self._first or "~" in key or key in self._repeated)
        for chunk in chunks(asked):
            rows = self._session.execute(
                select(table.id, table.value, table.edition, table.recommendation_id, table.fingerprint).where(
                    table.source_id == self._run.source_id, table.value.in_(chunk)
                )
            )
            for id_, value, edition, recommendation, mark in rows:
                known[value] = recommendation
                if edition == self._edition:
                    marks[value] = (id_, mark)
                    self.seen.add(id_)
        fresh = []
        met: set[str] = set()
        for draft, key, mark in identified:
            if (key in marks and marks[key][1] == mark) or key in met:
                self.same += 1
            else:
                met.add(key)
                for finding in draft.findings:
                    self._findings.take(finding)
                fresh.append((draft, key, mark))
        return known, fresh

    def _in_scope(self, record: Record) -> bool:
        if not self._wanted or not self._wanted.isdisjoint([record.state_id, *record.other_states]):
            return True
        self.skipped += 1
        return False

    def _match(self, record: Record) -> int | None:
        found = self._matcher.match(record)
        self.matched += found is not None
        return found

    def _ids(self, records: Sequence[Record], new: bool) -> Ids:
        components = sum(len(record.draft.components) for record in records) if new else 0
        positions = sum(len(record.positions) for record in records) + components * 5
        return Ids(
            reserve_ids(self._session, HEAD.table, len(records) + components if new else 0),
            reserve_ids(self._session, EXTERNAL.table, len(records)),
            reserve_ids(self._session, POSITIONS.table, positions),
        )

    def _create(self, records: list[Record]) -> None:
        if not records:
            return
        ids = self._ids(records, new=True)
        made: list[Aggregate] = []
        for record in records:
            one = self._merger.create(record, ids)
            made.append(one)
            self.touched.add(one.head[0])
            self.seen.add(one.rows(EXTERNAL)[0][0])
            if record.draft.components:
                made += create_components(record, one, self._merger, self._labels, ids)
        aggregates.insert(self._session, made)
        self.new += len(records)

    def _change(self, targets: dict[int, list[Record]]) -> None:
        if not targets:
            return
        records = [record for group in targets.values() for record in group]
        ids = self._ids(records, new=False)
        index.lock(self._session)
        before = aggregates.load(self._session, targets)
        after: dict[int, Aggregate] = {}
        dirty = []
        for target, group in targets.items():
            after[target] = before[target]
            for record in group:
                after[target], changed = self._merger.merge(after[target], record, ids)
                self.changed += changed
                self.same += not changed
                if changed or listing(after[target]) != listing(before[target]):
                    dirty.append(target)
        self._journal(before)
        index.remove(self._session, [id_ for id_ in dict.fromkeys(dirty) if id_ not in self.touched])
        self.touched.update(dirty)
        aggregates.replace(self._session, before, after)
        self.seen.update(
            row[0] for one in after.values() for row in one.rows(EXTERNAL) if row[1] == self._run.source_id
        )

    def _journal(self, before: dict[int, Aggregate]) -> None:
        rows = [(self._run.id, id_, one.as_json()) for id_, one in before.items()
                if id_ not in self._journalled and one.head[-1] != self._run.id]  # fmt: skip
        self._journalled.update(row[1] for row in rows)
        bulk_insert(self._session, ImportChange.__table__, ("run_id", "recommendation_id", "before"), rows)  # type: ignore[arg-type]
