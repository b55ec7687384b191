"""Style sheets and scripts: one address in all languages, with a hash of the content, so that browsers keep them."""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from pathlib import Path

from flask import Blueprint, Response, request, send_from_directory

from uptake.web.middleware import LOCALE

FOLDER = Path(__file__).parent / "static"
YEAR = 31_536_000
blueprint = Blueprint("assets", __name__)


@blueprint.get("/static/<path:name>")
def static(name: str) -> Response:
    """One file; for ever where the address names its content."""
    kept = bool(request.args.get("v")) and request.args.get("v") == content_hash(name)
    response = send_from_directory(FOLDER, name, max_age=YEAR if kept else 300)
    if kept:
        response.cache_control.public = True
        response.cache_control.immutable = True
    return response


@cache
def _hash(path: Path, _changed: int) -> str:
    return blake2b(path.read_bytes(), digest_size=6).hexdigest()


def content_hash(name: str) -> str:
    """The hash of a file's content, empty where there is no such file."""
    path = FOLDER / name
    if ".." in Path(name).parts or not path.is_file():
        return ""
    return _hash(path, path.stat().st_mtime_ns)


def static_url(name: str) -> str:
    """The address of a file, the same in every language."""
    return asset_url(f"static/{name}", content_hash(name))


def asset_url(path: str, version: str) -> str:
    """An address that is the same in every language and changes with what stands there."""
    named = request.environ.get(LOCALE)
    root = request.script_root.removesuffix(f"/{named}") if named else request.script_root
    return f"{root}/{path}?v={version}"
