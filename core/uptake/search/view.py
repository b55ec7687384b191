"""What a query is answered from: the index at one version, inside one read transaction."""

from __future__ import annotations

from functools import reduce

from pyroaring import BitMap, FrozenBitMap
from sqlalchemy import select
from sqlalchemy.orm import Session

from uptake.models.documents import Document
from uptake.search.labels import LabelIndex
from uptake.search.snapshot import EMPTY, Snapshot, snapshot

Bits = FrozenBitMap | BitMap
NONE = "none"


class View:
    """The postings, labels and document symbols of one version; all of it is read once and then shared."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.snapshot: Snapshot = snapshot(session)

    @property
    def everything(self) -> FrozenBitMap:
        """The whole register."""
        return self.snapshot.all(self.session)

    @property
    def labels(self) -> LabelIndex:
        """The labels of everything that has one."""
        return self.snapshot.keep("labels", lambda: LabelIndex(self.session))

    def postings(self, name: str) -> dict[str, FrozenBitMap]:
        """All values of a field with their sets."""
        return self.snapshot.field(self.session, name)

    def posting(self, name: str, value: str) -> FrozenBitMap:
        """What carries one value."""
        return self.postings(name).get(value, EMPTY)

    def symbols(self) -> dict[int, str]:
        """The symbols of all documents in upper case; the source's own id where a document has none."""
        statement = select(Document.id, Document.key)
        return self.snapshot.keep("symbols", lambda: {id_: key.upper() for id_, key in self.session.execute(statement)})

    def days(self) -> list[FrozenBitMap]:
        """What is dated, day by day, the first day first."""
        return self.snapshot.keep("days", lambda: [bits for _, bits in sorted(self.postings("date").items())])

    def documents(self) -> list[FrozenBitMap]:
        """What stands in documents, document by document, in the order of their symbols."""
        return self.snapshot.keep("documents", self._documents)

    def _documents(self) -> list[FrozenBitMap]:
        symbols = self.symbols()
        ordered = sorted(symbols, key=lambda id_: (_natural(symbols[id_]), id_))
        return [self.posting("document", str(id_)) for id_ in ordered]


def union(sets: list[Bits]) -> Bits:
    """All of several sets."""
    return BitMap.union(BitMap(), *sets)


def intersection(sets: list[Bits]) -> Bits:
    """What is in every one of several sets, of which there is at least one."""
    return reduce(lambda one, other: one & other, sets)


def _natural(symbol: str) -> list[tuple[int, str]]:
    """A key that puts A/HRC/9/5 before A/HRC/10/5."""
    parts = symbol.replace("-", "/").replace(".", "/").split("/")
    return [(int(part), "") if part.isdecimal() and len(part) < 12 else (0, part) for part in parts]
