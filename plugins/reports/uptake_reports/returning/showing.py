"""A review as its page shows it: each change with its words before and after, by section."""

from __future__ import annotations

from dataclasses import dataclass

from uptake_reports.comparing import Difference, beside
from uptake_reports.returning.comparing import Proposal
from uptake_reports.returning.reviewing import Review


@dataclass(frozen=True, slots=True)
class Row:
    """A change: its number from 1, what differs word by word, whether this person may take it now, and whether it is ticked."""

    number: int
    proposal: Proposal
    difference: Difference
    offered: bool
    ticked: bool


def rows(review: Review) -> list[tuple[str, list[Row]]]:
    """The changes under the headings of their sections, in the order of the report."""
    offered = set(review.open)
    found: dict[int, list[Row]] = {section: [] for section in review.headings}
    for at, one in enumerate(review.proposals):
        ticked = at in offered and not one.conflict
        found.setdefault(one.section, []).append(Row(at + 1, one, beside(one.before, one.after), at in offered, ticked))
    return [(review.headings.get(section, ""), listed) for section, listed in found.items() if listed]
