"""Webhooks: signed, sent after the commit, tried again, never held up, and never inside the own network."""

from __future__ import annotations

import hmac
import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from uptake.db import session, transaction
from uptake.errors import Invalid
from uptake.models.jobs import Job
from uptake.models.webhooks import Webhook, WebhookDelivery
from uptake.services.progress import workflow
from uptake.services.telling import outward, webhooks
from uptake.settings import Settings
from uptake.testing.demo import import_demo
from uptake.testing.jobs import run_jobs
from uptake.testing.people import make_actor, make_person, signed_in, token_of
from uptake.testing.progress import make_recommendation, make_update


class Receiver(HTTPServer):
    """Another system. It answers with the statuses that it was told, then with 204."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.statuses: list[int] = []
        self.got: list[tuple[dict[str, str], bytes]] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hook?a=1"


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        self.server.got.append((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(self.server.statuses.pop(0) if self.server.statuses else 204)
        self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.end_headers()

    def log_message(self, *_words: Any) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as found:
        yield found
        found.shutdown()


@pytest.fixture
def reaching(settings: Settings, app: Flask) -> Flask:
    """An instance whose deployer lets webhooks reach private addresses, for a second at the most."""
    object.__setattr__(settings, "webhooks", {"private_addresses": True, "timeout": 1})
    return app


def _deliveries() -> list[WebhookDelivery]:
    session().expire_all()
    return list(session().scalars(select(WebhookDelivery).order_by(WebhookDelivery.id)))


def _later() -> None:
    """The next tries are due now."""
    with transaction() as current:
        current.execute(update(Job).where(Job.state == "waiting").values(run_after=datetime.now(UTC)))


def _publish(text: str = "Done.") -> str:
    ministry = make_actor(f"M{time.monotonic_ns()}")
    one = make_update(ministry, None, make_recommendation(), state="approved", done=text)
    workflow.take(one.uuid, "publish", person=make_person("coordinator"), version=1)
    return str(one.uuid)


def test_a_publication_is_told_signed_and_after_the_commit(reaching: Flask, receiver: Receiver) -> None:
    administrator = make_person("administrator")
    uuid, secret = webhooks.add(receiver.address, ["update.published"], person=administrator)
    with pytest.raises(ZeroDivisionError), transaction() as current:
        webhooks.announce(current, "update.published", {})
        raise ZeroDivisionError
    published = _publish()
    import_demo(reaching)
    run_jobs(reaching)
    ((headers, body),) = receiver.got
    signed = hmac.new(secret.encode(), f"{headers['Uptake-Timestamp']}.".encode() + body, sha256).hexdigest()
    assert headers["Uptake-Signature"] == f"v1={signed}"
    assert abs(int(headers["Uptake-Timestamp"]) - time.time()) < 60
    said = json.loads(body)
    assert (said["event"], said["data"]["update"]) == ("update.published", published)
    assert headers["Uptake-Delivery"] == said["id"]
    (delivery,) = _deliveries()
    assert (delivery.state, delivery.status, delivery.attempts) == ("delivered", 204, 1)
    stored = " ".join(str(vars(row)) for row in session().scalars(select(Webhook)))
    assert secret not in stored
    webhooks.switch(uuid, False, person=administrator)
    _publish()
    assert len(_deliveries()) == 1


def test_an_import_is_told_with_its_counts(reaching: Flask, receiver: Receiver) -> None:
    webhooks.add(receiver.address, ["import.applied"], person=make_person("administrator"))
    import_demo(reaching)
    run_jobs(reaching)
    said = [json.loads(body) for _headers, body in receiver.got]
    assert [one["event"] for one in said] == ["import.applied"] * 3
    assert said[0]["data"]["counts"]["new"] > 100


def test_what_does_not_arrive_is_tried_again_and_given_up_in_the_end(reaching: Flask, receiver: Receiver) -> None:
    administrator = make_person("administrator")
    uuid, _secret = webhooks.add(receiver.address, ["update.published"], person=administrator)
    receiver.statuses = [500, 302, 200]
    _publish()
    states = []
    for _ in range(3):
        run_jobs(reaching)
        (delivery,) = _deliveries()
        states.append((delivery.state, delivery.status))
        assert run_jobs(reaching) == 0, "the next try waits"
        _later()
    assert states == [("waiting", 500), ("waiting", 302), ("delivered", 200)]
    assert len({body for _headers, body in receiver.got}) == 1, "the message is the same in every try"
    receiver.statuses = [410] * 6
    _publish()
    for _ in range(6):
        run_jobs(reaching)
        _later()
    assert [one.state for one in _deliveries()] == ["delivered", "failed"]
    webhooks.send_again(_deliveries()[1].uuid, person=administrator)
    run_jobs(reaching)
    assert [one.state for one in _deliveries()] == ["delivered", "delivered"]
    browser = signed_in(reaching, administrator)
    assert "Delivered" in browser.get(f"/webhooks/{uuid}").text


def test_a_receiver_that_hangs_is_left_behind(reaching: Flask) -> None:
    administrator = make_person("administrator")
    for manner, said in (("silent", outward.SILENT), ("dripping", outward.SILENT), ("closed", outward.UNREACHED),
                         ("shut", outward.UNREACHED)):  # fmt: skip
        with _hanging(manner) as port:
            uuid, _secret = webhooks.add(f"http://127.0.0.1:{port}/", ["update.published"], person=administrator)
            _publish()
            begun = time.monotonic()
            run_jobs(reaching)
            assert time.monotonic() - begun < 4
        delivery = _deliveries()[-1]
        assert (delivery.state, delivery.status, delivery.error) == ("waiting", None, said), manner
        assert session().scalars(select(Job.state).where(Job.kind == "webhook.deliver")).all()[-1] == "waiting"
        webhooks.remove(uuid, person=administrator)


@contextmanager
def _hanging(manner: str) -> Iterator[int]:
    """The port of a server that takes a connection and then does not do what it should."""
    listening = socket.create_server(("127.0.0.1", 0))
    ended = threading.Event()

    def hang() -> None:
        connection, _address = listening.accept()
        if manner == "dripping":
            with suppress(OSError):
                connection.send(b"HTTP/1.1 200 OK\r\nX: ")
                while not ended.wait(0.2):
                    connection.send(b"x")
        if manner == "silent":
            ended.wait(5)
        connection.close()

    if manner != "shut":
        threading.Thread(target=hang, daemon=True).start()
    port = listening.getsockname()[1]
    if manner == "shut":
        listening.close()
    yield port
    ended.set()
    listening.close()


def test_addresses_inside_are_not_entered(app: Flask) -> None:
    administrator = make_person("administrator")
    for address in (
        "http://127.0.0.1:9/", "http://localhost/", "http://10.1.2.3/", "http://169.254.169.254/latest", "http://[::1]/",
        "http://[::ffff:127.0.0.1]/", "http://[fe80::1]/", "http://[64:ff9b::7f00:1]/", "http://0.0.0.0/",
        "ftp://example.org/", "http://user@example.org/", "javascript:alert(1)", "http://printer.local/", "",
    ):  # fmt: skip
        with pytest.raises(Invalid) as caught:
            webhooks.add(address, ["update.published"], person=administrator)
        assert "address" in caught.value.fields, address
    assert session().scalars(select(Webhook)).all() == []


def test_a_name_that_leads_inside_is_refused_when_it_is_used(app: Flask, receiver: Receiver) -> None:
    for host in ("2130706433", "0x7f000001", "127.1"):
        answer = outward.post(f"http://{host}:{receiver.server_port}/", {}, b"", seconds=2, private=False)
        assert answer.error in {outward.PRIVATE, outward.UNKNOWN}, host
    assert receiver.got == []


def test_the_pages_of_webhooks(reaching: Flask, receiver: Receiver) -> None:
    browser = signed_in(reaching, make_person("administrator"))
    token = {"csrf_token": token_of(browser)}
    refused = browser.post("/webhooks", data={**token, "address": "nonsense", "events": "update.published"})
    assert refused.status_code == 422
    page = browser.post("/webhooks", data={**token, "address": receiver.address, "events": ["update.published"]})
    first = re.findall(r"whs_[0-9a-f]{64}", page.text)[0]
    uuid = session().scalars(select(Webhook.uuid)).one()
    assert "whs_" not in browser.get(f"/webhooks/{uuid}").text
    second = re.findall(r"whs_[0-9a-f]{64}", browser.post(f"/webhooks/{uuid}/secret", data=token).text)[0]
    assert first != second
    _publish()
    run_jobs(reaching)
    assert "204" in browser.get(f"/webhooks/{uuid}").text
    again = _deliveries()[0].uuid
    assert browser.post(f"/webhooks/messages/{again}/again", data=token).status_code == 303
    assert browser.post(f"/webhooks/{uuid}/switch", data={**token, "active": "0"}).status_code == 303
    run_jobs(reaching)
    assert len(receiver.got) == 1, "a webhook that is switched off is told nothing"
    assert _deliveries()[0].state == "failed"
    assert browser.post(f"/webhooks/{uuid}/remove", data=token).status_code == 303
    assert _deliveries() == []
