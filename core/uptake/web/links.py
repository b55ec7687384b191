"""Addresses of pages, and of lists with one filter more or less: the address holds the whole state of a list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from flask import request
from werkzeug.datastructures import MultiDict

from uptake.services.lists.searching import FILTERS
from uptake.web.params import WITHOUT, clean

PATHS = {
    "recommendation": "recommendations", "document": "documents", "mechanism": "mechanisms", "theme": "themes",
    "group": "groups", "sdg": "sdgs", "state": "states",
}  # fmt: skip
LIST = "/recommendations"
SINGLE = ("q", "from", "to", "sort", "size")
NAMES = frozenset((*SINGLE, *FILTERS, *(WITHOUT + name for name in FILTERS)))
ALL = "all"


@dataclass(frozen=True, slots=True)
class Link:
    """The address of a list: its path, and its parameters in order. Changing a filter goes back to the first page."""

    path: str
    pairs: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return f"{self.path}?{urlencode(self.pairs)}" if self.pairs else self.path

    def values(self, name: str) -> tuple[str, ...]:
        """The values of a parameter."""
        return tuple(value for key, value in self.pairs if key == name)

    def add(self, name: str, value: str) -> Link:
        """With one value more."""
        return Link(self.path, (*self._rest((name, value)), (name, value)))

    def remove(self, name: str, value: str) -> Link:
        """Without one value."""
        return Link(self.path, self._rest((name, value)))

    def toggle(self, name: str, value: str) -> Link:
        """With the value, or without it where it is there."""
        return self.remove(name, value) if (name, value) in self.pairs else self.add(name, value)

    def put(self, name: str, value: object = None) -> Link:
        """With this as the parameter's only value; without the parameter where there is none."""
        rest = self.drop(name).pairs
        return Link(self.path, rest if value is None else (*rest, (name, str(value))))

    def drop(self, *names: str) -> Link:
        """Without these parameters, and on the first page."""
        return Link(self.path, tuple(pair for pair in self.pairs if pair[0] not in {*names, "page"}))

    def ready(self, name: str) -> str:
        """An address that only wants the quoted value to be appended: cheap where there are hundreds."""
        base = str(self.drop())
        return f"{base}{'&' if '?' in base else '?'}{name}="

    def _rest(self, unwanted: tuple[str, str]) -> tuple[tuple[str, str], ...]:
        return tuple(pair for pair in self.pairs if pair != unwanted and pair[0] != "page")


def here() -> Link:
    """The list that was asked for, without what no list knows."""
    return Link(request.script_root + LIST, tuple(_known(request.args)))


def _known(args: MultiDict[str, str]) -> Iterable[tuple[str, str]]:
    for name, value in args.items(multi=True):
        kept = clean(value)
        if kept and (name in NAMES or (name == ALL and kept in FILTERS)):
            yield name, kept


def path_to(kind: str, value: object) -> str:
    """The page of one thing, in the reader's language."""
    return f"{request.script_root}/{PATHS[kind]}/{quote(str(value), safe='')}"


def list_of(*pairs: tuple[str, object], **filters: object) -> str:
    """The list with these filters."""
    wanted = [*pairs, *filters.items()]
    return f"{request.script_root}{LIST}?{urlencode(wanted)}" if wanted else request.script_root + LIST


def site(path: str = "/") -> str:
    """An address of this site in the reader's language."""
    return request.script_root + path
