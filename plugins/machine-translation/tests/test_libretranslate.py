"""The plugin speaks LibreTranslate's interface with a real server on loopback, and is neither led elsewhere nor flooded."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
import requests
from uptake_machine_translation.libretranslate import MOST_SENT, MOST_TAKEN, Server, server_from


class Libre:
    """A server that turns every text around; ``how`` makes it behave otherwise."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.how = ""
        libre = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                libre.asked.append((self.path, body))
                status, answer, headers = libre.answer(body)
                self.send_response(status)
                for name, value in {"Content-Length": str(len(answer)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def answer(self, body: dict[str, Any]) -> tuple[int, bytes, dict[str, str]]:
        known = {"translatedText": [text[::-1] for text in body["q"]]}
        said: dict[str, tuple[int, Any, dict[str, str]]] = {
            "": (200, known, {}),
            "key": (403, {"error": "Invalid API key"}, {}),
            "language": (400, {"error": f"{body['target']} is not supported"}, {}),
            "elsewhere": (302, {}, {"Location": f"{self.address}/other"}),
            "flood": (200, "x" * (MOST_TAKEN + 10), {}),
            "html": (200, "<html>", {}),
            "list": (200, ["no"], {}),
            "numbers": (200, {"translatedText": [1]}, {}),
        }
        status, answer, headers = said[self.how]
        return status, json.dumps(answer).encode(), headers

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def libre() -> Iterator[Libre]:
    server = Libre()
    yield server
    server.close()


def test_texts_come_back_in_their_order(libre: Libre) -> None:
    server = Server(libre.address, "secret", {"zh": "zh-Hans"})
    assert server.translate(["abc", "xyz"], "en", "zh") == ["cba", "zyx"]
    asked = {"q": ["abc", "xyz"], "source": "en", "target": "zh-Hans", "format": "text", "api_key": "secret"}
    assert libre.asked == [("/translate", asked)]


def test_a_language_that_the_server_does_not_know_is_no_failure(libre: Libre) -> None:
    libre.how = "language"
    assert Server(libre.address).translate(["abc"], "en", "pt_BR") is None
    assert libre.asked[0][1]["target"] == "pt-BR"


@pytest.mark.parametrize(
    ("how", "said"),
    [("key", "403: Invalid API key"), ("elsewhere", "302"), ("flood", "more than"), ("html", "200"), ("list", "200"),
     ("numbers", "200")],
)  # fmt: skip
def test_any_other_answer_is_told_and_followed_nowhere(libre: Libre, how: str, said: str) -> None:
    libre.how = how
    with pytest.raises(ValueError, match=said):
        Server(libre.address).translate(["abc"], "en", "fr")
    assert [path for path, _body in libre.asked] == ["/translate"]


def test_too_much_is_not_even_sent(libre: Libre) -> None:
    with pytest.raises(ValueError, match="more than"):
        Server(libre.address).translate(["x" * (MOST_SENT + 1)], "en", "fr")
    assert libre.asked == []


def test_a_server_that_is_not_there_or_never_answers_is_given_up(libre: Libre) -> None:
    gone = Server("http://127.0.0.1:9", timeout=(0.5, 0.5))
    with pytest.raises(requests.RequestException):
        gone.translate(["abc"], "en", "fr")
    libre.how = ""
    libre.answer = lambda _body: (time.sleep(2), (200, b"{}", {}))[1]  # type: ignore[assignment, func-returns-value]
    with pytest.raises(requests.RequestException):
        Server(libre.address, timeout=(0.5, 0.2)).translate(["abc"], "en", "fr")


def test_the_options_name_a_server_or_none() -> None:
    assert server_from({}) is None
    found = server_from({"endpoint": "https://mt.example/api/", "key": "k", "codes": {"zh": "zt"}})
    assert found == Server("https://mt.example/api/", "k", {"zh": "zt"})
    assert "k" not in repr(found).replace("endpoint", "").replace("https://mt.example/api/", "").split("codes")[0]
    for wrong in ("file:///etc/passwd", "ftp://x", "http://", "mt.example", "http://x/?q=1"):
        with pytest.raises(ValueError, match="no web address"):
            server_from({"endpoint": wrong})
