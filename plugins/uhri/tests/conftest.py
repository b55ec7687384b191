"""Real and generated exports, and short ways to read them."""

from __future__ import annotations

import importlib.util
import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from uptake.toolkit import Draft, FileInfo, Finding, Importer, ReadOptions
from uptake_uhri.export_json import UhriJson


class Export(NamedTuple):
    """A generated full export and what is in it."""

    path: Path
    records: list[dict[str, Any]]
    counts: dict[str, int]


@pytest.fixture(scope="session")
def generated(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Export:
    """3,000 records in the real shape, with the real defects."""
    path = tmp_path_factory.mktemp("uhri") / "export-full-en.json"
    spec = importlib.util.spec_from_file_location(
        "make_uhri_export", shared_data.parent / "tools" / "make_uhri_export.py"
    )
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["make_uhri_export", "--records", "3000", "--out", str(path)])
        tool.main()
    counts = json.loads(path.with_name("expected_counts.json").read_text(encoding="utf-8"))
    return Export(path, json.loads(path.read_text(encoding="utf-8")), counts)


@pytest.fixture(scope="session")
def raw_record(shared_data: Path) -> dict[str, Any]:
    """The one real record of the full export, from Peru."""
    path = shared_data / "uhri-export-samples" / "full_export_one_raw_record.json"
    record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))[0]
    return record


@pytest.fixture(scope="session")
def read_file() -> Callable[..., list[Draft | Finding]]:
    """All that an importer yields for a file."""

    def read(importer: Importer, path: Path, **options: Any) -> list[Draft | Finding]:
        with path.open("rb") as stream:
            return list(importer.read(stream, ReadOptions(path=path, **options)))

    return read


@pytest.fixture(scope="session")
def read_json() -> Callable[..., list[Draft | Finding]]:
    """All that the JSON importer yields for a value, or for bytes as they are."""

    def read(content: object, name: str = "export-full-en.json") -> list[Draft | Finding]:
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        return list(UhriJson().read(io.BytesIO(data), ReadOptions(path=Path(name))))

    return read


@pytest.fixture(scope="session")
def info() -> Callable[..., FileInfo]:
    """What an importer may look at to recognise some bytes."""

    def look(
        head: bytes, name: str = "file.json", path: Path = Path("file"), members: tuple[str, ...] = ()
    ) -> FileInfo:
        return FileInfo(path=path, name=name, size=len(head), head=head, members=members)

    return look
