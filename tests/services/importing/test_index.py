"""Whatever happens to the register, the search index is what building it anew would give."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy import select
from uptake.db import session, transaction
from uptake.errors import Conflict
from uptake.hooks.kinds import ComponentDraft, Draft, PositionDraft, TagDraft
from uptake.models.imports import ImportRun
from uptake.models.recommendations import Recommendation
from uptake.models.vocabularies import Term
from uptake.search import index
from uptake.services.importing.run import ImportReport
from uptake.services.importing.undo import undo_import
from uptake.services.recommendations.editing import edit_facts, set_position, set_tag, set_text
from uptake.testing.dumps import index_dump

Make = Callable[..., dict[str, Any]]
Import = Callable[..., ImportReport]
STEPS = 14
THEMES = ["Violence against women", "Right to education", "Death penalty", "A theme of its own"]


def assert_index_is_true() -> None:
    session().rollback()
    kept = index_dump(session())
    session().rollback()
    with transaction() as current:
        index.rebuild(current)
    built = index_dump(session())
    session().rollback()
    assert kept["postings"] == built["postings"]
    assert kept["full text"] == built["full text"]


@pytest.mark.parametrize("seed", range(4))
def test_the_index_equals_a_rebuild_after_any_sequence(
    upr: Make, import_records: Import, import_drafts: Import, seed: int
) -> None:
    rng = random.Random(seed)

    def export() -> None:
        numbers = rng.sample(range(1, 9), rng.randint(3, 8))
        records = [
            upr(
                n,
                UprPositions=[rng.choice(["Supported", "Noted", "Odd"])],
                Themes=rng.sample(THEMES, rng.randint(0, 3)),
                PublicationDateOnUhri=str(rng.random()),
                Countries=rng.sample(["Slovenia", "Peru", "Nowhere"], 2),
            )
            for n in numbers
        ]
        import_records(records, rng.choice(["en", "en", "fr"]), complete=rng.random() < 0.6)

    def table() -> None:
        drafts = [
            Draft(
                f"row {n}",
                {"en": f"Build home number {n} for older persons"},
                states=["SVN"],
                mechanism="UPR",
                key=f"k{n}",
                cycle=3,
                positions=[PositionDraft("noted")],
                tags=[TagDraft("own", rng.choice("xyz"))],
            )
            for n in rng.sample(range(1, 12), 4)
        ]
        import_drafts("table", drafts, feed=True)

    def edit() -> None:
        one = session().scalars(select(Recommendation).order_by(Recommendation.id)).all()
        if not one:
            return
        chosen = rng.choice(one)
        id_, version = chosen.id, chosen.version
        slug = rng.choice(list(session().scalars(select(Term.slug).order_by(Term.slug))))
        given: dict[str, Any] = {"actor": "Ana", "version": version}
        rng.choice(
            [
                lambda: edit_facts(id_, {"kind": rng.choice(["concern", "pledge"]), "date": None}, **given),
                lambda: set_position(id_, "pending", **given),
                lambda: set_tag(id_, slug, on=rng.random() < 0.5, **given),
                lambda: set_text(id_, "sl", f"Besedilo {rng.random()}", **given),
            ]
        )()

    def undo() -> None:
        applied = list(
            session().scalars(select(ImportRun.id).where(ImportRun.status == "applied").order_by(ImportRun.id))
        )
        if applied:
            with suppress(Conflict):
                undo_import(rng.choice(applied[-2:]))

    for _ in range(STEPS):
        rng.choice([export, export, table, edit, edit, undo])()
        assert_index_is_true()


def test_a_record_that_comes_back_with_nothing_new_to_say_is_no_longer_found_as_missing(
    record: Make, import_records: Import
) -> None:
    import_records([record(1), record(2)])
    import_records([record(1)], complete=True)
    report = import_records([record(1), record(2, PublicationDateOnUhri="2026-01-01T00:00:00")], complete=True)
    assert (report.changed, report.same) == (0, 2)
    assert_index_is_true()


def test_an_import_that_fails_half_way_leaves_the_index_as_it_was(record: Make, import_records: Import) -> None:
    import_records([record(1)])
    session().rollback()
    before = index_dump(session())
    session().rollback()
    assert not import_records([record(1, Text="1.Changed."), record(2, Text="")]).applied
    assert index_dump(session()) == before


def test_components_of_a_compound_stand_in_the_index_with_their_parent_only(import_drafts: Import) -> None:
    parts = [ComponentDraft("Build a school", ("Chad",)), ComponentDraft("Build a clinic", ("Fiji",))]
    import_drafts(
        "matrix",
        [
            Draft(
                "row 1",
                {"en": "Build a school (Chad) / Build a clinic (Fiji)"},
                states=["SVN"],
                mechanism="UPR",
                components=parts,
            )
        ],
    )
    assert len(session().scalars(select(Recommendation)).all()) == 3
    assert_index_is_true()
    session().rollback()
    assert ["kind", "recommendation", [1]] in index_dump(session())["postings"]
