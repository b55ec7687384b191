"""One-time secrets: what a link or a cookie holds, and the hash of it that the database keeps."""

from __future__ import annotations

import secrets
from hashlib import sha256


def new_token() -> str:
    """A secret that nobody can guess, fit for an address."""
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> str:
    """What is stored of a secret: enough to know it again, not enough to use it."""
    return sha256(token.encode("utf-8", "replace")).hexdigest()
