"""What says nearly the same is suggested with its reason, never joined by itself, and never again once dismissed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import event, select
from uptake.db import db, session
from uptake.errors import Invalid, NotFound, Refused
from uptake.models.recommendations import Recommendation, RecommendationText
from uptake.models.responsibility import ClusterMember
from uptake.services.permissions import Person
from uptake.services.recommendations.duplicates import dismiss, suggest
from uptake.services.responsibility import clusters
from uptake.testing.fixtures import PersonWith

PENALTY = "Ratify the Second Optional Protocol to the International Covenant on Civil and Political Rights%"


@pytest.fixture
def coordinator(demo: Flask, person_with: PersonWith) -> Person:
    return person_with("coordinator")


@pytest.fixture
def pair(demo: Flask) -> tuple[int, int]:
    """Two recommendations of different years that ask for the same."""
    table = RecommendationText
    ids = session().scalars(select(table.recommendation_id).where(table.language == "en", table.cleaned.like(PENALTY)))
    one, other = sorted(ids)[:2]
    return one, other


@pytest.fixture
def counted(demo: Flask) -> Iterator[list[str]]:
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield sent
    event.remove(db.engine, "before_cursor_execute", note)


def test_a_near_duplicate_comes_first_with_its_reason(pair: tuple[int, int]) -> None:
    one, other = pair
    best = suggest(session(), [one])[one][0]
    assert best.id == other
    assert best.score > 90
    assert "death-penalty" in best.tags
    assert (best.same_mechanism, best.mechanism) == (True, "UPR")
    assert best.years_apart == 4


def test_it_works_in_both_directions(pair: tuple[int, int]) -> None:
    one, other = pair
    assert one in [near.id for near in suggest(session(), [other])[other]]


def test_most_of_a_register_resembles_nothing_and_nothing_resembles_itself(demo: Flask) -> None:
    ids = list(session().scalars(select(Recommendation.id).where(Recommendation.parent_id.is_(None))))
    found = suggest(session(), ids)
    assert 5 < len(found) < len(ids) / 2
    assert not any(near.id == id_ for id_, listed in found.items() for near in listed)


def test_a_dismissed_pair_is_not_suggested_again_either_way(pair: tuple[int, int], coordinator: Person) -> None:
    one, other = pair
    assert dismiss(other, one, person=coordinator)
    assert not dismiss(one, other, person=coordinator)
    for id_, there in ((one, other), (other, one)):
        assert there not in [near.id for near in suggest(session(), [id_]).get(id_, [])]


def test_what_shares_a_cluster_is_settled(pair: tuple[int, int], coordinator: Person) -> None:
    one, other = pair
    number = clusters.create("Abolition", person=coordinator, recommendations=pair)
    assert other not in [near.id for near in suggest(session(), [one]).get(one, [])]
    clusters.set_withdrawn(number, True, person=coordinator)
    assert other in [near.id for near in suggest(session(), [one])[one]]


def test_nothing_is_joined_by_itself(pair: tuple[int, int]) -> None:
    suggest(session(), pair)
    assert list(session().scalars(select(ClusterMember))) == []


def test_a_page_of_them_costs_a_bounded_number_of_queries(demo: Flask, counted: list[str]) -> None:
    ids = list(session().scalars(select(Recommendation.id).where(Recommendation.parent_id.is_(None)).limit(40)))
    suggest(session(), ids[:1])
    counted.clear()
    suggest(session(), ids[:20])
    assert len(counted) <= 2 * 20 + 12


def test_wrong_roles_and_numbers(pair: tuple[int, int], coordinator: Person, person_with: PersonWith) -> None:
    with pytest.raises(Refused):
        dismiss(*pair, person=person_with("observer"))
    with pytest.raises(Invalid):
        dismiss(pair[0], pair[0], person=coordinator)
    with pytest.raises(NotFound):
        dismiss(pair[0], 999_999, person=coordinator)
