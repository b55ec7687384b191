"""Imports any table through a column mapping that a person made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

from uptake.errors import N_, Invalid
from uptake.files.csv_files import looks_separated
from uptake.files.mapped import MappedRow, mapped_rows
from uptake.files.mapping import Mapping, check
from uptake.files.sheets import Sheet, open_sheet
from uptake.files.workbooks import OLE, ZIP
from uptake.hooks.kinds import Draft, FileInfo, Finding, Importer, PositionDraft, ReadOptions, TagDraft

FALLBACK_LANGUAGE = "en"
_SUFFIXES = (".csv", ".tsv", ".tab")
_WORKBOOK_SUFFIXES = (".xls", ".xlsx", ".xlsm", ".ods")


class TableImporter(Importer):
    """Reads CSV, XLSX, XLS and ODS. Every table looks like one of its own, so the core asks it last."""

    name = "table"
    title = N_("Any table through a column mapping")
    source = "table"

    def recognises(self, file: FileInfo) -> bool:
        """Whether the file holds a table at all."""
        if file.head.startswith(ZIP):
            return any(member.startswith("xl/") or member == "content.xml" for member in file.members)
        if file.head.startswith(OLE):
            return file.name.lower().endswith(_WORKBOOK_SUFFIXES)
        return file.name.lower().endswith(_SUFFIXES) or looks_separated(file.head)

    def read(self, stream: BinaryIO, options: ReadOptions) -> Iterator[Draft | Finding]:
        """Yield a draft for each row, or for each run of rows where the mapping groups them.

        Raises ``Invalid`` without a mapping, and where the mapping does not fit the table.
        """
        if not options.mapping:
            raise Invalid(
                "{file} is a table, and nobody has said yet what its columns mean.",
                remedy="Look at it with: uptake mapping preview FILE; "
                "save a mapping with: uptake mapping save NAME FILE.toml",
                file=options.path.name,
            )
        mapping = Mapping.from_spec(options.mapping)
        sheet = open_sheet(
            stream,
            options.path.name,
            encoding=mapping.encoding,
            separator=mapping.separator,
            sheet=mapping.sheet,
            header_row=mapping.header_row,
        )
        check(mapping, sheet)
        drafts = _drafts(sheet, mapping, options)
        return _grouped(drafts) if mapping.group else drafts


def _drafts(sheet: Sheet, mapping: Mapping, options: ReadOptions) -> Iterator[Draft | Finding]:
    if not sheet.encoding_certain and not mapping.encoding:
        yield Finding(
            sheet.name,
            "encoding-uncertain",
            "No known encoding reads the file well; it was read as {encoding}. Name one in the mapping, or put wrong "
            "characters right with “replace”.",
            {"encoding": sheet.encoding},
        )
    for row in mapped_rows(sheet, mapping):
        finding = _refusal(row, len(sheet.header))
        if finding:
            yield finding
        elif _wanted(row, options):
            yield _draft(row, mapping, options)
        else:
            options.skipped += 1


def _wanted(row: MappedRow, options: ReadOptions) -> bool:
    states = row.values("state")
    return not states or options.wants is None or options.wants(states, row.text("symbol") or None)


def _refusal(row: MappedRow, width: int) -> Finding | None:
    """Why a row gives no draft."""
    where = _where(row)
    if row.row.blank:
        return Finding(where, "blank-row", "The row is blank.", severity="info")
    if len(row.row.cells) > width:
        values = {"cells": str(len(row.row.cells)), "columns": str(width)}
        return Finding(where, "too-many-cells", "The row has {cells} cells under {columns} columns: a separator or a "
                       "quotation mark is out of place.", values, "refused")  # fmt: skip
    if not any(row.official_text(field) for field, _ in row.languages()):
        values = {"column": row.column("text")}
        return Finding(where, "no-text", "The row has no text in column “{column}”.", values, "refused")
    try:
        row.date()
    except ValueError:
        values = {"column": row.column("date"), "value": row.text("date")[:40]}
        return Finding(where, "unreadable-date", "“{value}” in column “{column}” is no date.", values, "refused")
    return None


def _where(row: MappedRow) -> str:
    return f"row {row.row.number}"


def _draft(row: MappedRow, mapping: Mapping, options: ReadOptions) -> Draft:
    cycle = row.text("cycle")
    position = row.text("position")
    return Draft(
        where=_where(row),
        texts=_texts(row, options),
        raw=row.raw,
        key=row.text("key") or None,
        states=row.values("state"),
        mechanism=row.text("mechanism") or None,
        kind=row.text("kind") or "recommendation",
        symbol=row.text("symbol") or None,
        document_title=row.text("document_title") or row.text("title") or None,
        date=row.date(),
        session=row.text("session") or None,
        cycle=int(cycle) if cycle.isdecimal() else None,
        paragraph=row.text("paragraph") or None,
        tags=[
            TagDraft(mapping.vocabularies[field], label)
            for field in ("themes", "groups", "sdgs")
            for label in row.values(field)
        ],
        positions=[PositionDraft(position)] if position else (),
        recommenders=row.values("recommenders"),
        findings=list(_doubts(row, cycle)),
    )


def _texts(row: MappedRow, options: ReadOptions) -> dict[str, str]:
    unnamed = row.text("language") or options.language or FALLBACK_LANGUAGE
    texts = {language or unnamed: row.official_text(field) for field, language in row.languages()}
    return {language: text for language, text in texts.items() if text}


def _doubts(row: MappedRow, cycle: str) -> Iterator[Finding]:
    paragraph = row.cell("paragraph")
    if isinstance(paragraph, float) and not paragraph.is_integer():
        yield Finding(
            _where(row),
            "paragraph-is-a-number",
            "The cell in column “{column}” is a number, so 12.10 and 12.1 cannot be told apart. Make it a text.",
            {"column": row.column("paragraph")},
        )
    if cycle and not cycle.isdecimal():
        values = {"column": row.column("cycle"), "value": cycle[:40]}
        yield Finding(_where(row), "unreadable-cycle", "“{value}” in column “{column}” is no cycle.", values)


def _grouped(drafts: Iterator[Draft | Finding]) -> Iterator[Draft | Finding]:
    """Merge the drafts that follow each other and differ only in their recommending State."""
    open_draft: Draft | None = None
    for item in drafts:
        if isinstance(item, Draft) and open_draft and _same(open_draft, item):
            open_draft = _merged(open_draft, item)
            continue
        if open_draft:
            yield open_draft
        open_draft = item if isinstance(item, Draft) else None
        if isinstance(item, Finding):
            yield item
    if open_draft:
        yield open_draft


def _same(one: Draft, other: Draft) -> bool:
    return (one.states, one.session, one.date, one.texts) == (other.states, other.session, other.date, other.texts)


def _merged(one: Draft, other: Draft) -> Draft:
    doubts = [*one.findings, *other.findings]
    if one.positions and other.positions and one.positions != other.positions:
        doubts.append(
            Finding(other.where, "differing-position", "The row repeats the text above with another position.")
        )
    first = one.where.removeprefix("rows ").removeprefix("row ").partition("–")[0]
    return replace(
        one,
        where=f"rows {first}–{other.where.removeprefix('row ')}",
        raw=one.raw + b"\x1e" + other.raw,
        rows=one.rows + other.rows,
        recommenders=list(dict.fromkeys([*one.recommenders, *other.recommenders])),
        tags=list(dict.fromkeys([*one.tags, *other.tags])),
        positions=one.positions or other.positions,
        findings=doubts,
    )
