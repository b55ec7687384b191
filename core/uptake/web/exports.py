"""Downloads of the list: the same address as the page with another ending."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import urlencode

import msgspec
from flask import Blueprint, Response, current_app, request

from uptake.db import db, session
from uptake.i18n import get_locale, set_locale
from uptake.search.engine import Query
from uptake.services import exporting, searching
from uptake.services.searching import PAGE_SIZES, Page
from uptake.texts import slugify
from uptake.web.addresses import root
from uptake.web.params import LAST_PAGE, number_from, query_from

blueprint = Blueprint("exports", __name__)
LARGEST_PAGE = 500


@blueprint.get("/recommendations.<any(csv,xlsx,json,jsonl):ext>")
def recommendations(ext: str) -> Response:
    """All that fits as a file; JSON page by page."""
    query, error = query_from(request.args)
    if error:
        raise error
    response = _page(query) if ext == "json" else Response(_body(query, ext), mimetype=exporting.FORMATS[ext])
    kind = "inline" if ext == "json" else "attachment"
    response.headers.set("Content-Disposition", kind, filename=_file_name(query, ext))
    return response


def _page(query: Query) -> Response:
    number = number_from(request.args, "page", 1, LAST_PAGE)
    size = number_from(request.args, "size", PAGE_SIZES[0], LARGEST_PAGE)
    page, engine = searching.find(session(), query, number, size)
    found = searching.facets(engine, query, page.answer) if request.args.get("facets") == "1" else None
    return Response(msgspec.json.encode(searching.as_json(page, found) | _paging(page)), mimetype="application/json")


def _paging(page: Page) -> dict[str, Any]:
    previous = min(page.number - 1, page.pages)
    return {
        "page": page.number,
        "pages": page.pages,
        "size": page.size,
        "next": _address(page.number + 1) if page.number < page.pages else None,
        "previous": _address(previous) if previous else None,
    }


def _address(number: int) -> str:
    rest = [(name, value) for name, value in request.args.items(multi=True) if name != "page"]
    return f"{root()}{request.path}?{urlencode([*rest, ('page', number)])}"


def _body(query: Query, ext: str) -> Iterator[bytes]:
    """The first piece is made before the answer begins, so that what goes wrong becomes a page and no torn file."""
    if request.method == "HEAD":
        return iter(())
    pieces = exporting.stream(db.engine, query, ext, root())
    return _continued(next(pieces), pieces, get_locale())


def _continued(first: bytes, rest: Iterator[bytes], locale: str) -> Iterator[bytes]:
    yield first
    set_locale(locale)
    yield from rest


def _file_name(query: Query, ext: str) -> str:
    """Instance, what was looked for, and the day: ``uptake-recommendations-xmv-women-2026-11-20.csv``."""
    title = current_app.extensions["uptake"].title
    chosen = [value for values in query.filters.values() for value in values]
    words = slugify(" ".join((title, "recommendations", *chosen, query.text)))[:100].strip("-")
    return f"{words}-{date.today().isoformat()}.{ext}"
