"""What a workbook's cells hold beside values: formulas and merged cells, which a reader of values does not see."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import BinaryIO
from xml.parsers import expat

_PIECE = 1 << 16
_LAST_ROW = 20_000
See = Callable[[str, dict[str, str]], None]
_CELL = re.compile(r"([A-Z]{1,3})(\d{1,7})")


@dataclass(slots=True)
class Oddities:
    """By row number: the cells that hold a formula, and the merged ranges that touch it."""

    formulas: dict[int, list[str]] = field(default_factory=dict)
    merged: dict[int, str] = field(default_factory=dict)


def oddities(stream: BinaryIO, sheet: str) -> Oddities:
    """Read them from one sheet of an XLSX workbook, in flat memory; nothing where it has no such sheet.

    The file must have been opened as a workbook before: that is where damaged and oversized archives are refused.
    """
    found = Oddities()
    at = ""

    def see(name: str, values: dict[str, str]) -> None:
        nonlocal at
        if name == "c":
            at = values.get("r", "")
        elif name == "f" and (place := _CELL.fullmatch(at)):
            found.formulas.setdefault(int(place[2]), []).append(at)
        elif name == "mergeCell":
            _merged(found, values.get("ref", ""))

    stream.seek(0)
    with zipfile.ZipFile(stream) as archive:
        path = _path_of(archive, sheet)
        if path in archive.namelist():
            _scan(archive, path, see)
    return found


def _merged(found: Oddities, ref: str) -> None:
    ends = [int(place[2]) for place in _CELL.finditer(ref)]
    if len(ends) == 2:
        for row in range(ends[0], min(ends[1], _LAST_ROW) + 1):
            found.merged[row] = ref


def _path_of(archive: zipfile.ZipFile, sheet: str) -> str:
    """Where the sheet of this name stands in the archive."""
    ids: dict[str, str] = {}
    targets: dict[str, str] = {}

    def book(name: str, values: dict[str, str]) -> None:
        if name == "sheet":
            ids[values.get("name", "")] = next((value for key, value in values.items() if key.endswith(":id")), "")

    def relations(name: str, values: dict[str, str]) -> None:
        if name == "Relationship":
            targets[values.get("Id", "")] = values.get("Target", "")

    names = archive.namelist()
    for path, see in (("xl/workbook.xml", book), ("xl/_rels/workbook.xml.rels", relations)):
        if path in names:
            _scan(archive, path, see)
    target = targets.get(ids.get(sheet, ""), "")
    return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"


def _scan(archive: zipfile.ZipFile, path: str, see: See) -> None:
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, values: see(name.rpartition(":")[2], values)
    parser.StartDoctypeDeclHandler = _no_doctype
    try:
        with archive.open(path) as member:
            while piece := member.read(_PIECE):
                parser.Parse(piece)
    except expat.ExpatError:
        return


def _no_doctype(*_: object) -> None:
    raise expat.ExpatError("a document type has no place in a workbook")
