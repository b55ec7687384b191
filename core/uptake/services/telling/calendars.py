"""Calendars that other programs subscribe to (iCalendar): what everybody may know, and what is due for one person."""

from __future__ import annotations

import datetime
import secrets
from collections.abc import Iterable
from uuid import UUID

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import select
from sqlalchemy.orm import Session

from uptake.db import transaction
from uptake.errors import NotFound, Refused
from uptake.hooks import calls
from uptake.hooks.contributions import Deadline
from uptake.hooks.registry import Registry
from uptake.i18n import N_, get_locale
from uptake.i18n import gettext as _
from uptake.models.people import PersonSetting, User
from uptake.models.responsibility import FollowUp
from uptake.services.addresses import path_of
from uptake.services.instance import settings_of
from uptake.services.lists.cards import load_cards
from uptake.services.permissions import Person, load_person, reach, require_somewhere
from uptake.services.telling.digest_mail import KEY_FILE
from uptake.services.work.worklists import Wanted, everything
from uptake.texts import unprintable

SETTING = "calendar"
EARLIEST = datetime.date(1990, 1, 1)
MOST, LONGEST = 1000, 200


def public(session: Session, registry: Registry, base: str) -> bytes:
    """The days that everybody may know."""
    return _calendar(settings_of(session).title, calls.deadlines(registry, None), base)


def personal(session: Session, registry: Registry, token: str, base: str) -> bytes:
    """What is due in the reach of the person whose address it is. Raises ``NotFound`` for an address that is no longer one."""
    person = _behind(session, token)
    require_somewhere(person, "work.read")
    actors = reach(person, "work.read")
    found = [*_due(session, actors), *calls.deadlines(registry, None if actors is None else tuple(actors))]
    return _calendar(f"{settings_of(session).title} · {person.name}", found, base)


def token_of(session: Session, *, person: Person) -> str | None:
    """What the address of the person's calendar holds; None where there is none."""
    row = session.get(PersonSetting, (person.id, SETTING)) if person.id else None
    user = session.get(User, person.id) if row else None
    return _signer(session).dumps([user.uuid.hex, row.value]) if row and user else None


def renew(*, person: Person, on: bool = True) -> None:
    """Give the person's calendar a new address, or none; the one before leads nowhere from then on."""
    require_somewhere(person, "work.read")
    with transaction() as session:
        if person.id is None:
            raise Refused(N_("This needs a sign-in."), remedy=N_("Sign in and try again."))
        row = session.get(PersonSetting, (person.id, SETTING), populate_existing=True)
        if row is not None and not on:
            session.delete(row)
        elif on:
            session.merge(PersonSetting(user_id=person.id, name=SETTING, value=secrets.token_hex(16)))


def _behind(session: Session, token: str) -> Person:
    gone = NotFound(N_("There is no calendar at this address."), remedy=N_("Copy the address anew from your account."))
    try:
        named, value = _signer(session).loads(token)
        uuid = UUID(named)
    except (BadSignature, ValueError, TypeError, AttributeError):
        raise gone from None
    user = session.scalar(select(User).where(User.uuid == uuid, User.erased.is_(None)))
    row = session.get(PersonSetting, (user.id, SETTING)) if user else None
    if user is None or row is None or row.value != value:
        raise gone
    person = load_person(session, user.id)
    if not person.signed_in:
        raise gone
    return person


def _due(session: Session, actors: frozenset[int] | None) -> list[Deadline]:
    """Open recommendations with a due date, as the list of work has them; the first in time."""
    ids = everything(session, Wanted(actors, ("open",), since=EARLIEST))[:MOST]
    dated = select(FollowUp.recommendation_id, FollowUp.due).where(FollowUp.recommendation_id.in_(ids))
    days: dict[int, datetime.date | None] = dict(session.execute(dated).all())
    found = []
    for card in load_cards(session, ids, get_locale()):
        where = " ".join(part for part in (card.symbol, card.paragraph) if part)
        title = _("Due: {recommendation}", recommendation=" · ".join(part for part in (where, card.text) if part))
        day = days[card.id]
        if day is not None:
            found.append(Deadline(f"recommendation-{card.uuid}", day, title, path_of("recommendation", card.uuid)))
    return found


def _calendar(name: str, deadlines: Iterable[Deadline], base: str) -> bytes:
    from icalendar import Calendar, Event, vUri

    calendar = Calendar()
    calendar.add("prodid", "-//Uptake//Uptake//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", _plain(name))
    calendar.add("refresh-interval;value=duration", "PT12H")
    today = datetime.datetime.now(datetime.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    host = base.partition("://")[2].partition("/")[0] or "uptake"
    for one in deadlines:
        event = Event()
        event.add("uid", f"{one.key}@{host}")
        event.add("dtstamp", today)
        event.add("dtstart", one.day)
        event.add("dtend", one.day + datetime.timedelta(days=1))
        event.add("summary", _plain(one.title))
        event.add("transp", "TRANSPARENT")
        if one.path:
            event.add("url", vUri(base + one.path))
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _plain(text: str) -> str:
    said = " ".join("".join(sign for sign in text if not unprintable(sign)).split())
    return said if len(said) <= LONGEST else said[: LONGEST - 1].rstrip() + "…"


def _signer(session: Session) -> URLSafeSerializer:
    settings = settings_of(session)
    secret = settings.secret_key or (settings.instance / KEY_FILE).read_text("ascii").strip()
    return URLSafeSerializer(secret, salt="uptake/calendar")
