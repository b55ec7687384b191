"""The page of the API for people: what there is, and forms to try it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template

from uptake.api.blueprint import MULTIPART
from uptake.api.description import openapi

blueprint = Blueprint("api_page", __name__)
METHODS = ("get", "post", "patch", "put", "delete")
EXAMPLES = {"uuid": "00000000-0000-0000-0000-000000000000", "date": "2026-01-31"}


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that can be asked of the API. ``filters`` are parameters that may be repeated, ``parts`` a body with a file."""

    id: str
    method: str
    path: str
    summary: str
    description: str
    parameters: list[dict[str, Any]]
    filters: list[str]
    body: str
    parts: list[dict[str, Any]]
    secured: bool


@blueprint.get("/api")
def index() -> str:
    """Everything that can be asked."""
    found = openapi()
    tags = [(tag["name"], tag["description"], list(_operations(found, tag["name"]))) for tag in found["tags"]]
    return render_template("api/index.html", tags=tags, info=found["info"])


def _operations(found: Mapping[str, Any], tag: str) -> Iterator[Operation]:
    schemas = found["components"]["schemas"]
    for path, below in found["paths"].items():
        for method in METHODS:
            if method in below and tag in below[method]["tags"]:
                yield _operation(path, method, below[method], below.get("parameters", []), schemas)


def _operation(
    path: str, method: str, one: Mapping[str, Any], shared: list[dict[str, Any]], schemas: Mapping[str, Any]
) -> Operation:
    parameters = [*shared, *one.get("parameters", [])]
    single = [each for each in parameters if each["schema"].get("type") != "array"]
    repeated = [each["name"] for each in parameters if each["schema"].get("type") == "array"]
    content = one.get("requestBody", {}).get("content", {})
    body = content.get("application/json", {}).get("schema")
    example = json.dumps(_example(body, schemas), indent=2) if body else ""
    parts = _parts(content[MULTIPART]["schema"], schemas) if MULTIPART in content else []
    secured = {} not in one.get("security", [{}])
    return Operation(
        one["operationId"], method.upper(), path, one["summary"], one.get("description", ""), single, repeated, example,
        parts, secured,
    )  # fmt: skip


def _parts(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The fields of a body that holds a file, the file first."""
    found = schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    parts = [
        {"name": name, "file": one.get("format") == "binary", "about": one.get("description", "")}
        for name, one in found["properties"].items()
    ]
    return sorted(parts, key=lambda part: not part["file"])


def _example(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Any:
    """A body with what is needed, to begin from; where nothing is, with what has an example or comes first."""
    if "$ref" in schema:
        return _example(schemas[schema["$ref"].rpartition("/")[2]], schemas)
    for name in ("example", "default"):
        if name in schema:
            return schema[name]
    if "enum" in schema:
        return schema["enum"][0]
    if "properties" in schema:
        named = schema["properties"]
        needed = schema.get("required") or [name for name in named if "example" in named[name]] or list(named)[:1]
        return {name: _example(named[name], schemas) for name in needed}
    if schema.get("type") == "array":
        return [_example(schema["items"], schemas)]
    return EXAMPLES.get(schema.get("format", ""), "en" if "pattern" in schema else "")
