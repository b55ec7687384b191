"""A generated full export of 2,000 records arrives whole, and a second import of it changes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from uptake.app import build, registry
from uptake.db import session
from uptake.models.mechanisms import Mechanism
from uptake.models.recommendations import ExternalId, Position, Recommendation, RecommendationText, Recommender
from uptake.models.states import State
from uptake.services.importing.run import ImportOptions, ImportReport, run_import
from uptake.services.labels import Labels
from uptake.settings import Settings
from uptake.testing.databases import close

POSITIONS = {"Supported": "supported", "Noted": "noted", "Supported/Noted": "supported_in_part"}
Dump = Callable[[], dict[str, list[Any]]]


@pytest.fixture
def report(generated: Any, import_file: Callable[..., ImportReport]) -> ImportReport:
    return import_file(generated.path)


def counted(counts: dict[str, int], what: str) -> dict[str, int]:
    return {name.removeprefix(f"{what} "): number for name, number in counts.items() if name.startswith(f"{what} ")}


def grouped(column: Any) -> dict[Any, int]:
    return dict(session().execute(select(column, func.count()).select_from(Recommendation).group_by(column)).all())


def test_no_record_is_dropped(generated: Any, report: ImportReport) -> None:
    assert (report.read, report.new, report.refused, report.same) == (2000, 2000, 0, 0)
    assert session().scalar(select(func.count()).select_from(Recommendation)) == generated.counts["records"]


def test_counts_per_body_equal_those_of_the_file_through_the_aliases(generated: Any, report: ImportReport) -> None:
    labels = Labels(session())
    expected: Counter[int | None] = Counter()
    for label, number in counted(generated.counts, "body").items():
        expected[labels.mechanism(label.removeprefix("-").strip())] += number
    assert None not in expected
    assert grouped(Recommendation.mechanism_id) == expected


def test_counts_per_country_equal_those_of_the_file_through_the_aliases(generated: Any, report: ImportReport) -> None:
    labels = Labels(session())
    expected: Counter[int | None] = Counter()
    for record in generated.records:
        named = [labels.state(label) for label in record["Countries"]]
        expected[named[0] if named and named[0] else labels.state_in_symbol(record["Symbol"])] += 1
    assert grouped(Recommendation.state_id) == expected
    known = {label: labels.state(label) for label in counted(generated.counts, "country") if label.strip()}
    unknown = [label for label, state in known.items() if state is None]
    queued = {finding["message"] for finding in report.findings if finding["code"] == "unknown-state"}
    assert queued == {f"No State is known as “{label}”." for label in unknown}
    assert len(unknown) <= 1, "every country of the file but leaked codes is known"


def test_counts_per_position_equal_those_of_the_file(generated: Any, report: ImportReport) -> None:
    expected = {POSITIONS[label]: number for label, number in counted(generated.counts, "position").items()}
    found = grouped(Recommendation.position)
    assert found.pop(None) == 2000 - sum(expected.values())
    assert found == expected
    assert session().scalar(select(func.count()).select_from(Position)) == sum(expected.values())


def test_every_raw_text_is_kept_byte_for_byte(generated: Any, report: ImportReport) -> None:
    rows = session().execute(
        select(ExternalId.value, RecommendationText.raw).join(
            RecommendationText, RecommendationText.recommendation_id == ExternalId.recommendation_id
        )
    )
    kept = {"" if key.startswith("~") else key: raw for key, raw in rows}
    assert kept == {record["AnnotationId"]: record["Text"] for record in generated.records}


def test_every_joint_recommendation_keeps_all_its_recommending_states(generated: Any, report: ImportReport) -> None:
    labels = Labels(session())
    expected = {
        record["AnnotationId"]: {labels.state(label) for label in record["UprRecommendingCountry"]} - {None}
        for record in generated.records
        if record["UprRecommendingCountry"]
    }
    found: dict[str, set[int]] = {key: set() for key in expected}
    joined = select(ExternalId.value, Recommender.state_id).join(
        Recommender, Recommender.recommendation_id == ExternalId.recommendation_id
    )
    for key, state in session().execute(joined):
        found[key].add(state)
    assert found == expected
    assert any(len(states) > 1 for states in found.values())


def test_the_same_file_again_changes_nothing(
    generated: Any, report: ImportReport, import_file: Callable[..., ImportReport], dump: Dump
) -> None:
    before = dump()
    again = import_file(generated.path)
    assert (again.read, again.same, again.new, again.changed, again.vanished) == (2000, 2000, 0, 0, 0)
    assert dump() == before


def test_a_trial_changes_nothing_and_counts_as_the_real_import(
    generated: Any, import_file: Callable[..., ImportReport], dump: Dump
) -> None:
    before = dump()
    trial = import_file(generated.path, dry_run=True)
    assert dump() == before
    assert (trial.run, trial.applied) == (None, False)
    real = import_file(generated.path)
    counts = {name: getattr(real, name) for name in ImportReport.COUNTS}
    assert {name: getattr(trial, name) for name in ImportReport.COUNTS} == counts
    assert trial.findings == real.findings


@pytest.fixture
def elsewhere(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Flask]:
    """A second, empty instance."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    template = request.getfixturevalue("sqlite_template")
    with template.copy(Settings(instance=folder)) as settings:
        app = build(settings)
        with app.app_context():
            yield app
            close()


def test_the_states_asked_for_are_exactly_those_of_a_full_import(
    generated: Any, import_file: Callable[..., ImportReport], elsewhere: Flask
) -> None:
    code = "MEX"
    part = run_import(registry(elsewhere), generated.path, options=ImportOptions(states=(code,)))
    with elsewhere.app_context():
        subset = facts()
    import_file(generated.path)
    whole = facts()
    assert {key: fact for key, fact in whole.items() if fact[0] == code} == subset
    assert (part.read, part.new, part.skipped) == (2000, len(subset), 2000 - len(subset))
    assert len(subset) > 5


def facts() -> dict[str, tuple[Any, ...]]:
    rows = session().execute(
        select(ExternalId.value, State.iso3, Mechanism.code, Recommendation.uuid, Recommendation.paragraph,
               Recommendation.date, Recommendation.position, Recommendation.kind, RecommendationText.raw)
        .join(Recommendation, Recommendation.id == ExternalId.recommendation_id)
        .join(RecommendationText, RecommendationText.recommendation_id == Recommendation.id)
        .outerjoin(State, State.id == Recommendation.state_id)
        .outerjoin(Mechanism, Mechanism.id == Recommendation.mechanism_id)
    )  # fmt: skip
    return {row[0]: tuple(row[1:]) for row in rows}
