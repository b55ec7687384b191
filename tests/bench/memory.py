"""Measures the translation memory: how much of the real six-language records it fills, each left out of its own memory.

``python -m tests.bench.memory`` reads ../shared/data/uhri-api-multilingual and prints, from English into each language, the
share of records, of segments (sentences and list items) and of words for which the same, or at least 75 % alike, is found.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session
from uptake.app import create_app, registry
from uptake.commands.setup import make_instance
from uptake.db import session
from uptake.models.recommendations import RecommendationText
from uptake.search.words import words
from uptake.services.importing.report import ImportOptions
from uptake.services.importing.run import run_import
from uptake.services.translating.memory import EXACT, LEAST, Memory
from uptake.services.translating.segments import sentences
from uptake.testing.databases import close

RECORDS = (
    Path(__file__).resolve().parents[2].parent
    / "shared/data/uhri-api-multilingual/uhri_search_records_6_languages.jsonl"
)
SOURCE = "en"
TARGETS = ("fr", "es", "ar", "ru", "zh")
HEADER = "into    records    same   >= 75  segments    same   >= 75  words >= 75  ms each"


def main(records: Path = RECORDS) -> None:
    """Measure and print."""
    if not records.is_file():
        sys.exit(f"There is no {records}.")
    with tempfile.TemporaryDirectory(prefix="uptake-memory-") as name:
        make_instance(Path(name) / "instance", (), "Memory")
        app = create_app(Path(name) / "instance")
        with app.app_context():
            run_import(registry(app), records, importer_name=None, options=ImportOptions())
            print(HEADER)
            for target in TARGETS:
                _print(target, *measure(session(), target))
            close()


def measure(current: Session, target: str) -> tuple[Counter[str], float]:
    """What is found for all records that exist in both languages, and the seconds that it took."""
    table = RecommendationText
    there = select(table.recommendation_id).where(table.language == target, table.untranslated.is_(False))
    rows = current.execute(
        select(table.recommendation_id, table.cleaned).where(
            table.language == SOURCE, table.recommendation_id.in_(there)
        )
    ).all()
    found: Counter[str] = Counter()
    start = time.perf_counter()
    for id_, text in rows:
        memory = Memory(current, SOURCE, target, ("recommendation", id_))
        _count(found, "records", _best(memory, text), 1)
        parts = sentences(text)
        for part in parts:
            score = _best(memory, part)
            _count(found, "segments", score, 1)
            _count(found, "words", score, len(words(part)))
    return found, time.perf_counter() - start


def _best(memory: Memory, text: str) -> int:
    return max((match.score for match in memory.near(text)), default=0)


def _count(found: Counter[str], what: str, score: int, weight: int) -> None:
    found[what] += weight
    found[f"{what} same"] += weight * (score == EXACT)
    found[f"{what} near"] += weight * (score >= LEAST)


def _print(target: str, found: Counter[str], seconds: float) -> None:
    def share(what: str, how: str) -> str:
        return f"{found[f'{what} {how}'] / max(1, found[what]):8.1%}"

    each = 1000 * seconds / max(1, found["records"])
    print(f"{target:6}{found['records']:9}{share('records', 'same')}{share('records', 'near')}{found['segments']:10}"
          f"{share('segments', 'same')}{share('segments', 'near')}{share('words', 'near'):>13}{each:9.0f}")  # fmt: skip


if __name__ == "__main__":
    main()
