"""The description of the API is true: a fuzzer walks all of it, as a visitor and with a token, and finds nothing else."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from sqlalchemy import select
from uptake.db import transaction
from uptake.models.imports import ImportRun
from uptake.models.progress import Assessment
from uptake.models.recommendations import Recommendation
from uptake.services.progress import evidence
from uptake.services.recommendations import manual_entry
from uptake.services.recommendations.manual_entry import Entry
from uptake.testing.api import Program
from uptake.testing.files import PDF
from uptake.testing.people import make_actor, make_person
from uptake.testing.progress import make_assignment, make_update

CSV = b"Number,Words\n1,Ratify it\n2,Teach it\n"
QUICKLY = settings(
    deadline=None, database=None, derandomize=True, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
PLANNED = [
    "2xx",
    "304",
    "401",
    "403",
    "404",
    "409",
    "412",
    "422",
]  # what a service says of data that the schema lets pass

REFUSED = ["400", "401", "403", "404", "405", "412", "414", "415", "422", "428"]


@pytest.fixture
def working(app: Flask) -> Flask:
    """One of every thing, and no limit on how often one may ask."""
    ministry = make_actor("MOJ")
    entry = Entry(texts={"en": "Ratify it."}, state="WSM", mechanism="UPR", symbol="A/HRC/61/9")
    manual_entry.create(entry, person=make_person("coordinator"))
    with transaction() as current:
        one = current.scalars(select(Recommendation)).one()
        current.add(ImportRun(
            importer="table", source_id=one.source_id, file_name="a.csv", checksum="0" * 64, size=1, options={},
            status="applied", started=datetime.now(UTC),
        ))  # fmt: skip
        current.add(Assessment(
            recommendation_id=one.id, mechanism_id=one.mechanism_id, scale="upr", grade="implemented", language="en",
            date=date(2026, 1, 1), created=datetime.now(UTC),
        ))  # fmt: skip
    make_assignment(one, ministry)
    make_update(ministry, None, one, state="published")
    draft = make_update(ministry, None, one)
    evidence.add_file(draft.uuid, BytesIO(PDF), "law.pdf", person=make_person("coordinator"))
    object.__setattr__(app.extensions["uptake"], "limits", {"api_per_minute": 10**6, "token_per_minute": 10**6})
    return app


def _real(program: Program) -> dict[str, dict[str, Any]]:
    """Things that are there, by the beginning of their addresses."""
    found: dict[str, dict[str, Any]] = {}
    for name in ("recommendations", "documents", "updates", "assessments", "assignments", "imports"):
        found[name] = {"id": program.get(f"{name}?limit=1").json["items"][0]["id"]}
    for name in ("mechanisms", "vocabularies", "institutions"):
        found[name] = {"code": program.get(f"{name}?limit=1").json["items"][0]["code"]}
    found["updates"]["number"] = program.get(f"updates/{found['updates']['id']}/evidence").json["items"][0]["id"]
    sent = program.ask("POST", "imports/files", data={"file": (BytesIO(CSV), "list.csv")}).json
    found["imports/files"] = {"id": sent["id"]}
    job = program.send(
        "POST", f"imports/files/{sent['id']}/trials", {"mapping": "m", "columns": {"Words": "text"}}
    ).json
    found["imports/jobs"] = {"id": job["id"]}
    report = program.send("POST", "reports", {"outline": "upr.mid-term", "title": "Report", "mechanism": "UPR"}).json
    found["reports"] = {"id": report["id"], "section": report["sections"][0]["id"], "suffix": "txt"}
    found["reports/published"] = {"suffix": "txt"}
    return found


def _known(real: dict[str, dict[str, Any]], path: str) -> dict[str, Any]:
    """What is there for the longest beginning of an address."""
    below = path.removeprefix("/api/v1/")
    return next((real[name] for name in sorted(real, key=len, reverse=True) if below.startswith(f"{name}/")), {})


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_the_whole_description_is_true(working: Flask) -> None:
    program = Program(working, make_person("coordinator", "administrator"))
    real, token = _real(program), {"Authorization": f"Bearer {program.token}"}
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", working)
    schema.config.generation.allow_x00 = False  # refused before anything reads it
    schema.config.checks.positive_data_acceptance.expected_statuses = PLANNED
    schema.config.checks.negative_data_rejection.expected_statuses = REFUSED
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) > 60
    for operation in operations:
        _walk(operation, GenerationMode.POSITIVE, token, real, 3)
        _walk(operation, GenerationMode.NEGATIVE, token, real, 2)
        _walk(operation, GenerationMode.POSITIVE, {}, real, 1)


def _walk(operation: Any, mode: GenerationMode, who: dict[str, str], real: dict[str, Any], most: int) -> None:
    @settings(QUICKLY, max_examples=most)
    @given(case=operation.as_strategy(generation_mode=mode))
    def run(case: Case) -> None:
        known = _known(real, case.path)
        if mode is GenerationMode.POSITIVE and case.path_parameters:
            case.path_parameters = {name: known.get(name, value) for name, value in case.path_parameters.items()}
        case.call_and_validate(headers={"Accept-Encoding": "identity", **who})

    with suppress(Unsatisfiable):  # nothing can be wrong where nothing is asked
        run()
