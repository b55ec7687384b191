"""The internal ids of UHRI for which the label is known."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

DATA = files("uptake_uhri.data")


@dataclass(frozen=True, slots=True)
class Ids:
    """One table per list of UHRI: id to label, code or number."""

    annotation_types: Mapping[str, str]
    positions: Mapping[str, str]
    cycles: Mapping[str, int]
    sessions: Mapping[str, int]
    bodies: Mapping[str, str]
    countries: Mapping[str, str]
    sdgs: Mapping[str, str]


@cache
def read_ids() -> Ids:
    """The tables that the plugin ships."""
    tables = json.loads((DATA / "uhri_ids.json").read_text(encoding="utf-8"))
    return Ids(**{name: tables[name] for name in Ids.__slots__})
