"""Column mappings of tables: checked against a table, proposed for one, and the ones that ship with Uptake."""

from __future__ import annotations

import json
from collections.abc import Mapping as Dict
from functools import lru_cache
from importlib.resources import files
from itertools import islice
from pathlib import Path
from typing import Any

from uptake.files.cells import cell_text
from uptake.files.mapping_spec import FIELDS, Mapping, read_spec
from uptake.files.sheets import Sheet, missing_columns, open_sheet
from uptake.texts import fold

__all__ = ["FIELDS", "Mapping", "builtin_mappings", "check", "preview", "read_spec", "suggest"]

PREVIEW_ROWS = 10


def check(mapping: Mapping, sheet: Sheet) -> None:
    """Raise ``Invalid`` that names every column of the mapping that the table lacks, those it has, and the nearest."""
    named = dict.fromkeys(name for names in mapping.columns.values() for name in names)
    missing = [name for name in named if sheet.find_column(name) is None]
    if missing:
        raise missing_columns(sheet, missing)


def suggest(sheet: Sheet) -> dict[str, object]:
    """A mapping proposed from the names of the columns, the encoding and the separator; never certain, often right."""
    columns: dict[str, str] = {}
    for title in sheet.header:
        field = _field_of(fold(title))
        if field and field not in columns:
            columns[field] = title
    spec: dict[str, object] = {"columns": columns}
    if sheet.kind == "csv" and not sheet.encoding.startswith("utf"):
        spec["encoding"] = sheet.encoding
    if sheet.kind == "csv" and sheet.separator != ",":
        spec["separator"] = sheet.separator
    if sheet.apostrophes:
        spec["replace"] = dict.fromkeys(sheet.apostrophes, "’")
    return spec


def preview(path: Path, *, encoding: str | None = None, sheet: str | None = None) -> dict[str, object]:
    """What a person must see of a file before mapping it, ready for JSON: how it is written, its header, ten rows."""
    with path.open("rb") as stream:
        table = open_sheet(stream, path.name, encoding=encoding, sheet=sheet)
        return {
            "file": path.name,
            "kind": table.kind,
            "encoding": table.encoding,
            "encoding_certain": table.encoding_certain,
            "separator": table.separator,
            "line_end": table.line_end,
            "sheets": list(table.sheet_names),
            "header_row": table.header_row,
            "header": list(table.header),
            "rows": [[cell_text(cell) for cell in row.cells] for row in islice(table.rows(), PREVIEW_ROWS)],
            "suggested": suggest(table),
        }


def builtin_mappings() -> dict[str, Dict[str, object]]:
    """The mappings that ship with Uptake, by name."""
    return {item["name"]: item["spec"] for item in _shipped()["mappings"]}


def _field_of(title: str) -> str | None:
    """The field that a folded column name means; ``recommendation french`` is ``text.fr``."""
    name, _, last = title.rpartition(" ")
    language = next((code for code, words in _shipped()["languages"].items() if last in map(fold, words)), None)
    if language and _field_names().get(name) == "text":
        return f"text.{language}"
    return _field_names().get(title)


@lru_cache(maxsize=1)
def _field_names() -> dict[str, str]:
    return {fold(name): field for field, names in _shipped()["columns"].items() for name in names}


@lru_cache(maxsize=1)
def _shipped() -> dict[str, Any]:
    shipped: dict[str, Any] = json.loads(files("uptake.data").joinpath("mappings.json").read_text(encoding="utf-8"))
    return shipped
