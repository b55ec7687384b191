"""Names for the pages: as ``services.names`` gives them, remembered as long as the index has not changed."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from uptake.i18n import get_locale
from uptake.search.snapshot import snapshot
from uptake.services.names import Names


class PageNames(Names):
    """All names of a kind are read at once, for the first page that needs one in the reader's language."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._snapshot = snapshot(session)

    def state(self, iso3: str | None) -> str:
        name = super().state
        return self._all("state", lambda: {code: name(code) for code in self.states}).get(iso3 or "", iso3 or "")

    def mechanism(self, code: str | None) -> str:
        name = super().mechanism
        return self._all("mechanism", lambda: {one: name(one) for one in self.mechanisms}).get(code or "", code or "")

    def term(self, slug: str) -> str:
        name = super().term
        return self._all("term", lambda: {one: name(one) for one in self.terms}).get(slug, slug)

    def origins(self) -> dict[str, str]:
        return self._all("origin", super().origins)

    def _all(self, kind: str, read: Callable[[], dict[str, str]]) -> dict[str, str]:
        return self._snapshot.keep(f"names:{kind}:{get_locale()}", read)
