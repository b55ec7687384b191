"""What a person wants of an import, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class ImportOptions:
    """What the person wants: States to take (empty: all), a mapping, the language of the file, a trial, leniency.

    With ``patience`` (seconds) an importer that is silent that long is stopped.
    """

    states: tuple[str, ...] = ()
    mapping: dict[str, Any] | None = None
    mapping_name: str | None = None
    language: str | None = None
    dry_run: bool = False
    skip_refused: bool = False
    complete: bool | None = None
    patience: float | None = None


@dataclass(slots=True)
class ImportReport:
    """What came of it. ``read`` counts records, ``rows`` the rows of the file that they were made of.

    ``run`` is None for a trial and where nothing was applied."""

    file: str
    importer: str
    run: int | None = None
    read: int = 0
    rows: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    refused: int = 0
    vanished: int = 0
    matched: int = 0
    skipped: int = 0
    applied: bool = False
    findings: list[dict[str, object]] = field(default_factory=list)

    COUNTS = ("read", "rows", "new", "changed", "same", "refused", "vanished", "matched", "skipped")

    def as_json(self) -> dict[str, object]:
        """For machines."""
        counts = {name: getattr(self, name) for name in self.COUNTS}
        return {"run": self.run, **counts, "applied": self.applied, "file": self.file, "importer": self.importer,
                "findings": self.findings}  # fmt: skip
