"""Pictures of the register as pages and files: one address, with another ending for each form."""

from __future__ import annotations

from datetime import date
from textwrap import shorten
from typing import Any

import msgspec
from flask import Blueprint, Response, current_app, request

from uptake.db import session
from uptake.errors import Busy
from uptake.i18n import day
from uptake.i18n import gettext as _
from uptake.search.engine import Query
from uptake.services.charts import pictures, pictures_render
from uptake.services.charts.pictures import MOST, PICTURES, SHORT, SHOWN
from uptake.services.charts.pictures_spec import Spec, alt, spec_of
from uptake.services.charts.pictures_table import Table
from uptake.services.lists.criteria import SEPARATOR, criteria
from uptake.texts import slugify
from uptake.web.addresses import root
from uptake.web.links import Link, here
from uptake.web.params import query_from
from uptake.web.portal.facets import chips
from uptake.web.portal.pages import names
from uptake.web.render import page
from uptake.web.who import person

blueprint = Blueprint("pictures", __name__)
FIRST = next(iter(PICTURES))
KINDS = {"svg": "image/svg+xml", "png": "image/png", "vl": "application/json"}
HERE = "https://here.invalid"  # Vega takes addresses without a host for its own
LONGEST_LINE = 110  # characters below the title of a picture
ENDINGS = {"vl": "vl.json"}


@page(blueprint, "/progress", "pictures/page.html")
def first() -> dict[str, Any]:
    """The picture to begin with."""
    return _page(FIRST)


@page(blueprint, "/progress/<name>", "pictures/page.html")
def one(name: str) -> dict[str, Any]:
    """One picture with its numbers."""
    return _page(name)


@blueprint.get("/progress/<name>.<any(svg,png,vl):ext>")
def file(name: str, ext: str) -> Response:
    """The picture as a file, or its description for other programs."""
    spec = description(table_of(name))
    response = Response(_made(spec, ext), mimetype=KINDS[ext])
    words = slugify(f"{current_app.extensions['uptake'].title} {name}")[:100].strip("-")
    response.headers.set("Content-Disposition", "inline", filename=f"{words}-{date.today()}.{ENDINGS.get(ext, ext)}")
    if ext == "svg":
        response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
    return response


def _made(spec: Spec, ext: str) -> bytes | str:
    if ext == "vl":
        return msgspec.json.encode(spec)
    return pictures_render.png_of(spec) if ext == "png" else pictures_render.svg_of(spec)


def table_of(name: str, limit: int = 0) -> Table:
    """The numbers that this request asks for."""
    most = MOST if request.args.get("rows") == "all" else SHOWN
    return pictures.table(session(), name, asked(), limit or most, person=person(), names=names())


def asked() -> Query:
    """The query of the address. Raises ``Invalid`` for a wrong day, as an export does."""
    query, error = query_from(request.args)
    if error:
        raise error
    return query


def description(table: Table, base: str = "") -> Spec:
    """The picture's description, with the addresses of the lists in the reader's language."""
    title = current_app.extensions["uptake"].title
    said = shorten(in_words(table), LONGEST_LINE, placeholder="…")
    return spec_of(table, base=base or root(), source=f"{said}\n{title} · {day(date.today())}".strip())


def in_words(table: Table) -> str:
    """The filters of a picture; those of work have none."""
    return "" if PICTURES[table.name].action else SEPARATOR.join(criteria(asked(), names()))


def drawn(table: Table) -> str:
    """The picture for a page: its links are for the mouse, since the table beside it has them all for everybody.

    Empty where nothing can be drawn just now: then the table has bars.
    """
    if not table.rows or not pictures_render.available():
        return ""
    spec = {name: part for name, part in description(table, HERE + request.script_root).items() if name != "title"}
    try:
        return pictures_render.svg_of(spec).replace(HERE, "").replace("<a ", '<a tabindex="-1" ')
    except Busy:
        return ""


def _page(name: str) -> dict[str, Any]:
    table, query = table_of(name), asked()
    inside = bool(PICTURES[name].action)
    pairs = () if inside else here().drop("sort", "size").pairs
    link = Link(f"{request.script_root}/progress/{name}", pairs)
    return {
        "page": table,
        "drawn": drawn(table),
        "alt": alt(table),
        "inside": inside,
        "chips": [] if inside else chips(query, link, names()),
        "query": query,
        "link": link,
        "all_rows": link.put("rows", "all"),
        "groups": _groups(name, pairs),
        "files": {ext: str(Link(f"{link.path}.{ext}", link.pairs)) for ext in ("svg", "png", "json", "vl")},
        "embed": str(Link(f"/progress/{name}", link.pairs)),
        "available": pictures_render.available(),
    }


def _groups(chosen: str, pairs: tuple[tuple[str, str], ...]) -> dict[str, list[tuple[str, str, bool]]]:
    """What else there is to see, with the same filters: (label, address, whether it is this one) below each heading."""
    found: dict[str, list[tuple[str, str, bool]]] = {}
    for picture in pictures.allowed(person()):
        link = Link(f"{request.script_root}/progress/{picture.name}", () if picture.action else pairs)
        label = _(picture.title) if picture.action else _(SHORT[picture.by])
        found.setdefault(_(picture.group), []).append((label, str(link), picture.name == chosen))
    return found
