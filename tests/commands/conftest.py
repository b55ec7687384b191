"""An instance, and the command line run in it: in this process where that is enough, else as one of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from uptake.cli import main
from uptake.settings import Settings
from uptake.testing import dumps
from uptake.testing.databases import SqliteTemplate

UPTAKE = Path(sys.executable).with_name("uptake")


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON document on standard output."""
        return json.loads(self.out)


Run = Callable[..., Ran]


@pytest.fixture
def instance(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """The folder of an instance that follows all States; its register is empty, but for ``demo_instance``."""
    folder = tmp_path / "instance"
    folder.mkdir()
    (folder / "uptake.toml").write_text('title = "Test"\n', encoding="utf-8")
    demo = "demo_instance" in request.fixturenames
    template: SqliteTemplate = request.getfixturevalue("sqlite_demo_template" if demo else "sqlite_template")
    with template.copy(Settings(instance=folder)):
        yield folder


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command line in this process: ``bare("init", folder, "--json")``. A traceback fails the test."""
    for name in [name for name in os.environ if name.startswith("UPTAKE_") and not name.startswith("UPTAKE_TEST")]:
        monkeypatch.delenv(name)

    def run(*arguments: object) -> Ran:
        found = CliRunner().invoke(main, [str(part) for part in arguments])
        if found.exception is not None and not isinstance(found.exception, SystemExit):
            raise found.exception
        return Ran(found.exit_code, found.stdout, found.stderr)

    return run


@pytest.fixture
def uptake(bare: Run, instance: Path) -> Run:
    """Runs a command in the instance."""
    return lambda *arguments: bare("--instance", instance, *arguments)


@pytest.fixture
def process(instance: Path) -> Callable[..., subprocess.Popen[str]]:
    """Starts a command in the instance as a process of its own."""

    def start(*arguments: object, **options: Any) -> subprocess.Popen[str]:
        command = [str(UPTAKE), "--instance", str(instance), *map(str, arguments)]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)

    return start


@pytest.fixture
def demo_files() -> Iterator[list[Path]]:
    """The three language editions of the demo country."""
    resources = [files("uptake.demo").joinpath(f"export-full-{language}.json") for language in ("en", "fr", "ar")]
    with as_file(resources[0]) as en, as_file(resources[1]) as fr, as_file(resources[2]) as ar:
        yield [en, fr, ar]


@pytest.fixture
def demo_instance(uptake: Run) -> Run:
    """Runs a command in an instance that holds the demo country."""
    return uptake


@pytest.fixture
def dump(instance: Path) -> Callable[[], Any]:
    """What the database of the instance holds, the runs' own bookkeeping left out."""

    def look() -> Any:
        engine = create_engine(f"sqlite:///{instance / 'uptake.db'}")
        with Session(engine) as session:
            found = dumps.dump(session)
        engine.dispose()
        return found

    return look


def a_record(number: int, **changes: object) -> dict[str, Any]:
    """A record of the full export."""
    return {
        "AnnotationId": f"00000000-0000-4000-8000-{number:012d}", "Symbol": "CEDAW/C/SVN/CO/7", "Body": "- CEDAW",
        "AnnotationType": "- Recommendations", "Countries": ["Slovenia"], "PublicationDate": "2023-02-28T00:00:00",
        "Text": f"{number}.Give every shelter number {number} a budget.", "Themes": ["Violence against women"],
        "AffectedPersons": [], "Sdgs": [], "UprPositions": [], "UprRecommendingCountry": [], "UprSession": [],
    } | changes  # fmt: skip


@pytest.fixture
def record() -> Callable[..., dict[str, Any]]:
    """A record of the full export with some fields changed."""
    return a_record
