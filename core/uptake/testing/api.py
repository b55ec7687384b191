"""Programs that speak to the API in tests: each with a token of its own, and no cookie."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from uptake.services.people import api_tokens
from uptake.services.permissions import Person


class Program:
    """Asks the API below ``/api/v1``; without a person as a visitor."""

    def __init__(self, app: Flask, person: Person | None = None, *scopes: str) -> None:
        self._client: FlaskClient = app.test_client()
        wanted = scopes or tuple(api_tokens.SCOPES)
        self.token = api_tokens.make("Test", wanted, 7, person=person) if person else ""

    def ask(self, method: str, path: str, **more: Any) -> TestResponse:
        """One request; ``path`` below ``/api/v1`` or a whole address."""
        headers = {**more.pop("headers", {})}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        path = path.removeprefix("http://localhost")
        address = path if path.startswith("/api/") else f"/api/v1/{path}"
        return self._client.open(address, method=method, headers=headers, **more)

    def get(self, path: str, **more: Any) -> TestResponse:
        """Read."""
        return self.ask("GET", path, **more)

    def send(self, method: str, path: str, body: Any = None, *, match: str = "") -> TestResponse:
        """Change something; ``match`` is what was seen."""
        headers = {"If-Match": match} if match else {}
        return self.ask(method, path, json=body if body is not None else {}, headers=headers)
