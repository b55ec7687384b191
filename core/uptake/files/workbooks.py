"""Reads Excel and OpenDocument workbooks, after a look at whether they are what they say and can be unpacked safely."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import BinaryIO

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from uptake.errors import Invalid
from uptake.files.archives import check_zip, protected
from uptake.files.cells import Cell
from uptake.files.encodings import Writing

ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CHUNK = 1 << 20
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


class Workbook:
    """One sheet of an open workbook."""

    separator = ""

    def __init__(self, stream: BinaryIO, name: str, sheet: str | None) -> None:
        self.kind = _kind(stream, name)
        self.writing = Writing("")
        stream.seek(0)
        with _told(name):
            self._book = CalamineWorkbook.from_filelike(stream)
        self.sheet_names = tuple(self._book.sheet_names)
        with _told(name):
            self._sheet = self._named(sheet, name) if sheet else self._first()

    def records(self) -> Iterator[tuple[int, Sequence[Cell]]]:
        """Yield each row's number in the sheet and its cells."""
        for number, cells in enumerate(self._sheet.iter_rows(), 1):
            yield number, [_cell(cell) for cell in cells]

    def _named(self, sheet: str, name: str) -> CalamineSheet:
        if sheet not in self.sheet_names:
            raise Invalid(
                "{file} has no sheet {sheet!r}. It has: {sheets}.",
                remedy="Name one of these sheets.",
                file=name, sheet=sheet, sheets=", ".join(self.sheet_names),
            )  # fmt: skip
        return self._book.get_sheet_by_name(sheet)

    def _first(self) -> CalamineSheet:
        """The first sheet that can be seen and holds anything; the first of all where none does."""
        for meta in self._book.sheets_metadata:
            if meta.typ == SheetTypeEnum.WorkSheet and meta.visible == SheetVisibleEnum.Visible:
                sheet = self._book.get_sheet_by_name(meta.name)
                if sheet.start is not None:
                    return sheet
        return self._book.get_sheet_by_index(0)


def _cell(cell: object) -> Cell:
    if isinstance(cell, (str, int, float, datetime.date)):
        return cell
    return None if cell is None else str(cell)


def _kind(stream: BinaryIO, name: str) -> str:
    stream.seek(0)
    if stream.read(8) == OLE:
        if _holds(stream, _ENCRYPTED):
            raise protected(name)
        return "xls"
    members = check_zip(stream, name)
    if any(member.startswith("xl/") for member in members):
        return "xlsx"
    if "content.xml" in members and "META-INF/manifest.xml" in members:
        return "ods"
    what = "a Word document" if "word/document.xml" in members else "a zip archive"
    raise Invalid(
        "{file} is {what}, not a workbook.",
        remedy="Unpack it, or save its table as XLSX or CSV, and import that.",
        file=name, what=what,
    )  # fmt: skip


def _holds(stream: BinaryIO, wanted: bytes) -> bool:
    stream.seek(0)
    kept = b""
    while chunk := stream.read(_CHUNK):
        if wanted in kept + chunk:
            return True
        kept = chunk[-len(wanted) :]
    return False


@contextmanager
def _told(name: str) -> Iterator[None]:
    """Turn what the workbook library raises, a panic of its Rust code included, into words for a person."""
    try:
        yield
    except PasswordError as error:
        raise protected(name) from error
    except CalamineError as error:
        raise _unreadable(name, str(error)) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise _unreadable(name, "its structure is broken") from error


def _unreadable(name: str, what: str) -> Invalid:
    return Invalid(
        "{file} cannot be opened as a workbook: {what}.",
        remedy="Open it in a spreadsheet program, save it again as XLSX, and import that.",
        file=name, what=what,
    )  # fmt: skip
