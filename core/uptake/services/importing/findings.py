"""Collects what an import has to say: equal findings are counted, with the first places where they occur."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from uptake.errors import fill
from uptake.hooks.kinds import Finding

PLACES = 5
DIFFERENT = 500


@dataclass(slots=True)
class Entry:
    """One kind of finding with its number of occurrences and the first places."""

    severity: str
    code: str
    message: str
    values: dict[str, str]
    count: int = 0
    places: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, object]:
        """For machines; ``message`` is filled in English."""
        return {
            "severity": self.severity,
            "code": self.code,
            "message": fill(self.message, self.values),
            "template": self.message,
            "values": self.values,
            "count": self.count,
            "places": self.places,
        }


class Findings:
    """What has been found so far."""

    def __init__(self) -> None:
        self._entries: dict[tuple[str, str, tuple[tuple[str, str], ...]], Entry] = {}
        self.refused = 0

    def add(self, where: str, code: str, message: str, severity: str = "warning", **values: str) -> None:
        """Note one finding."""
        self.take(Finding(where, code, message, values, severity))

    def take(self, finding: Finding) -> None:
        """Note a finding of an importer. Past 500 different ones of all, those of one code are counted together."""
        self.refused += finding.severity == "refused"
        values: Mapping[str, str] = finding.values
        key = (finding.code, finding.message, tuple(sorted(values.items())))
        entry = self._entries.get(key)
        if entry is None:
            if len(self._entries) >= DIFFERENT:
                key = (finding.code, finding.message, ())
                values = dict.fromkeys(values, "…")
            entry = self._entries.setdefault(key, Entry(finding.severity, finding.code, finding.message, dict(values)))
        entry.count += 1
        if len(entry.places) < PLACES:
            entry.places.append(finding.where)

    def entries(self) -> list[Entry]:
        """All, the gravest and most frequent first."""
        rank = {"refused": 0, "warning": 1, "info": 2}
        return sorted(self._entries.values(), key=lambda entry: (rank.get(entry.severity, 3), -entry.count))
