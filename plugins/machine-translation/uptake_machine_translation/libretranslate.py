"""LibreTranslate's HTTP interface: one address, bounded in time and size, never led elsewhere."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import requests

TIMEOUT = (5.0, 15.0)
MOST_SENT = 50_000
MOST_TAKEN = 1_000_000


@dataclass(frozen=True, slots=True)
class Server:
    """A server by its address; ``codes`` are the languages that it calls otherwise."""

    endpoint: str
    key: str = field(default="", repr=False)
    codes: Mapping[str, str] = field(default_factory=dict)
    timeout: tuple[float, float] = TIMEOUT

    def translate(self, texts: Sequence[str], source: str, target: str) -> list[str] | None:
        """As many texts in their order; None where the server does not know the languages.

        Raises ``ValueError`` with what it says instead, and ``requests.RequestException`` where it cannot be reached.
        """
        if sum(map(len, texts)) > MOST_SENT:
            raise ValueError(f"the texts have more than {MOST_SENT:,} characters")
        asked = {"q": list(texts), "source": self._code(source), "target": self._code(target), "format": "text"}
        if self.key:
            asked["api_key"] = self.key
        status, answer = self._post(asked)
        found = answer.get("translatedText")
        if status == 200 and isinstance(found, list) and all(isinstance(text, str) for text in found):
            return found
        said = str(answer.get("error", "no translation"))[:200]
        if status == 400 and "not supported" in said:
            return None
        raise ValueError(f"the server answers {status}: {said}")

    def _code(self, language: str) -> str:
        return self.codes.get(language, language.replace("_", "-"))

    def _post(self, asked: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        with requests.Session() as http:
            http.trust_env = False
            address = f"{self.endpoint.rstrip('/')}/translate"
            with http.post(address, json=asked, timeout=self.timeout, allow_redirects=False, stream=True) as response:
                body = response.raw.read(MOST_TAKEN + 1, decode_content=True)
        if len(body) > MOST_TAKEN:
            raise ValueError(f"the server answers with more than {MOST_TAKEN:,} bytes")
        try:
            answer = json.loads(body)
        except ValueError:
            answer = {}
        return response.status_code, answer if isinstance(answer, dict) else {}


def server_from(options: Mapping[str, Any]) -> Server | None:
    """The server that the options name; None where they name none. Raises ``ValueError`` for a wrong address."""
    endpoint = options.get("endpoint", "")
    if not endpoint:
        return None
    parts = urlsplit(str(endpoint))
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("The endpoint is no web address.")
    codes = options.get("codes", {})
    return Server(str(endpoint), str(options.get("key", "")), dict(codes) if isinstance(codes, Mapping) else {})
