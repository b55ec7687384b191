"""The hidden names by which a Word file that comes back tells its paragraphs and their sources."""

from __future__ import annotations

import re

from uptake_reports.document import Block

MARK = "_u_"
SOURCE_MARK = "_s_"
LONGEST_NAME = 40


def mark_of(block: Block) -> str:
    """The name of the bookmark by which a block is found again; empty for one without anchor."""
    return MARK + re.sub(r"[^0-9A-Za-z]", "_", block.anchor)[: LONGEST_NAME - len(MARK)] if block.anchor else ""
