"""My work and the lists behind it."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, render_template, request

from uptake.db import session
from uptake.errors import Invalid
from uptake.i18n import gettext as _
from uptake.models.responsibility import PRIORITIES
from uptake.services.lists import saved_views
from uptake.services.permissions import may_somewhere
from uptake.services.progress.status_scale import scale
from uptake.services.telling import notice_pages
from uptake.services.work import my_work, work_list
from uptake.services.work.worklists import STATES
from uptake.web.params import LAST_PAGE, clean, number_from
from uptake.web.who import allowed, person

blueprint = Blueprint("work", __name__)
NOTICES = 5


@blueprint.context_processor
def _known() -> dict[str, Any]:
    """What every template of work knows."""
    return {
        "today": date.today(),
        "tallied": my_work.TALLIED,
        "states": STATES,
        "can_report": may_somewhere(person(), "roundtrip.use"),
    }


@blueprint.get("/work")
@allowed("work.read")
def page() -> str:
    """The first page after signing in."""
    found = my_work.my_work(session(), person=person())
    views = saved_views.listed(session(), person=person())
    told = notice_pages.listing(session(), person=person()).lines[:NOTICES]
    return render_template("work/page.html", page=found, views=views, notices=told)


@blueprint.get("/work/<name>")
@allowed("work.read")
def section(name: str) -> str:
    """One section of My work, all of it."""
    number = number_from(request.args, "page", 1, LAST_PAGE)
    return render_template("work/section.html", section=my_work.section(session(), name, number, person=person()))


@blueprint.get("/work/institutions")
@allowed("work.read")
def institutions() -> str:
    """What waits in each institution."""
    return render_template("work/institutions.html", rows=my_work.institutions(session(), person=person()))


@blueprint.get("/work/recommendations")
@allowed("work.read")
def recommendations() -> tuple[str, int]:
    """The recommendations of one's institutions."""
    given, errors = asked(), {}
    try:
        wanted = work_list.wanted_from(session(), person(), **given)
    except Invalid as error:
        errors = {name: _(what) for name, what in error.fields.items()} or {"": _(error.message, **error.values)}
        wanted = work_list.wanted_from(session(), person(), given["institutions"])
    found = work_list.work_list(session(), wanted, number_from(request.args, "page", 1, LAST_PAGE), person=person())
    choices = {
        "priorities": PRIORITIES,
        "options": work_list.options(session(), person=person()),
        "scale": scale(session()),
    }
    shown = render_template(
        "work/recommendations.html", page=found, asked=given, errors=errors, link=_link(), **choices
    )
    return shown, 422 if errors else 200


def asked(*, skip_empty: bool = False) -> dict[str, Any]:
    """What an address says of the list of work."""
    args = request.args
    found = {
        "institutions": [int(value) for value in args.getlist("institution") if value.isdecimal() and len(value) < 10],
        "states": [clean(value) for value in args.getlist("state") if clean(value)],
        "priorities": [clean(value) for value in args.getlist("priority") if clean(value)],
        "since": clean(args.get("from", "")),
        "until": clean(args.get("to", "")),
    }
    return {name: value for name, value in found.items() if value} if skip_empty else found


def _link() -> str:
    """The address of this list that wants a page's number."""
    kept = [(name, clean(value)) for name, value in request.args.items(multi=True) if name != "page" and clean(value)]
    return f"?{urlencode([*kept, ('page', '')])}"
