"""Every answer carries its headers, and an unchanged page costs a 304."""

from __future__ import annotations

import gzip
import time
from collections.abc import Iterator

import brotli  # type: ignore[import-untyped]
import pytest
from flask import Flask, Response
from flask.testing import FlaskClient
from uptake.errors import AppError, Conflict
from uptake.settings import Settings
from uptake.testing.apps import Apps
from uptake.web.headers import SECURITY

PAGE = "<p>" + " ".join(f'<a href="/recommendations/{n * 7919 % 10007}">Recommendation {n}</a>' for n in range(900))


@pytest.fixture
def app(settings: Settings, apps: Apps) -> Iterator[Flask]:
    """One that has answered no request: after that none of these pages could be added."""
    with apps.lent(settings, anew=True) as found:
        yield found


@pytest.fixture
def pages(app: Flask) -> Flask:
    @app.get("/a-page")
    def page() -> str:
        return PAGE

    @app.get("/with-cookie")
    def cookie() -> Response:
        response = Response("x")
        response.set_cookie("a", "b")
        return response

    @app.get("/broken")
    def broken() -> str:
        raise ZeroDivisionError("secret 4711")

    @app.get("/in-the-way.json")
    def conflict() -> str:
        raise Conflict("{name} is <b>busy</b>.", name="<i>It</i>", remedy="Wait.")

    @app.get("/in-the-way")
    def conflict_page() -> str:
        raise Conflict("{name} is <b>busy</b>.", name="<i>It</i>", remedy="Wait.")

    @app.get("/fault")
    def fault() -> str:
        raise AppError("Plain.")

    return app


@pytest.mark.parametrize(
    "path", ["/a-page", "/nowhere", "/broken", "/in-the-way.json", "/recommendations.csv", "/robots.txt", "/%FF"]
)
def test_every_answer_carries_the_security_headers(pages: Flask, client: FlaskClient, path: str) -> None:
    response = client.get(path)
    assert {name: response.headers[name] for name in SECURITY} == SECURITY
    assert "unsafe" not in response.headers["Content-Security-Policy"]


def test_strict_transport_is_for_secure_requests_only(pages: Flask, client: FlaskClient) -> None:
    assert "Strict-Transport-Security" not in client.get("/a-page").headers
    assert "Strict-Transport-Security" in client.get("/a-page", base_url="https://localhost").headers


@pytest.mark.parametrize("encoding", ["", "br", "gzip"])
def test_an_unchanged_page_is_not_sent_again(pages: Flask, client: FlaskClient, encoding: str) -> None:
    first = client.get("/a-page", headers={"Accept-Encoding": encoding})
    assert first.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert {"Accept-Language", "Cookie", "Accept-Encoding"} <= set(first.vary)
    again = client.get("/a-page", headers={"Accept-Encoding": encoding, "If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert client.get("/a-page", headers={"If-None-Match": '"other"'}).status_code == 200


def test_what_sets_a_cookie_or_fails_is_not_kept(pages: Flask, client: FlaskClient) -> None:
    assert client.get("/with-cookie").headers["Cache-Control"] == "no-store"
    assert client.get("/nowhere").headers["Cache-Control"] == "no-store"


def test_pages_and_streams_are_compressed(pages: Flask, client: FlaskClient) -> None:
    page = client.get("/a-page", headers={"Accept-Encoding": "gzip, br"})
    assert page.headers["Content-Encoding"] == "br"
    assert brotli.decompress(page.data).decode() == PAGE
    stream = client.get("/recommendations.csv", headers={"Accept-Encoding": "gzip"})
    assert stream.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(stream.data).decode("utf-8-sig").startswith("id,state,")


def test_compressing_a_page_is_cheap(pages: Flask, client: FlaskClient) -> None:
    def seconds(encoding: str) -> float:
        start = time.perf_counter()
        client.get("/a-page", headers={"Accept-Encoding": encoding})
        return time.perf_counter() - start

    plain, packed = (min(seconds(encoding) for _ in range(20)) for encoding in ("", "br"))
    assert packed - plain < 0.01  # 1.3 ms for 60 kB on an idle machine; the highest level takes far longer


def test_an_unexpected_error_tells_its_number_and_no_more(
    pages: Flask, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    response = client.get("/broken")
    assert response.status_code == 500
    assert "4711" not in response.text
    assert "ZeroDivision" not in response.text
    number = caplog.messages[-1].split()[1]
    assert number in response.text
    assert "secret 4711" in caplog.text
    assert (
        client.get("/broken", headers={"Accept": "application/json"}).get_json()["error"]["id"]
        == caplog.messages[-1].split()[1]
    )


def test_an_error_is_json_for_machines_and_a_page_for_people(pages: Flask, client: FlaskClient) -> None:
    error = client.get("/in-the-way.json").get_json()["error"]
    assert (error["status"], error["message"], error["remedy"]) == (409, "<i>It</i> is <b>busy</b>.", "Wait.")
    page = client.get("/in-the-way")
    assert page.status_code == 409
    assert page.mimetype == "text/html"
    assert "&lt;i&gt;It&lt;/i&gt; is &lt;b&gt;busy" in page.text
    assert client.get("/in-the-way", headers={"Accept": "application/json"}).is_json
    assert client.get("/fault").status_code == 500


def test_a_refused_method_says_which_are_allowed(pages: Flask, client: FlaskClient) -> None:
    response = client.post("/a-page")
    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]
