"""Posts to an address that a person has entered: only outside the own network, and never longer than the time given."""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from queue import Empty, SimpleQueue
from threading import Thread
from urllib.parse import SplitResult, urlsplit

from uptake.i18n import N_

PRIVATE = N_("This address is inside a private network, which no message reaches.")
SILENT = N_("The receiver gave no answer in time.")
UNKNOWN = N_("The name of the receiver is not known.")
UNREACHED = N_("The receiver cannot be reached.")
UNTRUSTED = N_("The certificate of the receiver is not trusted.")
REFUSED = N_("The receiver did not take the message.")
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of it: the status where there is one, else an error in words; and how long it took."""

    status: int | None
    error: str = ""
    milliseconds: int = 0

    @property
    def good(self) -> bool:
        """Whether the receiver took it."""
        return self.status is not None and 200 <= self.status < 300


class PinnedConnection(HTTPConnection):
    """Goes to the numbers that were looked at, whatever the name leads to a moment later."""

    def __init__(self, host: str, port: int, at: str, seconds: float) -> None:
        super().__init__(host, port, timeout=seconds)
        self._at = at

    def connect(self) -> None:
        """Open the socket."""
        self.sock = socket.create_connection((self._at, self.port), self.timeout)


class PinnedSecureConnection(HTTPSConnection):
    """The same with TLS: the certificate must be that of the name."""

    def __init__(self, host: str, port: int, at: str, seconds: float) -> None:
        self._trusting = ssl.create_default_context()
        super().__init__(host, port, timeout=seconds, context=self._trusting)
        self._at = at

    def connect(self) -> None:
        """Open the socket."""
        plain = socket.create_connection((self._at, self.port), self.timeout)
        self.sock = self._trusting.wrap_socket(plain, server_hostname=self.host)


def post(address: str, headers: dict[str, str], body: bytes, *, seconds: float, private: bool) -> Answer:
    """Send, and say what came of it. A receiver that hangs, also in the middle of a word, is left behind in time."""
    answers: SimpleQueue[Answer] = SimpleQueue()
    begun = time.monotonic()

    def run() -> None:
        answers.put(_try(address, headers, body, seconds, private))

    Thread(target=run, daemon=True, name="uptake-outward").start()
    try:
        answer = answers.get(timeout=seconds)
    except Empty:
        answer = Answer(None, SILENT)
    return replace(answer, milliseconds=round(1000 * (time.monotonic() - begun)))


def is_private_name(address: str) -> bool:
    """Whether an address shows without a question to anybody that it is inside."""
    host = (urlsplit(address).hostname or "").rstrip(".")
    if host == "localhost" or host.endswith((".localhost", ".local", ".internal")):
        return True
    try:
        return not is_public(host)
    except ValueError:
        return False


def is_public(number: str) -> bool:
    """Whether an IP address is one of the open internet. Raises ``ValueError`` where it is none."""
    found = ipaddress.ip_address(number.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        if found.sixtofour or found.teredo or found in _TRANSLATED:
            return False
        if found.ipv4_mapped:
            return is_public(str(found.ipv4_mapped))
    return found.is_global and not found.is_multicast


def _try(address: str, headers: dict[str, str], body: bytes, seconds: float, private: bool) -> Answer:
    parts = urlsplit(address)
    try:
        at = _looked_up(parts, private)
        return Answer(None, PRIVATE) if at is None else _sent(parts, at, headers, body, seconds)
    except ssl.SSLCertVerificationError:
        return Answer(None, UNTRUSTED)
    except TimeoutError:
        return Answer(None, SILENT)
    except socket.gaierror:
        return Answer(None, UNKNOWN)
    except (OSError, HTTPException, ValueError):
        return Answer(None, UNREACHED)


def _looked_up(parts: SplitResult, private: bool) -> str | None:
    """The number behind the name; None where any of its numbers is inside."""
    found = socket.getaddrinfo(parts.hostname, _port(parts), type=socket.SOCK_STREAM)
    numbers = [str(row[4][0]) for row in found]
    return numbers[0] if private or all(map(is_public, numbers)) else None


def _port(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)


def _sent(parts: SplitResult, at: str, headers: dict[str, str], body: bytes, seconds: float) -> Answer:
    kind = PinnedSecureConnection if parts.scheme == "https" else PinnedConnection
    connection = kind(parts.hostname or "", _port(parts), at, seconds)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("POST", path, body, headers)
        status = connection.getresponse().status
    finally:
        with suppress(OSError):
            connection.close()
    return Answer(status, "" if 200 <= status < 300 else REFUSED)
