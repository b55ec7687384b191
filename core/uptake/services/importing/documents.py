"""Finds or makes the document of a draft, one query for each symbol that has not been met before."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from typing import cast

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from uptake.db import bulk_insert, reserve_ids
from uptake.hooks.kinds import Draft
from uptake.models.documents import Document
from uptake.services.importing.identity import derived_uuid

BLOCK = 500
_TABLE = cast("Table", Document.__table__)
_COLUMNS = ("id", "uuid", "key", "symbol", "title", "title_language", "mechanism_id", "date", "session", "cycle", "links",
            "run_id")  # fmt: skip


class Documents:
    """The documents that a run has met."""

    def __init__(self, session: Session, run_id: int) -> None:
        self._session, self._run_id = session, run_id
        self._free: Iterator[int] = iter(())
        self._new: list[tuple[object, ...]] = []
        self._known: dict[str, int] = dict(session.execute(select(Document.key, Document.id)).all())

    def id_of(self, draft: Draft, mechanism_id: int | None, date: str | None) -> int | None:
        """The document's id; None where the draft names neither symbol, document nor title."""
        symbol = draft.symbol.strip() if draft.symbol else None
        key = symbol.upper() if symbol else draft.document_key or draft.document_title
        if not key:
            return None
        found = self._known.get(key[:300])
        if found is None:
            found = self._add(key[:300], symbol, draft, mechanism_id, date)
        return found

    def _add(self, key: str, symbol: str | None, draft: Draft, mechanism_id: int | None, date: str | None) -> int:
        new = next(self._free, None)
        if new is None:
            self.flush()
            self._free = iter(reserve_ids(self._session, _TABLE, BLOCK))
            new = next(self._free)
        links = json.dumps({"source": draft.document_key}) if draft.document_key else None
        language = title_language(draft.texts) if draft.document_title else None
        self._new.append((new, derived_uuid(f"document:{key}"), key, symbol, draft.document_title, language, mechanism_id,
                          date, draft.session, draft.cycle, links, self._run_id))  # fmt: skip
        self._known[key] = new
        return new

    def flush(self) -> None:
        """Write the documents that are new since the last time; to be called before rows that name them."""
        bulk_insert(self._session, _TABLE, _COLUMNS, self._new)
        self._new = []
        self._free = iter(())


def title_language(texts: Collection[str]) -> str | None:
    """The language that a title is taken to be in: that of the text that came with it, English where it has that too."""
    return "en" if "en" in texts else next(iter(texts), None)
