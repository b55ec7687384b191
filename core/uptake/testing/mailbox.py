"""A real mail server on loopback for tests: what the application sends arrives here."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from queue import Empty, Queue
from types import TracebackType
from typing import Any

import pytest

SECONDS = 20.0


class Mailbox:
    """Catches mails; ``next()`` waits for one, ``empty`` says whether none is there."""

    host = "127.0.0.1"

    def __init__(self) -> None:
        self._mails: Queue[EmailMessage] = Queue()
        self._controller: Any = None

    @property
    def port(self) -> int:
        """Where the server listens."""
        return int(self._controller.server.sockets[0].getsockname()[1])

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        """A mail has come."""
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self._mails.put(message)
        return "250 OK"

    def next(self) -> EmailMessage:
        """The next mail; it is waited for."""
        try:
            return self._mails.get(timeout=SECONDS)
        except Empty:
            raise AssertionError("no mail came") from None

    @property
    def empty(self) -> bool:
        """Whether no mail is there that was not looked at."""
        return self._mails.empty()

    def __enter__(self) -> Mailbox:
        self._controller = _controller(self)
        self._controller.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self._controller.stop()


def _controller(box: Mailbox) -> Any:
    kind = pytest.importorskip("aiosmtpd.controller").Controller

    class AnyPort(kind):  # type: ignore[misc, valid-type]
        """Its own start looks for the server at port 0, which the system replaces by a free one."""

        def _trigger_server(self) -> None:
            self.port = self.server.sockets[0].getsockname()[1]
            super()._trigger_server()

    return AnyPort(box, hostname=box.host, port=0)


def text_of(message: EmailMessage) -> str:
    """The plain text of a mail."""
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def path_of(message: EmailMessage) -> str:
    """The path of the link in a mail."""
    found = re.search(r"https?://[^/\s]+(/\S+)", text_of(message))
    assert found is not None
    return found[1]
