"""What an address asks for: the same parameters for the list, its exports and its feeds."""

from __future__ import annotations

import re

from werkzeug.datastructures import MultiDict
from werkzeug.routing import IntegerConverter, Map

from uptake.errors import Invalid
from uptake.search.engine import Query
from uptake.services.lists.searching import FILTERS, PAGE_SIZES, build_query

WITHOUT = "not."
LONGEST_VALUE = 300
LAST_PAGE = 1_000_000
LARGEST = 2**31 - 1
_SINGLE = {"from": "since", "to": "until", "sort": "sort"}
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]+")


class Number(IntegerConverter):
    """A number in a path: one that a database can hold; with any other there is no such page."""

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=LARGEST)


def query_from(args: MultiDict[str, str]) -> tuple[Query, Invalid | None]:
    """The query of an address, and what was wrong with it.

    ``q``; each filter by its name, repeated; ``not.<filter>``; ``from``, ``to``, ``sort``. Others are ignored, wrong
    ones left out: a page shows the error beside what the rest finds, an export raises it.
    """
    text = clean(args.get("q", ""))
    kept: dict[str, str] = {}
    error = None
    for name, option in _SINGLE.items():
        try:
            build_query(text, **{option: clean(args.get(name, ""))})  # type: ignore[arg-type]
            kept[option] = clean(args.get(name, ""))
        except Invalid as found:
            error = error or found
    return build_query(text, _pairs(args), _pairs(args, WITHOUT), **kept), error


def number_from(args: MultiDict[str, str], name: str, default: int, most: int) -> int:
    """A whole number from 1 to ``most``; the default where it is none."""
    written = clean(args.get(name, ""))
    return min(max(int(written), 1), most) if written.isdecimal() and len(written) < 10 else default


def version_from(form: MultiDict[str, str]) -> int:
    """The version that a form was made from; -1, which nothing has, where it holds none."""
    written = form.get("version", "")
    return int(written) if written.isdecimal() and len(written) < 10 else -1


def paging_from(args: MultiDict[str, str]) -> tuple[int, int]:
    """Page number and page size of a list for people."""
    size = number_from(args, "size", PAGE_SIZES[0], PAGE_SIZES[-1])
    return number_from(args, "page", 1, LAST_PAGE), size if size in PAGE_SIZES else PAGE_SIZES[0]


def clean(value: str) -> str:
    """Without control characters, which no database takes and nobody means."""
    return _CONTROL.sub(" ", value).strip()


def _pairs(args: MultiDict[str, str], prefix: str = "") -> list[tuple[str, str]]:
    return [(name, clean(value)[:LONGEST_VALUE]) for name in FILTERS for value in args.getlist(prefix + name)]
