"""Uptake plugin: suggests targets of the Sustainable Development Goals for recommendations whose source names none, and
brings the annex of a voluntary national review."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from uptake.toolkit import Draft, ReportOutline, TagDraft, fold, hookimpl, read_outlines

VOCABULARY = "sdg"


@cache
def suggestions() -> dict[str, list[TagDraft]]:
    """What each theme, in folded letters, suggests."""
    facts = json.loads(files("uptake_sdg.data").joinpath("targets.json").read_text("utf-8"))
    return {
        fold(theme): [TagDraft(VOCABULARY, code, facts["confidence"]) for code in codes]
        for theme, codes in facts["targets"].items()
    }


@hookimpl
def lookup_tags(drafts: Sequence[Draft]) -> list[list[TagDraft]]:
    """Targets for records that have themes and no goal of their own."""
    return [_targets(draft) for draft in drafts]


@hookimpl
def register_report_sections() -> list[ReportOutline]:
    """The annex of a voluntary national review, goal by goal."""
    return read_outlines(files("uptake_sdg.data").joinpath("outlines.json"))


def _targets(draft: Draft) -> list[TagDraft]:
    if any(tag.vocabulary == VOCABULARY for tag in draft.tags):
        return []
    found = suggestions()
    return list(dict.fromkeys(target for tag in draft.tags for target in found.get(fold(tag.label), ())))
