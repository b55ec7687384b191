"""The fields of one row of a table, as its column mapping says."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from uptake.files.cells import Cell, cell_text, closing_brackets, split_cell
from uptake.files.dates import parse_date
from uptake.files.mapping_spec import LISTS, Mapping
from uptake.files.sheets import Row, Sheet
from uptake.texts import fold

YEARS = range(1800, 2200)


class MappedRow:
    """A row whose cells are asked for by field."""

    def __init__(self, row: Row, mapping: Mapping, places: dict[str, tuple[int, ...]]) -> None:
        self.row = row
        self._mapping = mapping
        self._places = places

    @property
    def raw(self) -> bytes:
        """What changes with the row's cells and with the mapping by which they are read."""
        cells = "\x1f".join(map(cell_text, self.row.cells))
        return f"{self._mapping.fingerprint}\x1f{cells}".encode("utf-8", "surrogatepass")

    def cell(self, field: str) -> Cell:
        """The first of the field's cells that holds anything."""
        return next((cell for cell in self._cells(field) if cell_text(cell).strip()), None)

    def text(self, field: str) -> str:
        """The field's value in our words, or its constant, or an empty text."""
        found = self._right(cell_text(self.cell(field))) if field in self._places else ""
        return self._ours(field, found or " ".join(self._mapping.constants.get(field, ())))

    def official_text(self, field: str) -> str:
        """The field's text, joined from all its columns."""
        return "\n".join(part for cell in self._cells(field) if (part := self._right(cell_text(cell))))

    def values(self, field: str) -> list[str]:
        """The values that the field's cells list, in our words, each once."""
        parts = self._parts(field) or self._mapping.constants.get(field, ())
        return list(dict.fromkeys(ours for part in parts if (ours := self._ours(field, part))))

    def date(self) -> datetime.date | None:
        """The field ``date``. Raises ``ValueError`` where it cannot be read."""
        cell = self.cell("date")
        if isinstance(cell, (int, float)) and cell in YEARS:
            return parse_date(str(int(cell)))
        return parse_date(self.text("date") if cell is None or isinstance(cell, str) else cell)

    def languages(self) -> Iterator[tuple[str, str]]:
        """The fields that hold the text, and the language that each names, empty where it names none."""
        for field in self._places:
            head, _, language = field.partition(".")
            if head == "text":
                yield field, language

    def column(self, field: str) -> str:
        """The columns of a field, for messages."""
        return ", ".join(self._mapping.columns.get(field, (field,)))

    def _cells(self, field: str) -> list[Cell]:
        return [self.row.cells[at] for at in self._places.get(field, ())]

    def _parts(self, field: str) -> list[str]:
        if field == "recommenders" and self._mapping.recommenders_in_text:
            return closing_brackets(next(filter(None, (self.official_text(name) for name, _ in self.languages())), ""))
        if field not in self._places:
            return []
        separator = self._mapping.separators.get(field, "auto" if field in LISTS else "none")
        return [part for cell in self._cells(field) for part in split_cell(self._right(cell_text(cell)), separator)]

    def _ours(self, field: str, value: str) -> str:
        return self._mapping.values.get(field, {}).get(fold(value), value) if value else ""

    def _right(self, text: str) -> str:
        for wrong, right in self._mapping.replace.items():
            text = text.replace(wrong, right)
        return text.strip()


def mapped_rows(sheet: Sheet, mapping: Mapping) -> Iterator[MappedRow]:
    """The rows of a table whose columns have been checked against the mapping."""
    places = {field: tuple(sheet.column(name) for name in names) for field, names in mapping.columns.items()}
    for row in sheet.rows():
        yield MappedRow(row, mapping, places)
