"""Worklists as files: the list of work at the same address with another ending."""

from __future__ import annotations

from flask import Response

from uptake.db import session
from uptake.services.work import work_export, work_list
from uptake.web.portal.list_answers import list_answer
from uptake.web.progress.work import asked, blueprint
from uptake.web.who import allowed, person


@blueprint.get("/work/recommendations.<any(csv,xlsx,json,jsonl,docx,pdf):ext>")
@allowed("work.read")
def recommendations_file(ext: str) -> Response:
    """The recommendations of one's institutions as a file: the rows of the page, all of them."""
    wanted = work_list.wanted_from(session(), person(), **asked(skip_empty=True))
    return list_answer(work_export.table(session(), wanted, person=person()), ext, "worklist", public=False)
