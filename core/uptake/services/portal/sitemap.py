"""What the register holds, as permanent addresses in files of a fixed size, for search engines."""

from __future__ import annotations

from collections.abc import Iterator

from pyroaring import BitMap, FrozenBitMap
from sqlalchemy import select
from sqlalchemy.orm import Session

from uptake.db import chunks
from uptake.models.documents import Document
from uptake.models.recommendations import Recommendation
from uptake.search.engine import NONE, Engine
from uptake.services.addresses import path_of

SIZE = 20_000
HOME = "/"
TABLES = ("state", "mechanism", "theme", "group", "sdg")
Section = tuple[str, list[str] | BitMap | FrozenBitMap]


def count_files(session: Session) -> int:
    """How many files there are, at least one."""
    return -(-sum(len(values) for _kind, values in _sections(session)) // SIZE)


def paths(session: Session, number: int) -> Iterator[str]:
    """The addresses of one file, the first being 1; none where there is no such file."""
    first, room = (number - 1) * SIZE, SIZE
    for section in _sections(session):
        length = len(section[1])
        if first < length and room > 0:
            yield from _paths(session, section, slice(first, first + room))
            room -= min(room, length - first)
        first = max(0, first - length)


def _sections(session: Session) -> list[Section]:
    engine = Engine(session)
    listed: list[Section] = [("home", [HOME])]
    listed += [(name, sorted(engine.postings(name).keys() - {NONE})) for name in TABLES]
    listed.append(("document", BitMap(int(id_) for id_ in engine.postings("document").keys() - {NONE})))
    listed.append(("recommendation", engine.everything))
    return listed


def _paths(session: Session, section: Section, part: slice) -> Iterator[str]:
    kind, values = section
    if isinstance(values, list):
        yield from (value if kind == "home" else path_of(kind, value) for value in values[part])
        return
    table = Recommendation if kind == "recommendation" else Document
    for ids in chunks(values[part]):
        found = session.scalars(select(table.uuid).where(table.id.in_(ids)).order_by(table.id))
        yield from (path_of(kind, uuid) for uuid in found)
