"""What programs send to a section: a text, or pieces of the register. Whoever is editing it at that moment is not passed over."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from sqlalchemy.orm import Session
from uptake.toolkit import N_, Conflict, Person, moment, transaction

from uptake_reports import locks, sources, writing
from uptake_reports.access import writable


def send_text(section_id: int, body: str, *, version: int, over: bool, person: Person) -> int:
    """Save the text of a section; the version that it has now. ``over`` saves although somebody else is editing it.

    Raises ``Conflict`` that names who is editing, and where it has changed since ``version``.
    """
    with transaction() as session:
        _require_free(session, section_id, over, person)
        return writing.save(section_id, body, version=version, person=person)


def send_pieces(
    section_id: int, picks: Sequence[tuple[str, str, int]], *, version: int, over: bool, person: Person
) -> int:
    """Take pieces (kind, ref, recommendation) in at the end of a section; how many are new. Raises ``Conflict`` as above."""
    with transaction() as session:
        _require_free(session, section_id, over, person)
        return sources.take_in(section_id, picks, version=version, person=person)


def paragraphs(text: str) -> str:
    """Plain text as a body: each line is a paragraph."""
    return "".join(f"<p>{escape(line)}</p>" for line in text.splitlines() if line.strip())


def _require_free(session: Session, section_id: int, over: bool, person: Person) -> None:
    writable(session, section_id, person)
    held = locks.held(session, section_id)
    if held is not None and held.user_id != person.id and not over:
        raise Conflict(
            N_("{name} is editing since {time}."), name=held.name, time=moment(held.since),
            remedy=N_("Try again later, or send it again with take_over: nothing of theirs is lost."),
        )  # fmt: skip
