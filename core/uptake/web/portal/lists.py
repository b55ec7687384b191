"""The list of recommendations: search, facets, chips, sort, pages."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request

from uptake.db import session
from uptake.errors import Invalid
from uptake.i18n import N_
from uptake.i18n import gettext as _
from uptake.search.engine import Answer, Query
from uptake.services.lists import searching
from uptake.services.lists.searching import PAGE_SIZES
from uptake.web.links import ALL, LIST, Link, here
from uptake.web.marks import Marker
from uptake.web.params import clean, paging_from, query_from
from uptake.web.portal.facets import Facets, chips
from uptake.web.portal.pages import names

blueprint = Blueprint("lists", __name__)
SORTS = {
    "relevance": N_("Relevance"), "newest": N_("Newest first"), "oldest": N_("Oldest first"),
    "document": N_("Document order"),
}  # fmt: skip


@blueprint.get("/recommendations")
def recommendations() -> str:
    """What fits, as a page."""
    query, error = query_from(request.args)
    number, size = paging_from(request.args)
    page, engine = searching.find(session(), query, number, size)
    link = here()
    return render_template(
        "list.html",
        page=page,
        link=link,
        error=_told(error),
        facets=list(Facets(engine, query, page.answer, link, names())),
        chips=chips(query, link, names()),
        marked=Marker(page.answer.reading.node),
        **_tools(query, page.answer, link, size),
    )


def _tools(query: Query, answer: Answer, link: Link, size: int) -> dict[str, Any]:
    sorts = [(name, label) for name, label in SORTS.items() if name != "relevance" or query.text]
    return {
        "problems": searching.problems(answer),
        "reading": str(answer.reading),
        "sorts": [(label, str(link.put("sort", name)), name == query.sort) for name, label in sorts],
        "sizes": [(each, str(link.put("size", each)), each == size) for each in PAGE_SIZES],
        "kept": [pair for pair in link.pairs if pair[0] not in {"q", "page"}],
        "picture": str(Link(request.script_root + "/progress", link.drop("sort", "size", ALL).pairs)),
        "embed": str(Link(LIST, link.drop("sort", "size", ALL).pairs)),
        "file": str(Link(f"{link.path}.EXT", link.drop("size", ALL).pairs)),
    }


def _told(error: Invalid | None) -> dict[str, Any] | None:
    """What was wrong, and the field where it stands."""
    if error is None:
        return None
    wrong = error.values.get("value")
    field = next((name for name in ("from", "to") if clean(request.args.get(name, ""))[:40] == wrong), "sort")
    return {"message": _(error.message, **error.values), "remedy": _(error.remedy, **error.values), "field": field}
