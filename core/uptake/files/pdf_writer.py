"""Writes a table as a PDF that screen readers can read (PDF/UA), with the extra ``pdf``."""

from __future__ import annotations

import datetime
import json
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from typing import Any, BinaryIO

from uptake.errors import AppError, Invalid
from uptake.files.tables import Across, Row, Table, runs_right, text_of
from uptake.i18n import N_

FONTS = ("Noto Sans", "Noto Sans Arabic", "Noto Sans CJK SC", "Noto Sans SC", "Noto Sans Hebrew", "Noto Naskh Arabic",
         "DejaVu Sans", "Libertinus Serif")  # fmt: skip


class Missing(AppError):
    """A part of the installation that this needs is not there."""

    status = 501


def can_write() -> bool:
    """Whether the extra ``pdf`` is installed."""
    return find_spec("typst") is not None


def check() -> None:
    """Raise ``Missing`` with what to install, where PDF cannot be written."""
    if not can_write():
        raise Missing(
            N_("This site cannot write PDF yet."),
            remedy=N_("The administrator installs it with: {command}. Word and Excel files are there without it."),
            command="pip install 'uptake[pdf]'",
        )


def write_pdf(
    stream: BinaryIO, table: Table, *, author: str = "", language: str = "en", right_to_left: bool = False
) -> int:
    """Write the table and return the number of its rows. Raises ``Missing`` where the extra is not installed."""
    check()
    import typst

    rows = [_row(row, right_to_left) for row in table.rows]
    data = {
        "title": text_of(table.title), "author": author, "lang": language.split("_")[0], "right": right_to_left,
        "labels": [_lines(label, right_to_left) for label in table.labels], "widths": list(table.widths), "rows": rows,
        "notes": [_beside(note, right_to_left) for note in table.notes], "fonts": _fonts(),
    }  # fmt: skip
    try:
        made = typst.compile(
            files("uptake.files").joinpath("table.typ").read_bytes(), sys_inputs={"data": json.dumps(data)},
            format="pdf", pdf_standards=["ua-1"], timestamp=datetime.datetime.now(datetime.UTC).replace(microsecond=0),
        )  # fmt: skip
    except typst.TypstError as error:
        raise Invalid(
            N_("The PDF could not be made: {reason}."), remedy=N_("Take the Word or Excel file instead."),
            reason=str(error)[:200],
        ) from error  # fmt: skip
    stream.write(made)
    return sum(not row["across"] for row in rows)


@cache
def _fonts() -> list[str]:
    """Those of our fonts that are on this machine; the engine warns of each that is not."""
    import typst

    known = {name.lower(): name for name in typst.Fonts().families()}
    return [name for name in FONTS if name.lower() in known] or ["Libertinus Serif"]


def _row(row: Row, right_to_left: bool) -> dict[str, Any]:
    if isinstance(row, Across):
        return {"across": True, "cells": [_lines(row.text, right_to_left)]}
    return {"across": False, "cells": [_lines(cell, right_to_left) for cell in row]}


def _beside(note: str, right_to_left: bool) -> list[dict[str, Any]]:
    """A note begins at the side of the table, whatever its script."""
    return [line | {"right": line["right"] or right_to_left} for line in _lines(note, right_to_left)]


def _lines(cell: object, right_to_left: bool) -> list[dict[str, Any]]:
    lines = text_of(cell).replace("\t", " ").split("\n")
    return [{"text": line, "right": runs_right(line, right_to_left)} for line in lines]
