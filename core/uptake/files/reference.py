"""Reads the tables of facts that the core and the plugins ship as JSON."""

from __future__ import annotations

import json
from importlib.resources.abc import Traversable

from uptake.hooks.kinds import MechanismSpec, TermSpec, VocabularySpec


def read_mechanisms(path: Traversable) -> list[MechanismSpec]:
    """The mechanisms of a data file."""
    return [
        MechanismSpec(
            code=item["code"],
            family=item["family"],
            names=item["names"],
            aliases=tuple(item.get("aliases", ())),
            symbols=tuple(item.get("symbols", ())),
            confidential=item.get("confidential", False),
        )
        for item in json.loads(path.read_text(encoding="utf-8"))["mechanisms"]
    ]


def read_vocabulary(path: Traversable, *, qualified: bool = True) -> VocabularySpec:
    """The vocabulary of a data file."""
    data = json.loads(path.read_text(encoding="utf-8"))
    return VocabularySpec(
        code=data["code"],
        kind=data["kind"],
        title=data["title"],
        version=data.get("version", ""),
        source=data.get("source", ""),
        qualified=qualified,
        terms=tuple(
            TermSpec(
                code=term["code"],
                labels=term["labels"],
                aliases=tuple(term.get("aliases", ())),
                parent=term.get("parent"),
                same_as=tuple(term.get("same_as", ())),
            )
            for term in data["terms"]
        ),
    )
