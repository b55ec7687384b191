"""Backup, restore and packages on the command line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from .conftest import Run


def test_a_site_goes_out_and_comes_in(
    demo_instance: Run, bare: Run, dump: Callable[[], Any], instance: Path, tmp_path: Path
) -> None:
    backup, package, everything = (tmp_path / f"{name}.zip" for name in ("backup", "package", "everything"))
    assert "secret.key" in demo_instance("backup", backup).err
    made = demo_instance("export", "--package", package, "--json").json
    assert (made["holds"], made["lacking"], made["left_out"]) == ("public", [], [])
    assert demo_instance("export", "--package", "--everything", everything, "--json").json["holds"] == "everything"
    assert "holds the whole site" in demo_instance("export", "--package", package, "--query", "x").err
    assert "holds the whole site" in demo_instance("export", "--everything", package).err
    other = tmp_path / "other"
    bare("init", other, "--all-states")
    refused = bare("--instance", other, "restore", package)
    assert (refused.code, "uptake import" in refused.err) == (2, True)
    tried = bare("--instance", other, "import", package, "--dry-run", "--json")
    assert (tried.code, tried.json["applied"]) == (0, False)
    done = bare("--instance", other, "restore", backup, "--json").json
    assert (done["applied"], done["tables"]["recommendation"]) == (True, made["tables"]["recommendation"])
    assert bare("--instance", other, "audit", "verify").code == 0
    assert bare("--instance", other, "doctor").code == 0
    again = bare("--instance", other, "restore", backup)
    assert (again.code, "is not empty" in again.err) == (2, True)
    assert bare("--instance", other, "restore", backup, "--replace").code == 0
    found = [
        run("search", "women", "--json").json["count"]
        for run in (demo_instance, lambda *a: bare("--instance", other, *a))
    ]
    assert found[0] == found[1] > 0
