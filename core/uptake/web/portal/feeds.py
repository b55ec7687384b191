"""For machines that follow: an Atom feed of any search, the sitemap, robots.txt."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from urllib.parse import urlencode
from xml.sax.saxutils import escape

from flask import Blueprint, Response, current_app, request

from uptake.db import session
from uptake.errors import NotFound
from uptake.i18n import N_, get_locale
from uptake.i18n import gettext as _
from uptake.search.engine import Query
from uptake.services.lists import searching
from uptake.services.lists.criteria import criteria
from uptake.services.names import Names
from uptake.services.portal import sitemap
from uptake.web.addresses import root
from uptake.web.params import query_from
from uptake.web.portal.atom import Head, feed, legal

blueprint = Blueprint("feeds", __name__)
ENTRIES = 50
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
ROBOTS = """User-agent: *
Disallow: /*.csv
Disallow: /*.xlsx
Disallow: /*.json
Disallow: /*?

Sitemap: {address}
"""


@blueprint.get("/recommendations.atom")
def atom() -> Response:
    """The newest recommendations of a search."""
    query, error = query_from(request.args)
    if error:
        raise error
    page, _engine = searching.find(session(), replace(query, sort="newest"), 1, ENTRIES)
    names = Names(session())
    return Response(feed(_head(query, names), page.cards, names), mimetype="application/atom+xml")


@blueprint.get("/sitemap.xml")
def index() -> Response:
    """The sitemap's files."""
    base = root(with_language=False)
    numbers = range(1, sitemap.count_files(session()) + 1)
    return _xml("sitemapindex", "sitemap", (f"{base}/sitemap-{number}.xml" for number in numbers))


@blueprint.get("/sitemap-<name>.xml")
def part(name: str) -> Response:
    """One of the sitemap's files."""
    number = int(name) if name.isascii() and name.isdecimal() and len(name) < 7 else 0
    if not 1 <= number <= sitemap.count_files(session()):
        raise NotFound(N_("There is no such part of the sitemap."), remedy=N_("Its parts are listed in sitemap.xml."))
    base = root(with_language=False)
    return _xml("urlset", "url", (base + path for path in sitemap.paths(session(), number)))


@blueprint.get("/robots.txt")
def robots() -> Response:
    """What crawlers need not walk: every combination of filters; the sitemap has it all."""
    return Response(ROBOTS.format(address=f"{root(with_language=False)}/sitemap.xml"), mimetype="text/plain")


def _head(query: Query, names: Names) -> Head:
    title, here = current_app.extensions["uptake"].title, root()
    asked = urlencode(list(request.args.items(multi=True)))
    about = ", ".join(criteria(query, names)) or _("Recommendations")
    here_and_there = [f"{here}{path}?{asked}".rstrip("?") for path in (request.path, "/recommendations")]
    return Head(f"{title} · {about}", title, get_locale(), here, *here_and_there)


def _xml(outer: str, inner: str, addresses: Iterable[str]) -> Response:
    def lines() -> Iterator[str]:
        yield f'<?xml version="1.0" encoding="utf-8"?>\n<{outer} xmlns="{NAMESPACE}">'
        yield from (f"<{inner}><loc>{escape(legal(address))}</loc></{inner}>" for address in addresses)
        yield f"</{outer}>\n"

    return Response("\n".join(lines()), mimetype="application/xml")
