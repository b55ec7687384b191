"""Names for the pages: as ``services.names`` gives them, remembered as long as the index has not changed."""

from __future__ import annotations

from sqlalchemy.orm import Session

from uptake.i18n import get_locale
from uptake.search.snapshot import snapshot
from uptake.services.names import Names

MOST = 20_000


class PageNames(Names):
    """Names that are asked for on every page cost one look-up; the tables are read where one is new."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._memo: dict[tuple[str, str], str] | None = None

    @property
    def memo(self) -> dict[tuple[str, str], str]:
        """What is known so far in the reader's language."""
        if self._memo is None:
            found = snapshot(self._session).attic.setdefault(f"names:{get_locale()}", {})
            assert isinstance(found, dict)
            if len(found) > MOST:
                found.clear()
            self._memo = found
        return self._memo

    def state(self, iso3: str | None) -> str:
        return self._remember("state", iso3) if iso3 else ""

    def mechanism(self, code: str | None) -> str:
        return self._remember("mechanism", code) if code else ""

    def term(self, slug: str) -> str:
        return self._remember("term", slug)

    def _remember(self, kind: str, value: str) -> str:
        found = self.memo.get((kind, value))
        if found is None:
            look = {"state": super().state, "mechanism": super().mechanism, "term": super().term}[kind]
            found = self.memo[kind, value] = look(value)
        return found
