"""Puts a plugin's folder where Python finds it, without pip: for tests of plugins that are written by tests."""

from __future__ import annotations

import tomllib
from pathlib import Path

from uptake.hooks.loader import GROUP


def announce(folder: Path) -> None:
    """Write into a distribution's folder what pip would write beside the installed package; then put it on the path."""
    project = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))["project"]
    info = folder / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    info.mkdir()
    points = [f"{name} = {module}" for name, module in project["entry-points"][GROUP].items()]
    (info / "entry_points.txt").write_text("\n".join([f"[{GROUP}]", *points, ""]), "utf-8")
    fields = {"Name": project["name"], "Version": project["version"], "Summary": project["description"]}
    needs = [f"Requires-Dist: {line}" for line in project["dependencies"]]
    lines = ["Metadata-Version: 2.1", *(f"{key}: {value}" for key, value in fields.items()), *needs, ""]
    (info / "METADATA").write_text("\n".join(lines), "utf-8")
