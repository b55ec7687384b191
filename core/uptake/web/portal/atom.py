"""An Atom document (RFC 4287) of recommendations."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import NAMESPACE_URL, uuid5
from xml.etree.ElementTree import Element, SubElement, tostring

from uptake.services.addresses import path_of
from uptake.services.lists.cards import Card
from uptake.services.names import Names

NAMESPACE = "http://www.w3.org/2005/Atom"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
UNKNOWN = datetime.date(1970, 1, 1)
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Head:
    """Of the feed as a whole: ``address`` is its own, ``page`` that of the list, ``root`` that of the instance."""

    title: str
    author: str
    language: str
    root: str
    address: str
    page: str


def feed(head: Head, cards: Sequence[Card], names: Names) -> bytes:
    """The document."""
    element = Element("feed", {"xmlns": NAMESPACE, LANGUAGE: head.language.replace("_", "-")})
    _add(element, "id", f"urn:uuid:{uuid5(NAMESPACE_URL, head.address)}")
    _add(element, "title", head.title)
    _add(element, "updated", _moment(max((card.date or UNKNOWN for card in cards), default=UNKNOWN)))
    _add(SubElement(element, "author"), "name", head.author)
    SubElement(element, "link", rel="self", type="application/atom+xml", href=legal(head.address))
    SubElement(element, "link", rel="alternate", type="text/html", href=legal(head.page))
    for card in cards:
        _add_entry(element, card, names, head.root)
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + bytes(tostring(element, encoding="utf-8"))


def _add_entry(parent: Element, card: Card, names: Names, root: str) -> None:
    entry = SubElement(parent, "entry", {LANGUAGE: card.language.replace("_", "-")} if card.language else {})
    _add(entry, "id", f"urn:uuid:{card.uuid}")
    _add(entry, "title", _title(card, names))
    _add(entry, "updated", _moment(card.date or UNKNOWN))
    address = legal(root + path_of("recommendation", card.uuid))
    SubElement(entry, "link", rel="alternate", type="text/html", href=address)
    _add(entry, "summary", card.text)
    for slug in card.terms.get("theme", ()):
        SubElement(entry, "category", term=legal(slug), label=legal(names.term(slug)))


def _title(card: Card, names: Names) -> str:
    parts = (*map(names.state, card.states), names.mechanism(card.mechanism), card.symbol, card.paragraph)
    return " · ".join(part for part in parts if part) or str(card.uuid)


def _add(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = legal(text)


def _moment(day: datetime.date) -> str:
    return f"{day.isoformat()}T00:00:00Z"


def legal(text: str) -> str:
    """The text without the characters that XML cannot hold."""
    return _ILLEGAL.sub("", text)
