"""The file that holds an institution's mandate: a law, decree or statute."""

from __future__ import annotations

from sqlalchemy.orm import Session

from uptake.db import transaction
from uptake.errors import Invalid, NotFound
from uptake.i18n import N_
from uptake.models.actors import Actor
from uptake.models.progress import StoredFile
from uptake.services.actors.institution_edits import LOOK_AGAIN, found
from uptake.services.audit import record_event
from uptake.services.permissions import Person, require
from uptake.services.storing import storage
from uptake.services.storing.storage import Source

KINDS = frozenset({"pdf", "docx", "odt", "txt"})


def file_of(session: Session, actor: Actor, *, person: Person) -> StoredFile:
    """The file, for people who may see institutions from inside."""
    require(person, "actor.view")
    file = session.get(StoredFile, actor.mandate_file_id) if actor.mandate_file_id else None
    if file is None:
        raise NotFound(N_("There is no file with its mandate."))
    return file


def attach(id_: int, given: tuple[Source, str] | None, *, version: int, person: Person) -> None:
    """Put a file there, in the place of the one before, which is kept in the store."""
    require(person, "actor.edit", actor=id_)
    if given is None:
        raise Invalid(LOOK_AGAIN, fields={"file": N_("Choose a file.")})
    with transaction() as session:
        actor = found(session, id_, version)
        file = storage.store(session, given[0], given[1], person, kinds=KINDS)
        said = {"mandate_file": [actor.mandate_file_id, file.id], "sha256": [None, file.sha256]}
        actor.mandate_file_id = file.id
        session.flush()
        record_event(session, person.mark, "actor.mandate", f"actor/{id_}", said)


def remove(id_: int, *, version: int, person: Person) -> None:
    """Take the file away from the institution."""
    require(person, "actor.edit", actor=id_)
    with transaction() as session:
        actor = found(session, id_, version)
        if actor.mandate_file_id is None:
            return
        said = {"mandate_file": [actor.mandate_file_id, None]}
        actor.mandate_file_id = None
        session.flush()
        record_event(session, person.mark, "actor.mandate", f"actor/{id_}", said)
