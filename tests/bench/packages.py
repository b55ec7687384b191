"""Measures taking a site of full size out and bringing it back, on each database and from one to the other."""

from __future__ import annotations

from pathlib import Path

from tests.bench.measure import Figures, uptake

FLAT = 400


def measure_packages(instance: Path, database: str, restored: dict[str, str], figures: Figures, label: str) -> None:
    """A backup and a public package; the backup restored on each of ``restored`` (name → database, empty for SQLite)."""
    folder, floor = instance.parent, figures.floor["import_s"]
    backup = folder / f"{label}.backup.zip"
    made = uptake(instance, database, "backup", str(backup))
    figures.add(label, "backup of everything / floor's import", made.seconds / floor, 2.0)
    figures.add(label, "its peak memory, MB", made.peak_mb, FLAT)
    figures.add(label, "its size, MB", backup.stat().st_size / 1e6, None)
    package = uptake(instance, database, "export", "--package", str(folder / f"{label}.package.zip"))
    figures.add(label, "public package / floor's import", package.seconds / floor, 2.0)
    figures.add(label, "its peak memory, MB", package.peak_mb, FLAT)
    for name, target in restored.items():
        fresh = folder / f"{label}-on-{name}"
        uptake(fresh, target, "init", str(fresh), "--all-states")
        back = uptake(fresh, target, "restore", str(backup))
        figures.add(label, f"restored on {name} / floor's import", back.seconds / floor, 3.0)
        figures.add(label, f"peak memory of restoring on {name}, MB", back.peak_mb, FLAT)
