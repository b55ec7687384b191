"""Articles are read from citations, else from themes; the matrices count what their lists show."""

from __future__ import annotations

import csv
import io
import re

import pytest
from docx import Document
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from uptake.db import session, transaction
from uptake.models.actors import Actor
from uptake.models.mechanisms import Mechanism
from uptake.models.recommendations import Recommendation, RecommendationText
from uptake.models.states import State
from uptake.search import index
from uptake.testing.demo import import_demo
from uptake.testing.reporting import Scene
from uptake_treaty_bodies.treaties import treaties, treaty


@pytest.mark.parametrize(
    ("code", "text", "numbers"),
    [
        ("CRPD", "Education (art. 24)", (24,)),
        ("CRPD", "General principles and obligations (arts. 1–4)", (1, 2, 3, 4)),
        ("CCPR", "Fair trial (arts. 2, 7 and 14).", (2, 7, 14)),
        ("CERD", "Housing (art. 5 (d) (iv) and (e) (iii))", (5,)),
        ("CCPR", "Égalité (art. 2 et 26)", (2, 26)),
        (
            "CAT",
            "The Committee notes article 12 of the Constitution (Act No. 12 of 2016, art. 3 above) (arts. 2 to 4)",
            (2, 3, 4),
        ),
        ("CAT", "No such article (art. 99)", ()),
        ("CEDAW", "Nothing is cited (see para. 12).", ()),
    ],
)
def test_the_committees_own_citations_are_read(code: str, text: str, numbers: tuple[int, ...]) -> None:
    assert treaty(code).cited(text) == numbers


def test_the_data_are_whole() -> None:
    assert len(treaties()) == 9
    for one in treaties().values():
        assert one.titles["en"]
        assert all(titles["en"] for titles in one.articles.values())
        assert {number for numbers in one.themes.values() for number in numbers} <= one.articles.keys()


@pytest.fixture
def scene(app: Flask) -> Scene:
    """Four recommendations of CRPD to Mirava: two on education, of which one has been reported on; one elsewhere; one of nobody."""
    import_demo(app)
    scene = Scene()
    texts = ["Teach all (art. 24).", "Build schools (arts. 9 and 24).", "Count people (art. 31).", "Do something else."]
    numbers = [scene.number(scene.recommendation(assigned=at < 3)) for at in range(4)]
    with transaction() as current:
        index.lock(current)
        index.remove(current, numbers)
        body = current.scalar(select(Mechanism.id).where(Mechanism.code == "CED"))
        state = current.scalar(select(State.id).where(State.iso3 == "XMV"))
        for id_, text in zip(numbers, texts, strict=True):
            row = current.get_one(Recommendation, id_)
            row.mechanism_id, row.state_id = body, state
            said = current.get_one(RecommendationText, (id_, "en"))
            said.raw = said.cleaned = text
        current.flush()
        index.add(current, numbers)
    uuids = dict(session().execute(select(Recommendation.id, Recommendation.uuid)).all())
    scene.uuids = [uuids[id_] for id_ in numbers]  # type: ignore[attr-defined]
    return scene


def test_each_number_of_the_matrix_leads_to_so_many(scene: Scene, client: FlaskClient) -> None:
    for by in ("article", "theme"):
        page = client.get(f"/treaty-bodies/CED?by={by}").text
        links = re.findall(r'href="(/treaty-bodies/CED/list[^"]*)">(?:<strong>)?(\d+)', page)
        assert links
        for href, count in links:
            behind = client.get(href.replace("&amp;", "&"))
            assert f"{count} recommendation" in behind.text
            listed = client.get(href.replace("&amp;", "&").replace("/list", "/list.json")).get_json()
            assert len(listed) == int(count)
            rows = client.get(href.replace("&amp;", "&").replace("/list", "/information.json")).get_json()["items"]
            assert len({row["text"] for row in rows}) == int(count)


def test_the_matrix_counts_articles_by_lead_institution_in_every_format(scene: Scene, client: FlaskClient) -> None:
    matrix = client.get("/treaty-bodies/CED.json").get_json()
    health = session().scalar(select(Actor.names).where(Actor.code == "health"))["en"]
    assert (matrix["total"], matrix["institutions"]) == (4, [["health", health], ["none", "Not assigned"]])
    cells = {line["key"]: (line["total"], line["cells"]) for line in matrix["lines"]}
    assert (cells["24"], cells["9"], cells["none"]) == ((2, [2, 0]), (1, [1, 0]), (2, [1, 1]))
    assert cells["1"] == (0, [0, 0]), "a provision without any is there, too"
    text = client.get("/treaty-bodies/CED/matrix.csv").data.decode("utf-8-sig")
    rows = {row["row"].split(":")[0]: row for row in csv.DictReader(io.StringIO(text, newline=""))}
    assert (rows["Article 24"]["health"], rows["Article 24"]["total"]) == ("2", "2")
    (table,) = Document(io.BytesIO(client.get("/treaty-bodies/CED/matrix.docx").data)).tables
    assert [cell.text for cell in table.rows[0].cells] == ["Provision", health, "Not assigned", "Recommendations"]
    assert len(table.rows) - 1 == len(matrix["lines"])


def test_the_information_matrix_marks_gaps_and_shows_no_draft(scene: Scene, client: FlaskClient) -> None:
    taught = scene.uuids[0]  # type: ignore[attr-defined]
    scene.published(taught, done="All children are taught.", claim="in_progress")
    scene.draft(scene.uuids[1], done="Not for the public.")  # type: ignore[attr-defined]
    page = client.get("/treaty-bodies/CED/information").text
    assert "All children are taught." in page
    assert "Nothing published on 1 of 2" in page
    assert "No recommendation" in page
    assert "Not for the public" not in page
    rows = client.get("/treaty-bodies/CED/information.json?article=24").get_json()["items"]
    assert [(row["status"], row["latest"] is None, row["gap"]) for row in rows] == [
        ("In progress", False, None), ("Received", True, "Nothing published"),
    ]  # fmt: skip
    whole = client.get("/treaty-bodies/CED/information.json").get_json()["items"]
    assert {row["gap"] for row in whole if row["text"] is None} == {"No recommendation"}


def test_a_heading_speaks_for_what_follows_under_it(app: Flask, client: FlaskClient) -> None:
    import_demo(app)
    items = client.get("/treaty-bodies/CRPD/information.json?article=24").get_json()["items"]
    assert [row["paragraph"] for row in items] == ["40"]


def test_what_there_is_not_is_said(app: Flask, client: FlaskClient) -> None:
    assert client.get("/treaty-bodies/XX").status_code == 404
    assert client.get("/treaty-bodies/CED/list?article=x&page=99999999999").status_code == 200
    for path in ("/treaty-bodies", "/treaty-bodies/CED", "/treaty-bodies/CED/information"):
        assert client.get(f"{path}?state=ZZZ&by=x").status_code == 200
        assert client.get(f"/ar{path}").status_code == 200
