"""The list of documents as a file: the rows of the page, all of them, in its order."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.orm import Session

from uptake.i18n import N_, gettext, ngettext
from uptake.services.lists.list_files import ListColumn, ListFile
from uptake.services.names import Names
from uptake.services.portal import pages_documents

COLUMNS = {
    "id": ListColumn(N_("Identifier"), 38, given=False), "symbol": ListColumn(N_("Document symbol"), 24),
    "title": ListColumn(N_("Document"), 60), "mechanism": ListColumn(N_("Mechanism"), 40),
    "states": ListColumn(N_("State under review"), 24), "date": ListColumn(N_("Date"), 12),
    "count": ListColumn(N_("Recommendations and observations"), 16),
}  # fmt: skip


def table(session: Session, words: str = "", mechanism: str = "", state: str = "") -> ListFile:
    """The documents by a part of their symbol or title, by mechanism and by State."""
    first = pages_documents.documents(session, words, mechanism, state)
    told = ngettext("{count} document", "{count} documents", first.count)
    return ListFile(gettext("Documents"), COLUMNS, _rows(session, (words, mechanism, state), first.pages), [told])


def _rows(session: Session, asked: tuple[str, str, str], pages: int) -> Iterator[list[object]]:
    names = Names(session)
    for number in range(1, pages + 1):
        for one in pages_documents.documents(session, *asked, number).items:
            states = "\n".join(map(names.state, one.states))
            yield [str(one.uuid), one.symbol, one.title, names.mechanism(one.mechanism), states, one.date, one.count]
