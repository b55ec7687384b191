"""An institution's worklist as a file: the rows of the list on screen, in its order."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.orm import Session

from uptake.db import chunks
from uptake.i18n import N_, gettext, ngettext
from uptake.services.lists.list_files import ListColumn, ListFile
from uptake.services.permissions import Person, reach, require_somewhere
from uptake.services.progress.status_scale import scale
from uptake.services.responsibility.follow_ups import PRIORITY_NAMES
from uptake.services.work.work_rows import actor_names, load_rows
from uptake.services.work.worklists import STATES, Wanted, everything

COLUMNS = {
    "id": ListColumn(N_("Identifier"), 38, given=False), "institution": ListColumn(N_("Institution"), 24),
    "mechanism": ListColumn(N_("Mechanism (code)"), 12), "symbol": ListColumn(N_("Document symbol"), 20),
    "paragraph": ListColumn(N_("Paragraph"), 10), "text": ListColumn(N_("Recommendation"), 80),
    "status": ListColumn(N_("Status"), 16), "confirmed": ListColumn(N_("Last confirmed"), 12),
    "priority": ListColumn(N_("Priority"), 10), "due": ListColumn(N_("Due date"), 12),
}  # fmt: skip


def table(session: Session, wanted: Wanted, *, person: Person) -> ListFile:
    """What ``wanted`` holds (it comes from ``work_list.wanted_from``), to be written in any format."""
    require_somewhere(person, "work.read")
    ids = everything(session, wanted)
    told = [
        ngettext("{count} recommendation", "{count} recommendations", len(ids)),
        *_narrowed(session, wanted, person),
    ]
    return ListFile(_title(session, wanted), COLUMNS, _rows(session, ids, wanted), told)


def _title(session: Session, wanted: Wanted) -> str:
    """Whose list it is, where it is that of one institution."""
    if wanted.actors is not None and len(wanted.actors) == 1:
        return gettext("Worklist of {institution}", institution=actor_names(session).get(next(iter(wanted.actors)), ""))
    return gettext("Recommendations of my institutions")


def _narrowed(session: Session, wanted: Wanted, person: Person) -> Iterator[str]:
    names = actor_names(session)
    if wanted.actors is not None and 1 < len(wanted.actors) <= 10 and wanted.actors != reach(person, "work.read"):
        yield ", ".join(sorted(names.get(actor, "") for actor in wanted.actors))
    chosen = [gettext(STATES[state]) for state in wanted.states]
    chosen += [gettext(PRIORITY_NAMES[priority]) for priority in wanted.priorities]
    if chosen:
        yield ", ".join(chosen)


def _rows(session: Session, ids: list[int], wanted: Wanted) -> Iterator[list[object]]:
    known, priorities = scale(session), {code: gettext(name) for code, name in PRIORITY_NAMES.items()}
    for some in chunks(ids):
        found = load_rows(session, some, within=wanted.actors).recommendations
        for id_ in some:
            row = found[id_]
            card, status = row.card, known.get(row.status)
            if card is None:
                continue
            yield [
                str(card.uuid), "\n".join(name for _id, name in row.actors), card.mechanism, card.symbol, card.paragraph,
                card.text, status.name if status else row.status, row.since, priorities.get(row.priority, row.priority),
                row.due,
            ]  # fmt: skip
