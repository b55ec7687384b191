"""Mails with notices: in the reader's rhythm and language, with links, without anybody's words, and never twice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update
from uptake.app import build
from uptake.db import session, transaction
from uptake.models.jobs import Job
from uptake.models.notices import Notice
from uptake.models.people import PersonSetting, User
from uptake.services.permissions import Person
from uptake.services.running import jobs, schedules
from uptake.services.telling import digest_mail, digests, notices
from uptake.settings import Settings
from uptake.testing.databases import close
from uptake.testing.jobs import run_jobs
from uptake.testing.mailbox import Mailbox, text_of
from uptake.testing.people import make_actor


@pytest.fixture
def app(settings: Settings, mailbox: Mailbox) -> Iterator[Flask]:
    object.__setattr__(settings, "base_url", "https://follow-up.example.org/sub")
    found = build(settings)
    found.testing = True
    with found.app_context():
        yield found
        close()


def tell(person: Person, kind: str = "update_to_approve", path: str = "/updates/7", **options: Any) -> None:
    with transaction() as current:
        notices.tell(current, [person.id or 0], kind, path, **options)


def send(app: Flask, kind: str = "digests.send") -> Job:
    with transaction() as current:
        id_ = jobs.start(current, kind).id
    run_jobs(app)
    return session().get_one(Job, id_)


def rhythm(person: Person, value: str) -> None:
    with transaction() as current:
        current.execute(update(User).where(User.id == person.id).values(digest=value))


def last_mail(person: Person, days: int) -> None:
    """As if the last one had gone out so many days ago."""
    with transaction() as current:
        row = current.get_one(PersonSetting, (person.id, digests.LAST))
        row.value = (date.today() - timedelta(days=days)).isoformat()


def test_one_mail_tells_all_with_links_and_without_words_of_others(
    app: Flask, mailbox: Mailbox, person_with: Any
) -> None:
    person, actor = person_with("coordinator"), make_actor("Ministry of Law")
    tell(person, values={"actor": actor.id})
    tell(person, "assignment.declined", "/recommendations/1", values={"actor": actor.id, "reason": "secret words"})
    assert send(app).result == {"sent": 1}
    message = mailbox.next()
    assert (message["To"], message["Subject"]) == (person.email, "Uptake: 2 things for you")
    text = text_of(message)
    assert "An update of Ministry of Law waits for your approval." in text
    assert "https://follow-up.example.org/sub/en/updates/7" in text
    assert "secret words" not in message.as_string()
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert re.fullmatch(r"<https://follow-up\.example\.org/sub/en/unsubscribe/\S+>", message["List-Unsubscribe"])
    send(app)
    assert mailbox.empty


def test_the_mail_speaks_the_readers_language(app: Flask, mailbox: Mailbox, person_with: Any) -> None:
    person = person_with("coordinator", language="ar")
    tell(person)
    send(app)
    message = mailbox.next()
    assert "https://follow-up.example.org/sub/ar/updates/7" in text_of(message)
    html = message.get_body(("html",))
    assert html is not None
    assert 'dir="rtl"' in html.get_content()


def test_one_mail_a_day_and_a_weekly_reader_waits(app: Flask, mailbox: Mailbox, person_with: Any) -> None:
    daily, weekly, never, gone = (person_with("coordinator") for _ in range(4))
    for person, value in ((daily, "daily"), (weekly, "weekly"), (never, "never"), (gone, "daily")):
        rhythm(person, value)
        tell(person)
    with transaction() as current:
        current.execute(update(User).where(User.id == gone.id).values(active=False))
    send(app)
    assert {mailbox.next()["To"], mailbox.next()["To"]} == {daily.email, weekly.email}
    for person in (daily, weekly, never):
        tell(person)
    send(app)
    assert mailbox.empty, "one a day"
    for person in (daily, weekly):
        last_mail(person, 1)
    send(app)
    assert mailbox.next()["To"] == daily.email
    last_mail(weekly, 7)
    send(app)
    assert mailbox.next()["To"] == weekly.email
    assert mailbox.empty


def test_what_was_read_in_the_app_is_not_mailed(app: Flask, mailbox: Mailbox, person_with: Any) -> None:
    tell(person_with("coordinator"))
    with transaction() as current:
        current.execute(update(Notice).values(read=datetime.now(UTC)))
    assert send(app).result == {"sent": 0}
    assert mailbox.empty


def test_what_is_urgent_comes_at_once_but_not_more_than_once_an_hour(
    app: Flask, mailbox: Mailbox, person_with: Any
) -> None:
    person = person_with("coordinator")
    tell(person)
    assert not digests.has_urgent(session())
    tell(person, "assignment.declined", urgent=True)
    assert digests.has_urgent(session())
    assert schedules.start_due(datetime(2026, 11, 20, 3, 0, tzinfo=UTC)) >= 1
    run_jobs(app)
    assert mailbox.next()["Subject"] == "Urgent · Uptake: one thing for you"
    tell(person, "assignment.declined", urgent=True)
    assert not digests.has_urgent(session())
    with transaction() as current:
        hour = datetime.now(UTC) - timedelta(minutes=61)
        current.execute(update(Notice).where(Notice.mailed.is_not(None)).values(mailed=hour))
    assert digests.has_urgent(session())
    send(app, "digests.urgent")
    assert mailbox.next()["To"] == person.email
    send(app)
    assert mailbox.next()["Subject"] == "Uptake: one thing for you", "the daily one brings what was not urgent"
    assert mailbox.empty


def test_a_server_that_refuses_leaves_everything_for_the_next_try(
    app: Flask, mailbox: Mailbox, person_with: Any
) -> None:
    person = person_with("coordinator")
    tell(person)
    settings: Settings = app.extensions["uptake"]
    port = settings.smtp_port
    object.__setattr__(settings, "smtp_port", 1)
    job = send(app)
    assert (job.state, job.error) == ("waiting", "The mail server refused 1 mails.")
    object.__setattr__(settings, "smtp_port", port)
    assert mailbox.empty
    with transaction() as current:
        current.execute(update(Job).values(run_after=datetime.now(UTC)))
    run_jobs(app)
    assert mailbox.next()["To"] == person.email
    assert mailbox.empty


def test_whoever_was_marked_before_a_crash_is_not_written_to_again(
    app: Flask, mailbox: Mailbox, person_with: Any
) -> None:
    first, second = person_with("coordinator"), person_with("coordinator")
    tell(first), tell(second)
    assert digests._claim(first.id or 0, False) is not None, "and here the worker dies"
    send(app)
    assert mailbox.next()["To"] == second.email
    assert mailbox.empty


def test_mails_without_links_are_not_sent(app: Flask, mailbox: Mailbox, person_with: Any) -> None:
    object.__setattr__(app.extensions["uptake"], "base_url", "")
    tell(person_with("coordinator"))
    job = send(app)
    assert "Set base_url in uptake.toml." in (job.error or "")
    assert mailbox.empty


def test_the_link_in_a_mail_ends_mails_without_a_sign_in(app: Flask, person_with: Any) -> None:
    person = person_with("coordinator")
    settings: Settings = app.extensions["uptake"]
    path = "/unsubscribe/" + digest_mail.token_for(settings, session().get_one(User, person.id))
    browser = app.test_client()

    def chosen() -> str:
        session().rollback()
        session().expire_all()
        return session().get_one(User, person.id).digest

    assert browser.get(path).status_code == 200
    assert chosen() == "daily", "looking changes nothing: mail programs open links by themselves"
    assert "You get one mail a week" in browser.post(path, data={"digest": "weekly"}).text
    assert chosen() == "weekly"
    assert browser.post(path, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert chosen() == "never"
    for wrong in (path + "x", "/unsubscribe/x", "/unsubscribe/" + str(person.id)):
        assert (browser.get(wrong).status_code, browser.post(wrong).status_code) == (404, 404)
    assert chosen() == "never"
