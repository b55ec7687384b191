"""Lasting identities and fingerprints."""

from __future__ import annotations

import re
from hashlib import blake2b
from uuid import UUID

_UUID = re.compile(r"[0-9a-f]{32}")


def derived_uuid(name: str) -> str:
    """A UUID (version 8) that is the same for the same name, as 32 hex digits."""
    digest = short_hash(name)
    return f"{digest[:12]}8{digest[13:16]}8{digest[17:]}"


def lasting_uuid(source: str, key: str) -> str:
    """The source's own id where that is a UUID, else one derived from source and id; 32 hex digits."""
    own = own_uuid(key)
    return own.hex if own else derived_uuid(f"{source}:{key}")


def own_uuid(key: str) -> UUID | None:
    """The UUID that a source's id is, if it is one."""
    plain = key.replace("-", "").lower()
    return UUID(hex=plain) if _UUID.fullmatch(plain) else None


def short_hash(text: str) -> str:
    """128 bits of a text, as 32 hex digits."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def fingerprint(raw: bytes, version: int) -> str:
    """128 bits of a record's own bytes, which also change with the version of the importer that reads them."""
    return blake2b(raw, digest_size=16, salt=version.to_bytes(4, "big")).hexdigest()
