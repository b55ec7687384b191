"""Tags that plugins suggest for new recommendations: kept as each plugin's own, unconfirmed, beside those of the source."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from uptake.hooks.calls import suggested_tags
from uptake.hooks.registry import Registry
from uptake.services.importing.aggregates import TAGS, Aggregate
from uptake.services.importing.records import Record
from uptake.services.importing.sources import source_id
from uptake.services.labels import Labels


class Suggestions:
    """Asks the plugins once for each batch of new records."""

    def __init__(self, session: Session, registry: Registry, labels: Labels) -> None:
        self._session, self._registry, self._labels = session, registry, labels
        self._sources: dict[str, int] = {}

    def add(self, records: Sequence[Record], made: Sequence[Aggregate]) -> None:
        """Put what plugins suggest into the aggregates of these records, where the source has not said it itself."""
        for plugin, found in suggested_tags(self._registry, [record.draft for record in records]):
            source = self._source(plugin)
            for record, one, tags in zip(records, made, found, strict=True):
                for tag in tags:
                    term = self._labels.term(tag.vocabulary, tag.label)
                    if term is not None and term not in record.tags:
                        record.tags[term] = tag.confidence
                        one.children[TAGS.name].append((one.head[0], term, source, tag.confidence, None, False))

    def _source(self, plugin: str) -> int:
        if plugin not in self._sources:
            self._sources[plugin] = source_id(self._session, plugin)
        return self._sources[plugin]
