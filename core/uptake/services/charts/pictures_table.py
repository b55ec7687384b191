"""The numbers of a picture, as a table has them: what the page shows, a file holds, and a chart is drawn from."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Cell:
    """A number, and the list of as many things that stands behind it, below the site's own address."""

    count: int
    href: str


@dataclass(frozen=True, slots=True)
class Column:
    """What is counted."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Row:
    """One row: a number for each column, and all of them together (None where a sum would count something twice)."""

    value: str
    label: str
    cells: list[Cell]
    total: Cell | None = None


@dataclass(slots=True)
class Table:
    """A picture in numbers. ``corner`` says what the rows are, ``hidden`` how many more there are than are shown."""

    name: str
    title: str
    corner: str
    columns: list[Column] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    total: Row | None = None
    hidden: int = 0
    note: str = ""
    over_time: bool = False

    @property
    def largest(self) -> int:
        """The largest number of one part."""
        return max((cell.count for row in self.rows for cell in row.cells), default=0)

    @property
    def sums(self) -> bool:
        """Whether rows have a total that says anything beside their cells."""
        return len(self.columns) > 1 and all(row.total for row in self.rows)
