"""Downloads of the list: the same address as the page with another ending; ``column`` chooses what is in the file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import urlencode

import msgspec
from flask import Blueprint, Response, current_app, redirect, request
from werkzeug.wrappers import Response as WerkzeugResponse

from uptake.db import db, session
from uptake.errors import NotFound
from uptake.i18n import N_, get_locale, set_locale
from uptake.search.engine import Query
from uptake.services.lists import export_jobs, export_records, exporting, searching
from uptake.services.lists.searching import PAGE_SIZES, Page
from uptake.services.names import Names
from uptake.texts import slugify
from uptake.web.addresses import root
from uptake.web.extensions import registry
from uptake.web.links import Link, here
from uptake.web.params import LAST_PAGE, clean, number_from, query_from

blueprint = Blueprint("exports", __name__)
LARGEST_PAGE = 500


@blueprint.get("/recommendations.<any(csv,xlsx,json,jsonl,docx,pdf):ext>")
def recommendations(ext: str) -> WerkzeugResponse:
    """All that fits as a file; JSON page by page. A browser is led to where a large one is made in the background."""
    query, error = query_from(request.args)
    if error:
        raise error
    exporting.columns_for(ext, asked_columns())
    if ext in export_jobs.LARGE and request.method != "HEAD":
        count = searching.find(session(), query, 1, 1)[0].count
        exporting.check_size(ext, count)
        if export_jobs.is_large(ext, count) and "text/html" in request.headers.get("Accept", ""):
            return redirect(str(form_link().put("format", ext)), 303)
    response = _page(query) if ext == "json" else Response(_body(query, ext), mimetype=exporting.FORMATS[ext])
    kind = "inline" if ext == "json" else "attachment"
    response.headers.set("Content-Disposition", kind, filename=file_name(query, ext))
    return response


def asked_columns() -> list[str]:
    """The columns that the address names, each by itself or several with commas."""
    return [name.strip() for value in request.args.getlist("column") for name in clean(value).split(",")]


def form_link() -> Link:
    """Where the columns of this list are chosen."""
    columns = tuple(("column", name) for name in asked_columns() if name)
    return Link(f"{request.script_root}/recommendations/export", (*here().drop("size").pairs, *columns))


@blueprint.get("/recommendations/as/<suffix>")
def in_format_of_plugin(suffix: str) -> Response:
    """All that fits in the format of a plugin."""
    exporter = registry().exporters.get(suffix)
    if exporter is None:
        raise NotFound(N_("There is no such format."), remedy=N_("Choose one from the list of downloads."))
    query, error = query_from(request.args)
    if error:
        raise error
    pieces = export_records.stream(db.engine, exporter, query)
    body = iter(()) if request.method == "HEAD" else _continued(next(pieces, b""), pieces, get_locale())
    response = Response(body, mimetype=exporter.media_type)
    response.headers.set("Content-Disposition", "attachment", filename=file_name(query, suffix))
    return response


def _page(query: Query) -> Response:
    number = number_from(request.args, "page", 1, LAST_PAGE)
    size = number_from(request.args, "size", PAGE_SIZES[0], LARGEST_PAGE)
    page, engine = searching.find(session(), query, number, size)
    found = searching.facets(engine, query, page.answer) if request.args.get("facets") == "1" else None
    answer = searching.as_json(page, found) | _paging(page)
    if columns := asked_columns():
        answer["items"] = list(
            exporting.records(page.cards, Names(session()), root(), exporting.columns_for("json", columns))
        )
    return Response(msgspec.json.encode(answer), mimetype="application/json")


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
    pieces = exporting.stream(db.engine, query, ext, root(), columns=asked_columns())
    return _continued(next(pieces), pieces, get_locale())


def _continued(first: bytes, rest: Iterator[bytes], locale: str) -> Iterator[bytes]:
    yield first
    set_locale(locale)
    yield from rest


def file_name(query: Query, ext: str) -> str:
    """Instance, what was looked for, and the day: ``uptake-recommendations-xmv-women-2026-11-20.csv``."""
    title = current_app.extensions["uptake"].title
    chosen = [value for values in query.filters.values() for value in values]
    words = slugify(" ".join((title, "recommendations", *chosen, query.text)))[:100].strip("-")
    return f"{words}-{date.today().isoformat()}.{ext}"
