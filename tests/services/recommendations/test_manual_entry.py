"""What people enter is checked, searchable at once, found again by imports, and theirs to keep."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select
from uptake.db import session
from uptake.errors import Conflict, Invalid, Refused
from uptake.models.audit import AuditEntry
from uptake.models.documents import Document
from uptake.models.recommendations import ExternalId, Position, Recommendation, RecommendationText, Withdrawal
from uptake.search import index
from uptake.services.audit import verify
from uptake.services.lists import searching
from uptake.services.permissions import Person
from uptake.services.recommendations import components
from uptake.services.recommendations.manual_entry import Entry, create, create_all
from uptake.services.recommendations.recommendation_edits import Wanted, change, form_of, restore, withdraw
from uptake.testing.dumps import index_dump

DAY = datetime.date(2023, 11, 9)
TEXT = "6.12 Ratify the Optional Protocol to the Convention against Torture without further delay"


@pytest.fixture
def ana(app: Flask, person_with: Any) -> Person:
    return person_with("coordinator")  # type: ignore[no-any-return]


def entry(**more: Any) -> Entry:
    given = {"texts": {"en": TEXT}, "state": "PER", "mechanism": "UPR", "symbol": "A/HRC/53/8", "date": DAY, "position": "noted",
             "recommenders": ["SVN", "CIV"], "cycle": 4}  # fmt: skip
    return Entry(**{**given, **more})  # type: ignore[arg-type]


def found(query: str) -> int:
    session().rollback()
    return searching.find(session(), searching.build_query(query))[0].count


def read(uuid: UUID) -> Recommendation:
    session().rollback()
    return session().scalars(select(Recommendation).where(Recommendation.uuid == uuid)).one()


def rebuilt() -> bool:
    """Whether the index is what building it anew gives."""
    before = index_dump(session())
    index.rebuild(session())
    same = index_dump(session()) == before
    session().rollback()
    return same


def test_what_is_entered_is_there_and_searchable_at_once(ana: Person) -> None:
    uuid = create(entry(), person=ana, reason="from the paper copy")
    one = read(uuid)
    assert (one.paragraph, one.kind, one.position, one.run_id) == ("6.12", "recommendation", "noted", None)
    assert found("optional protocol position:noted recommender:SVN source:manual symbol:A/HRC/53/8") == 1
    last = session().scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert (last.action, last.actor, last.reason) == ("recommendation.create", ana.mark, "from the paper copy")
    assert verify(session()) is None
    assert rebuilt()


def test_the_same_form_sent_twice_is_one_recommendation(ana: Person) -> None:
    given = entry()
    assert create(given, person=ana) == create(given, person=ana)
    assert session().scalar(select(func.count()).select_from(Recommendation)) == 1


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"texts": {"en": "  "}}, "text"), ({"texts": {"en": "x\0y"}}, "text.en"), ({"state": ""}, "state"),
        ({"state": "ZZZ"}, "state"), ({"mechanism": "nobody"}, "mechanism"), ({"kind": "wish"}, "kind"),
        ({"position": "maybe"}, "position"), ({"cycle": 0}, "cycle"), ({"recommenders": ["XX"]}, "recommenders"),
        ({"terms": ["no-such-term"]}, "terms"), ({"symbol": "A" * 201}, "symbol"), ({"parts": ["only one"]}, "parts"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field_and_leaves_nothing(ana: Person, more: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as error:
        create_all([entry(paragraph="1"), entry(**{"paragraph": "2", **more})], person=ana)
    assert list(error.value.fields) == [field]
    for model in (Recommendation, Document, AuditEntry):
        assert session().scalar(select(func.count()).select_from(model)) == 0


def test_the_same_paragraph_of_the_same_document_is_asked_about(ana: Person) -> None:
    create(entry(), person=ana)
    with pytest.raises(Invalid) as error:
        create(entry(texts={"en": "Another wish"}, paragraph="6.12"), person=ana)
    assert "paragraph" in error.value.fields
    create(entry(texts={"en": "Another wish"}, paragraph="6.12", anyway=True), person=ana)
    assert found("symbol:A/HRC/53/8") == 2


def test_only_coordinators_enter_and_edit(app: Flask, ana: Person, person_with: Any) -> None:
    uuid = create(entry(), person=ana)
    for role in ("observer", "administrator"):
        other = person_with(role)
        with pytest.raises(Refused):
            create(entry(), person=other)
        with pytest.raises(Refused):
            change(uuid, Wanted({"kind": "concern"}), version=1, person=other)
        with pytest.raises(Refused):
            withdraw(uuid, person=other, reason="no")


def test_a_later_import_finds_it_and_leaves_what_people_wrote(ana: Person, import_file: Any, tmp_path: Path) -> None:
    uuid = create(entry(kind="recommendation"), person=ana)
    change(uuid, Wanted({"kind": "concern"}, texts={"fr": "Ratifier le Protocole"}), version=1, person=ana)
    path = tmp_path / "later.csv"
    path.write_text(
        "Nr,Text,Texte,State,Body,Symbol,Paragraph,Position\n"
        f"7,{TEXT[5:]}!,Ratifiez-le,Peru,UPR,A/HRC/53/8,6.12,Supported\n"
    )
    columns = {"key": "Nr", "text": "Text", "text.fr": "Texte", "state": "State", "mechanism": "Body", "symbol": "Symbol",
               "paragraph": "Paragraph", "position": "Position"}  # fmt: skip
    report = import_file(path, "table", mapping={"columns": columns}, mapping_name="later")
    assert (report.new, report.matched) == (0, 1)
    one = read(uuid)
    assert (one.kind, one.position) == ("concern", "noted")
    texts = {row.language: row.raw for row in session().scalars(select(RecommendationText))}
    assert texts == {"en": TEXT, "fr": "Ratifier le Protocole"}
    assert session().scalar(select(func.count()).select_from(ExternalId)) == 2
    assert sorted(session().scalars(select(Position.value))) == ["noted", "supported"]
    assert rebuilt()


def test_an_edit_changes_all_at_once_and_says_so(ana: Person, demo: Flask) -> None:
    terms = form_of(session(), create(entry(), person=ana), person=ana)
    wanted = Wanted({"paragraph": "6.13", "position": "supported"}, ["death-penalty"], {"en": TEXT + "!"})
    change(terms.uuid, wanted, version=1, person=ana, reason="misprint")
    assert found("position:supported theme:death-penalty delay symbol:A/HRC/53/8") == 1
    said = session().scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one().data
    assert said["paragraph"] == ["6.12", "6.13"]
    assert said["term"] == [[], ["death-penalty"]]
    assert read(terms.uuid).version == 2
    assert rebuilt()


def test_a_stale_form_changes_nothing(ana: Person) -> None:
    uuid = create(entry(), person=ana)
    change(uuid, Wanted({"kind": "concern"}), version=1, person=ana)
    with pytest.raises(Conflict):
        change(uuid, Wanted({"kind": "pledge"}), version=1, person=ana)
    assert read(uuid).kind == "concern"


def test_official_texts_are_never_edited(demo: Flask, ana: Person) -> None:
    uuid = session().scalars(select(Recommendation.uuid).where(Recommendation.parent_id.is_(None))).first()
    assert uuid is not None
    form = form_of(session(), uuid, person=ana)
    code = next(iter(form.official))
    with pytest.raises(Invalid) as error:
        change(uuid, Wanted(texts={code: "My own words"}), version=form.version, person=ana)
    assert list(error.value.fields) == [f"text.{code}"]


def test_a_compound_one_is_split_once(ana: Person) -> None:
    uuid = create(entry(), person=ana)
    assert components.split(uuid, ["Ratify the Protocol", " ", "without further delay"], version=1, person=ana) == 2
    parts = (
        session()
        .scalars(select(Recommendation).where(Recommendation.parent_id.is_not(None)).order_by(Recommendation.order_key))
        .all()
    )
    assert [part.order_key[-2:] for part in parts] == ["01", "02"]
    assert {part.position for part in parts} == {"noted"}
    with pytest.raises(Conflict):
        components.split(uuid, ["a", "b"], version=2, person=ana)
    with pytest.raises(Invalid):
        components.split(create(entry(paragraph="7"), person=ana), ["one"], version=1, person=ana)


def test_withdrawn_is_kept_found_by_no_search_and_brought_back(ana: Person, import_file: Any) -> None:
    uuid = create(entry(parts=["Ratify it", "Do so soon"]), person=ana)
    with pytest.raises(Invalid):
        withdraw(uuid, person=ana, reason=" ")
    for _twice in range(2):
        withdraw(uuid, person=ana, reason="entered twice")
    assert found("") == found("symbol:A/HRC/53/8") == found("paragraph:6.12") == 0
    assert session().scalar(select(func.count()).select_from(Withdrawal)) == 1
    change(uuid, Wanted({"kind": "concern"}), version=read(uuid).version, person=ana)
    assert found("") == 0
    assert rebuilt()
    for _twice in range(2):
        restore(uuid, person=ana)
    assert found("kind:concern delay") == 1
    actions = list(session().scalars(select(AuditEntry.action).order_by(AuditEntry.id)))
    assert (actions.count("recommendation.withdraw"), actions.count("recommendation.restore")) == (1, 1)
    assert rebuilt()
