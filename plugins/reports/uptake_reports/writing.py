"""What writers do with a section: save its text (each saving is a version), bring an old one back, comment on paragraphs."""

from __future__ import annotations

import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from uptake.toolkit import (
    N_,
    Conflict,
    Invalid,
    NotFound,
    Person,
    record_event,
    require,
    require_somewhere,
    transaction,
    unprintable,
)

from uptake_reports import locks
from uptake_reports.access import COMMENT, WRITE, found, may_write, require_open, section_for, writable
from uptake_reports.models import Section, SectionComment, SectionVersion
from uptake_reports.richtext import ANCHOR, clean_body

LONGEST_BODY = 1_000_000
LONGEST_COMMENT = 2000


def save(section_id: int, body: str, *, version: int, person: Person) -> int:
    """Save the text of a section; the version that it has now.

    Raises ``Conflict`` (``now`` holds what is saved) where it has changed since ``version``.
    """
    with transaction() as session:
        section, _project = writable(session, section_id, person)
        if len(body) > LONGEST_BODY:
            raise Invalid(
                N_("This section is too long to be saved."), fields={"body": N_("Make several sections of it.")}
            )
        kept = clean_body("".join(sign for sign in body if sign in "\n\t" or not unprintable(sign)))
        if section.version != version and section.body != kept:
            raise Conflict(
                N_("Somebody has changed this meanwhile."),
                remedy=N_("Compare both versions, then save again."),
                now={"body": section.body, "version": section.version},
            )
        put(session, section, kept, person)
        locks.keep(session, section_id, person)
        return section.version


def restore(section_id: int, number: int, *, version: int, person: Person) -> None:
    """Bring an earlier version back as a new one."""
    with transaction() as session:
        section, _project = writable(session, section_id, person)
        earlier = session.scalar(
            select(SectionVersion).where(SectionVersion.section_id == section_id, SectionVersion.number == number)
        )
        if earlier is None:
            raise NotFound(N_("There is no such version."))
        if section.version != version:
            raise Conflict(
                N_("Somebody has changed this meanwhile."), remedy=N_("Look at it again, then repeat the change.")
            )
        put(session, section, earlier.body, person)


def put(session: Session, section: Section, body: str, person: Person) -> None:
    """Set the text of a section and keep it as a version, inside the running transaction."""
    if section.body == body:
        return
    now = datetime.datetime.now(datetime.UTC)
    section.body, section.changed = body, now
    session.flush()
    session.add(
        SectionVersion(
            section_id=section.id, number=section.version, heading=section.heading, body=body, user_id=person.id, at=now
        )
    )
    said = {"version": [section.version - 1, section.version]}
    record_event(session, person.mark, "reports.write", f"reports.section/{section.id}", said)


def comment(section_id: int, anchor: str, text: str, *, person: Person) -> None:
    """Say something to a paragraph, or (``anchor`` empty) to the whole section."""
    require_somewhere(person, COMMENT)
    with transaction() as session:
        _section, project = section_for(session, section_id, person)
        require_open(project)
        words = text.replace("\r\n", "\n").strip()
        if not words or len(words) > LONGEST_COMMENT or unprintable(words.replace("\n", " ")):
            fault = N_("Write at most 2,000 characters.")
            raise Invalid(N_("The comment cannot be taken."), fields={"comment": fault})
        if anchor and not ANCHOR.fullmatch(anchor):
            raise Invalid(N_("There is no such paragraph."))
        now = datetime.datetime.now(datetime.UTC)
        row = SectionComment(section_id=section_id, anchor=anchor, user_id=person.id, text=words, at=now)
        session.add(row)
        session.flush()
        record_event(session, person.mark, "reports.comment", f"reports.section/{section_id}", {"comment": row.id})


def resolve(comment_id: int, *, person: Person) -> int:
    """Say that a comment is settled: its author does, or who writes the section. The section's id."""
    with transaction() as session:
        row = found(session, SectionComment, comment_id)
        section, project = section_for(session, row.section_id, person)
        if row.user_id != person.id and not may_write(session, section, project, person):
            require(person, WRITE, actor=section.actor_id)
        if row.resolved is None:
            row.resolved = datetime.datetime.now(datetime.UTC)
            record_event(session, person.mark, "reports.resolve", f"reports.section/{section.id}", {"comment": row.id})
        return section.id
