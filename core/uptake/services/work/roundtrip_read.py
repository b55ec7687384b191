"""Reads the spreadsheet that came back: each row as it was filled, with what is wrong with it."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from uptake.errors import Invalid
from uptake.files.cells import Cell, cell_text
from uptake.files.dates import parse_date
from uptake.files.form_writer import MOST_ROWS, SHEET
from uptake.files.sheet_oddities import Oddities, oddities
from uptake.files.sheets import Row, Sheet, open_sheet, too_many_rows
from uptake.i18n import N_, catalogue
from uptake.models.progress import StatusValue
from uptake.services.progress.evidence import checked_address
from uptake.services.progress.status_scale import NAMES
from uptake.services.progress.update_fields import LONGEST
from uptake.services.work.roundtrip_fields import DAYS, FILL, GIVEN, ID, MARK, find_columns
from uptake.texts import fold, unprintable

MOST_LINKS = 20
Problem = tuple[str, str, dict[str, Any]]


@dataclass(slots=True)
class Filled:
    """One row: where it stands, whose it is, what was given and what was filled in, and what is wrong with it."""

    number: int
    uuid: str
    mark: str
    given: list[str]
    values: dict[str, str]
    problems: list[Problem] = field(default_factory=list)


def read(session: Session, stream: BinaryIO, name: str, languages: Iterable[str]) -> list[Filled]:
    """The rows of an uploaded file in which anything stands.

    Raises ``Invalid`` for what is no such spreadsheet at all, with what to do.
    """
    sheet, odd = _opened(stream, name)
    spoken = tuple(languages)
    at = find_columns(sheet.header, spoken)
    _check_columns(at, name)
    codes = _claims(session, spoken)
    found: list[Filled] = []
    for row in sheet.rows():
        if row.blank:
            continue
        if len(found) >= MOST_ROWS:
            raise too_many_rows(name, MOST_ROWS)
        found.append(_filled(row, at, codes, odd))
    if not found:
        raise Invalid(
            N_("{file} holds no rows."), remedy=N_("Download the spreadsheet again and fill it in."), file=name
        )
    return found


def _opened(stream: BinaryIO, name: str) -> tuple[Sheet, Oddities]:
    sheet = open_sheet(stream, name, header_row=None)
    if SHEET in sheet.sheet_names:
        sheet = open_sheet(stream, name, sheet=SHEET)
    if sheet.kind != "xlsx":
        return sheet, Oddities()
    return sheet, oddities(stream, SHEET if SHEET in sheet.sheet_names else sheet.sheet_names[0])


def _check_columns(at: Mapping[str, int], name: str) -> None:
    missing = [column for column in (*GIVEN, *FILL, ID, MARK) if column not in at]
    if not missing:
        return
    if ID in missing and MARK in missing:
        raise Invalid(
            N_("{file} is not a spreadsheet of this site."),
            remedy=N_(
                "Download the spreadsheet on this page, copy into it what you have written, and upload that one."
            ),
            file=name,
        )
    labels = ", ".join({**GIVEN, **FILL}.get(column, column) for column in missing)
    raise Invalid(
        N_("{file} lacks columns: {columns}."),
        remedy=N_("Put them back with the names that they had, or download the spreadsheet again."),
        file=name, columns=labels,
    )  # fmt: skip


def _filled(row: Row, at: Mapping[str, int], codes: Mapping[str, str], odd: Oddities) -> Filled:
    cells = {name: row.cells[place] for name, place in at.items()}
    texts = {name: cell_text(cell).replace("\r\n", "\n").replace("\r", "\n").strip() for name, cell in cells.items()}
    found = Filled(row.number, _uuid(texts[ID]), texts[MARK], [texts[name] for name in GIVEN], {})
    found.problems += odd_cells(row.number, at, odd)
    for name in FILL:
        try:
            found.values[name] = _value(name, cells[name], texts[name], codes)
        except Invalid as error:
            found.values[name] = texts[name][:200]
            found.problems.append((error.message, error.remedy, {"column": FILL[name], **error.values}))
    return found


def odd_cells(number: int, at: Mapping[str, int], odd: Oddities) -> list[Problem]:
    """What a row holds beside values in the columns ``at``: formulas and merged cells."""
    found: list[Problem] = []
    ours = {_letters(place) for place in at.values()}
    cells = [cell for cell in odd.formulas.get(number, ()) if cell.rstrip("0123456789") in ours]
    if cells:
        found.append(
            (
                N_("Cell {cell} holds a formula."),
                N_("Copy the cell and paste it as a value."),
                {"cell": ", ".join(cells[:5])},
            )
        )
    if merged := odd.merged.get(number):
        found.append(
            (
                N_("The cells {cells} are merged."),
                N_("Take the merged cells apart, and fill each row by itself."),
                {"cells": merged},
            )
        )
    return found


def _letters(place: int) -> str:
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _uuid(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        return ""


def _value(name: str, cell: Cell, text: str, codes: Mapping[str, str]) -> str:
    if name in DAYS:
        return _day(name, cell, text)
    if character := unprintable(text):
        raise Invalid(
            N_("{column} holds the character {character}, which cannot be kept."),
            remedy=N_("Type the text again."),
            character=character,
        )
    if len(text) > LONGEST:
        remedy = N_("Shorten it, and attach the rest as evidence on the site.")
        raise Invalid(N_("{column} is longer than {most} characters."), remedy=remedy, most=LONGEST)
    if name == "claim" and text:
        return _claim(text, codes)
    return _links(text) if name == "evidence" else text


def _day(name: str, cell: Cell, text: str) -> str:
    try:
        day = parse_date(cell if isinstance(cell, (datetime.date, int, float)) and not _is_year(cell) else text)
    except (ValueError, OverflowError):
        remedy = N_("Write it as 2025-01-31, or only the year.")
        raise Invalid(N_("{column}: {value} is no day."), remedy=remedy, value=text[:40]) from None
    if day and name == "period_to" and text.isdigit() and len(text) == 4:
        day = day.replace(month=12, day=31)
    return day.isoformat() if day else ""


def _is_year(cell: object) -> bool:
    """A year that a spreadsheet has made a number of; as the number of a day it would be one of 1905."""
    return isinstance(cell, (int, float)) and 1980 <= cell <= 2100


def _claim(text: str, codes: Mapping[str, str]) -> str:
    code = codes.get(fold(text))
    if code is None:
        raise Invalid(
            N_("{column}: there is no status {value}."), remedy=N_("Choose a value from the list."), value=text[:60]
        )
    return code


def _links(text: str) -> str:
    """Each link once, one on a line."""
    found = list(dict.fromkeys(text.replace(";", " ").split()))
    if len(found) > MOST_LINKS:
        raise Invalid(
            N_("{column} holds more than {most} links."), remedy=N_("Leave the most important."), most=MOST_LINKS
        )
    for address in found:
        try:
            checked_address(address)
        except Invalid:
            remedy = N_("Give full web addresses that begin with https:// or http://.")
            raise Invalid(N_("{column}: {value} is no web address."), remedy=remedy, value=address[:80]) from None
    return "\n".join(found)


def _claims(session: Session, languages: Iterable[str]) -> dict[str, str]:
    """The values that may be claimed by each name that they have, in any of the languages, and by their code."""
    found: dict[str, str] = {}
    spoken = tuple(languages)
    for value in session.scalars(
        select(StatusValue).where(StatusValue.active.is_(True), StatusValue.code != "received")
    ):
        own = [catalogue(language).gettext(NAMES.get(value.code, value.code)) for language in spoken]
        for name in (value.code, NAMES.get(value.code, value.code), *own, *value.names.values()):
            found[fold(name)] = value.code
    return found
