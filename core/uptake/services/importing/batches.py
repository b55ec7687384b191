"""Takes drafts a batch at a time: what is the same is passed over, the rest resolved, matched, merged and written."""

from __future__ import annotations

from collections.abc import Sequence

from pyroaring import BitMap
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from uptake.db import bulk_insert, chunks, reserve_ids
from uptake.hooks.calls import other_symbols
from uptake.hooks.kinds import Draft, Finding, Importer
from uptake.hooks.registry import Registry
from uptake.models.imports import ImportChange, ImportRun
from uptake.models.recommendations import ExternalId
from uptake.search import index
from uptake.services.importing import aggregates
from uptake.services.importing.aggregates import EXTERNAL, HEAD, POSITIONS, Aggregate
from uptake.services.importing.components import create_components
from uptake.services.importing.documents import Documents
from uptake.services.importing.findings import Findings
from uptake.services.importing.identity import short_hash
from uptake.services.importing.matching import Matcher
from uptake.services.importing.merging import Ids, Merger, listing, translated_by_people
from uptake.services.importing.reading import Items, Prepared
from uptake.services.importing.records import Record, Resolver
from uptake.services.importing.sources import HUMAN, source_code, source_id
from uptake.services.importing.suggestions import Suggestions
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
        registry: Registry,
        wanted: frozenset[int],
    ) -> None:
        self._session, self._importer, self._run, self._edition = session, importer, run, edition
        self._labels, self._findings, self._wanted = labels, findings, wanted
        self._documents = Documents(session, run.id)
        self._resolver = Resolver(labels, self._documents, findings, run.id)
        self._matcher = Matcher(session, run.source_id, findings, other_symbols(registry))
        self._suggestions = Suggestions(session, registry, labels)
        human = source_id(session, HUMAN)
        self._merger = Merger(run.source_id, human, source_code(session, run.source_id), edition, run.id)
        self._keys: dict[int, int] = {}
        self._repeated: set[str] = set()
        self.first = not session.scalar(select(exists().where(ExternalId.source_id == run.source_id)))
        self._journalled = BitMap()
        self.seen = BitMap()
        self.touched = BitMap()
        self.written = BitMap()
        self.read = self.rows = self.new = self.changed = self.same = self.matched = self.skipped = 0

    def take(self, items: Items) -> None:
        """Bring a batch into the database."""
        known, fresh = self._compare([self._identify(one) for one in self._acceptable(items)])
        contents = {key: one.content for one, key in fresh if one.content}
        records = [self._resolver.resolve(one.draft, key, one.fingerprint, one.cuts) for one, key in fresh]
        records = [record for record in records if self._in_scope(record)]
        known |= self._matcher.by_identity(record.key for record in records if record.key not in known)
        targets: dict[int, list[Record]] = {}
        created: list[Record] = []
        for record in records:
            target = known.get(record.key) or self._match(record)
            if target:
                targets.setdefault(target, []).append(record)
            else:
                created.append(record)
        self._documents.flush()
        self._create(created, contents)
        self._change(targets)

    def _acceptable(self, items: Items) -> list[Prepared]:
        taken = []
        for item in items:
            if isinstance(item, Finding):
                self._findings.take(item)
                self.read += item.severity == "refused"
                self.rows += item.severity == "refused"
                continue
            self.read += 1
            self.rows += item.draft.rows
            if item.reason:
                code, message, values = item.reason
                self._findings.add(item.draft.where, code, message, "refused", **values)
            else:
                taken.append(item)
        return taken

    def _identify(self, one: Prepared) -> tuple[Prepared, str]:
        """A record with its key; an empty or repeated id gets a derived one, and that is said."""
        draft, mark = one.draft, one.fingerprint
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
        return one, key

    def _derived(self, draft: Draft) -> str:
        place = (draft.symbol, draft.paragraph, *draft.states, draft.session, *sorted(draft.texts.values()))
        return short_hash("|".join(str(part) for part in place))

    def _compare(self, identified: list[tuple[Prepared, str]]) -> tuple[dict[str, int], list[tuple[Prepared, str]]]:
        """Pass over what has not changed; return what is known by its key, and the records that need work."""
        known: dict[str, int] = {}
        marks: dict[str, tuple[int, str]] = {}
        table = ExternalId
        asked = dict.fromkeys(key for _, key in identified if not self.first or "~" in key or key in self._repeated)
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
        for one, key in identified:
            if (key in marks and marks[key][1] == one.fingerprint) or key in met:
                self.same += 1
            else:
                met.add(key)
                for finding in one.draft.findings:
                    self._findings.take(finding)
                fresh.append((one, key))
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

    def _create(self, records: list[Record], contents: dict[str, tuple[str, str]]) -> None:
        if not records:
            return
        ids = self._ids(records, new=True)
        heads = [self._merger.create(record, ids) for record in records]
        self._suggestions.add(records, heads)
        made = list(heads)
        words: list[tuple[int, str, str]] = []
        for record, one in zip(records, heads, strict=True):
            self.touched.add(one.head[0])
            if record.key in contents:
                words.append((one.head[0], *contents[record.key]))
            self.seen.add(one.rows(EXTERNAL)[0][0])
            if record.draft.components:
                made += create_components(record, one, self._merger, self._labels, ids)
        aggregates.insert(self._session, made)
        index.write_words(self._session, words)
        self.written.update(row[0] for row in words)
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
                for language in translated_by_people(after[target], record):
                    self._findings.add(record.draft.where, "official-text", "A person's translation ({language}) stays; the "
                                       "official text in its language was not taken.", "info", language=language)  # fmt: skip
                after[target], changed = self._merger.merge(after[target], record, ids)
                self.changed += changed
                self.same += not changed
                if changed or listing(after[target]) != listing(before[target]):
                    dirty.append(target)
        self._journal(before)
        index.remove(
            self._session, [id_ for id_ in dict.fromkeys(dirty) if id_ not in self.touched or id_ in self.written]
        )
        self.written -= BitMap(dirty)
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
