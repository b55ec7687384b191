"""A small OpenID Connect provider on loopback for tests: discovery, consent, tokens and keys over real HTTP."""

from __future__ import annotations

import secrets
import threading
import time
from base64 import b64decode, urlsafe_b64encode
from hashlib import sha256
from types import TracebackType
from typing import Any
from urllib.parse import urlencode

from flask import Flask, jsonify, redirect, request
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server
from werkzeug.wrappers import Response

BEARER = "Bearer"


class IdentityProvider:
    """Vouches for whoever ``claims`` describes. What the fields spoil, a careful client must notice."""

    client_id = "uptake"
    client_secret = "a secret of the provider"  # noqa: S105

    def __init__(self) -> None:
        self.claims: dict[str, Any] = {
            "sub": "person-1",
            "email": "person@example.org",
            "email_verified": True,
            "name": "Person",
        }
        self.denies = False
        self.spoils: dict[str, Any] = {}
        self.asked: list[dict[str, str]] = []
        self._codes: dict[str, dict[str, str]] = {}
        self._key = RSAKey.generate_key(2048, {"kid": "one"})
        self.signs_with = self._key
        self._server = make_server("127.0.0.1", 0, self._app(), threaded=True)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def issuer(self) -> str:
        """The address of the provider."""
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def settings(self) -> dict[str, str]:
        """The table ``oidc`` of an instance that trusts this provider."""
        return {
            "issuer": self.issuer,
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "name": "Ministry ID",
        }

    def __enter__(self) -> IdentityProvider:
        self._thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Be gone."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()

    def _app(self) -> Flask:
        app = Flask("identity_provider", static_folder=None)
        app.add_url_rule("/.well-known/openid-configuration", "discovery", self._discovery)
        app.add_url_rule("/authorize", "authorize", self._authorize)
        app.add_url_rule("/token", "token", self._token, methods=["POST"])
        app.add_url_rule("/jwks", "jwks", lambda: jsonify(keys=[self._key.as_dict(private=False)]))
        return app

    def _discovery(self) -> Response:
        return jsonify(
            issuer=self.issuer, authorization_endpoint=f"{self.issuer}/authorize", token_endpoint=f"{self.issuer}/token",
            jwks_uri=f"{self.issuer}/jwks", response_types_supported=["code"], subject_types_supported=["public"],
            id_token_signing_alg_values_supported=["RS256"], code_challenge_methods_supported=["S256"],
        )  # fmt: skip

    def _authorize(self) -> Response:
        asked = request.args.to_dict()
        self.asked.append(asked)
        if self.denies:
            return redirect(f"{asked['redirect_uri']}?{urlencode({'error': 'access_denied', 'state': asked['state']})}")
        code = secrets.token_urlsafe(16)
        self._codes[code] = asked
        return redirect(f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}")

    def _token(self) -> tuple[Response, int]:
        asked = self._codes.pop(request.form.get("code", ""), None)
        if asked is None or not self._knows_client() or not self._proves(asked):
            return jsonify(error="invalid_grant"), 400
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": self.client_id, "iat": now, "exp": now + 300, "nonce": asked["nonce"],
                  **self.claims, **self.spoils}  # fmt: skip
        signed = jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.signs_with)
        return jsonify(access_token=secrets.token_urlsafe(16), token_type=BEARER, expires_in=300, id_token=signed), 200

    def _knows_client(self) -> bool:
        _scheme, _, told = request.headers.get("Authorization", "").partition(" ")
        return b64decode(told).decode() == f"{self.client_id}:{self.client_secret}"

    def _proves(self, asked: dict[str, str]) -> bool:
        """PKCE: whoever brings the code is whoever asked for it."""
        digest = sha256(request.form.get("code_verifier", "").encode()).digest()
        same = asked["redirect_uri"] == request.form.get("redirect_uri")
        return same and urlsafe_b64encode(digest).decode().rstrip("=") == asked.get("code_challenge")


def other_key() -> RSAKey:
    """A key that is not the provider's."""
    return RSAKey.generate_key(2048, {"kid": "one"})
