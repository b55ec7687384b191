"""Pictures and lists inside other sites: fixed addresses that hold no form, set no cookie and show only what is public."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import UUID

import msgspec
from flask import Blueprint, Response, current_app, render_template, request
from markupsafe import Markup
from werkzeug.exceptions import NotImplemented as NotBuilt

from uptake.db import session
from uptake.errors import NotFound
from uptake.i18n import N_, get_locale
from uptake.i18n import gettext as _
from uptake.services.charts import pictures
from uptake.services.lists import searching
from uptake.services.lists.criteria import SEPARATOR, criteria
from uptake.services.permissions import NOBODY
from uptake.services.portal import pages_recommendation
from uptake.settings import Settings
from uptake.web.addresses import root
from uptake.web.headers import POLICY
from uptake.web.links import LIST, NAMES, list_of
from uptake.web.params import number_from
from uptake.web.portal.pages import names, text_language
from uptake.web.portal.pictures import FIRST, asked, drawn, in_words

blueprint = Blueprint("embedding", __name__)
FRAMED = POLICY.replace("frame-ancestors 'none'", "frame-ancestors *").replace(
    "form-action 'self'", "form-action 'none'"
)
FRAME = Markup('<iframe src="{src}" title="{title}" width="{width}" height="{height}" loading="lazy"></iframe>')
WIDTH, HEIGHT, LONGEST = 800, 600, 2000
ROWS, MOST_ROWS = 10, 50


@blueprint.get("/embed/progress/<name>")
def picture(name: str) -> Response:
    """A picture with its numbers."""
    table = pictures.table(session(), name, asked(), person=NOBODY, names=names())
    return _framed(
        "embed/picture.html",
        page=table,
        drawn=drawn(table),
        title=table.title,
        behind=f"/progress/{name}",
        chosen=in_words(table),
    )


@blueprint.get("/embed/recommendations")
def listing() -> Response:
    """The first of a list."""
    size = number_from(request.args, "size", ROWS, MOST_ROWS)
    query = asked()
    page, _engine = searching.find(session(), query, 1, size, get_locale())
    chosen = SEPARATOR.join(criteria(query, names()))
    return _framed("embed/list.html", page=page, title=_("Recommendations"), behind=LIST, chosen=chosen)


@blueprint.get("/embed/recommendations/<uuid:uuid>")
def recommendation(uuid: UUID) -> Response:
    """One recommendation."""
    card = pages_recommendation.recommendation(session(), uuid, text_language()).card
    return _framed("embed/list.html", page={"cards": [card], "count": 1}, title=_("Recommendation"), behind="")


@blueprint.get("/oembed")
def oembed() -> Response:
    """How another site shows a page of this one (oEmbed 1.0). Raises ``NotFound`` for any other address."""
    if request.args.get("format", "json") != "json":
        raise NotBuilt
    title, source = _of_page(request.args.get("url", ""))
    width = number_from(request.args, "maxwidth", WIDTH, WIDTH)
    height = number_from(request.args, "maxheight", HEIGHT, HEIGHT)
    answer = {
        "version": "1.0", "type": "rich", "title": title, "provider_name": _settings().title, "provider_url": root(),
        "width": width, "height": height, "cache_age": 3600, "html": frame_of(source, title, width, height),
    }  # fmt: skip
    response = Response(msgspec.json.encode(answer), mimetype="application/json")
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


@blueprint.app_context_processor
def _tools() -> dict[str, object]:
    return {"oembed_address": oembed_address, "frame_code": frame_code}


def oembed_address() -> str:
    """Where the page that is being shown says how it can be embedded."""
    query = request.query_string.decode("utf-8", "replace")
    return f"{root(with_language=False)}/oembed?{urlencode({'url': f'{root()}{request.path}?{query}'.rstrip('?')})}"


def frame_code(path: str, title: str) -> str:
    """What one copies into another page to show this one there; ``path`` with its query."""
    return frame_of(f"{root()}/embed{path}", title)


def frame_of(source: str, title: str, width: int | str = "100%", height: int = HEIGHT) -> str:
    """The frame as HTML."""
    return str(FRAME.format(src=source, title=f"{_settings().title}: {title}", width=width, height=height))


def _of_page(url: str) -> tuple[str, str]:
    """The title of a page of this site and the address that shows it in a frame."""
    unknown = NotFound(N_("No page of this site that can be embedded stands there."), remedy=N_("Check the address."))
    base = root(with_language=False)
    if len(url) > LONGEST or not url.startswith(f"{base}/"):
        raise unknown
    parts = urlsplit(url[len(base) :])
    language, _slash, rest = parts.path[1:].partition("/")
    prefix, path = (f"/{language}", f"/{rest}") if language in _settings().languages else ("", parts.path)
    asked_for = [(name, value) for name, value in parse_qsl(parts.query, max_num_fields=500) if name in NAMES]
    title = _title_of("/progress/" + FIRST if path == "/progress" else path)
    if title is None:
        raise unknown
    path = "/progress/" + FIRST if path == "/progress" else path
    return title, f"{base}{prefix}/embed{path}" + (f"?{urlencode(asked_for)}" if asked_for else "")


def _title_of(path: str) -> str | None:
    """What stands at a path; None where it cannot be embedded."""
    head, _slash, name = path[1:].partition("/")
    if path == LIST:
        return _("Recommendations")
    if head == "progress" and name in pictures.PICTURES and not pictures.PICTURES[name].action:
        return _(pictures.PICTURES[name].title)
    if head == "recommendations" and _is_uuid(name):
        pages_recommendation.recommendation(session(), UUID(name), get_locale())
        return _("Recommendation")
    return None


def _is_uuid(written: str) -> bool:
    try:
        return str(UUID(written)) == written.lower()
    except ValueError:
        return False


def _framed(template: str, **values: object) -> Response:
    pairs = [(name, value) for name, value in request.args.items(multi=True) if name in NAMES and name != "size"]
    response = Response(render_template(template, asked=pairs, list_of=list_of, **values))
    response.headers["Content-Security-Policy"] = FRAMED
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Cross-Origin-Opener-Policy"] = "unsafe-none"
    return response


def _settings() -> Settings:
    found: Settings = current_app.extensions["uptake"]
    return found
