"""Reads CSV and other separated text of any encoding, separator and line end, row by row in flat memory."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from uptake.errors import Invalid
from uptake.files.cells import Cell
from uptake.files.encodings import Writing, find_writing

SEPARATORS = (",", ";", "\t", "|")
SAMPLE = 1 << 16
SAMPLE_ROWS = 60
_SEP_LINE = re.compile("sep=(.)\r?[\r\n]", re.IGNORECASE)
_SEPARATOR_NAMES = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|"}


class CsvFile:
    """An open CSV file: how it is written, and its records."""

    kind = "csv"
    sheet_names: tuple[str, ...] = ()

    def __init__(self, stream: BinaryIO, name: str, encoding: str | None, separator: str | None) -> None:
        self._stream = stream
        self._name = name
        self.writing: Writing = find_writing(stream, name, encoding)
        sample = self._sample()
        told = _SEP_LINE.match(sample)
        self._skip = 1 if told else 0
        self.separator = _checked(separator, name) or (told[1] if told else sniff_separator(sample))

    def records(self) -> Iterator[tuple[int, Sequence[Cell]]]:
        """Yield each row's number in the file and its cells; a blank line is a row without cells.

        Raises ``Invalid`` with the row for a quotation mark that is never closed.
        """
        with _Text(self._stream, self.writing.encoding) as text:
            reader = csv.reader(text, delimiter=self.separator)
            number, begun, ended = 0, 0, 0
            held: list[str] | None = None
            try:
                for number, cells in enumerate(reader, 1):
                    if held is not None and number - 1 > self._skip:
                        yield number - 1, held
                    held, begun, ended = cells, ended, reader.line_num
            except csv.Error as error:
                raise self._broken(number + 1, str(error)) from error
            if self.writing.quotes % 2 and ended - begun > 1:
                raise self._broken(number, "a quotation mark opens and is never closed")
            if held is not None and number > self._skip:
                yield number, held

    def _broken(self, row: int, what: str) -> Invalid:
        return Invalid(
            "{file} cannot be read in row {row}: {what}.",
            remedy="Look for a quotation mark too many in this row or before it, or save the table as XLSX.",
            file=self._name, row=row, what=what,
        )  # fmt: skip

    def _sample(self) -> str:
        with _Text(self._stream, self.writing.encoding) as text:
            return text.read(SAMPLE)


class _Text(io.TextIOWrapper):
    """A text view of a stream that somebody else closes."""

    def __init__(self, stream: BinaryIO, encoding: str) -> None:
        stream.seek(0)
        super().__init__(stream, encoding=encoding, newline="")

    def __exit__(self, *_: object) -> None:
        self.detach()


def _checked(separator: str | None, name: str) -> str | None:
    if not separator:
        return None
    mark = _SEPARATOR_NAMES.get(separator.lower(), separator)
    if len(mark) != 1 or mark in '"\r\n':
        raise Invalid(
            "The separator {separator!r} named for {file} is not one character.",
            remedy="Name one of: comma, semicolon, tab, pipe; or leave it out.",
            separator=separator, file=name,
        )  # fmt: skip
    return mark


def sniff_separator(sample: str) -> str:
    """The separator by which the rows of the sample fall into equally many cells, the more cells the better."""
    return max(SEPARATORS, key=lambda mark: _evenness(sample, mark))


def _evenness(sample: str, mark: str) -> tuple[float, int]:
    # A row that the sample cuts off says nothing about the separator.
    lines = list(io.StringIO(sample, newline=""))[: None if len(sample) < SAMPLE else -1]
    widths: Counter[int] = Counter()
    try:
        for _, cells in zip(range(SAMPLE_ROWS), csv.reader(lines, delimiter=mark), strict=False):
            widths[len(cells)] += 1 if cells else 0
    except csv.Error:
        return 0.0, 0
    width, count = max(widths.items(), key=lambda item: (item[1], item[0]), default=(1, 0))
    return (round(count / widths.total(), 1), width) if width > 1 else (0.0, 0)


def looks_separated(head: bytes) -> bool:
    """Whether the first bytes of a file look like rows that a separator cuts into equally many cells."""
    if b"\0" in head or head.lstrip()[:1] in {b"<", b"{", b"["}:
        return False
    sample = head.decode("latin-1")
    evenness, width = _evenness(sample, sniff_separator(sample))
    return evenness >= 0.8 and width > 1
