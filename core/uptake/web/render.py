"""A page and its data: the same address answers as HTML, and with ``.json`` behind it as JSON."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import wraps
from typing import Any

import msgspec
from flask import Blueprint, Response, render_template

from uptake.services.lists.cards import Card

View = Callable[..., dict[str, Any]]


def page(blueprint: Blueprint, rule: str, template: str, json_rule: str = "") -> Callable[[View], View]:
    """Register a view that returns what its template needs; ``page`` in it is the data for machines."""

    def register(view: View) -> View:
        @wraps(view)
        def html(**values: Any) -> str:
            return render_template(template, **view(**values))

        @wraps(view)
        def data(**values: Any) -> Response:
            return Response(msgspec.json.encode(plain(view(**values)["page"])), mimetype="application/json")

        blueprint.add_url_rule(rule, view.__name__, html)
        blueprint.add_url_rule(json_rule or f"{rule}.json", f"{view.__name__}_json", data)
        return view

    return register


def plain(value: Any) -> Any:
    """Dataclasses and what they hold, as JSON knows it; a recommendation as every other answer writes it."""
    if isinstance(value, Card):
        return value.as_json()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value
