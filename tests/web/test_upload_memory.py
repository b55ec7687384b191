"""A hundred megabytes through the real server: its memory stays as it was, and more than that is refused."""

from __future__ import annotations

import http.client
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from uptake.app import create_app
from uptake.commands.setup import make_instance
from uptake.services.people import api_tokens
from uptake.testing.databases import close
from uptake.testing.people import make_actor, make_person, signed_in
from uptake.testing.progress import make_update

BOUNDARY = "limit-of-parts"
PIECE = b"0123456789abcdef" * 62_500
STATUS = Path("/proc/self/status")


class Server:
    """A served instance with a draft, and the cookie and token of its author."""

    def __init__(self, instance: Path) -> None:
        make_instance(instance, ("XMV",), "Test")
        app = create_app(instance)
        with app.app_context():
            actor = make_actor("MOJ")
            author = make_person("focal_point", actor=actor.id)
            self.path = f"/updates/{make_update(actor, author).uuid}/evidence"
            browser = signed_in(app, author)
            found = re.search(r'name="csrf_token" value="([^"]+)"', browser.get(self.path).text)
            assert found is not None
            self.token = found[1]
            self.bearer = api_tokens.make("Test", ("updates:write",), 7, person=author)
            self.cookie = "; ".join(f"{one.decoded_key}={one.value}" for one in browser._cookies.values())
            close()
        command = [str(Path(sys.executable).with_name("uptake")), "--instance", str(instance), "serve", "--port", "0"]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        assert self.process.stderr is not None
        port = re.search(r"http://[\d.]+:(\d+)", self.process.stderr.readline())
        assert port is not None
        self.port = int(port[1])

    def most_memory(self) -> int:
        """In MB, the most since it started."""
        found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{self.process.pid}/status").read_text())
        assert found is not None
        return int(found[1]) // 1024

    def send(self, pieces: int, name: str, *, api: bool = False) -> tuple[int, str]:
        """Upload so many megabytes, through the form or through the API."""
        field = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{self.token}\r\n'
        head = (
            f'{"" if api else field}--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        ).encode()
        tail = f"\r\n--{BOUNDARY}--\r\n".encode()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.putrequest("POST", f"{'/api/v1' if api else ''}{self.path}/files")
        connection.putheader(*(("Authorization", f"Bearer {self.bearer}") if api else ("Cookie", self.cookie)))
        connection.putheader("Content-Type", f"multipart/form-data; boundary={BOUNDARY}")
        connection.putheader("Content-Length", str(len(head) + pieces * len(PIECE) + len(tail)))
        connection.endheaders()
        for part in (head, *[PIECE] * pieces, tail):
            connection.send(part)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, text


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    found = Server(tmp_path / "instance")
    yield found
    found.process.terminate()
    found.process.wait(20)
    assert found.process.stderr is not None
    found.process.stderr.close()


@pytest.mark.skipif(not STATUS.is_file(), reason="the memory of another process is read from /proc")
def test_a_hundred_megabytes_leave_the_memory_as_it_was(server: Server) -> None:
    assert server.send(1, "small.txt")[0] == 303
    before = server.most_memory()
    assert server.send(99, "large.txt")[0] == 303
    status, text = server.send(110, "huge.txt")
    assert status == 413
    assert "At most 100 MB" in text
    assert server.send(98, "other.txt", api=True)[0] == 201
    assert server.send(110, "huge.txt", api=True)[0] == 413
    assert server.most_memory() - before < 50
