"""Pictures: each number is the length of the list that it leads to, whatever the filters, and no picture shows more than
its reader may see."""

from __future__ import annotations

import datetime
import re
import sys
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit
from xml.etree.ElementTree import fromstring

import msgspec
import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from uptake.db import session, transaction
from uptake.errors import Invalid, NotFound, Refused
from uptake.i18n import set_locale
from uptake.models.actors import Actor
from uptake.models.people import User
from uptake.search import index
from uptake.search.engine import Engine, Query
from uptake.services.charts import pictures, pictures_render
from uptake.services.charts.pictures import PICTURES
from uptake.services.charts.pictures_spec import TALL_THIN_ROW, alt, spec_of
from uptake.services.charts.pictures_table import Cell, Column, Row, Table
from uptake.services.permissions import NOBODY, Person, load_person
from uptake.services.progress import update_pages
from uptake.services.work.work_list import wanted_from, work_list
from uptake.testing.demo import fill_demo
from uptake.testing.people import make_person
from uptake.web.params import query_from
from werkzeug.datastructures import MultiDict

PUBLIC = [name for name, one in PICTURES.items() if not one.action]
INSIDE = [name for name, one in PICTURES.items() if one.action]
HOSTILE = '</text><script>alert(1)</script>" onload="x'


@pytest.fixture
def worked(demo: Flask) -> Flask:
    """The demo country with its work, and one institution of a hostile name."""
    fill_demo(demo)
    with transaction() as current:
        current.query(Actor).filter_by(code="MOJ").one().names = {"en": HOSTILE}
        index.touch(current)
    return demo


def cells_of(table: Table) -> Iterator[Cell]:
    for row in [*table.rows, *([table.total] if table.total else [])]:
        yield from row.cells
        if row.total:
            yield row.total


def asked_by(href: str) -> MultiDict[str, str]:
    return MultiDict(parse_qsl(urlsplit(href).query))


def length_of_list(href: str, person: Person) -> int:
    """How many things stand behind an address of the site, as its page counts them."""
    args = asked_by(href)
    if href.startswith("/recommendations?"):
        query, wrong = query_from(args)
        assert wrong is None
        return Engine(session()).answer(query).count
    if href.startswith("/updates?"):
        institution = int(args["institution"]) if "institution" in args else None
        days = {
            name: datetime.date.fromisoformat(args[key])
            for name, key in (("since", "from"), ("until", "to"))
            if key in args
        }
        found = update_pages.find(session(), args.getlist("state"), institution, False, 1, person=person, **days)
        return found.count
    wanted = wanted_from(session(), person, [int(args["institution"])], args.getlist("state"))
    return work_list(session(), wanted, person=person).count


def queries(current: Engine) -> st.SearchStrategy[Query]:
    """Searches with filters that something carries, and some that nothing does."""
    values = {
        name: [*current.postings(name), "nothing-at-all"]
        for name in ("mechanism", "status", "position", "theme", "sdg", "institution", "year", "cycle", "grade", "kind")
    }
    filters = st.dictionaries(st.sampled_from(sorted(values)), st.none(), max_size=3).flatmap(
        lambda chosen: st.fixed_dictionaries(
            {
                name: st.lists(st.sampled_from(values[name]), min_size=1, max_size=3, unique=True).map(tuple)
                for name in chosen
            }
        )
    )
    day = st.none() | st.dates(datetime.date(2018, 1, 1), datetime.date(2026, 1, 1))
    return st.builds(Query, st.sampled_from(["", "women", "law OR court", "NOT child*"]), filters, filters, day, day)


def test_every_number_is_the_length_of_the_list_behind_it(worked: Flask) -> None:
    set_locale("en")

    @settings(max_examples=40, deadline=None)
    @given(st.sampled_from(PUBLIC), queries(Engine(session())))
    def check(name: str, query: Query) -> None:
        table = pictures.table(session(), name, query)
        for cell in cells_of(table):
            assert length_of_list(cell.href, NOBODY) == cell.count, cell
        answer = Engine(session()).answer(query)
        picture = PICTURES[name]
        if table.total and picture.measure == "status" and picture.by != "cycle":
            assert (table.total.total or table.total.cells[0]).count == answer.count

    check()
    whole = pictures.table(session(), "progress-by-theme", Query())
    assert len(whole.rows) >= 20
    assert whole.hidden
    assert {column.value for column in whole.columns} >= {"received", "in_progress", "implemented"}
    assert pictures.table(session(), "grades", Query()).total.total.count == 1  # type: ignore[union-attr]


def test_pictures_of_work_count_what_their_reader_reaches(worked: Flask) -> None:
    people = [make_person("coordinator"), load_person(session(), _id_of("focal@mirava.example"))]
    found = {}
    for person in people:
        for name in INSIDE:
            table = pictures.table(session(), name, Query(), person=person)
            assert table.rows, name
            for cell in cells_of(table):
                assert length_of_list(cell.href, person) == cell.count, (name, cell)
            found[person.id, name] = len(table.rows)
    assert found[people[0].id, "late-by-institution"] > found[people[1].id, "late-by-institution"]
    for name in INSIDE:
        for stranger in (NOBODY, make_person("translator")):
            with pytest.raises(Refused):
                pictures.table(session(), name, Query(), person=stranger)
    assert {one.name for one in pictures.allowed(NOBODY)} == set(PUBLIC)
    with pytest.raises(NotFound):
        pictures.table(session(), "nothing", Query())


def test_the_drawing_is_well_formed_harmless_and_says_every_number(worked: Flask) -> None:
    for language in ("en", "ar"):
        set_locale(language)
        table = pictures.table(session(), "progress-by-institution", Query())
        spec = spec_of(table, base="https://example.org/en")
        root = fromstring(pictures_render.svg_of(spec))
        names = {element.tag.rpartition("}")[2] for element in root.iter()}
        assert names <= {"svg", "g", "path", "text", "rect", "line", "a", "defs", "clipPath"}
        attributes = [
            (name.rpartition("}")[2], value) for element in root.iter() for name, value in element.attrib.items()
        ]
        assert not [name for name, _ in attributes if name.startswith(("on", "style", "aria-roledescription"))]
        said = {value for name, value in attributes if name == "aria-label"}
        assert said <= {one["said"] for one in spec["data"]["values"]}, "nothing that the renderer says in English"
        links = {value for name, value in attributes if name == "href"}
        assert links == {"https://example.org/en" + cell.href for row in table.rows for cell in row.cells if cell.count}
        texts = [element.text for element in root.iter() if element.tag.endswith("}text")]
        shown = sorted(int(text) for text in texts if text and text.isdecimal())
        assert shown == sorted(cell.count for row in table.rows for cell in row.cells if cell.count)
        assert any("<script>" in (text or "") for text in texts) or language == "ar"
        png = pictures_render.png_of(spec)
        assert png.startswith(b"\x89PNG")
        assert msgspec.json.decode(msgspec.json.encode(spec))["data"]["values"]
        assert table.rows[0].label in alt(table)
    bars = spec["spec"]["encoding"]
    assert (bars["y"]["axis"]["orient"], bars["x"]["scale"]["reverse"]) == ("right", True)


def test_rows_of_one_name_stay_two_rows() -> None:
    twins = [Row(str(number), "The same name, " * 9, [Cell(number, "/x")]) for number in (3, 4)]
    spec = spec_of(Table("x", "Twins", "Institution", [Column("", "Number")], twins))
    assert len({value["row"] for value in spec["data"]["values"]}) == 2
    texts = [element.text for element in fromstring(pictures_render.svg_of(spec)).iter() if element.text]
    assert {"3", "4"} <= set(texts)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_many_columns_have_their_names_upright_and_a_name_of_two_lines_has_its_middle_at_its_row(
    app: Flask, language: str
) -> None:
    set_locale(language)
    words = {
        "en": ("Status", "A ministry with a name that needs two lines"),
        "ar": ("حالة", "وزارة لها اسم طويل يحتاج إلى سطرين اثنين"),
    }
    status, name = words[language]
    columns = [Column(str(at), f"{status} {at}") for at in range(12)]
    rows = [Row(str(at), label, [Cell(at + 1, "/x")] * 12) for at, label in enumerate((name, status, status))]
    root = fromstring(pictures_render.svg_of(spec_of(Table("x", "Many", "Row", columns, rows))))
    texts = [one for one in root.iter() if one.tag.endswith("}text")]
    upright = [
        one.text.strip("\u202b\u202c") for one in texts if one.text and "rotate(-90)" in one.get("transform", "")
    ]
    assert sorted(upright) == sorted(column.label for column in columns)
    (names,) = [one for one in root.iter() if one.get("class", "").endswith("role-axis-label")]
    first, second, single, _last = (
        sum(float(down) for down in re.findall(r",(-?[\d.]+)\)", one.get("transform", ""))) for one in names if one.text
    )
    assert (first + second) / 2 + TALL_THIN_ROW == pytest.approx(single, abs=0.5)


@pytest.mark.parametrize(("many", "over_time"), [(12, False), (3, True)])
def test_one_row_of_many_columns_is_turned_and_says_its_name_and_every_number(
    app: Flask, many: int, over_time: bool
) -> None:
    columns = [Column(str(at), f"Status {at}") for at in range(many)]
    row = Row("upr", "Universal Periodic Review", [Cell(at + 100, f"/x{at}") for at in range(many)])
    root = fromstring(
        pictures_render.svg_of(
            spec_of(Table("x", "Many", "Mechanism", columns, [row], over_time=over_time), base="https://example.org")
        )
    )
    texts = {one.text for one in root.iter() if one.tag.endswith("}text")}
    assert texts >= {row.label, *(column.label for column in columns), *(str(at + 100) for at in range(many))}
    assert not [one for one in root.iter() if "rotate" in one.get("transform", "")]
    links = {value for one in root.iter() for name, value in one.attrib.items() if name.endswith("href")}
    assert links == {f"https://example.org/x{at}" for at in range(many)}
    assert many * 20 < float(root.get("height", 0)) < many * 22 + 80


@pytest.mark.parametrize(
    "part", [{"data": {"url": "http://localhost/x.json"}}, {"mark": {"type": "image"}}, {"mark": "nonsense"}]
)
def test_a_description_that_fetches_something_or_cannot_be_drawn_is_refused(part: dict[str, object]) -> None:
    spec = {"data": {"values": [{"a": 1}]}, "mark": "bar", "encoding": {"x": {"field": "a"}}} | part
    with pytest.raises(Invalid, match=r"data that stands|cannot be drawn"):
        pictures_render.svg_of(spec)


def test_without_the_extra_it_is_said_which_one_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    with pytest.raises(Invalid, match=r"uptake\[charts\]"):
        pictures_render.png_of({"data": {"values": []}, "mark": "bar"})


def _id_of(email: str) -> int:
    return session().query(User.id).filter_by(email=email).scalar()
