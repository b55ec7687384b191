"""A search is kept under a name, for oneself or for all; only its owner changes it, an administrator may take it back."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select
from uptake.db import session
from uptake.errors import Invalid, NotFound, Refused
from uptake.models.audit import AuditEntry
from uptake.models.notices import SavedView
from uptake.services.audit import verify
from uptake.services.lists import saved_views
from uptake.services.permissions import NOBODY, Person
from uptake.testing.people import make_actor, make_person

QUERY = "q=women&mechanism=UPR"


@pytest.fixture
def focal(app: Flask) -> Person:
    return make_person("focal_point", actor=make_actor("MOJ").id, name="Ana")


@pytest.fixture
def member(focal: Person) -> Person:
    return make_person("member", actor=next(iter(focal.institutions)), name="Bo")


def names(person: Person) -> list[tuple[str, bool]]:
    return [(view.name, view.mine) for view in saved_views.listed(session(), person=person)]


def test_a_view_is_private_until_it_is_shared(focal: Person, member: Person) -> None:
    one = saved_views.save("  Women   and UPR ", QUERY, person=focal)
    assert names(focal) == [("Women and UPR", True)]
    assert names(member) == []
    saved_views.share(one.id, on=True, person=focal)
    (view,) = saved_views.listed(session(), person=member)
    assert (view.name, view.query, view.owner, view.mine, view.may_unshare) == (
        "Women and UPR",
        QUERY,
        "Ana",
        False,
        False,
    )
    saved_views.share(one.id, on=False, person=focal)
    assert names(member) == []


def test_the_same_search_twice_is_one_view_and_another_one_needs_another_name(focal: Person) -> None:
    first = saved_views.save("UPR", QUERY, person=focal)
    assert saved_views.save("UPR", f"?{QUERY}&page=3", person=focal).id == first.id
    with pytest.raises(Invalid) as wrong:
        saved_views.save("UPR", "q=men", person=focal)
    assert "name" in wrong.value.fields
    assert session().scalars(select(SavedView.query)).all() == [QUERY]


@pytest.mark.parametrize("name", ["", "   ", "x" * 121, "a\x00b"])
def test_a_name_must_be_one(focal: Person, name: str) -> None:
    with pytest.raises(Invalid) as wrong:
        saved_views.save(name, QUERY, person=focal)
    assert "name" in wrong.value.fields
    one = saved_views.save("Good", QUERY, person=focal)
    with pytest.raises(Invalid):
        saved_views.rename(one.id, name, person=focal)


def test_what_no_list_knows_is_not_kept() -> None:
    assert (
        saved_views.canonical("?q=a++b&page=2&evil=%3Cscript%3E&not.theme=x&theme=&q=a+b&to=2024")
        == "q=a+b&not.theme=x&to=2024"
    )
    assert saved_views.canonical("") == ""
    with pytest.raises(Invalid):
        saved_views.canonical("q=" + "x" * 3000)


def test_the_owner_renames_and_deletes(focal: Person) -> None:
    one, other = saved_views.save("A", QUERY, person=focal), saved_views.save("B", "q=b", person=focal)
    saved_views.rename(one.id, "C", person=focal)
    saved_views.rename(one.id, "C", person=focal)
    with pytest.raises(Invalid):
        saved_views.rename(one.id, "B", person=focal)
    saved_views.delete(other.id, person=focal)
    assert names(focal) == [("C", True)]
    with pytest.raises(NotFound):
        saved_views.delete(other.id, person=focal)
    actions = session().scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == ["view.save", "view.save", "view.rename", "view.delete"]
    assert verify(session()) is None


def test_nobody_touches_the_view_of_another(focal: Person, member: Person) -> None:
    one = saved_views.save("A", QUERY, person=focal)
    for attempt in (
        lambda: saved_views.rename(one.id, "X", person=member),
        lambda: saved_views.delete(one.id, person=member),
        lambda: saved_views.share(one.id, on=False, person=member),
    ):
        with pytest.raises(NotFound):
            attempt()
    saved_views.share(one.id, on=True, person=focal)
    for attempt in (
        lambda: saved_views.rename(one.id, "X", person=member),
        lambda: saved_views.delete(one.id, person=member),
        lambda: saved_views.share(one.id, on=False, person=member),
    ):
        with pytest.raises(Refused):
            attempt()
    assert names(focal) == [("A", True)]


def test_a_member_may_keep_and_not_share(member: Person) -> None:
    with pytest.raises(Refused):
        saved_views.save("A", QUERY, shared=True, person=member)
    one = saved_views.save("A", QUERY, person=member)
    with pytest.raises(Refused):
        saved_views.share(one.id, on=True, person=member)


def test_an_administrator_takes_back_what_is_shared_and_a_coordinator_does_not(focal: Person) -> None:
    one = saved_views.save("A", QUERY, shared=True, person=focal)
    coordinator, administrator = make_person("coordinator"), make_person("administrator")
    with pytest.raises(Refused):
        saved_views.share(one.id, on=False, person=coordinator)
    assert [view.may_unshare for view in saved_views.listed(session(), person=coordinator)] == [False]
    assert [view.may_unshare for view in saved_views.listed(session(), person=administrator)] == [True]
    with pytest.raises(Refused):
        saved_views.delete(one.id, person=administrator)
    saved_views.share(one.id, on=False, person=administrator)
    assert names(administrator) == []
    assert names(focal) == [("A", True)]
    with pytest.raises(NotFound):
        saved_views.share(one.id, on=True, person=administrator)


def test_a_visitor_keeps_nothing(app: Flask) -> None:
    for attempt in (
        lambda: saved_views.save("A", QUERY, person=NOBODY),
        lambda: saved_views.listed(session(), person=NOBODY),
        lambda: saved_views.delete(1, person=NOBODY),
    ):
        with pytest.raises(Refused):
            attempt()
