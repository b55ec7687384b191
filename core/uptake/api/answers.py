"""Answers: plain values as JSON, lists with the address of what follows, things with a tag that says their version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

import msgspec
from flask import Response, request

from uptake.api.conditions import tag
from uptake.api.cursors import write
from uptake.services.open_data.keyset import Item, Part
from uptake.web.addresses import root

JSON = "application/json"


def thing(item: Item, status: int = 200, *, at: str = "") -> Response:
    """One thing; ``at`` is its address where it is new."""
    body = msgspec.json.encode(item)
    response = Response(body, status, mimetype=JSON)
    if "version" in item:
        response.set_etag(tag(item["version"], sha256(body).hexdigest()[:16]))
    if at:
        response.headers["Location"] = f"{root(with_language=False)}/api/v1/{at}"
    return response


def part(found: Part, **more: Any) -> Response:
    """Some of a list."""
    following = address_of(found.next) if found.next else None
    said: dict[str, Any] = {"items": found.items, "next": following, **more}
    if found.count is not None:
        said["count"] = found.count
    response = Response(msgspec.json.encode(said), mimetype=JSON)
    if following:
        response.headers["Link"] = f'<{following}>; rel="next"'
    return response


def plain(said: Mapping[str, Any]) -> Response:
    """Anything else."""
    return Response(msgspec.json.encode(said), mimetype=JSON)


def address_of(place: Sequence[int]) -> str:
    """This list from there on."""
    kept = [pair for pair in request.args.items(multi=True) if pair[0] != "cursor"]
    return f"{root()}{request.path}?{urlencode([*kept, ('cursor', write(place))])}"
