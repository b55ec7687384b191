"""Sends mail: through the SMTP server of the settings, and by way of a folder in which nothing is lost meanwhile.

``send`` delivers at once and raises where it cannot: for jobs, which try again. ``post`` is for pages: it leaves the mail
in the folder ``outbox`` of the instance and delivers it in the background, so that a page takes equally long whether
there is somebody to write to or not. Without an SMTP server the mails stay there as files.
"""

from __future__ import annotations

import re
import smtplib
import ssl
import threading
import time
from collections.abc import Mapping
from email import message_from_bytes, policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate, getaddresses, make_msgid, parseaddr
from html import escape
from pathlib import Path
from uuid import uuid4

from uptake.db import session
from uptake.errors import AppError
from uptake.i18n import direction
from uptake.services.instance import settings_of
from uptake.settings import Settings

OUTBOX = "outbox"
WAITING, SENDING = ".eml", ".sending"
SECONDS = 20.0
ABANDONED = 900.0
LONGEST_LINE = 900  # a link in a header must not be broken or encoded
_LINK = re.compile(r"https?://[^\s<>\"]+")
_HTML = '<!doctype html><html lang="{tag}" dir="{direction}"><body>{paragraphs}</body></html>'
_workers: dict[Path, threading.Thread] = {}
_lock = threading.Lock()


class MailFault(AppError):
    """The mail server did not take a mail."""


def send(
    to: str,
    subject: str,
    text: str,
    html: str | None = None,
    language: str = "en",
    headers: Mapping[str, str] | None = None,
) -> None:
    """Deliver a mail at once, or leave it in the outbox where no server is set. Raises ``MailFault``."""
    settings = settings_of(session())
    message = compose(settings, to, subject, text, html, language)
    message.policy = message.policy.clone(max_line_length=LONGEST_LINE)
    for name, value in (headers or {}).items():
        message[name] = value
    if settings.smtp_host:
        _deliver(settings, [message])
    else:
        _keep(settings, message)


def post(to: str, subject: str, text: str, html: str | None = None, language: str = "en") -> None:
    """Leave a mail in the outbox and have it delivered in the background."""
    settings = settings_of(session())
    _keep(settings, compose(settings, to, subject, text, html, language))
    _start(settings)


def compose(settings: Settings, to: str, subject: str, text: str, html: str | None, language: str) -> EmailMessage:
    """The mail as it travels; its HTML part says the same in the direction of its language."""
    message = EmailMessage(policy=policy.SMTP)
    name, address = parseaddr(settings.mail_from or settings.contact or "uptake@localhost")
    message["From"] = Address(name or settings.title, addr_spec=address)
    message["To"] = Address(addr_spec=_wired(to))
    message["Subject"] = " ".join(subject.split())
    message["Date"] = formatdate(localtime=False)
    message["Message-ID"] = make_msgid(domain=address.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    message.add_alternative(html or _as_html(text, language), subtype="html")
    message["Content-Language"] = language.replace("_", "-")
    return message


def waiting(settings: Settings) -> int:
    """How many mails lie in the outbox."""
    folder = settings.instance / OUTBOX
    return sum(1 for path in folder.iterdir() if path.suffix in {WAITING, SENDING}) if folder.is_dir() else 0


def deliver_outbox(settings: Settings) -> int:
    """Deliver what waits in the outbox; how many went. What the server refuses stays there, and what a killed process
    was about to send waits again."""
    sent = 0
    for path in (settings.instance / OUTBOX).glob(f"*{SENDING}"):
        if time.time() - path.stat().st_mtime > ABANDONED:
            path.rename(path.with_suffix(WAITING))
    for path in sorted((settings.instance / OUTBOX).glob(f"*{WAITING}")):
        claimed = path.with_suffix(SENDING)
        try:
            path.rename(claimed)
        except FileNotFoundError:
            continue
        claimed.touch()
        try:
            _deliver(settings, [_read(claimed)])
        except MailFault:
            claimed.rename(path)
            break
        claimed.unlink()
        sent += 1
    return sent


def forget(settings: Settings, address: str) -> None:
    """Delete the mails to an address that still lie in the outbox."""
    for path in (settings.instance / OUTBOX).glob(f"*{WAITING}"):
        try:
            if _reaches(_read(path), address):
                path.unlink(missing_ok=True)
        except FileNotFoundError:
            continue


def _reaches(message: EmailMessage, address: str) -> bool:
    return any(_wired(address).casefold() == to.casefold() for _name, to in getaddresses([str(message["To"])]))


def _wired(address: str) -> str:
    """The address with its domain as servers spell it."""
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain.encode('idna').decode()}"


def join_workers(settings: Settings) -> None:
    """Wait until what was posted has been tried."""
    thread = _workers.pop(settings.instance, None)
    if thread is not None:
        thread.join()


def _read(path: Path) -> EmailMessage:
    message = message_from_bytes(path.read_bytes(), policy=policy.SMTP)
    assert isinstance(message, EmailMessage)
    return message


def _keep(settings: Settings, message: EmailMessage) -> None:
    folder = settings.instance / OUTBOX
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / f"{time.time_ns()}-{uuid4().hex}.part"
    path.touch(mode=0o600)
    path.write_bytes(message.as_bytes())
    path.rename(path.with_suffix(WAITING))


def _start(settings: Settings) -> None:
    if not settings.smtp_host:
        return
    with _lock:
        before = _workers.get(settings.instance)
        thread = threading.Thread(target=_work, args=(settings, before), name="uptake-mail", daemon=False)
        _workers[settings.instance] = thread
        thread.start()


def _work(settings: Settings, before: threading.Thread | None) -> None:
    if before is not None:
        before.join()
    deliver_outbox(settings)


def _deliver(settings: Settings, messages: list[EmailMessage]) -> None:
    """Raises ``MailFault``; what the server said may hold addresses and is left out."""
    try:
        with _connect(settings) as server:
            for message in messages:
                server.send_message(message)
    except (OSError, smtplib.SMTPException) as error:
        raise MailFault(
            "The mail server {host} did not take a mail ({kind}).",
            remedy="Check the settings smtp_host, smtp_port, smtp_user, smtp_password and smtp_tls.",
            host=settings.smtp_host,
            kind=type(error).__name__,
        ) from None


def _connect(settings: Settings) -> smtplib.SMTP:
    secure = ssl.create_default_context()
    if settings.smtp_tls == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(settings.smtp_host, settings.smtp_port, timeout=SECONDS, context=secure)
    else:
        server = smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=SECONDS)
    try:
        if settings.smtp_tls == "starttls":
            server.starttls(context=secure)
        if settings.smtp_user:
            server.login(settings.smtp_user, settings.smtp_password)
    except BaseException:
        server.close()
        raise
    return server


def _as_html(text: str, language: str) -> str:
    paragraphs = "".join(f"<p>{_linked(part)}</p>" for part in re.split(r"\n\s*\n", text.strip()))
    return _HTML.format(tag=language.replace("_", "-"), direction=direction(language), paragraphs=paragraphs)


def _linked(part: str) -> str:
    found, at = [], 0
    for link in _LINK.finditer(part):
        address = escape(link[0])
        found += [escape(part[at : link.start()]), f'<a href="{address}">{address}</a>']
        at = link.end()
    return "".join([*found, escape(part[at:])]).replace("\n", "<br>")
