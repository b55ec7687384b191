"""All formats of reports; and the report as data: everything that a format needs, for programs that make one of their own."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from uptake.toolkit import N_, ReportFormat

from uptake_reports.document import Block, Document
from uptake_reports.output.formats import FILES


def as_data(report: Document) -> dict[str, Any]:
    """The document in plain types; each block says in ``kind`` what it is."""
    plain = dataclasses.asdict(dataclasses.replace(report, blocks=()))
    return plain | {"blocks": list(_blocks(report.blocks))}


def _blocks(blocks: tuple[Block, ...]) -> Iterator[dict[str, Any]]:
    for block in blocks:
        yield {"kind": type(block).__name__.removesuffix("Block").lower(), **dataclasses.asdict(block)}


def write_json(report: object, stream: BinaryIO) -> None:
    """Write the document as JSON."""
    assert isinstance(report, Document)
    stream.write(json.dumps(as_data(report), ensure_ascii=False, indent=1).encode())


FORMATS = [*FILES, ReportFormat("json", N_("JSON, for programs"), "application/json", write_json)]
