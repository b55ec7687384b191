"""Mails: what goes over the wire, what stays when no server takes it, and that no secret leaks on the way."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import pytest
from flask import Flask
from uptake.db import after_commit, transaction
from uptake.services.diagnosis import examine
from uptake.services.running import periodic
from uptake.services.telling import mail
from uptake.services.telling.mail import OUTBOX, MailFault
from uptake.settings import Settings, load
from uptake.testing.jobs import run_jobs
from uptake.testing.mailbox import Mailbox, text_of

TEXT = "Hello <b>you</b>.\n\nOpen https://example.org/a?b=1&c=2 today.\n"


def set_server(settings: Settings, host: str, port: int) -> None:
    for name, value in (("smtp_host", host), ("smtp_port", port), ("smtp_tls", "none")):
        object.__setattr__(settings, name, value)


def outbox(settings: Settings) -> list[Path]:
    return sorted((settings.instance / OUTBOX).glob("*"))


def test_a_mail_says_the_same_in_text_and_in_html(mailbox: Mailbox, app: Flask) -> None:
    mail.send("a@example.org", "Subject\nBcc: b@example.org", TEXT, language="ar")
    got = mailbox.next()
    assert (got["To"], got["Subject"], got["Bcc"]) == ("a@example.org", "Subject Bcc: b@example.org", None)
    assert text_of(got).replace("\r\n", "\n") == TEXT
    html = got.get_body(("html",)).get_content()
    assert '<html lang="ar" dir="rtl">' in html
    assert "Hello &lt;b&gt;you&lt;/b&gt;." in html
    assert '<a href="https://example.org/a?b=1&amp;c=2">' in html


def test_an_address_in_another_script_is_spelled_for_servers(mailbox: Mailbox, app: Flask) -> None:
    mail.send("a@müller.example", "Subject", TEXT)
    assert mailbox.next()["To"] == "a@xn--mller-kva.example"


def test_what_is_posted_arrives_and_leaves_nothing_behind(mailbox: Mailbox, app: Flask, settings: Settings) -> None:
    for number in range(3):
        mail.post("a@example.org", f"Mail {number}", "Text")
    assert {mailbox.next()["Subject"] for _each in range(3)} == {"Mail 0", "Mail 1", "Mail 2"}
    mail.join_workers(settings)
    assert outbox(settings) == []


def test_without_a_server_mails_are_files_that_the_doctor_names(app: Flask, settings: Settings) -> None:
    mail.send("a@example.org", "First", "Text")
    mail.post("a@example.org", "Second", "Text")
    files = outbox(settings)
    assert [path.suffix for path in files] == [".eml", ".eml"]
    assert {path.stat().st_mode & 0o077 for path in files} == {0}
    told = [one for one in examine(app.extensions["uptake_registry"], settings.instance) if one.code == "mail"]
    assert [(one.grave, "2 mails" in one.message) for one in told] == [(False, True)]


def test_a_server_that_is_away_loses_nothing(mailbox: Mailbox, app: Flask, settings: Settings) -> None:
    host, port = settings.smtp_host, settings.smtp_port
    set_server(settings, "127.0.0.1", 1)
    mail.post("a@example.org", "Late", "Text")
    mail.join_workers(settings)
    assert mail.waiting(settings) == 1
    assert [
        one.grave for one in examine(app.extensions["uptake_registry"], settings.instance) if one.code == "mail"
    ] == [True]
    with pytest.raises(MailFault):
        mail.send("a@example.org", "Now", "Text")
    set_server(settings, host, port)
    mail.post("a@example.org", "Next", "Text")
    assert [mailbox.next()["Subject"] for _each in range(2)] == ["Late", "Next"]


def test_what_waited_goes_when_the_clock_looks_again(mailbox: Mailbox, app: Flask, settings: Settings) -> None:
    host, port = settings.smtp_host, settings.smtp_port
    set_server(settings, "127.0.0.1", 1)
    for subject in ("Late", "Killed"):
        mail.post("a@example.org", subject, "Text")
        mail.join_workers(settings)
    left = outbox(settings)[1].rename(outbox(settings)[1].with_suffix(mail.SENDING))
    mail.deliver_outbox(settings)
    assert left.exists(), "another process may be sending it"
    set_server(settings, host, port)
    os.utime(left, (1, 1))
    periodic.start_due()
    run_jobs(app)
    assert [mailbox.next()["Subject"] for _each in range(2)] == ["Late", "Killed"]
    assert mail.waiting(settings) == 0


def test_no_secret_is_in_an_error_a_log_or_the_settings(
    app: Flask, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    set_server(settings, "127.0.0.1", 1)
    object.__setattr__(settings, "smtp_user", "me")
    object.__setattr__(settings, "smtp_password", "hunter-two")
    with pytest.raises(MailFault) as raised:
        mail.send("someone@example.org", "Now", "the link")
    assert raised.value.__cause__ is None
    said = f"{raised.value} {raised.value.values} {caplog.text} {settings!r}"
    assert not [secret for secret in ("hunter-two", "someone@", "the link") if secret in said]


def test_a_mail_of_a_change_that_is_taken_back_is_not_sent(app: Flask, settings: Settings) -> None:
    with pytest.raises(RuntimeError), transaction():
        after_commit(lambda: mail.post("a@example.org", "Never", "Text"))
        raise RuntimeError
    assert outbox(settings) == []


def test_settings_of_mail_come_from_file_and_environment(tmp_path: Path) -> None:
    (tmp_path / "uptake.toml").write_text('smtp_host = "mail.example.org"\nsmtp_port = 25\n', encoding="utf-8")
    found = load(tmp_path, {"UPTAKE_SMTP_PORT": "2525", "UPTAKE_SMTP_PASSWORD": "x", "UPTAKE_TRUSTED_PROXIES": "1"})
    assert (found.smtp_host, found.smtp_port, found.smtp_password, found.trusted_proxies) == (
        "mail.example.org",
        2525,
        "x",
        1,
    )


@pytest.mark.parametrize(
    ("text", "key"),
    [('smtp_port = "many"', "smtp_port"), ('smtp_tls = "some"', "smtp_tls"), ("smtp_port = true", "smtp_port"),
     ('[oidc]\nissuer = "https://x"', "oidc.client_id"), ('[oidc]\nsecret = "x"', "oidc.secret")],
)  # fmt: skip
def test_wrong_settings_are_named(tmp_path: Path, text: str, key: str) -> None:
    (tmp_path / "uptake.toml").write_text(text, encoding="utf-8")
    with pytest.raises(Exception, match="Correct these settings") as raised:
        load(tmp_path, {})
    assert key in raised.value.fields
