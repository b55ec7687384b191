"""What an institution must be like, whether a form or a table brings it."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from uptake.i18n import N_
from uptake.models.actors import KINDS, LEVELS, Actor
from uptake.services.people.emails import clean_email
from uptake.texts import unprintable

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}")
RESERVED = frozenset({"new", "table", "none", "roles"})
LONGEST = {"name": 300, "short": 60, "email": 200, "phone": 60, "website": 500, "mandate": 10_000}
CONTACT = ("email", "phone", "website")
_WEB = ("http", "https")


@dataclass(slots=True)
class Draft:
    """An institution as a form or a row gives it; ``parent`` is the code of the one that it belongs to."""

    code: str = ""
    kind: str = ""
    level: str = "national"
    parent: str = ""
    names: dict[str, str] = field(default_factory=dict)
    short_names: dict[str, str] = field(default_factory=dict)
    email: str = ""
    phone: str = ""
    website: str = ""
    mandate: str = ""
    closed_on: datetime.date | None = None


Known = dict[str, Draft]


def draft_of(actor: Actor, codes: Mapping[int, str]) -> Draft:
    """What is saved, in the same shape."""
    return Draft(
        code=actor.code, kind=actor.kind, level=actor.level,
        parent=codes.get(actor.parent_id, "") if actor.parent_id else "",
        names=dict(actor.names), short_names=dict(actor.short_names or {}), email=actor.email or "",
        phone=actor.phone or "", website=actor.website or "", mandate=actor.mandate or "", closed_on=actor.closed_on,
    )  # fmt: skip


def known(session: Session) -> Known:
    """Every institution by its code in small letters."""
    actors = session.scalars(select(Actor).order_by(Actor.code)).all()
    codes = {actor.id: actor.code for actor in actors}
    return {actor.code.casefold(): draft_of(actor, codes) for actor in actors}


def tidy(draft: Draft) -> Draft:
    """Without blanks at the ends and empty names, so that the same table changes nothing a second time."""
    return Draft(
        code=draft.code.strip(), kind=draft.kind.strip(), level=draft.level.strip() or "national",
        parent=draft.parent.strip(), names=_tidied(draft.names), short_names=_tidied(draft.short_names),
        email=draft.email.strip(), phone=" ".join(draft.phone.split()), website=draft.website.strip(),
        mandate=draft.mandate.replace("\r\n", "\n").replace("\r", "\n").strip(), closed_on=draft.closed_on,
    )  # fmt: skip


def _tidied(names: Mapping[str, str]) -> dict[str, str]:
    return {language: said for language, name in names.items() if (said := " ".join(name.split()))}


def wrong_fields(draft: Draft, others: Known, *, new: bool) -> dict[str, str]:
    """Field → what is wrong with it. ``others`` are all institutions as they would be then, this one included or not."""
    wrong = _wrong_code(draft, others) if new else {}
    if draft.kind not in KINDS:
        wrong["kind"] = N_("Choose what kind of institution it is.")
    if draft.level not in LEVELS:
        wrong["level"] = N_("Choose a level.")
    if not draft.names:
        wrong["name"] = N_("Write its name in at least one language.")
    wrong |= _wrong_parent(draft, others)
    wrong |= _wrong_contact(draft)
    for name, text in _texts(draft):
        kind = "short" if name.startswith("short_") else name.split("_")[0]
        if unprintable(text):
            wrong[name] = N_("This holds a character that no document can hold.")
        elif len(text) > LONGEST[kind]:
            wrong[name] = N_("This is too long.")
    return wrong


def _wrong_code(draft: Draft, others: Known) -> dict[str, str]:
    if not CODE.fullmatch(draft.code) or draft.code.casefold() in RESERVED:
        return {"code": N_("Write a code of letters, digits, hyphens and underscores, such as MOH.")}
    if draft.code.casefold() in others:
        return {"code": N_("Another institution has this code.")}
    return {}


def _wrong_parent(draft: Draft, others: Known) -> dict[str, str]:
    if not draft.parent:
        return {}
    if draft.parent.casefold() not in others:
        return {"parent": N_("There is no such institution.")}
    at, met = draft.parent.casefold(), set()
    while at and at not in met:
        if at == draft.code.casefold():
            return {"parent": N_("An institution cannot stand below itself.")}
        met.add(at)
        at = others[at].parent.casefold() if at in others else ""
    return {}


def _wrong_contact(draft: Draft) -> dict[str, str]:
    wrong = {}
    if draft.email and clean_email(draft.email) is None:
        wrong["email"] = N_("Write an e-mail address, such as name@example.org.")
    if draft.website and not _is_address(draft.website):
        wrong["website"] = N_("Write a web address that begins with https:// or http://.")
    return wrong


def _is_address(website: str) -> bool:
    try:
        parts = urlsplit(website)
    except ValueError:
        return False
    return parts.scheme in _WEB and bool(parts.hostname) and not re.search(r"[\s<>\"]", website)


def _texts(draft: Draft) -> list[tuple[str, str]]:
    named = [(f"name_{language}", said) for language, said in draft.names.items()]
    short = [(f"short_name_{language}", said) for language, said in draft.short_names.items()]
    plain = [("email", draft.email), ("phone", draft.phone), ("website", draft.website), ("mandate", draft.mandate)]
    return [*named, *short, *plain]
