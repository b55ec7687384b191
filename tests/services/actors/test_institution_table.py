"""A table of institutions: what it writes it reads back unchanged, and a wrong row keeps all rows out."""

from __future__ import annotations

import csv
import datetime
from io import BytesIO, StringIO

import pytest
from flask import Flask
from sqlalchemy import select
from uptake.db import session
from uptake.errors import Conflict, Invalid, Refused
from uptake.files.sheets import open_sheet
from uptake.models.actors import Actor
from uptake.models.audit import AuditEntry
from uptake.services.actors import institution_edits as edits
from uptake.services.actors import institution_table as table
from uptake.services.actors.institution_rules import Draft
from uptake.services.actors.institution_table import Preview
from uptake.services.permissions import Person
from uptake.testing.fixtures import PersonWith
from uptake.testing.people import make_actor


@pytest.fixture
def coordinator(person_with: PersonWith) -> Person:
    return person_with("coordinator")


@pytest.fixture
def country(coordinator: Person) -> list[Actor]:
    """Names that no spreadsheet likes."""
    drafts = [
        Draft("MOH", "ministry", names={"en": "=1+1", "ar": "وزارة الصحة"}, short_names={"en": "MOH"}, phone="+33 1"),
        Draft("007", "agency", parent="MOH", names={"en": "-dash, \"quoted\"; and more"}, mandate="@first\n'=second"),
        Draft("X_1", "municipality", "local", "007", names={"fr": "'=apostrophe"}, email="a@example.org", website="https://example.org/?a=1"),
        Draft("old", "other", names={"en": "Closed"}, short_names={"zh": "中文"}),
    ]  # fmt: skip
    actors = [edits.create(draft, person=coordinator) for draft in drafts]
    edits.close(actors[3].id, datetime.date(2024, 2, 29), version=1, person=coordinator)
    return actors


def read(text: str, person: Person, name: str = "t.csv") -> Preview:
    return table.read(session(), BytesIO(text.encode()), name, person=person)


def told(preview: Preview) -> list[tuple[str, str, list[str]]]:
    return [(line.code, line.what, sorted(line.wrong)) for line in preview.lines]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_is_exported_changes_nothing_when_it_comes_back(
    country: list[Actor], coordinator: Person, form: str
) -> None:
    data = table.export(session(), form, ("en", "fr", "ar"), person=coordinator)
    preview = table.read(session(), BytesIO(data), f"institutions.{form}", person=coordinator)
    assert [(line.what, line.changes, line.wrong) for line in preview.lines] == [("same", [], {})] * 4
    assert preview.ignored == []
    before = session().scalars(select(AuditEntry.id)).all()
    table.apply(preview.packed, preview.mark, person=coordinator)
    assert session().scalars(select(AuditEntry.id)).all() == before
    assert data == table.export(session(), form, ("en", "fr", "ar"), person=coordinator) or form == "xlsx"


def test_no_cell_of_an_export_is_a_formula(country: list[Actor], coordinator: Person) -> None:
    data = table.export(session(), "csv", ("en",), person=coordinator).decode("utf-8-sig")
    cells = [cell for row in csv.reader(StringIO(data, newline="")) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    workbook = BytesIO(table.export(session(), "xlsx", ("en",), person=coordinator))
    sheet = open_sheet(workbook, "t.xlsx")
    at = sheet.column("name_en")
    assert "=1+1" in [row.cells[at] for row in sheet.rows()]
    assert b"<f>" not in workbook.getvalue()


def test_a_table_brings_new_ones_in_any_order_of_parents(app: Flask, coordinator: Person) -> None:
    preview = read("code,kind,level,parent,name_en\nB,agency,national,a,Below\nA,ministry,,,Above\n", coordinator)
    assert told(preview) == [("B", "new", []), ("A", "new", [])]
    assert not session().scalars(select(Actor)).all()
    table.apply(preview.packed, preview.mark, person=coordinator)
    rows = {actor.code: actor for actor in session().scalars(select(Actor))}
    assert rows["B"].parent_id == rows["A"].id
    assert read("code,kind,level,parent,name_en\nB,agency,national,a,Below\n", coordinator).lines[0].what == "same"


def test_a_column_left_out_stays_and_an_empty_cell_empties(country: list[Actor], coordinator: Person) -> None:
    preview = read("Code;Short Name-en;phone\nmoh;;\n", coordinator)
    assert [(line.what, line.changes) for line in preview.lines] == [
        ("changed", [("short_names", {"en": "MOH"}, {}), ("phone", "+33 1", "")])
    ]
    table.apply(preview.packed, preview.mark, person=coordinator)
    actor = session().scalars(select(Actor).where(Actor.code == "MOH")).one()
    assert (actor.phone, actor.short_names, actor.names["en"]) == (None, {}, "=1+1")


def test_each_wrong_row_says_why_and_nothing_is_taken(country: list[Actor], coordinator: Person) -> None:
    preview = read(
        "code,kind,parent,name_en,email,closed_on\n"
        "GOOD,ministry,,Good,,\n"
        ",ministry,,No code,,\n"
        "KIND,palace,,Kind,,\n"
        "GOOD,ministry,,Twice,,\n"
        "MOH,ministry,X_1,Circle,,\n"
        "LOST,ministry,NOWHERE,Lost,,\n"
        "MAIL,ministry,,Mail,nobody,\n"
        "DAY,ministry,,Day,,someday\n"
        "NONE,ministry,,None,,\n"
        "NAME,ministry,,,,\n",
        coordinator,
    )
    assert [(code, wrong) for code, _, wrong in told(preview) if wrong] == [
        ("", ["code"]), ("KIND", ["kind"]), ("GOOD", ["code"]), ("MOH", ["parent"]), ("LOST", ["parent"]),
        ("MAIL", ["email"]), ("DAY", ["closed_on"]), ("NONE", ["code"]), ("NAME", ["name"]),
    ]  # fmt: skip
    with pytest.raises(Invalid, match="refused"):
        table.apply(preview.packed, preview.mark, person=coordinator)
    assert session().scalar(select(Actor).where(Actor.code == "GOOD")) is None


def test_a_circle_among_new_rows_is_seen(app: Flask, coordinator: Person) -> None:
    preview = read("code,kind,parent,name_en\nA,ministry,B,A\nB,ministry,A,B\nC,ministry,C,C\n", coordinator)
    assert [wrong for _, _, wrong in told(preview)] == [["parent"]] * 3


def test_what_changed_since_the_preview_is_not_overwritten(country: list[Actor], coordinator: Person) -> None:
    preview = read("code,phone\nMOH,12\n", coordinator)
    actor = session().scalars(select(Actor).where(Actor.code == "MOH")).one()
    draft = Draft("MOH", "ministry", names=actor.names, short_names=actor.short_names, phone="99")
    edits.edit(actor.id, draft, version=actor.version, person=coordinator)
    with pytest.raises(Conflict):
        table.apply(preview.packed, preview.mark, person=coordinator)
    assert session().get_one(Actor, actor.id).phone == "99"


def test_the_same_preview_sent_twice_acts_once(app: Flask, coordinator: Person) -> None:
    preview = read("code,kind,name_en\nA,ministry,A\n", coordinator)
    table.apply(preview.packed, preview.mark, person=coordinator)
    with pytest.raises(Conflict):
        table.apply(preview.packed, preview.mark, person=coordinator)


@pytest.mark.parametrize("packed", ["", "!", "eJw=", "eJyLjgUAARUAuQ==", "x" * 100])
def test_a_damaged_preview_is_refused(app: Flask, coordinator: Person, packed: str) -> None:
    with pytest.raises(Invalid, match="damaged"):
        table.apply(packed, "", person=coordinator)


def test_files_that_are_no_such_table_are_refused(app: Flask, coordinator: Person) -> None:
    for data in (b"", b"<html>", b"%PDF-1.7", b"PK\x03\x04broken", b"name,kind\na,b\n", b"code,kind\n"):
        with pytest.raises(Invalid):
            table.read(session(), BytesIO(data), "t.csv", person=coordinator)


def test_unknown_columns_are_told(app: Flask, coordinator: Person) -> None:
    preview = read("code,kind,name_en,budget,note\nA,ministry,A,5,x\n", coordinator)
    assert preview.ignored == ["budget"]


def test_only_those_who_edit_institutions_upload(app: Flask, person_with: PersonWith) -> None:
    focal = person_with("focal_point", actor=make_actor("MOH").id)
    assert table.export(session(), "csv", ("en",), person=focal)
    for person in (focal, person_with("observer"), person_with()):
        with pytest.raises(Refused):
            read("code,kind,name_en\nA,ministry,A\n", person)
        with pytest.raises(Refused):
            table.apply("", "", person=person)
    with pytest.raises(Refused):
        table.export(session(), "csv", ("en",), person=person_with())
