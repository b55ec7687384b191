"""The manifest of a package: what it is, what it holds, and the checksum of every file in it."""

from __future__ import annotations

import datetime
import re
from typing import Any, Literal

import msgspec

from uptake.errors import Invalid
from uptake.services.exchange.columns import Shape

FORMAT, VERSION = "uptake-package", 1
MANIFEST, SCHEMA = "manifest.json", "schema.json"
LARGEST = 64 << 20
Holds = Literal["public", "everything", "backup"]
PUBLIC: Holds = "public"
EVERYTHING: Holds = "everything"
BACKUP: Holds = "backup"
MEMBER = re.compile(
    r"manifest\.json|schema\.json|data/[a-z][a-z0-9_]*\.jsonl|files/[0-9a-f]{64}|words/[a-z]{2,3}(_[A-Za-z]{2,4})*\.po"
)


class Part(msgspec.Struct):
    """A file of the package."""

    path: str
    size: int
    sha256: str


class TablePart(Part):
    """The rows of one table, a JSON object on each line; ``columns`` are those that the package has of it."""

    table: str
    rows: int
    columns: list[str]


class Site(msgspec.Struct):
    """The site that it was made from."""

    title: str
    address: str
    states: list[str]
    languages: list[str]


class Manifest(msgspec.Struct):
    """``components`` maps the core and the plugins to the revision of their tables; ``lacking`` are files that the site had
    lost itself, ``left_out`` tables of plugins that did not run there."""

    format: str
    version: int
    holds: Holds
    made: datetime.datetime
    uptake: str
    site: Site
    components: dict[str, str]
    tables: list[TablePart]
    files: list[Part]
    others: list[Part]
    lacking: list[str]
    left_out: list[str]

    @property
    def parts(self) -> list[Part]:
        """Every file but the manifest."""
        return [*self.tables, *self.files, *self.others]

    @property
    def rows(self) -> int:
        """How many rows all tables have."""
        return sum(part.rows for part in self.tables)


class _Head(msgspec.Struct):
    format: str = ""
    version: int = 0
    uptake: str = ""


def read(data: bytes, name: str) -> Manifest:
    """The manifest of the file ``name``. Raises ``Invalid``; one of a newer version of the format is told as that."""
    try:
        head = msgspec.json.decode(data, type=_Head)
        if head.format != FORMAT:
            raise Invalid("{file} is no package of Uptake.", remedy="Choose a file that Uptake has made.", file=name)
        if head.version > VERSION:
            raise Invalid(
                "{file} was made by a newer version, Uptake {uptake}: its format is {version}, and this one reads up to {known}.",
                remedy="Upgrade Uptake here first.", file=name, uptake=head.uptake, version=head.version, known=VERSION,
            )  # fmt: skip
        return msgspec.json.decode(data, type=Manifest)
    except msgspec.MsgspecError as error:
        raise Invalid(
            "The manifest of {file} cannot be read: {error}.", remedy="Make or fetch the file again.", file=name,
            error=error,
        ) from error  # fmt: skip


def write(manifest: Manifest) -> bytes:
    """The manifest as a file."""
    return msgspec.json.format(msgspec.json.encode(manifest), indent=1)


def schema(shapes: list[Shape]) -> bytes:
    """The JSON Schema of the manifest, and under ``$defs/rows`` that of a line of each table."""
    (found,), definitions = msgspec.json.schema_components([Manifest], ref_template="#/$defs/{name}")
    rows: dict[str, Any] = {shape.table.name: shape.schema() for shape in shapes}
    whole = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"{FORMAT} {VERSION}",
        **found,
        "$defs": {**definitions, "rows": rows},
    }
    return msgspec.json.format(msgspec.json.encode(whole), indent=1)
