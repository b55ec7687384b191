"""The description of the API: as OpenAPI for programs, and as an index of what there is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from flask import Response, current_app

from uptake import __version__
from uptake.api import answers
from uptake.api.blueprint import ApiBlueprint
from uptake.schemas import answers as said
from uptake.web.addresses import root

EXTENSION = "uptake_api"
LISTS = ("recommendations", "search", "documents", "mechanisms", "vocabularies", "institutions", "updates", "assessments",
         "assignments", "imports", "changes")  # fmt: skip
_LIST = re.compile(r"/api/v1/([\w-]+)")
blueprint = ApiBlueprint("api_description", __name__, description="What there is.")


@blueprint.reads("/", said.Index, endpoint="get_index", about="What there is")
def index() -> Response:
    """Where each kind of thing is listed, also those of plugins."""
    here = f"{root()}/api/v1"
    names = (*LISTS, *sorted(set(_parts()) - set(LISTS)))
    links = {name: f"{here}/{name}" for name in names} | {"openapi": f"{here}/openapi.json"}
    title = current_app.extensions["uptake"].title
    return answers.plain({"title": title, "version": __version__, "api": "v1", "links": links})


def _parts() -> Iterator[str]:
    """What can be read right below the API's address."""
    for rule in current_app.url_map.iter_rules():
        found = _LIST.fullmatch(rule.rule)
        if found and "GET" in (rule.methods or ()):
            yield found[1]


def openapi() -> dict[str, Any]:
    """The description in OpenAPI 3.1, with this site as its server."""
    found: dict[str, Any] = current_app.extensions[EXTENSION].described()
    for operations in found["paths"].values():
        for operation in operations.values():
            if isinstance(operation, dict) and "tags" in operation:
                operation["tags"] = [_part(tag) for tag in operation["tags"]]
    tags = [tag | {"name": _part(tag["name"])} for tag in found.get("tags", [])]
    return found | {"tags": tags, "servers": [{"url": root(with_language=False)}]}


def _part(blueprint: str) -> str:
    """What readers call a part: ``api_updates`` of the core, ``reports_api`` of a plugin."""
    return blueprint.removeprefix("api_").removesuffix("_api")


def serve() -> Response:
    """The description as a file."""
    return answers.plain(openapi())
