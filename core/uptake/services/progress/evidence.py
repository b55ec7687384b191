"""Evidence behind an update: files, links and documents of the register. Added while it is a draft, kept ever after."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NoReturn
from urllib.parse import quote, urlsplit
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from uptake.db import session as current_session
from uptake.db import transaction
from uptake.errors import Conflict, Invalid, NotFound
from uptake.i18n import N_
from uptake.i18n import gettext as _
from uptake.models.actors import Actor
from uptake.models.documents import Document
from uptake.models.progress import Evidence, StoredFile, Update
from uptake.services.addresses import path_of
from uptake.services.audit import record_event
from uptake.services.instance import settings_of
from uptake.services.permissions import Person, may, require
from uptake.services.storing import storage
from uptake.texts import unprintable

LONGEST_TITLE, LONGEST_ADDRESS, LONGEST_SYMBOL = 300, 2000, 200
MOST = 50
_BLANK = re.compile(r"\s")


@dataclass(frozen=True, slots=True)
class Item:
    """One piece of evidence. ``href`` leads to it: an address of this site, or outside of it for a link."""

    id: int
    kind: str
    title: str
    href: str
    media_type: str
    size: int | None
    created: datetime


@dataclass(frozen=True, slots=True)
class Panel:
    """The evidence of one update, and whether it may be changed now."""

    update: UUID
    items: list[Item]
    editable: bool


def of(session: Session, updates: Iterable[int]) -> dict[int, list[Item]]:
    """The evidence of several updates (by id), in one query. Whoever calls has seen to it that they may be shown."""
    found: dict[int, list[Item]] = {id_: [] for id_ in updates}
    rows = session.execute(
        select(Evidence, StoredFile, Document.uuid)
        .outerjoin(StoredFile, StoredFile.id == Evidence.file_id)
        .outerjoin(Document, Document.id == Evidence.document_id)
        .where(Evidence.update_id.in_(found))
        .order_by(Evidence.id)
    )
    for one, file, document in rows:
        href = one.address or ""
        if file:
            href = f"/files/{file.uuid}/{quote(file.name, safe='')}"
        elif document:
            href = path_of("document", document)
        found[one.update_id].append(
            Item(
                one.id,
                one.kind,
                one.title,
                href,
                file.media_type if file else "",
                file.size if file else None,
                one.created,
            )
        )
    return found


def panel(session: Session, update: UUID, *, person: Person) -> Panel:
    """The evidence of an update for those who may see it inside."""
    found = _update(session, update)
    require(person, "internal.read", actor=found.actor_id)
    return Panel(found.uuid, of(session, [found.id])[found.id], may_edit(found, person))


def may_edit(update: Update, person: Person) -> bool:
    """Whether the person may add to this update and take from it now."""
    return update.state == "draft" and may(person, "update.draft", actor=update.actor_id, owner=update.author_id)


def add_file(update: UUID, stream: storage.Source, name: str, title: str = "", *, person: Person) -> Evidence:
    """Put a file behind a draft. The same file again gives the one that is there."""
    session = current_session()
    _editable(session, update, person)
    _check_title(title)
    settings = settings_of(session)
    session.rollback()
    received = storage.receive(settings, stream, name)
    with transaction() as session:
        found = _editable(session, update, person, lock=True)
        twin = session.scalar(
            select(Evidence)
            .join(StoredFile, StoredFile.id == Evidence.file_id)
            .where(Evidence.update_id == found.id, StoredFile.sha256 == received.sha256)
        )
        if twin is not None:
            return twin
        file = storage.keep(session, received, person)
        about = {"sha256": received.sha256, "size": received.size}
        return _add(session, found, person, about, kind="file", title=title.strip() or file.name, file_id=file.id)


def add_link(update: UUID, address: str, title: str = "", *, person: Person) -> Evidence:
    """Put a link behind a draft."""
    _editable(current_session(), update, person)
    address = checked_address(address)
    _check_title(title)
    with transaction() as session:
        found = _editable(session, update, person, lock=True)
        twin = session.scalar(select(Evidence).where(Evidence.update_id == found.id, Evidence.address == address))
        if twin is not None:
            return twin
        shown = title.strip() or address[:LONGEST_TITLE]
        return _add(session, found, person, {"address": address}, kind="link", title=shown, address=address)


def add_document(update: UUID, symbol: str, title: str = "", *, person: Person) -> Evidence:
    """Put a document of the register behind a draft, by its symbol."""
    _editable(current_session(), update, person)
    _check_title(title)
    with transaction() as session:
        found = _editable(session, update, person, lock=True)
        wanted = symbol.strip()[: LONGEST_SYMBOL + 1]
        document = session.scalar(
            select(Document).where(func.lower(Document.symbol) == wanted.lower()).order_by(Document.id).limit(1)
        )
        if document is None:
            _wrong(
                "symbol", N_("There is no document with this symbol here. Write it as on its first page: A/HRC/58/12.")
            )
        twin = session.scalar(
            select(Evidence).where(Evidence.update_id == found.id, Evidence.document_id == document.id)
        )
        if twin is not None:
            return twin
        shown = title.strip() or " · ".join(part for part in (document.symbol, document.title) if part)[:LONGEST_TITLE]
        about = {"document": document.symbol}
        return _add(session, found, person, about, kind="document", title=shown, document_id=document.id)


def remove(update: UUID, evidence: int, *, person: Person) -> None:
    """Take evidence from a draft; what is gone already is no error."""
    with transaction() as session:
        found = _editable(session, update, person, lock=True)
        one = session.get(Evidence, evidence)
        if one is None or one.update_id != found.id:
            return
        file = session.get(StoredFile, one.file_id) if one.file_id else None
        session.delete(one)
        session.flush()
        if file and session.scalar(select(Evidence.id).where(Evidence.file_id == file.id).limit(1)) is None:
            session.delete(file)
        about = {"evidence": [one.id, None], "kind": [one.kind, None]}
        record_event(session, person.mark, "evidence.remove", f"update/{found.id}", about)


def file_for(session: Session, uuid: UUID, *, person: Person) -> tuple[StoredFile, bool]:
    """A file for this person, and whether it is public. Raises ``NotFound`` also where it may not be seen."""
    file = session.scalar(select(StoredFile).where(StoredFile.uuid == uuid))
    if file is not None:
        uses = session.execute(
            select(Update.state, Update.actor_id)
            .join(Evidence, Evidence.update_id == Update.id)
            .where(Evidence.file_id == file.id)
        ).all()
        if any(state == "published" for state, _actor in uses):
            return file, True
        if any(may(person, "internal.read", actor=actor) for _state, actor in uses):
            return file, False
        mandate = session.scalar(select(Actor.id).where(Actor.mandate_file_id == file.id).limit(1))
        if mandate is not None and may(person, "actor.view", actor=mandate):
            return file, False
    raise NotFound(N_("There is no file at this address."), remedy=N_("Check the address, or sign in if it is yours."))


def checked_address(address: str) -> str:
    """An address of the web as it may stand in a link. Raises ``Invalid`` at the field ``address``."""
    found = address.strip()
    if len(found) > LONGEST_ADDRESS:
        _wrong("address", N_("The address is too long."))
    try:
        parts = urlsplit(found)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc
        good = good and (parts.port is None or parts.port > 0) and not _BLANK.search(found) and not unprintable(found)
    except ValueError:
        good = False
    if not good or "\\" in found:
        _wrong("address", N_("Give a full web address that begins with https:// or http://."))
    return found


def _add(session: Session, update: Update, person: Person, about: dict[str, Any], **values: Any) -> Evidence:
    if session.scalar(select(func.count()).where(Evidence.update_id == update.id)) >= MOST:  # type: ignore[operator]
        raise Invalid(N_("An update can hold at most {count} pieces of evidence."), count=MOST,
                      remedy=N_("Put several files into one, or take one away."))  # fmt: skip
    one = Evidence(update_id=update.id, created=datetime.now(UTC), **values)
    session.add(one)
    session.flush()
    said = {
        "evidence": [None, one.id],
        "kind": [None, one.kind],
        **{name: [None, value] for name, value in about.items()},
    }
    record_event(session, person.mark, "evidence.add", f"update/{update.id}", said)
    return one


def _update(session: Session, uuid: UUID, *, lock: bool = False) -> Update:
    query = select(Update).where(Update.uuid == uuid)
    found = session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFound(N_("There is no update at this address."), remedy=N_("Check the address."))
    return found


def _editable(session: Session, uuid: UUID, person: Person, *, lock: bool = False) -> Update:
    found = _update(session, uuid, lock=lock)
    require(person, "update.draft", actor=found.actor_id, owner=found.author_id)
    if found.state != "draft":
        raise Conflict(
            N_("This update is no longer a draft: its evidence stays as it is."),
            remedy=N_("Have it sent back, or write a new update."),
        )
    return found


def _check_title(title: str) -> None:
    if len(title) > LONGEST_TITLE:
        _wrong("title", N_("The title is too long."))
    if unprintable(title):
        _wrong("title", N_("The title holds signs that cannot be shown."))


def _wrong(name: str, message: str) -> NoReturn:
    raise Invalid(N_("The evidence was not added."), fields={name: _(message)})
