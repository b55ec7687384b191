"""The outline of a report: who writes which section until when, and sections that are added, moved and taken away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from uptake.toolkit import (
    N_,
    Conflict,
    Invalid,
    Person,
    institution_options,
    load_person,
    may_somewhere,
    people_of,
    record_event,
    require,
    tell,
    transaction,
)

from uptake_reports.access import MANAGE, WRITE, found, managed, require_version
from uptake_reports.drafts import CANNOT, CHOOSE, DAY, day_of, number_of, wrong_text
from uptake_reports.editing import next_position
from uptake_reports.models import Project, Section

LONGEST_HEADING, LONGEST_GUIDANCE = 300, 20_000


@dataclass(frozen=True, slots=True)
class SectionDraft:
    """What surrounds the text of a section, as forms send it. ``actor`` and ``user`` are ids, ``due`` a day."""

    heading: str = ""
    guidance: str = ""
    actor: str = ""
    user: str = ""
    due: str = ""
    share: str = ""
    annex: bool = False

    def values(self, session: Session, section: Section | None) -> dict[str, Any]:
        """What is to be saved, by column. Raises ``Invalid`` with every field that cannot be taken."""
        wrong: dict[str, str] = {}
        if not self.heading.strip():
            wrong["heading"] = N_("Give the section a heading.")
        elif fault := wrong_text(self.heading, LONGEST_HEADING):
            wrong["heading"] = fault
        if fault := wrong_text(self.guidance, LONGEST_GUIDANCE):
            wrong["guidance"] = fault
        now = section.actor_id if section else None
        offered = {str(id_) for id_, _name in institution_options(session)} | {"", str(now or "")}
        if self.actor not in offered:
            wrong["actor"] = CHOOSE
        user = number_of(self.user)
        known = user and (section is not None and user == section.user_id)
        if self.user and not known and not (user and may_somewhere(load_person(session, user), WRITE)):
            wrong["user"] = CHOOSE
        due = day_of(self.due)
        if self.due and due is None:
            wrong["due"] = DAY
        if self.share.strip() and not number_of(self.share):
            wrong["share"] = N_("Write the limit as a number of words, or leave it empty.")
        if wrong:
            raise Invalid(CANNOT, fields=wrong)
        return {
            "heading": self.heading.strip(), "guidance": self.guidance.replace("\r\n", "\n").strip(),
            "actor_id": number_of(self.actor) or None, "user_id": user or None, "due": due,
            "share": number_of(self.share) or None, "counted": not self.annex,
        }  # fmt: skip


def arrange(section_id: int, draft: SectionDraft, *, version: int, person: Person) -> None:
    """Say who writes a section until when. Whoever is new to it is told."""
    require(person, MANAGE)
    with transaction() as session:
        section = found(session, Section, section_id)
        project = managed(session, section.project_id, person)
        require_version(section, version)
        wanted = draft.values(session, section)
        said = {
            name: [str(getattr(section, name)), str(new)]
            for name, new in wanted.items()
            if getattr(section, name) != new
        }
        if not said:
            return
        for name, value in wanted.items():
            setattr(section, name, value)
        if "actor_id" in said or "user_id" in said:
            _tell(session, section, project, person)
        record_event(session, person.mark, "reports.arrange", f"reports.section/{section_id}", said)


def add(project_id: int, heading: str, parent: str, *, person: Person) -> int:
    """A new section, at the end of its parent or of the report; its id."""
    require(person, MANAGE)
    with transaction() as session:
        managed(session, project_id, person)
        values = SectionDraft(heading=heading).values(session, None)
        rows = ordered(session, project_id)
        above = number_of(parent) or None
        if above is not None and above not in {row.id for row in rows}:
            raise Invalid(CANNOT, fields={"parent": CHOOSE})
        row = Section(
            project_id=project_id, parent_id=above, position=next_position(session, project_id), code="own", wants={}, **values
        )  # fmt: skip
        session.add(row)
        session.flush()
        said = {"section": [None, row.id], "heading": [None, row.heading]}
        record_event(session, person.mark, "reports.add", f"reports.project/{project_id}", said)
        return row.id


def shift(section_id: int, direction: str, *, person: Person) -> int:
    """Move a section up or down among those beside it; the report's id."""
    require(person, MANAGE)
    with transaction() as session:
        section = found(session, Section, section_id)
        managed(session, section.project_id, person)
        beside = [row for row in ordered(session, section.project_id) if row.parent_id == section.parent_id]
        at = next(index for index, row in enumerate(beside) if row.id == section_id)
        to = at + {"up": -1, "down": 1}.get(direction, 0)
        if to != at and 0 <= to < len(beside):
            other = beside[to]
            section.position, other.position = other.position, section.position
            said = {"moved": [section_id, direction]}
            record_event(session, person.mark, "reports.move", f"reports.project/{section.project_id}", said)
        return section.project_id


def remove(section_id: int, *, version: int, person: Person) -> int:
    """Take a section away that holds no text and no other section; the report's id."""
    require(person, MANAGE)
    with transaction() as session:
        section = found(session, Section, section_id)
        managed(session, section.project_id, person)
        require_version(section, version)
        if section.body or session.scalar(select(Section.id).where(Section.parent_id == section_id).limit(1)):
            raise Conflict(
                N_("This section is not empty."), remedy=N_("Take its text and the sections below it away first.")
            )
        said = {"section": [section.id, None], "heading": [section.heading, None]}
        record_event(session, person.mark, "reports.remove", f"reports.project/{section.project_id}", said)
        session.delete(section)
        return section.project_id


def ordered(session: Session, project_id: int) -> list[Section]:
    """All sections in the order of the report: each is followed by those below it."""
    rows = list(
        session.scalars(select(Section).where(Section.project_id == project_id).order_by(Section.position, Section.id))
    )
    below: dict[int | None, list[Section]] = {}
    for row in rows:
        below.setdefault(row.parent_id, []).append(row)
    found: list[Section] = []

    def walk(parent: int | None) -> None:
        for row in below.get(parent, ()):
            found.append(row)
            walk(row.id)

    walk(None)
    return found


def depths(rows: list[Section]) -> dict[int, int]:
    """How deep each section stands; 1 for the highest."""
    found: dict[int, int] = {}
    for row in rows:
        found[row.id] = found.get(row.parent_id or 0, 0) + 1
    return found


def _tell(session: Session, section: Section, project: Project, person: Person) -> None:
    people = {section.user_id} if section.user_id else people_of(session, section.actor_id, "focal_point", "alternate")
    if section.actor_id is None and section.user_id is None:
        return
    values = {"name": f"{project.title}: {section.heading}", "actor": section.actor_id}
    if section.due:
        values["day"] = section.due.isoformat()
    kind = "reports.section_due" if section.due else "reports.section"
    tell(
        session,
        {one for one in people if one} - {person.id or 0},
        kind,
        f"/reports/sections/{section.id}",
        values=values,
    )
