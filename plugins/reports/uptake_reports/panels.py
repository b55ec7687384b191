"""What other pages show of reports."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from sqlalchemy import or_, select
from uptake.toolkit import PanelContext, reach, session

from uptake_reports import publishing
from uptake_reports.access import WRITE
from uptake_reports.models import Project, Section
from uptake_reports.reading import circulated_to, used_in

MOST, NEWEST = 20, 3


def on_recommendation(context: PanelContext) -> Mapping[str, object] | None:
    """The reports in reach that have taken something of a recommendation in."""
    assert context.subject is not None
    rows = used_in(session(), context.subject, person=context.person)
    return {"rows": rows} if rows else None


def on_mechanism(context: PanelContext) -> Mapping[str, object] | None:
    """The public reports that went to a mechanism."""
    rows = publishing.published(session(), mechanism=context.subject, most=MOST)
    return {"rows": rows} if rows else None


def on_home(_context: PanelContext) -> Mapping[str, object] | None:
    """The newest public reports."""
    rows = publishing.published(session(), most=NEWEST)
    return {"rows": rows, "more": True} if rows else None


def on_work(context: PanelContext) -> Mapping[str, object] | None:
    """The sections that the person writes and that hold no text yet, and drafts that wait for remarks."""
    mine = reach(context.person, WRITE)
    own = [Section.user_id == context.person.id]
    if mine:
        own.append(Section.actor_id.in_(mine))
    wanted = (
        select(Section, Project.title)
        .join(Project, Project.id == Section.project_id)
        .where(or_(*own), Section.body == "", Project.status.in_(("draft", "circulated")))
        .order_by(Section.due.is_(None), Section.due, Section.id)
        .limit(MOST)
    )
    sections = [(row, title) for row, title in session().execute(wanted)]
    drafts = circulated_to(session(), person=context.person)
    today = datetime.datetime.now(datetime.UTC).date()
    return {"sections": sections, "drafts": drafts, "today": today} if sections or drafts else None
