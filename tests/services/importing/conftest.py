"""Exports made for a test, importers of the test's own, and what the database holds."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import pytest
from flask import Flask
from uptake.app import registry
from uptake.db import session
from uptake.hooks.kinds import Draft, FileInfo, Finding, Importer, ReadOptions
from uptake.services.importing.run import ImportOptions, ImportReport, run_import
from uptake.testing import dumps

Records = list[dict[str, Any]]


class Export(NamedTuple):
    """A generated full export and what is in it."""

    path: Path
    records: Records
    counts: dict[str, int]


@pytest.fixture(scope="session")
def generated(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Export:
    """2,000 records in the real shape, with the real defects."""
    path = tmp_path_factory.mktemp("uhri") / "export-full-en.json"
    tool = shared_data.parent / "tools" / "make_uhri_export.py"
    spec = importlib.util.spec_from_file_location("make_uhri_export", tool)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["make_uhri_export", "--records", "2000", "--out", str(path)])
        module.main()
    counts = json.loads(path.with_name("expected_counts.json").read_text(encoding="utf-8"))
    return Export(path, json.loads(path.read_text(encoding="utf-8")), counts)


@pytest.fixture
def record() -> Callable[..., dict[str, Any]]:
    """A record of the full export with some fields changed: ``record(7, Text="…")`` has the id ending in 7."""

    def make(number: int = 1, **changes: object) -> dict[str, Any]:
        return {
            "AnnotationId": f"00000000-0000-4000-8000-{number:012d}",
            "DocumentId": "aaaaaaaa-0000-4000-8000-000000000001",
            "Symbol": "CEDAW/C/SVN/CO/7",
            "Body": "- CEDAW",
            "AnnotationType": "- Recommendations",
            "Countries": ["Slovenia"],
            "Regions": ["Eastern Europe"],
            "PublicationDate": "2023-02-28T00:00:00",
            "PublicationDateOnUhri": "2023-04-01T09:30:15.827",
            "Text": f"{number}.Give every shelter number {number} a budget of its own.",
            "Themes": ["Violence against women"],
            "AffectedPersons": ["Women"],
            "Sdgs": ["5 - GENDER EQUALITY"],
            "UprCycle": None,
            "UprPositions": [],
            "UprRecommendingCountry": [],
            "UprRecommendingRegions": [],
            "UprSession": [],
        } | changes

    return make


@pytest.fixture
def upr(record: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """A record of the Universal Periodic Review."""

    def make(number: int = 1, **changes: object) -> dict[str, Any]:
        facts = {
            "Symbol": "A/HRC/43/15",
            "Body": "- UPR",
            "DocumentId": "aaaaaaaa-0000-4000-8000-000000000002",
            "Text": f"112.{number} Build home number {number} for older persons (Chad);",
            "UprCycle": "Cycle 3",
            "UprPositions": ["Supported"],
            "UprRecommendingCountry": ["Chad"],
            "UprSession": ["34th Session"],
        }
        return record(number, **(facts | changes))

    return make


@pytest.fixture
def import_records(app: Flask, tmp_path: Path) -> Callable[..., ImportReport]:
    """Imports records as a full export in a language: ``import_records([record(1)], language="fr", complete=True)``."""

    def run(records: Sequence[object], language: str = "en", **options: Any) -> ImportReport:
        path = tmp_path / f"export-full-{language}.json"
        path.write_text(json.dumps(records, ensure_ascii=False), encoding="utf-8", errors="surrogatepass")
        return run_import(registry(app), path, importer_name="uhri-json", options=ImportOptions(**options))

    return run


@pytest.fixture
def import_drafts(app: Flask, tmp_path: Path) -> Callable[..., ImportReport]:
    """Imports drafts through an importer made for the occasion: ``import_drafts("matrix", [Draft(...)])``."""

    def run(source: str, drafts: Sequence[Draft | Finding], *, feed: bool = False, **options: Any) -> ImportReport:
        class Scripted(Importer):
            name, title = f"test-{source}", source

            def recognises(self, file: FileInfo) -> bool:
                return False

            def read(self, stream: BinaryIO, options: ReadOptions) -> Iterator[Draft | Finding]:
                yield from drafts

        Scripted.source, Scripted.feed = source, feed
        registry(app).importers[Scripted.name] = Scripted()
        path = tmp_path / f"{source}.txt"
        path.write_text("a file of the importer's own kind")
        return run_import(registry(app), path, importer_name=Scripted.name, options=ImportOptions(**options))

    return run


@pytest.fixture
def dump(app: Flask) -> Callable[[], dict[str, list[Any]]]:
    """What the database holds, the runs' own bookkeeping left out."""

    def look() -> dict[str, list[Any]]:
        session().rollback()
        found = dumps.dump(session())
        session().rollback()
        return found

    return look
