"""What an import would do, before it does: it runs inside a transaction that is rolled back, and samples are kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from uptake.hooks.registry import Registry
from uptake.models.imports import ImportChange
from uptake.models.recommendations import Recommendation
from uptake.services.importing import aggregates
from uptake.services.importing.aggregates import Aggregate, from_json
from uptake.services.importing.report import ImportOptions, ImportReport
from uptake.services.importing.run import run_import
from uptake.services.importing.source_file import Progress
from uptake.services.permissions import Person, require
from uptake.services.recommendations.differences import Codes, between

SHOWN = 200
STEP = 100


@dataclass(slots=True)
class Sample:
    """One recommendation that would be new or changed, with what would differ: field, before, after."""

    uuid: str
    place: str
    text: str
    fields: list[list[Any]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """For the result of a job."""
        return {"uuid": self.uuid, "place": self.place, "text": self.text, "fields": self.fields}


@dataclass(slots=True)
class _Samples:
    """What was seen in the transaction before it was rolled back."""

    new: list[Sample] = field(default_factory=list)
    changed: list[Sample] = field(default_factory=list)

    def look(self, session: Session, _report: ImportReport, run_id: int) -> None:
        codes = Codes(session)
        self.new = _new(session, run_id, codes)
        self.changed = list(_changed(session, run_id, codes))


def preview(
    registry: Registry,
    path: Path,
    *,
    person: Person,
    importer_name: str | None = None,
    options: ImportOptions | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Run an import on trial: its report, and up to 200 new and 200 changed recommendations field by field.

    Raises what ``run_import`` raises. Nothing is kept.
    """
    require(person, "import.run")
    samples = _Samples()
    report = run_import(
        registry, path, importer_name=importer_name, options=replace(options or ImportOptions(), dry_run=True),
        actor=person.mark, progress=progress, look=samples.look,
    )  # fmt: skip
    return {
        **report.as_json(),
        "new_samples": [one.as_json() for one in samples.new],
        "changed_samples": [one.as_json() for one in samples.changed],
    }


def _new(session: Session, run_id: int, codes: Codes) -> list[Sample]:
    ids = select(Recommendation.id).where(Recommendation.run_id == run_id, Recommendation.parent_id.is_(None))
    found = aggregates.load(session, session.scalars(ids.order_by(Recommendation.id).limit(SHOWN)).all())
    codes.meet(found.values())
    return [_sample(one, codes) for one in found.values()]


def _changed(session: Session, run_id: int, codes: Codes) -> Iterator[Sample]:
    left = SHOWN
    for before in _journal(session, run_id):
        now = aggregates.load(session, before)
        codes.meet([*before.values(), *now.values()])
        for id_, one in before.items():
            fields = between(codes.facts(one), codes.facts(now[id_]))
            if not fields:
                continue
            sample = _sample(now[id_], codes)
            sample.fields = [each.as_json() for each in fields]
            yield sample
            left -= 1
            if not left:
                return


def _journal(session: Session, run_id: int) -> Iterator[dict[int, Aggregate]]:
    """What was there before, a hundred at a time."""
    last = 0
    while True:
        rows = session.execute(
            select(ImportChange.recommendation_id, ImportChange.before)
            .where(ImportChange.run_id == run_id, ImportChange.recommendation_id > last)
            .order_by(ImportChange.recommendation_id)
            .limit(STEP)
        ).all()
        if not rows:
            return
        yield {id_: from_json(before) for id_, before in rows}
        last = rows[-1][0]


def _sample(one: Aggregate, codes: Codes) -> Sample:
    facts = codes.facts(one)
    place = " § ".join(part for part in (facts["document"], facts["paragraph"]) if part)
    texts = {name: text for name, text in facts.items() if name.startswith("text.")}
    return Sample(str(one.head[1]), place, texts.get("text.en") or next(iter(texts.values()), ""))
