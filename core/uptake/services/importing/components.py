"""Splits a compound recommendation into the components that its source already tells apart."""

from __future__ import annotations

from dataclasses import replace

from uptake.services.importing.aggregates import Aggregate
from uptake.services.importing.merging import Ids, Merger
from uptake.services.importing.records import Record, Text
from uptake.services.labels import Labels
from uptake.texts import Cut, clean


def create_components(record: Record, parent: Aggregate, merger: Merger, labels: Labels, ids: Ids) -> list[Aggregate]:
    """One child for each wording, in order, with its own recommending States and the parent's document and position."""
    language = next(iter(record.texts))
    children = []
    for number, component in enumerate(record.draft.components, 1):
        draft = replace(record.draft, tags=(), components=(), paragraph=record.paragraph)
        child = Record(draft, f"{parent.head[1]}/{number}", record.fingerprint)
        child.state_id, child.mechanism_id, child.document_id = record.state_id, record.mechanism_id, record.document_id
        child.kind, child.date, child.position = record.kind, record.date, record.position
        child.paragraph, child.order = record.paragraph, f"{record.order}/{number:02d}"[:80]
        text = clean(component.text).rstrip("; ")
        child.texts = {language: Text(component.text, Cut(None, record.paragraph, text))}
        found = (labels.state(label) for label in component.recommenders)
        child.recommenders = list(dict.fromkeys(state for state in found if state))
        children.append(merger.create(child, ids, parent))
    return children
