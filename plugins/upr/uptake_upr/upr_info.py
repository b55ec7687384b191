"""UPR Info's database of recommendations and voluntary pledges: the exports to 2015 (CSV, XLS) and the CSV of today."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from uptake.toolkit import N_, Draft, FileInfo, Finding, Importer, Invalid, ReadOptions, open_sheet

from uptake_upr.upr_info_groups import Group
from uptake_upr.upr_info_rows import Record, is_export, read_records
from uptake_upr.wanted import is_wanted

_Block = dict[tuple[str, bool], Group]


class UprInfo(Importer):
    """Reads one row for each recommending State and joins the rows of one text into one recommendation.

    Rows of one State under review and session stand together in every export, so that only one review is held in
    memory at a time.
    """

    name = "upr-info"
    title = N_("UPR Info database (CSV, XLS)")
    source = "upr-info"

    def recognises(self, file: FileInfo) -> bool:
        try:
            with file.path.open("rb") as stream:
                return is_export(open_sheet(stream, file.name).header)
        except Exception:
            # Whatever a stranger's file breaks in a reader of tables, it is no export of UPR Info.
            return False

    def read(self, stream: BinaryIO, options: ReadOptions) -> Iterator[Draft | Finding]:
        block: _Block = {}
        review, seen = None, set()
        name = options.path.name
        for item in read_records(open_sheet(stream, name), name):
            if isinstance(item, Finding):
                yield item
                continue
            if review != (item.state, item.session):
                yield from _drafts(block, options)
                block, review = {}, (item.state, item.session)
                if review in seen:
                    raise _scattered(name, item)
                seen.add(review)
            block.setdefault((item.words, item.is_pledge), Group(item)).add(item)
        yield from _drafts(block, options)


def _drafts(block: _Block, options: ReadOptions) -> Iterator[Draft]:
    for group in block.values():
        if is_wanted(options, group.first.state):
            yield group.draft(options.language or "en")
        else:
            options.skipped += 1


def _scattered(name: str, record: Record) -> Invalid:
    return Invalid(
        "{file}, {where}: {state}, session {session} begins a second time; its rows do not stand together.",
        remedy="Sort the table by State under review and session, save it, and import it again.",
        file=name,
        where=record.where,
        state=record.state,
        session=record.session or "?",
    )
