"""Mails with what waits for a person, in their rhythm: at most one a day, but for what is urgent.

A mail says that there is something and where, with titles that are public, and never what people wrote. Whoever is
written to is marked before the mail goes out: a worker that dies in between leaves one mail out, which the app shows
anyway, rather than sending the same one to many twice. What the server refuses is unmarked and tried again.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, exists, select, update
from sqlalchemy.orm import Session

from uptake.db import session as current_session
from uptake.db import transaction
from uptake.errors import Conflict
from uptake.i18n import N_
from uptake.models.notices import Notice
from uptake.models.people import PersonSetting, User
from uptake.services.audit import record_event
from uptake.services.instance import settings_of
from uptake.services.people.letters import speaking
from uptake.services.running import jobs
from uptake.services.telling import mail
from uptake.services.telling.digest_mail import Digest, compose

RHYTHMS = ("daily", "weekly", "never")
DAYS = {"daily": 1, "weekly": 7}
URGENT_PAUSE = timedelta(hours=1)
LAST = "digest.last"
ENOUGH = 3


@jobs.kind("digests.send", N_("Mails with what is new"), attempts=4, backoff=600)
def send_digests(job: jobs.RunningJob) -> dict[str, int]:
    """One mail to everybody whose day it is and who has something unread that no mail told of."""
    return _send(job, due_people(current_session(), date.today()), urgent=False)


@jobs.kind("digests.urgent", N_("Mails with what is urgent"), attempts=3, backoff=60)
def send_urgent(job: jobs.RunningJob) -> dict[str, int]:
    """What cannot wait for the day, at once, but not more than once an hour to one person."""
    return _send(job, urgent_people(current_session(), datetime.now(UTC)), urgent=True)


def due_people(session: Session, today: date) -> list[int]:
    """The accounts whose rhythm brings a mail today and that have something to be told."""
    last = select(PersonSetting.user_id, PersonSetting.value).where(PersonSetting.name == LAST)
    written = {user: date.fromisoformat(day) for user, day in session.execute(last)}
    rows = session.execute(_readers().where(exists().where(*_untold()))).all()
    return [user for user, rhythm in rows if user not in written or (today - written[user]).days >= DAYS[rhythm]]


def urgent_people(session: Session, now: datetime) -> list[int]:
    """The accounts with something urgent that no mail told of, unless one told of something urgent just now."""
    lately = exists().where(Notice.user_id == User.id, Notice.urgent.is_(True), Notice.mailed > now - URGENT_PAUSE)
    urgent = exists().where(*_untold(), Notice.urgent.is_(True))
    return [user for user, _rhythm in session.execute(_readers().where(urgent, ~lately))]


def has_urgent(session: Session) -> bool:
    """Whether a worker should look after urgent mails now."""
    return possible(session) and bool(urgent_people(session, datetime.now(UTC)))


def has_due(session: Session) -> bool:
    """Whether a worker should send digests today."""
    return possible(session) and bool(due_people(session, date.today()))


def possible(session: Session) -> bool:
    """Whether this site can send mails at all: it knows a mail server, and its own address for the links."""
    settings = settings_of(session)
    return bool(settings.base_url and settings.smtp_host)


def untold(session: Session) -> int:
    """How many people have something unread that no mail told of and that is more than two days old."""
    old = datetime.now(UTC) - timedelta(days=2)
    return len(session.execute(_readers().where(exists().where(*_untold(), Notice.created < old))).all())


def _readers() -> Select[int, str]:
    reachable = User.active.is_(True), User.erased.is_(None), User.digest.in_(tuple(DAYS))
    return select(User.id, User.digest).where(*reachable).order_by(User.id)


def _untold() -> tuple[ColumnElement[bool], ...]:
    return Notice.user_id == User.id, Notice.read.is_(None), Notice.mailed.is_(None)


def _send(job: jobs.RunningJob, people: list[int], *, urgent: bool) -> dict[str, int]:
    if people and not job.settings.base_url:
        raise Conflict(
            N_("Mails need the public address of this site for their links."), remedy=N_("Set base_url in uptake.toml.")
        )
    sent = refused = 0
    for number, user in enumerate(people, 1):
        digest = _claim(user, urgent)
        if digest is not None:
            if _deliver(digest, job):
                sent += 1
            else:
                refused += 1
                if refused >= ENOUGH:
                    break
        job.progress(number, len(people))
    if refused:
        raise Conflict(N_("The mail server refused {count} mails."), count=refused)
    return {"sent": sent}


def _claim(user_id: int, urgent: bool) -> Digest | None:
    """Mark what a mail is going to tell, and the day; None where somebody else did, or it was read meanwhile."""
    now = datetime.now(UTC).replace(microsecond=0)
    with transaction() as session:
        user = session.get(User, user_id, with_for_update=True, populate_existing=True)
        wanted = select(Notice).where(Notice.user_id == user_id, Notice.read.is_(None), Notice.mailed.is_(None))
        notices = list(session.scalars(wanted.where(Notice.urgent.is_(True)) if urgent else wanted))
        if user is None or not notices:
            return None
        before = _note_day(session, user_id, date.today()) if not urgent else None
        if not urgent and before == date.today().isoformat():
            return None
        for notice in notices:
            notice.mailed = now
        with speaking(user.language):
            return compose(session, user, notices, urgent, before)


def _note_day(session: Session, user_id: int, day: date) -> str | None:
    row = session.get(PersonSetting, (user_id, LAST), populate_existing=True)
    before = row.value if row else None
    if row is None:
        session.add(PersonSetting(user_id=user_id, name=LAST, value=day.isoformat()))
    else:
        row.value = day.isoformat()
    return before


def _deliver(digest: Digest, job: jobs.RunningJob) -> bool:
    """Send it; what the server refuses is unmarked again."""
    current_session().rollback()
    try:
        mail.send(digest.to, digest.subject, digest.text, None, digest.language, headers=digest.headers)
    except mail.MailFault:
        _unmark(digest)
        return False
    return True


def _unmark(digest: Digest) -> None:
    with transaction() as session:
        session.execute(update(Notice).where(Notice.id.in_(digest.notices)).values(mailed=None))
        if not digest.urgent:
            row = session.get(PersonSetting, (digest.user, LAST), populate_existing=True)
            if row is not None and digest.before is None:
                session.delete(row)
            elif row is not None:
                row.value = digest.before


def set_rhythm(user_id: int, rhythm: str) -> str:
    """Choose how often mails come, ``never`` where it is none that is known; for the link in each mail, which is its own
    permission."""
    chosen = rhythm if rhythm in RHYTHMS else "never"
    with transaction() as session:
        user = session.get_one(User, user_id)
        if user.digest != chosen:
            record_event(
                session, f"user/{user.id}", "user.digest", f"user/{user.id}", {"digest": [user.digest, chosen]}
            )
            user.digest = chosen
    return chosen
