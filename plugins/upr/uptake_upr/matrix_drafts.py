"""Makes a draft of one row of a matrix."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from uptake.toolkit import N_, ComponentDraft, Draft, Finding, PositionDraft, TagDraft, clean, cut, fold

from uptake_upr.brackets import Wording, last_bracket, wordings
from uptake_upr.matrix_cells import Head, Source, read_sdgs, read_tags, split_notes, theme_tag
from uptake_upr.matrix_layout import Layout
from uptake_upr.states import find_state

_ADDENDUM = re.compile(r"/(?:Add|Corr|Rev)\.\d+.*", re.IGNORECASE)
_ROLES = ("text", "recommenders", "position", "themes", "sdgs")


@dataclass(frozen=True, slots=True)
class RecommendationRow:
    """A row with what stands over it: the page header, the header row and the theme row, and the report's symbol."""

    where: str
    cells: Sequence[str]
    head: Head
    layout: Layout
    theme: str | None
    report: str | None
    language: str

    def cell(self, role: str) -> str:
        return self.layout.cell(self.cells, role)

    def draft(self) -> Draft:
        text, source = split_notes(self.cell("text"))
        number = cut(text).number
        symbol = report_symbol(source) or self.report
        parts = [part for part in wordings(text) if fold(part.text)]
        draft = Draft(
            where=self.where,
            texts={self.language: text},
            key=f"{symbol}#{number}" if symbol and number else None,
            raw=self._raw(),
            states=(self.head.state,),
            mechanism="UPR",
            symbol=symbol,
            session=self.head.session,
            cycle=self.head.cycle,
            paragraph=number,
            tags=self._tags(),
            positions=_positions(self.cell("position"), source),
            recommenders=_recommenders(parts, self.cell("recommenders")),
            components=_components(parts),
        )
        if not draft.recommenders and (bracket := last_bracket(text)):
            draft.unresolved["recommenders"] = bracket
        draft.findings.extend(_findings(draft, source, self.cell("assessment")))
        return draft

    def _tags(self) -> tuple[TagDraft, ...]:
        theme = [theme_tag(self.theme, self.layout.vocabulary)] if self.theme else []
        listed = read_tags(self.cell("themes"), self.layout.vocabulary)
        return tuple(dict.fromkeys(chain(theme, listed, read_sdgs(self.cell("sdgs")))))

    def _raw(self) -> bytes:
        content = [self.head.state, self.theme, *(clean(self.cell(role)) for role in _ROLES)]
        return json.dumps(content, ensure_ascii=False).encode()


def report_symbol(source: Source) -> str | None:
    """The report of the Working Group, whose addendum holds the position."""
    return report_of(source.symbol) if source.symbol else None


def report_of(symbol: str) -> str:
    """The report that an addendum belongs to; a report's own symbol as it is."""
    return _ADDENDUM.sub("", symbol)


def _positions(cell: str, source: Source) -> tuple[PositionDraft, ...]:
    raw = clean(cell)
    return (PositionDraft(raw, symbol=source.symbol, paragraph=source.paragraph),) if raw else ()


def _recommenders(parts: Sequence[Wording], cell: str) -> tuple[str, ...]:
    """The States of their own column, where the layout has one, then those in brackets that it leaves out."""
    listed = [find_state(line) or clean(line) for line in cell.splitlines() if clean(line)]
    known = {fold(label) for label in listed}
    bracketed = [state for part in parts for state in part.states if fold(state) not in known]
    return tuple(dict.fromkeys([*listed, *bracketed]))


def _components(parts: Sequence[Wording]) -> tuple[ComponentDraft, ...]:
    if len(parts) < 2:
        return ()
    return tuple(ComponentDraft(cut(part.text).text, part.states) for part in parts)


def _findings(draft: Draft, source: Source, assessment: str) -> Iterator[Finding]:
    if not draft.recommenders:
        message = N_("No recommending State was recognised at the end of the text: {bracket}")
        yield Finding(
            draft.where, "no-recommender", message, {"bracket": draft.unresolved.get("recommenders", "")[:100]}
        )
    if source.comment:
        message = N_("A comment stands with the position: {text}")
        yield Finding(draft.where, "comment", message, {"text": source.comment[:200]}, "info")
    if written := clean(assessment):
        message = N_("The assessment written into the last column was not taken over: {text}")
        yield Finding(draft.where, "assessment", message, {"text": written[:100]})
