"""What a report and each of its sections is about: the recommendations that belong there."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session
from uptake.toolkit import Finder, Query, mechanism_options, state_options

from uptake_reports.models import Project, Section
from uptake_reports.outlines import known

NONE = ("none",)
KINDS = ("recommendation", "pledge", "decision", "remedy", "other", "unspecified")


def finder(session: Session, project: Project) -> Finder:
    """Finds within what the report is about: its State, its mechanism, and the document that it answers. Concerns are not
    among it: they are answered with the recommendation that follows them."""
    return Finder(session, _scope(session, project))


def queries(session: Session, project: Project, sections: Sequence[Section]) -> dict[int, Query]:
    """What pictures of some sections count, by their ids: the recommendations that belong there, of a section for which none
    is named those of the whole report. A section on single paragraphs has none."""
    scope = _scope(session, project)
    return {one.id: _query(scope, takes(one)) for one in sections if "paragraph" not in one.wants}


def _scope(session: Session, project: Project) -> dict[str, tuple[str, ...]]:
    scope: dict[str, tuple[str, ...]] = {"kind": KINDS}
    if project.state_id:
        scope["state"] = tuple(code for id_, code, _name in state_options(session) if id_ == project.state_id) or NONE
    if project.mechanism_id and not known(session, project.outline).across:
        codes = tuple(one.code for one in mechanism_options(session) if one.id == project.mechanism_id)
        scope["mechanism"] = codes or NONE
    if project.document_id:
        scope["document"] = (str(project.document_id),)
    return scope


def _query(scope: dict[str, tuple[str, ...]], wanted: dict[str, Sequence[str]]) -> Query:
    """Within the scope, where it names a field as well only what both name."""
    filters = dict(scope)
    for name, values in wanted.items():
        if name != "all":
            filters[name] = tuple(one for one in values if one in filters.get(name, values)) or NONE
    return Query(filters=filters)


def takes(section: Section) -> dict[str, Sequence[str]]:
    """The filters of a section; empty where nothing in particular belongs there."""
    return {name: values for name, values in section.wants.items() if name != "table"}


def everything(session: Session, project: Project, sections: Sequence[Section] | None = None) -> list[int]:
    """All recommendations that the report should speak of: those of all its sections, or of its scope where one takes all."""
    if sections is None:
        sections = list(session.scalars(select(Section).where(Section.project_id == project.id)))
    search = finder(session, project)
    wanted = [takes(one) for one in sections if takes(one)]
    if not wanted and (project.mechanism_id or project.document_id):
        return search.find({"all": ["yes"]})
    return search.find_any(wanted)
