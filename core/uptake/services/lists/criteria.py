"""What a search asks for, in the reader's words: for places that show what was found without the search itself."""

from __future__ import annotations

from uptake.i18n import day
from uptake.i18n import gettext as _
from uptake.search.engine import Query
from uptake.services.names import Names

SEPARATOR = " · "


def criteria(query: Query, names: Names) -> list[str]:
    """What was looked for, each chosen value, each that is left out, and the days: ``["women", "Noted", "not Mirava"]``."""
    names.load_documents([*query.filters.get("document", ()), *query.without.get("document", ())])
    chosen = [names.value(name, value) for name, values in query.filters.items() for value in values]
    left = [names.value(name, value) for name, values in query.without.items() for value in values]
    found = [query.text, *chosen, *(f"{_('not')} {value}" for value in left)]
    if query.since or query.until:
        found.append(f"{day(query.since, 'medium') or '…'} – {day(query.until, 'medium') or '…'}")
    return [part for part in found if part]
