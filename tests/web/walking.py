"""Every page of the demo country at work: what each role's links lead to, and what is reached by sending a form."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from uptake.db import session, transaction
from uptake.demo import work
from uptake.models.actors import Actor
from uptake.models.documents import Document
from uptake.models.people import Membership, User
from uptake.models.progress import Assessment, Update
from uptake.models.recommendations import Recommendation
from uptake.models.responsibility import Assignment
from uptake.models.webhooks import Webhook
from uptake.services.permissions import load_person
from uptake.services.progress import assessments
from uptake.services.telling import digest_mail, mail
from uptake.settings import Settings
from uptake.testing.jobs import run_jobs
from uptake.testing.mailbox import text_of
from uptake.testing.people import signed_in
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

STARTS = ("/", "/work", "/account", "/account/second-factor", "/account/recovery-codes", "/account/passkeys",
          "/account/password", "/sign-in", "/reset-password", "/no-such-page", "/recommendations?q=(torture+OR",
          "/recommendations?q=zzzz", "/recommendations/new", "/recommendations/paste", "/imports/new", "/bulk/changes",
          "/routing", "/people/invite", "/institutions/new", "/institutions/table", "/roles", "/settings/status-scale",
          "/account/verify", "/search", "/embed/recommendations?mechanism=UPR", "/embed/recommendations/{assigned}",
          "/embed/progress/progress-by-theme",
          "/updates/sets", "/words?q=State", "/plugins",
          "/jobs", "/notices", "/translations/import", "/bulk?pick={chosen}", "/work/spreadsheet",
          "/translations?kind=recommendation&language=fr", "/translations?kind=document&language=fr",
          "/bulk/preview?pick={chosen}&priority=high&priority_reason=deadline", "/recommendations/{assigned}/standing",
          "/recommendations/{assigned}/comments", "/updates/{draft}/comments", "/updates/{submitted}",
          "/updates/{published}", "/assessments/{drafted}/edit", "/updates/{draft}/evidence",
          "/account/verify/passkey", "/roles/{seat}/handover",
          "/recommendations/{declined}/responsibility")  # fmt: skip
CSV = b"""C1,C2,C3,C4,C5
1,Ratify the <b>Optional</b> Protocol without delay,Mirava,CEDAW,2020-01-01
2,,Mirava,CEDAW,yesterday
3,Train judges,Mirava,CEDAW,someday

4,Train teachers,Mirava,CEDAW,2020-01-01,too,many
"""
COLUMNS = {"column.0": "key", "column.1": "text", "column.2": "state", "column.3": "mechanism", "column.4": "date"}
# Addresses that answer with no page: they lead on, or they are files whose names do not say so.
NO_PAGE = {"account.signed_in", "assets.static", "embedding.oembed", "evidence.download",
           "exports.in_format_of_plugin", "exports.made_file", "institutions.mandate", "look.logo",
           "notices.open_notice", "packages.download", "pages.search", "pages.short", "reports.static",
           "security.tf_select", "security.wan_delete", "single_sign_on.answer", "single_sign_on.start"}  # fmt: skip
FILE = re.compile(r"\.[a-z]{2,5}$")
HALFWAY, MIDDLE = "halfway", ("/sign-in/code", "/sign-in/rescue", "/sign-in/recovery")
HREF = re.compile(r'<a\b[^>]*\bhref="([^"#]+)')
FORM = re.compile(r'<form\b[^>]*\bmethod="post"[^>]*>')
ACTION = re.compile(r'\baction="([^"#]+)')
MAILED = re.compile(r"/(?:invitation|reset-password|unsubscribe)/[^\s>]+")
SENT = " (sent)"
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def places(current: Session) -> dict[str, Any]:
    """What stands in the addresses: one of each thing of the demo country, in each of its states."""
    found: dict[str, Any] = {
        state: current.scalar(select(Update.uuid).where(Update.state == state).order_by(Update.id))
        for state in ("submitted", "confirmed", "approved", "published")
    }
    ministry = select(Actor.id).where(Actor.code == "MOJ").scalar_subquery()
    in_document = select(Recommendation).join(Document).where(Document.symbol == "A/HRC/58/12")
    assigned = current.scalars(in_document.where(Recommendation.paragraph == "118.8")).one()
    found |= {
        "draft": current.scalar(select(Update.uuid).where(~Update.returned, Update.state == "draft")),
        "returned": current.scalar(select(Update.uuid).where(Update.returned, Update.state == "draft")),
        "assigned": assigned.uuid,
        "chosen": assigned.id,
        "declined": current.scalar(select(Recommendation.uuid).join(Assignment).where(Assignment.state == "declined")),
        "drafted": current.scalar(select(Assessment.uuid).where(Assessment.state == "draft")),
        "assessment": current.scalar(select(Assessment.uuid).join(Actor).where(Actor.code == "OMB")),
        "seat": current.scalar(
            select(Membership.id).where(Membership.actor_id == ministry, Membership.role == "focal_point")
        ),
    }
    assert all(found.values()), found
    return found


def pages(app: Flask) -> set[str]:
    """The views that answer with a page."""
    rules = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    return {rule.endpoint for rule in rules if "." not in rule.rule and not rule.rule.startswith("/api/")} - NO_PAGE


def client_of(app: Flask, key: str) -> FlaskClient:
    """The browser of one of the demo's people, of a visitor, or (``halfway``) of who has typed the password only."""
    client = app.test_client()
    if key == "visitor":
        return client
    if key == HALFWAY:
        member = session().scalars(select(User).where(User.email == work.address_of("member"))).one()
        with client.session_transaction() as cookie:
            cookie |= {"tf_user_id": member.fs_uniquifier, "tf_state": "ready", "tf_primary_method": "authenticator"}
        return client
    user = session().scalars(select(User).where(User.email == work.address_of(key))).one()
    return signed_in(app, load_person(session(), user.id))


def prepare(app: Flask) -> None:
    """What the demo country has not: an assessment that is a draft, and somebody with a second factor."""
    member, nhri = (
        session().scalars(select(User).where(User.email == work.address_of(key))).one() for key in ("member", "nhri")
    )
    person = load_person(session(), nhri.id)
    draft = assessments.Draft(
        str(next(iter(person.institutions))), "simple:partly", "The fund is there.", "en", "2026-01-05"
    )
    chosen = session().scalars(select(Recommendation.uuid).order_by(Recommendation.id)).first()
    assert chosen is not None
    assessments.write(chosen, draft, publish=False, person=person)
    with transaction():
        member.tf_primary_method = "authenticator"
        member.tf_totp_secret = app.extensions["security"]._totp_factory.generate_totp_secret()


class Walker:
    """Follows the links of a person's pages, ``each`` of every kind; ``look`` is shown each address and its answer."""

    def __init__(
        self, app: Flask, key: str, language: str, each: int, look: Callable[[str, TestResponse], None] | None = None
    ) -> None:
        self._app, self.language, self._each, self._shown = app, language, each, look
        self._client = client_of(app, key)
        where = places(session())
        starts = MIDDLE if key == HALFWAY else STARTS
        self._waiting = [f"/{language}{path.format(**where)}" for path in starts]
        self._token = ""
        self._asked: dict[str, None] = {}
        self.kinds: Counter[str] = Counter()
        self.actions: dict[str, str] = {}  # view → the address of a form that is sent to it
        self.pages: dict[str, str] = {}  # view → the last of its pages that could be looked at

    def walk(self, *paths: str) -> None:
        """Look at these pages and at all that they lead to."""
        self._waiting += [f"/{self.language}{path}" for path in paths]
        while self._waiting:
            path = self._waiting.pop(0)
            if path not in self._asked and self._wants(path):
                self._asked[path] = None
                self._look(path, self._client.get(path))

    def send(self, path: str, **values: Any) -> str:
        """Send a form, look at the answer, and walk on from where it leads; the address of that."""
        if not self._token:
            self._look("/account", self._client.get(f"/{self.language}/account"))
        path = path if path.startswith(f"/{self.language}/") else f"/{self.language}{path}"
        answer = self._client.post(path, data={"csrf_token": self._token, **values})
        self._look(f"{path}{SENT}", answer)
        if answer.location:
            self._asked[answer.location] = None
            self._look(answer.location, self._client.get(answer.location))
            self.walk()
        return (answer.location or "").removeprefix(f"/{self.language}")

    def get(self, path: str) -> bytes:
        """A file."""
        answer = self._client.get(f"/{self.language}{path}")
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.data

    def send_empty_forms(self, left_out: set[str]) -> None:
        """Send every form that was met, with nothing in it."""
        for endpoint, path in sorted(self.actions.items()):
            if endpoint not in left_out:
                answer = self._client.post(path, data={"csrf_token": self._token}, follow_redirects=True)
                self._look(f"{path}{SENT}", answer)

    def _wants(self, path: str) -> bool:
        endpoint = self._endpoint(path, "GET")
        if endpoint is None or self.kinds[endpoint] >= self._each:
            return False
        self.kinds[endpoint] += 1
        return True

    def _endpoint(self, path: str, method: str) -> str | None:
        """The view behind a path; None for what is no page here."""
        plain = urlsplit(path).path.removeprefix(f"/{self.language}") or "/"
        if FILE.search(plain) or not path.startswith(f"/{self.language}"):
            return None
        try:
            endpoint, _values = self._app.url_map.bind("localhost").match(plain, method)
        except HTTPException:
            return plain
        return str(endpoint)

    def _look(self, path: str, answer: TestResponse) -> None:
        assert answer.status_code < 500, path
        if answer.mimetype != "text/html" or answer.status_code in (301, 302, 303, 307, 308):
            return
        page = answer.text
        endpoint = self._endpoint(path, "GET")
        if answer.status_code < 400 and endpoint and not path.endswith(SENT):
            self.pages[endpoint] = path.removeprefix(f"/{self.language}")
        elif endpoint in self.kinds and not path.endswith(SENT):
            self.kinds[endpoint] -= 1  # a refusal is no page of its kind
        if self._shown:
            self._shown(path, answer)
        self._waiting += [href.replace("&amp;", "&") for href in HREF.findall(page)]
        for form in FORM.findall(page):
            given = ACTION.search(form)
            action = given[1] if given else path.removesuffix(SENT)
            if view := self._endpoint(action, "POST"):
                self.actions.setdefault(view, action.replace("&amp;", "&"))
        token = TOKEN.search(page)
        self._token = token[1] if token else self._token


def walk_with_files(walker: Walker, app: Flask) -> None:
    """A coordinator's pages behind files: an import that is tried out and applied, a list that is pasted, a spreadsheet."""
    chosen = walker.send("/imports/new", file=(io.BytesIO(CSV), "list.csv"))
    job = walker.send(chosen, importer="table", name="our-list", language="en", **COLUMNS)
    run_jobs(app)
    walker.walk(f"{job}?ran=1", f"/jobs/{job.rpartition('/')[2]}")
    applied = walker.send(f"{job}/apply", skip_refused="1")
    run_jobs(app)
    walker.walk(f"{applied}?ran=1")
    pasted = "1. Ratify the Protocol (Norway)\n2. Train judges (Atlantis)\n"
    walker.send("/recommendations/paste", text=pasted, symbol="A/1", state="XMV", mechanism="UPR")
    walker.send("/imports/new", file=(io.BytesIO(CSV), "another.csv"))
    file = walker.send("/recommendations/export?format=xlsx")
    run_jobs(app)
    walker.walk(f"{file}?ran=1")


def walk_reports(walker: Walker) -> None:
    """What is reached from a report by sending forms: a section that is being written, and a Word file that came back."""
    report = walker.pages["reports.project"]
    walker.send(f"{walker.pages['reports.section']}/open")
    send_back(walker, f"{report}/report.docx", f"{report}/return")


def add_webhook(walker: Walker) -> None:
    """An address that is told of events, and its page."""
    walker.send("/webhooks", address="https://hooks.mirava.example/uptake", events=["update.published"])
    session().rollback()
    walker.walk(f"/webhooks/{session().scalar(select(Webhook.uuid))}")


def make_package(walker: Walker, app: Flask) -> None:
    """A package in the making, and made."""
    walker.send("/packages", holds="public")
    run_jobs(app)
    walker.walk("/packages?made=1")


def send_back(walker: Walker, download: str, upload: str) -> None:
    """A file that goes out and comes back as it was."""
    walker.send(upload, file=(io.BytesIO(walker.get(download)), f"back.{urlsplit(download).path.rpartition('.')[2]}"))


def invite(walker: Walker) -> None:
    """An invitation, and a link for a new password: what leads on stands in the mails."""
    walker.send(
        "/people/invite", email="new@mirava.example", name="New Person", role="observer", language=walker.language
    )
    walker.send("/reset-password", email=work.address_of("member"))


def mailed(settings: Settings) -> list[EmailMessage]:
    """The mails of a site that knows no mail server."""
    mail.join_workers(settings)
    found = sorted((settings.instance / mail.OUTBOX).glob("*.eml"))
    return [message_from_bytes(path.read_bytes(), policy=policy.SMTP) for path in found]


def linked(settings: Settings) -> set[str]:
    """The addresses to which only a mail leads."""
    user = session().scalars(select(User).where(User.email == work.address_of("focal"))).one()
    stop = f"/unsubscribe/{digest_mail.token_for(settings, user)}"
    return {stop, *(path for one in mailed(settings) for path in MAILED.findall(text_of(one)))}
