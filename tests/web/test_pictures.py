"""Pictures as pages and files, inside other sites and behind links: public ones for everybody, the others for some."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any
from urllib.parse import quote

import pytest
from docx import Document
from flask import Flask
from icalendar import Calendar
from uptake.services.charts import pictures_render
from uptake.services.charts.pictures import PICTURES
from uptake.testing.demo import fill_demo
from uptake.testing.people import make_person, signed_in, token_of

INSIDE = [name for name, one in PICTURES.items() if one.action]
ROOT = "http://localhost"


@pytest.fixture
def worked(demo: Flask) -> Flask:
    fill_demo(demo)
    return demo


def oembed(client: Any, url: str, more: str = "") -> Any:
    return client.get(f"/oembed?url={quote(url, safe='')}{more}")


def test_a_picture_has_one_address_for_page_table_and_files(worked: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    client = worked.test_client()
    page = client.get("/ar/progress/progress-by-theme?position=supported&theme=right-to-health").text
    data = client.get("/progress/progress-by-theme.json?position=supported&theme=right-to-health").json
    assert [row["value"] for row in data["rows"]] == ["right-to-health"]
    for cell in data["rows"][0]["cells"]:
        assert not cell["count"] or f'href="/ar{cell["href"].replace("&", "&amp;")}"' in page
        listed = client.get(cell["href"].replace("/recommendations?", "/recommendations.json?")).json["count"]
        assert listed == cell["count"]
    assert page.count("<svg xmlns") == 1
    assert 'aria-hidden="true"' in page
    assert not re.findall(r'<a (?!tabindex="-1")[^>]*xlink:href', page)
    drawn = re.findall(r'<a tabindex="-1" xlink:href="([^"]+)"', page)
    assert {f"/ar{cell['href']}" for cell in data["rows"][0]["cells"] if cell["count"]} == {
        one.replace("&amp;", "&") for one in drawn
    }
    answers = {ext: client.get(f"/progress/positions-by-cycle.{ext}") for ext in ("svg", "png", "vl")}
    assert [answers[ext].mimetype for ext in answers] == ["image/svg+xml", "image/png", "application/json"]
    assert answers["vl"].json["$schema"].endswith("vega-lite/v6.4.json")
    assert client.get("/progress/nothing").status_code == 404
    assert client.get("/progress/grades.png?from=never").status_code == 422
    monkeypatch.setattr(pictures_render, "available", lambda: False)
    bare = client.get("/progress").text
    assert "<svg xmlns" not in bare
    assert 'class="bar' in bare
    assert ".png" not in bare.partition("</head>")[2]
    assert client.get("/share/home.png").data.startswith(b"\x89PNG")


def test_pictures_of_work_are_for_those_who_watch_over_it(worked: Flask) -> None:
    visitor, translator = worked.test_client(), signed_in(worked, make_person("translator"))
    observer = signed_in(worked, make_person("observer"))
    for name in INSIDE:
        for ending in ("", ".json", ".svg", ".png", ".vl"):
            assert visitor.get(f"/progress/{name}{ending}").status_code in {302, 403}, name
            assert translator.get(f"/progress/{name}{ending}").status_code == 403, name
        assert observer.get(f"/progress/{name}").status_code == 200
        assert observer.get(f"/embed/progress/{name}").status_code in {302, 403}, name
        assert oembed(observer, f"{ROOT}/progress/{name}").status_code == 404
        assert name not in visitor.get("/progress").text


def test_what_stands_in_other_sites_sets_no_cookie_and_holds_no_form(worked: Flask) -> None:
    client = worked.test_client()
    one = client.get("/recommendations.json?size=1").json["items"][0]["id"]
    for path in ("/progress/progress-by-mechanism?state=XMV", "/recommendations?q=women", f"/recommendations/{one}"):
        answer = client.get(f"/fr/embed{path}")
        policy = answer.headers["Content-Security-Policy"]
        assert answer.status_code == 200
        assert "frame-ancestors *" in policy
        assert "form-action 'none'" in policy
        assert "Set-Cookie" not in answer.headers
        assert not re.search(r"<(form|script|button|input)\b", answer.text)
        assert "frame-ancestors 'none'" in client.get(path).headers["Content-Security-Policy"]
        page = client.get(f"/fr{path}").text
        found = re.search(r'application/json\+oembed" href="([^"]+)"', page)
        assert found, path
        told = client.get(found[1].replace("&amp;", "&")).json
        assert f'src="{ROOT}/fr/embed{path}"' in told["html"]
        assert (told["version"], told["type"]) == ("1.0", "rich")


def test_a_part_of_the_register_says_which_wherever_it_stands_alone(worked: Flask) -> None:
    client, asked = worked.test_client(), "?mechanism=UPR&not.position=noted&q=women&from=2020-01-01"
    said = "women · Universal Periodic Review · not Noted · Jan 1, 2020 – …"
    for path in ("/progress/progress-by-theme", "/recommendations"):
        assert said in client.get(f"/embed{path}{asked}").text
    lines = client.get(f"/progress/progress-by-theme.vl{asked}").json["title"]["subtitle"]
    assert (lines[0], len(lines)) == (said, 2)
    long = client.get(f"/progress/progress-by-theme.vl?q={'women ' * 60}").json["title"]["subtitle"]
    assert len(long[0]) <= 110
    assert len(client.get("/progress/progress-by-theme.vl").json["title"]["subtitle"]) == 1
    word = Document(BytesIO(client.get(f"/recommendations.docx{asked}").data))
    assert said in [one.text for one in word.paragraphs]
    assert said.replace(" · ", ", ") in client.get(f"/recommendations.atom{asked}").text


def test_oembed_speaks_of_this_site_alone(worked: Flask) -> None:
    client = worked.test_client()
    for url in ("", "https://example.org/progress", f"{ROOT}.evil.example/progress", f"{ROOT}@evil.example/progress",
                f"{ROOT}/account", f"{ROOT}/recommendations/00000000-0000-0000-0000-000000000007", "x" * 3000):  # fmt: skip
        assert oembed(client, url).status_code == 404, url
    told = oembed(client, f'{ROOT}/recommendations?q="><script>&evil=1', "&maxwidth=300&maxheight=9999").json
    assert (told["width"], told["height"]) == (300, 600)
    assert "<script>" not in told["html"]
    assert "evil" not in told["html"]
    assert oembed(client, f"{ROOT}/progress", "&format=xml").status_code == 501


def test_links_to_pages_have_a_picture(worked: Flask) -> None:
    client = worked.test_client()
    one = client.get("/recommendations.json?size=1").json["items"][0]["id"]
    for path in ("/", f"/recommendations/{one}", "/progress/grades"):
        page = client.get(path).text
        found = re.search(r'property="og:image" content="http://localhost(/[^"]+)"', page)
        assert found, path
        assert re.search(r'property="og:title" content="[^"]+"', page)
        picture = client.get(found[1])
        assert (picture.status_code, picture.mimetype) == (200, "image/png")
    assert client.get("/share/recommendations/00000000-0000-0000-0000-000000000007.png").status_code == 404


def test_one_makes_and_ends_ones_calendar_on_the_account_page(worked: Flask) -> None:
    client = signed_in(worked, make_person("coordinator"))
    token = token_of(client)
    address = re.compile(r'value="http://localhost(/calendar/[^"]+\.ics)"')
    assert not address.search(client.get("/account").text)
    client.post("/account/calendar", data={"csrf_token": token})
    found = address.search(client.get("/account").text)
    assert found
    visitor = worked.test_client()
    answer = visitor.get(found[1])
    assert answer.mimetype == "text/calendar"
    assert answer.headers["Cache-Control"] == "no-store"
    assert len(Calendar.from_ical(answer.data).walk("VEVENT")) > 5
    client.post("/account/calendar", data={"csrf_token": token, "stop": "1"})
    assert visitor.get(found[1]).status_code == 404
    assert Calendar.from_ical(visitor.get("/calendar.ics").data)["VERSION"] == "2.0"
