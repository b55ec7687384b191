"""The audit trail proves itself on the command line, and names the first entry that was altered."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import text
from uptake.commands import audit as commands
from uptake.db import is_sqlite, transaction
from uptake.services.audit import record_event


@pytest.fixture
def run(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs a command on the instance of the test."""
    monkeypatch.setattr(commands, "open_app", lambda _context: app)
    return lambda *words: CliRunner().invoke(commands.audit, [*words], obj=None)


@pytest.fixture
def five(app: Flask) -> None:
    with transaction() as session:
        for number in range(5):
            record_event(session, f"user/{number}", "thing.edit", f"thing/{number}", {"name": ["a", "=1+1"]}, "ünï")


def told(result: Any) -> Any:
    return json.loads(result.stdout)


@pytest.mark.usefixtures("five")
def test_a_whole_trail_is_proved(run: Any) -> None:
    result = run("verify", "--json")
    assert result.exit_code == 0
    assert told(result) == {"entries": 5, "whole": True, "broken": None}


@pytest.mark.usefixtures("five")
@pytest.mark.parametrize(
    ("change", "first"),
    [
        ("update audit_entry set reason = 'other' where id = 3", 3),
        ("update audit_entry set actor = 'user/9' where id = 2", 2),
        ("delete from audit_entry where id = 4", 5),
        ("update audit_entry set hash = previous where id = 1", 1),
    ],
)
def test_the_first_broken_entry_is_named(run: Any, change: str, first: int) -> None:
    with transaction() as session:
        for name in ("no_update", "no_delete", "no_replace") if is_sqlite(session) else ("append_only", "no_truncate"):
            table = "" if is_sqlite(session) else " on audit_entry"
            session.execute(text(f"drop trigger if exists audit_entry_{name}{table}"))
        session.execute(text(change))
    result = run("verify", "--json")
    assert result.exit_code == 2
    assert told(result)["broken"] == first
    assert f"entry {first}" in result.stderr


@pytest.mark.usefixtures("five")
def test_what_fits_is_exported_and_no_cell_runs(run: Any, tmp_path: Any) -> None:
    path = tmp_path / "audit.csv"
    assert run("export", str(path), "--subject", "thing/2").exit_code == 0
    rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))
    assert [(row["id"], row["reason"]) for row in rows] == [("3", "ünï")]
    lines = tmp_path / "audit.jsonl"
    assert run("export", str(lines), "--action", "thing").exit_code == 0
    found = [json.loads(line) for line in lines.read_text("utf-8").splitlines()]
    assert [one["id"] for one in found] == [1, 2, 3, 4, 5]
    assert found[1]["previous"] == found[0]["hash"]
    assert run("export", str(tmp_path / "audit.doc")).exit_code == 2
    assert run("export", str(lines), "--from", "2999-01-01").exit_code == 0
    assert lines.read_text() == ""
