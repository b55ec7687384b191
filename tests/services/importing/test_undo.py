"""After an undo the database holds what it held before; where somebody has gone on working, the undo is refused."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import as_file, files
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from uptake.db import session
from uptake.errors import Conflict, NotFound
from uptake.hooks.kinds import ComponentDraft, Draft, PositionDraft, TagDraft
from uptake.models.imports import ImportRun
from uptake.models.recommendations import Recommendation
from uptake.services.importing.run import ImportReport
from uptake.services.importing.undo import undo_import
from uptake.services.lists import searching
from uptake.services.recommendations.editing import edit_facts

Make = Callable[..., dict[str, Any]]
Import = Callable[..., ImportReport]
Dump = Callable[[], dict[str, list[Any]]]
QUERIES = (
    "",
    "women",
    '"death penalty"',
    "theme:women",
    "position:noted",
    "missing:yes",
    "ratif* NOT convention",
    "وفاة OR droits",
)


def undo(report: ImportReport) -> dict[str, int]:
    assert report.run is not None
    return undo_import(report.run)


def answers() -> list[Any]:
    session().rollback()
    found = []
    for text in QUERIES:
        query = searching.build_query(text)
        page, engine = searching.find(session(), query, 1, 50, "en")
        cards = [card.as_json() for card in page.cards]
        found.append((page.count, cards, searching.facets(engine, query, page.answer)))
    session().rollback()
    return found


def matched() -> Draft:
    """What another source says about ``upr(1)``."""
    return Draft(
        "row 1",
        {"en": "Build home number 1 for older persons (Chad)", "sl": "Zgradite dom"},
        states=["SVN", "PER"],
        mechanism="UPR",
        cycle=3,
        recommenders=["Chad", "Fiji"],
        positions=[PositionDraft("noted")],
        tags=[TagDraft("new-themes", "Homes")],
        symbol="A/HRC/43/15",
        paragraph="112.1",
    )


def test_a_first_import_is_undone(generated: Any, import_file: Import, dump: Dump) -> None:
    before = dump()
    counts = undo(import_file(generated.path))
    assert counts == {"removed": 2000, "restored": 0}
    assert dump() == before


def test_a_changing_import_is_undone(record: Make, import_records: Import, dump: Dump) -> None:
    import_records([record(1), record(2)])
    before, found = dump(), answers()
    report = import_records(
        [
            record(
                1,
                Text="1.Other words.",
                Themes=["Right to education"],
                Symbol="CEDAW/C/SVN/CO/8",
                Countries=["Peru", "Chad"],
            ),
            record(3, Symbol="CEDAW/C/SVN/CO/9", Themes=["A theme that is new"]),
        ]
    )
    assert (report.changed, report.new) == (1, 1)
    assert undo(report) == {"removed": 1, "restored": 1}
    assert dump() == before
    assert answers() == found


def test_an_import_over_another_source_is_undone(
    upr: Make, import_records: Import, import_drafts: Import, dump: Dump
) -> None:
    import_records([upr(1), upr(2)])
    before, found = dump(), answers()
    extra = Draft(
        "row 2", {"en": "Build boats"}, states=["SVN"], mechanism="UPR", components=[ComponentDraft("Build", ("Chad",))]
    )
    report = import_drafts("matrix", [matched(), extra])
    assert (report.matched, report.new) == (1, 1)
    undo(report)
    assert dump() == before
    assert answers() == found


def test_marks_of_vanished_records_are_undone(record: Make, import_records: Import, dump: Dump) -> None:
    import_records([record(number) for number in range(1, 6)])
    before, found = dump(), answers()
    report = import_records([record(1), record(2)], complete=True)
    assert report.vanished == 3
    undo(report)
    assert dump() == before
    assert answers() == found


@pytest.mark.parametrize("changed", [False, True])
def test_unmarking_what_came_back_is_undone(record: Make, import_records: Import, dump: Dump, changed: bool) -> None:
    import_records([record(1), record(2)])
    import_records([record(1)], complete=True)
    before, found = dump(), answers()
    words = {"Text": "2.Other words."} if changed else {}
    undo(import_records([record(1), record(2, **words)], complete=True))
    assert dump() == before
    assert answers() == found


def test_three_languages_of_the_demo_are_undone_one_by_one(app: Flask, import_file: Import, dump: Dump) -> None:
    states, reports = [], []
    for language in ("en", "fr", "ar"):
        states.append((dump(), answers()))
        with as_file(files("uptake.demo").joinpath(f"export-full-{language}.json")) as path:
            reports.append(import_file(path))
    for (before, found), report in zip(reversed(states), reversed(reports), strict=True):
        undo(report)
        assert dump() == before
        assert answers() == found


def test_after_an_undo_the_same_file_gives_the_same_again(record: Make, import_records: Import, dump: Dump) -> None:
    records = [record(1), record(2, AnnotationId=""), record(3, Themes=["New"])]
    first = import_records(records)
    found = answers()
    undo(first)
    again = import_records(records)
    assert (again.new, again.same) == (first.new, 0)
    assert without_documents(answers()) == without_documents(found)


def without_documents(found: list[Any]) -> list[Any]:
    return [
        (count, cards, {name: rows for name, rows in facets.items() if name != "document"})
        for count, cards, facets in found
    ]


def test_what_one_run_began_and_another_used_goes_with_the_last_of_them(
    record: Make, import_records: Import, import_drafts: Import, dump: Dump
) -> None:
    before = dump()
    first = import_records([record(1, Symbol="CEDAW/C/SVN/CO/9", Themes=["A theme that is new"])])
    theirs = Draft(
        "row 1",
        {"en": "Quite another text"},
        states=["SVN"],
        mechanism="CEDAW",
        symbol="CEDAW/C/SVN/CO/9",
        tags=[TagDraft("uhri-themes", "A theme that is new")],
    )
    second = import_drafts("table", [theirs])
    undo(first)
    undo(second)
    assert dump() == before


def test_an_undo_is_refused_where_a_later_run_changed_the_same(
    record: Make, import_records: Import, dump: Dump
) -> None:
    first = import_records([record(1)])
    later = import_records([record(1, Text="1.Other words.")])
    before = dump()
    with pytest.raises(Conflict, match=f"Undo these first, the newest first: {later.run}"):
        undo(first)
    assert dump() == before
    undo(later)
    undo(first)
    assert session().scalar(select(func.count()).select_from(Recommendation)) == 0


def test_an_undo_is_refused_where_a_later_run_unmarked_what_it_marked(
    record: Make, import_records: Import, dump: Dump
) -> None:
    import_records([record(1), record(2)])
    before = dump()
    marking = import_records([record(1)], complete=True)
    unmarking = import_records([record(1), record(2)], complete=True)
    with pytest.raises(Conflict, match=f"newest first: {unmarking.run}"):
        undo(marking)
    undo(unmarking)
    undo(marking)
    assert dump() == before


def test_an_undo_is_refused_where_a_person_changed_the_same(record: Make, import_records: Import, dump: Dump) -> None:
    report = import_records([record(1), record(2)])
    [id_, _] = session().scalars(select(Recommendation.id).order_by(Recommendation.id))
    edit_facts(id_, {"kind": "concern"}, actor="Ana", version=1)
    before = dump()
    with pytest.raises(Conflict, match="People have since changed 1 recommendations"):
        undo(report)
    assert dump() == before


def test_what_a_person_changed_before_a_run_is_back_after_its_undo(
    record: Make, import_records: Import, dump: Dump
) -> None:
    import_records([record(1)])
    [id_] = session().scalars(select(Recommendation.id))
    edit_facts(id_, {"kind": "concern", "session": "77"}, actor="Ana", version=1)
    before = dump()
    undo(import_records([record(1, Text="1.Other words.")]))
    assert dump() == before


def test_a_run_is_undone_only_once_and_only_if_it_is_there(record: Make, import_records: Import) -> None:
    report = import_records([record(1)])
    undo(report)
    assert session().get_one(ImportRun, report.run).status == "undone"
    with pytest.raises(Conflict, match="is undone; only an applied run"):
        undo(report)
    with pytest.raises(NotFound, match="no import run 77"):
        undo_import(77)
