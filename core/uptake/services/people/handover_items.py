"""What moves from one person to another at a handover."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import delete, exists, or_, select, update
from sqlalchemy.orm import Session, aliased

from uptake.models.notices import Notice
from uptake.models.people import Invitation, Membership, PersonSetting
from uptake.models.progress import Update
from uptake.services.audit import record_event
from uptake.services.people.memberships import in_force

DRAFTS = ("draft",)
WORK_PATHS = ("/recommendations/", "/updates/", "/assignments", "/clusters")


def move(session: Session, leaving: int, successor: int, actor_id: int) -> dict[str, int]:
    """Give drafts, returned updates among them, and unread notices of work to the successor; how many of each."""
    drafts = session.scalars(
        select(Update).where(Update.actor_id == actor_id, Update.author_id == leaving, Update.state.in_(DRAFTS))
    ).all()
    for draft in drafts:
        draft.author_id = successor
    session.flush()
    stays = _has_other_work(session, leaving, actor_id)
    return {"drafts": len(drafts), "notices": 0 if stays else _move_notices(session, leaving, successor)}


def _has_other_work(session: Session, leaving: int, actor_id: int) -> bool:
    """Whether the person still has a role elsewhere, to which unread notices may belong."""
    elsewhere = or_(Membership.actor_id != actor_id, Membership.actor_id.is_(None))
    rows = select(Membership.id).where(Membership.user_id == leaving, elsewhere, in_force())
    return session.scalar(rows.limit(1)) is not None


def forget(session: Session, invitations: Iterable[int]) -> None:
    """Let nothing wait any more for invitations that are gone: a database may give their numbers to others."""
    names = [f"handover:{id_}" for id_ in invitations]
    session.execute(delete(PersonSetting).where(PersonSetting.name.in_(names)))


def complete(session: Session, invitation: Invitation, successor: int) -> None:
    """Move what waited for an invited successor; to be called where the invitation is accepted."""
    name = f"handover:{invitation.id}"
    for waiting in session.scalars(select(PersonSetting).where(PersonSetting.name == name)).all():
        moved = move(session, waiting.user_id, successor, int(waiting.value))
        said = {"user": [waiting.user_id, successor], **{what: [None, count] for what, count in moved.items()}}
        record_event(session, f"user/{successor}", "membership.take_over", f"actor/{waiting.value}", said)
        session.delete(waiting)


def _move_notices(session: Session, leaving: int, successor: int) -> int:
    """Those that speak of work; what the successor was told already is left."""
    known = aliased(Notice)
    told = exists().where(known.user_id == successor, known.once == Notice.once)
    about_work = or_(*(Notice.path.startswith(path) for path in WORK_PATHS))
    done = session.execute(
        update(Notice)
        .where(Notice.user_id == leaving, Notice.read.is_(None), about_work, ~told)
        .values(user_id=successor)
        .execution_options(synchronize_session=False)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]
